"""The migrations of the database, and what runs them."""
