"""First installation: without the maintainers' keys, a machine trusts Debian's key and the officers' papers.

Here, the real script installs small packages on a blank machine.
"""

import lzma
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.medium import debian_archive
from deploy.release import manifest
from tests.support import debian_mirror
from tests.support.blank_machine import BlankMachine
from tests.support.debian_mirror import SigningKey
from tests.support.medium import MADE, VERSION, Medium, make_keys, typed_digits

PROGRAM = "/usr/bin/inbox"


def power_fails(program: str) -> str:
    """Return a line of a script that kills all processes of the machine once, if a certain file exists."""
    file = f"/tmp/no-power-{program}"  # noqa: S108
    return f"[ ! -e {file} ] || {{ rm {file}; kill -9 -1; kill -9 $$; }}"


@pytest.fixture(scope="module")
def debian() -> Iterator[SigningKey]:
    """The key that the machine trusts in place of Debian's own key."""
    with SigningKey.made() as key:
        yield key


@pytest.fixture(scope="module")
def first(debian: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> Medium:
    """A signed medium with small packages."""
    place = tmp_path_factory.mktemp("first")
    (release := place / "release").mkdir()
    files = {PROGRAM: b"inbox", "/DEBIAN/postinst": f"#!/bin/sh\n{power_fails('dpkg')}\n".encode()}
    debian_mirror.package("fanal-inbox", "1.0.0", files, release)
    for other in ("portal", "draws"):
        (release / f"fanal-{other}_1.0.0_amd64.deb").write_bytes(b"package")
    manifest.write(release)
    debian_mirror.make(place / "medium", debian)
    make_keys(place / "keys")
    return Medium.complete(place / "medium", release, place / "keys", MADE)


@pytest.fixture
def stick(first: Medium, tmp_path: Path) -> Medium:
    """A copy of the medium, which a test may change."""
    return Medium(shutil.copytree(first.folder, tmp_path / "medium"), first.anne, first.bruno)


@pytest.fixture
def machine(debian: SigningKey, tmp_path: Path) -> BlankMachine:
    return BlankMachine.make(tmp_path / "machine", debian.public)


def install(machine: BlankMachine, stick: Medium, *options: str) -> "subprocess.CompletedProcess[str]":
    """Install from a medium whose fingerprint both officers confirm."""
    return machine.installs(stick.folder, f"{typed_digits(stick.folder)}\n" * 2, *options)


def refusal(machine: BlankMachine, stick: Medium, *options: str) -> str:
    """Return why the script refuses a medium. Nothing of the inbox is installed, and nothing is noted."""
    done = install(machine, stick, *options)
    assert done.returncode == 1, done.stdout
    assert not machine.place(PROGRAM).exists()
    assert not machine.place("/var/lib/fanal-inbox").exists()
    return next(line for line in done.stderr.splitlines() if line.startswith("refused: "))


def test_a_signed_medium_is_installed(machine: BlankMachine, stick: Medium) -> None:
    done = install(machine, stick)
    assert done.returncode == 0, done.stderr
    assert f"Medium {VERSION} is installed." in done.stdout
    assert machine.place(PROGRAM).read_bytes() == b"inbox"
    assert machine.place("/var/lib/fanal-inbox/version").read_text() == f"{VERSION}\n"
    kept = machine.place("/var/lib/fanal-inbox/keys")
    assert {each.name: each.read_bytes() for each in kept.iterdir()} == {
        each.name: each.read_bytes() for each in stick.keys
    }
    assert not [*machine.place("/var/tmp").iterdir()]  # noqa: S108


def test_a_first_medium_without_a_signature_is_refused(machine: BlankMachine, stick: Medium) -> None:
    for name in ("anne", "bruno"):
        signature = stick.folder / f"SHA256SUMS.{name}.minisig"
        kept = signature.read_bytes()
        signature.unlink()
        assert refusal(machine, stick) == f"refused: the signature by {name} is missing or wrong"
        signature.write_bytes(kept)


def test_a_first_medium_with_a_forged_signature_is_refused(machine: BlankMachine, stick: Medium) -> None:
    """Anne signed another medium, but both officers' papers have the fingerprint of the changed medium."""
    (stick.folder / "PACKAGES").write_text("cage\n")
    manifest.write(stick.folder)
    assert refusal(machine, stick) == "refused: the signature by anne is missing or wrong"


def test_a_first_medium_is_refused_if_one_maintainer_signed_it_under_both_names(
    machine: BlankMachine, stick: Medium
) -> None:
    shutil.copy(stick.folder / "SHA256SUMS.anne.minisig", stick.folder / "SHA256SUMS.bruno.minisig")
    assert refusal(machine, stick) == "refused: the signature by bruno is missing or wrong"


SUITES = [f"{folder}/dists/{suite}" for suite, folder in debian_archive.SUITES.items()]


def said_by_apt(machine: BlankMachine, stick: Medium) -> str:
    """Return why apt refuses a medium that both maintainers signed. No package of the medium is installed."""
    manifest.write(stick.folder)
    stick.sign()
    done = install(machine, stick)
    with pytest.raises(subprocess.CalledProcessError):
        done.check_returncode()
    assert "Package:" not in machine.place("/var/lib/dpkg/status").read_text()
    return done.stderr


def unsigned(said: str) -> list[str]:
    """Return the suites that apt refused because Debian did not sign them."""
    return re.findall(r"^E: The repository '\S+ (\S+) InRelease' is not signed\.$", said, re.MULTILINE)


@pytest.mark.parametrize("suite", SUITES)
def test_apt_refuses_an_index_without_the_signature_of_debian(
    machine: BlankMachine, stick: Medium, suite: str
) -> None:
    place = stick.folder / suite
    (place / "InRelease").write_text(debian_mirror.release(place))
    assert unsigned(said_by_apt(machine, stick)) == [place.name]


@pytest.mark.parametrize("suite", SUITES)
def test_apt_refuses_an_index_with_the_signature_of_another_key(
    machine: BlankMachine, stick: Medium, suite: str
) -> None:
    """The machine's own keys for other archives do not count, because only Debian's key may sign."""
    place = stick.folder / suite
    with SigningKey.made() as other:
        machine.write("/etc/apt/trusted.gpg.d/other.gpg", other.public)
        (place / "InRelease").write_bytes(other.sign(debian_mirror.release(place)))
    assert unsigned(said_by_apt(machine, stick)) == [place.name]


def test_apt_refuses_packages_that_debian_did_not_sign(machine: BlankMachine, stick: Medium) -> None:
    index = stick.folder / "debian/dists/trixie/main/binary-amd64/Packages.xz"
    other = lzma.decompress(index.read_bytes()).replace(b"Version: 99", b"Version: 98")
    index.write_bytes(lzma.compress(other))
    assert "Hash Sum mismatch" in said_by_apt(machine, stick)


@pytest.mark.parametrize(
    "dates",
    [
        f"{debian_mirror.DATE}Valid-Until: Wed, 02 Dec 2020 09:00:00 UTC\n",
        "Date: Sun, 01 Dec 2090 09:00:00 UTC\n",
    ],
    ids=["expired", "from the future"],
)
def test_a_medium_is_installed_even_if_the_dates_of_its_indexes_do_not_fit_the_clock(
    machine: BlankMachine, debian: SigningKey, stick: Medium, dates: str
) -> None:
    """Debian's indexes expire after days, but a medium is used for months. The clock may be slow."""
    for suite in SUITES:
        text = debian_mirror.release(place := stick.folder / suite).replace(debian_mirror.DATE, dates)
        assert dates in text
        (place / "InRelease").write_bytes(debian.sign(text))
    manifest.write(stick.folder)
    stick.sign()
    done = install(machine, stick)
    assert done.returncode == 0, done.stderr


def test_other_packages_of_debian_on_the_machine_are_updated_but_not_added(
    machine: BlankMachine, stick: Medium, tmp_path: Path
) -> None:
    name = debian_mirror.OTHER
    another = shutil.copytree(machine.folder, tmp_path / "another")
    machine.write(
        "/var/lib/dpkg/status",
        f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n"
        "Maintainer: Anne <anne@example.org>\nDescription: other\n\n".encode(),
    )
    for each, versions in ((machine, ["99"]), (BlankMachine(another), [])):
        done = install(each, stick)
        assert done.returncode == 0, done.stderr
        status = each.place("/var/lib/dpkg/status").read_text()
        assert re.findall(rf"^Package: {name}\n(?:.+\n)*?Version: (.+)$", status, re.MULTILINE) == versions


@pytest.mark.parametrize(
    "system", ['ID=debian\nVERSION_ID="12"', 'ID=debian\nVERSION_ID="14"', 'ID=ubuntu\nVERSION_ID="13"']
)
def test_a_machine_without_debian_13_is_refused(machine: BlankMachine, stick: Medium, system: str) -> None:
    machine.write("/etc/os-release", f"{system}\n".encode())
    assert refusal(machine, stick) == "refused: this machine does not have Debian 13 for amd64"


def test_a_machine_with_another_processor_is_refused(machine: BlankMachine, stick: Medium) -> None:
    """Programs for another processor cannot run here, so the test only imitates the answer of dpkg."""
    machine.write("/usr/sbin/dpkg", b"#!/bin/sh\necho arm64\n")
    assert refusal(machine, stick) == "refused: this machine does not have Debian 13 for amd64"


# A little less than the space that the script needs, in bytes.
LITTLE = "1999000000"
PROGRAMS = ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/share")


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--size", LITTLE, "--tmpfs", "/var/tmp"), r"/var/tmp/fanal-medium\.\w+"),  # noqa: S108
        (
            (
                *("--size", LITTLE, "--tmpfs", "/usr"),
                *(word for each in PROGRAMS for word in ("--ro-bind", each, each)),
            ),
            "/usr",
        ),
    ],
    ids=["for the copy", "for the programs"],
)
def test_a_machine_with_too_little_space_is_refused(
    machine: BlankMachine, stick: Medium, options: tuple[str, ...], place: str
) -> None:
    said = refusal(machine, stick, *options)
    assert re.fullmatch(f"refused: less than 2 GB are free in {place}", said), said


