"""Closing a case requires an outcome, and either a text to the reporter or a reason to withhold it."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from inbox.casework import decisions
from inbox.casework.decisions import Decision
from inbox.deadlines.clocks import RETENTION
from inbox.deadlines.workflow import Disclosure
from inbox.language.errors import Locked
from inbox.law import in_use
from inbox.replies import closing
from inbox.replies.closing import Closing
from inbox.session.actions import TABLE, Actor, Code
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import FollowUp
from templates.law.rules import Body
from tests.support import inbox_builders as build
from tests.support.desk_room import chosen_beforehand, sitting
from tests.support.inbox_builders import PASSPHRASE, Office, today
from tests.support.inbox_outcomes import refused
from tests.support.laws import FILES, FRENCH, OTHER

WITHHELD = ("--disclosure", "withheld", "--reason", "the inquiry goes on")

DIRECTED = ("--disclosure", "full", "--to", "defender_of_rights")
EXTERNAL = ("office", "set", "--regime", "external", "--heard", "By telephone.")
FORWARD = ("case", "decide", "1", "forwarded", "--addressee", "AFA", "--reason", "theirs")
KEEP = ("case", "decide", "1", "not_forwarded", "--reason", "known to them")

pytestmark = pytest.mark.copy_of("read")


@pytest.fixture(scope="module")
def read(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases that officers have read, because an unread case cannot be closed."""
    office = with_reporter.copy(tmp_path_factory.mktemp("read"))
    office.read_all(1, 2)
    return office


def work(office: Office, number: int = 1) -> Any:
    return office.json("case", "show", str(number))["work"]


REFUSED: list[tuple[list[str], str]] = [
    (["moot", "--disclosure", "full"], "has to be informed in writing"),
    (["moot", "--disclosure", "partial"], "has to be informed in writing"),
    (["moot", *WITHHELD, "--text", "agent@port.example"], "it is an address"),
    (["moot", "--disclosure", "full", "--text", " \n"], "has to be informed in writing"),
    (["moot", *WITHHELD, "--to", "prosecutor"], "the reporter is not directed to another authority"),
    (["other", *WITHHELD], "use one of: founded, partly_founded, transmitted"),
    (["out_of_scope", "--disclosure", "full"], "say which authority is competent"),
    (["out_of_scope", *WITHHELD], "say which authority is competent"),
    (
        ["out_of_scope", "--disclosure", "full", "--to", "nobody"],
        "reporters cannot be directed to this authority",
    ),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED])
def test_a_closing_that_breaks_a_rule_of_the_law_is_refused(
    office: Office, words: list[str], said: str
) -> None:
    office.tell_no_prosecutor(1)
    assert said in refused(office, "case", "close", "1", *words)


@pytest.mark.parametrize("words", [["moot"], [*WITHHELD], ["moot", "--disclosure", "no"]])
def test_a_closing_needs_an_outcome_and_a_disclosure(office: Office, words: list[str]) -> None:
    before = office.state()
    assert 2 == office.run("case", "close", "1", *words).code
    assert before == office.state()


def test_a_case_whose_reporter_cannot_be_informed_is_closed_only_without_a_text(office: Office) -> None:
    office.tell_no_prosecutor(2)
    assert "case 2: the reporter cannot be informed" in refused(
        office, "case", "close", "2", "moot", "--disclosure", "full", "--text", "x"
    )
    unheard = ("case", "close", "2", "moot", "--disclosure", "withheld", "--reason", "no reply address")
    assert "cannot be informed" in refused(office, *unheard, "--text", "x")
    office.json(*unheard)
    assert ("moot", "no reply address") == (work(office, 2)["outcome"], work(office, 2)["withheld"])


