"""Vectors of films, sound and pictures made of boxes."""
