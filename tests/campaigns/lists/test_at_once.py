"""Lists written while others work, on PostgreSQL: nobody waits for ever, nothing is counted twice or lost."""

import pytest
from django.db import connection

from campaigns.models import Registration, Tally
from records.models import Member
from tests.campaigns.lists.sending import HEADER, row_of, sent, undone, written
from tests.campaigns.test_concurrency import DAY, at_once, paths_are_sound, told
from tests.factories import make_branch, make_member, make_registration, make_superuser, make_unit

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself"),
    pytest.mark.django_db(transaction=True),
]
LAMPS = "Đèn chiếu sáng"


def a_list(people, said, **more):
    rows = [HEADER, *(row_of(one, LAMPS, "1", **more) for one in people)]
    return sent(make_superuser(), rows, **said)


def test_eight_writers_with_lists_among_them(root, campaign, activities, said):
    district, elsewhere = make_unit(parent=root), make_unit(parent=root)
    branches = [make_branch(parent=district) for _ in range(4)]
    new = [make_member(unit=branches[n % 4]) for n in range(8)]
    old = [make_member(unit=branches[n % 4]) for n in range(8)]
    there = [make_registration(campaign, one) for one in old]
    alone = [Member.objects.select_related("unit").get(pk=make_member(unit=one).pk) for one in branches[:2]]
    earlier = a_list([make_member(unit=one) for one in branches], said)
    written(earlier)
    # The same units in opposite orders, so that two lists would wait for each other.
    lists = [a_list(new[:4] + old[:4], said, rating="Tốt"), a_list(new[:3:-1] + old[:3:-1], said, rating="Khá")]
    outcomes = at_once(
        *(lambda one=one: written(one) for one in lists),
        *(lambda one=one: make_registration(campaign, one) for one in alone),
        lambda: there[0].finish("good"),
        lambda: there[7].withdraw("ốm"),
        lambda: undone(earlier),
        lambda: district.move_to(elsewhere, DAY),
    )
    assert told(outcomes) <= 2
    assert paths_are_sound()
    assert Tally.objects.differences() == []
    assert Registration.objects.filter(campaign=campaign).count() in (10, 14, 18)


def test_of_two_lists_about_the_same_people_one_is_told(root, branch, campaign, activities, said):
    people = [make_member(unit=branch) for _ in range(5)]
    lists = [a_list(people, said), a_list(people[::-1], said)]
    results = []
    at_once(*(lambda one=one: results.append(written(one)) for one in lists))
    assert sorted((done.written, done.conflicts) for done in results) == [(0, 5), (5, 0)]
    assert Registration.objects.count() == 5
    assert Tally.objects.differences() == []
