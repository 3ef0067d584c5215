"""Initialise, reshare, back up, restore and upgrade an inbox, and change what it works with."""
