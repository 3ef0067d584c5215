"""Every vector passes in Python, and its generator still produces it.

The browser modules read the same files.
"""

import ast
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from crypto import (
    age,
    archive,
    bundle,
    card,
    casetoken,
    challenge,
    container,
    dossier,
    exercise,
    keyring,
    memo,
    messages,
    minisign,
    padding,
    proof,
    shape,
    shares,
    signing,
    strictjson,
    work,
)
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.journal import ENTRY, Chain, JournalBroken, Signed
from crypto.recipients import HybridIdentity
from crypto.work import OFFER, Payment, Puzzle
from inbox.figures import checker
from tests.support.paths import ROOT

VECTORS = ROOT / "tests" / "vectors"
WORDS = {Truncated: "truncated", Tampered: "tampered", NotForUs: "not-for-us", Malformed: "malformed"}
Given = dict[str, Any]


def unhex(given: Given, *names: str) -> list[bytes]:
    return [bytes.fromhex(given[name]) for name in names]


def run_strictjson(given: Given) -> None:
    (raw,) = unhex(given, "json")
    assert strictjson.encode(strictjson.decode(raw)) == raw


def run_padding(given: Given) -> Given:
    if given["kind"] == "archive":
        return {"size": archive.END + sum(map(archive.span, given["sizes"]))}
    rules = {
        "padme": padding.padme,
        "report": padding.bucket,
        "slot": padding.slot,
        "sealed": age.sealed_size,
    }
    return {"size": rules[given["kind"]](given["size"])}


def run_token(given: Given) -> Given:
    if "words" in given:
        found = casetoken.parse(given["words"])
        return {
            "candidates": [
                {"language": each, "entropy": found[each].hex()} for each in ("en", "fr") if each in found
            ]
        }
    entropy, deployment = unhex(given, "entropy", "deployment")
    keys = casetoken.derive(entropy, deployment)
    hexed = ("author_key", "memo_key", "withdraw_key", "withdraw_id", "salt", "locator", "case_id")
    words = {language: " ".join(casetoken.words(entropy, language)) for language in ("en", "fr")}
    return {
        "words": {language: unicodedata.normalize("NFKD", each) for language, each in words.items()},
        "reply_identity": keys.reply_identity.encode(),
        "reply_recipient": keys.reply_identity.recipient().encode(),
        **{name: getattr(keys, name).hex() for name in hexed},
    }


def run_signature(given: Given) -> None:
    label = signing.Label(given["label"].encode())
    deployment, file, signature, key = unhex(given, "deployment", "file", "signature", "key")
    signing.verify(label, deployment, file, signature, key)
    if "seed" in given:
        assert signing.sign(label, deployment, file, bytes.fromhex(given["seed"])) == signature


def run_container(given: Given) -> Given:
    raw = bytes.fromhex(given["container"]).ljust(given["size"], b"\0")
    data: dict[int, bytes] = {}
    read = container.read([raw], lambda number, pieces: data.update({number: b"".join(pieces)}))
    assert isinstance(read, container.Signed)
    sources = [(len(each), [each]) for each in data.values()]
    assert raw == b"".join(container.write(sources, lambda _: read.message, lambda _: read.signature))
    files = [{"number": each.number, "size": each.size, "digest": each.digest.hex()} for each in read.files]
    return {"message": read.message.hex(), "signature": read.signature.hex(), "files": files}


def run_memo(given: Given) -> Given:
    key, deployment, case_id, sealed = unhex(given, "memo_key", "deployment", "case_id", "memo")
    note = memo.unseal(sealed, key, deployment=deployment, case_id=case_id)
    assert sealed == memo._seal(note, key, deployment + case_id, sealed[:12])
    return {"channel": note.channel, "day": note.day.isoformat()}


def signed(given: Given) -> container.Signed:
    message, signature = unhex(given, "message", "signature")
    return container.Signed((), message, signature)


def run_report(given: Given) -> Given:
    deployment, key_id = unhex(given, "deployment", "key_id")
    report = messages.open_message(deployment, signed(given))
    assert isinstance(report, messages.Report)
    messages.check_addressed(report, channel=given["channel"], key_id=key_id)
    assert messages.REPORT.encode(report).hex() == given["message"]
    return {"case_id": report.case_id.hex()}


def run_follow_up(given: Given) -> Given:
    deployment, key_id, case_id, author_key = unhex(given, "deployment", "key_id", "case_id", "author_key")
    follow_up = messages.open_message(deployment, signed(given))
    if not isinstance(follow_up, messages.FollowUp):
        raise Malformed("not a follow-up")
    messages.check_addressed(follow_up, channel=given["channel"], key_id=key_id)
    messages.verify_follow_up(deployment, signed(given), author_key)
    if follow_up.case_id != case_id:
        raise Tampered("follow-up of another case")
    return {"id": follow_up.id.hex()}


