"""What is typed into a cell of a grid, read as a Vietnamese clerk means it, and how a row is told to have changed."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256

# A cell holds nothing, a tick (chosen, no quantity said) or a number. Text, since True equals Decimal(1).
NOTHING, TICK = "", "x"
Value = str | Decimal

TICKS = {"x", "v", "✓", "✔", "☑", "có", "co"}
# Spreadsheets write a dash where there is nothing.
BLANKS = {"", "-", "–", "—"}
LIMIT = Decimal(10**10)
SPACES = re.compile("[\u00a0\u2009\u202f ]+")


class Unreadable(ValueError):
    """A cell that is no quantity; `code` says why: number, two_ways, precise, negative, large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_cell(text: str, decimal: str = ",") -> Value:
    """Return NOTHING, TICK or the number in a cell; raises Unreadable.

    `decimal` is the reader's decimal sign; the other of comma and point groups thousands (1.200), and is taken for a
    decimal sign where it cannot group (0.5). What could be read both ways (1,200) is refused, never guessed.
    """
    plain = SPACES.sub(" ", text).strip()
    if plain in BLANKS:
        return NOTHING
    if plain.casefold() in TICKS:
        return TICK
    if plain[0] in "-−" and plain[1:2].isdecimal():
        raise Unreadable("negative")
    number = _number(plain, decimal)
    if number >= LIMIT:
        raise Unreadable("large")
    return number


def _number(plain: str, decimal: str) -> Decimal:
    group = "." if decimal == "," else ","
    own, other = re.escape(decimal), re.escape(group)
    if re.fullmatch(rf"[0-9]+|[1-9][0-9]{{0,2}}(?:{other}[0-9]{{3}})+|[1-9][0-9]{{0,2}}(?: [0-9]{{3}})+", plain):
        return Decimal(re.sub(r"[^0-9]", "", plain))
    if match := re.fullmatch(rf"([0-9]+|[1-9][0-9]{{0,2}}(?:[{other} ][0-9]{{3}})+){own}([0-9]+)", plain):
        whole, part = re.sub(r"[^0-9]", "", match[1]), match[2]
    elif match := re.fullmatch(rf"([0-9]+){other}([0-9]+)", plain):
        whole, part = match[1], match[2]
    else:
        raise Unreadable("number")
    if re.fullmatch(rf"[1-9][0-9]{{0,2}}{own}[0-9]{{3}}", plain):
        raise Unreadable("two_ways")
    if len(part.rstrip("0")) > 2:
        raise Unreadable("precise")
    return Decimal(f"{whole}.{part.rstrip('0') or '0'}")


def canonical(value: Value | None) -> str:
    """Return one text for equal values: 10, 10.0 and 10.00 are the same; None is a tick without quantity."""
    if value is None:
        return TICK
    if isinstance(value, str):
        return value
    return format(value.normalize(), "f")


def version_of(cells: Mapping[str, Value], *state: str) -> str:
    """Return the mark of a row's state: one part for what its cells say, one for the rest of it."""
    return f"{_mark(_filled(cells))}.{_mark(list(state))}"


def is_untouched(version: str, cells: Mapping[str, Value]) -> bool:
    """Tell whether cells say what they said when the page with this version was opened."""
    return version.partition(".")[0] == _mark(_filled(cells))


def _filled(cells: Mapping[str, Value]) -> list[tuple[str, str]]:
    return sorted((key, canonical(value)) for key, value in cells.items() if value != NOTHING)


def _mark(content: list) -> str:
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:10]
