"""config.example.toml has the default settings. An error in a configuration file names the mistake."""

from pathlib import Path

import pytest

from portal import config
from portal.config import Settings
from portal.errors import BadConfiguration
from tests.support.paths import ROOT


def test_the_example_equals_the_defaults() -> None:
    """An unchanged copy of config.example.toml changes nothing."""
    assert config.load(ROOT / "config.example.toml") == Settings(folder=ROOT)


def test_the_example_names_every_setting() -> None:
    """Administrators find every setting in the example, and need not read the source."""
    text = (ROOT / "config.example.toml").read_text("utf-8")
    named = {line.partition(" = ")[0] for line in text.splitlines() if line and not line.startswith("#")}
    assert named == set(Settings.__slots__) - {"folder"}


def test_relative_paths_begin_at_the_folder_of_the_file(tmp_path: Path) -> None:
    """The portal finds its database whatever the working directory is."""
    file = tmp_path / "portal.toml"
    file.write_text('questionnaire = "questions.toml"\n')
    settings = config.load(file)
    assert settings.database_url.database == str(tmp_path / "portal.sqlite")
    assert settings.questionnaire_path == tmp_path / "questions.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("worker = 2", "unknown setting 'worker'"),
        ("[web.tls]\nport = 1", "unknown setting 'web'"),
        ('workers = "2"', "setting 'workers' has a wrong value"),
        ("workers = 1", "setting 'workers' has a wrong value"),
        ("workers = true", "setting 'workers' has a wrong value"),
        ('deployment = "AAAA"', "setting 'deployment' has a wrong value"),
        ('root_key = "not base64url!"', "setting 'root_key' has a wrong value"),
        ('database = "mysql://host/name"', "setting 'database' has a wrong value"),
        ('database = "portal.sqlite"', "setting 'database' has a wrong value"),
        ('database = "postgresql+asyncpg://host/name"', "setting 'database' has a wrong value"),
        ("database = 5", "setting 'database' has a wrong value"),
        ('database = "sqlite:///a\\u0000b"', "setting 'database' has a wrong value"),
        ('listen = "8080"', "setting 'listen' has a wrong value"),
        ('listen = "127.0.0.1:80800"', "setting 'listen' has a wrong value"),
        ("upload_days = 0", "setting 'upload_days' has a wrong value"),
        ("capacity_gb = 0", "setting 'capacity_gb' has a wrong value"),
        ('capacity_gb = "20"', "setting 'capacity_gb' has a wrong value"),
        ("spare_gb = -1", "setting 'spare_gb' has a wrong value"),
        ("spare_gb = false", "setting 'spare_gb' has a wrong value"),
        ("spare_gb = nan", "setting 'spare_gb' has a wrong value"),
        ("spare_gb = inf", "setting 'spare_gb' has a wrong value"),
        ("work_cost = [1, 2]", "setting 'work_cost' has a wrong value"),
        ("work_cost = [2, 1, 3]", "setting 'work_cost' has a wrong value"),
        ("questionnaire = 1", "setting 'questionnaire' has a wrong value"),
        ('questionnaire = "a\\u0000b"', "setting 'questionnaire' has a wrong value"),
        ("manifest = 1", "setting 'manifest' has a wrong value"),
        ("guide = 1", "setting 'guide' has a wrong value"),
        ('figures_key = "ABCD EFGH"', "setting 'figures_key' has a wrong value"),
        ('figures_key = "%s"' % ("A" * 33), "setting 'figures_key' has a wrong value"),
        ('figures_key = "%s1"' % ("A" * 31), "setting 'figures_key' has a wrong value"),
        ('leave_to = ""', "setting 'leave_to' has a wrong value"),
        ('leave_to = "http://example.org/"', "setting 'leave_to' has a wrong value"),
        ('leave_to = "https://example.org/?from=here"', "setting 'leave_to' has a wrong value"),
        ('leave_to = "javascript:alert(1)"', "setting 'leave_to' has a wrong value"),
        ('onion = "https://short.onion"', "setting 'onion' has a wrong value"),
        *(
            (f'host = "{each}"', "setting 'host' has a wrong value")
            for each in (
                "https://report.example",
                "report.example/fr",
                "report.example:443",
                "report.example.",
                "Report.example",
                "192.0.2.1",
                "[2001:db8::1]",
                "-.-",
                "a..example",
                "-report.example",
                "r\u00e9port.example",
                f"{'a' * 64}.example",
                f"{'a.' * 50}example",
                "report.example\\n",
            )
        ),
    ],
)
def test_an_error_says_which_setting_is_wrong_and_why(tmp_path: Path, text: str, message: str) -> None:
    """An unknown key or an unusable value stops the portal. The error gives the name and the line."""
    file = tmp_path / "config.toml"
    file.write_text(f"\n{text}")
    with pytest.raises(BadConfiguration) as caught:
        config.load(file)
    assert str(caught.value) == f"{file}, line 2: {message}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "word"), [(None, "was not read"), (b"workers =", "TOML"), (b"\xff", "TOML")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, word: str) -> None:
    """The file may be missing, or may not be TOML."""
    file = tmp_path / "config.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadConfiguration, match=word):
        config.load(file)


@pytest.mark.parametrize(
    ("listen", "address"), [("localhost:1", ("localhost", 1)), ("[::1]:80", ("::1", 80))]
)
def test_an_address_consists_of_a_host_and_a_port(listen: str, address: tuple[str, int]) -> None:
    """IPv6 addresses are written in brackets."""
    assert Settings(listen=listen).address == address
