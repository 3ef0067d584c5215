"""A monitor remembers the highest serials that it has seen, and reports a site that serves older ones."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.errors import Refused
from portal.ops.cli import portal
from portal.site import seen_serials
from portal.site.seen_serials import Behind, Seen
from tests.support.builders import make_keyring
from tests.support.hostile_host import hosting
from tests.support.provable import Provable
from tests.support.small_disk import small_disk
from tests.support.socks_proxy import proxying


def test_an_old_manifest_is_refused_after_a_newer_one_was_seen(own_provable: Provable) -> None:
    """The signature and date of the old manifest are still valid.

    The files of the old manifest are not compared.
    """
    known = Seen(own_provable.settings.deployment, {"manifest": 2})
    assert own_provable.found(seen=known) == ["manifest: the site serves serial 1, but 2 was seen before"]
    own_provable.alter(serial=2)
    with own_provable.serving():
        assert own_provable.found(seen=known) == []
    own_provable.alter(serial=3)
    with own_provable.serving():
        assert own_provable.found(seen=known) == []
    assert known.serials["manifest"] == 3


def test_an_old_keyring_is_refused_after_a_newer_one_was_seen(own_provable: Provable) -> None:
    """An old keyring would bring back a revoked key."""
    known = Seen(own_provable.settings.deployment)
    usual = make_keyring(own_provable.site)
    own_provable.publish_changed(replace(usual.value, serial=usual.value.serial + 1))
    assert own_provable.found(seen=known) == []
    own_provable.publish(usual)
    assert own_provable.found(seen=known) == [
        f"keyring: the site serves serial {usual.value.serial}, but {usual.value.serial + 1} was seen before"
    ]


def test_the_serial_of_an_unsigned_file_is_not_remembered(own_provable: Provable) -> None:
    """Otherwise, an invalid file with a high serial would make every genuine file look old."""
    known = Seen(own_provable.settings.deployment)
    usual = make_keyring(own_provable.site)
    own_provable.publish_changed(replace(usual.value, serial=900), root_seed=bytes(32))
    assert own_provable.found(seen=known) == ["keyring: signature does not hold"]
    assert known.serials == {"manifest": 1}


def verified(room: Provable, *more: str | Path, site: str = "") -> Result:
    """Run `portal verify` on the site of a room or on another address."""
    file = room.folder / "portal.toml"
    names = ("deployment", "root_key")
    file.write_text("".join(f'{name} = "{getattr(room.settings, name)}"\n' for name in names))
    return CliRunner().invoke(
        portal, ["--config", str(file), "verify", site or room.address, *map(str, more)]
    )


def test_a_site_whose_portal_restarts_is_not_accused_of_a_false_signature(own_provable: Provable) -> None:
    """While a portal restarts, nothing listens on its port for a few seconds.

    Until the portal listens again, nginx answers with status 503.
    """
    away = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with hosting(away) as site:
        done = verified(own_provable, site=site)
    assert (done.exit_code, done.output.splitlines()) == (
        1,
        [
            "manifest: the site answered 503 for /.well-known/fanal/manifest.json: try again in a minute",
            "keyring: the site answered 503 for /keyring.json: try again in a minute",
        ],
    )


def test_portal_verify_visits_an_onion_service_only_through_the_proxy(own_provable: Provable) -> None:
    """The proxy gets the onion name for every request, even if the site differs from its manifest."""
    name = "a" * 55 + "d.onion"
    with proxying(int(own_provable.address.rpartition(":")[2])) as proxy:
        through = ("--proxy", f"socks5h://{proxy.address}")
        good = verified(own_provable, *through, site=f"http://{name}")
        assert (good.exit_code, good.output) == (0, "the site serves what was signed\n")
        own_provable.publish_changed(make_keyring(own_provable.site).value, root_seed=bytes(32))
        wrong = verified(own_provable, *through, site=f"http://{name}")
        assert (wrong.exit_code, wrong.output) == (1, "keyring: signature does not hold\n")
        assert set(proxy.asked) == {name.encode()}


def test_serials_are_stored_beside_the_configuration_unless_the_option_seen_names_a_file(
    own_provable: Provable,
) -> None:
    assert verified(own_provable).exit_code == 0
    kept = own_provable.folder / seen_serials.FILE
    found = json.loads(kept.read_text())
    assert (found["deployment"], found["serials"]["manifest"]) == (own_provable.settings.deployment, 1)
    other = own_provable.folder / "other.json"
    found["serials"]["manifest"] = 7
    other.write_text(json.dumps(found))
    answer = verified(own_provable, "--seen", other)
    assert (answer.exit_code, answer.output) == (
        1,
        "manifest: the site serves serial 1, but 7 was seen before\n",
    )
    assert json.loads(other.read_text())["serials"]["manifest"] == 7
    assert json.loads(kept.read_text())["serials"]["manifest"] == 1


def test_a_correct_site_is_accepted_even_if_its_serials_cannot_be_stored(
    own_provable: Provable, tmp_path: Path
) -> None:
    """A warning says that older files will not be noticed. A file named by --seen must be writable."""
    folder = tmp_path / "read only"
    with small_disk(folder, "1m") as change:
        verified(own_provable)
        shutil.copy(own_provable.folder / "portal.toml", folder)
        change("1m,ro")
        command = ["--config", str(folder / "portal.toml"), "verify", own_provable.address]
        answer = CliRunner().invoke(portal, command)
        assert (answer.exit_code, answer.stdout) == (0, "the site serves what was signed\n")
        assert "an older manifest or keyring will not be noticed" in answer.stderr
        named = CliRunner().invoke(portal, [*command, "--seen", str(folder / "other.json")])
        assert isinstance(named.exception, Refused)
        own_provable.publish_changed(make_keyring(own_provable.site).value, root_seed=bytes(32))
        assert CliRunner().invoke(portal, command).exit_code == 1


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"deployment": "x", "serials": {"manifest": "y"}}', b"\xff"]
)
def test_a_malformed_file_of_serials_is_refused(tmp_path: Path, content: bytes) -> None:
    """Otherwise, the monitor would lose its memory."""
    file = tmp_path / seen_serials.FILE
    file.write_bytes(content)
    with pytest.raises(Refused, match="not a file of serials"):
        seen_serials.load(file, "x")


def test_a_file_of_serials_of_another_deployment_is_refused(tmp_path: Path) -> None:
    file = tmp_path / seen_serials.FILE
    seen_serials.save(file, Seen("x", {"manifest": 1}))
    assert seen_serials.load(file, "x") == Seen("x", {"manifest": 1})
    with pytest.raises(Refused, match="another deployment"):
        seen_serials.load(file, "y")
    with pytest.raises(Refused, match="was not written"):
        seen_serials.save(tmp_path / "none" / "here", Seen("x"))


def test_an_equal_serial_is_accepted_and_a_lower_one_is_refused() -> None:
    known = Seen("x")
    known.note("manifest", 4)
    known.note("manifest", 4)
    with pytest.raises(Behind):
        known.note("manifest", 3)
