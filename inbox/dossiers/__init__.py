"""Documents that leave the inbox: dossiers, letters and answers to requests for access."""
