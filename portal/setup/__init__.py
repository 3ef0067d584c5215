"""Install a portal on Debian 13: each step is done completely or undone, and can be run again."""
