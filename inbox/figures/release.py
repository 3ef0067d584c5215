"""The published figures of an edition as a file: the shown cells, and nothing else."""

import json

from inbox.figures.rule import Layout, Shown


def write(layout: Layout, shown: Shown, year: int) -> bytes:
    """Return the file with the figures of the edition for ``year``; hidden counts are null (RFC 8259)."""
    mine = {cell: shown[cell] for cell in layout.cells() if _ends(cell) == year}
    return json.dumps({"edition": year, "cells": mine}, indent=1, sort_keys=True).encode() + b"\n"


def _ends(cell: str) -> int:
    """Return the last year of a cell's period."""
    return int(cell.partition("/")[0].rpartition("-")[2])