INBOX = "fanal-inbox_1.0.0_amd64.deb"


def stick_changes(machine: BlankMachine, stick: Medium, before: str, after: str) -> None:
    """Change the inbox on the stick just before and just after the script copies it.

    ``before`` and ``after`` are "real" or "forged".
    """
    (forged := machine.place("/tmp/forged")).mkdir()  # noqa: S108
    debian_mirror.package("fanal-inbox", "1.0.0", {PROGRAM: b"forged"}, forged)
    shutil.copytree(stick.folder, machine.place("/tmp/real"))  # noqa: S108
    steps = (
        "#!/bin/sh",
        '[ "$1" = -R ] || exec /usr/bin/cp "$@"',
        f"/usr/bin/cp /tmp/{before}/{INBOX} /media/fanal",
        '/usr/bin/cp "$@"',
        f"/usr/bin/cp /tmp/{after}/{INBOX} /media/fanal",
    )
    machine.write("/usr/sbin/cp", "\n".join(steps).encode())


def test_a_stick_that_returns_other_bytes_during_the_copying_is_refused(
    machine: BlankMachine, stick: Medium
) -> None:
    stick_changes(machine, stick, before="forged", after="real")
    assert refusal(machine, stick) == f"refused: {INBOX} differs from the manifest"


def test_a_stick_that_changes_after_it_was_copied_has_no_effect(machine: BlankMachine, stick: Medium) -> None:
    stick_changes(machine, stick, before="real", after="forged")
    done = install(machine, stick)
    assert done.returncode == 0, done.stderr
    assert machine.place(PROGRAM).read_bytes() == b"inbox"


