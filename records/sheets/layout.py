"""How a sheet was understood: its header, its columns, and a walk over the rows below as often as needed."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile

from django.utils.translation import gettext as _

from . import cells
from .codes import CodeList, squash
from .lines import Mapped, Skipped, Sorter
from .planning import Field, Kind
from .rows import Row
from .spool import Cell
from .workbook import Line, Merge, Sheet, letter

SAMPLE_ROWS = 2000
ABOVE = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its letter, its header as read, the field it was matched to, if any, and its first values.

    `codes` is the code list by which its values are translated; `empty` says that its first rows hold nothing.
    """

    index: int
    label: str
    field: Field | None
    samples: tuple[str, ...] = ()
    codes: CodeList | None = None
    empty: bool = False

    @property
    def letter(self) -> str:
        """Return the column's letter as a spreadsheet program shows it."""
        return letter(self.index)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A sheet that was not read as a list, and why."""

    sheet: str
    reason: str


class Layout:
    """How a sheet was understood: header rows (0 where there is none), columns, titles above, the rows below.

    `scan` walks the rows and holds none of them; `rows` and `skipped` are for lists of a few hundred.
    """

    def __init__(self, sheet: Sheet, kind: Kind, columns: list[Column], header: Sequence[Line], bottom: int) -> None:
        self.sheet, self.kind, self.columns = sheet, kind, columns
        self.header = list(header)
        self.header_top, self.header_bottom = (header[0].number if header else 0), bottom
        self._below = bottom if header else -1
        self._rows: list[Row] | None = None
        self._sorted: Sorter | None = None
        self._sample: list[Row] | None = None

    def __repr__(self) -> str:
        return f"Layout({self.sheet.name!r}, header={self.header_top}-{self.header_bottom})"

    # The header and what stands above

    @cached_property
    def above(self) -> list[Line]:
        """Return the lines above the header, as they stand on the sheet."""
        if not self.header:
            return []
        return list(islice(takewhile(lambda line: line.number < self.header_top, self.sheet.lines), ABOVE))

    @property
    def merges(self) -> list[Merge]:
        """Return the merged ranges of the header and of what stands above it."""
        return self.sheet.merges_within(0, self.header_bottom)

    @cached_property
    def titles(self) -> list[str]:
        """Return the texts above the header."""
        return [written for line in self.above for value in line.cells if (written := cells.text(value))]

    @cached_property
    def matched(self) -> list[Column]:
        """Return the columns that are read."""
        return [column for column in self.columns if column.field]

    @cached_property
    def ignored(self) -> list[Column]:
        """Return the columns that have a header nobody knows, or one the clerk set aside."""
        return [column for column in self.columns if not column.field and column.label]

    @cached_property
    def missing(self) -> list[Field]:
        """Return the required fields for which no column was found."""
        found = {column.field.name for column in self.matched if column.field}
        return [known for known in self.kind.fields if known.required and known.name not in found]

    @property
    def notes(self) -> list[str]:
        """Return what the clerk should know of the columns: codes that are translated, columns that hold nothing."""
        notes = [_tell_codes(column) for column in self.matched if column.codes]
        empty = [f"{column.letter} “{column.label}”" for column in self.empty if column.label]
        if empty:
            told = _("Columns that hold nothing, or only errors of formulas such as #N/A: %(names)s.")
            notes.append(told % {"names": ", ".join(empty)})
        return notes

    @property
    def empty(self) -> list[Column]:
        """Return the columns that hold nothing below the header, to the end of the sheet, or only errors."""
        left = [column for column in self.columns if column.empty]
        for block in self.sheet.blocks(self._below):
            first = bisect_right(block.numbers, self._below)
            left = [
                column
                for column in left
                if block.is_void(column.index) or not any(block.clean_column(column.index, cells.text)[first:])
            ]
            if not left:
                break
        return left

    # The rows

    def scan(self) -> Iterator[Row]:
        """Yield the rows, top to bottom, read anew; once it has come to the end, `skipped` needs no other walk."""
        sorter = self._sorter()
        for block in self.sheet.blocks(self._below):
            yield from sorter.sort(block)
        self._sorted = sorter

    def _sorter(self) -> Sorter:
        columns = [
            Mapped(column.index, column.field.name, column.label, column.codes.codes if column.codes else {})
            for column in self.matched
            if column.field
        ]
        first = self.header[0] if self.header else None
        labels = {column.index: cells.text(first.cell(column.index)) for column in self.columns} if first else {}
        return Sorter(
            self.kind, self.sheet.name, columns, {index: label for index, label in labels.items() if label},
            self.sheet.merges, self._below,
        )  # fmt: skip

    def _walked(self) -> Sorter:
        if self._sorted is None:
            for _row in self.scan():
                pass
        assert self._sorted is not None  # noqa: S101  (set by the walk)
        return self._sorted

    @property
    def rows(self) -> list[Row]:
        """Return all rows at once; for long lists, `scan`."""
        if self._rows is None:
            self._rows = list(self.scan())
        return self._rows

    @property
    def skipped(self) -> list[Skipped]:
        """Return the lines that are no rows, the first 10,000 of them; `skipped_count` says how many there are."""
        return self._walked().skipped

    @property
    def skipped_count(self) -> int:
        """Return how many lines are no rows."""
        return self._walked().passed_over

    @property
    def blank_rows(self) -> int:
        """Return how many rows that hold nothing stand between the header and the end."""
        walked = self._walked()
        return max(0, walked.last - self.header_bottom - walked.lines)

    # What the first rows tell of a column

    def sample(self, name: str) -> list[Cell]:
        """Return the values of a field in the first 2,000 rows."""
        if self._sample is None:
            self._sample = list(islice(self.scan(), SAMPLE_ROWS))
        return [row.values[name] for row in self._sample if name in row.values]

    def is_month_first(self, name: str) -> bool:
        """Tell whether the dates of a field, typed as text, show a day that can only be mm/dd/yyyy."""
        return cells.has_month_first(self.sample(name))

    def decimal_sign(self, name: str) -> cells.DecimalSign:
        """Return the decimal sign of a field's numbers typed as text, where one of them leaves no doubt, else ""."""
        return cells.decimal_sign(self.sample(name))


def _tell_codes(column: Column) -> str:
    if column.codes is None:
        return ""
    code = next((written for written in column.samples if written in column.codes.codes), "")
    return _(
        "Column %(letter)s “%(label)s”: codes are read by the sheet “%(sheet)s”, for example: %(code)s → “%(name)s”."
    ) % {
        "letter": column.letter,
        "label": column.label,
        "sheet": column.codes.sheet,
        "code": code,
        "name": column.codes.codes.get(code, ""),
    }


def signature(layout: Layout, apart: Iterable[str] = ()) -> str:
    """Return what tells this arrangement of columns from another, so that a mapping once made is known again.

    Columns whose header is one of `apart`, such as reasons added to rows that were sent back, are not looked at.
    """
    added = {squash(title) for title in apart}
    labels = sorted((column.index, squash(column.label)) for column in layout.columns if column.label)
    labels = [(index, label) for index, label in labels if label not in added]
    return hashlib.sha256("|".join(f"{index}:{label}" for index, label in labels).encode()).hexdigest()[:32]
