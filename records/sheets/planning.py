"""What a kind of list is, and what reading one would do: rows with an outcome and the reasons, grouped for a person."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .rows import Row

__all__ = ["BadSetting", "Field", "Kind", "Outcome", "Plan", "PlannedRow", "Reason", "Row"]


class BadSetting(ValueError):
    """Something the clerk said for the whole file cannot be used; the text is one sentence that says why."""


class Outcome(StrEnum):
    """What applying a row would do."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a list can tell: its name in the plan, its title on screen and the headers it goes by.

    A field called `ordinal` is the running number of a list (STT): it tells rows from headings and is no identity.
    `several` lets more than one column carry it, such as a column for titles and one for forms of award.
    """

    name: str
    title: Any
    synonyms: tuple[str, ...]
    required: bool = False
    several: bool = False


@dataclass(slots=True)
class PlannedRow:
    """What would become of a row, why, an example that a clerk recognises, and what `apply` needs to do it."""

    row: Row
    outcome: Outcome
    example: str
    reasons: list[str] = field(default_factory=list)
    action: Any = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with the number of rows it holds for and the first of them."""

    text: str
    outcome: Outcome
    rows: int
    example: str


@dataclass(slots=True)
class Plan:
    """All rows of a file with their outcomes; `notes` are about the file as a whole. Making one writes nothing."""

    rows: list[PlannedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, int]:
        """Return the six numbers: rows, create, change, same, ambiguous, refused."""
        counts = {"rows": len(self.rows)} | {outcome.value: 0 for outcome in Outcome}
        for row in self.rows:
            counts[row.outcome.value] += 1
        return counts

    @property
    def reasons(self) -> list[Reason]:
        """Return the reasons grouped, refusals first, then by how many rows each holds for."""
        groups: dict[tuple[Outcome, str], list[PlannedRow]] = {}
        for row in self.rows:
            for reason in dict.fromkeys(row.reasons):
                groups.setdefault((row.outcome, reason), []).append(row)
        order = [Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.CHANGE, Outcome.CREATE, Outcome.SAME]
        found = [Reason(text, outcome, len(rows), rows[0].example) for (outcome, text), rows in groups.items()]
        return sorted(found, key=lambda reason: (order.index(reason.outcome), -reason.rows))

    @property
    def can_apply(self) -> bool:
        """Tell whether every row is decided: none refused, none that could mean two things."""
        return not any(row.outcome in (Outcome.REFUSED, Outcome.AMBIGUOUS) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list, described where its models are known.

    `minimum` columns must be recognised, all `required` fields among them, before a row counts as the header. `groups`
    are the headings that may stand alone between rows, such as "Tập thể". `settings` may be named for a whole file.
    `plan` takes the recognised layouts and the settings; `apply` a plan and the file's name.
    """

    code: str
    title: Any
    fields: tuple[Field, ...]
    plan: Callable[..., Plan]
    apply: Callable[[Plan, str], None]
    minimum: int = 2
    groups: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((known for known in self.fields if known.name == name), None)
