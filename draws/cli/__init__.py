"""The command line of draws: it parses words and prints results."""
