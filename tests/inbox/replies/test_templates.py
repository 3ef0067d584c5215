"""Reply templates: the shipped ones are valid, and an office can replace them with a valid file."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.messages import Status
from inbox.deadlines import workflow
from inbox.language import days, labels
from inbox.law import in_use
from inbox.replies import templates
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import PASSPHRASE, Reporter, Scene, World, first, today
from tests.support.laws import FILES, FRENCH, edited

SHIPPED = FILES["fr"]["replies.toml"].decode("utf-8")
OWN_WORDS = "Was it in the morning?"
GOOD = """
source = "Ours"

[reply.greeting]
acknowledges = true
title = { fr = "Salut", en = "Greeting" }
status = ["received"]
text = { fr = "Bonjour de {name}", en = "Hello from {name}" }

[reply.said]
answers = true
title = { fr = "Voici", en = "Said" }
status = ["assessing"]
text = { fr = "Voici : {text}", en = "This: {text}" }

[reply.later]
extends = true
title = { fr = "Plus tard", en = "Later" }
status = ["assessing"]
text = { fr = "Plus tard : {text}", en = "Later: {text}" }
"""


@pytest.fixture(scope="module")
def founded_reported(founded_world: World, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """An inbox with two cases: case 1 is in French, and case 2 is in English."""
    scene = Scene.begun(founded_world, tmp_path_factory.mktemp("reported"))
    for edit in (None, lambda report: replace(report, language="en")):
        scene.collect(first(Reporter(scene.world), edit=edit))
    return scene


# Each row has a text, its replacement, and the resulting error.
MISTAKES = {
    "unknown value": (
        "{name}",
        "{nobody}",
        "line 8: templates: 'reply.greeting.text.fr' must be a text without 'nobody'; allowed names: name, ",
    ),
    "conversion": ("{name}", "{name!r}", "must be a text without 'name!r'"),
    "attribute": ("{name}", "{name.__class__}", "must be a text without 'name.__class__'"),
    "format": ("{name}", "{name:>9}", "must be a text without 'name:>9'"),
    "brace": (
        "{name}",
        "{name",
        "line 8: templates: 'reply.greeting.text.fr' must be a text with matching braces",
    ),
    "other values": (
        "Hello from {name}",
        "Hello",
        "line 8: templates: 'reply.greeting.text' must be a text whose French (fr) and English (en) versions"
        " have the same names in braces",
    ),
    "one language": (
        ', en = "Greeting"',
        "",
        "'reply.greeting.title' must be a French text (fr) and an English text (en)",
    ),
    "empty": ('"Greeting"', '""', "'reply.greeting.title.en' must be a text of 1 to 1000 characters"),
    "status": ('["received"]', '["lost"]', "status 1 must be one of received"),
    "no status": ('["received"]', "[]", "'reply.greeting.status' must be a list with at least one entry"),
    "status as text": ('["received"]', '"received"', "'reply.greeting.status' must be a list"),
    "outcome": ("status", 'outcome = "lost"\nstatus', "'reply.greeting.outcome' must be one of founded"),
    "member": ("status", 'colour = "blue"\nstatus', "'reply.greeting.colour' is not known here"),
    "id": ("reply.greeting", "reply.Greeting", "'reply.Greeting' is not known here"),
    "twice": ("reply.later", "reply.greeting", "templates is not TOML"),
    "decision": ("status", 'decision = "transmit"\nstatus', "'reply.greeting.decision' must be one of told"),
    "two of more time": ("status", "extends = true\nstatus", "exactly one entry that has extends = true"),
    "none that acknowledges": ("acknowledges = true", "", "an entry that has acknowledges = true"),
    "none for feedback": ("answers = true", "", "an entry that has answers = true and does not close a case"),
    "feedback that ends": (
        "answers = true",
        'answers = true\noutcome = "moot"',
        "and does not close a case",
    ),
    "no own text": (
        "status",
        'outcome = "duplicate"\nstatus',
        "'reply.greeting.outcome' must be an outcome that allows replies other than",
    ),
    "both ends": (
        "status",
        'closes = true\noutcome = "moot"\nstatus',
        "a table with either closes or outcome",
    ),
    "none of more time": ("extends = true", "", "exactly one entry that has extends = true"),
    "no source": ('source = "Ours"', "", "'source' is missing"),
    "long": ("Hello", "x" * 4_001, "'reply.greeting.text.en' must be a text of 1 to 4000 characters"),
    "no TOML": ("=", "", "templates is not TOML"),
    "nothing": (GOOD, "", "is missing"),
    "number": (GOOD, 'source = "x"\nreply = 7', "templates: 'reply' must be a table"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_file_of_templates_with_an_error_is_refused(world: World, tmp_path: Path, name: str) -> None:
    """The error names the place of the mistake. The templates in use stay unchanged."""
    path = tmp_path / "replies.toml"
    old, new, said = MISTAKES[name]
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    before = world.office.state()
    refused = world.office.run("message", "template", "replace", path)
    assert (1, "") == (refused.code, refused.out)
    assert said in refused.err
    assert before == world.office.state()


def test_a_file_of_templates_in_another_encoding_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "replies.toml"
    path.write_bytes(GOOD.replace("Salut", "Écrit").encode("latin-1"))
    assert "templates is not TOML" in world.office.run("message", "template", "replace", path).err


def test_the_shipped_templates_cover_every_status_and_every_outcome() -> None:
    """Outcomes that no text may disclose are the exception."""
    known = FRENCH.replies.values()
    assert set(Status) == {status for each in known for status in each.status}
    assert set(FRENCH.outcomes) - FRENCH.untold == {each.outcome for each in known} - {None}
    assert {"acknowledgement", "details", "feedback", "extension", "withheld"} <= FRENCH.replies.keys()


# These words reveal that somebody else reported, or that the judiciary has the case.
GIVES_AWAY = re.compile(
    r"autres? signalement|d[ée]j[àa]|doublon|procureur|magistrat|transmis|article 40|une enquête"
    r"|other report|already|duplicate|prosecutor|judge|transmitted|passed on|an investigation"
)


def test_no_shipped_template_reveals_that_the_judiciary_has_the_case_or_that_another_report_exists() -> None:
    """The person who writes to the office may be a suspect."""
    said = SHIPPED.split("[reply.", 1)[1].lower()
    assert [] == [word for word in ("already", "déjà", "other report", "autre signalement") if word in said]
    ends = [each for each in FRENCH.replies.values() if each.ends]
    assert [] == [
        (each.code, text)
        for each in ends
        for text in (each.text.fr, each.text.en)
        if GIVES_AWAY.search(text.lower())
    ]


@pytest.mark.slow
def test_every_shipped_template_can_be_filled_in(reported: World) -> None:
    """The test fills in each template in both languages.

    No brace is left in the text, and no warning is given.
    """
    reported.office.tell_no_prosecutor(1, 2)
    known = FRENCH.replies
    for case in ("1", "2"):
        for each in [each for each in known.values() if not each.extends]:
            own = ["--text", OWN_WORDS] if each.takes_own_words else []
            view = reported.office.json("message", "reply", case, "--template", each.code, "--preview", *own)
            assert not re.search(r"[{}]", view["text"])
            assert (OWN_WORDS in view["text"]) is each.takes_own_words
            assert view["text"] == view["messages"][-1]["text"]
            assert [] == view["findings"]


def test_an_acknowledgement_names_the_days_of_the_case_in_the_language_of_the_report(reported: World) -> None:
    """The days are the day of receipt and the last day for feedback.

    The last day depends on the acknowledgement itself.
    """
    with reported.office.opened() as inbox, inbox.transaction() as session:
        due = workflow.feedback_due(session, 1, today(), acknowledging=True).day
    for case, language in (("1", "fr"), ("2", "en")):
        text = reported.office.json("message", "reply", case, "--template", "acknowledgement", "--preview")[
            "text"
        ]
        assert all(days.full(language, day) in text for day in (today(), due))


def test_a_template_is_offered_with_the_exact_text_that_would_be_sent(reported: World) -> None:
    """The offered text also contains the days of the case.

    For example, an acknowledgement starts the period for feedback.
    """
    with reported.office.opened() as inbox, inbox.transaction() as session:
        used = templates.known(session)
        offered = templates.for_case(session, 1, today(), used)
        for code in ("acknowledgement", "details"):
            own = "" if used[code].acknowledges else OWN_WORDS
            place = labels.of("place")["text"].in_("fr")
            filled = templates.fill(session, 1, code, own, today())
            assert filled == offered[code].replace(f"[{place}]", own)


@pytest.mark.parametrize("template", ["feedback", "withheld"])
def test_feedback_requires_a_decision_on_admissibility_and_a_measure(reported: World, template: str) -> None:
    """Otherwise a text that tells the reporter nothing could meet the deadline on the first day.

    A plain reply requires neither a decision nor a measure. A measure taken before the report does not count,
    nor does the decision to inform nobody.
    """
    office = reported.office
    office.json("case", "set-status", "1", "assessing")
    office.json("message", "acknowledge", "1")
    said = ["message", "reply", "1", "--template", template]
    said += ["--text", OWN_WORDS] if template == "feedback" else []
    before = (today() - timedelta(400)).isoformat()
    earlier = ("case", "measure", "add", "1", "protection_offered", "--day", before)
    done, undone = (
        ("case", "measure", "add", "1", "protection_offered"),
        ("case", "measure", "retract", "1", "2", "--reason", "x"),
    )
    admissible, nobody = (
        ("case", "decide", "1", each, "--reason", "x") for each in ("admissible", "not_needed")
    )
    for put in ((), (earlier,), (done,), (undone, admissible), (nobody,)):
        for words in put:
            office.json(*words)
        refusal = office.run(*said, "--feedback")
        assert (1, True) == (
            refusal.code,
            "before officers give feedback, they must decide on admissibility" in refusal.err,
        )
    office.json(*said)
    office.json(*done)
    office.json(*said, "--feedback")


def test_own_words_count_as_feedback_only_in_a_template_for_feedback_or_beside_a_shown_measure(
    reported: World,
) -> None:
    """Otherwise “merci” would meet the deadline, and so would any general text."""
    office = reported.office
    for choice in ("admissible", "no_transmission"):
        office.json("case", "decide", "1", choice, "--reason", "x")
    office.json("case", "set-source-risk", "1", "low", "--reason", "x")
    office.json("case", "measure", "add", "1", "process_fix")
    office.json("message", "acknowledge", "1")
    own, general = ("--text", OWN_WORDS), ("--template", "reprisals")
    for said in (own, general):
        refusal = office.run("message", "reply", "1", *said, "--feedback")
        assert (1, True) == (refusal.code, "no measure is shown to the reporter" in refusal.err)
        assert "inbox message reply 1 --template feedback|withheld; or show a measure" in refusal.err
    office.json("message", "reply", "1", *own)
    office.json("case", "measure", "share", "1", "1")
    office.json("message", "reply", "1", *own, "--feedback")
    office.json("case", "measure", "unshare", "1", "1")
    assert 1 == office.run("message", "reply", "1", *own, "--feedback").code
    office.json("message", "reply", "1", "--template", "feedback", *own, "--feedback")


def test_a_template_that_names_a_day_for_feedback_is_refused_if_no_feedback_is_due(reported: World) -> None:
    """No day may be promised after the office gave feedback, or after the closing withheld it."""
    told = ["message", "reply", "1", "--template", "feedback", "--text", OWN_WORDS, "--feedback"]
    for choice in ("admissible", "no_transmission"):
        reported.office.json("case", "decide", "1", choice, "--reason", "x")
    reported.office.json("message", "acknowledge", "1")
    assert 0 == reported.office.run(*told).code
    reported.office.close("2", "moot", "--disclosure", "withheld", "--reason", "x")
    for case in ("1", "2"):
        said = reported.office.run("message", "reply", case, "--template", "acknowledgement").err
        assert "names feedback_by, which this case does not have" in said


def test_an_acknowledgement_followed_by_an_officers_own_words_still_acknowledges_the_report(
    reported: World,
) -> None:
    own = ("--template", "acknowledgement", "--text", f" {OWN_WORDS}\n")
    reported.office.json("message", "reply", "1", *own)
    shown = reported.office.json("case", "show", "1")
    assert ("acknowledged", True) == (
        shown["status"],
        shown["messages"][0]["text"].endswith(f"notre réponse.\n\n{OWN_WORDS}"),
    )
    invisible = ("--template", "acknowledgement", "--text", "\u200b")
    reported.office.json("message", "reply", "2", *invisible)
    text = reported.office.json("case", "show", "2")["messages"][0]["text"]
    assert text.endswith("without waiting for our answer.")


def test_only_a_template_with_a_place_for_words_of_an_officer_accepts_such_words(reported: World) -> None:
    assert (
        "needs words of your own" in reported.office.run("message", "reply", "1", "--template", "details").err
    )
    refused = reported.office.run("message", "reply", "1", "--template", "reprisals", "--text", OWN_WORDS)
    assert "has no place for words of your own" in refused.err
    refused = reported.office.run("message", "reply", "1", "--template", "extension", "--text", OWN_WORDS)
    assert (
        "but the time was not extended\nhint: extend the time and tell the reporter: inbox case extend"
        in refused.err
    )
    assert (
        "there is no template hello"
        in reported.office.run("message", "reply", "1", "--template", "hello").err
    )
    assert (
        "at most 500 characters" in reported.office.run("message", "reply", "1", "--template", "x" * 501).err
    )
    braces = "Was it {name}?"
    reported.office.json("message", "reply", "1", "--template", "details", "--text", braces)
    (message,) = reported.office.json("case", "show", "1")["messages"]
    assert braces in message["text"]


def test_an_office_can_replace_the_templates_with_its_own_file(reported: World, tmp_path: Path) -> None:
    """The office exports the file, edits it and imports it.

    A template that the file no longer contains cannot be sent.
    """
    mine = tmp_path / "mine.toml"
    reported.office.json("message", "template", "export", "--out", mine)
    assert SHIPPED == mine.read_text("utf-8")
    assert "already exists" in reported.office.run("message", "template", "export", "--out", mine).err
    mine.write_text(GOOD, "utf-8")
    assert ["greeting", "said", "later"] == [
        each["id"] for each in reported.office.json("message", "template", "replace", mine)["templates"]
    ]
    assert ["greeting", "said", "later"] == [
        each["id"] for each in reported.office.json("message", "template", "list")["templates"]
    ]
    reported.office.json("message", "reply", "2", "--template", "greeting")
    (message,) = reported.office.json("case", "show", "2")["messages"]
    assert "Hello from Customs inspectorate" == message["text"]
    assert (
        "there is no template details"
        in reported.office.run("message", "reply", "1", "--template", "details").err
    )


def test_the_list_of_templates_names_the_language_of_each_text(reported: World, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD, "utf-8")
    reported.office.json("message", "template", "replace", tmp_path / "mine.toml")
    shown = reported.office.run("message", "template", "list").out.splitlines()
    heads = [place for place, line in enumerate(shown) if line in ("fr:", "en:")]
    assert ["fr:", "en:"] * 3 == [shown[place] for place in heads]
    assert "Hello from" in shown[heads[1] + 1]


def marked(client: Client, number: int) -> set[str]:
    """Return the templates that the desk marks as suitable for a case, in a reply or in a closing."""
    choices = re.findall(
        r'<select id="(?:closing-)?template"(.*?)</select>', client.page(f"/en/case/{number}"), re.DOTALL
    )
    return set(re.findall(r'<option value="(\w+)">[^<]* ✓(?: \u2013[^<]+)?</option>', "".join(choices)))


def test_the_desk_marks_the_templates_that_fit_the_status_of_a_case(reported: World) -> None:
    reported.office.json("message", "reply", "1", "--template", "acknowledgement")
    reported.office.tell_no_prosecutor(1)
    for status in [each for each in Status if each is not Status.CLOSED]:
        reported.office.json("case", "set-status", "1", status)
        fitting = {code for code, each in FRENCH.replies.items() if status in each.status}
        with sitting(reported.office) as client:
            assert fitting - {"extension"} == marked(client, 1)


def test_a_closed_case_is_offered_no_template_for_an_outcome(reported: World, tmp_path: Path) -> None:
    """The rule applies even if the office's own file allows such templates after the closing.

    The other templates remain.
    """
    office, mine = reported.office, tmp_path / "mine.toml"
    mine.write_text(SHIPPED.replace("status = [", 'status = ["closed", ').replace('"closed"]', "]"), "utf-8")
    office.json("message", "template", "replace", mine)
    office.json("case", "show", "1")
    office.settle(1)
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "close", "1", "moot", "--disclosure", "withheld", "--reason", "x")
    endless = {code for code in FRENCH.replies if not code.startswith("closing_")} - {"extension"}
    with sitting(office) as client:
        assert endless == marked(client, 1)


def test_a_case_found_inadmissible_is_offered_only_the_template_for_that_outcome(reported: World) -> None:
    """The case is still open, but cannot be closed with any other outcome."""
    office = reported.office
    ends = {code for code, each in FRENCH.replies.items() if each.outcome}
    with sitting(office) as client:
        before = marked(client, 1) & ends
        form = {
            "choice": "inadmissible",
            "decision-ground": "facts",
            "reason": "x",
            "passphrase-officer": PASSPHRASE,
        }
        client.send("/en/case/1/decide", **form)
        assert {"closing_inadmissible", "closing_out_of_scope"} == before
        assert {"closing_inadmissible"} == marked(client, 1) & ends


def test_a_new_law_is_refused_if_it_lacks_a_decision_that_a_reply_announces(
    reported: World, tmp_path: Path
) -> None:
    """The reply may have been written before, or it may be a template in the office's own file."""
    office = reported.office
    mine, law = tmp_path / "mine.toml", tmp_path / "law"
    mine.write_text(SHIPPED, "utf-8")
    gone = edited(law, "duties.toml", "identity_notice.decision.told]", "identity_notice.decision.heard]")
    text = (gone / "replies.toml").read_text("utf-8")
    (gone / "replies.toml").write_text(text.replace('decision = "told"', 'decision = "heard"'), "utf-8")
    office.json("message", "template", "replace", mine)
    assert "lacks decision told, which is used 1 times" in office.run("law", "replace", gone).err
    (tmp_path / "named").write_text("Jean Dupont")
    office.json("case", "identity", "add", "1", "--text-file", tmp_path / "named")
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    office.json("message", "reply", "1", "--template", "identity_notice", "--text", "Comme convenu.")
    mine.write_text(GOOD, "utf-8")
    office.json("message", "template", "replace", mine)
    assert "lacks decision told, which is used 1 times" in office.run("law", "replace", gone).err


