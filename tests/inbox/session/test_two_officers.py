"""Some actions take two officers.

Both officers enter a passphrase for each action, and the journal names both.
"""

import contextlib
import io
import shlex
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from crypto import card
from crypto.bundle import Link
from crypto.journal import Presence
from inbox.cli import main
from inbox.cli.shell import Open, asking
from inbox.deadlines import workflow
from inbox.figures import editions
from inbox.keys import channel_cards, share_file
from inbox.keys.officers import Credential
from inbox.language.errors import Locked, Refused
from inbox.session.actions import TABLE, Actor, Code, Reason, action
from inbox.system import terminal
from inbox.vault.casework_tables import AccessRequest, ListedCase, Measure
from inbox.vault.destroyed_tables import PublicationPlan, VisaList
from inbox.vault.tables import Unopened
from inbox.vault.unopened_reasons import Kind
from templates import shipped
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, Portal, Said, World, passphrase_of
from tests.support.inbox_clock import Clock, moved
from tests.support.inbox_ending import AGES
from tests.support.inbox_visas import agree
from tests.support.laws import edited

NAMES = ("alice", "bruno", "chloe")
STORED = build.today().year - 2
# This list is literal, because people decide which actions are sensitive.
SENSITIVE = {
    "adopt-plan",
    "make-edition",
    "read-figures",
    "extend-access",
    "extract",
    "close-by-two",
    "accept-instance",
    "sign-pages",
    "adopt-questionnaire",
    "adopt-templates",
    "adopt-law",
    "accept-card",
    "remove-channel",
    "rotate-keys",
    "destroy-keys",
    "change-officers",
    "renew-shares",
    "lift-conflict",
    "name-alias",
    "remove-alias",
    "correct-clock",
    "read-identity",
    "disclose-identity",
    "break-glass",
    "make-dossier",
    "answer-access",
    "destroy-cases",
    "discard-unopened",
    "accept-gap",
    "lift-quarantine",
    "minimise",
    "release-hold",
    "remove-proceedings",
    "record-visa",
    "open-archived",
    "end-proceedings",
    "decide-by-two",
    "note-unopposed",
}
COMMANDS = [
    "file export 1 1 --out {out}/file --reason x",
    "request extend --because number",
    *(
        f"case close 2 {outcome} --disclosure withheld --reason x"
        for outcome in (
            *("unfounded", "insufficient", "unverifiable", "bad_faith"),
            "out_of_scope --to ministry",
        )
    ),
    "exchange collect {new_portal} --new-instance {fingerprint}",
    "exchange sign-pages {pages} --out {out}",
    "office questionnaire replace {file}",
    "message template replace {replies}",
    "law replace {law}",
    "statistics plan adopt {plan}",
    "statistics edition make {figures_year} --out {out}/figures",
    "statistics edition write {stored_year} --out {out}/figures",
    "statistics show {stored_year}",
    "exchange channel add {card} --fingerprint {card_key}",
    "exchange channel remove ombudsman",
    "key rotate --now",
    "key rotate",
    "key destroy",
    "officer add dora --shares {out}/shares",
    "officer remove chloe --shares {out}/shares",
    "officer renew --shares {out}/shares --quorum 3",
    "officer renew --shares {out}/shares",
    "access conflict remove 1 bruno --reason x",
    "access alias add bruno Dupont",
    "access alias remove bruno Dupont",
    "journal correct-clock --reason x",
    "case identity show 1",
    "dossier disclosure add 1 --to X --what identity --ground judicial --reason x",
    "access break-glass 1 --reason x",
    "retention destroy 1",
    "exchange unopened discard",
    "exchange collect {later} --after-restore",
    "access unquarantine 1 --reason x",
    "case redact 1 note --text x --reason x",
    "retention unhold 1 --reason x",
    "case measure retract 1 1 --reason x",
    "case measure add 1 final_decision",
    "access open-archive 3 --reason x",
    "retention visa add 9-00000000 --day {day} --reference x",
    "case decide 1 no_transmission --reason x",
    "case decide 1 informed --reason x",
    "case decide 1 told --reason x --despite-warning y",
    "case junk 2 --reason x",
    "dossier make 1 --for prosecutor --to X --recipient {recipient} --out {out}/dossier",
    "request answer 1 --out {out}/access",
    "request unopposed 1 --request 1 --day {day} --reference x",
]


