"""The fonts of printed pages, for the documents of the inbox and the kit of the portal."""

from pathlib import Path

from fpdf import FPDF

# The only font family of printed pages. Debian's package fonts-dejavu-core contains it.
FAMILY = "DejaVu"
FOLDER = Path("/usr/share/fonts/truetype/dejavu")
_FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}


def are_installed() -> bool:
    """Return whether this machine has the fonts."""
    return all((FOLDER / file).exists() for file in _FACES.values())


def add(pdf: FPDF) -> None:
    """Add the fonts to a document, plain and bold."""
    for style, file in _FACES.items():
        pdf.add_font(FAMILY, style, FOLDER / file)


def close(pdf: FPDF) -> None:
    """Close the files of the fonts, which otherwise stay open until the document is made."""
    for font in pdf.fonts.values():
        font.ttfont.close()  # type: ignore[union-attr]


def has(pdf: FPDF, char: str) -> bool:
    """Return whether the current font of a document has a character."""
    return ord(char) in pdf.current_font.cmap  # type: ignore[union-attr]
