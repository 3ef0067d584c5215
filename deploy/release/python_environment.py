"""The Python environment inside a package: Debian's interpreter, the locked libraries, and our rooms.

The environment is a virtual environment (PEP 405) without pip and without the libraries' own commands. The
environment contains no path of the machine that built it. Bytecode is included, so that an installation
compiles nothing and a purge leaves nothing behind. Python does not compare the bytecode with the sources: the
signature of the release covers both.
"""

import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.release.commands import run
from deploy.release.errors import Failed, Refused

PYTHON = Path("/usr/bin/python3")
_DEBIAN_13 = "3.13"
_UV = Path(sys.executable).with_name("uv")
_SITE = f"lib/python{_DEBIAN_13}/site-packages"
_SETTINGS = "home = /usr/bin\ninclude-system-site-packages = false\n"
# Options of pip and uv: only ready-built wheels, and only with the hashes in a lock file.
_LOCKED = ("--only-binary", ":all:", "--require-hashes", "--requirement")
# Files that say how and from where uv installed a library would name the builder's folders.
_INSTALLERS_NOTES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
_COMMANDS = {
    "portal": {"portal": "portal.ops.cli", "fanal-portal": "portal.setup.cli"},
    "inbox": {"inbox": "inbox.cli.main"},
    "draws": {"draws": "draws.cli.main"},
}
# The rooms of our wheel, and what a package contains of them. The program for draws shares a few modules with
# the inbox; outsiders install it, so their machines get nothing else of the inbox, and no law.
_ROOMS = ("portal", "inbox", "draws", "crypto", "templates")
CONTENTS = {
    "portal": ("portal", "crypto", "templates"),
    "inbox": ("inbox", "crypto", "templates"),
    "draws": (
        *("draws", "crypto", "inbox/__init__.py", "inbox/language", "inbox/system", "templates/__init__.py"),
        *(f"templates/{name}" for name in ("catalogues.py", "command_line.py", "shipped.py", "version.py")),
        *("templates/commit.txt", "templates/translations"),
    ),
}


def fetch(root: Path, sides: tuple[str, ...], wheels: Path) -> None:
    """Download the locked wheels of these sides into ``wheels``. pip checks their hashes.

    Nothing is compiled, because every locked library has a ready-built wheel for Debian 13 on amd64, and only
    such wheels are taken. The download needs a network, unless all wheels are already there.
    """
    wheels.mkdir(parents=True, exist_ok=True)
    pip = (sys.executable, "-m", "pip", "--python", PYTHON)
    for side in sides:
        download = (*pip, "download", "--quiet", "--no-deps", *_LOCKED, root / f"requirements/{side}.txt")
        try:
            run(*download, "--dest", wheels, "--no-index", "--find-links", wheels, cwd=root)
        except Failed:
            run(*download, "--dest", wheels, cwd=root)


def check_interpreter() -> None:
    """Raise Refused unless this machine has the interpreter of Debian 13."""
    asked = "import sys; print('{}.{}'.format(*sys.version_info))"
    found = run(PYTHON, "-c", asked, cwd=Path("/")).strip()
    if found != _DEBIAN_13:
        raise Refused(
            f"{PYTHON} is Python {found}, not {_DEBIAN_13}", "build on Debian 13, or in a tree of it"
        )


@dataclass(frozen=True, slots=True)
class Libraries:
    """The libraries in a lock file, and the folder with their wheels."""

    lock: Path
    wheels: Path


def build(folder: Path, side: str, wheel: Path, libraries: Libraries, env: Mapping[str, str]) -> Path:
    """Make the environment of a side in ``folder``, for ``/usr/lib/fanal-SIDE``. Return its site-packages.

    ``wheel`` is our own wheel.
    """
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/python3").symlink_to(PYTHON)
    (folder / "pyvenv.cfg").write_text(_SETTINGS, "ascii")
    site = folder / _SITE
    site.mkdir(parents=True)
    options = ("--quiet", "--no-config", "--no-cache", "--no-index", "--no-deps", "--link-mode", "copy")
    uv = (_UV, "pip", "install", *options, "--python", folder / "bin/python3")
    run(*uv, "--find-links", libraries.wheels, *_LOCKED, libraries.lock, cwd=folder, env=env)
    run(*uv, wheel, cwd=folder, env=env)
    _remove_traces(folder, site)
    _remove_others(site, CONTENTS[side])
    for command, module in _COMMANDS[side].items():
        _write_command(folder / "bin" / command, side, module)
    compiled = ("-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", folder)
    # PYTHONDONTWRITEBYTECODE affects only imports, so compileall writes the bytecode anyway.
    run(PYTHON, "-m", "compileall", *compiled, "-p", f"/usr/lib/fanal-{side}", site, cwd=folder, env=env)
    return site


def _remove_traces(folder: Path, site: Path) -> None:
    for command in (folder / "bin").iterdir():
        if command.name != "python3":
            command.unlink()
    for name in _INSTALLERS_NOTES:
        for note in site.glob(f"*.dist-info/{name}"):
            note.unlink()
    (folder / ".lock").unlink(missing_ok=True)
    # Manual pages of the commands that were removed above.
    shutil.rmtree(folder / "share", ignore_errors=True)


def _remove_others(site: Path, contents: Collection[str]) -> None:
    """Remove our files that are not among ``contents``, and the folders that are then empty."""
    for path in sorted((each for room in _ROOMS for each in (site / room).rglob("*")), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif not any(path.is_relative_to(site / each) for each in contents):
            path.unlink()
    for room in _ROOMS:
        if not any((site / room).iterdir()):
            (site / room).rmdir()


def _write_command(file: Path, side: str, module: str) -> None:
    """Write a command of the package.

    ``-P`` keeps Python from importing modules beside the command.
    """
    # The option -I is not used, because PYTHONMALLOC must reach the portal (portal/ops/memory_wiping.py).
    interpreter = f"/usr/lib/fanal-{side}/bin/python3 -P"
    file.write_text(f"#!{interpreter}\nfrom {module} import main\n\nmain()\n", "ascii")
    file.chmod(0o755)
