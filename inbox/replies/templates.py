"""Texts that officers may send to reporters, filled in for one case (décret 2022-1284, article 4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from string import Formatter

from sqlalchemy.orm import Session

from crypto.messages import Status
from crypto.questionnaire import Texts
from crypto.toml_lines import Path
from crypto.toml_schema import (
    IDENTIFIER,
    BadDocument,
    Document,
    Fault,
    Node,
    Schema,
    belongs,
    entry,
    list_of,
    one_of,
    table,
    texts,
)
from inbox.casework import prosecutor_word
from inbox.deadlines import workflow
from inbox.language import toml_files
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.replies import status_preview
from inbox.replies.status_preview import Page
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases, queries_office
from inbox.vault.casework_tables import Setting
from templates.catalogues import LANGUAGES

OWN = "text"
# What `inbox extend` tells the author.
EXTENSION = "extension"
FIELDS = ("name", "status", "received", "next_by", "feedback_by", OWN)
LONGEST = 4_000
_SETTING = "replies"


@dataclass(frozen=True, slots=True)
class Template:
    """A text under its id; ``status`` and ``outcome`` say for which cases it is proposed."""

    id: str
    title: Texts
    status: tuple[Status, ...]
    text: Texts
    outcome: str | None = None

    @property
    def takes_own_words(self) -> bool:
        """Whether it is nothing without an officer's words for the case."""
        return OWN in _fields(self.text.en)


_TEMPLATE = table(
    {
        "id": IDENTIFIER,
        "title": texts(),
        "status": list_of(one_of(tuple(Status))),
        "text": texts(LONGEST),
    },
    {"outcome": IDENTIFIER},
)
_FILE = Schema("templates", table({"template": list_of(_TEMPLATE)}))


@dataclass(frozen=True, slots=True)
class InUse:
    """The templates by id, and the file that has them."""

    known: Mapping[str, Template]
    source: str


def parse(raw: bytes, outcomes: Collection[str]) -> Mapping[str, Template]:
    """Return the templates of a TOML file by id, in their order.

    Refused names the first mistake, also an outcome that is not among these, which the law has.
    """
    document = toml_files.document(_FILE, raw)
    found: dict[str, Template] = {}
    try:
        for n, row in enumerate(document.value["template"]):
            path, place = ("template", n), entry("template", n + 1, row)
            _check_text(document, (*path, "text"), place, Texts(**row["text"]))
            if row["id"] in found:
                raise document.mismatch((*path, "id"), Fault.WRONG, belongs("own-id"))
            if row.get("outcome", "") not in {"", *outcomes}:
                said = belongs("one-of", known=", ".join(outcomes))
                raise document.mismatch((*path, "outcome"), Fault.WRONG, said)
            found[row["id"]] = _template(row)
    except BadDocument as error:
        raise toml_files.refused(error) from error
    return found


def source(session: Session) -> str:
    """Return the file in use: this office's own, else the one that comes with the program."""
    own = session.get(Setting, _SETTING)
    return own.value if own else files("inbox.replies").joinpath("replies.toml").read_text("utf-8")


def known(session: Session) -> Mapping[str, Template]:
    """Return the templates in use by id."""
    return parse(source(session).encode("utf-8"), in_use.of(session).outcomes)


def listed(inbox: Inbox, who: Actor) -> InUse:
    """Return the templates in use, and their file; raises as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_TEMPLATES)) as session:
        return InUse(known(session), source(session))


def adopt(inbox: Inbox, who: Actor, raw: bytes) -> InUse:
    """Use the templates of this file from now on, and return them.

    Raises Refused as ``parse``, and as ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.ADOPT_TEMPLATES)) as session:
        found = parse(raw, in_use.of(session).outcomes)
        session.merge(Setting(name=_SETTING, value=raw.decode("utf-8")))
        return InUse(found, source(session))


def takes_own_words(inbox: Inbox, template_id: str) -> bool:
    """Tell whether there is such a template, and it is nothing without words of an officer's own."""
    with inbox.transaction() as session:
        template = known(session).get(template_id)
    return template is not None and template.takes_own_words


