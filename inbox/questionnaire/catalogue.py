"""The questionnaire in use and its predecessors, which older reports answer (SPEC 5.5)."""

from sqlalchemy.orm import Session

from crypto import questionnaire
from crypto.messages import REPORT, QuestionnaireRef
from crypto.questionnaire import BadDocument, Flag, Questionnaire
from inbox.language import toml_files
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.questionnaire import answers
from inbox.vault import queries_office
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case, QuestionnaireFile

# A questionnaire without questions. If no questionnaire is known, only the ids of the answers can be shown.
NONE = Questionnaire(id="", version=0, raw=b"", sections=())


class Known:
    """The questionnaires that reports answer, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[QuestionnaireRef, Questionnaire] = {}

    def of(self, reference: QuestionnaireRef) -> Questionnaire:
        """Return the same questionnaire as ``closest``, but read each questionnaire only once."""
        if reference not in self._read:
            self._read[reference] = closest(self._session, reference)
        return self._read[reference]


def read(raw: bytes) -> Questionnaire:
    """Return the questionnaire in a file. Raise Refused if the file has a mistake."""
    try:
        return questionnaire.parse(raw)
    except BadDocument as error:
        raise toml_files.refused(error) from error


def asked(session: Session, reference: QuestionnaireRef) -> Questionnaire | None:
    """Return the questionnaire that a report answers, or None if it is unknown.

    A questionnaire also counts as unknown if an earlier version of this program accepted it but today's
    stricter rules reject it. Reports can still be read if their questionnaire counts as unknown.
    """
    file = queries_office.questionnaire(session, reference.id, reference.version)
    return _readable(file) if file else None


def closest(session: Session, reference: QuestionnaireRef) -> Questionnaire:
    """Return the questionnaire that a report answers; if it is unknown, return ``readable_in_use``.

    Warnings and protected answers are therefore recognised even in a report that was made by hand.
    """
    return asked(session, reference) or readable_in_use(session)


def tells_of_danger(session: Session, case: Case) -> bool:
    """Return whether a current answer of a report says that somebody is, or may be, in danger."""
    return not case.unsigned and Flag.DANGER in _flags(Known(session), case)


def cautions(session: Session, case: Case, known: Known | None = None) -> list[Flag]:
    """Return the warnings that officers need before they read a report.

    These warnings come from the report's answers or from an officer's assessment. Callers with many cases
    pass ``known``, so that each questionnaire is read once.
    """
    found = [] if case.unsigned else _flags(known or Known(session), case)
    is_judged = session.get_one(Workflow, case.number).in_danger and Flag.DANGER not in found
    return [Flag.DANGER, *found] if is_judged else found


def _flags(known: Known, case: Case) -> list[Flag]:
    report = REPORT.parse(case.message)
    return answers.flags(known.of(report.questionnaire), report.answers)


def in_use(session: Session) -> Questionnaire:
    """Return the questionnaire that new reports answer. Raise Refused if its file has a mistake."""
    return read(_file_in_use(session).raw)


def readable_in_use(session: Session) -> Questionnaire:
    """Return the questionnaire that new reports answer, or NONE if it can no longer be read."""
    return _readable(_file_in_use(session)) or NONE


def _file_in_use(session: Session) -> QuestionnaireFile:
    return session.get_one(QuestionnaireFile, queries_office.office(session).questionnaire)


def _readable(file: QuestionnaireFile) -> Questionnaire | None:
    try:
        return questionnaire.parse(file.raw)
    except BadDocument:
        return None


def adopt(session: Session, asked: Questionnaire, raw: bytes) -> None:
    """Put the questionnaire in the file ``raw`` into use from the next keyring on.

    Nothing changes if this questionnaire is already in use. Raises Refused if the questionnaire's version is
    not higher than all other versions of the same id.
    """
    office = queries_office.office(session)
    if asked.hash == office.questionnaire:
        return
    last = queries_office.last_questionnaire(session, asked.id)
    if last is not None and asked.version <= last.version:
        raise Refused(
            sentence(
                "version {version} is not higher than version {last}, which is in the vault",
                version=asked.version,
                last=last.version,
            ),
            sentence(
                "set `version` to {version} in this file and in the portal's file", version=last.version + 1
            ),
        )
    session.add(QuestionnaireFile(hash=asked.hash, id=asked.id, version=asked.version, raw=raw))
    session.flush()
    office.questionnaire = asked.hash
