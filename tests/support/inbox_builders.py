"""An inbox for tests, reporters who write to it, and a portal that delivers their envelopes."""

import contextlib
import copy as copying
import functools
import hashlib
import io
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crypto import (
    age,
    archive,
    base64url,
    bundle,
    casetoken,
    container,
    exercise,
    keyring,
    messages,
    pages,
    questionnaire,
    signing,
)
from crypto.archive import Member
from crypto.bundle import Applied, Entry, Import, Intake, Link, Manifest, Withdrawal
from crypto.keyring import Keyring
from crypto.messages import FollowUp, QuestionnaireRef, Report, SeenKeyring
from crypto.recipients import HybridIdentity, HybridRecipient
from crypto.signing import Label
from inbox.cli import main
from inbox.deadlines import legal_duties, workflow
from inbox.keys import vault_header
from inbox.keys.officers import Credential
from inbox.keys.secret_sharing import Appointee, Circle
from inbox.law import in_use
from inbox.session import inbox as unlocking
from inbox.session.inbox import Inbox, Unlocked
from inbox.setup import init
from inbox.setup.ceremony_papers import Handout
from inbox.setup.init import Charter
from inbox.system import clock
from inbox.vault import queries_office
from inbox.vault import tables as vault_tables
from inbox.vault.casework_tables import Duty
from templates import shipped
from templates.law import folder
from templates.law.rules import Asked, Decision, DutyRole, Effect
from tests.support.laws import FRENCH

PASSPHRASE = "a lantern at the harbour mouth"
CHANNEL = "inspection"
QUESTIONNAIRE = shipped.QUESTIONNAIRE
ASKED = questionnaire.parse(QUESTIONNAIRE.read_bytes()).reference
# The weakest parameters that libsodium allows, because tests of the inbox do not test Argon2id.
QUICK = (1, 8192)
# A program that runs the inbox with these parameters.
QUICKLY = f"""
from inbox.cli import main
from inbox.keys import share_file
share_file.LIMITS = {QUICK}
main.main()
"""
# The arguments that close a case, for tests in which it does not matter how the case is closed.
CLOSING = ("moot", "--disclosure", "withheld", "--reason", "drill")

Edit = Callable[[Any], Any]


def today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()


def charter() -> Charter:
    """Return the choices that people made when they created the inbox of the tests."""
    return Charter(
        name="Fanal",
        channel=CHANNEL,
        name_fr="Inspection des douanes",
        name_en="Customs inspectorate",
        note_fr="",
        note_en="",
        questionnaire=QUESTIONNAIRE.read_bytes(),
        law=folder.read(shipped.JURISDICTIONS / "fr"),
    )


def alone() -> Circle:
    """Return a circle of one officer, which most tests use."""
    return Circle((Appointee("officer", PASSPHRASE),), 1, QUICK)


def circle(*names: str, quorum: int) -> Circle:
    """Return a circle of several officers, each with their own passphrase."""
    return Circle(tuple(Appointee(name, passphrase_of(name)) for name in names), quorum, QUICK)


@dataclass(frozen=True)
class Said:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON that the command printed."""
        return json.loads(self.out)


def passphrase_of(name: str) -> str:
    """Return the passphrase of an officer in a circle of several officers."""
    return f"{PASSPHRASE}, says {name}"


def _follows(rule: Decision) -> int:
    """Return the number of a decision's effects: it can inform persons, and it can prepare an outcome."""
    return rule.informs + (rule.outcome is not None)


_TO_MEDIA = {"backup make", *(f"exchange {each}" for each in ("card", "keyring", "outbox", "sign-pages"))}


def insisting(words: Sequence[str | Path]) -> list[str | Path]:
    """Return the command with the option that accepts a folder on this machine's own disk as a medium."""
    given = [*map(str, words)]
    is_medium = " ".join(given[:2]) in _TO_MEDIA or "--shares" in given
    return [*words, *(["--same-disk"] if is_medium and "--same-disk" not in given else [])]


