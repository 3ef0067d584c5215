"""The texts that may be sent to authors, and the bodies to which they are directed: seen, and replaced."""

from pathlib import Path

import click

from inbox.cli.options import Door, content_of, json_option, officer_options
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.replies import referral_bodies, templates
from inbox.system import atomic_files, terminal
from inbox.system.terminal import quoted
from inbox.text.printable import visible
from templates.catalogues import LANGUAGES


@click.command(name="templates")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write those in use into this file, to edit.")
@officer_options
@json_option
@click.pass_obj
def templates_command(door: Door, /, *, file: Path | None, out: Path | None, as_json: bool) -> None:
    """List the templates of replies, or use those of a FILE from now on."""
    if file is not None and out is not None:
        raise click.UsageError("give a file to use, or --out, not both")
    if out is not None and out.exists():
        raise Refused(
            sentence("{out} is already there", out=out),
            sentence("choose another --out, nothing is overwritten"),
        )
    raw = None if file is None else content_of(file)
    with door.opened() as (inbox, who):
        used = templates.listed(inbox, who) if raw is None else templates.adopt(inbox, who, raw)
    if out is not None:
        atomic_files.write(out, [used.source.encode("utf-8")])
    view = {"templates": [templates.view(each) for each in used.known.values()]}
    lines = [line for each in view["templates"] for line in _lines(each)]
    terminal.show(view, lines, as_json=as_json)


def _lines(each: View) -> list[str]:
    states = ", ".join(each["status"])
    return [
        "",
        f"{each['id']}: {visible(each['title']['en'])} ({states})",
        *(quoted(each["text"][language].strip()) for language in LANGUAGES),
    ]


@click.command(name="redirections")
@click.option("--replace", type=click.Path(path_type=Path), help="Keep the list in this TOML file instead.")
@officer_options
@json_option
@click.pass_obj
def redirections_command(door: Door, /, *, replace: Path | None, as_json: bool) -> None:
    """List the bodies to which the author of what is out of scope is directed."""
    raw = None if replace is None else content_of(replace)
    with door.opened() as (inbox, who):
        used = referral_bodies.listed(inbox, who) if raw is None else referral_bodies.replace(inbox, who, raw)
    view = {
        body_id: {
            "name": {"fr": each.name.fr, "en": each.name.en},
            "text": {"fr": each.text.fr, "en": each.text.en},
        }
        for body_id, each in used.bodies.items()
    }
    lines = [visible(f"{body_id}: {each.name.en}. {each.text.en}") for body_id, each in used.bodies.items()]
    terminal.show({"bodies": view}, lines, as_json=as_json)
