"""The values of cells as people type them: text, dates with their precision, error cells, dittos, legacy encodings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from records.vietnamese import detect_legacy, fold, from_legacy, normalise

from .reading import Cell, Sheet

Precision = Literal["day", "month", "year"]

ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
DITTOS = frozenset({'"', "''", "”", "“", "〃", "-nt-", "nt", "- nt -", "như trên", "-như trên-"})
NUMBERS = re.compile(r"^(?:ngay\s+)?(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})$")
WORDS = re.compile(r"^(?:ngay\s+)?(\d{1,2})\s*,?\s+thang\s+(\d{1,2})\s*,?\s+nam\s+(\d{4})$")
ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$")
MONTH = re.compile(r"^(?:thang\s+)?(\d{1,2})(?:\s*[/.\-]\s*|\s*,?\s+nam\s+)(\d{4})$")
YEAR = re.compile(r"^(?:nam\s+)?(\d{4})$")
# Letters that no one-byte encoding has, and a sign that no cell holds.
UNICODE_LETTERS = re.compile("[\u0100-\u024f\u0300-\u036f\u1e00-\u1eff]")
SEPARATOR = "\x1e"
FIRST_YEAR, LAST_YEAR = 1800, 2200
SERIAL_ZERO = date(
    1899, 12, 30
)  # day 0 of a spreadsheet, so that its day 60 (29/02/1900, which never was) costs nothing


class UnreadableCell(ValueError):
    """The value is not what the column should hold; the text is a sentence for the clerk."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year; what is not known is 1."""

    day: date
    precision: Precision


def text(value: Cell) -> str:
    """Return the value as clean text on one line: NFC, 1.0 as "1", dates dd/mm/yyyy, error cells empty."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "x", False: ""}[value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.strftime("%d/%m/%Y")
    cleaned = " ".join(normalise(str(value)).split())
    return "" if cleaned.upper() in ERRORS else cleaned


def is_ditto(value: Cell) -> bool:
    """Tell whether the cell says "the same as above"."""
    return isinstance(value, str) and " ".join(value.split()).lower() in DITTOS


def read_date(value: Cell, *, month_first: bool = False, fallback: str = "", order: str = "") -> PartialDate | None:
    """Read a date, day first; None for an empty cell; UnreadableCell for one that never was or could be read two ways.

    `month_first` says that the same column holds dates that only make sense as mm/dd (see `has_month_first`): then a
    date that fits both orders is not guessed.
    """
    if isinstance(value, datetime):
        return PartialDate(value.date(), "day")
    if isinstance(value, date):
        return PartialDate(value, "day")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read_number(value)
    written = text(value)
    if not written:
        return None
    plain = fold(written).strip(" .,;")
    if match := NUMBERS.match(plain):
        day, month, year = (int(part) for part in match.groups())
        if month_first and day <= 12:
            raise UnreadableCell(
                _("“%(text)s” can be read day first or month first; the column holds both. Write the date in full.")
                % {"text": written}
            )
        return PartialDate(_date(year, month, day, written), "day")
    if match := WORDS.match(plain):
        day, month, year = (int(part) for part in match.groups())
        return PartialDate(_date(year, month, day, written), "day")
    if match := ISO.match(plain):
        year, month, day = (int(part) for part in match.groups())
        return PartialDate(_date(year, month, day, written), "day")
    if match := MONTH.match(plain):
        return PartialDate(_date(int(match[2]), int(match[1]), 1, written), "month")
    if match := YEAR.match(plain):
        return PartialDate(_date(int(match[1]), 1, 1, written), "year")
    raise UnreadableCell(_("“%(text)s” is not a date.") % {"text": written})


def has_month_first(values: Iterable[Cell]) -> bool:
    """Tell whether a column of dates typed as text holds one that can only be mm/dd/yyyy, such as 05/22/2020."""
    for value in values:
        match = NUMBERS.match(fold(value).strip()) if isinstance(value, str) else None
        if match and int(match[1]) <= 12 < int(match[2]) <= 31:
            return True
    return False


def _read_number(value: float) -> PartialDate:
    if FIRST_YEAR <= value <= LAST_YEAR and value == int(value):
        return PartialDate(date(int(value), 1, 1), "year")
    # 1927 to 2100 as serial days: a date whose cell lost its format.
    if 10_000 <= value <= 73_415:
        return PartialDate(SERIAL_ZERO + timedelta(days=int(value)), "day")
    raise UnreadableCell(_("“%(text)s” is not a date.") % {"text": text(value)})


def _date(year: int, month: int, day: int, written: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise UnreadableCell(_("“%(text)s” is a date that never was.") % {"text": written}) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableCell(_("“%(text)s” is not a date.") % {"text": written})
    return found


def convert_legacy(sheet: Sheet) -> str | None:
    """Turn columns typed in TCVN3 or VNI fonts into Unicode, in place; return a note that says so, or None.

    Judged by whole columns, for a short word alone can look like anything; titles in Unicode above do not count.
    """
    width = max((len(line.cells) for line in sheet.lines), default=0)
    found: set[str] = set()
    for column in range(width):
        lines = [line for line in sheet.lines if isinstance(value := line.cell(column), str) and _may_be_legacy(value)]
        joined = SEPARATOR.join(str(line.cells[column]) for line in lines)
        if encoding := detect_legacy(joined):
            found.add(encoding.upper())
            for line, value in zip(lines, from_legacy(joined).split(SEPARATOR), strict=True):
                line.cells[column] = value
    if not found:
        return None
    return _("Text in %(encoding)s was converted to Unicode; look it over before applying.") % {
        "encoding": ", ".join(sorted(found))
    }


def _may_be_legacy(value: str) -> bool:
    return SEPARATOR not in value and not UNICODE_LETTERS.search(value)
