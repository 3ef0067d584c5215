"""All steps in their order, and the data that remains after the portal is uninstalled."""

from portal.setup.acme import STATE as ACME_STATE
from portal.setup.acme import AcmeCertificate, CertbotTimerOff
from portal.setup.answers import POSTGRESQL, Answers
from portal.setup.certificates import Certificate
from portal.setup.conditions import (
    answered,
    clock,
    debian,
    ipv6,
    no_other_site,
    no_other_tor,
    no_upgrade,
    packages,
    room,
)
from portal.setup.databases import Keyring, PostgresqlRole, PostgresqlSettings, Tables
from portal.setup.pages import PAGES, Pages
from portal.setup.remains import Remains
from portal.setup.services import INSTANCE, DebianNginxOff, DebianTorOff, OnionService, Unit, unit_of_portal
from portal.setup.settings import (
    CONFIGURATION,
    DATABASE,
    STATE,
    USER,
    Configuration,
    Folders,
    Remembered,
    SiteTexts,
)
from portal.setup.steps import Step
from portal.setup.system import System

_LEFT = {
    STATE: "reports that nobody has collected, with a SQLite database",
    "/etc/fanal": "configuration, texts of the site, certificate and answers",
    ACME_STATE: "certificates by ACME with their keys, and the account at the authority",
    "/var/lib/tor-instances/fanal": "key of the onion address",
    INSTANCE: "folder of tor's settings",
    PAGES: "public pages",
    "/var/cache/fanal": "compressed public pages",
    "/var/log/fanal": "errors by kind and day",
}
# The first two come from the package. The third comes from tor, with the onion service.
_USERS = (USER, "portal-acme", "_tor-fanal")


def steps(system: System, answers: Answers) -> list[Step]:
    """Return the steps of an installation. Each step relies on the steps before it."""
    found = [
        *_conditions(system, onion=answers.onion, clearnet=answers.clearnet, acme=answers.by_acme),
        Folders(system),
        Remembered(system, answers),
        DebianNginxOff(system),
    ]
    if answers.onion:
        # The onion service comes before the configuration, because the configuration contains the onion
        # address.
        found += [DebianTorOff(system), OnionService(system)]
    found += [Configuration(system, answers), SiteTexts(system.at(CONFIGURATION))]
    if answers.database == POSTGRESQL:
        found += [PostgresqlSettings(system), PostgresqlRole(system)]
    found += [Tables(system), Keyring(system, answers), Pages(system)]
    if answers.by_acme:
        found += [CertbotTimerOff(system), AcmeCertificate(system, answers)]
    if answers.clearnet:
        found += [
            Certificate(system, answers),
            Unit(system, unit_of_portal(8080), 8080),
            Unit(system, "nginx@clearnet.service", 443),
        ]
    if answers.onion:
        found += [Unit(system, unit_of_portal(8090), 8090), Unit(system, "nginx@onion.service", 8081)]
    if answers.by_acme:
        found.append(Unit(system, "portal-certificate.timer"))
    found += [Unit(system, "portal-expire.timer"), Remains(system)]
    return found


def without_answers(system: System) -> list[Step]:
    """Return the steps that can be checked without answers: the steps that the default answers need."""
    return [*_conditions(system, onion=True, clearnet=True, acme=False), answered()]


def _conditions(system: System, *, onion: bool, clearnet: bool, acme: bool) -> list[Step]:
    return [
        debian(system),
        clock(),
        packages(system, onion=onion, acme=acme),
        room(system),
        no_upgrade(system),
        no_other_site(system),
        *([no_other_tor(system)] if onion else []),
        *([ipv6(system)] if clearnet else []),
    ]


def left(system: System, answers: Answers) -> list[str]:
    """Return what remains on the machine after an uninstallation: folders, the database, and users."""
    found = [f"{path}: {what}" for path, what in _LEFT.items() if system.at(path).exists()]
    if answers.database == POSTGRESQL:
        found.append(f"database {DATABASE} and role {USER} of PostgreSQL: reports that nobody has collected")
    return found + [f"user {name}: owner of files above" for name in _USERS if _has_user(system, name)]


def _has_user(system: System, name: str) -> bool:
    users = system.at("/etc/passwd")
    return users.exists() and f"\n{name}:" in f"\n{users.read_text('utf-8')}"
