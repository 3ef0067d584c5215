"""What README promises is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_pictures_are_small_and_have_a_caption() -> None:
    """Whoever reads on a slow line gets them, too; who cannot see them reads what they show."""
    pictures = re.findall(r"^!\[(.+?)\]\((.+?\.png)\)\n\n\*(.+?)\*$", README, re.MULTILINE | re.DOTALL)
    assert len(pictures) == README.count(".png")
    assert [name for _, name, _ in pictures if (ROOT / name).stat().st_size > 150_000] == []
