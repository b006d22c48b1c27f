"""Finding the list in a sheet: the header under its titles, which column is which field, which sheets are no lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from records.vietnamese import fold

from . import cells
from .lines import Skipped, Sorter
from .planning import Field, Kind, Row
from .reading import Line, Merge, Sheet, UnreadableSheet, Workbook

HEADER_LINES = 60
HEADER_DEPTH = 3
IGNORE = "-"
GUIDANCE = re.compile(r"\b(?:huong dan|mau|vi du|example|sample|template|guide|readme|danh muc|danhmuc)\b")
WORDS = re.compile(r"[^a-z0-9]+")
PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its letter, its header as read, and the field it was matched to, if any."""

    index: int
    label: str
    field: Field | None

    @property
    def letter(self) -> str:
        """Return the column's letter as a spreadsheet program shows it."""
        return letter(self.index)


@dataclass(slots=True)
class Layout:
    """How a sheet was understood: header rows (0 where there is none), columns, titles above, rows, skipped lines."""

    sheet: Sheet
    header_top: int
    header_bottom: int
    columns: list[Column]
    titles: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def matched(self) -> list[Column]:
        """Return the columns that are read."""
        return [column for column in self.columns if column.field]

    @property
    def ignored(self) -> list[Column]:
        """Return the columns that have a header nobody knows, or one the clerk set aside."""
        return [column for column in self.columns if not column.field and column.label]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A sheet that was not read as a list, and why."""

    sheet: str
    reason: str


@dataclass(slots=True)
class Choice:
    """The sheets of a workbook that are lists of the kind, those passed over, and notes about the text."""

    layouts: list[Layout]
    passed_over: list[PassedOver]
    notes: list[str] = field(default_factory=list)


def choose(
    workbook: Workbook, kind: Kind, *, only: str | None = None, overrides: Mapping[str, str] | None = None
) -> Choice:
    """Recognise every sheet that is a list of the kind; `only` names one sheet and takes it even if hidden or a guide.

    Raises UnreadableSheet where the named sheet does not exist, is no such list, or where no sheet is.
    """
    names = [sheet.name for sheet in workbook.sheets]
    if only is not None and only not in names:
        raise UnreadableSheet(
            _("There is no sheet “%(name)s” in the file; its sheets are: %(names)s.")
            % {"name": only, "names": ", ".join(names)}
        )
    choice = Choice([], [])
    for sheet in workbook.sheets:
        if only is not None and sheet.name != only:
            continue
        reason = "" if only is not None else _why_pass_over(sheet)
        layout = None
        if not reason:
            note = cells.convert_legacy(sheet)
            layout = recognise(sheet, kind, overrides=overrides)
            reason = _why_no_list(sheet, layout, kind)
            if note and not reason:
                choice.notes.append(f"{sheet.name}: {note}")
        if reason or layout is None:
            choice.passed_over.append(PassedOver(sheet.name, reason))
        else:
            choice.layouts.append(layout)
    if not choice.layouts:
        raise UnreadableSheet(_explain_none(choice, kind))
    return choice


def _explain_none(choice: Choice, kind: Kind) -> str:
    told = "; ".join(f"“{passed.sheet}”: {passed.reason.rstrip('.')}" for passed in choice.passed_over[:5])
    return _("No sheet of the file is read as a list of the kind “%(kind)s”. %(told)s.") % {
        "kind": kind.title,
        "told": told,
    }


def _why_pass_over(sheet: Sheet) -> str:
    if not sheet.visible:
        return _("The sheet is hidden.")
    if GUIDANCE.search(fold(sheet.name)):
        return _("By its name, the sheet is a guide or a form, not a list.")
    return ""


def _why_no_list(sheet: Sheet, layout: Layout | None, kind: Kind) -> str:
    if not sheet.lines:
        return _("The sheet is empty.")
    if layout is None:
        required = ", ".join(f"“{known.title}”" for known in kind.fields if known.required)
        return _("No header row with a column %(required)s was found.") % {"required": required}
    if not layout.rows:
        return _("There is no row below the header.")
    return ""


def recognise(sheet: Sheet, kind: Kind, *, overrides: Mapping[str, str] | None = None) -> Layout | None:
    """Find the header and sort the lines below it; None where the sheet is no list of this kind.

    `overrides` maps a column, by its letter or its header, to a field's name, or to "-" to set it aside.
    """
    matcher = _Matcher(kind, overrides or {})
    if found := _find_header(sheet, matcher):
        return _lay_out(sheet, kind, *found)
    # Columns named by letter need no header: a plain export without one.
    columns = matcher.columns({index: "" for index in range(max((len(line.cells) for line in sheet.lines), default=0))})
    return _lay_out(sheet, kind, columns, 0, 0) if matcher.score(columns) else None


def _find_header(sheet: Sheet, matcher: "_Matcher") -> tuple[list[Column], int, int] | None:
    """Return the columns, the first line and the depth of the header that names the most fields, or None."""
    best: tuple[int, int, int, int] = (0, 0, 0, 0)
    found = None
    for start in range(min(HEADER_LINES, len(sheet.lines))):
        for depth in range(1, HEADER_DEPTH + 1):
            block = sheet.lines[start : start + depth]
            if not _is_header_block(block, depth, sheet.merges):
                break
            columns = matcher.columns(_labels(block, sheet.merges))
            score = matcher.score(columns)
            # A title just above is no part of the header: of equals, the one that ends first and starts last.
            rank = (score, -(start + depth), start, depth)
            deeper = found is not None and (score, start, depth) == (best[0], best[2], best[3] + 1)
            if score and (rank > best or deeper):
                best, found = rank, (columns, start, depth)
    return found


def _lay_out(sheet: Sheet, kind: Kind, columns: list[Column], start: int, depth: int) -> Layout:
    above, header, below = sheet.lines[:start], sheet.lines[start : start + depth], sheet.lines[start + depth :]
    layout = Layout(sheet, header[0].number if header else 0, header[-1].number if header else 0, columns)
    layout.titles = [written for line in above for value in line.cells if (written := cells.text(value))]
    by_field: dict[str, list[int]] = {}
    for column in layout.matched:
        if column.field:
            by_field.setdefault(column.field.name, []).append(column.index)
    _fill_down(below, sheet.merges, {column.index for column in layout.matched})
    labels = {column.index: cells.text(header[0].cell(column.index)) for column in columns} if header else {}
    sorter = Sorter(
        kind, sheet.name, by_field, {index: label for index, label in labels.items() if label}, sheet.merges
    )
    for line in below:
        sorter.take(line)
    layout.rows, layout.skipped = sorter.rows, sorter.skipped
    return layout


def _fill_down(lines: Iterable[Line], merges: list[Merge], columns: set[int]) -> None:
    """Give every row of a vertically merged cell its value; a merge that runs across columns is a heading and stays."""
    tall = [
        merge for merge in merges if merge.bottom > merge.top and merge.left == merge.right and merge.left in columns
    ]
    if not tall:
        return
    by_number = {line.number: line for line in lines}
    for merge in tall:
        value = by_number[merge.top].cell(merge.left) if merge.top in by_number else None
        if value is None:
            continue
        for number in range(merge.top + 1, merge.bottom + 1):
            line = by_number.get(number)
            if line is not None:
                line.cells.extend([None] * (merge.left + 1 - len(line.cells)))
                line.cells[merge.left] = value


def _is_header_block(block: list[Line], depth: int, merges: list[Merge]) -> bool:
    """Tell whether the lines can be one header: adjacent, each lower label under one that spans it or is missing."""
    if len(block) < depth or any(
        below.number != above.number + 1 for above, below in zip(block, block[1:], strict=False)
    ):
        return False
    for above, below in zip(block, block[1:], strict=False):
        for index, value in enumerate(below.cells):
            if value in (None, ""):
                continue
            if not isinstance(value, str) or len(value) > 200:
                return False
            if above.cell(index) in (None, ""):
                continue
            spans = any(m.top == above.number == m.bottom and m.left == index < m.right for m in merges)
            implied = above.cell(index + 1) in (None, "") and below.cell(index + 1) not in (None, "")
            if not spans and not implied:
                return False
    return any(isinstance(value, str) and value.strip() for value in block[0].cells)


def _labels(block: list[Line], merges: list[Merge]) -> dict[int, list[str] | str]:
    """Return for each column its labels from top to bottom, an upper label reaching over the columns it spans."""
    width = max(len(line.cells) for line in block)
    labels: dict[int, list[str] | str] = {}
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


def letter(index: int) -> str:
    """Return the letter of a column counted from 0: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Matcher:
    """Matches headers to the fields of a kind, by the clerk's word first and the synonyms next."""

    def __init__(self, kind: Kind, overrides: Mapping[str, str]) -> None:
        self.kind = kind
        self.known = {_squash(name): known for known in kind.fields for name in (*known.synonyms, str(known.title))}
        self.overrides = {_squash(column): name for column, name in overrides.items()}

    def columns(self, labels: Mapping[int, list[str] | str]) -> list[Column]:
        """Return the columns with their fields; a field is taken once, leftmost, unless it may come in several."""
        taken: set[str] = set()
        columns = []
        for index, parts in labels.items():
            parts = [parts] if isinstance(parts, str) else parts
            label = " / ".join(part for part in parts if part)
            found = self._field(letter(index), parts)
            if found and found.name in taken and not found.several:
                found = None
            if found:
                taken.add(found.name)
            columns.append(Column(index, label, found))
        return columns

    def score(self, columns: list[Column]) -> int:
        """Return how many different fields were found, 0 if a required one is missing or they are too few."""
        names = {column.field.name for column in columns if column.field}
        required = {known.name for known in self.kind.fields if known.required}
        return len(names) if required <= names and len(names) >= self.kind.minimum else 0

    def _field(self, column: str, parts: list[str]) -> Field | None:
        names = [" ".join(parts), parts[-1]] if parts else []
        for name in [column, *names]:
            if chosen := self.overrides.get(_squash(name)):
                return None if chosen == IGNORE else self.kind.field(chosen)
        for name in names:
            found = self.known.get(_squash(name)) or self.known.get(_squash(PARENTHESES.sub(" ", name)))
            if found:
                return found
        return None


def _squash(text: str) -> str:
    """Return a header without tones, signs and spaces: clerks break lines in the middle of "tập thể\\ncông tác"."""
    return WORDS.sub("", fold(text))
