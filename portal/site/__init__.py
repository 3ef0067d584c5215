"""The site as files: signed manifest, frozen copy, checks for monitors."""
