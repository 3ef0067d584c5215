"""All files of the public site by path. These files are served, listed in the manifest, and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.questionnaire import Questionnaire
from portal.web import figures, pages

MISSING = "/404.html"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class File:
    """A file as a browser sees it. ``type`` is the media type without parameters."""

    type: str
    content: bytes


def files(site: pages.Site, questionnaire: Questionnaire) -> Mapping[str, File]:
    """Return the pages and the files they load, sorted by path. MISSING is the page for all other paths."""
    found = {path: File(HTML, page) for path, page in pages.render(site, questionnaire).items()}
    found |= {path: File(asset.type, asset.content) for path, asset in pages.files(site).items()}
    published = figures.load(site.figures_folder, site.figures_key).served
    found |= {path: File(kind, content) for path, (kind, content) in published.items()}
    found[pages.QUESTIONS] = File(pages.TEXT, questionnaire.raw)
    found[MISSING] = File(HTML, pages.missing(site, questionnaire))
    return dict(sorted(found.items()))
