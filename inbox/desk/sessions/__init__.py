"""Officers' sessions at the desk: how officers sign in, and how two officers act together."""
