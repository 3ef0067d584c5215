"""What leaves for a prosecutor, a disciplinary file or a data subject."""
