"""Change the office's reply templates, letters and authorities, one entry at a time, after a preview.

Reply templates belong to the office. Letters and authorities belong to the law in use, so changing them puts
a new version of the law into use. Two officers must confirm each change.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from inbox.dossiers import letters
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import changes, entries, in_use
from inbox.law.changes import Change
from inbox.law.entries import FORMS, Edit, Kind
from inbox.replies import templates
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.setup import law as laws
from inbox.setup.law import Plan
from templates.catalogues import LANGUAGES
from templates.law.rules import FIELDS, LETTER_FIELDS, PERSON_FIELDS, Addressee, Authority, Law, Reply


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries of a kind by code, as in their file, and the law in use.

    ``is_own`` is true if the entries belong to the office, so that a new law does not change them.
    """

    entries: Mapping[str, Mapping[str, Any]]
    law: Law
    is_own: bool

    def codes(self, key: str) -> Sequence[str]:
        """Return the codes of the law that the part with this key may have."""
        known = {"outcome": self.law.outcomes, "decision": self.law.told_by_reply}
        return sorted(known.get(key, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A file with a changed entry, its changes, and an example of the entry in each language.

    ``sha256`` (hex) identifies this exact result. ``law`` is the plan for the new law, or
    None for a file of replies. A removed entry has no example.
    """

    edit: Edit
    raw: bytes
    sha256: str
    changes: Sequence[Change]
    examples: Mapping[str, str]
    law: Plan | None

    @property
    def loosens(self) -> bool:
        """Whether the officers must confirm that the law gets looser."""
        return self.law is not None and self.law.loosens

    def is_looser(self, change: Change) -> bool:
        """Return whether a change loosens the law, or is part of a change that loosens the law."""
        looser = self.law.looser if self.law else ()
        return any(f"{change.key}.".startswith(f"{each.key}.") for each in looser)


def read(inbox: Inbox, who: Actor, kind: Kind) -> Listed:
    """Return the entries of a kind; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, _reading(kind)) as session:
        is_own = kind is Kind.REPLY and templates.has_own(session)
        return Listed(entries.in_file(kind, _source(session, kind)), in_use.of(session), is_own)


def plan(inbox: Inbox, who: Actor, edit: Edit) -> Planned:
    """Return the planned change of an entry; nothing changes yet.

    Raises FileRefused for a mistake in the entry. Raises Refused if the edit changes nothing. Also raises
    the same errors as ``entries.edited``, ``laws.plan`` and ``Inbox.acting``.
    """
    name = FORMS[edit.kind].file
    with inbox.acting(who, _reading(edit.kind)) as session:
        before = _source(session, edit.kind)
        raw = entries.edited(before, edit)
        if raw == before:
            raise Refused(sentence("the entry is unchanged"), sentence("change something, or leave the page"))
        files = {**in_use.files(session), name: raw}
        law = in_use.of(session)
        replies = templates.parse(raw, law) if edit.kind is Kind.REPLY else {}
    planned = None if edit.kind is Kind.REPLY else laws.plan(inbox, who, files)
    with inbox.transaction() as session:
        template = replies.get(edit.code)
        examples = (
            _of_law(session, edit, planned.law) if planned else _of_replies(session, template, who.today)
        )
    return Planned(
        edit=edit,
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest() if planned is None else planned.law.sha256.hex(),
        changes=[*changes.in_file(name, before, raw)],
        examples=examples,
        law=planned,
    )


def adopt(inbox: Inbox, who: Actor, planned: Planned, seen: str, *, loosening: bool) -> None:
    """Put a changed entry into use; ``seen`` is the hash of the preview. Two officers confirm.

    Raises Refused if the result differs from the preview, for example after a change by another officer. Also
    raises the same errors as ``templates.adopt`` and ``laws.adopt``.
    """
    if planned.sha256 != seen:
        raise Refused(
            sentence("the change differs from its preview"), sentence("look at the preview again, then go on")
        )
    if planned.law is None:
        templates.adopt(inbox, who, planned.raw)
    else:
        laws.adopt(inbox, who, planned.law, loosening=loosening)


def places(kind: Kind, entry: Mapping[str, Any]) -> Sequence[str]:
    """Return the placeholders that the text of an entry may contain."""
    match kind:
        case Kind.REPLY:
            return FIELDS
        case Kind.LETTER:
            return PERSON_FIELDS if entry.get("to") == Addressee.PERSON else LETTER_FIELDS
        case Kind.AUTHORITY:
            return ()


def _reading(kind: Kind) -> Action:
    return action(Code.LIST_TEMPLATES if kind is Kind.REPLY else Code.LIST_SETTINGS)


def _source(session: Session, kind: Kind) -> bytes:
    if kind is Kind.REPLY:
        return templates.source(session).encode("utf-8")
    return in_use.files(session)[FORMS[kind].file]


def _of_replies(session: Session, template: Reply | None, today: date) -> Mapping[str, str]:
    """Return an example of a template, by language; the example of a removed template is empty."""
    return {each: templates.example(session, template, each, today) for each in LANGUAGES if template}


def _of_law(session: Session, edit: Edit, law: Law) -> Mapping[str, str]:
    """Return an example of a letter or an authority, by language; the example of a removed entry is empty."""
    if edit.kind is Kind.LETTER:
        return {each: letters.example(session, law.letters[edit.code], each) for each in LANGUAGES}
    authority = law.authorities.get(edit.code)
    return {each: _read_out(authority, each) for each in LANGUAGES if authority}


def _read_out(authority: Authority, language: str) -> str:
    address = [authority.address] if authority.address else []
    return "\n\n".join(each.in_(language) for each in (authority.name, authority.reach, *address))
