"""Destroyed keys: when, and that nothing that is left opens what was sealed to them; copies taken before."""

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
from inbox.keys.key_store import KeyStore
from inbox.keys.rotation import EPOCH
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

# The first key ends after 90 days, and 30 more must have passed.
DUE = 121


@dataclass
class Life:
    """An inbox after its first epoch: one report with a file, the next keys in use."""

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
        """Come to where the first key can be destroyed."""
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
    """The inbox on its 70th day with its portal, and the envelope of the report."""
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


def test_nothing_is_destroyed_before_its_days_and_thirty_more_are_over(life: Life) -> None:
    before = life.office.state()
    said = life.office.run("key", "destroy")
    assert 1 == said.code
    assert f"before {build.today() + timedelta(DUE)}" in said.err
    assert before == life.office.state()


@pytest.mark.parametrize(
    "exported", [None, DUE - 1, DUE + 5], ids=["none", "a-day-too-early", "in-the-future"]
)
def test_nothing_is_destroyed_while_reports_may_still_wait(life: Life, exported: int | None) -> None:
    """What the portal exported before proves nothing, nor does a clock of the portal that is ahead."""
    life.clock.day = build.today() + timedelta(DUE - 1)
    if exported is not None:
        life.collect(build.today() + timedelta(exported))
    life.clock.wait(1)
    with life.office.opened() as inbox, inbox.transaction() as session:
        for key in queries_office.reply_keys(session)[:1]:
            key.seed = None  # else there would be something to destroy
    before = life.office.state()
    said = life.office.run("key", "destroy")
    assert 1 == said.code
    assert f"exported on {build.today() + timedelta(DUE)} or later" in said.err
    assert before == life.office.state()
    shown = [key["state"] for key in life.office.json("key", "list")["keys"] if key["kind"] == "intake"]
    assert ["awaited", "valid"] == shown


def test_a_bundle_of_a_portal_that_was_replaced_proves_nothing(life: Life, tmp_path: Path) -> None:
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


def test_after_destruction_no_ciphertext_opens_with_what_is_left(life: Life, tmp_path: Path) -> None:
    """Not with the present files and any shares, nor with an older vault without its key store."""
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
    # Nor does the present vault open the older key store.
    present_path.write_bytes(old_file)
    with pytest.raises(KeyStoreDamaged):
        contents(life.office)


def test_an_older_key_store_with_a_quorum_of_its_time_still_opens_and_the_command_says_so(
    life: Life, tmp_path: Path
) -> None:
    """The honest limit: so the copies to destroy are named, all generations in which the key stood."""
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
        *_, last = journal.lines(session, 1)
    assert last.entry is not None
    copies = last.entry.values["first_keystore"], last.entry.values["last_keystore"]
    assert ("keystore-1.age", f"keystore-{generation}.age") == copies
    assert ("destroy-keys", "as every quarter") == (last.entry.action, last.entry.reason)


def test_keys_other_than_those_that_were_confirmed_stay(life: Life) -> None:
    """What can be destroyed is looked at again when it is; if it is refused, nothing is noted either."""
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
            noted = [line.entry.action for line in journal.lines(session, 1) if line.entry]
    assert 1 == noted.count("destroy-keys")


def reply_keys(inbox: Inbox) -> list[bytes | None]:
    with inbox.transaction() as session:
        return [key.seed for key in queries_office.reply_keys(session)]


def test_the_bytes_of_destroyed_keys_are_nowhere(life: Life, tmp_path: Path) -> None:
    """In no file as it lies there, no page of the vault, used or free, nor in the key store opened."""
    life.ready()
    before = life.office.copy(tmp_path / "before")
    store, key = contents(before)
    gone = {
        "intake key": store.intake[0].seed,
        "wrapping key": key.seed,
        "reply key": reply_seeds(before)[0],
    }
    clear = decrypted(before)  # so a copy of the vault alone, as backups have it, opens no envelope
    assert [False, True, True] == [is_in(clear, secret) for secret in gone.values()]
    assert 0 == life.office.run("key", "destroy").code
    assert {"intake key", "wrapping key", "reply key"} == found(before, gone)
    assert set() == found(life.office, gone)
    kept = contents(life.office)
    stays = {"intake key": kept[0].intake[0].seed, "wrapping key": kept[1].seed}
    assert set(stays) == found(life.office, stays)


def found(office: Office, wanted: dict[str, Any]) -> set[str]:
    """Return which of these secrets are to be found in files, key store and vault."""
    with office.opened() as inbox, inbox.transaction() as session:
        valid = session.get_one(KeyStoreKey, 1)
        sealed = inbox.home.keystore(valid.generation).read_bytes()
        opened = age.unseal_bytes(sealed, [HybridIdentity.from_seed(valid.seed)])
    lying = b"".join(path.read_bytes() for path in office.root.rglob("*") if path.is_file())
    everything = lying + opened + decrypted(office)
    return {name for name, secret in wanted.items() if is_in(everything, secret)}


