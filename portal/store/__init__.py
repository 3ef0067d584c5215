"""Everything that the portal stores, and all its SQL: no other room of the portal queries the database."""
