"""What a kind of list is, and what reading one would do: rows with an outcome and their findings, grouped for a person.

A plan is a function of the file, of what the clerk said of it and of the register as it stands: making one writes
nothing, and making it again after a mend gives the same rows but for what was mended.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol

from .rows import Row

__all__ = [
    "BadSetting", "Candidate", "Context", "Field", "Finding", "Group", "Kind", "Outcome", "PlannedRow", "Planner",
    "Row", "Summary", "Type", "Writer", "plan_rows", "row_key",
]  # fmt: skip

EXAMPLES = 8


class BadSetting(ValueError):
    """Something the clerk said for the whole file cannot be used; the text is one sentence that says why."""


class Outcome(StrEnum):
    """What applying a row would do."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


# Outcomes that a clerk has to decide about before the row can be written.
OPEN = (Outcome.REFUSED, Outcome.AMBIGUOUS)


class Type(StrEnum):
    """What the cells of a field hold; it says how they are read, and how an export writes them."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a list can tell: its name in the plan, its title on screen and the headers it goes by.

    A field called `ordinal` is the running number of a list (STT): it tells rows from headings and is no identity.
    `several` lets more than one column carry it, such as a column for titles and one for forms of award. `words` maps
    what a cell of a CHOICE may say to the value meant; several words may mean one value, the first is what an export
    writes. `longest` is how many characters a text may have, 0 for any number; `partial` whether a month or a year
    alone will do for a date.
    """

    name: str
    title: Any
    synonyms: tuple[str, ...]
    required: bool = False
    several: bool = False
    type: Type = Type.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell a clerk of a row: of which field, about which text, and in words.

    Findings that one mend can put right are one group: all with the code and field or, where `one_value`, those about
    the same text as well. `title` says of the group what `words` says of the row.
    """

    code: str
    field: str
    value: str
    words: str
    title: str = ""
    one_value: bool = False

    @property
    def group(self) -> str:
        """Return the key under which a mend for it and its like is kept."""
        return "|".join((self.code, self.field, self.value if self.one_value else ""))

    def as_list(self) -> list[Any]:
        """Return what is stored of it."""
        return [self.code, self.field, self.value, self.words, self.title, self.one_value]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that an ambiguous row may mean: its key, what it is called and what tells it from the others."""

    key: str
    label: str
    about: str = ""
    fits: tuple[str, ...] = ()


@dataclass(slots=True)
class PlannedRow:
    """What would become of a row.

    `label` names what the row is about. `target` is the key of the record it changes or repeats. `after` holds what
    would be written, in values that JSON can carry; for a change, `before` holds the same columns as they are, and
    `shown` both in words: (field, before, after).
    """

    row: Row
    outcome: Outcome
    label: str
    findings: list[Finding] = field(default_factory=list)
    target: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return what a choice made for this row alone is kept under."""
        return row_key(self.row.sheet, self.row.number)


def row_key(sheet: str, number: int) -> str:
    """Return the key of a row: its sheet and its number there."""
    return f"{sheet}!{number}"


@dataclass(slots=True)
class Group:
    """Rows with one finding: how many they are, the first of them, and what the finding is."""

    finding: Finding
    outcome: Outcome
    rows: int = 0
    numbers: list[int] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Return what to say of all the rows at once."""
        return self.finding.title or self.finding.words

    def take(self, planned: PlannedRow, finding: Finding) -> None:
        """Count one row, and keep it as an example while there are few."""
        self.rows += 1
        if len(self.numbers) < EXAMPLES:
            self.numbers.append(planned.row.number)
            self.examples.append(finding.value or planned.label)

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            "group": self.finding.group,
            "code": self.finding.code,
            "field": self.finding.field,
            "value": self.finding.value,
            "words": self.words,
            "outcome": self.outcome.value,
            "rows": self.rows,
            "numbers": self.numbers,
            "examples": self.examples,
        }


class Summary:
    """Counts a plan's rows by outcome and groups their findings while the rows go by."""

    ORDER = (Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.CHANGE, Outcome.CREATE, Outcome.SAME)

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.found: dict[tuple[Outcome, str], Group] = {}

    def take(self, planned: PlannedRow) -> None:
        """Count one row."""
        self.outcomes[planned.outcome] += 1
        if planned.findings:
            for finding in {finding.group: finding for finding in planned.findings}.values():
                key = (planned.outcome, finding.group)
                if key not in self.found:
                    self.found[key] = Group(finding, planned.outcome)
                self.found[key].take(planned, finding)

    @property
    def counts(self) -> dict[str, int]:
        """Return the six numbers: rows, create, change, same, ambiguous, refused."""
        counts = {outcome.value: self.outcomes[outcome] for outcome in Outcome}
        return {"rows": sum(counts.values()), **counts}

    @property
    def groups(self) -> list[Group]:
        """Return the findings grouped: refusals first, then by how many rows each holds for."""
        return sorted(self.found.values(), key=lambda group: (self.ORDER.index(group.outcome), -group.rows))

    @property
    def is_decided(self) -> bool:
        """Tell whether no row is refused and none could mean two things."""
        return not any(self.outcomes[outcome] for outcome in OPEN)