def view(template: Template) -> View:
    """Return a template as a value for JSON."""
    return {
        "id": template.id,
        "title": {"fr": template.title.fr, "en": template.title.en},
        "status": [str(each) for each in template.status],
        "outcome": template.outcome,
        "text": {"fr": template.text.fr, "en": template.text.en},
        "own_words": template.takes_own_words,
    }


def proposed(session: Session, number: int) -> list[Template]:
    """Return the templates for a case as it is now: by its status, and by its outcome once it has one."""
    status = Status(queries_cases.case(session, number).status)
    outcome = workflow.of(session, number).outcome
    return [
        each
        for each in known(session).values()
        if status in each.status and (not outcome or each.outcome in {None, outcome})
    ]


def fill(session: Session, number: int, template_id: str, own: str, today: date) -> str:
    """Return a template filled in for a case, in the language of its author.

    Raises CaseRefused for an unknown template or case, if ``own`` words are missing or have no place in it,
    if it names a day that this case does not have, tells of more time that was not taken, or an outcome for
    which the prosecutor's word is missing.
    """
    template = known(session).get(template_id)
    if template is None:
        raise CaseRefused(
            sentence("there is no template {template_id}", template_id=template_id),
            sentence("see them: inbox templates"),
        )
    if template.takes_own_words is not bool(own.strip()):
        raise CaseRefused(*_OWN_WORDS[template.takes_own_words])
    if template_id == EXTENSION and not workflow.of(session, number).extended:
        raise CaseRefused(
            sentence("it tells of more time, which was not taken"),
            sentence("take it and tell the author: inbox extend {number} --reason TEXT", number=number),
        )
    if template.outcome and prosecutor_word.forbids(session, number, template.outcome):
        raise prosecutor_word.refused(session, number)
    page = status_preview.page_of(session, number)
    text = template.text.in_(page.language)
    values = _values(session, number, page, today) | {OWN: own.strip()}
    for field in _fields(text):
        if not values.get(field):
            raise CaseRefused(
                sentence("the template names {field}, which this case does not have", field=field),
                sentence("take another"),
            )
    return text.strip().format_map(values)


_OWN_WORDS = {
    True: (
        sentence("this template needs words of your own"),
        sentence("give them with --text or --text-file, or type them"),
    ),
    False: (
        sentence("this template has no place for words of your own"),
        sentence("send them without --template"),
    ),
}


def _values(session: Session, number: int, page: Page, today: date) -> dict[str, str]:
    case = queries_cases.case(session, number)
    feedback = workflow.feedback_due(session, number, today)
    return {
        "name": page.name,
        "status": page.say(f"status-{case.status}"),
        "received": page.day(case.received),
        "next_by": page.day(today + timedelta(days=queries_office.office(session).answer_days)),
        "feedback_by": page.day(feedback.day) if feedback.is_waiting and not feedback.sent else "",
    }


def _template(row: Node) -> Template:
    return Template(
        row["id"],
        Texts(**row["title"]),
        tuple(map(Status, row["status"])),
        Texts(**row["text"]),
        row.get("outcome"),
    )


def _check_text(document: Document, path: Path, place: str, text: Texts) -> None:
    """Raise BadDocument for a text that cannot be filled in, or not alike in both languages."""
    for language in LANGUAGES:
        try:
            strays = _fields(text.in_(language)) - set(FIELDS)
        except ValueError as error:
            said = f"{place}: 'text' in {language} has a brace without its other"
            raise document.refused((*path, language), said) from error
        if strays:
            said = f"{place}: 'text' in {language} names {min(strays)!r}; known are {', '.join(FIELDS)}"
            raise document.refused((*path, language), said)
    if _fields(text.fr) != _fields(text.en):
        raise document.refused(path, f"{place}: 'text' names other values in fr than in en")


def _fields(text: str) -> set[str]:
    """Return what stands between braces; ValueError for a brace without its other."""
    return {
        field + (f"!{how}" if how else "") + (f":{form}" if form else "")
        for _, field, form, how in Formatter().parse(text)
        if field is not None
    }
