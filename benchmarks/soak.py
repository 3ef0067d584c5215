"""Long checks (`make soak`, `make soak NAME…`); `docs/soak.json` records each success.

`python -m benchmarks.soak --stale` lists the records that are older than the code they cover. The gate runs
`--stale`, which must be quick, so modules that load slowly are imported only for a run.
"""

import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import records
from benchmarks.records import Record

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "soak.json"
# tests/conftest.py prints this text before each figure.
MEASURED = "measured: "
POSTGRESQL = "deploy/postgresql.conf"
# The code that runs the parts. A run is recorded only if the code in these folders and the part's own code
# are committed.
_RUN_BY = ("tests/", "benchmarks/")

# A run yields a line for each figure as soon as it is known, and raises an exception for every failure.
Run = Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A long check, and the files and folders whose code it covers."""

    run: Run
    covers: tuple[str, ...]


def measured(function: str) -> Run:
    """Return a run of a function of this package, named ``module:function``."""

    def run() -> Iterator[str]:
        yield from pkgutil.resolve_name(f"benchmarks.{function}")()

    return run


@dataclass(frozen=True, slots=True)
class Tested:
    """A run of pytest with these arguments. The figures of the run are the properties that tests record."""

    words: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The modules and folders with the tests to run."""
        return tuple(word for word in self.words if word.startswith("tests/"))

    def __call__(self) -> Iterator[str]:
        """Yield the figures.

        Raises RuntimeError with pytest's output if a test fails or if no test was selected.
        """
        # pytest's cache is off, so that `make pytest` does not repeat tests that fail here.
        command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *self.words]
        said = []
        with subprocess.Popen(
            command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout
            for line in process.stdout:
                said.append(line)
                if line.startswith(MEASURED):
                    yield line.removeprefix(MEASURED).rstrip()
        if process.returncode:
            raise RuntimeError("".join(said))


def tested(*words: str) -> Tested:
    """Return a run of pytest with these arguments."""
    return Tested(words)


# The portal's pages come from the templates.
_OF_PORTAL = ("portal/", "crypto/", "templates/")
_OF_SETUP = ("deploy/", "portal/setup/", "requirements/", "docs/deploying.md")

_NAMED: Mapping[str, Part] = {
    "submits": Part(measured("parts:submits"), (*_OF_PORTAL, POSTGRESQL)),
    "answers": Part(measured("parts:answers"), (*_OF_PORTAL, POSTGRESQL)),
    "junk": Part(measured("parts:junk"), (*_OF_PORTAL, POSTGRESQL)),
    "large": Part(measured("parts:large"), (*_OF_PORTAL, POSTGRESQL)),
    "deletion": Part(measured("parts:deletion"), (*_OF_PORTAL, POSTGRESQL)),
    "kills": Part(
        tested("-m", "soak", "tests/portal/api/test_kills.py"),
        (*_OF_PORTAL, POSTGRESQL),
    ),
    "postgresql": Part(
        tested(
            "-m",
            "second_database",
            "tests/portal/api",
            "tests/portal/exchange",
            "tests/portal/ops/test_clock.py",
            "tests/portal/setup/test_upgrade.py",
            "tests/portal/web",
            # The part `fuzz` sends more requests, to both kinds of database.
            "--ignore=tests/portal/api/test_fuzz.py",
        ),
        (*_OF_PORTAL, POSTGRESQL),
    ),
    "stops": Part(tested("-m", "soak", "tests/inbox/setup"), ("inbox/", "crypto/")),
    "demos": Part(tested("-m", "soak", "tests/e2e/test_demo.py"), ("deploy/demo.sh", "inbox/", *_OF_PORTAL)),
    "clocks": Part(
        tested(
            "--hypothesis-profile=thorough",
            "tests/inbox/deadlines/test_clock_history.py",
            "tests/inbox/deadlines/test_office.py",
        ),
        ("inbox/", "templates/"),
    ),
    "examples": Part(
        tested(
            "--hypothesis-profile=full",
            "tests/crypto",
            "tests/inbox/deadlines/test_clocks.py",
            "tests/inbox/deadlines/test_portal_days.py",
            "tests/inbox/text",
            "tests/templates/test_law.py",
            "tests/templates/test_spans.py",
        ),
        ("inbox/", *_OF_PORTAL),
    ),
    "bundles": Part(
        tested(
            "-m",
            "soak",
            "tests/inbox/exchange/test_collect_bundles.py",
            "tests/inbox/overview/test_hostile_cases.py",
        ),
        ("inbox/", "crypto/"),
    ),
    "files": Part(
        tested("-m", "soak", "tests/inbox/files"),
        ("inbox/files/media/", "portal/scripts/", "crypto/"),
    ),
    "exits": Part(tested("-m", "soak", "tests/inbox/casework/test_exits.py"), ("inbox/", "templates/")),
    "fuzz": Part(
        # An empty -m selects the tests of both databases.
        tested("-m", "", "--hypothesis-profile=thorough", "tests/portal/api/test_fuzz.py"),
        ("portal/", "templates/"),
    ),
    "onion": Part(measured("parts:onion"), ("portal/", "crypto/", "deploy/")),
    "flood": Part(
        tested(
            "-m",
            "soak",
            "tests/portal/ops/test_nginx_flood.py",
            "tests/portal/ops/test_nginx_deadline.py",
            "tests/portal/ops/test_nginx_memory.py",
        ),
        ("portal/", "crypto/", "deploy/"),
    ),
    "bursts": Part(tested("-m", "soak", "tests/portal/ops/test_nginx_bursts.py"), ("portal/", "deploy/")),
    "denial": Part(
        tested("-m", "soak", "tests/portal/api/test_denial.py", "tests/portal/api/test_giving_way.py"),
        ("portal/", "crypto/"),
    ),
    "peers": Part(
        tested(
            "-m",
            "soak",
            "tests/pages/test_firefox.py",
            "tests/desk/test_firefox_desk.py",
            "tests/crypto/test_age_peers.py",
        ),
        ("inbox/desk/", *_OF_PORTAL),
    ),
    "pages": Part(
        tested(
            "-m", "soak", "tests/desk/test_pages.py", "tests/pages/test_look.py", "tests/pages/test_leave.py"
        ),
        ("inbox/desk/", *_OF_PORTAL),
    ),
    # Every browser on an iPhone uses the engine WebKit.
    "webkit": Part(tested("-m", "soak", "tests/pages/test_webkit.py"), _OF_PORTAL),
    # A browser tab with only as much memory as on a phone with 1 GB.
    "memory": Part(tested("-m", "soak", "tests/pages/test_little_memory.py"), _OF_PORTAL),
    "units": Part(
        tested(
            "-m",
            "soak",
            "tests/portal/ops/test_units.py",
            "tests/portal/setup/test_running_certificate.py",
            "tests/portal/setup/test_running_machine.py",
            "tests/portal/setup/test_running_upgrade.py",
        ),
        ("portal/", "crypto/", "deploy/"),
    ),
    "queue": Part(measured("parts:queue"), ("inbox/", "crypto/")),
    "edition": Part(measured("parts:edition"), ("inbox/", "crypto/", "templates/")),
    "figures": Part(tested("-m", "soak", "tests/inbox/figures"), ("inbox/figures/",)),
    "draws": Part(tested("-m", "soak", "tests/draws"), ("draws/",)),
    # `release` is a target of make. A change to a room can hardly break a package, so `packages` does not
    # cover the rooms.
    "packages": Part(
        measured("packages:run"), ("deploy/", "requirements/", "pyproject.toml", "package-lock.json")
    ),
    "offline": Part(
        measured("medium:run"),
        (
            "deploy/medium/",
            "deploy/release/",
            "deploy/debian/",
            "docs/officer-guide.md",
            "docs/fr/guide-agent.md",
        ),
    ),
    "install": Part(measured("install:with_sqlite"), _OF_SETUP),
    "install-postgresql": Part(measured("install:with_postgresql"), _OF_SETUP),
    "interrupted": Part(measured("install:kills"), _OF_SETUP),
    "obstacles": Part(measured("install:refusals"), _OF_SETUP),
    "deviation": Part(measured("power:run"), ("draws/deviation/",)),
    "law": Part(measured("law:run"), ("inbox/", *_OF_PORTAL)),
}


def _rest(*folders: str) -> Tested:
    """Return a run of the tests in these folders that are marked `soak` and not covered by a part above."""
    # These parts already run all soak tests of their modules. `postgresql` repeats tests on the second
    # database.
    whole = [
        path
        for part in _NAMED.values()
        if isinstance(part.run, Tested) and {"soak", ""} & {*part.run.words}
        for path in part.run.paths
    ]
    return tested(
        "-m",
        "soak and not second_database",
        *folders,
        *(f"--ignore={path}" for path in whole if path.startswith(folders)),
    )


PARTS: Mapping[str, Part] = {
    **_NAMED,
    "walks": Part(_rest("tests/desk/", "tests/pages/", "tests/e2e/"), ("inbox/", *_OF_PORTAL)),
    "repeats": Part(
        _rest("tests/crypto/", "tests/inbox/", "tests/portal/", "tests/templates/"),
        ("inbox/", "deploy/", *_OF_PORTAL),
    ),
}


def main() -> int:
    """Run the named parts, or all parts if no part is named.

    ``--stale`` lists stale records and never fails.
    """
    names = sys.argv[1:]
    if names == ["--stale"]:
        covers = {name: part.covers for name, part in PARTS.items()}
        for line in records.warnings(ROOT, covers, records.load(FILE)):
            say(line)
        return 0
    if unknown := [name for name in names if name not in PARTS]:
        sys.stderr.write(f"unknown part of the soak: {', '.join(unknown)}\nhint: {', '.join(PARTS)}\n")
        return 2
    for name in names or PARTS:
        say(f"{name}:")
        soak(name, PARTS[name])
    return 0


def soak(name: str, part: Part, root: Path = ROOT, file: Path = FILE) -> None:
    """Run a part.

    Record the run if the part's code and the runner's code stay committed from start to end.
    """
    commit, before = _commit(root, part), _load()
    figures = []
    for line in part.run():
        say(f"  {line}")
        figures.append(line)
    if commit and _is_committed(root, commit, part):
        today = datetime.now(UTC).date().isoformat()
        records.keep(file, name, Record(commit, today, f"{before} to {_load()}", figures))


def _commit(root: Path, part: Part) -> str | None:
    """Return the commit that is run. If the run cannot be recorded, print the reason and return None."""
    try:
        commit = records.head(root)
    except records.NoHistory:
        say("  this run is not recorded: there is no git history here")
        return None
    return commit if _is_committed(root, commit, part) else None


def _is_committed(root: Path, commit: str, part: Part) -> bool:
    differing = records.changed(root, commit, (*part.covers, *_RUN_BY))
    if differing:
        say(f"  this run is not recorded: {', '.join(differing)} differ from commit {commit}")
    return not differing


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def say(line: str) -> None:
    """Print a line immediately."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
