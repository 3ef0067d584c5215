"""Measurements, each as a ratio to a bare peer in the same run."""
