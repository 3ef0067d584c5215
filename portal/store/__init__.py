"""All that the portal keeps, and all its SQL: nothing else in this room speaks to the database."""
