"""Python and the browser modules give the same result for every input. One node process runs the modules."""

import hashlib
import json
import string
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nacl import bindings

from crypto import age, casetoken, container, keyring, keytext, memo, messages, padding, signing, strictjson
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.recipients import HybridIdentity, HybridRecipient
from crypto.shape import FIRST_DAY, LAST_DAY
from crypto.signing import Label
from tests.support.paths import ROOT

SCRIPT = ROOT / "tests" / "js" / "crosscheck.mjs"
WORDS = {Truncated: "truncated", Tampered: "tampered", NotForUs: "not-for-us", Malformed: "malformed"}
DEPLOYMENT = bytes(range(16))
TOKEN = casetoken.derive(b"crosscheck token", DEPLOYMENT)
INTAKE = HybridIdentity.from_seed(bytes(32))
SEED = bytes(range(32))
KEY = signing.public_key(SEED)
DAY = date(2026, 11, 24)
Answer = dict[str, Any]
# The gate tries a third of the examples given for each test, and the same third in every run. `make soak
# examples` tries all examples.
_PART = 3 if settings.get_current_profile_name() == "ci" else 1


def times(count: int) -> settings:
    """Return the settings for a test with this many examples."""
    return settings(max_examples=count // _PART)


class Browser:
    """The browser modules in one node process.

    The modules take bytes, and return base64 and words of SPEC 1.6.
    """

    def __init__(self, node: subprocess.Popen[str]) -> None:
        self._node = node

    def ask(self, op: str, **fields: Any) -> Answer:
        assert self._node.stdin
        assert self._node.stdout
        plain = {name: _text(field) for name, field in fields.items()}
        self._node.stdin.write(json.dumps({"op": op, **plain}) + "\n")
        self._node.stdin.flush()
        line = self._node.stdout.readline()
        assert line, f"the modules failed in {op} {plain}"
        answer: Answer = json.loads(line)
        return answer


def _text(field: Any) -> Any:
    if isinstance(field, bytes):
        return b64encode(field).decode()
    return [_text(each) for each in field] if isinstance(field, list | tuple) else field


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    command = ["node", str(SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        yield Browser(node)
        assert node.stdin
        node.stdin.close()
        assert node.wait(timeout=10) == 0


def outcome(act: Callable[[], Any]) -> tuple[str, Any]:
    """Call ``act``. Return ``ok`` and its result, or the word of SPEC 1.6 for its error and None."""
    try:
        return "ok", act()
    except CryptoError as error:
        return next(word for kind, word in WORDS.items() if isinstance(error, kind)), None


@st.composite
def damaged(draw: st.DrawFn, raw: bytes, until: int | None = None) -> bytes:
    """Draw ``raw`` unchanged, truncated, longer, or with one byte changed before position ``until``."""
    place = draw(st.integers(0, (until or len(raw)) - 1))
    match draw(st.sampled_from(["as-is", "cut", "longer", "changed", "changed", "changed"])):
        case "cut":
            return raw[:place]
        case "longer":
            return raw + draw(st.binary(min_size=1, max_size=20))
        case "changed":
            return raw[:place] + draw(st.binary(min_size=1, max_size=1)) + raw[place + 1 :]
    return raw


# Values that JSON can contain, including many that our JSON must not contain.
KEYS = st.from_regex(r"[a-z_A-Z0-9]{0,3}", fullmatch=True) | st.sampled_from(
    ["__proto__", "constructor", "é"]
)
NUMBERS = (
    st.integers(-(2**54), 2**54) | st.floats() | st.sampled_from([2**53, 2**53 - 1, 1 - 2**53, -(2**53)])
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(codec=None), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
SNIPPETS = st.sampled_from(
    [
        *'{}[]:,"\\ \n0123456789-+.eE',
        "true",
        "null",
        "NaN",
        r"\u00e9",
        r"\ud800",
        r"\/",
        "\ufeff",
        "\x7f",
        "é",
    ]
)


@times(600)
@given(value=VALUES, spaced=st.booleans(), escaped=st.booleans())
def test_json_values_give_the_same_result_on_both_sides(
    browser: Browser, value: Any, *, spaced: bool, escaped: bool
) -> None:
    separators = (", ", ": ") if spaced else (",", ":")
    text = json.dumps(value, ensure_ascii=escaped, separators=separators)
    _check_json(browser, text.encode("utf-8", "surrogatepass"))


@times(600)
@given(raw=st.lists(SNIPPETS, max_size=8).map(lambda parts: "".join(parts).encode()) | st.binary(max_size=8))
@example(raw=b"[" * 100_000)
@example(raw=b"-0")
@example(raw=b"1" * 5_000)
def test_any_json_text_gives_the_same_result_on_both_sides(browser: Browser, raw: bytes) -> None:
    _check_json(browser, raw)


def _check_json(browser: Browser, raw: bytes) -> None:
    expected, _ = outcome(lambda: strictjson.decode(raw))
    answer = browser.ask("json", bytes=raw)
    assert expected == answer["outcome"]
    if expected == "ok":
        assert raw == b64decode(answer["bytes"])


@st.composite
def typed(draw: st.DrawFn) -> str:
    """Draw a case token as people type it: joined, shortened, without accents or damaged."""
    words = list(
        casetoken.words(
            draw(st.binary(min_size=16, max_size=16)), draw(st.sampled_from(sorted(casetoken.LANGUAGES)))
        )
    )
    if draw(st.booleans()):
        words = [word[: draw(st.integers(3, 8))] for word in words]
    if draw(st.booleans()):
        place = draw(st.integers(0, 11))
        words[place : place + 1] = draw(st.lists(st.text(max_size=6), max_size=2))
    joined = draw(st.sampled_from([" ", "-", "\n", ", ", "\u00a0", "\u0301 ", "\ufe0f"])).join(words)
    return joined.upper() if draw(st.booleans()) else joined


@times(400)
@given(text=typed())
@example(text="\u20d0 ".join(casetoken.words(bytes(16), "en")))
@example(text="a\u20d0b")
def test_typed_case_tokens_give_the_same_result_on_both_sides(browser: Browser, text: str) -> None:
    assert read_token(text) == browser.ask("parse", text=text)


def read_token(text: str) -> Answer:
    """Return the expected answer of the browser modules to ``text``."""
    try:
        found = casetoken.parse(text)
    except casetoken.UnknownWord as error:
        return {"outcome": "malformed", "code": "unknown-word", "index": error.index}
    except casetoken.WrongCount as error:
        return {"outcome": "malformed", "code": "wrong-count", "count": error.count}
    except casetoken.WrongChecksum:
        return {"outcome": "malformed", "code": "wrong-checksum"}
    return {"outcome": "ok"} | {name: _text(entropy) for name, entropy in found.items()}


@times(30)
@given(entropy=st.binary(min_size=16, max_size=16), deployment=st.binary(min_size=16, max_size=16))
def test_a_token_gives_the_same_words_and_keys_on_both_sides(
    browser: Browser, entropy: bytes, deployment: bytes
) -> None:
    for language in casetoken.LANGUAGES:
        words = browser.ask("words", entropy=entropy, language=language)["words"]
        assert list(casetoken.words(entropy, language)) == words
    keys = casetoken.derive(entropy, deployment)
    expected = {
        "replyIdentity": keys.reply_identity.encode(),
        "replyRecipient": keys.reply_identity.recipient().raw,
        "authorSeed": keys.author_seed,
        "authorKey": keys.author_key,
        "memoKey": keys.memo_key,
        "withdrawKey": keys.withdraw_key,
        "withdrawId": keys.withdraw_id,
        "salt": keys.salt,
        "locator": keys.locator,
        "caseId": keys.case_id,
    }
    answer = browser.ask("derive", entropy=entropy, deployment=deployment)
    assert {"outcome": "ok"} | {name: _text(field) for name, field in expected.items()} == answer


@times(60)
@given(file=st.binary(max_size=200), label=st.sampled_from(Label), seed=st.binary(min_size=32, max_size=32))
def test_signatures_have_the_same_bytes_on_both_sides(
    browser: Browser, file: bytes, label: Label, seed: bytes
) -> None:
    answer = browser.ask("sign", label=label.value.decode(), deployment=DEPLOYMENT, file=file, seed=seed)
    assert _text(signing.sign(label, DEPLOYMENT, file, seed)) == answer["signature"]


ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
SIGNED = signing.sign(Label.REPORT, DEPLOYMENT, b"file", SEED)
SMALL_ORDER = [
    bytes.fromhex("01" + "00" * 31),
    bytes.fromhex("ec" + "ff" * 30 + "7f"),
    bytes(32),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
]


def mixed_order() -> tuple[bytes, bytes, bytes]:
    """Return a key of mixed order, a file, and the signature of the file.

    libsodium accepts one such file in eight.
    """
    point = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    scalar = int.from_bytes(hashlib.sha512(SEED).digest()[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    key = bindings.crypto_core_ed25519_add(KEY, point)
    nonce = (7).to_bytes(32, "little")
    r = bindings.crypto_scalarmult_ed25519_base_noclamp(nonce)
    for number in range(1_000):
        file = b"%d" % number
        covered = Label.REPORT.value + b"\0" + DEPLOYMENT + file
        k = int.from_bytes(hashlib.sha512(r + key + covered).digest(), "little") % ED25519_ORDER
        if k % 8 == 0:
            return key, file, r + ((7 + k * scalar) % ED25519_ORDER).to_bytes(32, "little")
    raise AssertionError


def test_a_key_of_mixed_order_is_refused_on_both_sides(browser: Browser) -> None:
    key, file, signature = mixed_order()
    expected, _ = outcome(lambda: signing.verify(Label.REPORT, DEPLOYMENT, file, signature, key))
    fields = {"deployment": DEPLOYMENT, "file": file, "signature": signature, "key": key}
    assert expected == browser.ask("verify", label="fanal/1/report", **fields)["outcome"]


@times(200)
@given(
    signature=damaged(SIGNED) | st.sampled_from(SMALL_ORDER).map(lambda point: point + SIGNED[32:]),
    key=damaged(KEY) | st.just(KEY) | st.sampled_from(SMALL_ORDER),
    file=st.sampled_from([b"file", b"fila"]),
)
def test_damaged_signatures_give_the_same_result_on_both_sides(
    browser: Browser, signature: bytes, key: bytes, file: bytes
) -> None:
    expected, _ = outcome(lambda: signing.verify(Label.REPORT, DEPLOYMENT, file, signature, key))
    fields = {"deployment": DEPLOYMENT, "file": file, "signature": signature, "key": key}
    assert expected == browser.ask("verify", label="fanal/1/report", **fields)["outcome"]


BOUND = {"deployment": DEPLOYMENT, "case_id": TOKEN.case_id}


@given(
    channel=st.from_regex(messages.CHANNEL, fullmatch=True) | st.text(string.printable, max_size=33),
    day=st.dates(FIRST_DAY, LAST_DAY) | st.dates(),
)
def test_a_memo_sealed_on_one_side_opens_on_the_other(browser: Browser, channel: str, day: date) -> None:
    names = {"memoKey": TOKEN.memo_key, "deployment": DEPLOYMENT, "caseId": TOKEN.case_id}
    expected, sealed = outcome(lambda: memo.seal(memo.Note(channel, day), TOKEN.memo_key, **BOUND))
    noted = {"channel": channel, "day": day.isoformat()}
    theirs = browser.ask("memoSeal", **noted, **names)
    assert expected == theirs["outcome"]
    if sealed:
        answer = browser.ask("memoOpen", memo=sealed, **names)
        assert noted == {name: answer[name] for name in noted}
        assert memo.Note(channel, day) == memo.unseal(b64decode(theirs["memo"]), TOKEN.memo_key, **BOUND)


@given(sealed=damaged(memo.seal(memo.Note("inspection", FIRST_DAY), TOKEN.memo_key, **BOUND)))
def test_a_damaged_memo_is_refused_on_both_sides(browser: Browser, sealed: bytes) -> None:
    expected, _ = outcome(lambda: memo.unseal(sealed, TOKEN.memo_key, **BOUND))
    names = {"memoKey": TOKEN.memo_key, "deployment": DEPLOYMENT, "caseId": TOKEN.case_id}
    assert expected == browser.ask("memoOpen", memo=sealed, **names)["outcome"]


@times(300)
@given(size=st.integers(1, 2**31) | st.integers(1, 200_000) | st.integers(0, 30).map(lambda bits: 2**bits))
def test_both_sides_compute_the_same_padded_size(browser: Browser, size: int) -> None:
    rules = {
        "padme": padding.padme,
        "report": padding.bucket,
        "slot": padding.slot,
        "sealed": age.sealed_size,
    }
    for rule, padded in rules.items():
        expected, expected_size = outcome(lambda padded=padded: padded(size))
        answer = browser.ask("pad", rule=rule, size=size)
        assert (expected, expected_size) == (answer["outcome"], answer.get("size"))


@times(25)
@given(plain=st.binary(max_size=2_000), chunks=st.integers(0, 2), less=st.integers(0, 2))
def test_an_envelope_sealed_on_one_side_opens_on_the_other(
    browser: Browser, plain: bytes, chunks: int, less: int
) -> None:
    plain = (plain + bytes(chunks * age.CHUNK))[less:]
    theirs = b64decode(browser.ask("seal", bytes=plain, recipient=INTAKE.recipient().encode())["envelope"])
    assert plain == b"".join(age.unseal_envelope([theirs], [INTAKE]))
    ours = age.seal_bytes(plain, [INTAKE.recipient()])
    assert _text(plain) == browser.ask("unseal", envelope=ours, identity=INTAKE.encode())["bytes"]


LONG_ENVELOPE = age.seal_bytes(bytes(age.CHUNK + 100), [INTAKE.recipient()])
FIRST_CHUNK = age.ENVELOPE_HEADER + 16 + age.CHUNK + 16


@times(200)
@given(
    envelope=damaged(age.seal_bytes(b"short", [INTAKE.recipient()]))
    | damaged(LONG_ENVELOPE)
    | damaged(LONG_ENVELOPE, until=age.ENVELOPE_HEADER),
    identity=st.sampled_from([INTAKE, INTAKE, INTAKE, TOKEN.reply_identity]),
)
@example(envelope=LONG_ENVELOPE[:FIRST_CHUNK], identity=INTAKE)
@example(envelope=LONG_ENVELOPE[: FIRST_CHUNK + 15], identity=INTAKE)
@example(envelope=LONG_ENVELOPE[: FIRST_CHUNK + 16], identity=INTAKE)
def test_a_damaged_envelope_gives_the_same_result_on_both_sides(
    browser: Browser, envelope: bytes, identity: HybridIdentity
) -> None:
    expected, plain = outcome(lambda: b"".join(age.unseal_envelope([envelope], [identity])))
    answer = browser.ask("unseal", envelope=envelope, identity=identity.encode())
    assert (expected, _text(plain)) == (answer["outcome"], answer.get("bytes"))


RAW = INTAKE.recipient().raw


@times(150)
@given(
    raw=damaged(RAW)
    | damaged(RAW, until=1_152)
    | st.binary(min_size=32, max_size=32).map(lambda p: RAW[:-32] + p)
)
@example(raw=RAW[:-32] + bytes(32))
@example(raw=RAW[:-32] + bytes(31) + b"\x80")
@example(raw=RAW[:-32] + bytes.fromhex("ec" + "ff" * 30 + "7f"))
@example(raw=RAW[:-32] + bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"))
@example(raw=b"\xff" * 1_184 + RAW[-32:])
def test_a_poisoned_recipient_is_detected_on_both_sides(browser: Browser, raw: bytes) -> None:
    text = keytext.encode_key("age1pq", raw)
    expected, recipient = outcome(lambda: HybridRecipient.parse(text))
    answer = browser.ask("recipient", text=text)
    assert expected == answer["outcome"]
    if recipient:
        assert _text(recipient.key_id) == answer["keyId"]


CONTENTS = [b"", b"a", b"b" * 513]
SIGNED_CONTAINER = b"".join(
    container.write([(len(each), [each]) for each in CONTENTS], lambda _: b"{}", lambda _: bytes(64))
)


@times(400)
@given(raw=damaged(SIGNED_CONTAINER, until=6_000) | damaged(SIGNED_CONTAINER))
def test_a_damaged_container_gives_the_same_result_on_both_sides(browser: Browser, raw: bytes) -> None:
    expected, held = outcome(lambda: container.read([raw], lambda _, __: None))
    answer = browser.ask("openContainer", bytes=raw, rule="report")
    assert expected == answer["outcome"]
    if isinstance(held, container.Signed):
        files = [{"number": f.number, "size": f.size, "digest": _text(f.digest)} for f in held.files]
        assert [files, _text(held.message)] == [answer["files"], answer["message"]]


ANSWERS = st.dictionaries(
    st.from_regex(messages.ID, fullmatch=True),
    st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3).map(tuple),
    max_size=4,
)


@times(40)
@given(answers=ANSWERS, contents=st.lists(st.binary(max_size=2_000), max_size=3), name=st.text(max_size=10))
def test_a_report_sealed_in_the_browser_opens_in_the_inbox(
    browser: Browser, answers: dict[str, Any], contents: list[bytes], name: str
) -> None:
    report = messages.Report(
        channel="inspection",
        key_id=INTAKE.recipient().key_id,
        case_id=TOKEN.case_id,
        salt=TOKEN.salt,
        author_key=TOKEN.author_key,
        reply_recipient=TOKEN.reply_identity.recipient().raw,
        withdraw_id=TOKEN.withdraw_id,
        language="fr",
        keyring=messages.SeenKeyring(3, bytes(32)),
        questionnaire=messages.QuestionnaireRef("customs", 1),
        answers=answers,
        files=tuple(
            messages.File(number, name, "text/plain", len(each), bytes(32))
            for number, each in enumerate(contents, 1)
        ),
        written=DAY,
    )
    fields = {"deployment": DEPLOYMENT, "seed": TOKEN.author_seed, "files": contents}
    message = messages.REPORT.encode(report)
    answer = browser.ask("sealReport", message=message, recipient=INTAKE.recipient().encode(), **fields)
    kept: dict[int, bytes] = {}
    signed = container.read(
        age.unseal_envelope([b64decode(answer["envelope"])], [INTAKE]),
        lambda number, data: kept.update({number: b"".join(data)}),
    )
    assert isinstance(signed, container.Signed)
    opened = messages.open_message(DEPLOYMENT, signed)
    assert isinstance(opened, messages.Report)
    assert (report.case_id, answers) == (opened.case_id, opened.answers)
    assert contents == [kept[number] for number in sorted(kept)]


def sealed_slot(slot: messages.Slot, seed: bytes = SEED) -> bytes:
    raw = messages.SLOT.encode(slot)
    signature = signing.sign(Label.SLOT, DEPLOYMENT, raw, seed)
    pieces = container.write([], lambda _: raw, lambda _: signature, padding.slot)
    return age.seal_bytes(b"".join(pieces), [TOKEN.reply_identity.recipient()])


@times(40)
@given(
    replies=st.lists(st.text(max_size=200), max_size=5),
    status=st.sampled_from(messages.Status),
    last_day=st.none() | st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    wrong=st.sampled_from(["nothing", "nothing", "case", "channel", "signer"]),
)
def test_a_slot_of_the_inbox_opens_in_the_browser_only_for_its_own_case(
    browser: Browser, replies: list[str], status: messages.Status, last_day: date | None, wrong: str
) -> None:
    slot = messages.Slot(
        channel="other" if wrong == "channel" else "inspection",
        case_id=bytes(32) if wrong == "case" else TOKEN.case_id,
        serial=7,
        issued=DAY,
        next_by=DAY + timedelta(days=14),
        status=status,
        measures_disclosed=("inspection_planned",),
        earlier=0,
        messages=tuple(messages.Reply(serial, DAY, text) for serial, text in enumerate(replies, 1)),
        received=messages.Received(1, (bytes(8),), last_day),
    )
    fields = {"identity": TOKEN.reply_identity.encode(), "deployment": DEPLOYMENT, "caseId": TOKEN.case_id}
    envelope = sealed_slot(slot, bytes(32) if wrong == "signer" else SEED)
    answer = browser.ask("openSlot", envelope=envelope, channel="inspection", replyKey=KEY, **fields)
    if wrong == "nothing":
        assert ("ok", _text(messages.SLOT.encode(slot))) == (answer["outcome"], answer["message"])
    else:
        assert answer["outcome"] == "tampered"


def ring(channels: list[tuple[str, list[tuple[int, int]]]], issued: date, days: int) -> keyring.Keyring:
    """Return a keyring whose channels have intake keys for these periods.

    The keyring may break the rules for keyrings.
    """
    texts = keyring.Texts("Inspection", "Inspectorate")

    def key(seed: int, first: int, length: int) -> keyring.IntakeKey:
        recipient = HybridIdentity.from_seed(seed.to_bytes(32)).recipient()
        start = DAY + timedelta(days=first)
        return keyring.IntakeKey(recipient.key_id, recipient.encode(), start, start + timedelta(days=length))

    def reply_key(name: str) -> keyring.ReplyKey:
        key = signing.public_key(name.encode().ljust(32))
        return keyring.ReplyKey(keyring.reply_key_id(key), key, DAY, DAY)

    return keyring.Keyring(
        deployment=DEPLOYMENT,
        serial=4,
        issued=issued,
        valid_until=issued + timedelta(days=days),
        name=texts,
        channels=tuple(
            keyring.Channel(
                name,
                texts,
                texts,
                tuple(key(10 * at + n, *dates) for n, dates in enumerate(keys)),
                (reply_key(name),),
            )
            for at, (name, keys) in enumerate(channels)
        ),
        questionnaire=keyring.Questionnaire("customs", 1, bytes(32)),
    )


DATES = st.tuples(st.integers(-20, 20), st.integers(0, 30))
CHANNELS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.lists(DATES, max_size=3)), max_size=3)


@times(40)
@given(channels=CHANNELS, before=st.integers(-3, 40), days=st.integers(-1, 36), known=st.integers(0, 5))
def test_both_sides_accept_the_same_keyrings_and_choose_the_same_key(
    browser: Browser, channels: list[tuple[str, list[tuple[int, int]]]], before: int, days: int, known: int
) -> None:
    raw = keyring.KEYRING.encode(ring(channels, DAY - timedelta(days=before), days))
    signature = signing.sign(Label.KEYRING, DEPLOYMENT, raw, SEED)
    expected, opened = outcome(
        lambda: keyring.open_keyring(raw, signature, root_key=KEY, deployment=DEPLOYMENT)
    )
    fields = {"signature": signature, "rootKey": KEY, "deployment": DEPLOYMENT, "known": known}
    answer = browser.ask("keyring", raw=raw, today=DAY.isoformat(), **fields)
    assert expected == answer["outcome"]
    if opened:
        keys = {each.id: each.intake_key(DAY) for each in opened.channels}
        assert {name: key and _text(key.id) for name, key in keys.items()} == answer["intakeKeys"]
        assert _state(opened, known) == answer["state"]


def _state(opened: keyring.Keyring, known: int) -> str:
    try:
        opened.check_day(DAY)
        opened.check_serial(known)
    except (keyring.ClockBehind, keyring.KeyringExpired, keyring.KeyringOlder) as error:
        return error.code
    return "valid"


RING = ring([("inspection", [(-5, 20)])], DAY, 30)
RAW_RING, RING_SIGNATURE = keyring.sign(RING, SEED)


@times(100)
@given(raw=damaged(RAW_RING), signature=damaged(RING_SIGNATURE) | st.just(RING_SIGNATURE), anew=st.booleans())
def test_a_damaged_keyring_gives_the_same_result_on_both_sides(
    browser: Browser, raw: bytes, signature: bytes, *, anew: bool
) -> None:
    # Sign the damaged keyring, so that the damage gets past the check of the signature.
    signature = signing.sign(Label.KEYRING, DEPLOYMENT, raw, SEED) if anew else signature
    expected, _ = outcome(lambda: keyring.open_keyring(raw, signature, root_key=KEY, deployment=DEPLOYMENT))
    fields = {"signature": signature, "rootKey": KEY, "deployment": DEPLOYMENT, "known": 0}
    assert expected == browser.ask("keyring", raw=raw, today=DAY.isoformat(), **fields)["outcome"]
