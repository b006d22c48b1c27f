"""A table out, as xlsx or csv: typed columns over blocks of rows, never all of it in memory.

What is written is what the reader takes back: text stays text, a code keeps the noughts in front, a date is a date, and
one known only in part is the text that says so.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter

from .cells import PartialDate
from .guarding import MARK, RISKY, guard, guard_mark
from .planning import Type

Value = str | int | float | Decimal | date | PartialDate | None
Row = Sequence[Value]
# Some thousand rows, by columns.
Block = Sequence[Sequence[Value]]
# What to say of a list of so many rows: labels and words.
About = Callable[[int], Sequence[tuple[str, str]]]

# Few enough that the cells of a block stay in the processor's cache.
CHUNK = 500
# A spreadsheet program reads UTF-8 as such only after this.
BYTE_ORDER_MARK = "\ufeff"
DATE_FORMAT = "dd/mm/yyyy"
# What a sheet holds below its header, and a cell.
MOST_ROWS, MOST_CHARACTERS = 1_048_575, 32_767
# Before this day spreadsheet programs count wrongly or not at all.
FIRST_DAY = date(1900, 3, 1)
# A number of more figures is none to a spreadsheet program.
FIGURES = 15
# XML has no place for them; the reader takes those of the second kind for spaces.
UNFIT = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
SPACES = re.compile("[\x0b\x0c\x1c-\x1f]")
# Where cells that need a mark stand among those of their column, one to a line.
MARKED = re.compile(f"\n{MARK}*[{re.escape(''.join(RISKY))}]")
NO_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that goes out: its header, what its cells hold, how many characters wide it is."""

    title: str
    type: Type = Type.TEXT
    width: int = 16


# csv


def csv_chunks(columns: Sequence[Column], blocks: Iterable[Block]) -> Iterator[bytes]:
    """Yield a csv file piece by piece: UTF-8 with its mark, commas, nothing that could be run.

    Python's csv.writer looks at every character of every cell; here a column of some thousand rows is looked through
    at once, and its cells one by one only where one of them needs a mark or quotes.
    """
    shapers = [SHAPERS[column.type] for column in columns]
    header = ",".join(_texts([column.title for column in columns]))
    yield f"{BYTE_ORDER_MARK}{header}\r\n".encode()
    for block in blocks:
        shaped = [shape(values) for shape, values in zip(shapers, block, strict=True)]
        lines = [*map(",".join, zip(*shaped, strict=True)), ""]
        piece = "\r\n".join(lines).encode("utf-8", "ignore")
        # No text file may hold it, and the reader takes one that does for no text.
        yield piece.replace(b"\x00", b"") if b"\x00" in piece else piece


def in_blocks(rows: Iterable[Row], size: int = CHUNK) -> Iterator[Block]:
    """Yield rows as blocks: some thousands at a time, by columns."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield list(zip(*some, strict=True))


def _texts(values: Sequence[Any]) -> Sequence[str]:
    if None in values:
        values = ["" if value is None else value for value in values]
    joined = "\n".join(values)
    if MARKED.search(f"\n{joined}") or joined.count("\n") >= len(values):
        values = [guard(value) for value in values]
    elif not ('"' in joined or "," in joined or "\r" in joined):
        return values
    return [
        _in_quotes(value) if '"' in value or "," in value or "\n" in value or "\r" in value else value
        for value in values
    ]


def _in_quotes(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def _days(values: Sequence[Any]) -> Sequence[str]:
    return ["" if value is None else day_in_words(value) for value in values]


def _numbers(values: Sequence[Any]) -> Sequence[str]:
    return [str(value) if type(value) is int else "" if value is None else plain_number(value) for value in values]


@lru_cache(maxsize=100_000)
def day_in_words(day: date | PartialDate) -> str:
    """Return a date as far as it is known: 22/05/2020, 05/2020 or 2020."""
    if isinstance(day, PartialDate):
        year = f"{day.day.year:04}"
        if day.precision == "year":
            return year
        if day.precision == "month":
            return f"{day.day.month:02}/{year}"
        day = day.day
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def plain_number(number: int | float | Decimal | str) -> str:
    """Return a number that can be read one way only: three decimals could be thousands, so they get a fourth.

    A text among numbers, such as a tick for "some", stays as it is.
    """
    if isinstance(number, str):
        return guard(number)
    written = str(number) if isinstance(number, int) else format(Decimal(str(number)).normalize(), "f")
    return f"{written}0" if written[-4:-3] == "." else written


SHAPERS: dict[Type, Callable[[Sequence[Any]], Sequence[str]]] = {
    Type.TEXT: _texts,
    Type.CHOICE: _texts,
    Type.DATE: _days,
    Type.NUMBER: _numbers,
    Type.YEAR: _numbers,
}


# xlsx


def write_xlsx(file: IO[bytes], columns: Sequence[Column], blocks: Iterable[Block], *, name: str, about: About) -> int:
    """Write a workbook: the list, its header standing still with a filter, and a sheet of what is said `about` it.

    More rows than a sheet holds go on in another. Returns how many were written.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    written, part = 0, 0
    left = chain.from_iterable(zip(*block, strict=True) for block in blocks)
    with xlsxwriter.Workbook(file, options) as workbook:
        ways = _Ways(workbook)
        while True:
            part += 1
            count = ways.write_list(sheet_name(name, part), columns, islice(left, MOST_ROWS))
            written += count
            if count < MOST_ROWS:
                break
        ways.write_about(about(written))
    return written


