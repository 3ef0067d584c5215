"""What a command says when it will not go on: what happened, then what to do."""


class Refused(Exception):
    """Nothing was changed; ``hint`` is a line for the person at the terminal. Exit code 1."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class BadConfiguration(Refused):
    """The configuration file has a mistake, named in the message. Exit code 2."""
