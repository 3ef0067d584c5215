"""Each officer works at the desk in a separate session."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from crypto import shares
from inbox.deadlines import workflow
from inbox.desk import opening
from inbox.desk.sessions.confirmations import may_be_asked
from inbox.desk.sessions.seats import HOUR, MINUTE, Limits, Seats
from inbox.desk.state import Desk
from inbox.keys import share_file
from inbox.session import journal_view
from inbox.session.actions import Code, action
from inbox.vault.casework_tables import Declaration, Handler
from tests.support.desk_room import Client, Visitor, lasting, serving, sitting, tell
from tests.support.inbox_builders import PASSPHRASE, QUICK, Office, Portal, World, passphrase_of, today

pytestmark = pytest.mark.copy_of("founded_three")

# This number is higher than the number of pages of a case at the desk.
MANY = 30
LIMITS = Limits(idle=10 * MINUTE, short=5 * MINUTE, longest=8 * HOUR)


def entries(office: Office, *actions: str) -> list[tuple[str, list[str]]]:
    """Return the journal entries about these actions, each with its officers."""
    found = office.json("journal", "list")["entries"]
    return [(each["action"], [*each["officers"]]) for each in found if each.get("action") in actions]


@contextmanager
def desk_of(office: Office) -> Iterator[tuple[Desk, Client, Client]]:
    """Yield a desk at which alice and bruno work in two browsers."""
    with sitting(office) as alice:
        yield alice.desk, alice, Client(alice.desk, alice.app, "bruno")


def typed(client: Client, officer: str, passphrase: str) -> TestResponse:
    return client.send("/en/sign-in", officer=officer, passphrase=passphrase)


class Clock:
    """A clock that only the test changes."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def timed(office: Office) -> Iterator[tuple[Seats, Clock]]:
    with office.unlocked() as opened:
        clock = Clock()
        yield Seats(opened, LIMITS, clock), clock


def source_risk(client: Client) -> str:
    """Return the recorded risk to the reporter. The desk is open during this call."""
    with client.desk.inbox.vault.transaction() as session:
        return str(workflow.of(session, 1).source_risk)


def assigned(client: Client) -> str:
    """Return the officer to whom the case is assigned. The desk is open during this call."""
    with client.desk.inbox.vault.transaction() as session:
        return workflow.of(session, 1).assigned or ""


def as_of(page: str) -> str:
    """Return the position in the journal from the forms of a page."""
    return re.findall(r'name="as_of" value="(\d+)"', page)[0]


def test_no_option_can_keep_a_desk_open_for_more_than_eight_hours() -> None:
    assert 8 * HOUR == opening.limits(minutes=1_000, short_minutes=1_000).longest


def test_no_page_acts_in_the_name_of_the_officers_who_opened_the_inbox() -> None:
    """Every action belongs to the officer of the session. Otherwise the journal would name somebody else."""
    rooms = Path(opening.__file__).parent
    named = [path.name for path in rooms.rglob("*.py") if "by_opening" in path.read_text("utf-8")]
    assert ["command.py"] == named


def test_a_browser_with_the_cookie_sees_nothing_before_an_officer_signs_in(office: Office) -> None:
    with sitting(office) as client:
        client.desk.seats.sign_out(client.seat)
        for path in ("/en/", "/en/case/1", "/en/journal", "/en/job/1"):
            answer = client.ask(path)
            assert (answer.status_code, answer.location.endswith("/sign-in")) == (303, True)
        page = client.page("/en/sign-in")
        assert "alice" in page
        assert "Queue" not in page


def test_an_officer_signs_in_only_with_the_passphrase_of_their_own_share(office: Office) -> None:
    """Another passphrase or an unknown name is refused, and the officer's next page reports the attempt."""
    with sitting(office) as client:
        client.desk.seats.sign_out(client.seat)
        for officer, given in (("bruno", "alice"), ("bruno", ""), ("mallory", "alice"), ("", "alice")):
            answer = typed(client, officer, given and passphrase_of(given))
            assert answer.status_code == 401
            assert passphrase_of("alice") not in answer.text
        assert client.ask("/en/").status_code == 303
        entered = typed(client, "bruno", passphrase_of("bruno"))
        assert entered.status_code == 303
        assert entered.headers["Location"].endswith("/en/today")
        assert client.ask("/en/sign-in").headers["Location"].endswith("/en/today")
        page = client.page("/en/")
        assert "<strong>bruno</strong>" in page
        assert "a wrong passphrase was typed for your name" in page
        assert "a wrong passphrase was typed for your name" not in client.page("/en/")
    assert [("sign-in", ["bruno"])] == entries(office, "sign-in")


def test_signing_in_ends_the_earlier_session_of_the_same_browser(office: Office) -> None:
    """Otherwise that session would count towards the quorum although nobody uses it."""
    with sitting(office) as client:
        typed(client, "alice", passphrase_of("alice"))
        typed(client, "bruno", passphrase_of("bruno"))
        assert ["bruno"] == [*client.desk.seats.officers]


