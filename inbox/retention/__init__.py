"""Destruction of cases and redaction of passages."""
