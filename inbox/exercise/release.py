"""Release the steps of an exercise: the trainer chooses the moment, or the minutes of the programme do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crypto import casetoken, questionnaire
from crypto.messages import QuestionnaireRef
from inbox.exercise import courier, programme, reporters, state
from inbox.exercise.courier import Read
from inbox.exercise.programme import Later, Step
from inbox.exercise.reporters import Envelope, Site
from inbox.exercise.state import Player, Released, State
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import given_files
from templates import shipped


@dataclass(frozen=True, slots=True)
class Turn:
    """A released step, the number of envelopes in its bundle, and what reporters have read since the last."""

    step: Step
    envelopes: int
    read: Sequence[Read]


def first(folder: Path, begun: State, today: date, at: str) -> State:
    """Release the first step of a new exercise, and return the new state. ``at`` is the minute (UTC)."""
    after, _ = _send(folder, begun, programme.load().steps[0], today, at)
    return after


def step(folder: Path, named: str, today: date, at: str) -> Turn:
    """Carry the outboxes back, and release a step: by default, the next one of the programme.

    ``at`` is the current minute (UTC). Raises Refused if the step does not exist or was released, or if no
    step is left. Raises the errors of ``courier.carry_back``.
    """
    before = state.load(folder)
    chosen = _chosen(before, named)
    back = courier.carry_back(folder, before, _site(folder, before, today))
    _, envelopes = _send(folder, back.state, chosen, today, at)
    for path in back.applied:
        path.unlink()
    return Turn(chosen, envelopes, back.read)


def left(of: State) -> list[Step]:
    """Return the steps that were not released, in order."""
    released = state.steps_released(of)
    return [each for each in programme.load().steps if each.id not in released]


def due(of: State, now: str) -> datetime | None:
    """Return when the next step is due (UTC), or None if no step is left. ``now`` is the current minute.

    The minutes of the programme count from the first release. A step that the trainer released early moves no
    other step.
    """
    if not (steps := left(of)):
        return None
    begun = _moment(of.released[0].at if of.released else now)
    return begun + timedelta(minutes=steps[0].minute)


def is_due(of: State, now: str) -> bool:
    """Whether the minute of the next step has come."""
    moment = due(of, now)
    return moment is not None and moment <= _moment(now)


def _moment(minute: str) -> datetime:
    """Return the moment of a minute in UTC, such as "2026-12-02 09:00"."""
    return datetime.fromisoformat(minute).replace(tzinfo=UTC)


def _chosen(before: State, named: str) -> Step:
    steps = left(before)
    if not steps:
        raise Refused(
            sentence("every step of this exercise was released"),
            sentence("compare what was done with what was expected: inbox office exercise debrief"),
        )
    if not named:
        return steps[0]
    for each in steps:
        if each.id == named:
            return each
    raise Refused(
        sentence("no step {name} is left", name=named),
        sentence("choose one of: {names}", names=", ".join(each.id for each in steps)),
    )


def _site(folder: Path, of: State, today: date) -> Site:
    asked = questionnaire.parse(given_files.content(shipped.QUESTIONNAIRE)).reference
    opened, raw = state.load_keyring(folder, of)
    return Site(opened, raw, QuestionnaireRef(asked.id, asked.version), today)


def _writer(of: State, later: Later) -> Player:
    """Return who writes a message. Raises Refused if the report of this reporter was not released."""
    for each in of.players:
        if each.report == later.report:
            return each
    raise Refused(
        sentence("the report {name} was not released", name=later.report),
        sentence("release the steps in order"),
    )


def _send(folder: Path, before: State, chosen: Step, today: date, at: str) -> tuple[State, int]:
    """Write the bundle of a step, and return the new state and the number of its envelopes.

    Even a step without messages has a bundle, which tells the inbox that its answers have arrived. If the
    program stops before it saves the state, the step was not released: the trainer releases it again, and a
    new bundle with the same number replaces the bundle on the medium.
    """
    site, whole, after = _site(folder, before, today), programme.load(), before
    sent = list[Envelope]()
    for invented in (each for each in whole.reports if each.step == chosen.id):
        player = Player(invented.id, casetoken.generate())
        after = after.with_player(player)
        sent.append(reporters.report(site, invented, player))
    for later in (each for each in whole.messages if each.step == chosen.id):
        sent.append(reporters.follow_up(site, later, _writer(after, later)))
    after = courier.export(folder, after, sent, today)
    after = replace(after, released=(*after.released, Released(chosen.id, at)))
    state.save(folder, after)
    return after, len(sent)
