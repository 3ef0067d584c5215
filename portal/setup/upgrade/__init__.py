"""Upgrade an installed portal: everything is done, or the earlier version goes on with its own data."""
