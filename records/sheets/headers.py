"""The header of a list: up to three rows under the titles, merged or not, and the fields its labels stand for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from records.vietnamese import normalise

from . import cells
from .codes import CodeList, find_list, squash, without_code_word
from .layout import Column
from .planning import Field, Kind
from .spool import Cell
from .workbook import Line, Merge, Sheet, letter

__all__ = ["IGNORE", "Matcher", "find_header", "force_header", "guess_header", "letter"]

HEADER_LINES = 60
HEADER_DEPTH = 3
LABEL_LENGTH = 200
SAMPLE_LINES = 200
SAMPLES = 10
IGNORE = "-"
PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

Found = tuple[list[Column], list[Line], int]


def find_header(sheet: Sheet, matcher: "Matcher") -> Found | None:
    """Return the columns of the header that names the most fields, its lines and its last row, or None."""
    best: tuple[int, int, int, int] = (0, 0, 0, 0)
    found = None
    head = sheet.head
    for start in range(min(HEADER_LINES, len(head))):
        for depth in range(1, HEADER_DEPTH + 1):
            block = head[start : start + depth]
            if not _is_header_block(block, depth, sheet.merges):
                break
            columns = matcher.columns(_labels(block, sheet.merges), block[-1].number)
            score = matcher.score(columns)
            # A title just above is no part of the header: of equals, the one that ends first and starts last.
            rank = (score, -(start + depth), start, depth)
            deeper = found is not None and (score, start, depth) == (best[0], best[2], best[3] + 1)
            if score and (rank > best or deeper):
                best, found = rank, (columns, block, block[-1].number)
    return found


def force_header(sheet: Sheet, matcher: "Matcher", row: int) -> Found | None:
    """Return the header that begins in the row, as deep as names the most fields; None where the row is empty."""
    block = list(islice(sheet.lines_after(row - 1), HEADER_DEPTH))
    if not block or block[0].number != row:
        return None
    best = None
    for depth in range(1, len(block) + 1):
        if depth > 1 and not _is_header_block(block[:depth], depth, sheet.merges):
            break
        columns = matcher.columns(_labels(block[:depth], sheet.merges), block[depth - 1].number, whole=True)
        count = sum(1 for column in columns if column.field)
        if best is None or count >= best[0]:
            best = (count, columns, block[:depth])
    return (best[1], best[2], best[2][-1].number) if best else None


def guess_header(sheet: Sheet, matcher: "Matcher") -> Found | None:
    """Return what looks most like a header where none names what is required: most known labels, else most labels."""
    best: tuple[int, int, int] | None = None
    for line in sheet.head[:HEADER_LINES]:
        labels = [value for value in line.cells if isinstance(value, str) and 0 < len(value) <= LABEL_LENGTH]
        columns = matcher.columns(_labels([line], sheet.merges), line.number)
        known = sum(1 for column in columns if column.field)
        rank = (known, len(labels), -line.number)
        if len(labels) > 1 and (best is None or rank > best):
            best = rank
    return force_header(sheet, matcher, -best[2]) if best else None


def _is_header_block(block: Sequence[Line], depth: int, merges: Sequence[Merge]) -> bool:
    """Tell whether the lines can be one header: adjacent, each lower label under one that spans it or is missing."""
    if len(block) < depth or any(
        below.number != above.number + 1 for above, below in zip(block, block[1:], strict=False)
    ):
        return False
    for above, below in zip(block, block[1:], strict=False):
        for index, value in enumerate(below.cells):
            if value in (None, ""):
                continue
            if not isinstance(value, str) or len(value) > LABEL_LENGTH:
                return False
            if above.cell(index) in (None, ""):
                continue
            spans = any(m.top == above.number == m.bottom and m.left == index < m.right for m in merges)
            implied = above.cell(index + 1) in (None, "") and below.cell(index + 1) not in (None, "")
            if not spans and not implied:
                return False
    return any(isinstance(value, str) and value.strip() for value in block[0].cells)


def _labels(block: Sequence[Line], merges: Sequence[Merge]) -> dict[int, list[str]]:
    """Return for each column its labels from top to bottom, an upper label reaching over the columns it spans."""
    width = max(len(line.cells) for line in block)
    labels: dict[int, list[str]] = {}
    spread = [[cells.text(line.cell(index)) for index in range(width)] for line in block]
    for depth, line in enumerate(block[:-1]):
        upper = spread[depth]
        covered = {index for m in merges if m.top <= line.number <= m.bottom for index in range(m.left, m.right + 1)}
        for index in range(1, width):
            if (
                not upper[index]
                and any(row[index] for row in spread[depth + 1 :])
                and (index in covered or not covered)
            ):
                upper[index] = upper[index - 1]
    for index in range(width):
        parts = list(dict.fromkeys(row[index] for row in spread if row[index]))
        if parts:
            labels[index] = parts
    return labels


class Matcher:
    """Matches headers to the fields of a kind: by the clerk's word first, the synonyms next, codes last."""

    def __init__(
        self, sheet: Sheet, kind: Kind, overrides: Mapping[str, str], code_lists: Sequence[CodeList] = ()
    ) -> None:
        self.sheet, self.kind, self.code_lists = sheet, kind, code_lists
        names = [(name, known) for known in kind.fields for name in (*known.synonyms, str(known.title))]
        self.known = {squash(name): known for name, known in names}
        self.spelled = {normalise(name).lower(): known for name, known in names}
        self.overrides = {squash(column): name for column, name in overrides.items()}
        self._samples: dict[int, dict[int, list[Cell]]] = {}

    def columns(self, labels: Mapping[int, list[str]], below: int, *, whole: bool = False) -> list[Column]:
        """Return the columns with their fields; a field is taken once, leftmost, unless it may come in several.

        Of two columns for one field, one that holds nothing below row `below` yields to the other. Labels of which
        none is known are looked into only where the `whole` is wanted.
        """
        toned = any(not part.isascii() for parts in labels.values() for part in parts)
        columns = [self._column(index, parts, toned) for index, parts in labels.items()]
        # What lies below can add a field only by a code list, or by a column that somebody chose by its letter.
        alone = not (self.code_lists or self.overrides)
        if not whole and not (self.score(columns) if alone else any(column.field for column in columns)):
            return columns
        samples = self._sample(below)
        columns += [self._column(index, [], toned) for index in samples.keys() - labels.keys()]
        taken: dict[str, str] = {}
        for place, column in sorted(enumerate(columns), key=lambda pair: self._rank(pair[1], samples)):
            known = column.field
            if known and known.name in taken and not known.several:
                columns[place] = replace(column, field=None)
            elif known:
                taken[known.name] = "words"
        columns.sort(key=lambda column: column.index)
        return [self._look_into(column, samples.get(column.index, []), taken) for column in columns]

    def _rank(self, column: Column, samples: Mapping[int, list[Cell]]) -> tuple[bool, bool, int]:
        """Return which column takes a field first: one that somebody chose, then one with values, then the leftmost."""
        return not self._is_chosen(column), column.index not in samples, column.index

    def _is_chosen(self, column: Column) -> bool:
        parts = column.label.split(" / ")
        return any(squash(name) in self.overrides for name in (column.letter, column.label, parts[-1]) if name)

    def _column(self, index: int, parts: Sequence[str], toned: bool) -> Column:
        return Column(index, " / ".join(part for part in parts if part), self._field(letter(index), parts, toned))

    def score(self, columns: Iterable[Column]) -> int:
        """Return how many different fields were found, 0 if a required one is missing or they are too few."""
        names = {column.field.name for column in columns if column.field}
        required = {known.name for known in self.kind.fields if known.required}
        return len(names) if required <= names and len(names) >= self.kind.minimum else 0

    def _field(self, column: str, parts: Sequence[str], toned: bool) -> Field | None:
        names = [" ".join(parts), parts[-1]] if parts else []
        for name in [column, *names]:
            if chosen := self.overrides.get(squash(name)):
                return None if chosen == IGNORE else self.kind.field(chosen)
        for name in names:
            bare = PARENTHESES.sub(" ", name)
            if found := self.spelled.get(normalise(bare).lower().rstrip(".: ")):
                return found
            # Among labels with tones a single word without them is another word: Nam (male) is not Năm (year).
            if toned and " " not in bare.strip() and bare.isascii():
                continue
            if found := self.known.get(squash(name)) or self.known.get(squash(bare)):
                return found
        return None

    def _look_into(self, column: Column, sample: Sequence[Cell], taken: dict[str, str]) -> Column:
        """Return the column with its first values and, where it is written in codes, with what they mean.

        A column of codes alone is read for a field that has no column of words.
        """
        told = [written for value in sample if (written := cells.text(value))]
        column = replace(column, samples=tuple(told[:SAMPLES]), empty=not told)
        if not told or not self.code_lists:
            return column
        known = column.field
        if known is None and not self._is_chosen(column):
            subject = PARENTHESES.sub(" ", without_code_word(column.label))
            known = self.known.get(squash(subject)) if subject.strip() else None
            if known is None or taken.get(known.name, "") == "words" or (known.name in taken and not known.several):
                return column
        found = find_list(column.label, told, self.code_lists) if known else None
        if found and known:
            taken.setdefault(known.name, "codes")
        return replace(column, field=known, codes=found) if found else column

    def _sample(self, below: int) -> dict[int, list[Cell]]:
        """Return the first values of each column below a row; columns without any are left out."""
        if below not in self._samples:
            sample: dict[int, list[Cell]] = {}
            for line in islice(self.sheet.lines_after(below), SAMPLE_LINES):
                for index, value in enumerate(line.cells):
                    if value not in (None, "") and cells.text(value):
                        sample.setdefault(index, []).append(value)
            self._samples[below] = sample
        return self._samples[below]
