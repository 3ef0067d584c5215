"""The awareness kit: posters say where to report, cards betray nobody, and bad texts are refused whole."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import ImageChops

from crypto import base64url, signing
from crypto.keyring import Texts
from portal import config
from portal.errors import Refused
from portal.kit import deployment, folder, texts
from portal.kit.deployment import Deployment
from templates.catalogues import LANGUAGES
from tests.support.kit_room import EVERY, HOST, ONION, PDFS, SHOWN, URL, bare, codes, pictures, said
from tests.support.paths import ROOT
from tests.support.portal_terminal import run

MM = 72 / 25.4


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a complete configuration."""
    settings = {"deployment": "A" * 22, "root_key": "A" * 43, "onion": ONION, "host": HOST}
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in settings.items()]
    (tmp_path / "portal.toml").write_text(
        "".join(lines) + 'name = { fr = "Inspection", en = "Inspectorate" }\n'
    )
    return tmp_path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_has_no_address_no_code_no_fingerprint_and_no_name(
    kit: Mapping[str, bytes], language: str
) -> None:
    """It is the same card for every inspectorate.

    As a control, the same search finds all of them on the poster.
    """
    other = Deployment(Texts(fr="Autre", en="Other"), "https://other.example", "", "ZZZZ")
    assert (
        folder.make(texts.load(texts.SHIPPED), other)[f"{language}/card.pdf"] == kit[f"{language}/card.pdf"]
    )
    secrets = [URL, ONION, SHOWN.fingerprint, SHOWN.name.in_(language), "signalement", ".onion", "http"]
    card, poster = (bare(said(kit[f"{language}/{name}.pdf"])) for name in ("card", "poster-a4"))
    assert {each: bare(each) in card for each in secrets} == dict.fromkeys(secrets, False)
    assert {each: bare(each) in poster for each in secrets} == dict.fromkeys(secrets, True)
    assert codes(kit[f"{language}/card.pdf"]) == []


@pytest.mark.parametrize("name", [each for each in EVERY if "poster" in each])
def test_the_code_on_a_poster_is_the_address_of_the_onion_service(
    kit: Mapping[str, bytes], name: str
) -> None:
    assert codes(kit[name]) == [ONION]


def test_a_slide_has_the_address_but_no_code_to_point_a_phone_at(kit: Mapping[str, bytes]) -> None:
    assert URL in said(kit["fr/slide.pdf"])
    assert codes(kit["fr/slide.pdf"]) == []


@pytest.mark.parametrize("name", EVERY)
def test_every_page_has_its_size_and_contains_its_fonts(kit: Mapping[str, bytes], name: str) -> None:
    width, height, _ = PDFS[name.partition("/")[2]]
    with pypdfium2.PdfDocument(kit[name]) as document:
        for page in document:
            assert page.get_size() == pytest.approx((width * MM, height * MM), abs=0.5)
    descriptors, files = (kit[name].count(each) for each in (b"/Type /FontDescriptor", b"/FontFile2 "))
    assert descriptors == files > 0
    assert b"/Type1" not in kit[name]


@pytest.mark.parametrize("name", EVERY)
def test_every_page_is_black_and_white_only(kit: Mapping[str, bytes], name: str) -> None:
    for page in pictures(kit[name]):
        red, green, blue = page.split()
        assert (
            ImageChops.difference(red, green).getbbox()
            is ImageChops.difference(green, blue).getbbox()
            is None
        )
        assert page.getextrema()[0] == (0, 255)


@pytest.mark.parametrize("long", ["W" * config.LONGEST_NAME, ("Inspection générale " * 4).strip()])
def test_the_longest_name_stays_within_the_margins(long: str) -> None:
    shown = replace(SHOWN, name=Texts(fr=long, en=long))
    for name, content in folder.make(texts.load(texts.SHIPPED), shown).items():
        if not name.endswith(".pdf"):
            continue
        _, _, margin = PDFS[name.partition("/")[2]]
        for page in pictures(content, 1):
            left, top, right, bottom = ImageChops.invert(page).getbbox() or (0, 0, 0, 0)
            inside = (left, top, page.width - right, page.height - bottom)
            assert min(inside) >= margin * MM - 1.5, name
        if "card" not in name:
            assert bare(long) in bare(said(content)), name


def test_a_file_tells_no_time_no_program_and_no_machine(kit: Mapping[str, bytes]) -> None:
    for name, content in kit.items():
        assert not re.search(rb"(?i)creationdate|moddate|producer|creator|fpdf|/tmp|/home|/usr", content), (
            name
        )


def test_the_same_settings_give_the_same_bytes_in_another_second(kit: Mapping[str, bytes]) -> None:
    time.sleep(1.1)
    assert folder.make(texts.load(texts.SHIPPED), SHOWN) == kit


def test_the_shipped_session_lasts_45_minutes_in_both_languages(kit: Mapping[str, bytes]) -> None:
    for language, shipped in texts.load(texts.SHIPPED).items():
        assert sum(part["minutes"] for part in shipped["notes"]["part"]) == 45
        assert "40\N{EN DASH}45 min" in said(kit[f"{language}/notes.pdf"])


