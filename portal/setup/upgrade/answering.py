"""Wait until a portal answers. nginx says 503 for as long as its portal does not listen."""

import http.client
from collections.abc import Iterable
from http import HTTPStatus

from portal.setup.services import is_active, wait_until_listening
from portal.setup.system import Failed, System

_ANSWER_SECONDS = 60


def restart(system: System, ports: Iterable[int]) -> None:
    """Restart the portals that run on these ports, and wait until they answer. Raises Failed."""
    units = {f"portal@{port}.service": port for port in ports}
    running = [unit for unit in units if is_active(system, unit)]
    system.control("try-restart", *units)
    for unit in running:
        wait_until_answering(system, unit, units[unit])


def wait_until_answering(system: System, unit: str, port: int) -> None:
    """Return once a portal that was started answers. Raises Failed if it does not start or answer."""
    wait_until_listening(system, unit, port)
    if not answers(port):
        raise Failed(f"{unit} does not answer; see /var/log/fanal")


def answers(port: int) -> bool:
    """Return whether a portal on this machine serves its keyring, which it reads from its database."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/keyring.json")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
