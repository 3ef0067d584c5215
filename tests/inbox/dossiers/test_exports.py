"""No export of a case contains data that prove who reported, or that reveal the source."""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import click
import pytest

from inbox.cli.main import commands
from inbox.files.pdf import Sheets
from inbox.vault.tables import Case
from tests.support import dossier_room as room_of
from tests.support.command_tree import commands_of
from tests.support.dossier_room import ADDRESSEE, LABELS, NAME, SECRET, SOURCE, Room, opened
from tests.support.inbox_builders import today
from tests.support.inbox_ending import aged
from tests.support.inbox_visas import agreed

# Each export for readers outside the office, with its command. OUT stands for the output folder.
EXPORTS = {
    "access, told": ["request", "answer", "1", "--text-file", "TEXT", "--out", "OUT/access.pdf"],
    "access, English": [
        "request",
        "answer",
        "2",
        "--language",
        "en",
        "--text-file",
        "TEXT",
        "--out",
        "OUT/en",
    ],
    "access, neither": ["request", "answer", "3", "--reason", "x", "--out", "OUT/neither.pdf"],
    "dossier": [
        "dossier",
        "make",
        "1",
        "--for",
        "prosecutor",
        "--to",
        "X",
        "--attachments",
        "original",
        "--every-file",
    ],
    "disciplinary file": ["dossier", "make", "1", "--for", "disciplinary", "--to", "X"],
    "letter, prosecutor": [
        "dossier",
        "letter",
        "1",
        "prosecutor",
        "--to",
        "pnf",
        "--text-file",
        "TEXT",
        "--out",
        "OUT/x",
    ],
    "letter, person": [
        "dossier",
        "letter",
        "1",
        "persons_notice",
        "--to",
        NAME,
        "--text-file",
        "TEXT",
        "--out",
        "OUT/x",
    ],
    "letter, external": [
        "dossier",
        "letter",
        "1",
        "forwarding",
        "--to",
        "anticorruption_agency",
        "--text-file",
        "TEXT",
        "--out",
        "OUT/x",
    ],
    "attachment": ["file", "export", "1", "2", "--out", "OUT/file", "--reason", "x"],
    "preview": ["file", "preview", "1", "2"],
    "templates": ["message", "template", "export", "--out", "OUT/templates.toml"],
    "oversight": ["office", "oversight"],
    "oversight, for machines": ["office", "oversight", "--json"],
    "goals": ["office", "goals"],
    "goals, for machines": ["office", "goals", "--json"],
    "timeline": ["case", "timeline", "1", "--json"],
    "journal": ["journal", "list", "--json"],
    "register": ["office", "register", "alerts", "--out", "OUT/register.csv"],
    "register, printed": ["office", "register", "alerts", "--out", "OUT/register.pdf"],
    "sheet": ["office", "sheet", "impact", "--out", "OUT/sheet.pdf"],
    "retention visa request": ["retention", "visa", "request", "1", "--out", "OUT/list"],
    "destroyed": ["retention", "list-destroyed", "--out", "OUT/list"],
}
# These exports need a closed case.
ENDED = {"retention visa request"}
# These exports are about a destroyed case, so they are made last.
AFTER = {"destroyed"}
# These exports must not reveal the source, because the reporter asked for this, or because a reader could
# infer the source.
SOURCELESS = {
    name
    for name in EXPORTS
    if name.partition(",")[0] in {"access", "goals", "letter", "oversight", "timeline"}
}
SOURCELESS |= {"journal", "destroyed", "retention visa request", "register", "register, printed", "sheet"}
# These commands also write files. Some of these files are for the portal, which knows the ids of cases. The
# others are sealed to officers, or do not concern a case.
NO_EXPORT = {
    "backup make",
    "statistics edition make",
    "statistics edition write",
    *(f"exchange {each}" for each in ("card", "keyring", "outbox", "sign-pages")),
}


@dataclass(frozen=True)
class Made:
    """The data that prove who reported, the case as officers see it, and the contents of each export."""

    proofs: Mapping[str, bytes]
    shown: str
    exports: Mapping[str, list[bytes]]


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Room, Mapping[str, bytes], Mapping[str, list[bytes]]]:
    """Make every export of one case. Read each export in every possible form."""
    room = room_of.found(tmp_path_factory.mktemp("exports"))
    proofs = room_of.proofs_of_reporter(room)
    shown = room.office.run("case", "show", "1")
    (room.folder / "text").write_text(f"Il est dit que {NAME} aurait mal agi.")
    for days in (25, 26, 27):
        came = ["--received", (today() - timedelta(days)).isoformat(), "--way", "letter"]
        room.office.json("request", "add", "--person", NAME, *came)
    room.office.json("office", "set", "--regime", "external")
    room.office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    room.office.json("case", "decide", "1", "informed", "--reason", "x")
    found = {name: list(_exported(room, name)) for name in EXPORTS if name not in AFTER | ENDED}
    room.office.json("case", "decide", "1", "not_needed", "--reason", "x")
    room.office.close("1")
    with room.office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).withdrawn = True  # the portal does not have to be told of the closing
    room.office.json("case", "show", "1")
    aged(room.office)
    found |= {name: list(_exported(room, name)) for name in ENDED}
    agreed(room.office)
    room.office.json("retention", "destroy", "1")
    return Made(proofs, shown.out, found | {name: list(_exported(room, name)) for name in AFTER})


