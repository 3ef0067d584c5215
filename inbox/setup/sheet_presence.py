"""Who must be present to renew shares when a sheet opened the inbox.

Anybody can present the words of a sheet. An officer who held a colleague's sheet would count as two officers.
Somebody who held all sheets would count as everybody, and could set everybody's passphrase.
"""

from collections.abc import Mapping, Sequence

from crypto.journal import Presence
from inbox.language.errors import Refused
from inbox.language.messages import sentence


def check(
    present: Mapping[str, Presence], before: Sequence[str], staying: Sequence[str], passphrases_lost: str
) -> None:
    """Raise Refused unless the ``present`` officers may renew the shares of the officers ``before``.

    With a sheet, all ``staying`` officers must be present, each with their passphrase or their own sheet.
    Two of these officers must give their passphrase (one officer in a circle of two). Fewer passphrases are
    enough if ``passphrases_lost`` gives a reason. Otherwise, officers who have lost too many passphrases
    could never renew their shares. Also raises Refused if ``passphrases_lost`` is given although enough
    officers gave their passphrase.
    """
    own = [name for name, how in present.items() if how is not Presence.SHEET]
    if len(own) < len(present):
        _check_all_are_here(present, staying)
    needed = min(2, len(before) - 1)
    if len(own) < needed and not passphrases_lost:
        raise Refused(
            sentence("if anybody uses a sheet, two officers must give their own passphrases")
            if needed > 1
            else sentence("both officers brought sheets, but one of them must give a passphrase"),
            sentence(
                "ask another officer to come with their share and passphrase; if too many passphrases are"
                " lost, say why: --passphrases-lost REASON; all officers will see the reason"
            ),
        )
    if len(own) >= needed and passphrases_lost:
        raise Refused(
            sentence("no reason is needed, because enough officers gave their own passphrases"),
            sentence("omit --passphrases-lost"),
        )


def _check_all_are_here(present: Mapping[str, Presence], staying: Sequence[str]) -> None:
    if away := [name for name in staying if name not in present]:
        raise Refused(
            sentence(
                "shares can be renewed with a sheet only while all officers are here; these officers are"
                " missing: {names}",
                names=", ".join(away),
            ),
            sentence("each officer must bring their share and passphrase, or their sheet: --share FILE"),
        )
