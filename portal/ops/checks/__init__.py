"""What `portal doctor` checks: the portal, and the machine around it."""
