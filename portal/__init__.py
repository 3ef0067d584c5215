"""The online room: it keeps sealed envelopes and slots, and holds no key that opens any."""