def test_full_disclosure_shows_the_reporter_everything_that_the_law_allows(
    office: Office, told: Callable[[], Any]
) -> None:
    """The reporter sees measures of protection only if an officer chose to show them."""
    office.tell_no_prosecutor(1)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    kinds = ("process_fix", "suspension", "protection_offered", "protection_granted", "admin_inquiry")
    for kind in (*kinds, "prosecutor_word"):
        office.json("case", "measure", "add", "1", kind)
    # A suspension is recorded. Therefore the decision on informing the persons concerned is due again.
    office.json("case", "decide", "1", "not_needed", "--reason", "x")
    office.json("case", "measure", "share", "1", "3")
    assert ("protection_offered",) == told().measures_disclosed
    office.json("case", "close", "1", "moot", "--disclosure", "full", "--text", "Merci, c'était réglé.")
    slot = told()
    assert ("closed", ("process_fix", "protection_offered")) == (slot.status, slot.measures_disclosed)
    assert ["Merci, c'était réglé."] == [each.text for each in slot.messages]
    assert [True, False, True, False, False, False] == [each["told"] for each in work(office)["measures"]]
    assert "outcome: Moot, disclosure full\n" in office.run("case", "show", "1").out


@pytest.mark.parametrize("disclosure", ["partial", "withheld"])
def test_partial_disclosure_shows_only_shared_measures_and_withholding_shows_no_measure(
    office: Office, told: Callable[[], Any], disclosure: str
) -> None:
    """If the outcome is withheld, even a measure that was shared before is hidden."""
    office.tell_no_prosecutor(1)
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "admin_inquiry")
    office.json("case", "measure", "add", "1", "process_fix", "--tell")
    more = ["--reason", "x"] if disclosure == "withheld" else ["--text", "Clos."]
    office.json("case", "close", "1", "moot", "--disclosure", disclosure, *more)
    slot = told()
    expected = ("process_fix",) if disclosure == "partial" else ()
    assert ("closed", expected) == (slot.status, slot.measures_disclosed)


@pytest.mark.parametrize("text", ["", "Votre signalement a été traité."])
def test_the_reporter_learns_that_a_case_is_closed_even_if_the_rest_is_withheld(
    office: Office, told: Callable[[], Any], text: str
) -> None:
    """The status page shows that the case is closed. If an officer writes a text, the page shows it, too.

    The page does not show the referral.
    """
    words = ["--text", text] if text else []
    office.tell_no_prosecutor(1)
    office.json("case", "close", "1", "out_of_scope", *WITHHELD, "--to", "defender_of_rights", *words)
    slot = told()
    assert ("closed", ()) == (slot.status, slot.measures_disclosed)
    assert ([text] if text else []) == [each.text for each in slot.messages]


def test_feedback_that_waits_for_an_outbox_counts_as_the_text_of_a_closing(
    office: Office, told: Callable[[], Any]
) -> None:
    """A reply that was already sent does not count."""
    office.tell_no_prosecutor(1)
    office.json("message", "reply", "1", "--template", "acknowledgement")
    told()
    assert "informed in writing" in refused(office, "case", "close", "1", "moot", "--disclosure", "full")
    office.json("message", "reply", "1", "--template", "feedback", "--text", "Sans objet.", "--feedback")
    office.json("case", "close", "1", "moot", "--disclosure", "full")
    assert "Sans objet." in told().messages[-1].text


def test_the_reporter_of_an_out_of_scope_report_is_directed_to_another_authority(
    office: Office, told: Callable[[], Any]
) -> None:
    """The text is in the language of the report. The case records the referral."""
    office.tell_no_prosecutor(1)
    office.json("case", "close", "1", "out_of_scope", "--disclosure", "full", "--to", "defender_of_rights")
    slot = told()
    (kept,) = [each["day"] for each in work(office)["clocks"] if each["clock"] == RETENTION]
    assert (build.today() + relativedelta(months=2)).isoformat() == kept
    assert "Vous pouvez vous adresser à\u00a0:\n\nLe Défenseur des droits\n" in slot.messages[-1].text
    assert ("closed", ("referred_external",)) == (slot.status, slot.measures_disclosed)
    (measure,) = work(office)["measures"]
    assert ("referred_external", "defender_of_rights") == (measure["kind"], measure["addressee"])


def test_an_officers_own_words_come_before_the_referral_text_and_do_not_replace_it(
    office: Office, told: Callable[[], Any]
) -> None:
    office.tell_no_prosecutor(1)
    asked = ["--disclosure", "full", "--to", "defender_of_rights", "--text", "C'est entre voisins."]
    office.json("case", "close", "1", "out_of_scope", *asked)
    said = told().messages[-1].text
    assert said.startswith("C'est entre voisins.\n\n")
    assert "Vous pouvez vous adresser à\u00a0:\n\nLe Défenseur des droits\n" in said


