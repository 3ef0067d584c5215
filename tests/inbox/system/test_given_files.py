"""A path that somebody gives can lead to anything. The program reads only regular files of limited size."""

import ast
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox.language.errors import FileRefused
from inbox.system import given_files
from tests.support.gate import crossed
from tests.support.inbox_builders import Office, Scene, World, first
from tests.support.paths import ROOT

pytestmark = pytest.mark.usefixtures("hasty")

TERABYTE = 1 << 40


def linked(path: Path, to: str | Path) -> None:
    path.symlink_to(to)


def listening(path: Path) -> None:
    here = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{here}/{path.name}")  # A socket address has no room for a longer path.
    os.close(here)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(TERABYTE)


def linked_pipe(path: Path) -> None:
    os.mkfifo(path.with_suffix(".pipe"))
    path.symlink_to(path.with_suffix(".pipe"))


NO_FILES: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "socket": listening,
    "folder": Path.mkdir,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "link to a pipe": linked_pipe,
    "link to a file": lambda path: path.symlink_to(__file__),
}
TRAPS = NO_FILES | {"terabyte": sparse}


@pytest.mark.parametrize("lay", TRAPS.values(), ids=TRAPS)
def test_only_a_regular_file_of_limited_size_is_read(lay: Callable[[Path], None], tmp_path: Path) -> None:
    """The control is a file with exactly as many bytes as allowed."""
    trap, fine = tmp_path / "trap", tmp_path / "fine"
    lay(trap)
    fine.write_bytes(b"1234")
    assert b"1234" == given_files.content(fine, 4)
    with pytest.raises(FileRefused):
        given_files.content(trap)
    with pytest.raises(FileRefused):
        given_files.content(fine, 3)


def test_a_missing_file_causes_the_usual_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        given_files.content(tmp_path / "missing")


def test_a_file_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = tmp_path / "growing"
    growing.write_bytes(b"1234")
    fstat = os.fstat

    def seen(descriptor: int) -> os.stat_result:
        before = fstat(descriptor)
        with growing.open("ab") as more:
            more.write(b"5")
        return before

    monkeypatch.setattr(os, "fstat", seen)
    with pytest.raises(FileRefused):
        given_files.content(growing, 4)


# Each command reads a file that somebody gives. {trap} is the path of this file. {folder} contains the file
# under the name of a card.
COMMANDS = [
    "exchange collect {trap}",
    "case show 1 --share {trap}",
    "case add --route letter --language fr --received 2026-01-02 --answers {trap}",
    "case add --route letter --language fr --received 2026-01-02 --answers {answers} --attach {trap}",
    "exchange sign-pages {trap} --out {out}",
    "office questionnaire replace {trap}",
    "message template replace {trap}",
    "journal verify --anchors {trap}",
    "exchange channel add {folder} --fingerprint X",
    "case note 1 --text-file {trap}",
    "dossier preview 1 --for prosecutor --to x --redact {trap}",
    "dossier make 1 --for prosecutor --to x --recipient {trap} --out {out}/dossier",
    "dossier verify {trap} --key x",
    "dossier verify {answers} --key x --identity {trap}",
]


@pytest.mark.parametrize("lay", TRAPS.values(), ids=TRAPS)
def test_every_command_refuses_a_special_or_endless_file_immediately(
    office: Office, tmp_path: Path, lay: Callable[[Path], None]
) -> None:
    folder, answers = tmp_path / "folder", tmp_path / "answers.toml"
    folder.mkdir()
    answers.write_text('what = "x"')
    trap = folder / "card.json"
    lay(trap)
    for command in COMMANDS:
        words = command.format(trap=trap, folder=folder, answers=answers, out=office.out)
        said = office.run(*words.split())
        assert (True, "") == (said.code in {1, 2}, said.out), (command, said)
        assert "error: " in said.err.lower(), command
        assert "the program has a fault" not in said.err
    assert [] == list((office.root / "arriving").iterdir())


