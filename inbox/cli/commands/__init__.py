"""The commands: each parses, calls one action and prints its result."""
