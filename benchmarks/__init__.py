"""Measurements of speed, each relative to a minimal reference program in the same run."""
