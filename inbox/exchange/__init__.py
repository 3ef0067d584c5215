"""Exchange bundles with the portal across the air gap, and enter reports by hand."""
