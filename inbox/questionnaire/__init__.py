"""Answers, scoring rules and the summary line.

Four modules: the value of a score stands in ``inbox.vault.score``, for a row of the vault holds it.
"""
