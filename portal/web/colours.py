"""The accent colour of the inspectorate, which replaces the shipped colour if the contrast suffices."""

import re
from collections.abc import Iterator, Mapping

from portal.config import Colour
from portal.errors import BadConfiguration
from portal.web import assets

# Text needs at least this contrast with its background (WCAG 2.2, success criterion 1.4.3).
LEAST = 4.5
# The background colours in the style sheet behind links and other text in the accent colour.
_BEHIND = ("paper", "field", "notice", "warning", "danger")
_ROOT = re.compile(r":root\s*\{([^}]*)\}")
_COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b")
# Up to this value, sRGB is linear.
_STRAIGHT = 0.04045
# The possible colours of text on the accent colour. The more readable of the two is used.
_ON = ("#ffffff", "#101418")


def rules(colour: Colour) -> str:
    """Return the CSS that sets the accent colour in both colour schemes, or "" for the shipped colours.

    Raises BadConfiguration if a colour has too little contrast.
    """
    if not colour.light:
        return ""
    light, dark = (_rule(scheme, each) for scheme, each in (("light", colour.light), ("dark", colour.dark)))
    return f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours such as #1b5675, from 1 to 21 (WCAG 2.2, “contrast ratio”)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def palettes() -> Mapping[str, Mapping[str, str]]:
    """Return the colours of the shipped style sheet by colour scheme and name."""
    shipped = assets.load()["/static/style.css"].content.decode()
    light, dark, *_ = _ROOT.findall(shipped)
    return {"light": dict(_COLOUR.findall(light)), "dark": dict(_COLOUR.findall(dark))}


def _rule(scheme: str, accent: str) -> str:
    for mistake in _too_faint(scheme, accent):
        raise mistake
    on = max(_ON, key=lambda each: contrast(each, accent))
    return f":root{{--accent:{accent};--on-accent:{on}}}"


def _too_faint(scheme: str, accent: str) -> Iterator[BadConfiguration]:
    wanted = {"light": "darker", "dark": "lighter"}[scheme]
    palette = palettes()[scheme]
    for name in _BEHIND:
        if (found := contrast(accent, palette[name])) < LEAST:
            yield BadConfiguration(
                f"setting 'colour.{scheme}' is hard to read: {accent} on {palette[name]} has a contrast of"
                f" {found:.1f}:1",
                f"it must be at least {LEAST}:1: choose a {wanted} colour",
            )


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (WCAG 2.2, “relative luminance”)."""
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= _STRAIGHT else ((value + 0.055) / 1.055) ** 2.4
