"""Ask the questionnaire at a terminal, question by question, in the order of the page (SPEC 5.5)."""

import re

from crypto.printable import visible
from crypto.questionnaire import Field, Kind, Questionnaire
from inbox.language.errors import Refused
from inbox.questionnaire import answers
from inbox.questionnaire.answers import Answer
from inbox.system import terminal

_HOW = {
    Kind.LINE: "press Enter to skip: ",
    Kind.CHOICE: "a number, or Enter to skip: ",
    Kind.CHOICES: "numbers separated by spaces, or Enter to skip: ",
    Kind.PERIOD: "a day such as 2026-11-24, or first/last, or Enter to skip: ",
}


def hold(asked: Questionnaire, language: str) -> dict[str, Answer]:
    """Ask the questions that the previous answers require, and return the answers. All are optional."""
    given: dict[str, Answer] = {}
    for section in asked.sections:
        title = section.title
        for field in section.fields:
            if field.id not in answers.shown(asked, given):
                continue
            if title:
                terminal.warn_all(["", visible(title.in_(language)).upper()])
                title = None
            if answer := _ask(field, language):
                given[field.id] = answer
    return given


def _ask(field: Field, language: str) -> Answer:
    terminal.warn_all(["", visible(field.label.in_(language))])
    if field.hint:
        terminal.warn(f"  ({visible(field.hint.in_(language))})")
    for place, option in enumerate(field.options, 1):
        terminal.warn(f"  {place:>2} {visible(option.label.in_(language))}")
    answer = _taken(field)
    chosen = answers.several(answer)
    for notice in (option.notice for option in field.options if option.id in chosen):
        if notice:
            terminal.warn(f"  ! {visible(notice.in_(language))}")
    return answer


def _taken(field: Field) -> Answer:
    """Repeat a question until its answer is valid, so that a mistake does not end the interview."""
    while True:
        try:
            answer = _answer(field)
        except Refused as refused:
            terminal.fail(refused)
            continue
        if not answer or not answers.oddity(field, answer):
            return answer
        terminal.warn(f"invalid: {_form(field)}")


def _answer(field: Field) -> Answer:
    if field.kind is Kind.TEXT:
        return terminal.ask_text("  the report").strip()
    typed = (terminal.ask_line(f"  {_HOW[field.kind]}") or "").strip()
    if field.kind in {Kind.LINE, Kind.PERIOD}:
        return typed
    numbers = re.findall(r"\S+", typed)
    chosen = tuple(_option(field, number) for number in numbers)
    return chosen if field.kind is Kind.CHOICES or len(chosen) > 1 else "".join(chosen)


def _option(field: Field, typed: str) -> str:
    """Return the id of the option with this number, or "?", which is never an id."""
    known = {str(place): option.id for place, option in enumerate(field.options, 1)}
    return known.get(typed, "?")


def _form(field: Field) -> str:
    if field.most and field.kind is not Kind.PERIOD:
        return f"at most {field.most} characters"
    return "see the possible answers above"
