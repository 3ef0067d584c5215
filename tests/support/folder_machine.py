"""A machine in a folder, where the portal of this repository runs and keeps its data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.setup import steps
from portal.setup.answers import Answers
from portal.setup.portal_user import AS_PORTAL
from portal.setup.settings import CONFIGURATION, STATE, Configuration, Folders, Remembered, SiteTexts
from portal.setup.system import System
from tests.support.portal_server import PORTAL


@dataclass(frozen=True, slots=True)
class Machine(System):
    """A machine in a folder. Commands of the portal's user run the portal of this repository."""

    def run(self, *command: str | Path, env: Mapping[str, str] | None = None) -> str:
        """Run a program, and return its output."""
        return System.run(self, *self._ours(command), env=env)

    def succeeds(self, *command: str | Path) -> bool:
        """Return whether a program succeeds."""
        return System.succeeds(self, *self._ours(command))

    def output(self, *command: str | Path) -> str:
        """Run a program, and return its output, whatever its exit status is."""
        return System.output(self, *self._ours(command))

    def configure(self, answers: Answers) -> list[str]:
        """Do the steps up to the texts, and return the titles of the steps that were done."""
        configuration = self.at(CONFIGURATION)
        wanted = [
            Folders(self),
            Remembered(self, answers),
            Configuration(self, answers),
            SiteTexts(configuration),
        ]
        done = [each.title for each in steps.apply(wanted)]
        text = configuration.read_text("utf-8")
        configuration.write_text(text.replace(f"sqlite:///{STATE}/", f"sqlite:///{self.at(STATE)}/"), "utf-8")
        return done

    def _ours(self, command: Sequence[str | Path]) -> Sequence[str | Path]:
        if tuple(command[: len(AS_PORTAL)]) != AS_PORTAL:
            return command
        return (PORTAL, "--config", self.at(CONFIGURATION), *command[len(AS_PORTAL) :])