def test_notes_for_a_longer_session_are_refused_but_for_a_shorter_one_accepted(tmp_path: Path) -> None:
    file, shipped = tmp_path / texts.FILE, texts.SHIPPED.read_text("utf-8")
    file.write_text(shipped.replace("minutes = 15", "minutes = 16"), "utf-8")
    said = r"line \d+: kit, notes.part: the parts take 46 minutes, but the session lasts 45"
    with pytest.raises(Refused, match=said):
        texts.load(file)
    file.write_text(shipped.replace("minutes = 15", "minutes = 14"), "utf-8")
    assert sum(part["minutes"] for part in texts.load(file)["fr"]["notes"]["part"]) == 44


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            ', en = "Saying no early protects you." }\npoints',
            " }\npoints",
            "'poster.lead' must be a French text (fr) and",
        ),
        ("Dire non tôt protège.", "Dire <b>non</b> tôt.", "“<b>” is markup"),
        ("Dire non tôt protège.", "Dire **non** tôt.", "“**” is markup"),
        ("Dire non tôt protège.", "Appelez [numéro].", "“[numéro]” is still to be filled in"),
        ("Dire non tôt protège.", "Dire\\u202Enon", "the character <U+202E> is invisible"),
        ("Dire non tôt protège.", "x" * 121, "a text of 1 to 120 characters"),
    ],
)
def test_a_text_with_a_mistake_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    file = tmp_path / texts.FILE
    shipped = texts.SHIPPED.read_text("utf-8")
    assert old in shipped
    file.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(Refused, match=re.escape(message)) as refused:
        texts.load(file)
    assert re.search(r"line \d+: kit(, |: ')poster\.lead", str(refused.value))


@pytest.mark.parametrize(
    "address",
    [URL, "http://a", "www.portail", "signalement.example", "Portail.gouv.fr", ONION[7:], ONION[7:63]],
)
@pytest.mark.parametrize("old", ["Noter chez soi, sur papier.", "Découpez le long des traits."])
def test_a_card_with_an_address_is_refused_but_a_slide_may_name_one(
    tmp_path: Path, address: str, old: str
) -> None:
    """The inspectorate's own text must not betray the person who carries the card, either."""
    file, shipped = tmp_path / texts.FILE, texts.SHIPPED.read_text("utf-8")
    file.write_text(shipped.replace(old, f"Voir {address}", 1), "utf-8")
    with pytest.raises(Refused, match="on a card would betray who carries it"):
        texts.load(file)
    slide = f'[slide]\nheadline = {{ fr = "Voir {address}", en = "See {address}" }}\nold'
    file.write_text(shipped.replace("[slide]\nheadline", slide, 1).replace("\nold = ", "\n# ", 1), "utf-8")
    assert address in texts.load(file)["fr"]["slide"]["headline"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kit_of_a_portal_shows_what_its_configuration_says(home: Path, language: str) -> None:
    file = home / "portal.toml"
    file.write_text(file.read_text().replace("A" * 43, base64url.encode(bytes(range(32)))))
    run(home, "kit", home / "new")
    settings = config.load(home / "portal.toml")
    poster = (home / "new" / language / "poster-a4.pdf").read_bytes()
    told = bare(said(poster))
    name = settings.name.in_(language)
    for shown in (URL, ONION, signing.fingerprint(settings.root_public), name):
        assert bare(shown) in told
    assert codes(poster) == [ONION]


@pytest.mark.parametrize(
    ("text", "message"),
    [("long " * 24, "too long for its place: “long long"), ("雨", "has no character “雨”")],
)
def test_a_text_that_cannot_be_printed_is_refused(text: str, message: str) -> None:
    loaded = texts.load(texts.SHIPPED)
    loaded["fr"]["card"]["title"] = text
    with pytest.raises(Refused, match=message):
        folder.make(loaded, SHOWN)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f'onion = "{ONION}"\nhost = "{HOST}"\n', "", "the kit has no address to show"),
        (HOST, f"https://{HOST}/fr", "setting 'host' has a wrong value"),
        ('fr = "Inspection"', 'fr = "[nom]"', "setting 'name' still says “[nom]”"),
        ('name = { fr = "Inspection", en = "Inspectorate" }', "", "setting 'name' still says “[nom de"),
        ('fr = "Inspection"', 'fr = "\\u202Ex"', "setting 'name' has the character <U+202E>"),
        ('fr = "Inspection"', f'fr = "{"x" * 200}"', "setting 'name.fr' has a wrong value"),
        ('fr = "Inspection"', 'fr = " "', "setting 'name.fr' has a wrong value"),
        (', en = "Inspectorate"', "", "setting 'name' has a wrong value"),
        ('"Inspectorate"', "7", "setting 'name.en' has a wrong value"),
        (f'root_key = "{"A" * 43}"', "", "setting 'root_key' is empty"),
    ],
)
def test_settings_that_say_too_little_are_refused_and_nothing_is_written(
    home: Path, old: str, new: str, message: str
) -> None:
    file = home / "portal.toml"
    before = file.read_text()
    assert old in before
    file.write_text(before.replace(old, new))
    assert message in run(home, "kit", home / "new", code=2)
    assert [each.name for each in home.iterdir()] == ["portal.toml"]


