"""What the forms of a page ask for, read from the page itself, and what is wrong with what was given."""
