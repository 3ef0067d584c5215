"""The commands of the administrator's guide, for a run that follows the guide and nothing else."""

from tests.support import guides
from tests.support.paths import ROOT

_GUIDE = ROOT / "docs/deploying.md"


def commands(section: str = "Steps") -> list[str]:
    """Return every command in the code blocks of a section, each on one line, in the guide's order."""
    return guides.lines(guides.section(_GUIDE.read_text("utf-8"), section))


def titled(title: str) -> list[str]:
    """Return every command in the part whose first paragraph begins with this title in bold."""
    return guides.lines(guides.titled(_GUIDE.read_text("utf-8"), title))
