"""The migrations of the database, and the code that runs them."""
