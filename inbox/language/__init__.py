"""What the inbox says, and in which language; its errors."""
