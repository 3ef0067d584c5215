"""Two officers at one page: each types the passphrase for this very action, and nothing keeps it."""

from collections.abc import Mapping, Sequence

from flask import g, request

from crypto.journal import Presence
from inbox.keys import share_file
from inbox.session.actions import Action, Confirm
from inbox.session.inbox import Unlocked

FIELD = "passphrase-"


def asking(opened: Unlocked) -> Confirm:
    """Return what confirms an action by the passphrases that came with the form; nobody if none did."""

    def ask(actions: Sequence[Action], needed: int) -> Mapping[str, Presence]:
        given = {name: request.form.get(FIELD + name, "") for name in opened.sealed}
        g.actions, g.names, g.needed, g.has_typed = actions, list(opened.sealed), needed, any(given.values())
        confirmed: list[str] = []
        for name, file in opened.sealed.items():
            if given[name] and len(confirmed) < needed:
                share_file.unseal(file, given[name])
                confirmed.append(name)
        return dict.fromkeys(confirmed, Presence.CONFIRMED)

    return ask
