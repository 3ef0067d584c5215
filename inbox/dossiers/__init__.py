"""Documents that leave the inbox: dossiers, letters and answers to access requests."""
