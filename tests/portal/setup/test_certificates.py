"""The clearnet site's certificate: refused files change nothing, and a warning precedes the expiry."""

import json
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from portal.errors import BadConfiguration, Refused
from portal.setup import acme, answers, cli, steps
from portal.setup.acme import AcmeCertificate
from portal.setup.answers import ACME_DNS, ACME_HTTP, Answers
from portal.setup.certificates import CERTIFICATE, KEY, Certificate, ending, fault
from portal.setup.plan import steps as all_steps
from portal.setup.steps import DONE, TO_DO, State
from portal.setup.system import Failed, System
from tests.support import guides
from tests.support.certificates import make_certificate, make_issued
from tests.support.paths import ROOT
from tests.support.setup_answers import GOOD

HOST = "report.example"
NOW = datetime.now(UTC)
ENDS = NOW + timedelta(days=90)


@pytest.fixture
def bare(tmp_path: Path) -> System:
    tree = tmp_path / "tree"
    (tree / "etc/fanal").mkdir(parents=True)
    (tree / "run").mkdir()
    return System(tree)


@pytest.fixture
def given(tmp_path: Path) -> Answers:
    """Answers with a good certificate, which an authority issued."""
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    make_issued(certificate, key, HOST)
    return replace(GOOD, certificate=str(certificate), certificate_key=str(key), host=HOST)


def own_key_is_another(certificate: Path, key: Path) -> None:
    make_issued(certificate.with_name("other.pem"), key, HOST)


def other_name(certificate: Path, key: Path) -> None:
    make_issued(certificate, key, "www.example")


def expired(certificate: Path, key: Path) -> None:
    make_issued(certificate, key, HOST, NOW - timedelta(days=1))


def no_chain(certificate: Path, key: Path) -> None:
    certificate.write_bytes(make_issued(certificate, key, HOST)[0])


def test_for_a_trial_setup_installs_the_self_signed_certificate_of_the_guide(
    bare: System, tmp_path: Path
) -> None:
    page = (ROOT / "docs/deploying.md").read_text("utf-8")
    (command,) = (block for _, block in guides.ANY_BLOCK.findall(page) if block.startswith("openssl "))
    words = shlex.split(command.replace("/srv/", f"{tmp_path}/").replace("\\\n", ""))
    subprocess.run(words, check=True, capture_output=True)
    own, key = (str(tmp_path / f"certificate.{each}") for each in ("pem", "key"))
    answered = replace(GOOD, certificate=own, certificate_key=key, host=HOST)
    assert Certificate(bare, replace(answered, host="www.example")).check().state is State.IN_THE_WAY
    step = Certificate(bare, answered)
    assert step.check() == TO_DO
    step.apply()
    assert step.check().state is State.DONE
    assert bare.at(CERTIFICATE).read_bytes() == Path(own).read_bytes()


REFUSED = [
    (own_key_is_another, "own.key is the key of another certificate than "),
    (other_name, "own.pem is for www.example, not for report.example"),
    (expired, f"own.pem expired on {NOW - timedelta(days=1):%Y-%m-%d}"),
    (no_chain, "own.pem lacks the certificates of its issuers"),
]


@pytest.mark.parametrize(("spoil", "said"), REFUSED, ids=[each.__name__ for each, _ in REFUSED])
def test_a_certificate_that_browsers_would_refuse_is_reported_and_changes_nothing(
    bare: System, given: Answers, spoil: Callable[[Path, Path], None], said: str
) -> None:
    """The certificate that was installed before remains."""
    [*steps.apply([Certificate(bare, given)])]
    places = [bare.at(CERTIFICATE), bare.at(KEY)]
    before = [(each.read_bytes(), each.stat().st_mtime_ns) for each in places]
    spoil(Path(given.certificate), Path(given.certificate_key))
    with pytest.raises(Refused) as caught:
        [*steps.apply([Certificate(bare, given)])]
    assert said in str(caught.value)
    assert caught.value.hint
    assert before == [(each.read_bytes(), each.stat().st_mtime_ns) for each in places]


def test_if_a_certificate_is_not_valid_yet_the_hint_mentions_the_clock(given: Answers) -> None:
    found = fault(Path(given.certificate), Path(given.certificate_key), HOST, NOW - timedelta(days=3))
    assert "is not valid before" in found.what
    assert "clock" in found.hint
    assert fault(Path(given.certificate), Path(given.certificate_key), HOST, NOW) == TO_DO


