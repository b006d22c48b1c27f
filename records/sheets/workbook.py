"""What a file holds: sheets of lines, which wait outside memory and are walked as often as needed."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import overload

from .spool import Block, Cell, Loose, Reader, Stored

HEAD_LINES = 100


def letter(index: int) -> str:
    """Return the letter of a column counted from 0: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(slots=True)
class Line:
    """One row that holds anything: its number as a person sees it, from 1, and its values from column A."""

    number: int
    cells: list[Cell]

    def cell(self, column: int) -> Cell:
        """Return the value in the column, counted from 0; beyond the last value there is nothing."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: first and last row number from 1, first and last column from 0."""

    top: int
    left: int
    bottom: int
    right: int


def _line(number: int, values: Sequence[Cell]) -> Line:
    cells = list(values)
    while cells and cells[-1] is None:
        cells.pop()
    return Line(number, cells)


class Lines(Sequence[Line]):
    """The lines of a sheet, read anew from where they wait by each walk; only what is held is in memory."""

    def __init__(self, sheet: "Sheet") -> None:
        self._sheet = sheet

    def __len__(self) -> int:
        return len(self._sheet.source)

    def __iter__(self) -> Iterator[Line]:
        return self._sheet.lines_after(-1)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return list(islice(self, start, stop, step)) if step > 0 else list(self)[index]
        place = index if index >= 0 else len(self) + index
        found = next(islice(self, place, None), None) if place >= 0 else None
        if found is None:
            raise IndexError(index)
        return found


class Sheet:
    """One sheet of a workbook; rows that hold nothing are left out of its lines.

    `readers` turn columns typed in TCVN3 or VNI fonts into Unicode from the moment they are set (see `legacy`).
    """

    def __init__(
        self,
        name: str,
        visible: bool = True,
        lines: Iterable[Line] = (),
        merges: Sequence[Merge] = (),
        stored: Stored | None = None,
    ) -> None:
        self.name, self.visible, self.merges = name, visible, list(merges)
        self.source: Stored | Loose = (
            stored if stored is not None else Loose([(line.number, line.cells) for line in lines])
        )
        self.readers: dict[int, Reader] = {}
        self._head: list[Line] = []

    def __repr__(self) -> str:
        return f"Sheet({self.name!r}, lines={len(self.source)})"

    @property
    def lines(self) -> Lines:
        """Return all lines, top to bottom."""
        return Lines(self)

    @property
    def head(self) -> list[Line]:
        """Return the first lines, which stay in memory."""
        if not self._head:
            self._head = list(islice(self.lines_after(-1), HEAD_LINES))
        return self._head

    def read_with(self, readers: dict[int, Reader]) -> None:
        """Turn the text of these columns into Unicode from now on."""
        self.readers, self._head = readers, []

    def blocks(self, after: int = -1) -> Iterator[Block]:
        """Yield the lines by the hundreds, as columns, from the block on that holds the first below row `after`."""
        return self.source.blocks(self.readers, after)

    def lines_after(self, number: int) -> Iterator[Line]:
        """Yield the lines below row `number`."""
        for block in self.blocks(number):
            for found, values in block.rows():
                if found > number:
                    yield _line(found, values)

    def line(self, number: int) -> Line | None:
        """Return the line of that row number, None where the row holds nothing."""
        found = next(self.lines_after(number - 1), None)
        return found if found is not None and found.number == number else None

    def lines_called(self, numbers: Iterable[int]) -> Iterator[Line]:
        """Yield the lines of these row numbers, in their order on the sheet, in one walk."""
        wanted = sorted(set(numbers))
        for block in self.blocks(wanted[0] - 1) if wanted else ():
            first = bisect_left(wanted, block.numbers[0])
            here = set(wanted[first : bisect_left(wanted, block.numbers[-1] + 1)])
            for found, values in block.rows() if here else ():
                if found in here:
                    yield _line(found, values)
            if wanted[-1] <= block.numbers[-1]:
                return

    def merges_within(self, top: int, bottom: int) -> list[Merge]:
        """Return the merged ranges that lie wholly in these rows."""
        return [merge for merge in self.merges if merge.top >= top and merge.bottom <= bottom]


@dataclass(slots=True)
class Workbook:
    """What a file holds, its real format ("xlsx", "xls", "ods", "text") and what the clerk should be told about it."""

    name: str
    format: str
    sheets: list[Sheet]
    notes: list[str] = field(default_factory=list)

    def sheet(self, name: str) -> Sheet | None:
        """Return the sheet of that name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def line(self, sheet: str, number: int) -> Line | None:
        """Return a line by its sheet and row number, for a look at what a row really holds."""
        found = self.sheet(sheet)
        return found.line(number) if found else None
