"""Officers' sessions at the desk: how officers sign in, and what two of them do together."""
