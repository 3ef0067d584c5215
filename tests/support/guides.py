"""The commands in the code blocks of a guide, in the order of the page."""

import re

_BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_CONTINUED = re.compile(r"\\\n\s*")


def lines(text: str) -> list[str]:
    """Return each line of shell in the code blocks of a page, joined if it continues on the next line."""
    blocks = (block for _, block in _BLOCK.findall(text))
    joined = (line.strip() for block in blocks for line in _CONTINUED.sub("", block).splitlines())
    return [line for line in joined if line]


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


def run_as_portal(line: str) -> str:
    """Return the command of `portal` that a line with `fanal-portal run` starts.

    Return other lines unchanged.
    """
    return re.sub("^fanal-portal run (?!-)", "portal ", line)
