"""The administrator's answers during setup: mistakes are named, and stored answers equal the given ones."""

import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from crypto import base64url, keyring, signing
from crypto.keyring import ROOT_FILE, Root, Texts
from portal.errors import BadConfiguration, Refused
from portal.setup import answers
from tests.support.paths import ROOT
from tests.support.setup_answers import GOOD

REST = [GOOD.name.fr, GOOD.name.en, "mysql", "", "y", "n"]
FINGERPRINT = signing.fingerprint(base64url.decode(GOOD.root_key))


def refused(tmp_path: Path, text: str) -> str:
    """Return the reason why a file of answers is refused."""
    file = tmp_path / "answers.toml"
    file.write_text(text)
    with pytest.raises(BadConfiguration) as caught:
        answers.read(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('root_key = ""', "'root_key' must be"),
        ('root_key = "short"', "'root_key' must be"),
        ('database = "mysql"', "'database' must be sqlite or postgresql"),
        ("onion = 1", "'onion' must be true or false"),
        ("clearnet = false\nonion = false", "neither a clearnet site nor an onion service"),
        ('certificate = ""', "a clearnet site needs `certificate`"),
        ("port = 443", "'port' is not known here"),
        ("name = {", "is not TOML"),
    ],
)
def test_the_first_mistake_in_a_file_of_answers_is_named(tmp_path: Path, line: str, said: str) -> None:
    names = re.findall(r"(?m)^(\w+) =", line)
    kept = [each for each in GOOD.encode().decode().splitlines() if each.split()[0] not in names]
    assert said in refused(tmp_path, "\n".join([*kept, line]))


def test_a_missing_answer_or_file_is_reported(tmp_path: Path) -> None:
    kept = [each for each in GOOD.encode().decode().splitlines() if not each.startswith("keyring")]
    assert "'keyring' is missing" in refused(tmp_path, "\n".join(kept))
    with pytest.raises(BadConfiguration, match="were not read: no such file"):
        answers.read(tmp_path / "none")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_stored_answers_equal_the_given_answers(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """The text may also contain quotes, backslashes and control characters."""
    file = tmp_path_factory.mktemp("kept") / "setup.toml"
    made = replace(GOOD, name=Texts(fr=name, en="x"), onion=False)
    file.write_bytes(made.encode())
    assert answers.read(file) == made


def test_the_example_file_in_the_guide_is_accepted(tmp_path: Path) -> None:
    guide = (ROOT / "docs/deploying.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n( +deployment.*?) +```", guide, re.DOTALL)
    file = tmp_path / "answers.toml"
    file.write_text(dedent(shown))
    assert answers.read(file).clearnet


def test_a_question_is_repeated_until_its_answer_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enter chooses the default. Without a clearnet site, there is no question about a certificate."""
    (tmp_path / "keyring.json").touch()
    typed = ["/nowhere", str(tmp_path), "short", GOOD.deployment, GOOD.root_key, *REST]
    told = asked(monkeypatch, tmp_path, typed)
    assert re.findall("Error: (.*)", told) == [
        "this folder has no keyring.json: enter the folder that `inbox exchange keyring` wrote",
        "enter the 22 characters after `deployment` that `inbox exchange keyring` printed",
        "enter sqlite or postgresql",
    ]


def test_typed_answers_are_offered_again_until_the_installation_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only root can read them. The fingerprint of the root key must be compared again.

    One answer is changed, and a damaged file of answers is ignored.
    """
    bring_root(tmp_path)
    file = str(tmp_path / ROOT_FILE)
    first = replace(
        GOOD,
        keyring=str(tmp_path),
        database=answers.POSTGRESQL,
        onion=False,
        host="a.example",
        certificate=file,
        certificate_key=file,
    )
    names = [GOOD.name.fr, GOOD.name.en]
    asked(
        monkeypatch,
        tmp_path,
        [str(tmp_path), "y", *names, "postgresql", "n", "a.example", "", file, file],
        first,
    )
    draft = tmp_path / "draft.toml"
    assert draft.stat().st_mode & 0o777 == 0o600
    second = replace(first, host="b.example")
    again = ["", "y", "", "", "", "", "b.example", "", "", ""]
    told = asked(monkeypatch, tmp_path, again, second)
    assert f"Folder with the keyring from the inbox [{tmp_path}]" in told
    assert "Onion service? [y/N]" in told
    assert answers.read_draft(draft) == second
    draft.write_text("{")
    assert "[b.example]" not in asked(monkeypatch, tmp_path, [str(tmp_path), "y", *REST])


def test_a_name_that_the_file_of_answers_would_refuse_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_root(tmp_path)
    typed = [str(tmp_path), "y", "x" * 81, " ", *REST]
    told = asked(monkeypatch, tmp_path, typed)
    assert told.count("Error: enter a name of at most 80 characters") == 2


def test_the_host_name_of_a_clearnet_site_cannot_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setup could not check an installed certificate against an empty name."""
    bring_root(tmp_path)
    file = str(tmp_path / ROOT_FILE)
    expected = replace(
        GOOD, keyring=str(tmp_path), host="report.example", certificate=file, certificate_key=file
    )
    names = [GOOD.name.fr, GOOD.name.en, "", "", ""]
    hosts = ["", " ", "two words", "192.0.2.1", "report.example"]
    told = asked(monkeypatch, tmp_path, [str(tmp_path), "y", *names, *hosts, "", file, file], expected)
    assert told.count("Host name of the clearnet site") == len(hosts)


def asked(
    monkeypatch: pytest.MonkeyPatch,
    medium: Path,
    typed: list[str],
    expected: answers.Answers | None = None,
) -> str:
    """Type answers, and check that setup gets the expected answers. Return what the terminal shows."""
    expected = expected or replace(
        GOOD, keyring=str(medium), clearnet=False, certificate="", certificate_key=""
    )

    @click.command()
    def command() -> None:
        monkeypatch.setattr("portal.terminal.is_interactive", lambda: True)
        assert answers.ask(medium / "draft.toml") == expected

    done = CliRunner().invoke(command, input="".join(f"{each}\n" for each in typed), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def bring_root(medium: Path) -> None:
    """Write the files that `inbox exchange keyring` writes."""
    (medium / "keyring.json").touch()
    root = Root(base64url.decode(GOOD.deployment), base64url.decode(GOOD.root_key))
    (medium / ROOT_FILE).write_bytes(keyring.ROOT.encode(root))


def test_a_root_key_whose_fingerprint_nobody_confirms_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the administrator only presses Enter, the question is repeated."""
    bring_root(tmp_path)
    with pytest.raises(Refused, match="differs from the key on the papers"):
        asked(monkeypatch, tmp_path, [str(tmp_path), "", "n"])
    assert FINGERPRINT in asked(monkeypatch, tmp_path, [str(tmp_path), "", "y", *REST])


def test_a_damaged_root_key_on_the_medium_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_root(tmp_path)
    file = tmp_path / ROOT_FILE
    for content in (file.read_bytes()[:-9], b"", file.read_bytes() * 300_000):
        file.write_bytes(content)
        with pytest.raises(Refused, match=ROOT_FILE):
            asked(monkeypatch, tmp_path, [str(tmp_path)])
