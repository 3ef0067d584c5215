"""Transcripts without a ceremony: drawn from a seed, so that the same number gives the same transcript."""

import hashlib
from collections.abc import Iterator
from datetime import date

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


def transcript(number: int, *, number_in_series: int = 1, previous: bytes = protocol.FIRST) -> bytes:
    """Return a valid transcript of 3 to 5 parties: drawn or void, perhaps with weights, dice or a pulse."""
    chance = Chance(number)
    seeds = {name: chance.bytes() for name in _NAMES[: 3 + chance.below(3)]}
    parties = tuple(Party(name, signing.public_key(seed)) for name, seed in seeds.items())
    strata, lines = _lines(chance)
    leaves = tuple(base64url.encode(b"".join(own)) for own, _ in lines)
    weights = tuple(base64url.encode(protocol.packed(own)) for _, own in lines)
    later = [None, Source("dice", "in the hall", _DAY), Source("nist", "chain 2, pulse 7", date(2026, 12, 2))]
    of = DrawList(
        series="le-havre",
        number=number_in_series,
        previous=previous,
        id=chance.bytes(16),
        day=_DAY,
        until=_DAY,
        publish=date(2026, 12, 20),
        columns=("container", "unit"),
        total=sum(each.size for each in strata),
        leaves=protocol.leaves_hash(lines),
        strata=strata,
        parties=parties,
        later=later[chance.below(3)],
    )
    own = protocol.list_hash(of)
    reveals = tuple(Reveal(of.id, own, name, chance.bytes()) for name in seeds)
    statement = Statement(own, tuple(map(protocol.commitment, reveals)))

    def signed(file: bytes, names: Iterator[str] | tuple[str, ...]) -> tuple[Signed, ...]:
        made = {name: minisign.first_signature(minisign.sign(file, seeds[name], "x")) for name in names}
        return tuple(Signed(name, signature) for name, signature in made.items())

    all_signed = signed(protocol.STATEMENT.encode(statement), of.names)
    stage = ("", "", "", "commitment", "signature", "reveal")[chance.below(6)]
    if stage:
        missing = of.names[1 : 2 + chance.below(len(parties) - 2)]
        there = [name not in missing for name in of.names]
        end = Void(own, stage, missing, _DAY)
        end_signed = signed(protocol.VOID.encode(end), of.names[:1])
        kept = tuple(each for each, is_there in zip(all_signed, there, strict=True) if is_there)
        revealed = tuple(each for each, is_there in zip(reveals, there, strict=True) if is_there)
        return protocol.TRANSCRIPT.encode(
            Transcript(
                of,
                leaves,
                weights,
                None if stage == "commitment" else statement,
                {"commitment": (), "signature": kept}.get(stage, all_signed),
                revealed if stage == "reveal" else (),
                end=end,
                end_signatures=end_signed,
            )
        )
    taken = _later(of, own, chance)
    seed = protocol.seed(own, reveals, taken)
    drawn = tuple(
        base64url.encode(b"".join(protocol.drawn(seed, leaves_of, weights_of, stratum.drawn)))
        for stratum, (leaves_of, weights_of) in zip(strata, lines, strict=True)
    )
    witnesses = of.names[: len(parties) // 2 + 1] if taken and taken.source == "dice" else ()
    later_signed = signed(protocol.LATER.encode(taken), witnesses) if taken else ()
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
