"""The obstacles between a case and an exit. The labels for facts of a case are in labels.toml."""

from enum import StrEnum


class Obstacle(StrEnum):
    """Why a case cannot leave, or needs a further step; ``casework.exits`` defines the effect of each reason.

    The first group consists of facts of the case. ``URGENT``: the law counts the priority of the case as
    urgent. ``DANGER``: an answer says that somebody may be in danger, and no measure responds to the danger.
    ``NEW``: nobody has read the report. ``UNREAD``: nobody has read a later message. ``REQUEST``: somebody
    named in the case has made an access request, which has not been answered yet. ``REPEATED``: another case
    was closed as a duplicate of this one. ``VISA``: the case may be destroyed only with the archives'
    approval, which has not been given yet. ``ONE_CLOCK``: according to the clock of this machine, the day has
    come, but no bundle that the portal exported on that day or later has been collected.

    ``PROSECUTOR``, ``PERSONS`` and ``ADMISSIBILITY`` are legal decisions that are still to be taken;
    ``UNDECIDED`` is any other such decision. ``PUT_OFF``: the decision to inform the persons concerned was
    put off.

    The next group depends on how the case is closed. ``PREPARED``: officers decided on another outcome.
    ``UNPREPARED``: no decision leads to this outcome. ``WITHHELD``: something is withheld from the reporter.
    ``UNREACHABLE``: the reporter cannot be reached. ``UNTOLD``: the reporter gets no text. ``CAUTIONED``: a
    text could reveal somebody. ``NO_WORD``: the prosecutor's word on the outcome is missing. ``BY_TWO``: the
    law requires two officers to decide this.

    The last group depends on who acts. ``UNDECLARED``: an officer has not yet declared that they have no
    interest in the case. ``EXCLUDED``: an officer is excluded from the case. ``ENTRUSTED``: an officer is not
    one of the handlers of the case. ``QUARANTINE``: nobody may read the case.
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
