"""Replace the questionnaire, after two officers have confirmed it."""

from crypto.questionnaire import Questionnaire
from inbox.questionnaire import catalogue
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox


def adopt(inbox: Inbox, who: Actor, raw: bytes) -> Questionnaire:
    """Put the questionnaire in the file ``raw`` into use from the next keyring on; return it.

    Two officers confirm. Raises the same errors as ``catalogue.read`` and ``catalogue.adopt``.
    """
    asked = catalogue.read(raw)
    code = Code.ADOPT_QUESTIONNAIRE
    with inbox.acting(who, action(code, questionnaire=asked.id, version=asked.version)) as session:
        catalogue.adopt(session, asked, raw)
    return asked
