"""Everything that the reporter will read: slots, replies, templates, closings."""
