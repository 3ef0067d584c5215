"""Pages about the office rather than a case: its law, its texts, its officers, its keys."""
