"""Templates of texts to reporters, which officers fill in for one case (décret 2022-1284, article 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from crypto import unseen
from inbox.casework import prosecutor_word
from inbox.deadlines import office as practice
from inbox.deadlines import workflow
from inbox.language import labels, toml_files
from inbox.language.errors import CaseRefused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.law import in_use
from inbox.law.codes_in_use import OWN_REPLIES
from inbox.replies import status_preview
from inbox.replies.status_preview import Page
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_cases, queries_office
from inbox.vault.casework_tables import Setting
from templates.law import checks, reader
from templates.law.rules import OWN, Event, Law, Reply
from templates.law.schemas import REPLIES


@dataclass(frozen=True, slots=True)
class InUse:
    """The templates by id, and the text of the file that contains them."""

    known: Mapping[str, Reply]
    source: str


def parse(raw: bytes, law: Law) -> Mapping[str, Reply]:
    """Return the templates of a TOML file by id, in the order of the file.

    Raises Refused, which names the first mistake. Unknown outcomes and decisions are also mistakes.
    """
    document = toml_files.document(REPLIES, raw)
    extends = any(each.extension for each in law.clocks.values())
    for mistake in checks.replies(
        document, law.outcomes, law.told_by_reply, extends=extends, untold=law.untold
    ):
        raise toml_files.refused(mistake)
    return reader.replies(document)


def source(session: Session) -> str:
    """Return the text of the file in use: this office's own file, or otherwise the file of the law."""
    own = session.get(Setting, OWN_REPLIES)
    return own.value if own else in_use.files(session)["replies.toml"].decode("utf-8")


def known(session: Session) -> Mapping[str, Reply]:
    """Return the templates in use by id."""
    own = session.get(Setting, OWN_REPLIES)
    return reader.replies(REPLIES.read(own.value.encode())) if own else in_use.of(session).replies


def has_own(session: Session) -> bool:
    """Return whether this office has its own templates, which a new law does not change."""
    return session.get(Setting, OWN_REPLIES) is not None


def listed(inbox: Inbox, who: Actor) -> InUse:
    """Return the templates in use, and their file; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_TEMPLATES)) as session:
        return InUse(known(session), source(session))


def adopt(inbox: Inbox, who: Actor, raw: bytes) -> InUse:
    """Use the templates of this file from now on, and return them; requires two officers.

    The file defines which template informs the reporter of a decision. If one officer were enough, that
    officer could declare any text to be such a template. Raises the same errors as ``parse`` and
    ``Inbox.acting``.
    """
    with inbox.transaction() as session:
        parse(raw, in_use.of(session))  # Parse first, so that officers never confirm an invalid file.
    with inbox.acting(who, action(Code.ADOPT_TEMPLATES)) as session:
        found = parse(raw, in_use.of(session))
        session.merge(Setting(name=OWN_REPLIES, value=raw.decode("utf-8")))
        return InUse(found, source(session))


def takes_own_words(inbox: Inbox, template_id: str) -> bool:
    """Return whether the template exists and requires an officer's own words."""
    with inbox.transaction() as session:
        template = known(session).get(template_id)
    return template is not None and template.takes_own_words


def extension_takes_own_words(inbox: Inbox) -> bool:
    """Return whether the template for an extension requires an officer's own words."""
    with inbox.transaction() as session:
        return any(each.extends and each.takes_own_words for each in known(session).values())


def extension(session: Session) -> str:
    """Return the id of the template for an extension; raises CaseRefused if there is none."""
    found = next((code for code, each in known(session).items() if each.extends), None)
    if found is None:
        raise CaseRefused(
            sentence("no template tells the reporter of an extension"),
            sentence(
                "add a template with extends = true to the templates in use: inbox message template export"
                " --out FILE; inbox message template replace FILE"
            ),
        )
    return found


def acknowledging(session: Session) -> str:
    """Return the id of a template that acknowledges a report; ``parse`` ensures that there is one."""
    return next(code for code, each in known(session).items() if each.acknowledges)


def view(template: Reply) -> View:
    """Return a template as a value for JSON."""
    return {
        "id": template.code,
        "title": {"fr": template.title.fr, "en": template.title.en},
        "status": [str(each) for each in template.status],
        "outcome": template.outcome,
        "closes": template.closes,
        "asks": template.asks,
        "answers": template.answers,
        "text": {"fr": template.text.fr, "en": template.text.en},
        "own_words": template.takes_own_words,
    }


