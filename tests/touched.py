"""Run the tests of the files that changed since ``main``, as fast as a developer can wait for them.

Tests with the marks long, slow or browser are left to the gate.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Together with linters and type checkers, the tests take less than a minute. The gate runs the other tests.
SECONDS = 48
# The first status is pytest's, and means that no test was selected. The second status is our own, and means
# that the time ran out before all tests had run.
_NONE_SELECTED = 5
_UNFINISHED = 3
_COMMANDS = "tests/test_command_line.py"
_DOCUMENTS = "tests/test_documents.py tests/test_named_commands.py"
# Paths whose tests are not in the folder of the same name below tests/. A value can list several folders,
# separated by spaces. Scripts, styles and texts of the public pages are tested with the pages.
_PLACES = {
    "portal/scripts": "tests/pages",  # `make check` also runs `make js` completely
    "portal/static": "tests/pages",
    "portal/style.css": "tests/pages",
    "portal/paper.css": "tests/pages",
    "portal/app.py": "tests/portal/web",
    "portal/config.py": "tests/portal/ops",
    "portal/errors.py": "tests/portal/ops",
    "portal/terminal.py": "tests/portal/ops",
    "portal/files.py": "tests/portal/exchange",
    "templates/questionnaire.toml": "tests/inbox/questionnaire tests/crypto/test_questionnaire.py"
    " tests/pages/test_questions.py tests/templates/test_asked_once.py",
    "templates/command_line.py": _COMMANDS,
    "templates/catalogues.py": "tests/inbox/language",
    "templates/shipped.py": "tests/inbox/questionnaire",
    "templates/portal": "tests/pages",
    "templates/shared": "tests/pages",
    "templates/law": "tests/templates",
    "templates/jurisdictions": "tests/templates",
    "templates/translations": "tests/pages/test_translations.py",
    "templates/desk": "tests/desk",
    "inbox/desk": "tests/desk",
    "inbox/migrations": "tests/inbox/setup",
    "inbox/sandboxed": "tests/inbox/files",
    "inbox/cli": f"tests/inbox/cli {_COMMANDS}",
    "portal/ops/commands.toml": f"tests/portal/ops {_COMMANDS}",
    "crypto/SPEC.md": f"tests/crypto {_DOCUMENTS}",
    "crypto": "tests/crypto",
    "tests/crypto": "tests/crypto",
    "THREAT_MODEL.md": f"{_DOCUMENTS} tests/test_threat_model.py",
    "docs/architecture.md": f"{_DOCUMENTS} tests/test_architecture.py",
    "docs/commands.md": f"{_DOCUMENTS} {_COMMANDS}",
    "docs": _DOCUMENTS,
    "man": _COMMANDS,
}


def changed(root: Path, since: str = "main") -> list[str]:
    """Return the files changed on this branch after it left ``since``, including files not yet added."""
    base = _git(root, "merge-base", "HEAD", since)
    tracked = _git(root, "diff", "--name-only", *(base or ["HEAD"]))
    return sorted({*tracked, *_git(root, "ls-files", "--others", "--exclude-standard")})


def folders(root: Path, paths: Iterable[str]) -> list[str]:
    """Return the folders or modules of tests for these files, each once."""
    places = (place for path in paths for place in _places(path))
    found = {each for place in places if (each := _existing(root, Path(place)))}
    return sorted(each for each in found if not any(each.startswith(f"{other}/") for other in found))


def _places(path: str) -> Sequence[str]:
    if places := next((each for start, each in _PLACES.items() if f"{path}/".startswith(f"{start}/")), None):
        return places.split()
    room = Path(path).parent.as_posix()
    if room == "." and path.endswith(".md"):
        return _DOCUMENTS.split()
    if room == "tests" and Path(path).name.startswith("test_"):
        return [path]
    if room.startswith("tests/"):
        return [] if room.startswith(("tests/support", "tests/js")) else [room]
    return [f"tests/{room}"] if room.startswith(("inbox/", "portal/")) else []


def _existing(root: Path, place: Path) -> str:
    """Return this path, or the nearest existing folder above it, but never the folder of all tests."""
    while len(place.parts) > 1:
        if (root / place).exists():
            return place.as_posix()
        place = place.parent
    return ""


def _git(root: Path, *words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _command(places: Iterable[str]) -> Iterator[str]:
    # The first failure ends the run. So if the time ran out, no test has failed.
    yield from (sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "--dist", "loadscope")
    yield from ("-m", "not long and not slow and not soak and not browser", *places)


def main() -> int:
    """Run the tests; return the status of pytest, 0 if none are selected, or 3 if the time ran out."""
    places = folders(ROOT, changed(ROOT))
    sys.stdout.write(f"tests of what was touched: {' '.join(places) or 'none'}\n")
    sys.stdout.flush()
    if not places:
        return 0
    with subprocess.Popen([*_command(places)], cwd=ROOT) as tests:
        try:
            status = tests.wait(SECONDS)
        except subprocess.TimeoutExpired:
            tests.terminate()
            sys.stdout.write(f"not all were run in {SECONDS} seconds, none failed: `make test` runs them\n")
            return _UNFINISHED
    sys.stdout.write("left to `make test`: slow ones, and those in a browser\n")
    return 0 if status == _NONE_SELECTED else status


if __name__ == "__main__":
    sys.exit(main())
