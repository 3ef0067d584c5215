"""Everything that the portal stores, and all its SQL: no other package of the portal queries the database."""
