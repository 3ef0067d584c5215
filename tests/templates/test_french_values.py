"""The values of the French law as they were decided, except those that `test_law.py` checks.

`test_shown_by.py` replaces every value of the law with another one. A test of these modules must then
fail.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

import pytest

from crypto.messages import Status
from templates.catalogues import LANGUAGES
from templates.law.rules import (
    Addressee,
    Asked,
    Body,
    DutyRole,
    Effect,
    Event,
    Fill,
    MeasureRole,
    News,
    Protection,
    Reach,
    Repeated,
    Step,
    Threat,
    Told,
)
from tests.support.laws import FRENCH


class Measured(Protocol):
    """A rule that states how many officers an action requires."""

    @property
    def officers(self) -> int: ...


def by_two(rules: Mapping[str, Measured]) -> set[str]:
    assert {each.officers for each in rules.values()} <= {1, 2}
    return {code for code, each in rules.items() if each.officers == 2}


def having(flag: str) -> set[str]:
    return {code for code, each in FRENCH.measures.items() if getattr(each, flag)}


def test_the_register_of_protection_has_five_kinds_of_measures() -> None:
    assert {
        "protection_offered": Protection.OFFERED,
        "protection_requested": Protection.REQUESTED,
        "protection_granted": Protection.GRANTED,
        "protection_refused": Protection.REFUSED,
        "facilitator_protection": Protection.FACILITATOR,
    } == {code: each.protection for code, each in FRENCH.measures.items() if each.protection}


def test_the_office_has_the_listed_goals() -> None:
    """Each goal has the step that begins it, the days, and the share of the cases in percent."""
    assert {
        Step.READ: (Step.RECEIVED, 3, 90),
        Step.ACKNOWLEDGED: (Step.RECEIVED, 6, 95),
        Step.ANSWERED: (Step.RECEIVED, 85, 94),
        Step.MEASURE: (Step.RECEIVED, 60, 80),
        Step.SANCTION: (Step.MEASURE, 180, 75),
        Step.CLOSED: (Step.RECEIVED, 270, 70),
    } == {step: (each.starts, each.days, each.share) for step, each in FRENCH.goals.items()}
    assert {Repeated.COLLECT: 5, Repeated.SEND: 7, Repeated.BACK_UP: 8} == {
        code: each.days for code, each in FRENCH.rhythms.items()
    }


def test_the_program_fills_in_the_expected_sections_of_each_sheet() -> None:
    """The code is equal to the value, except where another section already has that code."""
    filled = {
        code: each.fill
        for sheet in (FRENCH.processing, FRENCH.impact)
        for code, each in sheet.sections.items()
        if each.fill
    }
    assert {
        "controller": Fill.OFFICE, "purposes": Fill.REGIME, "recipients": Fill.RECIPIENTS,
        "retention": Fill.RETENTION, "security": Fill.SECURITY, "description": Fill.REGIME,
        "officers": Fill.OFFICERS, "necessity": Fill.DEADLINES, "rights": Fill.DUTIES,
        "risks": Fill.RISKS, "opinions": Fill.CONSULTATIONS,
    } == filled  # fmt: skip
    assert {each.value: each for each in Threat} == {code: each.threat for code, each in FRENCH.risks.items()}


INFORMED = {"dnred_informed", "onaf_informed", "ofast_informed", "afa_informed", "igf_mission"}


def test_days_off_are_the_public_holidays_of_all_of_france() -> None:
    assert ("FR", {5, 6}) == (FRENCH.calendar.country, FRENCH.calendar.weekend)


def test_an_office_is_an_internal_channel_unless_it_is_configured_otherwise() -> None:
    """An external authority must also receive reports orally."""
    assert "internal" == FRENCH.default_regime
    assert {"internal": False, "external": True} == {code: each.oral for code, each in FRENCH.regimes.items()}


def test_only_regimes_with_the_duty_to_forward_cases_tell_reporters_that_cases_are_forwarded() -> None:
    """An internal channel tells reporters which authority is competent."""
    (forwarding,) = [each for each in FRENCH.duties.values() if each.asked is Asked.NOT_OURS]
    for words, ours, theirs in (
        ("fr", "nous devons le transmettre", "nous vous disons qui est compétent"),
        ("en", "we have to forward it", "we tell you who is competent"),
    ):
        said = {code: each.reporters.in_(words) for code, each in FRENCH.regimes.items()}
        assert forwarding.regimes == {code for code, text in said.items() if ours in text}
        assert said.keys() - forwarding.regimes == {code for code, text in said.items() if theirs in text}


def test_bundles_are_exchanged_every_working_day() -> None:
    assert "1 working day" == str(FRENCH.exchange.every)


def test_each_deadline_begins_and_ends_with_an_event_in_the_case() -> None:
    assert {
        "first_act": (Event.COLLECTED, Event.FIRST_ACT),
        "ack_eu": (Event.RECEIVED, Event.ACKNOWLEDGED),
        "ack_fr": (Event.RECEIVED, Event.ACKNOWLEDGED),
        "feedback": (Event.ACKNOWLEDGED, Event.ANSWERED),
    } == {code: (each.starts, each.ends) for code, each in FRENCH.clocks.items()}


def test_only_an_external_authority_has_the_duty_to_forward_cases() -> None:
    """Every deadline and every other decision applies in both regimes."""
    rules = {**FRENCH.clocks, **FRENCH.duties}
    assert ["forwarding"] == [code for code, each in rules.items() if each.regimes != FRENCH.regimes.keys()]


def test_each_role_belongs_to_one_measure() -> None:
    assert {
        MeasureRole.TRANSMISSION: "art40_transmission",
        MeasureRole.PROSECUTOR_WORD: "prosecutor_word",
        MeasureRole.FINAL_DECISION: "final_decision",
        MeasureRole.OFFICE_DECISION: "office_decision",
        MeasureRole.DISCIPLINE: "disciplinary_opened",
        MeasureRole.REFERRAL: "referred_external",
    } == {role: FRENCH.measure(role) for role in MeasureRole}


def test_reporters_always_learn_of_fixes_and_referrals_but_officers_decide_about_other_measures() -> None:
    always = {code for code, each in FRENCH.measures.items() if each.told is Told.ALWAYS}
    assert {"process_fix", "forwarded_external", "referred_external"} == always


def test_the_risk_to_the_reporter_is_assessed_before_measures_that_others_may_notice() -> None:
    """Protection, telephone calls and measures that are told to the reporter need no assessment first."""
    assert having("is_inquiry") == INFORMED | {
        "art40_transmission", "admin_inquiry", "hearing", "internal_control", "judicial_investigation",
        "disciplinary_opened", "disciplinary_sanction", "suspension", "log_preservation", "access_suspended",
        "mobility", "process_fix",
    }  # fmt: skip


def test_only_the_listed_measures_need_the_prosecutors_word() -> None:
    assert having("needs_word") == INFORMED | {
        "admin_inquiry", "hearing", "internal_control", "disciplinary_opened", "disciplinary_sanction",
        "suspension", "access_suspended", "mobility",
    }  # fmt: skip


def test_only_the_listed_measures_end_a_danger_to_somebody() -> None:
    """Preserving logs, requesting or offering protection, and protecting a facilitator do not end a danger.

    Otherwise one officer could end a danger with a measure that the same officer can retract.
    """
    answering = {
        "art40_transmission", "prosecutor_phoned", "judicial_investigation", "protection_granted", "none",
    }  # fmt: skip
    assert having("answers_danger") == answering
    for code in answering:
        assert FRENCH.measures[code].officers == 2 or FRENCH.measures[code].opens_proceedings, code


def test_only_the_listed_measures_concern_a_named_person() -> None:
    """Persons who are heard, suspended, moved or disciplined are named, so they have to be informed."""
    assert having("concerns_somebody") == {
        "hearing", "suspension", "disciplinary_opened", "disciplinary_sanction", "access_suspended",
        "mobility",
    }  # fmt: skip


def test_only_a_final_decision_of_a_court_or_the_office_ends_proceedings() -> None:
    assert {"final_decision", "office_decision"} == having("ends_proceedings")


def test_facts_about_goods_are_sanitised_before_they_leave_the_inbox() -> None:
    assert ["dnred_informed"] == [code for code, each in FRENCH.measures.items() if each.sanitised]


def test_transmissions_and_referrals_name_the_addressee() -> None:
    assert having("addressee") == {
        "art40_transmission", "prosecutor_phoned", "prosecutor_word", "forwarded_external",
        "referred_external",
    }  # fmt: skip


def test_a_transmission_to_the_prosecutor_has_a_reference() -> None:
    assert having("reference") == {"art40_transmission"}


def test_only_the_listed_measures_take_two_officers() -> None:
    assert by_two(FRENCH.measures) == INFORMED | {
        "prosecutor_word", "final_decision", "office_decision", "protection_granted", "protection_refused",
        "forwarded_external", "none",
    }  # fmt: skip


def test_only_inadmissible_and_out_of_scope_cases_are_kept_for_a_shorter_time() -> None:
    short = {code for code, each in FRENCH.outcomes.items() if each.retention == "inadmissible"}
    assert {"inadmissible", "out_of_scope"} == short
    assert {"admissible"} == {FRENCH.outcomes[code].retention for code in FRENCH.outcomes.keys() - short}


def test_reporters_may_learn_an_outcome_only_after_the_prosecutors_word() -> None:
    assert all(each.needs_word for each in FRENCH.outcomes.values())


def test_an_outcome_must_agree_with_the_decision_on_transmission_to_the_prosecutor() -> None:
    """“Transmitted” needs a transmission, and “out of scope” excludes one."""
    told = {code: (each.only_after, each.never_after) for code, each in FRENCH.outcomes.items()}
    assert {
        "transmitted": ("art40_transmission", None),
        "out_of_scope": (None, "art40_transmission"),
    } == {code: each for code, each in told.items() if any(each)}


def test_new_facts_reopen_decisions() -> None:
    """A decision not to transmit or inform was based on the facts known then.

    After a follow-up, another letter may be needed.
    """
    decisions = (each.decisions for each in FRENCH.duties.values())
    assert {
        "transmit": {News.FOLLOW_UP},
        "no_transmission": {News.FOLLOW_UP, News.OFFENCE, News.JUSTICE},
        "not_needed": {News.FOLLOW_UP, News.CONCERNS_SOMEBODY, News.NAMES},
    } == {code: rule.reopened_by for each in decisions for code, rule in each.items() if rule.reopened_by}


def test_the_listed_words_reveal_that_a_court_has_a_case_or_how_the_court_decided() -> None:
    assert FRENCH.obstacles.justice == (
        "procureur", "parquet", "magistrat", "juge", "justice", "tribunal", "judiciaire", "perquisition",
        "garde à vue", "saisie", "mis en examen", "interpell", "gendarme",
        "art 40", "prosecutor", "judge", "the court", "judicial", "search warrant", "custody", "seizure",
        "indict", "arrest", "wiretap",
        "confirm", "fondé", "avéré", "suspen", "sanction", "disciplin", "enquêt", "audition", "contrôl",
        "mutat", "muté", "révoqu", "mis à pied", "founded", "substantiat", "investigat",
        "inquir", "hearing", "dismiss",
        "arrêt",
        "écrou",
        "écoute",
        "police",
        "ofast",
        "dnred",
        "onaf",
        "pj",
        "jirs",
        "ministère public",
        "commission rogatoire",
        "a été transmis",
        "est transmis",
        "transmis à",
        "avons transmis",
        "information est ouverte",
        "plainte",
        "prison",
        "convoqu",
        "l\N{RIGHT SINGLE QUOTATION MARK}avons entendu",
        "a été entendu",
        "charges",
        "déplacé",
        "ne travaille plus",
        "accès sont coupés",
        "aviez raison",
        "sont exacts",
        "rien n\N{RIGHT SINGLE QUOTATION MARK}a été trouvé",
        "le tj",
        "au tj",
        "pnf",
        "pnaco",
        "instruction ouverte",
        "information ouverte",
    )  # fmt: skip


def test_the_listed_phrases_contain_a_revealing_word_but_only_say_where_to_turn() -> None:
    assert FRENCH.obstacles.spared == (
        "gendarmerie", "juge des référés",
        "maison de justice", "point justice", "points justice",
        "appelez la police",
        "appeler la police",
        "police secours",
        "à la police",
        "la police au 17",
        "la police ou",
        "police nationale",
        "porter plainte",
        "portez plainte",
        "déposer plainte",
        "déposez plainte",
        "arrêt maladie",
        "arrêt de travail",
        "arrêt de bus",
        "sans arrêt",
        "arrêtez",
        "arrêter de",
        "à votre écoute",
        "cellule d\N{RIGHT SINGLE QUOTATION MARK}écoute",
        "écoutez",
        "à l\N{RIGHT SINGLE QUOTATION MARK}écoute",
        "dépôt de plainte",
        "une plainte vous",
        "une plainte peut",
    )  # fmt: skip


def test_only_the_listed_outcomes_say_that_the_facts_are_established() -> None:
    """Such an outcome needs a decision on informing the prosecutor."""
    found = {code for code, each in FRENCH.outcomes.items() if each.finds_facts}
    assert {"founded", "partly_founded", "transmitted"} == found


def test_only_a_duplicate_is_linked_to_another_case() -> None:
    """One officer can close a duplicate.

    A duplicate must name the other case, in which the facts are investigated.
    """
    assert {"duplicate"} == {code for code, each in FRENCH.outcomes.items() if each.linked}


def test_only_the_listed_outcomes_can_or_must_name_another_body() -> None:
    assert {"inadmissible": Body.ALLOWED, "out_of_scope": Body.NEEDED} == {
        code: each.body for code, each in FRENCH.outcomes.items() if each.body is not Body.NONE
    }


def test_each_authority_has_the_decided_kind() -> None:
    """A referral can name only authorities that receive reports themselves."""
    kinds: dict[Reach, set[str]] = {kind: set() for kind in Reach}
    for code, each in FRENCH.authorities.items():
        kinds[each.kind].add(code)
    assert kinds == {
        Reach.EMERGENCY: {"police"},
        Reach.PROSECUTOR: {"prosecutor", "jirs", "pnf", "pnaco"},
        Reach.EXTERNAL: {"defender_of_rights", "anticorruption_agency"},
        Reach.INTERNAL: {"ministry"},
        Reach.ADVICE: {"lawyer", "doctor", "union"},
    }
    named = {code for code, each in FRENCH.authorities.items() if each.referral}
    assert {"police", "prosecutor", "defender_of_rights", "anticorruption_agency", "ministry"} == named


def test_the_texts_name_exactly_the_emergency_numbers() -> None:
    """People can text 114. The texts of the law contain no other number."""
    assert FRENCH.emergency.call == ("17", "112")
    assert FRENCH.emergency.sms == ("114",)
    reach = FRENCH.authorities["police"].reach
    numbers = {*FRENCH.emergency.call, *FRENCH.emergency.sms}
    assert [set(re.findall(r"\d+", text)) for text in (reach.fr, reach.en)] == [numbers, numbers]


def test_reporters_are_told_whom_they_can_contact() -> None:
    """The named bodies give advice, can act instead of this office, or receive complaints about it."""
    said = FRENCH.reporters
    for whom in ("avocat", "médecin", "syndicat", "Défenseur des droits"):
        assert whom in said.advice.fr
    assert "procureur" in said.directly.fr
    assert "Défenseur des droits" in said.directly.fr
    assert "Défenseur des droits" in said.instead.fr
    assert "crimes et délits au procureur" in said.passed_on.fr
    assert "chercher à savoir qui vous êtes" in said.passed_on.fr


def test_reporters_have_the_guarantees_of_the_law() -> None:
    """The guarantees: secrecy, reprisals, liability, facilitators, later identification, and data."""
    assert FRENCH.guarantees.keys() == {
        "secrecy", "no_reprisals", "no_liability", "facilitators", "later_identified", "data_rights"
    }  # fmt: skip


def test_the_archives_are_asked_six_months_in_advance() -> None:
    assert "6 months" == str(FRENCH.retention.visa.ahead)


def test_a_danger_to_somebody_counts_as_an_offence() -> None:
    assert FRENCH.offence.danger


def test_only_the_listed_tags_say_that_a_case_is_about_an_offence() -> None:
    assert {"offence", "infraction", "délit", "delit", "crime"} == FRENCH.offence.tags


def test_admissibility_is_decided_within_seven_working_days() -> None:
    duty = FRENCH.duties[FRENCH.duty(DutyRole.ADMISSIBILITY)]
    assert (Asked.ALWAYS, Event.COLLECTED, "7 working days") == (duty.asked, duty.starts, str(duty.within))


def test_a_reporter_whose_identity_is_passed_on_is_informed_on_the_same_day() -> None:
    duty = FRENCH.duties["identity_notice"]
    assert (Asked.IDENTITY_GIVEN, Event.KNOWN, "same day") == (duty.asked, duty.starts, str(duty.within))


def test_an_external_authority_forwards_other_cases_within_seven_working_days() -> None:
    duty = FRENCH.duties["forwarding"]
    assert (Asked.NOT_OURS, Event.KNOWN, "7 working days") == (duty.asked, duty.starts, str(duty.within))
    assert {"external"} == duty.regimes
    assert "forwarded_external" == duty.decisions["forwarded"].measure


def test_only_the_listed_decisions_take_two_officers_and_only_one_decision_puts_its_duty_off() -> None:
    two = {code: by_two(each.decisions) for code, each in FRENCH.duties.items()}
    assert two == {
        "art40": {"transmit", "no_transmission"},
        "art14": {"informed", "not_needed"},
        "art15": {"answered", "neither"},
        "admissibility": {"inadmissible"},
        "identity_notice": {"not_told"},
        "forwarding": {"forwarded", "not_forwarded"},
    }
    assert ["defer"] == [
        code
        for duty in FRENCH.duties.values()
        for code, each in duty.decisions.items()
        if each.effect is Effect.DEFERS
    ]


def test_only_one_decision_informs_the_persons_named() -> None:
    informing = [
        (duty, code)
        for duty, each in FRENCH.duties.items()
        for code, decision in each.decisions.items()
        if decision.informs
    ]
    assert [("art14", "informed")] == informing


def test_each_role_belongs_to_one_duty() -> None:
    assert {
        DutyRole.PROSECUTOR: "art40",
        DutyRole.PERSONS: "art14",
        DutyRole.ACCESS: "art15",
        DutyRole.ADMISSIBILITY: "admissibility",
    } == {role: FRENCH.duty(role) for role in DutyRole}


def test_texts_for_officers_avoid_the_listed_words() -> None:
    found = avoided(each.avoid for each in FRENCH.words.values())
    assert found == {
        "inspecteurs désignés", "encadrant", "contrôle interne ciblé", "mobilité", "plannings",
        "contrôle évité", "ré-inspection", "transitaire", "code PIN", "zone", "cotation", "relever", "envoi",
        "indésirables", "issue", "registre", "bris de glace", "réorientation",
    }  # fmt: skip


def test_texts_for_officers_use_the_listed_words_in_place_of_the_avoided_words() -> None:
    assert {
        "officers": (
            "agents habilités de l\N{RIGHT SINGLE QUOTATION MARK}Inspection des services",
            "authorised officers of the inspectorate",
        ),
        "supervisor": (
            "chef de service ou d\N{RIGHT SINGLE QUOTATION MARK}unité",
            "head of a service or unit",
        ),
        "targeted_control": (
            "vérification de l\N{RIGHT SINGLE QUOTATION MARK}Inspection",
            "targeted internal control",
        ),
        "mobility": ("changement d\N{RIGHT SINGLE QUOTATION MARK}affectation", "move to another post"),
        "suspension": ("suspension de fonctions", "suspension from duty"),
        "rosters": ("cote de service", "rosters"),
        "control_avoided": ("sélection levée, visite non faite", "control avoided"),
        "second_inspection": ("contre-visite", "second inspection"),
        "forwarder": ("représentant en douane (RDE)", "forwarder"),
        "release_code": ("code de retrait, bon à délivrer", "release code"),
        "release": ("mainlevée, BAE", "release of goods"),
        "zone": ("direction interrégionale", "interregional directorate"),
        "priority": ("priorité", "priority"),
        "rating": ("cotation (A1 à F6)", "rating (A1 to F6)"),
        "collect": ("récupérer", "collect"),
        "outbox": ("dépôt des réponses", "outbox"),
        "junk": ("écartés", "junk"),
        "outcome": ("suite donnée", "outcome"),
        "ledger": ("registre des communications", "ledger of disclosures"),
        "emergency_opening": ("ouverture d\N{RIGHT SINGLE QUOTATION MARK}urgence", "emergency opening"),
        "referral": (
            "renvoi à l\N{RIGHT SINGLE QUOTATION MARK}autorité compétente",
            "referral to the competent authority",
        ),
    } == {code: (each.name.fr, each.name.en) for code, each in FRENCH.words.items()}


def avoided(words: Iterable[Iterable[str]]) -> set[str]:
    return {word for each in words for word in each}


EARLY = ("received", "acknowledged", "assessing")
AT_WORK = ("assessing", "info_requested", "in_follow_up")
# Officers may send these replies to every reporter, whatever the status of the case.
PROTECTING = (
    "functional_protection",
    "reprisals",
    "non_agents",
    "public_disclosure",
    "identity_notice",
)


def test_each_reply_has_the_decided_status_and_outcome() -> None:
    """Each outcome that may be disclosed to the reporter has its own reply.

    Flags mark the replies that announce more time, and the reply that names no outcome.
    """
    early = ("inadmissible", "out_of_scope")
    told = [each for each in FRENCH.outcomes if each not in FRENCH.untold]
    closing = {f"closing_{each}": (EARLY if each in early else AT_WORK, each) for each in told}
    assert closing | {
        "acknowledgement": (("received", "acknowledged"), None),
        "details": (("received", "acknowledged", *AT_WORK), None),
        "feedback": (("acknowledged", *AT_WORK), None),
        "extension": (("acknowledged", *AT_WORK), None),
        "withheld": (AT_WORK, None),
        "closing_untold": (tuple(each for each in Status if each is not Status.CLOSED), None),
    } | {each: (tuple(Status), None) for each in PROTECTING} == {
        code: (each.status, each.outcome) for code, each in FRENCH.replies.items()
    }
    assert ["extension"] == [code for code, each in FRENCH.replies.items() if each.extends]
    assert ["closing_untold"] == [code for code, each in FRENCH.replies.items() if each.closes]
    assert {"duplicate", "transmitted"} == FRENCH.untold
    assert ["acknowledgement"] == [code for code, each in FRENCH.replies.items() if each.acknowledges]
    assert ["feedback", "withheld"] == [code for code, each in FRENCH.replies.items() if each.answers]
    assert ["details"] == [code for code, each in FRENCH.replies.items() if each.asks]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_acknowledgement_says_whom_to_call_in_danger(language: str) -> None:
    """Many reports are acknowledged at once, and officers may not know yet that a reporter is in danger."""
    (text,) = (each.text.in_(language) for each in FRENCH.replies.values() if each.acknowledges)
    assert {"17", "112", "114"} <= {*re.findall(r"\d+", text)}


def test_each_letter_needs_the_decision_that_permits_it() -> None:
    assert {
        "prosecutor": (Addressee.PROSECUTOR, "transmit"),
        "persons_notice": (Addressee.PERSON, "informed"),
        "forwarding": (Addressee.EXTERNAL, "forwarded"),
    } == {code: (each.to, each.decision) for code, each in FRENCH.letters.items()}


def test_each_letter_may_contain_only_the_listed_facts_of_the_case() -> None:
    """Only the prosecutor is told the day of receipt."""
    assert {
        "prosecutor": {"name", "text", "received"},
        "persons_notice": {"name", "text"},
        "forwarding": {"name", "text"},
    } == {code: each.fields for code, each in FRENCH.letters.items()}


def test_only_the_listed_authorities_have_one_address_for_the_whole_country() -> None:
    known = {code for code, each in FRENCH.authorities.items() if each.address}
    assert {"pnf", "pnaco", "defender_of_rights"} == known


def test_a_separate_reply_tells_a_reporter_that_their_identity_is_passed_on() -> None:
    by_reply = {"identity_notice": "told"}
    assert by_reply == {code: each.decision for code, each in FRENCH.replies.items() if each.decision}
    assert set(by_reply.values()) == FRENCH.told_by_reply


def test_replies_that_protect_somebody_or_withhold_information_name_their_legal_basis() -> None:
    explained = {code: each.basis for code, each in FRENCH.replies.items() if each.basis}
    assert {*PROTECTING, "withheld"} == explained.keys()
    assert {"identity_notice"} == {code for code, each in explained.items() if each.confirm is None}


# Questions for counsel by file and rule. A question with the key "" is about all rules of a file.
TO_CONFIRM = {
    "letters.toml": ["access", "letter.forwarding", "letter.persons_notice", "letter.prosecutor"],
    "duties.toml": [
        "duty.admissibility",
        "duty.art15",
        "duty.art40",
        "duty.forwarding",
        "duty.identity_notice",
    ],
    "retention.toml": [
        "junk",
        "period.admissible",
        "period.inadmissible",
        "proceedings",
        "unopened",
        "visa",
    ],
    "authorities.toml": ["authority.ministry", "authority.pnaco", "emergency", "guarantee.data_rights"],
    "words.toml": [""],
    "deadlines.toml": ["clock.ack_eu", "clock.ack_fr", "clock.feedback", "clock.feedback.extension"],
    "law.toml": ["calendar", "regime.external"],
    "measures.toml": [
        "measure.final_decision",
        "measure.log_preservation",
        "measure.office_decision",
        "measure.prosecutor_word",
    ],
    "replies.toml": [
        "",
        "reply.functional_protection.basis",
        "reply.non_agents.basis",
        "reply.public_disclosure.basis",
        "reply.reprisals.basis",
        "reply.withheld.basis",
    ],
    "sheets.toml": [
        "impact",
        "impact.section.decision",
        "impact.section.opinions",
        "impact.section.rights",
        "processing.section.controller",
        "processing.section.ground",
    ],
}


@pytest.mark.parametrize("file", TO_CONFIRM)
def test_counsel_is_asked_about_every_rule_that_was_not_checked(file: str) -> None:
    """Without a question, readers would believe that an unchecked rule is the law."""
    asked = [each.key for each in FRENCH.to_confirm if each.file == file]
    assert TO_CONFIRM[file] == sorted(asked)


def test_counsel_is_asked_whether_an_answer_may_have_a_date_other_than_that_of_its_signature() -> None:
    """`access_requests.dated` sets the date, because the real day would reveal how long the search took."""
    asked = FRENCH.duties["art15"].basis.confirm
    assert asked is not None
    assert "celle de sa signature" in asked.fr
    assert "date other than the day on which it was signed" in asked.en
