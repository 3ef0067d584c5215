"""The commands: each parses its options, calls one action and prints the result."""
