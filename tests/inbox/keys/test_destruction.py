"""Keys are destroyed once no report can still need them.

Once a key is destroyed, nobody can open an envelope that was sealed to it.
"""

import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import age, base64url
from crypto.errors import NotForUs
from crypto.recipients import HybridIdentity
from inbox.keys import key_store
from inbox.keys.rotation import EPOCH
from inbox.keys.stored_secrets import KeyStore
from inbox.language.errors import KeyStoreDamaged, Refused
from inbox.session import journal
from inbox.session.inbox import Inbox
from inbox.setup import key_actions
from inbox.vault import queries_office
from inbox.vault.tables import IntakeBundle, KeyStoreKey
from tests.support import inbox_builders as build
from tests.support.gate import steps
from tests.support.inbox_builders import Office, Portal, Scene, Sent, World
from tests.support.inbox_clock import Clock, moved
from tests.support.inbox_kills import killed_everywhere
from tests.support.typist import Start, typing_to_fork, typing_to_inbox
from tests.support.vault_pages import decrypted

# The first key expires after 90 days. That key is destroyed 30 days later at the earliest.
DUE = 121


@dataclass
class Life:
    """An inbox after its first key period. The inbox has one report with a file, and uses the next keys."""

    office: Office
    portal: Portal
    clock: Clock
    envelope: bytes
    seeds: list[bytes] = field(default_factory=list)

    def collect(self, exported: date, *sent: Sent) -> Any:
        path = self.portal.bundle(*sent, edit=lambda intake: build.replace(intake, exported=exported))
        said = self.office.run(
            "exchange", "collect", path, "--confirm-instance", self.portal.fingerprint, "--json"
        )
        assert (0, "") == (said.code, said.err)
        return said.json[0]

    def ready(self) -> None:
        """Move the clock to the first day on which the first key can be destroyed."""
        self.clock.day = build.today() + timedelta(DUE)
        self.collect(self.clock.day)


def contents(office: Office) -> tuple[KeyStore, KeyStoreKey]:
    with office.opened() as inbox, inbox.transaction() as session:
        return key_store.load(inbox.home, session), session.get_one(KeyStoreKey, 1)


def reply_seeds(office: Office) -> list[bytes | None]:
    with office.opened() as inbox:
        return reply_keys(inbox)


@pytest.fixture(scope="module")
def founded_life(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, bytes]:
    """The inbox on its 70th day, its portal, and the envelope of the report."""
    scene = Scene.begun(World(founded_three), tmp_path_factory.mktemp("life"))
    with pytest.MonkeyPatch.context() as patch:
        clock = moved(patch)
        envelope = scene.reporter.report(files=[b"a photograph"])
        made = Life(scene.world.office, scene.portal, clock, envelope)
        made.collect(clock.day, Sent(envelope, scene.reporter.keys.case_id))
        clock.wait(70)
        made.office.json("key", "rotate")
    return scene, envelope


@pytest.fixture
def life(founded_life: tuple[Scene, bytes], tmp_path: Path, clock: Clock) -> Life:
    founded, envelope = founded_life
    scene = founded.copy(tmp_path)
    clock.wait(70)
    return Life(scene.world.office, scene.portal, clock, envelope)


def opens(envelope: bytes, store: KeyStore) -> bool:
    identities = [HybridIdentity.from_seed(secret.seed) for secret in store.intake]
    try:
        return bool(age.unseal_bytes(envelope, identities))
    except NotForUs:
        return False


def test_no_key_is_destroyed_until_thirty_days_after_its_last_day(life: Life) -> None:
    before = life.office.state()
    said = life.office.run("key", "destroy")
    assert 1 == said.code
    assert f"before {build.today() + timedelta(DUE)}" in said.err
    assert before == life.office.state()


