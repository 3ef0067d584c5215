"""What clients post and fetch: uploads, slots, work, the keyring; and what every answer needs."""