def test_an_action_is_journalled_only_under_the_name_of_the_officer_who_did_it(office: Office) -> None:
    with desk_of(office) as (_, alice, bruno):
        for client, day in ((alice, "2027-01-04"), (bruno, "2027-01-05")):
            assert client.send("/en/office/days-off", first=day).status_code == 303
        assert "<strong>alice</strong>" in alice.page("/en/")
        assert "<strong>bruno</strong>" in bruno.page("/en/")
    assert [("change-days-off", ["alice"]), ("change-days-off", ["bruno"])] == entries(
        office, "change-days-off"
    )


def test_filters_and_notices_are_not_shown_to_another_officer(office: Office) -> None:
    """The control is the officer who set the filter and did the action."""
    with desk_of(office) as (_, alice, bruno):
        alice.send("/en/queue", search="the quay", sort="priority")
        alice.send("/en/office/days-off", first="2027-01-04")
        for client, sees in ((bruno, False), (alice, True)):
            page = client.page("/en/")
            assert sees == ("the quay" in page)
            assert sees == ('role="status"' in page)


def test_an_action_for_two_officers_needs_both_passphrases(one_case: Office) -> None:
    """One passphrase is not enough, because an officer may have left a session open."""
    form = {"reason": "wrong", "officer": "chloe"}
    with desk_of(one_case) as (_, alice, _bruno):
        assert alice.send("/en/case/1/readers/exclude", **form).status_code == 303
        for names, status in ((("alice",), 401), (("bruno",), 401), (("alice", "bruno"), 303)):
            given = {f"passphrase-{name}": passphrase_of(name) for name in names}
            assert alice.send("/en/case/1/readers/lift", **form, **given).status_code == status
    assert [("lift-conflict", ["alice", "bruno"])] == entries(one_case, "lift-conflict")


def test_both_officers_who_break_the_glass_can_read_the_case(one_case: Office) -> None:
    """Both officers use separate sessions, as for every action for two officers."""
    with one_case.opened() as inbox, inbox.transaction() as session:
        session.add(Handler(case=1, officer="chloe", since=today()))
    given = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}
    with desk_of(one_case) as (_, alice, bruno):
        assert [409, 409] == [each.ask("/en/case/1").status_code for each in (alice, bruno)]
        sent = alice.send("/en/case/1/readers/break-glass", reason="danger", **given)
        assert 303 == sent.status_code
        assert [200, 200] == [each.ask("/en/case/1").status_code for each in (alice, bruno)]
    assert [("break-glass", ["alice", "bruno"])] == entries(one_case, "break-glass")


def test_two_officers_cannot_act_in_the_open_session_of_a_third_officer(one_case: Office) -> None:
    """The officer of the session must be one of the two who confirm."""
    form = {"reason": "wrong", "officer": "chloe"}
    with desk_of(one_case) as (desk, alice, _bruno):
        desk.opened.bring(one_case.share_of("chloe").read_bytes(), passphrase_of("chloe"))
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        given = {f"passphrase-{name}": passphrase_of(name) for name in ("bruno", "chloe")}
        assert alice.send("/en/case/1/readers/lift", **form, **given).status_code == 401
    assert [] == entries(one_case, "lift-conflict")


def asks(client: Client, path: str, own: str, **form: str) -> TestResponse:
    """Ask another officer to confirm an action; the asking officer's passphrase is in the form."""
    typed = {f"passphrase-{client.seat.officer}": passphrase_of(own)}
    return client.send(path, **form, **typed, **{"ask-another": "on"})


LIFT = "/en/case/1/readers/lift"


