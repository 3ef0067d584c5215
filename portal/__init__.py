"""The online room: it keeps sealed envelopes and slots, and has no key to open them."""
