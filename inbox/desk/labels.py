"""What the answers of reports are called in the officer's language, by the questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.keyring import Texts
from crypto.questionnaire import Questionnaire
from inbox.questionnaire import scoring


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of the questions that the queue goes by, and of their answers by id."""

    category: Mapping[str, Texts]
    area: Mapping[str, Texts]


def of(asked: Questionnaire) -> Labels:
    """Return the labels of a questionnaire."""
    ids = scoring.questions()
    return Labels(_options(asked, ids.category), _options(asked, ids.area))


def _options(asked: Questionnaire, question: str) -> Mapping[str, Texts]:
    return {option.id: option.label for option in asked.options(question)}