FORWARDING = {
    "internal channel": ((), "compétence. Vous pouvez vous adresser à\u00a0:"),
    "not decided": ((EXTERNAL,), "il nous revient de le transmettre. Vous pouvez aussi"),
    "forwarded": ((EXTERNAL, FORWARD), "avons transmis à une autre autorité. Vous pouvez aussi"),
    "not forwarded": ((EXTERNAL, KEEP), "compétence. Vous pouvez vous adresser à\u00a0:"),
}


@pytest.mark.parametrize("done", FORWARDING)
def test_the_text_of_a_closing_says_that_a_report_was_forwarded_only_if_it_was_forwarded(
    office: Office, told: Callable[[], Any], done: str
) -> None:
    """Only an external authority decides on forwarding.

    The text directs the reporter to another authority only once.
    """
    words, said = FORWARDING[done]
    office.tell_no_prosecutor(1)
    for each in words:
        office.json(*each)
    template = ("--template", "closing_out_of_scope", "--text", "Ce sont des armes.")
    office.json("case", "close", "1", "out_of_scope", *DIRECTED, *template)
    text = told().messages[-1].text
    assert said in text
    assert 1 == len(re.findall("[Vv]ous pouvez (?:aussi )?vous adresser|saisir", text))
    assert [] == [row for other, row in FORWARDING.values() if row != said and row in text]


def test_forwarding_a_report_after_the_closing_does_not_contradict_the_text_of_the_closing(
    office: Office, told: Callable[[], Any]
) -> None:
    """The text does not say whether the report will be forwarded.

    The reporter learns of the forwarding later, from the measure that records it.
    """
    office.tell_no_prosecutor(1)
    office.json(*EXTERNAL)
    office.json("case", "close", "1", "out_of_scope", *DIRECTED)
    read = told()
    assert "Nous examinons" in read.messages[-1].text
    assert ("referred_external",) == read.measures_disclosed
    office.json(*FORWARD)
    read = told()
    assert {"forwarded_external", "referred_external"} == set(read.measures_disclosed)


REFERRALS = [code for code, each in FRENCH.authorities.items() if each.referral]


