"""Rows of a plan as people see them: values in words, the record that fits best, the rows left over as a workbook."""

from collections import defaultdict

from django.utils.text import capfirst

from records.imports import understand
from records.lists.award_decisions import DecisionFacts
from records.lists.base import column_of, told
from records.mapping import WHY
from records.models import Unit
from records.sheets.kinds import find_kind
from records.sheets.leftover import Leftover, leftover_workbook
from records.sheets.planning import OPEN, Outcome, row_key

LOOKED_AT = 2000
# Name, year of birth and unit: that many fits make a person out of a namesake.
ENOUGH = 3


class KnownPlaces:
    """Units by key as `base.told` asks for them, fetched once for a page."""

    def __init__(self, keys):
        self.units = Unit.objects.select_related("parent").in_bulk(keys) if keys else {}

    def get(self, pk):
        unit = self.units.get(pk)
        return Named(unit.name_in_full) if unit else None


class Named(str):
    """A name that answers to `in_full`."""

    @property
    def in_full(self):
        return str(self)


def in_words(kind, rows):
    """The rows, each with `facts`: (label, before, after) of what it says, in words."""
    rows = list(rows)
    model = getattr(kind.planner, "model", None) if kind else None
    columns = {name: column_or_none(model, name) for row in rows for name in row.after}
    places, others = KnownPlaces(keys_of(rows, columns, Unit)), other_names(rows, columns)
    for row in rows:
        facts = row.shown or [
            (
                capfirst(str(column.verbose_name)),
                "",
                others.get((name, str(value))) or told(model, name, row.after, places),
            )
            for name, value in row.after.items()
            if value not in (None, "") and not name.endswith("_precision") and (column := columns[name]) is not None
        ]
        # The name stands beside already.
        row.facts = [fact for fact in facts if fact[2] != row.label or fact[1]]
        row.reasons = [finding[3] for finding in row.findings]
    return rows


def keys_of(rows, columns, model):
    """The keys of a model's records that the rows' values name."""
    names = [name for name, column in columns.items() if column is not None and column.related_model is model]
    values = (row.after.get(name) for row in rows for name in names)
    return {value for value in values if value and not isinstance(value, dict)}


def other_names(rows, columns):
    """{(column, its value as text): in words} of what the rows name that is no unit: records, and decisions that the
    list itself brings, of which there is no record yet."""
    found = {
        (name, str(value)): DecisionFacts.from_json(value).describe()
        for row in rows for name, value in row.after.items() if isinstance(value, dict) and "issued_on" in value
    }  # fmt: skip
    for name, column in columns.items():
        if column is not None and column.related_model not in (None, Unit):
            rows_named = column.related_model._base_manager.in_bulk(keys_of(rows, {name: column}, column.related_model))
            found |= {(name, str(pk)): str(record) for pk, record in rows_named.items()}
    return found


def column_or_none(model, name):
    try:
        return column_of(model, name) if model else None
    except StopIteration:
        return None


def best_picks(batch):
    """For rows that may mean several: {row: key} where exactly one record fits in name, year of birth and unit."""
    found = {}
    rows = batch.rows.filter(outcome=Outcome.AMBIGUOUS).order_by("pk")
    for sheet, number, candidates in rows.values_list("sheet", "number", "candidates")[:LOOKED_AT]:
        fits = sorted(((len(one[3]), one[0]) for one in candidates), reverse=True)
        if fits and fits[0][0] >= ENOUGH and (len(fits) == 1 or fits[1][0] < fits[0][0]):
            found[row_key(sheet, number)] = fits[0][1]
    return found


def refused_workbook(batch):
    """The rows not written as a workbook like the one sent, each with the reasons; empty where there is none."""
    wanted = defaultdict(dict)
    rows = batch.rows.filter(outcome__in=OPEN) | batch.rows.overtaken()
    for sheet, number, findings, conflict in rows.values_list("sheet", "number", "findings", "conflict"):
        told = [finding[3] for finding in findings]
        wanted[sheet][number] = " ".join(filter(None, [*told, conflict]))
    if not wanted:
        return b""
    choice, _notes = understand(batch)
    return workbook_of([one for one in choice.layouts if wanted.get(one.sheet.name)], wanted, find_kind(batch.kind))


def workbook_of(layouts, wanted, kind):
    """The rows that `wanted` names, as {sheet: {row number: why}}, as a workbook like the one that was read."""
    parts = [Leftover(layout, wanted.get(layout.sheet.name, {})) for layout in layouts]
    return leftover_workbook(parts, str(WHY), str(capfirst(str(kind.title))))
