"""Every command in a code block of a document is run: by the gate, or by a part of the soak.

The tables below name what runs it, or say why nothing does. In the pages of ``TEXTS``, the tests below type
each command that no table names. Only names and places are replaced.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest

from benchmarks import soak
from deploy.medium import contents
from deploy.release import manifest
from tests.support import guides, medium, release_keys
from tests.support.incident import DEPLOYING, Incident
from tests.support.medium import LIBRARY, MADE
from tests.support.paths import ROOT
from tests.support.signed_site import SignedSite
from tests.support.socks_proxy import proxying

DOCS, MEDIUM = ROOT / "docs", ROOT / "deploy" / "medium"
TEXTS = {
    **{
        f"docs/{name}.md": (DOCS / f"{name}.md").read_text("utf-8")
        for name in ("auditing", "verifying", "releasing", "medium")
    },
    "docs/deploying.md#Daily work": guides.section(DEPLOYING, "Daily work"),
}
PACKAGES = tuple(f"fanal-{each}_1.0.0_amd64.deb" for each in ("portal", "inbox", "draws"))


# These pages have the same commands as the English edition.
FRENCH = {
    "docs/fr/guide-administrateur.md": "docs/deploying.md",
    "docs/fr/guide-agent.md": "docs/officer-guide.md",
    "docs/fr/exercice.md": "docs/exercise.md",
    "docs/fr/guide-tirage.md": "docs/draws-guide.md",
    "docs/fr/incidents.md": "docs/when-something-goes-wrong.md",
    "deploy/medium/GUIDE.fr.txt": "deploy/medium/GUIDE.en.txt",
}


@dataclass(frozen=True, slots=True)
class Runner:
    """What runs a command: the gate, or a part of the soak. The command is run by ``words`` in ``file``."""

    name: str
    file: str
    words: str


GATE = "gate"
SOAK = (ROOT / "benchmarks" / "soak.py").read_text("utf-8")
ELSEWHERE = {
    "make test": Runner(GATE, "Makefile", "@$(MAKE) --no-print-directory pytest"),
    "make built-check": Runner(GATE, "Makefile", "--output-sync types warm lint js built-check"),
    ".venv/bin/python -m pytest -q tests/crypto/test_vectors.py tests/crypto/test_cctv.py"
    " tests/crypto/test_stock_tools.py tests/crypto/test_crosscheck.py": Runner(
        GATE, "pyproject.toml", 'testpaths = ["tests"]'
    ),
    "make release": Runner("packages", "benchmarks/packages.py", '"-m", "deploy.release", "build")'),
    "fanal-portal setup --check": Runner("install", "benchmarks/install.py", '*_SETUP, "--check"'),
    "systemd-analyze security portal@8080 portal-expire": Runner(
        "install", "benchmarks/install.py", '"systemd-analyze", "security"'
    ),
    "apt install ./fanal-portal_….deb": Runner(
        "install", "benchmarks/install.py", 'machine.do("apt-get", "install"'
    ),
    "fanal-portal upgrade": Runner(
        "install", "benchmarks/install.py", 'machine.do("fanal-portal", "upgrade")'
    ),
    "fanal-portal run export --out /media/stick": Runner(
        "units", "tests/portal/ops/test_units.py", '"fanal-portal run export --out /media/stick"'
    ),
    "fanal-portal run import /media/stick/outbox-inspection-N.tar": Runner(
        GATE,
        "tests/test_when_something_goes_wrong.py",
        'said["fanal-portal run import /media/stick/outbox-inspection-N.tar"]',
    ),
    "make demo": Runner(GATE, "tests/e2e/test_demo.py", 'assert first == "make demo"'),
    ".venv/bin/pytest -n0 tests/pages/test_translations.py": Runner(
        GATE, "pyproject.toml", 'testpaths = ["tests"]'
    ),
    **{
        f"make texts LANG=nl{page}": Runner(
            GATE, "tests/pages/test_translations.py", "def test_make_texts_passes_the_language_and_the_page"
        )
        for page in (" PAGE=home", " PAGE=report", " PAGE=status", "")
    },
    # This part of the soak makes the same medium, but calls the functions behind the command.
    "make medium DIR=/media/stick/fanal KEYS='/media/keys/anne.pub /media/keys/bruno.pub'": Runner(
        "offline", "benchmarks/medium.py", "Archive(apt, _CACHE, debian_archive.mirrors())"
    ),
}
INCIDENTS, INCIDENT_TESTS = "docs/when-something-goes-wrong.md", "tests/test_when_something_goes_wrong.py"
# Each of these runs all commands of a page, or of a section of the page.
WHOLE = {
    "deploy/medium/GUIDE.en.txt": Runner(
        "offline", "benchmarks/medium.py", "commands = guide(first.medium, language)"
    ),
    "docs/officer-guide.md": Runner(
        GATE,
        "tests/test_officer_guide.py",
        'remember, read, *typed = guides.lines(ENGLISH.read_text("utf-8"))',
    ),
    "docs/key-ceremony.md": Runner(
        GATE, "tests/test_key_ceremony.py", "examine, found, once, session, desk = guides.lines(PAGE"
    ),
    "docs/exercise.md": Runner(
        GATE, "tests/inbox/exercise/test_guide.py", "for line in guides.lines(GUIDES[0]"
    ),
    "docs/draws-guide.md": Runner(GATE, "tests/draws/test_guide.py", "for words in commands(GUIDES[0]):"),
    "docs/deploying.md#Steps": Runner("install", "benchmarks/install.py", "yield from walk.go_on()"),
    **{
        f"{INCIDENTS}#{heading}": Runner(GATE, INCIDENT_TESTS, f'"{heading}"')
        for heading in (
            "The server is lost",
            "The exchange medium is lost",
            "The keys have expired",
            "The site serves altered pages",
            "A clock is wrong",
            "A disk is full",
        )
    },
    f"{INCIDENTS}#The server is seized": Runner(
        "units", "tests/portal/setup/test_running_certificate.py", '"The server is seized"'
    ),
    "docs/first-answer.md": Runner(
        GATE,
        "tests/e2e/test_demo.py",
        'first, pending, *carrying = guides.lines((ROOT / "docs/first-answer.md")',
    ),
}
# Commands that guides name in sentences, but not in a block of code.
SAID = {
    # The unit runs this command.
    "fanal-portal certificate": Runner(
        "units", "tests/portal/setup/test_running_certificate.py", '"start", "portal-certificate.service")'
    ),
    "fanal-portal uninstall": Runner("install", "benchmarks/install.py", 'do("fanal-portal", "uninstall")'),
    "fanal-portal upgrade --check": Runner(
        "install", "benchmarks/install.py", 'machine.do("fanal-portal", "upgrade", "--check")'
    ),
    "fanal-portal run doctor --json": Runner(GATE, "tests/portal/ops/test_doctor.py", '"doctor", "--json"]'),
    "fanal-portal run pending": Runner(GATE, "tests/portal/ops/test_doctor.py", '"pending"])'),
    "inbox office sheet impact --out impact.pdf --language fr": Runner(
        GATE, "tests/inbox/registers/test_sheets.py", '"office", "sheet", "impact", "--out", out'
    ),
    "inbox file export": Runner(GATE, "tests/inbox/overview/test_case_view.py", 'json("file", "export", '),
    "inbox office goals": Runner(GATE, "tests/inbox/overview/test_goals.py", 'office.run("office", "goals")'),
    "inbox officer renew --passphrases-lost": Runner(
        GATE, "tests/inbox/setup/test_sheet_renewal.py", '"--passphrases-lost"'
    ),
    "inbox --home FOLDER/inbox --share FILE --share FILE officer renew"
    " --shares FOLDER/officers --same-disk": Runner(
        GATE, "tests/inbox/exercise/test_guide.py", 'if "officer renew" in each'
    ),
    "inbox --home FOLDER/inbox --share FILE --share FILE desk --medium FOLDER/medium --same-disk": Runner(
        GATE, "tests/inbox/exercise/test_guide.py", 'if " desk " in each'
    ),
    "inbox --version": Runner("offline", "benchmarks/medium.py", '"inbox --version"'),
    "portal --version": Runner("install", "benchmarks/install.py", '("portal", "--version")'),
    "portal webcat --app … --tag … --out FILE": Runner(
        GATE, "tests/portal/site/test_webcat.py", 'words = ["webcat", "--app"'
    ),
    "fanal-portal run kit /media/stick/kit": Runner(
        "units", "tests/portal/ops/test_units.py", '"fanal-portal", "run", "kit", "/media/stick/kit"'
    ),
    "portal freeze DIR": Runner(GATE, "tests/portal/ops/test_commands.py", 'run(made, "freeze"'),
}
# Commands of Debian's programs, exactly as the sentences of guides spell them.
SENTENCES, INSTALL = "benchmarks/guide_sentences.py", "benchmarks/install.py"
OF_DEBIAN = {
    "mount -o X-mount.mkdir,uid=portal,umask=0077 /dev/sdb1 /media/stick": Runner(
        "install", SENTENCES, '_command(_GUIDE, "mount", "uid=portal")'
    ),
    "mount -o X-mount.mkdir /dev/sdb1 /media/stick": Runner(
        "install", SENTENCES, '_command(_GUIDE, "mount", "mkdir", without="uid=")'
    ),
    "umount /media/stick": Runner("install", SENTENCES, '_command(_GUIDE, "umount")'),
    "chown -R portal: /media/stick": Runner("install", SENTENCES, '_command(_GUIDE, "chown")'),
    "systemctl stop nginx@clearnet nginx@onion": Runner(
        "install", SENTENCES, '_command(_INCIDENTS, "systemctl", "stop")'
    ),
    "systemctl stop": Runner("install", SENTENCES, "_command(_GUIDE, 'systemctl', 'stop')"),
    "systemctl edit portal@ portal-expire": Runner(
        "install", SENTENCES, '_command(_GUIDE, "systemctl", "edit")'
    ),
    "apt clean": Runner("install", SENTENCES, '_command(_INCIDENTS, "apt clean")'),
    "apt install": Runner("install", INSTALL, 'machine.do("apt-get", "install", f"/{_NEWER}")'),
    "apt install --allow-downgrades": Runner(
        "install", INSTALL, '"apt-get", "install", "--allow-downgrades"'
    ),
    "apt install postgresql": Runner("install", INSTALL, 'bare_tree.apt(tree, "install", "postgresql"'),
    "apt remove fanal-portal": Runner("install", INSTALL, '"apt-get", "remove", "--yes", "fanal-portal"'),
    "apt purge fanal-portal": Runner("install", INSTALL, '"apt-get", "purge", "--yes", "fanal-portal"'),
    "apt purge fanal-inbox": Runner(
        "packages", "benchmarks/packages.py", 'bare_tree.apt(tree, "purge", name)'
    ),
    "apt install --no-install-recommends ./fanal-portal_….deb": Runner(
        "packages", "benchmarks/packages.py", 'bare_tree.apt(tree, "install", f"/tmp/{package.name}")'
    ),
    # A test below finds this command in a block of code, too.
    "apt install minisign": Runner("install", "benchmarks/first_report.py", 'f"apt install {_MINISIGN}"'),
    "apt install certbot": Runner(GATE, "Makefile", "certbot=certbot"),
    "rm /media/shares/*.share": Runner(GATE, "tests/test_officer_guide.py", "walk.delete_shares("),
    "rm -r demo": Runner(GATE, "tests/e2e/test_demo.py", '"rm -r demo"'),
}
RUNNERS = {**ELSEWHERE, **WHOLE, **SAID, **OF_DEBIAN}
# No test runs these commands. A test checks only that the Makefile has the targets of the `make` commands.
NOT_RUN = {
    "make mutants": "it takes hours; docs/first-day.md has the results of earlier runs",
    "make lock UPGRADE='--upgrade-package NAME'": "it changes the lock files to what the package index has",
    "make check": "it runs parts of the gate",
    "make help": "it prints a list; a test compares the list with the targets",
    "pre-commit install": "it needs a program that the project does not install, and changes the checkout",
    **dict.fromkeys(
        guides.lines((DOCS / "reporters-way.md").read_text("utf-8")), "they measure an earlier commit"
    ),
}


def commands(name: str) -> list[str]:
    """Return the commands of a guide that the tests below run. Comments are left out."""
    lines = map(uncommented, guides.lines(TEXTS[name]))
    return [line for line in lines if line not in ELSEWHERE and line not in NOT_RUN]


def uncommented(line: str) -> str:
    """Return a command without the comment after it."""
    return line.partition("  #")[0].strip()


def made_by(line: str) -> list[str]:
    """Return the commands that `make` would run for a command, as `make` prints them."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    printed = shell(f"{line} --dry-run", ROOT, environment)
    return [each for each in printed.splitlines() if each.startswith(".venv/bin/")]