@pytest.mark.parametrize(
    "exported", [None, DUE - 1, DUE + 5], ids=["none", "a-day-too-early", "in-the-future"]
)
def test_no_key_is_destroyed_while_the_portal_may_still_have_reports_for_it(
    life: Life, exported: int | None
) -> None:
    """An export before the key's last day does not prove that the portal holds no such report.

    A portal whose clock is ahead may state a day in the future. Such a day proves nothing, either.
    """
    life.clock.day = build.today() + timedelta(DUE - 1)
    if exported is not None:
        life.collect(build.today() + timedelta(exported))
    life.clock.wait(1)
    with life.office.opened() as inbox, inbox.transaction() as session:
        for key in queries_office.reply_keys(session)[:1]:
            key.seed = None  # otherwise this key could be destroyed
    before = life.office.state()
    said = life.office.run("key", "destroy")
    assert 1 == said.code
    assert f"exported on {build.today() + timedelta(DUE)} or later" in said.err
    assert before == life.office.state()
    shown = [key["state"] for key in life.office.json("key", "list")["keys"] if key["kind"] == "intake"]
    assert ["awaited", "valid"] == shown


def test_a_bundle_of_a_rebuilt_portal_does_not_allow_the_destruction_of_an_older_key(
    life: Life, tmp_path: Path
) -> None:
    life.ready()
    rebuilt = Portal(life.portal.world, tmp_path / "rebuilt")
    edit = {"edit": lambda intake: build.replace(intake, exported=build.today())}
    assert (
        0
        == life.office.run(
            "exchange", "collect", rebuilt.bundle(**edit), "--new-instance", rebuilt.fingerprint
        ).code
    )
    assert ["awaited", "valid"] == [key["state"] for key in life.office.json("key", "list")["keys"][:2]]


def test_after_destruction_no_remaining_key_opens_an_old_envelope(life: Life, tmp_path: Path) -> None:
    """With the current files, no shares can open the envelope.

    An older vault without its own key store cannot open the envelope either.
    """
    life.ready()
    before = life.office.copy(tmp_path / "before")
    old_store, old_key = contents(before)
    assert opens(life.envelope, old_store)
    assert 0 == life.office.run("key", "destroy").code
    for present in (["alice", "bruno"], ["bruno", "chloe"], ["alice", "chloe"]):
        assert not opens(life.envelope, contents(life.office.of(*present))[0])
    collected = life.collect(life.clock.day, Sent(life.envelope))
    assert ([], 1) == (collected["cases"], len(collected["unopened"]))
    old_path = before.root / f"keystore-{old_key.generation}.age"
    old_file = old_path.read_bytes()
    present_path = next(life.office.root.glob("keystore-*.age"))
    old_path.unlink()
    with pytest.raises(KeyStoreDamaged):
        contents(before)
    shutil.copy(present_path, old_path)
    with pytest.raises(KeyStoreDamaged):
        contents(before)
    # The current vault does not open the older key store either.
    present_path.write_bytes(old_file)
    with pytest.raises(KeyStoreDamaged):
        contents(life.office)


def test_the_command_names_the_older_key_stores_that_still_contain_the_key(
    life: Life, tmp_path: Path
) -> None:
    """Officers who formed a quorum at that time can still open an old copy with their shares.

    Therefore the command names every generation that contained the key.
    """
    life.ready()
    before = life.office.copy(tmp_path / "before")
    said = life.office.run("key", "destroy", "--reason", "as every quarter")
    assert opens(life.envelope, contents(before)[0])
    generation = contents(before)[1].generation
    assert generation > 2
    assert [f"  keystore-{n}.age" for n in range(1, generation + 1)] == [
        line for line in said.out.splitlines() if "keystore" in line
    ]
    assert "an older copy and the shares of its time still open" in said.out
    assert "  the vault, from before now" in said.out
    with life.office.opened() as inbox, inbox.transaction() as session:
        *_, last = journal.lines(session)
    assert last.entry is not None
    copies = last.entry.values["first_keystore"], last.entry.values["last_keystore"]
    assert ("keystore-1.age", f"keystore-{generation}.age") == copies
    assert ("destroy-keys", "as every quarter") == (last.entry.action, last.entry.reason)


