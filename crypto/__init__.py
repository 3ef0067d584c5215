"""Bytes in, bytes out: the room an auditor reads first. It does no I/O (SPEC.md).

It also has what portal and inbox share of text: schemas, and what may be shown.
"""
