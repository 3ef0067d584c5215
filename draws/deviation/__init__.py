"""The deviation test: what was not done, and pairs more frequent than chance (docs/draws-method.md)."""
