"""Install a portal on Debian 13: steps that are each done or undone, and can be run again."""