@pytest.mark.parametrize("name", ["vault.json", "officer.share", "backup.json"])
@pytest.mark.parametrize("lay", TRAPS.values(), ids=TRAPS)
def test_a_special_or_endless_file_in_a_home_or_a_backup_does_not_hang_the_program(
    office: Office, tmp_path: Path, lay: Callable[[Path], None], name: str
) -> None:
    """The folder may come from somebody else."""
    if name == "backup.json":
        lay(office.root / name)
        words = [
            "--home",
            tmp_path / "new",
            "backup",
            "restore",
            "--from",
            office.root,
            "--keystore",
            office.secret,
        ]
        said = office.run(*words)
    else:
        found = next(office.root.glob(f"*{Path(name).suffix}"))
        found.unlink()
        lay(found)
        said = office.run("case", "list")
    assert (1, "", True) == (said.code, said.out, said.err.startswith("error: "))


@pytest.fixture(scope="module")
def founded_filled(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """An inbox with an attachment and a waiting outbox."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("filled"))
    scene.collect(first(scene.reporter, files=[b"x"]))
    scene.world.office.json("exchange", "outbox", "--out", scene.world.office.out)
    return scene


IN_THE_HOME = [
    ("vault-*.sqlite", "case list"),
    ("keystore-*.age", "file export 1 1 --out {apart}/file --reason x"),
    ("attachments/*.age", "file export 1 1 --out {apart}/file --reason x"),
    ("outbox/*.tar", "exchange outbox --again 1 --out {out}"),
    ("outbox/*.tar", "retention list"),
]


@pytest.mark.copy_of("founded_filled")
@pytest.mark.parametrize(("where", "trap"), crossed(IN_THE_HOME, TRAPS))
def test_a_special_or_endless_file_in_the_home_does_not_hang_a_command_with_an_open_vault(
    office: Office, where: tuple[str, str], trap: str
) -> None:
    """A home can be a copy that somebody else made.

    As a control, the same command succeeds before the file is replaced.
    """
    name, command = where
    (apart := office.out / "apart").mkdir()  # This folder contains no bundle.
    words = command.format(out=office.out, apart=apart).split()
    assert 0 == office.run(*words).code
    (apart / "file").unlink(missing_ok=True)
    (found,) = office.root.glob(name)
    found.unlink()
    TRAPS[trap](found)
    said = office.run(*words)
    assert (1, "", True) == (said.code, said.out, "\nerror: " in f"\n{said.err}")
    assert ("the program has a fault" in said.err, (apart / "file").exists()) == (False, False)


# These modules open files by path without ``given_files``. Each text names the files that the module opens.
OWN = {
    "inbox/system/given_files.py": "the one that opens them",
    "inbox/system/atomic_files.py": "what it writes itself, and copies of outboxes that were read before",
    "inbox/system/home.py": "the folder of the home, to lock it",
    "inbox/system/holder.py": "its own file in memory, which says who holds the home",
    "inbox/system/terminal.py": "the terminal",
    "inbox/setup/doctor.py": "what the kernel says of network interfaces",
    "inbox/deadlines/renewing.py": "the program's own",
    "inbox/keys/secret_sharing.py": "share files that it has just written",
    "inbox/sandboxed/pictures.py": "bytes in memory",
    "inbox/sandboxed/archives.py": "bytes in memory",
}


def opens(source: str) -> bool:
    """Return whether a module opens or reads a file by its path, except files shipped with the program."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="joinpath")))):
                continue
            case ast.Call(func=ast.Name(id="open")):
                return True
            case ast.Call(func=ast.Attribute(attr="open" | "read_bytes" | "read_text")):
                return True
    return False


@pytest.mark.parametrize(
    "planted", ["open(x)", "x.open('rb')", "os.open(x, 0)", "Path(x).read_text()", "x.read_bytes()"]
)
def test_the_search_finds_each_way_to_open_a_file(planted: str) -> None:
    """The control for the test below."""
    assert opens(planted)
    assert not opens("given_files.opened(x); files('inbox').joinpath('x').read_bytes(); x.opened()")


def test_only_the_listed_modules_open_files_by_path() -> None:
    sources = {str(path.relative_to(ROOT)): path for path in (ROOT / "inbox").rglob("*.py")}
    assert set(OWN) == {name for name, path in sources.items() if opens(path.read_text("utf-8"))}
