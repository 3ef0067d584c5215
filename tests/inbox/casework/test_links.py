"""The program suggests links between cases and says what they have in common. Only officers link cases."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from inbox.casework import link_index, links
from inbox.text import entities, similarity
from inbox.vault.casework_tables import Dismissal, IndexKey, Link, Term, Workflow
from inbox.vault.tables import Case
from tests.support.desk_room import chosen_beforehand, sitting
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World, answering, drop, first, today
from tests.support.inbox_trio import Trio

# Two texts about different things. Both texts begin alike, so they share some distinctive pieces.
ALIKE_AT_FIRST = [
    f"Le soir du marché un homme en manteau gris attend derrière le hangar numéro douze. {rest}"
    for rest in (
        "Personne ne parle plus depuis que la caisse est vide et que les contrôles ont changé de quai."
        " Tout le monde a peur de la suite, et le chef ne répond pas aux questions.",
        "Aucun rapport avec la veille ici on vend des poissons aux touristes pendant que le ferry décharge"
        " ses voitures. Les horaires changent sans prévenir, et la clé du portail manque toujours.",
    )
]
TWICE_TOLD = (
    "La clé de la grille nord est prêtée chaque vendredi au chauffeur d'une société de nettoyage. "
    "Il entre sans badge, charge deux palettes au fond de l'entrepôt, et repart avant la relève."
)
REPORTS: list[dict[str, Any]] = [
    {"refs": "csqu 305438-3, AB-123-CD", "who_id": "jean dupont"},
    {"refs": "CSQU3054383", "what": ALIKE_AT_FIRST[0]},
    {"who_id": "DUPONT Jean, 06 12 34 56 78"},
    {"days": "2026-03-14", "what": TWICE_TOLD},
    {"days": "2026-03-14", "what": f"Bonjour. {TWICE_TOLD.upper()}"},
    {"what": ALIKE_AT_FIRST[1]},
]

pytestmark = pytest.mark.copy_of("filed")


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The reports above as cases 1 to 6, a drop as case 7, and a follow-up to case 6."""
    folder = tmp_path_factory.mktemp("links")
    office = Office.found(folder)
    world = World(office)
    portal = Portal(world, folder / "medium")
    reporters = [Reporter(world) for _ in REPORTS]
    sent = [first(each, edit=answering(**said)) for each, said in zip(reporters, REPORTS, strict=True)]
    for each in (*sent, Sent(drop(world, "on m'appelle du +33612345678"))):
        office.json("exchange", "collect", portal.bundle(each), "--confirm-instance", portal.fingerprint)
    office.json(
        "exchange", "collect", portal.bundle(Sent(reporters[5].follow_up("c'était la voiture AB 123 CD")))
    )
    return office


def proposed(office: Office, number: int) -> dict[int, list[str]]:
    """Return the suggested cases with the reasons for each suggestion."""
    return {
        each["case"]: [f"{reason['kind']} {reason['shown']}" for reason in each["reasons"]]
        for each in office.json("case", "link", "list", str(number))["proposed"]
    }


def test_a_suggested_link_says_what_the_two_cases_have_in_common(filed: Office) -> None:
    """Both cases suggest the link. Each case shows the common detail in the spelling of the other case.

    Answers, follow-ups and drops are searched.
    """
    assert {2: ["container CSQU3054383"], 3: ["name jean dupont"], 6: ["plate AB-123-CD"]} == proposed(
        filed, 1
    )
    assert {1: ["container CSQU3054383"]} == proposed(filed, 2)
    assert {7: ["phone +33612345678"], 1: ["name DUPONT Jean"]} == proposed(filed, 3)
    assert {1: ["plate AB 123 CD"]} == proposed(filed, 6)
    assert {3: ["phone +33612345678"]} == proposed(filed, 7)
    (reasons,) = proposed(filed, 4).values()
    assert ["text", "day 2026-03-14"] == [reasons[0].split()[0], reasons[1]]
    said = filed.run("case", "link", "list", "2").out
    assert "    1  suggested link: both have the container CSQU3054383\n" in said


def test_a_common_beginning_alone_suggests_no_link(filed: Office) -> None:
    """The index finds both texts, but the full comparison rejects them."""
    one, other = (similarity.pieces([text]) for text in ALIKE_AT_FIRST)
    assert len({*similarity.telling(one)} & {*similarity.telling(other)}) >= similarity.LEAST_COMMON
    assert 6 not in proposed(filed, 2)


