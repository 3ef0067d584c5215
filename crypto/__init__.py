"""Bytes in, bytes out: the room an auditor reads first. It does no I/O (SPEC.md)."""
