"""Where the rows of a workbook wait: blocks of columns as JSON in one unnamed temporary file, decoded when asked for.

A sheet of 100,000 rows as Python lists takes more than 100 MB; here it takes an index of a few kilobytes.
"""

import json
import tempfile
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO
from unicodedata import is_normalized

from .formats import UnreadableSheet, damaged

Cell = str | float | int | date | datetime | bool | None
IN_MEMORY = 1_000_000
BLOCK_ROWS = 500
NOTHING = b"null"
PLAIN = {str, float, int, bool, type(None)}
# What only the slow way mends: JSON's escapes (quotes, line breaks), spaces that are too many, errors, the mark of
# `guarding`, look-alikes, marks that a vowel has not taken up.
SUSPECT = ("\\", '" ', ' "', "  ", "#", "Err:", "\"'", "Ð", "ð", "Ƣ", "ƣ", "\u0302", "\u0306")

Reader = Callable[[str], str]


def is_clean(encoded: str) -> bool:
    """Tell whether every text in a column of compact JSON is already in the form we keep (see `cells.text`)."""
    if not encoded.isprintable():
        return False
    suspect = SUSPECT[:7] if encoded.isascii() else SUSPECT
    return not any(sign in encoded for sign in suspect) and is_normalized("NFC", encoded)


def decode_column(encoded: bytes) -> list[Cell]:
    """Return the values of a column as the child wrote them."""
    content = json.loads(encoded)
    values: list[Cell] = content["v"] if isinstance(content, dict) else content
    if not isinstance(values, list) or not set(map(type, values)) <= PLAIN:
        raise ValueError(values)
    if isinstance(content, dict):
        for place in content["d"]:
            values[place] = date.fromordinal(values[place])
        for place in content["t"]:
            values[place] = datetime.fromisoformat(values[place])
    return values


class Block:
    """A few hundred rows: their numbers, and their columns, each decoded when it is first asked for.

    `readers` turn a column typed in an encoding before Unicode into Unicode.
    """

    def __init__(self, numbers: Sequence[int], width: int, readers: dict[int, Reader]) -> None:
        self.numbers, self.width, self.readers = numbers, width, readers
        self._values: dict[int, list[Cell]] = {}

    def _load(self, index: int) -> list[Cell] | None:
        raise NotImplementedError

    def _is_clean(self, index: int) -> bool:
        raise NotImplementedError

    def is_void(self, index: int) -> bool:
        """Tell whether the column holds nothing in this block."""
        raise NotImplementedError

    def column(self, index: int) -> list[Cell]:
        """Return the values of a column, None where there is nothing."""
        if index not in self._values:
            values = self._load(index) if index < self.width else None
            if values is None:
                values = [None] * len(self.numbers)
            elif reader := self.readers.get(index):
                values = _change(values, reader)
            self._values[index] = values
        return self._values[index]

    def clean_column(self, index: int, clean: Reader) -> list[Cell]:
        """Return the values of a column with every text clean, None where that leaves nothing."""
        values = self.column(index)
        if index >= self.width or self.is_void(index) or (self._is_clean(index) and index not in self.readers):
            return values
        return _change(values, clean)

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Yield each row's number and all its values."""
        return zip(self.numbers, zip(*map(self.column, range(self.width)), strict=True), strict=True)


def _change(values: list[Cell], change: Reader) -> list[Cell]:
    forms = {value: change(value) or None for value in {value for value in values if type(value) is str}}
    return [forms[value] if type(value) is str else value for value in values]


class LooseBlock(Block):
    """A block of rows that are in memory anyway, such as pasted ones."""

    def __init__(self, rows: Sequence[tuple[int, Sequence[Cell]]], readers: dict[int, Reader]) -> None:
        super().__init__([number for number, _cells in rows], max((len(c) for _n, c in rows), default=0), readers)
        self._rows = rows

    def _load(self, index: int) -> list[Cell]:
        return [cells[index] if index < len(cells) else None for _number, cells in self._rows]

    def _is_clean(self, index: int) -> bool:
        return False

    def is_void(self, index: int) -> bool:
        """Tell whether the column holds nothing in this block."""
        return all(value in (None, "") for value in self._load(index))


