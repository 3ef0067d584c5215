"""What a test process computes once, or when it is asked for, although a program does so at each start.

A program opens one inbox and makes one application; a test process does so thousands of times, by the same
few shares, under the same few passphrases, with the same few hundred addresses.
"""

import functools
from collections.abc import Callable
from typing import Any

from shamir_mnemonic import cipher
from werkzeug.routing import Rule

from inbox.keys import passphrase_strength


def remember() -> None:
    """Stretch each share and estimate each passphrase once, in this process and those forked from it.

    What composes the addresses of a page is compiled when one of them is composed.
    """
    cipher._round_function = functools.cache(cipher._round_function)
    estimate = functools.cache(passphrase_strength.estimate)
    passphrase_strength.estimate = lambda passphrase, known: estimate(passphrase, tuple(known))
    Rule._compile_builder = _lazily(Rule._compile_builder)  # type: ignore[method-assign]


def _lazily(compiled: Callable[..., Any]) -> Callable[..., Any]:
    def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:  # noqa: FBT001, FBT002
        @functools.cache
        def builder() -> Callable[..., Any]:
            return compiled(rule, append_unknown)  # type: ignore[no-any-return]

        return lambda rule, /, **values: builder()(rule, **values)

    return compile_builder
