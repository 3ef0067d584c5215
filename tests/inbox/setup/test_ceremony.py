"""The ceremony that founds an inbox.

The tests check who can take part, which files the ceremony writes, and what an interruption leaves behind.
"""

import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from crypto import shares
from inbox.keys import officers
from inbox.keys.officers import Credential
from inbox.language.errors import Refused
from inbox.session.inbox import unlocked
from inbox.setup import init as founding
from inbox.setup.ceremony_papers import Handout
from inbox.system import atomic_files
from tests.support import goldens
from tests.support import inbox_builders as build
from tests.support.gate import steps
from tests.support.inbox_builders import QUICKLY, Office, passphrase_of
from tests.support.inbox_kills import killed_everywhere
from tests.support.traces import found_in, found_in_files
from tests.support.typist import JOB, Typist, typing, typing_to_fork, typing_to_inbox

NAMES = ("alice", "bruno", "chloe")
INIT = ["init", "--deployment", "Fanal", "--channel", "inspection", "--name-fr", "É", "--name-en", "E"]
pytestmark = pytest.mark.usefixtures("quick")
WORDS = ["--home", "inbox", *INIT]


def init(folder: Path, *options: str, names: str = ",".join(NAMES), given: tuple[str, ...] = NAMES) -> Any:
    """Found an inbox with the command. The officers in ``given`` have their passphrases in files."""
    office = Office(folder, ("alice", "bruno"))
    (folder / "given").mkdir()
    files = [folder / "given" / name for name in given]
    for file in files:
        file.write_text(passphrase_of(file.name))
    secrets = [word for file in files for word in ("--passphrase-file", str(file))]
    office.opening = lambda: secrets  # type: ignore[method-assign]
    return office.run(*INIT, "--officers", names, "--shares", office.shares, *options)


@pytest.mark.parametrize(
    ("names", "quorum", "words"),
    [
        ("alice,bruno,alice", "2", "two officers have the same name"),
        ("alice,bruno,chloe", "4", "a quorum of 4 is too large for 3 officers"),
        ("alice,bruno,chloe", "1", "any officer alone could open everything"),
        ("Alice,bruno", "2", "cannot be the name"),
        ("alice,bru no", "2", "cannot be the name"),
        ("alice,../bruno", "2", "cannot be the name"),
        ("alice,", "2", "cannot be the name"),
        (f"alice,{'b' * 33}", "2", "cannot be the name"),
        ("a,b,c,d,e,f,g,h", "2", "8 officers cannot share a secret"),
    ],
)
def test_an_invalid_circle_of_officers_is_refused_before_anybody_enters_a_passphrase(
    tmp_path: Path, names: str, quorum: str, words: str
) -> None:
    """There is no terminal, so a question would cause another error. Nothing is created."""
    said = init(tmp_path, "--quorum", quorum, names=names, given=())
    assert (1, True) == (said.code, words in said.err)
    assert ["given"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("quorum", ["0", "-1", "two"])
def test_a_quorum_that_is_not_a_positive_number_is_a_usage_error(tmp_path: Path, quorum: str) -> None:
    said = init(tmp_path, "--quorum", quorum, given=())
    assert (2, True) == (said.code, "Invalid value for '--quorum'" in said.err)
    assert ["given"] == [path.name for path in tmp_path.iterdir()]


def test_with_a_valid_circle_of_officers_the_command_needs_a_terminal_or_passphrase_files(
    tmp_path: Path,
) -> None:
    """The control for the tests above: here, the command asks for passphrases."""
    said = init(tmp_path, "--quorum", "2", given=())
    assert (1, True) == (said.code, "no terminal" in said.err)


@pytest.mark.parametrize(
    ("options", "given", "code", "words"),
    [
        ([], NAMES[:2], 2, "give --passphrase-file once for each of: alice, bruno, chloe"),
        (["--shares", "{}/inbox/shares"], NAMES, 1, "must not be in the home"),
        (["--shares", "{}/nowhere/shares"], NAMES, 1, "No such file"),
        (["--channel", "Bad Channel"], NAMES, 1, "invalid channel id"),
    ],
    ids=["passphrase-missing", "shares-in-home", "no-folder", "channel"],
)
def test_a_refused_founding_leaves_no_file(
    tmp_path: Path, options: list[str], given: tuple[str, ...], code: int, words: str
) -> None:
    said = init(tmp_path, *(option.format(tmp_path) for option in options), given=given)
    assert (code, True) == (said.code, words in said.err)
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "given"]


