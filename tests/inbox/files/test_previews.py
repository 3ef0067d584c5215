"""Previews of attachments: what the command shows and writes, and what it refuses."""

import os
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inbox.files import attachments, claimed_type, previews, sandbox
from inbox.files.attachments import Which
from inbox.sandboxed import answer
from inbox.sandboxed.answer import Answer, Fact, fact
from inbox.text import confusables
from tests.support import hostile_pdfs
from tests.support.desk_room import sitting
from tests.support.inbox_builders import Portal, Reporter, World, first, today


@pytest.fixture
def case(world: World, portal: Portal, collect: Callable[..., Any]) -> World:
    """An inbox whose case 1 has a PDF, a text, a program and an empty file, all sent as pictures."""
    files = [hostile_pdfs.drawn(), "d\u00e9j\u00e0\tvu".encode(), b"MZ\x90\0" + bytes(200), b""]
    collect(portal.bundle(first(Reporter(world), files=files)))
    return world


def test_a_preview_is_only_written_to_a_file_that_does_not_exist_yet(case: World, tmp_path: Path) -> None:
    out = tmp_path / "page.png"
    view = case.office.json("file", "preview", "1", "1", "--out", out)
    assert (str(out), 1, 1, [400, 200]) == tuple(view[name] for name in ("file", "page", "pages", "pixels"))
    with Image.open(out) as image:
        assert ("PNG", (400, 200)) == (image.format, image.size)
    assert 0o600 == out.stat().st_mode & 0o777
    before = out.read_bytes()
    assert "already exists" in case.office.run("file", "preview", "1", "1", "--out", out).err
    assert before == out.read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["1", "2"], "file 2 cannot be shown as a picture"),
        (["1", "3"], "file 3 cannot be shown as a picture"),
        (["1", "1", "--page", "2"], "file 1 cannot be shown as a picture"),
        (["1", "9"], "case 1 has no file 9"),
        (["2", "1"], "there is no case 2"),
    ],
)
def test_if_a_preview_has_no_picture_no_file_is_written(
    case: World, tmp_path: Path, words: list[str], said: str
) -> None:
    ended = case.office.run("file", "preview", *words, "--out", tmp_path / "out")
    assert (1, "") == (ended.code, ended.out)
    assert ended.err.startswith(f"error: {said}")
    assert not (tmp_path / "out").exists()


def test_a_page_number_above_the_limit_is_refused_before_the_case_is_read(case: World) -> None:
    """The command line and the desk both refuse the number and write no journal entry."""
    before = case.office.json("journal", "list")["head"]["n"]
    beyond = str(answer.MOST_PAGES + 1)
    said = case.office.run("file", "preview", "1", "1", "--page", beyond)
    assert (1, True) == (said.code, f"no file can have a page {beyond}" in said.err)
    with sitting(case.office) as client:
        for page in ("0", beyond):
            shown = client.ask(f"/en/case/1/file/1/{page}")
            assert (409, True) == (shown.status_code, f"No file can have a page {page}" in shown.text)
    assert before + 1 == case.office.json("journal", "list")["head"]["n"]
    last = str(answer.MOST_PAGES)
    assert 0 == case.office.run("file", "preview", "1", "1", "--page", last).code


def test_the_preview_of_a_text_prints_the_text_with_a_warning_about_the_file_name(case: World) -> None:
    said = case.office.run("file", "preview", "1", "2")
    assert "its text:\n│ d\u00e9j\u00e0    vu" in said.out
    assert "the file name ends in .jpg, but the file is text/plain" in said.err
    assert "d\u00e9j\u00e0\tvu" == case.office.json("file", "preview", "1", "2")["text"]


