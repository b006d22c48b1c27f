"""The rows of a list that were not taken, as a workbook like the one sent, with a column that says why.

Mended there and sent again it is read as the first one was: titles, header and group headings stand where they stood.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from . import cells
from .layout import Layout
from .rows import Row
from .spool import Cell
from .workbook import Line, Merge

SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
LONGEST_SHEET_NAME = 31
LONGEST_CELL = 32_000
WIDEST, NARROWEST = 40, 8


@dataclass(frozen=True, slots=True)
class Leftover:
    """The rows of one sheet that are left over: the sheet as it was understood, and the reason by row number."""

    layout: Layout
    reasons: Mapping[int, str]


def leftover_workbook(parts: Sequence[Leftover], title: str, fallback: str) -> bytes:
    """Return an xlsx with the rows left over; `title` heads the reasons, `fallback` names the sheet where it is one."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1}),
        "merged": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "why": book.add_format({"text_wrap": True, "font_color": "#9C0006", "bg_color": "#FFF2F0"}),
    }
    names: set[str] = set()
    for part in parts:
        sheet = book.add_worksheet(_sheet_name(part.layout.sheet.name if len(parts) > 1 else fallback, names))
        _write(sheet, part, title, formats)
    book.close()
    return stream.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    plain = SHEET_NAME.sub(" ", name).strip()[:LONGEST_SHEET_NAME] or "1"
    found, number = plain, 1
    while found.lower() in taken:
        number += 1
        found = f"{plain[: LONGEST_SHEET_NAME - 4]} {number}"
    taken.add(found.lower())
    return found


def _write(sheet: Any, part: Leftover, title: str, formats: Mapping[str, Any]) -> None:
    layout = part.layout
    last = max(part.reasons, default=0)
    headings = {line.number for line in layout.skipped if line.number < last and line.reason == _("A group heading.")}
    rows = {row.number: row for row in layout.scan() if row.number in part.reasons}
    width = max((column.index for column in layout.columns), default=0) + 1
    for column in range(width):
        sheet.set_column(column, column, _width(layout, column))
    sheet.set_column(width, width, 60)
    place = 0
    if layout.header:
        place = _write_top(sheet, layout, formats)
        sheet.write_string(place - 1, width, title, formats["head"])
        sheet.freeze_panes(place, 0)
    merges = {merge.top: merge for merge in layout.sheet.merges if merge.top == merge.bottom}
    for line in layout.sheet.lines_called(headings | rows.keys()):
        _write_line(sheet, place, line, rows.get(line.number), layout, formats)
        if line.number in rows:
            sheet.write_string(place, width, part.reasons[line.number][:LONGEST_CELL], formats["why"])
        elif line.number in merges:
            _merge(sheet, merges[line.number], place - line.number + 1, line.cell(merges[line.number].left), formats)
        place += 1


def _write_top(sheet: Any, layout: Layout, formats: Mapping[str, Any]) -> int:
    """Write the titles and the header in the rows where they stood; return the place of the row below."""
    for line in layout.above:
        for column, value in enumerate(line.cells):
            _write_cell(sheet, line.number - 1, column, value, formats)
    for line in layout.header:
        for column, value in enumerate(line.cells):
            if value is not None:
                sheet.write_string(line.number - 1, column, cells.text(value)[:LONGEST_CELL], formats["head"])
    lines = {line.number: line for line in [*layout.above, *layout.header]}
    for merge in layout.merges:
        if merge.top in lines:
            _merge(sheet, merge, 0, lines[merge.top].cell(merge.left), formats)
    return layout.header_bottom


def _merge(sheet: Any, merge: Merge, moved: int, value: Cell, formats: Mapping[str, Any]) -> None:
    if merge.top == merge.bottom and merge.left == merge.right:
        return
    top, bottom = merge.top - 1 + moved, merge.bottom - 1 + moved
    if merge.top == merge.bottom:
        top = bottom = merge.top - 1 + moved
    sheet.merge_range(top, merge.left, bottom, merge.right, cells.text(value)[:LONGEST_CELL], formats["merged"])


def _write_line(
    sheet: Any, place: int, line: Line, row: Row | None, layout: Layout, formats: Mapping[str, Any]
) -> None:
    # A ditto, a merged cell or a code says nothing away from the rows above it or the sheet of codes: what was
    # understood stands in its place.
    told = {column.index: column.field.name for column in layout.matched if column.field and not column.field.several}
    width = max([len(line.cells), *(index + 1 for index in told)], default=0)
    for column in range(width):
        value = line.cell(column)
        if row is not None and column in told and told[column] in row.values:
            value = row.values[told[column]]
        _write_cell(sheet, place, column, value, formats)


def _write_cell(sheet: Any, place: int, column: int, value: Cell, formats: Mapping[str, Any]) -> None:
    if isinstance(value, bool) or value is None:
        if value is not None:
            sheet.write_boolean(place, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(place, column, value.replace(tzinfo=None), formats["date"])
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(place, column, datetime(value.year, value.month, value.day), formats["date"])
    elif isinstance(value, (int, float)):
        sheet.write_number(place, column, value)
    else:
        sheet.write_string(place, column, (value if isinstance(value, str) else cells.text(value))[:LONGEST_CELL])


def _width(layout: Layout, index: int) -> int:
    column = next((one for one in layout.columns if one.index == index), None)
    longest = max((len(text) for text in (*(column.samples if column else ()), "")), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2))
