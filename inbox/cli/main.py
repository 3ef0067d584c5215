"""The command line of the inbox: it parses words and prints results. The work is done in other rooms."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import click

from crypto.errors import CryptoError
from inbox.cli.lazy_group import Late
from inbox.cli.options import Closed, Door, officer_options
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import idle_timeout, memory, terminal
from inbox.text.lines import one_line

# The commands by topic, in the order in which users meet them, each with its module.
_COMMANDS = {
    "init": "inbox.cli.commands.setup:init",
    "keyring": "inbox.cli.commands.keys:keyring",
    "upgrade": "inbox.cli.commands.setup:upgrade",
    "session": "inbox.cli.shell:session",
    "desk": "inbox.desk.command:desk",
    "officers": "inbox.cli.commands.officers:officers_group",
    "collect": "inbox.cli.commands.exchange:collect_command",
    "enter": "inbox.cli.commands.exchange:enter",
    "list": "inbox.cli.commands.queue:list_command",
    "queue": "inbox.cli.commands.queue:queue",
    "views": "inbox.cli.commands.queue:views_group",
    "judge": "inbox.cli.commands.casework:judge",
    "junk": "inbox.cli.commands.queue:junk_command",
    "show": "inbox.cli.commands.case:show",
    "declare": "inbox.cli.commands.case:declare",
    "preview": "inbox.cli.commands.files:preview",
    "attachment": "inbox.cli.commands.files:attachment",
    "reply": "inbox.cli.commands.replies:reply",
    "unsend": "inbox.cli.commands.replies:unsend",
    "acknowledge": "inbox.cli.commands.replies:acknowledge",
    "templates": "inbox.cli.commands.replies:templates_command",
    "status": "inbox.cli.commands.replies:status",
    "outbox": "inbox.cli.commands.exchange:outbox_command",
    "identity": "inbox.cli.commands.access:identity",
    "disclosures": "inbox.cli.commands.access:disclosures_group",
    "dossier": "inbox.cli.commands.dossiers:dossier",
    "letter": "inbox.cli.commands.dossiers:letter_command",
    "access": "inbox.cli.commands.dossiers:access_group",
    "many": "inbox.cli.commands.casework:many_group",
    "note": "inbox.cli.commands.casework:note",
    "tag": "inbox.cli.commands.casework:tag",
    "assign": "inbox.cli.commands.casework:assign",
    "source-risk": "inbox.cli.commands.measures:source_risk",
    "credibility": "inbox.cli.commands.casework:credibility",
    "measure": "inbox.cli.commands.measures:measure",
    "tell": "inbox.cli.commands.measures:tell",
    "retract": "inbox.cli.commands.measures:retract",
    "close": "inbox.cli.commands.replies:close",
    "reopen": "inbox.cli.commands.replies:reopen",
    "backup": "inbox.cli.commands.setup:backup",
    "restore": "inbox.cli.commands.setup:restore",
    "quarantine": "inbox.cli.commands.access:quarantine_command",
    "minimise": "inbox.cli.commands.retention:minimise",
    "unopened": "inbox.cli.commands.retention:unopened_command",
    "discard": "inbox.cli.commands.retention:discard",
    "retention": "inbox.cli.commands.retention:retention_command",
    "visa": "inbox.cli.commands.retention:visa_group",
    "destroy": "inbox.cli.commands.retention:destroy",
    "register": "inbox.cli.commands.office:register_command",
    "sheet": "inbox.cli.commands.office:sheet_command",
    "consultation": "inbox.cli.commands.office:consultation",
    "destroyed": "inbox.cli.commands.retention:destroyed_command",
    "decide": "inbox.cli.commands.measures:decide",
    "timeline": "inbox.cli.commands.case:timeline_command",
    "oversight": "inbox.cli.commands.office:oversight_command",
    "extend": "inbox.cli.commands.replies:extend",
    "hold": "inbox.cli.commands.measures:hold",
    "settings": "inbox.cli.commands.office:settings",
    "law": "inbox.cli.commands.office:law_command",
    "days-off": "inbox.cli.commands.office:days_off",
    "sign-pages": "inbox.cli.commands.keys:sign_pages",
    "questionnaire": "inbox.cli.commands.office:questionnaire_command",
    "conflict": "inbox.cli.commands.access:conflict",
    "links": "inbox.cli.commands.casework:links_command",
    "link": "inbox.cli.commands.casework:link",
    "unlink": "inbox.cli.commands.casework:unlink",
    "handlers": "inbox.cli.commands.access:handlers_command",
    "open-archive": "inbox.cli.commands.access:open_archive",
    "break-glass": "inbox.cli.commands.access:break_glass",
    "journal": "inbox.cli.commands.journal:journal",
    "keys": "inbox.cli.commands.keys:keys_group",
    "card": "inbox.cli.commands.keys:card_command",
    "channels": "inbox.cli.commands.keys:channels",
}

_NOT_TYPED = sentence(
    "the command was right, but a file, the vault, or the program is at fault: restore a copy of what"
    " changed; if that does not help, report this to the maintainers of the program"
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 for done, 1 for refused, 2 for wrong usage."""
    terminal.silence_others()
    os.umask(0o077)
    # A suspended process would keep its keys for an unlimited time.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    terminal.lose_nothing()
    memory.forbid_dumps()
    memory.lock()
    try:
        status = run(arguments)
    except idle_timeout.Inactive:
        terminal.warn("")
        terminal.fail(
            Refused(sentence("nobody answered"), sentence("unfinished work was undone; start again"))
        )
        status = 1
    sys.exit(status)


