"""The law as data: a folder of TOML files for each jurisdiction, read by both rooms (docs/law.md)."""
