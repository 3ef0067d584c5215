"""Initialise, re-share, back up, restore and upgrade."""
