"""Rows copied out of a spreadsheet and pasted into a box: one sheet, without a file."""

import csv
import io

from django.utils.translation import gettext as _

from .formats import UnreadableSheet
from .spool import Cell
from .workbook import Line, Sheet

CHARACTERS = 400_000
COLUMNS = 40


def as_sheet(text: str, *, characters: int = CHARACTERS, columns: int = COLUMNS) -> Sheet:
    """Return the pasted text as a sheet; raise UnreadableSheet, in one sentence, for none or too much of it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip("\n")
    if not text.strip():
        raise UnreadableSheet(_("Nothing was pasted."))
    if len(text) > characters:
        raise UnreadableSheet(_("Too much was pasted at once. Paste the list in parts."))
    lines = [Line(number, values) for number, values in enumerate(cut(text), start=1) if any(values)]
    if any(len(line.cells) > columns for line in lines):
        raise UnreadableSheet(_("At most %(most)d columns are taken.") % {"most": columns})
    return Sheet("", lines=lines)


def cut(text: str) -> list[list[Cell]]:
    """Return the cells by line; a cell with a line break comes quoted, a quotation mark left open is only a mark."""
    if text.count('"') % 2 == 0:
        try:
            return [_cells(row) for row in csv.reader(io.StringIO(text), delimiter="\t")]
        except csv.Error:
            pass
    return [_cells(line.split("\t")) for line in text.split("\n")]


def _cells(values: list[str]) -> list[Cell]:
    return [value.strip() or None for value in values]
