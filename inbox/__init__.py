"""The offline room: it opens what was sealed, and its keys never leave it."""
