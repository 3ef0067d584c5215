"""Upgrade an installed portal: either the new version runs, or the earlier version runs with its own data."""
