"""Notes, tags, measures, decisions, links, the queue and the views of a case."""
