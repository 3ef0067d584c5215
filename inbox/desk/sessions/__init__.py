"""Officers at the desk, each in a session of their own: how they get in, and what two of them do together."""
