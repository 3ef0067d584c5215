"""All steps of setup in their order, and all places that `uninstall` names."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.ops.checks.machine import UNITS
from portal.setup import plan
from portal.setup.answers import ACME_HTTP, POSTGRESQL
from portal.setup.conditions import room
from portal.setup.steps import State
from portal.setup.system import System
from tests.support import guides
from tests.support.paths import ROOT
from tests.support.setup_answers import GOOD
from tests.support.small_disk import small_disk

FOLDERS = ["user and folders of the portal", "/etc/fanal/setup.toml"]
CONFIGURATION = "/etc/fanal/portal.toml"
PAGES = ["database of the portal", "keyring", "pages in /var/www/fanal"]
END = ["portal-expire.timer", "no files of an interrupted run"]


def titles(**changes: Any) -> list[str]:
    """Return the titles of all steps, if the answers have these changes."""
    return [step.title for step in plan.steps(System(), replace(GOOD, **changes))]


def test_setup_checks_every_obstacle_before_it_makes_both_sites() -> None:
    """Debian's own nginx and tor are switched off before a service of the portal starts."""
    assert titles() == [
        "Debian 13",
        "clock",
        "packages of Debian",
        "room on the disk",
        "no upgrade is pending",
        "no other site in nginx",
        "no other use of tor",
        "IPv6",
        *FOLDERS,
        "Debian's own nginx is off",
        "Debian's own tor is off",
        "onion service (tor@fanal)",
        CONFIGURATION,
        "texts of the site",
        *PAGES,
        "certificate of the clearnet site",
        "portal@8080.service",
        "nginx@clearnet.service",
        "portal@8090.service",
        "nginx@onion.service",
        *END,
    ]


def test_an_onion_service_alone_needs_neither_ipv6_nor_a_certificate() -> None:
    found = titles(clearnet=False, database=POSTGRESQL)
    assert found[6:] == [
        "no other use of tor",
        *FOLDERS,
        "Debian's own nginx is off",
        "Debian's own tor is off",
        "onion service (tor@fanal)",
        CONFIGURATION,
        "texts of the site",
        "settings of PostgreSQL",
        "role and database of PostgreSQL",
        *PAGES,
        "portal@8090.service",
        "nginx@onion.service",
        *END,
    ]


def test_a_clearnet_site_alone_does_not_touch_tor() -> None:
    found = titles(onion=False, certificate_by=ACME_HTTP, host="report.example")
    assert not any("tor" in title.split() or "onion" in title for title in found)
    assert found[-5:] == [
        "portal@8080.service",
        "nginx@clearnet.service",
        "portal-certificate.timer",
        *END,
    ]


def test_doctor_examines_each_unit_that_setup_starts() -> None:
    """The title of a step that starts a unit is the name of the unit, except for the onion service."""
    with_acme = titles(certificate="", certificate_key="", certificate_by=ACME_HTTP)
    started = {title for title in with_acme if title.endswith((".service", ".timer"))}
    assert {*UNITS} == started | {"tor@fanal.service"}


@pytest.mark.parametrize("folder", ["/etc", "/var/lib"])
def test_setup_needs_one_gibibyte_in_each_folder_to_which_it_writes(tmp_path: Path, folder: str) -> None:
    system = System(tmp_path)
    for each in {"/etc", "/var/lib"} - {folder}:
        system.at(each).mkdir(parents=True)
    system.at(folder).parent.mkdir(exist_ok=True)
    with small_disk(system.at(folder), "1023m") as change:
        assert room(system).check().what == f"the disk of {folder} has 1023 MiB left"
        change("1024m")
        assert room(system).check().state is State.DONE
        change("1024m,ro")
        assert room(system).check().what == f"{folder} is read-only"


def test_uninstall_names_each_folder_and_user_that_stays_after_a_purge(tmp_path: Path) -> None:
    """`docs/releasing.md` lists the same names. What does not exist is not named."""
    page = (ROOT / "docs/releasing.md").read_text("utf-8")
    listed = guides.section(page, "What a purge leaves")
    named, users = re.findall(r"`(/[\w/-]+)`", listed), re.findall(r"`(portal|portal-acme|_tor-\w+)`", listed)
    system = System(tmp_path)
    assert plan.left(system, GOOD) == []
    # Without this line, the page could leave out a folder.
    assert {*named} == plan._LEFT.keys()
    for each in named:
        system.at(each).mkdir(parents=True)
    system.at("/etc/passwd").write_text("".join(f"{each}:x:1:1::/:/bin/sh\n" for each in ("root", *users)))
    said = plan.left(system, replace(GOOD, database=POSTGRESQL))
    left = [each.partition(": ")[0] for each in said]
    assert left.pop(len(named)) == "database fanal and role portal of PostgreSQL"
    assert sorted(left) == sorted([*named, *(f"user {each}" for each in users)])
    assert len(users) == 3
