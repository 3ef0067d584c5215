"""Upgrade an installed portal: the new version runs, or the earlier one with its own data."""
