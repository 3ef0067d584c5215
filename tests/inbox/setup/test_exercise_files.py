"""Every command that writes a file: each file of an exercise has the mark, and no file of a real inbox."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import exercise
from inbox.cli import main
from tests.support import dossier_room, exercises
from tests.support.command_tree import commands_of, every_command
from tests.support.dossier_room import ADDRESSEE, Room, printed
from tests.support.inbox_builders import charter, today

WORDS = exercise.WORDS
# Options that name a file or folder to write.
WRITING = {"--out", "--sheet", "--sheets", "--shares", "--keystore-out"}
# People read these files: the words are in each.
READ = {
    "case add": (
        "--route",
        "letter",
        "--language",
        "fr",
        "--received",
        "TODAY",
        "--answers",
        "ANSWERS",
        "--sheet",
        "OUT",
    ),
    "dossier letter": ("1", "prosecutor", "--to", "pnf", "--text", "x", "--language", "en", "--out", "OUT"),
    "request answer": ("1", "--out", "OUT", "--reason", "x"),
    "retention list-destroyed": ("--out", "OUT"),
    "office register": ("alerts", "--out", "OUT.pdf"),
    "office sheet": ("processing", "--out", "OUT"),
    "dossier make": ("1", "--for", "prosecutor", "--to", "X", "--recipient", "KEY", "--out", "OUT"),
}
# Programs read these files: the deployment id is in each, or the words are.
SIGNED = {
    "exchange outbox": ("--out", "OUT"),
    "exchange keyring": ("--out", "OUT"),
    "backup make": ("--out", "OUT", "--keystore-out", "KEYS"),
}
# An exercise publishes nothing.
REFUSED = {
    "statistics edition make": ("2026", "--out", "OUT"),
    "statistics edition write": ("2026", "--out", "OUT"),
}
ELSEWHERE = {
    # test_exercise_papers.py: the records and sheets of a ceremony, and the lists for the archives.
    *("init", "officer add", "officer remove", "officer renew", "retention visa request"),
    # tests/inbox/exercise/test_programme.py: a file of a report leaves the inbox as it came.
    *("file export", "file preview"),
    # Templates return into an inbox as they left it, and have nothing of any case.
    "message template export",
    # tests/crypto/test_exercise.py: a root refuses cards and lists of pages of the other kind.
    *("exchange card", "exchange sign-pages"),
}


def _options(name: str) -> set[str]:
    """Return the options of a command."""
    found: Any = main.commands
    for word in name.split():
        found = commands_of(found)[word]
    return {each for option in found.params for each in option.opts}


def test_the_tables_have_every_command_that_writes_a_file() -> None:
    """A new command is in one of them."""
    writing = {name for name in every_command(main.commands) if WRITING & _options(name)}
    assert writing == {*READ, *SIGNED, *REFUSED, *ELSEWHERE}


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Room]:
    """An exercise (True) and a real inbox (False) with the same case and the same access request."""
    made = {
        is_exercise: dossier_room.found(tmp_path_factory.mktemp("room"), chosen)
        for is_exercise, chosen in ((True, exercises.chartered()), (False, charter()))
    }
    for room in made.values():
        (room.folder / "answers.toml").write_text('what = "x"\n')
        room.office.json("case", "declare", "1")
        received = (today() - timedelta(28)).isoformat()
        room.office.json("request", "add", "--person", "Nobody", "--received", received, "--way", "letter")
    return made


def _write(room: Room, out: Path, name: str, words: tuple[str, ...]) -> list[bytes]:
    """Run a command; return the contents of the files that it wrote."""
    given = {
        "TODAY": today().isoformat(),
        "ANSWERS": str(room.folder / "answers.toml"),
        "KEY": ADDRESSEE.recipient().encode(),
        "KEYS": str(out.with_name("keys")),
    }
    filled = [given.get(word, word.replace("OUT", str(out))) for word in words]
    said = room.office.run(*name.split(), *filled)
    assert said.code == 0, said.err
    if name == "dossier make":
        return [dossier_room.opened(out)["dossier.pdf"]]
    return [each.read_bytes() for each in out.parent.rglob("*") if each.is_file()]


def _shown(content: bytes) -> str:
    """Return the text of a PDF, or of a file with text. JSON escapes the dash of the words."""
    if content.startswith(b"%PDF"):
        return printed(content)
    return content.decode("utf-8-sig").replace("\\u2013", "\N{EN DASH}")


@pytest.mark.parametrize("name", READ)
def test_every_file_that_people_read_has_the_words_only_in_an_exercise(
    rooms: dict[bool, Room], tmp_path: Path, name: str
) -> None:
    """A real inbox writes the same files without the words."""
    for is_exercise, room in rooms.items():
        (folder := tmp_path / str(is_exercise)).mkdir()
        files = _write(room, folder / "out", name, READ[name])
        assert files
        assert [is_exercise] * len(files) == [WORDS in _shown(each) for each in files]


@pytest.mark.parametrize("name", SIGNED)
def test_every_file_that_programs_read_names_the_deployment_of_its_exercise(
    rooms: dict[bool, Room], tmp_path: Path, name: str
) -> None:
    """The id begins with the mark. In a backup, the copy of vault.json has the words."""
    mark = base64.urlsafe_b64encode(exercise.MARK).rstrip(b"=")[:10]
    for is_exercise, room in rooms.items():
        for folder in (out := tmp_path / str(is_exercise) / "out", tmp_path / str(is_exercise) / "keys"):
            folder.mkdir(parents=True)
        files = _write(room, out, name, SIGNED[name])
        assert is_exercise == any(mark in each or WORDS.encode() in each for each in files)


@pytest.mark.parametrize("name", REFUSED)
def test_an_exercise_refuses_to_write_figures(rooms: dict[bool, Room], tmp_path: Path, name: str) -> None:
    words = [word.replace("OUT", str(tmp_path / "out")) for word in REFUSED[name]]
    said = rooms[True].office.run(*name.split(), *words)
    assert (1, True) == (said.code, "an exercise publishes no figures" in said.err)
    assert "publishes no figures" not in rooms[False].office.run(*name.split(), *words).err


def test_whoever_verifies_a_dossier_of_an_exercise_learns_what_it_is(
    rooms: dict[bool, Room], tmp_path: Path
) -> None:
    """The addressee has no inbox, and the command says it all the same."""
    key = tmp_path / "key"
    key.write_text(ADDRESSEE.encode())
    for is_exercise, room in rooms.items():
        out = tmp_path / f"{is_exercise}.dossier"
        made = room.office.json(
            "dossier", "make", *READ["dossier make"][:-3], ADDRESSEE.recipient().encode(), "--out", out
        )
        words = ["dossier", "verify", str(out), "--key", made["key"], "--identity", str(key)]
        said = dossier_room.run(main.run, words)
        assert (0, is_exercise) == (said.code, said.out.startswith(f"{WORDS}\n")), said