@dataclass(frozen=True, slots=True)
class Context:
    """For whom and when a list is planned or written, and what was said of it.

    `user` is None for a command, which may write anywhere. `settings` holds for every row that does not say otherwise;
    `mends` maps a group of findings to what to do about it, `picks` the key of a row to the record meant, or to "new".
    `reason` goes into the history of what is written.
    """

    user: Any
    on: date
    settings: Mapping[str, str] = field(default_factory=dict)
    mends: Mapping[str, str] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def mend(self, code: str, name: str, value: str = "") -> str:
        """Return what was said about findings of this code, for the one text or for all; empty where nothing was."""
        if not self.mends:
            return ""
        return self.mends.get(f"{code}|{name}|{value}") or self.mends.get(f"{code}|{name}|") or ""


class Planner(Protocol):
    """Plans the rows of one file. Raises BadSetting for what was said of the whole file and cannot be used."""

    notes: list[str]

    def begin(self, layout: Any) -> None:
        """Turn to a sheet; its rows come next."""

    def ask(self, rows: Sequence[Row]) -> Any:
        """Begin to ask the register about some thousands of rows; returns what `answer` takes next."""

    def answer(self, asked: Any) -> list[PlannedRow]:
        """Return what would become of the rows asked about, in their order; the next ones may have been asked about."""


class Writer(Protocol):
    """Writes planned rows, within a transaction that the caller began.

    Rows come as they were stored: with `pk`, `number`, `outcome`, `label`, `target`, `before`, `after`. `fills` names
    the tables that get one new row or more of each new record; where there is none, nothing is gained by knowing.
    """

    fills: Sequence[Any]

    def begin(self, rows: Any) -> None:
        """Lock what must be locked first, of all the rows at once; `rows` is the query for them."""

    def ask(self, rows: Sequence[Any]) -> None:
        """Begin to ask what `conflicts` and `write` go by for these rows; others may have to be written before."""

    def conflicts(self, rows: Sequence[Any]) -> dict[int, str]:
        """Return why rows can no longer be written as planned, by their pk; locks what the others are to change."""

    def write(self, rows: Sequence[Any]) -> None:
        """Write the rows, which have no conflict, with their history."""

    def write_rest(self) -> None:
        """Write what was held back of them; called once, after the last."""

    def finish(self) -> None:
        """Bring up to date what is counted from the rows written."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list, described where its models are known.

    `minimum` columns must be recognised, all `required` fields among them, before a row counts as the header. `groups`
    are the headings that may stand alone between rows, such as "Tập thể". `settings` are the fields that may be said
    for a whole file. `planner` makes a Planner of a Context, `writer` a Writer of a Context. `more_fields` gives, for
    a Context and the texts at the top of the file, the columns that depend on what the file is about. `offers` names
    settings that are chosen among records: a title, and a function that gives a user's (value, words).
    """

    code: str
    title: Any
    fields: tuple[Field, ...]
    planner: Callable[["Kind", Context], Planner]
    writer: Callable[["Kind", Context], Writer]
    minimum: int = 2
    groups: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    more_fields: Callable[[Context, Sequence[str]], tuple[Field, ...]] | None = None
    offers: Mapping[str, tuple[Any, Callable[[Any], Iterable[tuple[str, str]]]]] = field(default_factory=dict)

    def for_context(self, context: Context, titles: Sequence[str] = ()) -> "Kind":
        """Return the kind with the columns that come of what was said of the file, or of the titles in it."""
        if self.more_fields is None:
            return self
        return replace(self, fields=(*self.fields, *self.more_fields(context, titles)), more_fields=None)

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((known for known in self.fields if known.name == name), None)


def plan_rows(planner: Planner, layouts: Iterable[Any], batch: int = 2000) -> Iterator[PlannedRow]:
    """Yield every row of the recognised sheets as planned, in the order of the file."""
    for layout in layouts:
        planner.begin(layout)
        rows = layout.scan()
        asked = None
        while some := list(islice(rows, batch)):
            before, asked = asked, planner.ask(some)
            if before is not None:
                yield from planner.answer(before)
        if asked is not None:
            yield from planner.answer(asked)
