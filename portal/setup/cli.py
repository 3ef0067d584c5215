"""The command line of `fanal-portal`, for root on the portal's machine."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from crypto import signing
from portal import terminal
from portal.errors import Refused
from portal.ops import running
from portal.setup import answers as remembered
from portal.setup import plan, portal_user, steps
from portal.setup.answers import Answers
from portal.setup.certificates import Certificate
from portal.setup.conditions import no_upgrade
from portal.setup.databases import Tables
from portal.setup.pages import Pages
from portal.setup.settings import HOSTNAME
from portal.setup.signed_list import SignedList
from portal.setup.steps import Found, State, Step
from portal.setup.system import System, content
from templates import command_line
from templates.command_line import FILE, FOLDER, HELP_NAMES, Group, json_option


def main() -> NoReturn:
    """Run the command on the command line, and exit with the code that ``run`` returns."""
    running.begin()
    sys.exit(run())


def run(words: Sequence[str] | None = None) -> int:
    """Run a command; return 0 if it succeeded, 1 if it was refused, 2 for wrong usage or answers."""
    return running.run(fanal_portal, "fanal-portal", words)


@click.group(
    cls=Group,
    branch=command_line.read(Path(__file__).with_name("commands.toml")),
    context_settings={"help_option_names": [*HELP_NAMES], "max_content_width": command_line.COLUMNS},
)
@command_line.version_option()
def fanal_portal() -> None:
    """Do nothing, because the subcommand does the work."""


@click.command()
@click.option(
    "--answers",
    "file",
    type=FILE,
    help="A file with all answers; /usr/share/doc/fanal-portal/docs/deploying.md explains it. Without this"
    " file, setup asks questions.",
)
@click.option(
    "--check",
    is_flag=True,
    help="List each step, and change nothing. The command exits with 0 if all steps are done, and with 1"
    " otherwise. Before the first setup, without a file of answers, only the machine is checked.",
)
@json_option
def setup(*, file: Path | None, check: bool, as_json: bool) -> None:
    """Do every installation step that is not done yet; a second run does nothing.

    If a step fails, that step is undone, and the earlier steps stay done. Run the command again after each
    change to the configuration, the certificate or the signed list of pages. If setup ends with an error, the
    next run offers the typed answers as defaults, until the machine is restarted.
    """
    system = own_machine()
    draft = system.at(remembered.DRAFT)
    answers = remembered.read(file) if file else _remembered(system)
    if check and not (answers := answers or remembered.read_draft(draft)):
        tell_states(steps.checked(plan.without_answers(system)), as_json=as_json)
        return
    answers = answers or remembered.ask(draft)
    if file and not as_json:
        terminal.say(
            f"fingerprint of the root key in {file}: {signing.fingerprint(answers.root.root_key)}; the papers"
            " of the officers must show the same fingerprint"
        )
    found = plan.steps(system, answers)
    if check:
        tell_states(steps.checked(found), as_json=as_json)
        return
    try:
        if as_json:
            _tell_installed(system, answers, found)
        else:
            tell_done(steps.apply(found), as_json=False)
    except Refused as error:
        if not file and draft.exists():
            error.hint += "; the next run of `fanal-portal setup` offers your answers as defaults"
        raise
    if not as_json:
        terminal.say(
            "the portal runs, and starts at each boot; `fanal-portal run doctor` says what is still missing"
        )


@click.command()
@json_option
def certificate(*, as_json: bool) -> None:
    """Install the renewed certificate of the clearnet site, and let nginx load it.

    The command gets the certificate and its key from ACME, or from the files that were named during setup. If
    browsers would refuse the certificate, nothing is changed.
    """
    system = own_machine()
    answers = _installed(system)
    if not answers.clearnet:
        raise Refused("this portal has no clearnet site", "an onion service needs no certificate")
    if not tell_done(steps.apply([Certificate(system, answers)]), as_json=as_json) and not as_json:
        terminal.say("this certificate is already installed")


@click.command()
@click.argument("folder", type=FOLDER)
@json_option
def publish(*, folder: Path, as_json: bool) -> None:
    """Publish the pages with the list that `inbox exchange sign-pages` wrote to FOLDER.

    If a visitor's check would reject the list, nothing is changed. Another run with the same list does
    nothing.
    """
    system = own_machine()
    _installed(system)
    found: list[Step] = [no_upgrade(system), SignedList(system, folder), Pages(system)]
    if not tell_done(steps.apply(found), as_json=as_json) and not as_json:
        terminal.say("these pages and this list are already published")


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("words", metavar="COMMAND…", nargs=-1, required=True, type=click.UNPROCESSED)
def run_portal(*, words: tuple[str, ...]) -> None:
    """Run a command of `portal`, such as `export`, with this portal's configuration.

    The command runs as the portal's user. Nothing in the memory of the command reaches a
    disk, and nothing about the command is written to the journal. Work in a root shell, because `sudo` writes
    to the journal. Give the full path of each file, because the command starts in `/`.
    """
    found = no_upgrade(own_machine()).check()
    if found.state is not State.DONE:
        raise Refused(found.what, found.hint)
    program, *rest = portal_user.by_hand(words)
    os.execvp(program, [program, *rest])  # noqa: S606 - no shell reads these words


@click.command()
@json_option
def uninstall(*, as_json: bool) -> None:
    """Stop the portal and its services, and list what remains on the machine.

    Nothing is deleted: reports may be waiting. `apt purge fanal-portal` then removes the program.
    """
    system = own_machine()
    answers = _installed(system)
    steps.undo(plan.steps(system, answers))
    left = plan.left(system, answers)
    if as_json:
        terminal.data({"left": left})
        return
    terminal.say("the portal is stopped, and does not start again. Delete by hand what you no longer need:")
    for line in left:
        terminal.say(f"  {line}")


def own_machine() -> System:
    """Return this machine. Raises Refused unless root runs the command."""
    if os.geteuid() != 0:
        raise Refused("this command changes the whole machine", "run this command as root")
    return System()


def _installed(system: System) -> Answers:
    answers = _remembered(system)
    if answers is None:
        raise Refused("`fanal-portal setup` installed nothing here", "nothing was changed")
    return answers


def _remembered(system: System) -> Answers | None:
    kept = system.at(remembered.FILE)
    return remembered.read(kept) if kept.exists() else None


def tell_done(done: Iterable[Step], *, as_json: bool) -> int:
    """Print each step as soon as it is done, or all steps at the end as JSON; return their number."""
    told = []
    for step in done:
        told.append({"step": step.title, "said": step.said})
        if not as_json:
            terminal.say(f"done: {step.title}")
            if step.said:
                terminal.say(f"  {step.said}")
    if as_json:
        terminal.data(told)
    return len(told)


def _tell_installed(system: System, answers: Answers, found: Sequence[Step]) -> None:
    """Do the steps, and print as JSON what a person must note or compare, even if a later step fails."""
    done: list[Mapping[str, str]] = []
    fingerprint = None
    try:
        for step in steps.apply(found):
            done.append({"step": step.title, "said": step.said})
            if isinstance(step, Tables):
                fingerprint = step.fingerprint
    finally:
        address = content(system.at(HOSTNAME)) if answers.onion else None
        terminal.data(
            {
                "root_key_fingerprint": signing.fingerprint(answers.root.root_key),
                "portal_fingerprint": fingerprint,
                "onion": f"http://{address.decode('ascii').strip()}" if address else None,
                "done": done,
            }
        )


def tell_states(checked: Iterable[tuple[Step, Found]], *, as_json: bool) -> None:
    """Print the state of each step, and exit with 1 unless all steps are done."""
    found = [*checked]
    if as_json:
        terminal.data(
            [
                {
                    "step": step.title,
                    "state": state.state.value,
                    "what": state.what,
                    "hint": state.hint,
                    "expires": state.expires,
                }
                for step, state in found
            ]
        )
    else:
        for step, state in found:
            what = f": {state.what}" if state.what else ""
            terminal.say(f"{state.state.value}: {step.title}{what}")
            if state.hint:
                terminal.say(f"  hint: {state.hint}")
    if any(state.state is not State.DONE for _, state in found):
        click.get_current_context().exit(1)
