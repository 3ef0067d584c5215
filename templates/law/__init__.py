"""The law as data, for the portal and the inbox: a folder of TOML files per jurisdiction (docs/law.md)."""
