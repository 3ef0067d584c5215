"""Vectors of envelopes and of the containers in them (SPEC 3 and 4)."""

import hashlib

from crypto import age, archive, container
from crypto.recipients import HybridIdentity
from tests.vectors.fixtures import HERE, INTAKE, Vector, fixed, flipped, flipped_letter, vector


def containers() -> list[Vector]:
    """SPEC 4."""
    data = [b"", b"a", b"b" * 513]
    sources = [(len(each), [each]) for each in data]
    message, signature = b'{"v":1}', fixed("signature", 64)
    with_files = b"".join(container.write(sources, lambda _: message, lambda _: signature))
    text_only = b"".join(container.write([], lambda _: message, lambda _: signature))
    most = b"".join(container.write([(0, [])] * 99, lambda _: message, lambda _: signature))
    good = {"text-only": text_only, "three-files": with_files, "ninety-nine-files": most}
    made = []
    for name, raw in good.items():
        read = container.read([raw], lambda _number, _data: None)
        assert isinstance(read, container.Signed)
        files = [{"number": f.number, "size": f.size, "digest": f.digest.hex()} for f in read.files]
        output = {"message": read.message.hex(), "signature": read.signature.hex(), "files": files}
        made.append(vector(name, _container(raw), output))
    made += [
        vector(name, _container(raw), expect="malformed") for name, raw in _wrong_archives(text_only).items()
    ]
    cut = {
        "cut-in-file": text_only[:700],
        "cut-in-header": text_only[:100],
        "one-end-block": text_only[: 2 * 512 + 2 * 512 + 512],
    }
    return made + [
        vector(name, {"container": raw.hex(), "size": len(raw)}, expect="truncated")
        for name, raw in cut.items()
    ]


def _container(raw: bytes) -> Vector:
    return {"container": raw.rstrip(b"\0").hex(), "size": len(raw)}


def _wrong_archives(good: bytes) -> dict[str, bytes]:
    def archived(*names: str, size: int = 65_536, signature: int = 64) -> bytes:
        sizes = {"message.sig": signature}
        members = [archive.Member(n, sizes.get(n, 7), iter([b"m" * sizes.get(n, 7)])) for n in names]
        return b"".join(archive.write(members)).ljust(size, b"\0")

    def patched(place: int, data: bytes, *, mend: bool = True) -> bytes:
        changed = bytearray(good)
        changed[place : place + len(data)] = data
        if mend:
            changed[148:156] = b" " * 8
            changed[148:156] = b"%06o\0 " % sum(changed[:512])
        return bytes(changed)

    return {
        "mode-0644": patched(100, b"0000644\0"),
        "owner-1000": patched(108, b"0001750\0"),
        "user-name": patched(265, b"agent\0"),
        "time": patched(136, b"14000000000\0"),
        "link": patched(156, b"1"),
        "folder": patched(156, b"5"),
        "link-name": patched(157, b"x"),
        "prefix": patched(345, b"etc"),
        "checksum": patched(148, b"000000\0 ", mend=False),
        "size-in-base-256": patched(124, b"\x80" + bytes(10) + b"\x07"),
        "size-with-spaces": patched(124, b"         7 \0"),
        "size-oversize": patched(124, b"77777777777\0"),
        "hidden-behind-file": patched(512 + 7, b"x", mend=False),
        "hidden-behind-end": patched(60_000, b"x", mend=False),
        "hidden-in-last-byte": patched(65_535, b"x", mend=False),
        "path-up": archived("../01", "message.json", "message.sig"),
        "path-absolute": archived("/files/01", "message.json", "message.sig"),
        "file-unexpected": archived("notes.txt", "message.json", "message.sig"),
        "file-twice": archived("files/01", "files/01", "message.json", "message.sig"),
        "file-gap": archived("files/02", "message.json", "message.sig"),
        "file-zero": archived("files/00", "message.json", "message.sig"),
        "file-after-message": archived("message.json", "files/01", "message.sig"),
        "file-after-signature": archived("message.json", "message.sig", "files/01"),
        "hundred-files": archived(
            *[f"files/{n:02}" for n in range(1, 101)], "message.json", "message.sig", size=106_496
        ),
        "message-twice": archived("message.json", "message.json", "message.sig"),
        "no-message": archived("files/01"),
        "no-signature": archived("message.json"),
        "signature-short": archived("message.json", "message.sig", signature=63),
        "empty": bytes(65_536),
        "too-large-for-its-content": archived("message.json", "message.sig", size=67_584),
        "size-not-a-bucket": archived("message.json", "message.sig", size=66_048),
    }


def seals() -> list[Vector]:
    """SPEC 3. The envelope in envelope.age was sealed once, as encapsulation takes no seed from outside."""
    envelope = (HERE / "envelope.age").read_bytes()
    plain = age.unseal_bytes(envelope, [INTAKE])
    identity = INTAKE.encode()

    def given(data: bytes, key: str = identity) -> Vector:
        return {"envelope": data.hex(), "identity": key}

    header = age.ENVELOPE_HEADER
    grease = envelope.replace(b"\n--- ", b"\n-> grease x\nAAAA\n--- ", 1)
    return [
        vector("opens", given(envelope), {"sha256": hashlib.sha256(plain).hexdigest(), "size": len(plain)}),
        vector(
            "other-identity",
            given(envelope, HybridIdentity.from_seed(fixed("other")).encode()),
            expect="not-for-us",
        ),
        vector("header-mac-changed", given(flipped_letter(envelope, header - 10)), expect="tampered"),
        vector("payload-changed", given(flipped(envelope)), expect="tampered"),
        vector("nonce-changed", given(flipped(envelope, header)), expect="tampered"),
        vector("bytes-behind", given(envelope + b"x"), expect="tampered"),
        vector("second-stanza", given(grease), expect="malformed"),
        vector("version-2", given(envelope.replace(b"/v1\n", b"/v2\n", 1)), expect="malformed"),
        vector("plaintext", given(b"I was approached in a bar. " * 80), expect="malformed"),
        vector("cut-in-header", given(envelope[:1_000]), expect="malformed"),
        vector("cut-in-nonce", given(envelope[: header + 8]), expect="truncated"),
    ]
