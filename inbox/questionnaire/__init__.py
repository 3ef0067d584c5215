"""Answers, scoring rules and the summary line."""
