"""The preview shows what the reporter will see, in the words of the status page. It changes nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crypto.messages import Status
from inbox.deadlines.workflow import Disclosure
from inbox.language import catalogue, days
from inbox.law import in_use
from inbox.replies import closing, status_preview
from inbox.replies.closing import Closing, NotSeen
from inbox.vault import queries_cases
from inbox.vault.tables import Message
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.inbox_builders import Portal, Reporter, Sent, World, first, read_outbox, read_slot, today
from tests.support.laws import FRENCH

TEXT = "Nous lisons."


def test_every_text_of_the_preview_is_also_a_text_of_the_status_page() -> None:
    """The texts are identical, have the same code, and are in the public catalogue.

    Therefore the preview and the status page always use the same texts.
    """
    page = (shipped.FOLDER / "portal" / "texts_case.html").read_text("utf-8")
    shown = dict(re.findall(r'data-code="([\w-]+)">\{\{ _\("(.+)"\) \}\}', page))
    assert status_preview.TEXTS == {code: shown[code] for code in status_preview.TEXTS}
    needed = {f"{what}-{status}" for what in ("status", "means") for status in Status}
    assert needed <= status_preview.TEXTS.keys()
    for text in status_preview.TEXTS.values():
        assert catalogue.public("en", text) == text != catalogue.public("fr", text)


@pytest.mark.usefixtures("correspondent")
def test_an_acknowledgement_sets_the_status_to_acknowledged(world: World) -> None:
    """Both the slot and the preview show that status together with the acknowledgement.

    No other message sets that status, and an acknowledgement does not replace a later status.
    """
    for words in (["--text", TEXT], ["--template", "reprisals"]):
        world.office.json("message", "reply", "1", *words)
        assert "received" == world.office.json("case", "show", "1")["status"]
    view = world.office.json("message", "reply", "1", "--template", "acknowledgement", "--preview")
    assert catalogue.public("fr", "Acknowledged") == view["status"]
    assert "received" == world.office.json("case", "show", "1")["status"]
    world.office.json("message", "reply", "1", "--template", "acknowledgement")
    assert "acknowledged" == world.office.json("case", "show", "1")["status"]
    world.office.json("case", "set-status", "1", "assessing")
    world.office.json("message", "reply", "1", "--template", "acknowledgement")
    assert "assessing" == world.office.json("case", "show", "1")["status"]


# Once the report has been read, no page or message may say, in either language, that it is unread.
UNREAD = (
    r"will (now|soon) be read|nobody has read|not (yet )?been read"
    r"|va être lu|sera (bientôt )?lu\b|personne n'a (encore )?lu|n'a pas (encore )?été lu"
)


@pytest.mark.usefixtures("correspondent")
@pytest.mark.parametrize("status", Status)
def test_the_status_and_the_messages_beside_it_do_not_contradict_each_other(
    world: World, status: Status
) -> None:
    """The test combines each status with every message of the law that fits this status.

    The test compares the status, its meaning, and each day.
    """
    world.office.tell_no_prosecutor(1)
    with world.office.opened() as inbox, inbox.transaction() as session:
        queries_cases.case(session, 1).status = status.value
        fitting = [each for each in in_use.of(session).replies.values() if status in each.status]
        page = status_preview.page_of(session, 1)
    for each in fitting:
        if each.extends:
            continue
        own = ["--text", "Merci."] if each.takes_own_words else []
        view = world.office.json("message", "reply", "1", "--template", each.code, "--preview", *own)
        said = Status.ACKNOWLEDGED if each.acknowledges and status is Status.RECEIVED else status
        said = Status.INFO_REQUESTED if each.asks else said
        assert (page.say(f"status-{said}"), page.say(f"means-{said}")) == (view["status"], view["means"])
        assert not re.search(UNREAD, status_preview.TEXTS[f"means-{said}"], re.IGNORECASE)
        # No reply repeats the day of the status. The status page shows a later day after each exchange, but
        # the reply would always show the first day.
        assert "next_by" not in each.fields
        if status is Status.CLOSED:
            assert "" == view["next_by"]
            assert "feedback_by" not in each.fields


ENDED = r"\b(is|was) (now )?closed|opened again|\best clos\b|rouvert"
EXAMINED = (
    r"found to be|checks did not|been examined|could not check|vérifications ont|été examiné|pas pu vérifier"
)
ACTED = r"\bwe (have )?(acted|told the|asked for)|nous avons (saisi|agi|demandé)"
# No text beside a status may match the pattern of that status, in either language.
NEVER = {
    Status.RECEIVED: f"{ENDED}|{EXAMINED}|{ACTED}",
    Status.ACKNOWLEDGED: f"{ENDED}|{EXAMINED}|{ACTED}",
    Status.ASSESSING: f"{ENDED}|{EXAMINED}",
    Status.INFO_REQUESTED: f"{ENDED}|{EXAMINED}",
    Status.IN_FOLLOW_UP: ENDED,
    Status.CLOSED: r"feedback_by|you will (find|read) here|next update|to (continue|go on), we|takes longer"
    r"|vous lirez ici|prochaine mise à jour|pour avancer|plus de temps que prévu",
}


def finished(language: str) -> str:
    """Return a pattern for the verb and the object that the page uses to say that a case is finished."""
    text = catalogue.public(language, status_preview.TEXTS["means-closed"])
    _colon, _who, _auxiliary, *words = text.partition(".")[0].partition("{name}")[2].split(" ")
    return plain(re.escape(" ".join(words[:2])))


def plain(text: str) -> str:
    """Return a text in which all apostrophes are the same character."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", Status)