def without_power(machine: BlankMachine, stick: Medium, when: str, program: str) -> None:
    """Install from a medium, but let the power fail at the first call of a program."""
    demand = f"/tmp/no-power-{program}"  # noqa: S108
    machine.write(demand, b"")
    real = f'/usr/bin/{program} "$@"'
    if when != "during":
        failure = power_fails(program)
        steps = [failure, real] if when == "before" else [real, failure]
        machine.write(f"/usr/sbin/{program}", "\n".join(("#!/bin/sh", *steps)).encode())
    assert install(machine, stick).returncode == 128 + signal.SIGKILL
    assert not machine.place(demand).exists()


@pytest.mark.parametrize(("when", "program"), [("before", "mv"), ("after", "mv"), ("before", "sync")])
def test_a_power_failure_in_an_update_never_leaves_a_machine_without_keys(
    machine: BlankMachine, stick: Medium, when: str, program: str
) -> None:
    """Without the kept keys, the next medium could bring keys of its own."""
    assert install(machine, stick).returncode == 0
    without_power(machine, stick, when, program)
    folder = machine.place("/var/lib/fanal-inbox")
    assert (folder / "version").read_text() == f"{VERSION}\n"
    assert {each.name for each in (folder / "keys").iterdir()} == {"anne.pub", "bruno.pub"}


