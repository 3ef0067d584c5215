"""What the process in the sandbox says of a file, so that it can be said in another language.

It comes as text of a process that is not to be trusted: what is none of these forms stays as it came.
"""

from inbox.language.messages import recognised, sentence

_FORMS = tuple(
    each.template
    for each in (
        sentence("files of this type are not shown"),
        sentence("it takes more memory than it may have"),
        sentence("damaged, or not as this type has to be ({error})", error=""),
        sentence("it is locked with a password"),
        sentence("{type} needs more than the sandbox allows", type=""),
        sentence("no page {page} of it is shown", page=""),
        sentence("it has no page {page}", page=""),
        sentence("an archive is listed, not unpacked"),
        sentence("it declares {width} x {height} pixels, more than are looked at", width="", height=""),
        sentence("is shown up to character {count}", count=""),
        sentence("holds macros"),
        sentence("is encrypted, so it is not known what it would do"),
        sentence("holds objects packed in a way that was not read"),
        sentence("is locked with a password"),
        sentence("says something of itself that could not be read"),
        sentence("is a bomb: it would unpack to {size} bytes", size=""),
        sentence("holds JavaScript"),
        sentence("holds an order to start a program"),
        sentence("holds embedded files"),
        sentence("holds links to elsewhere"),
        sentence("holds moving pictures or sound"),
        sentence("holds a form with a program"),
        sentence("1 page"),
        sentence("{count} pages", count=""),
        sentence("1 entry"),
        sentence("{count} entries", count=""),
        sentence("{width} x {height} pixels", width="", height=""),
        sentence("1 bytes: {name}", name=""),
        sentence("{size} bytes: {name}", size="", name=""),
        sentence("and more"),
        # What a PDF says of itself.
        sentence("Author: {value}", value=""),
        sentence("Title: {value}", value=""),
        sentence("Subject: {value}", value=""),
        sentence("Keywords: {value}", value=""),
        sentence("Creator: {value}", value=""),
        sentence("Producer: {value}", value=""),
        sentence("CreationDate: {value}", value=""),
        sentence("ModDate: {value}", value=""),
        # What a document says of itself that can tell who made it, when and with what.
        sentence("creator: {value}", value=""),
        sentence("initial-creator: {value}", value=""),
        sentence("lastModifiedBy: {value}", value=""),
        sentence("created: {value}", value=""),
        sentence("creation-date: {value}", value=""),
        sentence("modified: {value}", value=""),
        sentence("date: {value}", value=""),
        sentence("lastPrinted: {value}", value=""),
        sentence("printed-by: {value}", value=""),
        sentence("Company: {value}", value=""),
        sentence("Manager: {value}", value=""),
        sentence("Application: {value}", value=""),
        sentence("generator: {value}", value=""),
        sentence("Template: {value}", value=""),
        # What a picture says of itself, of that which can tell who made it, when and where.
        sentence("Make: {value}", value=""),
        sentence("Model: {value}", value=""),
        sentence("Software: {value}", value=""),
        sentence("Artist: {value}", value=""),
        sentence("Copyright: {value}", value=""),
        sentence("ImageDescription: {value}", value=""),
        sentence("DateTime: {value}", value=""),
        sentence("DateTimeOriginal: {value}", value=""),
        sentence("DateTimeDigitized: {value}", value=""),
        sentence("GPSLatitude: {value}", value=""),
        sentence("GPSLongitude: {value}", value=""),
        sentence("BodySerialNumber: {value}", value=""),
        sentence("LensModel: {value}", value=""),
        sentence("CameraOwnerName: {value}", value=""),
        sentence("comment: {value}", value=""),
    )
)


def said(fact: str) -> str:
    """Return a fact as a sentence of ours, if it is one."""
    return recognised(fact, _FORMS)
