"""Texts for reporters forbid nobody to seek help, and promise nothing that the law does not guarantee.

The rules apply to every text that a reporter may read: pages, notices, questions, and officers' answers.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping

import pytest

from portal.config import Settings
from portal.web import guide, translation
from portal.web.scenarios import SHIPPED as SCENARIOS
from templates.catalogues import LANGUAGES
from templates.law import reader
from tests.support.marked_texts import public
from tests.support.markup import Markup
from tests.support.page_visitor import Visitor
from tests.support.questionnaires import SHIPPED

# Helpers whom a reporter may always ask, in each language.
HELPERS = {
    "fr": ("avocat", "médecin", "syndicat", "Défenseur des droits", "autorité externe"),
    "en": ("lawyer", "doctor", "union", "Défenseur des droits", "external authority"),
}
# Requests to keep silent.
SILENCE = re.compile(
    r"\bn(?:e |'en )?(?:parlez|dites)\b|\bne (?:le |la )?(?:répétez|racontez)\b|à personne d'autre"
    r"|\bsay nothing\b|\b(?:do not|never) (?:talk|speak|tell any)\b"
    r"|\b(?:speak|talk) to nobody\b|\btell nobody\b",
    re.IGNORECASE,
)
# Promises that nobody will know, or that only some people can read. Such promises are false, because a court
# can ask for a case.
PROMISE = re.compile(
    r"jamais (?:répéter|transmettre|révéler)|sans votre nom\W+il n'est|rien transmis|restera secret"
    r"|\bseuls (?:ceux|les agents)|personne d'autre ne peut"
    r"|\bonly (?:those whom|the (?:inspectors|officers))|\b(?:nobody|no one) else can"
    r"|never (?:repeat|pass|reveal)|without your name\W+it is not|passed nothing on|stays? secret",
    re.IGNORECASE,
)
# Promises to tell the reporter by a certain day what was done. Some measures must not be disclosed to
# reporters.
BY_A_DAY = re.compile(
    r"(?:\{feedback_by\}|%\(answered\)s|\{day\}|you should read|vous devriez lire|we should|nous devrions)"
    r".*(?:what was done|a été fait|des suites)",
    re.DOTALL,
)
CAN_BE_TOLD = re.compile(
    r"\b(?:pouvons vous dire|peut (?:vous )?être dit|can tell you|tell you what we can)\b"
)
# Claims that only the reporter decides who else is told. An external authority must forward some reports.
ALONE = re.compile(r"à vous (?:seule?|seul\(e\) )?de décider|for you (?:alone )?to decide", re.IGNORECASE)
# Statements about making facts public. A person who reported only internally is never protected when making
# facts public.
IN_PUBLIC = re.compile(
    r"\b(?:dire|divulguer|révéler)\b.*\bau public\b|\b(?:rend|rendre|rendez)\b.*\bpublics?\b.*\bcas\b"
    r"|\btell(?:ing)? the public\b|\bmakes? (?:the )?facts public\b",
    re.IGNORECASE,
)
OUTSIDE_FIRST = {"fr": ("autorité externe",), "en": ("external authority",)}
GIFT = re.compile(r"\bcadeaux?\b|\bgifts?\b", re.IGNORECASE)
# Advice about a gift. A mere mention does not count.
ADVICE = re.compile(r"\b(?:gardez|conservez|remettez|rendez|keep|hand|return)\b", re.IGNORECASE)
# Mentions of the right to object (GDPR, article 21). Nobody has the right to object if the law requires the
# processing.
OBJECTION = re.compile(
    r"\bopposition\b|\bs'opposer\b|\bvous (?:y )?opposer\b|\bright to object\b|\bobject to\b", re.IGNORECASE
)
NOT_OFFERED = {"fr": ("ne s'applique pas",), "en": ("does not apply",)}
# The protection of a reporter, and the ways to continue writing and reading.
ACKNOWLEDGED = {
    "fr": (
        "seule la justice",
        "représailles",
        "interdites",
        "vous pouvez nous écrire",
        "douze mots",
        "{feedback_by}",
    ),
    "en": (
        *("only the courts", "reprisals", "forbidden"),
        *("you can write to us", "twelve words", "{feedback_by}"),
    ),
}
WITH_A_GIFT = {
    "fr": (
        *("n'ouvrez pas", "n'utilisez pas", "ne le remettez pas à votre service"),
        *("à l'inspection ou à la police vous fait connaître", "voyez d'abord un avocat"),
    ),
    "en": (
        *("do not open it", "do not use it", "do not hand it in to your service"),
        *("to the inspectorate or the police makes you known", "ask a lawyer first"),
    ),
}


def texts(language: str) -> Iterator[str]:
    """Yield every text in this language that a reporter may read."""
    words = translation.load(language)
    law = reader.read(Settings().law_folder)
    whom = {
        "whom": law.reporters.advice,
        "instead": law.reporters.instead,
    }
    for each in public():
        text = words.gettext(each)
        for name, named in whom.items():
            text = text.replace(f"%({name})s", named.in_(language))
        yield text
    yield from said(tomllib.loads(SHIPPED.decode()), language)
    for name in guide.NAMES:
        found = guide.load(Settings().guide_folder, language, name)
        yield found.lead
        for section in found.sections:
            yield from (section.text, *section.items)
    yield from said(tomllib.loads(SCENARIOS.read_text("utf-8")), language)
    yield from (each.reporters.in_(language) for each in law.regimes.values())
    yield from (each.text.in_(language) for each in law.guarantees.values())
    yield from (each.name.in_(language) for each in law.authorities.values())
    yield from (each.reach.in_(language) for each in law.authorities.values())
    for template in law.replies.values():
        yield from template.text.in_(language).split("\n\n")


def said(value: object, language: str) -> Iterator[str]:
    """Yield each text in this language in parsed TOML."""
    if isinstance(value, dict):
        yield from (text for key, text in value.items() if key == language)
        yield from (text for each in value.values() for text in said(each, language))
    elif isinstance(value, list):
        yield from (text for each in value for text in said(each, language))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower()


def missing(text: str, words: Mapping[str, tuple[str, ...]], language: str) -> list[str]:
    return [each for each in words[language] if each.lower() not in plain(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_asks_for_silence_names_helpers_whom_a_reporter_may_still_ask(language: str) -> None:
    asking = [text for text in texts(language) if SILENCE.search(plain(text))]
    assert len(asking) >= 3
    assert [(text, left) for text in asking if (left := missing(text, HELPERS, language))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_that_nobody_will_know_about_a_report(language: str) -> None:
    assert [text for text in texts(language) if PROMISE.search(plain(text))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_gives_a_day_for_the_result_promises_only_what_the_office_can_tell(language: str) -> None:
    """The promise in such a text is true even if the reply withholds everything."""
    naming = [text for text in texts(language) if BY_A_DAY.search(plain(text))]
    assert len(naming) == 6
    assert [text for text in naming if not CAN_BE_TOLD.search(plain(text))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_says_that_only_the_reporter_decides_who_else_is_told(language: str) -> None:
    assert [text for text in texts(language) if ALONE.search(plain(text))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_about_telling_the_public_names_the_external_authority(language: str) -> None:
    """A reporter who relied on an internal report alone would not be protected by the law."""
    telling = [text for text in texts(language) if IN_PUBLIC.search(plain(text))]
    assert len(telling) >= 2
    assert [text for text in telling if missing(text, OUTSIDE_FIRST, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_about_gifts_says_that_handing_in_a_gift_identifies_the_reporter(language: str) -> None:
    advising = [text for text in texts(language) if GIFT.search(text) and ADVICE.search(plain(text))]
    assert len(advising) >= 1
    assert [(text, left) for text in advising if (left := missing(text, WITH_A_GIFT, language))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_sends_reporters_to_their_own_service(language: str) -> None:
    """A superior is part of the service, which must not learn of the report. The police ask for a name."""
    superior = re.compile(r"\bvotre hiérarchie\b|\bvotre (?:chef|supérieur)|\byour superior", re.IGNORECASE)
    assert [text for text in texts(language) if superior.search(plain(text))] == []
    begins, wanted = {
        "fr": ("signalez hors de votre service", ("police", "vous fait connaître")),
        "en": ("report outside your service", ("police", "makes you known")),
    }[language]
    (advice,) = [plain(text) for text in texts(language) if plain(text).startswith(begins)]
    assert [each for each in wanted if each not in advice] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_about_protection_or_a_court_says_that_asking_identifies_the_reporter(language: str) -> None:
    """Each point of the guides and each reply is checked."""
    asking = re.compile(
        r"protection fonctionnelle|\bréféré|\bprud'hommes|functional protection|\basks? .* for protection"
    )
    wanted = {"fr": ("fait connaître", "avocat"), "en": ("makes you known", "lawyer")}
    points = [
        item
        for name in guide.NAMES
        for section in guide.load(Settings().guide_folder, language, name).sections
        for item in section.items
    ]
    replies = reader.read(Settings().law_folder).replies
    points += [
        replies[code].text.in_(language) for code in ("functional_protection", "reprisals", "non_agents")
    ]
    telling = [text for text in points if asking.search(plain(text))]
    assert len(telling) >= 5
    assert [text for text in telling if missing(text, wanted, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_about_the_right_to_object_says_that_this_right_does_not_apply(language: str) -> None:
    objecting = [text for text in texts(language) if OBJECTION.search(plain(text))]
    assert len(objecting) >= 2
    assert [text for text in objecting if missing(text, NOT_OFFERED, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reply_for_an_undisclosed_outcome_reveals_as_little_as_the_reply_that_withholds_everything(
    language: str,
) -> None:
    """The reply is the same for a duplicate, a transmitted case and any other undisclosed outcome."""
    replies = reader.read(Settings().law_folder).replies
    silence = replies["withheld"].text.in_(language).split("\n\n")[0]
    assert silence in replies["closing_untold"].text.in_(language).split("\n\n")
    assert set() == replies["closing_untold"].fields


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_acknowledgement_names_the_protection_and_says_how_to_continue_writing(language: str) -> None:
    """The acknowledgement also states the day by which the reporter will find the result."""
    text = reader.read(Settings().law_folder).replies["acknowledgement"].text.in_(language)
    assert missing(text, ACKNOWLEDGED, language) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (SILENCE, "Ne parlez pas du signalement."),
        (SILENCE, "Ne parlez du signalement à personne d'autre."),
        (SILENCE, "Until then, speak to nobody of this report."),
        (PROMISE, "transmis au procureur, sans votre nom : il n'est pas connu."),
        (PROMISE, "Que ne devons-nous jamais répéter ?"),
        (PROMISE, "Nous ne leur avons rien transmis."),
        (PROMISE, "We have passed nothing on to them."),
        (PROMISE, "Seuls ceux à qui vous écrivez peuvent le lire."),
        (PROMISE, "Seuls les agents de l'Inspection habilités pour cela."),
        (PROMISE, "Personne d'autre ne peut l'ouvrir."),
        (PROMISE, "Only those whom you write to can read it."),
        (PROMISE, "Only the inspectors who are appointed for it."),
        (PROMISE, "Nobody else can open it."),
        (ALONE, "C'est à vous de décider si vous les saisissez."),
        (ALONE, "Whether you turn to them is for you to decide."),
        (IN_PUBLIC, "Dire les faits au public n'est permis qu'ensuite, si aucune suite n'est donnée."),
        (IN_PUBLIC, "To tell the public is allowed only afterwards, if nothing is done in time."),
        (ADVICE, "Gardez messages et cadeaux en l'état."),
        (OBJECTION, "Vous pouvez vous opposer à ce traitement."),
        (OBJECTION, "You can object to this processing."),
    ],
)
def test_the_rules_find_texts_that_break_them(rule: re.Pattern[str], text: str) -> None:
    """The control for the rules above."""
    assert rule.search(plain(text))


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prosecutor_and_a_lawyer_are_named_first_to_a_reporter_who_has_already_given_in(
    visitor: Visitor, language: str
) -> None:
    """The page before the form names the prosecutor and the lawyer first.

    The form names the prosecutor and the lawyer as soon as the answer is chosen.
    """
    law = {
        "fr": ("procureur", "chercher à savoir qui vous êtes", "avocat"),
        "en": ("prosecutor", "who wrote", "lawyer"),
    }
    visitor.visit(f"{language}/before")
    way = visitor.page.locator("main details").filter(has_text=law[language][0])
    way.locator("summary").click()
    first = way.locator("li").first.inner_text()
    assert [each for each in law[language] if each not in first] == []
    visitor.visit(f"{language}/report")
    notice = visitor.page.locator("[data-field=path] .notice")
    visitor.turn_to("#path-gave_in")
    assert notice.is_hidden()
    visitor.page.check("#path-gave_in")
    assert [each for each in law[language] if each not in notice.inner_text()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_says_what_is_passed_on_before_it_addresses_people_who_gave_in(language: str) -> None:
    """The order is the same on the page, in the saved file and on the printed sheet."""
    found = guide.load(Settings().guide_folder, language)
    said = [plain(f"{each.heading} {' '.join(each.items)}") for each in found.sections]
    passed_on, gave_in = {
        "fr": ("chercher à savoir qui vous êtes", "si vous avez déjà cédé"),
        "en": ("try to find out who wrote", "if you already gave in"),
    }[language]
    place = {words: at for words in (passed_on, gave_in) for at, text in enumerate(said) if words in text}
    assert place[passed_on] < place[gave_in]
    assert {"fr": "avocat", "en": "lawyer"}[language] in said[place[gave_in]]


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_that_the_law_requires_are_not_folded(visitor: Visitor, language: str) -> None:
    """The texts name helpers, and say which information is passed on.

    The page links to all other rights and to advice about gifts.
    """
    visitor.visit(f"{language}/")
    shown = visitor.page.inner_text("main")
    assert missing(shown, HELPERS, language) == []
    assert {"fr": "chercher à savoir qui vous êtes", "en": "try to find out who wrote"}[language] in shown
    visitor.page.click("main a[href$='/rights']")
    assert visitor.page.url.endswith(f"/{language}/rights")
    visitor.visit(f"{language}/")
    visitor.page.click("main a[href$='/guide']")
    assert missing(visitor.page.inner_text("main"), WITH_A_GIFT, language) == []


# For each page: the most words that it may show before anything is unfolded, and an element to wait for. The
# maximum is today's number, rounded up.
MOST_WORDS = {"report": (90, "#continue"), "status": (40, "#open"), "rights": (180, "summary")}


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_show_few_words_before_anything_is_unfolded(visitor: Visitor, language: str) -> None:
    """People who read in a hurry or in fear read no further.

    The words about what is passed on are visible without unfolding.
    """
    for path, (most, opened) in MOST_WORDS.items():
        visitor.visit(f"{language}/{path}")
        visitor.page.locator(opened).first.wait_for(state="visible")
        shown = visitor.page.inner_text("main")
        assert len(shown.split()) <= most, path
    assert {"fr": "chercher à savoir qui vous êtes", "en": "try to find out who wrote"}[language] in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_links_to_texts_about_rights_and_authorities_and_data(
    visitor: Visitor, language: str
) -> None:
    """The links are about guarantees, facilitators, other authorities, oral reports, and the data kept."""
    for name in ("", "report", "status", "guide"):
        page = Markup(visitor.site.client.get(f"/{language}/{name}").text)
        led = [each.get("href") for each in page.all("a")]
        assert {f"/{language}/{notice}" for notice in guide.NOTICES} <= set(led)
    text = "".join(visitor.site.client.get(f"/{language}/{notice}").text for notice in guide.NOTICES)
    wanted = {
        "fr": ("aide à signaler", "Défenseur des droits", "CNIL", "échange oral", "RGPD", "10-1", "8, III"),
        "en": (
            "helps you to report",
            "Défenseur des droits",
            "CNIL",
            "ask to speak",
            "GDPR",
            "10-1",
            "8, III",
        ),
    }
    assert [each for each in wanted[language] if each not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_portal_reports_a_missing_time_for_oral_reports(language: str) -> None:
    """Under some regimes, the law need not set a time for oral reports. The law in this test sets no time.

    `portal doctor` reports texts that still have brackets, such as this time.
    """
    within = {"fr": "vingt jours ouvrés", "en": "twenty working days"}[language]
    rights = guide.load(Settings().guide_folder, language, "rights")
    assert [each for each in rights.to_fill_in if within in each]
    stated = [re.sub(r"\[[^\]]*\]", "", text) for text in texts(language)]
    assert [text for text in stated if within in plain(text)] == []


OF_ONE_REGIME = re.compile(
    r"canal interne|pas de notre ressort|nous avoir écrit|(?:la|le|les) saisir vous-même"
    r"|internal (?:reporting )?channel|is not for us,|that you wrote to us|having written to us"
    r"|(?:turn to|contact) (?:them|it|that authority) yourself",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_law_has_texts_that_depend_on_the_regime(language: str) -> None:
    """Pages, templates and the texts that officers edit are the same under each regime."""
    law = reader.read(Settings().law_folder)
    by_law = {each.reporters.in_(language) for each in law.regimes.values()}
    found = {text for text in texts(language) if OF_ONE_REGIME.search(plain(text))}
    assert found == by_law


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_an_inspectorate_as_an_external_authority(language: str) -> None:
    """By law, the general inspectorate of finance is not an external authority."""
    wrong = re.compile(
        r"inspection générale des finances|general finance inspectorate|\bIGF\b", re.IGNORECASE
    )
    assert [text for text in texts(language) if wrong.search(text)] == []
