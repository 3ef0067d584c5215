"""The details of a measure, and which of them the law requires."""

import hashlib
from dataclasses import dataclass
from datetime import date

from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import joined, sentence
from templates.law import rules
from templates.law.rules import Law

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A measure, identified by its code.

    ``degree`` is the group of a sanction. ``told`` means that the reporter may read the measure.

    ``restrictions`` are actions that a prosecutor does not want, or conditions for such actions. ``sent`` is
    the text that is sent, if the law requires officers to keep this text; ``dossiers.recording`` checks the
    text. ``despite`` is the reason for taking the measure although the prosecutor's word is missing or has
    restrictions; otherwise it is empty.
    """

    kind: str
    day: date
    addressee: str = ""
    reference: str = ""
    restrictions: str = ""
    sent: str = ""
    degree: int | None = None
    told: bool = False
    despite: str = ""

    @property
    def sha256(self) -> str | None:
        """The hash of the text that is sent, for the journal and the ledger; None without a text."""
        return hashlib.sha256(self.sent.encode()).hexdigest() if self.sent else None


def check(number: int, taken: Taken, rule: rules.Measure, today: date) -> None:
    """Raise CaseRefused for a day in the future, or for details that are missing, too long or not allowed."""
    if taken.day > today:
        raise CaseRefused(
            sentence("{day} is in the future", day=taken.day),
            sentence("record the measure after it has been taken"),
        ).at("day")
    if max(map(len, (taken.addressee, taken.reference, taken.restrictions))) > _LONGEST:
        raise CaseRefused(
            sentence(
                "addressee, reference and restrictions can each have at most {most} characters", most=_LONGEST
            ),
            sentence("shorten them"),
        )
    _check_needed(number, taken, rule)
    _check_sent(number, taken, rule)
    _check_group(number, taken, rule)


def check_restrictions(taken: Taken, law: Law) -> None:
    """Raise CaseRefused for restrictions that do not come from a prosecutor."""
    if taken.restrictions.strip() and taken.kind not in law.with_restrictions:
        raise CaseRefused(
            sentence("only the prosecutor can set restrictions"),
            sentence(
                "omit the restrictions; only these measures can have restrictions: {kinds}",
                kinds=", ".join(sorted(law.with_restrictions)),
            ),
        ).at("restrictions")


def _without_addressee(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: this measure must say to whom it was addressed, or who decided or"
            " answered: {kind}",
            number=number,
            kind=kind,
        ),
        sentence("give the name: --addressee TEXT"),
    )


def _without_reference(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: the reference is missing: {kind}",
            number=number,
            kind=labels.named("measure", kind),
        ),
        sentence("give the reference: --reference TEXT"),
    )


def _without_group(number: int, kind: str, rule: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: {kind} needs a group, from 1 to {most}",
            number=number,
            kind=kind,
            most=rule.groups,
        ),
        sentence("give the group"),
    )


def _without_text(number: int, kind: str, _: rules.Measure) -> CaseRefused:
    return CaseRefused(
        sentence(
            "case {number}: this measure must contain the text that is sent: {kind}", number=number, kind=kind
        ),
        sentence("give the text that is sent, in your own words: --text TEXT or --text-file FILE"),
    )


_LACKING = {
    "addressee": _without_addressee,
    "reference": _without_reference,
    "sent": _without_text,
    "degree": _without_group,
}


def _check_needed(number: int, taken: Taken, rule: rules.Measure) -> None:
    """Raise a single CaseRefused for all missing fields that the law requires with a measure."""
    given = {
        "addressee": taken.addressee.strip(),
        "reference": taken.reference.strip(),
        "sent": taken.sent.strip(),
        "degree": taken.degree,
    }
    lacking = [_LACKING[name](number, taken.kind, rule) for name in rule.needed if not given[name]]
    if lacking:
        raise CaseRefused(joined([each.what for each in lacking]), joined([each.hint for each in lacking]))


def _check_sent(number: int, taken: Taken, rule: rules.Measure) -> None:
    """Raise CaseRefused if a text comes with a measure that stores no text."""
    if taken.sent.strip() and not rule.sanitised:
        raise CaseRefused(
            sentence(
                "case {number}: this measure cannot contain a text: {kind}", number=number, kind=taken.kind
            ),
            sentence("omit the text"),
        ).at("sent")


def _check_group(number: int, taken: Taken, rule: rules.Measure) -> None:
    """Raise CaseRefused if the law does not have this group of sanctions."""
    groups = range(1, rule.groups + 1)
    if taken.degree is not None and taken.degree not in groups:
        raise CaseRefused(
            sentence(
                "case {number}: {kind} has no group {degree}",
                number=number,
                kind=taken.kind,
                degree=taken.degree,
            ),
            sentence("omit the group, or give an existing group"),
        ).at("degree")
