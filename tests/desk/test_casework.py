"""Actions at the desk have the same effect as commands: the same data and the same journal entries."""

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox.desk.app import create_app
from inbox.desk.fields import passages
from inbox.desk.forms import Chosen
from inbox.files import sandbox
from inbox.overview.facets import FIELDS
from inbox.vault import score
from inbox.vault.casework_tables import Unfinished, Workflow
from inbox.vault.tables import Case
from templates.catalogues import LANGUAGES
from tests.support.desk_room import Client, chosen_beforehand, lasting, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, passphrase_of, stranger, today
from tests.support.inbox_ending import aged
from tests.support.inbox_visas import agree

NAMES = ("alice", "bruno", "chloe")
WHAT = {"what": "Le conteneur MSKU 123456 5 est sorti", "coi": "no"}


pytestmark = pytest.mark.copy_of("founded_desk")


@pytest.fixture(scope="module")
def founded_desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three officers and two cases whose reports name the same container."""
    folder = tmp_path_factory.mktemp("desk")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), WHAT, WHAT | {"protect": "la photo de ma voiture rouge"})
    for present in (NAMES[:2], ("alice", "chloe")):
        for number in ("1", "2"):
            office.of(*present).json("case", "declare", number)
    office.settle(1, 2)
    office.tell_no_prosecutor(1, 2)
    return office


def both(**form: Any) -> dict[str, Any]:
    """Return a form with the passphrases of the two signed-in officers."""
    return form | {f"passphrase-{name}": passphrase_of(name) for name in NAMES[:2]}


def sends(client: Client, path: str, **form: Any) -> None:
    """Send a form and expect it to succeed."""
    answer = client.send(f"/en/case/1/{path}", **form)
    assert answer.status_code == 303, answer.text


def noted(office: Office) -> list[tuple[str, dict[str, Any], str]]:
    """Return the action, values and reason of each journal entry that is not about reading."""
    entries = office.json("journal", "list")["entries"]
    reading = {"found", "collect", "declare", "accept-instance", "list", "show", "read-journal", "open"}
    reading |= {"preview-reply", "filed"}
    return [
        (entry["action"], entry["values"], entry["reason"])
        for entry in entries
        if entry.get("action") not in reading
    ]


MOOT = {"outcome": "moot", "disclosure": "partial"}


def test_each_form_of_a_case_takes_effect_and_is_journalled(office: Office) -> None:
    """The form for the score sends all its parts; only the changed parts are journalled."""
    parts = {name: str(value) for name, value in office.json("case", "show", "1")["work"]["parts"].items()}
    with sitting(office) as client:
        sends(client, "note", text="Vu.\r\nÀ revoir")
        for form, field, given in (
            ("tag", "names", "port scellé"),
            ("untag", "name", "port"),
            ("assess", "officer", "bruno"),
        ):
            sends(client, form, **{field: given})
        assert client.send("/en/case/1/measure", kind="process_fix", degree="0").status_code == 409
        sends(client, "assess", risk="high", reason="hardly  anybody")
        sends(client, "measure", kind="process_fix", degree="0", addressee="Brigade")
        sends(client, "measure", kind="disciplinary_sanction", degree="2", day=today().isoformat())
        sends(client, "tell/1", told="on")
        sends(client, "tell/2")
        assert re.search(
            r"Retract it \(needs two officers\).*needed for: [^<]*Prosecutor informed by telephone",
            client.page("/en/case/1"),
            re.DOTALL,
        )
        sends(client, "retract/2", **both(reason="another case"))
        sends(client, "measure", kind="process_fix", degree="0")
        sends(client, "retract/2", reason="another case, too")
        assert client.send("/en/case/1/rate", credibility="7", reason="x").status_code == 400
        sends(client, "rate", credibility="2", reason="two agree")
        assert (
            "F2</strong> · Source: reliability cannot be judged · Information: “Probably true”"
            in client.page("/en/case/1")
        )
        sends(client, "assess", **parts | {"danger": "2"}, reason="armed")
        sends(client, "reply", template="acknowledgement")
        sends(client, "reply", text="Merci", feedback="on")
        assert "two officers must close it (priority P1)" in client.page("/en/case/1")
        # The case has a sanction, so the duty to inform the persons named is open again.
        sends(client, "decide", **both(choice="not_needed", reason="another case"))
        assert (
            client.close(1, **both(**MOOT)).status_code == 303
        )  # the case is urgent, so this takes two officers
        sends(client, "reopen", **both(reason="news"))
    work = office.json("case", "show", "1")["work"]
    assert ("Vu.\nÀ revoir", "alice") == (work["notes"][0]["text"], work["notes"][0]["by"])
    assert (["scellé"], "bruno", "high") == (work["tags"], work["assigned"], work["source_risk"])
    assert [("process_fix", None, True)] == [
        (each["kind"], each["degree"], each["told"]) for each in work["measures"]
    ]
    assert [
        ("note", {}, ""),
        ("tag", {}, ""),
        ("tag", {"removed": True}, ""),
        ("assign", {"officer": "bruno"}, ""),
        ("assess-source", {"risk": "high"}, "hardly anybody"),
        ("record-measure", {"kind": "process_fix"}, ""),
        ("record-measure", {"kind": "disciplinary_sanction"}, ""),
        ("tell-measure", {"measure": 1}, ""),
        ("tell-measure", {"measure": 2, "no_longer": True}, ""),
        (
            "remove-proceedings",
            {"measure": 2, "kind": "disciplinary_sanction", "recorded": str(today())},
            "another case",
        ),
        ("record-measure", {"kind": "process_fix"}, ""),
        (
            "remove-measure",
            {"measure": 2, "kind": "process_fix", "recorded": str(today())},
            "another case, too",
        ),
        ("rate", {"credibility": "2"}, "two agree"),
        ("judge", {"danger": 2}, "armed"),
        ("reply", {"template": "acknowledgement", "acknowledges": True}, ""),
        ("reply", {"feedback": True}, ""),
        ("decide-by-two", {"duty": "art14", "decision": "not_needed"}, "another case"),
        ("close-by-two", {"outcome": "moot", "disclosure": "partial"}, ""),
        ("reopen", {}, "news"),
    ] == noted(office)


def test_closing_a_case_as_unfounded_takes_two_officers(office: Office) -> None:
    """The page that asks for confirmation repeats the form, and shows what will be journalled."""
    form = {"outcome": "unfounded", "disclosure": "withheld", "reason": "no trace"}
    with sitting(office) as client:
        client.page("/en/case/1")
        asked = client.close(1, **form)
        assert (401, True) == (asked.status_code, "Unfounded, Withheld" in asked.text)
        hidden = dict(re.findall(r'type="hidden" name="([a-z-]+)" value="([^"]*)"', asked.text))
        assert form.items() <= hidden.items()
        wrong = form | {"passphrase-alice": passphrase_of("alice"), "passphrase-bruno": "wrong"}
        refused = client.close(1, **wrong)
        assert (401, True) == (refused.status_code, "This is not the passphrase of bruno" in refused.text)
        assert passphrase_of("alice") not in refused.text
        alone = client.close(1, **form, **{"passphrase-alice": passphrase_of("alice")})
        assert alone.status_code == 401
        assert client.close(1, **both(**form)).status_code == 303
    assert "closed" == office.json("case", "show", "1")["status"]
    assert [("close-by-two", {"outcome": "unfounded", "disclosure": "withheld"}, "no trace")] == noted(office)


def test_suggested_links_can_be_accepted_or_dismissed_or_undone(office: Office) -> None:
    with sitting(office) as client:
        shown = client.page("/en/case/1/links")
        assert "Both have: the container <bdi>MSKU1234565</bdi>" in " ".join(shown.split())
        sends(client, "links/2", relation="same_facts")
        assert "The same facts" in client.page("/en/case/2/links")
        sends(client, "links/2/unlink")
        sends(client, "links/2/dismiss")
        assert "No links are suggested." in client.page("/en/case/1/links")


def test_a_case_can_be_linked_by_number_without_a_suggestion(office: Office) -> None:
    """A missing case and a case that the officer may not read get the same refusal."""
    with sitting(office) as client:
        sends(client, "links/2/dismiss")
        assert "No links are suggested." in (page := client.page("/en/case/1/links"))
        assert chosen_beforehand(page, "relation-named") == []
        assert client.send("/en/case/1/links", other="2", relation="").status_code == 400
        for absent in ("9", "1"):
            answer = client.send("/en/case/1/links", other=absent, relation="duplicate")
            assert answer.status_code == 409, answer.text
        sends(client, "links", other="2", relation="duplicate")
        assert "The same report" in client.page("/en/case/2/links")
    with sitting(office, officer="bruno") as client:
        sends(client, "links/2/unlink")
        assert client.send("/en/case/2/readers/exclude", officer="bruno", reason="kin").status_code == 303
        kept, absent = (
            re.sub(
                rf"(case |rows=.1.>){other}\b",
                r"\1N",
                lasting(client.send("/en/case/1/links", other=other, relation="duplicate").text),
            )
            for other in ("2", "9")
        )
        assert kept == absent


def test_a_case_is_restricted_to_chosen_officers_and_another_officer_breaks_the_glass_to_open_it(
    office: Office,
) -> None:
    """Before that, the queue shows other officers only the number, priority and deadline of the case."""
    with sitting(office) as client:
        sends(client, "readers", officer=["alice", "chloe"])
        assert "alice, chloe" in client.page("/en/case/1/readers")
    with sitting(office, officer="bruno") as client:
        assert "for its handlers only" in client.page("/en/")
        assert client.ask("/en/case/1").status_code == 409
        assert "Break the glass" in client.page("/en/case/1/readers")
        sends(client, "readers/break-glass", **both(reason="danger"))
        assert client.ask("/en/case/1").status_code == 200
        sends(client, "readers")
        assert "Every officer may read this case" in client.page("/en/case/1/readers")


def test_an_excluded_officer_cannot_tell_the_case_from_a_missing_case(office: Office) -> None:
    """Officers can exclude themselves. Two other officers can end the exclusion."""
    with sitting(office, officer="bruno") as client:
        sends(client, "readers/exclude", officer="bruno", reason="kin")
        assert "The officer is excluded from the case" in client.page("/en/")
        for page in ("", "/links", "/readers", "/ledger", "/minimise"):
            answers = [client.ask(f"/en/case/{number}{page}") for number in (1, 9)]
            assert [409, 409] == [each.status_code for each in answers]
            kept, absent = (lasting(each.text) for each in answers)
            assert re.sub(r"(?<=[Cc]ase.)1\b", "9", kept) == absent
        answers = [client.ask(f"/en/access/1/passages/{number}") for number in ("1", "9")]
        kept, absent = (re.findall('role="alert">.*', each.text)[0] for each in answers)
        assert kept.replace("case 1", "case 9") == absent
    with sitting(office.of("alice", "chloe")) as client:
        assert "Kept from bruno" in client.page("/en/case/1")
        form = {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "chloe")}
        sends(client, "readers/lift", officer="bruno", reason="no kin", **form)
    assert "case" in office.json("case", "show", "1")


def test_only_two_officers_together_can_see_the_identity_of_a_reporter(office: Office) -> None:
    with sitting(office) as client:
        sends(client, "ledger/keep", text="Jeanne Quartz")
        sends(client, "ledger/consent", **both(day=today().isoformat(), reason="the report"))
        sends(client, "decide", **both(choice="not_told", reason="x"))
        form = {"recipient": "Procureur", "what": "identity", "ground": "consent"}
        sends(client, "ledger", **both(**form))
        refused = client.send("/en/case/1/ledger", recipient="x", what="report", ground="other")
        assert refused.status_code == 409
        for page in ("/", "/case/1", "/case/1/ledger", "/case/1/readers", "/journal"):
            assert "Quartz" not in client.page(f"/en{page}")
        assert client.send("/en/case/1/ledger/identity").status_code == 401
        shown = client.send("/en/case/1/ledger/identity", **both())
        assert (200, True) == (shown.status_code, "Jeanne Quartz" in shown.text)
        sends(client, "ledger/consent", withdrawn="on")
    (row,) = office.json("dossier", "disclosure", "list", "1")["disclosures"]
    assert ("Procureur", "identity") == (row["recipient"], row["what"])


def test_the_queue_is_filtered_by_officer_and_tag(client: Client) -> None:
    sends(client, "assess", officer="bruno")
    sends(client, "tag", names="port")
    for path, form in (("/facet", {"choice": "officer:bruno"}), ("", {"sort": "priority", "tag": "PORT"})):
        client.send("/en/queue/view", view="open")
        client.send(f"/en/queue{path}", **form)
        assert ("1 case", False) == (
            re.findall("<small>(.*)</small>", client.page("/en/"))[0],
            "Case 2" in client.page("/en/"),
        )
    client.send("/en/queue", sort="priority", tag="nowhere")
    assert "No cases match." in (none := client.page("/en/"))
    assert ("All open ones" in none, "New reports" in none) == (True, False)
    client.send("/en/queue/view", view="open")
    assert ("2 cases" in (every := client.page("/en/")), "All open ones" in every) == (True, False)


def test_the_queue_shows_the_filters_in_use_and_each_filter_can_be_cleared(client: Client) -> None:
    """Filters can be cleared one by one or all together. The control is the queue without a filter."""
    assert "Only shown:" not in client.page("/en/")
    client.send("/en/queue", sort="deadline", search="quai <b>", to_read="on", tag="port")
    client.send("/en/queue/facet", choice="priority:2")
    shown = client.page("/en/")
    for said in ("Searched: “quai &lt;b&gt;”", "Unread only", "Tag: port", "Priority: P2"):
        assert said in shown.partition("Only shown:")[2].partition("</form>")[0]
    assert 409 != client.send("/en/queue/clear", clear="search").status_code
    assert ("", "port", True) == ((kept := client.seat.wanted).search, kept.tag, kept.to_read)
    assert 400 == client.send("/en/queue/clear", clear="order").status_code
    client.send("/en/queue/clear", clear="")
    assert ("2 cases", False) == (
        re.findall("<small>(.*)</small>", again := client.page("/en/"))[0],
        "Only shown:" in again,
    )
    assert "deadline" == client.seat.order


def test_the_journal_is_shown_and_verified(client: Client) -> None:
    assert "portal confirmed" in client.page("/en/journal")
    assert client.page("/en/journal?before=4").count("<tr>") == 4
    verified = client.send("/en/journal/verify")
    assert (200, True) == (verified.status_code, "The journal holds" in verified.text)


def test_every_form_of_a_page_has_a_route(client: Client) -> None:
    """The route of a form must accept POST."""
    adapter = create_app(client.desk).url_map.bind(client.desk.host)
    pages = [
        "/",
        "/case/1",
        "/case/1/links",
        "/case/1/readers",
        "/case/1/ledger",
        "/case/1/dossier",
        "/case/1/minimise",
        "/medium",
        "/enter",
        "/access",
        "/office",
        "/office/law",
        "/office/keys",
        "/office/portal",
        "/office/texts/reply",
        "/office/texts/authority/entry/police",
        "/retention",
        "/journal",
    ]
    found = {
        action
        for page in pages
        for action in re.findall(r'<form[^>]* method="post" action="([^"]+)"', client.page(f"/en{page}"))
    }
    assert len(found) > 15
    assert [action for action in found if not adapter.test(action, method="POST")] == []


def test_two_officers_mark_several_cases_as_junk_in_one_action_and_recover_them(office: Office) -> None:
    """The confirmation page lists the cases, and both officers confirm once for all of them."""
    for number in ("1", "2"):
        office.json("case", "decide", number, "no_transmission", "--reason", "x")
    chosen = {"case": ["1", "2"], "reason": "noise"}
    with sitting(office) as client:
        asked = client.send("/en/many/junk", **chosen)
        assert (401, True) == (asked.status_code, "Cases 1, 2" in asked.text)
        assert client.send("/en/many/junk", **both(case=["1", "2"])).status_code == 409
        assert "2 cases" in client.page("/en/")
        assert client.send("/en/many/junk", **both(**chosen)).status_code == 303
        assert "No cases are open" in client.page("/en/")
        client.send("/en/queue/facet", choice="state:junk")
        assert "Case 1" in client.page("/en/").replace("Choose case", "Case")
        assert client.send("/en/many/recover", case=["1", "2"]).status_code == 303
        assert client.send("/en/many/recover", case=["1"]).status_code == 409
        client.send("/en/queue/view", view="open")
        assert "2 cases" in client.page("/en/")
        assert client.send("/en/many/junk", reason="noise").status_code == 409
    assert ("junk", {}, "noise") in noted(office)


def test_several_cases_are_tagged_and_assigned_in_one_action(office: Office) -> None:
    """The action is refused if no case is ticked, no tag is given, or the officer name is invalid."""
    with sitting(office) as client:
        assert client.send("/en/many/tag", case=["2", "1"], names="port quai").status_code == 303
        assert client.send("/en/many/untag", case=["1", "2"], names="port").status_code == 303
        assert client.send("/en/many/assign", case=["1", "2"], officer="bruno").status_code == 303
        shown = client.page("/en/")
        assert (2, 0) == (shown.count('class="tag">quai'), shown.count('class="tag">port'))
        for path, form in (
            ("tag", {"case": ["1"]}), ("tag", {"names": "x"}), ("assign", {"officer": "bruno"}),
            ("untag", {"case": ["1", "2"], "names": "port"}), ("assign", {"case": ["1", "9"]}),
            ("assign", {"case": ["1"], "officer": "z" * 600}),
        ):  # fmt: skip
            assert client.send(f"/en/many/{path}", **form).status_code == 409
        for path, one in (("tag", {"names": " "}), ("untag", {}), ("assess", {"officer": "z" * 600})):
            assert client.send(f"/en/case/1/{path}", **one).status_code == 409
    removed, assigned = {"removed": True}, {"officer": "bruno"}
    expected = [("tag", {}), ("tag", {}), ("tag", removed), ("tag", removed), *[("assign", assigned)] * 2]
    assert expected == [(action, values) for action, values, _ in noted(office)]


def test_a_file_is_previewed_without_being_opened(office: Office) -> None:
    """The page gets the image only once. The page and the list of files both show the detected type."""
    with sitting(office) as client:
        assert "sent as image/jpeg; open it to check" in client.page("/en/case/1/files")
        shown = client.page("/en/case/1/file/1")
        assert "text/plain · 7 B" in client.page("/en/case/1/files")
        assert ("image/jpeg", "SHA-256") == tuple(word for word in ("image/jpeg", "SHA-256") if word in shown)
        assert client.ask("/en/case/1/file/1/1/pixels").status_code == 404
        client.seat.picture = (1, 1, 1), b"pixels"
        assert client.ask("/en/case/2/file/1/1/pixels").status_code == 404
        answer = client.ask("/en/case/1/file/1/1/pixels")
        assert (200, "image/png", b"pixels") == (answer.status_code, answer.content_type, answer.data)
        assert client.ask("/en/case/1/file/1/1/pixels").status_code == 404
        assert client.ask("/en/case/1/file/2").status_code == 409
        assert client.ask("/en/case/1/file/1/0").status_code == 409
    assert ("preview", {"file": 1, "page": 1}, "") in noted(office)


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "the sandbox does not work: bubblewrap (bwrap) is not installed"),
        ("fr", "le bac à sable ne fonctionne pas : bubblewrap (bwrap) n'est pas installé"),
    ],
)
def test_a_preview_without_a_sandbox_is_refused_with_the_reason(
    office: Office, monkeypatch: pytest.MonkeyPatch, language: str, why: str
) -> None:
    monkeypatch.setattr(sandbox, "_PLACES", "/nowhere")
    with sitting(office) as client:
        refused = client.ask(f"/{language}/case/1/file/1")
        shown = html.unescape(refused.text).replace("\xa0", " ").replace("\u2019", "'")
        assert (409, True) == (refused.status_code, why in shown), shown
        assert client.ask(f"/{language}/case/1/file/1/1/pixels").status_code == 404


def test_the_desk_records_a_hold_and_a_decision_but_no_longer_offers_more_time(
    office: Office,
) -> None:
    with sitting(office) as client:
        sends(client, "hold", reason="proceedings")
        assert "Held for a procedure since" in client.page("/en/case/1")
        sends(client, "hold", **both(release="on", reason="over"))
        sends(client, "decide", **both(choice="no_transmission", reason="no offence"))
        assert client.send("/en/case/1/extend", reason="x", text="x").status_code == 409
        assert "it takes longer, to the reporter" not in client.page("/en/case/1")
        assert "Not transmitted" in client.page("/en/case/1/timeline")
        assert "Not transmitted" in client.page("/en/oversight")
    assert [("hold", {}, "proceedings"), ("release-hold", {}, "over")] == noted(office)[:2]
    assert (
        "decide-by-two",
        {"duty": "art40", "decision": "no_transmission"},
        "no offence",
    ) in noted(office)


@pytest.mark.parametrize("at_the_desk", [True, False], ids=["desk", "command line"])
def test_the_desk_and_the_command_line_keep_a_reason_with_a_line_break_on_one_line(
    office: Office, *, at_the_desk: bool
) -> None:
    """The journal and the page of the case both show the reason."""
    if at_the_desk:
        with sitting(office) as client:
            sends(client, "decide", **both(choice="no_transmission", reason="no\r\n offence"))
    else:
        office.json("case", "decide", "1", "no_transmission", "--reason", "no\n offence")
    assert "no offence" in {reason for _, _, reason in noted(office)}
    duties = {each["duty"]: each["reason"] for each in office.json("case", "show", "1")["work"]["duties"]}
    assert "no offence" == duties["art40"]


def test_the_notice_of_more_time_is_previewed_before_it_is_sent(office: Office) -> None:
    """The preview warns of an address in the text and keeps the fields.

    With a reason, the text is sent all the same.
    """
    office.json("office", "set", "--regime", "external")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    form = {"reason": "abroad", "text": "agent@port.example"}
    with sitting(office) as client:
        shown = client.page("/en/case/1")
        assert ("Why it takes longer, to the reporter" in shown, 'value="extension"' in shown) == (
            True,
            False,
        )
        for path in ("extend/preview", "extend"):
            seen = client.send(f"/en/case/1/{path}", **form)
            assert (200, True) == (seen.status_code, "it is an address or a telephone number" in seen.text)
            assert f"{form['text']}</textarea>" in seen.text
            assert 'type="hidden" name="reason" value="abroad"' in seen.text
            assert 'action="' in seen.text.split('/en/case/1/extend"')[0][-200:]
        sends(client, "extend", **form, despite="it is ours")
        assert 'value="extension"' in client.page("/en/case/1")
        assert client.send("/en/case/1/extend", **form).status_code == 409
    assert ("extend", {"despite": True}, "abroad; it is ours") in noted(office)
    assert office.json("case", "show", "1")["work"]["extended"] == today().isoformat()


def drafted(client: Client, *begun: int) -> list[int]:
    """Begin a draft of a note in each of these cases; return the cases of all drafts in the vault."""
    for number in begun:
        assert client.send(f"/en/draft/note/{number}", text="a zebra").status_code == 204
    with client.desk.inbox.transaction() as session:
        return sorted(each for each in session.scalars(select(Unfinished.case)) if each is not None)


def test_destroying_cases_takes_two_officers_and_destroys_only_the_ticked_cases(office: Office) -> None:
    """The drafts of a destroyed case are deleted with it."""
    form = {"case": ["1"], "reason": "by order"}
    with sitting(office) as client:
        client.page("/en/case/1")
        closing = both(outcome="moot", disclosure="withheld", reason="secret")
        assert client.close(1, **closing).status_code == 303
        assert client.send("/en/retention", case=["2"], reason="x").status_code == 409
        client.page("/en/case/2")
        assert client.close(2, **closing).status_code == 303
        assert "the portal has not confirmed the closing yet" in client.page("/en/retention")
        assert client.send("/en/retention", **both(**form)).status_code == 409
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(Case, 1).withdrawn = session.get_one(Case, 2).withdrawn = True
        agree(session, 1, 2)
    aged(office)
    with sitting(office) as client:
        page = client.page("/en/retention")
        ticks = re.findall(r'type="checkbox" name="case" value="(\d)" aria-[^>]*>', page)
        assert (["1", "2"], False) == (sorted(ticks), " checked" in page)
        asked = client.send("/en/retention", **form)
        assert (401, True) == (asked.status_code, 'name="case" value="1"' in asked.text)
        assert [1, 2] == drafted(client, 1, 2)
        confirmed = asked.text.partition("You confirm:")[2]
        assert re.findall("<dt>(.*)</dt><dd [^>]*>(.*)</dd>", confirmed) == [("Case", "1")]
        gone = client.send("/en/retention", **both(**form))
        assert (200, True) == (gone.status_code, "Case 1" in gone.text)
        assert (409, 200) == tuple(client.ask(f"/en/case/{number}").status_code for number in (1, 2))
        assert '<tr><th scope="row">1</th>' in client.page("/en/retention").partition('id="destroyed"')[2]
        assert [2] == drafted(client)
    assert [1] == [line["case"] for line in office.json("retention", "list-destroyed")["destroyed"]]


def test_a_dossier_is_previewed_and_then_sealed_by_two_officers(office: Office, tmp_path: Path) -> None:
    """Neither the preview nor the dossier contains the redacted text.

    The folder must not be the folder of the exchange medium.
    """
    plan = {"purpose": "prosecutor", "addressee": "Procureur", "language": "fr", "enclosed": "none"}
    plan |= {"place": "what", "redact": "MSKU 123456 5"}
    drawer, stick = tmp_path / "drawer", tmp_path / "stick"
    drawer.mkdir()
    stick.mkdir()
    to = {"recipient": stranger().recipient().encode(), "measure": "on", "papers": str(drawer)}
    with sitting(office, stick) as client:
        page = client.page("/en/case/1/dossier")
        assert "hand over a letter on paper" in page
        assert ([], False) == (chosen_beforehand(page, "purpose"), " checked" in page)
        assert [] == chosen_beforehand(client.page("/en/case/1/work"), "risk")
        shown = client.send("/en/case/1/dossier/preview", **plan)
        assert "keeps the secret part there" in shown.text
        assert (200, True, False) == (
            shown.status_code,
            "Le conteneur" in shown.text,
            "MSKU" in shown.text.split("<form")[1],
        )
        assert client.send("/en/case/1/dossier", **plan, **to).status_code == 401
        early = client.send("/en/case/1/dossier", **both(**plan, **to))
        assert (409, True) == (early.status_code, "risk to the reporter" in early.text)
        sends(client, "assess", risk="low", reason="many know")
        beside = client.send("/en/case/1/dossier", **both(**plan, **to | {"papers": str(stick)}))
        assert (409, True) == (beside.status_code, "medium for the portal" in beside.text)
        made = client.send("/en/case/1/dossier", **both(**plan, **to))
        assert (200, True) == (made.status_code, "Only the addressee opens it" in made.text)
        assert client.send("/en/case/1/dossier", **both(**plan, **to)).status_code == 409
        assert "Procureur" in client.page("/en/case/1/ledger")
    assert [f"dossier-1-{today()}.age"] == [path.name for path in drawer.iterdir()]
    assert [] == [*stick.iterdir()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preview_of_a_dossier_names_the_places_that_need_another_check(
    world: World, portal: Portal, language: str
) -> None:
    """The preview and the dossier name places in the same way.

    The control is a dossier without the risky words.
    """
    told = {"what": "La photo, sur le quai. P\u0430ul y etait, QUELENNEC aussi", "refs": "M. Quélennec"}
    tell(world, portal, told | {"protect": "la photo sur le quai"})
    plan = {
        "purpose": "prosecutor",
        "addressee": "X",
        "language": "fr",
        "place": "refs",
        "redact": "Quélennec",
    }
    with sitting(world.office) as client:
        for enclosed in ("cleaned", "original"):
            unsaid = client.send(f"/{language}/case/1/dossier/preview", **plan, enclosed=enclosed)
            assert unsaid.status_code == 409
            ticked = {"enclosed": enclosed, "every-file": "on"}
            shown = client.send(f"/{language}/case/1/dossier/preview", **plan, **ticked)
            assert (200, 3) == (
                shown.status_code,
                shown.text.partition("<h1")[2].count('class="notice warning"'),
            )
            assert 3 == html.unescape(shown.text).count(": Que s\u2019est-il passé ?</p>")
            assert 1 == shown.text.partition("<h1")[2].count(": <code>1</code>")
        less = plan | {"removed": Chosen("what", None).code, "enclosed": "original", "every-file": "on"}
        shown = client.send(f"/{language}/case/1/dossier/preview", **less)
        assert (200, 0) == (shown.status_code, shown.text.partition("<h1")[2].count('class="notice warning"'))


def test_if_a_dossier_has_too_many_sentences_the_last_texts_can_only_be_redacted_whole(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentences of the report are listed first, then those of the latest messages.

    The control has room for all sentences.
    """
    assert passages.MOST == 2_000
    tell(world, portal, {"what": "Il a payé. Le chef sait.", "category": "approach"})
    for text in ("Un. Deux.", "Trois. Quatre."):
        world.office.json("message", "reply", "1", "--text", text)
    whole = [Chosen(place, None).code for place in ("what", "category", "reply-1", "reply-2")]
    with sitting(world.office) as client:
        for most, sentences in ((8, ["Le chef sait.", "Un.", "Trois."]), (4, ["Le chef sait.", "Un."])):
            monkeypatch.setattr(passages, "MOST", most)
            form = html.unescape(client.page("/fr/case/1/dossier"))
            shown = [each for each in ("Le chef sait.", "Un.", "Trois.") if f"<bdi>{each}</bdi>" in form]
            assert sentences == shown
            assert [1] * 4 == [form.count(f'value="{each}"') for each in whole]
            assert (most < 8) == ("Autres textes, en entier" in form)


