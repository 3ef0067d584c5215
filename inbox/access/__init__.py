"""Who may know: conflicts, declarations, handlers, quarantine, identities, disclosures."""
