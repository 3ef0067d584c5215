"""Every French text for reporters and on the kit, with its file, and the sentences that are too hard.

`python -m tests.support.reporter_texts` lists these sentences, the hardest first. A sentence is too hard with
a score below 62, and too long with more than 25 words.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.kit import texts as kit
from portal.web import scenarios
from templates import catalogues, shipped
from templates.catalogues import Domain
from tests.support.french import of_catalogue, of_toml
from tests.support.paths import ROOT
from tests.support.readability import ease, fails, judged, length

_LAW = shipped.JURISDICTIONS / "fr"
# Reporters read these texts on the answer page, or on a sheet from an officer.
_OF_THE_INBOX = ("inbox/replies/referral.toml", "inbox/exchange/token_sheet.toml")
_FIELD = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
_TYPED = re.compile(r"`[^`]*`|https?:\S+")


def texts() -> Iterator[tuple[str, str]]:
    """Yield each text with the file that contains it. Values are filled in."""
    for place, text in _sources():
        yield place, _TYPED.sub("X", _FIELD.sub(_filled, text))


def hard() -> dict[str, str]:
    """Return each sentence that is too hard or too long, with its file, the hardest first."""
    found = {each: place for place, text in texts() for each in judged(text) if fails(each)}
    return dict(sorted(found.items(), key=lambda each: ease(each[0])))


def _sources() -> Iterator[tuple[str, str]]:
    for text in of_catalogue(Domain.PUBLIC):
        yield _named(catalogues.path(Domain.PUBLIC, "fr")), text
    for path in (
        shipped.QUESTIONNAIRE,
        *(ROOT / "portal").glob("*.fr.toml"),
        scenarios.SHIPPED,
        kit.SHIPPED,
        *map(ROOT.joinpath, _OF_THE_INBOX),
    ):
        document = tomllib.loads(path.read_text("utf-8"))
        for text in of_toml(document, french_here=path.name.endswith(".fr.toml")):
            yield _named(path), text
    for file, value in _of_the_law():
        for text in of_toml(value, french_here=False):
            yield _named(_LAW / file), text


def _of_the_law() -> Iterator[tuple[str, Any]]:
    """Yield the texts of the law that reporters read, on pages or in replies of officers."""
    law, authorities, replies = (_law(f"{name}.toml") for name in ("law", "authorities", "replies"))
    yield "law.toml", [regime["reporters"] for regime in law["regime"].values()]
    yield (
        "authorities.toml",
        [
            authorities["reporters"],
            [each["text"] for each in authorities["guarantee"].values()],
            [each["reach"] for each in authorities["authority"].values()],
        ],
    )
    yield "replies.toml", [reply["text"] for reply in replies["reply"].values()]


def _law(file: str) -> Any:
    return tomllib.loads((_LAW / file).read_text("utf-8"))


def _filled(field: re.Match[str]) -> str:
    """Return a text that a page could show in place of a field."""
    reporters = _law("authorities.toml")["reporters"]
    told = {"do": "danger", "whom": "advice", "instead": "instead"}
    name = field[1] or field[2]
    if name in told:
        return str(reporters[told[name]]["fr"])
    return {"day": "lundi 7 décembre", "received": "sous 7 jours", "answered": "sous 3 mois"}.get(
        name, "sept"
    )


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def main() -> None:
    """List the hard sentences."""
    for each, place in hard().items():
        sys.stdout.write(f"score {ease(each):3.0f}, {length(each):2} words, {place}: {each}\n")


if __name__ == "__main__":
    main()
