"""Freeze a list of transfers: numbers of agents and reasons of exceptions are committed to, never shown.

docs/draws.md, 11.2 and 11.3.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from crypto import age
from crypto.recipients import X25519Identity, X25519Recipient
from crypto.shape import binary, list_of, optional, record, text
from draws import freezing, protocol
from draws.csv_files import Table
from draws.freezing import Kind, Leaves, ListRefused, Plan, Private
from draws.protocol import DrawList
from draws.transfers import records, rule
from draws.transfers.posts import Office
from draws.transfers.records import COLUMNS, EXCEPTIONS, RULE, Batch, Counted, Exceptions, Rule
from draws.transfers.rule import Line, Sorted, State
from inbox.language.messages import sentence

# The sealed file with the people, beside the sealed file with the lines.
PEOPLE = "people.age"
_SALT = 32


@dataclass(frozen=True, slots=True)
class Excepted:
    """The exception of a person, with the salt of its commitment (32 bytes)."""

    reason: str
    signed_by: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class Person:
    """Who is behind the cell ``agent``: the pseudonymous number with its salt (32 bytes)."""

    number: str
    salt: bytes
    exception: Excepted | None = None

    @property
    def agent(self) -> str:
        """The commitment to the number."""
        return records.agent(self.salt, self.number)


@dataclass(frozen=True, slots=True)
class People:
    """What only the office of transfers can open, beside the lines."""

    list: bytes
    rule: Rule
    exceptions: Exceptions
    people: tuple[Person, ...]


_code = text(records.LONGEST_CODE, records.CODE)
_salt = binary(_SALT)
_PEOPLE = record(
    People,
    {
        "list": binary(protocol.HASH),
        "rule": RULE,
        "exceptions": EXCEPTIONS,
        "people": list_of(
            record(
                Person,
                {
                    "number": _code,
                    "salt": _salt,
                    "exception": optional(
                        record(Excepted, {"reason": text(40), "signed_by": _code, "salt": _salt})
                    ),
                },
            ),
            protocol.MOST_LINES,
        ),
    },
    "draw-people",
)


def scheduled(of: Rule, today: date) -> Batch:
    """Return the next batch of a rule. Raises ListRefused."""
    batch = rule.next_batch(of, today)
    if batch is None or of.day > today:
        raise ListRefused(
            sentence("the rule has no batch after today, or was fixed later than today"),
            sentence("check the clock, or fix a rule with the next scheduled days"),
        )
    return batch


def due(of: Rule, today: date, office: Office) -> Sorted:
    """Return what the rule says of each line of the office, without freezing anything."""
    return rule.sort(of, scheduled(of, today), office.lines)


def freeze(of: Rule, office: Office, plan: Plan) -> tuple[DrawList, Leaves, Private, People]:
    """Return the frozen list, its leaves, and what only the office of transfers may open. Raises Refused."""
    said = due(of, plan.day, office)
    if plan.publish < said.batch.day:
        raise ListRefused(
            sentence("the transcript would be published before the batch of {day}", day=said.batch.day),
            sentence("give --publish with the day of the batch or a later day"),
        )
    if not said.size(State.CERTAIN) + said.size(State.TIED):
        raise ListRefused(
            sentence("nobody comes in the batch of {day}: there is nothing to draw", day=said.batch.day),
            sentence("wait for the next batch; draws transfers due shows who reaches the maximum when"),
        )
    people = [_person(line, office) for line in office.people]
    cells = [_cells(line, person) for line, person in zip(office.people, people, strict=True)]
    cells += [("", line.post, line.profile, "", "", "", "") for line in office.free]
    exact: dict[tuple[str, ...], int] = {(state.value,): said.drawn(state) for state in State}
    exceptions = _exceptions(office)
    own_plan = replace(
        plan, exact=exact, rule=records.rule_hash(of), exceptions=records.exceptions_hash(exceptions)
    )
    kind = Kind(None, lambda _: ((state.value,) for state in said.states))
    table = Table(dict(zip(COLUMNS, zip(*cells, strict=True), strict=True)))
    found, leaves, private = freezing.freeze([table], own_plan, kind)
    return found, leaves, private, People(private.list, of, exceptions, tuple(people))


def seal(people: People, office: X25519Recipient) -> bytes:
    """Return the file with the people, sealed for the office of transfers."""
    return age.seal_bytes(_PEOPLE.encode(people), [office])


def unseal(sealed: bytes, office: X25519Identity) -> People:
    """Return the content of a file with the people. Raises CryptoError."""
    return _PEOPLE.parse(age.unseal_bytes(sealed, [office]))


def _exceptions(office: Office) -> Exceptions:
    given = Counter(each.signed_by for each in office.exceptions.values())
    counted = tuple(Counted(signer, given[signer]) for signer in sorted(given))
    return Exceptions(secrets.token_bytes(_SALT), counted)


def _person(line: Line, office: Office) -> Person:
    given = office.exceptions.get(line.agent)
    exception = Excepted(given.reason, given.signed_by, secrets.token_bytes(_SALT)) if given else None
    return Person(line.agent, secrets.token_bytes(_SALT), exception)


def _cells(line: Line, person: Person) -> tuple[str, ...]:
    """Return the cells of a line of a person (11.2)."""
    given = person.exception
    excepted = records.exception(given.salt, given.reason, given.signed_by) if given else ""
    since = line.since.isoformat() if line.since else ""
    return (
        person.agent,
        line.post,
        line.profile,
        line.exposure,
        since,
        excepted,
        rule.held_cell(line.held),
    )
