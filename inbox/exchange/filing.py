"""File unsealed envelopes in one transaction, as cases, follow-ups or unfiled envelopes."""

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from sqlalchemy.orm import Session

from crypto import casetoken, messages
from crypto.bundle import Withdrawal
from crypto.container import Signed
from crypto.errors import Tampered
from crypto.messages import Status
from inbox.casework import begin, link_index
from inbox.deadlines import workflow
from inbox.exchange.shown_keyrings import Shown
from inbox.exchange.unopened import Item, Shelf
from inbox.exchange.unseal import Altered, Changed, Failed, Read, SignedFollowUp, SignedReport, Unsigned
from inbox.questionnaire import catalogue
from inbox.questionnaire import summary as summaries
from inbox.questionnaire.answers import NOTE
from inbox.questionnaire.summary import first_line
from inbox.system.home import Home
from inbox.vault import case_numbers, fulltext, queries_cases, queries_office, tables
from inbox.vault.tables import Attachment, Case
from inbox.vault.unopened_reasons import Kind

Files: TypeAlias = Sequence[messages.File]

_AT_ONCE = 256


@dataclass(slots=True)
class Filed:
    """What became of the entries of a bundle: the number of the case of each entry.

    ``unopened`` contains the numbers of new rows, for entries that did not become a case. ``resolved``
    contains the numbers of earlier rows whose case is now known.
    """

    cases: list[int] = field(default_factory=list)
    follow_ups: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    unopened: list[int] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)

    def among(self, cases: Container[int], rows: Container[int]) -> "Filed":
        """Return the part that concerns these cases and these rows."""
        return Filed(
            cases=[n for n in self.cases if n in cases],
            follow_ups=[n for n in self.follow_ups if n in cases],
            withdrawn=[n for n in self.withdrawn if n in cases],
            unopened=[n for n in self.unopened if n in rows],
            resolved=[n for n in self.resolved if n in rows],
            repeated=[n for n in self.repeated if n in cases],
        )


@dataclass(frozen=True, slots=True)
class _Owner:
    """The case that a file belongs to, and the follow-up if the file came with one."""

    case: int
    follow_up: bytes | None = None


