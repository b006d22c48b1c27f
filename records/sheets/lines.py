"""What the lines below a header are: rows of the list, group headings, totals, closing lines, signatures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from django.utils.translation import gettext as _

from records.vietnamese import fold

from . import cells
from .planning import Kind, Row
from .reading import Cell, Line, Merge

ORDINAL = "ordinal"
HEADING_LENGTH = 200
NUMERAL = re.compile(r"^\(?\d{1,6}(?:\.\d{1,4})*[.)]*$")
ROMAN = re.compile(r"^[IVX]{1,7}[.)/:]*$")
LETTER = re.compile(r"^[A-Za-zĐđ][.)/:]*$")
MARKED = re.compile(r"^([IVX]{1,7}|[A-ZĐ])\s*[.)/:]\s*(?=\S)")
COUNT = re.compile(r"\s*[(\[:]\s*\d+[^()\[\]]*[)\]]?\s*$")
# "Tổng công ty" and "cộng đồng dân cư" are recipients; a total says a number, or nothing, or what it counts.
TOTAL = re.compile(
    r"^(?:tong cong|tong so|tong|cong)(?:\s*[:(\d=.-].*|\s*|\s+(?:co|la|gom|chung|so|danh sach|ca nhan|tap the)\b.*)$"
)
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


@dataclass(slots=True)
class Sorter:
    """Sorts the lines of one table, top to bottom; `rows` and `skipped` grow with each `take`."""

    kind: Kind
    sheet: str
    columns: Mapping[str, list[int]]
    labels: Mapping[int, str]
    merges: list[Merge]
    rows: list[Row] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    closed: bool = False
    headings: list[tuple[Style, str]] = field(default_factory=list)
    above: dict[int, Cell] = field(default_factory=dict)
    wide: set[int] = field(default_factory=set)
    group_names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.group_names = {fold(name) for name in self.kind.groups}
        self.wide = {merge.top for merge in self.merges if merge.right > merge.left and merge.top == merge.bottom}

    def take(self, line: Line) -> None:
        """Sort one line: keep it as a row, as a heading for the rows below, or among the skipped with the reason."""
        found = {index: written for index, value in enumerate(line.cells) if (written := cells.text(value))}
        mapped = {index: written for index, written in found.items() if self._is_mapped(index)}
        if not found:
            return
        ordinal = self._ordinal(mapped)
        texts = [written for index, written in mapped.items() if index != ordinal]
        reason = self._why_not(line, found, mapped, texts, mapped.get(ordinal, "") if ordinal is not None else "")
        if reason:
            self.skipped.append(Skipped(line.number, " ".join(found.values())[:100], reason))
        else:
            self._keep(line)

    def _why_not(
        self, line: Line, found: dict[int, str], mapped: dict[int, str], texts: list[str], ordinal: str
    ) -> str:
        counted = bool(NUMERAL.match(ordinal))
        head = texts[0] if texts else next(iter(found.values()))
        plain = fold(head)
        if self._is_header_again(found):
            return _("The header is repeated.")
        if not self.rows and self._is_column_numbers(found):
            return _("Numbers of the columns.")
        if not counted and TOTAL.match(plain):
            return _("A line of totals.")
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

    def _is_mapped(self, index: int) -> bool:
        return any(index in columns for columns in self.columns.values())

    def _ordinal(self, mapped: dict[int, str]) -> int | None:
        """Return the column of the running number if this line's cell there is one; a merged title may stand there."""
        for index in self.columns.get(ORDINAL, ()):
            written = mapped.get(index, "")
            if NUMERAL.match(written) or ROMAN.match(written) or LETTER.match(written):
                return index
        return None

    def _has_required(self, mapped: dict[int, str]) -> bool:
        required = [known.name for known in self.kind.fields if known.required]
        return all(any(index in mapped for index in self.columns.get(name, ())) for name in required)

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
        self.closed = False

    def _keep(self, line: Line) -> None:
        values: dict[str, Cell] = {}
        for name, indexes in self.columns.items():
            told: list[Cell] = []
            for index in indexes:
                value = line.cell(index)
                value = self.above.get(index) if cells.is_ditto(value) else value
                self.above[index] = value
                value = cells.text(value) if isinstance(value, str) else value
                if value not in (None, "") and value not in told:
                    told.append(value)
            if told:
                values[name] = told[0] if len(told) == 1 else "; ".join(cells.text(value) for value in told)
        self.rows.append(Row(self.sheet, line.number, values, tuple(label for _style, label in self.headings)))