@dataclass(slots=True)
class Entry:
    """Where one block lies in the file; `flags` has a sign a column: "-" void, "c" clean, "u" to be cleaned."""

    numbers: Sequence[int]
    offset: int
    sizes: "array[int]"
    flags: str


class StoredBlock(Block):
    """A block that lies in the temporary file until one of its columns is asked for."""

    def __init__(self, spool: "Spool", entry: Entry, readers: dict[int, Reader]) -> None:
        super().__init__(entry.numbers, len(entry.sizes), readers)
        self._spool, self._entry = spool, entry
        self._content = b""

    def _load(self, index: int) -> list[Cell] | None:
        if self.is_void(index):
            return None
        self._content = self._content or self._spool.content(self._entry)
        start = sum(self._entry.sizes[:index])
        try:
            values = decode_column(self._content[start : start + self._entry.sizes[index]])
        except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
            raise UnreadableSheet(damaged()) from error
        if len(values) != len(self.numbers):
            raise UnreadableSheet(damaged())
        return values

    def _is_clean(self, index: int) -> bool:
        return self._entry.flags[index] == "c"

    def is_void(self, index: int) -> bool:
        """Tell whether the column holds nothing in this block."""
        # A block may be narrower than others of its sheet.
        return index >= len(self._entry.flags) or self._entry.flags[index] == "-"


class Spool:
    """The temporary file of one workbook: without a name, in memory while it is small, gone with the workbook."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self._end = 0
        self.close = weakref.finalize(self, self._file.close)

    def add(self, numbers: Sequence[int], columns: Sequence[bytes]) -> Entry:
        """Keep one block, its columns as JSON."""
        signs = ["-" if column == NOTHING else "c" if is_clean(column.decode()) else "u" for column in columns]
        entry = Entry(_packed(numbers), self._end, array("L", map(len, columns)), "".join(signs))
        self._file.seek(self._end)
        for column in columns:
            self._file.write(column)
        self._end += sum(entry.sizes)
        return entry

    def content(self, entry: Entry) -> bytes:
        """Return the columns of a block that was kept."""
        self._file.seek(entry.offset)
        return self._file.read(sum(entry.sizes))


def _packed(numbers: Sequence[int]) -> Sequence[int]:
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return range(numbers[0], numbers[-1] + 1)
    return array("L", numbers)


@dataclass(slots=True)
class Stored:
    """The blocks of one sheet in the spool, in order."""

    spool: Spool
    entries: list[Entry] = field(default_factory=list)

    def add(self, numbers: Sequence[int], columns: Sequence[bytes]) -> None:
        """Keep one more block."""
        self.entries.append(self.spool.add(numbers, columns))

    def __len__(self) -> int:
        return sum(len(entry.numbers) for entry in self.entries)

    def blocks(self, readers: dict[int, Reader], after: int = 0) -> Iterator[Block]:
        """Yield the blocks, from the one on that holds the first row below row `after`."""
        first = bisect_left(self.entries, after + 1, key=lambda entry: entry.numbers[-1])
        for entry in self.entries[first:]:
            yield StoredBlock(self.spool, entry, readers)


@dataclass(slots=True)
class Loose:
    """Rows in memory, as blocks."""

    rows: Sequence[tuple[int, Sequence[Cell]]]

    def __len__(self) -> int:
        return len(self.rows)

    def blocks(self, readers: dict[int, Reader], after: int = 0) -> Iterator[Block]:
        """Yield the blocks, from the one on that holds the first row below row `after`."""
        first = bisect_left(self.rows, after + 1, key=lambda row: row[0])
        for start in range(first, len(self.rows), BLOCK_ROWS):
            yield LooseBlock(self.rows[start : start + BLOCK_ROWS], readers)