def _addressing(words: Sequence[str | Path]) -> list[str | Path]:
    """Return the command with a recipient and a reference, if French law requires them for this command.

    If the regime requires it, the command also says how officers hear oral reports.
    """
    if tuple(words[:2]) == ("office", "set") and "external" in words:
        return [*words, "--heard", "X"]
    measures, duties = FRENCH.measures, FRENCH.duties.values()
    decisions = {code: each.measure for duty in duties for code, each in duty.decisions.items()}
    path = tuple(words[:3])
    code = str(words[4]) if path == ("case", "measure", "add") and len(words) > 4 else None
    if path[:2] == ("case", "decide") and len(words) > 3:
        code = decisions.get(str(words[3]))
    rule = measures.get(code) if code else None
    wanted = {"--addressee": rule.addressee, "--reference": rule.reference} if rule else {}
    missing = (option for option, is_wanted in wanted.items() if is_wanted and option not in words)
    return [*words, *(word for option in missing for word in (option, "X"))]


class Office:
    """An inbox in a folder, with the commands that officers would type.

    ``present`` are the officers who bring their shares; it is empty for an inbox of one officer. ``brought``
    are other options to open the inbox, if any.
    """

    def __init__(self, folder: Path, present: Sequence[str] = ()) -> None:
        self.root = folder / "inbox"
        self.secret = folder / "passphrase"
        self.shares = folder / "shares"
        self.out = folder / "out"
        self.present = tuple(present)
        self.brought: Sequence[str | Path] = ()

    @classmethod
    def found(cls, folder: Path, chosen: Charter | None = None) -> "Office":
        """Create an inbox in ``folder``."""
        made = cls(folder)
        init.found(made.root, chosen or charter(), alone(), today=today())
        made.secret.write_text(PASSPHRASE + "\n")
        made.out.mkdir()
        return made

    @classmethod
    def found_by(cls, folder: Path, names: Sequence[str], quorum: int) -> "Office":
        """Create an inbox in ``folder`` for several officers.

        The first ``quorum`` officers are present.
        """
        made = cls(folder, names[:quorum])
        made.shares.mkdir()
        handout = Handout(made.shares, with_sheets=False)
        init.found(made.root, charter(), circle(*names, quorum=quorum), handout, today=today())
        made.out.mkdir()
        for name in names:
            made.secret_of(name).write_text(passphrase_of(name) + "\n")
        return made

    def of(self, *names: str) -> "Office":
        """Return the same inbox with these officers present."""
        return Office(self.root.parent, names)

    def copy(self, folder: Path) -> "Office":
        """Return a copy of the inbox in ``folder``."""
        shutil.copytree(self.root.parent, folder, dirs_exist_ok=True)
        return Office(folder, self.present)

    def secret_of(self, name: str) -> Path:
        """Return the file with the passphrase of an officer, in an inbox of several officers."""
        return self.shares / f"{name}.passphrase"

    def share_of(self, name: str) -> Path:
        """Return the file with the current share of an officer, in an inbox of several officers."""
        sharing = vault_header.parse((self.root / "vault.json").read_bytes()).sharing
        return self.shares / f"{name}-{vault_header.name(sharing)}.share"

    def opening(self) -> list[str]:
        """Return the options with which the present officers open the inbox."""
        if self.brought:
            return [*map(str, self.brought)]
        if not self.present:
            return ["--passphrase-file", str(self.secret)]
        pairs = [(self.share_of(name), self.secret_of(name)) for name in self.present]
        return [
            str(word) for share, secret in pairs for word in ("--share", share, "--passphrase-file", secret)
        ]

    def run(self, *arguments: str | Path) -> Said:
        """Run a command in this process, with the options that the law and a medium on this disk require."""
        return self.typed(*_addressing(insisting(arguments)))

    def typed(self, *arguments: str | Path) -> Said:
        """Run a command in this process exactly as it is given."""
        out, err = io.StringIO(), io.StringIO()
        words = ["--home", str(self.root), *self.opening(), *map(str, arguments)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main.run(words)
        return Said(code, out.getvalue(), err.getvalue())

    def json(self, *arguments: str | Path) -> Any:
        """Run a command that must succeed and return its JSON. An exercise may print its mark beside it."""
        said = self.run(*arguments, "--json")
        assert (0, "") == (said.code, said.err.removeprefix(f"{exercise.WORDS}\n"))
        return said.json

    def settle(self, *numbers: int) -> None:
        """Record, without commands, only the decisions that the law requires for every case."""
        with self.opened() as inbox, inbox.transaction() as session:
            duties = in_use.of(session).duties
            for row in session.scalars(select(Duty).where(Duty.case.in_(numbers), Duty.decided.is_(None))):
                rule = duties[row.kind]
                if rule.asked is Asked.ALWAYS:
                    settling = [
                        code for code, each in rule.decisions.items() if each.effect is Effect.SETTLES
                    ]
                    plainest = min(settling, key=lambda code: _follows(rule.decisions[code]))
                    row.decided, row.decision = today(), plainest
            for number in numbers:
                workflow.keep_in_step(session, number)

    def read_all(self, *numbers: int, risk: str = "") -> None:
        """Settle and then read these cases. If ``risk`` is given, assess this risk to the reporter.

        An unread case cannot be closed, and the risk must be assessed before a measure of inquiry.
        """
        self.settle(*numbers)
        for number in map(str, numbers):
            self.json("case", "show", number)
            if risk:
                self.json("case", "set-source-risk", number, risk, "--reason", "x")

    def tell_no_prosecutor(self, *numbers: int) -> None:
        """Record, without commands, the decision not to inform a prosecutor of these cases."""
        with self.opened() as inbox, inbox.transaction() as session:
            law = in_use.of(session)
            kind = law.duty(DutyRole.PROSECUTOR)
            choice = next(code for code, each in law.duties[kind].decisions.items() if not each.measure)
            for number in numbers:
                row = legal_duties.asked_of(session, number, kind, today())
                row.decided, row.decision, row.reason = today(), choice, "drill"
                session.flush()
                workflow.keep_in_step(session, number)

    def close(self, number: str, *how: str) -> Any:
        """Read a case and close it; return the JSON output.

        By default, the case is closed as moot and everything is withheld. The decisions that the law requires
        for every case are recorded first.
        """
        self.settle(int(number))
        self.json("case", "show", number)
        return self.json("case", "close", number, *(how or CLOSING))

    @contextmanager
    def opened(self) -> Iterator[Inbox]:
        """Unlock the inbox without a command."""
        with self.unlocked() as opened:
            yield opened.inbox

    @contextmanager
    def unlocked(self) -> Iterator[Unlocked]:
        """Unlock the inbox without a command, with the officers who open it, on the day of its clock."""
        with unlocking.unlocked(self.root, self.bring, lambda *_: None) as opened:
            opened.inbox.vault.today = clock.datetime.now(UTC).date()
            yield opened

    def bring(self, given: str = PASSPHRASE) -> list[Credential]:
        """Return the credentials of the present officers; ``given`` is the passphrase of a single officer."""
        if self.present:
            return [
                Credential(self.share_of(each).read_bytes(), passphrase_of(each)) for each in self.present
            ]
        return [Credential(next(self.root.glob("*.share")).read_bytes(), given)]

    def state(self) -> dict[str, Any]:
        """Return all rows except the journal's, and the digests of all files except the vault."""
        with self.opened() as inbox, inbox.vault.transaction() as session:
            run = session.connection().exec_driver_sql
            tables = {
                name: sorted(map(repr, run(statement).cursor.fetchall()))
                for name, statement in _whole_tables().items()
            }
        files = {
            str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.root.rglob("*")
            if path.is_file() and path.suffix != ".sqlite"
        }
        return tables | {"files": files}

    def keyring(self) -> tuple[Keyring, bytes]:
        """Return the newest keyring, and the root key that verifies it."""
        with self.opened() as inbox, inbox.transaction() as session:
            row = queries_office.newest_keyring(session)
            root_key = queries_office.office(session).root_key
            deployment = queries_office.office(session).deployment
        assert row is not None
        return keyring.open_keyring(
            row.raw, row.signature, root_key=root_key, deployment=deployment
        ), root_key


@functools.cache
def _whole_tables() -> Mapping[str, str]:
    """Return the query for all rows of each table except the journal."""
    tables = vault_tables.Base.metadata.tables
    return {name: str(select(table)) for name, table in tables.items() if name != "journal"}


class World:
    """An inbox, and the values that outsiders know: deployment, intake key, keyring."""

    def __init__(self, office: Office) -> None:
        self.office = office
        opened, self.root_key = office.keyring()
        self.deployment = opened.deployment
        self.recipient = HybridRecipient.parse(opened.channels[0].intake_keys[0].recipient)
        self.reply_key = opened.channels[0].reply_keys[0].key
        with office.opened() as inbox, inbox.transaction() as session:
            row = queries_office.newest_keyring(session)
        assert row is not None
        self.seen = SeenKeyring(row.serial, row.hash)

    def of(self, copy: Office) -> "World":
        """Return this world with ``copy``, a copy of its inbox. Outsiders still know the same values."""
        made = copying.copy(self)
        made.office = copy
        return made


class Reporter:
    """Someone with a case token."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keys = casetoken.derive(casetoken.generate(), world.deployment)

    def report(
        self,
        text: str = "Il s'est passé quelque chose",
        files: Sequence[bytes] = (),
        edit: Edit | None = None,
    ) -> bytes:
        """Return the envelope of a report; ``edit`` changes the report before it is signed."""
        report = Report(
            channel=CHANNEL,
            key_id=self.world.recipient.key_id,
            case_id=self.keys.case_id,
            salt=self.keys.salt,
            author_key=self.keys.author_key,
            reply_recipient=self.keys.reply_identity.recipient().raw,
            withdraw_id=self.keys.withdraw_id,
            language="fr",
            keyring=self.world.seen,
            questionnaire=QuestionnaireRef(ASKED.id, ASKED.version),
            answers={"what": text, "coi": "no"},
            files=(),
            written=today(),
        )
        return self._seal(Label.REPORT, edit(report) if edit else report, files)

    def follow_up(
        self,
        text: str = "Encore",
        files: Sequence[bytes] = (),
        edit: Edit | None = None,
        seed: bytes | None = None,
    ) -> bytes:
        """Return the envelope of a follow-up, signed with ``seed`` or with the reporter's own seed."""
        follow_up = FollowUp(
            channel=CHANNEL,
            key_id=self.world.recipient.key_id,
            case_id=self.keys.case_id,
            id=secrets.token_bytes(16),
            seen=0,
            keyring=self.world.seen,
            text=text,
            files=(),
            written=today(),
        )
        return self._seal(Label.FOLLOW_UP, edit(follow_up) if edit else follow_up, files, seed)

    def _seal(self, label: Label, message: Any, files: Sequence[bytes], seed: bytes | None = None) -> bytes:
        described = describe(files)
        raw = (messages.REPORT if label is Label.REPORT else messages.FOLLOW_UP).encode(
            replace(message, files=described)
        )
        signature = signing.sign(label, self.world.deployment, raw, seed or self.keys.author_seed)
        return seal(self.world, files, raw, signature)


def describe(files: Sequence[bytes]) -> tuple[messages.File, ...]:
    """Return the description of these files in a message."""
    described = []
    for number, data in enumerate(files, 1):
        digest = container.FileDigest()
        digest.update(data)
        described.append(
            messages.File(number, f"photo {number}.jpg", "image/jpeg", len(data), digest.digest())
        )
    return tuple(described)


def seal(world: World, files: Sequence[bytes], message: bytes, signature: bytes) -> bytes:
    """Return an envelope whose container has these parts."""
    sources = [(len(data), [data]) for data in files]
    pieces = container.write(sources, lambda _: message, lambda _: signature)
    return b"".join(age.seal(pieces, [world.recipient]))


def drop(world: World, note: str, files: Sequence[bytes] = ()) -> bytes:
    """Return the envelope of an unsigned drop."""
    members = [Member(f"files/{n:02}", len(data), iter([data])) for n, data in enumerate(files, 1)]
    text = note.encode()
    raw = b"".join(archive.write([*members, Member("note.txt", len(text), iter([text]))]))
    padded = raw.ljust(65_536, b"\0")
    return age.seal_bytes(padded, [world.recipient])


@dataclass(frozen=True)
class Sent:
    """An envelope as the portal stores it. First reports have a case id."""

    envelope: bytes
    case_id: bytes | None = None


def answering(**answers: str | tuple[str, ...]) -> Edit:
    """Return a function that adds these answers to a report."""
    return lambda report: replace(report, answers={**report.answers, **answers})


def first(reporter: Reporter, **changes: Any) -> Sent:
    """Return a report as the portal stores it; ``changes`` are arguments of ``Reporter.report``."""
    return Sent(reporter.report(**changes), reporter.keys.case_id)


def kinds(office: Office) -> list[str]:
    """Return, for each envelope that did not become a case, the reason why it did not."""
    return [row["kind"] for row in office.json("exchange", "unopened", "list")["unopened"]]


class Portal:
    """A simulated portal that makes intake bundles.

    The portal has an instance key and the last link of its chain of bundles.
    """

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.seed = secrets.token_bytes(32)
        self.last = bundle.NOTHING
        self.folder = folder
        self.folder.mkdir(exist_ok=True)

    @property
    def fingerprint(self) -> str:
        """The fingerprint that `portal init` printed."""
        return signing.fingerprint(signing.public_key(self.seed))

    def bundle(
        self,
        *sent: Sent,
        applied: Link = bundle.NOTHING,
        imported: date | None = None,
        withdrawn: Sequence[Withdrawal] = (),
        edit: Edit | None = None,
    ) -> Path:
        """Write the next bundle; ``edit`` changes its manifest before it is signed.

        The bundle says that the portal imported the inbox's outboxes today, or on the day ``imported``.
        """
        entries = sorted(
            (
                (
                    Entry(
                        id=secrets.token_bytes(16),
                        size=len(each.envelope),
                        hash=hashlib.sha256(each.envelope).digest(),
                        day=today(),
                        case_id=each.case_id,
                    ),
                    each.envelope,
                )
                for each in sent
            ),
            key=lambda pair: base64url.encode(pair[0].id),
        )
        intake = Intake(
            deployment=self.world.deployment,
            channel=CHANNEL,
            n=self.last.n + 1,
            previous=self.last.hash,
            instance_key=signing.public_key(self.seed),
            exported=today(),
            applied=Applied(
                applied.n,
                applied.hash,
                (Import(applied.n, imported or today()),) if applied.n else (),
            ),
            entries=tuple(entry for entry, _ in entries),
            withdrawn=tuple(withdrawn),
        )
        intake = edit(intake) if edit else intake
        manifest = bundle.sign_intake(intake, self.seed)
        self.last = Link(intake.n, manifest.hash)
        path = self.folder / f"{intake.channel}-{intake.n}.tar"
        members = [
            Member(bundle.envelope_name(entry.id), len(envelope), iter([envelope]))
            for entry, envelope in entries
        ]
        path.write_bytes(b"".join(bundle.write(manifest, members)))
        return path


@dataclass(frozen=True)
class Scene:
    """An inbox with its portal and a reporter, for tests to copy."""

    portal: Portal
    reporter: Reporter

    @classmethod
    def begun(cls, world: World, folder: Path) -> "Scene":
        """Create a scene in ``folder`` with a copy of the inbox of ``world``. Nobody has written yet."""
        copied = world.of(world.office.copy(folder / "office"))
        return cls(Portal(copied, folder / "medium"), Reporter(copied))

    @property
    def world(self) -> World:
        """The inbox, with the values that outsiders know."""
        return self.portal.world

    def copy(self, folder: Path) -> "Scene":
        """Return a copy in ``folder``. The copied portal has its own medium, which is empty."""
        made = Scene(copying.copy(self.portal), copying.copy(self.reporter))
        made.portal.world = made.reporter.world = self.world.of(self.world.office.copy(folder / "office"))
        made.portal.folder = folder / "medium"
        made.portal.folder.mkdir()
        return made

    def collect(self, *sent: Sent) -> Any:
        """Collect a bundle of these envelopes. Return the JSON."""
        words = (
            "exchange",
            "collect",
            self.portal.bundle(*sent),
            "--confirm-instance",
            self.portal.fingerprint,
        )
        return self.world.office.json(*words)[0]


def manifest(office: Office, path: Path, serial: int = 7) -> Path:
    """Write a list of pages for an inbox's deployment, as `portal manifest` does."""
    opened, _ = office.keyring()
    files = (pages.Page("/", "text/html", bytes(32)),)
    listed = pages.Pages(
        deployment=opened.deployment, serial=serial, valid_until=today(), policy="", files=files
    )
    path.write_bytes(pages.encode(listed))
    return path


def read_outbox(path: Path, world: World) -> tuple[bundle.Outbox, Manifest, dict[str, bytes]]:
    """Open an outbox bundle as the portal would. Return outbox, manifest and files by name."""
    manifest, members = bundle.read([path.read_bytes()])
    outbox = bundle.open_outbox(manifest, world.deployment, [world.reply_key])
    files = {member.name: b"".join(member.data) for member in bundle.checked(members, outbox.files())}
    return outbox, manifest, files


def read_slot(sealed: bytes, reporter: Reporter) -> messages.Slot:
    """Open a slot as its reporter would."""
    assert len(sealed) == age.sealed_size(16_384)
    raw = b"".join(age.unseal_envelope([sealed], [reporter.keys.reply_identity]))
    signed = container.read([raw], lambda *_: None, lambda _: 16_384)
    assert isinstance(signed, container.Signed)
    return messages.open_slot(reporter.world.deployment, signed, reporter.world.reply_key)


def stranger() -> HybridIdentity:
    """Return an identity whose private key nobody has."""
    return HybridIdentity.from_seed(secrets.token_bytes(32))