def is_in(data: bytes, secret: bytes) -> bool:
    """Tell whether a secret is there, raw or in a form in which we write bytes."""
    return any(form in data for form in (secret, secret.hex().encode(), base64url.encode(secret).encode()))


def test_what_was_collected_stays_readable(life: Life, tmp_path: Path) -> None:
    """The report is in the vault, its file under a key of its own."""
    life.ready()
    assert 0 == life.office.run("key", "destroy").code
    assert 0 == life.office.run("case", "declare", "1").code
    assert 0 == life.office.run("case", "show", "1").code
    assert 0 == life.office.run("file", "export", "1", "1", "--out", tmp_path / "file", "--reason", "x").code
    assert b"a photograph" == (tmp_path / "file").read_bytes()
    assert 0 == life.office.run("exchange", "outbox", "--out", life.office.out).code


def test_destroyed_keys_are_listed_with_the_day_and_their_public_half(life: Life) -> None:
    life.ready()
    made = life.office.json("key", "destroy")
    assert [1, 1] == [len(made["intake"]), len(made["reply"])]
    states = [(key["state"], key["day"]) for key in life.office.json("key", "list")["keys"]]
    gone = ("destroyed", life.clock.day.isoformat())
    assert [gone, ("valid", None), gone, ("valid", None)] == states
    said = life.office.run("key", "destroy")
    assert (1, True) == (said.code, "no key can be destroyed before" in said.err)


def test_a_key_that_still_waits_is_named_beside_those_that_go(life: Life) -> None:
    life.clock.day = build.today() + timedelta(DUE)
    first = life.office.json("key", "list")["keys"][0]["id"]
    said = life.office.run("key", "destroy")
    assert f"waits: intake key {first[:8]}, for a bundle exported on {life.clock.day} or later" in said.out
    assert ["awaited", "valid", "destroyed", "valid"] == [
        key["state"] for key in life.office.json("key", "list")["keys"]
    ]


def test_what_became_no_case_is_told_for_it_may_stay_shut(life: Life) -> None:
    life.ready()
    life.collect(life.clock.day, Sent(age.seal_bytes(bytes(65_536), [build.stranger().recipient()])))
    assert "unfiled envelopes here: 1;" in life.office.run("key", "destroy").out


def test_what_would_be_destroyed_can_be_seen_first(life: Life) -> None:
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
def test_at_a_terminal_it_is_asked_once_what_is_to_be_destroyed(
    tmp_path: Path, start: Start, answer: str, destroyed: int
) -> None:
    """The passphrases came before it was known which keys these are."""
    office = Office.found(tmp_path)
    office.json("key", "rotate", "--now")
    with start(["--home", office.root, *office.opening(), "key", "destroy"], tmp_path) as at:
        at.sees("to be destroyed: reply key")
        at.answers("Destroy them? (yes/no) ", answer)
        assert 1 - destroyed == at.waits()
    states = [key["state"] for key in office.json("key", "list")["keys"]]
    assert destroyed == states.count("destroyed")


def test_many_keys_are_destroyed_at_once_and_ten_named_in_the_journal(life: Life) -> None:
    """Its entries have no room for more."""
    for _ in range(41):
        life.office.json("key", "rotate", "--now")
    made = life.office.json("key", "destroy")
    gone = made["reply"] + made["intake"]
    assert len(gone) >= 42
    entries = life.office.json("journal", "list")["entries"]
    (values,) = [each["values"] for each in entries if each["action"] == "destroy-keys"]
    assert (10, True) == (len(values["keys"]), set(values["keys"]) < set(gone))
    assert len(gone) - 10 == values["more"]


def test_a_reason_that_is_too_long_is_refused_before_anything_opens(life: Life) -> None:
    said = life.office.run("key", "destroy", "--reason", "x" * 2_001)
    assert (2, True) == (said.code, "at most 2000 characters" in said.err)


@steps(4)
def test_power_lost_while_keys_are_destroyed_leaves_them_before_or_after(
    life: Life, tmp_path: Path, stride: int
) -> None:
    """Killed at its steps: all secrets, or those that stay; one key store; then it can be done again."""
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


def test_days_of_export_are_kept_with_the_bundles(life: Life) -> None:
    life.ready()
    with life.office.opened() as inbox, inbox.transaction() as session:
        assert [0, DUE] == [(row.exported - build.today()).days for row in session.query(IntakeBundle)]
