"""Pages of what belongs to the office and to no case: its law, its texts, its officers, its keys."""