def shell(line: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a line of shell. Return its output. Raise AssertionError if the command fails."""
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout


class Maintainer:
    """The machine of a maintainer. ``dist`` has a release with tiny files instead of packages."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.media, self.dist = folder, folder / "media", folder / "dist"
        for each in (self.dist, self.media / "anne", self.media / "bruno", self.media / "keys"):
            each.mkdir(parents=True)
        for name in (*PACKAGES, "fanal-portal_1.0.0.cdx.json"):
            (self.dist / name).write_bytes(b"package")
        manifest.write(self.dist)

    def bring_keys(self, *names: str) -> None:
        """Make the keys of maintainers, and publish the public ones."""
        for name in names:
            _, public = release_keys.make(self.media / name, name)
            for place in (self.folder, self.media / "keys"):
                shutil.copy(public, place)

    def type(self, line: str) -> str:
        """Type a command of a guide. Return its output."""
        if line.startswith("make "):
            (line,) = made_by(line)[-1:]
        # minisign would ask for a passphrase.
        line = line.replace("minisign -G ", "minisign -G -W ").replace("/media/", f"{self.media}/")
        line = line.replace(".venv/bin/python", sys.executable)
        in_release = "SHA256SUMS" in line and "dist/" not in line
        if in_release:
            line = line.replace("-p ", "-p ../")
        return shell(line, self.dist if in_release else self.folder, {**os.environ, "PYTHONPATH": str(ROOT)})


def test_the_commands_of_the_guide_to_releases_work_in_the_order_of_the_page(tmp_path: Path) -> None:
    """Bruno does the same as Anne. In the end, an auditor rebuilds the same bytes from the tagged commit."""
    machine = Maintainer(tmp_path)
    machine.bring_keys("bruno")
    shutil.copytree(machine.dist, machine.media / "release")
    tagged = (
        "git init -q && git -c user.name=A -c user.email=a@b commit -q --allow-empty -m A && git tag v1.0.0"
    )
    shell(tagged, tmp_path)
    said = {}
    for line in commands("docs/releasing.md"):
        said[line] = machine.type(line)
        if line.startswith("make sign-release"):
            machine.type(line.replace("anne", "bruno"))
    assert len(said) == 8
    trusted = [each for each in said.values() if "Trusted comment: fanal 1.0.0\n" in each]
    assert len(trusted) == 2
    assert "version 1.0.0: all files are those that both maintainers signed\n" in said.values()
    # The part `packages` of the soak runs this command.
    assert made_by("make release")[-1].endswith("-m deploy.release build")


def test_the_commands_of_the_guide_to_media_work_in_the_order_of_the_page(tmp_path: Path) -> None:
    """The medium already has its files. Bruno signs before he compares and verifies."""
    machine = Maintainer(tmp_path)
    machine.bring_keys("anne", "bruno")
    medium = machine.media / "stick/fanal"
    (medium / LIBRARY).parent.mkdir(parents=True)
    (medium / LIBRARY).write_bytes(b"library")
    contents.write(medium, machine.dist, [tmp_path / "anne.pub", tmp_path / "bruno.pub"], MADE)
    sign, *check = commands("docs/medium.md")
    for line in (sign, sign.replace("anne", "bruno")):
        assert contents.fingerprint(medium) in machine.type(line)
    same, verified = map(machine.type, check)
    assert same == ""
    assert "all files are those that both maintainers signed" in verified


def is_of_site(line: str) -> bool:
    return guides.run_as_portal(line).startswith("portal ") and "http" in line


def test_the_commands_for_checking_a_site_accept_a_signed_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The onion service is behind a proxy, as with tor."""
    site = SignedSite(tmp_path)
    site.sign()
    nginx = site.publish("www")
    monkeypatch.setenv("SSL_CERT_FILE", str(nginx.certificate))
    with site.server.serving(), nginx.serving(), proxying(nginx.onion_port) as proxy:
        onion = f"http://{'a' * 55}d.onion"
        site.known |= {"http://….onion": onion, "127.0.0.1:9050": proxy.address, "https://…": nginx.address}
        checked = []
        for line in filter(is_of_site, [*commands("docs/verifying.md"), *commands("docs/auditing.md")]):
            # In a test, the texts of the inspectorate are missing, so doctor reports an error.
            said = site.type(guides.run_as_portal(line), code=1 if "doctor" in line else 0)
            wanted = "ok: the headers are those" if "doctor" in line else "the site serves what was signed\n"
            assert wanted in said, line
            checked.append(line)
        assert len(checked) == 5
        assert proxy.asked


@pytest.mark.usefixtures("quick")
def test_the_commands_of_an_auditor_work_in_the_inbox(tmp_path: Path) -> None:
    """The journal is compared with what the inbox sent to the portal."""
    incident = Incident(tmp_path)
    anchors, *lines = [line for line in commands("docs/auditing.md") if not is_of_site(line)]
    assert len(lines) == 5
    medium_there = incident.installation.medium
    assert not (medium_there / "anchors.json").exists()
    incident.type(anchors)
    for line in lines:
        program, *words = shlex.split(line.replace("/media/stick", str(medium_there)))
        assert program == "inbox"
        said = incident.world.office.typed(*words)
        if words == ["doctor"]:
            # This machine has a network, and may have swap.
            assert "network interface" in said.out
        else:
            assert (said.code, said.err) == (0, ""), line


def test_other_modules_test_the_other_commands_of_the_guides() -> None:
    """The modules are tests/test_when_something_goes_wrong.py, test_moving.py and test_proofs.py."""
    titles = ("Backups.", "If the machine is lost.", "Moving from SQLite to PostgreSQL.")
    typed = [line for title in titles for line in guides.lines(guides.titled(DEPLOYING, title))]
    assert commands("docs/deploying.md#Daily work") == typed
    proofs = guides.section(TEXTS["docs/verifying.md"], "Check a proof of receipt")
    assert [line for line in commands("docs/verifying.md") if not is_of_site(line)] == guides.lines(proofs)


def read(page: Path) -> str:
    """Return the text of a document. The commands of a guide on a medium are put into a block of code."""
    if page.suffix == ".md":
        return page.read_text("utf-8")
    commands = (command for part in medium.guide(page.parent, page.name.split(".")[1]) for command in part)
    return "\n".join(("```sh", *commands, "```"))


PAGES = {
    str(path.relative_to(ROOT)): read(path)
    for path in sorted((*ROOT.glob("*.md"), *DOCS.glob("**/*.md"), *MEDIUM.glob("GUIDE.*.txt")))
}


def unexplained(page: str, text: str) -> list[str]:
    """Return the commands of a page that no test below types and that no table names.

    A page in French may have only commands of the English edition.
    """
    if page in FRENCH:
        english = guides.lines(PAGES[FRENCH[page]])
        return [line for line in guides.lines(text) if line not in english]
    return [
        line
        for place, lines in places(page, text)
        if not {page, place} & {*TEXTS, *WHOLE}
        for line in lines
        if line not in ELSEWHERE and line not in NOT_RUN
    ]


def places(page: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each section of a page, such as ``docs/deploying.md#Steps``, and its commands."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        heading = section.partition("\n")[0]
        yield f"{page}#{heading}", [uncommented(line) for line in guides.lines(section)]


@pytest.mark.parametrize("page", PAGES)
def test_each_command_in_a_block_of_a_document_is_run_unless_a_table_gives_a_reason(page: str) -> None:
    assert unexplained(page, PAGES[page]) == []


@pytest.mark.parametrize("page", [*FRENCH, "docs/operations.md", INCIDENTS])
def test_the_search_finds_a_command_that_nothing_runs(page: str) -> None:
    more = f"{PAGES[page]}\n## More\n\n```sh\nmake test\ninbox case list  # all\n```\n"
    assert "inbox case list" in unexplained(page, more)[-1]


def untried(text: str) -> list[str]:
    """Return the commands in sentences of a page that are in no code block of a document and in no table."""
    typed = [meant(line) for each in PAGES.values() for line in guides.lines(each)]
    return [
        line
        for line in guides.in_sentences(text)
        if not any(meant(line).begins(each) for each in (*typed, *map(meant, SAID)))
    ]


@dataclass(frozen=True, slots=True)
class Meant:
    """The program and the names of a command, and its long options."""

    names: list[str]
    options: set[str]

    def begins(self, other: "Meant") -> bool:
        """Return whether another command has the same names and options, and perhaps more."""
        return other.names[: len(self.names)] == self.names and self.options <= other.options


def meant(line: str) -> Meant:
    """Read a command. ``--home`` and ``--config`` do not count."""
    # In a sentence, `fanal-portal run` also stands for all commands that it runs.
    words = guides.run_as_portal(re.sub(r" --(?:home|config) \S+", "", f"{line} ")).split()
    names = [*takewhile(re.compile("[a-z][a-z-]*").fullmatch, words)]
    return Meant(names, {word for word in words if word.startswith("--")})


FRENCH_TEMPLATES = [page for page in PAGES if page.startswith("docs/fr/modeles/")]
GUIDES = sorted({*FRENCH, *FRENCH_TEMPLATES, *(place.partition("#")[0] for place in (*WHOLE, *TEXTS))})


@pytest.mark.parametrize("page", GUIDES)
def test_each_command_in_a_sentence_of_a_guide_is_run(page: str) -> None:
    assert untried(PAGES[page]) == []


def test_the_search_finds_a_command_in_a_sentence_that_nothing_runs() -> None:
    text = "Type `inbox desk --share FILE`, `inbox backup`, `inbox desk --minutes 5`, or `portal webcat X`."
    assert untried(text) == ["inbox desk --minutes 5"]


@pytest.mark.parametrize("page", GUIDES)
def test_each_command_of_debian_in_a_sentence_of_a_guide_is_run_as_it_is_spelled(page: str) -> None:
    assert [line for line in guides.of_debian(PAGES[page]) if line not in OF_DEBIAN] == []


@pytest.mark.parametrize("line", OF_DEBIAN)
def test_each_command_of_debian_that_the_tests_expect_is_in_a_guide(line: str) -> None:
    assert any(line in guides.of_debian(PAGES[page]) for page in GUIDES)


def test_the_search_finds_a_command_of_debian_in_a_sentence() -> None:
    text = (
        "First, type `mount /dev/sdb1\n/media/stick`. `mounting` and `apt` are words.\n```sh\numount x\n```\n"
    )
    assert guides.of_debian(text) == ["mount /dev/sdb1 /media/stick"]


@pytest.mark.parametrize("line", SAID)
def test_each_command_that_the_tests_expect_in_a_sentence_is_in_a_guide(line: str) -> None:
    assert any(
        meant(line).begins(meant(each)) for page in GUIDES for each in guides.in_sentences(PAGES[page])
    )


@pytest.mark.parametrize("place", WHOLE)
def test_each_place_of_which_all_commands_are_run_contains_a_command(place: str) -> None:
    page, _, heading = place.partition("#")
    text = PAGES[page]
    assert guides.lines(guides.section(text, heading) if heading else text)


@pytest.mark.parametrize("what", RUNNERS)
def test_the_gate_or_a_part_of_the_soak_has_the_file_that_runs_commands(what: str) -> None:
    runner = RUNNERS[what]
    assert runner.words in (ROOT / runner.file).read_text("utf-8")
    if runner.name != GATE:
        assert covers(runner.name, runner.file)


@pytest.mark.parametrize("line", [*ELSEWHERE, *NOT_RUN])
def test_each_command_that_a_table_names_is_in_a_document(line: str) -> None:
    assert any(line in map(uncommented, guides.lines(text)) for text in PAGES.values())
    assert all((ROOT / word).exists() for word in line.split() if word.startswith("tests/"))


def covers(part: str, file: str) -> bool:
    """Return whether this part of the soak runs the tests in ``file``, or a function of it.

    The module that the part names can also import the file.
    """
    run = soak.PARTS[part].run
    if isinstance(run, soak.Tested):
        return file in run.paths
    (module,) = re.findall(rf'"{part}": Part\(\s*measured\("(\w+):\w+"\)', SOAK)
    imported = re.findall(
        r"^from benchmarks import (.+)|^from benchmarks\.(\w+)", _benchmark(module), re.MULTILINE
    )
    return Path(file).stem in {module, *re.findall(r"\w+", " ".join(map(" ".join, imported)))}


def _benchmark(module: str) -> str:
    """Return the text of a module in benchmarks/, with each import on one line."""
    text = (ROOT / f"benchmarks/{module}.py").read_text("utf-8")
    return re.sub(r"\(\n([^)]*)\)", lambda found: " ".join(found[1].split()), text)


@pytest.mark.parametrize("line", [line for line in NOT_RUN if line.startswith("make ")])
def test_the_makefile_contains_each_command_that_no_test_runs(line: str) -> None:
    assert shell(f"{line} --dry-run", ROOT)
