"""The commands of the administrator's guide. `make soak install` runs all of them on bare machines."""

from benchmarks import guide
from benchmarks.first_report import MOST_COMMANDS


def test_the_guide_leads_to_the_first_report_with_few_commands() -> None:
    """The guide sends the report before it exports it."""
    commands = guide.commands()
    (export,) = (number for number, each in enumerate(commands) if " export " in each)
    assert 0 < export <= MOST_COMMANDS
    assert "exchange collect" in commands[-1]


def test_a_command_on_two_lines_of_the_guide_is_one_command() -> None:
    (init,) = (each for each in guide.commands() if " init " in each)
    assert "\\" not in init
    assert init.endswith('--name-en "Customs inspectorate"')
