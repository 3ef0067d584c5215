"""Verify the opening of a draw of transfers against its transcript, from docs/draws.md (11) alone.

``draws/scripts/transfers.js`` does the same in JavaScript, with the same names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto import base64url
from crypto.errors import Malformed
from draws import protocol, verify
from draws.protocol import DrawList, Drawn, Transcript
from draws.transfers import matching, records, rule
from draws.transfers.records import COLUMNS, Counted, Opening, Transfer
from draws.transfers.rule import BadLine, Line, Sorted, State
from draws.verify import Disproved, check


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a valid opening says. ``transfers`` are in their order; ``lines`` are those of the list."""

    sorted: Sorted
    lines: tuple[Line, ...]
    transfers: tuple[Transfer, ...]
    exceptions: tuple[Counted, ...]


def verify_opening(transcript: bytes, opening: bytes) -> Outcome:
    """Return what an opening says. Raises Disproved."""
    verify.verify(transcript)
    found = protocol.TRANSCRIPT.parse(transcript)
    try:
        given = records.OPENING.parse(opening)
    except Malformed:
        raise Disproved("opening") from None
    leaves = _check_opening(found, given)
    batch = _check_rule(found.list, given.rule)
    lines = _lines(found.list, given)
    said = rule.sort(given.rule, batch, lines)
    _check_due(found.list, leaves, said)
    _check_exceptions(found.list, given, said)
    if not isinstance(found.end, Drawn):
        raise Disproved("opening")
    order = transfers(given.rule, said, lines, [leaf for own in leaves for leaf in own], found.end.seed)
    check(order == given.transfers, "order")
    return Outcome(said, lines, given.transfers, given.exceptions.signers)


def transfers(
    of: records.Rule, said: Sorted, lines: Sequence[Line], leaves: Sequence[bytes], seed: bytes
) -> tuple[Transfer, ...]:
    """Return who is transferred, in order, and to which post (11.4). ``leaves`` are those of the lines."""
    tickets = sorted((protocol.ticket(seed, leaf), leaf, at) for at, leaf in enumerate(leaves))
    order = [at for _, _, at in tickets]
    tied = {*[at for at in order if said.states[at] is State.TIED][: said.drawn(State.TIED)]}
    people = [at for at in order if said.states[at] is State.CERTAIN or at in tied]
    posts = [at for at in order if said.states[at] is State.FREE]
    fitting = [
        [n for n, post in enumerate(posts) if rule.fits(of, said.batch, lines[at], lines[post])]
        for at in people
    ]
    given = matching.matched(fitting)
    return tuple(
        Transfer(lines[at].agent, "" if post is None else lines[posts[post]].post)
        for at, post in zip(people, given, strict=True)
    )


def _check_opening(found: Transcript, given: Opening) -> list[list[bytes]]:
    """Return the leaves of each stratum; each is opened, in the same order (11.5)."""
    check(isinstance(found.end, Drawn) and given.list == protocol.list_hash(found.list), "opening")
    check(found.list.columns == COLUMNS, "opening")
    check(not any(each.weighted for each in found.list.strata), "opening")
    leaves = [protocol.split(base64url.decode(text)) for text in found.leaves]
    opened = [protocol.leaf(each.salt, records.line(each.cells)) for each in given.lines]
    check([leaf for own in leaves for leaf in own] == opened, "opening")
    return leaves


def _check_rule(of: DrawList, given: records.Rule) -> records.Batch:
    """Return the batch; the rule is older than the list, and nothing is published before the batch (11.1)."""
    batch = rule.next_batch(given, of.day)
    check(rule.is_sound(given) and of.rule == records.rule_hash(given), "rule")
    if batch is None:
        raise Disproved("rule")
    check(given.day <= of.day and batch.day <= of.publish, "rule")
    return batch


def _lines(of: DrawList, given: Opening) -> tuple[Line, ...]:
    try:
        lines = tuple(rule.parsed(each.cells, given.rule, of.day) for each in given.lines)
    except BadLine:
        raise Disproved("due") from None
    agents = [each.agent for each in lines if each.agent]
    check(len({*agents}) == len(agents), "due")
    return lines


def _check_due(of: DrawList, leaves: Sequence[Sequence[bytes]], said: Sorted) -> None:
    """Check that the strata are those of the rule (11.3)."""
    at, seen = 0, list[State]()
    for stratum, own in zip(of.strata, leaves, strict=True):
        states = {*said.states[at : at + len(own)]}
        check(len(states) == 1, "due")
        (state,) = states
        check(stratum.drawn == said.drawn(state), "due")
        seen.append(state)
        at += len(own)
    check(len({*seen}) == len(seen), "due")


def _check_exceptions(of: DrawList, given: Opening, said: Sorted) -> None:
    """Check that each exception is counted, with who signed it, as it was frozen (11.5)."""
    check(of.exceptions == records.exceptions_hash(given.exceptions), "exceptions")
    signers = [each.signed_by for each in given.exceptions.signers]
    check(signers == sorted({*signers}), "exceptions")
    counted = sum(each.count for each in given.exceptions.signers)
    check(counted == said.size(State.EXCEPTED), "exceptions")
