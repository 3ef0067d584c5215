"""Verify the transcripts of draws, from docs/draws.md alone: a short program that auditors can read.

``draws/scripts/verify.js`` does the same in JavaScript, with the same names.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import lt

from crypto import base64url, minisign
from crypto.errors import Malformed
from draws import protocol
from draws.protocol import DICE, HASH, DrawList, Drawn, Reveal, Signed, Transcript, Void


class Disproved(Exception):
    """A transcript breaks a rule. ``rule`` is the bold word of the specification."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Verified:
    """What a valid transcript says. ``missing`` names the parties that voided the draw, if any.

    ``absent`` names the pulse that did not come, as the parties of a void draw signed.
    """

    series: str
    number: int
    previous: bytes
    end: bytes
    total: int
    strata: int
    drawn: int
    is_void: bool
    missing: tuple[str, ...]
    pulse: str
    absent: str


def parsed(raw: bytes) -> Transcript:
    """Return a transcript. Raises Disproved if it has another form."""
    try:
        return protocol.TRANSCRIPT.parse(raw)
    except Malformed:
        raise Disproved("transcript") from None


def verify(raw: bytes) -> Verified:
    """Return what a transcript says. Raises Disproved."""
    return verified(parsed(raw))


def verified(found: Transcript) -> Verified:
    """Return what a transcript says. Raises Disproved."""
    return with_leaves(found)[0]


def with_leaves(found: Transcript) -> tuple[Verified, list[list[bytes]]]:
    """Return what a transcript says, and the leaves of each stratum. Raises Disproved."""
    _check_list(found.list)
    strata = _strata(found)
    own = protocol.list_hash(found.list)
    end = found.end
    if end is None or end.list != own:
        raise Disproved("end")
    _check_statement(found, own)
    _check_reveals(found, own)
    _check_later(found, own)
    if isinstance(end, Void):
        _check_void(found, end)
        lines = 0
    else:
        lines = _check_drawn(found, own, end, strata)
    asked, later = found.list.later, found.later
    said = Verified(
        series=found.list.series,
        number=found.list.number,
        previous=found.list.previous,
        end=protocol.end_hash(end),
        total=found.list.total,
        strata=len(found.list.strata),
        drawn=lines,
        is_void=isinstance(end, Void),
        missing=end.missing,
        pulse="" if later is None else f"{later.source} {later.round}: {later.value}",
        absent=f"{asked.source} {asked.round}" if asked and isinstance(end, Void) and not end.missing else "",
    )
    return said, [leaves for leaves, _ in strata]


def verify_series(files: Sequence[bytes]) -> list[Verified]:
    """Return what each transcript says, in the order of their numbers. Raises Disproved."""
    found = sorted((verify(raw) for raw in files), key=lambda each: each.number)
    for before, after in pairwise(found):
        follows = (after.series, after.number) == (before.series, before.number + 1)
        check(follows and after.previous == before.end, "series")
    check(all((each.number == 1) == (each.previous == protocol.FIRST) for each in found), "series")
    return found


def check(holds: bool, rule: str) -> None:  # noqa: FBT001  reads like an assertion
    """Raise Disproved unless a condition of a rule holds."""
    if not holds:
        raise Disproved(rule)


def _check_list(given: DrawList) -> None:
    """Section 3.4."""
    parties, strata = given.parties, given.strata
    check(len(parties) >= protocol.FEWEST_PARTIES, "list")
    for different in (given.names, [each.key for each in parties], [each.name for each in strata]):
        check(len({*different}) == len(different), "list")
    check(sum(each.size for each in strata) == given.total, "list")
    check(all(each.drawn <= each.size for each in strata) and any(each.drawn for each in strata), "list")
    check(given.day <= given.until <= given.publish, "list")
    if given.later and given.later.source != DICE:
        check(given.until < given.later.day, "list")


def _strata(found: Transcript) -> list[tuple[list[bytes], list[int]]]:
    """Return the leaves and weights of each stratum (3.3)."""
    strata = found.list.strata
    check(len(strata) == len(found.leaves) == len(found.weights), "lines")
    read = []
    for stratum, leaves, weights in zip(strata, found.leaves, found.weights, strict=True):
        raw, weighing = _bytes(leaves), _bytes(weights)
        check(len(raw) == HASH * stratum.size, "lines")
        check(len(weighing) == (2 * stratum.size if stratum.weighted else 0), "lines")
        read.append((raw, weighing))
    strata_of = [(protocol.split(raw), protocol.unpacked(weighing)) for raw, weighing in read]
    for leaves_of, weights_of in strata_of:
        check(all(map(lt, leaves_of, leaves_of[1:])), "lines")
        check(all(1 <= weight <= protocol.HEAVIEST for weight in weights_of), "lines")
    check(len({*chain.from_iterable(leaves_of for leaves_of, _ in strata_of)}) == found.list.total, "lines")
    check(protocol.leaves_hash(read) == found.list.leaves, "lines")
    return strata_of


