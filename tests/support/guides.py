"""The commands in the code blocks of a guide, in the order of the page."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

ANY_BLOCK = re.compile(r"^( *)```[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
# A command in a sentence is in backticks. A program's name alone is not a command.
_IN_SENTENCE = re.compile(r"`((?:inbox|portal|fanal-portal)\s[a-z-][^`]*)`")
_DEBIAN = ("apt", "chown", "curl", "mount", "nginx", "rm", "swapoff", "systemctl", "umount")
_OF_DEBIAN = re.compile(rf"`((?:{'|'.join(_DEBIAN)})\s[^`]*)`")
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_CONTINUED = re.compile(r"\\\n\s*")


def lines(text: str) -> list[str]:
    """Return each line of shell in the code blocks of a page, joined if it continues on the next line."""
    blocks = (block for _, block in _BLOCK.findall(text))
    joined = (line.strip() for block in blocks for line in _CONTINUED.sub("", block).splitlines())
    return [line for line in joined if line]


def in_sentences(text: str) -> list[str]:
    """Return the commands of our programs that the sentences of a page contain, each on one line."""
    return _found(_IN_SENTENCE, text)


def of_debian(text: str) -> list[str]:
    """Return the commands of Debian's programs that the sentences of a page contain, each on one line."""
    return _found(_OF_DEBIAN, text)


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [" ".join(each.split()) for each in pattern.findall(ANY_BLOCK.sub("", text))]


def titled(text: str, title: str) -> str:
    """Return the part of a page whose first paragraph begins with this title in bold.

    The part ends before the next title. Raise ValueError if the title is missing.
    """
    _, found, rest = text.partition(f"\n**{title}** ")
    if not found:
        raise ValueError(title)
    return re.split(r"\n\*\*|\n## ", rest, maxsplit=1)[0]


def section(text: str, heading: str) -> str:
    """Return the section of a page below a heading of the second level.

    Raise ValueError if the section is missing.
    """
    _, found, rest = text.partition(f"\n## {heading}\n")
    if not found:
        raise ValueError(heading)
    return rest.partition("\n## ")[0]


def folder_of_inbox(commands: Sequence[str], home: Path) -> set[str]:
    """Type the commands that set the folder of the inbox, as a user whose home is ``home``.

    Return the folder that is set after the commands, and the folder that is set after the next login.
    """
    shown = 'printf "%s" "$FANAL_HOME"'
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    logins = (["sh", "-e", "-c", "\n".join([*commands, shown])], ["sh", "-l", "-c", shown])
    return {
        subprocess.run(each, env=environment, check=True, capture_output=True, text=True).stdout
        for each in logins
    }


def run_as_portal(line: str) -> str:
    """Return the command of `portal` that a line with `fanal-portal run` starts.

    Return other lines unchanged.
    """
    return re.sub("^fanal-portal run (?!-)", "portal ", line)
