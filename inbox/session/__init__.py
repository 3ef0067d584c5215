"""Actions, journal and the unlocked inbox: one transaction is one journalled action."""
