"""The step that installs the list of pages that the inbox has signed."""

from dataclasses import replace
from pathlib import Path

from crypto.pages import MANIFEST, SIGNATURE
from portal import config, days, files
from portal.app import load_questionnaire
from portal.config import Settings
from portal.errors import BadConfiguration
from portal.setup.settings import CONFIGURATION, USER, with_setting
from portal.setup.steps import DONE, TO_DO, Found, in_the_way
from portal.setup.system import System, content, put_back
from portal.site import manifest
from portal.typed import typed

_NAMES = (MANIFEST, SIGNATURE)
_FOLDER = "manifest"
_AGAIN = f"list and sign the pages again, with {typed('manifest')} and `inbox exchange sign-pages`"


class SignedList:
    """The signed list of pages, in the folder that the configuration names."""

    title = "signed list of pages"
    said = ""

    def __init__(self, system: System, given: Path) -> None:
        self._given = given.absolute()
        self._owner = system.owner(USER)
        self._configuration = system.at(CONFIGURATION)
        self._before: dict[Path, bytes | None] = {}

    def check(self) -> Found:
        """Report a list that a visitor's check would reject for its signature, pages or serial."""
        try:
            settings = config.load(self._configuration)
            given = manifest.load(replace(settings, manifest=str(self._given)))
            if given is None or _listed(settings, given) != given.raw:
                return in_the_way("the list differs from the pages of this portal", _AGAIN)
        except BadConfiguration as error:
            return in_the_way(str(error), error.hint)
        if given.pages.valid_until < days.today():
            return in_the_way(f"the list was valid until {given.pages.valid_until}", _AGAIN)
        installed = _installed(settings)
        if installed and installed.raw == given.raw and installed.signature == given.signature:
            return DONE
        if installed and installed.pages.serial >= given.pages.serial:
            return in_the_way(
                f"its serial {given.pages.serial} is not higher than {installed.pages.serial}", _AGAIN
            )
        return TO_DO

    def apply(self) -> None:
        """Copy both files for the portal's user, and name their folder in the configuration."""
        settings = config.load(self._configuration)
        place = _place(settings)
        self._before = {each: content(each) for each in (*_files(place), self._configuration)}
        place.mkdir(exist_ok=True)
        for name in _NAMES:
            files.write(place / name, [(self._given / name).read_bytes()], owner=self._owner)
        if not settings.manifest:
            text = self._configuration.read_text("utf-8")
            new = with_setting(text, "manifest", _FOLDER)
            files.write(self._configuration, [new.encode()], owner=self._owner)

    def undo(self) -> None:
        """Put back the files that ``apply`` replaced."""
        for place, before in self._before.items():
            put_back(place, before, 0o600, self._owner)


def _listed(settings: Settings, given: manifest.Signed) -> bytes:
    """Return the list of this portal's pages, with the serial and the last day of the given list."""
    return manifest.make(settings, load_questionnaire(settings), given.pages.serial, given.pages.valid_until)


def _installed(settings: Settings) -> manifest.Signed | None:
    """Return the installed list. The given list may replace a list with an invalid signature."""
    try:
        return manifest.load(settings)
    except BadConfiguration:
        return None


def _place(settings: Settings) -> Path:
    return settings.manifest_path or settings.folder / _FOLDER


def _files(folder: Path) -> list[Path]:
    return [folder / name for name in _NAMES]
