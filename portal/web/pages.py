"""The public pages, each rendered once at start: the same bytes for every visitor."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, request
from jinja2 import BytecodeCache, Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from werkzeug.routing import PathConverter

from crypto import base64url, signing
from crypto.keyring import Texts
from crypto.questionnaire import Questionnaire
from portal.config import Colour
from portal.web import (
    assets,
    colours,
    content_encoding,
    figures,
    guide,
    law,
    logo,
    offline,
    paper,
    scenarios,
    translation,
)
from portal.web.assets import Asset
from templates import typography
from templates.law import promises
from templates.law.rules import Event, Law

_FOLDERS = ("portal", "shared")
_PAGES = {
    "": "home.html",
    "before": "before.html",
    "device": "device.html",
    "report": "report.html",
    "status": "status.html",
    "guide": "guide.html",
    "scenarios": "scenarios.html",
    "rehearsal": "rehearsal.html",
    "accessibility": "written.html",
    "rights": "rights.html",
    "privacy": "written.html",
    "help": "help.html",
    "legal": "legal.html",
    "sheet.html": "sheet.html",
    "paper": "paper.html",
    "verify": "verify.html",
    "sealed": "sealed.html",
}
# This page exists only if an edition is published.
_FIGURES = "figures"
# Pages to save and open from disk, with their script inside.
_FROM_DISK = ("offline", "proof")
# The answer pages for the forms that work without JavaScript. Refusals without a page of their own use the
# text of the first page.
_ANSWERS = (
    "refused",
    "kept",
    "broken_off",
    "channel_unknown",
    "file_missing",
    "locator_wrong",
    "not_sealed",
    "other_site",
    "quota_full",
    "too_large",
    "unavailable",
    "wrong_size",
)
_HTML = "text/html; charset=utf-8"
# For clients other than the pages: the ids of questions and answers, and the rule for a complete report (SPEC
# 5.5).
QUESTIONS = "/questionnaire.toml"
TEXT = "text/plain"


class Site(Protocol):
    """The settings that pages show."""

    @property
    def deployment(self) -> str:
        """The deployment id in base64url (16 bytes), or empty."""
        ...

    @property
    def root_key(self) -> str:
        """The root key in base64url (32 bytes), or empty."""
        ...

    @property
    def name(self) -> Texts:
        """The name of the inspectorate."""
        ...

    @property
    def logo_path(self) -> Path | None:
        """The file of the inspectorate's logo, or None."""
        ...

    @property
    def colour(self) -> Colour:
        """The inspectorate's accent colour, or empty."""
        ...

    @property
    def law_folder(self) -> Path:
        """The folder of the law."""
        ...

    @property
    def regime(self) -> str:
        """The code of the office's legal regime, or empty for the default regime of the law."""
        ...

    @property
    def guide_folder(self) -> Path:
        """The folder of the guides, notices and accessibility statements."""
        ...

    @property
    def figures_folder(self) -> Path | None:
        """The folder with the published editions of the annual figures, or None."""
        ...

    @property
    def figures_key(self) -> str:
        """The fingerprint of the key that signs the editions, or empty."""
        ...

    @property
    def onion(self) -> str:
        """The address of the onion service (``http://….onion``), or empty."""
        ...

    @property
    def leave_to(self) -> str:
        """The address of the harmless page that “Leave quickly” opens."""
        ...


class _Elsewhere(PathConverter):
    """Any path outside the API. The API answers unknown paths with a problem, not with a page."""

    regex = "(?!api/)[^/].*?"


def render(site: Site, questionnaire: Questionnaire) -> Mapping[str, bytes]:
    """Return every page by its path. The address without a path shows the home page in the first language.

    Raises BadConfiguration if a law, a guide or a notice is missing or has a mistake, if the scenarios have
    one, if the law does not have the regime, or if the folder of figures is not complete and signed.
    """
    found = {path: page.encode() for path, page in _rendered(site, questionnaire)}
    return {"/": found[f"/{translation.LANGUAGES[0]}/"], **found}


def files(site: Site) -> Mapping[str, Asset]:
    """Return the files that the pages load.

    Raises BadConfiguration if the logo or the colour cannot be used.
    """
    picture = logo.load(site.logo_path) if site.logo_path else None
    return assets.of(picture, colours.rules(site.colour))


def missing(site: Site, questionnaire: Questionnaire) -> bytes:
    """Return the page for an unknown path."""
    return _page("en", "missing.html", _shown(site, questionnaire)).encode()


def answers(site: Site, questionnaire: Questionnaire) -> Mapping[tuple[str, str], bytes]:
    """Return the answer pages for forms, by language and code."""
    shown = {**_shown(site, questionnaire), "path": "sealed"}
    return {
        (language, code): _page(language, "answer.html", {**shown, "code": code}).encode()
        for language in translation.LANGUAGES
        for code in _ANSWERS
    }