@pytest.fixture(scope="module")
def founded_folder(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that contains the inbox `office` and its `medium`. Tests copy the folder."""
    folder = tmp_path_factory.mktemp("two")
    with pytest.MonkeyPatch.context() as patch:
        _in_second_epoch(founded_three.copy(folder / "office"), folder / "medium", moved(patch))
    return folder


@pytest.fixture
def office(founded_folder: Path, tmp_path: Path, clock: Clock) -> Office:
    """An inbox in its second epoch, with one closed and one open case.

    The first keys of this inbox are due for destruction. The portal has applied outboxes that the inbox does
    not know.
    """
    shutil.copytree(founded_folder, tmp_path, dirs_exist_ok=True)
    clock.wait(130)
    return Office(tmp_path / "office", NAMES[:2])


def _in_second_epoch(office: Office, medium: Path, clock: Clock) -> None:
    portal = Portal(World(office), medium)
    clock.wait(70)
    office.json("key", "rotate")
    clock.wait(60)
    drops = [build.Sent(build.drop(portal.world, text)) for text in ("a note", "another", "a third")]
    bundle = portal.bundle(*drops, edit=lambda intake: build.replace(intake, exported=clock.day))
    office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    office.settle(1, 2)
    office.tell_no_prosecutor(1)
    with office.opened() as inbox, inbox.transaction() as transaction:
        long_ago = build.today() - AGES
        workflow.set_closed(workflow.of(transaction, 1), long_ago)
        transaction.add(Measure(case=1, position=1, kind="suspension", day=long_ago, recorded=long_ago))
        transaction.add(Measure(case=1, position=2, kind="office_decision", day=long_ago, recorded=long_ago))
        workflow.of(transaction, 3).archive_from = build.today()
        agree(transaction, 1)
        transaction.add(VisaList(n=9, made=build.today(), sha256=bytes(32)))
        transaction.flush()
        transaction.add(ListedCase(case=1, list=9))
        lost = {"kind": Kind.NOT_FOR_US, "received": build.today(), "collected": build.today()}
        asked = {
            "received": build.today(),
            "earliest": clock.day,
            "due": clock.day,
            "way": "letter",
            "names": "Nobody",
        }
        transaction.add(AccessRequest(n=1, **asked))
        transaction.add(Unopened(number=1, intake=1, tried=bytes(32), **lost))
    office.json("case", "declare", "1", "2")
    office.json("case", "show", "2")
    _with_an_edition(office, clock)
    portal.bundle(applied=Link(9, bytes(32)))


def _with_an_edition(office: Office, clock: Clock) -> None:
    """Store two plans of publication, and the edition for the first of their six years."""
    with office.unlocked() as opened:
        with opened.inbox.transaction() as session:
            for first in (STORED, STORED + 3):
                raw = _plan(first).encode()
                row = PublicationPlan(first_year=first, raw=raw, sha256=bytes(32), adopted=date(2020, 1, 1))
                session.add(row)
        editions.make(opened.inbox, opened.by_opening(clock.day), STORED)


def _plan(first: int) -> str:
    """Return the shipped plan for other years, for an office that has reports."""
    text = (shipped.FOLDER / "publication" / "fr.toml").read_text("utf-8")
    return text.replace("first_year = 2027", f"first_year = {first}").replace(
        "opens = true\n", "opens = false\n"
    )


@pytest.fixture
def place(office: Office, tmp_path: Path) -> dict[str, object]:
    """The values for the placeholders in the commands."""
    other = Portal(World(office), tmp_path / "other")
    made = tmp_path / "card"
    made.mkdir()
    with office.opened() as inbox, inbox.transaction() as session:
        raw, signature = channel_cards.issue(session, build.today())
    key = channel_cards.claim(raw)["key"]
    (made / card.CARD).write_bytes(raw)
    (made / card.SIGNATURE).write_bytes(signature)
    return {
        "later": tmp_path / "medium" / "inspection-2.tar",
        "new_portal": other.bundle(),
        "fingerprint": f"'{other.fingerprint}'",
        "file": build.QUESTIONNAIRE,
        "replies": shipped.FOLDER / "jurisdictions" / "fr" / "replies.toml",
        "law": edited(tmp_path / "law", "obstacles.toml", "priority = 2", "priority = 3"),
        "plan": _written(tmp_path / "plan.toml", _plan(STORED + 6)),
        "stored_year": STORED,
        "figures_year": STORED + 1,
        "pages": build.manifest(office, tmp_path / "manifest.json"),
        "out": office.out,
        "day": build.today(),
        "card": made,
        "card_key": f"'{key}'",
        "recipient": build.stranger().recipient().encode(),
    }


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


Typing = Callable[..., None]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Return a function that makes the officers enter these passphrases and nothing else."""

    def given(*answers: str) -> None:
        remaining = iter(answers)
        monkeypatch.setattr(
            terminal.sys, "stdin", SimpleNamespace(isatty=lambda: True, readline=lambda: "no\n")
        )
        monkeypatch.setattr(terminal.getpass, "getpass", lambda *_, **__: next(remaining, ""))

    return given


@contextlib.contextmanager
def session(office: Office) -> Iterator[Callable[[str], Said]]:
    """Open a session of two officers, and yield a function that runs a command in the session."""
    with office.unlocked() as opened:
        door = Open(opened)

        def run(line: str) -> Said:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main.run([*map(str, build.insisting(shlex.split(line)))], door)
            return Said(code, out.getvalue(), err.getvalue())

        yield run


def test_this_module_lists_the_actions_that_take_two_officers() -> None:
    """Each change to the table is a decision, and must be repeated here.

    For measures and junk, the law decides.
    """
    assert SENSITIVE == {code.value for code, rule in TABLE.items() if rule.officers == 2}


@pytest.mark.parametrize("code", sorted(SENSITIVE))
def test_one_officer_alone_cannot_take_a_sensitive_action(
    founded_two: Office, types: Typing, code: str
) -> None:
    """The test uses no command.

    With one passphrase, no transaction begins. With two passphrases, a transaction begins.
    """
    rule = TABLE[Code(code)]
    taken = action(Code(code), None, "x" if rule.reason is Reason.REQUIRED else "")
    with founded_two.unlocked() as opened:
        inbox, who = opened.inbox, Actor(opened.present, build.today(), asking(opened))
        types(passphrase_of("alice"))
        with pytest.raises(Locked), inbox.acting(who, taken):
            raise AssertionError
        types(passphrase_of("alice"), passphrase_of("bruno"))
        # The error rolls the entry back. The correction of the clock is refused, because the clock is right.
        with (
            pytest.raises((ZeroDivisionError, Refused)) as caught,
            inbox.acting(who, taken),
        ):
            raise ZeroDivisionError
        assert caught.type is not Locked


@pytest.fixture(scope="module")
def founded_two(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.found_by(tmp_path_factory.mktemp("two"), NAMES[:2], 2)


def actions(office: Office) -> list[str]:
    """Return the actions of the journal; an entry about an undeclared case is withheld."""
    entries = office.json("journal", "list")["entries"]
    return [entry["action"] for entry in entries if not entry["withheld"]]


@pytest.mark.slow
def test_every_command_with_a_sensitive_action_asks_for_two_officers(
    office: Office, place: dict[str, object], types: Typing
) -> None:
    """If the second passphrase is wrong or missing, the state and the journal do not change.

    The control is the same command with both passphrases, which passes this check.
    """
    before, entries = office.state(), actions(office)
    with session(office) as run:
        for command in COMMANDS:
            line = command.format(**place)
            for second, words in (
                ("wrong", "this is not the passphrase of bruno"),
                ("", "two officers must each enter"),
            ):
                types(passphrase_of("alice"), second)
                said = run(line)
                assert (1, True) == (said.code, words in said.err), (line, said)
                assert "passphrase now" in said.err
    assert before == office.state()
    # Some entries are exceptions. Officers see the law, keys, a case or unfiled envelopes before they change
    # or destroy them. Reading the journal is an exception, too.
    shown = [*["list-settings"] * 2, *["list-keys"] * 2]
    assert [*entries, *shown, *["list-retention"] * 4, "read-journal"] == actions(office)
    copies = iter(range(100))
    for command in COMMANDS:
        copy = office.copy(office.root.parent.parent / f"copy{next(copies)}")
        with session(copy) as run:
            types(passphrase_of("alice"), passphrase_of("bruno"))
            said = run(command.format(**place))
            assert "wrong passphrase" not in said.err, command
            assert "error: two officers must each enter" not in said.err, command


def test_every_sensitive_action_has_a_command_in_this_module(
    office: Office, place: dict[str, object], types: Typing
) -> None:
    """Therefore the list of commands is complete. For junk, the law requires two officers."""
    asked = set()
    with session(office) as run:
        for command in COMMANDS:
            types()
            told, _, _ = run(command.format(**place)).err.partition("\ntwo officers must each type ")
            # The lines below the action repeat the values that were given with the command.
            acts = [each for each in told.splitlines() if not each.startswith((" ", "│"))]
            asked.add(acts[-1].split()[0])
    assert SENSITIVE | {"junk"} == asked


@pytest.mark.parametrize(
    "command",
    ["exchange collect {new_portal} --new-instance X", "exchange channel add {card} --fingerprint X"],
)
def test_a_wrong_fingerprint_is_refused_before_anybody_enters_a_passphrase(
    office: Office, place: dict[str, object], types: Typing, command: str
) -> None:
    """As a control, the same commands with the right fingerprint ask for two officers in the test above."""
    with session(office) as run:
        types()
        said = run(command.format(**place))
    assert (1, False) == (said.code, "passphrase" in said.err)
    shown = place["fingerprint" if "collect" in command else "card_key"]
    assert str(shown).strip("'") in said.err


def test_the_fingerprint_of_a_channel_card_is_compared_before_the_inbox_is_opened(
    place: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """As a control, the command continues with the right fingerprint, and looks for the home."""
    for typed, said in (("X", "not the given key"), (str(place["card_key"]), "there is no inbox in nowhere")):
        words = ["--home", "nowhere", "exchange", "channel", "add", str(place["card"])]
        assert 1 == main.run([*words, "--fingerprint", typed.strip("'")])
        assert said in capsys.readouterr().err


def test_the_warning_about_an_original_file_is_shown_before_officers_enter_passphrases(
    office: Office, types: Typing
) -> None:
    """Therefore the officer has already read that the file may be as hostile as its sender."""
    with session(office) as run:
        types()
        warned, asked, _ = run(f"file export 1 1 --out {office.out}/file --reason x").err.partition(
            "two officers must each type"
        )
        assert ("the reporter's original file" in warned, asked) == (True, "two officers must each type")
        assert "original file" not in run(f"file preview 1 1 --out {office.out}/file").err


def test_the_journal_names_the_two_officers_who_confirmed_an_action(office: Office, types: Typing) -> None:
    """Three officers are signed in."""
    with session(office.of(*NAMES)) as run:
        types("", passphrase_of("bruno"), passphrase_of("chloe"))
        assert 0 == run("key rotate --now --reason drill").code
    entry = office.json("journal", "list")["entries"][-2]
    assert ("rotate-keys", dict.fromkeys(("bruno", "chloe"), "confirmed"), "drill") == (
        entry["action"],
        entry["officers"],
        entry["reason"],
    )


def test_one_confirmation_names_every_case_that_it_covers(office: Office, types: Typing) -> None:
    """Therefore the second officer knows which cases the confirmation covers."""
    office.settle(1, 2)
    with office.opened() as inbox, inbox.transaction() as transaction:
        workflow.set_closed(workflow.of(transaction, 1), None)
        workflow.of(transaction, 1).archive_from = None
        transaction.delete(transaction.get_one(Measure, (1, 1)))
    office.json("case", "declare", "1")
    with session(office) as run:
        types(passphrase_of("alice"), passphrase_of("bruno"))
        said = run("case junk 1 2 --reason advertising")
    assert (0, True) == (said.code, "\njunk cases 1, 2 reason: advertising\n" in f"\n{said.err}"), said


def test_each_sensitive_action_asks_for_the_passphrases_again(office: Office, types: Typing) -> None:
    with session(office) as run:
        types(passphrase_of("alice"), passphrase_of("bruno"))
        assert [0, 1] == [run("key rotate --now").code, run("key rotate --now").code]


def test_an_officer_who_opened_a_session_with_a_sheet_must_renew_the_shares_outside_the_session(
    founded_two: Office, tmp_path: Path, types: Typing
) -> None:
    """Nobody knows who uses a session once it is open.

    For each single command, in contrast, the officer must have the sheet.
    """
    words = share_file.unseal(
        share_file.parse(founded_two.share_of("bruno").read_bytes()), passphrase_of("bruno")
    )
    office = founded_two.of("alice")
    brought = [*office.bring(), Credential(words.encode(), None)]
    office.bring = lambda *_: brought  # type: ignore[method-assign]
    files = " ".join(f"--new-passphrase-file {office.secret_of(name)}" for name in NAMES[:2])
    with session(office) as run:
        types(passphrase_of("alice"))
        said = run(f"officer renew --shares {tmp_path} {files}")
    assert (1, True) == (said.code, "renew the shares, outside a session: inbox officer renew" in said.err)


def test_the_only_officer_of_an_inbox_confirms_an_action_alone(tmp_path: Path, types: Typing) -> None:
    """A session asks for the passphrase again.

    A single command does not ask again, because the officer has just typed the passphrase.

    Neither asks for a second officer.
    """
    office = Office.found(tmp_path)
    with session(office) as run:
        types()
        missing = run("key rotate --now").err
        assert "the officer must enter their passphrase\nhint: type the passphrase" in missing
        assert "second officer" not in missing
        types(build.PASSPHRASE)
        assert 0 == run("key rotate --now").code
    assert 0 == office.run("key", "rotate", "--now").code


def test_a_sheet_given_with_a_command_confirms_only_a_renewal_of_the_shares(founded_two: Office) -> None:
    """The words of a sheet are in plain text, so anybody who finds the sheet could type them."""
    words = share_file.unseal(
        share_file.parse(founded_two.share_of("bruno").read_bytes()), passphrase_of("bruno")
    )
    office = founded_two.of("alice")
    brought = [*office.bring(), Credential(words.encode(), None)]
    office.bring = lambda *_: brought  # type: ignore[method-assign]
    own = {"alice": Presence.OWN}
    with office.unlocked() as opened:
        who = opened.by_opening(build.today())
        assert own == who.confirm([action(Code.ROTATE_KEYS)], 2)
        assert own == who.confirm([action(Code.RENEW_SHARES), action(Code.ROTATE_KEYS)], 2)
        assert own | {"bruno": Presence.SHEET} == who.confirm([action(Code.RENEW_SHARES)], 2)