def test_a_dossier_is_redacted_by_picking_sentences_or_whole_texts(world: World, portal: Portal) -> None:
    """A code that no page offers is refused."""
    tell(world, portal, {"what": "Il a payé. Le chef sait.", "category": "approach", "protect": "mon nom"})
    plan = {"purpose": "prosecutor", "addressee": "X", "language": "fr", "enclosed": "none"}
    with sitting(world.office) as client:
        form = html.unescape(client.page("/fr/case/1/dossier"))
        sentence, whole = Chosen("what", "Le chef sait.").code, Chosen("category", None).code
        assert f'value="{sentence}"' in form
        assert f'value="{whole}"' in form
        assert "mon nom" not in form.partition("<fieldset")[2].partition("</fieldset")[0]
        for removed, left in ((sentence, "Il a payé."), (whole, "Le chef sait.")):
            said = client.send("/fr/case/1/dossier/preview", **plan, removed=removed).text
            shown = said.partition("<main")[2].partition("<form")[0]
            assert left in shown
            assert ("Le chef sait." in shown, "Approche" in shown) == (removed == whole, removed == sentence)
        assert client.send("/fr/case/1/dossier/preview", **plan, removed="what:x").status_code == 400
        chosen = client.send("/fr/case/1/dossier/preview", **plan, file="1")
        assert (409, True) == (chosen.status_code, "Sans fichiers\u00a0» est choisie" in chosen.text)


