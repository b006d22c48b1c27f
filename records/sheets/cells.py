"""The values of cells as people type them: text, dates with their precision, numbers, error cells, dittos."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Literal

from django.utils.translation import gettext as _

from records.vietnamese import fold, normalise

from .guarding import unguard
from .spool import Cell

Precision = Literal["day", "month", "year"]
Order = Literal["", "day", "month"]
DecimalSign = Literal["", ",", "."]

ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
FAILURE = re.compile(r"^(?:#{2,}|Err:\d{3})\Z")
DITTOS = frozenset({'"', "''", "”", "“", "〃", "-nt-", "nt", "- nt -", "như trên", "-như trên-"})
# In every mixture of small letters and capitals, so that a whole column is looked through in one go.
DITTO_FORMS = frozenset(
    "".join(form) for ditto in DITTOS for form in product(*[(sign, sign.upper()) for sign in ditto])
)
# Between the parts of a date: what is meant as a sign, and what slips in beside it.
_SIGN = r"(?:\s*[/.\-\\,]\s*){1,2}"
_BETWEEN = rf"(?:{_SIGN}|\s+)"
NUMBERS = re.compile(rf"^(?:ngay\s+)?(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{4}})$")
TWO_DIGITS = re.compile(rf"^(?:ngay\s+)?(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{2}})$")
USUAL = re.compile(r"^([0-3]?[0-9])[/.-]([01]?[0-9])[/.-]([0-9]{4})\Z")
TOGETHER = re.compile(r"^(\d{1,2})(\d{2})(\d{4})$")
WORDS = re.compile(r"^(?:ngay\s+)?(\d{1,2})\s*,?\s+thang\s+(\d{1,2})\s*,?\s+nam\s+(\d{4})$")
ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$")
CLOCK = re.compile(r"\s+(?:\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?)$")
MONTH = re.compile(rf"^(?:thang\s+)?(\d{{1,2}})(?:{_SIGN}|\s*,?\s+nam\s+)(\d{{4}})$")
YEAR = re.compile(r"^(?:nam\s+)?(\d{4})$")
FIGURES = re.compile(r"^[+-]?\d[\d., ']*$")
FIRST_YEAR, LAST_YEAR = 1800, 2200
SERIAL_ZERO = date(
    1899, 12, 30
)  # day 0 of a spreadsheet, so that its day 60 (29/02/1900, which never was) costs nothing


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year; what is not known is 1."""

    day: date
    precision: Precision


