"""A party of a draw, in a folder of its own: its key, what it knows of draws, and what it agrees to."""
