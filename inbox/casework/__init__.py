"""Notes, tags, measures, decisions, links, holds, and the exits of a case."""
