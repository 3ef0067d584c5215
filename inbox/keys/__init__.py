"""Shares, officers, key store, dated keys, keyring and channel cards."""
