"""The online portal: it stores sealed envelopes and slots, and has no key to open them."""
