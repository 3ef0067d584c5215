"""Transcripts without a ceremony: drawn from a seed, so that the same number gives the same transcript."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from crypto import base64url, minisign, signing
from crypto.strictjson import Json, decode, encode
from draws import protocol
from draws.protocol import (
    DrawList,
    Drawn,
    Later,
    Party,
    Reveal,
    Signed,
    Source,
    Statement,
    Stratum,
    Transcript,
    Void,
)
from tests.support.paths import ROOT

PEER = ROOT / "tests" / "js" / "draw_peer.mjs"
_T = TypeVar("_T", Signed, Reveal)
_DAY = date(2026, 12, 1)
_NAMES = ("region", "tribunal", "union", "press", "chamber")


class Chance:
    """Bytes and numbers that follow from a number."""

    def __init__(self, number: int) -> None:
        self._state = hashlib.sha256(f"transcript {number}".encode())

    def bytes(self, size: int = 32) -> bytes:
        """Return the next bytes, at most 32."""
        self._state.update(b"next")
        return self._state.digest()[:size]

    def below(self, limit: int) -> int:
        """Return a number from 0 to ``limit`` - 1."""
        return int.from_bytes(self.bytes(8), "big") % limit


def transcript(
    number: int,
    *,
    series: str = "le-havre",
    number_in_series: int = 1,
    previous: bytes = protocol.FIRST,
    given: Sequence[tuple[Sequence[bytes], Sequence[int]]] = (),
) -> bytes:
    """Return a valid transcript of 3 to 5 parties: drawn or void, perhaps with weights, dice or a pulse.

    ``given`` has the leaves and weights of each stratum, of which half of the lines are drawn, at least one.
    """
    chance = Chance(number)
    seeds = _keys(chance)
    parties = tuple(Party(name, signing.public_key(seed)) for name, seed in seeds.items())
    strata, lines = _lines(chance)
    if given:
        lines = [([*own], [*weights]) for own, weights in given]
        strata = tuple(
            Stratum(f"s{n}", len(own), max(1, len(own) // 2), 1 if weights else None)
            for n, (own, weights) in enumerate(lines, 1)
        )
    leaves = tuple(base64url.encode(b"".join(own)) for own, _ in lines)
    weights = tuple(base64url.encode(protocol.packed(own)) for _, own in lines)
    later = [
        None,
        Source("dice", "in the hall", date(2026, 12, 2)),
        Source("nist", "chain 2, pulse 7", date(2026, 12, 2)),
    ]
    of = DrawList(
        series=series,
        number=number_in_series,
        previous=previous,
        id=chance.bytes(16),
        day=_DAY,
        until=_DAY,
        publish=date(2026, 12, 20),
        columns=("container", "unit"),
        total=sum(each.size for each in strata),
        leaves=protocol.leaves_hash((b"".join(own), protocol.packed(weighing)) for own, weighing in lines),
        strata=strata,
        parties=parties,
        later=later[chance.below(3)],
    )
    own = protocol.list_hash(of)
    reveals = tuple(Reveal(of.id, own, name, chance.bytes()) for name in seeds)
    statement = Statement(own, tuple(map(protocol.commitment, reveals)))

    all_signed = _signed(seeds, protocol.STATEMENT.encode(statement), of.names)
    taken = _later(of, own, chance)
    stage = ("", "", "", "", *protocol.STAGES)[chance.below(8)]
    if stage and (stage != "later" or taken):
        return _voided(Transcript(of, leaves, weights), stage, (statement, all_signed, reveals, taken), seeds)
    seed = protocol.seed(own, reveals, taken)
    drawn = tuple(
        base64url.encode(
            b"".join(protocol.drawn(seed, leaves_of, [max(1, each) for each in weights_of], stratum.drawn))
        )
        for stratum, (leaves_of, weights_of) in zip(strata, lines, strict=True)
    )
    witnesses = of.names[: len(parties) // 2 + 1] if taken and taken.source == "dice" else ()
    later_signed = _signed(seeds, protocol.LATER.encode(taken), witnesses) if taken else ()
    return protocol.TRANSCRIPT.encode(
        Transcript(
            of,
            leaves,
            weights,
            statement,
            all_signed,
            reveals,
            taken,
            later_signed,
            drawn,
            Drawn(own, seed),
        )
    )


def _voided(
    begun: Transcript,
    stage: str,
    arrived: tuple[Statement, tuple[Signed, ...], tuple[Reveal, ...], Later | None],
    seeds: Mapping[str, bytes],
) -> bytes:
    """Return a void transcript: only the first party has sent what is missing at the stage, and the last.

    A pulse that did not come is missing from nobody. ``seeds`` are the secret keys of the parties.
    """
    statement, all_signed, reveals, later = arrived
    names, own = begun.list.names, statement.list
    is_pulse = later is not None and later.source != "dice"
    there = (names[0], names[-1]) if len(names) > len("abc") else names[:1]
    missing = () if stage == "later" and is_pulse else tuple(name for name in names if name not in there)
    end = Void(own, stage, missing, date(2026, 12, 3) if stage == "later" else _DAY)
    thrown = later if stage == "later" and not is_pulse else None

    def sent(every: tuple[_T, ...], at: str) -> tuple[_T, ...]:
        if stage == at:
            return tuple(each for each in every if each.party in there)
        return every if protocol.STAGES.index(stage) > protocol.STAGES.index(at) else ()

    return protocol.TRANSCRIPT.encode(
        replace(
            begun,
            statement=None if stage == "commitment" else statement,
            signatures=sent(all_signed, "signature"),
            reveals=sent(reveals, "reveal"),
            later=thrown,
            later_signatures=_signed(seeds, protocol.LATER.encode(thrown), there) if thrown else (),
            end=end,
            end_signatures=_signed(seeds, protocol.VOID.encode(end), names[:1] if missing else names),
        )
    )


def resigned(number: int, raw: bytes, *signers: str, **changes: object) -> bytes:
    """Return a transcript with changes, and its void or its dice signed anew by these parties.

    ``changes`` are those of the end, or of the transcript if their name is one of its members. The transcript
    is that of ``number``, whose parties sign.
    """
    seeds, found = keys(number), protocol.TRANSCRIPT.parse(raw)
    of_transcript = {name: each for name, each in changes.items() if hasattr(found, name)}
    of_end = {name: each for name, each in changes.items() if name not in of_transcript}
    found = replace(found, **of_transcript)  # type: ignore[arg-type]
    assert found.end
    if of_end or isinstance(found.end, Void):
        end = replace(found.end, **of_end)  # type: ignore[arg-type]
        return protocol.TRANSCRIPT.encode(
            replace(found, end=end, end_signatures=_signed(seeds, protocol.END.encode(end), signers))
        )
    assert found.later
    signed = _signed(seeds, protocol.LATER.encode(found.later), signers)
    return protocol.TRANSCRIPT.encode(replace(found, later_signatures=signed))


def keys(number: int) -> dict[str, bytes]:
    """Return the secret key of each party of the transcript with a number."""
    return _keys(Chance(number))


def _keys(chance: Chance) -> dict[str, bytes]:
    return {name: chance.bytes() for name in _NAMES[: 3 + chance.below(3)]}


def _signed(seeds: Mapping[str, bytes], file: bytes, names: Sequence[str]) -> tuple[Signed, ...]:
    return tuple(
        Signed(name, minisign.first_signature(minisign.sign(file, seeds[name], "x"))) for name in names
    )


def mutants(raw: bytes, chance: Chance, count: int) -> Iterator[bytes]:
    """Yield copies of a transcript with one byte changed."""
    for _ in range(count):
        at, other = chance.below(len(raw)), 1 + chance.below(127)
        changed = bytearray(raw)
        changed[at] ^= other
        yield bytes(changed)


def edited(raw: bytes, *path: str | int, value: Json) -> bytes:
    """Return a transcript with another value at a place."""
    root = decode(raw)
    found = root
    for step in path[:-1]:
        found = found[step]  # type: ignore[index,call-overload]
    found[path[-1]] = value  # type: ignore[index,call-overload]
    return encode(root)


def _lines(chance: Chance) -> tuple[tuple[Stratum, ...], list[tuple[list[bytes], list[int]]]]:
    strata, lines = [], []
    for n in range(1, 2 + chance.below(3)):
        size = 1 + chance.below(12)
        is_weighted = chance.below(2)
        leaves = sorted(chance.bytes() for _ in range(size))
        lines.append((leaves, [1 + chance.below(100) for _ in leaves] if is_weighted else []))
        strata.append(Stratum(f"s{n}", size, 1 + chance.below(size), 1 if is_weighted else None))
    return tuple(strata), lines


def _later(of: DrawList, own: bytes, chance: Chance) -> Later | None:
    if of.later is None:
        return None
    thrown = "".join(str(1 + chance.below(6)) for _ in range(50))
    value = thrown if of.later.source == "dice" else chance.bytes().hex() * 2
    return Later(own, of.later.source, of.later.round, value)
