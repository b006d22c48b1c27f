"""What is handed over to be done behind is done before anything is asked, in its order, and what went wrong is told."""

import threading
from contextlib import nullcontext

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from records.behind import asked, asked_of, handed_over, read_ahead, wait, writing_behind
from records.bulk import insert, remember, reserve
from records.models import Sector
from records.models.history import acting
from tests.factories import make_sector, make_user

pytestmark = pytest.mark.django_db
COLUMNS = ("id", "code", "name")


def test_rows_and_their_history_are_there_when_asked_for_by_whoever_acts():
    user = make_user()
    with acting(user, "import-abc", "Nhập"), writing_behind():
        for start in (0, 3):
            keys = reserve(Sector, 3)
            insert(Sector, COLUMNS, [(key, f"m-{start + n}", f"Mục {start + n}") for n, key in enumerate(keys)])
            remember(Sector, keys, "+", "Nhập")
            assert Sector.objects.filter(pk__in=keys).count() == 3
    past = Sector.history.filter(request_id="import-abc")
    assert past.count() == 6
    assert {row.history_user for row in past} == {user}


def test_what_the_database_refuses_is_raised_and_nothing_of_the_transaction_stays():
    there = make_sector(code="a")
    with pytest.raises(IntegrityError), transaction.atomic(), writing_behind():
        insert(Sector, COLUMNS, [(there.pk + 1, "b", "B")])
        insert(Sector, COLUMNS, [(there.pk + 2, "a", "A")])
        wait()
    assert [sector.code for sector in Sector.objects.all()] == ["a"]


def test_it_is_raised_at_the_end_too():
    there = make_sector(code="a")
    with pytest.raises(IntegrityError), transaction.atomic(), writing_behind():
        insert(Sector, COLUMNS, [(there.pk + 1, "a", "A")])


def test_an_error_of_ones_own_waits_for_what_is_behind_and_comes_through():
    with pytest.raises(ZeroDivisionError), transaction.atomic(), writing_behind():
        insert(Sector, COLUMNS, [(reserve(Sector, 1)[0], "a", "A")])
        raise ZeroDivisionError
    assert not Sector.objects.exists()
    assert make_sector(code="a").pk


@pytest.mark.parametrize("behind", [True, False])
def test_another_thread_does_it_on_postgresql_alone_and_only_within(behind):
    seen = []
    if behind:
        with writing_behind():
            handed_over(lambda cursor: seen.append(threading.current_thread()))
    else:
        handed_over(lambda cursor: seen.append(threading.current_thread()))
    beside = behind and connection.vendor == "postgresql"
    assert (seen[0] is not threading.current_thread()) == beside


@pytest.mark.parametrize("behind", [True, False])
def test_a_question_is_answered_by_what_was_there_when_it_was_asked(behind):
    sectors = Sector.objects.order_by("code").values_list("code", "name")
    with transaction.atomic(), writing_behind() if behind else nullcontext():
        insert(Sector, COLUMNS, [(reserve(Sector, 1)[0], "a", "A")])
        before, nothing = asked_of(sectors), asked_of(sectors.none())
        insert(Sector, COLUMNS, [(reserve(Sector, 1)[0], "b", "B")])
        assert (before(), nothing()) == ([("a", "A")], [])
        assert [*map(tuple, asked("SELECT code FROM records_sector ORDER BY code")())] == [("a",), ("b",)]


def test_a_question_that_cannot_be_answered_says_so():
    with pytest.raises(DatabaseError), transaction.atomic(), writing_behind():
        asked("SELECT nothing FROM nowhere")()


@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize(("count", "sizes"), [(0, []), (2, [2]), (3, [2, 1])])
def test_rows_are_read_on_while_others_are_written(behind, count, sizes):
    rows = [(key, f"c{key}", f"C{key}") for key in reserve(Sector, count)]
    with transaction.atomic(), writing_behind() if behind else nullcontext():
        insert(Sector, COLUMNS, rows)
        some = []
        for found in read_ahead(Sector.objects.filter(code__startswith="c").order_by("pk").values_list(*COLUMNS), 2):
            insert(Sector, COLUMNS, [(key, f"d{key}", f"D{key}") for key in reserve(Sector, 1)])
            some.append(found)
    assert [len(found) for found in some] == sizes
    assert [tuple(row) for found in some for row in found] == rows
