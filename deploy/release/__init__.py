"""Build the packages of a release: the same commit gives the same bytes everywhere (docs/releasing.md)."""
