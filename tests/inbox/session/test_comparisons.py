"""One officer who tries names cannot find out which name is the reporter's.

Two officers who act together can find out which name it is.
"""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.access import disclosures
from inbox.access.disclosures import Given, Ground, What
from inbox.casework import decisions
from inbox.casework.decisions import Decision
from inbox.casework.measures.details import Taken
from inbox.deadlines.workflow import Disclosure
from inbox.dossiers import letters, recording
from inbox.dossiers.letters import Wanted
from inbox.language import labels
from inbox.language.errors import Locked, Refused
from inbox.language.messages import sentence
from inbox.overview import oversight
from inbox.replies import closing, drafts, extension
from inbox.replies.closing import Closing
from inbox.replies.drafts import Draft
from inbox.replies.extension import Extension
from inbox.session import chosen_action, comparisons, journal, unsaid
from inbox.session.actions import TABLE, Action, Actor, Code, Reason, action
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Declaration
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import (
    Office,
    Portal,
    Reporter,
    World,
    answering,
    first,
    passphrase_of,
    today,
)

NAMES = ("alice", "bruno", "chloe")
IDENTITY = "Maëlle Kerguelen, poste 4471"
SECRET = "Je suis la voisine du dessus"
COLLEAGUES = ("Anne Martin", "Yann Le Goff", "Rose Tanguy")
TOUCHES = "it contains words of the reporter\N{RIGHT SINGLE QUOTATION MARK}s identity, which is kept apart"
QUIET = "Merci. Nous lisons ce que vous avez écrit."