def test_no_reply_that_fits_a_status_implies_another_status(status: Status, language: str) -> None:
    """For example, no reply beside “received” says that the case is closed, examined or acted on.

    A reporter sees the text for an outcome only beside the status “closed”.
    """
    over = "" if status is Status.CLOSED else f"|{finished(language)}"
    over += "" if status is Status.RECEIVED else f"|{UNREAD}"
    never = re.compile(NEVER[status] + over, re.IGNORECASE)
    read = {
        code: each.text.in_(language)
        for code, each in FRENCH.replies.items()
        if (status is Status.CLOSED if each.outcome or each.closes else status in each.status)
    }
    assert len(read) > 4
    assert [] == [code for code, text in read.items() if never.search(plain(text))]


@pytest.mark.usefixtures("correspondent")
@pytest.mark.parametrize("status", Status)
def test_an_earlier_message_keeps_its_own_day_beside_a_later_status(world: World, status: Status) -> None:
    """The reporter can then see whether the status or the reply is newer.

    As a control, some of these messages would contradict the status if they had the same day.
    """
    world.office.tell_no_prosecutor(1)
    earlier, contrary = today() - timedelta(40), 0
    with world.office.opened() as inbox, inbox.transaction() as session:
        queries_cases.case(session, 1).status = status.value
        page = status_preview.page_of(session, 1)
        message = Message(case=1, position=1, serial=1, day=earlier, text="x")
        session.add(message)
        alone = status_preview.as_read(session, 1, "", today()) | {"messages": []}
        for each in in_use.of(session).replies.values():
            message.text = each.text.in_(page.language)
            contrary += bool(re.search(NEVER[status], plain(message.text), re.IGNORECASE))
            view = status_preview.as_read(session, 1, "", today())
            (shown,) = view["messages"]
            assert shown["text"] == message.text
            assert shown["head"] == f"{page.say('message-them')}, {page.day(earlier)}"
            assert view | {"messages": []} == alone
            assert view["issued"] == page.say("issued", day=page.day(today()))
            assert (view["status"], view["means"]) == (
                page.say(f"status-{status}"),
                page.say(f"means-{status}"),
            )
    assert contrary


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_for_an_outcome_says_that_the_case_is_closed(language: str) -> None:
    """As a control, the patterns find sentences that say so, and texts that mention an examination."""
    ends = [each.text.in_(language) for each in FRENCH.replies.values() if each.outcome]
    assert [] == [text for text in ends if not re.search(ENDED, text)]
    assert len([text for text in ends if re.search(EXAMINED, text)]) > 3
    said = {"en": "We have finished with your report.", "fr": "Nous avons terminé l'examen de ce récit."}
    assert re.search(finished(language), said[language])


@pytest.mark.usefixtures("correspondent")
def test_a_preview_changes_nothing_but_the_journal(world: World) -> None:
    before = world.office.state()
    for words in ([], ["--text", TEXT], ["--template", "acknowledgement"]):
        world.office.json("message", "reply", "1", "--preview", *words)
    assert before == world.office.state()
    assert "preview-reply" in world.office.run("journal", "list").out