@pytest.mark.parametrize(
    ("when", "program"),
    [("during", "dpkg"), ("after", "apt-get"), ("before", "sync"), ("before", "mv"), ("after", "mv")],
)
def test_an_installation_that_a_power_failure_interrupted_is_completed_by_the_next_run(
    machine: BlankMachine, stick: Medium, when: str, program: str
) -> None:
    """Until then, a medium without a signature is still refused."""
    without_power(machine, stick, when, program)
    assert len(copies(machine)) == 1
    signature = stick.folder / "SHA256SUMS.bruno.minisig"
    kept = signature.read_bytes()
    signature.unlink()
    done = install(machine, stick)
    assert (done.returncode, done.stderr.splitlines()[-2]) == (
        1,
        "refused: the signature by bruno is missing or wrong",
    )
    signature.write_bytes(kept)
    done = install(machine, stick)
    assert done.returncode == 0, done.stderr
    assert machine.place(PROGRAM).read_bytes() == b"inbox"
    status = machine.place("/var/lib/dpkg/status").read_text()
    assert status.count("Status: install ok installed") == status.count("Package: ") == 4
    folder = machine.place("/var/lib/fanal-inbox")
    assert (folder / "version").read_text() == f"{VERSION}\n"
    assert {each.name for each in (folder / "keys").iterdir()} == {"anne.pub", "bruno.pub"}
    assert not folder.with_name("fanal-inbox.new").exists()
    assert not copies(machine)


def test_copies_that_belong_to_others_are_kept(machine: BlankMachine, stick: Medium) -> None:
    """Everybody can write to /var/tmp. The script deletes a copy only if root's interrupted run made it."""
    place = machine.place("/var/tmp")  # noqa: S108
    left, foreign, linked = (place / f"fanal-medium.{each * 6}" for each in "abc")
    longer, other = place / "fanal-medium.abcdefg", place / "important"
    for each in (left, foreign, longer, other):
        each.mkdir()
        (each / "file").touch()
    (left / "link").symlink_to("../important")
    linked.symlink_to("important")
    (file := place / "fanal-medium.eeeeee").touch()
    # The machine maps only one user. On a real machine, root may delete everything.
    foreign.chmod(0o777)
    os.chown(foreign, 1234, 1234)
    done = install(machine, stick)
    assert done.returncode == 0, done.stderr
    assert {*place.iterdir()} == {foreign, linked, longer, other, file}
    assert all((each / "file").exists() for each in (foreign, longer, other))


def test_a_second_run_is_refused_and_deletes_nothing_of_the_first(
    machine: BlankMachine, stick: Medium
) -> None:
    """The second run starts before the first has made its copy, or while the first installs."""
    second = "sh /media/fanal/install.sh </dev/null >/dev/null"
    for program in ("mktemp", "apt-get"):
        once = f"[ -e /tmp/{program} ] || {second} 2>/tmp/{program}"
        steps = ("#!/bin/sh", once, f'exec /usr/bin/{program} "$@"')
        machine.write(f"/usr/sbin/{program}", "\n".join(steps).encode())
    done = install(machine, stick)
    assert done.returncode == 0, done.stderr
    assert machine.place(PROGRAM).read_bytes() == b"inbox"
    for program in ("mktemp", "apt-get"):
        said = machine.place(f"/tmp/{program}").read_text()  # noqa: S108
        assert said == "refused: this script already runs\nhint: wait until it has ended\n"
    # Nobody but root can keep the script from running.
    assert machine.place("/run/fanal-inbox.lock").stat().st_mode & 0o077 == 0


def copies(machine: BlankMachine) -> list[Path]:
    """Return the copies of media on a machine."""
    return [*machine.place("/var/tmp").glob("fanal-medium.*")]  # noqa: S108
