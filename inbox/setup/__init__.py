"""Initialise, reshare, back up, restore and upgrade an inbox; change its keys, law and texts."""
