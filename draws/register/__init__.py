"""The register of draws: what was drawn, what was done, and what was not done and why."""