class UnreadableCell(ValueError):
    """The value is not what the column should hold; the text is a sentence for the clerk.

    `code` is "not_a_date", "date_never_was", "date_two_ways", "two_digit_year", "not_a_number" or "number_two_ways".
    `readings` are what the cell may mean: of a day that never was its month and its year, as far as they can be; else
    the two dates or numbers between which somebody must decide.
    """

    def __init__(
        self, sentence: str, code: str = "", readings: tuple[PartialDate, ...] | tuple[Decimal, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.code, self.readings = code, readings


def text(value: Cell) -> str:
    """Return the value as clean text on one line: NFC, 1.0 as "1", dates dd/mm/yyyy, error cells empty."""
    if isinstance(value, str):
        cleaned = normalise(value)
        return "" if cleaned[:1] in "#E" and is_error(cleaned) else cleaned
    if value is None or isinstance(value, bool):
        return {None: "", True: "x", False: ""}[value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.strftime("%d/%m/%Y")
    return str(value)


def clean(value: Cell) -> str:
    """Return a cell as it came from the file as clean text, without the mark that kept it from being run."""
    return text(unguard(value) if isinstance(value, str) else value)


def is_error(written: str) -> bool:
    """Tell whether the text is what a spreadsheet program shows for a value it cannot work out or has no room for."""
    return written.upper() in ERRORS or FAILURE.match(written) is not None


def is_ditto(value: Cell) -> bool:
    """Tell whether the cell says "the same as above"."""
    return isinstance(value, str) and " ".join(value.split()).lower() in DITTOS


# Dates


def read_date(
    value: Cell,
    *,
    month_first: bool = False,
    order: Order = "",
    fallback: Literal["", "month", "year"] = "",
    on: date | None = None,
) -> PartialDate | None:
    """Read a date, day first; None for an empty cell; UnreadableCell for one that never was or could be read two ways.

    `month_first` says that the same column holds dates that only make sense as mm/dd (see `has_month_first`): then a
    date that fits both orders is not guessed, unless somebody has said the `order` of the column. Of a day that never
    was `fallback` takes the month and year, or the year. A year of two digits is taken only where `on`, today, leaves
    no doubt: 98 was 1998 as long as 2098 lies ahead.
    """
    if isinstance(value, (date, datetime)):
        day = value.date() if isinstance(value, datetime) else value
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise _no_date(text(value))
        return PartialDate(day, "day")
    if not month_first and not order and isinstance(value, str) and (found := read_at_a_glance(value)):
        return PartialDate(found, "day")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read_figure(value, fallback)
    written = text(value)
    if not written:
        return None
    plain = CLOCK.sub("", fold(written).strip(" .,;:'`"))
    if match := NUMBERS.match(plain):
        return _read_numbers(match, written, order or ("?" if month_first else ""), fallback)
    match = WORDS.match(plain) or TOGETHER.match(plain)
    if match and FIRST_YEAR <= int(match[3]) <= LAST_YEAR:
        return _make(int(match[3]), int(match[2]), int(match[1]), written, fallback)
    if match := ISO.match(_apart(plain)):
        year, month, day_ = (int(part) for part in match.groups())
        return _make(year, month, day_, written, fallback)
    if match := MONTH.match(plain):
        year, month = int(match[2]), int(match[1])
        if 1 <= month <= 12:
            return PartialDate(_within(date(max(year, 1), month, 1), written), "month")
        return _never_was(year, 0, written, fallback)
    if match := YEAR.match(plain):
        return PartialDate(_within(date(max(int(match[1]), 1), 1, 1), written), "year")
    if len(plain) == 5 and plain.isdecimal():
        return _read_figure(int(plain), fallback)
    if match := TWO_DIGITS.match(plain):
        return _read_two_digits(match, written, on)
    raise _no_date(written)


def read_at_a_glance(written: str) -> date | None:
    """Return the date of the usual dd/mm/yyyy, which most cells are, without a look at what else they could be."""
    match = USUAL.match(written)
    if match is None or not FIRST_YEAR <= (year := int(match[3])) <= LAST_YEAR:
        return None
    try:
        return date(year, int(match[2]), int(match[1]))
    except ValueError:
        return None


def has_month_first(values: Iterable[Cell]) -> bool:
    """Tell whether a column of dates typed as text holds one that can only be mm/dd/yyyy, such as 05/22/2020."""
    for value in values:
        match = NUMBERS.match(fold(value).strip(" .,;")) if isinstance(value, str) else None
        if match and int(match[1]) <= 12 < int(match[2]) <= 31:
            return True
    return False


def _apart(plain: str) -> str:
    """Return eight digits that begin with a year as a date with its signs; any other text as it is."""
    return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if len(plain) == 8 and plain.isdecimal() else plain


def _read_numbers(
    match: re.Match[str], written: str, order: Literal["", "day", "month", "?"], fallback: str
) -> PartialDate:
    first, second, year = (int(part) for part in match.groups())
    both = _exists(year, second, first) and _exists(year, first, second) and first != second
    only_month_first = not _exists(year, second, first) and _exists(year, first, second)
    if order == "month" and (both or only_month_first):
        return _make(year, first, second, written, fallback)
    if order == "?" and both:
        raise UnreadableCell(
            _("“%(text)s” can be read day first or month first; the column holds both. Write the date in full.")
            % {"text": written},
            "date_two_ways",
            (PartialDate(date(year, second, first), "day"), PartialDate(date(year, first, second), "day")),
        )
    if only_month_first and order != "day":
        raise UnreadableCell(
            _("“%(text)s” can only be read month first. Say which order the dates of the column have.")
            % {"text": written},
            "date_two_ways",
            (PartialDate(date(year, first, second), "day"),),
        )
    return _make(year, second, first, written, fallback)


def _read_two_digits(match: re.Match[str], written: str, on: date | None) -> PartialDate:
    day, month, short = (int(part) for part in match.groups())
    readings = tuple(
        PartialDate(date(century + short, month, day), "day")
        for century in (1900, 2000)
        if _exists(century + short, month, day)
    )
    if not readings:
        raise _no_date(written)
    past = [reading for reading in readings if on is not None and reading.day <= on]
    if len(past) == 1:
        return past[0]
    raise UnreadableCell(
        _("“%(text)s”: write the year in four digits.") % {"text": written}, "two_digit_year", readings
    )


def _read_figure(value: float, fallback: str) -> PartialDate:
    if FIRST_YEAR <= value <= LAST_YEAR and value == int(value):
        return PartialDate(date(int(value), 1, 1), "year")
    # 1927 to 2100 as serial days: a date whose cell lost its format.
    if 10_000 <= value <= 73_415:
        return PartialDate(SERIAL_ZERO + timedelta(days=int(value)), "day")
    # 01021996 typed as a number: the nought in front is lost.
    if 1_000_000 <= value <= 99_999_999 and value == int(value):
        found = read_date(str(int(value)), fallback=fallback)  # type: ignore[arg-type]
        if found is not None:
            return found
    raise _no_date(text(value))


def _exists(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _make(year: int, month: int, day: int, written: str, fallback: str) -> PartialDate:
    if _exists(year, month, day):
        return PartialDate(_within(date(year, month, day), written), "day")
    return _never_was(year, month, written, fallback)


def _never_was(year: int, month: int, written: str, fallback: str) -> PartialDate:
    """Return what the fallback leaves of a day that never was, or raise with what could be left."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _no_date(written)
    left = [PartialDate(date(year, 1, 1), "year")]
    if 1 <= month <= 12:
        left.insert(0, PartialDate(date(year, month, 1), "month"))
    for found in left:
        if found.precision == fallback:
            return found
    raise UnreadableCell(_("“%(text)s” is a date that never was.") % {"text": written}, "date_never_was", tuple(left))


def _within(day: date, written: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _no_date(written)
    return day


def _no_date(written: str) -> UnreadableCell:
    return UnreadableCell(_("“%(text)s” is not a date.") % {"text": written}, "not_a_date")


# Numbers


def read_number(value: Cell, *, decimal: DecimalSign = "") -> Decimal | None:
    """Read a number as it is printed: 1.234,5 or 1,234.5 or 1 234,5; None for an empty cell; else UnreadableCell.

    A single dot before three digits divides thousands, as is the custom; a single comma there could mean either, so it
    is asked unless the column's `decimal` sign is known (see `decimal_sign`).
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value != value or value in (float("inf"), float("-inf")):
            raise _no_number(text(value))
        return Decimal(str(value)) if value != int(value) else Decimal(int(value))
    written = text(value)
    if not written:
        return None
    plain = written.translate(_MINUS)
    if not FIGURES.match(plain):
        raise _no_number(written)
    if not decimal and _is_two_ways(plain):
        readings = tuple(_read_plain(plain, sign, written) for sign in ",.")
        raise UnreadableCell(
            _("“%(text)s” can be a number of thousands or one with three decimals.") % {"text": written},
            "number_two_ways",
            readings,
        )
    return _read_plain(plain, decimal or _own_sign(plain) or ",", written)


_MINUS = str.maketrans("−–", "--")
_THOUSANDS: dict[str, re.Pattern[str]] = {
    sign: re.compile(rf"^[+-]?(?:\d+|\d{{1,3}}(?:[ '{'.' if sign == ',' else ','}]\d{{3}})+)(?:\{sign}\d+)?$")
    for sign in ",."
}


def _read_plain(plain: str, decimal: str, written: str) -> Decimal:
    whole = plain.rstrip()
    if not _THOUSANDS[decimal].match(whole):
        raise _no_number(written)
    for sign in " '.,".replace(decimal, ""):
        whole = whole.replace(sign, "")
    return Decimal(whole.replace(",", "."))


def _own_sign(plain: str) -> DecimalSign:
    """Return the sign before the decimals if the number itself leaves no doubt, else ""."""
    last = max(plain.rfind(","), plain.rfind("."))
    if last < 0:
        return ""
    sign, other = (",", ".") if plain[last] == "," else (".", ",")
    if plain.count(sign) > 1:
        return other  # type: ignore[return-value]
    digits = len(plain.rstrip()) - last - 1
    before = plain[:last].lstrip("+-")
    thousands = digits == 3 and 1 <= len(before.split(" ")[-1]) <= 3 and before != "0"
    if other in plain or not thousands or (" " in before):
        return sign  # type: ignore[return-value]
    return ""


def _is_two_ways(plain: str) -> bool:
    return "," in plain and "." not in plain and not _own_sign(plain)


def decimal_sign(values: Iterable[Cell]) -> DecimalSign:
    """Return the decimal sign of a column of numbers typed as text, where one of them leaves no doubt, else ""."""
    for value in values:
        if (
            isinstance(value, str)
            and FIGURES.match(plain := text(value).translate(_MINUS))
            and (sign := _own_sign(plain))
        ):
            return sign
    return ""


def _no_number(written: str) -> UnreadableCell:
    return UnreadableCell(_("“%(text)s” is not a number.") % {"text": written}, "not_a_number")
