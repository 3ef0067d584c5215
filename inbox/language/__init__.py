"""Messages, labels and errors of the inbox, in French and English."""
