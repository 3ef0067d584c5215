"""The errors of the release program: what went wrong, and what to do."""

# The hint if a file of a release may come from an attacker.
DANGER = "do not install these files"


class Refused(Exception):
    """A release that cannot be built, signed or accepted. ``hint`` says what to do."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


class Failed(Refused):
    """A program ran and failed."""
