"""What a fact from the sandbox says, by its code.

It comes from a process that is not to be trusted: a code that is none of these, or has other values, is shown
as the text that it is.
"""

from inbox.language.messages import sentence
from inbox.sandboxed.answer import Fact

_FORMS = {
    "why": {
        "not-supported": sentence("files of this type are not shown"),
        "memory": sentence("it takes more memory than it may have"),
        "damaged": sentence("damaged, or not as this type has to be ({error})", error=""),
        "locked": sentence("it is locked with a password"),
        "not-allowed": sentence("{type} needs more than the sandbox allows", type=""),
        "page-not-shown": sentence("no page {page} of it is shown", page=""),
        "no-page": sentence("it has no page {page}", page=""),
        "archive": sentence("an archive is listed, not unpacked"),
        "too-many-pixels": sentence(
            "it declares {width} x {height} pixels, more than are looked at", width="", height=""
        ),
        "too-large": sentence("larger than {most} MiB", most=""),
        "ended": sentence(
            "the process that looked at it was ended: it crashed, or took too much memory or time"
        ),
    },
    "caution": {
        "cut": sentence("is shown up to character {count}", count=""),
        "macros": sentence("holds macros"),
        "encrypted": sentence("is encrypted, so it is not known what it would do"),
        "unread-objects": sentence("holds objects packed in a way that was not read"),
        "locked": sentence("is locked with a password"),
        "unread-metadata": sentence("says something of itself that could not be read"),
        "bomb": sentence("is a bomb: it would unpack to {size} bytes", size=""),
        "javascript": sentence("holds JavaScript"),
        "launch": sentence("holds an order to start a program"),
        "embedded-files": sentence("holds embedded files"),
        "links": sentence("holds links to elsewhere"),
        "media": sentence("holds moving pictures or sound"),
        "form": sentence("holds a form with a program"),
    },
    "measure": {
        "page": sentence("1 page"),
        "pages": sentence("{count} pages", count=""),
        "entry": sentence("1 entry"),
        "entries": sentence("{count} entries", count=""),
        "pixels": sentence("{width} x {height} pixels", width="", height=""),
    },
    "entry": {
        "file": sentence("{size} bytes: {name}", size="", name=""),
        "more": sentence("and more"),
    },
    # Fields of PDFs, documents and pictures of which some tell who made a file, when, where and with what.
    "metadata": {
        "Author": sentence("Author: {value}", value=""),
        "Title": sentence("Title: {value}", value=""),
        "Subject": sentence("Subject: {value}", value=""),
        "Keywords": sentence("Keywords: {value}", value=""),
        "Creator": sentence("Creator: {value}", value=""),
        "Producer": sentence("Producer: {value}", value=""),
        "CreationDate": sentence("CreationDate: {value}", value=""),
        "ModDate": sentence("ModDate: {value}", value=""),
        "creator": sentence("creator: {value}", value=""),
        "initial-creator": sentence("initial-creator: {value}", value=""),
        "lastModifiedBy": sentence("lastModifiedBy: {value}", value=""),
        "created": sentence("created: {value}", value=""),
        "creation-date": sentence("creation-date: {value}", value=""),
        "modified": sentence("modified: {value}", value=""),
        "date": sentence("date: {value}", value=""),
        "lastPrinted": sentence("lastPrinted: {value}", value=""),
        "printed-by": sentence("printed-by: {value}", value=""),
        "Company": sentence("Company: {value}", value=""),
        "Manager": sentence("Manager: {value}", value=""),
        "Application": sentence("Application: {value}", value=""),
        "generator": sentence("generator: {value}", value=""),
        "Template": sentence("Template: {value}", value=""),
        "Make": sentence("Make: {value}", value=""),
        "Model": sentence("Model: {value}", value=""),
        "Software": sentence("Software: {value}", value=""),
        "Artist": sentence("Artist: {value}", value=""),
        "Copyright": sentence("Copyright: {value}", value=""),
        "ImageDescription": sentence("ImageDescription: {value}", value=""),
        "DateTime": sentence("DateTime: {value}", value=""),
        "DateTimeOriginal": sentence("DateTimeOriginal: {value}", value=""),
        "DateTimeDigitized": sentence("DateTimeDigitized: {value}", value=""),
        "GPSLatitude": sentence("GPSLatitude: {value}", value=""),
        "GPSLongitude": sentence("GPSLongitude: {value}", value=""),
        "BodySerialNumber": sentence("BodySerialNumber: {value}", value=""),
        "LensModel": sentence("LensModel: {value}", value=""),
        "CameraOwnerName": sentence("CameraOwnerName: {value}", value=""),
        "comment": sentence("comment: {value}", value=""),
    },
}


def said(fact: Fact) -> str:
    """Return a fact as a sentence of ours, or its code and values as they came if it has no form of one."""
    form = _FORMS.get(fact.kind, {}).get(fact.code)
    if form is not None and len(form.values) == len(fact.values):
        return form.filled(*fact.values)
    return ": ".join((fact.code, *fact.values))


def codes(kind: str) -> set[str]:
    """Return the codes of a kind that have a sentence."""
    return set(_FORMS.get(kind, {}))