def run(arguments: list[str] | None = None, door: Door | None = None) -> int:
    """Run one command, with an open ``door`` if there is one, and return the exit status.

    Refusals of the command are printed.
    """
    words = sys.argv[1:] if arguments is None else arguments
    try:
        _check_text(words)
        return int(commands.main(words, prog_name="inbox", standalone_mode=False, obj=door) or 0)
    except Refused as refused:
        terminal.fail(refused)
    except CryptoError as error:
        terminal.fail(Refused(sentence("{error}", error=library_errors.of_crypto(error)), _NOT_TYPED))
    except click.Abort:
        terminal.fail(Refused(sentence("stopped"), sentence("unfinished work was undone")))
    except click.ClickException as error:
        terminal.warn_all(_misused(error))
        return error.exit_code
    except OSError as error:
        what = error.filename or sentence("a file")
        terminal.fail(
            Refused(
                sentence("{what}: {error}", what=what, error=library_errors.of_system(error)),
                sentence("check the path, the medium and the free space"),
            )
        )
    return 1


def _misused(error: click.ClickException) -> Iterator[str]:
    """Yield the mistake in a command line. Its words, such as file names, may be hostile."""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        yield from error.ctx.get_usage().splitlines()
        yield f"Try '{error.ctx.command_path} --help' for help."
        yield ""
    yield f"Error: {one_line(error.format_message())}"


def _check_text(words: Sequence[str]) -> None:
    """Raise Refused unless all words are valid text, because neither vault nor journal can hold others."""
    for word in words:
        if any("\ud800" <= char <= "\udfff" for char in word):
            raise Refused(
                sentence("not valid text: {word}", word=word),
                sentence("set the terminal to UTF-8; rename a file with such a name"),
            )


@click.group(cls=Late, places=_COMMANDS)
@click.option("--home", type=click.Path(path_type=Path), help="The folder of the inbox.")
@officer_options
@click.pass_context
def commands(context: click.Context, home: Path | None) -> None:
    """Unseal, read, and answer reports, without a network."""
    if context.obj is None:
        context.obj = Closed(home)
    elif home is not None:
        raise click.UsageError("a session already has its home")
