"""The two languages of the desk."""

from templates import catalogues

LANGUAGES = {language: catalogues.name(language) for language in catalogues.LANGUAGES}
