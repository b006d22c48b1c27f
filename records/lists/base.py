"""What every kind of list shares: a row compared with the record it is about, and records written as planned."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from records.bulk import alter
from records.lists.places import Places
from records.models import Award, AwardType
from records.sheets.cells import text
from records.sheets.planning import Candidate, Finding, Outcome, PlannedRow, row_key
from records.sheets.values import ERASED, Reader
from records.templatetags.marks import DASH, partial_date

NEW, LEFT_OUT = "new", "skip"
# What to do with all rows that likely mean the one record offered; the other answer is NEW.
TAKEN = "take"
BATCH = 500


@dataclass(slots=True)
class Draft:
    """A row on its way to being planned: what it says by column, what is wrong with it, which records it may mean."""

    row: Any
    label: str = ""
    values: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)
    matches: list = field(default_factory=list)
    sure: bool = True
    extra: dict = field(default_factory=dict)


class ListPlanner:
    """Plans rows of one kind against the records of `model`.

    A kind's own planner says how a row is read (`read`), which records rows may mean (`look_up`), what a new record
    gets besides (`complete`) and what is wrong with a row as a whole (`check`). `columns` are the attribute names that
    a row may change.
    """

    model = None
    columns = ()
    # Whether a row may bring something that the register does not have.
    makes_new = True

    def __init__(self, kind, context):
        self.kind, self.context, self.notes = kind, context, []
        self.reader, self.places = Reader(kind, context), Places(context)
        self.layout, self.brought, self.claimed = None, {}, {}

    def begin(self, layout):
        """Turn to a sheet."""
        self.layout = layout
        self.reader.begin(layout)

    def ask(self, rows):
        """Rows to be planned next; a kind that can ask the register ahead of `answer` does so here."""
        return rows

    def answer(self, rows):
        """The rows as planned, in their order."""
        drafts = self.read_all(rows)
        self.look_up(drafts)
        return [self.settle(draft) for draft in drafts]

    def read_all(self, rows):
        """Drafts of what the rows say."""
        return [self.read(row) for row in rows]

    # What a kind says of itself

    def read(self, row):
        """A draft of what the row says."""
        raise NotImplementedError

    def look_up(self, drafts):
        """Find, for all drafts at once, the records they may mean (`matches`, and `sure` where one match is it)."""
        raise NotImplementedError

    def identity(self, draft):
        """What makes two rows of a list mean the same record; None where nothing does."""
        raise NotImplementedError

    def check(self, draft, record):
        """Add findings about the row as a whole; `record` is what it would change, None for a new one."""

    def complete(self, draft):
        """Add to a new record's values what the row does not say."""

    def candidate(self, draft, record):
        """How a record is offered where a row may mean several."""
        raise NotImplementedError

    def pk_of(self, record):
        return record.pk

    # How a row is settled

    def settle(self, draft):
        """The outcome of one row."""
        if draft.findings and any(finding.code == "missing" for finding in draft.findings):
            return self.refused(draft)
        repeated = self.repeats(draft)
        if repeated:
            return repeated
        record, undecided = self.chosen(draft)
        if draft.findings:
            return self.refused(draft)
        if undecided:
            return self.ambiguous(draft)
        if record is not None:
            self.claim(draft, record)
            if not draft.findings and self.says_nothing_new(draft, record):
                return PlannedRow(draft.row, Outcome.SAME, draft.label, target=self.pk_of(record))
        self.check(draft, record)
        if draft.findings:
            return self.refused(draft)
        return self.created(draft) if record is None else self.compared(draft, record)

    def says_nothing_new(self, draft, record):
        """Whether it is plain to see that a row says what the register has, so that nothing need be checked; False
        where a closer look may still find it the same."""
        return False

    def refused(self, draft):
        return PlannedRow(draft.row, Outcome.REFUSED, draft.label, draft.findings)

    def ambiguous(self, draft):
        if len(draft.matches) > 1:
            finding = Finding("several", "", draft.label, _("Several records may be meant."))
        else:
            finding = Finding("likely", "", draft.label, _("It is not certain who is meant."))
        offered = [self.candidate(draft, record) for record in draft.matches[:10]]
        return PlannedRow(draft.row, Outcome.AMBIGUOUS, draft.label, [finding], candidates=offered)

    def repeats(self, draft):
        """The row as one that says again what an earlier row said, or contradicts it; None for a first mention."""
        key = self.identity(draft)
        if key is None:
            return None
        # Of a long list each row leaves no more behind than where it stands and a mark of what it says.
        mine = draft.row.sheet, draft.row.number, self.mark_of(draft)
        first = self.brought.setdefault(key, mine)
        if first[:2] == mine[:2]:
            return None
        number = first[1]
        if first[2] == mine[2]:
            words = _("The same as row %(number)d; entered once.") % {"number": number}
            title = _("Said twice in the list; entered once.")
            return PlannedRow(
                draft.row, Outcome.SAME, draft.label, [Finding("said_twice", "", draft.label, words, title)]
            )
        words = _("Row %(number)d is about the same one and says otherwise.") % {"number": number}
        title = _("Twice in the list, with different particulars.")
        draft.findings.append(Finding("twice", "", draft.label, words, title))
        return self.refused(draft)

    def mark_of(self, draft):
        """A number that two rows share where they say the same."""
        return hash(repr(self.said_by(draft)))

    def said_by(self, draft):
        """What two rows about one record have to say alike to be said twice, and not contradictory."""
        return dict(draft.values)

    def claim(self, draft, record):
        """Note that a row is about a record; of two rows about one record the second is refused."""
        first = self.claimed.setdefault(self.pk_of(record), draft.row.number)
        if first != draft.row.number:
            words = _("Row %(number)d is about the same one.") % {"number": first}
            title = _("Twice in the list, by different particulars.")
            draft.findings.append(Finding("twice", "", draft.label, words, title))

    def chosen(self, draft):
        """(record, False), (None, False) for a new one, or (None, True) while a clerk has to choose."""
        picks = self.context.picks
        picked = picks.get(row_key(draft.row.sheet, draft.row.number), "") if picks else ""
        if picked == NEW:
            return None, False
        if picked:
            found = [record for record in draft.matches if str(self.pk_of(record)) == picked]
            if found:
                return found[0], False
        if not draft.matches:
            return None, False
        said = self.context.mend("likely", "") if len(draft.matches) == 1 else ""
        if len(draft.matches) == 1 and (draft.sure or said == TAKEN):
            return draft.matches[0], False
        return None, said != NEW

    def created(self, draft):
        self.complete(draft)
        after, said = draft.values, draft.values.values()
        if None in said or ERASED in said:
            after = {name: value for name, value in after.items() if value not in (None, ERASED)}
        return PlannedRow(draft.row, Outcome.CREATE, draft.label, after=after)

    def compared(self, draft, record):
        """What the row changes of the record; an empty cell never erases, a chosen word does."""
        before, after = {}, {}
        for name in self.columns:
            value = draft.values.get(name)
            if value is None:
                continue
            now = getattr(record, name)
            if value == now:
                continue
            now = as_json(now)
            if value == ERASED:
                value = self.blank(name)
            # What reading mends by itself, such as two spaces, is no change that anybody wished for.
            if value != now and value != as_read(now):
                before[name], after[name] = now, value
        outcome = Outcome.CHANGE if after else Outcome.SAME
        planned = PlannedRow(draft.row, outcome, draft.label, target=self.pk_of(record), before=before, after=after)
        if after:
            planned.shown = self.shown(before, after)
        return planned

    def blank(self, name):
        """What a column holds when it holds nothing."""
        column = column_of(self.model, name)
        return None if column.null else as_json(column.get_default())

    def shown(self, before, after):
        """(field, before, after) in words for each column that a person knows."""
        return [
            (capfirst(str(column_of(self.model, name).verbose_name)), self.told(name, before), self.told(name, after))
            for name in after
            if not name.endswith("_precision")
        ]

    def told(self, name, values):
        return told(self.model, name, values, self.places)

    def missing(self, draft, name):
        """Note that a row does not say what it must."""
        words = _("“%(field)s” is empty.") % {"field": capfirst(str(self.kind.field(name).title))}
        draft.findings.append(Finding("missing", name, "", words))


