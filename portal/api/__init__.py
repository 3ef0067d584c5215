"""What clients post and fetch: uploads, slots, challenges, the keyring; and what every answer needs."""
