"""The rules of a jurisdiction as values.

Codes are the jurisdiction's own; the program knows only the closed lists here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Self

from crypto.keyring import Texts
from crypto.messages import Status
from templates.law.spans import Span

# What replies can name: the last one is an officer's own words.
OWN = "text"
FIELDS = ("name", "status", "received", "next_by", "feedback_by", OWN)
# What letters can name. The number of a case and its days could tell a person concerned who reported.
LETTER_FIELDS = ("name", "case", "received", "outcome", OWN)
PERSON_FIELDS = ("name", OWN)


def fields(text: str) -> frozenset[str]:
    """Return what stands between braces in a reply; ValueError for a brace without its other."""
    return frozenset(
        field + (f"!{how}" if how else "") + (f":{form}" if form else "")
        for _, field, form, how in Formatter().parse(text)
        if field is not None
    )


class Event(StrEnum):
    """What happened to a case, or on a request, on a day.

    A report is ``RECEIVED`` on the earliest day on which it can have come to the portal, and ``COLLECTED`` on
    the day on which it is opened. It is ``ACKNOWLEDGED`` and ``ANSWERED`` once the portal has confirmed that
    its reporter can read so. On the day ``KNOWN`` the office learns that it has something to decide; on the
    day ``REQUESTED`` a request comes.
    """

    RECEIVED = "received"
    COLLECTED = "collected"
    FIRST_ACT = "first_act"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    KNOWN = "known"
    REQUESTED = "requested"


class Asked(StrEnum):
    """When a decision is asked for."""

    ALWAYS = "always"
    OFFENCE = "offence"
    REQUEST = "request"
    IDENTITY_GIVEN = "identity_given"
    NOT_OURS = "not_ours"


class DutyRole(StrEnum):
    """The duties that exits of a case ask about: every jurisdiction has one duty for each."""

    PROSECUTOR = "prosecutor"
    PERSONS = "persons"
    ACCESS = "access"
    ADMISSIBILITY = "admissibility"


class Effect(StrEnum):
    """What a decision does to its duty: it settles it, or puts it off until a day."""

    SETTLES = "settles"
    DEFERS = "defers"


class News(StrEnum):
    """What happens to a case after a decision, and can let the law ask for that decision anew.

    A ``FOLLOW_UP`` of its reporter comes; officers find that it is one of an ``OFFENCE``, or of a graver one;
    they record a measure of ``JUSTICE``, or one that ``CONCERNS_SOMEBODY``; it ``NAMES`` somebody who asks
    for access to what is held on them.
    """

    FOLLOW_UP = "follow_up"
    OFFENCE = "offence"
    JUSTICE = "justice"
    CONCERNS_SOMEBODY = "concerns_somebody"
    NAMES = "names"


class MeasureRole(StrEnum):
    """The measures that actions record or look for: every jurisdiction has one for each.

    By ``TRANSMISSION`` a case goes to the prosecutor, by ``PROSECUTOR_WORD`` the prosecutor does not object.
    A disciplinary dossier opens ``DISCIPLINE``. ``FINAL_DECISION`` ends proceedings of justice, and
    ``OFFICE_DECISION`` those of the office. ``REFERRAL`` directs a reporter to another body.
    """

    TRANSMISSION = "transmission"
    PROSECUTOR_WORD = "prosecutor_word"
    FINAL_DECISION = "final_decision"
    OFFICE_DECISION = "office_decision"
    DISCIPLINE = "discipline"
    REFERRAL = "referral"


class Protection(StrEnum):
    """What a measure says of the protection of a reporter, or of who helped to report."""

    OFFERED = "offered"
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    FACILITATOR = "facilitator"


class Told(StrEnum):
    """Whether a reporter reads of a measure, where what was done is told at all."""

    NEVER = "never"
    IF_SAID = "if_said"
    ALWAYS = "always"


class Body(StrEnum):
    """Whether an outcome names the body that is competent."""

    NONE = "none"
    ALLOWED = "allowed"
    NEEDED = "needed"


class Addressee(StrEnum):
    """To whom a letter goes: to an authority of this kind, or to a person concerned."""

    PROSECUTOR = "prosecutor"
    EXTERNAL = "external"
    PERSON = "person"


class Reach(StrEnum):
    """What an authority is to reporters and officers."""

    EMERGENCY = "emergency"
    PROSECUTOR = "prosecutor"
    EXTERNAL = "external"
    INTERNAL = "internal"
    ADVICE = "advice"


class Fill(StrEnum):
    """What the program fills in below the text of a section: it cannot differ from what the program does."""

    OFFICE = "office"
    OFFICERS = "officers"
    REGIME = "regime"
    DEADLINES = "deadlines"
    DUTIES = "duties"
    RECIPIENTS = "recipients"
    RETENTION = "retention"
    SECURITY = "security"
    RISKS = "risks"
    CONSULTATIONS = "consultations"


class Threat(StrEnum):
    """What the program does against, and what is left of it: every jurisdiction has one risk for each."""

    REPORTER_FOUND = "reporter_found"
    WRONGLY_NAMED = "wrongly_named"
    DATA_LOST = "data_lost"
    INSIDER = "insider"


@dataclass(frozen=True, slots=True)
class Basis:
    """The article behind a rule, and what counsel has to confirm of it, if anything."""

    source: str
    confirm: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The country of public holidays for the library ``holidays``, and the weekend, from 0 for Monday."""

    holidays: str
    weekend: frozenset[int]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """In which capacity an office receives reports; ``oral`` if it must also take them by word of mouth.

    ``reporters``: what pages tell reporters of it.
    """

    name: Texts
    is_default: bool
    oral: bool
    reporters: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How often bundles cross: at least once in so many days or working days, as reporters are told."""

    every: Span
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The longer time to which some regimes may extend a deadline, from the same beginning."""

    within: Span
    regimes: frozenset[str]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A deadline from one event to another.

    ``within`` has one span, or one for each priority from 1. It starts at the latest when the clock
    ``or_after`` ends, if there is one. Only public holidays move a ``statutory`` one.
    """

    name: Texts
    starts: Event
    ends: Event
    within: tuple[Span, ...]
    or_after: str | None
    statutory: bool
    regimes: frozenset[str]
    extension: Extension | None
    basis: Basis

    def of(self, priority: int) -> Span:
        """Return the span at a priority, from 1."""
        return self.within[priority - 1] if len(self.within) > 1 else self.within[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a duty can be decided, and what that does.

    It records ``measure`` and prepares ``outcome``. ``longest`` is how far it can put the duty off.
    ``grounds`` are the reasons to choose from, empty if officers write their own. It ``informs`` the persons
    concerned if they are told by it that data on them are held. With ``by_reply`` it says what reporters
    were told, so a reply that carries it is sent before. It is asked for anew by the news it is
    ``reopened_by``.
    """

    name: Texts
    officers: int
    effect: Effect
    measure: str | None
    outcome: str | None
    longest: Span | None
    informs: bool
    by_reply: bool
    reopened_by: frozenset[News]
    grounds: Mapping[str, Texts]

    @property
    def needed(self) -> tuple[str, ...]:
        """What is given with it, beside what its measure needs: a ground, a day until which it is put off."""
        asked = {"ground": bool(self.grounds), "until": self.effect is Effect.DEFERS}
        return tuple(name for name, is_asked in asked.items() if is_asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """What a duty asks where somebody or something is in imminent danger."""

    within: Span
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A decision that the law asks for; once asked, nothing but a decision ends it.

    Where it has an ``answer_after``, every answer leaves that long after the request; where it is
    ``extended``, the answer may take that long, from the request on.
    """

    name: Texts
    role: DutyRole | None
    asked: Asked
    starts: Event
    within: Span
    urgent: Urgent | None
    answer_after: Span | None
    extended: Span | None
    regimes: frozenset[str]
    decisions: Mapping[str, Decision]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """From which severity on, or by which tags, a case is one of an offence.

    With ``danger`` so is one that tells of danger to somebody, whatever else it says.
    """

    severity: int
    tags: frozenset[str]
    danger: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What can be done about a case.

    ``groups`` is the number of groups of a sanction, 0 for other measures. With ``needs_word`` it takes the
    prosecutor's word once a prosecutor was told. With ``addressee`` or ``reference`` it is not recorded
    without naming to whom it goes, or under which reference. With ``is_inquiry`` it takes an assessment of
    the risk to the reporter. One with a ``protection`` stands in the register of protection. One that is
    ``sanitised`` comes with the text that is sent, in which nothing tells who reported, or whom the report
    names. Who is in danger has had help once one that ``answers_danger`` is recorded, and by no other. One
    that ``concerns_somebody`` cannot be taken where a case names nobody.
    """

    name: Texts
    role: MeasureRole | None
    protection: Protection | None
    told: Told
    officers: int
    opens_proceedings: bool
    ends_proceedings: bool
    is_inquiry: bool
    needs_word: bool
    addressee: bool
    reference: bool
    sanitised: bool
    answers_danger: bool
    concerns_somebody: bool
    groups: int
    basis: Basis

    @property
    def is_of_justice(self) -> bool:
        """Whether it opens proceedings that are not the office's own: those wait for nobody's word."""
        return self.opens_proceedings and not self.needs_word

    @property
    def needed(self) -> tuple[str, ...]:
        """What it is not recorded without: to whom, under which reference, the text that goes, its group."""
        asked = {
            "addressee": self.addressee,
            "reference": self.reference,
            "sent": self.sanitised,
            "degree": self.groups > 0,
        }
        return tuple(name for name, is_asked in asked.items() if is_asked)

    def ends(self, other: Self) -> bool:
        """Tell whether it ends the proceedings that another measure opened: of justice, or of the office."""
        role = MeasureRole.FINAL_DECISION if other.is_of_justice else MeasureRole.OFFICE_DECISION
        return other.opens_proceedings and self.role is role


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case can end; ``retention`` is the code of a period.

    With ``needs_word`` no reporter reads of it before the prosecutor's word, where a prosecutor may act. One
    that ``finds_facts`` takes a decision on whether a prosecutor is told, whatever a case was scored. One
    that is ``linked`` is that of a case which an officer linked to another as its duplicate. It is one
    ``only_after`` a measure, or ``never_after`` one, by its code.
    """

    name: Texts
    retention: str
    officers: int
    body: Body
    needs_word: bool
    finds_facts: bool
    linked: bool
    only_after: str | None
    never_after: str | None
    basis: Basis

    @property
    def is_untold(self) -> bool:
        """Whether a text of its own would tell what stands beside the case: another report, or a measure.

        Anybody can read the law: who gets that text knows for what it is sent.
        """
        return self.linked or self.only_after is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How long something is kept, then in the archive, if at all; ``visa`` if its destruction needs one."""

    name: Texts
    keep: Span
    archive: Span | None
    visa: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Visa:
    """The word of the archives before something is destroyed, on a list made at most so long ``ahead``."""

    name: Texts
    ahead: Span
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The periods that outcomes name, and those of what has no outcome."""

    periods: Mapping[str, Period]
    proceedings: Period
    junk: Period
    unopened: Period
    visa: Visa


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text to send to reporters, by its ``code``; ``status`` and ``outcome`` say for which cases it is.

    One that ``closes`` ends a case and tells nothing of its outcome: at most one, without officers' words.
    With ``extends`` it tells that feedback takes longer, with ``acknowledges`` that the report was read. One
    with ``answers`` says where a report stands, or why that cannot be told, so it may count as feedback. By
    it a reporter is told what ``decision`` says was told, the code of one. Where it has a basis of its own,
    that is the articles it explains.
    """

    code: str
    title: Texts
    status: tuple[Status, ...]
    text: Texts
    outcome: str | None
    closes: bool
    extends: bool
    acknowledges: bool
    answers: bool
    decision: str | None
    basis: Basis | None

    @property
    def fields(self) -> frozenset[str]:
        """What it names, filled in for each case: of FIELDS."""
        return fields(self.text.en)

    @property
    def takes_own_words(self) -> bool:
        """Whether it is nothing without an officer's words for the case."""
        return OWN in self.fields

    @property
    def ends(self) -> bool:
        """Whether it ends a case, and leaves with the closing alone."""
        return self.closes or self.outcome is not None

    def fits(self, status: Status, outcome: str | None) -> bool:
        """Whether it is for a case of this status, and of this outcome if the case has one, by its code."""
        return status in self.status and (not outcome or self.outcome in {None, outcome})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to print, which goes with a decision: it takes as many officers, and waits for the same.

    ``law`` is the line below its name.
    """

    name: Texts
    law: Texts
    to: Addressee
    decision: str
    text: Texts
    basis: Basis

    @property
    def fields(self) -> frozenset[str]:
        """What it names, filled in for each case: of LETTER_FIELDS."""
        return fields(self.text.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAnswers:
    """What a person reads who asks what is held on them: ``neither`` confirms nor denies anything.

    ``told`` stands below what is held, ``law`` below the title of both. Paragraphs have a blank line between.
    """

    law: Texts
    neither: Texts
    told: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierWords:
    """What a sealed dossier says: ``secret`` of its reporter, ``law`` below the title of a prosecutor's."""

    law: Texts
    secret: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A body or person to turn to; ``referral`` if it may be named where a report is not for the office.

    ``address`` stands on letters, where the law knows it.
    """

    name: Texts
    reach: Texts
    address: Texts | None
    kind: Reach
    referral: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomToReach:
    """What pages tell reporters, within a sentence, of whom to reach; and whom a report may reach.

    ``danger``: what to do in danger. ``advice``: whom they can always ask. ``directly``: who takes letters
    without this office. ``instead``: to whom a letter about this office goes. ``passed_on``: what the office
    has to pass on, and who can look for the reporter, in sentences of their own.
    """

    danger: Texts
    advice: Texts
    directly: Texts
    instead: Texts
    passed_on: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What the law promises to whoever reports."""

    text: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number of obstacles: a priority, or how many officers it takes."""

    value: int
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """Up to which priority a case cannot wait, and how many officers mark one as junk.

    ``justice`` are words by which a text tells that justice has a case, as they begin; ``spared`` are those
    with some of them that only say where somebody can turn.
    """

    urgent: Limit
    junk_officers: Limit
    justice: tuple[str, ...]
    spared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the house calls something, and the French words that it no longer uses."""

    name: Texts
    avoid: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a sheet: a text, and what the program fills in below it, if anything."""

    name: Texts
    text: Texts
    fill: Fill | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A document on the processing of data that the law asks the office for, section by section."""

    name: Texts
    sections: Mapping[str, Section]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What can happen to persons, and how badly."""

    name: Texts
    threat: Threat
    text: Texts
    basis: Basis


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A rule that counsel has to confirm: its file, its dotted key there, and what is to be confirmed."""

    file: str
    key: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """All rules of a jurisdiction by their codes; ``sha256`` (32 bytes) is that of its files."""

    name: Texts
    sha256: bytes
    calendar: Calendar
    regimes: Mapping[str, Regime]
    exchange: Exchange
    clocks: Mapping[str, Clock]
    offence: Offence
    duties: Mapping[str, Duty]
    measures: Mapping[str, Measure]
    outcomes: Mapping[str, Outcome]
    replies: Mapping[str, Reply]
    retention: Retention
    authorities: Mapping[str, Authority]
    letters: Mapping[str, Letter]
    access: AccessAnswers
    dossier: DossierWords
    guarantees: Mapping[str, Guarantee]
    reporters: WhomToReach
    obstacles: Obstacles
    words: Mapping[str, Word]
    processing: Sheet
    impact: Sheet
    risks: Mapping[str, Risk]
    to_confirm: tuple[ToConfirm, ...]

    @property
    def default_regime(self) -> str:
        """The regime of an office that has chosen none."""
        return next(code for code, regime in self.regimes.items() if regime.is_default)

    def measure(self, role: MeasureRole) -> str:
        """Return the code of the measure that has a role."""
        return next(code for code, each in self.measures.items() if each.role is role)

    def duty(self, role: DutyRole) -> str:
        """Return the code of the duty that has a role."""
        return next(code for code, each in self.duties.items() if each.role is role)

    def addressees(self, letter: Letter) -> Mapping[str, Authority]:
        """Return to which authorities a letter can go, by code; to none if it is for a person."""
        return {code: each for code, each in self.authorities.items() if each.kind.value == letter.to.value}

    @property
    def told_by_reply(self) -> frozenset[str]:
        """The decisions that say what reporters were told by a reply."""
        duties = self.duties.values()
        return frozenset(code for duty in duties for code, each in duty.decisions.items() if each.by_reply)

    def risk(self, threat: Threat) -> Risk:
        """Return the risk of a threat."""
        return next(each for each in self.risks.values() if each.threat is threat)

    @property
    def tells_prosecutor(self) -> frozenset[str]:
        """The measures by which a prosecutor is told: after them, some others need the prosecutor's word."""
        duty = self.duties[self.duty(DutyRole.PROSECUTOR)]
        named = {each.measure for each in duty.decisions.values()} | {duty.urgent and duty.urgent.measure}
        return frozenset(each for each in named if each)

    @property
    def of_justice(self) -> frozenset[str]:
        """The measures after which a prosecutor acts, or may: those that tell one, and those of justice."""
        justice = (code for code, each in self.measures.items() if each.is_of_justice)
        return self.tells_prosecutor.union(justice)

    @property
    def untold(self) -> frozenset[str]:
        """The outcomes that no text of their own tells."""
        return frozenset(code for code, each in self.outcomes.items() if each.is_untold)

    @property
    def linked(self) -> frozenset[str]:
        """The outcomes of a case that is linked to another as its duplicate."""
        return frozenset(code for code, each in self.outcomes.items() if each.linked)

    @property
    def with_restrictions(self) -> frozenset[str]:
        """The measures that can say what a prosecutor does not want done: those of justice, and the word."""
        return self.of_justice | {self.measure(MeasureRole.PROSECUTOR_WORD)}
