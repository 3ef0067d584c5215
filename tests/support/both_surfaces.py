"""Which of many walks the gate does on command line and desk, and which on one of them: the soak does all."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import pytest

from tests.support.exits_room import Surface

Walk = tuple[Any, ...]
Parts = Callable[..., tuple[Hashable, ...]]


def in_gate(walks: Sequence[Walk], parts: Parts) -> Iterator[tuple[Walk, Surface]]:
    """Yield walks with a surface: every walk on one at least, and every one of their ``parts`` on both.

    Each goes to the surface on which more of its parts were not walked before, and to the other as well if
    none that comes later has one of them.
    """
    seen: set[tuple[Hashable, Surface]] = set()
    for place, walk in enumerate(walks):
        later = {part for each in walks[place + 1 :] for part in parts(*each)}
        missing = {each: {part for part in parts(*walk) if (part, each) not in seen} for each in Surface}
        chosen = max(Surface, key=lambda each: len(missing[each]))
        for each in Surface:
            if each is chosen or missing[each] - later:
                seen |= {(part, each) for part in parts(*walk)}
                yield walk, each


def on_both(walks: Sequence[Walk], parts: Parts) -> list[Any]:
    """Return each walk on each surface, as parameters: those beyond ``in_gate`` are the soak's."""
    chosen = {*in_gate(walks, parts)}
    return [
        pytest.param(
            walk,
            surface,
            marks=() if (walk, surface) in chosen else pytest.mark.soak,
            id="-".join((*walk, surface.name.lower())),
        )
        for walk in walks
        for surface in Surface
    ]
