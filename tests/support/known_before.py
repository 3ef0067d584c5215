"""What a test process computes once, or when it is asked for, although a program does so at each start.

A program opens one inbox and makes one application; a test process does so thousands of times, by the same
few shares, under the same few passphrases, with the same few hundred addresses, and reads laws that differ in
a line.
"""

import functools
from collections.abc import Callable
from typing import Any

from shamir_mnemonic import cipher
from werkzeug.routing import Rule

from crypto.toml_schema import Schema
from inbox.keys import passphrase_strength

# Those of several laws; tests that damage files would else keep each.
_MOST_FILES = 256


def remember() -> None:
    """Stretch each share, estimate each passphrase, read each file of TOML once.

    So in this process and those forked from it.

    What composes the addresses of a page is compiled when one of them is composed.
    """
    cipher._round_function = functools.cache(cipher._round_function)
    estimate = functools.cache(passphrase_strength.estimate)
    passphrase_strength.estimate = lambda passphrase, known: estimate(passphrase, tuple(known))
    # A mistake is looked for anew each time: only what is read without one is remembered.
    Schema._compiled = functools.cache(Schema._compiled)  # type: ignore[method-assign]
    Schema.read = functools.lru_cache(_MOST_FILES)(Schema.read)  # type: ignore[method-assign]
    Rule._compile_builder = _lazily(Rule._compile_builder)  # type: ignore[method-assign]


def _lazily(compiled: Callable[..., Any]) -> Callable[..., Any]:
    def compile_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:  # noqa: FBT001, FBT002
        @functools.cache
        def builder() -> Callable[..., Any]:
            return compiled(rule, append_unknown)  # type: ignore[no-any-return]

        return lambda rule, /, **values: builder()(rule, **values)

    return compile_builder
