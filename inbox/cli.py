"""The command line of the inbox: words in, words out; the work is done elsewhere."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from inbox import memory, patience, running, terminal
from inbox.errors import Refused
from inbox.late import Late
from inbox.options import Closed, Door, officer_options
from inbox.sentences import sentence

# What they do, in the order in which one meets them; which module has it.
_COMMANDS = {
    "init": "inbox.commands.founding:init",
    "keyring": "inbox.commands.founding:keyring",
    "upgrade": "inbox.commands.upgrading:upgrade",
    "session": "inbox.commands.session:session",
    "desk": "inbox.commands.desk:desk",
    "officers": "inbox.commands.officers:officers_group",
    "collect": "inbox.commands.collecting:collect_command",
    "enter": "inbox.commands.entering:enter",
    "list": "inbox.commands.reading:list_command",
    "queue": "inbox.commands.queueing:queue",
    "judge": "inbox.commands.queueing:judge",
    "junk": "inbox.commands.junk:junk_command",
    "show": "inbox.commands.reading:show",
    "declare": "inbox.commands.declaring:declare",
    "preview": "inbox.commands.files:preview",
    "attachment": "inbox.commands.files:attachment",
    "reply": "inbox.commands.replying:reply",
    "templates": "inbox.commands.templates:templates_command",
    "status": "inbox.commands.answering:status",
    "outbox": "inbox.commands.answering:outbox_command",
    "identity": "inbox.commands.identities:identity",
    "disclosures": "inbox.commands.identities:disclosures_group",
    "dossier": "inbox.commands.dossiers:dossier",
    "access": "inbox.commands.access:access_command",
    "many": "inbox.commands.many:many_group",
    "note": "inbox.commands.work:note",
    "tag": "inbox.commands.work:tag",
    "assign": "inbox.commands.work:assign",
    "source-risk": "inbox.commands.measuring:source_risk",
    "credibility": "inbox.commands.measuring:credibility",
    "measure": "inbox.commands.measuring:measure",
    "tell": "inbox.commands.measuring:tell",
    "retract": "inbox.commands.measuring:retract",
    "close": "inbox.commands.closing:close",
    "reopen": "inbox.commands.closing:reopen",
    "redirections": "inbox.commands.closing:redirections_command",
    "backup": "inbox.commands.backing:backup",
    "restore": "inbox.commands.backing:restore",
    "quarantine": "inbox.commands.quarantine:quarantine_command",
    "minimise": "inbox.commands.minimising:minimise",
    "retention": "inbox.commands.retention:retention_command",
    "destroy": "inbox.commands.retention:destroy",
    "eliminations": "inbox.commands.retention:eliminations_command",
    "decide": "inbox.commands.deciding:decide",
    "timeline": "inbox.commands.overseeing:timeline_command",
    "oversight": "inbox.commands.overseeing:oversight_command",
    "extend": "inbox.commands.keeping:extend",
    "hold": "inbox.commands.keeping:hold",
    "settings": "inbox.commands.practice:settings",
    "days-off": "inbox.commands.practice:days_off",
    "sign-pages": "inbox.commands.pages:sign_pages",
    "questionnaire": "inbox.commands.questionnaires:questionnaire_command",
    "conflict": "inbox.commands.conflicts:conflict",
    "links": "inbox.commands.links:links_command",
    "link": "inbox.commands.links:link",
    "unlink": "inbox.commands.links:unlink",
    "handlers": "inbox.commands.handlers:handlers_command",
    "break-glass": "inbox.commands.handlers:break_glass",
    "journal": "inbox.commands.journal:journal",
    "keys": "inbox.commands.keys:keys_group",
    "card": "inbox.commands.cards:card_command",
    "channels": "inbox.commands.cards:channels",
}


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
        terminal.fail(
            Refused(sentence("nobody answered"), sentence("what was not finished was undone; start again"))
        )
        status = 1
    sys.exit(status)


def run(arguments: list[str] | None = None, door: Door | None = None) -> int:
    """Run one command, behind a door that is open already if there is one; return the exit status."""
    return running.run(commands, arguments, door)


@click.group(cls=Late, places=_COMMANDS)
@click.option("--home", type=click.Path(path_type=Path), help="The folder of the inbox.")
@officer_options
@click.pass_context
def commands(context: click.Context, home: Path | None) -> None:
    """Unseal, read, and answer reports; no network."""
    if context.obj is None:
        context.obj = Closed(home)
    elif home is not None:
        raise click.UsageError("a session has its home")