def test_the_second_officer_can_confirm_in_a_separate_session(one_case: Office) -> None:
    """That officer sees the request and types a passphrase. The first officer then acts once."""
    form = {"reason": "no kin <of hers>", "officer": "chloe"}
    with desk_of(one_case) as (_, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        assert asks(alice, LIFT, "bruno", **form).status_code == 401
        assert asks(alice, LIFT, "alice", **form).location.endswith("/en/confirm")
        (wanted,) = alice.seat.asked.values()
        assert "To confirm: 1" in bruno.page("/en/")
        looked_at = bruno.page(f"/en/confirm/{wanted.id}")
        assert "no kin &lt;of hers&gt;" in looked_at
        (strip,) = re.findall(r'<div class="standing">.*?</div>', looked_at, re.DOTALL)
        assert "/en/case/1" in strip
        done = form | {"confirmation": wanted.id}
        assert alice.send(LIFT, **done).status_code == 401  # nobody has confirmed yet
        for given, status in ((passphrase_of("alice"), 401), ("", 401), (passphrase_of("bruno"), 303)):
            assert bruno.send(f"/en/confirm/{wanted.id}", passphrase=given).status_code == status
        assert "Confirmed: 1" in alice.page("/en/")
        day = alice.page("/en/today")
        assert "Confirmed by bruno." in (to_do := day.partition('id="to-do"')[2].partition("</section>")[0])
        assert f'value="{wanted.id}"' in to_do
        assert "Do it now" in to_do
        assert day.index('id="to-do"') < day.index('id="due"')
        for other in ({"reason": "another"}, {"officer": "bruno"}, {"confirmation": "x"}):
            assert alice.send(LIFT, **done | other).status_code in (401, 409)
        assert alice.send(LIFT, **done).status_code == 303
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        assert alice.send(LIFT, **done).status_code == 401
    assert [("lift-conflict", ["alice", "bruno"])] == entries(one_case, "lift-conflict")


def test_a_second_officer_can_refuse_with_a_reason(one_case: Office) -> None:
    """The request then disappears for everybody, and an earlier confirmation no longer counts."""
    with desk_of(one_case) as (desk, alice, bruno):
        chloe = Client(desk, alice.app, "chloe")
        glass = "/en/case/1/readers/break-glass"
        asks(alice, glass, "alice", reason="danger")
        (wanted,) = alice.seat.asked.values()
        path = f"/en/confirm/{wanted.id}"
        assert bruno.send(path, passphrase=passphrase_of("bruno")).status_code == 303
        before = bruno.page(path)
        assert f"{path}/refuse" in before
        assert bruno.send(f"{path}/refuse", refusal="ask <chloe> first").status_code == 303
        assert "Refused: 1" in alice.page("/en/")
        shown = alice.page("/en/confirm")
        assert "Refused by bruno:" in shown
        assert "ask &lt;chloe&gt; first" in shown
        assert [404, 404] == [each.ask(path).status_code for each in (bruno, chloe)]
        assert 401 == alice.send(glass, reason="danger", confirmation=wanted.id).status_code
        assert "not confirmed yet" not in alice.send("/en/sign-out").text
    assert [] == entries(one_case, "break-glass")


@pytest.mark.parametrize("typed", ["", "bruno"])
def test_a_request_to_confirm_that_lacks_a_passphrase_shows_an_error_at_the_passphrase_field(
    one_case: Office, typed: str
) -> None:
    """An officer who types only the other officer's passphrase gets the same error.

    Without a request to another officer, the page says that the action takes two officers.
    """
    form = {"reason": "no kin", "officer": "chloe"}
    given = {"passphrase-alice": "", "passphrase-bruno": passphrase_of(typed) if typed else ""}
    with desk_of(one_case) as (_, alice, _bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        first = alice.send(LIFT, **form)
        asked = alice.send(LIFT, **form, **given, **{"ask-another": "on"})
        pressed = alice.send(LIFT, **form, **given)
    assert [401] * 3 == [each.status_code for each in (first, asked, pressed)]
    wrong = re.findall(r'<span class="wrong" id="([^"]+)">Type your own passphrase', asked.text)
    assert [
        f'id="passphrase-1" name="passphrase-alice" autocomplete="off" aria-invalid="true" '
        f'aria-describedby="{wrong[0]}"' in asked.text
    ] == [True]
    assert [False, False, True] == [
        "Two officers must each enter" in each.text for each in (first, asked, pressed)
    ]
    assert [] == entries(one_case, "lift-conflict")


def test_a_request_to_confirm_ends_when_it_is_withdrawn_or_its_session_ends(one_case: Office) -> None:
    form = {"reason": "no kin", "officer": "chloe"}
    with desk_of(one_case) as (desk, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        for end in ("taken back", "signed out"):
            asks(alice, LIFT, "alice", **form)
            (wanted,) = alice.seat.asked.values()
            assert bruno.ask(f"/en/confirm/{wanted.id}").status_code == 200
            if end == "taken back":
                alice.send(f"/en/confirm/{wanted.id}/withdraw")
            else:
                desk.seats.sign_out(alice.seat)
            assert bruno.ask(f"/en/confirm/{wanted.id}").status_code == 404
            assert "To confirm" not in bruno.page("/en/")


def test_an_excluded_officer_is_not_asked_to_confirm(one_case: Office) -> None:
    """No page or count reveals the request. The control is an officer who may read the case."""
    with desk_of(one_case) as (desk, alice, bruno):
        desk.opened.bring(one_case.share_of("chloe").read_bytes(), passphrase_of("chloe"))
        chloe = Client(desk, alice.app, "chloe")
        assert chloe.send("/en/many/declare", case="1").status_code == 303
        bruno.send("/en/case/1/readers/exclude", officer="bruno", reason="kin")
        to_confirm = alice.send(LIFT, reason="no kin", officer="bruno").text
        assert re.findall(r"Passphrase of (\w+)", to_confirm) == ["alice", "chloe"]
        entrusted = re.findall(
            r'type="checkbox" name="officer" value="(\w+)"', alice.page("/en/case/1/readers")
        )
        assert entrusted == ["alice", "chloe"]
        assert '<option value="bruno"' not in alice.page("/en/case/1/work")
        asks(alice, LIFT, "alice", reason="no kin", officer="bruno")
        (wanted,) = alice.seat.asked.values()
        for client, count, status in ((bruno, 0, 404), (chloe, 1, 200)):
            assert count == client.page("/en/").count("To confirm: 1")
            assert wanted.id not in bruno.page("/en/confirm")
            assert client.ask(f"/en/confirm/{wanted.id}").status_code == status
            sent = client.send(f"/en/confirm/{wanted.id}", passphrase=passphrase_of(client.seat.officer))
            assert sent.status_code == (303 if count else 404)


def test_an_officer_is_not_asked_to_confirm_an_action_on_an_undeclared_case(one_case: Office) -> None:
    """A request may repeat the report. The control is the same officer after the declaration."""
    with desk_of(one_case) as (desk, alice, _bruno):
        desk.opened.bring(one_case.share_of("chloe").read_bytes(), passphrase_of("chloe"))
        chloe = Client(desk, alice.app, "chloe")
        alice.send("/en/case/1/readers/exclude", officer="bruno", reason="kin")
        asks(alice, LIFT, "alice", reason="no kin", officer="bruno")
        for count in (0, 1):
            assert count == chloe.page("/en/confirm").count("Look, and confirm")
            chloe.send("/en/many/declare", case="1")


WAITS = "A request is waiting for a second officer."


def test_a_second_officer_at_the_same_browser_must_declare_the_case_first(one_case: Office) -> None:
    """The declaration is recorded in that officer's name.

    Without a declaration nothing is done, and the page says so.
    """
    with one_case.opened() as inbox, inbox.transaction() as session:
        session.execute(delete(Declaration).filter_by(officer="bruno"))
    with sitting(one_case) as alice:
        form: dict[str, str | list[str]] = {"case": ["1"], "reason": "x"}
        assert "bruno declares" in alice.send("/en/many/junk", **form).text
        form |= {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}
        refused = alice.send("/en/many/junk", **form).text
        assert ("Nothing was done." in refused, "I declare it" in refused) == (True, False)
        assert alice.send("/en/many/junk", **form, **{"passphrase_declared-bruno": "on"}).status_code == 303
    done = [("declare", ["bruno"]), ("junk", ["alice", "bruno"])]
    assert entries(one_case, "declare", "junk")[-2:] == done


def test_a_second_officer_must_declare_the_case_before_seeing_the_request(one_case: Office) -> None:
    """The queue, the day's page and the header name only the case, not the action or the asking officer.

    An excluded officer is told nothing. The control is the same page after the declaration.
    """
    pages = ("/en/", "/en/today", "/en/confirm")
    with desk_of(one_case) as (desk, alice, bruno):
        desk.opened.bring(one_case.share_of("chloe").read_bytes(), passphrase_of("chloe"))
        chloe = Client(desk, alice.app, "chloe")
        assert not any(WAITS in chloe.page(path) for path in pages)
        bruno.send("/en/case/1/readers/exclude", officer="bruno", reason="kin")
        asks(alice, LIFT, "alice", reason="no kin", officer="bruno")
        for path in pages:
            shown = chloe.page(path)
            assert WAITS in shown
            assert "To confirm: 1" in shown
            assert "alice:" not in shown
            assert WAITS not in (other := bruno.page(path))
            assert "To confirm:" not in other
        chloe.send("/en/many/declare", case="1")
        assert not any(WAITS in chloe.page(path) for path in pages)
        assert "alice:" in chloe.page("/en/today")


def test_signing_out_or_locking_warns_of_open_requests_to_confirm(one_case: Office) -> None:
    """The asking officer is warned, and so is the confirming officer.

    For comparison, there are also sessions without a request.
    """
    with desk_of(one_case) as (desk, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        asks(alice, LIFT, "alice", reason="no kin", officer="chloe")
        (wanted,) = alice.seat.asked.values()
        assert "not confirmed yet" in alice.send("/en/sign-out").text
        bruno.send(f"/en/confirm/{wanted.id}", passphrase=passphrase_of("bruno"))
        for client, said in (
            (bruno, "asked by alice, confirmed by you"),
            (alice, "confirmed by bruno, not done yet"),
        ):
            for path in ("sign-out", "lock"):
                asked = client.send(f"/en/{path}")
                assert (200, True) == (asked.status_code, said in asked.text)
                assert "/en/confirm" in asked.text
        assert ("alice", "bruno") == desk.seats.officers
        assert 303 == alice.send("/en/sign-out", anyway="on").status_code
        assert 303 == bruno.send("/en/sign-out").status_code
        assert () == desk.seats.officers


@pytest.mark.parametrize("end", ["signed out", "taken back", "changed"])
def test_a_confirmation_is_void_once_it_is_withdrawn_or_its_session_ends_or_the_case_changes(
    one_case: Office, end: str
) -> None:
    """The second officer has confirmed the case as it was before the change."""
    form = {"reason": "no kin", "officer": "chloe"}
    with desk_of(one_case) as (desk, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        asks(alice, LIFT, "alice", **form)
        (wanted,) = alice.seat.asked.values()
        path = f"/en/confirm/{wanted.id}"
        assert bruno.send(path, passphrase=passphrase_of("bruno")).status_code == 303
        if end == "signed out":
            desk.seats.sign_out(bruno.seat)
        elif end == "taken back":
            bruno.send(f"{path}/withdraw")
        else:
            alice.send("/en/case/1/note", text="more")
        assert alice.send(LIFT, **form, confirmation=wanted.id).status_code == 401
    assert [] == entries(one_case, "lift-conflict")


def test_a_confirmation_is_refused_if_the_case_changed_after_the_page_was_shown(one_case: Office) -> None:
    """The page then shows the change, and the officer can confirm. Reading is not a change."""
    form = {"reason": "no kin", "officer": "chloe"}
    with desk_of(one_case) as (_, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        asks(alice, LIFT, "alice", **form)
        (wanted,) = alice.seat.asked.values()
        path, own = f"/en/confirm/{wanted.id}", {"passphrase": passphrase_of("bruno")}
        before = bruno.page(path)
        assert "Done since alice asked you" not in before
        assert alice.send("/en/case/1/note", text="more").status_code == 303
        # If this field is missing, the page counts as shown at the time of the request.
        for seen in ({"as_of": as_of(before)}, {"as_of": "soon"}, {}):
            met = bruno.send(path, **own, **seen)
            assert (409, True) == (met.status_code, "<strong>note written</strong>" in met.text)
            assert "Nothing is confirmed yet" in met.text
            assert not wanted.confirmed_by
        assert alice.send(LIFT, **form, confirmation=wanted.id).status_code == 401
        again = bruno.page(path)
        assert "<strong>note written</strong>" in again
        assert "Nothing is confirmed yet" not in again
        bruno.page("/en/case/1")
        assert bruno.send(path, **own, as_of=as_of(again)).status_code == 303
        assert alice.send(LIFT, **form, confirmation=wanted.id).status_code == 303


def test_a_form_with_an_additional_empty_field_differs_from_the_confirmed_form(one_case: Office) -> None:
    """A ticked box can have an empty value.

    If a form was confirmed without a tick, it must not be sent with the tick.
    """
    form = {"reason": "no kin", "officer": "chloe"}
    with desk_of(one_case) as (_, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        asks(alice, LIFT, "alice", **form)
        (wanted,) = alice.seat.asked.values()
        bruno.send(f"/en/confirm/{wanted.id}", passphrase=passphrase_of("bruno"))
        done = form | {"confirmation": wanted.id}
        assert alice.send(LIFT, **done, replies="").status_code == 401
        assert alice.send(LIFT, **done).status_code == 303


def test_actions_whose_page_must_be_seen_cannot_be_confirmed_from_another_session() -> None:
    """A request to confirm does not show which cases an answer to an access request would reveal.

    A law or a template must be confirmed on the page that shows its changes, not by its hash.
    """
    assert not may_be_asked([action(Code.ANSWER_ACCESS, request=1)])
    assert not may_be_asked([action(Code.ADOPT_LAW, law="fr")])
    assert not may_be_asked([action(Code.ADOPT_TEMPLATES)])
    assert may_be_asked([action(Code.ACCEPT_GAP, bundle=1)])
    assert may_be_asked([action(Code.MINIMISE, 1, "x", place="what")])


def test_an_officer_learns_of_a_wrong_passphrase_typed_under_their_name(one_case: Office) -> None:
    with desk_of(one_case) as (_, alice, bruno):
        alice.send("/en/case/1/readers/exclude", officer="chloe", reason="kin")
        typed = {"passphrase-alice": passphrase_of("alice"), "passphrase-bruno": "a guess"}
        assert alice.send(LIFT, reason="x", officer="chloe", **typed).status_code == 401
        assert "a wrong passphrase was typed for your name" not in alice.page("/en/")
        assert "a wrong passphrase was typed for your name" in bruno.page("/en/")


def test_a_change_by_another_officer_is_shown_before_it_is_overwritten(one_case: Office) -> None:
    """Reading a case does not count as such a change, and neither do the officer's own actions.

    Once the change has been shown, the officer's action takes effect.
    """
    with desk_of(one_case) as (_, alice, bruno):
        shown = as_of(alice.page("/en/case/1"))
        bruno.page("/en/case/1")
        assert alice.send("/en/case/1/note", text="first", as_of=shown).status_code == 303
        assert bruno.send("/en/case/1/assess", officer="bruno").status_code == 303
        asked = {"risk": "high", "reason": "few know it"}
        met = alice.send("/en/case/1/assess", **asked, as_of=shown)
        assert (met.status_code, "<strong>assigned</strong>" in met.text) == (409, True)
        assert "few know it" in met.text
        assert "high" != source_risk(alice)
        assert alice.send("/en/case/1/assess", **asked, as_of=as_of(met.text)).status_code == 303
        assert "high" == source_risk(alice)


def test_two_officers_who_save_at_the_same_time_do_not_overwrite_each_other(one_case: Office) -> None:
    """The officer who saves second is shown the other officer's change."""
    with serving(one_case) as served:
        alice = Visitor(served)
        both = {"high": alice, "low": alice.beside(served, "bruno")}
        seen = {risk: as_of(each.get("/en/case/1/work").text) for risk, each in both.items()}
        with ThreadPoolExecutor() as at_once:
            sent = {
                risk: at_once.submit(each.post, "/en/case/1/assess", risk=risk, reason="x", as_of=seen[risk])
                for risk, each in both.items()
            }
        answers = {risk: each.result() for risk, each in sent.items()}
    assert [200, 409] == sorted(each.status for each in answers.values())
    (done,) = [risk for risk, each in answers.items() if each.status == 200]
    assert done == one_case.json("case", "show", "1")["work"]["source_risk"]
    assert all("was changed meanwhile" in each.text for each in answers.values() if each.status == 409)


def test_an_outdated_queue_does_not_overwrite_changes_by_another_officer(one_case: Office) -> None:
    """The change is shown first.

    As controls, an action from an up-to-date queue and a declaration take effect at once.
    """
    with desk_of(one_case) as (_, alice, bruno):
        stale = as_of(bruno.page("/en/"))
        assert alice.send("/en/many/assign", case="1", officer="alice", as_of=stale).status_code == 303
        asked: dict[str, dict[str, str]] = {
            "assign": {"officer": "bruno"},
            "tag": {"names": "quay"},
            "untag": {"names": "quay"},
            "acknowledge": {},
            "junk": {"reason": "x"},
            "recover": {"reason": "x"},
        }
        for path, form in asked.items():
            met = bruno.send(f"/en/many/{path}", case="1", as_of=stale, **form)
            assert (409, True) == (met.status_code, "<strong>assigned</strong> · alice" in met.text), path
        assert "alice" == assigned(alice)
        met = bruno.send("/en/many/assign", case="1", officer="bruno", as_of=stale)
        again = {"case": "1", "officer": "bruno", "as_of": as_of(met.text)}
        assert 303 == bruno.send("/en/many/assign", **again).status_code
        assert 303 == bruno.send("/en/many/declare", case="1", as_of=stale).status_code
        assert "bruno" == assigned(alice)


def test_changes_to_any_selected_case_are_shown_first_even_if_two_officers_made_them(
    office: Office, tmp_path: Path
) -> None:
    """A change to any selected case counts, and so does a change by any other officer.

    The control is bruno, who confirmed the action.
    """
    world = World(office)
    tell(world, Portal(world, tmp_path / "medium"), {"what": "a zebra"}, {"what": "a horse"})
    office.of("alice", "bruno").json("case", "declare", "1", "2")
    office.of("chloe", "alice").json("case", "declare", "1", "2")
    with desk_of(office) as (_, alice, bruno):
        stale = as_of(bruno.page("/en/"))
        assert alice.send("/en/many/assign", case="2", officer="alice", as_of=stale).status_code == 303
        many = {"case": ["1", "2"], "officer": "bruno"}
        met = bruno.send("/en/many/assign", **many, as_of=stale)
        assert (409, True) == (met.status_code, "<strong>assigned</strong> · alice" in met.text)
        chloe = Client(alice.desk, alice.app, "chloe")
        assert alice.send("/en/case/1/readers/quarantine", reason="x").status_code == 303
        stale = str(journal_view.reached(alice.desk.inbox))
        both = {f"passphrase-{each}": passphrase_of(each) for each in ("alice", "bruno")}
        lifted = alice.send("/en/case/1/readers/quarantine/lift", reason="x", **both)
        assert lifted.status_code == 303
        sent = [each.send("/en/case/1/note", text="x", as_of=stale) for each in (chloe, bruno)]
        assert [409, 303] == [each.status_code for each in sent]
        assert "quarantine" in sent[0].text


def test_every_form_of_a_case_contains_the_journal_position_of_its_page(
    one_case: Office,
) -> None:
    """Without this position, the form could overwrite another officer's change.

    The forms of the queue also contain the position.
    """
    with desk_of(one_case) as (desk, alice, _):
        pages = [
            each.rule.removeprefix(desk.place).replace("<language>", "en").replace("<int:case>", "1")
            for each in alice.app.url_map.iter_rules()
            if "GET" in (each.methods or ()) and "<int:case>" in each.rule and each.rule.count("<") == 2
        ]
        assert len(pages) > 5
        about = 0
        for path in [*pages, "/en/"]:
            for action, form in re.findall(
                r'<form[^>]* action="([^"]+)"[^>]*>(.*?)</form>', alice.page(path), re.DOTALL
            ):
                if "/case/" in action or "/many/" in action:
                    about += 1
                    assert 'name="as_of"' in form, (path, action)
        assert about > 15


def test_no_page_shows_a_case_to_an_excluded_officer(one_case: Office) -> None:
    """The control is another officer, who reads the case in another session at the same time."""
    with desk_of(one_case) as (desk, alice, bruno):
        assert bruno.send("/en/case/1/readers/exclude", officer="bruno", reason="kin").status_code == 303
        pages = [
            each.rule.removeprefix(desk.place).replace("<language>", "en")
            for each in alice.app.url_map.iter_rules()
            if "GET" in (each.methods or ()) and "open/" not in each.rule
        ]
        paths = [re.sub("<int:[a-z]+>|<[a-z]+>", "1", path) for path in pages]
        assert len(paths) > MANY
        seen = {}
        for client in (bruno, alice):
            client.send("/en/queue", search="quay", sort="priority")
            texts = {path: client.ask(path).text for path in paths}
            seen[client.seat.officer] = {path for path, text in texts.items() if "zebra" in text}
        assert set() == seen["bruno"]
        assert {"/en/case/1", "/en/"} <= seen["alice"]


@pytest.mark.slow
def test_an_excluded_officer_sees_every_page_as_if_the_case_did_not_exist(
    office: Office, tmp_path: Path
) -> None:
    """The exceptions are the pages about the journal, the portal exchange, and the goals.

    The page of goals counts collected bundles, as the page of the portal exchange does.

    The control is alice, who may read the case.
    """
    world = World(office)
    portal = Portal(world, tmp_path / "medium")
    tell(world, portal, {"what": "a lorry", "coi": "no"})
    office.json("case", "declare", "1")
    before = office.copy(tmp_path / "before")
    tell(world, portal, {"what": "a zebra at the quay", "coi": "no"})
    others = office.of("alice", "chloe")
    others.json("case", "declare", "2")
    others.json("access", "conflict", "add", "2", "bruno", "--reason", "kin")
    seen = []
    for here, officer in ((before, "bruno"), (office, "bruno"), (office, "alice")):
        with sitting(here, officer=officer) as client:
            rules = [
                each.rule.removeprefix(client.desk.place).replace("<language>", "en")
                for each in client.app.url_map.iter_rules()
                if "GET" in (each.methods or ()) and "open/" not in each.rule
            ]
            paths = {re.sub("<int:[a-z]+>|<[a-z]+>", n, rule) for rule in rules for n in "12"}
            assert len(paths) > MANY
            looked_at = sorted(paths) if officer == "bruno" else ["/en/", "/en/case/2"]
            answers = {path: client.ask(path) for path in looked_at}
            place = client.desk.place
        seen.append(
            {
                path: (each.status_code, lasting(each.text).replace(place, ""))
                for path, each in answers.items()
            }
        )
    never, kept, read = seen
    assert {"/en/goals", "/en/journal", "/en/office/portal"} == {
        path for path in never if never[path] != kept[path]
    }
    assert read.keys() == {path for path in read if never[path] != read[path]}


def test_job_results_and_previews_are_shown_only_to_the_officer_who_asked_for_them(
    one_case: Office,
) -> None:
    """Other sessions see no result or preview, and neither does an officer excluded from the case.

    As a control, the officer sees the result and the preview before the exclusion.
    """
    pixels = "/en/case/1/file/1/1/pixels"
    with desk_of(one_case) as (_, alice, bruno):
        assert "at the quay" in alice.send("/en/case/1/dossier", addressee="who works at the quay").text
        assert [404, 409] == [each.ask("/en/job/1").status_code for each in (bruno, alice)]
        for seen in (200, 404):
            alice.seat.picture = (1, 1, 1), b"pixels"
            assert [404, seen] == [each.ask(pixels).status_code for each in (bruno, alice)]
            if seen == 200:
                bruno.send("/en/case/1/readers/exclude", officer="alice", reason="kin")
        for _ in range(2):
            kept = alice.ask("/en/job/1")
            assert (404, False) == (kept.status_code, "at the quay" in kept.text)


def test_an_officer_who_did_not_open_the_inbox_can_sign_in_with_a_share_file(office: Office) -> None:
    with sitting(office) as client:
        client.desk.seats.sign_out(client.seat)
        share = office.share_of("chloe").read_bytes()
        assert "chloe" not in client.page("/en/sign-in")
        wrong = client.send("/en/sign-in", share=(io.BytesIO(share), "s"), passphrase=passphrase_of("alice"))
        assert wrong.status_code == 401
        sent = client.send("/en/sign-in", share=(io.BytesIO(share), "s"), passphrase=passphrase_of("chloe"))
        assert sent.status_code == 303
        assert "<strong>chloe</strong>" in client.page("/en/")
        assert typed(client, "chloe", passphrase_of("chloe")).status_code == 303


@pytest.mark.parametrize("kind", ["words of another secret", "no share", "of another sharing"])
def test_a_forged_share_file_does_not_sign_anybody_in(office: Office, kind: str) -> None:
    """The file contains an officer's name and the right sharing, and the passphrase decrypts the file."""
    file = share_file.parse(office.share_of("chloe").read_bytes())
    other = shares.split(bytes(32), quorum=2, count=3)[2]
    forged = share_file.seal(other, "chloe", file.sharing, PASSPHRASE, QUICK)
    if kind == "no share":
        forged = b"{}"
    if kind == "of another sharing":
        words = share_file.unseal(file, passphrase_of("chloe"))
        forged = share_file.seal(words, "chloe", bytes(16), PASSPHRASE, QUICK)
    with sitting(office) as client:
        client.desk.seats.sign_out(client.seat)
        sent = client.send("/en/sign-in", share=(io.BytesIO(forged), "s"), passphrase=PASSPHRASE)
        assert sent.status_code == 401
        assert () == client.desk.seats.officers


def test_changing_the_name_in_a_share_file_does_not_sign_in_another_officer(office: Office) -> None:
    """Officers can write any name into their own file. Only the number encrypted in the share counts."""
    file = share_file.parse(office.share_of("chloe").read_bytes())
    words = share_file.unseal(file, passphrase_of("chloe"))
    forged = share_file.seal(words, "alice", file.sharing, PASSPHRASE, QUICK)
    with sitting(office) as client:
        client.send("/en/sign-in", share=(io.BytesIO(forged), "s"), passphrase=PASSPHRASE)
        assert "<strong>chloe</strong>" in client.page("/en/")


def test_an_ended_session_is_not_accepted(office: Office) -> None:
    """The officer has signed out, or signed in with another browser.

    Neither the cookie nor the forms work.
    """
    with desk_of(office) as (desk, alice, bruno):
        token = alice.token()
        desk.seats.sign_in("alice")
        assert bruno.send("/en/sign-out").status_code == 303
        for client in (alice, bruno):
            assert client.ask("/en/").status_code == 303
        sent = alice.send("/en/office/days-off", csrf_token=token, first="2027-01-04", note="words <of mine>")
        assert sent.status_code == 401
        assert "Nothing was changed" in sent.text
        assert "words &lt;of mine&gt;" in sent.text
    assert [] == entries(office, "change-days-off")


def test_a_cookie_with_a_changed_signature_is_refused(office: Office) -> None:
    """The desk signs its cookies, so knowing the id of a session is not enough."""
    with desk_of(office) as (desk, alice, bruno):
        base, host = f"http://{desk.host}", desk.host.partition(":")[0]
        value = alice.raw.get_cookie("desk", host, desk.place)
        assert value
        body, _, rest = value.value.partition(".")
        for cookie, status in ((f"{body[:-1]}A.{rest}", 403), (value.value, 200)):
            other = alice.app.test_client()
            other.set_cookie("desk", cookie, domain=host, path=desk.place)
            assert other.get(f"{desk.place}/en/", base_url=base).status_code == status
        assert bruno.ask("/en/").status_code == 200


def test_a_form_of_the_previous_officer_of_a_browser_is_refused(office: Office) -> None:
    """Bruno signs in with the browser that alice left, and then her page sends its form."""
    with sitting(office) as client:
        token = client.token()
        client.send("/en/sign-out")
        assert typed(client, "bruno", passphrase_of("bruno")).status_code == 303
        assert client.send("/en/office/days-off", csrf_token=token, first="2027-01-04").status_code == 400
    assert [] == entries(office, "change-days-off")


def test_another_browser_needs_an_address_of_its_own_which_works_once(office: Office) -> None:
    with sitting(office) as alice:
        page = alice.send("/en/another-browser").text
        path = page.partition(alice.desk.place + "/open/")[2].partition("<")[0]
        other = alice.app.test_client()
        base = f"http://{alice.desk.host}"
        opened = [other.get(f"{alice.desk.place}/open/{path}", base_url=base) for _ in range(2)]
        assert [302, 403] == [each.status_code for each in opened]
        assert other.get(f"{alice.desk.place}/en/", base_url=base).status_code == 303


def test_locking_asks_for_confirmation_and_names_the_other_open_sessions(office: Office) -> None:
    """The page always asks for confirmation, and says what is needed to open the inbox again."""
    with desk_of(office) as (desk, alice, bruno):
        asked = alice.send("/en/lock").text
        assert ("Still signed in: bruno." in asked, desk.is_over) == (True, False)
        assert "<strong>bruno</strong>" in bruno.page("/en/")
        assert re.findall('href="([^"]+)">Cancel</a>', asked) == [f"{desk.place}/en/today"]
        assert "<h1>Today" in alice.page("/en/today")
        assert not desk.is_over
        alice.send("/en/lock", all="on")
        assert desk.is_over
    with sitting(office) as alone:
        asked = alone.send("/en/lock").text
        assert ("the terminal of this machine, and 2 officers" in asked, alone.desk.is_over) == (True, False)
        alone.send("/en/lock", all="on")
        assert alone.desk.is_over


def test_a_session_ends_after_inactivity(office: Office) -> None:
    with timed(office) as (seats, clock):
        alice, bruno = seats.sign_in("alice"), seats.sign_in("bruno")
        clock.now += LIMITS.idle - 1
        seats.acts(bruno)
        assert seats.find(alice.id) is alice
        clock.now += 1
        assert seats.find(alice.id) is None
        assert ("bruno",) == seats.officers


@pytest.mark.parametrize("ending", ["signed out", "left alone", "nobody came"])
def test_the_inbox_locks_when_too_few_officers_are_signed_in(office: Office, ending: str) -> None:
    """The time counts from the moment when too few officers were signed in, not from the next check."""
    with timed(office) as (seats, clock):
        if ending == "nobody came":
            assert seats.locks_in() == LIMITS.short
            seats.sign_in("alice")
            clock.now += LIMITS.short
        else:
            alice, bruno = seats.sign_in("alice"), seats.sign_in("bruno")
            assert seats.locks_in() == LIMITS.idle + LIMITS.short
            clock.now += LIMITS.idle - 1
            seats.acts(bruno)
            if ending == "signed out":
                seats.sign_out(alice)
                clock.now += LIMITS.short
            else:
                clock.now += 1 + LIMITS.short
        assert seats.locks_in() == 0
        assert "fewer than 2 officers were signed in for 5 minutes" == seats.why_it_locks
        clock.now -= 1
        assert seats.locks_in() == 1


def test_the_inbox_stays_open_if_another_officer_signs_in_before_it_locks(office: Office) -> None:
    with timed(office) as (seats, clock):
        alice, bruno = seats.sign_in("alice"), seats.sign_in("bruno")
        seats.sign_out(alice)
        clock.now += LIMITS.short - 1
        seats.acts(bruno)
        seats.sign_in("chloe")
        assert seats.locks_in() == LIMITS.idle + LIMITS.short


def test_the_inbox_locks_after_eight_hours_of_work(office: Office) -> None:
    with timed(office) as (seats, clock):
        began = clock.now
        while clock.now < began + LIMITS.longest:
            for name in ("alice", "bruno"):
                seats.sign_in(name)
            assert seats.locks_in() > 0
            clock.now += MINUTE * 5
        assert seats.locks_in() == 0
        assert "open for 8 hours" == seats.why_it_locks
