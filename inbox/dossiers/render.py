"""The two equivalent parts of a dossier: pages for people, strict JSON for machines (SPEC 8.5)."""

from collections.abc import Sequence

from crypto import strictjson
from crypto.dossier import Part, Purpose
from crypto.strictjson import Json
from inbox.dossiers.compose import WORDING, Content, Entry, File
from inbox.language import days
from inbox.text.redaction import Pieces


def machine_readable(content: Content, enclosed: Sequence[Part | None]) -> bytes:
    """Return dossier.json; ``enclosed`` has a part for each file, or None if the file is omitted."""
    files: list[Json] = [_file(*pair) for pair in zip(content.files, enclosed, strict=True)]
    return strictjson.encode(view(content) | {"files": files})


def view(content: Content) -> dict[str, Json]:
    """Return the content of a dossier as JSON, without its attachments."""
    plan = content.plan
    return {
        "v": 1,
        "purpose": plan.purpose.value,
        "language": plan.language,
        "case": content.case,
        "made": content.made.isoformat(),
        "by": content.by,
        "addressee": plan.addressee,
        "received": content.received.isoformat() if content.received else None,
        "entries": [_entry(entry) for entry in content.entries],
    }


def pages(content: Content, enclosed: Sequence[Part | None]) -> bytes:
    """Return dossier.pdf; ``enclosed`` has the same meaning as in ``machine_readable``."""
    # This import takes a quarter of the desk's start-up time, and only the PDF needs it.
    from inbox.files.pdf import Sheets  # noqa: PLC0415

    plan, language = content.plan, content.plan.language

    def say(name: str) -> str:
        return WORDING.say(name, language)

    sheets = Sheets(
        say(f"title_{plan.purpose}"),
        language=language,
        day=content.made,
        foot=f"{say('case')} {content.case} · {say('page')}",
        removed=say("removed"),
    )
    is_for_prosecutor = plan.purpose is Purpose.PROSECUTOR
    sheets.subtitle(content.says.law.in_(language) if is_for_prosecutor else say("law_disciplinary"))
    sheets.fact(say("case"), str(content.case))
    sheets.fact(say("by"), content.by)
    sheets.fact(say("to"), plan.addressee)
    sheets.fact(say("made"), days.long(language, content.made))
    if content.received:
        sheets.fact(say("received"), days.long(language, content.received))
    sheets.heading(say("reported"))
    sheets.text(content.says.secret.in_(language))
    for entry in content.entries:
        day = f" ({days.long(language, entry.day)})" if entry.day else ""
        sheets.label(f"{entry.label}{day}")
        for text in entry.texts:
            sheets.quote(text)
    if not content.entries:
        sheets.text(say("nothing"))
    sheets.heading(say("files"))
    sheets.text(say(plan.enclosed.value if content.files else "no_files"))
    for file, part in zip(content.files, enclosed, strict=True):
        sheets.label(f"{say('file')} {file.number}{_described(part, say('bytes'))}")
        if file.name not in {(), ("",)}:
            sheets.quote(file.name)
        sheets.small(f"SHA-256 {part.hash.hex()}" if part else say("left"))
    sheets.heading(say("reading"))
    sheets.small(say("signs"))
    sheets.small(say("verify"))
    return sheets.output()


def _entry(entry: Entry) -> Json:
    return {
        "place": entry.place,
        "label": entry.label,
        "day": entry.day.isoformat() if entry.day else None,
        "texts": [_pieces(text) for text in entry.texts],
    }


def _described(part: Part | None, in_bytes: str) -> str:
    return f" · {part.name} · {part.size} {in_bytes}" if part else ""


def _file(file: File, part: Part | None) -> Json:
    return {
        "number": file.number,
        "name": _pieces(file.name),
        "part": part.name if part else None,
        "size": part.size if part else None,
        "sha256": part.hash.hex() if part else None,
    }


def _pieces(pieces: Pieces) -> list[Json]:
    return list(pieces)
