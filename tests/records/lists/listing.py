"""Lists typed as tables, on the road that a clerk's file takes: planned, written, taken back."""

import csv
from io import StringIO

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import imports
from records.models import AuditEvent, Import, ImportRow, Unit
from records.sheets.kinds import find_kind

# What an import leaves behind when it was taken back: its own rows and the trail of who did what.
LEFT = (Import, ImportRow, AuditEvent)


def send(kind, table, user=None, **said):
    """An import of a table, its first row the header, planned; `said` is what the clerk said of it."""
    content = StringIO()
    csv.writer(content).writerows(table)
    batch = imports.take(user, find_kind(kind), "danh_sach.csv", content.getvalue().encode())
    for name, value in said.items():
        setattr(batch, name, value)
    batch.save()
    return plan(batch)


def plan(batch, **said):
    """Plan anew, with more said of the file."""
    for name, value in said.items():
        setattr(batch, name, value)
    batch.save()
    assert batch.claim([Import.Status.MAPPING, Import.Status.PLANNED], Import.Status.PLANNING)
    imports.plan(batch)
    assert (batch.status, batch.error) == (Import.Status.PLANNED, "")
    return batch


def write(batch, user=None, only_good=False):
    """Write the plan; returns the Done."""
    batch.only_good = only_good
    batch.save()
    assert batch.claim([Import.Status.PLANNED], Import.Status.APPLYING)
    return imports.apply(batch, user or batch.by)


def enter(kind, table, user=None, **said):
    """Plan and write a table of which every row must be good."""
    batch = send(kind, table, user, **said)
    assert not codes(batch), [row.findings for row in batch.rows.all()]
    done = write(batch)
    assert not done.conflicts, [row.conflict for row in batch.rows.all()]
    return batch


def take_back(batch):
    """Take the import back; returns what stands in the way."""
    assert batch.claim([Import.Status.APPLIED], Import.Status.UNDOING)
    return imports.undo(batch, batch.by, "nhầm danh sách")


def rows(batch):
    return list(batch.rows.order_by("pk"))


def outcomes(batch):
    """What becomes of each row, in order."""
    return [row.outcome for row in rows(batch)]


def codes(batch):
    """The codes of all findings, in order."""
    return [finding[0] for row in rows(batch) for finding in row.findings]


def words(batch):
    """All that a plan says in words, but for a refused row's own cells."""
    told = [finding[3] for row in rows(batch) for finding in row.findings] + batch.notes
    told += [" ".join(map(str, one)) for row in rows(batch) for one in row.candidates]
    told += [" ".join(one) for row in rows(batch) if row.outcome in ("create", "change") for one in row.shown]
    return " ".join([*told, *(group["words"] for group in batch.groups), *(row.conflict for row in rows(batch))])


def tables():
    """Every row of the register as it stands, but for histories and what imports leave behind."""
    left = {f"{model._meta.label}" for model in LEFT}
    found = {}
    for model in apps.get_models():
        name = model._meta.label
        if model._meta.app_label in ("records", "campaigns") and name not in left and "Historical" not in name:
            columns = [column.attname for column in model._meta.concrete_fields]
            found[name] = sorted(map(repr, model._base_manager.values_list(*columns)))
    return found


def assert_counted():
    """Headcounts are what a live count gives."""
    assert not list(Unit.objects.miscounted())


def queries(act, *args, **said):
    """How many statements an act costs, and what it returns."""
    with CaptureQueriesContext(connection) as captured:
        result = act(*args, **said)
    return len(captured), result


def assert_remembered(batch, *models, undone=False):
    """Every row that the import wrote has a history row by its writer, with the act and the reason."""
    act = batch.undo_id if undone else batch.act_id
    for model in models:
        past = model.history.filter(request_id=act)
        assert past.exists(), model
        for row in past:
            assert row.history_user_id == (batch.by_id), (model, row.history_type)
            assert row.history_change_reason, (model, row.history_type)
