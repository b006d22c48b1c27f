from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from records.models import AuditEvent
from tests.factories import make_unit, make_user

pytestmark = pytest.mark.django_db


def tamper(event, column, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_auditevent SET {column} = %s WHERE id = %s", [value, event.pk])  # noqa: S608


def test_the_chain_is_whole_until_somebody_touches_it():
    user, unit = make_user(), make_unit()
    events = [AuditEvent.record("look", actor=user, subject=unit, reason=f"việc {n}", rows=n) for n in range(4)]
    assert AuditEvent.objects.first_broken() is None
    tamper(events[1], "reason", "chưa từng xem")
    assert AuditEvent.objects.first_broken() == events[1]


@pytest.mark.parametrize("column", ["action", "label", "actor_id", "at"])
def test_every_column_is_under_the_seal(column):
    event = AuditEvent.record("look", actor=make_user(), label="sổ")
    value = {"actor_id": make_user().pk, "at": event.at + timedelta(seconds=1)}.get(column, "khác")
    tamper(event, column, value)
    assert AuditEvent.objects.first_broken() == event


def test_a_removed_row_breaks_the_chain():
    events = [AuditEvent.record("look") for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_auditevent WHERE id = %s", [events[1].pk])
    assert AuditEvent.objects.first_broken() == events[2]


def test_events_are_neither_changed_nor_deleted():
    event = AuditEvent.record("look")
    for act in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(TypeError):
            act()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(action="x")
    assert AuditEvent.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself")
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_do_not_fork_the_chain():
    def write(n):
        try:
            AuditEvent.record("look", label=str(n))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    assert AuditEvent.objects.count() == 12
    assert AuditEvent.objects.first_broken() is None