def test_without_a_host_name_the_names_of_a_certificate_are_not_checked(bare: System, given: Answers) -> None:
    make_certificate(Path(given.certificate), Path(given.certificate_key), "www.example")
    assert Certificate(bare, replace(given, host="")).check() == TO_DO
    assert "www.example" in Certificate(bare, given).check().what


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=30), ""),
        (timedelta(days=30, seconds=-1), "it expires on DAY, in 29 days"),
        (timedelta(days=7), "it expires on DAY, in 7 days"),
        (timedelta(days=7, seconds=-1), "urgent: it expires on DAY, in 6 days"),
    ],
)
def test_a_check_warns_in_the_last_30_and_the_last_7_days_of_a_certificate(
    left: timedelta, said: str
) -> None:
    found = ending(ENDS, ENDS - left)
    assert (found.state, found.what) == (State.DONE, said.replace("DAY", f"{ENDS:%Y-%m-%d}"))
    assert bool(found.hint) is bool(said)


def test_a_check_gives_the_last_day_of_the_certificate_in_words_and_as_json(
    bare: System, given: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    """The day is the same after the administrator has deleted the files that were installed."""
    ends = NOW + timedelta(days=5, hours=1)
    make_issued(Path(given.certificate), Path(given.certificate_key), HOST, ends)
    step = Certificate(bare, given)
    step.apply()
    for _ in range(2):
        found = [(step, step.check())]
        cli.tell_states(found, as_json=True)
        (told,) = json.loads(capsys.readouterr().out)
        assert (told["state"], told["expires"]) == ("done", f"{ends:%Y-%m-%d}")
        cli.tell_states(found, as_json=False)
        assert "done: certificate of the clearnet site: urgent: it expires on" in capsys.readouterr().out
        Path(given.certificate).unlink(missing_ok=True)


def test_an_installed_certificate_that_has_expired_is_reported(bare: System, given: Answers) -> None:
    step = Certificate(bare, given)
    step.apply()
    expired(bare.at(CERTIFICATE), bare.at(KEY))
    Path(given.certificate).unlink()
    assert "certificate.pem expired on" in step.check().what


def test_an_expired_certificate_of_acme_does_not_prevent_its_renewal(bare: System, given: Answers) -> None:
    """A check finds no obstacle to the renewal. The expired file is not installed."""
    by_acme = replace(given, certificate_by=ACME_HTTP)
    live = bare.at(acme.CERTIFICATE)
    live.parent.mkdir(parents=True)
    AcmeCertificate(bare, by_acme).apply()
    make_issued(live, bare.at(acme.KEY), HOST)
    assert AcmeCertificate(bare, by_acme).check() == DONE
    for spoil in (expired, other_name):
        spoil(live, bare.at(acme.KEY))
        assert AcmeCertificate(bare, by_acme).check() == TO_DO
        assert Certificate(bare, by_acme).check() == TO_DO
        with pytest.raises(Refused, match=r"privkey|fullchain"):
            [*steps.apply([Certificate(bare, by_acme)])]
        assert not bare.at(CERTIFICATE).exists()
    # If files of certbot are missing, the step is not done, although a certificate is installed.
    bare.at(acme.KEY).unlink()
    other_name(bare.at(CERTIFICATE), bare.at(KEY))
    assert Certificate(bare, by_acme).check() == TO_DO


def test_setup_gets_a_certificate_by_acme_before_it_installs_it(bare: System, given: Answers) -> None:
    """Without ACME, setup has no step for it, and does not switch off the timer of certbot."""
    titles = [each.title for each in all_steps(bare, replace(given, certificate_by=ACME_HTTP))]
    first = titles.index("certificate by ACME")
    assert titles[first - 1] == "Debian's own timer of certbot is off"
    assert titles[first + 1] == "certificate of the clearnet site"
    assert "portal-certificate.timer" in titles
    assert not any("ACME" in each.title for each in all_steps(bare, given))
    assert not any(
        "ACME" in each.title
        for each in all_steps(bare, replace(given, certificate_by=ACME_HTTP, clearnet=False))
    )


def test_the_settings_of_certbot_contain_the_host_and_how_to_prove_control_over_it(
    bare: System, given: Answers
) -> None:
    step = AcmeCertificate(bare, replace(given, certificate_by=ACME_HTTP))
    step.apply()
    file = bare.at(acme.SETTINGS)
    before = file.read_text()
    assert f"domains = {HOST}\n" in before
    assert "authenticator = standalone\npreferred-challenges = http\n" in before
    by_dns = AcmeCertificate(bare, replace(given, certificate_by=ACME_DNS, acme_hook="/etc/fanal/dns"))
    by_dns.apply()
    by_hook = "manual-auth-hook = /etc/fanal/dns set\nmanual-cleanup-hook = /etc/fanal/dns remove\n"
    assert by_hook in file.read_text()
    by_dns.undo()
    assert file.read_text() == before


@dataclass(frozen=True, slots=True)
class Serving(System):
    """A machine whose nginx reads the certificate and its key when it loads its configuration again."""

    read: list[list[bytes]] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        return True

    def control(self, *words: str) -> None:
        assert words == ("try-reload-or-restart", "nginx@clearnet")
        self.read.append([self.at(each).read_bytes() for each in (CERTIFICATE, KEY)])


def test_a_running_nginx_loads_a_renewed_certificate(bare: System, given: Answers) -> None:
    """Otherwise, visitors would get the earlier certificate until it expires."""
    machine = Serving(bare.root)
    files = [Path(given.certificate), Path(given.certificate_key)]
    for _ in range(2):
        make_issued(*files, HOST)
        [*steps.apply([Certificate(machine, given)])]
        assert machine.read[-1] == [each.read_bytes() for each in files]
    assert [*steps.apply([Certificate(machine, given)])] == []
    assert len(machine.read) == 2
    assert machine.read[0] != machine.read[1]


class NoAuthority(System):
    """A machine whose certbot gets no certificate, for example because a firewall blocks port 80."""

    @property
    def runs(self) -> bool:
        return True

    def control(self, *words: str) -> None:
        assert words == ("start", acme.UNIT)
        raise Failed("systemctl start: failed")


def test_setup_undoes_the_step_and_says_where_the_reason_is_if_the_authority_issues_no_certificate(
    bare: System, given: Answers
) -> None:
    step = AcmeCertificate(NoAuthority(bare.root), replace(given, certificate_by=ACME_HTTP))
    with pytest.raises(Refused) as caught:
        [*steps.apply([step])]
    assert f"there is no certificate yet; see `journalctl -u {acme.UNIT}`" in str(caught.value)
    assert "this step was undone" in caught.value.hint
    assert not bare.at(acme.SETTINGS).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"certificate_by": ACME_HTTP, "host": ""}, "a certificate by ACME needs `host`"),
        ({"certificate_by": ACME_DNS, "host": HOST}, "a certificate by DNS needs `acme_hook`"),
        ({"host": "report.example\nauthenticator = manual"}, "'host' must be a name"),
        ({"host": "https://report.example"}, "'host' must be a name"),
        ({"host": "192.0.2.1"}, "'host' must be a name"),
        ({"acme_hook": "/etc/hook; reboot"}, "'acme_hook' must be the path of a program"),
        ({"certificate_by": "magic"}, "'certificate_by' must be files or acme-http or acme-dns"),
    ],
)
def test_answers_with_which_acme_cannot_issue_a_certificate_are_refused(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    """A line end in an answer would begin another setting of certbot."""
    file = tmp_path / "answers.toml"
    file.write_bytes(replace(GOOD, **change).encode())
    with pytest.raises(BadConfiguration) as caught:
        answers.read(file)
    assert said in str(caught.value)


def test_with_acme_no_certificate_file_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    made = replace(GOOD, certificate="", certificate_key="", host=HOST, certificate_by=ACME_HTTP)
    file.write_bytes(made.encode())
    assert answers.read(file) == made


@pytest.mark.parametrize(
    ("typed", "by", "named"),
    [
        (["files", "FILE", "FILE"], "files", "certificate_key"),
        (["", "FILE", "FILE"], "files", "certificate"),
        (["acme-dns", "/nowhere", "SPACED", "FILE"], ACME_DNS, "acme_hook"),
        (["acme-http"], ACME_HTTP, ""),
    ],
)
def test_setup_asks_how_to_get_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: list[str], by: str, named: str
) -> None:
    # The file of answers does not accept a program whose path has a space.
    spaced = tmp_path / "my program"
    for each in (tmp_path / "keyring.json", spaced):
        each.touch()
    file = str(tmp_path / "keyring.json")
    lines = [str(tmp_path), GOOD.deployment, GOOD.root_key, "a", "b", "", "y", "y", "no host", HOST]
    lines += [each.replace("FILE", file).replace("SPACED", str(spaced)) for each in typed]
    kept: list[Answers] = []

    @click.command()
    def command() -> None:
        monkeypatch.setattr("portal.terminal.is_interactive", lambda: True)
        kept.append(answers.ask(tmp_path / "draft.toml"))

    CliRunner().invoke(command, input="".join(f"{each}\n" for each in lines), catch_exceptions=False)
    (found,) = kept
    assert (found.host, found.certificate_by) == (HOST, by)
    assert not named or getattr(found, named) == file


def test_the_certificate_of_a_portal_that_was_not_set_up_is_not_replaced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["certificate"]) == 1
    assert "installed nothing here" in capsys.readouterr().err
