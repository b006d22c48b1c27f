"""Several writers at once, on PostgreSQL: the publication number changes at each commit, and nobody waits for it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from records.models import Award
from records.publication import publication_number
from tests.factories import make_award, make_decision, make_user

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself"),
    pytest.mark.django_db(transaction=True),
]


def elsewhere(act):
    """Run an act on another connection, and return what it returned."""

    def run():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(10)


def test_a_long_import_neither_holds_up_a_publication_nor_hides_it():
    """Whoever asked between the two commits sees each of them as a change."""
    awards, draft = [make_award().pk for _ in range(2)], make_decision()
    seen = [elsewhere(publication_number)]
    with transaction.atomic():
        Award.objects.filter(pk=awards[0]).update(reason="nhập")
        seen.append(elsewhere(publication_number))
        # Would time out if it waited for the row that the open transaction has counted in.
        elsewhere(lambda: draft.publish(make_user()))
        seen.append(elsewhere(publication_number))
        Award.objects.filter(pk=awards[1]).update(reason="nhập")
    seen.append(elsewhere(publication_number))
    assert seen[0] == seen[1] < seen[2] < seen[3]


def test_the_number_changes_for_others_when_they_see_the_change():
    award = make_award(published=True)

    def look():
        return publication_number(), Award.objects.published().count()

    with transaction.atomic():
        before = elsewhere(look)
        Award.objects.filter(pk=award.pk).update(published_at=None)
        assert elsewhere(look) == before
    number, shown = elsewhere(look)
    assert (number > before[0], before[1], shown) == (True, 1, 0)


def test_many_writers_lose_no_count_and_need_few_rows():
    awards = [make_award().pk for _ in range(4)]
    before = publication_number()

    def write(pk):
        try:
            for n in range(25):
                Award.objects.filter(pk=pk).update(reason=f"{n}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, awards))
    assert publication_number() == before + 100
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_publication")
        # About one a writer; one more whenever all of them have just been counted in.
        assert cursor.fetchone()[0] <= 25
