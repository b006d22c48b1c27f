"""What the lines below a header are: rows of the list, group headings, totals, closing lines, signatures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache

from django.utils.translation import gettext as _

from records.vietnamese import fold

from . import cells
from .planning import Kind
from .rows import Row
from .spool import Block, Cell
from .workbook import Line, Merge

ORDINAL = "ordinal"
HEADING_LENGTH = 200
SKIPPED = 10_000
NUMERAL = re.compile(r"^\(?\d{1,6}(?:\.\d{1,4})*[.)]*$")
ROMAN = re.compile(r"^[IVX]{1,7}[.)/:]*$")
LETTER = re.compile(r"^[A-Za-zĐđ][.)/:]*$")
MARKED = re.compile(r"^([IVX]{1,7}|[A-ZĐ])\s*[.)/:]\s*(?=\S)")
COUNT = re.compile(r"\s*[(\[:]\s*\d+[^()\[\]]*[)\]]?\s*$")
# "Tổng công ty" and "cộng đồng dân cư" are recipients; a total says a number, or nothing, or what it counts.
TOTAL = re.compile(
    r"^(?:tong cong|tong so|tong|cong)(?:\s*[:(\d=.-].*|\s*|\s+(?:co|la|gom|chung|so|danh sach|ca nhan|tap the)\b.*)$"
)
TOTAL_STARTS = frozenset({"tong", "cong"})
MOTTO = re.compile(r"^(?:cong hoa xa hoi chu nghia viet nam|doc lap\W+tu do\W+hanh phuc|dang cong san viet nam)\W*$")
CLOSING = re.compile(
    r"^(?:an dinh|(?:tong so )?danh sach (?:nay )?(?:co|gom|an dinh|tren)|\(?danh sach (?:co|gom)|het\b)"
)
SIGNATURE = re.compile(
    r"^(?:tm\.|kt\.|tl\.|tuq\.|t/m|noi nhan|nguoi lap|nguoi ky|\(?ky(?:,| ten| ghi| va | thay)|"
    r"thu truong (?:don vi|co quan)|xac nhan cua|"
    r"[^\d]{0,40},?\s*ngay\s[\s.…\d]*thang\s[\s.…\d]*nam\b)"
)


class Style(Enum):
    """How a group heading is numbered; a heading ends the groups of its own and of later-met styles."""

    LETTER = auto()
    ROMAN = auto()
    NUMBER = auto()
    PLAIN = auto()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is no row of the list, the first thing it says, and why it was passed over."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column that is read: where it is, for which field, its header, and what its codes mean."""

    index: int
    name: str
    label: str
    codes: Mapping[str, str] = field(default_factory=dict)


@lru_cache(2048)
def _initial(sign: str) -> str:
    return fold(sign)[:1]


class FillDown:
    """Gives every row of a vertically merged cell its value; one that runs across columns is a heading and stays."""

    def __init__(self, merges: Sequence[Merge], columns: set[int], below: int) -> None:
        tall = [m for m in merges if m.bottom > m.top > below and m.left == m.right and m.left in columns]
        self.waiting = sorted(tall, key=lambda merge: -merge.top)
        self.open: dict[int, tuple[int, Cell]] = {}

    def fill(self, numbers: Sequence[int], columns: dict[int, list[Cell]]) -> None:
        """Fill the columns, by their index, of the next rows; columns that are changed are copied first."""
        if not self.open and not (self.waiting and self.waiting[-1].top <= numbers[-1]):
            return
        columns.update({index: list(values) for index, values in columns.items()})
        for place, number in enumerate(numbers):
            while self.waiting and self.waiting[-1].top <= number:
                merge = self.waiting.pop()
                value = columns[merge.left][place]
                if merge.top == number and value is not None:
                    self.open[merge.left] = (merge.bottom, value)
            for index, (bottom, value) in list(self.open.items()):
                if number > bottom:
                    del self.open[index]
                else:
                    columns[index][place] = value


