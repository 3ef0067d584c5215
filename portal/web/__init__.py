"""What browsers meet: pages, uploads, slots, headers."""
