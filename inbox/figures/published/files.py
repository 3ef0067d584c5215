"""The files of an edition for readers, by name. The same published files give the same bytes on any day."""

from collections.abc import Mapping, Sequence

from inbox.figures.published import data, edition, figures
from inbox.figures.published.edition import Imprint
from inbox.figures.published.page import page
from inbox.figures.published.paper import paper
from templates.catalogues import LANGUAGES


def files(
    plans: Sequence[bytes], releases: Mapping[int, bytes], year: int, imprint: Imprint
) -> Mapping[str, bytes]:
    """Return the pages, PDFs, CSV files and the JSON file of the edition for ``year``.

    ``plans`` and ``releases``, by year, are all files published so far. Raises ``Mismatched`` if their cells
    differ.
    """
    found = figures.read(plans, releases, year)
    name = f"edition-{year}"
    made = {f"{name}.json": data.as_json(found, imprint)}
    for language in LANGUAGES:
        document = edition.write(found, imprint, language)
        made |= {
            f"{name}.{language}.html": page(document),
            f"{name}.{language}.pdf": paper(document, imprint.day),
            f"{name}.{language}.csv": data.as_csv(found, language),
        }
    return made
