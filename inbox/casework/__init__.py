"""Notes, tags, measures, decisions, links, legal holds, and the exits of a case."""
