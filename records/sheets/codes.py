"""Code lists beside a list: sheets of codes and what they mean, and which column of the list writes those codes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from records.vietnamese import fold

from .cells import text
from .workbook import Sheet

LINES = 5000
ENOUGH = 0.8
LONGEST_CODE = 24
CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")
CODE_LABEL = re.compile(r"^(?:ma so|ma|code|id)\b\s*")
NUMBER_LABEL = re.compile(r"^(?:stt|tt|so tt|so thu tu|no)\.?$")
NAME_LABEL = re.compile(r"^(?:ten|name|noi dung)\b|^ten(?=[a-z])")
LIST_NAME = re.compile(r"\b(?:danh muc|danhmuc|dm|ma so|codes?|tra cuu)\b")
WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one table and what they mean; `title` is the header of the meanings, else the sheet's name."""

    sheet: str
    title: str
    codes: dict[str, str]

    def covers(self, values: Iterable[str]) -> bool:
        """Tell whether nearly all of the values are codes of the list."""
        told = list(values)
        return bool(told) and sum(value in self.codes for value in told) >= ENOUGH * len(told)


def is_named_as_list(sheet: Sheet) -> bool:
    """Tell whether the sheet calls itself a code list."""
    return LIST_NAME.search(fold(sheet.name).replace("_", " ")) is not None


def find_code_lists(sheet: Sheet) -> list[CodeList]:
    """Return the code lists of a sheet: pairs of neighbouring columns, one of short unique codes, one of names."""
    lines = [[text(value) for value in line.cells] for line in islice(sheet.lines, LINES)]
    width = max((len(line) for line in lines), default=0)
    columns = [[line[i] if i < len(line) else "" for line in lines] for i in range(width)]
    found = []
    index = 0
    while index < width - 1:
        pair = _read_pair(sheet.name, columns[index], columns[index + 1]) or _read_pair(
            sheet.name, columns[index + 1], columns[index]
        )
        if pair:
            found.append(pair)
        index += 2 if pair else 1
    return found


def _read_pair(sheet: str, codes: Sequence[str], names: Sequence[str]) -> CodeList | None:
    rows = [(code, name) for code, name in zip(codes, names, strict=True) if code or name]
    while rows and not all(rows[0]):  # titles above
        rows.pop(0)
    title = ""
    if rows and _is_label(*rows[0], rows[1:]):
        if NUMBER_LABEL.match(fold(rows[0][0])):
            return None
        title = rows.pop(0)[1]
    known = {code: name for code, name in rows if code and name}
    whole = len(known) >= 2 and len(known) >= ENOUGH * len(rows) and len(set(known.values())) >= ENOUGH * len(known)
    if not whole or not all(CODE.match(code) and len(code) <= LONGEST_CODE for code in known):
        return None
    wordy = sum(1 for name in known.values() if " " in name or not name.isascii())
    return CodeList(sheet, title, known) if wordy * 2 >= len(known) else None


def _is_label(code: str, name: str, below: Sequence[tuple[str, str]]) -> bool:
    plain, numbered = fold(code), [row[0] for row in below if row[0]]
    told = CODE_LABEL.match(plain) or NUMBER_LABEL.match(plain) or plain.startswith("ma") and not CODE.match(code)
    if told or NAME_LABEL.match(fold(name)):
        return True
    return bool(numbered) and all(re.search(r"\d", code) for code in numbered) and not re.search(r"\d", code)


def squash(label: str) -> str:
    """Return a header without tones, signs and spaces: clerks break lines in the middle of "tập thể\\ncông tác"."""
    return WORDS.sub("", fold(label))


def without_code_word(label: str) -> str:
    """Return what a header such as "Mã hình thức" or "Mã số đơn vị" says besides that it is a code, else ""."""
    plain = fold(label)
    match = CODE_LABEL.match(plain)
    return plain[match.end() :] if match else ""


def find_list(label: str, values: Sequence[str], lists: Sequence[CodeList]) -> CodeList | None:
    """Return the code list in which a column's values are written: by its title, else the only one that holds them.

    Short codes (01, 02) stand in every list, so there the titles must agree or the header must say that it is a code.
    """
    able = [known for known in lists if known.covers(values)]
    subject = squash(without_code_word(label) or label)
    for known in able:
        title = squash(known.title).removeprefix("ten")
        if title and (title in subject or subject in title):
            return known
    long_codes = bool(values) and min(map(len, values)) > 3
    return able[0] if len(able) == 1 and (long_codes or without_code_word(label)) else None