def test_the_options_for_officers_and_for_shares_require_each_other(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.secret.write_text(build.PASSPHRASE)
    for half in (["--officers", "alice,bruno"], ["--shares", str(tmp_path)]):
        assert (2, True) == ((said := office.run(*INIT, *half)).code, "--officers and --shares" in said.err)


def test_a_ceremony_leaves_shares_and_sheets_and_a_record(tmp_path: Path) -> None:
    """The record describes the contents of the vault. The words of a sheet open the inbox."""
    said = init(tmp_path, "--quorum", "2", "--sheets", "--json")
    assert (0, "") == (said.code, said.err)
    view = said.json
    assert {"quorums": 3, "fewer": 3} == view["share_test"]
    paths = [Path(path) for path in (*view["shares"].values(), *view["sheets"].values(), view["record"])]
    assert sorted(paths) == sorted((tmp_path / "shares").iterdir())
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert [] == found_in_files(tmp_path / "inbox", map(passphrase_of, NAMES))
    office = Office(tmp_path, ("alice", "chloe"))
    for name in NAMES:
        office.secret_of(name).write_text(passphrase_of(name))
    keyring, _ = office.keyring()
    record = Path(view["record"]).read_text()
    for fact in (view["root_fingerprint"], view["sharing"], "alice, bruno, chloe", "2 of 3"):
        assert fact in record
    assert build.base64url.encode(keyring.channels[0].intake_keys[0].id) in record
    assert office.json("journal", "list")["entries"][0]["action"] == "found"
    sheet = re.findall(r"(?m)(\d\d?) ([a-z]+)(?=  |$)", Path(view["sheets"]["bruno"]).read_text())
    typed = "\n".join(
        f"{number} {word.upper()}" for number, word in sorted(sheet, key=lambda pair: int(pair[0]))
    )
    brought = [Credential(typed.encode(), None), *office.bring()[:1]]
    with unlocked(office.root, lambda: brought, lambda *_: None) as opened:
        assert ("alice", "bruno") == opened.officers


def written_wrongly(path: Path, pieces: Any, write: Any = atomic_files.write) -> None:
    """Write files as if to a medium that changes one bit of every share file."""
    raw = b"".join(pieces)
    write(path, [raw[:-10] + bytes([raw[-10] ^ 1]) + raw[-9:] if path.suffix == ".share" else raw])


def split_for(quorum: int, stated: int, secret: bytes | None = None) -> Any:
    """Return a function that splits ``secret``.

    If ``secret`` is None, the function splits the secret passed to it.

    Each share states the quorum ``stated``.
    """
    split = shares.split
    return lambda given, *, count, **_: [
        shares.restated(each, stated) for each in split(secret or given, quorum=quorum, count=count)
    ]


FAULTS: dict[str, tuple[Any, str, Any]] = {
    "medium": (atomic_files, "write", written_wrongly),
    "fewer-would-do-and-say-so": (shares, "split", split_for(2, stated=2)),
    "fewer-would-do-and-do-not-say-so": (shares, "split", split_for(2, stated=3)),
    "more-are-needed-than-said": (shares, "split", split_for(4, stated=3)),
    "another-secret": (shares, "split", split_for(3, stated=3, secret=bytes(32))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_inbox_is_founded_with_shares_that_fail_the_share_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The share test fails if a quorum cannot open the test message, or if fewer officers can open it.

    No home, share file or paper is left.
    """
    office = Office(tmp_path)
    office.shares.mkdir()
    handout, circle = Handout(office.shares, with_sheets=True), build.circle(*NAMES, "dora", quorum=3)
    with monkeypatch.context() as patch:
        patch.setattr(*FAULTS[fault])
        with pytest.raises(Refused, match="the share test failed"):
            founding.found(office.root, build.charter(), circle, handout, today=build.today())
    assert [office.shares] == list(tmp_path.rglob("*"))
    founded = founding.found(office.root, build.charter(), circle, handout, today=build.today())
    assert (4, 6) == (founded.proven.quorums, founded.proven.fewer)  # This inbox is the control.


# Steps of this size can skip a state that exists for only two steps, such as a home without its header. The
# soak tries every step.
@steps(5)
def test_a_ceremony_that_is_killed_at_any_step_can_be_started_again(tmp_path: Path, stride: int) -> None:
    """The process is killed at one step after another, or at every step in `make soak stops`.

    Each time, the killed process leaves either a complete home or none.
    """
    begun = Office(tmp_path / "begun", ("alice", "bruno"))
    begun.shares.mkdir(parents=True)
    secrets = []
    for name in NAMES:
        begun.secret_of(name).write_text(passphrase_of(name))
        secrets += ["--passphrase-file", f"{{}}/shares/{name}.passphrase"]
    words = [*INIT, "--officers", ",".join(NAMES), "--shares", "{}/shares", "--sheets", *secrets]
    killed = killed_everywhere(begun, tmp_path / "killed", build.today(), *words, stride=stride)
    whole = [office for office in killed if office.root.exists()]
    assert 2 <= len(whole) * stride < len(killed) * stride - 20
    assert any(office.shares.glob("*.sheet.txt") for office in killed if office not in whole)
    for office in whole:
        with office.unlocked() as opened:
            assert ("alice", "bruno") == opened.officers
    cut_short = [office for office in killed if any(office.shares.glob("*.sheet.txt.*.part"))]
    assert any("word" in path.read_text() for office in cut_short for path in office.shares.glob("*.part"))
    for office in {*killed[: -len(whole) : 5 // stride], *cut_short}:
        handout = Handout(office.shares, with_sheets=False)
        founding.found(
            office.root, build.charter(), build.circle(*NAMES, quorum=2), handout, today=build.today()
        )
        with office.unlocked() as opened:
            assert ("alice", "bruno") == opened.officers
        assert ["inbox", "shares"] == sorted(path.name for path in office.root.parent.iterdir())
        assert [] == list(office.shares.glob("*.part"))


TOO_LONG = "x" * 2_001


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--questionnaire", "{}/questions.toml"], "not accepted: questionnaire is not TOML"),
        (["--deployment", TOO_LONG], "a name or note is too long"),
        (["--name-fr", TOO_LONG], "a name or note is too long"),
        (["--note-en", TOO_LONG], "a name or note is too long"),
    ],
    ids=["questionnaire", "deployment", "name", "note"],
)
def test_a_text_that_no_page_could_show_is_refused_before_anybody_enters_a_passphrase(
    tmp_path: Path, options: list[str], words: str
) -> None:
    """There is no terminal, so a question would cause another error. Nothing is created."""
    (tmp_path / "questions.toml").write_text("[[")
    said = init(tmp_path, *(option.format(tmp_path) for option in options), given=())
    assert (1, True) == (said.code, said.err.startswith(f"error: {words}"))
    assert ["given", "questions.toml"] == sorted(path.name for path in tmp_path.iterdir())


TWO = ["--officers", "alice,bruno", "--quorum", "2", "--shares", "shares", "--same-disk"]


def agree(at: Typist) -> None:
    """Go through a ceremony of two officers who make typical mistakes."""
    at.answers("agree? (yes/no) ", "yes")
    for chosen in ("too short", "password12345"):
        at.confides("new passphrase of alice: ", chosen)
    at.confides("repeat it: ", "password12345")
    at.answers("Keep it anyway? (yes/no) ", "no")
    at.confides("new passphrase of alice: ", passphrase_of("alice"))
    at.confides("repeat it: ", passphrase_of("alice") + "!")
    for name in ("alice", "bruno"):
        at.confides(f"new passphrase of {name}: ", passphrase_of(name))
        at.confides("repeat it: ", passphrase_of(name))


@pytest.mark.slow
def test_a_ceremony_at_a_terminal_shows_exactly_the_recorded_text(tmp_path: Path) -> None:
    """No passphrase is shown or written to a file."""
    with typing_to_inbox([*WORDS, *TWO, "--sheets"], tmp_path) as at:
        agree(at)
        assert 0 == at.waits()
    goldens.check("ceremony", at.shown)
    (record,) = (tmp_path / "shares").glob("record-*.txt")
    goldens.check("record", record.read_text())
    (sheet,) = (tmp_path / "shares").glob("alice-*.sheet.txt")
    goldens.check("sheet", re.sub(r"(?m)(?<=\d )[a-z]{4,8}( *)(?= \d|$)", "WORD", sheet.read_text()))
    chosen = [passphrase_of(name) for name in ("alice", "bruno")]
    assert [] == found_in(at.shown.encode(), chosen) + found_in_files(tmp_path, chosen)


def test_a_single_officer_can_correct_mistakes_and_sees_how_strong_a_passphrase_is(tmp_path: Path) -> None:
    with typing_to_fork(WORDS, tmp_path, QUICKLY) as at:
        for chosen in ("too short", "password12345"):
            at.confides("new passphrase of officer: ", chosen)
        at.confides("repeat it: ", "password12345")
        at.sees("weak, found within days")
        at.answers("Keep it anyway? (yes/no) ", "no")
        for chosen in (build.PASSPHRASE, build.PASSPHRASE + "!", build.PASSPHRASE, build.PASSPHRASE):
            at.confides(": ", chosen)
        at.sees("strong")
        assert 0 == at.waits()
    office = Office(tmp_path)
    with office.unlocked() as opened:
        assert ("officer",) == opened.officers


def test_a_weak_passphrase_in_a_file_only_causes_a_warning(tmp_path: Path) -> None:
    """A strong passphrase causes no warning."""
    office = Office(tmp_path)
    office.secret.write_text("password12345")
    said = office.run(*INIT)
    assert (0, True) == (
        said.code,
        said.err.startswith("warning: the passphrase of officer: about 10^4 guesses: weak"),
    )
    strong = tmp_path / "strong"
    strong.write_text(build.PASSPHRASE)
    assert (0, "") == (
        (said := office.run("officer", "renew", "--new-passphrase-file", strong)).code,
        said.err,
    )


def test_nothing_changes_if_the_officers_answer_that_they_do_not_agree(tmp_path: Path) -> None:
    """Until the officers answer, Ctrl-Z does not stop the process.

    A stopped process would keep its secrets in memory.
    """
    with typing([*JOB, Path(sys.executable).with_name("inbox"), *WORDS, *TWO], tmp_path) as at:
        at.sees("agree? (yes/no) ")
        at.presses(b"\x1a")
        at.types("no")
        at.sees("ended with 1\n")
        at.waits()
    assert "error: not all officers agreed" in at.shown
    assert [tmp_path / "shares"] == list(tmp_path.rglob("*"))


ANSWERS = [
    ("agree? (yes/no) ", "yes"),
    *((question, passphrase_of("alice")) for question in ("new passphrase of alice: ", "repeat it: ")),
    *((question, passphrase_of("bruno")) for question in ("new passphrase of bruno: ", "repeat it: ")),
    ("Making and testing the shares takes some seconds.", ""),
]


@pytest.mark.parametrize("place", range(len(ANSWERS)))
def test_ctrl_c_at_any_question_or_during_the_share_test_changes_nothing(tmp_path: Path, place: int) -> None:
    with typing_to_fork([*WORDS, *TWO], tmp_path) as at:
        for question, answer in ANSWERS[:place]:
            at.sees(question)
            at.types(answer)
        at.sees(ANSWERS[place][0])
        if ANSWERS[place][1]:
            at.interrupts()
        else:
            at.presses(b"\x03")
        assert 1 == at.waits()
    assert "error: stopped\nhint: unfinished work was undone\n" in at.shown
    assert [tmp_path / "shares"] == list(tmp_path.rglob("*"))


def test_the_error_for_a_short_passphrase_gives_the_minimum_length_and_advice() -> None:
    with pytest.raises(Refused, match="shorter than 12 characters") as caught:
        officers.check_passphrase("x" * 11)
    assert "randomly drawn" in caught.value.hint
