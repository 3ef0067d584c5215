"""What can stand between a case and an exit; labels of those that are facts of a case in labels.toml."""

from enum import StrEnum


class Obstacle(StrEnum):
    """Why a case does not leave, or not without more ado: what that means is said in ``casework.exits``.

    The first are facts of the case: it is ``URGENT`` at a priority that the law names, of ``DANGER`` if
    an answer says that somebody may be in danger while no measure answers that; ``NEW`` if nobody has read
    the report, ``UNREAD`` if nobody has read a message that came after it; ``REQUEST`` if somebody whom
    it names has asked what is held on them, and was not answered; ``REPEATED`` if another case ended as its
    duplicate; of ``VISA`` if the archives have to agree before it is destroyed, and have not; of
    ``ONE_CLOCK`` if its day came by the clock of this machine, and no bundle that the portal exported on that
    day or later was collected. ``PROSECUTOR``, ``PERSONS``, ``ADMISSIBILITY`` and ``UNDECIDED``, for any
    other, are decisions of the law that are still to be taken, ``PUT_OFF`` if that
    on persons was. Those from ``PREPARED`` to ``BY_TWO`` lie in how a case
    ends: with another outcome than was decided, or with one that was not; something is withheld from its
    reporter; that one cannot be reached, or is told nothing; a text could give somebody away; an outcome
    is told for which the prosecutor's word is missing; the law lets nobody alone decide this outcome, or
    that it is junk. The last lie in who acts: somebody has not yet declared that they have no interest in
    the case, is excluded from it or is not one of its handlers; or nobody may read it, because it is in
    quarantine.
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
