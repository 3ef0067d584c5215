"""To which bodies the author of a report that is out of scope is directed (décret 2022-1284, article 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from sqlalchemy.orm import Session

from crypto.questionnaire import Texts
from crypto.toml_schema import BARE_KEY, Schema, map_of, table, texts
from inbox.language import toml_files
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.printed_text import Wording
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Setting

_WORDING = Wording(__package__, "referral.toml")
_SETTING = "referral-bodies"
_LONGEST = 1_000
_BODY = table({"name": texts(_LONGEST), "text": texts(_LONGEST)})
_FILE = Schema("the list of bodies", map_of(_BODY, BARE_KEY))


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its name, and how it is reached."""

    name: Texts
    text: Texts

    def said(self, language: str) -> str:
        """Return what its author is told when a report is out of scope; in English unless in French."""
        known = "fr" if language == "fr" else "en"
        begins = _WORDING.say("begins", known)
        return f"{begins}\n\n{self.name.in_(known)}\n{self.text.in_(known)}"


@dataclass(frozen=True, slots=True)
class InUse:
    """The bodies by id, and the file that lists them."""

    bodies: Mapping[str, Body]
    source: str


def bodies(session: Session) -> Mapping[str, Body]:
    """Return the bodies by id: those of this office, else those that come with the program."""
    return _parse(source(session).encode("utf-8"))


def source(session: Session) -> str:
    """Return the file in use: this office's own, else the one that comes with the program."""
    own = session.get(Setting, _SETTING)
    return own.value if own else files("inbox.replies").joinpath("referral_bodies.toml").read_text("utf-8")


def body(session: Session, body_id: str) -> Body:
    """Return the body of this id; CaseRefused if it is not on the list."""
    known = bodies(session)
    if body_id not in known:
        raise CaseRefused(
            sentence("the body is not on the list"), sentence("name one of: {known}", known=", ".join(known))
        )
    return known[body_id]


def listed(inbox: Inbox, who: Actor) -> InUse:
    """Return the bodies in use, and their file; raises as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_REFERRAL_BODIES)) as session:
        return InUse(bodies(session), source(session))


def replace(inbox: Inbox, who: Actor, raw: bytes) -> InUse:
    """Keep the list of this file instead, and return it; Refused if it is none, and as ``Inbox.acting``."""
    found = _parse(raw)
    with inbox.acting(who, action(Code.REPLACE_REFERRAL_BODIES)) as session:
        session.merge(Setting(name=_SETTING, value=raw.decode("utf-8")))
        return InUse(found, source(session))


def _parse(raw: bytes) -> Mapping[str, Body]:
    found = toml_files.read(_FILE, raw)
    return {body_id: Body(Texts(**row["name"]), Texts(**row["text"])) for body_id, row in found.items()}