def test_only_the_keys_that_officers_confirmed_are_destroyed(life: Life) -> None:
    """The list is checked again before destruction. A refusal leaves no journal entry."""
    life.ready()
    with life.office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(life.clock.day)
        planned = key_actions.plan_destruction(inbox, who).plan
        key_actions.rotate(inbox, who, EPOCH, "", at_once=True)
        seeds = reply_keys(inbox)
        with pytest.raises(Refused, match="can be destroyed have changed"):
            key_actions.destroy(inbox, who, planned, "")
        assert seeds == reply_keys(inbox)
        now = key_actions.plan_destruction(inbox, who).plan
        key_actions.destroy(inbox, who, now, "")
        assert set(now.ids) > set(planned.ids)
        assert seeds != reply_keys(inbox)
        with inbox.transaction() as session:
            noted = [line.entry.action for line in journal.lines(session) if line.entry]
    assert 1 == noted.count("destroy-keys")


def reply_keys(inbox: Inbox) -> list[bytes | None]:
    with inbox.transaction() as session:
        return [key.seed for key in queries_office.reply_keys(session)]


def test_no_file_contains_the_bytes_of_a_destroyed_key(life: Life, tmp_path: Path) -> None:
    """The search covers all files on disk.

    The search also covers the used and free pages of the vault, and the opened key store.
    """
    life.ready()
    before = life.office.copy(tmp_path / "before")
    store, key = contents(before)
    gone = {
        "intake key": store.intake[0].seed,
        "wrapping key": key.seed,
        "reply key": reply_seeds(before)[0],
    }
    clear = decrypted(before)  # a copy of the vault alone, as in a backup, opens no envelope
    assert [False, True, True] == [is_in(clear, secret) for secret in gone.values()]
    assert 0 == life.office.run("key", "destroy").code
    assert {"intake key", "wrapping key", "reply key"} == found(before, gone)
    assert set() == found(life.office, gone)
    kept = contents(life.office)
    stays = {"intake key": kept[0].intake[0].seed, "wrapping key": kept[1].seed}
    assert set(stays) == found(life.office, stays)


def found(office: Office, wanted: dict[str, Any]) -> set[str]:
    """Return which of these secrets the files, the key store and the vault contain."""
    with office.opened() as inbox, inbox.transaction() as session:
        valid = session.get_one(KeyStoreKey, 1)
        sealed = inbox.home.keystore(valid.generation).read_bytes()
        opened = age.unseal_bytes(sealed, [HybridIdentity.from_seed(valid.seed)])
    lying = b"".join(path.read_bytes() for path in office.root.rglob("*") if path.is_file())
    everything = lying + opened + decrypted(office)
    return {name for name, secret in wanted.items() if is_in(everything, secret)}


def is_in(data: bytes, secret: bytes) -> bool:
    """Return whether the data contain a secret: raw, or in another form in which the program writes bytes."""
    return any(form in data for form in (secret, secret.hex().encode(), base64url.encode(secret).encode()))


def test_collected_reports_stay_readable_after_key_destruction(life: Life, tmp_path: Path) -> None:
    """The vault contains the report, and each file has its own key."""
    life.ready()
    assert 0 == life.office.run("key", "destroy").code
    assert 0 == life.office.run("case", "declare", "1").code
    assert 0 == life.office.run("case", "show", "1").code
    assert 0 == life.office.run("file", "export", "1", "1", "--out", tmp_path / "file", "--reason", "x").code
    assert b"a photograph" == (tmp_path / "file").read_bytes()
    assert 0 == life.office.run("exchange", "outbox", "--out", life.office.out).code


def test_destroyed_keys_stay_listed_with_the_day_of_their_destruction(life: Life) -> None:
    life.ready()
    made = life.office.json("key", "destroy")
    assert [1, 1] == [len(made["intake"]), len(made["reply"])]
    states = [(key["state"], key["day"]) for key in life.office.json("key", "list")["keys"]]
    gone = ("destroyed", life.clock.day.isoformat())
    assert [gone, ("valid", None), gone, ("valid", None)] == states
    said = life.office.run("key", "destroy")
    assert (1, True) == (said.code, "no key can be destroyed before" in said.err)


