"""Read a jurisdiction from its folder; refuse it at the first mistake, naming file, line and field."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from crypto.keyring import Texts
from crypto.messages import Status
from crypto.toml_schema import Document
from templates import typography
from templates.law import checks, folder, rules
from templates.law.rules import Basis, Law, ToConfirm
from templates.law.schemas import FILES, PRIORITIES, WEEKDAYS
from templates.law.spans import Span

_Rule = TypeVar("_Rule")


def read(path: Path) -> Law:
    """Return the law of a folder.

    Raises Mismatch for the first mistake. Also raises the exceptions of ``folder.read``.
    """
    return parse(folder.read(path))


def parse(files: Mapping[str, bytes]) -> Law:
    """Return the law in these files, given by name. Raise Mismatch for the first mistake in the files."""
    documents = {name: schema.read(files[name]) for name, schema in FILES.items()}
    checks.check(documents)
    said: dict[str, Any] = {name.removesuffix(".toml"): each.value for name, each in documents.items()}
    regimes = frozenset(said["law"]["regime"])
    return Law(
        name=_texts(said["law"]["name"]),
        sha256=folder.sha256(files),
        calendar=_calendar(said["law"]["calendar"]),
        regimes=_each(said["law"]["regime"], _regime),
        exchange=_exchange(said["deadlines"]["exchange"]),
        clocks=_each(said["deadlines"]["clock"], lambda row: _clock(row, regimes)),
        goals={step: _goal(said["goals"]["goal"][step]) for step in tuple(rules.Step)[1:]},
        rhythms={each: _rhythm(said["goals"]["rhythm"][each]) for each in rules.Repeated},
        offence=_offence(said["duties"]["offence"]),
        duties=_each(said["duties"]["duty"], lambda row: _duty(row, regimes)),
        measures=_each(said["measures"]["measure"], _measure),
        outcomes=_each(said["outcomes"]["outcome"], _outcome),
        replies=replies(documents["replies.toml"]),
        retention=_retention(said["retention"]),
        authorities=_each(said["authorities"]["authority"], _authority),
        letters=_each(said["letters"]["letter"], _letter),
        access=_access(said["letters"]["access"]),
        dossier=_dossier(said["letters"]["dossier"]),
        guarantees=_each(said["authorities"]["guarantee"], _guarantee),
        emergency=_emergency(said["authorities"]["emergency"]),
        reporters=_reporters(said["authorities"]["reporters"]),
        obstacles=_obstacles(said["obstacles"]),
        words=_each(
            said["words"]["word"], lambda row: rules.Word(name=_texts(row), avoid=tuple(row["avoid"]))
        ),
        processing=_sheet(said["sheets"]["processing"]),
        impact=_sheet(said["sheets"]["impact"]),
        risks=_each(said["sheets"]["risk"], _risk),
        to_confirm=tuple(each for name in FILES for each in _to_confirm(name, documents[name].value, ())),
    )


def replies(document: Document) -> dict[str, rules.Reply]:
    """Return the replies in a document, by code, in the order of the file."""
    rows = document.value["reply"].items()
    return {
        code: rules.Reply(
            code=code,
            title=_texts(row["title"]),
            status=tuple(map(Status, row["status"])),
            text=_texts(row["text"]),
            outcome=row.get("outcome"),
            closes=row.get("closes", False),
            extends=row.get("extends", False),
            acknowledges=row.get("acknowledges", False),
            asks=row.get("asks", False),
            answers=row.get("answers", False),
            decision=row.get("decision"),
            basis=_basis(row["basis"]) if "basis" in row else None,
        )
        for code, row in rows
    }


def _each(rows: Mapping[str, Any], make: Callable[[Any], _Rule]) -> dict[str, _Rule]:
    return {code: make(row) for code, row in rows.items()}


def _texts(row: Any) -> Texts:
    # People type plain spaces. Pages and letters need no-break spaces.
    return Texts(fr=typography.spaced("fr", row["fr"]), en=row["en"])


def _basis(row: Any) -> Basis:
    return Basis(row["source"], _texts(row["confirm"]) if "confirm" in row else None)


def _span(row: Any, name: str) -> Span | None:
    return Span.parse(row[name]) if name in row else None


def _calendar(row: Any) -> rules.Calendar:
    return rules.Calendar(
        country=row["country"],
        weekend=frozenset(map(WEEKDAYS.index, row["weekend"])),
        basis=_basis(row),
    )


def _regime(row: Any) -> rules.Regime:
    return rules.Regime(
        name=_texts(row["name"]),
        is_default=row["default"],
        oral=row["oral"],
        reporters=_texts(row["reporters"]),
        basis=_basis(row),
    )


def _exchange(row: Any) -> rules.Exchange:
    return rules.Exchange(every=Span.parse(row["every"]), basis=_basis(row))


def _clock(row: Any, regimes: frozenset[str]) -> rules.Clock:
    by_priority = row.get("by_priority")
    within = [by_priority[each] for each in PRIORITIES] if by_priority else [row["within"]]
    extension = row.get("extension")
    return rules.Clock(
        name=_texts(row["name"]),
        starts=rules.Event(row["from"]),
        ends=rules.Event(row["to"]),
        within=tuple(map(Span.parse, within)),
        or_after=row.get("or_after"),
        statutory=row["statutory"],
        regimes=frozenset(row.get("regimes", regimes)),
        extension=extension and _extension(extension),
        basis=_basis(row),
    )


def _extension(row: Any) -> rules.Extension:
    return rules.Extension(
        within=Span.parse(row["within"]), regimes=frozenset(row["regimes"]), basis=_basis(row)
    )


def _goal(row: Any) -> rules.Goal:
    return rules.Goal(
        name=_texts(row["name"]),
        starts=rules.Step(row["from"]),
        days=row["days"],
        share=row["share"],
        basis=_basis(row),
    )


def _rhythm(row: Any) -> rules.Rhythm:
    return rules.Rhythm(name=_texts(row["name"]), days=row["days"], basis=_basis(row))


def _offence(row: Any) -> rules.Offence:
    return rules.Offence(
        severity=row["severity"],
        tags=frozenset(row["tags"]),
        danger=row.get("danger", False),
        basis=_basis(row),
    )


def _duty(row: Any, regimes: frozenset[str]) -> rules.Duty:
    urgent = row.get("urgent")
    return rules.Duty(
        name=_texts(row["name"]),
        role=rules.DutyRole(row["role"]) if "role" in row else None,
        asked=rules.Asked(row["asked"]),
        starts=rules.Event(row["from"]),
        within=Span.parse(row["within"]),
        urgent=urgent and rules.Urgent(within=Span.parse(urgent["within"]), measure=urgent["measure"]),
        answer_after=_span(row, "answer_after"),
        extended=_span(row, "extended"),
        names_kept=_span(row, "names_kept"),
        regimes=frozenset(row.get("regimes", regimes)),
        decisions=_each(row["decision"], _decision),
        basis=_basis(row),
    )


def _decision(row: Any) -> rules.Decision:
    return rules.Decision(
        name=_texts(row["name"]),
        officers=row["officers"],
        effect=rules.Effect(row["effect"]),
        measure=row.get("measure"),
        outcome=row.get("outcome"),
        longest=_span(row, "longest"),
        informs=row.get("informs", False),
        by_reply=row.get("by_reply", False),
        reopened_by=frozenset(map(rules.News, row.get("reopened_by", ()))),
        grounds=_each(row.get("ground", {}), _texts),
    )


def _measure(row: Any) -> rules.Measure:
    return rules.Measure(
        name=_texts(row["name"]),
        role=rules.MeasureRole(row["role"]) if "role" in row else None,
        protection=rules.Protection(row["protection"]) if "protection" in row else None,
        told=rules.Told(row["told"]),
        officers=row.get("officers", 1),
        opens_proceedings=row.get("opens_proceedings", False),
        ends_proceedings=row.get("ends_proceedings", False),
        is_inquiry=row.get("is_inquiry", False),
        needs_word=row.get("needs_word", False),
        addressee=row.get("addressee", False),
        reference=row.get("reference", False),
        sanitised=row.get("sanitised", False),
        answers_danger=row.get("answers_danger", False),
        concerns_somebody=row.get("concerns_somebody", False),
        groups=row.get("groups", 0),
        basis=_basis(row),
    )


def _outcome(row: Any) -> rules.Outcome:
    return rules.Outcome(
        name=_texts(row["name"]),
        retention=row["retention"],
        officers=row["officers"],
        body=rules.Body(row.get("body", rules.Body.NONE)),
        needs_word=row.get("needs_word", False),
        finds_facts=row.get("finds_facts", False),
        linked=row.get("linked", False),
        only_after=row.get("only_after"),
        never_after=row.get("never_after"),
        basis=_basis(row),
    )


def _period(row: Any) -> rules.Period:
    return rules.Period(
        name=_texts(row["name"]),
        keep=Span.parse(row["keep"]),
        archive=_span(row, "archive"),
        visa=row["visa"],
        basis=_basis(row),
    )


def _visa(row: Any) -> rules.Visa:
    return rules.Visa(name=_texts(row["name"]), ahead=Span.parse(row["ahead"]), basis=_basis(row))


def _retention(rows: Any) -> rules.Retention:
    return rules.Retention(
        periods=_each(rows["period"], _period),
        proceedings=_period(rows["proceedings"]),
        junk=_period(rows["junk"]),
        unopened=_period(rows["unopened"]),
        visa=_visa(rows["visa"]),
    )


def _authority(row: Any) -> rules.Authority:
    return rules.Authority(
        name=_texts(row["name"]),
        reach=_texts(row["reach"]),
        address=_texts(row["address"]) if "address" in row else None,
        kind=rules.Reach(row["kind"]),
        referral=row["referral"],
        basis=_basis(row),
    )


def _emergency(row: Any) -> rules.Emergency:
    return rules.Emergency(call=tuple(row["call"]), sms=tuple(row.get("sms", ())), basis=_basis(row))


def _reporters(row: Any) -> rules.WhomToReach:
    said = {name: _texts(row[name]) for name in ("advice", "directly", "instead", "passed_on")}
    return rules.WhomToReach(**said, basis=_basis(row))


def _letter(row: Any) -> rules.Letter:
    return rules.Letter(
        name=_texts(row["name"]),
        law=_texts(row["law"]),
        to=rules.Addressee(row["to"]),
        decision=row["decision"],
        text=_texts(row["text"]),
        basis=_basis(row),
    )


def _access(row: Any) -> rules.AccessAnswers:
    said = {name: _texts(row[name]) for name in ("law", "neither", "told")}
    return rules.AccessAnswers(**said, basis=_basis(row))


def _dossier(row: Any) -> rules.DossierWords:
    return rules.DossierWords(law=_texts(row["law"]), secret=_texts(row["secret"]), basis=_basis(row))


def _guarantee(row: Any) -> rules.Guarantee:
    return rules.Guarantee(text=_texts(row["text"]), basis=_basis(row))


def _sheet(row: Any) -> rules.Sheet:
    return rules.Sheet(name=_texts(row["name"]), sections=_each(row["section"], _section), basis=_basis(row))


def _section(row: Any) -> rules.Section:
    return rules.Section(
        name=_texts(row["name"]),
        text=_texts(row["text"]),
        fill=rules.Fill(row["fill"]) if "fill" in row else None,
        basis=_basis(row),
    )


def _risk(row: Any) -> rules.Risk:
    return rules.Risk(
        name=_texts(row["name"]),
        threat=rules.Threat(row["threat"]),
        text=_texts(row["text"]),
        basis=_basis(row),
    )


def _obstacles(rows: Any) -> rules.Obstacles:
    return rules.Obstacles(
        urgent=rules.Limit(value=rows["urgent"]["priority"], basis=_basis(rows["urgent"])),
        junk_officers=rules.Limit(value=rows["junk"]["officers"], basis=_basis(rows["junk"])),
        justice=tuple(rows["justice"]["words"]),
        spared=tuple(rows["justice"]["spared"]),
    )


def _to_confirm(file: str, value: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[ToConfirm]:
    """Yield every rule of a file that counsel has to confirm, in the order of the file."""
    if "confirm" in value:
        yield ToConfirm(file, ".".join(keys), _basis(value))
    for key, inner in value.items():
        if isinstance(inner, dict) and key != "confirm":
            yield from _to_confirm(file, inner, (*keys, key))
