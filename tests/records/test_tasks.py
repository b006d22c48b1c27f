"""Short work is done in the request, long work by a worker; a worker that dies loses nothing and does nothing twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from records import tasks
from records.models import Import, Member
from records.pulse import Pulse
from tests.databases import sqlite_file
from tests.factories import make_branch, make_staff, make_unit
from tests.records.test_imports import AN, BINH, HEADER, make_import

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clerk(db):
    return make_staff("clerk", make_branch(code="CB1", name="Chi bộ 1", parent=make_unit(code="GOC")))


@pytest.fixture
def long(monkeypatch):
    """Any work is long."""
    monkeypatch.setattr(tasks, "SHORT_BYTES", 0)
    monkeypatch.setattr(tasks, "SHORT_ROWS", 0)


def run_worker():
    call_command("db_worker", "--batch", "--no-startup-delay", "--interval", "0", "--no-reload", verbosity=0)


def test_short_work_is_done_at_once(clerk):
    batch = make_import(clerk, AN)
    assert tasks.start_applying(batch, clerk)
    assert (batch.status, batch.applied_by) == (Import.Status.APPLIED, clerk)
    assert tasks.start_undoing(batch, clerk, "gửi nhầm")
    assert (batch.status, batch.undone_by, batch.undo_reason) == (Import.Status.UNDONE, clerk, "gửi nhầm")
    assert not DBTaskResult.objects.exists()


def test_of_two_clicks_one_acts(clerk):
    batch = make_import(clerk, AN)
    same = Import.objects.get(pk=batch.pk)
    assert tasks.start_applying(batch, clerk)
    assert not tasks.start_applying(same, clerk)
    assert Member.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_long_work_waits_for_a_worker_and_is_heard_of_meanwhile(clerk, long):
    batch = make_import(clerk, AN, BINH)
    tasks.start_applying(batch, clerk)
    assert batch.status == Import.Status.APPLYING
    assert tasks.waits_for_worker(batch)
    assert Pulse(batch.public_id).read().step == tasks.QUEUED
    run_worker()
    batch.refresh_from_db()
    assert (batch.status, Member.objects.count()) == (Import.Status.APPLIED, 2)
    assert Member.history.first().history_user == clerk
    assert Pulse(batch.public_id).read() is None


@pytest.mark.django_db(transaction=True)
def test_planning_and_taking_back_are_work_too(clerk, long):
    batch = make_import(clerk, AN)
    assert tasks.start_planning(batch)
    run_worker()
    batch.refresh_from_db()
    assert batch.status == Import.Status.PLANNED
    tasks.start_applying(batch, clerk)
    run_worker()
    batch.refresh_from_db()
    tasks.start_undoing(batch, clerk, "")
    run_worker()
    batch.refresh_from_db()
    assert (batch.status, Member.objects.count()) == (Import.Status.UNDONE, 0)


@pytest.fixture
def left_behind(clerk, long):
    """An import whose worker took it up and was never heard of again."""
    batch = make_import(clerk, AN)
    tasks.start_applying(batch, clerk)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    return batch


def test_work_that_waits_or_is_heard_of_is_left_alone(clerk, left_behind):
    assert not tasks.resume(left_behind)
    DBTaskResult.objects.update(status=TaskResultStatus.READY)
    assert not tasks.resume(left_behind, anyway=True)
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_work_not_heard_of_begins_anew_once(clerk, left_behind, monkeypatch):
    monkeypatch.setattr("records.pulse.DEAD_SECONDS", 0)
    assert tasks.resume(left_behind)
    assert not tasks.resume(left_behind)
    run_worker()
    left_behind.refresh_from_db()
    assert (left_behind.status, Member.objects.count()) == (Import.Status.APPLIED, 1)


def test_the_command_begins_anew_what_nobody_has_in_hand(clerk, left_behind, capsys):
    call_command("resume_imports")
    assert not tasks.waits_for_worker(left_behind)
    call_command("resume_imports", "--anyway")
    assert tasks.waits_for_worker(left_behind)
    assert left_behind.name in capsys.readouterr().out


# A real worker, killed


def manage(database, folder, *words, **kwargs):
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{database}", "MEDIA_ROOT": str(folder),
    }  # fmt: skip
    command = [sys.executable, "manage.py", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, **kwargs)


def counted(database, query):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchone()[0]


@pytest.mark.one_database
@pytest.mark.skipif(connection.vendor != "sqlite", reason="copies the run's SQLite file")
def test_a_worker_killed_in_the_middle_of_writing_is_followed_by_one_that_writes_all_of_it_once(databases, tmp_path):
    """With processes, a database file and a signal that nothing can catch."""
    database, folder, count = tmp_path / "db.sqlite3", tmp_path / "media", 4000
    rows = [f"{n},Nguyễn Văn Người,01/02/1970,{n:08d},,CB1" for n in range(count)]
    (tmp_path / "ds.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    script = (
        "from records import imports, tasks; from records.models import Unit;"
        "from records.sheets.kinds import find_kind;"
        "Unit(code='CB1', name='Chi bộ 1', kind='grassroots_branch').save(); tasks.SHORT_BYTES = 10**9;"
        f"b = imports.take(None, find_kind('members'), 'ds.csv', open('{tmp_path}/ds.csv', 'rb').read());"
        "tasks.start_planning(b); assert tasks.start_applying(b, None)"
    )
    shutil.copy(sqlite_file(databases), database)
    assert manage(database, folder, "shell", "-v0", "-c", script).wait() == 0
    worker = manage(database, folder, "db_worker", "--no-reload", "--no-startup-delay", "-v0")
    pulses, until = folder / "imports", time.monotonic() + 60
    while not any('"write"' in pulse.read_text() for pulse in pulses.glob("*.pulse")) and time.monotonic() < until:
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert counted(database, "SELECT count(*) FROM records_member") == 0
    assert counted(database, "SELECT status FROM records_import") == "applying"
    assert manage(database, folder, "resume_imports", "--anyway").wait() == 0
    assert manage(database, folder, "db_worker", "--batch", "--no-reload", "--no-startup-delay", "-v0").wait() == 0
    assert counted(database, "SELECT status FROM records_import") == "applied"
    for table in ("member", "membership", "historicalmember", "historicalmembership"):
        assert counted(database, f"SELECT count(*) FROM records_{table}") == count  # noqa: S608
