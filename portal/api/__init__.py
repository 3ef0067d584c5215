"""The interface for clients: uploads, slots, proof of work, the keyring."""
