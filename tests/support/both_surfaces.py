"""Choose the surfaces for each walk in the gate: the command line, the desk, or both.

The soak always uses both surfaces.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import pytest

from tests.support.exits_room import Surface

Walk = tuple[Any, ...]
PartsOf = Callable[..., tuple[Hashable, ...]]


def in_gate(walks: Sequence[Walk], parts: PartsOf, once: PartsOf) -> Iterator[tuple[Walk, Surface]]:
    """Yield the walks that the gate tries, each with a surface.

    Each of ``parts`` appears on both surfaces, and each of ``once`` on one surface. Each part is taken from
    the last walk that has it. Therefore a walk is usually left out if all its parts occur in later walks.
    """
    seen: set[tuple[Hashable, Surface]] = set()
    seen_once: set[Hashable] = set()
    for place, walk in enumerate(walks):
        rest = walks[place + 1 :]
        later = {part for each in rest for part in parts(*each)}
        missing = {each: {part for part in parts(*walk) if (part, each) not in seen} for each in Surface}
        chosen = {each for each in Surface if missing[each] - later}
        if not chosen and {*once(*walk)} - seen_once - {part for each in rest for part in once(*each)}:
            chosen = {max(Surface, key=lambda each: len(missing[each]))}
        for each in Surface:
            if each in chosen:
                seen |= {(part, each) for part in parts(*walk)}
                seen_once |= {*once(*walk)}
                yield walk, each


def on_both(walks: Sequence[Walk], parts: PartsOf, once: PartsOf) -> list[Any]:
    """Return each walk on each surface, as parameters.

    Walks that are not in ``in_gate`` run only in the soak.
    """
    chosen = {*in_gate(walks, parts, once)}
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