def test_the_preview_of_a_reply_shows_what_the_next_slot_contains(
    world: World, portal: Portal, correspondent: Reporter
) -> None:
    """The test compares status, messages and days with the slot that the reporter opens."""
    world.office.json("message", "reply", "1", "--text", "Bonjour")
    world.office.json("case", "set-status", "1", "info_requested")
    world.office.json("case", "measure", "add", "1", "protection_offered")
    world.office.json("case", "measure", "share", "1", "1")
    letter = portal.bundle(Sent(correspondent.follow_up("Encore")))
    world.office.json("exchange", "collect", letter, "--confirm-instance", portal.fingerprint)
    view = world.office.json("message", "reply", "1", "--text", TEXT, "--preview")
    world.office.json("message", "reply", "1", "--text", TEXT)
    world.office.json("exchange", "outbox", "--out", world.office.out)
    outbox, _, files = read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    slot = read_slot(files[outbox.files()[0][0]], correspondent)
    assert ["Bonjour", TEXT] == [each.text for each in slot.messages]
    assert [each.text for each in reversed(slot.messages)] == [each["text"] for each in view["messages"]]
    assert "Précisions demandées" == view["status"]
    assert ("protection_offered",) == slot.measures_disclosed
    assert "Protection fonctionnelle proposée" in view["measures"]
    assert "Inspection des douanes\N{NO-BREAK SPACE}: nous avons une question pour vous" in view["means"]
    day = days.full("fr", slot.next_by)
    assert day in view["next_by"]
    assert days.full("fr", slot.issued) in view["issued"]
    head = f"De\N{NO-BREAK SPACE}: Inspection des douanes, {days.full('fr', today())}"
    assert head == view["messages"][0]["head"]
    assert "1" in view["received"]


def test_the_preview_of_a_closing_shows_what_the_next_slot_contains(
    world: World, correspondent: Reporter
) -> None:
    """The test compares texts and status with the slot.

    A closing that differs from its preview is refused.
    """
    world.office.json("case", "show", "1")
    world.office.settle(1)
    world.office.tell_no_prosecutor(1)
    wanted = Closing(outcome="moot", disclosure=Disclosure.PARTIAL, reason="x", text=TEXT)
    with world.office.unlocked() as opened:
        who = opened.by_opening(today())
        view = closing.preview(opened.inbox, who, 1, wanted)
        with pytest.raises(NotSeen):
            closing.close(opened.inbox, who, 1, replace(wanted, seen="0" * 64))
        closing.close(opened.inbox, who, 1, replace(wanted, seen=view["seen"]))
    world.office.json("exchange", "outbox", "--out", world.office.out)
    outbox, _, files = read_outbox(world.office.out / "outbox-inspection-1.tar", world)
    slot = read_slot(files[outbox.files()[0][0]], correspondent)
    assert TEXT in slot.messages[-1].text
    assert [each.text for each in reversed(slot.messages)] == [each["text"] for each in view["messages"]]
    assert (Status.CLOSED, "Clos") == (slot.status, view["status"])
    assert "avons terminé l\N{RIGHT SINGLE QUOTATION MARK}examen de votre signalement" in view["means"]


@pytest.mark.usefixtures("correspondent")
def test_the_preview_marks_unsent_messages_and_gives_the_same_warnings_as_sending_does(world: World) -> None:
    said = world.office.run(
        "message", "reply", "1", "--text", "Appelez le 06 12 34 56 78\x1b[2J", "--preview"
    )
    assert ("(not sent yet)" in said.out, "\x1b" in said.out, 0) == (True, False, said.code)
    assert "warning: “+33612345678” (it is an address or a telephone number)" in said.err
    assert (
        catalogue.public("fr", "No message yet.")
        in world.office.run("message", "reply", "1", "--preview").out
    )


def test_a_case_that_cannot_be_answered_or_does_not_exist_has_no_preview(
    world: World, portal: Portal, collect: Callable[..., Any]
) -> None:
    poisoned = Reporter(world)
    collect(portal.bundle(first(poisoned)))
    with world.office.opened() as inbox, inbox.transaction() as session:
        queries_cases.case(session, 1).withdrawn = True
    assert "was withdrawn" in world.office.run("message", "reply", "1", "--preview").err
    assert "there is no case 7" in world.office.run("message", "reply", "7", "--preview").err
