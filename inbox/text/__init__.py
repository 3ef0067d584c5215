"""Pure functions over text: names, entities, similarity, redaction."""
