"""The commands of the administrator's guide, for a run that follows the guide and nothing else."""

import re

from tests.support.paths import ROOT

_GUIDE = ROOT / "docs/deploying.md"
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CONTINUED = re.compile(r"\\\n\s*")


def commands(section: str = "Steps") -> list[str]:
    """Return every command in the code blocks of a section, each on one line, in the guide's order."""
    _, _, rest = _GUIDE.read_text("utf-8").partition(f"\n## {section}\n")
    text = rest.partition("\n## ")[0]
    blocks = [_CONTINUED.sub("", block) for _, block in _BLOCK.findall(text)]
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
