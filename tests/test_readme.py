"""What README promises is there, and what is there stands in the list of commands."""

import re
from pathlib import Path

import click
import pytest

from inbox.cli.main import commands as inbox
from portal.ops.cli import portal
from tests.support.command_tree import commands_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LIST = (ROOT / "docs" / "commands.md").read_text("utf-8")
COMMANDS = "\n".join(re.findall(r"^(?:portal|inbox) --.*$", LIST, re.MULTILINE))


@pytest.mark.parametrize("group", [inbox, portal], ids=["inbox", "portal"])
def test_every_command_is_listed_and_explains_itself(group: click.Group) -> None:
    """A command that the list leaves out is one that nobody finds."""
    found = commands_of(group)
    assert [name for name in found if not re.search(rf"(?<![\w-]){name}(?![\w-])", COMMANDS)] == []
    assert [name for name, command in found.items() if not command.help] == []


def test_every_local_link_leads_somewhere() -> None:
    """Files and pictures that README points to exist."""
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_pictures_are_small_and_have_a_caption() -> None:
    """Whoever reads on a slow line gets them, too; who cannot see them reads what they show."""
    pictures = re.findall(r"^!\[(.+?)\]\((.+?\.png)\)\n\n\*(.+?)\*$", README, re.MULTILINE | re.DOTALL)
    assert len(pictures) == README.count(".png")
    assert [name for _, name, _ in pictures if (ROOT / name).stat().st_size > 150_000] == []
