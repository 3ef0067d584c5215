"""Open a draw of transfers on its day, and write what is published (docs/draws.md, 11.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crypto import base64url
from crypto.recipients import X25519Identity
from draws import csv_files, protocol, team
from draws.freezing import Private
from draws.language import headings_of, said
from draws.protocol import Drawn, Transcript
from draws.team import TeamRefused
from draws.transfers import listing, records, rule, verify
from draws.transfers.listing import People, Person
from draws.transfers.records import COLUMNS, Opened, Opening
from draws.transfers.rule import State
from draws.transfers.rules import STATES
from draws.transfers.verify import Outcome
from draws.verify import Disproved
from inbox.language.messages import sentence

_HEADING = ("order", "state", "number", "salt", "from", "to", "reason", "signed_by", "agent")


@dataclass(frozen=True, slots=True)
class Found:
    """A draw that the office of transfers opened."""

    raw: bytes
    outcome: Outcome
    people: Mapping[str, Person]
    publish: date


def opened(private: bytes, people: bytes, result: bytes, key: X25519Identity, today: date) -> Found:
    """Return a draw with its outcome, verified. Raises TeamRefused or CryptoError."""
    found = team.opened(private, result, key, today)
    known = listing.unseal(people, key)
    by_agent = {each.agent: each for each in known.people}
    if known.list != found.lines.list:
        raise TeamRefused(
            sentence("the people belong to another list than this private file"),
            sentence("do not use the result; tell the parties"),
        )
    raw = records.OPENING.encode(_opening(found.transcript, found.lines, known))
    try:
        outcome = verify.verify_opening(found.raw, raw)
    except Disproved as error:
        raise TeamRefused(
            sentence("the draw is not valid: rule “{rule}”", rule=error.rule),
            sentence("do not use the result; tell the parties"),
        ) from None
    return Found(raw, outcome, by_agent, found.transcript.list.publish)


def published(found: Found, today: date) -> bytes:
    """Return the opening for publication. Raises TeamRefused before the day of publication."""
    if today < found.publish:
        raise TeamRefused(
            sentence("the opening is published on {day} or later", day=found.publish),
            sentence("before, nobody may learn the post of a person"),
        )
    return found.raw


def written(found: Found) -> bytes:
    """Return everybody as CSV: first who is transferred, in order, then the others with their state.

    The salts are hexadecimal: base64url can begin with ``-``, which a CSV file must not (`csv_files.write`).
    """
    outcome = found.outcome
    order = {each.agent: (n, each.post) for n, each in enumerate(outcome.transfers, 1)}
    rows = []
    for line, state in zip(outcome.lines, outcome.sorted.states, strict=True):
        if state is State.FREE:
            continue
        person = found.people[line.agent]
        place, post = order.get(line.agent, (0, ""))
        given = person.exception
        reason = (given.reason, given.signed_by) if given else ("", "")
        cells = (said(STATES[state]), person.number, person.salt.hex(), line.post, post, *reason, line.agent)
        rows.append((place, cells))
    rows.sort(key=lambda row: (row[0] == 0, *row))
    return csv_files.write(
        [headings_of(_HEADING), *((str(place) if place else "", *cells) for place, cells in rows)]
    )


def own(outcome: Outcome, number: str, salt: bytes) -> tuple[State, int, str, str] | None:
    """Return the state of a person, the place in the order or 0, and both posts; None if not on the list."""
    agent = records.agent(salt, number)
    places = {each.agent: (n, each.post) for n, each in enumerate(outcome.transfers, 1)}
    for line, state in zip(outcome.lines, outcome.sorted.states, strict=True):
        if line.agent == agent:
            place, post = places.get(agent, (0, ""))
            return state, place, line.post, post
    return None


def _opening(transcript: Transcript, private: Private, known: People) -> Opening:
    by_leaf = _by_leaf(private)
    leaves = [leaf for text in transcript.leaves for leaf in protocol.split(base64url.decode(text))]
    opened_lines = tuple(by_leaf[leaf] for leaf in leaves)
    if not isinstance(transcript.end, Drawn) or private.columns != COLUMNS:
        raise TeamRefused(
            sentence("this is not a draw of transfers"),
            sentence("open a draw of controls with: draws team open"),
        )
    batch = listing.scheduled(known.rule, transcript.list.day)
    lines = [rule.parsed(each.cells, known.rule, transcript.list.day) for each in opened_lines]
    said = rule.sort(known.rule, batch, lines)
    return Opening(
        private.list,
        known.rule,
        opened_lines,
        known.exceptions,
        verify.transfers(known.rule, said, lines, leaves, transcript.end.seed),
    )


def _by_leaf(private: Private) -> dict[bytes, Opened]:
    """Return the lines with their salts by their leaves (3.1)."""
    opened_lines = [
        Opened(protocol.salt(private.secret, at), tuple(line.split("\n")))
        for at, line in enumerate(private.lines)
    ]
    return {protocol.leaf(each.salt, records.line(each.cells)): each for each in opened_lines}
