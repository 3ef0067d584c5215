"""Rewrite the vectors beside this file; with --check, only compare them, and fail on a difference.

Each file is ``{topic, spec, notes, tests: [{id, comment, input, expect, output}]}``. Binary is hex.
``expect`` is a word of SPEC 1.6. Every negative vector has one fault. A changed vector without a
changed SPEC is a mistake, because the two change together. The topics are in the modules beside this one, by
sections of SPEC.
"""

import argparse
import json
import sys
from collections.abc import Callable

from crypto import age
from tests.vectors.bundles import dossiers, outboxes
from tests.vectors.encoding import paddings, strict_json
from tests.vectors.envelopes import containers, seals
from tests.vectors.fixtures import HERE, INTAKE, Vector
from tests.vectors.keyrings import cards, keyrings
from tests.vectors.messages import follow_ups, memos, reports, slots
from tests.vectors.offices import journals, shares_of_a_secret
from tests.vectors.proofs import answers, proofs
from tests.vectors.publications import figures, signatures_of_files
from tests.vectors.signatures import deployments, signatures
from tests.vectors.tokens import tokens
from tests.vectors.works import works

TOPICS: dict[str, tuple[str, Callable[[], list[Vector]]]] = {
    "strictjson": ("1.3", strict_json),
    "padding": ("4.2", paddings),
    "token": ("2", tokens),
    "signature": ("1.4", signatures),
    "deployment": ("1.5", deployments),
    "container": ("4", containers),
    "memo": ("5.4", memos),
    "report": ("5.1", reports),
    "follow-up": ("5.2", follow_ups),
    "slot": ("5.3", slots),
    "proof": ("5.6", proofs),
    "answer": ("5.6", answers),
    "keyring": ("6", keyrings),
    "card": ("6.1", cards),
    "seal": ("3", seals),
    "shares": ("9.1", shares_of_a_secret),
    "work": ("7.6", works),
    "journal": ("9.3", journals),
    "outbox": ("8.2", outboxes),
    "dossier": ("8.5", dossiers),
    "figures": ("8.7", figures),
    "minisign": ("8.7", signatures_of_files),
}


def encode(topic: str) -> str:
    """Return the file of a topic on disk."""
    spec, make = TOPICS[topic]
    tests = make()
    assert len({test["id"] for test in tests}) == len(tests), f"{topic}: an id is used twice"
    head = {"topic": topic, "spec": spec, "generator": "make.py", "tests": tests}
    return json.dumps(head, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or compare every topic."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    if not (HERE / "envelope.age").exists():
        (HERE / "envelope.age").write_bytes(age.seal_bytes(b"Fanal " * 20, [INTAKE.recipient()]))
    different = [topic for topic in TOPICS if not _current(topic, check=check)]
    for topic in different:
        sys.stderr.write(f"{topic}.json {'differs' if check else 'written'}\n")
    return int(check and bool(different))


def _current(topic: str, *, check: bool) -> bool:
    file, text = HERE / f"{topic}.json", encode(topic)
    if file.exists() and file.read_text("utf-8") == text:
        return True
    if not check:
        file.write_text(text, "utf-8")
    return False


if __name__ == "__main__":
    sys.exit(main())
