"""The law that this inbox applies: its folder in the home, and access to its rules."""