def _bytes(written: str) -> bytes:
    try:
        return base64url.decode(written)
    except Malformed:
        raise Disproved("lines") from None


def _check_statement(found: Transcript, own: bytes) -> None:
    """Section 5. A draw that is void may lack the statement or signatures."""
    statement, parties = found.statement, found.list.parties
    if statement is None:
        check(isinstance(found.end, Void) and found.end.stage == "commitment", "statement")
        check(not found.signatures, "signature")
        return
    check(not (isinstance(found.end, Void) and found.end.stage == "commitment"), "statement")
    check(statement.list == own and len(statement.commitments) == len(parties), "statement")
    check(len({*statement.commitments}) == len(parties), "statement")
    _check_signed(found, found.signatures, protocol.STATEMENT.encode(statement), "signature")
    if not (isinstance(found.end, Void) and found.end.stage == "signature"):
        check(len(found.signatures) == len(parties), "signature")


def _check_signed(found: Transcript, signed: Sequence[Signed], file: bytes, rule: str) -> None:
    """Check that each signature is valid, and that the parties are in order, none twice."""
    keys = {party.name: party.key for party in found.list.parties}
    _check_order(found, [each.party for each in signed], rule)
    for each in signed:
        check(minisign.is_signed(file, each.signature, keys[each.party]), rule)


def _check_order(found: Transcript, names: Sequence[str], rule: str) -> None:
    check([name for name in found.list.names if name in names] == [*names], rule)


def _check_reveals(found: Transcript, own: bytes) -> None:
    """Section 6."""
    if found.statement is None or len(found.signatures) < len(found.list.parties):
        check(not found.reveals, "reveal")
        return
    committed = dict(zip(found.list.names, found.statement.commitments, strict=True))
    _check_order(found, [each.party for each in found.reveals], "reveal")
    for each in found.reveals:
        check((each.id, each.list) == (found.list.id, own), "reveal")
        check(protocol.commitment(each) == committed[each.party], "reveal")


def _check_later(found: Transcript, own: bytes) -> None:
    """Section 6. The value may still lack signatures; ``_check_void`` and ``_check_drawn`` look at this."""
    asked, later, signed = found.list.later, found.later, found.later_signatures
    if asked is None or later is None:
        check(later is None and not signed, "later")
        return
    check((later.list, later.source, later.round) == (own, asked.source, asked.round), "later")
    check(asked.source != DICE or protocol.is_of_dice(later.value), "later")
    _check_signed(found, signed, protocol.LATER.encode(later), "later")


def _check_void(found: Transcript, end: Void) -> None:
    """Section 8: the record names exactly the parties from which something is missing."""
    names, asked = found.list.names, found.list.later
    is_signed = protocol.is_signed(found.list, end, [each.party for each in found.end_signatures])
    _check_signed(found, found.end_signatures, protocol.END.encode(end), "end")
    check(not found.drawn and end.day >= protocol.due(found.list, end.stage), "end")
    if end.stage != "later":
        check(found.later is None, "end")
    else:
        check(len(found.reveals) == len(names), "end")
        check(not protocol.has_value(found.list, found.later, found.later_signatures), "end")
        if asked and asked.source != DICE:
            check(not end.missing and is_signed, "end")
            return
    _check_order(found, end.missing, "end")
    if end.stage != "commitment":
        sent: dict[str, Sequence[Signed | Reveal]] = {
            "signature": found.signatures,
            "reveal": found.reveals,
            "later": found.later_signatures,
        }
        there = {each.party for each in sent[end.stage]}
        check({*end.missing} == {*names} - there, "end")
    check(bool(end.missing) and is_signed, "end")


def _check_drawn(
    found: Transcript, own: bytes, end: Drawn, strata: Sequence[tuple[list[bytes], list[int]]]
) -> int:
    """Return how many lines were drawn (7)."""
    check(len(found.reveals) == len(found.list.parties), "reveal")
    check(protocol.has_value(found.list, found.later, found.later_signatures), "later")
    seed = protocol.seed(own, found.reveals, found.later)
    check(end.seed == seed and not found.end_signatures, "end")
    check(len(found.drawn) == len(strata), "drawn")
    for stratum, (leaves, weights), written in zip(found.list.strata, strata, found.drawn, strict=True):
        chosen = protocol.drawn(seed, leaves, weights, stratum.drawn)
        check(written == base64url.encode(b"".join(chosen)), "drawn")
    return sum(stratum.drawn for stratum in found.list.strata)


def refusals(found: Sequence[Verified]) -> dict[str, int]:
    """Return how many draws each party voided."""
    return dict(sorted(Counter(name for each in found for name in each.missing).items()))
