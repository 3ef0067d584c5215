"""Translations of the texts of the inbox and of the public pages, looked up by the English source."""

from templates import catalogues
from templates.catalogues import Domain


def text(language: str, english: str) -> str:
    """Return the translation of a text for officers, from the desk's templates or the inbox's messages."""
    return catalogues.text(catalogues.load(Domain.OFFICERS, language), english)


def public(language: str, english: str) -> str:
    """Return the translation of a text for reporters, from the public pages."""
    return catalogues.text(catalogues.load(Domain.PUBLIC, language), english)
