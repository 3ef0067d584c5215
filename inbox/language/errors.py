"""Errors that the inbox shows to officers: what went wrong, and what to do about it."""

from collections.abc import Sequence
from typing import Self

from inbox.language.messages import Sentence, sentence


class Refused(Exception):
    """The inbox refused an action and changed nothing. ``what`` is the error, and ``hint`` is the remedy.

    If ``what`` or ``hint`` contains text from outside, show it through ``terminal`` only. ``fields`` are the
    names of the form fields that may be wrong. ``fields`` is empty if the error concerns no field.
    """

    fields: tuple[str, ...] = ()

    def __init__(self, what: Sentence, hint: Sentence) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def at(self, *fields: str) -> Self:
        """Name the form fields that the error is about, and return the error.

        The desk shows the error at the first of these fields that is filled in, or at the first field if all
        are empty.
        """
        self.fields = fields
        return self


class HomeRefused(Refused):
    """The home folder is missing, already exists, or is in use."""


class WrongPassphrase(Refused):
    """An officer's share does not open with this passphrase."""

    def __init__(self, officer: str) -> None:
        super().__init__(
            sentence("this is not the passphrase of {officer}", officer=officer),
            sentence("check the keyboard layout and caps lock, then try again"),
        )


class ShareDamaged(Refused):
    """A file is not a share, or a word of the share is wrong."""

    def __init__(self) -> None:
        super().__init__(
            sentence("a share is damaged, or the file is not a share"),
            sentence("use a copy of the share, or compare the words with the sheet"),
        )


class TooLittleMemory(Refused):
    """There is too little free memory to stretch a passphrase with the parameters in the share file."""

    def __init__(self, needed: int) -> None:
        super().__init__(
            sentence("not enough free memory: a passphrase needs {needed} MiB", needed=needed >> 20),
            sentence("end other programs, or raise the limit (ulimit -v unlimited), then try again"),
        )


class OtherSharing(Refused):
    """At least one share does not belong to the current sharing of this inbox."""

    def __init__(self) -> None:
        super().__init__(
            sentence("a share belongs to another inbox, or dates from before the officers changed"),
            sentence(
                "use the newest shares: their file names end in the letters given in the record of the"
                " ceremony"
            ),
        )


# Why an action that one officer can usually do alone requires two officers.
USED_UP = sentence(
    "two officers must each enter their passphrase: this case has reached the limit of texts that one"
    " officer alone may compare with the reporter's identity"
)


class Locked(Refused):
    """A passphrase is missing.

    The action needs the passphrases of two officers, or of the only officer.
    """

    def __init__(self, needed: int, why: Sentence | None = None) -> None:
        """``needed`` is the number of passphrases that the action needs.

        If one officer can usually do the action alone, ``why`` says why it requires two.
        """
        super().__init__(
            why
            or (
                sentence("two officers must each enter their passphrase")
                if needed > 1
                else sentence("the officer must enter their passphrase")
            ),
            sentence(
                "ask a second officer to come; an officer who opened the inbox with the words of a"
                " sheet has no passphrase, and must first renew the shares, outside a session: inbox"
                " officer renew"
            )
            if needed > 1
            else sentence(
                "type the passphrase; if the inbox was opened with the words of a sheet, first renew the"
                " share, outside a session: inbox officer renew"
            ),
        )


class Superseded(Refused):
    """vault.json has changed since this inbox was opened with it."""

    def __init__(self) -> None:
        super().__init__(
            sentence("vault.json has changed since this inbox was opened"),
            sentence("open the inbox again, with the newest shares"),
        )


class HeaderDamaged(Refused):
    """vault.json was changed or damaged, or it does not match the shares."""

    def __init__(self) -> None:
        super().__init__(
            sentence("the vault's header vault.json is damaged"), sentence("restore a copy of vault.json")
        )


class VaultMissing(Refused):
    """The header exists, but its vault is missing."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence("{name} is missing", name=name),
            sentence("restore the vault that belongs to this vault.json"),
        )


class VaultDamaged(Refused):
    """The passphrases are right, but the vault cannot be read."""

    def __init__(self) -> None:
        super().__init__(
            sentence("the shares are right, but the vault is damaged or belongs to another header"),
            sentence("restore a copy of the vault together with its key store"),
        )


class KeyStoreDamaged(Refused):
    """The key store is missing or altered, or it is older or newer than the vault."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence("the key store {name} is missing or damaged", name=name),
            sentence("restore the copy of {name}", name=name),
        )


class FileRefused(Refused):
    """A file that an officer named cannot be read, or is too large."""


class BundleRefused(Refused):
    """A bundle from the portal was rejected."""


class CaseRefused(Refused):
    """The case does not exist, or it does not allow this action."""


class Undeclared(CaseRefused):
    """Officers must declare that they have no conflict of interest before they read or act on a case."""

    def __init__(self, cases: Sequence[int], names: Sequence[str]) -> None:
        which, asked = ", ".join(map(str, cases)), " and ".join(names)
        one = sentence(
            "{names} must first declare that they have no conflict of interest in case {cases}",
            names=asked,
            cases=which,
        )
        many = sentence(
            "{names} must first declare that they have no conflict of interest in cases {cases}",
            names=asked,
            cases=which,
        )
        super().__init__(
            one if len(cases) == 1 else many,
            sentence(
                "to make the declaration: inbox case declare {cases}; an officer with a conflict of"
                " interest leaves the case to others: inbox access conflict add CASE NAME --reason TEXT",
                cases=" ".join(map(str, cases)),
            ),
        )
        self.cases = tuple(cases)
        self.names = tuple(names)