def test_a_reply_is_previewed_as_the_reporter_will_see_it(office: Office) -> None:
    """The preview warns of details that the reporter asked the office never to repeat.

    An officer needs a reason to send such details.
    """
    said = {"text": "Nous savons : la photo de ma voiture rouge"}
    with sitting(office) as client:
        (number,) = (n for n in (1, 2) if "voiture rouge" in client.page(f"/en/case/{n}"))
        seen = client.send(f"/en/case/{number}/reply/preview", **said)
        assert (200, True) == (seen.status_code, "asked never to repeat it" in seen.text)
        page = seen.text.split('<div class="seen" lang="fr">')[1].split("</div>")[0]
        read = (
            "<h2>Reçu</h2>",
            "De\N{NO-BREAK SPACE}: Inspection des douanes, ",
            "not sent yet",
            said["text"],
        )
        assert [] == [each for each in read if each not in page]
        shown = client.send(f"/en/case/{number}/reply", **said)
        assert (200, True) == (shown.status_code, "asked never to repeat it" in shown.text)
        assert f"{said['text']}</textarea>" in shown.text
        for choice in ("admissible", "no_transmission"):
            client.send(f"/en/case/{number}/decide", **both(choice=choice, reason="x"))
        client.send(f"/en/case/{number}/reply", template="acknowledgement")
        told = said | {"template": "feedback", "feedback": "on", "despite": "it was asked"}
        sent = client.send(f"/en/case/{number}/reply", **told)
        assert sent.status_code == 303
        assert "Nous savons" in client.page(f"/en/case/{number}")
    told_with = {"template": "feedback", "feedback": True, "despite": True}
    assert ("reply", told_with, "it was asked") in noted(office)