def test_officers_add_and_change_and_remove_a_link(office: Office) -> None:
    """Both cases show the link. A removed link is suggested again.

    Nothing else about the cases changes.
    """
    before = office.state()
    linked = office.json("case", "link", "add", "1", "2", "same_facts")
    assert {"case": 1, "other": 2, "relation": "same_facts", "kept_from": []} == linked
    for one, other in ((1, 2), (2, 1)):
        assert other not in proposed(office, one)
        ((row,),) = [office.json("case", "link", "list", str(one))["linked"]]
        assert (other, "same_facts", today().isoformat()) == (row["case"], row["relation"], row["since"])
    office.json("case", "link", "add", "2", "1", "duplicate")
    assert "    2  duplicate, since " in office.run("case", "link", "list", "1").out
    after = office.state()
    assert {"links"} == {name for name in before if before[name] != after[name]} - {"files"}
    office.json("case", "link", "remove", "1", "2")
    assert (before["links"], [2, 3, 6]) == (office.state()["links"], sorted(proposed(office, 1)))


def test_the_journal_records_a_link_for_each_case_without_the_number_of_the_other_case(
    office: Office,
) -> None:
    """The test links the cases by command and at the desk. A refused action is recorded for neither case."""
    words = [
        ("case", "link", "add", "1", "2", "same_facts"),
        ("case", "link", "dismiss", "2", "1"),
        ("case", "link", "remove", "1", "2"),
    ]
    for each in words:
        office.json(*each)
    assert 1 == office.run("case", "link", "remove", "1", "2").code
    with sitting(office) as client:
        assert [] == chosen_beforehand(client.page("/en/case/1/links"), "relation-2")
        for path, fields in (("2", {"relation": "same_facts"}), ("2/dismiss", {}), ("2/unlink", {})):
            assert client.send(f"/en/case/1/links/{path}", **fields).status_code == 303
        assert client.send("/en/case/1/links/2/unlink").status_code == 409
    entries = office.json("journal", "list")["entries"]
    noted = [(each["action"], each["case"], each["values"]) for each in entries]
    relation = {"relation": "same_facts"}
    at_desk = [
        *(("link", 1, relation), ("link", 2, relation), ("dismiss-link", 1, {}), ("dismiss-link", 2, {})),
        *(("unlink", 1, {}), ("unlink", 2, {})),
    ]
    typed = [*at_desk[:2], at_desk[3], at_desk[2], *at_desk[4:]]
    assert typed + at_desk == [each for each in noted if each[0] in {"link", "dismiss-link", "unlink"}]


def test_a_dismissed_link_is_not_suggested_again_until_the_dismissal_is_undone(office: Office) -> None:
    """The dismissal is valid for both cases. Linking the cases also undoes the dismissal."""
    office.json("case", "link", "dismiss", "2", "1")
    assert ([3, 6], []) == (sorted(proposed(office, 1)), sorted(proposed(office, 2)))
    assert "no links and nothing in common" in office.run("case", "link", "list", "2").out
    office.json("case", "link", "remove", "1", "2")
    assert {1: ["container CSQU3054383"]} == proposed(office, 2)
    office.json("case", "link", "dismiss", "1", "2")
    office.json("case", "link", "add", "1", "2", "contradicts")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not session.scalars(select(Dismissal.case)).all()


def test_links_are_also_suggested_for_a_report_that_officers_entered(office: Office, tmp_path: Path) -> None:
    written = tmp_path / "answers.toml"
    written.write_text('path = "saw"\nrefs = "CSQU3054383"\nwhat = "par lettre"\n')
    options = ["--route", "letter", "--language", "fr", "--received", today().isoformat()]
    office.json("case", "add", *options, "--answers", written)
    assert {1: ["container CSQU3054383"], 2: ["container CSQU3054383"]} == proposed(office, 8)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["case", "link", "add", "1", "1", "duplicate"], 1, "a case cannot be linked to itself"),
        (["case", "link", "add", "1", "9", "duplicate"], 1, "there is no case 9"),
        (["case", "link", "dismiss", "9", "1"], 1, "there is no case 9"),
        (["case", "link", "remove", "1", "2"], 1, "cases 1 and 2 are not linked, and no link"),
        (["case", "link", "list", "9"], 1, "there is no case 9"),
        (["case", "link", "add", "1", "2"], 2, "Missing argument"),
        (["case", "link", "dismiss", "1", "2", "duplicate"], 2, "unexpected extra argument"),
        (["case", "link", "add", "1", "2", "merged"], 2, "merged"),
    ],
)
def test_an_invalid_link_is_refused_and_changes_nothing(
    filed: Office, words: list[str], code: int, said: str
) -> None:
    before = filed.state()
    refused = filed.run(*words)
    assert (code, True) == (refused.code, said in refused.err)
    assert before == filed.state()


def test_the_link_index_contains_only_keyed_hashes(filed: Office, tmp_path: Path) -> None:
    """In the index of another vault, which has another key, the same report has different hashes."""
    with filed.opened() as inbox, inbox.transaction() as session:
        marks = set(session.scalars(select(Term.value)))
        key = session.scalars(select(IndexKey.seed)).one()
    other = Office.found(tmp_path)
    world = World(other)
    portal = Portal(world, tmp_path / "medium")
    sent = first(Reporter(world), edit=answering(**REPORTS[0]))
    other.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    with other.opened() as inbox, inbox.transaction() as session:
        others = set(session.scalars(select(Term.value)))
    assert (32, {8}) == (len(key), {len(mark) for mark in marks | others})
    assert not marks & others
    assert others


