"""Actions, the journal and the unlocked inbox: each action is one transaction with one journal entry."""