def test_nobody_can_read_a_case_until_two_officers_end_its_quarantine(office: Office) -> None:
    with sitting(office) as client:
        assert "Lift the quarantine (needs" not in client.page("/en/case/1/readers")
        sends(client, "readers/quarantine", reason="a protected secret")
        assert client.ask("/en/case/1").status_code == 409
        queue = client.page("/en/")
        assert ("in quarantine" in queue, "/en/case/1/readers" in queue) == (True, True)
        assert "inbox message reply 1" in client.page("/en/case/1/readers")
        assert "Put the case into quarantine" not in client.page("/en/case/1/readers")
        assert client.send("/en/case/1/readers/quarantine/lift", reason="none").status_code == 401
        sends(client, "readers/quarantine/lift", **both(reason="none"))
        assert client.ask("/en/case/1").status_code == 200


def test_the_queue_names_the_language_of_a_report_in_that_language(client: Client) -> None:
    """The code of the language is shown neither among the filters in use nor on the buttons of the filter."""
    client.send("/en/queue/facet", choice="language:fr")
    page = client.page("/en/")
    assert "Language: Français" in page.partition("Only shown:")[2].partition("</form>")[0]
    assert re.findall(r'value="language:fr"[^>]*>([^<]*?) *<', page) == ["Français"]


def test_the_queue_names_each_choice_of_every_filter_in_the_language_of_the_officer(client: Client) -> None:
    """So the page never shows a code.

    Only the names of officers, the names of languages, and the numbers of priorities are the same in both
    languages.
    """
    with client.desk.inbox.transaction() as session:
        work, case = session.get_one(Workflow, 1), session.get_one(Case, 2)
        work.category, work.area, work.assigned = "threat", "atlantic", "alice"
        work.deadline = today() + timedelta(90)
        work.parts = score.Parts(danger=score.HIGHEST)
        case.language, case.status = "en", "assessing"
    named = {}
    for language in LANGUAGES:
        client.send(f"/{language}/queue/facet", choice="state:all")
        page = client.page(f"/{language}/")
        named[language] = re.findall(r'name="choice" value="(\w+):([^"]*)"[^>]*>([^<]*?) *<', page)
        assert {*FIELDS} == {field for field, _, _ in named[language]}
    same = {*named["fr"]} & {*named["en"]}
    assert {"officer", "priority", "language"} == {field for field, _, _ in same}
    assert {("officer", "alice", "alice")} == {each for each in same if each[1] == each[2]}
