"""How the inbox of a body outside names the root whose officers will vouch for its channel."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from crypto import base64url, signing
from crypto.errors import CryptoError
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.setup.init import Root

_Command = TypeVar("_Command", bound=Callable[..., Any])


def join_options(command: _Command) -> _Command:
    """Let a command take ``deployment_id`` and ``root_key``, both or neither."""
    for name, what in (
        ("--root-key", "The root key there, as its `inbox init` said."),
        ("--deployment-id", "Join this deployment as a body outside, with an inbox of its own."),
    ):
        command = click.option(name, help=what)(command)
    return command


def root_of(deployment_id: str | None, root_key: str | None) -> Root | None:
    """Return the root that was named, None for a deployment of one's own; Refused if it is none."""
    if deployment_id is None and root_key is None:
        return None
    if deployment_id is None or root_key is None:
        raise click.UsageError("give both --deployment-id and --root-key, or neither")
    try:
        deployment, key = base64url.decode(deployment_id), base64url.decode(root_key)
    except CryptoError:
        deployment, key = b"", b""
    if (len(deployment), len(key)) != (signing.DEPLOYMENT, signing.PUBLIC):
        raise Refused(
            sentence("the deployment id or the root key has an unexpected form"),
            sentence("copy both from what `inbox init` or `inbox keyring` said at the root"),
        )
    return Root(deployment, key)
