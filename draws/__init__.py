"""Draws of controls that nobody can steer: a program that outsiders may use, apart from the inbox."""
