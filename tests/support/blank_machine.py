"""A machine on which the real script installs a medium, with the programs of this Debian and nothing else.

bubblewrap gives the machine its own root. Changes to /usr are kept apart from this machine's /usr.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_SCRIPT = "/media/fanal/install.sh"
_FOLDERS = (
    *("/etc/apt/preferences.d", "/media/fanal", "/tmp", "/var/cache/apt/archives", "/var/lib/apt/lists"),  # noqa: S108
    *("/run", "/var/lib/dpkg/info", "/var/lib/dpkg/updates", "/var/log/apt", "/var/tmp"),  # noqa: S108
)


@dataclass(frozen=True, slots=True)
class BlankMachine:
    """A machine in ``folder``: its root, and its changes to /usr."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, keyring: bytes) -> Self:
        """Make a machine in a new folder.

        The machine's apt trusts the keys in ``keyring``, not Debian's keys.
        """
        machine = cls(folder)
        machine.write("/usr/share/keyrings/debian-archive-keyring.gpg", keyring)
        # bubblewrap maps only one user, so apt cannot read the packages as another user.
        machine.write("/etc/apt/apt.conf.d/one-user", b'APT::Sandbox::User "root";\n')
        machine.write("/etc/os-release", Path("/etc/os-release").read_bytes())
        machine.write("/etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
        machine.write("/etc/group", b"root:x:0:\n")
        machine.write("/var/lib/dpkg/status", b"")
        for each in _FOLDERS:
            machine.place(each).mkdir(parents=True)
        (folder / "work").mkdir()
        return machine

    def place(self, path: str) -> Path:
        """Return the path, outside the machine, of a file that the machine wrote."""
        if path.startswith("/usr/"):
            return self.folder / path[1:]
        return self.folder / "root" / path[1:]

    def write(self, path: str, content: bytes) -> None:
        """Write a program or another file into the machine."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        place.chmod(0o755)

    def installs(self, medium: Path, typed: str, *options: str) -> "subprocess.CompletedProcess[str]":
        """Run the script of a medium, with further ``options`` of bubblewrap."""
        sandbox = (
            *("bwrap", "--die-with-parent", "--unshare-all", "--uid", "0", "--gid", "0", "--cap-add", "ALL"),
            *("--bind", self.folder / "root", "/", "--bind", medium, "/media/fanal"),
            *("--overlay-src", "/usr", "--overlay", self.folder / "usr", self.folder / "work", "/usr"),
            *("--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin"),
            *("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
            *("--dev", "/dev", "--proc", "/proc", *options),
        )
        command = (*sandbox, "sh", _SCRIPT)
        return subprocess.run(command, input=typed, capture_output=True, text=True, check=False)
