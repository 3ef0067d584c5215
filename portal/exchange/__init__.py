"""Exchange with the inspectorate: bundles, keyrings, expiry."""