class Filing:
    """The filing of one bundle into the vault.

    ``seeds`` are the seeds of the filed attachments. ``meant`` maps each case to the officers whom its new
    texts name. ``n`` is the number of the bundle. ``tried`` identifies the intake keys that were tried on the
    bundle's envelopes.
    """

    def __init__(self, session: Session, home: Home, *, n: int, today: date, tried: bytes) -> None:
        self._session = session
        self._today = today
        self._deployment = queries_office.office(session).deployment
        self._shown = Shown(session)
        self._asked = catalogue.Known(session)
        self._numbers = queries_cases.numbers_by_case_id(session)
        self._number = case_numbers.last(session)
        self._shelf = Shelf(session, home, n=n, today=today, tried=tried)
        self.filed = Filed(unopened=self._shelf.added, resolved=self._shelf.resolved)
        self.seeds: dict[bytes, bytes] = {}
        self.meant: dict[int, set[str]] = {}
        self._letters: list[tuple[Item, SignedFollowUp, Read]] = []
        self._found: list[tuple[int, Read]] = []
        self._written: defaultdict[int, list[str]] = defaultdict(list)

    def knows(self, case_id: bytes | None) -> bool:
        """Return whether a case with this id already exists."""
        return case_id in self._numbers

    def take(self, results: Iterable[tuple[Item, Read]]) -> None:
        """File everything except follow-ups, which may come before their report in the bundle.

        Raises Changed if a new envelope has changed since it was verified.
        """
        for place, (item, read) in enumerate(results):
            if place % _AT_ONCE == 0:
                self._flush()
            match read.entry:
                case Failed(kind):
                    self._shelf.keep(item, kind)
                case SignedReport() as letter:
                    self._file_report(item, letter, read)
                case SignedFollowUp() as letter:
                    self._letters.append((item, letter, read))
                case Unsigned() as unsigned:
                    self._file_drop(item, unsigned, read)
                case Altered():
                    _check_is_old(item)

    def finish(self) -> None:
        """File the follow-ups, oldest first."""
        self._flush()
        for item, letter, read in sorted(self._letters, key=_age):
            self._file_follow_up(item, letter, read)
        for number, texts in self._written.items():
            # ``add`` is called once per case, because each call is slow, however few texts are added.
            fulltext.add(self._session, number, texts)

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Flag the case if the withdrawal has the key of the case's reporter; nothing is deleted."""
        found = self._case_of(withdrawal.case_id)
        if found is None and self._shelf.has_tombstone(withdrawal.case_id):
            self._shelf.note(Kind.DESTROYED, self._today)
        elif found is None:
            self._shelf.note(Kind.UNKNOWN_WITHDRAWAL, self._today, case_id=withdrawal.case_id)
        elif casetoken.withdraw_id(withdrawal.withdraw_key) != found.withdraw_id:
            self._shelf.note(Kind.FALSE_WITHDRAWAL, self._today, case_id=withdrawal.case_id)
        elif not found.withdrawn:
            found.withdrawn = True
            self.filed.withdrawn.append(found.number)

    def _flush(self) -> None:
        """Write the new cases, then their marks, which are most of the rows."""
        self._session.flush()
        link_index.add_new(self._session, [(number, read.marks) for number, read in self._found])
        self._found.clear()

    def _file_report(self, item: Item, letter: SignedReport, read: Read) -> None:
        report = letter.report
        if item.case_id not in {None, report.case_id}:
            self._shelf.keep(item, Kind.WRONG_CASE)
            return
        known = self._case_of(report.case_id)
        if known is not None:
            same = known.message == letter.signed.message
            self._file_again(item, Kind.OTHER_REPORT, known, same=same)
            return
        if self._shelf.keep_if_destroyed(item, report.case_id):
            return
        asked = self._asked.of(report.questionnaire)
        filed = self._open_case(item, letter.signed.message, summaries.of_report(report, asked))
        filed.signature = letter.signed.signature
        filed.language = report.language
        filed.case_id = report.case_id
        filed.author_key = report.author_key
        filed.recipient = letter.recipient
        filed.withdraw_id = report.withdraw_id
        filed.keyring_warning = self._shown.warning(report.keyring, item.day)
        self._numbers[report.case_id] = filed.number
        begin.begin(self._session, filed, report.answers, asked)
        self._file_attachments(_Owner(filed.number), letter, report.files)
        self._note_found(filed.number, read)

    def _file_drop(self, item: Item, unsigned: Unsigned, read: Read) -> None:
        known = queries_cases.case_from(self._session, item.place.hash)
        if known is not None:
            self._repeat(item, known)
            return
        if self._shelf.keep_if_destroyed(item):
            return
        note = unsigned.drop.note
        filed = self._open_case(item, note.encode(), first_line([note]))
        filed.unsigned = True
        begin.begin(self._session, filed, {NOTE: note}, catalogue.NONE)
        self._file_attachments(_Owner(filed.number), unsigned)
        self._note_found(filed.number, read)

    def _file_follow_up(self, item: Item, letter: SignedFollowUp, read: Read) -> None:
        follow_up = letter.follow_up
        if item.case_id not in {None, follow_up.case_id}:
            self._shelf.keep(item, Kind.WRONG_CASE)
            return
        known = self._case_of(follow_up.case_id)
        if known is None and self._shelf.keep_if_destroyed(item, follow_up.case_id, follow_up.id):
            return
        if known is None or known.author_key is None:
            self._shelf.keep(item, Kind.UNKNOWN_CASE, follow_up.case_id)
            return
        if not self._is_by_author(letter.signed, known.author_key):
            self._shelf.keep(item, Kind.FALSE_SIGNATURE, known.case_id)
            return
        earlier = queries_cases.follow_up(self._session, known.number, follow_up.id)
        if earlier is not None:
            same = earlier.message == letter.signed.message
            self._file_again(item, Kind.OTHER_FOLLOW_UP, known, same=same)
            return
        self._session.add(
            tables.FollowUp(
                case=known.number,
                id=follow_up.id,
                position=queries_cases.last_follow_up_position(self._session, known.number) + 1,
                received=item.day,
                written=follow_up.written,
                text=follow_up.text,
                message=letter.signed.message,
                signature=letter.signed.signature,
                after=queries_cases.last_reply(self._session, known.number),
            )
        )
        # A reporter may claim to have seen messages that were never sent. Later messages must still be sent.
        known.seen = max(known.seen, min(follow_up.seen, known.serial))
        known.closed_in = None
        warning = self._shown.warning(follow_up.keyring, item.day)
        known.keyring_warning = known.keyring_warning or warning
        self._written[known.number].append(follow_up.text)
        link_index.add(self._session, known.number, read.marks)
        workflow.heard(self._session, known.number, self._today)
        self._file_attachments(_Owner(known.number, follow_up.id), letter, follow_up.files)
        self.filed.follow_ups.append(known.number)
        self._shelf.resolve(item, known.number)
        self._note_named(known.number, read)

    def _is_by_author(self, signed: Signed, author_key: bytes) -> bool:
        try:
            messages.verify_follow_up(self._deployment, signed, author_key)
        except Tampered:
            return False
        return True

    def _case_of(self, case_id: bytes) -> Case | None:
        number = self._numbers.get(case_id)
        if number is None:
            return None
        self._session.flush()
        return queries_cases.case(self._session, number)

    def _open_case(self, item: Item, message: bytes, summary: str) -> Case:
        self._number += 1
        self.filed.cases.append(self._number)
        filed = Case(
            number=self._number,
            status=Status.RECEIVED.value,
            received=item.day,
            received_doubted=item.doubted,
            collected=self._today,
            summary=summary,
            message=message,
            envelope=item.place.hash,
        )
        self._session.add(filed)
        self._shelf.resolve(item, filed.number)
        return filed

    def _file_attachments(
        self, owner: _Owner, letter: SignedReport | SignedFollowUp | Unsigned, described: Files = ()
    ) -> None:
        """File the attachments that ``letter`` kept; an unsigned envelope describes none of its files."""
        if not letter.kept:
            return
        self._session.flush()  # Attachment rows refer to the case and to the follow-up.
        names = {file.number: (file.name, file.type) for file in described}
        first = queries_cases.last_attachment_number(self._session, owner.case) + 1
        for number, (file, kept) in enumerate(zip(letter.files, letter.kept, strict=True), first):
            name, kind = names.get(file.number, ("", ""))
            self._session.add(
                Attachment(
                    id=kept.id,
                    case=owner.case,
                    number=number,
                    name=name,
                    type=kind,
                    size=file.size,
                    digest=file.digest,
                    follow_up=owner.follow_up,
                )
            )
            self.seeds[kept.id] = kept.seed
        self._session.flush()

    def _file_again(self, item: Item, kind: Kind, known: Case, *, same: bool) -> None:
        if same:
            self._repeat(item, known)
        else:
            self._shelf.keep(item, kind, known.case_id)

    def _repeat(self, item: Item, known: Case) -> None:
        self.filed.repeated.append(known.number)
        self._shelf.resolve(item, known.number)

    def _note_found(self, number: int, read: Read) -> None:
        """Note what the search found in the first texts of a case."""
        self._found.append((number, read))
        self._note_named(number, read)

    def _note_named(self, number: int, read: Read) -> None:
        if read.named:
            self.meant.setdefault(number, set()).update(read.named)


def _age(letter: tuple[Item, SignedFollowUp, Read]) -> float:
    """Return the numbers of the database rows, as a sort key. Follow-ups that have no row yet come last."""
    row = letter[0].row
    return row.number if row else math.inf


def _check_is_old(item: Item) -> None:
    """Raise Changed unless the envelope was set aside before.

    An old envelope keeps its row, and must not stop new envelopes from being filed.
    """
    if item.row is None:
        raise Changed
