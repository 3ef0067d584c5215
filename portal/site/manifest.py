"""The manifest of the pages, which is made from a checkout, signed offline, and then published (SPEC 7.5)."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask, Response

from crypto import pages
from crypto.errors import CryptoError
from crypto.pages import Page, Pages
from crypto.questionnaire import Questionnaire
from crypto.signing import LARGEST_FILE
from portal import files
from portal.config import Settings
from portal.errors import BadConfiguration, why
from portal.site import site_files
from portal.web import headers

FOLDER = "/.well-known/fanal/"


@dataclass(frozen=True, slots=True)
class Signed:
    """manifest.json, both parsed and raw, and manifest.sig."""

    pages: Pages
    raw: bytes
    signature: bytes


def make(settings: Settings, questionnaire: Questionnaire, serial: int, valid_until: date) -> bytes:
    """Return manifest.json for the site that this checkout serves with these settings."""
    site = site_files.files(settings, questionnaire).items()
    return pages.encode(
        Pages(
            deployment=settings.deployment_id,
            serial=serial,
            valid_until=valid_until,
            policy=headers.POLICY,
            files=tuple(Page(path, file.type, hashlib.sha256(file.content).digest()) for path, file in site),
        )
    )


def load(settings: Settings) -> Signed | None:
    """Return the signed manifest from the settings, or None; raises BadConfiguration if it is invalid."""
    folder = settings.manifest_path
    if folder is None:
        return None
    raw, signature = (_read(folder / name) for name in (pages.MANIFEST, pages.SIGNATURE))
    try:
        opened = pages.open_pages(
            raw, signature, root_key=settings.root_public, deployment=settings.deployment_id
        )
    except CryptoError as error:
        raise BadConfiguration(
            f"the page manifest in {folder} is not signed by `root_key` for `deployment`: {error}",
            "sign it with `inbox exchange sign-pages`, or leave `manifest` empty",
        ) from error
    return Signed(opened, raw, signature)


def init_app(app: Flask, signed: Signed | None) -> None:
    """Serve the two files of the manifest, if there is one."""
    if signed is None:
        return
    for name, content, kind in (
        (pages.MANIFEST, signed.raw, "application/json"),
        (pages.SIGNATURE, signed.signature, "application/octet-stream"),
    ):
        _serve(app, name, content, kind)


def _serve(app: Flask, name: str, content: bytes, kind: str) -> None:
    def view() -> Response:
        return Response(content, content_type=kind)

    app.add_url_rule(FOLDER + name, name.replace(".", " "), view)


def _read(path: Path) -> bytes:
    try:
        return files.read(path, LARGEST_FILE)
    except OSError as error:
        raise BadConfiguration(
            f"{path} was not read: {why(error)}",
            "set `manifest` to the folder with both files, or leave it empty",
        ) from error
