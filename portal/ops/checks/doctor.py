"""Checks for the administrator: each finding says what is wrong and what to do."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import astuple
from datetime import date, datetime, timedelta
from http import HTTPStatus
from itertools import product
from pathlib import Path

from werkzeug.http import parse_date

from crypto import signing
from crypto.pages import Pages
from portal import days
from portal.api import quotas
from portal.app import load_questionnaire
from portal.config import Settings
from portal.errors import Refused
from portal.exchange import expire, keyrings
from portal.kit import texts as kit
from portal.ops import landlock, seccomp, serving
from portal.ops.checks import machine
from portal.site import fetching, manifest
from portal.site.fetching import Answer
from portal.store import deletion, expiry, outboxes, server
from portal.store.database import Damaged, Database, StoreBusy, open_database
from portal.store.keyrings import key_pair
from portal.typed import typed
from portal.web import figures, guide, headers, law, scenarios, translation
from templates.findings import Finding, Level

_WARN_DAYS = 14
_KEY_DAYS = 14
_KEYRING_DAYS = 7
# ACME renews a certificate 30 days before it expires, so a warning means that a renewal is late.
_CERTIFICATE_DAYS = 28
_EXPIRE_DAYS = 2
_OVERWRITE_SECONDS = 10
_FULL = 0.8
_LEAST_FREE = 2 << 30
_PROBE = 1 << 20
_OTHERS = 0o077
# The kernel silently limits connection queues, including those of nginx, to this length (listen(2)).
_LONGEST_QUEUE = Path("/proc/sys/net/core/somaxconn")
_APART = timedelta(minutes=2)
_SETTINGS = "/usr/share/fanal-portal/postgresql.conf"
_RENEW = "import an outbox: each one contains a new keyring"
_RENEW_CERTIFICATE = "renew the certificate, then run `fanal-portal certificate`"
_SILENT: Mapping[str, set[str]] = {
    "log_statement": {"none"},
    "log_connections": {"off", ""},  # From PostgreSQL 18 on, ``log_connections`` is a list.
    "log_disconnections": {"off"},
    "log_duration": {"off"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_lock_waits": {"off"},
    "log_checkpoints": {"off"},  # Every few minutes, checkpoints in the log would show how much was written.
    "log_autovacuum_min_duration": {"-1"},
    "log_min_error_statement": {"fatal", "panic"},  # A logged statement would contain the data to store.
    "log_line_prefix": {""},
}
_FORGETFUL: Mapping[str, str] = {
    "wal_level": "minimal",
    "wal_keep_size": "0",
    "wal_recycle": "off",
    "archive_mode": "off",
    "track_commit_timestamp": "off",
}


def examine(settings: Settings, file: Path, today: date, url: str = "") -> Iterator[Finding]:
    """Yield each finding.

    ``file`` is the configuration file, and ``url`` is the public address of the site.
    """
    damage = _damage(settings)
    yield from [damage] if damage else _serving(settings)
    yield from _kernel()
    yield from machine.examine(_data(settings))
    yield from _law(settings)
    yield from _figures(settings) or _manifest(settings, today)
    yield from _private("configuration", file)
    yield from _written(settings)
    if not damage:
        yield from _database(settings, today)
    if url:
        yield from _site(url, today)


def _damage(settings: Settings) -> Finding | None:
    """Return a finding if the database is damaged. Other checks report a database that cannot be opened.

    In a large database, only the pages needed to open it are read. Reading all pages would take minutes, and
    nothing could be overwritten in that time.
    """
    try:
        with closing(open_database(settings.database_url)) as database:
            if database.size <= expire.SMALL:
                database.check()
    except Damaged as error:
        return Finding(Level.WRONG, str(error), error.hint)
    except Refused:
        pass
    return None


def _serving(settings: Settings) -> Iterator[Finding]:
    try:
        serving.prepared(settings)
    except Refused as error:
        yield Finding(Level.WRONG, str(error), error.hint)
    else:
        yield Finding(Level.OK, "configuration, questionnaire, database and keyring match")


def _kernel() -> Iterator[Finding]:
    if landlock.version() and seccomp.is_available():
        yield Finding(Level.OK, "the kernel can confine the serving processes (Landlock, seccomp)")
    if not landlock.version():
        yield Finding(
            Level.WARNING,
            "the kernel has no Landlock: an attacker who takes over the portal can read its user's files",
            "run Debian's kernel, with `landlock` in /sys/kernel/security/lsm",
        )
    if not seccomp.is_available():
        yield Finding(
            Level.WARNING,
            "the kernel has no seccomp: an attacker who takes over the portal can reach other servers",
            "run Debian's kernel on x86-64 or arm64",
        )
    # systemd hides this file from services.
    if _LONGEST_QUEUE.exists() and (places := int(_LONGEST_QUEUE.read_text())) < serving.QUEUE:
        yield Finding(
            Level.WARNING,
            f"the kernel lets only {places} connections wait instead of {serving.QUEUE}, and refuses more",
            f"run `sysctl net.core.somaxconn={serving.QUEUE}`, then restart portal and nginx",
        )


def _law(settings: Settings) -> Iterator[Finding]:
    """Report the law and the regime on which the promises of the pages are based.

    Bundles name neither law nor regime, so an administrator must compare both with those of the inbox.
    Another check reports mistakes in the law.
    """
    try:
        found = law.load(settings.law_folder)
        law.regime(found, settings.regime)
    except Refused:
        return
    yield Finding(
        Level.OK,
        f"pages promise what the law {found.sha256.hex()} says of the regime"
        f" {settings.regime or found.default_regime}",
        "compare the law and the regime with those that `inbox office show` prints",
    )


def _figures(settings: Settings) -> Sequence[Finding]:
    """Find out whether the site is served without its figures, so that its pages differ from the manifest."""
    refused = figures.refusal(settings.figures_folder, settings.figures_key)
    return [Finding(Level.WRONG, str(refused), refused.hint)] if refused else []


def _manifest(settings: Settings, today: date) -> Iterator[Finding]:
    hint = f"make a new page manifest: {typed('manifest')}, then `inbox exchange sign-pages`"
    try:
        signed = manifest.load(settings)
        served = signed and _again(settings, signed.pages)
    except Refused as error:
        yield Finding(Level.WRONG, str(error), error.hint)
        return
    if signed is None:
        yield Finding(Level.WARNING, "no page manifest: nobody can check what this site serves", hint)
        return
    yield _date("the page manifest", signed.pages.valid_until, today, _KEY_DAYS, hint)
    if served != signed.raw:
        yield Finding(Level.WRONG, "the page manifest differs from the pages served", hint)


def _written(settings: Settings) -> Iterator[Finding]:
    """Find texts that the inspectorate has not filled in yet. Another check reports files with mistakes."""
    if found := [each for each in astuple(settings.name) if "[" in each]:
        yield Finding(
            Level.WARNING,
            f"nobody is named behind the site: {', '.join(found)}",
            "set `name` to the name of the inspectorate in each language",
        )
    for language, name in product(translation.LANGUAGES, guide.NAMES):
        with suppress(Refused):
            found = guide.load(settings.guide_folder, language, name).to_fill_in
            yield from _filled_in(settings, guide.file_of(settings.guide_folder, language, name), found)
    with suppress(Refused):
        situations, file = scenarios.load(settings.guide_folder), scenarios.file_of(settings.guide_folder)
        yield from _filled_in(settings, file, situations.to_fill_in)
        yield from _translated(file, situations.untranslated)
    try:
        file = kit.file_of(settings)
        yield from _translated(file, kit.untranslated(file))
    except Refused as error:
        # The site does not need this file, but `portal kit` refuses it.
        yield Finding(Level.WARNING, f"no awareness kit can be made: {error}", error.hint)


def _filled_in(settings: Settings, file: Path, found: Sequence[str]) -> Iterator[Finding]:
    if found:
        yield Finding(
            Level.WARNING,
            f"{file.name} is not filled in: {', '.join(found)}",
            f"fill in {file}"
            if settings.guide
            else f"fill in a copy of {file} in your own folder: see `guide` in config.example.toml",
        )


def _translated(file: Path, equal: Sequence[str]) -> Iterator[Finding]:
    if equal:
        yield Finding(
            Level.WARNING,
            f"{file.name} has texts that are equal in French and in English: {', '.join(equal)}",
            f"translate them in {file}, unless they are names",
        )


def _again(settings: Settings, signed: Pages) -> bytes:
    return manifest.make(settings, load_questionnaire(settings), signed.serial, signed.valid_until)


def _private(what: str, file: Path) -> Iterator[Finding]:
    if file.exists() and file.stat().st_mode & _OTHERS:
        yield Finding(Level.WRONG, f"others can read {what} {file}", f"run `chmod 600 {file}`")
    else:
        yield Finding(Level.OK, f"only its owner can read the {what}")


def _database(settings: Settings, today: date) -> Iterator[Finding]:
    try:
        database = open_database(settings.database_url)
    except Refused:
        return  # ``_serving`` has already reported the error.
    with closing(database):
        yield from _fingerprint(database)
        yield from _keyring(database, today)
        yield from _exchange(database, today)
        yield from _overdue(database, settings, today)
        yield from _room(database, settings)
        yield _order(database)
        yield from _postgresql(database)
        if folder := _data(settings):
            yield from _private("database", Path(str(settings.database_url.database)))
            yield _disk(folder)


def _data(settings: Settings) -> Path | None:
    """Return the folder of a SQLite database, or None for PostgreSQL."""
    url = settings.database_url
    return Path(str(url.database)).parent if url.get_backend_name() == "sqlite" else None


def _fingerprint(database: Database) -> Iterator[Finding]:
    with database.read() as connection:
        keys = key_pair(connection)
    if keys is not None:
        yield Finding(
            Level.OK,
            f"fingerprint of this portal: {signing.fingerprint(keys.public)}",
            "officers compare it at the first `inbox exchange collect`",
        )


def _keyring(database: Database, today: date) -> Iterator[Finding]:
    with database.read() as connection:
        keyring = keyrings.current(connection)
    if keyring is None:
        return
    if today < keyring.issued:
        yield Finding(
            Level.WRONG,
            f"the keyring was issued in the future, on {keyring.issued}",
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
        return Finding(Level.WRONG, f"{what} expired on {until}", hint)
    if left < warn:
        return Finding(Level.WARNING, f"{what} expires on {until}, in {left} days", hint)
    return Finding(Level.OK, f"{what} is valid until {until}")


def _exchange(database: Database, today: date) -> Iterator[Finding]:
    """Report channels without a recent import. The days of imports do not depend on reports."""
    with database.read() as connection:
        keyring = keyrings.current(connection)
        listed = [channel.id for channel in keyring.channels] if keyring else []
        imported = {each: outboxes.imports(connection, each).imports for each in listed}
    late = [each for each, days_ in imported.items() if not days_ or _is_late(days_[-1].day, today)]
    for each in late:
        yield Finding(
            Level.WARNING,
            f"channel {each}: no outbox was imported in the last {_WARN_DAYS} days",
            f"{typed('export')}, have the inbox collect it, then {typed('import')} its outbox",
        )
    if not late:
        yield Finding(Level.OK, f"an outbox of each channel was imported in the last {_WARN_DAYS} days")


def _is_late(day: date, today: date) -> bool:
    return (today - day).days > _WARN_DAYS


def _overdue(database: Database, settings: Settings, today: date) -> Iterator[Finding]:
    # After a withdrawal, the deleted bytes stay until the clock overwrites them. Overwrite the deleted bytes
    # here. Otherwise, the finding would show that somebody has just withdrawn a report.
    with suppress(StoreBusy):
        deletion.overwrite(database, _OVERWRITE_SECONDS)
    with database.read() as connection:
        late = expiry.overdue(connection, today - timedelta(days=_EXPIRE_DAYS), settings.upload_days)
        waiting = deletion.count(connection)
    if waiting:
        yield Finding(
            Level.WARNING,
            "deleted envelopes could not be overwritten",
            f"check again in a minute; if this continues, make room on the disk and run {typed('expire')}",
        )
    if late:
        yield Finding(
            Level.WARNING,
            "expired data is not deleted yet",
            f"run {typed('expire')} every day, as portal-expire.timer does",
        )
    if not (waiting or late):
        yield Finding(Level.OK, "expired data is deleted")


def _room(database: Database, settings: Settings) -> Iterator[Finding]:
    with database.read() as connection:
        levels = quotas.levels(connection, settings, days.hour())
    full = [each.kind.value.replace("_", " ") for each in levels if each.part > _FULL]
    if full:
        yield Finding(
            Level.WARNING,
            f"nearly full shares: {', '.join(full)}",
            "export, collect and import: confirmed envelopes make room when the next hour begins; "
            "or raise `capacity_gb`",
        )
    else:
        yield Finding(Level.OK, "every kind of envelope has room")


def _order(database: Database) -> Finding:
    if database.size <= expire.SMALL:
        return Finding(Level.OK, "the database is small enough to be rewritten every day")
    return Finding(
        Level.WARNING,
        f"the database is larger than {expire.SMALL >> 20} MiB: it keeps the order in which reports arrived",
        f"make it smaller: export, collect, import; or run {typed('expire --rewrite')} in a quiet hour, "
        "which needs as much memory (SQLite) or disk (PostgreSQL) as the database has",
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
            f"turn this setting off, as {_SETTINGS} does: a log records the times of reports",
        )
    if not loud:
        yield Finding(Level.OK, "PostgreSQL logs no statements or connections")
    if server.can_keep(database, _PROBE):
        yield Finding(Level.OK, "PostgreSQL has room for a report")
    else:
        yield Finding(
            Level.WRONG,
            f"PostgreSQL cannot store {_PROBE >> 20} MiB more: its disk is full, or its tables are locked",
            f"check again in a minute; if this continues, make room on its disk and run {typed('expire')}",
        )
    for name, least in _FORGETFUL.items():
        if found[name] != least:
            yield Finding(
                Level.WARNING,
                f"PostgreSQL keeps commit times for longer than needed: {name} = {found[name]}",
                f"unless a replica needs it, set {name} = {least}, as {_SETTINGS} does",
            )


def _disk(folder: Path) -> Finding:
    if shutil.disk_usage(folder).free < _LEAST_FREE:
        return Finding(
            Level.WARNING,
            f"the disk of the database has less than {_LEAST_FREE >> 30} GiB free",
            "make room: one report may take 1 GiB",
        )
    return Finding(Level.OK, f"the disk of the database has at least {_LEAST_FREE >> 30} GiB free")


def _site(url: str, today: date) -> Iterator[Finding]:
    asked = days.now()
    try:
        answer = fetching.Visitor(url).get("/")
        yield _clock(answer, asked, days.now())
        yield from _headers(answer)
        # The web server answers "/" from a frozen file, so only the keyring shows whether a portal runs.
        yield _behind(fetching.Visitor(url).get("/keyring.json"))
        if ends := fetching.certificate_ends(url):
            yield _date(
                "the certificate of the site", ends.date(), today, _CERTIFICATE_DAYS, _RENEW_CERTIFICATE
            )
    except Refused as error:
        yield Finding(Level.WRONG, str(error), error.hint)


def _behind(answer: Answer) -> Finding:
    if answer.status == HTTPStatus.OK:
        return Finding(Level.OK, "the portal behind the site answers")
    return Finding(
        Level.WRONG,
        f"the portal behind the site does not answer: status {answer.status}",
        "start it: portal@8080 for the clearnet site, portal@8090 for the onion service",
    )


def _clock(answer: Answer, asked: datetime, answered: datetime) -> Finding:
    sent = parse_date(answer.headers.get("date"))
    if sent is None:
        return Finding(
            Level.WARNING,
            "the site sends no time: this machine's clock was not checked",
            "let the web server send `Date`",
        )
    # If the clocks agree, the site's time lies between the times of the request and the answer, however long
    # the answer took.
    if asked - sent > _APART or sent - answered > _APART:
        return Finding(
            Level.WRONG,
            f"this machine's clock says {answered:%Y-%m-%d %H:%M}, the site's {sent:%Y-%m-%d %H:%M} (UTC)",
            "correct the wrong clock, and use NTP on both machines: the day decides the date of a"
            " report and which keys are used",
        )
    return Finding(Level.OK, "this machine's clock and the site's agree to two minutes")


def _headers(answer: Answer) -> Iterator[Finding]:
    wrong = [name for name, value in headers.ALWAYS.items() if answer.headers.get(name.lower()) != value]
    extra = [name for name in ("server", "set-cookie", "x-powered-by", "via") if name in answer.headers]
    for name in wrong:
        yield Finding(
            Level.WRONG,
            f"header {name} is missing or changed",
            "let the web server pass on the portal's header",
        )
    for name in extra:
        yield Finding(
            Level.WRONG,
            f"the site adds the header {name}",
            "remove this header in the web server's configuration",
        )
    if not wrong and not extra:
        yield Finding(Level.OK, "the headers are those of the portal")
