"""Freeze a list: leaves in strata for everybody, and the lines for the team of the second check only.

docs/draws.md, section 3.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crypto import age, base64url, shape
from crypto.recipients import X25519Identity, X25519Recipient
from crypto.shape import Shape, binary, list_of, record, text
from draws import protocol
from draws.csv_files import Table
from draws.protocol import DrawList, Party, Source, Stratum
from inbox.language.errors import Refused
from inbox.language.messages import sentence

WEIGHT = "weight"
# The largest file of a draw, in bytes: the leaves of a list of a year take 43 MB, its lines more.
LARGEST = 1 << 30
_PERCENT = 100


class ListRefused(Refused):
    """A list cannot be frozen, or was changed afterwards."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is drawn: the column that tells items apart, and the strata of the lines of some columns.

    Two items are the same if ``compared`` returns the same text for both; it takes several, one a line.
    ``identifier`` is None if whoever made the lines has checked that they differ.
    """

    identifier: str | None
    strata: Callable[[Mapping[str, Sequence[str]]], Iterable[tuple[str, ...]]]
    compared: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fixed when a list is frozen (3.4).

    In each stratum, ``each`` lines are drawn or ``percent`` of them, rounded up: the larger number, and at
    most all. If ``exact`` is given, it has the number for each stratum. ``opens`` is the day on which the
    team may open the result. ``rule`` and ``exceptions`` are the hashes of a draw of transfers (11).
    """

    series: str
    number: int
    previous: bytes
    day: date
    until: date
    publish: date
    opens: date
    parties: tuple[Party, ...]
    each: int = 1
    percent: int = 0
    later: Source | None = None
    exact: Mapping[tuple[str, ...], int] | None = None
    rule: bytes | None = None
    exceptions: bytes | None = None

    def drawn(self, stratum: tuple[str, ...], size: int) -> int:
        """Return how many lines of a stratum are drawn."""
        if self.exact is not None:
            return self.exact[stratum]
        return min(size, max(self.each, -(-size * self.percent // _PERCENT)))


@dataclass(frozen=True, slots=True)
class Leaves:
    """The leaves and the weights of all strata, as texts of a transcript (9)."""

    leaves: tuple[str, ...]
    weights: tuple[str, ...]

    @classmethod
    def of(cls, raw: Sequence[tuple[bytes, bytes]]) -> "Leaves":
        """Return the leaves and weights of each stratum, given as bytes."""
        leaves, weights = zip(*raw, strict=True)
        return cls(tuple(map(base64url.encode, leaves)), tuple(map(base64url.encode, weights)))

    def raw(self) -> list[tuple[bytes, bytes]]:
        """Return the leaves and weights of each stratum, as bytes."""
        return [
            (base64url.decode(leaves), base64url.decode(weights))
            for leaves, weights in zip(self.leaves, self.weights, strict=True)
        ]

    def strata(self) -> list[tuple[list[bytes], list[int]]]:
        """Return the leaves and weights of each stratum."""
        return [(protocol.split(leaves), protocol.unpacked(weights)) for leaves, weights in self.raw()]


@dataclass(frozen=True, slots=True)
class Named:
    """A stratum with the values that its lines share."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Private:
    """What only the team of the second check can open. ``lines`` are in the order of the office's file."""

    list: bytes
    opens: date
    secret: bytes
    columns: tuple[str, ...]
    strata: tuple[Named, ...]
    lines: tuple[str, ...]

    def salted(self) -> Sequence[bytes]:
        """Return the leaf of each line (3.1)."""
        return protocol.salted(self.secret, self.lines)


_texts = list_of(text(1 << 28, r"[A-Za-z0-9_-]*"), protocol.MOST_STRATA)
LEAVES = record(Leaves, {"leaves": _texts, "weights": _texts}, "draw-leaves")
# One text is read and written in a moment, and a million texts are not. A cell has no control character, so
# a line feed between the cells of a line and a tab between the lines are clear.
_lines = text(LARGEST)
_LINES: Shape[tuple[str, ...]] = Shape(lambda value: tuple(_lines.read(value).split("\t")), "\t".join)
_PRIVATE = record(
    Private,
    {
        "list": binary(protocol.HASH),
        "opens": shape.day,
        "secret": binary(32),
        "columns": list_of(text(40), 99),
        "strata": list_of(
            record(Named, {"name": text(40), "values": list_of(text(200), 9)}), protocol.MOST_STRATA
        ),
        "lines": _LINES,
    },
    "draw-private",
)


def freeze(tables: Iterable[Table], plan: Plan, kind: Kind) -> tuple[DrawList, Leaves, Private]:
    """Return the frozen list, its leaves, and what only the team may open. Raises Refused."""
    _check_plan(plan)
    given = _read(tables, kind)
    secret = secrets.token_bytes(32)
    members: dict[tuple[str, ...], list[bytes]] = defaultdict(list)
    leaf_of_each = protocol.salted(secret, given.lines)
    for values, leaf in zip(given.strata, leaf_of_each, strict=True):
        members[values].append(leaf)
    weights = _weights(given.weights, leaf_of_each) if WEIGHT in given.columns else {}
    named = _named(members, secret)
    strata, raw = _in_strata(named, members, plan, weights)
    record_of_list = DrawList(
        series=plan.series,
        number=plan.number,
        previous=plan.previous,
        id=secrets.token_bytes(16),
        day=plan.day,
        until=plan.until,
        publish=plan.publish,
        columns=given.columns,
        total=len(given.lines),
        leaves=protocol.leaves_hash(raw),
        strata=strata,
        parties=plan.parties,
        later=plan.later,
        rule=plan.rule,
        exceptions=plan.exceptions,
    )
    own = protocol.list_hash(record_of_list)
    private = Private(own, plan.opens, secret, given.columns, named, tuple(given.lines))
    return record_of_list, Leaves.of(raw), private


def seal(private: Private, team: X25519Recipient) -> bytes:
    """Return the private file, sealed for the team."""
    return age.seal_bytes(_PRIVATE.encode(private), [team])


def unseal(sealed: bytes, team: X25519Identity) -> Private:
    """Return the content of a private file. Raises CryptoError."""
    return _PRIVATE.parse(age.unseal_bytes(sealed, [team]))


def check_leaves(record_of_list: DrawList, leaves: Leaves) -> None:
    """Raise ListRefused unless the leaves are those of the frozen list."""
    if protocol.leaves_hash(leaves.raw()) != record_of_list.leaves:
        raise changed()


def changed() -> ListRefused:
    """Return the refusal of a list that is not the frozen one."""
    return ListRefused(
        sentence("the list was changed after it was frozen"),
        sentence("check that these are the files of this draw, exactly as they were made"),
    )


def _check_plan(plan: Plan) -> None:
    names, keys = {each.name for each in plan.parties}, {each.key for each in plan.parties}
    if len(plan.parties) < protocol.FEWEST_PARTIES or len(plan.parties) > protocol.MOST_PARTIES:
        raise ListRefused(
            sentence(
                "a draw needs {least} to {most} parties",
                least=protocol.FEWEST_PARTIES,
                most=protocol.MOST_PARTIES,
            ),
            sentence("name parties with opposed interests, and give the public key of each"),
        )
    if len(names) < len(plan.parties) or len(keys) < len(plan.parties):
        raise ListRefused(
            sentence("two parties have the same name or the same key"),
            sentence("each party makes its own key, on its own machine"),
        )
    if not plan.day <= plan.until <= plan.publish:
        raise ListRefused(
            sentence("the days are in the wrong order"),
            sentence("the order is: today, the last day for reveals, the day of publication"),
        )
    if plan.later and plan.later.source != protocol.DICE and plan.later.day <= plan.until:
        raise ListRefused(
            sentence("the pulse is known before the reveals end"),
            sentence("name a round of a later day than {until}", until=plan.until),
        )
    if not plan.each and not plan.percent:
        raise ListRefused(
            sentence("nothing would be drawn"), sentence("give a number or a percentage for each stratum")
        )


@dataclass(slots=True)
class _Given:
    """The lines of an office's file, each with its cells, its stratum and, if there is one, its weight."""

    columns: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    strata: list[tuple[str, ...]] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)


class _Known(dict[tuple[str, ...], tuple[str, ...]]):
    """Each different stratum once: the garbage collector would look at a million tuples again and again."""

    def __missing__(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return self.setdefault(values, values)


def _read(tables: Iterable[Table], kind: Kind) -> _Given:
    """Return all lines. Raises ListRefused if the list is empty, or if an item occurs twice."""
    given, identifiers = _Given(), list[str]()
    known = _Known()
    for table in tables:
        given.columns = tuple(table.columns)
        given.lines += map("\n".join, table.rows())
        given.strata += map(known.__getitem__, kind.strata(table.columns))
        given.weights += table.columns.get(WEIGHT, ())
        if kind.identifier:
            identifiers += kind.compared("\n".join(table.columns[kind.identifier])).split("\n")
    if not given.lines:
        raise ListRefused(sentence("the list has no lines"), sentence("choose the file with the list"))
    if kind.identifier and len({"", *identifiers}) <= len(identifiers):
        raise _repeated(identifiers, kind.identifier)
    return given


def _repeated(identifiers: Sequence[str], column: str) -> ListRefused:
    """Return the refusal of the first line whose identifier is empty or is that of a line before."""
    lines = {"": 0}
    each = ((lines.setdefault(identifier, line), line) for line, identifier in enumerate(identifiers, 2))
    first, line = next(both for both in each if both[0] != both[1])
    return ListRefused(
        sentence("lines {first} and {line} have the same “{column}”", first=first, line=line, column=column)
        if first
        else sentence("line {line}: the cell “{column}” is empty", line=line, column=column),
        sentence("correct the file where it comes from, and export it again"),
    )


def _weights(cells: Sequence[str], leaves: Sequence[bytes]) -> dict[bytes, int]:
    """Return the weight of each leaf. Raises ListRefused."""
    found = {}
    for at, (written, leaf) in enumerate(zip(cells, leaves, strict=True)):
        if not (written.isascii() and written.isdigit() and 1 <= int(written) <= protocol.HEAVIEST):
            raise ListRefused(
                sentence(
                    "line {line}: the weight is not a number from 1 to {most}",
                    line=at + 2,
                    most=protocol.HEAVIEST,
                ),
                sentence("correct the file where it comes from, and export it again"),
            )
        found[leaf] = int(written)
    return found


def _named(members: Mapping[tuple[str, ...], object], secret: bytes) -> tuple[Named, ...]:
    """Return the strata in an order that says nothing without the secret (3.2)."""
    if len(members) > protocol.MOST_STRATA:
        raise ListRefused(
            sentence("the list has more than {most} strata", most=protocol.MOST_STRATA),
            sentence("check the columns of unit, check and risk: they have codes, not texts"),
        )
    order = sorted(members, key=lambda values: protocol.hashed("strata", secret + "\n".join(values).encode()))
    return tuple(Named(f"s{n}", values) for n, values in enumerate(order, 1))


def _in_strata(
    named: Sequence[Named],
    members: Mapping[tuple[str, ...], list[bytes]],
    plan: Plan,
    weights: Mapping[bytes, int],
) -> tuple[tuple[Stratum, ...], Sequence[tuple[bytes, bytes]]]:
    """Return the strata, and the leaves and weights of each as bytes (3.3).

    ``weights`` is empty if the list has no weights.
    """
    strata, raw = [], []
    for each in named:
        own = sorted(members[each.values])
        size = len(own)
        strata.append(Stratum(each.name, size, plan.drawn(each.values, size), 1 if weights else None))
        weighing = protocol.packed([weights[leaf] for leaf in own]) if weights else b""
        raw.append((b"".join(own), weighing))
    return tuple(strata), raw