@pytest.mark.parametrize("code", REFERRALS)
def test_a_referral_gives_the_authoritys_name_and_contact_details_as_the_law_lists_them(
    office: Office, told: Callable[[], Any], code: str
) -> None:
    """The leak check gives no warning about these contact details."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "close", "1", "out_of_scope", "--disclosure", "full", "--to", code)
    authority = FRENCH.authorities[code]
    assert told().messages[-1].text.endswith(f"\n\n{authority.name.fr}\n{authority.reach.fr}")


def test_reporters_are_directed_only_to_authorities_that_accept_reports(office: Office) -> None:
    """The refusal lists these authorities, by identifier on the command line and by name at the desk."""
    full = ("--disclosure", "full")
    for to in ([], ["--to", "lawyer"], ["--to", "nobody"]):
        said = refused(office, "case", "close", "1", "out_of_scope", *full, *to)
        assert f"hint: add --to ID, one of: {'; '.join(REFERRALS)}\n" in said
    with sitting(office) as client:
        form = {"outcome": "out_of_scope", "disclosure": "full"}
        shown = html.unescape(client.send("/fr/case/1/close", **form).text)
        names = "; ".join(FRENCH.authorities[each].name.fr for each in REFERRALS)
        assert names in shown.replace("\N{NO-BREAK SPACE};", ";")
        page = html.unescape(client.page("/fr/case/1")).split('<select id="body"')[1].split("</select>")[0]
        assert ["", *REFERRALS] == re.findall('value="([^"]*)"', page)


def test_another_law_has_other_authorities_for_referrals(office: Office, told: Callable[[], Any]) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    said = refused(
        office, "case", "close", "1", "nothing_for_us", "--disclosure", "full", "--to", "prosecutor"
    )
    assert "one of: magistrate" in said
    office.settle(1)
    for choice in ("left", "drop"):
        office.json("case", "decide", "1", choice, "--reason", "x")
    office.json("case", "close", "1", "nothing_for_us", "--disclosure", "full", "--to", "magistrate")
    assert told().messages[-1].text.endswith(f"\n\n{OTHER.authorities['magistrate'].name.fr}\nAu phare.")


@pytest.mark.parametrize("outcome", FRENCH.outcomes)
def test_an_outcome_takes_as_many_officers_as_the_law_says(office: Office, outcome: str) -> None:
    """The journal has a separate action for two officers.

    The case shows the name that the law gives the outcome. Until officers have decided whether to inform the
    prosecutor, no officer can close a case alone.
    """
    rule = FRENCH.outcomes[outcome]
    to = ["--to", "defender_of_rights"] if rule.body is Body.NEEDED else []
    if outcome == "inadmissible":
        office.json("case", "decide", "1", "inadmissible", "--ground", "facts", "--reason", "x")
    if rule.officers == 1:
        office.json("case", "set-source-risk", "1", "low", "--reason", "x")
        office.json(
            "case", "decide", "1", "transmit" if rule.only_after else "no_transmission", "--reason", "x"
        )
    if rule.linked:
        office.json("case", "link", "add", "1", "2", "duplicate")
    may_be_told = rule.officers == 1 and not rule.is_untold
    how = ("--disclosure", "partial", "--text", "Clos.") if may_be_told else WITHHELD
    office.json("case", "close", "1", outcome, *how, *to)
    entry = office.json("journal", "list")["entries"][-2]
    assert ("close" if may_be_told else "close-by-two") == entry["action"]
    told = {"acknowledges": True} if may_be_told else {}
    assert {"outcome": outcome, "disclosure": how[1], **told} == entry["values"]
    assert 2 == TABLE[Code.CLOSE_BY_TWO].officers
    assert f"outcome: {rule.name.en}, disclosure {how[1]}" in office.run("case", "show", "1").out


def test_the_outcome_transmitted_requires_a_transmission_and_the_outcome_out_of_scope_excludes_one(
    office: Office,
) -> None:
    """The rule applies on both surfaces.

    Otherwise one officer could close a case as transmitted after two officers had decided against a
    transmission.
    """
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    said = office.run("case", "close", "1", "transmitted", *WITHHELD).err
    assert "this outcome needs a measure that is not recorded: art40_transmission" in said
    assert "inbox case decide 1 transmit --reason TEXT" in said
    form = {"outcome": "transmitted", "disclosure": "withheld", "reason": "x"}
    with sitting(office) as client:
        shown = client.send("/fr/case/1/close", **form)
        assert (409, True) == (shown.status_code, "Transmission au procureur" in html.unescape(shown.text))
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    out_of_scope = ("case", "close", "1", "out_of_scope", *WITHHELD, "--to", "ministry")
    assert "this outcome contradicts a recorded measure: art40_transmission" in office.run(*out_of_scope).err
    office.json("case", "close", "1", "transmitted", *WITHHELD)
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "close", "1", "founded", *WITHHELD)


def test_a_closed_case_accepts_no_measure_that_contradicts_its_outcome(office: Office) -> None:
    """The measure that the outcome requires cannot be retracted either.

    Once the case is reopened, officers can record such a measure and retract the other measure.
    """
    office.json("case", "show", "1")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    transmit = ("case", "decide", "1", "transmit", "--reason", "x")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "close", "1", "out_of_scope", *WITHHELD, "--to", "ministry")
    said = office.run(*transmit).err
    assert (
        "case 1 is closed as Out of scope; this change would contradict that outcome: art40_transmission"
        in said
    )
    assert "inbox case reopen 1 --reason TEXT" in said
    office.json("case", "reopen", "1", "--reason", "x")
    office.json(*transmit)
    office.json("case", "close", "1", "transmitted", *WITHHELD)
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    said = office.run("case", "measure", "retract", "1", "2", "--reason", "x").err
    assert "this change would contradict that outcome: art40_transmission" in said
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "measure", "retract", "1", "2", "--reason", "x")


def test_closing_a_case_as_a_duplicate_requires_a_link_to_a_case_that_is_investigated(office: Office) -> None:
    """One officer can close a duplicate, so the facts must be under investigation in another case.

    The rule applies on both surfaces.
    """
    linked = [code for code, rule in FRENCH.outcomes.items() if rule.linked]
    assert ["duplicate"] == linked
    end = ("case", "close", "1", "duplicate", *WITHHELD)
    for words in (
        ("case", "show", "1"),
        ("case", "link", "add", "1", "2", "same_facts"),
        ("case", "link", "dismiss", "1", "2"),
    ):
        office.json(*words)
        said = refused(office, *end)
        assert "case 1 is not linked as a duplicate of a case that is or was investigated" in said
        assert "inbox case link add 1 OTHER duplicate" in said
    form = {"outcome": "duplicate", "disclosure": "withheld", "reason": "x"}
    with sitting(office) as client:
        assert 409 == client.send("/en/case/1/close", **form).status_code
    office.json("case", "link", "add", "1", "2", "duplicate")
    office.json(*end)


def test_an_outcome_that_finds_facts_requires_a_decision_on_informing_the_prosecutor(office: Office) -> None:
    """The score does not matter. Otherwise officers could avoid the question by leaving a case unscored."""
    for outcome in [
        code for code, rule in FRENCH.outcomes.items() if rule.finds_facts and not rule.only_after
    ]:
        said = refused(office, "case", "close", "1", outcome, *WITHHELD)
        assert "it has not been decided whether to inform the prosecutor" in said
        assert "inbox case decide 1 transmit|no_transmission" in said


@pytest.mark.slow
def test_disclosing_an_outcome_to_the_reporter_requires_a_decision_on_informing_the_prosecutor(
    office: Office,
) -> None:
    """The law requires no decision here, but a case without a score may concern an offence.

    The rule covers full disclosure, partial disclosure, and a text beside a withheld outcome. The rule also
    covers the preview at the desk. A referral to another authority needs no such decision.
    """
    office.json("case", "link", "add", "1", "2", "duplicate")
    telling = {code for code, rule in FRENCH.outcomes.items() if rule.needs_word and not rule.only_after}
    assert {"transmitted"} == FRENCH.outcomes.keys() - telling
    for outcome in sorted(telling):
        to = ["--to", "ministry"] if FRENCH.outcomes[outcome].body is Body.NEEDED else []
        for how in (["--disclosure", "full"], ["--disclosure", "partial"], [*WITHHELD]):
            said = refused(office, "case", "close", "1", outcome, *how, *to, "--text", "Merci.")
            assert "it has not been decided whether to inform the prosecutor" in said
            assert "inbox case decide 1 transmit|no_transmission --reason TEXT" in said
    form = {"outcome": "moot", "disclosure": "full", "text": "Merci."}
    with sitting(office) as client:
        assert 409 == client.send("/en/case/1/close/preview", **form).status_code
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "close", "1", "moot", "--disclosure", "full", "--text", "Merci.")
    office.json("case", "close", "2", "out_of_scope", *WITHHELD, "--to", "defender_of_rights")


@pytest.mark.parametrize("code", ["prosecutor", "police"])
def test_referring_a_reporter_to_the_judiciary_requires_a_decision_on_informing_the_prosecutor(
    office: Office, code: str
) -> None:
    """An office that refers a reporter to the judiciary is itself aware of an offence.

    Referrals to other authorities require no decision on informing the prosecutor.
    """
    end = ("case", "close", "1", "out_of_scope", *WITHHELD, "--to", code)
    office.json("case", "close", "2", "out_of_scope", *WITHHELD, "--to", "defender_of_rights")
    assert "it has not been decided whether to inform the prosecutor" in refused(office, *end)
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json(*end)


def test_an_inadmissible_report_can_be_closed_with_or_without_a_referral(
    office: Office, told: Callable[[], Any]
) -> None:
    """The law makes the referral optional for this outcome."""
    office.tell_no_prosecutor(1)
    for number in ("1", "2"):
        office.json("case", "decide", number, "inadmissible", "--ground", "facts", "--reason", "x")
    office.json("case", "close", "2", "inadmissible", *WITHHELD)
    assert [] == work(office, 2)["measures"]
    office.json("case", "close", "1", "inadmissible", "--disclosure", "full", "--to", "defender_of_rights")
    said = told().messages[-1].text
    assert said.startswith("Vous pouvez aussi vous adresser à\u00a0:\n\nLe Défenseur des droits\n")
    assert ["defender_of_rights"] == [each["addressee"] for each in work(office)["measures"]]


def test_the_refusal_of_an_outcome_names_the_measure_that_officers_must_record_by_hand(
    office: Office,
) -> None:
    """Under this law, the measure is not recorded automatically with any decision.

    Without the name of the measure, the hint could suggest only other outcomes.
    """
    needing = FILES["xx"]["outcomes.toml"].replace(
        b"finds_facts", b'only_after = "coast_guard"\nfinds_facts', 1
    )
    replies = FILES["xx"]["replies.toml"].replace(b'outcome = "upheld"\n', b"")
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, {**FILES["xx"], "outcomes.toml": needing, "replies.toml": replies})
    office.json("queue", "list")
    office.json("case", "decide", "1", "drop", "--reason", "x")
    said = refused(office, "case", "close", "1", "upheld", *WITHHELD)
    assert "record this measure first: inbox case measure add 1 coast_guard; or close the case with" in said


def test_a_case_is_closed_only_with_an_outcome_of_the_law_in_use(office: Office) -> None:
    """The law in use also says how many officers an outcome takes.

    The law also says whether the outcome needs a referral.
    """
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    for outcome in FRENCH.outcomes:
        assert "use one of: upheld, nothing_for_us" in refused(
            office, "case", "close", "1", outcome, *WITHHELD
        )
    assert "say which authority is competent" in refused(
        office, "case", "close", "1", "nothing_for_us", *WITHHELD
    )
    office.settle(1)
    said = "the reporter is not directed to another authority"
    assert said in refused(office, "case", "close", "1", "upheld", *WITHHELD, "--to", "magistrate")
    assert "inbox case decide 1 seize|drop" in refused(office, "case", "close", "1", "upheld", *WITHHELD)
    office.json("case", "decide", "1", "drop", "--reason", "x")
    office.json("case", "close", "1", "upheld", *WITHHELD)
    assert "close-by-two" == office.json("journal", "list")["entries"][-2]["action"]
    assert "outcome: Upheld, disclosure withheld" in office.run("case", "show", "1").out
    assert {"upheld": 1} == office.json("office", "oversight")["outcomes"]


def test_a_closed_case_cannot_change_until_it_is_reopened_with_a_reason(
    office: Office, told: Callable[[], Any]
) -> None:
    """Reopening clears the outcome. Nothing else changes the status of a closed case."""
    assert "case 1 is open" in refused(office, "case", "reopen", "1", "--reason", "x")
    office.json("case", "close", "1", "moot", *WITHHELD)
    assert "already closed" in refused(office, "case", "close", "1", "founded", *WITHHELD)
    assert "case 1 is closed\nhint: reopen the case first" in refused(
        office, "case", "set-status", "1", "assessing"
    )
    assert 2 == office.run("case", "set-status", "1", "closed").code
    assert 2 == office.run("case", "reopen", "1").code
    assert "closed" == told().status
    assert "assessing" == office.json("case", "reopen", "1", "--reason", "more came")["status"]
    assert ("", "", "") == tuple(work(office)[name] for name in ("outcome", "disclosure", "withheld"))
    assert "assessing" == told().status


def test_no_score_closes_a_case(office: Office) -> None:
    """Even a case with the lowest score is not closed automatically."""
    lowest = [word for name in ("danger", "severity", "access") for word in (f"--{name}", "0")]
    office.json("case", "set-score", "1", *lowest, "--reason", "x")
    assert ("received", 2) == (
        office.json("case", "show", "1")["status"],
        office.json("queue", "list")["count"],
    )


def test_a_case_found_inadmissible_can_be_closed_only_as_inadmissible(office: Office) -> None:
    """Before the decision, the outcome “inadmissible” is refused.

    After the decision, every other outcome is refused until officers decide again.
    """
    decided = ["inadmissible", "--ground", "consideration", "--reason", "he asks for money"]
    assert "this outcome has not been decided" in refused(
        office, "case", "close", "1", "inadmissible", *WITHHELD
    )
    office.json("case", "decide", "1", *decided)
    shown = office.run("case", "show", "1").out
    assert "decided outcome: Inadmissible\n" in shown
    assert "Admissibility: Inadmissible (The reporter is paid for reporting; he asks for money)" in shown
    said = refused(office, "case", "close", "1", "moot", *WITHHELD)
    assert "another outcome has been decided" in said
    assert "close the case as Inadmissible, or change the decision: inbox case decide 1 admissible" in said
    office.json("case", "close", "1", "inadmissible", *WITHHELD)
    last = [each["action"] for each in office.json("journal", "list")["entries"] if each["case"] == 1]
    assert ["decide-by-two", "close-by-two"] == [each for each in last if each.endswith("by-two")]
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "decide", "1", "admissible", "--reason", "he does not")
    office.json("case", "close", "1", "moot", *WITHHELD)


def test_the_journal_records_the_ground_of_a_decision(office: Office) -> None:
    """The journal entry contains the code of the ground. The list shows the label of the ground."""
    office.json("case", "decide", "1", "inadmissible", "--ground", "facts", "--reason", "weather")
    (noted,) = [each for each in office.json("journal", "list")["entries"] if "decision" in each["values"]]
    assert {"duty": "admissibility", "decision": "inadmissible", "decision_ground": "facts"} == noted[
        "values"
    ]
    assert "Admissibility, Inadmissible, The facts are not" in office.run("journal", "list").out


def test_the_desk_shows_the_outcome_that_was_decided_and_preselects_no_other(office: Office) -> None:
    """In every form on the page of a case, the fields that the law leaves to the officer are empty."""
    with sitting(office) as client:
        form = {"choice": "inadmissible", "decision-ground": "facts", "reason": "weather"}
        assert (
            303 == client.send("/en/case/1/decide", **form, **{"passphrase-officer": PASSPHRASE}).status_code
        )
        page = client.page("/en/case/1")
    assert "The decided outcome: Inadmissible</p>" in page
    deciding = re.findall(r'<select id="((?:choice-|ground)[^"]*)"', page)
    duties = ("admissibility", "art14", "art40", "identity_notice")
    assert [*(f"choice-{duty}" for duty in duties), "ground", "ground-admissibility"] == sorted(deciding)
    assert [] == chosen_beforehand(page, "outcome", "disclosure", *deciding, "kind")
    assert "The facts are not of a kind that the law allows to be reported here" in page


@pytest.mark.parametrize("outcome", ["moot", "duplicate"])
def test_two_officers_must_close_a_case_if_it_is_undecided_whether_to_inform_the_prosecutor(
    office: Office, outcome: str
) -> None:
    """The rule covers every outcome, because a case without a score may concern an offence."""
    office.settle(2)
    office.json("case", "show", "2")
    office.json("case", "link", "add", "2", "1", "duplicate")
    wanted = Closing(outcome=outcome, disclosure=Disclosure.WITHHELD, reason="x")
    with office.unlocked() as opened:
        alone = Actor(opened.present, today())
        with pytest.raises(Locked):
            closing.close(opened.inbox, alone, 2, wanted)
        decide = Decision(choice="no_transmission", reason="x")
        decisions.decide(opened.inbox, opened.by_opening(today()), 2, decide)
        closing.close(opened.inbox, alone, 2, wanted)


def waiting(office: Office) -> list[str]:
    """Return the texts that wait for the next outbox in case 1."""
    return [each["text"] for each in office.json("case", "show", "1")["messages"] if not each["sent"]]


def has_feedback(office: Office) -> bool:
    with office.opened() as inbox, inbox.transaction() as session:
        return session.get_one(Workflow, 1).feedback


BAD_FAITH = ("case", "close", "1", "bad_faith", "--disclosure", "full")


def test_a_template_for_an_outcome_is_sent_only_by_closing_the_case(office: Office) -> None:
    """If such a template could be sent as a reply, one officer alone could send it.

    The outcome that the template announces takes two officers.
    """
    office.tell_no_prosecutor(1)
    reply = ("message", "reply", "1", "--text", "Merci.", "--template", "closing_bad_faith")
    said = refused(office, *reply)
    assert "this text ends the case" in said
    assert "inbox case close 1 bad_faith --disclosure full --template ID" in said
    with sitting(office) as client:
        form = {"template": "closing_bad_faith", "text": "Merci."}
        assert 409 == client.send("/en/case/1/reply", **form).status_code
        ids, page = ("template", "closing-template"), client.page("/en/case/1?part=dialogue")
        replying, ending = (page.split(f'<select id="{each}"')[1].split("</select>")[0] for each in ids)
        assert ("closing_bad_faith" in replying, "closing_bad_faith" in ending) == (False, True)
    other = (*BAD_FAITH, "--template", "closing_moot", "--text", "Merci.")
    assert "is not for the outcome" in refused(office, *other)
    office.json(*BAD_FAITH, "--template", "closing_bad_faith", "--text", "Merci.")
    (text,) = waiting(office)
    assert "Merci." in text
    assert len(text) > len("Merci.")


def test_the_text_of_a_closing_does_not_reveal_a_duplicate_or_a_transmission(
    office: Office, told: Callable[[], Any]
) -> None:
    """The text of a duplicate, of a transmission and of every withheld closing is the same, byte for byte.

    Everybody can read the law. If one kind of closing had its own text, that text would reveal the kind to a
    probe. An officer's own words are also refused in these closings, because they could reveal the kind of
    closing.
    """
    office.tell_no_prosecutor(1)
    neutral = ("--template", "closing_untold")
    office.json("case", "link", "add", "1", "2", "duplicate")
    duplicate, end = ("case", "close", "1", "duplicate"), ("--disclosure", "full")
    for how in (end, WITHHELD):
        assert "only the text that reveals nothing may be sent" in refused(
            office, *duplicate, *how, "--text", "Merci."
        )
    other = (*duplicate, *end, "--template", "closing_moot", "--text", "Merci.")
    assert "without words of your own" in refused(office, *other)
    assert "this text ends the case" in refused(office, "message", "reply", "1", *neutral)
    office.json(*duplicate, *end, *neutral)
    first = told()
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    for words in (
        ("case", "decide", "1", "transmit", "--reason", "x"),
        ("case", "measure", "add", "1", "prosecutor_word"),
    ):
        office.json(*words)
    office.json("case", "close", "1", "transmitted", *end, *neutral)
    second = told()
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "close", "1", "founded", *WITHHELD, *neutral)
    read = [each.text.encode() for each in told().messages]
    assert (3, 1) == (len(read), len(set(read)))
    assert (first.status, first.measures_disclosed) == (second.status, second.measures_disclosed)


def test_only_feedback_among_the_waiting_replies_replaces_the_text_of_a_closing(office: Office) -> None:
    """A waiting acknowledgement or question does not replace the text of a closing.

    The feedback at the end is the control.
    """
    office.tell_no_prosecutor(1)
    bare = ("case", "close", "1", "moot", "--disclosure", "full")
    for reply in (["--text", "Avez-vous une date ?"], ["--template", "acknowledgement"]):
        office.json("message", "reply", "1", *reply)
        assert "has to be informed in writing" in refused(office, *bare)
    assert not has_feedback(office)
    office.json(
        "message", "reply", "1", "--template", "feedback", "--text", "Des mesures sont prises.", "--feedback"
    )
    office.json(*bare)


def test_a_case_that_two_officers_closed_is_reopened_and_closed_again_only_by_two_officers(
    office: Office,
) -> None:
    """Otherwise one officer could close a case of bad faith as moot, with the text that two officers wrote.

    Reopening retracts that text, so it no longer counts as feedback. If the reporter has written since the
    closing, one officer can reopen the case.
    """
    office.tell_no_prosecutor(1)
    office.json(*BAD_FAITH, "--text", "De mauvaise foi.")
    with office.unlocked() as opened, pytest.raises(Locked):
        closing.reopen(opened.inbox, Actor(opened.present, today()), 1, "x")
    office.json("case", "reopen", "1", "--reason", "x")
    assert ([], False) == (waiting(office), has_feedback(office))
    assert "by_two" in work(office)["closing_depending"]
    moot = ("case", "close", "1", "moot", "--disclosure", "full")
    assert "has to be informed in writing" in refused(office, *moot)
    wanted = Closing(outcome="moot", disclosure=Disclosure.FULL, text="Merci.")
    with office.unlocked() as opened, pytest.raises(Locked):
        closing.close(opened.inbox, Actor(opened.present, today()), 1, wanted)
    office.json(*moot, "--text", "Merci.")
    with office.opened() as inbox, inbox.transaction() as session:
        day = today()
        letter = {"id": b"x" * 16, "text": "", "message": b"", "signature": b""}
        session.add(FollowUp(case=1, position=1, received=day, written=day, **letter))
    with office.unlocked() as opened:
        closing.reopen(opened.inbox, Actor(opened.present, today()), 1, "x")