def _exported(room: Room, name: str) -> Iterator[bytes]:
    """Make an export.

    Yield the export's name, its bytes, and its contents in every form in which somebody could read them.
    """
    out = room.folder / "out" / name.replace(" ", "-").replace(",", "")
    out.mkdir(parents=True)
    text = str(room.folder / "text")
    words = [word.replace("OUT", str(out)).replace("TEXT", text) for word in EXPORTS[name]]
    if words[:2] == ["dossier", "make"]:
        words += ["--recipient", ADDRESSEE.recipient().encode(), "--out", str(out / "sealed.age")]
    said = room.office.run(*words)
    assert said.code == 0, said.err
    yield f"{said.out}{said.err}".encode()
    for path in sorted(each for each in out.rglob("*") if each.is_file()):
        yield path.name.encode()
        yield from _read({path.name: path.read_bytes()} if path.suffix != ".age" else opened(path))
    shutil.rmtree(out)


def _read(files: Mapping[str, bytes]) -> Iterator[bytes]:
    for raw in files.values():
        yield raw
        if raw.startswith(b"%PDF"):
            yield room_of.unpacked(raw)
            yield from ("".join(text.split()).encode() for text in (room_of.printed(raw), room_of.drawn(raw)))


def found_in(read: Iterable[bytes], proofs: Mapping[str, bytes]) -> set[str]:
    """Return the names of the values that occur in these bytes: raw, in hexadecimal, or in base 64."""
    everything = list(read)
    return {
        name
        for name, value in proofs.items()
        if any(form in each for form in room_of.forms(value) for each in everything)
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTS)
def test_no_export_contains_data_that_prove_who_reported(made: Made, name: str) -> None:
    """Such data are keys, signatures, salts, and ids of the case, its envelope or the keyring."""
    assert {"author key", "signature", "case id", "reply recipient", "salt"} <= set(made.proofs)
    assert set() == found_in(made.exports[name], made.proofs)


def test_the_search_of_compressed_pages_finds_data_that_prove_who_reported(made: Made) -> None:
    """The control of the test above.

    The data are printed on pages that are compressed like those of an export.
    """
    proofs = made.proofs
    for write in (bytes.hex, lambda value: next(reversed([*room_of.forms(value)])).decode()):
        sheets = Sheets("x", language="fr", day=today(), foot="x", removed="x")
        for value in proofs.values():
            sheets.text(write(value))
        assert set(proofs) == found_in(_read({"x": sheets.output()}), proofs)


@pytest.mark.parametrize("name", sorted(SOURCELESS))
def test_no_export_that_must_protect_the_source_contains_words_about_the_source(
    made: Made, name: str
) -> None:
    """These words are from protected answers, or say who else was present or how the reporter knows.

    The control is the case itself.
    """
    # A PDF also contains other numbers: the offsets of its objects. These numbers do not come from a report.
    read = re.sub(rb"\b\d{10} \d{5} [nf]\b", b"", b"\n".join(made.exports[name]))
    shown = ("Ondine", SECRET, SOURCE, *LABELS, "4417", "MSKU")
    assert [word for word in shown if word not in made.shown] == []
    for word in (*shown, *LABELS.values()):
        assert word.encode() not in read, word
        assert "".join(word.split()).encode() not in read, word


def test_each_export_contains_the_words_that_its_readers_need(made: Made) -> None:
    """The control of the tests above."""
    said = {name: b"\n".join(read) for name, read in made.exports.items()}
    squeezed = "".join(NAME.split()).encode()
    told = ("access, told", "access, English", "access, neither", "letter, person", "dossier")
    assert all(squeezed in said[name] for name in told)
    assert b"MSKU" in said["dossier"]
    assert b"liste" in said["attachment"]
    assert b"moot" in said["destroyed"]
    assert "soumis au visa des archives".upper().encode() in said["retention visa request"]


def test_these_tests_cover_every_command_that_writes_a_file() -> None:
    def writing(group: click.Group, path: str = "") -> Iterator[str]:
        for name, command in commands_of(group).items():
            if isinstance(command, click.Group):
                yield from writing(command, f"{path}{name} ")
            elif any(each.name == "out" for each in command.params):
                yield path + name

    known, lines = {*writing(commands)}, [f"{' '.join(words)} " for words in EXPORTS.values()]
    assert len(known) > 12
    assert NO_EXPORT == {path for path in known if not any(line.startswith(f"{path} ") for line in lines)}