def test_the_command_names_a_key_that_cannot_be_destroyed_yet(life: Life) -> None:
    life.clock.day = build.today() + timedelta(DUE)
    first = life.office.json("key", "list")["keys"][0]["id"]
    said = life.office.run("key", "destroy")
    assert f"waits: intake key {first[:8]}, for a bundle exported on {life.clock.day} or later" in said.out
    assert ["awaited", "valid", "destroyed", "valid"] == [
        key["state"] for key in life.office.json("key", "list")["keys"]
    ]


def test_the_command_counts_the_unfiled_envelopes_before_it_destroys_keys(life: Life) -> None:
    """A destroyed key may be the key that would have opened these envelopes."""
    life.ready()
    life.collect(life.clock.day, Sent(age.seal_bytes(bytes(65_536), [build.stranger().recipient()])))
    assert "unfiled envelopes here: 1;" in life.office.run("key", "destroy").out


def test_a_dry_run_shows_what_would_be_destroyed_and_changes_nothing(life: Life) -> None:
    life.ready()
    before = life.office.state()
    planned = life.office.run("key", "destroy", "--dry-run")
    assert (0, before) == (planned.code, life.office.state())
    done = life.office.run("key", "destroy")
    assert planned.out.replace("to be destroyed: ", "destroyed: ") == done.out
    assert "to be destroyed: intake key" in planned.out


@pytest.mark.parametrize(
    ("start", "answer", "destroyed"),
    [(typing_to_fork, "no", 0), (typing_to_inbox, "yes", 1)],
    ids=["no", "yes"],
)
def test_at_a_terminal_the_command_asks_officers_to_confirm_the_keys_before_it_destroys_them(
    tmp_path: Path, start: Start, answer: str, destroyed: int
) -> None:
    """The officers entered their passphrases before the list showed them which keys would be destroyed."""
    office = Office.found(tmp_path)
    office.json("key", "rotate", "--now")
    with start(["--home", office.root, *office.opening(), "key", "destroy"], tmp_path) as at:
        at.sees("to be destroyed: reply key")
        at.answers("Destroy them? (yes/no) ", answer)
        assert 1 - destroyed == at.waits()
    states = [key["state"] for key in office.json("key", "list")["keys"]]
    assert destroyed == states.count("destroyed")


def test_the_journal_names_ten_of_many_destroyed_keys_and_counts_the_rest(life: Life) -> None:
    """A journal entry has no room for more names."""
    for _ in range(41):
        life.office.json("key", "rotate", "--now")
    made = life.office.json("key", "destroy")
    gone = made["reply"] + made["intake"]
    assert len(gone) >= 42
    entries = life.office.json("journal", "list")["entries"]
    (values,) = [each["values"] for each in entries if each.get("action") == "destroy-keys"]
    assert (10, True) == (len(values["keys"]), set(values["keys"]) < set(gone))
    assert len(gone) - 10 == values["more"]


def test_a_reason_that_is_too_long_is_a_usage_error(life: Life) -> None:
    said = life.office.run("key", "destroy", "--reason", "x" * 2_001)
    assert (2, True) == (said.code, "at most 2000 characters" in said.err)


@steps(4)
def test_a_power_loss_during_the_destruction_of_keys_leaves_either_all_keys_or_the_final_state(
    life: Life, tmp_path: Path, stride: int
) -> None:
    """The test kills the command at different steps, one after another.

    One key store remains, and the command can be repeated.
    """
    life.ready()
    day = life.clock.day
    killed = killed_everywhere(life.office, tmp_path / "killed", day, "key", "destroy", stride=stride)
    intact = []
    for each in killed:
        store, _ = contents(each)
        seeds = [seed is not None for seed in reply_seeds(each)]
        assert (len(store.intake), seeds) in [(2, [True, True]), (1, [False, True])]
        assert 1 == len(list(each.root.glob("keystore-*")))
        intact.append(len(store.intake) == 2)
    assert sorted(intact, reverse=True) == intact
    assert {True, False} == set(intact)
    assert 0 == killed[0].run("key", "destroy").code


def test_the_vault_keeps_the_export_day_of_each_bundle(life: Life) -> None:
    life.ready()
    with life.office.opened() as inbox, inbox.transaction() as session:
        assert [0, DUE] == [(row.exported - build.today()).days for row in session.query(IntakeBundle)]
