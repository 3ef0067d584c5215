"""The command with which the office takes in what parties send."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from draws import arrivals, messages
from draws.ceremony import Ceremony, CeremonyRefused
from draws.cli import options, stages
from draws.language import all_said, said
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.system import given_files, terminal
from templates.command_line import FILE, json_option


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a message: ``state`` is accepted, known or refused."""

    name: str
    state: str
    told: Sentence
    refused: Refused | None = None


@click.command()
@options.draw_argument
@click.argument("file", metavar="[FILE…]", type=FILE, nargs=-1)
@click.option("--line", help="A message as one line, as a scanner of QR codes types it; - asks for it.")
@json_option
def accept(*, folder: Path, file: tuple[Path, ...], line: str | None, as_json: bool) -> None:
    """Take in the messages of parties: commitments, signatures, reveals.

    Signatures of minisign are accepted, too. Each message is accepted or refused on its own, and has its own
    line in the answer. A message that is there already changes nothing.
    """
    draw = options.opened(folder)
    answers = []
    for path in (None, *file) if line else file:
        draw, answer = _taken(draw, path, line or "")
        answers.append(answer)
    refused = [each for each in answers if each.refused]
    if len(answers) == 1 and (only := answers[0].refused):
        raise only
    view, line = stages.shown(draw)
    view["messages"] = [all_said(_view(each)) for each in answers]
    options.tell(view, *_lines(answers), line, as_json=as_json)
    if refused:
        raise CeremonyRefused(
            sentence("refused: {count} of {total} messages", count=len(refused), total=len(answers)),
            sentence("the others were taken in; nothing was changed by those that were refused"),
        )


def _taken(draw: Ceremony, path: Path | None, line: str) -> tuple[Ceremony, _Answer]:
    """Return the draw after a message in a file or, without a path, in a line, and its answer."""
    name = str(path) if path else "--line"
    try:
        arrived = arrivals.accept(draw, given_files.content(path) if path else _read(line))
    except (Refused, OSError) as error:
        refused = options.of_system(error) if isinstance(error, OSError) else error
        what = library_errors.of_system(error) if isinstance(error, OSError) else error.what
        return draw, _Answer(name, "refused", what, refused)
    return arrived.draw, _Answer(name, "known" if arrived.is_known else "accepted", arrived.what)


def _read(line: str) -> bytes:
    """Return the message in a line; for ``-``, ask for the line."""
    if line == "-":
        line = terminal.ask_line(said(sentence("the line that the scanner types:")) + " ") or ""
    return messages.from_line(line)


def _view(answer: _Answer) -> dict[str, object]:
    told: dict[str, object] = {"file": answer.name, "state": answer.state, "told": answer.told}
    return told | ({"hint": answer.refused.hint} if answer.refused else {})


def _lines(answers: list[_Answer]) -> Iterator[Sentence]:
    for each in answers:
        if each.refused:
            yield sentence("{file}: refused: {what}", file=each.name, what=each.told)
            yield sentence("hint: {hint}", hint=each.refused.hint)
        elif each.state == "known":
            yield sentence("{file}: {what} is there already", file=each.name, what=each.told)
        else:
            yield sentence("{file}: accepted: {what}", file=each.name, what=each.told)
