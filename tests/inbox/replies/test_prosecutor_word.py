"""Once a prosecutor is informed, no reporter learns of a finding before the prosecutor's word.

The prosecutor's word is the statement that the persons concerned may be informed. A criminal network may have
sent an unknown reporter, to find out what the office knows.
"""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crypto.messages import Status
from inbox.casework.measures import telling
from inbox.deadlines.workflow import Disclosure
from inbox.law import in_use
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Message
from templates.law.rules import Body
from tests.support.desk_room import sitting
from tests.support.gate import chosen
from tests.support.inbox_builders import Office, today
from tests.support.inbox_outcomes import refused
from tests.support.laws import FILES, FRENCH

SILENT = ("--disclosure", "withheld", "--reason", "the inquiry goes on")
SAID = ("--text", "Merci.")
FULL = ("--disclosure", "full", *SAID)
YESTERDAY = (today() - timedelta(1)).isoformat()
NO_WORD = "the prosecutor has not said that the reporter can be told this outcome"

pytestmark = pytest.mark.copy_of("read")


@pytest.fixture(scope="module")
def read(with_reporter: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases that officers have read, with an assessment of the risk to the reporter.

    An unread case cannot be closed, and a measure of inquiry requires the assessment first.
    """
    office = with_reporter.copy(tmp_path_factory.mktemp("read"))
    office.read_all(1, 2, risk="low")
    return office


def phone(office: Office, number: str = "1") -> None:
    """Inform the prosecutor by telephone, and take the decision that the law then requires."""
    office.json("case", "measure", "add", number, "prosecutor_phoned")
    office.json("case", "decide", number, "no_transmission", "--reason", "he knows")


@pytest.mark.parametrize("tells", sorted(FRENCH.of_justice))
def test_an_outcome_that_confirms_a_report_is_not_disclosed_once_the_prosecutor_is_informed(
    office: Office, tells: str
) -> None:
    """Officers can disclose such an outcome neither in full nor in part.

    Officers cannot add a text to a withheld closing either.
    """
    if tells == "art40_transmission":
        office.json("case", "decide", "1", "transmit", "--reason", "x")
    else:
        office.json("case", "measure", "add", "1", tells)
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    for outcome in ("founded", "partly_founded"):
        for how in (FULL, ("--disclosure", "partial", *SAID), (*SILENT, *SAID)):
            assert NO_WORD in refused(office, "case", "close", "1", outcome, *how)
    assert "inbox case measure add 1 prosecutor_word" in refused(
        office, "case", "close", "1", "founded", *FULL
    )


OPENING = [code for code, each in FRENCH.measures.items() if each.opens_proceedings]
OF_THE_OFFICE = [each for each in OPENING if each not in FRENCH.of_justice]


@pytest.mark.parametrize("opens", chosen(OF_THE_OFFICE, OF_THE_OFFICE[0]))
def test_an_outcome_that_confirms_a_report_is_not_disclosed_during_proceedings_of_the_office(
    office: Office, opens: str
) -> None:
    """The rule applies even if no prosecutor is informed.

    The rule applies to each linked case separately, until the office's decision or the prosecutor's word.
    """
    told = "Une sanction est tombée."
    group = ("--degree", "2") if FRENCH.measures[opens].groups else ()
    for number in ("1", "2"):
        office.json("case", "decide", number, "no_transmission", "--reason", "x")
    office.json("message", "reply", "1", "--text", told, "--preview")
    office.json("case", "measure", "add", "1", opens, *group)
    # The decision on informing the persons concerned is due again.
    office.json("case", "decide", "1", "not_needed", "--reason", "x")
    for outcome in ("founded", "partly_founded"):
        for how in (FULL, ("--disclosure", "partial", *SAID), (*SILENT, *SAID)):
            assert NO_WORD in refused(office, "case", "close", "1", outcome, *how)
    assert "or what was found or done" in refused(office, "message", "reply", "1", "--text", told)
    office.json("case", "close", "1", "founded", *SILENT)
    with office.opened() as inbox, inbox.transaction() as session:
        assert session.get_one(Workflow, 1).put_off
        assert session.get_one(Workflow, 1).withheld
    office.json("case", "measure", "add", "1", "office_decision")
    with office.opened() as inbox, inbox.transaction() as session:
        assert not session.get_one(Workflow, 1).withheld, "the postponed feedback is not due again"
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "close", "1", "founded", *FULL)
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "measure", "add", "1", opens, *group)
    office.json("case", "decide", "1", "not_needed", "--reason", "x")
    assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "link", "add", "1", "2", "same_facts")
    office.json("case", "measure", "add", "2", opens, *group)
    assert "because of the linked case 2" in refused(office, "case", "close", "1", "founded", *FULL)
    office.json("case", "measure", "add", "2", "prosecutor_word")
    office.json("case", "close", "1", "founded", *FULL)


def test_the_prosecutors_word_with_restrictions_allows_no_disclosure(office: Office) -> None:
    """The program cannot interpret restrictions.

    Therefore neither the reporter nor the persons concerned can be informed. Once the prosecutor has given a
    later word without restrictions, officers can inform the reporter and these persons.
    """
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "measure", "add", "1", "prosecutor_word", "--restrictions", "nothing to anybody")
    assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
    assert "would warn them" in refused(office, "case", "decide", "1", "informed", "--reason", "x")
    assert "that the case is with the judiciary" in refused(
        office, "message", "reply", "1", "--text", "Le procureur est saisi."
    )
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "decide", "1", "informed", "--reason", "x")
    office.json("case", "close", "1", "founded", *FULL)


@pytest.mark.parametrize("outcome", [code for code, each in FRENCH.outcomes.items() if not each.only_after])
def test_only_the_outcomes_named_in_the_law_wait_for_the_prosecutors_word(
    office: Office, outcome: str
) -> None:
    phone(office)
    rule = FRENCH.outcomes[outcome]
    to = ["--to", "defender_of_rights"] if rule.body is Body.NEEDED else []
    office.json("case", "link", "add", "1", "2", "duplicate")
    if outcome == "inadmissible":
        office.json("case", "decide", "1", outcome, "--ground", "facts", "--reason", "x")
    if rule.needs_word:
        assert NO_WORD in refused(office, "case", "close", "1", outcome, *FULL, *to)
    else:
        office.json("case", "close", "1", outcome, *FULL, *to)


def test_a_withheld_closing_shows_the_reporter_only_that_the_case_is_closed(
    office: Office, told: Callable[[], Any]
) -> None:
    """The slot is identical to that of any other withheld closing.

    It makes no difference what officers did or disclosed before.
    """
    office.tell_no_prosecutor(1)
    office.json("case", "measure", "add", "1", "process_fix", "--tell")
    assert (("process_fix",), ()) == (told().measures_disclosed, told().messages)
    phone(office)
    office.json("case", "close", "1", "founded", *SILENT)
    slot = told()
    assert ("closed", (), ()) == (slot.status, slot.measures_disclosed, slot.messages)
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "close", "1", "unfounded", *SILENT)
    other = told()
    assert (slot.status, slot.measures_disclosed, slot.messages) == (
        other.status,
        other.measures_disclosed,
        other.messages,
    )


def test_the_desk_names_the_missing_measure_in_the_words_of_its_forms(office: Office) -> None:
    phone(office)
    form = {"outcome": "founded", "disclosure": "full", "text": "Merci."}
    with sitting(office) as client:
        for way in ("close", "close/preview"):
            shown = client.send(f"/fr/case/1/{way}", **form)
            assert (409, True) == (
                shown.status_code,
                f"«\u00a0{FRENCH.measures['prosecutor_word'].name.fr}\u00a0»" in html.unescape(shown.text),
            )


def test_an_outcome_that_confirms_a_report_can_be_disclosed_after_the_prosecutors_word(
    office: Office, told: Callable[[], Any]
) -> None:
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "close", "1", "founded", *FULL)
    assert ["Merci."] == [each.text for each in told().messages]


def test_a_word_of_the_prosecutor_does_not_cover_a_later_message_to_the_prosecutor(office: Office) -> None:
    """The word must be recorded after the last step, and its day must not be before the day of that step."""
    office.json("case", "measure", "add", "1", "prosecutor_word")
    phone(office)
    assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
    office.json("case", "measure", "add", "1", "prosecutor_word", "--day", YESTERDAY)
    assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
    office.json("case", "measure", "add", "1", "prosecutor_word")
    for later in (
        ["case", "decide", "1", "transmit", "--reason", "x"],
        ["case", "measure", "add", "1", "judicial_investigation"],
    ):
        office.json(*later)
        assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
        office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "close", "1", "founded", *FULL)


def test_only_measures_of_protection_are_shown_before_the_prosecutors_word(
    office: Office, told: Callable[[], Any]
) -> None:
    """The rule covers a measure that an officer shares, and a closing that discloses everything.

    The rule also applies if officers have not yet decided, or if nobody has asked them to decide.
    """
    protected = ("case", "measure", "add", "1", "protection_offered", "--tell")
    early = "the prosecutor has not said that the reporter can be told of this"
    office.json("case", "measure", "add", "1", "process_fix")
    for later in (
        ["case", "show", "1"],
        ["case", "tag", "add", "1", "offence"],
        ["case", "decide", "1", "transmit", "--reason", "x"],
    ):
        office.json(*later)
        for way in (
            ["case", "measure", "add", "1", "process_fix", "--tell"],
            ["case", "measure", "share", "1", "1"],
        ):
            assert early in refused(office, *way)
        office.json(*protected)
    all_is_told = ("case", "close", "1", "founded", *FULL)
    assert NO_WORD in refused(office, *all_is_told)
    assert ("protection_offered",) == told().measures_disclosed
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json(*all_is_told)
    assert {"process_fix", "protection_offered"} == {*told().measures_disclosed}
    office.json("case", "measure", "add", "1", "judicial_investigation")
    assert early in refused(office, "case", "measure", "add", "1", "process_fix")


def test_a_measure_shown_before_the_prosecutor_was_informed_stays_visible(
    office: Office, told: Callable[[], Any]
) -> None:
    """If the measure disappeared, its absence would also reveal something to the reporter."""
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    office.json("case", "measure", "add", "1", "process_fix", "--tell")
    assert {"process_fix"} == {*told().measures_disclosed}
    phone(office)
    with office.opened() as inbox, inbox.transaction() as session:
        assert not telling.tells_too_early(session, 1, Disclosure.FULL)
    assert {"process_fix"} == {*told().measures_disclosed}


def test_feedback_that_was_withheld_for_the_prosecutor_is_due_again_after_the_prosecutors_word(
    office: Office,
) -> None:
    """Feedback withheld for the prosecutor was only postponed.

    Feedback withheld for another reason does not become due again.
    """

    def feedback() -> Any:
        clocks = office.json("case", "show", "1")["work"]["clocks"]
        return next(each["dropped"] for each in clocks if each["clock"] == "feedback")

    office.json("case", "decide", "1", "transmit", "--reason", "x")
    office.json("case", "close", "1", "transmitted", *SILENT)
    assert feedback()
    office.json("case", "measure", "add", "1", "prosecutor_word", "--restrictions", "nothing to anybody")
    assert feedback()
    office.json("case", "measure", "add", "1", "prosecutor_word")
    assert feedback() is None
    office.json("case", "reopen", "1", "--reason", "x")
    office.json("case", "close", "1", "founded", *SILENT)
    office.json("case", "measure", "add", "1", "prosecutor_word")
    assert feedback()


def test_neither_a_referral_nor_inaction_is_disclosed_before_the_prosecutors_word(office: Office) -> None:
    """Either measure would reveal, now or later, how far the proceedings have come."""
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    early = "the prosecutor has not said that the reporter can be told of this"
    referred = ("case", "measure", "add", "1", "referred_external", "--addressee", "Parquet de Paris")
    for words in ((*referred, "--tell"), ("case", "measure", "add", "1", "none", "--tell")):
        assert early in office.run(*words).err
    office.json(*referred)
    assert early in office.run("case", "measure", "share", "1", "2").err
    office.json("case", "measure", "add", "1", "protection_offered", "--tell")
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "measure", "share", "1", "2")


def test_a_retracted_word_of_the_prosecutor_does_not_count(office: Office) -> None:
    phone(office)
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("case", "measure", "retract", "1", "2", "--reason", "another case")
    assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
    office.json("case", "measure", "retract", "1", "1", "--reason", "nobody was called")
    office.json("case", "close", "1", "founded", *FULL)


def test_a_final_decision_allows_disclosure_until_the_prosecutor_is_informed_again(office: Office) -> None:
    for number in ("1", "2"):
        phone(office, number)
        office.json("case", "measure", "add", number, "final_decision")
    phone(office)
    assert NO_WORD in refused(office, "case", "close", "1", "founded", *FULL)
    office.json("case", "measure", "add", "1", "final_decision")
    office.json("case", "close", "1", "founded", *FULL)


def test_a_reply_may_mention_the_judiciary_only_after_the_prosecutors_word_or_with_a_reason(
    office: Office,
) -> None:
    """The rule covers a reply and its preview, but not the law's own texts.

    The rule applies even before officers decide whether to inform the prosecutor, because the case may have
    no score.
    """
    told = "Un MAGISTRAT suit le dossier, des perquisitions auront lieu : gardes à vue mardi."
    inner = refused(
        office, "message", "reply", "1", "--text", "L'enquête interne a commencé, le chef sera entendu."
    )
    assert ("“L'enquête”" in inner, "the case is with the judiciary" in inner) == (True, True)
    assert "can see this status" in refused(office, "case", "set-status", "1", "in_follow_up")
    said = refused(office, "message", "reply", "1", "--text", told)
    assert "it says that the case is with the judiciary" in said
    assert all(f"“{word}”" in said for word in ("MAGISTRAT", "perquisitions", "gardes à vue"))
    assert 3 == len(office.json("message", "reply", "1", "--text", told, "--preview")["findings"])
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    office.json(
        "message", "reply", "1", "--text", told, "--despite-warning", "he is the one who called the judge"
    )
    office.json("message", "reply", "1", "--text", "En danger, appelez le 17. Voyez un avocat.")
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json("message", "reply", "1", "--text", told)


TELLING = (
    *("procureurs", "parquets", "magistrate", "juges", "justice", "tribunal", "judiciaires", "perquisitions"),
    *("gardes à vue", "saisies", "mis en examen", "mises en examen", "interpellé", "arrestation", "écoutes"),
    *("gendarmes", "article 40", "prosecutors", "judges", "the courts", "judicial", "search warrants"),
    *("custody", "seizures", "indicted", "arrested", "wiretaps"),
    *("confirmés", "fondée", "avérées", "suspendu", "sanctionné", "disciplinaire", "enquêteurs"),
    *("auditionné", "contrôlé", "mutation", "mutés", "révoqué", "mis à pied", "mise à pied", "founded"),
    *("substantiated", "investigating", "inquiry", "hearings", "dismissed"),
)
# The first sentences tell a reporter of a finding or an action. The other sentences reveal neither a finding
# nor an action.
TELL = (
    "Votre signalement est confirmé.",
    "Les faits sont avérés.",
    "Votre récit est bien fondé.",
    "L'agent est suspendu depuis lundi.",
    "Une sanction est tombée.",
    "Il passe en conseil de discipline.",
    "Une enquête est ouverte.",
    "Son audition a lieu mardi.",
    "Le quai sera contrôlé cette nuit.",
    "Sa mutation est signée.",
    "What you wrote was confirmed.",
    "He was dismissed after a hearing.",
)
TELL_NOTHING = (
    "Le bureau est au fond du couloir.",
    "De quels fonds parlez-vous ?",
    "Le bassin est-il profond ?",
    "Nous vous avertirons lundi.",
    "Il y aura une averse ce soir.",
    "Une fondation vous aide-t-elle ?",
    "Écrivez d'ici, sans donner votre nom.",
    "Your words open this page.",
    "On average we answer in two weeks.",
    "Was the yard at the far end?",
    "This is a fundamental question.",
    "We can hear you: write when it is safe.",
)


HIS_TRIES = (
    *("Il a été arrêté hier.", "Vous aviez raison.", "La police s'en occupe.", "L'OFAST s'en occupe."),
    *("La DNRED suit l'affaire.", "Une plainte est déposée.", "Il est en prison.", "Il a été écroué."),
    *(
        "Les faits sont exacts.",
        "La PJ a le dossier.",
        "Le dossier est parti au TJ.",
        "Nous l'avons entendu.",
    ),
    *("Il a été convoqué.", "Sa ligne est sur écoute.", "Le parquetier est saisi.", "Instruction ouverte."),
    *("Il ne travaille plus ici.", "Ses accès sont coupés.", "Il a été déplacé.", "Le pro-cureur sait."),
    *("Une information est ouverte.", "Commission rogatoire en cours.", "Il sera jugé.", "La JIRS l'a."),
    *("Le ministère public sait.", "Le p r o c u r e u r sait.", "Rien n'a été trouvé.", "Police came"),
    *("Votre signalement a été transmis.", "He was arrested", "charges were filed"),
    *("L'ONAF suit.", "Le rapport est transmis.", "Transmis à qui de droit.", "Nous avons transmis."),
    *("Il a été entendu.", "Le TJ sait.", "Le PNF sait.", "Le PNACO sait.", "Information ouverte."),
    # The harmless words “à la police” do not excuse this sentence.
    "Nous voyons cela avec la police.",
)
HARMLESS = (
    "Appelez la police, le 17 ou le 112.",
    "Allez à la police ou à la gendarmerie.",
    "Vous pouvez porter plainte : voyez d'abord un avocat.",
    "Avez-vous besoin d'un arrêt maladie ?",
    "Nous restons à votre écoute.",
    "Arrêtez de répondre à cet homme.",
    "Le rendez-vous est-il après-demain ?",
    *("Voyez le juge des référés.", "Une maison de justice vous reçoit.", "Allez au point-justice."),
    *("Les points justice conseillent.", "Vous pouvez appeler la police.", "Police secours répond au 17."),
    *("Allez à la police.", "La police au 17 répond.", "Voyez la police ou un avocat."),
    *("La police nationale a un numéro.", "Portez plainte sans tarder.", "Vous pouvez déposer plainte."),
    *("Déposez plainte.", "Demandez un arrêt de travail.", "Était-ce devant l'arrêt de bus ?"),
    *("Appelle-t-il sans arrêt ?", "Pouvez-vous arrêter de répondre ?", "Une cellule d'écoute existe."),
    *("Écoutez sans répondre.", "Nous sommes à l'écoute.", "Un dépôt de plainte est gratuit."),
    *("Une plainte vous fait connaître.", "Une plainte peut vous faire connaître."),
)


def test_known_paraphrases_of_proceedings_require_a_reason_and_emergency_advice_requires_none(
    office: Office,
) -> None:
    """A tester in the role of a dishonest officer found these sentences.

    Each of these sentences once passed the check.
    """
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    told = office.json("message", "reply", "1", "--text", " / ".join(HIS_TRIES), "--preview")["findings"]
    found = {each["words"] for each in told if "justice" in each["why"]}
    missing = [each for each in HIS_TRIES if not any(words in each for words in found)]
    assert [] == missing
    assert [] == office.json("message", "reply", "1", "--text", " / ".join(HARMLESS), "--preview")["findings"]


def test_the_warning_names_each_word_about_the_judiciary(office: Office) -> None:
    """The words may be in either language, and may be in the plural. The warning names no other words."""
    office.json("case", "tag", "add", "1", "offence")
    told = " / ".join(["Merci", *TELLING, "nous écrivons le 40 du mois"])
    found = office.json("message", "reply", "1", "--text", told, "--preview")["findings"]
    assert [*sorted(TELLING)] == sorted(each["words"] for each in found)


@pytest.mark.slow
def test_a_reason_is_required_for_a_sentence_about_a_finding_or_an_action_but_not_for_a_harmless_one(
    office: Office,
) -> None:
    """The rule applies in both languages until the prosecutor's word.

    If officers decided not to inform the prosecutor, no sentence requires a reason.
    """
    reply = ("message", "reply", "1", "--preview", "--text")
    office.json("case", "decide", "1", "no_transmission", "--reason", "x")
    assert [] == office.json(*reply, " ".join(TELL))["findings"]
    office.json("case", "decide", "1", "transmit", "--reason", "x")
    said = [office.json(*reply, text)["findings"] for text in (*TELL, *TELL_NOTHING)]
    assert [*TELL] == [text for text, found in zip((*TELL, *TELL_NOTHING), said, strict=True) if found]
    for text in TELL[:2]:
        assert "or what was found or done" in refused(office, "message", "reply", "1", "--text", text)
    office.json("case", "measure", "add", "1", "prosecutor_word")
    assert [] == office.json(*reply, " ".join(TELL))["findings"]


@pytest.mark.slow
def test_naming_an_emergency_contact_requires_no_reason(office: Office) -> None:
    """The contact details in the law do not require a reason, even if an officer types them.

    Advice to call the police must not wait.
    """
    phone(office)
    reach = [each.reach for each in FRENCH.authorities.values()]
    texts = [
        *("En danger, allez à la gendarmerie.", "Voyez le juge des référés, ou un point-justice."),
        *(text for each in reach for text in (each.fr, each.en)),
    ]
    for text in texts:
        assert [] == office.json("message", "reply", "1", "--text", text, "--preview")["findings"], text
    for told in ("Les gendarmes ont agi.", "Le juge a été saisi.", "Le tribunal judiciaire est saisi."):
        assert office.json("message", "reply", "1", "--text", f"{' '.join(texts)} {told}", "--preview")[
            "findings"
        ]
    with sitting(office) as client:
        for text in (texts[0], "Les gendarmes ont agi."):
            client.send("/fr/case/1/reply", text=text)
    with office.opened() as inbox, inbox.transaction() as session:
        assert [texts[0]] == list(session.scalars(select(Message.text).filter_by(case=1)))


def test_the_status_called_in_follow_up_is_refused_until_the_prosecutor_does_not_object(
    office: Office,
) -> None:
    """A criminal network would learn as much from this status as from a sentence.

    All other statuses are allowed.
    """
    follow_up = ("case", "set-status", "1", "in_follow_up")
    for words in (
        ("case", "show", "1"),
        ("case", "tag", "add", "1", "offence"),
        ("case", "decide", "1", "transmit", "--reason", "x"),
    ):
        office.json(*words)
        said = refused(office, *follow_up)
        assert "can see this status" in said
        assert "inbox case decide 1 transmit|no_transmission --reason TEXT; once" in said
        for other in ("assessing", "info_requested"):
            office.json("case", "set-status", "1", other)
    with sitting(office) as client:
        assert 409 == client.send("/en/case/1/status", status="in_follow_up").status_code
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json(*follow_up)


def test_the_text_of_an_offices_own_template_is_checked_like_typed_text(office: Office) -> None:
    """A template is not checked if it is identical to a template of the law."""
    phone(office)
    file = office.out / "templates.toml"
    office.json("message", "template", "export", "--out", file)
    ours = '[reply.ours]\nstatus = ["received"]\ntitle = { fr = "x", en = "x" }\n'
    told = 'text = { fr = "Un magistrat suit le dossier.", en = "x" }'
    file.write_text(f"{file.read_text()}\n{ours}{told}\n")
    office.json("message", "template", "replace", file)
    reply = ("message", "reply", "1", "--template")
    assert "it says that the case is with the judiciary" in refused(office, *reply, "ours")
    assert 1 == len(office.json(*reply, "ours", "--preview")["findings"])
    office.json(*reply, "reprisals")
    office.json(*reply, "ours", "--despite-warning", "x")


def test_a_template_that_confirms_a_report_is_refused_before_the_prosecutors_word(office: Office) -> None:
    """The preview of the reply is refused, too."""
    phone(office)
    reply = ("message", "reply", "1", "--text", "Merci.", "--template")
    for outcome in ("founded", "partly_founded"):
        for more in ((), ("--preview",)):
            assert NO_WORD in refused(office, *reply, f"closing_{outcome}", *more)
    office.json(*reply, "feedback")
    office.json("case", "measure", "add", "1", "prosecutor_word")
    office.json(*reply, "closing_founded", "--preview")


def test_acknowledgement_and_feedback_and_emergency_advice_and_protection_never_wait_for_the_prosecutor(
    office: Office, told: Callable[[], Any]
) -> None:
    """The law requires acknowledgement and feedback, and lives depend on the other texts.

    Only the words in these texts are checked.
    """
    office.json("case", "measure", "add", "1", "prosecutor_phoned")
    office.json("message", "reply", "1", "--template", "acknowledgement")
    office.json("case", "measure", "add", "1", "prosecutor_phoned", "--addressee", "the prosecutor on call")
    for kind in ("protection_offered", "protection_requested", "protection_granted", "protection_refused"):
        office.json("case", "measure", "add", "1", kind, "--tell")
    office.json("case", "decide", "1", "admissible", "--reason", "x")
    office.json(
        "message",
        "reply",
        "1",
        "--template",
        "feedback",
        "--text",
        "Des vérifications sont faites.",
        "--feedback",
    )
    office.json("message", "reply", "1", "--text", "En danger, appelez le 17.")
    office.json("message", "reply", "1", "--template", "withheld", "--feedback")
    slot = told()
    assert (4, 4) == (len(slot.messages), len(slot.measures_disclosed))
    (clock,) = [
        each for each in office.json("case", "show", "1")["work"]["clocks"] if each["clock"] == "feedback"
    ]
    assert today().isoformat() == clock["sent"]


@pytest.mark.parametrize("is_closed", [False, True])
def test_every_reply_about_protection_is_sent_whatever_the_prosecutor_said(
    office: Office, told: Callable[[], Any], *, is_closed: bool
) -> None:
    """Whether the case is open or closed, officers can send a reply about protection.

    Lives depend on such a reply.
    """
    phone(office)
    if is_closed:
        office.json("case", "close", "1", "founded", *SILENT)
    protecting = [
        each for each in FRENCH.replies.values() if Status.CLOSED in each.status and not each.decision
    ]
    assert 4 == len(protecting)
    for each in protecting:
        office.json("message", "reply", "1", "--template", each.code, *SAID[: 2 * each.takes_own_words])
    said = "\n".join(each.text for each in told().messages)
    assert [] == [word for word in ("procureur", "parquet", "enquête judiciaire") if word in said.lower()]
    assert all(word in said for word in ("17", "avocat", "Défenseur des droits"))


def test_another_law_has_other_measures_and_outcomes_that_wait_for_the_prosecution(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        in_use.adopt(session, FILES["xx"])
    office.json("queue", "list")
    office.settle(1)
    office.json("case", "decide", "1", "seize", "--reason", "x")
    office.json("case", "decide", "1", "drop", "--reason", "x")
    said = refused(office, "case", "close", "1", "upheld", *FULL)
    assert NO_WORD in said
    assert "inbox case measure add 1 magistrate_nod" in said
    office.json("case", "measure", "add", "1", "magistrate_nod")
    office.json("case", "close", "1", "upheld", *FULL)
