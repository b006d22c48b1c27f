"""Lists planned and written as an import does it, without a file: on the way rows go through JSON, as in the table."""

import json
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from types import SimpleNamespace

from django.db import transaction

from records.models.history import acting
from records.sheets.planning import OPEN, Context, PlannedRow, Summary, plan_rows
from records.sheets.recognising import recognise
from records.undoing import undo_acts
from tests.records.sheets.making import make_sheet

TODAY = date(2026, 5, 1)
_n = count(1)


@dataclass
class Plan:
    """The rows of a plan and what it said of the whole file."""

    rows: list[PlannedRow]
    notes: list[str]
    context: Context
    kind: object
    act_id: str = field(default_factory=lambda: f"act-{next(_n)}")

    @property
    def outcomes(self):
        return [row.outcome.value for row in self.rows]

    @property
    def codes(self):
        """The codes of the findings of each row."""
        return [[finding.code for finding in row.findings] for row in self.rows]

    @property
    def words(self):
        """All that is said of the rows."""
        return " ".join(finding.words for row in self.rows for finding in row.findings)

    @property
    def groups(self):
        summary = Summary()
        for row in self.rows:
            summary.take(row)
        return summary.groups


def make_layout(kind, header, *rows, titles=(), name="Danh sách"):
    """A sheet of the kind as it is recognised."""
    layout = recognise(make_sheet([*([title] for title in titles), header, *rows], name=name), kind)
    assert layout is not None, "no header was found"
    return layout


def make_plan(kind, *layouts, user=None, settings=None, mends=None, picks=None, reason="từ tệp", batch=2000):
    """The plan of some sheets."""
    context = Context(user, TODAY, settings or {}, mends or {}, picks or {}, reason)
    planner = kind.planner(kind, context)
    rows = list(plan_rows(planner, layouts, batch=batch))
    return Plan(rows, planner.notes, context, kind)


def stored(plan):
    """The rows to be written, as the table of rows gives them back."""
    return [
        SimpleNamespace(
            pk=key, number=row.row.number, outcome=row.outcome, label=row.label, target=row.target,
            before=json.loads(json.dumps(row.before)), after=json.loads(json.dumps(row.after)),
        )
        for key, row in enumerate(plan.rows, start=1)
        if row.outcome in ("create", "change")
    ]  # fmt: skip


def write(plan, user=None):
    """Write a plan whole; returns the conflicts, with which nothing is written."""
    assert not set(plan.outcomes) & set(OPEN), plan.words
    context = Context(user or plan.context.user, TODAY, reason=plan.context.reason)
    with transaction.atomic(), acting(context.user, plan.act_id):
        writer = plan.kind.writer(plan.kind, context)
        rows = stored(plan)
        writer.ask(rows)
        if conflicts := writer.conflicts(rows):
            return conflicts
        writer.write(rows)
        writer.write_rest()
        writer.finish()
    return {}


def undo(plan):
    """Take back what the plan wrote; returns what stands in the way."""
    with transaction.atomic(), acting(None, f"{plan.act_id}-undo"):
        return undo_acts(plan.act_id, "nhầm")


def dump(*models):
    """All rows of some tables, column by column."""
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}
