"""Changes of officers: an officer joins, leaves, or loses their share.

After each such change, all officers get new shares and the vault gets a new key. The intake keys remain.
"""

from pathlib import Path
from typing import Any

import pytest

from inbox.keys import key_store, officers, share_file, vault_header
from inbox.language.errors import OtherSharing
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office, passphrase_of
from tests.support.inbox_circles import CHANGED, NAMES, change, header_of, only

pytestmark = [pytest.mark.usefixtures("quick"), pytest.mark.copy_of("founded_circle")]


def keys_of(office: Office) -> Any:
    """Return the secrets of the intake keys, and the channel of the keyring."""
    with office.opened() as inbox, inbox.transaction() as session:
        contents = key_store.load(inbox.home, session)
    return contents, office.keyring()[0].channels


def test_an_added_officer_opens_the_inbox_with_a_colleague_and_the_intake_keys_stay_the_same(
    office: Office,
) -> None:
    """Only the officers, the journal and the key of the key store change."""
    before, keys, shares = office.state(), keys_of(office), office.bring()
    said = change(office, "add", "dora", "--reason", "more hands", circle=(*NAMES, "dora"))
    assert (0, "") == (said.code, said.err)
    with pytest.raises(OtherSharing):
        officers.open_master(header_of(office), shares)
    newer = office.of("chloe", "dora")
    assert keys == keys_of(newer)
    after = newer.state()
    assert CHANGED == {name for name in before if before[name] != after[name]}
    assert ("vault-2.sqlite", "keystore-3.age") == (only(office, "vault-*"), only(office, "keystore-*"))
    newer.json("case", "declare", "1")
    assert (
        0 == newer.run("file", "export", "1", "1", "--out", office.out / "photograph", "--reason", "x").code
    )
    listed = newer.json("officer", "list")
    assert [2, ["alice", "bruno", "chloe", "dora"]] == [
        listed["quorum"],
        [each["name"] for each in listed["officers"]],
    ]
    entry = newer.json("journal", "list")["entries"][-5]
    assert ("change-officers", dict.fromkeys(("alice", "bruno"), "passphrase"), "more hands") == (
        entry["action"],
        entry["officers"],
        entry["reason"],
    )
    assert {"officer_added": "dora", "sharing": listed["sharing"], "quorum": 2} == entry["values"]
    assert 0 == newer.run("journal", "verify").code


def test_an_existing_case_that_names_a_new_officer_is_hidden_from_that_officer(office: Office) -> None:
    """When an officer joins, the inbox searches all cases for the name.

    The other officers can still read the case.
    """
    office.secret_of("marchetti").write_text(passphrase_of("marchetti"))
    assert 0 == change(office, "add", "marchetti", circle=(*NAMES, "marchetti")).code
    assert 0 == office.run("case", "show", "1").code
    newer = office.of("alice", "marchetti")
    assert "there is no case 1" in newer.run("case", "show", "1").err
    assert 0 == change(newer, "remove", "marchetti", circle=NAMES).code


def test_a_removed_officer_gets_no_share_and_is_still_excluded_after_coming_back(office: Office) -> None:
    """An exclusion concerns the person, and not the share."""
    assert 0 == office.run("access", "conflict", "add", "1", "chloe", "--reason", "he is named").code
    assert 0 == change(office, "remove", "chloe", circle=NAMES[:2]).code
    assert not list(office.shares.glob(f"chloe-{vault_header.name(header_of(office).sharing)}*"))
    listed = {each["name"]: each for each in office.json("officer", "list")["officers"]}
    assert [None, None, build.today().isoformat()] == [listed[name]["until"] for name in NAMES]
    assert 0 == change(office, "add", "chloe", circle=NAMES).code
    assert 0 == office.run("case", "show", "1").code
    assert "there is no case 1" in office.of("alice", "chloe").run("case", "show", "1").err


