"""Pages by keyset: every row once, in order, whatever the ties; a damaged token is the first page."""

import base64
import json
import random
from datetime import date
from itertools import product

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from records.models import Award, Decision
from records.paging import CappedCount, capped_count, keyset_page
from tests.factories import make_award, make_award_type, make_decision, make_unit

pytestmark = pytest.mark.django_db

KEYS = ("-decided_on", "-decision_id", "list_position", "pk")


def page_at(queryset, address, size, keys=KEYS):
    return keyset_page(queryset, keys, QueryDict(address.lstrip("?")), size=size)


def walk(queryset, size, keys=KEYS):
    """Forward to the end, then back to the start: the rows of both walks, by primary key."""
    page = page_at(queryset, "", size, keys)
    forward, back = [[row.pk for row in page.rows]], []
    while page.next_url:
        page = page_at(queryset, page.next_url, size, keys)
        forward.append([row.pk for row in page.rows])
    back.append([row.pk for row in page.rows])
    while page.previous_url:
        page = page_at(queryset, page.previous_url, size, keys)
        back.append([row.pk for row in page.rows])
    assert page.is_first
    return forward, back[::-1]


def make_awards(places):
    """Awards from (day, position) pairs: many share both."""
    unit, kind = make_unit(), make_award_type()
    days = {day: make_decision(unit=unit, issued_on=date(2020, 1, day)) for day, _position in places}
    for day, position in places:
        make_award(decision=days[day], type=kind, list_position=position)


MOST = 14


@pytest.fixture
def kept_by_place():
    """For each (day, position) as many awards as a list may have of it: drawing from them costs no writing."""
    places = list(product((1, 2, 3), (0, 1, 2)))
    make_awards(random.Random(MOST).sample(places * MOST, len(places) * MOST))
    rows = list(Award.objects.values_list("decision__issued_on__day", "list_position", "pk"))
    return {place: [pk for *found, pk in rows if tuple(found) == place] for place in places}


@given(
    places=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2)), max_size=MOST),
    size=st.integers(1, 5),
)
def test_walking_forward_and_back_meets_every_row_once_in_order(kept_by_place, places, size):
    awards = Award.objects.filter(pk__in=[kept_by_place[place][at] for at, place in enumerate(places)])
    forward, back = walk(awards, size)
    wanted = list(awards.order_by(*KEYS).values_list("pk", flat=True))
    assert len(wanted) == len(places)
    assert [pk for page in forward for pk in page] == wanted
    assert [pk for page in back for pk in page] == wanted
    assert forward == back


def test_keys_across_relations_and_annotations_page_too():
    make_awards([(1, 0), (2, 0), (2, 1), (3, 0), (3, 0)])
    keys = ("decision__issued_on", "type__precedence", "-pk")
    forward, back = walk(Award.objects.select_related("decision", "type"), 2, keys)
    assert [pk for page in forward for pk in page] == list(Award.objects.order_by(*keys).values_list("pk", flat=True))
    decisions = Decision.objects.annotate(given=CappedCount(Award.objects.values("pk")[:10]))
    pks = Decision.objects.order_by("pk").values_list("pk", flat=True)
    assert walk(decisions, 1, ("-given", "pk"))[0] == [[pk] for pk in pks]


def test_addresses_keep_the_filters_and_drop_the_old_token():
    make_awards([(1, n) for n in range(5)])
    page = page_at(Award.objects.all(), "year=2020&q=a&q=b&kind=", 2)
    assert page.previous_url == "" and page.is_first
    following = QueryDict(page.next_url[1:])
    assert following.getlist("q") == ["a", "b"] and following["year"] == "2020"
    assert "kind" not in following, "an empty filter says nothing"
    second = page_at(Award.objects.all(), page.next_url, 2)
    assert set(QueryDict(second.previous_url[1:])) == {"year", "q", "before"}


def test_no_rows_is_one_empty_first_page():
    page = page_at(Award.objects.all(), "", 2)
    assert (page.rows, page.previous_url, page.next_url, page.is_first) == ([], "", "", True)


def token(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "damaged",
    [
        "x", "%%%", "\x00", "é", "W10", "bnVsbA", "A" * 5000, token(), token("2020-01-01", 1, 1), token(1, 1, 1, 1),
        token("2020-13-01", 1, 1, 1), token("2020-01-01", "one", 1, 1), token("2020-01-01", None, 1, 1),
        token("2020-01-01", 10**30, 1, 1), token("2020-01-01", [1], 1, 1), token("2020-01-01", 1, 1.5, 1),
        token("\ud800", 1, 1, 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_damaged_token_is_the_first_page(damaged, side):
    make_awards([(1, n) for n in range(3)])
    params = QueryDict(mutable=True)
    params[side] = damaged
    page = keyset_page(Award.objects.all(), KEYS, params, size=2)
    assert [row.list_position for row in page.rows] == [0, 1] and page.is_first


def test_a_text_key_refuses_what_no_database_stores():
    unit = make_unit()
    for value in ("a\x00b", "\ud800"):
        params = QueryDict(mutable=True)
        params["after"] = token(value, 1)
        page = keyset_page(type(unit).objects.all(), ("sort_key", "pk"), params)
        assert page.rows == [unit]


def test_a_token_past_the_end_leads_back_to_the_first_page():
    make_awards([(1, n) for n in range(4)])
    page = page_at(Award.objects.all(), "", 2)
    Award.objects.filter(list_position__gt=1).delete()
    after = page_at(Award.objects.all(), page.next_url, 2)
    assert [row.list_position for row in after.rows] == [0, 1] and after.is_first


def test_rows_added_before_the_start_are_not_hidden_from_the_previous_page():
    make_awards([(2, n) for n in range(4)])
    second = page_at(Award.objects.all(), page_at(Award.objects.all(), "", 2).next_url, 2)
    make_awards([(3, 0)])
    page = page_at(Award.objects.all(), second.previous_url, 3)
    assert page.is_first and [row.decided_on.day for row in page.rows] == [3, 2, 2]


def test_a_later_page_is_found_by_a_range_and_never_by_counting_off(django_assert_num_queries):
    make_awards([(1, n) for n in range(4)])
    address = page_at(Award.objects.all(), "", 2).next_url
    with django_assert_num_queries(1) as queries:
        page_at(Award.objects.all(), address, 2)
    sql = queries[0]["sql"]
    assert "OFFSET" not in sql and '"decided_on" <= ' in sql


def test_counting_stops_at_the_cap():
    make_awards([(1, n) for n in range(4)])
    assert capped_count(Award.objects.all(), cap=4) == (4, False)
    assert capped_count(Award.objects.all(), cap=3) == (3, True)
    assert capped_count(Award.objects.none()) == (0, False)
