"""The obstacles between a case and an exit; labels.toml has the labels of those that are facts of a case."""

from enum import StrEnum


class Obstacle(StrEnum):
    """Why a case cannot leave, or not without a further step; ``casework.exits`` says what each one means.

    The first are facts of the case. ``URGENT``: its priority is one that the law names. ``DANGER``: an answer
    says that somebody may be in danger, and no measure answers that. ``NEW``: nobody has read the report.
    ``UNREAD``: nobody has read a later message. ``REQUEST``: somebody whom it names has asked what is held on
    them, and has no answer yet. ``REPEATED``: another case ended as its duplicate. ``VISA``: the archives
    have to agree before it is destroyed, and have not. ``ONE_CLOCK``: its day has come only by the clock of
    this machine; no bundle was collected that the portal exported on that day or later.

    ``PROSECUTOR``, ``PERSONS``, ``ADMISSIBILITY`` and, for any other, ``UNDECIDED`` are decisions of the law
    that are still to be taken. ``PUT_OFF``: the decision on persons was put off.

    The next depend on how a case ends. ``PREPARED``: another outcome was decided. ``UNPREPARED``: nobody
    decided this outcome. ``WITHHELD``: something is withheld from the reporter. ``UNREACHABLE``: the reporter
    cannot be reached. ``UNTOLD``: the reporter is told nothing. ``CAUTIONED``: a text could reveal somebody.
    ``NO_WORD``: the prosecutor's word on the outcome is missing. ``BY_TWO``: the law lets no officer alone
    decide this.

    The last depend on who acts. ``UNDECLARED``: an officer has not declared yet that they have no interest in
    the case. ``EXCLUDED``: an officer is excluded from it. ``ENTRUSTED``: an officer is not one of its
    handlers. ``QUARANTINE``: nobody may read it.
    """

    CLOSED = "closed"
    JUNK = "junk"
    OPEN = "open"
    HELD = "held"
    PROCEEDINGS = "proceedings"
    URGENT = "urgent"
    DANGER = "danger"
    NEW = "new"
    UNREAD = "unread"
    PORTAL = "portal"
    NOT_DUE = "not_due"
    ONE_CLOCK = "one_clock"
    VISA = "visa"
    PROSECUTOR = "prosecutor"
    PERSONS = "persons"
    PUT_OFF = "put_off"
    ADMISSIBILITY = "admissibility"
    UNDECIDED = "undecided"
    REQUEST = "request"
    REPEATED = "repeated"
    PREPARED = "prepared"
    UNPREPARED = "unprepared"
    WITHHELD = "withheld"
    UNREACHABLE = "unreachable"
    UNTOLD = "untold"
    CAUTIONED = "cautioned"
    NO_WORD = "no_word"
    BY_TWO = "by_two"
    UNDECLARED = "undeclared"
    EXCLUDED = "excluded"
    ENTRUSTED = "entrusted"
    QUARANTINE = "quarantine"
