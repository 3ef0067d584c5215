"""The awareness kit: posters, pocket cards, a slide, notes for trainers and a text for the intranet."""