def test_a_folder_with_files_stays_as_it_is(home: Path) -> None:
    (home / "full").mkdir()
    (home / "full" / "mine").write_text("mine")
    assert "is not an empty folder" in run(home, "kit", home / "full", code=1)
    assert f"was not written to {home}/none/new: " in run(home, "kit", home / "none" / "new", code=1)
    assert {each.name for each in home.rglob("*")} == {"portal.toml", "full", "mine"}


def test_the_folder_appears_only_when_every_file_is_written(tmp_path: Path) -> None:
    """A power failure in the middle leaves no folder that looks complete."""
    folder.write(tmp_path / "new", Watched(tmp_path / "new", {"fr/a.pdf": b"a", "fr/b.pdf": b"b"}))
    assert sorted(each.name for each in (tmp_path / "new/fr").iterdir()) == ["a.pdf", "b.pdf"]


class Watched(dict[str, bytes]):
    """Files of a kit. While they are written, the folder of the kit must not exist."""

    def __init__(self, made: Path, kit: Mapping[str, bytes]) -> None:
        super().__init__(kit)
        self._made = made

    def items(self) -> Any:
        """Yield each file, and look for the folder before and after it."""
        for each in super().items():
            assert not self._made.exists()
            yield each
        assert not self._made.exists()


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="was not written"):
        folder.write(tmp_path / "new", {"fr/a.pdf": b"a", "fr/a.pdf/b": b"b"})
    assert [*tmp_path.iterdir()] == []


def test_an_empty_folder_gets_the_whole_kit_with_the_inspectorates_own_texts(home: Path) -> None:
    (home / "empty").mkdir()
    own = texts.SHIPPED.read_text("utf-8").replace("Dire non tôt protège.", "Dites non tôt.")
    (home / "texts").mkdir()
    (home / "texts" / texts.FILE).write_text(own, "utf-8")
    with (home / "portal.toml").open("a") as file:
        file.write('guide = "texts"\n')
    told = json.loads(run(home, "kit", home / "empty", "--json"))
    assert len(told["files"]) == 12
    assert {str(each.relative_to(home / "empty")) for each in (home / "empty").rglob("*.*")} == {
        *told["files"]
    }
    assert "Dites non tôt." in said((home / "empty" / "fr" / "poster-a4.pdf").read_bytes())


def test_the_command_names_short_texts_that_are_equal_in_both_languages(home: Path) -> None:
    """The control is the kit with the shipped texts, in which each text is translated."""
    assert "equal" not in run(home, "kit", home / "first")
    (home / "texts").mkdir()
    own = texts.SHIPPED.read_text("utf-8").replace('en = "Saying no early protects you."', 'en = "Non."', 1)
    (home / "texts" / texts.FILE).write_text(own.replace("Dire non tôt protège.", "Non.", 1), "utf-8")
    with (home / "portal.toml").open("a") as file:
        file.write('guide = "texts"\n')
    assert "equal in both languages: Non." in run(home, "kit", home / "second")


def test_the_command_says_what_the_kit_lacks(home: Path) -> None:
    file = home / "portal.toml"
    whole = file.read_text()
    told = run(home, "kit", home / "whole")
    file.write_text(whole.replace(HOST, ""))
    assert "shows only the address of the onion service" in run(home, "kit", home / "onion")
    assert HOST not in said((home / "onion" / "fr" / "poster-a4.pdf").read_bytes())
    file.write_text(whole.replace(ONION, ""))
    assert "the posters have no QR code" in run(home, "kit", home / "clear")
    assert codes((home / "clear" / "fr" / "poster-a4.pdf").read_bytes()) == []
    assert "is empty" not in told


def test_a_relative_folder_that_cannot_be_written_is_named_by_its_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command begins in `/` on an installed machine, where the portal's user may not write."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused, match=f"was not written to {tmp_path}/none/kit: ") as refused:
        folder.write(Path("none/kit"), {"a": b""})
    assert "by its full path" in refused.value.hint


def test_the_name_of_a_portal_is_never_markup(home: Path) -> None:
    settings = replace(config.load(home / "portal.toml"), name=Texts(fr="<b>A</b> **B**", en="x"))
    made = folder.make(texts.load(texts.SHIPPED), deployment.of(settings))
    assert "<b>A</b> **B**" in said(made["fr/poster-a4.pdf"])


def test_the_processes_that_serve_never_load_the_library_for_pdf() -> None:
    """As a control, the command of the kit loads it."""
    imports = "import sys, portal.app, portal.ops.serving, portal.ops.cli"
    asked = "; print(sorted({'fpdf', 'PIL'} & {*sys.modules}))"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", imports + more + asked],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        for more in ("", ", portal.ops.awareness.kit")
    ]
    assert [each.stdout.strip() for each in outputs] == ["[]", "['PIL', 'fpdf']"]
