"""Each kind of failure of a command has a code for programs, and a text with a hint for people."""

import json

import pytest

from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, Portal, Reporter, World, first
from tests.support.typist import typing_to_fork


def failing(office: Office, kind: str, *words: object) -> None:
    """Run a command that must fail. With the option --json, the command prints the same error as JSON."""
    told = office.run(*map(str, words), "--json")
    error = json.loads(told.err)
    assert (1, "", kind) == (told.code, told.out, error["code"])
    shown = office.run(*map(str, words))
    assert (1, "") == (shown.code, shown.out)
    assert f"error: {error['message']}\nhint: {error['hint']}\n" == shown.err


def test_a_refusal_is_an_error_with_its_own_code(office: Office) -> None:
    failing(office, "case-refused", "case", "show", "7")


def test_an_error_of_the_system_names_the_file(office: Office) -> None:
    """Here the keyring's folder is a file."""
    failing(office, "system", "exchange", "keyring", "--out", office.root / "vault.json")


def test_a_damaged_row_of_the_vault_is_an_error_with_its_own_code(world: World, portal: Portal) -> None:
    bundle = portal.bundle(first(Reporter(world)))
    world.office.json("exchange", "collect", bundle, "--confirm-instance", portal.fingerprint)
    with world.office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).message = b"{}"
    failing(world.office, "damaged", "case", "show", "1")


@pytest.mark.parametrize(
    ("options", "told"),
    [([], "error: stopped\nhint: unfinished work was undone\n"), (["--json"], '{"code": "stopped", ')],
    ids=["text", "json"],
)
def test_ctrl_c_at_a_question_stops_the_command(office: Office, options: list[str], told: str) -> None:
    words = ["--home", office.root, "case", "list", *options]
    with typing_to_fork(words, office.root.parent) as at:
        at.sees("assphrase")
        at.interrupts()
        at.sees(told)
        assert 1 == at.waits()