def init_app(app: Flask, site: Site, questionnaire: Questionnaire) -> None:
    """Serve the pages, the files that they load, and a page for every unknown path outside the API."""
    # Otherwise a doubled slash would be redirected to an absolute address.
    app.url_map.merge_slashes = False
    for path, page in render(site, questionnaire).items():
        _serve(app, path, Response(page, content_type=_HTML))
    for path, file in files(site).items():
        _serve(app, path, Response(file.content, content_type=f"{file.type}; charset=utf-8"))
    for path, (kind, content) in figures.load(site.figures_folder, site.figures_key).served.items():
        _serve(app, path, Response(content, content_type=f"{kind}; charset=utf-8"))
    _serve(app, QUESTIONS, Response(questionnaire.raw, content_type=f"{TEXT}; charset=utf-8"))
    app.url_map.converters["elsewhere"] = _Elsewhere
    nowhere = missing(site, questionnaire)
    _serve(app, "/<elsewhere:_>", Response(nowhere, HTTPStatus.NOT_FOUND, content_type=_HTML))


class _Environment(Environment):
    """Templates in which ``label[language]`` works for every language.

    If the label has no text in a language, the catalogue of that language provides it.
    """

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Texts):
            text = getattr(obj, argument, "") or translation.load(argument).gettext(obj.en)
            return typography.spaced(argument, text)
        return super().getitem(obj, argument)


class _Compiled(BytecodeCache):
    """Compiled templates, kept in memory for the next language; compiling takes most of the startup time."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.code


_COMPILED = _Compiled()


@cache
def environment(language: str) -> Environment:
    """Return the portal's templates, and those shared between rooms, in ``language``."""
    templates = _Environment(
        loader=PrefixLoader({name: PackageLoader("templates", name) for name in _FOLDERS}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        # The optimizer would compute constants with the texts of one language.
        optimized=False,
    )
    templates.filters["spaced"] = partial(typography.spaced, language)
    words = translation.load(language)
    callables = words.gettext, words.catalogue.ngettext
    templates.install_gettext_callables(*callables, newstyle=True)  # type: ignore[attr-defined]
    return templates


def _rendered(site: Site, questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    shown = _shown(site, questionnaire)
    for language in translation.LANGUAGES:
        own = dict(shown)
        for name in _FROM_DISK:
            parts = offline.load(name, colours.rules(site.colour))
            page = _page(language, f"{name}.html", {**shown, "parts": parts})
            yield f"/{language}/{name}.html", page
            own[f"{name}_hash"] = hashlib.sha256(page.encode()).hexdigest()
        own_pages = _PAGES | {_FIGURES: "figures.html"} if shown["figures"].editions else _PAGES
        for path, template in own_pages.items():
            yield f"/{language}/{path}", _page(language, template, {**own, "path": path})


def _shown(site: Site, questionnaire: Questionnaire) -> Mapping[str, Any]:
    found = files(site)
    return {
        "name": site.name,
        "logo": next((path for path in assets.LOGOS if path in found), ""),
        "deployment": site.deployment,
        "root_key": site.root_key,
        "fingerprint": signing.fingerprint(base64url.decode(site.root_key)) if site.root_key else "",
        "questionnaire": questionnaire,
        "questionnaire_hash": base64url.encode(questionnaire.hash),
        "leaves": paper.leaves(questionnaire),
        "leave_to": site.leave_to,
        "onion": site.onion,
        "assets": found,
        "languages": [translation.load(language) for language in translation.LANGUAGES],
        **_of_the_law(law.load(site.law_folder), site.regime),
        "figures": figures.load(site.figures_folder, site.figures_key),
        "notices": guide.NOTICES,
        "scenarios": scenarios.load(site.guide_folder),
        "written": {
            language: {name: guide.load(site.guide_folder, language, name) for name in guide.NAMES}
            for language in translation.LANGUAGES
        },
    }


def _of_the_law(found: Law, regime: str) -> Mapping[str, object]:
    promised = {
        "received": promises.of(found, Event.ACKNOWLEDGED),
        "answered": promises.of(found, Event.ANSWERED),
    }
    days_off = promises.days_off(found, promised.values())
    ours = law.regime(found, regime)
    return {"law": found, "regime": ours, "promised": promised, "days_off": days_off}


def _page(language: str, template: str, shown: Mapping[str, object]) -> str:
    return environment(language).get_template(f"portal/{template}").render(shown, language=language)


def _serve(app: Flask, path: str, answer: Response) -> None:
    content, status, kind = answer.get_data(), answer.status_code, answer.content_type
    forms = content_encoding.encoded(content)

    def view(_: str = "") -> Response:
        # Vary is not needed, because no cache may store an answer.
        encoding = content_encoding.chosen(request.accept_encodings, forms)
        if encoding is None:
            return Response(content, status, content_type=kind)
        return Response(forms[encoding], status, {"Content-Encoding": encoding}, content_type=kind)

    app.add_url_rule(path, f"page {path}".replace(".", " "), view, strict_slashes=False)
