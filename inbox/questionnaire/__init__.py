"""Answers, scoring rules and the summary line.

The value of a score is defined in ``inbox.vault.score``, because a row of the vault contains it.
"""