@pytest.mark.parametrize("form", ["file", "sheet"])
def test_shares_of_an_earlier_sharing_are_reported_as_such(
    office: Office, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either all shares are old, or one is old and another is current. Nothing changes."""
    old = {name: office.share_of(name) for name in NAMES[:2]}
    assert 0 == change(office, "renew", circle=NAMES).code
    before = office.state()
    if form == "sheet":
        for name, path in old.items():
            path.write_text(share_file.unseal(share_file.parse(path.read_bytes()), passphrase_of(name)))
    bruno = ["--share", str(office.share_of("bruno")), "--passphrase-file", str(office.secret_of("bruno"))]
    brought = {
        name: ["--share", str(path), *(["--passphrase-file", str(office.secret_of(name))] * (form == "file"))]
        for name, path in old.items()
    }
    stale = Office(office.root.parent)
    for opening in (brought["alice"] + brought["bruno"], brought["alice"] + bruno, bruno + brought["alice"]):
        monkeypatch.setattr(stale, "opening", lambda opening=opening: opening)
        said = stale.run("case", "list")
        assert (1, "") == (said.code, said.out)
        assert "a share belongs to another inbox, or dates from before the officers changed" in said.err
        assert "use the newest shares" in said.err
    assert before == office.state()


def test_a_quorum_of_the_other_officers_can_replace_a_lost_passphrase(office: Office) -> None:
    """Bruno has forgotten his passphrase.

    Alice and Chloe open the inbox, and Bruno enters a new passphrase.
    """
    others = office.of("alice", "chloe")
    office.secret_of("bruno").write_text("another lantern altogether")
    assert 0 == change(others, "renew", circle=NAMES).code
    given = share_file.unseal(
        share_file.parse(office.share_of("bruno").read_bytes()), "another lantern altogether"
    )
    assert 33 == len(given.split())
    assert 0 == office.run("case", "list").code
    assert "renew-shares" == office.json("journal", "list")["entries"][-3]["action"]


def test_the_name_of_an_officer_may_have_a_hyphen_or_a_full_stop(tmp_path: Path) -> None:
    """The journal uses these names as keys."""
    names = ("anne-marie", "j.dupont")
    office = Office.found_by(tmp_path, names, 2)
    office.json("office", "day-off", "add", "2027-01-04")
    newest = office.json("journal", "list")["entries"][0]
    assert {*names} == {*newest["officers"]}


def test_two_officers_can_renew_their_shares_with_a_sheet_after_the_loss_of_a_passphrase(
    tmp_path: Path,
) -> None:
    """One of two officers has only the words on the sheet.

    The words open the inbox and renew the shares, but cannot confirm any other action.
    """
    office = Office.found_by(tmp_path, NAMES[:2], 2)
    words = share_file.unseal(share_file.parse(office.share_of("bruno").read_bytes()), passphrase_of("bruno"))
    (typed := tmp_path / "typed").write_text(words)
    alice = ["--share", office.share_of("alice"), "--passphrase-file", office.secret_of("alice")]
    office.opening = lambda: [*map(str, alice), "--share", str(typed)]  # type: ignore[method-assign]
    refused = change(office, "add", "chloe", circle=NAMES[:2])
    assert (2, True) == (refused.code, "for each of: alice, bruno, chloe" in refused.err)
    (office.secret_of("chloe")).write_text(passphrase_of("chloe"))
    refused = change(office, "add", "chloe", circle=NAMES)
    assert (1, True) == (refused.code, "two officers must each enter" in refused.err)
    assert 0 == change(office, "renew", circle=NAMES[:2]).code
    assert 0 == Office(tmp_path, NAMES[:2]).run("key", "rotate", "--now").code


def test_a_change_of_the_quorum_is_recorded_as_a_change_of_officers(office: Office) -> None:
    """Afterwards, three officers must open the inbox together."""
    assert 0 == change(office, "renew", "--quorum", "3", circle=NAMES).code
    assert "2 of the 3 required officers" in office.run("case", "list").err
    assert "change-officers" == office.of(*NAMES).json("journal", "list")["entries"][-2]["action"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "alice"], "alice is already an officer"),
        (["add", "Dora"], "cannot be the name"),
        (["remove", "dora"], "there is no officer dora"),
        (["remove", "alice", "--quorum", "3"], "a quorum of 3 is too large for 2 officers"),
        (["remove", "alice", "--quorum", "1"], "any officer alone could open everything"),
        (["renew", "--quorum", "4"], "a quorum of 4 is too large for 3 officers"),
        (["renew", "--shares", "{}/inbox/x"], "must not be in the home"),
        (["renew", "--shares", "{}/nowhere/x"], "No such file"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "said",
)
def test_an_invalid_circle_of_officers_is_refused_before_anybody_enters_a_passphrase(
    office: Office, words: list[str], said: str
) -> None:
    """There is no terminal, so a question would cause another error."""
    before = office.state()
    given = [word.replace("{}", str(office.root.parent)) for word in words]
    refused = office.run("officer", *given, *([] if "--shares" in words else ["--shares", office.shares]))
    assert (1, True) == (refused.code, said in refused.err)
    assert before == office.state()


def test_a_circle_with_fewer_officers_than_the_quorum_is_refused(tmp_path: Path) -> None:
    office = Office.found_by(tmp_path, NAMES[:2], 2)
    refused = change(office, "remove", "bruno", circle=("alice",))
    assert (1, True) == (refused.code, "a quorum of 2 is too large for 1 officers" in refused.err)


def test_a_command_that_makes_several_shares_needs_a_folder_for_them(office: Office) -> None:
    refused = office.run("officer", "renew")
    assert (2, True) == (refused.code, "give --shares" in refused.err)


def test_a_single_officer_can_change_the_passphrase_and_then_add_a_colleague(tmp_path: Path) -> None:
    """The share of a single officer stays in the home until there are two officers."""
    office = Office.found(tmp_path)
    office.shares.mkdir()
    files = [tmp_path / "new", tmp_path / "bruno"]
    for file in files:
        file.write_text(f"quite another lantern: {file.name}")
    assert {"sharing"} == set(office.json("officer", "renew", "--new-passphrase-file", files[0]))
    assert "this is not the passphrase of" in office.run("case", "list").err
    office.secret.write_text(files[0].read_text())
    assert 0 == office.run("case", "list").code
    both = [word for file in files for word in ("--new-passphrase-file", file)]
    add = ["officer", "add", "bruno", "--shares", office.shares, *both]
    assert "any officer alone" in office.run(*add, "--quorum", "1").err
    assert 0 == office.run(*add, "--quorum", "2").code
    assert [] == list(office.root.glob("*.share"))
    office.opening = list  # type: ignore[method-assign]
    assert "0 of the 2 required officers are here" in office.run("case", "list").err
