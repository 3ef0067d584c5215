"""Cryptography and file formats (SPEC.md): bytes in, bytes out, no I/O. Auditors should read this room first.

The room also holds the text handling that portal and inbox share: schemas of TOML files and safe display.
"""