def test_the_templates_are_those_of_the_law_in_use_unless_an_office_has_its_own_file(
    reported: World, tmp_path: Path
) -> None:
    """No French template remains under another law.

    The office's own file may name only outcomes of that law.
    """
    office = reported.office
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    assert ["heard", "said", "upheld", "ended", "warning"] == [
        each["id"] for each in office.json("message", "template", "list")["templates"]
    ]
    assert "there is no template details" in office.run("message", "reply", "1", "--template", "details").err
    office.json("message", "reply", "2", "--template", "heard")
    (message,) = office.json("case", "show", "2")["messages"]
    assert "Heard by Customs inspectorate." == message["text"]
    mine = tmp_path / "mine.toml"
    mine.write_text(SHIPPED, "utf-8")
    assert "decision' must be one of warned" in office.run("message", "template", "replace", mine).err
    mine.write_text(SHIPPED.replace('decision = "told"', ""), "utf-8")
    assert (
        "outcome' must be one of upheld, nothing_for_us"
        in office.run("message", "template", "replace", mine).err
    )


def test_a_new_law_is_refused_if_it_lacks_an_outcome_that_the_offices_own_template_names(
    reported: World, tmp_path: Path
) -> None:
    """Templates that came with the old law do not matter, because the new law replaces them."""
    office = reported.office
    gone = edited(tmp_path / "law", "outcomes.toml", "[outcome.moot]", "[outcome.idle]")
    text = (gone / "replies.toml").read_text("utf-8")
    (gone / "replies.toml").write_text(text.replace('outcome = "moot"', 'outcome = "idle"'), "utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(SHIPPED, "utf-8")
    office.json("message", "template", "replace", mine)
    said = office.run("law", "replace", gone)
    assert (1, True) == (said.code, "the new law lacks outcome moot, which is used 1 times" in said.err)
    mine.write_text(GOOD, "utf-8")
    office.json("message", "template", "replace", mine)
    assert office.json("law", "replace", gone, "--loosening")["adopted"]


def test_an_extension_uses_the_template_marked_for_extensions_under_any_name(
    reported: World, tmp_path: Path
) -> None:
    """The template is refused in a reply without an extension."""
    office = reported.office
    mine = tmp_path / "mine.toml"
    mine.write_text(GOOD, "utf-8")
    office.json("message", "template", "replace", mine)
    office.json("office", "set", "--regime", "external")
    refused = office.run("message", "reply", "2", "--template", "later", "--text", "x")
    assert "the time was not extended" in refused.err
    office.json("case", "extend", "2", "--reason", "abroad", "--text", "abroad")
    (message,) = office.json("case", "show", "2")["messages"]
    assert "Later: abroad" == message["text"]


def test_a_template_with_a_question_changes_the_status_to_more_information_requested(
    first_reporter: Reporter,
) -> None:
    """The status is above the messages. If the question is retracted, the officer is told of the status."""
    office = first_reporter.world.office
    asking = ("message", "reply", "1", "--template", "details", "--text", OWN_WORDS)
    assert "PRÉCISIONS DEMANDÉES" in office.run(*asking, "--preview").out
    assert "received" == office.json("case", "show", "1")["status"]
    office.json(*asking)
    office.json("message", "reply", "1", "--template", "acknowledgement")
    assert "info_requested" == office.json("case", "show", "1")["status"]
    office.json("exchange", "outbox", "--out", office.out)
    office.json(*asking)
    assert "the status is still info_requested" in office.run("message", "retract", "1", "3").out
    office.json("case", "set-status", "1", "assessing")
    office.json("message", "reply", "1", "--text", "x")
    assert "still" not in office.run("message", "retract", "1", "3").out
