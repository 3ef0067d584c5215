"""Write the files of an edition into a folder: public ones to publish, restricted ones with exact figures.

The public folder has the edition as pages, PDFs and data, and everything that a reader needs to check it
without the inbox: all plans and release files so far, the certificate, and a signature of each file in the
format of minisign. The signing key is the card key: every inbox has one, and the office already signs
documents for outsiders with it. The record of the ceremony has its fingerprint on paper, and the
administrator of the portal enters it in the configuration (``figures_key``). The root key would not do,
because the inbox of an outside body does not have it.

No file contains the time of writing: on any later day, the folder is written with the same bytes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto import minisign, signing
from crypto.errors import Malformed
from crypto.minisign import SUFFIX, Unsigned
from inbox.figures import checker, titles
from inbox.figures.checker import Wrong
from inbox.figures.editions import Figures
from inbox.figures.published import data
from inbox.figures.published import files as readable
from inbox.figures.published.edition import Imprint
from inbox.language import marking
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import apart, atomic_files, given_files, media
from inbox.system.home import Home
from inbox.text import spreadsheets

PUBLIC, RESTRICTED = "public", "restricted"
KEY = "figures.pub"
_FIGURES, _PLAN, _CERTIFICATE = "figures-{}.json", "plan-{}.toml", "certificate-{}.json"
_DATA = "edition-{}.json"
_AGAIN = sentence("do not publish these files; get the whole folder again")
# The largest certificate, in bytes: a few witnesses for some hundred cells each, for twenty years.
_LARGEST = 256 << 20


def check_out(home: Home, out: Path) -> None:
    """Raise Refused in an exercise, if the folder exists, or if it would be on the portal's medium."""
    if marking.words():
        raise Refused(
            sentence("an exercise publishes no figures, because its reports are invented"),
            sentence("write an edition from the real inbox"),
        )
    if out.exists():
        raise Refused(
            sentence("{path} already exists", path=out),
            sentence("choose another --out: nothing is overwritten"),
        )
    # The exact figures must not go to a machine with a network.
    if not out.parent.is_dir() or media.is_carried(out.parent, home.root):
        apart.check(home, out.parent)


def write(home: Home, figures: Figures, out: Path) -> list[Path]:
    """Write an edition into a new folder; return the files. Raises the same errors as ``check_out``."""
    check_out(home, out)
    contents = {
        **{Path(PUBLIC, name): raw for name, raw in _signed(figures).items()},
        **{Path(RESTRICTED, name): raw for name, raw in _restricted(figures).items()},
    }
    for folder in (out, out / PUBLIC, out / RESTRICTED):
        atomic_files.make_folder(folder)
    for name, raw in contents.items():
        atomic_files.write(out / name, [raw])
    return [out / name for name in contents]


def public(figures: Figures) -> Mapping[str, bytes]:
    """Return the files to publish, by name, without signatures."""
    plans = {each.plan.first: each.plan.raw for each in figures.plans}
    licence = figures.plans[-1].plan.licence
    return {
        **{_PLAN.format(first): raw for first, raw in plans.items()},
        **{_FIGURES.format(year): raw for year, raw in figures.releases.items()},
        _CERTIFICATE.format(figures.year): figures.certificate,
        **readable.files(
            [*plans.values()],
            figures.releases,
            figures.year,
            Imprint(figures.office, figures.made, licence),
        ),
    }


@dataclass(frozen=True, slots=True)
class Checked:
    """A public folder that is in order: the year of its last edition, and the key of its signatures.

    ``key`` is the line with which minisign verifies the signatures (``minisign -P``). ``fingerprint`` is that
    of the same key, as in the record of the ceremony.
    """

    year: int
    key: str
    fingerprint: str


