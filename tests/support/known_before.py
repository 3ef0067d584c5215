"""Results that a test process computes only once, although a program computes them at each start.

A program opens one inbox and makes one application. A test process opens inboxes and makes applications
thousands of times. Such a process uses the same few shares and passphrases, the same few hundred addresses,
and laws that differ in one line.
"""

import functools
from collections.abc import Callable
from typing import Any

from shamir_mnemonic import cipher
from werkzeug.routing import Rule

from crypto.toml_schema import Schema
from inbox.keys import passphrase_strength

# A limit that is enough for several laws. Without a limit, every damaged file of a test would be kept.
_MOST_FILES = 256


def remember() -> None:
    """Stretch each share, estimate each passphrase, and read each TOML file only once.

    This process and those forked from it share the results. The code that composes the addresses of a page is
    compiled when the first address is composed.
    """
    cipher._round_function = functools.cache(cipher._round_function)
    estimate = functools.cache(passphrase_strength.estimate)
    passphrase_strength.estimate = lambda passphrase, known: estimate(passphrase, tuple(known))
    # The cache keeps only files without mistakes. Other files are read again each time.
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