def test_without_a_sandbox_no_file_is_previewed(case: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are not previewed either. Officers can still export the file."""
    monkeypatch.setattr(sandbox, "_PLACES", "/nowhere")
    for number in "123":
        said = case.office.run("file", "preview", "1", number)
        assert (1, "") == (said.code, said.out)
        assert "the sandbox does not work: bubblewrap (bwrap) is not installed" in said.err


def test_a_preview_writes_nothing_to_disk(case: World) -> None:
    """Only the null device is opened for writing. As a control, an export opens a file."""
    written: list[str] = []
    with case.office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(today())
        with inbox.transaction() as session:
            found = attachments.find(inbox.home, session, 1, 1)
        with opened_for_writing(written):
            assert previews.look(inbox.home, found).picture
        assert [os.devnull] == written
        with opened_for_writing(written):
            attachments.extract(inbox, who, Which(1, 1), "x", case.office.out / "evidence")
    assert any("evidence" in path for path in written)


@contextmanager
def opened_for_writing(written: list[str]) -> Iterator[None]:
    """Record which paths this process opens for writing.

    An audit hook cannot be removed, so this hook ignores all events after the test.
    """
    listening = True

    def hook(event: str, told: tuple[Any, ...]) -> None:
        if listening and event == "open" and told[2] & (os.O_WRONLY | os.O_RDWR):
            written.append(str(told[0]))

    sys.addaudithook(hook)
    yield
    listening = False


def test_a_damaged_attachment_is_not_previewed(case: World) -> None:
    for sealed in (case.office.root / "attachments").iterdir():
        sealed.write_bytes(sealed.read_bytes()[:-1])
    assert "missing or damaged" in case.office.run("file", "preview", "1", "1").err


def test_parsing_an_answer_from_the_sandbox_gives_back_what_was_encoded() -> None:
    given = Answer(
        (fact("type", "a\tb\nc"), fact("why", ""), fact("entry", "file", 7, "x\ty")),
        "text",
        3,
        2,
        1,
        bytes(6),
    )
    assert given == answer.parse(given.encode())
    assert ("a b c", "-", "file") == tuple(each.code for each in given.facts)
    assert ("7", "x y") == given.facts[-1].values


@pytest.mark.parametrize("char", "\x00\x1b\x7f\x85\x9b\u200b\u2028\u202e\U000e0041", ids=ascii)
@pytest.mark.parametrize("place", [0, 1])
def test_an_answer_with_an_invisible_character_in_a_fact_is_refused(char: str, place: int) -> None:
    """The character may be in a code or in a value. The real worker spells such characters out.

    As a control, an answer with only visible text is accepted.
    """
    words = ["x", "y"]
    assert answer.parse(Answer((Fact("type", "x", ("é",)),)).encode())
    words[place] += char
    with pytest.raises(ValueError, match="invalid form"):
        answer.parse(Answer((Fact("type", words[0], (words[1],)),)).encode())
    ours = fact("type", *words)
    assert (ours,) == answer.parse(Answer((ours,)).encode()).facts
    assert f"<U+{ord(char):04X}>" in f"{ours.code}{ours.values}"


EDITS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda raw: raw[:-1],
    "longer": lambda raw: raw + b"x",
    "nothing": lambda raw: raw[:0],
    "magic": lambda raw: b"x" + raw[1:],
    "wide": lambda raw: raw[:12] + b"\xff" * 4 + raw[16:],
    "wide-and-flat": lambda raw: raw[:12] + struct.pack(">II", 3_000, 0) + raw[20:-6],
    "two-lines": lambda raw: raw.replace(b"type\t", b"type\n"),
    "empty-value": lambda raw: raw.replace(b"type", b"t\t\tx"[:4]),
    "kind": lambda raw: raw.replace(b"type", b"t\x1bpe"),
    "encoding": lambda raw: raw.replace(b"text", b"\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_malformed_answer_from_the_sandbox_is_refused(edit: Callable[[bytes], bytes]) -> None:
    """An attacker who controls the process in the sandbox can return any answer."""
    raw = Answer((fact("type", "x"),), "text", 3, 2, 1, bytes(6)).encode()
    with pytest.raises(ValueError, match=r"."):
        answer.parse(edit(raw))


@pytest.mark.parametrize(
    ("name", "declared", "true", "lies"),
    [
        ("a.jpg", "image/jpeg", "image/jpeg", 0),
        ("a.JPG", "", "image/jpeg", 0),
        ("a", "", "image/jpeg", 0),
        ("a.jpg", "image/jpeg", "application/pdf", 2),
        ("a.pdf.exe", "application/pdf", "application/pdf", 1),
        ("a.csv", "text/csv", "text/plain", 0),
        ("a.json", "application/json", "text/plain", 0),
        ("a.txt", "text/plain; charset=utf-8", "text/plain", 0),
        ("a.txt", "text/plain", "text/html", 2),
        ("a.tar", "application/tar", "application/x-tar", 0),
        ("a.xyzzy", "image/jpeg", "application/octet-stream", 0),
    ],
)
def test_a_misleading_file_name_or_declared_type_is_reported(
    name: str, declared: str, true: str, lies: int
) -> None:
    assert lies == len([*claimed_type.lies(name, declared, true, {".jpg"} if true == "image/jpeg" else ())])


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("p\u0430ypal", "p<U+0430>ypal"),
        ("\u0392ank", "<U+0392>ank"),
        ("\u0440\u0430\u0443p\u0430l", "\u0440\u0430\u0443<U+0070>\u0430<U+006C>"),
        ("\uff41bc", "<U+FF41>bc"),
        ("\U0001d41aBc", "<U+1D41A>Bc"),
    ],
)
def test_letters_from_another_alphabet_within_one_word_are_spelled_out(word: str, spelled: str) -> None:
    assert [spelled] == confusables.mixed(["nothing", f"pay to {word}, {word} now"])


@pytest.mark.parametrize(
    "text",
    [
        "d\u00e9j\u00e0 vu",
        "\u041c\u043e\u0441\u043a\u0432\u0430 and Athens",
        "10 \u00b5m",
        "\u6771\u4eac Tokyo",
    ],
)
def test_a_word_in_a_single_alphabet_is_not_spelled_out(text: str) -> None:
    """Words in different alphabets may stand side by side."""
    assert [] == confusables.mixed([text])
