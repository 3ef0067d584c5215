"""Make a medium that installs or updates the inbox on a machine without a network (docs/medium.md)."""