class ListWriter:
    """Writes planned rows of one kind as records of `model`; what is special about a kind its own writer says.

    `late` says of rows why they could not be written after all, by their pk. `fills` names the tables that get one new
    row or more of each new record.
    """

    model, fills = None, ()

    def __init__(self, kind, context):
        self.kind, self.context = kind, context
        self.records, self.late = {}, {}

    def begin(self, rows):
        """Lock what must be locked first, of all the rows at once; `rows` is the query for them."""

    def ask(self, rows):
        """Begin to ask what is needed for rows that are written after others, where a kind can."""

    def conflicts(self, rows):
        """Why rows can no longer be written as planned, by their pk; locks the records to be changed."""
        targets = {row.target for row in rows if row.outcome == Outcome.CHANGE}
        self.records = {record.pk: record for record in self.locked(targets)} if targets else {}
        found = {}
        for row in rows:
            if row.outcome == Outcome.CHANGE and (words := self.overtaken(row, self.records.get(row.target))):
                found[row.pk] = words
        return found | self.taken([row for row in rows if row.outcome == Outcome.CREATE])

    def locked(self, keys):
        return self.model._base_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")

    def overtaken(self, row, record):
        """Why the record a row changes is not as the plan saw it, in words; empty where it is."""
        if record is None:
            return _("The record is no longer there.")
        for name, value in row.before.items():
            if as_json(getattr(record, name)) != value:
                label = capfirst(str(column_of(self.model, name).verbose_name))
                now = told(self.model, name, {name: as_json(getattr(record, name))}, None)
                return _("%(field)s has become “%(now)s” meanwhile.") % {"field": label, "now": now}
        return ""

    def taken(self, rows):
        """Why new records can no longer be entered, by the rows' pk."""
        return {}

    def write(self, rows):
        """Write the rows with their history."""
        created = [row for row in rows if row.outcome == Outcome.CREATE]
        changed = [row for row in rows if row.outcome == Outcome.CHANGE]
        if created:
            self.create(created)
        if changed:
            missing = {row.target for row in changed} - self.records.keys()
            if missing:
                self.records |= {record.pk: record for record in self.locked(missing)}
            self.change(changed)

    def create(self, rows):
        fresh = [self.prepared(self.model(**from_json(self.model, row.after))) for row in rows]
        reason = self.context.reason or None
        bulk_create_with_history(fresh, self.model, batch_size=BATCH, default_change_reason=reason)
        return fresh

    def change(self, rows):
        records, columns = {}, set()
        for row in rows:
            record = records.setdefault(row.target, self.records[row.target])
            for name, value in from_json(self.model, row.after).items():
                setattr(record, name, value)
                columns.add(column_of(self.model, name).name)
            self.prepared(record)
        columns |= self.derived()
        alter(self.model, sorted(columns), list(records.values()), self.context.reason)

    def attempt(self, row, act):
        """Do what a row says by its record's own verbs; where these refuse, the row is a conflict met late."""
        try:
            with transaction.atomic():
                act()
        except ValidationError as refusal:
            self.late[row.pk] = " ".join(refusal.messages)

    def prepared(self, record):
        """A record with its keys derived."""
        if hasattr(record, "prepare"):
            record.prepare()
        return record

    def derived(self):
        """Columns that `prepare` writes."""
        names = {column.name for column in self.model._meta.concrete_fields}
        return {"search_key", "sort_key"} & names

    def write_rest(self):
        """Write what of all the rows is not written yet."""

    def finish(self):
        """Bring up to date what is counted from the rows written."""


