"""Vectors of outboxes and dossiers (SPEC 8)."""

from dataclasses import replace

from crypto import archive, base64url, bundle, dossier, memo, signing, strictjson
from crypto.bundle import Link, Opened, Outbox, SealedSlot
from crypto.journal import Head
from crypto.signing import Label
from tests.vectors.fixtures import DAY, DEPLOYMENT, EXERCISE, Vector, fingerprint, fixed, flipped, vector


def outboxes() -> list[Vector]:
    """SPEC 8.2: the manifest of an outbox, whose files have vectors of their own."""
    slots = tuple(SealedSlot(_case(n), fixed(f"slot {n}")) for n in (1, 2))
    opened = tuple(Opened(_case(n), fixed(f"memo {n}", memo.SIZE), fixed(f"withdraw {n}")) for n in (1, 2))
    plain = Outbox(
        deployment=DEPLOYMENT,
        channel="inspection",
        n=2,
        previous=fixed("outbox 1"),
        collected=(Link(1, fixed("intake 1")),),
        slots=slots,
        closed=(_case(2),),
        journal=Head(7, fixed("journal")),
    )
    whole = replace(plain, opened=opened)
    raw = bundle.OUTBOX.encode(whole)
    stranger = (replace(opened[0], case_id=_case(3)),)
    wrong = {
        "opened-is-empty": replace(whole, opened=()),
        "opened-twice": replace(whole, opened=(opened[0], opened[0])),
        "opened-out-of-order": replace(whole, opened=opened[::-1]),
        "opened-without-a-slot": replace(whole, opened=stranger),
        "opened-with-a-short-memo": replace(whole, opened=(replace(opened[0], memo=bytes(59)),)),
        "opened-with-a-short-withdraw-id": replace(
            whole, opened=(replace(opened[0], withdraw_id=bytes(31)),)
        ),
    }
    return [
        vector("nothing-opened", _outbox(bundle.OUTBOX.encode(plain)), {"opened": []}),
        vector("two-opened", _outbox(raw), {"opened": [each.case_id.hex() for each in opened]}),
        *(
            vector(name, _outbox(bundle.OUTBOX.encode(each)), expect="malformed")
            for name, each in wrong.items()
        ),
        vector(
            "altered", _outbox(raw) | {"manifest": raw.replace(b'"n":2', b'"n":3').hex()}, expect="tampered"
        ),
        vector("signed-as-a-slot", _outbox(raw, Label.SLOT), expect="tampered"),
        vector(
            "of-an-exercise",
            _outbox(bundle.OUTBOX.encode(replace(whole, deployment=EXERCISE)), deployment=EXERCISE)
            | {"deployment": DEPLOYMENT.hex()},
            expect="malformed",
        ),
        vector("at-an-exercise", _outbox(raw) | {"deployment": EXERCISE.hex()}, expect="malformed"),
    ]


def _case(n: int) -> bytes:
    """Return one of three case ids, which are sorted as texts."""
    return sorted((fixed(f"case {each}") for each in (1, 2, 3)), key=base64url.encode)[n - 1]


def _outbox(raw: bytes, label: Label = Label.OUTBOX, deployment: bytes = DEPLOYMENT) -> Vector:
    seed = fixed("reply key of an outbox")
    signature = signing.sign(label, deployment, raw, seed)
    parts = {
        "manifest": raw,
        "signature": signature,
        "deployment": DEPLOYMENT,
        "key": signing.public_key(seed),
    }
    return {name: part.hex() for name, part in parts.items()}


def dossiers() -> list[Vector]:
    """SPEC 8.5."""
    seed = fixed("root key")
    files = {
        dossier.PAGES: b"%PDF-1.7 ",
        dossier.CONTENT: b"{}",
        "files/2": b"as it came",
        "files/3.png": b"anew",
    }
    made = dossier.Dossier(
        deployment=DEPLOYMENT,
        key=signing.public_key(seed),
        purpose=dossier.Purpose.PROSECUTOR,
        language="fr",
        made=DAY,
        case=7,
        parts=tuple(dossier.part(name, [content]) for name, content in files.items()),
    )
    manifest = dossier.sign(made, seed)
    value = strictjson.decode(manifest.raw)
    assert isinstance(value, dict)

    def given(signed: bundle.Manifest = manifest, key: str = "", **changed: bytes) -> Vector:
        parts = files | {name.replace("_", "."): content for name, content in changed.items()}
        members = [archive.Member(name, len(content), iter([content])) for name, content in parts.items()]
        raw = b"".join(dossier.write(signed, members))
        return {"dossier": raw.hex(), "key": key or base64url.encode(made.key)}

    def signed(changed: Vector, by: bytes = seed, label: Label = Label.DOSSIER) -> bundle.Manifest:
        raw = strictjson.encode(value | changed)
        return bundle.Manifest(raw, signing.sign(label, DEPLOYMENT, raw, by))

    said = {"case": 7, "parts": list(files)}
    thief = {"key": base64url.encode(signing.public_key(fixed("thief")))}
    whole = bytes.fromhex(given()["dossier"])

    def cut(raw: bytes) -> Vector:
        return {"dossier": raw.hex(), "key": base64url.encode(made.key)}

    listed = value["parts"]
    assert isinstance(listed, list)
    return [
        vector("dossier", given(), said),
        vector("by-fingerprint", given(key=fingerprint(seed)), said),
        vector("part-changed", given(dossier_json=b"[]"), {"part": dossier.CONTENT}, expect="tampered"),
        vector("part-longer", given(dossier_pdf=b"%PDF-1.7  "), {"part": dossier.PAGES}, expect="tampered"),
        vector("part-missing", given(signed({"parts": [*listed, listed[3]]})), expect="tampered"),
        vector("part-not-listed", given(signed({"parts": listed[:3]})), expect="tampered"),
        vector("byte-behind-a-part", cut(flipped(whole, whole.index(b"%PDF") + 20)), expect="tampered"),
        vector("bytes-behind-the-end", cut(whole + bytes(512)), expect="tampered"),
        vector("cut-short", cut(whole[:-1_024]), expect="tampered"),
        vector("manifest-changed", cut(whole.replace(b'"case":7', b'"case":8')), expect="tampered"),
        vector("unsigned", given(bundle.Manifest(manifest.raw, bytes(64))), expect="tampered"),
        vector("signed-as-an-outbox", given(signed({}, label=Label.OUTBOX)), expect="tampered"),
        vector("by-another-key-that-it-names", given(signed(thief, fixed("thief"))), expect="tampered"),
        vector(
            "name-out-of-the-folder",
            given(signed({"parts": [listed[0] | {"name": "../x"}]})),
            expect="tampered",
        ),
    ]
