"""Read-only views for officers: the queue, a case, its timeline, and oversight."""
