"""Pages and refusals show labels to officers, never a code of the law or of the program."""

import html
import re

import pytest

from inbox.desk import translate
from inbox.language import labels
from inbox.language.messages import sentence
from tests.support.desk_room import Client

HIDDEN = re.compile(r"<code\b.*?</code>|<script\b.*?</script>|<[^>]+>", re.DOTALL)
WORD = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)+|'\*'")
PAGES = (
    *("/today", "/", "/case/1", "/case/1/dialogue", "/case/1/work", "/case/1/timeline", "/case/1/links"),
    *("/case/1/ledger", "/case/1/readers", "/case/1/dossier", "/case/1/letters", "/case/1/minimise"),
    *(
        "/enter",
        "/access",
        "/medium",
        "/retention",
        "/oversight",
        "/goals",
        "/journal",
        "/office",
        "/office/law",
    ),
    *("/office/texts/reply", "/office/texts/letter", "/office/texts/authority", "/office/keys"),
)
# Forms that contain codes. The desk refuses these forms, or returns them to the officer for confirmation.
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("/case/1/decide", {"choice": "no_transmission", "reason": "x"}),
    ("/case/1/decide", {"choice": "defer", "reason": "x"}),
    ("/case/1/decide", {"choice": "not_told", "reason": "x", "until": "2030-01-01"}),
    ("/case/1/decide", {"choice": "not_forwarded", "reason": "x", "addressee": "x"}),
    ("/case/1/measure", {"kind": "art40_transmission", "degree": "0"}),
    ("/case/1/measure", {"kind": "disciplinary_sanction", "degree": "0"}),
    ("/case/1/close", {"outcome": "out_of_scope", "disclosure": "full", "text": "x"}),
    ("/case/1/reply", {"template": "functional_protection", "text": ""}),
    ("/case/1/letters", {"letter": "prosecutor", "to": "prosecutor", "language": "fr"}),
    ("/case/1/minimise/preview", {"place": "follow-up-7", "passage": "zebra"}),
    (
        "/case/1/dossier/preview",
        {
            "purpose": "prosecutor",
            "addressee": "x",
            "language": "fr",
            "enclosed": "none",
            "redact": "nulle part",
        },
    ),
)


def codes_in(page: str) -> set[str]:
    """Return the codes in the text of a page, leaving out commands for the officer to type."""
    known = {code for table in labels.tables() if table != "field" for code in labels.of(table)}
    said = html.unescape(HIDDEN.sub(" ", page))
    return {
        word
        for word in WORD.findall(said)
        if word in known or re.search(r"'\*'|^(?:follow-up|reply|file|measure|staff-note)-\d", word)
    }


@pytest.mark.slow
@pytest.mark.usefixtures("one_case")
def test_no_page_or_refusal_shows_a_code(client: Client) -> None:
    said = {
        path: codes_in(client.page(f"/fr{path}"))
        for path in PAGES
        if client.ask(f"/fr{path}").status_code == 200
    }
    assert len(said) > 18
    for path, given in ASKED:
        answer = client.send(f"/fr{path}", **given)
        said[f"{path} {given}"] = codes_in(answer.text)
    found = {path: codes for path, codes in said.items() if codes}
    assert found == {}, found


@pytest.mark.usefixtures("one_case")
def test_the_search_finds_a_planted_code(client: Client) -> None:
    client.page("/fr/case/1/work")
    page = "<p>Mesure : art40_transmission, '*' follow-up-3</p><code>inbox case decide 1 to_be_decided</code>"
    assert codes_in(page) == {"art40_transmission", "'*'", "follow-up-3"}


@pytest.mark.usefixtures("one_case")
def test_codes_inside_a_sentence_are_replaced_by_their_labels(client: Client) -> None:
    """Lists of codes are replaced too. Other text is not changed, with or without an underscore."""
    client.page("/fr/case/1/work")
    for table in labels.OF_THE_LAW:
        for code in labels.of(table):
            if "_" in code:
                assert code not in translate.told("fr", sentence("x {known}", known=f"{code}, {code}"))
    for name, table in {"kind": "measure", "letter": "letter", "choice": "decision"}.items():
        for code, label in labels.of(table).items():
            told = translate.told("fr", sentence("{x}: {" + name + "}", x="x", **{name: code}))
            assert told == f"x\u00a0: {label.fr}" or told.endswith(label.fr)
    decisions = {code: label for code, label in labels.of("decision").items() if "_" in code}
    assert decisions
    for code, label in decisions.items():
        assert translate.told("fr", sentence("x {known}", known=code)) == f"X {label.fr}"
    assert translate.told("fr", sentence("x {path}", path="/media/my_file")) == "X /media/my_file"
    assert translate.told("fr", sentence("x {place}", place="*")) == "X partout où ce passage se trouve"


@pytest.mark.usefixtures("one_case")
def test_each_decision_has_a_label_in_the_language_of_the_officer(client: Client) -> None:
    """An assessment can contain several decisions.

    A case without an officer is called unassigned, in words.
    """
    client.page("/fr/case/1/work")
    decided = labels.of("decided")
    assert len({each.fr for each in decided.values()}) > 2
    for code, each in decided.items():
        assert translate.field("fr", "choice", code) == each.fr
    assert translate.field("fr", "choice") == "Décision"
    assert translate.value("fr", translate.NOBODY, "officer") == "non attribué"
