"""Annual figures: what is published, what is hidden, and the proof that nothing hidden can be found."""
