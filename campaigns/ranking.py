"""The table that compares units in a campaign: places, distances from the target, what the named rows leave over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaigns.models.figures import FIGURES


@dataclass(frozen=True, slots=True)
class Row:
    """A unit's figures over its subtree; without a name it stands for the units the table does not name."""

    owed: int = 0
    planned: int = 0
    eligible: int = 0
    registered: int = 0
    done: int = 0
    target: int = 0
    place: int | None = None
    name: str = ""
    code: str = ""
    url: str = ""

    @property
    def plan_rate(self) -> float | None:
        """Plans handed in, in percent of those owed; None where none is owed."""
        return 100 * self.planned / self.owed if self.owed else None

    @property
    def member_rate(self) -> float | None:
        """Registered, in percent of those eligible; None where nobody is."""
        return 100 * self.registered / self.eligible if self.eligible else None

    @property
    def gap(self) -> int:
        """How many persons registered beyond what the target asks for; below 0, how many are missing."""
        return self.registered + (-self.eligible * self.target // 100)

    @property
    def missing(self) -> int:
        """How many persons are missing to reach the target."""
        return max(0, -self.gap)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The named units, best rate first, `others` beside them (None when nothing is left over), and the total."""

    rows: list[Row]
    others: Row | None
    total: Row
    size: int = 0
    previous_start: int | None = None
    next_start: int | None = None
    start: int = 0


@dataclass(slots=True)
class Sheet:
    """What one query of units brought for a campaign's page."""

    head: Any = None
    partners: list[Any] = field(default_factory=list)
    compared: list[Any] = field(default_factory=list)


def sort_out(units: Iterable[Any]) -> Sheet:
    """Part the rows of `Campaign.ranked_units()`: the head, the partners, the units compared; only listed ones."""
    sheet = Sheet()
    for unit in units:
        if unit.is_head:
            sheet.head = unit
        if not unit.listed:
            continue
        if unit.is_partner:
            sheet.partners.append(unit)
        if unit.is_compared and (unit.eligible or unit.owed):
            sheet.compared.append(unit)
    return sheet


def figures_of(counted: Any) -> dict[str, int]:
    """The five figures of a unit or a campaign that was fetched with them."""
    return {name: getattr(counted, name) for name in FIGURES}


def rank(units: Iterable[Any], total: Mapping[str, int], target: int, start: int = 0, size: int = 60) -> Ranking:
    """Rank units by the share of their members who registered, `size` of them from the place after `start`.

    Equal shares have one place; a unit without eligible members comes last and has none. The others are the total less
    the units given: members of the head itself, and units that are not shown publicly.
    """
    ordered = sorted(units, key=lambda u: (not u.eligible, -u.registered / (u.eligible or 1), u.sort_key))
    rows: list[Row] = []
    for position, unit in enumerate(ordered, 1):
        place: int | None = position if unit.eligible else None
        if rows and unit.eligible and rows[-1].registered * unit.eligible == unit.registered * rows[-1].eligible:
            place = rows[-1].place
        known = figures_of(unit)
        rows.append(
            Row(**known, target=target, place=place, name=unit.name, code=unit.code, url=unit.get_absolute_url())
        )
    left = {name: total[name] - sum(getattr(row, name) for row in rows) for name in FIGURES}
    others = Row(**left, target=target) if any(left.values()) and min(left.values()) >= 0 else None
    start = start if 0 < start < len(rows) else 0
    return Ranking(
        rows=rows[start : start + size],
        others=others,
        total=Row(**dict(total), target=target),
        size=len(rows),
        start=start,
        previous_start=max(0, start - size) if start else None,
        next_start=start + size if start + size < len(rows) else None,
    )


WAITS = ("begun", "submitted", "returned", "pending", "waiting")


@dataclass(frozen=True, slots=True)
class BoardRow(Row):
    """A line of the board: a unit's figures over its subtree, its own plan, and what waits there."""

    pk: int = 0
    owes: bool = False
    plan: str = ""
    plan_due_on: Any = None
    begun: int = 0
    submitted: int = 0
    returned: int = 0
    pending: int = 0
    waiting: int = 0
    headcount: int = 0
    has_below: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether nothing was done there: nobody registered or waiting, no plan begun, though some could."""
        return not (self.registered or self.begun or self.pending or self.waiting) and bool(self.eligible or self.owed)

    @property
    def to_confirm(self) -> int:
        """How many registrations wait for a clerk, those that members sent by themselves included."""
        return self.pending + self.waiting


@dataclass(frozen=True, slots=True)
class Board:
    """The units below one, those that need a word first; `own` is that unit's members by itself, None without any."""

    rows: list[BoardRow]
    own: BoardRow | None
    total: BoardRow
    size: int = 0
    silent: int = 0
    below: int = 0
    previous_start: int | None = None
    next_start: int | None = None


def board_row(unit: Any, target: int) -> BoardRow:
    """The line of a unit that was fetched by `Campaign.board_units()`."""
    names = ("pk", "owes", "plan", "plan_due_on", "headcount", "has_below", "name", "code")
    counted = {name: getattr(unit, name) for name in (*FIGURES, *WAITS)}
    return BoardRow(target=target, **counted, **{name: getattr(unit, name) for name in names})


def urgency(row: BoardRow) -> tuple[bool, int, float]:
    """Silent units first, then those that lack most persons, then the lowest rate; who has nobody to register last."""
    return not row.is_silent, -row.missing, row.member_rate if row.member_rate is not None else 101


def board(units: Iterable[Any], target: int, start: int = 0, size: int = 60) -> Board:
    """The board of the unit that comes first of `units`, `size` lines of those below it from the one after `start`.

    What the lines below leave over of the total is the unit's own: its members directly, its own plan.
    """
    head, *below = (board_row(unit, target) for unit in units)
    rows = sorted(below, key=urgency)
    left = {name: getattr(head, name) - sum(getattr(row, name) for row in rows) for name in (*FIGURES, *WAITS)}
    own = None
    if not rows or head.owes or (any(left.values()) and min(left.values()) >= 0):
        own = replace(head, **{name: max(0, number) for name, number in left.items()}, has_below=False)
    start = start if 0 < start < len(rows) else 0
    return Board(
        rows=rows[start : start + size],
        own=own,
        total=head,
        size=len(rows),
        silent=sum(row.is_silent for row in rows),
        below=sum(bool(row.missing) for row in rows),
        previous_start=max(0, start - size) if start else None,
        next_start=start + size if start + size < len(rows) else None,
    )
