"""What administrators run: commands, checks, the server process."""
