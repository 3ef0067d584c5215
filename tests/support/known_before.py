"""What a test process computes once, although the program that it tests does so anew each time.

An inbox is opened once in the life of a program, thousands of times in that of a test process, by the same
few shares and under the same few passphrases.
"""

import functools

from shamir_mnemonic import cipher

from inbox.keys import passphrase_strength


def remember() -> None:
    """Stretch each share, and estimate each passphrase, once in this process and those forked from it."""
    cipher._round_function = functools.cache(cipher._round_function)
    estimate = functools.cache(passphrase_strength.estimate)
    passphrase_strength.estimate = lambda passphrase, known: estimate(passphrase, tuple(known))
