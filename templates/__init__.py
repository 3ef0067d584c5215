"""What people read in both rooms: templates, translations, questionnaire. Only this package opens them."""
