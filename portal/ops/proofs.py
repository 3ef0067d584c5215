"""The command to check proofs of receipt."""

from pathlib import Path

import click

from crypto import base64url
from crypto.challenge import Challenge
from crypto.proof import Proven
from portal import days, terminal
from portal.config import Settings
from portal.ops.configured import pass_settings
from portal.site import proofs
from templates.command_line import FILE, json_option


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--ask",
    "verifier",
    metavar="NAME",
    help="Write a challenge for the owner of the proof; NAME says who asks.",
)
@click.option("--challenge", type=FILE, help="The challenge file, to write or to check.")
@click.option("--answer", type=FILE, help="The owner's answer to the challenge.")
@json_option
@pass_settings
def verify_receipt(  # noqa: PLR0913 - one parameter for each option
    settings: Settings,
    *,
    file: Path,
    verifier: str | None,
    challenge: Path | None,
    answer: Path | None,
    as_json: bool,
) -> None:
    """Check a proof of receipt. With a challenge, also check that the owner knows the twelve words.

    This command needs no network and no database.
    """
    if (verifier is None) == (answer is None) and (verifier or answer or challenge):
        raise click.UsageError(
            "give --challenge and --ask to make a challenge, or --challenge and --answer to check an answer"
        )
    if challenge is None and (verifier or answer):
        raise click.UsageError("name the file of the challenge with --challenge")
    proven = proofs.check(file, settings)
    answered = None
    if verifier is not None and challenge is not None:
        proofs.ask(proven, verifier, challenge, days.today())
    elif answer is not None and challenge is not None:
        answered = proofs.check_answer(proven, challenge, answer)
    if as_json:
        terminal.data(_view(proven, answered))
        return
    _tell(proven)
    if answered is not None:
        terminal.say(
            f"the answer holds: {_asked(answered)} was answered with the twelve words of this report"
        )
    elif challenge is not None:
        terminal.say(f"{challenge}: give it to the person, who answers it on the page proof.html of the site")
    else:
        terminal.say("anybody can hold this file; ask its owner: --ask NAME --challenge FILE")


def _tell(proven: Proven) -> None:
    receipt, key = proven.receipt, proven.key
    terminal.say(f"the signatures hold: the inspectorate signed on {receipt.day} that it had a report")
    terminal.say(
        f"channel {key.channel}; key {base64url.encode(receipt.key_id)}, "
        f"valid from {key.not_before} to {key.not_after}"
    )
    terminal.say("the proof shows neither who made the report nor what it says")
    terminal.say("a dishonest inbox, or a thief of this key, can sign an earlier day on which it is valid")
    terminal.say("ask the inspectorate whether the key was withdrawn")


def _asked(challenge: Challenge) -> str:
    return f"the challenge of {challenge.verifier} from {challenge.day}"


def _view(proven: Proven, answered: Challenge | None) -> dict[str, object]:
    view: dict[str, object] = {
        "day": proven.receipt.day.isoformat(),
        "channel": proven.key.channel,
        "key": base64url.encode(proven.receipt.key_id),
        "not_before": proven.key.not_before.isoformat(),
        "not_after": proven.key.not_after.isoformat(),
    }
    if answered is not None:
        view["challenge"] = {"verifier": answered.verifier, "day": answered.day.isoformat()}
    return view
