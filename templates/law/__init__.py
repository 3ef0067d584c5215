"""The law as data: a folder of TOML files for each jurisdiction, for portal and inbox (docs/law.md)."""
