"""Write the files of an edition into a folder: public ones to publish, restricted ones with exact figures.

The public folder has everything that a reader needs to check the edition without the inbox: all plans and
public files so far, the certificate, and a signature of each file in the format of minisign. The signing key
is the card key: the office signs documents for outsiders with it, every inbox has one, and the keyring
publishes its public half. The root's key would not do, because other inboxes of the channel do not have it;
the journal's key is not in the keyring.

No file has a time: the folder is written on any later day with the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from crypto import minisign, signing
from inbox.figures import checker, layout
from inbox.figures.checker import Wrong
from inbox.figures.editions import Figures
from inbox.figures.plan import Plan
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import apart, atomic_files, given_files, media
from inbox.system.home import Home
from inbox.text import spreadsheets

PUBLIC, RESTRICTED = "public", "restricted"
KEY = "figures.pub"
_SIGNATURE = ".minisig"
_FIGURES, _PLAN, _CERTIFICATE = "figures-{}.json", "plan-{}.toml", "certificate-{}.json"
# The largest certificate, in bytes: a few witnesses for some hundred cells each, for twenty years.
_LARGEST = 256 << 20


def check_out(home: Home, out: Path) -> None:
    """Raise Refused if the folder of an edition exists, or would be on the portal's medium."""
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
    return {
        **{_PLAN.format(each.plan.first): each.plan.raw for each in figures.plans},
        **{_FIGURES.format(year): raw for year, raw in figures.releases.items()},
        _CERTIFICATE.format(figures.year): figures.certificate,
    }


def check(folder: Path) -> int:
    """Check a public folder without the inbox, and return the year of its edition.

    Raises Refused if a file is missing or the certificate does not protect the figures. The signatures are
    not checked: minisign does that.
    """
    plans = _numbered(folder, _PLAN)
    releases = _numbered(folder, _FIGURES)
    if not plans or not releases:
        raise Refused(
            sentence("{folder} is not the public folder of an edition", folder=folder),
            sentence("give the folder that has the files plan-YEAR.toml and figures-YEAR.json"),
        )
    year = max(releases)
    proof = given_files.content(folder / _CERTIFICATE.format(year), _LARGEST)
    try:
        checker.check([raw for _, raw in sorted(plans.items())], releases, proof)
    except (Wrong, ValueError, KeyError, TypeError) as error:
        raise Refused(
            sentence("the certificate does not protect the figures: {why}", why=error),
            sentence("do not publish these files; get the whole folder again"),
        ) from error
    return year


def _numbered(folder: Path, name: str) -> dict[int, bytes]:
    before, after = name.split("{}")
    found = sorted(folder.glob(f"{before}[0-9][0-9][0-9][0-9]{after}"))
    return {int(path.name[len(before) : -len(after)]): given_files.content(path) for path in found}


def _signed(figures: Figures) -> Mapping[str, bytes]:
    files = dict(public(figures))
    seed = figures.card_seed
    signatures = {
        f"{name}{_SIGNATURE}": minisign.sign(raw, seed, f"{figures.office}: {name}")
        for name, raw in files.items()
    }
    return {**files, **signatures, KEY: minisign.public_file(signing.public_key(seed))}


def _restricted(figures: Figures) -> Mapping[str, bytes]:
    said = {
        "edition": figures.year,
        "office": figures.office,
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
    under = next(each.plan for each in reversed(figures.plans) if each.plan.first <= figures.year)
    for cell, count in figures.exact.items():
        yield cell, _title(under, cell, "fr"), _title(under, cell, "en"), count


def _title(under: Plan, cell: str, language: str) -> str:
    """Return the title of a cell: its period, and the titles of its totals, tables and groups."""
    period, *path = cell.split("/")
    if path == [layout.OPEN]:
        return cell
    if len(path) == 1:
        return f"{period}, {under.totals[path[0]].title.in_(language)}"
    said = [period]
    for table, group in zip(path[::2], path[1::2], strict=True):
        each = under.tables[table]
        label = next(one.label for one in each.groups if one.id == group)
        said.append(f"{each.title.in_(language)} - {label.in_(language)}")
    return ", ".join(said)
