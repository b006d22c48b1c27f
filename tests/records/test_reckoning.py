"""What is counted apart from the pages: asked for once, kept with its time, made anew when it is old."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from records.models import Reckoning
from records.reckoning import reckoned

calls = []


@reckoned(every=timedelta(minutes=10))
def doubled(key):
    """Twice the key."""
    calls.append(key)
    return {"twice": 2 * key}


@pytest.fixture(autouse=True)
def uncalled():
    calls.clear()


def work_off():
    call_command("db_worker", "--batch", "--no-startup-delay", "--interval", "0", "--no-reload", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_count_is_asked_for_once_and_made_by_the_worker_and_shown_with_its_time():
    assert doubled.latest(4) == (None, None) == doubled.latest(4) and not calls
    assert DBTaskResult.objects.count() == 1
    before = timezone.now()
    work_off()
    figures, counted_at = doubled.latest(4)
    assert figures == {"twice": 8} and before <= counted_at <= timezone.now()
    assert doubled.latest(5) == (None, None) and calls == [4]


def grow_old(**column):
    """What was noted then was noted so long ago."""
    ((name, age),) = column.items()
    Reckoning.objects.update(**{name: timezone.now() - age})


@pytest.mark.django_db
def test_an_old_count_is_shown_while_a_new_one_is_made():
    doubled.count(4)
    grow_old(counted_at=timedelta(minutes=9))
    doubled.latest(4)
    assert not DBTaskResult.objects.exists()
    grow_old(counted_at=timedelta(minutes=11))
    assert doubled.latest(4)[0] == {"twice": 8} == doubled.latest(4)[0]
    assert DBTaskResult.objects.count() == 1
    before = timezone.now()
    doubled.count(4)
    assert doubled.latest(4)[1] >= before and DBTaskResult.objects.count() == 1


@pytest.mark.django_db
def test_a_count_whose_worker_died_is_asked_for_again():
    for age, asked in ((29, 1), (31, 2)):
        doubled.latest(4)
        grow_old(asked_at=timedelta(minutes=age))
        doubled.latest(4)
        assert DBTaskResult.objects.count() == asked
    assert Reckoning.objects.count() == 1


def test_called_by_itself_it_counts_there_and_then():
    assert doubled(3) == {"twice": 6} and doubled.__doc__ == "Twice the key."
