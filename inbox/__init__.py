"""The offline inbox: it opens everything sealed to it, and its keys never leave it."""
