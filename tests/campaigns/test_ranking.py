"""The ranked table: places, distances from the target and what the named units leave over, by hand-counted figures."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.ranking import FIGURES, Row, rank, sort_out

TOTAL = {"owed": 0, "planned": 0, "eligible": 100, "registered": 50, "done": 0}


def unit(name, registered, eligible, **fields):
    defaults = {
        "owed": 0,
        "planned": 0,
        "done": 0,
        "code": name,
        "sort_key": name,
        "get_absolute_url": lambda: f"/{name}/",
    }
    return SimpleNamespace(name=name, registered=registered, eligible=eligible, **{**defaults, **fields})


def total_of(units):
    return {name: sum(getattr(one, name) for one in units) for name in FIGURES}


@pytest.mark.parametrize(
    ("registered", "eligible", "target", "gap"),
    [
        (3013, 3382, 90, -31),  # 90 % of 3,382 is 3,043.8: the 3,044th person reaches it
        (2291, 2604, 90, -53),
        (728, 742, 90, 60),
        (9, 10, 90, 0),
        (0, 0, 90, 0),
        (0, 7, 0, 0),
    ],
)
def test_the_gap_is_counted_in_whole_persons(registered, eligible, target, gap):
    assert Row(registered=registered, eligible=eligible, target=target).gap == gap


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 100))
def test_nobody_is_missing_exactly_where_the_rate_reaches_the_target(registered, eligible, target):
    row = Row(registered=registered, eligible=eligible, target=target)
    assert (row.missing == 0) == (100 * registered >= target * eligible)
    if row.missing:
        assert 100 * (registered + row.missing) >= target * eligible
        assert 100 * (registered + row.missing - 1) < target * eligible


def test_best_rate_first_with_equal_rates_sharing_a_place_and_empty_units_last_without_one():
    units = [unit("a", 0, 0, owed=1), unit("b", 1, 2), unit("c", 9, 10), unit("d", 5, 10), unit("e", 1, 10)]
    ranking = rank(units, total_of(units), 90)
    assert [(row.name, row.place) for row in ranking.rows] == [("c", 1), ("b", 2), ("d", 2), ("e", 4), ("a", None)]


def test_what_the_named_units_leave_over_is_one_line_without_a_name():
    ranking = rank([unit("a", 20, 30), unit("b", 10, 30)], TOTAL, 90)
    assert (ranking.others.registered, ranking.others.eligible, ranking.others.name) == (20, 40, "")
    assert (ranking.total.registered, ranking.total.eligible) == (50, 100)


def test_nothing_left_over_and_overlapping_units_make_no_line_of_others():
    assert rank([unit("a", 50, 100)], TOTAL, 90).others is None
    assert rank([unit("a", 50, 100), unit("b", 40, 90)], TOTAL, 90).others is None


def test_a_rate_without_a_whole_is_unknown_not_zero():
    row = Row()
    assert row.member_rate is None
    assert row.plan_rate is None


@given(st.integers(0, 40), st.integers(1, 9))
def test_pages_together_hold_every_unit_once_in_one_order(many, size):
    units = [unit(f"{number:03}", number % 5, 5) for number in range(many)]
    whole = [row.name for row in rank(units, total_of(units), 90, size=many or 1).rows]
    pages, start = [], 0
    while start is not None:
        page = rank(units, total_of(units), 90, start, size)
        pages += [row.name for row in page.rows]
        assert (page.previous_start is None) == (start == 0)
        start = page.next_start
    assert pages == whole


def test_a_place_beyond_the_end_leads_to_the_first_page():
    assert rank([unit("a", 1, 1)], TOTAL, 90, start=7).start == 0


def test_only_listed_units_are_named_but_an_unlisted_head_still_frames_the_table():
    flags = {"is_head": False, "is_partner": False, "is_compared": False, "listed": True, "eligible": 1, "owed": 0}
    head = SimpleNamespace(**{**flags, "is_head": True, "listed": False})
    partner = SimpleNamespace(**{**flags, "is_partner": True})
    hidden = SimpleNamespace(**{**flags, "is_compared": True, "is_partner": True, "listed": False})
    compared = SimpleNamespace(**{**flags, "is_compared": True})
    empty = SimpleNamespace(**{**flags, "is_compared": True, "eligible": 0})
    sheet = sort_out([head, partner, hidden, compared, empty])
    assert (sheet.head, sheet.partners, sheet.compared) == (head, [partner], [compared])