def column_of(model, name):
    """The field of a column's attribute name."""
    return next(column for column in model._meta.concrete_fields if name in (column.attname, column.name))


def as_json(value):
    """A column's value as a plan keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value.normalize()) if isinstance(value, Decimal) else value


def as_read(value):
    """A plan's value as a cell that holds it is read."""
    return text(value) if isinstance(value, str) else value


def from_json(model, values):
    """A plan's values as the model's columns take them."""
    return {name: column_of(model, name).to_python(value) for name, value in values.items()}


def told(model, name, values, places):
    """A column's value in a person's words."""
    column, value = column_of(model, name), values.get(name)
    if value in (None, ""):
        return DASH
    if column.choices:
        return capfirst(str(dict(column.flatchoices).get(value, value)))
    if model is AwardType and name == "recipients":
        kinds = dict(Award.RecipientKind.choices)
        return capfirst(", ".join(str(kinds.get(one, one)) for one in value.split("|")))
    if isinstance(column, models.DateField):
        stem = name.removesuffix("_date").removesuffix("_on")
        precision = values.get(f"{stem}_precision") or "day"
        return partial_date(date.fromisoformat(value), precision)
    if isinstance(column, models.ForeignKey):
        place = places.get(value) if places and column.related_model.__name__ == "Unit" else None
        return place.in_full if place else str(column.related_model._base_manager.filter(pk=value).first() or value)
    if isinstance(column, models.DecimalField):
        return number_format(Decimal(value), use_l10n=True)
    return str(value)


def offered(record_key, label, about="", fits=()):
    """A candidate for a row that may mean several records."""
    return Candidate(str(record_key), label, about, tuple(fits))
