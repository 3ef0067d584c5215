"""The largest number of files, and the longest film, in a browser with as little memory as a small phone."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.store.schema import envelopes
from tests.support import bare_tab, phone_corpus, pictures
from tests.support.bare_tab import MIB, BareTab
from tests.support.builders import INSPECTORATE
from tests.support.portal_site import PortalSite

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.soak]

FILES = 99
# On a phone with 1 GB of memory, a tab gets less than half.
ROOM = 400 * MIB
MOST = 150 * MIB
# A film is read once more than other files: its structure, out of order.
MOST_OF_A_FILM = 200 * MIB
TEXT = "Quai 4"
PATIENCE = 3_600  # seconds; a gigabyte is read twice, sealed and sent
Record = Callable[[str, object], None]
ENDED = "['#done', '#failed'].some((each) => document.querySelector(each).checkVisibility())"
RETYPE = """for (const field of document.querySelectorAll("[data-place]"))
  field.value = document.querySelectorAll("#token-words li")[field.dataset.place].textContent"""


def film(path: Path, size: int) -> Path:
    path.touch()
    os.truncate(path, size)
    return path


def photo(path: Path, size: int) -> Path:
    """Write a picture of this size. The page does not decode the image itself."""
    data = pictures.picture(path).read_bytes()
    path.write_bytes(data[:-2] + bytes(size - len(data)) + data[-2:])
    return path


def opened(tab: BareTab, site: PortalSite) -> None:
    """Write a text, and go to the field for files."""
    tab.call("Page.navigate", url=f"{site.address}/fr/report")
    tab.until("document.querySelector('#what')?.checkVisibility()")
    tab.ask(f"document.querySelector('#what').value = '{TEXT}'")
    tab.press("#continue")
    tab.press(f"#channels-{INSPECTORATE}")
    tab.press("#more")


@pytest.mark.parametrize(("make", "suffix"), [(film, "bin"), (photo, "jpg")], ids=["films", "photos"])
def test_a_gigabyte_in_99_files_arrives_from_a_browser_with_little_memory(
    site: PortalSite,
    tmp_path: Path,
    record_property: Record,
    make: Callable[[Path, int], Path],
    suffix: str,
) -> None:
    each = (1_024 * MIB - (1 << 16)) // FILES
    files = [tmp_path / f"{number:02}.{suffix}" for number in range(FILES)]
    make(files[0], each)
    for file in files[1:]:
        file.hardlink_to(files[0])
    grown = sent(site, tmp_path / "profile", files)
    with site.database.read() as connection:
        (row,) = connection.execute(select(envelopes.c.received, envelopes.c.size)).all()
    assert row.received == row.size > each * FILES * 0.9
    record_property(f"1 GB of {FILES} {suffix} files, growth of the tab", f"{grown >> 20} MiB")
    assert grown <= MOST


def test_a_film_of_a_gigabyte_is_cleaned_and_arrives_from_a_browser_with_little_memory(
    site: PortalSite, tmp_path: Path, record_property: Record
) -> None:
    """The film has tables of its pictures and sound, and names, place and day."""
    path = phone_corpus.long_film(tmp_path, 1_024 * MIB - (1 << 16))
    size = path.stat().st_size
    assert size > 1_000 * MIB
    grown = sent(site, tmp_path / "profile", [path])
    _, files = site.report()
    (tmp_path / "after").mkdir()
    expected = phone_corpus.cleaned(path, tmp_path / "after").read_bytes()
    assert phone_corpus.PLANTED.encode() not in expected
    assert expected == files[1]
    record_property(f"a film of {size >> 20} MiB, growth of the tab", f"{grown >> 20} MiB")
    assert grown <= MOST_OF_A_FILM


def sent(site: PortalSite, profile: Path, files: Sequence[Path]) -> int:
    """Send files from a browser with little memory; return by how many bytes its tab grew."""
    with bare_tab.confined(profile, ROOM) as tab:
        opened(tab, site)
        tab.measure()
        tab.bring("#files", files)
        looked_into = "document.querySelectorAll('#files-list > li[aria-busy=false]').length"
        tab.until(f"{looked_into} === {len(files)}", PATIENCE)
        tab.press("#continue")
        tab.until("document.querySelector('#token-asked').checkVisibility()", PATIENCE)
        tab.ask(RETYPE)
        tab.press("#send")
        tab.until(
            "!document.querySelector('#done').hidden || !document.querySelector('#failed').hidden", PATIENCE
        )
        assert tab.ask("document.querySelector('#send-error').textContent") == ""
        return tab.grown


def test_the_browser_has_no_more_memory_than_on_a_small_phone(site: PortalSite, tmp_path: Path) -> None:
    """The control for the test above.

    In this browser, files of more than a gigabyte are refused, but the text is kept.
    """
    with bare_tab.confined(tmp_path / "profile", ROOM) as tab:
        opened(tab, site)
        tab.bring("#files", [film(tmp_path / f"{number}.bin", 600 * MIB) for number in range(2)])
        tab.press("#continue")
        tab.until("document.querySelectorAll('#error li').length === 1")
        wanted = "[...document.querySelectorAll('[data-code=files-too-large]')][0].textContent.split('{')[0]"
        assert tab.ask(f"document.querySelector('#error li').textContent.startsWith({wanted})")
        assert tab.ask("document.querySelector('#what').value") == TEXT
        filled = "new Uint8Array({}).fill(1).length"
        assert [tab.ask(filled.format(size)) for size in (ROOM // 4, ROOM)] == [ROOM // 4, None]