def run_slot(given: Given) -> Given:
    deployment, case_id, key = unhex(given, "deployment", "case_id", "reply_key")
    slot = messages.open_slot(deployment, signed(given), key)
    if (slot.case_id, slot.channel) != (case_id, given["channel"]):
        raise Tampered("slot of another case or channel")
    return {"serial": slot.serial}


def run_proof(given: Given) -> Given:
    raw, root_key, deployment = unhex(given, "proof", "root_key", "deployment")
    proven = proof.open_proof(raw, root_key=root_key, deployment=deployment)
    assert proof.PROOF.encode(proof.PROOF.parse(raw)) == raw
    return {
        "author": proven.receipt.author.hex(),
        "day": proven.receipt.day.isoformat(),
        "channel": proven.key.channel,
        "not_before": proven.key.not_before.isoformat(),
        "not_after": proven.key.not_after.isoformat(),
    }


def run_answer(given: Given) -> Given:
    asked, raw, author, deployment = unhex(given, "challenge", "answer", "author", "deployment")
    found = challenge.check(raw, asked=asked, author=author, deployment=deployment)
    if "author_seed" in given:
        assert challenge.answer(asked, bytes.fromhex(given["author_seed"]), deployment) == raw
    return {"verifier": found.verifier, "day": found.day.isoformat()}


def run_keyring(given: Given) -> Given:
    raw, signature, root_key, deployment = unhex(given, "keyring", "signature", "root_key", "deployment")
    ring = keyring.open_keyring(raw, signature, root_key=root_key, deployment=deployment)
    today = date.fromisoformat(given["today"])
    try:
        ring.check_serial(given["known"] or 0)
        ring.check_day(today)
    except (keyring.KeyringExpired, keyring.ClockBehind, keyring.KeyringOlder) as error:
        return {"state": error.code}
    keys = {channel.id: channel.intake_key(today) for channel in ring.channels}
    ids = {channel: key and key.id.hex() for channel, key in keys.items()}
    return {"state": "valid", "serial": ring.serial, "channels": ids}


def run_deployment(given: Given) -> Given:
    return {"exercise": exercise.is_exercise(bytes.fromhex(given["deployment"]))}


def run_card(given: Given) -> Given:
    raw, signature, deployment = unhex(given, "card", "signature", "deployment")
    opened = card.open_card(raw, signature, deployment)
    assert opened == card.parse(raw)
    return {
        "serial": opened.serial,
        "channel": opened.channel.id,
        "fingerprint": signing.fingerprint(opened.key),
    }


def run_seal(given: Given) -> Given:
    plain = b"".join(
        age.unseal_envelope([bytes.fromhex(given["envelope"])], [HybridIdentity.parse(given["identity"])])
    )
    return {"sha256": hashlib.sha256(plain).hexdigest(), "size": len(plain)}


def run_work(given: Given) -> Given:
    if "offer" in given:
        offer = OFFER.parse(bytes.fromhex(given["offer"]))
        return {"seed": offer.seed.hex(), "cost": offer.cost}
    if "counter" in given:
        return {"solved": is_solved(given)}
    secret, deployment, header, seed = unhex(given, "secret", "deployment", "header", "seed")
    assert work.seed(secret, deployment, given["hour"]) == seed
    header_hash = work.header_hash(header)
    size_class = work.size_class(given["size"])
    assert size_class == given["class"]
    counter = Puzzle(seed, header_hash, given["channel"], size_class, given["cost"]).solve()
    assert work.upload_id(secret, deployment, header_hash).hex() == given["upload_id"]
    return {"payment": Payment(seed, header_hash, counter).encode()}


def is_solved(given: Given) -> bool:
    seed, header_hash = unhex(given, "seed", "header_hash")
    try:
        Puzzle(seed, header_hash, given["channel"], given["class"], given["cost"]).check(given["counter"])
    except work.Unsolved:
        return False
    return True


def run_journal(given: Given) -> Given:
    genesis, deployment, key = unhex(given, "genesis", "deployment", "key")
    chain = Chain(genesis, deployment, key)
    for each in given["entries"]:
        raw, signature = unhex(each, "entry", "signature")
        assert raw == ENTRY.encode(chain.take(Signed(raw, signature)))
    return {"n": chain.head.n, "hash": chain.head.hash.hex(), "fingerprint": chain.head.fingerprint}


def run_dossier(given: Given) -> Given:
    opened = dossier.verify([bytes.fromhex(given["dossier"])], given["key"])
    return {"case": opened.case, "parts": [part.name for part in opened.parts]}


def run_shares(given: Given) -> Given:
    secret = shares.combine(given["shares"])
    assert all(shares.normal(words) == words.lower() for words in given["shares"])
    return {"secret": secret.hex()}


def run_outbox(given: Given) -> Given:
    raw, signature, deployment, key = unhex(given, "manifest", "signature", "deployment", "key")
    outbox = bundle.open_outbox(bundle.Manifest(raw, signature), deployment, [key])
    assert bundle.OUTBOX.encode(outbox) == raw
    return {"opened": [each.case_id.hex() for each in outbox.opened or ()]}


