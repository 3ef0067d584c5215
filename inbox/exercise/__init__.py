"""Exercises: a marked inbox with invented reports, released step by step, and a debrief from the journal."""
