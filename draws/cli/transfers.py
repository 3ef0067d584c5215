"""Commands for transfers from exposed posts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from draws import csv_files, team
from draws.cli import lists, options
from draws.cli.lists import Planned
from draws.freezing import LARGEST
from draws.language import said
from draws.rules import RULES as OF_DRAWS
from draws.transfers import comparing, listing, opening, posts, records, rule_file
from draws.transfers import verify as verifier
from draws.transfers.opening import Found
from draws.transfers.posts import Files, Given, Office
from draws.transfers.records import RULE, Rule
from draws.transfers.rule import State
from draws.transfers.rules import RULES, STATES
from draws.transfers.verify import Outcome
from draws.verify import Disproved
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.system import clock, given_files, terminal
from templates.command_line import FILE, json_option, together


class OpeningRefused(Refused):
    """An opening breaks a rule of docs/draws.md."""


_rule_option = click.option(
    "--rule", "rule", type=FILE, required=True, help="The fixed rule, from: draws transfers rule."
)


@dataclass(frozen=True, slots=True)
class _Given:
    """The fixed rule, and the files of the office beside that of the posts."""

    rule: Path
    free: Path | None = None
    held: Path | None = None
    exceptions: Path | None = None

    def read(self, file: Path) -> tuple[Rule, Office]:
        """Return the rule, and what the files say together with the file of posts. Raises Refused."""
        of = rule_file.parse(given_files.content(self.rule))
        given = [
            Given(path.name, given_files.content(path, csv_files.LARGEST_FILE)) if path else None
            for path in (self.free, self.held, self.exceptions)
        ]
        own = Given(file.name, given_files.content(file, csv_files.LARGEST_FILE))
        return of, posts.read(of, clock.today(), Files(own, *given))


_office_options = options.gathered(
    "given",
    _Given,
    _rule_option,
    click.option("--free", type=FILE, help="The free posts, as CSV: post and, if needed, profile."),
    click.option("--held", type=FILE, help="The posts that people held before, as CSV: agent, post, until."),
    click.option(
        "--exceptions",
        type=FILE,
        help="Who stays for now, as CSV: agent, reason, signed_by. Each is counted.",
    ),
)
_opening_options = together(
    click.argument("private", type=FILE),
    click.argument("people", type=FILE),
    click.argument("result", type=FILE),
    click.option("--key", type=FILE, required=True, help="The secret key of the office of transfers."),
    options.out_option,
)


@click.command()
@click.argument("file", type=FILE)
@options.out_option
@json_option
def rule(*, file: Path, out: Path, as_json: bool) -> None:
    """Fix the rule of transfers in a TOML file, before any list is frozen.

    The parties note the hash: each list names it, and a rule that was changed later has another one.
    """
    made = rule_file.fixed(given_files.content(file), clock.today())
    options.write(out, RULE.encode(made))
    own = records.rule_hash(made).hex()
    told = sentence("fixed on {day}; the parties note this hash: {hash}", day=made.day, hash=own)
    options.tell({"day": made.day.isoformat(), "hash": own}, told, as_json=as_json)


@click.command()
@click.argument("file", metavar="POSTS", type=FILE)
@_office_options
@json_option
def due(*, file: Path, given: _Given, as_json: bool) -> None:
    """Show who has reached the maximum time, and who comes in the next batch, and change nothing."""
    of, office = given.read(file)
    found = listing.due(of, clock.today(), office)
    people = [
        {"number": line.agent, "state": state.value, "reached": day.isoformat() if day else ""}
        for line, state, day in zip(office.lines, found.states, found.reached, strict=True)
        if state is not State.FREE
    ]
    people.sort(key=lambda each: (each["reached"], each["number"]))
    view = {
        "batch": found.batch.day.isoformat(),
        "capacity": found.batch.capacity,
        "states": {state.value: found.size(state) for state in State},
        "people": people,
    }
    lines = [f"{each['reached']}  {each['number']}  {said(STATES[State(each['state'])])}" for each in people]
    terminal.show(view, [*lines, *map(said, _told(found.batch.day, found.states))], as_json=as_json)


@click.command()
@click.argument("file", metavar="POSTS", type=FILE)
@_office_options
@lists.plan_options(
    "The day on which the result may be opened; by default, the batch.",
    "The day to publish on: the batch or later.",
)
@json_option
def freeze(*, file: Path, given: _Given, planned: Planned, as_json: bool) -> None:
    """Freeze a list of transfers; the ceremony is that of any draw.

    The folder gets list.json and leaves.json for the parties, and private.age and people.age, which only the
    office of transfers can open. Portal cases never feed a list. Afterwards, delete the copies of the CSV.
    """
    of, office = given.read(file)
    today = clock.today()
    plan = planned.plan(today, listing.scheduled(of, today).day)
    record, leaves, private, people = listing.freeze(of, office, plan)
    lists.check_readable(record)
    made = planned.create((record, leaves, private), people=listing.seal(people, planned.key))
    lists.tell_frozen(made, as_json=as_json)


@click.command(name="open")
@_opening_options
@json_option
def open_result(*, out: Path, as_json: bool, **given: Path) -> None:
    """Open the result on its day: verify the draw, and write everybody as CSV, in order.

    Give each person their number and salt: with them, they find their line in the opening.
    """
    found = _found(**given)
    options.write(out, opening.written(found))
    _tell(found.outcome, as_json=as_json)


@click.command()
@_opening_options
@json_option
def publish(*, out: Path, as_json: bool, **given: Path) -> None:
    """Write the opening that anybody can verify with the transcript, on the day of publication or later."""
    found = _found(**given)
    options.write(out, opening.published(found, clock.today()))
    _tell(found.outcome, as_json=as_json)


@click.command()
@click.argument("transcript", type=FILE)
@click.argument("file", metavar="OPENING", type=FILE)
@click.option("--number", help="Also show what the opening says of the person with this number.")
@click.option("--salt", help="The salt of the number, which this person got.")
@json_option
def verify(*, transcript: Path, file: Path, number: str | None, salt: str | None, as_json: bool) -> None:
    """Recompute who is transferred, in which order and to which post, from the published files alone."""
    try:
        found = verifier.verify_opening(
            given_files.content(transcript, LARGEST), given_files.content(file, LARGEST)
        )
    except Disproved as error:
        raise OpeningRefused(
            sentence("not valid: {why}", why=(OF_DRAWS | RULES)[error.rule]),
            sentence("do not rely on this draw; compare it with the files that the parties kept"),
        ) from None
    _tell(found, *_own(found, number, salt), as_json=as_json)


@click.command()
@click.argument("earlier", metavar="EARLIER", type=FILE)
@click.argument("file", metavar="POSTS", type=FILE)
@_rule_option
@json_option
def compare(*, earlier: Path, file: Path, rule: Path, as_json: bool) -> None:
    """Show which days and exposures changed at the same post since an earlier file, and who is missing.

    Anybody who changes them can keep a person out of a batch. Ask for the reason of each change.
    """
    (_, before), (_, after) = _Given(rule).read(earlier), _Given(rule).read(file)
    found = comparing.changes(before.people, after.people)
    view = {
        "changes": [
            {"number": each.number, "column": each.column, "before": each.before, "after": each.after}
            for each in found
        ]
    }
    lines = [_change(each) for each in found]
    total = sentence("{count} changes to explain", count=len(found))
    terminal.show(view, map(said, [*lines, total]), as_json=as_json)


def _found(private: Path, people: Path, result: Path, key: Path) -> Found:
    raws = [given_files.content(each, LARGEST) for each in (private, people, result)]
    return opening.opened(raws[0], raws[1], raws[2], team.read_key(key), clock.today())


def _tell(found: Outcome, *more: Sentence, as_json: bool) -> None:
    states = found.sorted.states
    view = {
        "batch": found.sorted.batch.day.isoformat(),
        "states": {state.value: states.count(state) for state in State},
        "transfers": [{"agent": each.agent, "post": each.post} for each in found.transfers],
        "exceptions": [{"signed_by": each.signed_by, "count": each.count} for each in found.exceptions],
        "own": [said(each) for each in more],
    }
    lines = [
        sentence(
            "{count} are transferred, {placed} of them to a post of this draw",
            count=len(found.transfers),
            placed=sum(bool(each.post) for each in found.transfers),
        ),
        *_told(found.sorted.batch.day, states),
        *(
            sentence("exceptions signed by {signer}: {count}", signer=each.signed_by, count=each.count)
            for each in found.exceptions
        ),
        *more,
    ]
    terminal.show(view, map(said, lines), as_json=as_json)


def _told(day: date, states: tuple[State, ...]) -> Iterator[Sentence]:
    yield sentence("the batch of {day}:", day=day)
    counts = Counter(states)
    for state, words in STATES.items():
        yield sentence("{state}: {count}", state=words, count=counts[state])


def _own(found: Outcome, number: str | None, salt: str | None) -> Iterator[Sentence]:
    if not number or not salt:
        return
    try:
        own = opening.own(found, number, bytes.fromhex(salt))
    except ValueError:
        own = None
    if own is None:
        raise OpeningRefused(
            sentence("nobody on this list has this number and salt"),
            sentence("check both; if they are right, tell the parties"),
        )
    state, place, before, after = own
    if not place:
        yield sentence("you stay at {post}: {state}", post=before, state=STATES[state])
    elif after:
        yield sentence(
            "you are number {place}, from {before} to {after}", place=place, before=before, after=after
        )
    else:
        yield sentence("you are number {place}, from {before}; no free post fits", place=place, before=before)


def _change(change: comparing.Change) -> Sentence:
    if change.column == "number":
        return sentence("{number}: is missing, was at {post}", number=change.number, post=change.before)
    return sentence(
        "{number}: {column} was {before}, is {after}",
        number=change.number,
        column=change.column,
        before=change.before,
        after=change.after,
    )
