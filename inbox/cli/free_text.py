"""Texts that officers choose freely. Texts typed at a prompt do not stay in the history of a shell."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import click

from inbox.system import terminal
from templates.command_line import Asking, Option

# A function that decides, from the other values of a command, whether a text is needed.
Needed: TypeAlias = Callable[[Mapping[str, Any]], bool]
# If an option has the value ``-``, the program asks for the text.
ASK = "-"


class _Unanswered(click.MissingParameter):
    """A text is missing, and the program cannot ask anybody for it."""

    hint = f"give the text, or run this at a terminal, which asks for it; the value {ASK} also asks for it"


class _Empty(click.MissingParameter):
    """The program asked for a text, but the answer was empty."""

    hint = "the answer was empty: run the command again, and type the text"


class _Text(Asking, click.Parameter):
    """The program asks for this text if its value is ``-``, or if the text is ``needed`` but missing.

    ``needed`` may be a function, if it depends on the other values of the command. If a text is missing and
    not needed, it is empty.
    """

    def __init__(self, *arguments: Any, question: str, needed: bool | Needed = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.question = question
        self.needed = needed

    def complete(self, context: click.Context) -> None:
        """Ask for the text; raise UsageError if there is no terminal, no home or no answer."""
        name = str(self.name)
        given = context.params.get(name)
        is_needed = self.needed(context.params) if callable(self.needed) else self.needed
        if self.multiple:
            texts = given or ((ASK,) if is_needed else ())
            context.params[name] = tuple(self._typed(context) if each == ASK else each for each in texts)
        elif given == ASK or (given is None and is_needed):
            context.params[name] = self._typed(context)
        elif given is None and callable(self.needed):
            context.params[name] = ""

    def _typed(self, context: click.Context) -> Any:
        if not terminal.is_interactive():
            raise _Unanswered(ctx=context, param=self)
        if context.obj is not None:
            # Without a home, the command cannot run. ``root`` raises UsageError before anybody types a text.
            _ = context.obj.root
        if not (text := (terminal.ask_line(f"{self.question}: ") or "").strip()):
            raise _Empty(ctx=context, param=self)
        return self.callback(context, self, text) if self.callback else text


class TextOption(_Text, Option):
    """An option whose text the program can ask for."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        """Return the option's row in ``--help``, with a note if the program asks for a missing text."""
        row = super().get_help_record(context)
        when = "needed" if callable(self.needed) else "missing"
        return (row[0], f"{row[1]}  [asked for if {when}]") if row and self.needed else row


class TextArgument(_Text, click.Argument):
    """An argument whose text the program can ask for."""
