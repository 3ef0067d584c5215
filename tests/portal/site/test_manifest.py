"""The page manifest lists the served files.

The inbox signs the manifest offline, and monitors compare it with the site.
"""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto import base64url, pages
from crypto.errors import Malformed, Tampered
from crypto.keyring import KEYRING
from crypto.pages import Page, Pages
from crypto.signing import LARGEST_FILE
from portal import config
from portal.app import create_app, load_questionnaire
from portal.errors import BadConfiguration, Refused
from portal.ops.cli import portal
from portal.site import fetching, manifest, site_files, verify
from portal.site.seen_serials import Seen
from tests.support.builders import SignedKeyring, Site, today
from tests.support.inbox_builders import Office
from tests.support.provable import UNTIL, Provable
from tests.support.socks_proxy import proxying


def test_two_builds_of_a_manifest_are_equal(own_provable: Provable) -> None:
    """The program, the settings, the serial and the date determine every byte."""
    asked = load_questionnaire(own_provable.settings)
    made = [manifest.make(own_provable.settings, asked, 3, UNTIL) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != manifest.make(own_provable.settings, asked, 4, UNTIL)


def test_the_manifest_lists_all_served_files(own_provable: Provable) -> None:
    listed = pages.parse(
        own_provable.client.get("/.well-known/fanal/manifest.json").data, own_provable.site.deployment
    )
    client = own_provable.client
    assert {page.path: page.hash for page in listed.files} == {
        page.path: hashlib.sha256(client.get(page.path).data).digest() for page in listed.files
    }
    linked = {
        rule.rule
        for rule in own_provable.app.url_map.iter_rules()
        if rule.methods == {"GET", "HEAD", "OPTIONS"} and not rule.rule.startswith("/api/")
    }
    signed = {
        "/keyring.json",
        "/keyring.sig",
        *(manifest.FOLDER + name for name in ("manifest.json", "manifest.sig")),
    }
    assert linked - signed - {"/<elsewhere:_>"} == {page.path for page in listed.files} - {site_files.MISSING}


def test_the_manifest_contains_no_address(own_provable: Provable) -> None:
    """The site and its onion service have the same manifest."""
    assert b"://" not in own_provable.client.get("/.well-known/fanal/manifest.json").data


def test_a_site_that_serves_the_signed_files_has_no_findings(own_provable: Provable) -> None:
    assert own_provable.found() == []


def test_a_file_that_differs_from_the_manifest_is_named(own_provable: Provable) -> None:
    """A changed digest, type or path is named. Nothing else is."""
    raw = (own_provable.folder / "manifest" / pages.MANIFEST).read_bytes()
    files = pages.parse(raw, own_provable.site.deployment).files
    changed = [
        Page(page.path, "text/plain" if page.path == "/" else page.type, bytes(32))
        if page.path in {"/", "/fr/report"}
        else page
        for page in files
    ]
    own_provable.alter(files=(*changed, Page("/zzz", "text/html", bytes(32))))
    with own_provable.serving():
        assert own_provable.found() == [
            "/: the bytes differ from those signed",
            "/: the type is not text/plain; charset=utf-8",
            "/fr/report: the bytes differ from those signed",
            "/zzz: status 404",
            "/zzz: the bytes differ from those signed",
        ]


def test_if_a_policy_differs_from_the_manifest_each_file_with_this_policy_is_named(
    own_provable: Provable,
) -> None:
    own_provable.alter(policy="default-src 'none'")
    with own_provable.serving():
        lines = own_provable.found()
    assert {line.partition(": ")[2] for line in lines} == {
        "Content-Security-Policy differs from the signed one"
    }
    files = site_files.files(own_provable.settings, load_questionnaire(own_provable.settings))
    signed = {"manifest.json", "manifest.sig", "keyring.json", "keyring.sig"}
    assert len(lines) == len(files) + len(signed)


def test_an_expired_manifest_is_reported(own_provable: Provable) -> None:
    assert [line.partition(":")[0] for line in own_provable.found(days=31)] == ["manifest", "keyring"]


def test_a_manifest_signed_by_another_root_key_is_refused(own_provable: Provable) -> None:
    other = replace(own_provable.settings, root_key=base64url.encode(Site().root_key))
    visitor = fetching.Visitor(own_provable.address)
    assert list(verify.differences(visitor, other, today(), None, Seen(other.deployment))) == [
        "manifest: signature does not hold",
        "keyring: signature does not hold",
    ]


def test_a_manifest_that_the_root_key_did_not_sign_is_not_served(own_provable: Provable) -> None:
    own_provable.sign(root_seed=bytes(32))
    with pytest.raises(BadConfiguration, match="not signed by `root_key`"):
        create_app(own_provable.settings)
    (own_provable.folder / "manifest" / pages.SIGNATURE).unlink()
    with pytest.raises(BadConfiguration, match="was not read"):
        create_app(own_provable.settings)
    (own_provable.folder / "manifest" / pages.MANIFEST).write_bytes(bytes(LARGEST_FILE + 1))
    with pytest.raises(BadConfiguration, match="was not read: file too large"):
        create_app(own_provable.settings)


def test_a_malformed_manifest_is_refused() -> None:
    """The manifest is unsorted, repeats a path, was altered, or belongs to another deployment."""
    files = tuple(Page(path, "text/html", bytes(32)) for path in ("/a", "/b"))
    office = Site()
    good = Pages(deployment=office.deployment, serial=1, valid_until=UNTIL, policy="", files=files)
    for wrong in (files[::-1], files[:1] * 2):
        with pytest.raises(Malformed, match="sorted"):
            pages.encode(replace(good, files=wrong))
    with pytest.raises(Malformed, match="day"):
        pages.encode(replace(good, valid_until=date(2200, 1, 1)))
    raw = pages.encode(good)
    with pytest.raises(Malformed, match="deployment"):
        pages.sign(raw, bytes(16), office.root_seed)
    signature = pages.sign(raw, office.deployment, office.root_seed)
    with pytest.raises(Tampered):
        pages.open_pages(raw + b" ", signature, root_key=office.root_key, deployment=office.deployment)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_inbox_signs_a_manifest_of_the_portal_and_a_monitor_accepts_the_site(tmp_path: Path) -> None:
    """The test runs commands of the portal, the inbox and the monitor.

    Without a manifest, verification fails.
    """
    office = Office.found(tmp_path)
    told = office.json("exchange", "keyring", "--out", tmp_path / "keyring")
    file = tmp_path / "portal.toml"
    lines = [f'{name} = "{told[name]}"\n' for name in ("deployment", "root_key")]
    file.write_text("".join(lines))

    def run(*words: str | Path) -> tuple[int, str]:
        answer = CliRunner().invoke(portal, ["--config", str(file), *map(str, words)])
        return answer.exit_code, answer.output

    listing = tmp_path / "m.json"
    code, output = run("manifest", "--serial", "1", "--until", str(UNTIL), "--out", listing, "--json")
    listed = {"serial": 1, "valid_until": str(UNTIL), "sha256": sha256(listing)}
    assert (code, json.loads(output)) == (0, listed | {"file": str(listing)})
    signed = office.json("exchange", "sign-pages", listing, "--out", tmp_path / "manifest")
    assert listed | {"files": len(json.loads(listing.read_bytes())["files"])} == signed
    said = office.run("exchange", "sign-pages", listing, "--out", tmp_path / "manifest")
    assert re.fullmatch(rf"signed.*\nSHA-256 {sha256(listing)}: .*\n.* publish FOLDER\n", said.out), said
    (tmp_path / "other.json").write_bytes(b"{}")
    refused = office.run("exchange", "sign-pages", tmp_path / "other.json", "--out", tmp_path / "manifest")
    assert (refused.code, "not signed" in refused.err) == (1, True)
    room = Provable(tmp_path, "sqlite:///portal.sqlite")
    room.settings = config.load(file)
    with room.serving():
        code, output = run("verify", room.address, "--json")
        assert (code, json.loads(output)[0]) == (
            1,
            {"difference": "manifest: the site answered 404 for /.well-known/fanal/manifest.json"},
        )
    room.rebuild()
    raw, signature = ((tmp_path / "keyring" / name).read_bytes() for name in ("keyring.json", "keyring.sig"))
    room.publish(SignedKeyring(KEYRING.parse(raw), raw, signature))
    with room.serving():
        assert run("verify", room.address) == (0, "the site serves what was signed\n")
    room.close()


def test_the_monitor_visits_an_onion_service_only_through_the_proxy(own_provable: Provable) -> None:
    """Only the proxy gets the onion name, so it is never resolved by DNS."""
    name = "a" * 56 + ".onion"
    with proxying(int(own_provable.address.rpartition(":")[2])) as proxy:
        visitor = fetching.Visitor(f"http://{name}", f"socks5h://{proxy.address}")
        answer = visitor.get("/fr/", {"Connection": "close"})
        assert (answer.status, answer.body) == (200, own_provable.client.get("/fr/").data)
        assert proxy.asked == [name.encode()]


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("ftp://x", ""),
        ("http://x/path", ""),
        ("http://", ""),
        ("https://[", ""),
        ("https://a@[b", ""),
        ("http://x:port", ""),
        ("http://x", "socks5h://127.0.0.1:port"),
        ("http://x", "socks5h://["),
        ("http://x", "socks5://127.0.0.1:9050"),
        ("http://x", "http://p"),
    ],
)
def test_an_unusable_address_or_proxy_is_refused(address: str, proxy: str) -> None:
    """For example, `socks5` without an h would resolve names on this machine."""
    with pytest.raises(Refused, match=r"is not the address|cannot be used"):
        fetching.Visitor(address, proxy)
