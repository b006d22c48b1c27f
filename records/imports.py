"""What is done with an import: reading its file, planning, writing the plan, taking it back.

Planning may be done again and again; it writes the plan's own rows only. Writing is one transaction, so that whoever
works may be killed at any moment: nothing of it is there then, and the work begins anew.
"""

import gc
import json
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.bare import bare_for_the_first
from records.behind import read_ahead, writing_behind
from records.bulk import insert
from records.models import AuditEvent, Import, ImportRow
from records.models.history import acting
from records.pulse import Pulse, Stopped
from records.sheets.cells import text
from records.sheets.kinds import find_kind
from records.sheets.planning import OPEN, BadSetting, Context, Summary, plan_rows
from records.sheets.reading import UnreadableSheet, read
from records.sheets.recognising import choose
from records.undoing import acts_of, undo_acts
from records.vietnamese import from_legacy

encoded = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
STORED = 2000
WRITTEN = 2000
TITLES = 20
Status = Import.Status
ROW_COLUMNS = (
    "batch_id", "sheet", "number", "outcome", "label", "target", "before", "after", "shown", "findings", "group_keys",
    "candidates", "conflict",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What became of an attempt to write a plan: how many rows were written, and those that changed meanwhile."""

    written: int = 0
    conflicts: int = 0


class Stored(NamedTuple):
    """A row of the plan as writers take it."""

    pk: int
    number: int
    outcome: str
    label: str
    target: int | None
    before: dict
    after: dict


class Overtaken(Exception):
    """Rows can no longer be written as planned; holds why, by the rows' pk."""

    def __init__(self, conflicts):
        super().__init__()
        self.conflicts = conflicts


def take(user, kind, name, content, unit=None):
    """A new import of a file's content under its name; nothing is read yet."""
    batch = Import(kind=kind.code, by=user, unit=unit, name=name)
    batch.file.save(f"{batch.public_id}{ending(name)}", ContentFile(content), save=False)
    batch.save()
    return batch


def take_again(batch, user):
    """The file of an import as a new one, to be read in the same way; the old one stays what it is."""
    said = {name: getattr(batch, name) for name in ("sheet", "header_row", "columns", "fixed", "mends", "picks")}
    again = Import(kind=batch.kind, by=user, unit=batch.unit, name=batch.name, **said)
    with batch.file.open("rb") as file:
        again.file.save(f"{again.public_id}{ending(batch.file.name)}", ContentFile(file.read()), save=False)
    again.save()
    return again


def ending(name):
    """The ending of a file's name, if it is one that says something."""
    found = name.rpartition(".")[2].lower() if "." in name else ""
    return f".{found}" if found in ("xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "tsv", "txt") else ""


def understand(batch):
    """The lists in the file as the clerk said they are to be read, and notes about it; raises UnreadableSheet."""
    workbook = read(batch.file.path, name=batch.name)
    kind = kind_for(find_kind(batch.kind), context_of(batch, batch.by), workbook)
    choice = choose(workbook, kind, only=batch.sheet or None, overrides=batch.columns, header=batch.header_row)
    return choice, [*workbook.notes, *choice.notes]


def kind_for(kind, context, workbook):
    """A kind of list with the columns that depend on what the file is about."""
    if kind.more_fields is None:
        return kind
    cells = [cell for sheet in workbook.sheets for line in sheet.head for cell in line.cells]
    return kind.for_context(context, [from_legacy(cell) for cell in cells if isinstance(cell, str)])


def context_of(batch, user, reason=""):
    """For whom and with what the batch is planned or written."""
    said = {"settings": batch.fixed, "mends": batch.mends, "picks": batch.picks}
    return Context(user, timezone.localdate(), **said, reason=reason)


# Planning


@contextmanager
def collecting_seldom():
    """Python looks for garbage after every 700 new objects; plans make millions, hardly ever in rings: a fifth of the
    time would go into looking."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@collecting_seldom()
def plan(batch, pulse=None):
    """Make the plan anew and store it; what cannot be read or used stands in `batch.error` then."""
    pulse = pulse or Pulse(batch.public_id)
    try:
        pulse.start("plan")
        with writing_behind():
            store_plan(batch, pulse)
    except (UnreadableSheet, BadSetting) as error:
        batch.rows.all()._raw_delete(batch.rows.db)
        batch.claim([Status.PLANNING], Status.MAPPING, error=str(error)[:500], counts={}, groups=[])
    except Stopped:
        batch.claim([Status.PLANNING], Status.MAPPING, error=_("Stopped; nothing was kept of the plan."))
    finally:
        pulse.end()
    return batch


def store_plan(batch, pulse):
    choice, notes = understand(batch)
    kind = choice.layouts[0].kind
    planner, summary = kind.planner(kind, context_of(batch, batch.by)), Summary()
    batch.rows.all()._raw_delete(batch.rows.db)
    rows = plan_rows(planner, choice.layouts)
    while some := list(islice(rows, STORED)):
        for planned in some:
            summary.take(planned)
        insert(ImportRow, ROW_COLUMNS, [as_row(batch.pk, planned, kind) for planned in some])
        pulse.beat(summary.outcomes.total(), 0)
    values = {
        "layouts": [told(layout) for layout in choice.layouts],
        "notes": notes + planner.notes + [f"{one.sheet}: {one.reason}" for one in choice.passed_over],
        "counts": summary.counts,
        "groups": [group.as_dict() for group in summary.groups],
        "planned_at": timezone.now(),
        "error": "",
    }
    batch.claim([Status.PLANNING], Status.PLANNED, **values)


def as_row(key, planned, kind):
    """A planned row as its table has it; one to be decided about keeps what the file says, so that it can be shown."""
    row, shown, findings, groups, candidates = planned.row, planned.shown, planned.findings, "", planned.candidates
    if planned.outcome in OPEN:
        shown = raw(row, kind)
    if findings:
        groups = "".join(f"\n{finding.group}" for finding in findings) + "\n"
        findings = [finding.as_list() for finding in findings]
    if candidates:
        candidates = [[one.key, one.label, one.about, list(one.fits)] for one in candidates]
    return (
        key, row.sheet[:100], row.number, planned.outcome.value, planned.label[:300], planned.target,
        encoded(planned.before) if planned.before else "{}", encoded(planned.after) if planned.after else "{}",
        encoded(shown) if shown else "[]", encoded(findings) if findings else "[]", groups,
        encoded(candidates) if candidates else "[]", "",
    )  # fmt: skip


def raw(row, kind):
    """What a row of the file says, by the titles of its fields, as `shown` has it."""
    titles = {known.name: capfirst(str(known.title)) for known in kind.fields if known.name != "ordinal"}
    return [(titles[name], "", text(value)[:300]) for name, value in row.values.items() if name in titles]


def told(layout):
    """How a sheet was understood, as the pages and the command tell it."""
    return {
        "sheet": layout.sheet.name,
        "titles": layout.titles[:TITLES],
        "top": layout.header_top,
        "bottom": layout.header_bottom,
        "columns": [
            [column.letter, column.label, column.field.name if column.field else ""] for column in layout.columns
        ],
        "skipped": [[line.number, line.text, line.reason] for line in layout.skipped[:100]],
        "passed": layout.skipped_count,
    }


# Writing


@collecting_seldom()
def apply(batch, user, pulse=None):
    """Write the plan as it is stored, all of it or, where the batch says so, its good rows; a Done.

    Rows that no longer fit the register are conflicts: told, never written over. With any of them nothing is written
    unless the good rows alone were asked for. Raises Stopped where somebody wished it.
    """
    pulse = pulse or Pulse(batch.public_id)
    try:
        with transaction.atomic(), acting(user, batch.act_id, reason_of(batch)), writing_behind():
            done = write(batch, user, pulse)
    except Overtaken as refusal:
        mark(batch, refusal.conflicts)
        batch.claim([Status.APPLYING], Status.PLANNED, error=_("Records were changed meanwhile; nothing was written."))
        return Done(0, len(refusal.conflicts))
    except Stopped:
        batch.claim([Status.APPLYING], Status.PLANNED, error=_("Stopped; nothing was written."))
        raise
    finally:
        pulse.end()
    return done


def reason_of(batch):
    """What the history says of why its rows were written."""
    return (_("Imported from %(file)s") % {"file": batch.name})[:500]


def write(batch, user, pulse):
    # A second worker that took it up by mistake waits here, and then finds it done.
    if not Import.objects.select_for_update().filter(pk=batch.pk, status=Status.APPLYING).exists():
        raise Stopped
    kind = find_kind(batch.kind)
    writer = kind.writer(kind, context_of(batch, user, reason_of(batch)))
    count, conflicts = 0, {}
    pulse.start("write")
    writer.begin(batch.rows.to_write())
    with bare_for_the_first(writer.fills, batch.counts.get("create", 0)):
        for rows in asked_ahead(writer, batches(batch, getattr(writer, "at_once", WRITTEN))):
            conflicts |= writer.conflicts(rows)
            # Once something stands against all of it the rest is only looked at, so that all is told at once.
            if batch.only_good or not conflicts:
                good = [row for row in rows if row.pk not in conflicts]
                writer.write(good)
                count += len(good)
            pulse.beat(count, batch.to_write)
        writer.write_rest()
    if batch.only_good or not conflicts:
        writer.finish()
    late = getattr(writer, "late", {})
    conflicts, count = conflicts | late, count - len(late)
    if conflicts and not batch.only_good:
        raise Overtaken(conflicts)
    mark(batch, conflicts)
    now = timezone.now()
    if not batch.claim([Status.APPLYING], Status.APPLIED, applied_at=now, applied_by=user, error=""):
        raise Stopped
    AuditEvent.record(
        "import_applied", actor=user, subject=batch, label=batch.name, rows=count, kind=batch.kind,
        conflicts=len(conflicts),
    )  # fmt: skip
    return Done(count, len(conflicts))


def asked_ahead(writer, batches):
    """The batches, each handed on once the writer has begun to ask about the next."""
    ready = None
    for rows in batches:
        writer.ask(rows)
        if ready:
            yield ready
        ready = rows
    if ready:
        yield ready


def batches(batch, size):
    """The rows to be written, so many at a time, in the order of the file."""
    columns = ("pk", "number", "outcome", "label", "target")
    texts = [Cast(name, TextField()) for name in ("before", "after")]
    for some in read_ahead(batch.rows.to_write().order_by("pk").values_list(*columns, *texts), size):
        yield [Stored(*row, decoded(before), decoded(after)) for *row, before, after in some]


def decoded(written):
    """A column of a plan's row; most rows change nothing that was there before."""
    return {} if written == "{}" else json.loads(written)


def mark(batch, conflicts):
    """Keep with the rows why they were not written."""
    batch.rows.overtaken().update(conflict="")
    rows = [ImportRow(pk=pk, conflict=why[:500]) for pk, why in conflicts.items()]
    ImportRow.objects.bulk_update(rows, ["conflict"], batch_size=500)


# Taking back


def undo(batch, user, reason, pulse=None):
    """Take back all that the import wrote, as long as nothing stands on it; returns what does, else an empty list."""
    pulse = pulse or Pulse(batch.public_id)
    try:
        with transaction.atomic(), acting(user, batch.undo_id, reason[:500]):
            in_the_way = undo_acts(batch.act_id, reason or _("Import taken back"), pulse)
            if not in_the_way:
                values = {"undone_at": timezone.now(), "undone_by": user, "undo_reason": reason[:500], "error": ""}
                if not batch.claim([Status.UNDOING], Status.UNDONE, **values):
                    raise Stopped
                AuditEvent.record("import_undone", actor=user, subject=batch, label=batch.name, reason=reason)
    except Stopped:
        batch.claim([Status.UNDOING], Status.APPLIED, error=_("Stopped; nothing was taken back."))
        raise
    finally:
        pulse.end()
    if in_the_way:
        batch.claim([Status.UNDOING], Status.APPLIED, error=_("Something stands on it; nothing was taken back."))
    return in_the_way


def touched(batch):
    """What the import wrote, by its history: `undoing.Acts` of each model."""
    return acts_of(batch.act_id)