def test_a_detail_that_many_cases_share_is_shown_but_suggests_no_link(office: Office) -> None:
    """Junk cases do not count.

    Otherwise a flood of reports with one number could suppress the links by this number.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        (kind, value) = next(mark for mark in link_index.of(session, 2))
        for number in range(100, 100 + links.MANY):
            session.add(_made_up(number))
            session.add(Workflow(case=number, junked=today()))
            session.add(Term(case=number, kind=kind, value=value))
    assert {1: ["container CSQU3054383"]} == proposed(office, 2)
    with office.opened() as inbox, inbox.transaction() as session:
        for work in session.scalars(select(Workflow).where(Workflow.case >= 100)):
            work.junked = None
    found = office.json("case", "link", "list", "2")
    assert ([], [{"kind": "container", "shown": "CSQU3054383"}]) == (found["proposed"], found["common"])
    assert (
        "in more than 50 other cases, so not suggested: the container CSQU3054383"
        in office.run("case", "link", "list", "2").out
    )
    assert [3, 6] == sorted(proposed(office, 1))


def _made_up(number: int) -> Case:
    return Case(
        number=number, status="received", received=today(), collected=today(), summary="", message=b"",
        envelope=number.to_bytes(32), unsigned=True,
    )  # fmt: skip


def test_many_follow_ups_add_only_a_limited_number_of_index_rows(office: Office) -> None:
    """Follow-ups after the limit add no rows. The rows of earlier follow-ups remain."""
    with office.opened() as inbox, inbox.transaction() as session:
        for n in range(3 * entities.MOST):
            link_index.add(
                session,
                6,
                link_index.marker(session).of_texts([f"06 12 34 {n // 100 % 100:02} {n % 100:02}"]),
            )
        assert entities.MOST == sum(kind == "phone" for kind, _ in link_index.of(session, 6))


def test_rebuilding_the_link_index_gives_the_same_index_as_filing_the_reports(office: Office) -> None:
    """An upgrade of a vault without an index builds the index in the same way."""
    with office.opened() as inbox, inbox.transaction() as session:
        before = {number: set(link_index.of(session, number)) for number in range(1, 8)}
        session.execute(delete(Term))
        for number in before:
            link_index.renew(session, number)
        session.flush()
        assert before == {number: set(link_index.of(session, number)) for number in before}
        assert all(before[number] for number in (1, 2, 3, 4, 5, 6, 7))


def test_no_suggestion_and_no_link_reveals_a_case_to_an_excluded_officer(trio: Trio) -> None:
    """A hidden case is not counted among the cases with something in common.

    The control is the output for the other officers.
    """
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Link))
        session.execute(delete(Dismissal))
        for number in (1, 2, 3):
            session.add(Term(case=number, kind="plate", value=b"the same"))
            link_index.add(session, number, link_index.marker(session).of_texts(["CSQU3054383"]))
    for office, found in ((trio.others, {2, 3}), (trio.excluded, {2})):
        with office.opened() as inbox, inbox.vault.transaction(office.present) as session:
            shared, _ = links._shared(session, 1)
            assert found == set().union(*shared.values())
    for words in (
        ["case", "link", "add", "1", "3", "duplicate"],
        ["case", "link", "dismiss", "1", "3"],
        ["case", "link", "remove", "1", "3"],
    ):
        said = trio.excluded.run(*words)
        assert (1, "error: there is no case 3\n") == (said.code, said.err.partition("hint")[0])
    trio.others.json("case", "link", "add", "1", "3", "same_place")
    assert [] == trio.excluded.json("case", "link", "list", "1")["linked"]
    assert [3] == [row["case"] for row in trio.others.json("case", "link", "list", "1")["linked"]]
    entries = trio.excluded.json("journal", "list")["entries"]
    assert [(1, {"relation": "same_place"})] == [
        (each["case"], each["values"]) for each in entries if each.get("action") == "link"
    ]
    assert "case 3" not in trio.excluded.run("journal", "list").out


def test_a_link_to_a_restricted_case_is_suggested_only_to_its_handlers(trio: Trio) -> None:
    """Other officers cannot read the rows of the case in the link index."""
    with trio.others.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Link))
        session.execute(delete(Dismissal))
        link_index.add(session, 1, link_index.marker(session).of_texts(["CSQU3054383"]))
        link_index.add(session, 2, link_index.marker(session).of_texts(["CSQU3054383"]))
    trio.others.json("access", "restrict", "2", "alice", "chloe")
    for office, found in ((trio.others, {2}), (trio.excluded, set())):
        with office.opened() as inbox, inbox.vault.transaction(office.present) as session:
            shared, _ = links._shared(session, 1)
            assert found == set().union(*shared.values())
