"""The cells of a row as values of its fields, mended as the clerk said; what cannot be read becomes a finding."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.vietnamese import fold

from .cells import DecimalSign, Order, UnreadableCell, read_at_a_glance, read_date, read_number, text
from .planning import Context, Field, Finding, Kind, Row, Type
from .spool import Cell

# What a cell says to have the register forget what it holds: an empty one says nothing.
ERASE = frozenset({"(trong)", "(xoa)", "(bo)", "(empty)", "(none)"})
ERASED = "\x7ferased"
EMPTY, MONTH, YEAR, DAY_FIRST, MONTH_FIRST = "empty", "month", "year", "day_first", "month_first"
POINT, COMMA = "point", "comma"
# So many different texts of a column are remembered.
MET = 50_000
# How a mend reads one text as another.
AS = "as:"


class Reader:
    """Reads the fields of a kind out of rows; a value is None where the row does not say it, ERASED where it says so.

    A date is (ISO text, precision), a number its decimal text, a year an int: what JSON can carry.
    """

    def __init__(self, kind: Kind, context: Context) -> None:
        self.fields = {known.name: known for known in kind.fields}
        self.context = context
        self.month_first: set[str] = set()
        self.signs: dict[str, DecimalSign] = {}
        self.words = {
            known.name: {fold(word): value for word, value in known.words.items()}
            for known in kind.fields
            if known.words
        }
        # Few different texts fill a column: days, genders, standings are read once.
        self.met: dict[str, dict[Cell, Any]] = {}
        self.said: list[str] = []
        self.told: list[tuple[str, dict[Cell, Any] | None, int]] = []
        self.by_type = {
            Type.TEXT: self._text,
            Type.DATE: self._date,
            Type.NUMBER: self._number,
            Type.CHOICE: self._choice,
            Type.YEAR: self._year,
        }

    def begin(self, layout: Any) -> None:
        """Turn to a sheet: some of its columns of dates may be written month first."""
        columns = {column.field.name: column.field.type for column in layout.matched}
        self.month_first = {name for name, held in columns.items() if held == Type.DATE and layout.is_month_first(name)}
        self.signs = {name: layout.decimal_sign(name) for name, held in columns.items() if held == Type.NUMBER}
        self.met = {known.name: {} for known in self.fields.values() if known.type != Type.TEXT}
        said = columns.keys() | {name for name, value in self.context.settings.items() if value and name in self.fields}
        self.said = [name for name in self.fields if name in said]
        # Whether a text may be taken as it stands is told by its length and its first sign.
        self.told = [(name, self.met.get(name), self.fields[name].longest or MET) for name in self.said]

    def rows(self, rows: Sequence[Row], findings: Sequence[list[Finding]]) -> list[dict[str, Any]]:
        """Return for each row the values of all fields that it says; adds to its own `findings` as `value` does.

        It goes column by column: what was met before, and texts as they stand, cost a row next to nothing so.
        """
        columns: dict[str, list[Any]] = {}
        all_told = [row.values for row in rows]
        for name, met, longest in self.told:
            for_all = self.context.settings.get(name)
            cells = [told.get(name) for told in all_told]
            values: list[Any] = list(map(met.get, cells)) if met is not None else _as_they_stand(cells, longest)
            if None in values:
                for place, cell in enumerate(cells):
                    if values[place] is None and (for_all or cell is not None):
                        values[place] = self.value(rows[place], name, findings[place])
            columns[name] = values
        names = list(columns)
        return [
            {name: value for name, value in zip(names, said, strict=True) if value is not None}
            if None in said
            else dict(zip(names, said, strict=True))
            for said in zip(*columns.values(), strict=True)
        ]

    def value(self, row: Row, name: str, findings: list[Finding]) -> Any:
        """Return the value of a field; adds to `findings` why it cannot be read, where it cannot."""
        cell = row.values.get(name)
        if cell is None or cell == "":
            cell = self.context.settings.get(name, "")
            if not cell:
                return None
        met = self.met.get(name)
        if met is not None and cell in met:
            return met[cell]
        known = self.fields[name]
        if isinstance(cell, str) and cell[0] == "(" and fold(cell) in ERASE:
            return ERASED
        try:
            value = self.by_type[known.type](known, cell)
        except UnreadableCell as error:
            return self._mended(known, cell, error, findings)
        if met is not None and len(met) < MET:
            met[cell] = value
        return value

    def _mended(self, known: Field, cell: Cell, error: UnreadableCell, findings: list[Finding]) -> Any:
        written, code = text(cell), getattr(error, "code", "") or "unreadable"
        said = self.context.mend(code, known.name, written)
        if said == EMPTY:
            return None
        if said.startswith(AS):
            try:
                return self.by_type[known.type](known, said.removeprefix(AS))
            except UnreadableCell as again:
                error = again
        findings.append(
            Finding(code, known.name, written, str(error), title_of(code, known), one_value=code == "unknown_word")
        )
        return None

    def _text(self, known: Field, cell: Cell) -> str:
        written = cell if isinstance(cell, str) else text(cell)
        if known.longest and len(written) > known.longest:
            raise UnreadableCell(
                _("Too long for the field “%(field)s”: at most %(most)d characters.")
                % {"field": known.title, "most": known.longest},
                "too_long",
            )
        return written

    def _date(self, known: Field, cell: Cell) -> tuple[str, str] | None:
        plain = type(cell) is str and known.name not in self.month_first and not self.context.mends
        if plain and (glanced := read_at_a_glance(cell)):
            return glanced.isoformat(), "day"
        fallback = self.context.mend("date_never_was", known.name, text(cell))
        orders: dict[str, Order] = {DAY_FIRST: "day", MONTH_FIRST: "month"}
        order = orders.get(self.context.mend("date_two_ways", known.name), "")
        found = read_date(
            cell,
            month_first=known.name in self.month_first,
            fallback="month" if fallback == MONTH else "year" if fallback == YEAR else "",
            order=order,
            on=self.context.on,
        )
        if found and found.precision != "day" and not known.partial:
            raise UnreadableCell(
                _("“%(text)s” does not say the day, which the register needs here.") % {"text": text(cell)},
                "date_not_whole",
            )
        return (found.day.isoformat(), found.precision) if found else None

    def _number(self, known: Field, cell: Cell) -> str | None:
        signs: dict[str, DecimalSign] = {POINT: ".", COMMA: ","}
        said = signs.get(self.context.mend("number_two_ways", known.name), "")
        found = read_number(cell, decimal=said or self.signs.get(known.name, ""))
        return None if found is None else str(found)

    def _year(self, known: Field, cell: Cell) -> int | None:
        found = read_date(cell)
        return found.day.year if found else None

    def _choice(self, known: Field, cell: Cell) -> str:
        written = text(cell)
        value = self.words[known.name].get(fold(written))
        if value is not None:
            return value
        raise UnreadableCell(
            _("“%(text)s” is none of the words for “%(field)s”.") % {"text": written, "field": known.title},
            "unknown_word",
        )


def _as_they_stand(cells: list[Cell], longest: int) -> list[Any]:
    """Return the texts that may be taken as they stand, None in place of the others; most columns have no others."""
    texts = cells if set(map(type, cells)) == {str} else None
    if texts and "" not in texts and max(map(len, texts)) <= longest and "\n(" not in "\n" + "\n".join(texts):  # type: ignore[arg-type]
        return texts
    return [cell if type(cell) is str and cell and cell[0] != "(" and len(cell) <= longest else None for cell in cells]


def title_of(code: str, known: Field) -> str:
    """Return what to say of all rows with this finding; empty where each says the same."""
    titles = {
        "date_never_was": _("%(field)s: a date that never was"),
        "not_a_date": _("%(field)s: not a date"),
        "date_not_whole": _("%(field)s: the day is missing"),
        "two_digit_year": _("%(field)s: a year of two digits"),
        "date_two_ways": _("%(field)s: a date that can be read two ways"),
        "not_a_number": _("%(field)s: not a number"),
        "number_two_ways": _("%(field)s: a number that can be read two ways"),
        "too_long": _("%(field)s: too long"),
    }
    return titles[code] % {"field": capfirst(str(known.title))} if code in titles else ""
