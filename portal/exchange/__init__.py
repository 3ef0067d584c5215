"""What crosses to and from the inspectorate: bundles, keyrings, quotas, expiry."""