class Sorter:
    """Sorts the lines of one table, top to bottom, into rows and `skipped`; `lines` counts them, `last` is the last."""

    def __init__(
        self, kind: Kind, sheet: str, columns: Sequence[Mapped], labels: Mapping[int, str], merges: Sequence[Merge],
        below: int = -1,
    ) -> None:  # fmt: skip
        self.kind, self.sheet, self.columns, self.labels = kind, sheet, list(columns), dict(labels)
        self.skipped: list[Skipped] = []
        self.passed_over = self.kept = self.lines = self.last = 0
        self.closed = False
        self.headings: list[tuple[Style, str]] = []
        self.groups: tuple[str, ...] = ()
        self.above: dict[int, Cell] = {}
        self.group_names = {fold(name) for name in kind.groups}
        self.wide = {merge.top for merge in merges if merge.right > merge.left and merge.top == merge.bottom}
        self.mapped = {column.index: column for column in self.columns}
        self.below = below
        self.filling = FillDown(merges, set(self.mapped), below)
        self.by_name: dict[str, list[Mapped]] = {}
        for column in self.columns:
            self.by_name.setdefault(column.name, []).append(column)
        self.required = [known.name for known in kind.fields if known.required]
        self.source = {name: found[0].label for name, found in self.by_name.items() if len(found) == 1}
        self.codes = {column.index: column.codes for column in self.columns if column.codes}
        self._plan_fast_way()

    def _plan_fast_way(self) -> None:
        """Note the places that tell an ordinary row at a glance; see `_is_plain`."""
        self.names = [column.name for column in self.columns]
        self.ordinal_at = self.names.index(ORDINAL) if ORDINAL in self.names else -1
        self.required_at = [self.names.index(name) for name in self.required if name in self.names]
        self.label_starts = {_initial(label[0]) for label in self.labels.values() if label}
        self.shared = [
            (name, [(self.columns.index(column), column.label) for column in found])
            for name, found in self.by_name.items()
            if len(found) > 1
        ]
        self.plain_row: Sequence[Cell] | None = None

    # Rows by the hundreds

    def sort(self, block: Block) -> Iterator[Row]:
        """Yield the rows of a block that lies below those sorted so far."""
        read = {column.index: self._read_column(block, column.index) for column in self.columns}
        self.filling.fill(block.numbers, read)
        dittos = any(
            not cells.DITTO_FORMS.isdisjoint(values) for index, values in read.items() if not block.is_void(index)
        )
        whole: list[tuple[Cell, ...]] = []
        picked = list(zip(*read.values(), strict=True)) or [()] * len(block.numbers)
        for place, (number, row) in enumerate(zip(block.numbers, picked, strict=True)):
            if number <= self.below:
                continue
            self.lines += 1
            self.last = number
            if not dittos and self._is_plain(row):
                yield self._keep_plain(number, row)
                continue
            whole = whole or self._whole_rows(block, read)
            if found := self.take(Line(number, list(whole[place]))):
                yield found

    def _read_column(self, block: Block, index: int) -> list[Cell]:
        values = block.clean_column(index, cells.clean)
        if codes := self.codes.get(index):
            values = [value if value is None else codes.get(cells.text(value), value) for value in values]
        return values

    def _whole_rows(self, block: Block, read: Mapping[int, list[Cell]]) -> list[tuple[Cell, ...]]:
        width = max([block.width, *(index + 1 for index in read)])
        every = [read[i] if i in read else block.clean_column(i, cells.clean) for i in range(width)]
        return list(zip(*every, strict=True))

    def _is_plain(self, row: Sequence[Cell]) -> bool:
        """Tell whether nothing but a row of the list looks like this; the rest goes through `take`."""
        if not self.kept:
            return False
        for place in self.required_at:
            if type(row[place]) is not str:
                return False
        filled = len(row) - row.count(None)
        ordinal = row[self.ordinal_at] if self.ordinal_at >= 0 else None
        if ordinal is not None:
            if type(ordinal) is str:
                return filled > 2 and len(ordinal) < 7 and ordinal.isdecimal()
            return filled > 2 and type(ordinal) in (float, int) and 0 <= ordinal < 1e6 and ordinal == int(ordinal)  # type: ignore[operator,arg-type]
        if filled < 4 or self.closed:
            return False
        head = next(value for value in row if value is not None)
        if type(head) is not str:
            return False
        first = _initial(head[0])
        return first not in self.label_starts and (first not in "tc" or fold(head[:4]) not in TOTAL_STARTS)

    def _keep_plain(self, number: int, row: Sequence[Cell]) -> Row:
        self.kept += 1
        self.closed = False
        self.plain_row = row
        told = zip(self.names, row, strict=True)
        values: dict[str, Cell] = {n: value for n, value in told if value is not None} if None in row else dict(told)
        if not self.shared:
            return Row(self.sheet, number, values, self.groups, self.source)
        source = dict(self.source)
        for name, places in self.shared:
            told: dict[Cell, str] = {}
            for place, label in places:
                if row[place] is not None:
                    told.setdefault(row[place], label)
            if told:
                _tell(name, told, values, source)
        return Row(self.sheet, number, values, self.groups, source)

    # Rows one by one

    def take(self, line: Line) -> Row | None:
        """Sort one line of clean values: return it as a row, or keep it as a heading or among the skipped."""
        found = {index: written for index, value in enumerate(line.cells) if (written := cells.text(value))}
        mapped = {index: written for index, written in found.items() if index in self.mapped}
        if not found:
            return None
        if self.plain_row is not None:
            self.above, self.plain_row = dict(zip(self.mapped, self.plain_row, strict=True)), None
        ordinal = self._ordinal(mapped)
        texts = [written for index, written in mapped.items() if index != ordinal]
        reason = self._why_not(line, found, mapped, texts, mapped.get(ordinal, "") if ordinal is not None else "")
        if not reason:
            return self._keep(line)
        self.passed_over += 1
        if len(self.skipped) < SKIPPED:
            self.skipped.append(Skipped(line.number, " ".join(found.values())[:100], reason))
        return None

    def _why_not(
        self, line: Line, found: dict[int, str], mapped: dict[int, str], texts: list[str], ordinal: str
    ) -> str:
        counted = bool(NUMERAL.match(ordinal))
        head = texts[0] if texts else next(iter(found.values()))
        plain = fold(head)
        if self._is_header_again(found):
            return _("The header is repeated.")
        if not self.kept and self._is_column_numbers(found):
            return _("Numbers of the columns.")
        if not counted and TOTAL.match(plain):
            return _("A line of totals.")
        if not counted and len(found) <= 2 and any(MOTTO.match(fold(written)) for written in found.values()):
            return _("The motto at the head of a page.")
        if not counted and len(texts) <= 1 and CLOSING.match(plain):
            self.closed = True
            return _("The closing line of the list.")
        if not counted and len(found) <= 3 and any(SIGNATURE.match(fold(written)) for written in found.values()):
            self.closed = True
            return _("A signature.")
        if not texts:
            return _("Only a running number.") if mapped else _("Nothing in the columns that are read.")
        if len(texts) == 1 and (heading := self._heading(line, head, ordinal)):
            self._enter(heading)
            return _("A group heading.")
        if self.closed and not counted:
            return _("After the end of the list.")
        if len(texts) == 1 and not counted and not self._has_required(mapped):
            return _("A line of text outside the columns of the list.")
        self.closed = False
        return ""

    def _ordinal(self, mapped: dict[int, str]) -> int | None:
        """Return the column of the running number if this line's cell there is one; a merged title may stand there."""
        for column in self.by_name.get(ORDINAL, ()):
            written = mapped.get(column.index, "")
            if NUMERAL.match(written) or ROMAN.match(written) or LETTER.match(written):
                return column.index
        return None

    def _has_required(self, mapped: dict[int, str]) -> bool:
        return all(any(column.index in mapped for column in self.by_name.get(name, ())) for name in self.required)

    def _is_header_again(self, found: dict[int, str]) -> bool:
        same = [fold(found[index]) == fold(label) for index, label in self.labels.items() if index in found]
        return len(same) >= 2 and all(same) and len(same) >= len(found) - 1

    def _is_column_numbers(self, found: dict[int, str]) -> bool:
        values = [written.strip("() ") for written in found.values()]
        numbers = [int(value) for value in values if value.isdecimal() and len(value) < 3]
        letters = [value for value in values if len(value) == 1 and value.isalpha()]
        return len(numbers) >= 3 and len(numbers) + len(letters) == len(values) and numbers == sorted(set(numbers))

    def _heading(self, line: Line, head: str, ordinal: str) -> tuple[Style, str] | None:
        if len(head) > HEADING_LENGTH:
            return None
        marked = MARKED.match(head)
        label = COUNT.sub("", head[marked.end() :] if marked else head).strip(" .:-–")
        if NUMERAL.match(ordinal):
            return (Style.NUMBER, label) if line.number in self.wide and fold(label) in self.group_names else None
        mark = ordinal or (marked.group(1) if marked else "")
        if mark:
            return (Style.ROMAN if ROMAN.match(mark) else Style.LETTER), label
        if fold(label) in self.group_names or line.number in self.wide:
            return Style.PLAIN, label
        return None

    def _enter(self, heading: tuple[Style, str]) -> None:
        styles = [style for style, _label in self.headings]
        if heading[0] in styles:
            del self.headings[styles.index(heading[0]) :]
        self.headings.append(heading)
        self.groups = tuple(label for _style, label in self.headings)
        self.closed = False

    def _keep(self, line: Line) -> Row:
        self.kept += 1
        values: dict[str, Cell] = {}
        source = dict(self.source)
        for name, columns in self.by_name.items():
            told: dict[Cell, str] = {}
            for column in columns:
                value = line.cell(column.index)
                value = self.above.get(column.index) if cells.is_ditto(value) else value
                self.above[column.index] = value
                if value not in (None, ""):
                    told.setdefault(value, column.label)
            if told:
                _tell(name, told, values, source)
        return Row(self.sheet, line.number, values, self.groups, source)


def _tell(name: str, told: Mapping[Cell, str], values: dict[str, Cell], source: dict[str, str]) -> None:
    """Note the value of a field and the header it stood under; of several different ones all, one after the other."""
    values[name] = next(iter(told)) if len(told) == 1 else "; ".join(map(cells.text, told))
    source[name] = "; ".join(told.values())
