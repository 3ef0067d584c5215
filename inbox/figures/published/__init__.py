"""Published editions for readers: a page, a PDF and files for re-users, from published files alone."""
