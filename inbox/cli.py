"""The command line of the inbox: words in, words out; the work is done elsewhere."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from inbox import memory, patience, running, terminal
from inbox.commands import (
    access,
    answering,
    backing,
    cards,
    closing,
    collecting,
    conflicts,
    deciding,
    declaring,
    desk,
    dossiers,
    entering,
    files,
    founding,
    handlers,
    identities,
    journal,
    junk,
    keeping,
    keys,
    links,
    measuring,
    minimising,
    officers,
    overseeing,
    pages,
    practice,
    quarantine,
    questionnaires,
    queueing,
    reading,
    replying,
    retention,
    session,
    templates,
    upgrading,
    work,
)
from inbox.errors import Refused
from inbox.options import Closed, Door, officer_options


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 refused, 2 usage."""
    sys.excepthook = terminal.crash
    os.umask(0o077)
    # A stopped process would keep its keys, and wait for nobody.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    terminal.lose_nothing()
    memory.forbid_dumps()
    memory.lock()
    try:
        status = run(arguments)
    except patience.Inactive:
        terminal.warn("")
        terminal.fail(Refused("nobody answered", "what was not finished was undone; start again"))
        status = 1
    sys.exit(status)


def run(arguments: list[str] | None = None, door: Door | None = None) -> int:
    """Run one command, behind a door that is open already if there is one; return the exit status."""
    return running.run(commands, arguments, door)


@click.group()
@click.option("--home", type=click.Path(path_type=Path), help="The folder of the inbox.")
@officer_options
@click.pass_context
def commands(context: click.Context, home: Path | None) -> None:
    """Unseal, read, and answer reports; no network."""
    if context.obj is None:
        context.obj = Closed(home)
    elif home is not None:
        raise click.UsageError("a session has its home")


for command in (
    founding.init,
    founding.keyring,
    upgrading.upgrade,
    session.session,
    desk.desk,
    officers.officers_group,
    collecting.collect_command,
    entering.enter,
    reading.list_command,
    queueing.queue,
    queueing.judge,
    junk.junk_command,
    reading.show,
    declaring.declare,
    files.preview,
    files.attachment,
    replying.reply,
    templates.templates_command,
    answering.status,
    answering.outbox_command,
    identities.identity,
    identities.disclosures_group,
    dossiers.dossier,
    access.access_command,
    work.note,
    work.tag,
    work.assign,
    measuring.source_risk,
    measuring.measure,
    measuring.tell,
    closing.close,
    closing.reopen,
    closing.redirections_command,
    backing.backup,
    backing.restore,
    quarantine.quarantine_command,
    minimising.minimise,
    retention.retention_command,
    retention.destroy,
    retention.eliminations_command,
    deciding.decide,
    overseeing.timeline_command,
    overseeing.oversight_command,
    keeping.extend,
    keeping.hold,
    practice.settings,
    practice.days_off,
    pages.sign_pages,
    questionnaires.questionnaire_command,
    conflicts.conflict,
    links.links_command,
    links.link,
    links.unlink,
    handlers.handlers_command,
    handlers.break_glass,
    journal.journal,
    keys.keys_group,
    cards.card_command,
    cards.channels,
):
    commands.add_command(command)