def sheet_name(name: str, part: int = 1) -> str:
    """Return a name that a sheet may have."""
    end = f" ({part})" if part > 1 else ""
    return (NO_NAME.sub(" ", fit(name)).strip() or "Danh sách")[: 31 - len(end)].rstrip() + end


def fit(text: str) -> str:
    """Return a text as XML and a cell can hold it."""
    if not text.isprintable():
        text = SPACES.sub(" ", UNFIT.sub("", text))
    return text[:MOST_CHARACTERS]


class _Ways:
    """How cells of each type are written into the sheets of one workbook."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        # A cell typed into later is text or a date as well: "00014127" keeps its noughts.
        self.text = workbook.add_format({"num_format": "@"})
        self.day = workbook.add_format({"num_format": DATE_FORMAT, "align": "left"})
        self.head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.formats = {Type.TEXT: self.text, Type.CHOICE: self.text, Type.DATE: self.day}
        self.writers = {
            Type.TEXT: self.write_text,
            Type.CHOICE: self.write_text,
            Type.DATE: self.write_day,
            Type.NUMBER: self.write_number,
            Type.YEAR: self.write_number,
        }

    def write_list(self, name: str, columns: Sequence[Column], rows: Iterable[Row]) -> int:
        """Write one sheet of the table; return how many rows there were."""
        sheet, last = self.workbook.add_worksheet(name), len(columns) - 1
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, self.formats.get(column.type))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.title, self.head)
        sheet.freeze_panes(1, 0)
        writers = [self.writers[column.type] for column in columns]
        line = 0
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if value is not None and value != "":
                    writers[place](sheet, line, place, value)
        sheet.autofilter(0, 0, line, last)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_letter(last)}{line + 1}"})
        return line

    def write_about(self, about: Sequence[tuple[str, str]]) -> None:
        """Write the sheet that says what the list is."""
        sheet = self.workbook.add_worksheet("Thông tin")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 80)
        for line, (label, words) in enumerate(about):
            sheet.write_string(line, 0, label, self.head)
            sheet.write_string(line, 1, fit(words), self.wrapped)

    def write_text(self, sheet: Any, line: int, place: int, value: Any) -> None:
        if not value.isalnum():
            value = guard_mark(fit(value))
        sheet.write_string(line, place, value, self.text)

    def write_day(self, sheet: Any, line: int, place: int, value: Any) -> None:
        day = value.day if isinstance(value, PartialDate) and value.precision == "day" else value
        if isinstance(day, PartialDate) or day < FIRST_DAY:
            sheet.write_string(line, place, day_in_words(value), self.text)
        else:
            sheet.write_datetime(line, place, day, self.day)

    def write_number(self, sheet: Any, line: int, place: int, value: Any) -> None:
        if isinstance(value, str):
            self.write_text(sheet, line, place, value)
        elif isinstance(value, int) or len(Decimal(str(value)).as_tuple().digits) <= FIGURES:
            sheet.write_number(line, place, value)
        else:
            sheet.write_string(line, place, plain_number(value))


def _letter(place: int) -> str:
    return str(xlsxwriter.utility.xl_col_to_name(place))
