"""Checks across the files of a jurisdiction: every name refers to an entry, and every role is used once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from holidays.registry import EntityLoader
from phonenumbers import SUPPORTED_REGIONS

from crypto.toml_lines import Path
from crypto.toml_schema import Document, Expected, Fault, Mismatch, belongs
from templates.law.rules import (
    FIELDS,
    LETTER_FIELDS,
    OWN,
    PERSON_FIELDS,
    Addressee,
    Asked,
    Body,
    DutyRole,
    Effect,
    Event,
    Fill,
    MeasureRole,
    Repeated,
    Step,
    Threat,
    fields,
)
from templates.law.spans import Span

Documents = Mapping[str, Document]
# The events that reporters learn about.
_TOLD = frozenset({Event.ACKNOWLEDGED, Event.ANSWERED})
# Only measures with these roles end proceedings.
_DECISIONS = (MeasureRole.FINAL_DECISION, MeasureRole.OFFICE_DECISION)

# Each sheet must have one section for each of these facts, and may have other sections.
_FILLED = {
    "processing": (Fill.OFFICE, Fill.RECIPIENTS, Fill.RETENTION, Fill.SECURITY),
    "impact": (Fill.OFFICERS, Fill.DEADLINES, Fill.RETENTION, Fill.RISKS, Fill.CONSULTATIONS),
}


def check(documents: Documents) -> None:
    """Raise Mismatch for the first mistake that the schema of a single file cannot find."""
    checks = (_regimes, _clocks, _apart, _measures, _help, _outcomes, _decisions, _duties, _replies)
    for each in (*checks, _letters, _sheets, _goals):
        for mistake in each(documents):
            raise mistake


def _wrong(document: Document, path: Path, expected: Expected) -> Mismatch:
    return document.mismatch(path, Fault.WRONG, expected)


def _among(document: Document, path: Path, name: str | None, known: Collection[str]) -> Iterator[Mismatch]:
    """Yield a mistake if a name is not among the known names."""
    if name is not None and name not in known:
        yield _wrong(document, path, belongs("one-of", known=", ".join(known)))


def _regimes(documents: Documents) -> Iterator[Mismatch]:
    law = documents["law.toml"]
    if law.value["calendar"]["country"] not in _countries():
        yield _wrong(law, ("calendar", "country"), belongs("country"))
    if sum(each["default"] for each in law.value["regime"].values()) != 1:
        yield _wrong(law, ("regime",), belongs("one-default"))


def _countries() -> set[str]:
    """Return the countries whose public holidays and telephone numbers the program knows."""
    # The same list as holidays.list_supported_countries, which would load the holidays of all countries.
    return SUPPORTED_REGIONS.intersection(EntityLoader.get_country_codes(include_aliases=False))


def _known_regimes(documents: Documents, document: Document, path: Path, rule: Any) -> Iterator[Mismatch]:
    known = documents["law.toml"].value["regime"]
    for n, regime in enumerate(rule.get("regimes", ())):
        yield from _among(document, (*path, "regimes", n), regime, known)


def _clocks(documents: Documents) -> Iterator[Mismatch]:
    document = documents["deadlines.toml"]
    clocks = document.value["clock"]
    for code, clock in clocks.items():
        path = ("clock", code)
        if ("within" in clock) == ("by_priority" in clock):
            yield _wrong(document, path, belongs("one-of-both", one="within", other="by_priority"))
        yield from _known_regimes(documents, document, path, clock)
        # Otherwise ``or_after`` could make a deadline start at its own end.
        if clock["from"] == clock["to"]:
            yield _wrong(document, (*path, "to"), belongs("other-event", event=clock["from"]))
        yield from _counted(document, path, clock)
        if extension := clock.get("extension"):
            yield from _known_regimes(documents, document, (*path, "extension"), extension)
            yield from _longer(document, path, clock)
    for regime in documents["law.toml"].value["regime"]:
        yield from _ends(document, regime)


def _counted(document: Document, path: Path, clock: Any) -> Iterator[Mismatch]:
    """Yield the mistakes in a clock. A clock must always run, and reporters must be able to count its days.

    Reporters do not know when their report was opened, or which days off the office has. They must not learn
    how urgent the report is.
    """
    if clock["to"] in _TOLD:
        yield from _among(document, (*path, "from"), clock["from"], (Event.RECEIVED, Event.ACKNOWLEDGED))
        if "within" not in clock:
            yield document.mismatch((*path, "within"), Fault.MISSING)
        if not clock["statutory"]:
            said = belongs("only-with", value="statutory = false", role=f"to = {Event.FIRST_ACT}")
            yield _wrong(document, (*path, "statutory"), said)
    if clock["from"] == Event.ACKNOWLEDGED and "or_after" not in clock:
        yield document.mismatch((*path, "or_after"), Fault.MISSING)
    regimes = clock.get("regimes")
    ends = [
        other
        for other, each in document.value["clock"].items()
        if each["to"] == clock["from"] and _covers(each.get("regimes"), regimes)
    ]
    yield from _among(document, (*path, "or_after"), clock.get("or_after"), ends)


def _covers(regimes: Collection[str] | None, others: Collection[str] | None) -> bool:
    """Return whether ``regimes`` include all of ``others``. The value None means all regimes."""
    return regimes is None or (others is not None and set(regimes) >= set(others))


def _longer(document: Document, path: Path, clock: Any) -> Iterator[Mismatch]:
    if clock["to"] != Event.ANSWERED:
        yield document.mismatch((*path, "extension"), Fault.UNKNOWN)
    elif Span.parse(clock["extension"]["within"]).roughly <= Span.parse(clock["within"]).roughly:
        yield _wrong(document, (*path, "extension", "within"), belongs("longer", limit=clock["within"]))


def _ends(document: Document, regime: str) -> Iterator[Mismatch]:
    """Yield a mistake unless a regime has one clock for feedback, and at least one for acknowledgement."""
    here = [each for each in document.value["clock"].values() if regime in each.get("regimes", (regime,))]
    ends = [each["to"] for each in here]
    if ends.count(Event.ANSWERED) != 1:
        yield _wrong(document, ("clock",), belongs("one-clock", event=Event.ANSWERED, regime=regime))
    if Event.ACKNOWLEDGED not in ends:
        yield _wrong(document, ("clock",), belongs("some-clock", event=Event.ACKNOWLEDGED, regime=regime))


def _apart(documents: Documents) -> Iterator[Mismatch]:
    """Yield a mistake for each clock that shares its code with a duty.

    A code must identify one deadline.
    """
    document = documents["deadlines.toml"]
    for code in document.value["clock"]:
        if code in documents["duties.toml"].value["duty"]:
            yield _wrong(document, ("clock", code), belongs("own-id"))


def _roles(document: Document, table: str, roles: Iterable[StrEnum], key: str = "role") -> Iterator[Mismatch]:
    """Yield a mistake for each role that is missing, and for each role that is used twice."""
    for role in roles:
        filled = [code for code, each in document.value[table].items() if each.get(key) == role]
        path = (table, filled[1], key) if filled[1:] else (table,)
        if len(filled) != 1:
            yield _wrong(document, path, belongs(f"one-{key}", role=role))


def _sheets(documents: Documents) -> Iterator[Mismatch]:
    """Yield a mistake unless each sheet has each section of _FILLED once, and each threat has one risk."""
    document = documents["sheets.toml"]
    yield from _roles(document, "risk", Threat, "threat")
    for sheet, needed in _FILLED.items():
        filled = [each.get("fill") for each in document.value[sheet]["section"].values()]
        for fill in needed:
            if filled.count(fill) != 1:
                yield _wrong(document, (sheet, "section"), belongs("one-fill", fill=fill))


def _measures(documents: Documents) -> Iterator[Mismatch]:
    document = documents["measures.toml"]
    yield from _roles(document, "measure", MeasureRole)
    for code, measure in document.value["measure"].items():
        ends = measure.get("ends_proceedings", False)
        if ends != (measure.get("role") in _DECISIONS):
            said = belongs("only-with", value="ends_proceedings = true", role=", ".join(_DECISIONS))
            yield _wrong(document, ("measure", code), said)
        # Otherwise a decision that ends proceedings would open new proceedings, and the case would be kept
        # forever.
        if ends and measure.get("opens_proceedings"):
            role = "a measure that does not end proceedings"
            said = belongs("only-with", value="opens_proceedings = true", role=role)
            yield _wrong(document, ("measure", code, "opens_proceedings"), said)
        # A measure recorded by the program has no text.
        if measure.get("sanitised") and ("role" in measure or code in _decided(documents)):
            role = "a measure that has no role and is not recorded by a decision"
            said = belongs("only-with", value="sanitised = true", role=role)
            yield _wrong(document, ("measure", code, "sanitised"), said)
        # Officers record a referral by closing the case, and cannot give a reference there.
        if measure.get("reference") and measure.get("role") == MeasureRole.REFERRAL:
            said = belongs("only-with", value="reference = true", role="a measure with another role or none")
            yield _wrong(document, ("measure", code, "reference"), said)


def _help(documents: Documents) -> Iterator[Mismatch]:
    """Yield a mistake unless officers can record, without a decision, a response to a danger."""
    document, decided = documents["measures.toml"], _decided(documents)
    rows = document.value["measure"].items()
    if not any(each.get("answers_danger") for code, each in rows if code not in decided):
        yield _wrong(document, ("measure",), belongs("some-answering"))


def _decided(documents: Documents) -> set[str]:
    """Return the measures that decisions record."""
    duties = documents["duties.toml"].value["duty"].values()
    return {each["measure"] for duty in duties for each in duty["decision"].values() if "measure" in each}


def _outcomes(documents: Documents) -> Iterator[Mismatch]:
    document = documents["outcomes.toml"]
    periods = documents["retention.toml"].value["period"]
    measures = documents["measures.toml"].value["measure"]
    for code, outcome in document.value["outcome"].items():
        yield from _among(document, ("outcome", code, "retention"), outcome["retention"], periods)
        for key in ("only_after", "never_after"):
            yield from _among(document, ("outcome", code, key), outcome.get(key), measures)
    authorities = documents["authorities.toml"]
    names = any(each.get("body", Body.NONE) != Body.NONE for each in document.value["outcome"].values())
    if names and not any(each["referral"] for each in authorities.value["authority"].values()):
        yield _wrong(authorities, ("authority",), belongs("some-referral"))


def _goals(documents: Documents) -> Iterator[Mismatch]:
    """Yield a mistake unless each step and each rhythm has a goal, and a goal begins with an earlier step."""
    document, steps = documents["goals.toml"], tuple(Step)
    for table, known in (("goal", steps[1:]), ("rhythm", tuple(Repeated))):
        for code in document.value[table]:
            if code not in known:
                yield document.mismatch((table, code), Fault.UNKNOWN)
        for each in known:
            if each not in document.value[table]:
                yield document.mismatch((table, each.value), Fault.MISSING)
    for code, row in document.value["goal"].items():
        path = ("goal", code, "from")
        yield from _among(document, path, row["from"], steps[: steps.index(Step(code))])


def _replies(documents: Documents) -> Iterator[Mismatch]:
    clocks = documents["deadlines.toml"].value["clock"].values()
    outcomes = documents["outcomes.toml"].value["outcome"]
    extends = any("extension" in each for each in clocks)
    document, duties = documents["replies.toml"], documents["duties.toml"]
    told = {
        code: duty
        for duty, row in duties.value["duty"].items()
        for code, each in row["decision"].items()
        if each.get("by_reply")
    }
    untold = [code for code, row in outcomes.items() if row.get("linked") or row.get("only_after")]
    yield from replies(document, outcomes, told, extends=extends, untold=untold)
    sent = {each.get("decision") for each in document.value["reply"].values()}
    for code, duty in told.items():
        if code not in sent:
            path = ("duty", duty, "decision", code, "by_reply")
            yield _wrong(duties, path, belongs("some-reply", decision=code))


def replies(
    document: Document,
    outcomes: Collection[str],
    told: Collection[str],
    *,
    extends: bool,
    untold: Collection[str],
) -> Iterator[Mismatch]:
    """Yield the mistakes that the schema cannot find in the texts of replies.

    ``outcomes`` are the outcomes of the law; outcomes in ``untold`` must not have a text of their own.
    ``told`` are the decisions that confirm what a reply told the reporter. ``extends`` says whether a
    deadline can be extended. Some texts can end a case with any outcome. They
    must contain no words of an officer, because such words could reveal the outcome.
    """
    rows = document.value["reply"]
    for code, row in rows.items():
        yield from _among(document, ("reply", code, "outcome"), row.get("outcome"), outcomes)
        yield from _among(document, ("reply", code, "decision"), row.get("decision"), told)
        if row.get("outcome") in untold:
            yield _wrong(document, ("reply", code, "outcome"), belongs("untold"))
        closes = row.get("closes", False)
        if closes and row.get("outcome"):
            path = ("reply", code, "closes")
            yield _wrong(document, path, belongs("one-of-both", one="closes", other="outcome"))
        known = [each for each in FIELDS if not (closes and each == OWN)]
        yield from _filled(document, ("reply", code, "text"), row["text"], known)
    if sum(row.get("closes", False) for row in rows.values()) > 1:
        yield _wrong(document, ("reply",), belongs("one-closing"))
    extending = sum(row.get("extends", False) for row in rows.values())
    if extending > 1 or (extends and not extending):
        yield _wrong(document, ("reply",), belongs("one-extending"))
    if not any(row.get("acknowledges") for row in rows.values()):
        yield _wrong(document, ("reply",), belongs("some-acknowledging"))
    # Feedback is due even if nothing may be disclosed. Officers then need a reply that neither closes the
    # case nor belongs to an outcome.
    if not any(row.get("answers") and not (row.get("closes") or row.get("outcome")) for row in rows.values()):
        yield _wrong(document, ("reply",), belongs("some-feedback"))


def _letters(documents: Documents) -> Iterator[Mismatch]:
    document, duties = documents["letters.toml"], documents["duties.toml"].value["duty"]
    decisions = {
        code: (duty.get("role") == DutyRole.PROSECUTOR, each.get("informs", False))
        for duty in duties.values()
        if duty["asked"] != Asked.REQUEST
        for code, each in duty["decision"].items()
    }
    kinds = {each["kind"] for each in documents["authorities.toml"].value["authority"].values()}
    for code, row in document.value["letter"].items():
        path, to = ("letter", code), row["to"]
        yield from _among(document, (*path, "decision"), row["decision"], decisions)
        tells, informs = decisions[row["decision"]]
        # The decision determines what the letter has to wait for.
        if informs != (to == Addressee.PERSON):
            said = belongs("only-with", value="to = person", role="a decision with informs = true")
            yield _wrong(document, (*path, "to"), said)
        if tells != (to == Addressee.PROSECUTOR):
            said = belongs("only-with", value="to = prosecutor", role=f"role = {DutyRole.PROSECUTOR}")
            yield _wrong(document, (*path, "to"), said)
        if to != Addressee.PERSON:
            yield from _among(document, (*path, "to"), to, kinds)
        known = PERSON_FIELDS if to == Addressee.PERSON else LETTER_FIELDS
        yield from _filled(document, (*path, "text"), row["text"], known)


def _filled(
    document: Document, path: Path, texts: Mapping[str, str], fillable: Collection[str]
) -> Iterator[Mismatch]:
    """Yield mistakes: a text cannot be filled in, or its placeholders differ between languages."""
    named = {}
    for language, text in texts.items():
        try:
            named[language] = fields(text)
        except ValueError:
            yield _wrong(document, (*path, language), belongs("braces"))
            return
        if strays := named[language] - set(fillable):
            known = ", ".join(fillable)
            yield _wrong(document, (*path, language), belongs("fields", stray=min(strays), known=known))
    if len(set(named.values())) > 1:
        yield _wrong(document, path, belongs("same-fields"))


def _duties(documents: Documents) -> Iterator[Mismatch]:
    document = documents["duties.toml"]
    yield from _roles(document, "duty", DutyRole)
    measures = documents["measures.toml"].value["measure"]
    for code, duty in document.value["duty"].items():
        path = ("duty", code)
        yield from _known_regimes(documents, document, path, duty)
        yield from _among(
            document, (*path, "urgent", "measure"), duty.get("urgent", {}).get("measure"), measures
        )
        yield from _requested(document, path, duty)
        if all(each["effect"] != Effect.SETTLES for each in duty["decision"].values()):
            yield _wrong(document, (*path, "decision"), belongs("settling"))
        yield from _informing(document, (*path, "decision"), duty)
        if duty.get("role") == DutyRole.PROSECUTOR:
            yield from _transmission(document, (*path, "decision"), duty, measures)


def _informing(document: Document, path: Path, duty: Any) -> Iterator[Mismatch]:
    """Yield a mistake unless the duty with the role PERSONS, and no other, has an ``informs`` decision."""
    if any(each.get("informs") for each in duty["decision"].values()) != (
        duty.get("role") == DutyRole.PERSONS
    ):
        yield _wrong(document, path, belongs("only-with", value="informs = true", role=DutyRole.PERSONS))


def _requested(document: Document, path: Path, duty: Any) -> Iterator[Mismatch]:
    """Yield the mistakes in fields whose rules depend on whether the duty is about a request."""
    is_request = duty["asked"] == Asked.REQUEST
    if (duty["from"] == Event.REQUESTED) != is_request:
        yield _wrong(
            document, (*path, "from"), belongs("only-with", value="requested", role="asked = request")
        )
    if (duty.get("role") == DutyRole.ACCESS) != is_request:
        yield _wrong(document, (*path, "asked"), belongs("only-with", value="request", role=DutyRole.ACCESS))
    for name in ("answer_after", "extended", "names_kept"):
        if name in duty and not is_request:
            yield document.mismatch((*path, name), Fault.UNKNOWN)
    if is_request and "names_kept" not in duty:
        yield document.mismatch((*path, "names_kept"), Fault.MISSING)
    within = Span.parse(duty["within"]).roughly
    if Span.parse(duty.get("answer_after", duty["within"])).roughly > within:
        yield _wrong(document, (*path, "answer_after"), belongs("shorter", limit=duty["within"]))
    if "extended" in duty and Span.parse(duty["extended"]).roughly <= within:
        yield _wrong(document, (*path, "extended"), belongs("longer", limit=duty["within"]))


def _transmission(
    document: Document, path: Path, duty: Any, measures: Mapping[str, Any]
) -> Iterator[Mismatch]:
    """Yield a mistake if no decision of this duty records the transmission."""
    sent = next(code for code, each in measures.items() if each.get("role") == MeasureRole.TRANSMISSION)
    if all(each.get("measure") != sent for each in duty["decision"].values()):
        yield _wrong(document, path, belongs("recording", measure=sent))


def _decisions(documents: Documents) -> Iterator[Mismatch]:
    document = documents["duties.toml"]
    outcomes = documents["outcomes.toml"].value["outcome"]
    measures = documents["measures.toml"].value["measure"]
    seen: dict[str, str] = {}
    grounds: set[str] = set()
    for code, duty in document.value["duty"].items():
        for choice, decision in duty["decision"].items():
            path = ("duty", code, "decision", choice)
            # Officers name only the decision, so its code must identify the duty.
            if seen.setdefault(choice, code) != code:
                yield _wrong(document, path, belongs("one-duty", duty=seen[choice]))
            for ground in decision.get("ground", ()):
                if ground in grounds:
                    yield _wrong(document, (*path, "ground", ground), belongs("one-ground"))
                grounds.add(ground)
            yield from _among(document, (*path, "measure"), decision.get("measure"), measures)
            yield from _among(document, (*path, "outcome"), decision.get("outcome"), outcomes)
            if (decision["effect"] == Effect.DEFERS) != ("longest" in decision):
                missing = decision["effect"] == Effect.DEFERS
                yield document.mismatch((*path, "longest"), Fault.MISSING if missing else Fault.UNKNOWN)
            # A deferral cannot be reopened, because the duty is still open. Nor can the answer to a request,
            # because it settles the request.
            if "reopened_by" in decision and (
                decision["effect"] == Effect.DEFERS or duty["asked"] == Asked.REQUEST
            ):
                yield document.mismatch((*path, "reopened_by"), Fault.UNKNOWN)
