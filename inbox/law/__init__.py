"""The law that this inbox works by: its folder in the home, and its rules for whoever asks."""
