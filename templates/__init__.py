"""The texts that people read, for portal and inbox. Only this package opens the files of these texts."""
