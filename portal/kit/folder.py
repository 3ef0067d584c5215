"""All files of the kit, written into a new folder completely or not at all."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal import files
from portal.errors import Refused, why
from portal.kit.card import card
from portal.kit.deployment import Deployment
from portal.kit.intranet import intranet
from portal.kit.notes import notes
from portal.kit.poster import SCALES, poster
from portal.kit.slide import slide

# Everybody may read the kit: it contains only what the inspectorate publishes.
_FOLDER, _FILE = 0o755, 0o644


def make(texts: Mapping[str, Mapping[str, Any]], deployment: Deployment) -> dict[str, bytes]:
    """Return the content of each file, by its path in the folder; raises Refused if a text does not fit."""
    return {
        f"{language}/{name}": content
        for language, said in texts.items()
        for name, content in _files(said, language, deployment).items()
    }


def _files(texts: Mapping[str, Any], language: str, deployment: Deployment) -> dict[str, bytes]:
    posters = {
        f"poster-{size}.pdf": poster(texts, language, deployment, scale) for size, scale in SCALES.items()
    }
    return posters | {
        "card.pdf": card(texts, language),
        "slide.pdf": slide(texts, language, deployment),
        "notes.pdf": notes(texts, language, deployment),
        "intranet.txt": intranet(texts, language, deployment),
    }


def write(folder: Path, kit: Mapping[str, bytes]) -> None:
    """Write the files, with the same time on all of them.

    Raises Refused if the folder exists and is not empty, or cannot be written. Then nothing has changed.
    """
    # `fanal-portal run` starts in `/`: messages name the place that a relative path means there.
    folder = folder.absolute()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Refused(f"{folder} exists and is not an empty folder", "name a new folder")
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".", suffix=".part"))
        try:
            for name, content in kit.items():
                _write(draft / name, content)
            draft.chmod(_FOLDER)
            draft.replace(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise Refused(
            f"the kit was not written to {folder}: {why(error)}",
            "name a new folder in a folder that you may write to, by its full path, and check the free space",
        ) from error


def _write(file: Path, content: bytes) -> None:
    if not file.parent.exists():
        file.parent.mkdir()
        file.parent.chmod(_FOLDER)
    files.write(file, [content], _FILE)
    files.set_fixed_time(file)
