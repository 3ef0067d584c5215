"""The site as files: manifest, frozen copy, and what a monitor compares."""