def run_figures(given: Given) -> None:
    plans = [bytes.fromhex(each) for each in given["plans"]]
    editions = {int(year): bytes.fromhex(raw) for year, raw in given["figures"].items()}
    try:
        checker.check(plans, editions, bytes.fromhex(given["certificate"]))
    except checker.Wrong as error:
        raise Malformed from error


def run_minisign(given: Given) -> Given:
    file, signature, public = unhex(given, "file", "signature", "public")
    name = given["name"]
    try:
        minisign.verify_files({name: file, f"{name}.minisig": signature, "key": public}, "key")
    except minisign.Unsigned as error:
        raise Tampered from error
    return {"fingerprint": signing.fingerprint(minisign.public_key(public))}


RUNNERS: dict[str, Callable[[Given], Given | None]] = {
    "strictjson": run_strictjson,
    "padding": run_padding,
    "token": run_token,
    "signature": run_signature,
    "deployment": run_deployment,
    "container": run_container,
    "memo": run_memo,
    "report": run_report,
    "follow-up": run_follow_up,
    "slot": run_slot,
    "proof": run_proof,
    "answer": run_answer,
    "keyring": run_keyring,
    "card": run_card,
    "seal": run_seal,
    "shares": run_shares,
    "work": run_work,
    "journal": run_journal,
    "outbox": run_outbox,
    "dossier": run_dossier,
    "figures": run_figures,
    "minisign": run_minisign,
}
TESTS = [
    pytest.param(topic, test, id=f"{topic}-{test['id']}")
    for topic in RUNNERS
    for test in json.loads((VECTORS / f"{topic}.json").read_text("utf-8"))["tests"]
]


@pytest.mark.parametrize(("topic", "test"), TESTS)
def test_vector(topic: str, test: Given) -> None:
    """Each vector gives its stated result and output."""
    outcome, output = run(topic, test["input"])
    assert outcome == test["expect"]
    assert output == test.get("output", output)


def run(topic: str, given: Given) -> tuple[str, Given | None]:
    try:
        return "ok", RUNNERS[topic](given)
    except casetoken.UnknownWord as error:
        return "malformed", {"reason": "unknown-word", "index": error.index, "word": error.word}
    except (casetoken.WrongCount, casetoken.WrongChecksum) as error:
        reason = "wrong-count" if isinstance(error, casetoken.WrongCount) else "wrong-checksum"
        return "malformed", {"reason": reason}
    except (JournalBroken, dossier.PartDamaged) as error:
        return "tampered", {"entry": error.n} if isinstance(error, JournalBroken) else {"part": error.name}
    except (proof.DayOutside, challenge.OtherChallenge, challenge.OtherAuthor) as error:
        return word(error), {"reason": error.code}
    except CryptoError as error:
        return word(error), None


def word(error: CryptoError) -> str:
    """Return the word of SPEC 1.6 for a refusal."""
    return next(each for kind, each in WORDS.items() if isinstance(error, kind))


def test_vector_files_are_up_to_date_with_their_generators() -> None:
    """Otherwise, a vector that somebody edited by hand would go unnoticed."""
    check = subprocess.run(
        [sys.executable, VECTORS / "make.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stderr) == (0, "")


def sources() -> Iterator[str]:
    """Yield the text of each module of the program and of each page script."""
    for pattern in ("crypto/*.py", "portal/**/*.py", "inbox/**/*.py", "portal/scripts/*.js"):
        yield from (path.read_text("utf-8") for path in sorted(ROOT.glob(pattern)))


def specification() -> str:
    """Return the text of SPEC on one line."""
    return " ".join((ROOT / "crypto" / "SPEC.md").read_text("utf-8").split())


def test_the_specification_contains_every_label_of_the_code() -> None:
    """A label begins with the version of its format. SPEC still describes each version that the code uses."""
    labels = {each for text in sources() for each in re.findall(r"fanal/\d+/[a-z-]+", text)}
    assert {"fanal/1/gone", "fanal/1/sealed", "fanal/1/report"} < labels
    written = {*re.findall(r"fanal/\d+/[a-z-]+", specification())}
    assert labels == written


def kinds_of_records(module: str) -> Iterator[str]:
    """Yield each kind that a module gives to ``crypto.shape.record``."""
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
            yield from (ast.literal_eval(each.value) for each in node.keywords if each.arg == "kind")


def test_the_specification_describes_every_kind_of_record_in_the_version_of_the_code() -> None:
    """A change to a format needs a new version, and SPEC then describes both versions."""
    modules = (path for room in ("crypto", "portal", "inbox") for path in (ROOT / room).rglob("*.py"))
    texts = (path.read_text("utf-8") for path in modules)
    kinds = {kind for text in texts if "kind=" in text for kind in kinds_of_records(text)}
    assert {"report", "work", "key-store"} < kinds
    found = re.findall(r'\{v: (\d+), kind: "([a-z-]+)"', specification())
    assert {(str(shape.VERSION), kind) for kind in kinds} <= {*found}
    assert {kind for _, kind in found} == kinds
