"""Tables, database, row-level security, and every query."""
