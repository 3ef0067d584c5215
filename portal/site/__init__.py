"""The site as files: the signed manifest, the frozen copy, and the checks for monitors."""
