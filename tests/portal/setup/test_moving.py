"""A portal moves from SQLite to PostgreSQL as the guide says: a new portal is made from a backup."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks import guide
from portal import config
from portal.setup.settings import DATABASE, USER
from portal.store.database import open_database
from portal.store.schema import cases
from tests.support import postgres
from tests.support.inbox_builders import today
from tests.support.installation import Installation, free_port
from tests.support.paths import ROOT

AS_POSTGRES = "runuser -u postgres -- "
SOCKET = "/run/postgresql"


@pytest.mark.slow
def test_a_portal_moves_from_sqlite_to_postgresql(tmp_path: Path) -> None:
    """The new portal has the mailbox of the case, and the inbox accepts its bundles."""
    site = Installation(tmp_path, port=free_port())
    with_one_case(site)
    private, public, saved = (tmp_path / each for each in ("private", "public", "backup"))
    site.portal.run("backup", "key", "--private", private, "--public", public)
    site.portal.run("backup", "make", "--public", public, "--out", saved)
    with postgres.serving() as cluster:
        make_database(cluster)
        change_address(site.portal.config, str(cluster.folder))
        lost = ("--private", private, "--fingerprint", site.instance)
        new = site.portal.json("backup", "restore", saved, *lost)["fingerprint"]
        assert known_cases(site.portal.config) == 1
        exchange(site, new)


def with_one_case(site: Installation) -> None:
    """Add a case, and carry bundles once in each direction, so that the portal has a mailbox for the case."""
    answers = site.medium.with_name("answers.toml")
    answers.write_text('what = "Quelque chose"\n')
    entered = ("--route", "letter", "--language", "fr", "--received", today().isoformat())
    site.inbox.run("case", "add", *entered, "--answers", answers)
    site.carry_in(1)
    site.carry_back(1)
    assert known_cases(site.portal.config) == 1


def make_database(cluster: postgres.Cluster) -> None:
    """Run the commands of the guide for a role and its database, on a server of this test."""
    lines = [each for each in guide.commands("Daily work") if each.startswith(AS_POSTGRES)]
    assert len(lines) == 2
    for line in lines:
        program, *words = line.removeprefix(AS_POSTGRES).split()
        subprocess.run([program, f"--host={cluster.folder}", "--username=fanal", *words], check=True)


def change_address(configuration: Path, socket: str) -> None:
    """Write the address from the guide into a configuration, with another socket."""
    address = f"postgresql://{USER}@/{DATABASE}?host={SOCKET}"
    assert f"Set `database` to `{address}`" in (ROOT / "docs/deploying.md").read_text("utf-8")
    text = configuration.read_text("utf-8")
    assert text.count("sqlite:///portal.sqlite") == 1
    configuration.write_text(text.replace("sqlite:///portal.sqlite", address.replace(SOCKET, socket)))


def known_cases(configuration: Path) -> int:
    """Return how many cases the database of a portal has."""
    url = config.load(configuration).database_url
    with closing(open_database(url)) as database, database.read() as connection:
        return connection.execute(select(func.count()).select_from(cases)).scalar_one()


def exchange(site: Installation, fingerprint: str) -> None:
    """Carry bundles once in each direction, from and to the new portal."""
    site.medium = site.medium.with_name("another medium")
    site.medium.mkdir()
    site.portal.run("export", "--out", site.medium)
    bundle = site.medium / f"{site.inbox.channel}-1.tar"
    site.inbox.run("exchange", "collect", bundle, "--new-instance", fingerprint)
    site.inbox.run("exchange", "outbox", "--out", site.medium)
    assert "1 slots" in site.portal.run("import", site.medium / f"outbox-{site.inbox.channel}-2.tar")
