"""The words of the inbox and of the public pages in French and English, each by its English source."""

from templates import catalogues
from templates.catalogues import Domain


def text(language: str, english: str) -> str:
    """Return what officers read: a text of the desk's templates, or a sentence of the inbox."""
    return catalogues.text(catalogues.load(Domain.OFFICERS, language), english)


def public(language: str, english: str) -> str:
    """Return what reporters read: a text of the public pages."""
    return catalogues.text(catalogues.load(Domain.PUBLIC, language), english)