@pytest.fixture(scope="module")
def founded_compared(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An inbox of three officers, with a case for which the identity of the reporter is recorded."""
    folder = tmp_path_factory.mktemp("compared")
    office = Office.found_by(folder, NAMES, 2)
    portal = Portal(World(office), folder / "medium")
    report = answering(coi="no", protect=SECRET)
    sent = first(Reporter(portal.world), text="On échange les scellés.", edit=report)
    office.json("exchange", "collect", portal.bundle(sent), "--confirm-instance", portal.fingerprint)
    for present in (("alice", "bruno"), ("alice", "chloe")):
        office.of(*present).json("case", "declare", "1")
    office.json("case", "show", "1")
    office.json("office", "set", "--regime", "external")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.settle(1)
    (folder / "identity").write_text(IDENTITY)
    office.json("case", "identity", "add", "1", "--text-file", folder / "identity")
    return office


pytestmark = pytest.mark.copy_of("founded_compared")


def alone(name: str = "alice") -> Actor:
    """Return a signed-in officer who has no other officer to confirm an action."""
    return Actor({name: Presence.OWN}, today())


def joined(name: str = "alice") -> Actor:
    """Return the same officer, for whom Bruno confirms every action that takes two officers."""
    both = {name: Presence.CONFIRMED, "bruno": Presence.CONFIRMED}
    return Actor({name: Presence.OWN}, today(), lambda *_: both)


def seen(inbox: Inbox, who: Actor, text: str) -> list[tuple[str, str]]:
    """Return the findings of the leak check on a text, with the words that each finding names."""
    view = drafts.preview(inbox, who, 1, Draft(text=text))
    return [(each["why"], each["words"]) for each in view["findings"]]


def looks(inbox: Inbox) -> list[tuple[list[str], dict[str, Any]]]:
    """Return the officers and the values of each entry for a comparison."""
    with inbox.transaction() as session:
        found = [entry for entry in journal.of_case(session, 1) if entry.action == "compare-identity"]
    return [([*each.officers], dict(each.values)) for each in found]


@contextmanager
def refused() -> Iterator[list[str]]:
    said: list[str] = []
    with pytest.raises(Refused) as caught:
        yield said
    said += [str(caught.value.what), str(caught.value.hint)]


def test_one_officer_gets_the_same_answer_whatever_part_of_the_identity_a_text_contains(
    office: Office,
) -> None:
    """The texts contain one word of the identity or the whole identity, alone or among names of colleagues.

    No answer reveals a word, a number or a place.
    """
    texts = [
        "Kerguelen",
        "Notre liste : " + ", ".join([*COLLEAGUES, "Kerguelen"]),
        f"{IDENTITY} ; {IDENTITY} ; " + ", ".join(COLLEAGUES),
        "Le 4471 a appelé.",
    ]
    for text in texts:
        with office.opened() as inbox:
            assert [("identity", "")] == seen(inbox, alone("chloe"), text), text
            seen(inbox, joined("chloe"), QUIET)
            with refused() as said:
                drafts.send(inbox, alone("chloe"), 1, Draft(text=text))
            seen(inbox, joined("chloe"), QUIET)
        assert not {"Kerguelen", "4471", "Maëlle", "kerguelen"} & set(said[0].replace(",", " ").split()), text
        assert "only two officers together are shown which words" in said[0]


def test_two_officers_who_confirm_the_comparison_see_the_words(inbox: Inbox) -> None:
    """Two officers who entered both passphrases for a command see the words as well.

    Two officers who opened a session earlier do not see these words.
    """
    text = f"{COLLEAGUES[0]} et Maëlle Kerguelen"
    before = Actor(dict.fromkeys(("alice", "bruno"), Presence.OWN), today())
    assert [("identity", "")] == seen(inbox, before, text)
    sheet = Actor({"alice": Presence.OWN, "bruno": Presence.SHEET}, today(), is_fresh=True)
    with pytest.raises(Locked):  # Alice has used up her answers.
        seen(inbox, sheet, text)
    shown = seen(inbox, joined(), text)
    assert {"Maëlle", "Kerguelen"} <= {words for why, words in shown if why == "identity"}
    fresh = Actor(before.present, today(), is_fresh=True)
    assert shown == seen(inbox, fresh, text)


def test_once_an_officer_alone_has_found_a_match_further_comparisons_take_two_officers(inbox: Inbox) -> None:
    """After the match, every comparison takes two officers.

    After the comparison by two officers, the count starts again. Each officer has a separate count.
    """
    assert [] == seen(inbox, alone(), QUIET)
    assert [("identity", "")] == seen(inbox, alone(), "Kerguelen")
    for text in (QUIET, "Kerguelen", COLLEAGUES[0]):
        with pytest.raises(Locked):
            seen(inbox, alone(), text)
    assert 2 == len(looks(inbox))
    assert [("identity", "")] == seen(inbox, alone("chloe"), "Kerguelen")
    assert [] == seen(inbox, joined(), COLLEAGUES[0])
    assert [] == seen(inbox, alone(), QUIET)


def test_an_alarm_does_not_wait_for_a_second_officer(inbox: Inbox) -> None:
    """If the officer has used up the answers, the reason is neither compared nor kept.

    The journal says that the reason was not compared.
    """
    alarms: list[tuple[Code, dict[str, str]]] = [(Code.QUARANTINE, {}), (Code.EXCLUDE, {"officer": "bruno"})]
    assert {code for code, _ in alarms} == {code for code, rule in TABLE.items() if rule.alarm}
    for is_used_up, words, flag in ((False, "le chef y est nommé", {}), (True, "", {"reason_unkept": True})):
        assert not is_used_up or [("identity", "")] == seen(inbox, alone(), "Kerguelen")
        for code, values in alarms:
            count = len(looks(inbox))
            with inbox.acting(alone(), action(code, 1, "le chef y est nommé", **values)):
                pass
            with inbox.transaction() as session:
                noted = [each for each in journal.of_case(session, 1) if each.action == code][-1]
            assert (words, values | flag) == (noted.reason, dict(noted.values)), code
            assert is_used_up is (count == len(looks(inbox))), code
    with pytest.raises(Locked) as caught, inbox.acting(alone(), action(Code.HOLD, 1, "x")):
        pass
    assert "has reached the limit of texts" in str(caught.value.what)


def test_an_officer_who_tries_one_name_after_another_gets_a_limited_number_of_answers(inbox: Inbox) -> None:
    for n in range(comparisons.MOST_ALONE):
        assert [] == seen(inbox, alone(), f"Jean{n:02}")
    with pytest.raises(Locked):
        seen(inbox, alone(), "Kerguelen")
    assert comparisons.MOST_ALONE == len(looks(inbox))


def test_once_an_officer_has_used_up_the_answers_no_action_compares_a_text_for_that_officer(
    inbox: Inbox,
) -> None:
    """In the table of actions, the action of this test has no text.

    For another officer, the text is compared.
    """
    assert [("identity", "")] == seen(inbox, alone(), "Kerguelen")
    with pytest.raises(Locked), inbox.acting(alone(), action(Code.NOTE, 1)) as session:
        comparisons.touched(session, 1, QUIET)
    with inbox.acting(alone("chloe"), action(Code.NOTE, 1)) as session:
        assert comparisons.touched(session, 1, QUIET) is None


def test_no_text_is_compared_if_no_identity_is_recorded_for_the_case(
    inbox: Inbox,
) -> None:
    with inbox.transaction() as session:
        session.delete(session.get_one(comparisons.Identity, 1))
    for _ in range(3):
        assert [] == seen(inbox, alone(), "Kerguelen")
    assert [] == looks(inbox)


# Each of these actions uses a text that an officer wrote. Some of these actions would write a new file.
WAYS: dict[str, Callable[[Inbox, Actor, str, Path], object]] = {
    "reply": lambda inbox, who, text, _: drafts.send(inbox, who, 1, Draft(text=text)),
    "with a reason": lambda inbox, who, text, _: drafts.send(inbox, who, 1, Draft(text=text, despite="x")),
    "the reason of a reply": lambda inbox, who, text, _: drafts.send(
        inbox, who, 1, Draft(text=QUIET, despite=text)
    ),
    "more time": lambda inbox, who, text, _: extension.extend(
        inbox, who, 1, Extension(reason="abroad", text=text)
    ),
    "the end": lambda inbox, who, text, _: closing.close(
        inbox, who, 1, Closing(outcome="moot", disclosure=Disclosure.FULL, text=text)
    ),
    "the end with a reason": lambda inbox, who, text, _: closing.close(
        inbox, who, 1, Closing(outcome="moot", disclosure=Disclosure.FULL, text=text, despite="x")
    ),
    "a measure": lambda inbox, who, text, _: recording.record(
        inbox, who, 1, Taken(kind="dnred_informed", day=today(), sent=text)
    ),
    "to whom a measure goes": lambda inbox, who, text, _: recording.record(
        inbox, who, 1, Taken(kind="protection_offered", day=today(), addressee=text, despite="x")
    ),
    "to whom a decision goes": lambda inbox, who, text, _: decisions.decide(
        inbox, who, 1, Decision(choice="transmit", reason="x", addressee=text, despite="x")
    ),
    "to whom something is given": lambda inbox, who, text, _: disclosures.disclose(
        inbox, who, 1, Given(text, What.OTHER, Ground.CONSENT), "x"
    ),
    "the address of a letter": lambda inbox, who, text, out: letters.write(
        inbox, who, 1, Wanted(letter="prosecutor", to="pnf", text=QUIET, address=text, despite="x"), out
    ),
    "to whom a letter goes": lambda inbox, who, text, out: letters.write(
        inbox, who, 1, Wanted(letter="persons_notice", to=text, text="Rien.", despite="x"), out
    ),
    "a letter": lambda inbox, who, text, out: letters.write(
        inbox, who, 1, Wanted(letter="prosecutor", to="pnf", text=text), out
    ),
}


@pytest.mark.slow
def test_a_comparison_is_recorded_and_counted_even_if_the_action_is_refused(
    inbox: Inbox, tmp_path: Path
) -> None:
    """Therefore an officer who tries names leaves a trace, whatever the action.

    An action that is refused because it takes two officers reveals nothing, but is nevertheless recorded.
    """
    for count, (name, way) in enumerate(WAYS.items(), 1):
        with refused() as said:
            way(inbox, alone(), f"Vu avec Kerguelen, {COLLEAGUES[0]}.", tmp_path / "letter.pdf")
        assert "erguelen" not in "".join(said), name
        assert (["alice"], {"touched": True}) == looks(inbox)[-1], name
        with refused() as said:
            way(inbox, alone(), QUIET, tmp_path / "letter.pdf")
        assert "must each enter" in said[0], name
        assert count == oversight.look(inbox, alone())["actions"]["identity-touched"], name
        seen(inbox, joined(), QUIET)


def test_the_journal_keeps_no_reason_that_could_identify_the_reporter(inbox: Inbox) -> None:
    """Two officers try every action that can have a reason. A harmless reason is accepted."""
    two = Actor(dict.fromkeys(("alice", "bruno"), Presence.OWN), today(), is_fresh=True)
    two = replace(two, confirm=lambda *_: two.present)
    # Correcting the clock concerns no case, and is refused if there is nothing to correct.
    codes = [code for code, rule in TABLE.items() if rule.reason is not Reason.NONE]
    codes.remove(Code.CORRECT_CLOCK)
    assert len(codes) > 34
    for code in codes:
        for words in ("Mme Kerguelen l'a dit", f"parce que {SECRET.lower()}"):
            with refused() as said, inbox.acting(two, action(code, 1, words)):
                pass
            assert "the reason contains words that could identify somebody" in said[0], code
    with inbox.transaction() as session:
        told = [each.reason for each in journal.of_case(session, 1)]
    assert told
    assert not [each for each in told if "Kerguelen" in each or "voisine" in each]
    with inbox.acting(two, action(Code.REOPEN, 1, "elle a écrit")):
        pass


def test_a_reason_is_not_compared_with_a_case_that_the_officer_may_not_read(inbox: Inbox) -> None:
    """Otherwise the officer could test words on that case. A colleague who may read the case is refused."""
    with inbox.transaction() as session:
        session.execute(delete(Declaration).filter_by(officer="chloe"))
    with inbox.acting(alone("chloe"), action(Code.QUARANTINE, 1, "Mme Kerguelen")):
        pass
    with refused(), inbox.acting(alone(), action(Code.QUARANTINE, 1, "Mme Kerguelen")):
        pass
    assert ["alice"] == [name for names, _ in looks(inbox) for name in names]


def test_a_text_that_is_refused_because_of_its_length_is_compared_nevertheless(inbox: Inbox) -> None:
    """Otherwise officers could try names without leaving a journal entry."""
    with refused() as said:
        drafts.send(inbox, alone(), 1, Draft(text="Martin" + " et" * 9_000))
    assert "does not fit" in said[0]
    assert [(["alice"], {})] == looks(inbox)


def test_the_request_for_a_second_officer_counts_as_one_answer(inbox: Inbox) -> None:
    """The request does not reveal whether the text contains any part of the identity.

    The request shows the same text even if nobody confirms the action.
    """
    before = len(looks(inbox))
    ended = Closing(outcome="unfounded", disclosure=Disclosure.FULL, text=QUIET)
    with pytest.raises(Locked):
        closing.close(inbox, alone(), 1, ended)
    assert [(["alice"], {})] == looks(inbox)[before:]


def test_at_the_desk_a_second_officer_confirms_the_comparison_and_sees_the_words(office: Office) -> None:
    """The text is compared only once, as it was sent. Nothing that was typed is lost."""
    text = f"Bonjour {COLLEAGUES[0]} et madame Kerguelen"
    both = {f"passphrase-{name}": passphrase_of(name) for name in office.present}
    with sitting(office) as client:
        shown = client.send("/en/case/1/reply", text=text)
        assert (200, True, 1) == (shown.status_code, TOUCHES in shown.text, shown.text.count("Kerguelen</t"))
        assert "<bdi>Kerguelen" not in shown.text
        assert [(["alice"], {"touched": True})] == looks(client.desk.inbox)
        for form in ("reply", "reply/preview"):
            asked = client.send(f"/en/case/1/{form}", text=text)
            assert (401, False) == (asked.status_code, TOUCHES in asked.text)
            assert (True, False) == (
                "has reached the limit of texts" in asked.text,
                "--share" in asked.text,
            )
        shown = client.send("/en/case/1/reply", text=text, **both)
        words = "<bdi>Kerguelen</bdi></strong> \u2013 it contains words"
        assert (200, True) == (shown.status_code, words in shown.text)
        assert 303 == client.send("/en/case/1/reply", text=QUIET).status_code


def test_at_the_desk_two_passphrases_confirm_only_the_actions_of_one_form(office: Office) -> None:
    """Once the comparisons are used up, an assessment takes two officers.

    The decision on the same page is then confirmed separately. The page and the list of waiting confirmations
    name all actions, but name the case only once.
    """
    form = {"danger": "1", "risk": "high", "reason": "x", "officer": "alice", "choice": "no_transmission"}
    both = {f"passphrase-{name}": passphrase_of(name) for name in office.present}
    acts = ("score set", "risk to the reporter assessed", "assigned")
    with sitting(office) as client:
        assert 200 == client.send("/en/case/1/reply/preview", text="Kerguelen").status_code
        asked = client.send("/en/case/1/assess", **form)
        own = {"passphrase-alice": both["passphrase-alice"], "ask-another": "on"}
        assert 303 == client.send("/en/case/1/assess", **form, **own).status_code
        bruno = Client(client.desk, client.app, "bruno")
        (wanted,) = client.seat.asked
        pages = [asked.text, *(bruno.page(f"/en/confirm{path}") for path in ("", f"/{wanted}"))]
        for page in (_TAGS.sub("", each.partition("<main")[2]) for each in pages):
            assert [] == [each for each in acts if each not in page]
            assert ("Cases" in page, "Not transmitted" in page) == (False, False)
        decided = client.send("/en/case/1/assess", **form, **both)
        assert (401, True) == (decided.status_code, "decision recorded by two officers" in decided.text)
        assert ("own passphrase" in decided.text, "Not transmitted" in decided.text) == (False, True)
        assert ["judge", "assess-source", "assign"] == _done_by_two(client.desk.inbox)
        alone = {"choice": "no_transmission", "reason": "x"}
        assert 401 == client.send("/en/case/1/assess", **alone, **both).status_code
        assert 303 == client.send("/en/case/1/decide", **alone, **both).status_code
        assert ["judge", "assess-source", "assign", "decide-by-two"] == _done_by_two(client.desk.inbox)


_TAGS = re.compile("<[^>]+>")


def _done_by_two(inbox: Inbox) -> list[str]:
    """Return the codes of the actions that two officers confirmed on the case, except comparisons."""
    two = {Presence.CONFIRMED}
    with inbox.transaction() as session:
        found = [each.action for each in journal.of_case(session, 1) if two == {*each.officers.values()}]
    return [each for each in found if each != "compare-identity"]


def test_one_officer_alone_cannot_narrow_300_persons_down_to_fewer_than_28() -> None:
    """The protection of every reporter depends on the number of answers, so the test repeats the result."""
    assert math.ceil(300 / (comparisons.MOST_ALONE + 1)) == 28


def test_a_blank_text_is_not_compared(inbox: Inbox) -> None:
    with inbox.acting(alone(), action(Code.NOTE, 1)) as session:
        assert comparisons.touched(session, 1, " \n") is None
    assert [] == looks(inbox)


def test_the_answers_about_a_removed_identity_no_longer_count(inbox: Inbox) -> None:
    assert [("identity", "")] == seen(inbox, alone(), "Kerguelen")
    with inbox.transaction() as session:
        session.delete(session.get_one(comparisons.Identity, 1))
    assert [] == seen(inbox, alone(), "Kerguelen")


def test_two_officers_who_open_the_inbox_for_one_command_see_the_words(office: Office) -> None:
    """Both officers have just entered their passphrases."""
    with office.of("alice", "bruno").unlocked() as opened:
        assert [("identity", "Kerguelen")] == seen(opened.inbox, opened.by_opening(today()), "Kerguelen")


def test_a_comparison_is_recorded_even_if_the_choice_of_an_action_then_fails(inbox: Inbox) -> None:
    def choose(session: Session) -> Action:
        comparisons.touched(session, 1, "Kerguelen")
        raise Refused(sentence("a reason is required"), sentence("shorten them"))

    with refused(), chosen_action.acting(inbox, alone(), 1, choose):
        raise AssertionError
    assert [(["alice"], {"touched": True})] == looks(inbox)


def test_two_officers_can_choose_an_action_although_one_of_them_has_used_up_the_answers(inbox: Inbox) -> None:
    """The text is compared only when both officers have confirmed the comparison.

    An officer who is alone is told to ask a second officer.
    """

    def choose(session: Session) -> Action:
        found.append(comparisons.touched(session, 1, "Kerguelen"))
        return action(Code.NOTE, 1).by(2)

    found: list[comparisons.Touched | None] = []
    assert [("identity", "")] == seen(inbox, alone(), "Kerguelen")
    with chosen_action.acting(inbox, joined(), 1, choose):
        pass
    assert [None, comparisons.Touched(("Kerguelen",))] == found
    seen(inbox, alone(), "Kerguelen")
    with refused() as said, inbox.acting(alone(), action(Code.NOTE, 1)) as session:
        comparisons.touched(session, 1, QUIET)
    assert "ask a second officer" in said[1]


def test_an_error_about_a_text_names_the_words_that_the_officers_may_see(inbox: Inbox) -> None:
    """The officer who reads the case sees protected words, but not the words of the identity."""
    identity = str(labels.said("why", "identity"))
    with inbox.acting(alone(), action(Code.NOTE, 1)) as session:
        assert unsaid.find(session, 1, QUIET) is None
        found = unsaid.find(session, 1, f"{SECRET}.")
        assert found is not None
        assert (False, True) == (found.is_for_two, str(found.described).startswith("“"))
        assert identity not in str(found.described)
        touching = unsaid.find(session, 1, "Kerguelen")
        assert touching is not None
        assert (True, identity) == (touching.is_for_two, str(touching.described))
    with inbox.acting(joined(), action(Code.NOTE, 1).by(2)) as session:
        touching = unsaid.find(session, 1, "Kerguelen")
        assert touching is not None
        assert (False, f"“Kerguelen” ({identity})") == (touching.is_for_two, str(touching.described))


@pytest.mark.parametrize(("text", "left"), [(QUIET, 0), ("Kerguelen", 1)])
def test_a_comparison_by_two_officers_leaves_an_entry_only_if_their_action_is_refused(
    inbox: Inbox, text: str, left: int
) -> None:
    """If the action is refused, the comparison has an entry only if there was a match."""
    for is_refused in (False, True):
        with (
            suppress(ZeroDivisionError),
            inbox.acting(joined(), action(Code.NOTE, 1).by(2)) as session,
            comparisons.unnoted(session),
        ):
            comparisons.touched(session, 1, text)
            if is_refused:
                raise ZeroDivisionError
        assert (left if is_refused else 0) == len(looks(inbox))
