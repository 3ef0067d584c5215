"""Who may know what: conflicts, declarations, handlers, quarantine, identities, disclosures."""
