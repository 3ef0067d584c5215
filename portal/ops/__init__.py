"""For administrators: commands, checks, the server process."""
