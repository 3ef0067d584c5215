"""What an administrator can mend: each finding says what is wrong, then what to do."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from http import HTTPStatus
from itertools import product
from pathlib import Path

from werkzeug.http import parse_date

from crypto.pages import Pages
from portal import days
from portal.api import quotas
from portal.app import load_questionnaire
from portal.config import Settings
from portal.errors import Refused
from portal.exchange import expire, keyrings
from portal.ops import landlock, seccomp, serving
from portal.site import fetching, manifest
from portal.site.fetching import Answer
from portal.store import deletion, expiry, pending, server
from portal.store.database import Database, open_database
from portal.web import guide, headers, translation

_WARN_DAYS = 14
_KEY_DAYS = 14
_KEYRING_DAYS = 7
_EXPIRE_DAYS = 2
_FULL = 0.8
_LEAST_FREE = 2 << 30
_PROBE = 1 << 20
_OTHERS = 0o077
# The kernel shortens longer queues of connections to this, those of nginx too, and says nothing (listen(2)).
_LONGEST_QUEUE = Path("/proc/sys/net/core/somaxconn")
_APART = timedelta(minutes=2)
_RENEW = "import an outbox of the inbox: each brings a new keyring"
_SILENT: Mapping[str, set[str]] = {
    "log_statement": {"none"},
    "log_connections": {"off", ""},  # from version 18 on it is a list
    "log_disconnections": {"off"},
    "log_duration": {"off"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_lock_waits": {"off"},
    "log_checkpoints": {"off"},  # how much was written every few minutes
    "log_autovacuum_min_duration": {"-1"},
    "log_min_error_statement": {"fatal", "panic"},  # a statement that fails holds what it was to keep
    "log_line_prefix": {""},
}
_FORGETFUL: Mapping[str, str] = {
    "wal_level": "minimal",
    "wal_keep_size": "0",
    "wal_recycle": "off",
    "archive_mode": "off",
    "track_commit_timestamp": "off",
}


class Level(Enum):
    """How urgent a finding is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``hint`` is empty where there is nothing to do."""

    level: Level
    what: str
    hint: str = ""


def examine(settings: Settings, file: Path, today: date, url: str = "") -> Iterator[Finding]:
    """Yield each finding; ``file`` holds the settings, ``url`` is the site for visitors."""
    yield from _serving(settings)
    yield from _kernel()
    yield from _manifest(settings, today)
    yield from _private("configuration", file)
    yield from _written(settings)
    yield from _database(settings, today)
    if url:
        yield from _site(url)


def _serving(settings: Settings) -> Iterator[Finding]:
    try:
        serving.prepared(settings)
    except Refused as error:
        yield Finding(Level.WRONG, str(error), error.hint)
    else:
        yield Finding(Level.OK, "configuration, questionnaire, database and keyring fit together")


def _kernel() -> Iterator[Finding]:
    if landlock.version() and seccomp.is_available():
        yield Finding(Level.OK, "the kernel can shut in the processes that serve (Landlock, seccomp)")
    if not landlock.version():
        yield Finding(
            Level.WARNING,
            "the kernel has no Landlock: who takes hold of the portal reads what its user may",
            "run Debian's kernel, with `landlock` in /sys/kernel/security/lsm",
        )
    if not seccomp.is_available():
        yield Finding(
            Level.WARNING,
            "the kernel has no seccomp: who takes hold of the portal reaches other servers",
            "run Debian's kernel on x86-64 or arm64",
        )
    # systemd hides it from services, such as the portal's own.
    if _LONGEST_QUEUE.exists() and (places := int(_LONGEST_QUEUE.read_text())) < serving.QUEUE:
        yield Finding(
            Level.WARNING,
            f"the kernel lets {places} connections wait, not {serving.QUEUE}: more at once are refused",
            f"sysctl net.core.somaxconn={serving.QUEUE}, then restart portal and nginx",
        )


def _manifest(settings: Settings, today: date) -> Iterator[Finding]:
    hint = "make a new one: `portal manifest`, then `inbox sign-pages`"
    try:
        signed = manifest.load(settings)
        served = signed and _again(settings, signed.pages)
    except Refused as error:
        yield Finding(Level.WRONG, str(error), error.hint)
        return
    if signed is None:
        yield Finding(Level.WARNING, "no manifest of the pages: nobody can check what this site serves", hint)
        return
    yield _date("the manifest of the pages", signed.pages.valid_until, today, _KEY_DAYS, hint)
    if served != signed.raw:
        yield Finding(Level.WRONG, "the manifest of the pages lists other pages than are served", hint)


def _written(settings: Settings) -> Iterator[Finding]:
    """Look for what the inspectorate has not filled in yet; a file with a mistake was reported before."""
    for language, name in product(translation.LANGUAGES, guide.NAMES):
        try:
            found = guide.load(settings.guide_folder, language, name).to_fill_in
        except Refused:
            continue
        if found:
            yield Finding(
                Level.WARNING,
                f"{name}.{language}.toml does not say yet: {', '.join(found)}",
                "fill it in, in a folder of your own: see `guide` in config.example.toml",
            )


def _again(settings: Settings, signed: Pages) -> bytes:
    return manifest.make(settings, load_questionnaire(settings), signed.serial, signed.valid_until)


def _private(what: str, file: Path) -> Iterator[Finding]:
    if file.exists() and file.stat().st_mode & _OTHERS:
        yield Finding(Level.WRONG, f"{what} {file} can be read by others", f"chmod 600 {file}")
    else:
        yield Finding(Level.OK, f"{what} is readable by its owner alone")


def _database(settings: Settings, today: date) -> Iterator[Finding]:
    try:
        database = open_database(settings.database_url)
    except Refused:
        return  # said before
    with closing(database):
        yield from _keyring(database, today)
        yield from _waiting(database, today)
        yield from _overdue(database, settings, today)
        yield from _room(database, settings)
        yield _order(database)
        yield from _postgresql(database)
        url = settings.database_url
        if url.get_backend_name() == "sqlite":
            yield from _private("database", Path(str(url.database)))
            yield from _disk(Path(str(url.database)).parent)


def _keyring(database: Database, today: date) -> Iterator[Finding]:
    with database.read() as connection:
        keyring = keyrings.current(connection)
    if keyring is None:
        return
    if today < keyring.issued:
        yield Finding(
            Level.WRONG,
            f"the keyring was issued on {keyring.issued}, after today",
            "set this machine's clock",
        )
        return
    yield _date("the keyring", keyring.valid_until, today, _KEYRING_DAYS)
    for channel in keyring.channels:
        until = max((key.not_after for key in channel.intake_keys), default=keyring.issued)
        yield _date(f"channel {channel.id}", until, today, _KEY_DAYS)


def _date(what: str, until: date, today: date, warn: int, hint: str = _RENEW) -> Finding:
    left = (until - today).days
    if left < 0:
        return Finding(Level.WRONG, f"{what} is past its date {until}", hint)
    if left < warn:
        return Finding(Level.WARNING, f"{what} ends on {until}, in {left} days", hint)
    return Finding(Level.OK, f"{what} is valid until {until}")


def _waiting(database: Database, today: date) -> Iterator[Finding]:
    with database.read() as connection:
        waiting = pending.unconfirmed(connection)
    late = [each for each in waiting if (today - each.oldest).days > _WARN_DAYS]
    for each in late:
        yield Finding(
            Level.WARNING,
            f"channel {each.channel}: an envelope of {each.oldest} is not confirmed as collected",
            "`portal export`, have the inbox collect it, then `portal import` its outbox",
        )
    if not late:
        yield Finding(Level.OK, f"nothing waits for longer than {_WARN_DAYS} days")


def _overdue(database: Database, settings: Settings, today: date) -> Iterator[Finding]:
    with database.read() as connection:
        count = expiry.overdue(connection, today - timedelta(days=_EXPIRE_DAYS), settings.upload_days)
        waiting = deletion.count(connection)
    if waiting:
        yield Finding(
            Level.WARNING,
            f"deleted envelopes not yet overwritten: {waiting}",
            "look again in a minute; if it stays so, make room on the disk, then: `portal expire`",
        )
    if count:
        yield Finding(
            Level.WARNING,
            f"{count} uploads, cases or envelopes should have gone by now",
            "run `portal expire` every day, as deploy/portal-expire.timer does",
        )
    if not (waiting or count):
        yield Finding(Level.OK, "what is over has gone")


def _room(database: Database, settings: Settings) -> Iterator[Finding]:
    with database.read() as connection:
        levels = quotas.levels(connection, settings, days.hour())
    filled = [f"{each.kind.value.replace('_', ' ')} {each.part:.0%}" for each in levels]
    full = any(each.part > _FULL for each in levels)
    yield Finding(
        Level.WARNING if full else Level.OK,
        f"room for envelopes is filled to: {', '.join(filled)}",
        "`portal export`, collect, import: what is confirmed makes room as the next hour begins; "
        "or raise `capacity_gb`"
        if full
        else "",
    )


def _order(database: Database) -> Finding:
    size = database.size
    if size <= expire.SMALL:
        return Finding(Level.OK, "the database is small enough to be written anew every day")
    return Finding(
        Level.WARNING,
        f"above {expire.SMALL >> 20} MiB the database keeps the order in which reports came",
        "export, collect and import make it smaller; or run `portal expire --rewrite` in a quiet hour, "
        f"which takes {-(-size >> 20)} MiB of memory (SQLite) or disk (PostgreSQL)",
    )


def _postgresql(database: Database) -> Iterator[Finding]:
    with database.read() as connection:
        found = server.settings(connection, *_SILENT, *_FORGETFUL)
    if not found:
        return
    loud = [f"{name} = {found[name]}" for name, silent in _SILENT.items() if found[name] not in silent]
    for each in loud:
        yield Finding(
            Level.WRONG,
            f"PostgreSQL logs more than errors: {each}",
            "turn it off, as deploy/postgresql.conf does: a log keeps times of reports",
        )
    if not loud:
        yield Finding(Level.OK, "PostgreSQL logs no statement or connection")
    if server.can_keep(database, _PROBE):
        yield Finding(Level.OK, "PostgreSQL has room for a report")
    else:
        yield Finding(
            Level.WRONG,
            f"PostgreSQL takes no {_PROBE >> 20} MiB more: its disk is full, or others hold its tables",
            "look again in a minute; if it stays so, make room on its disk, then: `portal expire`",
        )
    for name, least in _FORGETFUL.items():
        if found[name] != least:
            yield Finding(
                Level.WARNING,
                f"PostgreSQL keeps times of commits for longer than it must: {name} = {found[name]}",
                f"unless a replica needs it, set {name} = {least}, as deploy/postgresql.conf does",
            )


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        yield Finding(
            Level.WARNING,
            f"{free >> 20} MiB are free beside the database",
            "make room: a report may take 1 GiB",
        )
    else:
        yield Finding(Level.OK, f"{free >> 30} GiB are free beside the database")


def _site(url: str) -> Iterator[Finding]:
    asked = datetime.now(UTC)
    try:
        answer = fetching.Visitor(url).get("/")
        yield _clock(answer, asked, datetime.now(UTC))
        yield from _headers(answer)
        # The first page is a file that the web server has.
        yield _behind(fetching.Visitor(url).get("/keyring.json"))
    except Refused as error:
        yield Finding(Level.WRONG, str(error), error.hint)


def _behind(answer: Answer) -> Finding:
    if answer.status == HTTPStatus.OK:
        return Finding(Level.OK, "a portal answers behind the site")
    return Finding(
        Level.WRONG,
        f"no portal answers behind the site: status {answer.status}",
        "start the one that its nginx names: portal@8080 for clearnet, portal@8090 for the onion service",
    )


def _clock(answer: Answer, asked: datetime, answered: datetime) -> Finding:
    told = parse_date(answer.headers.get("date"))
    if told is None:
        return Finding(
            Level.WARNING,
            "the site tells no time: this machine's clock was not compared with it",
            "let the web server send `Date`",
        )
    # However long the answer took: the time that it tells lies between the two.
    if asked - told > _APART or told - answered > _APART:
        return Finding(
            Level.WRONG,
            f"this machine's clock says {answered:%Y-%m-%d %H:%M}, the site's {told:%Y-%m-%d %H:%M} (UTC)",
            "set the one that is wrong, and keep both by NTP: reports are filed and keys chosen by the day",
        )
    return Finding(Level.OK, "this machine's clock and the site's agree to two minutes")


def _headers(answer: Answer) -> Iterator[Finding]:
    wrong = [name for name, value in headers.ALWAYS.items() if answer.headers.get(name.lower()) != value]
    told = [name for name in ("server", "set-cookie", "x-powered-by", "via") if name in answer.headers]
    for name in wrong:
        yield Finding(
            Level.WRONG, f"header {name} is not as the portal sends it", "let the web server pass it on"
        )
    for name in told:
        yield Finding(Level.WRONG, f"header {name} is sent beside ours", "switch it off in the web server")
    if not wrong and not told:
        yield Finding(Level.OK, "headers are served as the portal sends them")
