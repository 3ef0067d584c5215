"""Officers can adopt a changed questionnaire.

A questionnaire with a mistake, or with a version that was already used, is refused.
"""

from pathlib import Path

import pytest

from crypto import questionnaire
from crypto.journal import ENTRY
from inbox.vault import queries_access
from tests.support.inbox_builders import Portal, Reporter, Sent, World
from tests.support.questionnaires import LAST, SHIPPED, as_version

NEXT = LAST + 1
CHANGED = as_version(NEXT).replace(b"What happened?", b"What did happen?")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.toml"
    path.write_bytes(CHANGED)
    return path


def in_use(world: World, folder: Path) -> questionnaire.Reference:
    """Return the questionnaire that the current keyring names."""
    world.office.run("exchange", "keyring", "--out", folder)
    return world.office.keyring()[0].questionnaire


def test_the_next_keyring_names_a_changed_questionnaire(world: World, file: Path, tmp_path: Path) -> None:
    assert questionnaire.parse(SHIPPED).reference == in_use(world, tmp_path)
    said = world.office.run("office", "questionnaire", "replace", file)
    assert (0, "") == (said.code, said.err)
    assert f"version {NEXT}" in said.out
    assert questionnaire.parse(CHANGED).reference == in_use(world, tmp_path)
    serial = world.office.keyring()[0].serial
    again = world.office.json("office", "questionnaire", "replace", file)
    assert ("customs", NEXT) == (again["id"], again["version"])
    assert f"{again['questions']} questions" in said.out
    assert (questionnaire.parse(CHANGED).reference, serial) == (
        in_use(world, tmp_path),
        world.office.keyring()[0].serial,
    )


def test_the_journal_records_the_version_of_the_adopted_questionnaire(world: World, file: Path) -> None:
    world.office.run("office", "questionnaire", "replace", file)
    with world.office.opened() as inbox, inbox.transaction() as session:
        row = queries_access.last_journal_entry(session)
    assert row is not None
    entry = ENTRY.parse(row.raw)
    adopted = {"questionnaire": "customs", "version": NEXT}
    assert ("adopt-questionnaire", adopted) == (entry.action, entry.values)


def test_a_report_is_read_with_the_version_of_the_questionnaire_that_it_answers(
    world: World, file: Path, tmp_path: Path
) -> None:
    """A report page that was open during the change still sends answers to the earlier version."""
    portal = Portal(world, tmp_path / "medium")
    reporter = Reporter(world)
    world.office.run("office", "questionnaire", "replace", file)
    world.office.run(
        "exchange",
        "collect",
        portal.bundle(Sent(reporter.report("Bonjour"), reporter.keys.case_id)),
        "--confirm-instance",
        portal.fingerprint,
    )
    case = world.office.json("case", "show", "1")
    assert {"id": "customs", "version": LAST} == case["questionnaire"]
    assert "Que s\u2019est-il passé ?" == case["labels"]["what"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            as_version(LAST).replace(b"What happened?", b"What?"),
            f"version {LAST} is not higher than version {LAST}",
        ),
        (as_version(LAST - 1), f"version {LAST - 1} is not higher than version {LAST}"),
        (
            CHANGED.replace(b'type = "period"', b'type = "date"'),
            "section 5, field 'days': 'type' must be one of",
        ),
        (CHANGED.replace(b'id = "what"', b'id = "send"'), "the page already uses the id 'send'"),
        (b"\xff", "not accepted: questionnaire is not TOML"),
    ],
    ids=["same-version", "earlier-version", "mistake", "id-of-the-page", "no-text"],
)
def test_a_refused_questionnaire_changes_nothing(
    world: World, file: Path, tmp_path: Path, raw: bytes, said: str
) -> None:
    file.write_bytes(raw)
    refused = world.office.run("office", "questionnaire", "replace", file)
    assert refused.code == 1
    assert said in refused.err
    assert questionnaire.parse(SHIPPED).reference == in_use(world, tmp_path)
