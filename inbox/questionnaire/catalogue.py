"""The questionnaire in use, and those before it: reports that answer them are read by them (SPEC 5.5)."""

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

# Asks nothing, where no questionnaire is known: of what a report answers there are the ids alone.
NONE = Questionnaire(id="", version=0, raw=b"", sections=())


class Known:
    """The questionnaires that reports answer, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[QuestionnaireRef, Questionnaire] = {}

    def of(self, reference: QuestionnaireRef) -> Questionnaire:
        """Return the questionnaire that a report names, as ``closest``."""
        if reference not in self._read:
            self._read[reference] = closest(self._session, reference)
        return self._read[reference]


def read(raw: bytes) -> Questionnaire:
    """Return the questionnaire of a file; Refused for one with a mistake."""
    try:
        return questionnaire.parse(raw)
    except BadDocument as error:
        raise toml_files.refused(error) from error


def asked(session: Session, reference: QuestionnaireRef) -> Questionnaire | None:
    """Return the questionnaire that a report answers, None for an unknown one.

    So is one that was taken when fewer mistakes were looked for: its reports are read all the same.
    """
    file = queries_office.questionnaire(session, reference.id, reference.version)
    return _readable(file) if file else None


def closest(session: Session, reference: QuestionnaireRef) -> Questionnaire:
    """Return the questionnaire that a report answers, for an unknown one as ``readable_in_use``.

    So what must be known first of a report, and never repeated, is recognised though it was made by hand.
    """
    return asked(session, reference) or readable_in_use(session)


def tells_of_danger(session: Session, case: Case) -> bool:
    """Tell whether an answer of a report, as it stands by now, says or fears that somebody is in danger."""
    return not case.unsigned and Flag.DANGER in _flags(Known(session), case)


def cautions(session: Session, case: Case, known: Known | None = None) -> list[Flag]:
    """Return what must be known before a report is read, because of its answers or what an officer judged.

    Whoever asks for many gives the questionnaires that are ``known``.
    """
    found = [] if case.unsigned else _flags(known or Known(session), case)
    is_judged = session.get_one(Workflow, case.number).in_danger and Flag.DANGER not in found
    return [Flag.DANGER, *found] if is_judged else found


def _flags(known: Known, case: Case) -> list[Flag]:
    report = REPORT.parse(case.message)
    return answers.flags(known.of(report.questionnaire), report.answers)


def in_use(session: Session) -> Questionnaire:
    """Return the questionnaire that reports answer from now on; Refused as ``read``."""
    return read(_file_in_use(session).raw)


def readable_in_use(session: Session) -> Questionnaire:
    """Return the questionnaire that reports answer from now on, NONE if it is no longer read."""
    return _readable(_file_in_use(session)) or NONE


def _file_in_use(session: Session) -> QuestionnaireFile:
    return session.get_one(QuestionnaireFile, queries_office.office(session).questionnaire)


def _readable(file: QuestionnaireFile) -> Questionnaire | None:
    try:
        return questionnaire.parse(file.raw)
    except BadDocument:
        return None


def adopt(session: Session, asked: Questionnaire, raw: bytes) -> None:
    """Put the questionnaire of the file ``raw`` into use from the next keyring on; again changes nothing.

    Raises Refused if its version is not above every other of its id.
    """
    office = queries_office.office(session)
    if asked.hash == office.questionnaire:
        return
    last = queries_office.last_questionnaire(session, asked.id)
    if last is not None and asked.version <= last.version:
        raise Refused(
            sentence(
                "version {version} does not follow version {last}, which is in the vault",
                version=asked.version,
                last=last.version,
            ),
            sentence(
                "set `version` to {version} in the file, and in that of the portal", version=last.version + 1
            ),
        )
    session.add(QuestionnaireFile(hash=asked.hash, id=asked.id, version=asked.version, raw=raw))
    session.flush()
    office.questionnaire = asked.hash
