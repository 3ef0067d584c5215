"""The rules of a jurisdiction as values.

Each jurisdiction chooses its own codes. The program itself knows only the closed lists of codes in this
module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Self

from crypto.keyring import Texts
from crypto.messages import Status
from templates.law.spans import Span

# The names that a reply can contain between braces. OWN is filled with an officer's own words.
OWN = "text"
FIELDS = ("name", "status", "received", "next_by", "feedback_by", OWN)
# The names that a letter can contain. A letter to a person concerned has neither the number nor the dates of
# the case, because these could reveal who reported.
LETTER_FIELDS = ("name", "case", "received", "outcome", OWN)
PERSON_FIELDS = ("name", OWN)


def fields(text: str) -> frozenset[str]:
    """Return the names between braces in a text. Raise ValueError for an unmatched brace."""
    return frozenset(
        field + (f"!{how}" if how else "") + (f":{form}" if form else "")
        for _, field, form, how in Formatter().parse(text)
        if field is not None
    )


class Event(StrEnum):
    """What happened to a case, or to a request, on a day.

    A report is ``RECEIVED`` on the earliest day on which it can have reached the portal. It is ``COLLECTED``
    on the day on which it is opened. A report is ``ACKNOWLEDGED`` once the portal has confirmed that the
    reporter can read the acknowledgement. It is ``ANSWERED`` once the portal has confirmed that the reporter
    can read the feedback. ``KNOWN`` is the day on which the office learns that it has something to decide.
    ``REQUESTED`` is the day on which a request arrives.
    """

    RECEIVED = "received"
    COLLECTED = "collected"
    FIRST_ACT = "first_act"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    KNOWN = "known"
    REQUESTED = "requested"


class Asked(StrEnum):
    """The cases in which the law requires a decision."""

    ALWAYS = "always"
    OFFENCE = "offence"
    REQUEST = "request"
    IDENTITY_GIVEN = "identity_given"
    NOT_OURS = "not_ours"


class DutyRole(StrEnum):
    """The duties that are checked at each exit of a case.

    Every jurisdiction has exactly one duty for each role.
    """

    PROSECUTOR = "prosecutor"
    PERSONS = "persons"
    ACCESS = "access"
    ADMISSIBILITY = "admissibility"


class Effect(StrEnum):
    """What a decision does to its duty: it settles the duty, or defers it until a day."""

    SETTLES = "settles"
    DEFERS = "defers"


class News(StrEnum):
    """Events after which the law can require a decision again.

    ``FOLLOW_UP``: the reporter wrote again. ``OFFENCE``: officers found an offence, or a worse offence.
    ``JUSTICE``: officers recorded a measure of the judiciary. ``CONCERNS_SOMEBODY``: officers recorded a
    measure with this mark. ``NAMES``: the case names somebody who asks for access to the data held on them.
    """

    FOLLOW_UP = "follow_up"
    OFFENCE = "offence"
    JUSTICE = "justice"
    CONCERNS_SOMEBODY = "concerns_somebody"
    NAMES = "names"


class MeasureRole(StrEnum):
    """The measures that an action records or looks for.

    Every jurisdiction has exactly one measure with each role. ``TRANSMISSION`` sends a case to the
    prosecutor. ``PROSECUTOR_WORD`` records that the prosecutor does not object. ``DISCIPLINE`` is the
    procedure that a disciplinary dossier opens. ``FINAL_DECISION`` ends judicial proceedings, and
    ``OFFICE_DECISION`` ends proceedings of the office. ``REFERRAL`` directs a reporter to another body.
    """

    TRANSMISSION = "transmission"
    PROSECUTOR_WORD = "prosecutor_word"
    FINAL_DECISION = "final_decision"
    OFFICE_DECISION = "office_decision"
    DISCIPLINE = "discipline"
    REFERRAL = "referral"


class Step(StrEnum):
    """The steps of a case for which an office sets goals, in order. ``RECEIVED`` only begins a goal."""

    RECEIVED = "received"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    MEASURE = "measure"
    SANCTION = "sanction"
    CLOSED = "closed"


class Repeated(StrEnum):
    """What officers repeat, and for which an office sets the longest gap."""

    COLLECT = "collect"
    SEND = "send"
    BACK_UP = "back_up"


class Protection(StrEnum):
    """What a measure says about the protection of a reporter, or of a person who helped to report."""

    OFFERED = "offered"
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    FACILITATOR = "facilitator"


class Told(StrEnum):
    """Whether a measure is disclosed to the reporter, if measures are disclosed at all."""

    NEVER = "never"
    IF_SAID = "if_said"
    ALWAYS = "always"


class Body(StrEnum):
    """Whether an outcome names the competent body."""

    NONE = "none"
    ALLOWED = "allowed"
    NEEDED = "needed"


class Addressee(StrEnum):
    """The addressee of a letter: an authority of this kind, or a person concerned."""

    PROSECUTOR = "prosecutor"
    EXTERNAL = "external"
    PERSON = "person"


class Reach(StrEnum):
    """The kind of an authority."""

    EMERGENCY = "emergency"
    PROSECUTOR = "prosecutor"
    EXTERNAL = "external"
    INTERNAL = "internal"
    ADVICE = "advice"


class Fill(StrEnum):
    """Facts that the program adds below the text of a section.

    The facts that the program adds always match what the program does.
    """

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
    """Threats with known safeguards and remaining risk. Each jurisdiction has exactly one risk per threat."""

    REPORTER_FOUND = "reporter_found"
    WRONGLY_NAMED = "wrongly_named"
    DATA_LOST = "data_lost"
    INSIDER = "insider"


@dataclass(frozen=True, slots=True)
class Basis:
    """The article that a rule follows, and what counsel has to confirm about it, if anything."""

    source: str
    confirm: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The working days of a country, and its code (ISO 3166-1, two capitals); Monday is 0 in ``weekend``.

    Telephone numbers without a country code are numbers of this country.
    """

    country: str
    weekend: frozenset[int]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """The legal capacity in which an office receives reports.

    ``oral``: the office must also hear reporters in person. ``reporters``: what pages say about the regime.
    """

    name: Texts
    is_default: bool
    oral: bool
    reporters: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How often bundles cross the air gap: at least once in ``every`` days or working days.

    The pages tell reporters how often bundles cross.
    """

    every: Span
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A step that must follow the step ``starts`` within ``days``, in ``share`` percent of the cases."""

    name: Texts
    starts: Step
    days: int
    share: int
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The longest gap, in days, between two actions of the same kind."""

    name: Texts
    days: int
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The longer time to which some regimes may extend a deadline, counted from the same day."""

    within: Span
    regimes: frozenset[str]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A deadline from one event to another.

    ``within`` has either one span for all priorities or one span for each priority, beginning with 1. If
    ``or_after`` names another clock, the time starts no later than the end of that clock. A ``statutory``
    clock ignores the office's own days off; only public holidays move it.
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
        """Return the span at a priority; 1 is the highest."""
        return self.within[priority - 1] if len(self.within) > 1 else self.within[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One way to decide a duty, and its effects.

    A decision records ``measure`` and prepares ``outcome``. A decision can defer the duty by at most
    ``longest``. Officers choose one of the ``grounds``, or write their own reason if ``grounds`` is empty.
    ``informs``: the decision means that the persons concerned have been informed of the data held on them.
    ``by_reply``: the decision confirms that the reporter was told, so a reply that names the decision is sent
    first. After any news in ``reopened_by``, the decision is required again.
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
        """What officers must give apart from the data of the measure: a ground, and the end of a deferral."""
        asked = {"ground": bool(self.grounds), "until": self.effect is Effect.DEFERS}
        return tuple(name for name, is_asked in asked.items() if is_asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """What a duty requires if somebody or something is in imminent danger."""

    within: Span
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A decision that the law requires. Once required, the decision stays due until it is taken.

    ``answer_after``: the time from each request to its answer. ``extended``: the longest time from a request
    to its answer if the deadline was extended. ``names_kept``: the time for which the names in the request
    are kept after the answer. Every duty about requests has this period, and no other duty has it.
    """

    name: Texts
    role: DutyRole | None
    asked: Asked
    starts: Event
    within: Span
    urgent: Urgent | None
    answer_after: Span | None
    extended: Span | None
    names_kept: Span | None
    regimes: frozenset[str]
    decisions: Mapping[str, Decision]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """A case is about an offence if it has at least this severity, or one of these tags.

    If ``danger`` is true, a case that reports danger to somebody is about an offence, whatever else it says.
    """

    severity: int
    tags: frozenset[str]
    danger: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure that can be taken in a case.

    - ``groups``: the number of groups of a sanction; 0 for other measures.
    - ``needs_word``: once a prosecutor has been informed, the measure needs the prosecutor's word that there
      is no objection.
    - ``addressee``, ``reference``: to record the measure, officers must give its recipient, or its reference.
    - ``is_inquiry``: the risk to the reporter must be assessed first.
    - ``protection``: the measure's column in the register of protection.
    - ``sanitised``: the measure is recorded with the text that is sent, which must not reveal the reporter or
      the persons whom the report names.
    - ``answers_danger``: only such a measure, once recorded, counts as a response to danger.
    - ``concerns_somebody``: the measure cannot be taken if the case names nobody.
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
        """Whether the measure opens judicial proceedings. Such measures do not need the prosecutor's word."""
        return self.opens_proceedings and not self.needs_word

    @property
    def needed(self) -> tuple[str, ...]:
        """What officers must give to record the measure: recipient, reference, sent text, sanction group."""
        asked = {
            "addressee": self.addressee,
            "reference": self.reference,
            "sent": self.sanitised,
            "degree": self.groups > 0,
        }
        return tuple(name for name, is_asked in asked.items() if is_asked)

    def ends(self, other: Self) -> bool:
        """Return whether this measure ends the proceedings, judicial or not, that ``other`` opened."""
        role = MeasureRole.FINAL_DECISION if other.is_of_justice else MeasureRole.OFFICE_DECISION
        return other.opens_proceedings and self.role is role


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case can end; ``retention`` is the code of a period.

    - ``needs_word``: if a prosecutor may act, the outcome is not disclosed to the reporter before the
      prosecutor agrees.
    - ``finds_facts``: officers must first decide whether to inform a prosecutor, whatever the case's score.
    - ``linked``: only for a case that an officer linked as a duplicate of another case.
    - ``only_after``: the code of the measure that must be recorded before the outcome; ``never_after``: the
      code of the measure that must not be recorded before the outcome.
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
        """Whether a text reserved for this outcome would reveal another report, or a measure.

        Anybody can read the law, so a reporter who gets a text reserved for this outcome would know why it
        was sent.
        """
        return self.linked or self.only_after is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How long data is kept, and for how long it is then archived, if at all.

    If ``visa`` is true, the archives must approve the destruction of the data.
    """

    name: Texts
    keep: Span
    archive: Span | None
    visa: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Visa:
    """The approval that the archives give to a list of cases before their destruction.

    The list may contain cases that become due up to ``ahead`` after the day on which the list is made.
    """

    name: Texts
    ahead: Span
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The periods that outcomes name, and the periods for data without an outcome."""

    periods: Mapping[str, Period]
    proceedings: Period
    junk: Period
    unopened: Period
    visa: Visa


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text to send to reporters. ``status`` and ``outcome`` say which cases the text suits.

    - ``closes``: the reply ends a case without disclosing the outcome. At most one reply has this flag, and
      that reply contains no words of an officer.
    - ``extends``: the reply says that feedback takes longer.
    - ``acknowledges``: the reply acknowledges the report. An officer's own words may follow it.
    - ``asks``: the reply asks the reporter something, so the status becomes "more information requested".
    - ``answers``: the reply says how the report is progressing, or why this cannot be disclosed. Such a reply
      may count as feedback.
    - ``decision``: the code of the decision that confirms what the reply told the reporter.
    - ``basis``: the articles that the reply explains, if any.
    """

    code: str
    title: Texts
    status: tuple[Status, ...]
    text: Texts
    outcome: str | None
    closes: bool
    extends: bool
    acknowledges: bool
    asks: bool
    answers: bool
    decision: str | None
    basis: Basis | None

    @property
    def fields(self) -> frozenset[str]:
        """The placeholders in the reply's text, filled in for each case: some of FIELDS."""
        return fields(self.text.en)

    @property
    def takes_own_words(self) -> bool:
        """Whether the reply needs an officer's own words for the case."""
        return OWN in self.fields

    @property
    def accepts_own_words(self) -> bool:
        """Whether an officer's own words may be sent with the reply.

        A text that only acknowledges stays an acknowledgement whatever follows it. Every other reply
        that takes no words of an officer must be the same for all reporters: it reveals nothing about a case.
        """
        says_more = self.answers or self.extends or self.ends or self.decision
        return self.takes_own_words or (self.acknowledges and not says_more)

    @property
    def ends(self) -> bool:
        """Whether the reply ends a case. Such a reply is sent only when the case is closed."""
        return self.closes or self.outcome is not None

    def fits(self, status: Status, outcome: str | None) -> bool:
        """Return whether the reply suits a case with this status and, if given, this outcome (a code)."""
        return status in self.status and (not outcome or self.outcome in {None, outcome})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to print for a decision.

    The conditions of the decision, and the number of officers it requires, also apply to the letter. ``law``
    is the line below the letter's name.
    """

    name: Texts
    law: Texts
    to: Addressee
    decision: str
    text: Texts
    basis: Basis

    @property
    def fields(self) -> frozenset[str]:
        """The placeholders in the letter's text, filled in for each case: some of LETTER_FIELDS."""
        return fields(self.text.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAnswers:
    """The two answers to an access request.

    ``neither`` is the answer that confirms nothing and denies nothing. ``told`` is printed below the data.
    ``law`` is printed below the title of both answers. A blank line separates paragraphs.
    """

    law: Texts
    neither: Texts
    told: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierWords:
    """Texts of a sealed dossier.

    ``secret`` says that the reporter's identity is protected. ``law`` is the subtitle of a dossier for the
    prosecutor.
    """

    law: Texts
    secret: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A body or person to turn to.

    ``referral``: officers may name this authority if a report is not for the office. ``address``: the address
    on letters to this authority, if the law gives one.
    """

    name: Texts
    reach: Texts
    address: Texts | None
    kind: Reach
    referral: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """The emergency numbers, as people write them: numbers to call, and perhaps numbers for text messages."""

    call: tuple[str, ...]
    sms: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomToReach:
    """Parts of sentences on the reporter's pages: whom to contact, and who may receive a report.

    ``advice``: whom reporters can always ask. ``directly``: authorities to which reporters can write
    directly, without this office. ``instead``: where to send a letter about this office.
    ``passed_on``: whole sentences that say what the office has to pass on, and who can look for the reporter.
    """

    advice: Texts
    directly: Texts
    instead: Texts
    passed_on: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What the law promises reporters."""

    text: Texts
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number in the rules on obstacles: a priority, or how many officers are needed."""

    value: int
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What the law sets about obstacles.

    Cases up to the priority ``urgent`` cannot wait. It takes ``junk_officers`` officers to mark a case as
    junk. ``justice`` contains the beginnings of words that reveal that the judiciary has a case. ``spared``
    lists expressions that contain such a word but are harmless, because they only say whom to contact.
    """

    urgent: Limit
    junk_officers: Limit
    justice: tuple[str, ...]
    spared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A term of the house vocabulary, and the French words that officers' texts no longer use for it."""

    name: Texts
    avoid: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a sheet: a text, and below it the facts that the program adds, if any."""

    name: Texts
    text: Texts
    fill: Fill | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A document on data processing that the law requires of the office, section by section."""

    name: Texts
    sections: Mapping[str, Section]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What can happen to persons, and how severe it is."""

    name: Texts
    threat: Threat
    text: Texts
    basis: Basis


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A rule that counsel has to confirm: its file, its dotted key in that file, and what to confirm."""

    file: str
    key: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """All rules of a jurisdiction by their codes; ``sha256`` is the hash of its files (32 bytes)."""

    name: Texts
    sha256: bytes
    calendar: Calendar
    regimes: Mapping[str, Regime]
    exchange: Exchange
    clocks: Mapping[str, Clock]
    goals: Mapping[Step, Goal]
    rhythms: Mapping[Repeated, Rhythm]
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
    emergency: Emergency
    reporters: WhomToReach
    obstacles: Obstacles
    words: Mapping[str, Word]
    processing: Sheet
    impact: Sheet
    risks: Mapping[str, Risk]
    to_confirm: tuple[ToConfirm, ...]

    @property
    def default_regime(self) -> str:
        """The regime of an office that has not chosen a regime."""
        return next(code for code, regime in self.regimes.items() if regime.is_default)

    @property
    def names_kept(self) -> Span:
        """The time for which the names in an access request are kept after the answer."""
        return next(each.names_kept for each in self.duties.values() if each.names_kept)

    def measure(self, role: MeasureRole) -> str:
        """Return the code of the measure that has a role."""
        return next(code for code, each in self.measures.items() if each.role is role)

    def duty(self, role: DutyRole) -> str:
        """Return the code of the duty that has a role."""
        return next(code for code, each in self.duties.items() if each.role is role)

    def addressees(self, letter: Letter) -> Mapping[str, Authority]:
        """Return the authorities that can receive a letter, by code.

        No authority can receive a letter to a person.
        """
        return {code: each for code, each in self.authorities.items() if each.kind.value == letter.to.value}

    @property
    def told_by_reply(self) -> frozenset[str]:
        """The decisions that confirm what a reply told the reporter."""
        duties = self.duties.values()
        return frozenset(code for duty in duties for code, each in duty.decisions.items() if each.by_reply)

    def risk(self, threat: Threat) -> Risk:
        """Return the risk of a threat."""
        return next(each for each in self.risks.values() if each.threat is threat)

    @property
    def tells_prosecutor(self) -> frozenset[str]:
        """The measures that inform a prosecutor; some other measures then need the prosecutor's word."""
        duty = self.duties[self.duty(DutyRole.PROSECUTOR)]
        named = {each.measure for each in duty.decisions.values()} | {duty.urgent and duty.urgent.measure}
        return frozenset(each for each in named if each)

    @property
    def of_justice(self) -> frozenset[str]:
        """The measures after which a prosecutor may act: they are judicial or inform a prosecutor."""
        justice = (code for code, each in self.measures.items() if each.is_of_justice)
        return self.tells_prosecutor.union(justice)

    @property
    def untold(self) -> frozenset[str]:
        """The outcomes that have no text of their own."""
        return frozenset(code for code, each in self.outcomes.items() if each.is_untold)

    @property
    def linked(self) -> frozenset[str]:
        """The possible outcomes of a case that is linked as a duplicate of another case."""
        return frozenset(code for code, each in self.outcomes.items() if each.linked)

    @property
    def with_restrictions(self) -> frozenset[str]:
        """The measures that can contain a prosecutor's restrictions: ``of_justice``, and PROSECUTOR_WORD."""
        return self.of_justice | {self.measure(MeasureRole.PROSECUTOR_WORD)}