def fill(session: Session, number: int, template_id: str, own: str, today: date) -> str:
    """Return the text of a template filled in for a case, in the language of its reporter.

    ``own`` follows an acknowledgement. Without an id, return only the ``own`` text. Raises CaseRefused:

    - if the template or the case is unknown;
    - if the template requires an officer's own words, and ``own`` has no letter or digit;
    - if ``own`` has words, but the template accepts none (``Reply.accepts_own_words``);
    - if the template names a day that this case does not have;
    - if the template announces an extension, but the time was not extended;
    - if the template is about an outcome that requires the prosecutor's word, and the word is missing.
    """
    if not template_id:
        return own
    template = known(session).get(template_id)
    if template is None:
        raise CaseRefused(
            sentence("there is no template {template_id}", template_id=template_id),
            sentence("see all templates: inbox message template list"),
        )
    _check_own(template, own)
    if template.extends and not workflow.of(session, number).extended:
        raise CaseRefused(
            sentence("this template tells the reporter of an extension, but the time was not extended"),
            sentence(
                "extend the time and tell the reporter: inbox case extend {number} --reason TEXT",
                number=number,
            ),
        )
    if template.outcome and prosecutor_word.forbids(session, number, template.outcome):
        raise prosecutor_word.refused(session, number)
    page = status_preview.page_of(session, number)
    text = template.text.in_(page.language)
    values = _values(session, number, page, today, acknowledging=template.acknowledges) | {OWN: own.strip()}
    for field in template.fields:
        if not values.get(field):
            raise CaseRefused(
                sentence(
                    "the template names {field}, which this case does not have",
                    field=labels.named("place", field),
                ),
                sentence("choose another template"),
            )
    filled = text.strip().format_map(values)
    follows = unseen.says_anything(own) and not template.takes_own_words
    return f"{filled}\n\n{own.strip()}" if follows else filled


def _check_own(template: Reply, own: str) -> None:
    if template.takes_own_words and not unseen.says_anything(own):
        raise CaseRefused(
            sentence("this template needs words of your own"),
            sentence("give your words with --text or --text-file, or type them"),
        )
    if own.strip() and not template.accepts_own_words:
        raise CaseRefused(
            sentence("this template has no place for words of your own"),
            sentence("send your text as a second reply, without --template"),
        )


def example(session: Session, template: Reply, language: str, today: date) -> str:
    """Return a template as the reporter of a report from today would read it, with placeholders.

    The status is the first status for which the template is proposed.
    """
    office = queries_office.office(session)
    page = Page(language, office.called(language))
    answered = next(each for each in in_use.of(session).clocks.values() if each.ends is Event.ANSWERED)
    values = {
        "name": page.name,
        "status": page.say(f"status-{template.status[0]}"),
        "received": page.day(today),
        "next_by": page.day(today + timedelta(days=office.answer_days)),
        "feedback_by": page.day(answered.within[0].after(today, practice.of(session).calendar.legal)),
        OWN: f"[{labels.of('place')[OWN].in_(language)}]",
    }
    return template.text.in_(language).strip().format_map(values)


def for_case(session: Session, number: int, today: date, templates: Mapping[str, Reply]) -> Mapping[str, str]:
    """Return each of these templates by id, filled in for a case in the language of its reporter.

    Names in brackets stand for officers' own words and for values that the case does not have. Raises
    CaseRefused for an unknown case.
    """
    page = status_preview.page_of(session, number)
    open_places = {code: f"[{label.in_(page.language)}]" for code, label in labels.of("place").items()}

    def places(*, acknowledging: bool) -> Mapping[str, str]:
        values = _values(session, number, page, today, acknowledging=acknowledging)
        return open_places | {name: each for name, each in values.items() if each}

    known_of = {each: places(acknowledging=each) for each in (False, True)}
    return {
        code: each.text.in_(page.language).strip().format_map(known_of[each.acknowledges])
        for code, each in templates.items()
    }


def by_officers(session: Session, template_id: str, text: str, own: str) -> str:
    """Return the part of ``text``, a filled-in template, that officers wrote.

    For a template of the law, the result is only the officers' ``own`` text. For a template that the office
    changed or added, it is the complete text. ``template_id`` must be in use, or empty.
    """
    if not template_id:
        return own
    of_law = in_use.of(session).replies.get(template_id)
    return own if of_law and of_law.text == known(session)[template_id].text else text


def _values(session: Session, number: int, page: Page, today: date, *, acknowledging: bool) -> dict[str, str]:
    case = queries_cases.case(session, number)
    feedback = workflow.feedback_due(session, number, today, acknowledging=acknowledging)
    return {
        "name": page.name,
        "status": page.say(f"status-{case.status}"),
        "received": page.day(case.received),
        "next_by": page.day(today + timedelta(days=queries_office.office(session).answer_days)),
        "feedback_by": page.day(feedback.day) if feedback.is_waiting and not feedback.sent else "",
    }
