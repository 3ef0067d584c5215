"""Cryptography and file formats (SPEC.md): bytes in, bytes out, no I/O. Auditors should read this room first.

This room also contains what portal and inbox share for texts: schemas of TOML files, and safe display.
"""
