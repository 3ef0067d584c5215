"""The queue, the views of a case, its timeline, and oversight: what officers look at and do not change."""
