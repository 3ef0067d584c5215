"""Bytes in, bytes out: the room an auditor reads first. It does no I/O (SPEC.md).

What both the portal and the inbox need of text stands here too: schemas, and what may be shown.
"""
