"""Cryptography and file formats (SPEC.md): bytes in, bytes out, no I/O. Auditors should read this room first.

This room also contains the code for texts that portal and inbox share: schemas of TOML files, and safe
display.
"""
