"""Each page over a hundred thousand members, at each level of the tree: what it asks PostgreSQL for, without a clock.

A page that reads a table through, or sorts more than it shows, costs fifty times as much over a country. The country
itself is measured by `tests.benchmarks.scale`.
"""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from records.models import User
from tests.scale_pages import LEVELS, Requests
from tests.weighing import weigh

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL explains what it touches"),
]
MEMBERS = 100_000
PUBLIC_QUERIES, STAFF_QUERIES, PUBLIC_KB = 5, 8, 46
# Blocks that a page of the public list of awards touches, whatever the unit, year or type; without words to look for.
AWARD_BUFFERS = 700
# Staff lists put the people of a commune in order, as many as there are.
STAFF_SORTED = 11_000
# Pages of many parts; of these the queries are counted here, so that none comes unnoticed.
MANY_PARTS = {
    "a member": 18,
    "a unit": 12,
    "the day's work": 21,
    "the grid of a branch": 18,
    "the results of a branch": 16,
}
# What reads more than it shows, and why it may.
FILTERS = "a rare condition without an index of its own: members are read in order until fifty have it"
OWN_PEOPLE = "it looks through the members of the unit, at most 20,000 (records.quality)"
KNOWN = {
    "members on probation": FILTERS,
    "members who left": FILTERS,
    "women admitted of late": FILTERS,
    "members by position": FILTERS,
    "members away": FILTERS,
    "members without a card": FILTERS,
    "data quality": OWN_PEOPLE,
    "duplicates": OWN_PEOPLE,
    "the day's work": OWN_PEOPLE,
    "a running campaign's reminders": "it goes over the units in scope, which the reader is to remind",
}


@pytest.fixture(scope="module")
def requests(shared_rows):
    call_command("load_scale", members=MEMBERS, verbosity=0)
    return Requests()


def weights(client, pages, **bounds):
    """Each page's weight, when what it has counted apart has been asked for."""
    for name, address in pages:
        client.get(address)
        yield name, weigh(client, address, **bounds)


def test_public_pages_ask_for_no_more_than_they_show(requests):
    for name, weight in weights(Client(), requests.public()):
        assert not weight.faults, (name, weight.faults)
        assert weight.queries <= PUBLIC_QUERIES, (name, weight.queries)
        assert weight.size <= PUBLIC_KB, (name, weight.size)
        if name.startswith("awards") and " by " not in name:
            page = max(buffers for buffers, _ms, _faults, sql in weight.statements if sql.endswith("LIMIT 51"))
            assert page <= AWARD_BUFFERS, (name, page)


@pytest.mark.parametrize("level", LEVELS)
def test_staff_pages_ask_for_no_more_than_they_show(requests, level):
    client = Client()
    client.force_login(User.objects.get(username=requests.logins[level]))
    for name, weight in weights(client, requests.staff(level), most_sorted=STAFF_SORTED):
        assert name in KNOWN or not weight.faults, (name, weight.faults)
        assert weight.queries <= MANY_PARTS.get(name, STAFF_QUERIES), (name, weight.queries)


def test_the_administrators_lists_ask_for_no_more_than_they_show(requests):
    client = Client()
    client.force_login(User.objects.get(username="quantri"))
    for name, weight in weights(client, requests.admin()):
        assert not weight.faults, (name, weight.faults)
        assert weight.queries <= PUBLIC_QUERIES, (name, weight.queries)
