"""The texts that people read, for the portal and the inbox.

Only this package opens the files of these texts.
"""