def check(folder: Path) -> Checked:
    """Check a public folder without the inbox: of one edition, or of several editions together.

    Raises Refused if a file is missing or does not belong there, if a signature is not valid, if a
    certificate does not protect the figures, or if the pages, PDFs and data of an edition are not those that
    this version of the program makes from the release files.
    """
    paths = sorted(folder.iterdir())
    if KEY not in [path.name for path in paths]:
        raise _not_public(folder)
    found = {path.name: given_files.content(path, _LARGEST) for path in paths}
    plans, releases, proofs = (_numbered(found, name) for name in (_PLAN, _FIGURES, _CERTIFICATE))
    if not plans or not releases:
        raise _not_public(folder)
    _check_signatures(found)
    named = {KEY}
    for name, numbered in ((_PLAN, plans), (_FIGURES, releases), (_CERTIFICATE, proofs)):
        named |= {name.format(number) for number in numbered}
    year = max(releases)
    for each in sorted({year, *proofs}):
        made = _checked(found, plans, releases, each)
        _check_readable(found, made)
        named |= made.keys()
    if others := sorted(name for name in found if name.removesuffix(SUFFIX) not in named):
        raise Refused(sentence("{name} does not belong to an edition", name=others[0]), _AGAIN)
    key = minisign.public_key(found[KEY])
    return Checked(year, found[KEY].split(b"\n")[1].decode(), signing.fingerprint(key))


def _not_public(folder: Path) -> Refused:
    return Refused(
        sentence("{folder} is not the public folder of an edition", folder=folder),
        sentence("give the folder that has the files plan-YEAR.toml and figures-YEAR.json"),
    )


def _checked(
    found: Mapping[str, bytes], plans: Mapping[int, bytes], releases: Mapping[int, bytes], year: int
) -> Mapping[str, bytes]:
    """Check the certificate of the edition for ``year``, and return its readable files as they should be.

    Raises Refused if a file is missing or the certificate does not protect the figures.
    """
    proof, said = _CERTIFICATE.format(year), _DATA.format(year)
    if missing := [name for name in (proof, said) if name not in found]:
        raise Refused(sentence("{name} is missing", name=missing[0]), _AGAIN)
    known = [raw for first, raw in sorted(plans.items()) if first <= year]
    before = {each: raw for each, raw in releases.items() if each <= year}
    try:
        checker.check(known, before, found[proof])
        return readable.files(known, before, year, data.imprint(found[said]))
    except (Wrong, Malformed, ValueError, KeyError, TypeError) as error:
        raise Refused(
            sentence("the certificate does not protect the figures: {why}", why=error), _AGAIN
        ) from error


def _check_signatures(found: Mapping[str, bytes]) -> None:
    """Raise Refused unless each file has a valid signature that names it."""
    try:
        minisign.verify_files(found, KEY)
    except Unsigned as error:
        raise Refused(sentence("{name} has no valid signature", name=error.name), _AGAIN) from error


def _check_readable(found: Mapping[str, bytes], made: Mapping[str, bytes]) -> None:
    """Raise Refused for the first readable file that differs from the file made from the release files."""
    for name, raw in made.items():
        if found.get(name) != raw:
            raise Refused(
                sentence("this version of the program makes a different {name} from the release", name=name),
                sentence(
                    "check the folder with the version of the program that wrote it; if that version refuses"
                    " it, too, do not publish these files"
                ),
            )


def _numbered(found: Mapping[str, bytes], name: str) -> dict[int, bytes]:
    form = re.compile(re.escape(name).replace(r"\{\}", "([0-9]{4})"))
    return {int(match[1]): raw for each, raw in found.items() if (match := form.fullmatch(each))}


def _signed(figures: Figures) -> Mapping[str, bytes]:
    files = public(figures)
    seed = figures.card_seed
    signatures = {
        f"{name}{SUFFIX}": minisign.sign(raw, seed, f"{figures.office.fr}: {name}")
        for name, raw in files.items()
    }
    return {**files, **signatures, KEY: minisign.public_file(signing.public_key(seed))}


def _restricted(figures: Figures) -> Mapping[str, bytes]:
    said = {
        "edition": figures.year,
        "office": {"fr": figures.office.fr, "en": figures.office.en},
        "made": figures.made.isoformat(),
        "plans": {str(each.plan.first): each.sha256.hex() for each in figures.plans},
        "cells": dict(sorted(figures.exact.items())),
    }
    # No public file has such a name, so the exact figures cannot replace published ones by mistake.
    name = f"{apart.EXACT}-{figures.year}"
    return {
        f"{name}.json": json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n",
        f"{name}.csv": spreadsheets.written([("cell", "fr", "en", "count"), *lines(figures)]),
    }


def lines(figures: Figures) -> Iterator[tuple[str, str, str, int]]:
    """Yield each cell of an edition with its French and its English title, and its exact count."""
    plans = [each.plan for each in figures.plans]
    for cell, count in figures.exact.items():
        title = titles.of(plans, cell)
        yield cell, title.fr, title.en, count
