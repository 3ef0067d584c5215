"""Measurements of speed, each as a ratio to a minimal reference program in the same run."""
