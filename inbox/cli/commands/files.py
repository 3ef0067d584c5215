"""Preview a file of a case, or write out its original bytes."""

from collections.abc import Iterator
from pathlib import Path

import click

from crypto.printable import visible
from inbox.cli.options import Door, case_argument, opens_inbox, out_file, reason_needed
from inbox.files import attachments, previews
from inbox.files.attachments import Which
from inbox.language.views import View
from inbox.overview import case_view
from inbox.system import terminal
from inbox.system.terminal import quoted
from templates.command_line import FILE, NUMBER

_TAB = 4
_HOSTILE = (
    "this writes the reporter's original file: it may attack the program that opens it, and may reveal who"
    " the reporter is. To look at a file without opening it: inbox file preview"
)
_number_argument = click.argument("number", type=NUMBER)


@click.command()
@case_argument
@_number_argument
@click.option("--page", type=NUMBER, default=1, help="The page of a PDF, or of a file with several pictures.")
@click.option("--out", type=FILE, help="Write the rendered page to this PNG file.")
@opens_inbox
def preview(  # noqa: PLR0913 - one parameter for each option
    door: Door, /, *, case: int, number: int, page: int, out: Path | None, as_json: bool
) -> None:
    """Preview one file of a case in the sandbox, so that no other program opens the file."""
    with door.opened() as (inbox, who):
        seen = previews.preview(inbox, who, Which(case, number), page)
        if out is not None:
            seen.write(inbox.home, out)
    view = {"case": case, "file": None if out is None else str(out)} | seen.view
    terminal.show(view, _lines(view), as_json=as_json)


@click.command()
@case_argument
@_number_argument
@out_file
@reason_needed
@opens_inbox
def attachment(  # noqa: PLR0913 - one parameter for each option
    door: Door, /, *, case: int, number: int, out: Path, reason: str, as_json: bool
) -> None:
    """Write the original bytes of a file, even if they are hostile. This command requires two officers."""
    if not as_json:  # Warn before officers type their passphrases.
        terminal.warn(f"warning: {_HOSTILE}")
    with door.opened() as (inbox, who):
        written = attachments.extract(inbox, who, Which(case, number), reason, out)
    said = f"wrote {written.size} bytes, digest verified; do not trust this file"
    view = {"case": case, "file": str(out)} | case_view.attachment(written) | {"warning": _HOSTILE}
    terminal.show(view, [said], as_json=as_json)


def _lines(view: View) -> Iterator[str]:
    yield f"file {view['number']} of case {view['case']}: {view['size']} bytes, {visible(view['true_type'])}"
    yield "name, declared type:"
    yield quoted("\n".join(part for part in (view["name"], view["type"]) if part) or "no name")
    yield f"SHA-256 {view['sha256']}"
    yield from (visible(line) for line in (view["measure"],) if line)
    for title, kind in (("metadata", "metadata"), ("contents", "entries")):
        if view[kind]:
            yield f"{title}:"
            yield quoted("\n".join(view[kind]))
    if view["not_shown"]:
        yield f"not shown: {visible(view['not_shown'])}"
    if view["text"]:
        yield "its text:"
        yield quoted(view["text"].expandtabs(_TAB))
    yield from _pixels(view)


def _pixels(view: View) -> Iterator[str]:
    width, height = view["pixels"]
    if not width:
        return
    pages = f"page {view['page']} of {view['pages']}, {width} x {height} pixels"
    yield f"{pages}: {view['file']}" if view["file"] else f"{pages}; to see it: --out FILE.png"
