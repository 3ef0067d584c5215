"""The pages of a portal. A portal renders its pages at each start; a test process renders them only once.

The pages depend on the settings, the questions, and the folders of law and guides. A portal has its own pages
if it has other settings, questions or folders.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from crypto.questionnaire import Questionnaire
from portal.web import pages
from portal.web.pages import Site

T = TypeVar("T")
# Without a limit, the pages of every site that a test makes would be kept.
_MOST = 8


def remember() -> None:
    """Render only once in this process and its forks. ``inspect.unwrap`` gives the real renderer."""
    pages.render = _once(pages.render)
    pages.missing = _once(pages.missing)
    pages.answers = _once(pages.answers)


def _once(made: Callable[[Site, Questionnaire], T]) -> Callable[[Site, Questionnaire], T]:
    known: dict[object, T] = {}

    @functools.wraps(made)
    def remembered(site: Site, questionnaire: Questionnaire) -> T:
        shown = (
            *(site.deployment, site.root_key, site.leave_to, site.regime, repr(questionnaire)),
            *(site.name, site.colour, _picture(site.logo_path)),
            *map(_content, (site.law_folder, site.guide_folder)),
            *(_editions(site.figures_folder), site.figures_key),
        )
        if shown not in known:
            if len(known) == _MOST:
                known.clear()
            known[shown] = made(site, questionnaire)
        return known[shown]

    return remembered


def _picture(path: Path | None) -> bytes:
    return path.read_bytes() if path and path.is_file() else b""


def _content(folder: Path) -> tuple[tuple[str, bytes], ...]:
    return tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*.toml")))


def _editions(folder: Path | None) -> tuple[tuple[str, bytes], ...]:
    return tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*"))) if folder else ()
