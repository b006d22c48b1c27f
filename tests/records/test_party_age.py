"""Party age and badges, held against the sources' own examples and the mistakes other programs make."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.party_age import (
    MILESTONES,
    ROUNDS,
    anniversary,
    counted_from,
    missed_badge,
    next_badge,
    party_age,
    round_after,
)

DAYS = st.dates(date(1930, 1, 1), date(2060, 12, 31))


def test_the_official_example_counts_from_admission_not_from_full_membership():
    assert party_age(date(2015, 7, 26), date(2045, 7, 25)) == 29
    assert party_age(date(2015, 7, 26), date(2045, 7, 26)) == 30


def test_a_member_admitted_in_october_1996_is_due_in_november_2026():
    badge = next_badge(date(1996, 10, 20), date(2020, 11, 16))
    assert (badge.years, badge.reached_on, badge.given_on) == (30, date(2026, 10, 20), date(2026, 11, 7))


def test_there_is_no_badge_of_35_years():
    assert 35 not in MILESTONES
    assert next_badge(date(1990, 3, 22), date(2021, 1, 1)).years == 40


def test_a_badge_is_next_until_its_round_has_passed_and_then_missed():
    start = date(1996, 10, 20)
    assert next_badge(start, date(2026, 11, 7)).years == 30
    assert next_badge(start, date(2026, 11, 8)).years == 40
    assert missed_badge(start, date(2026, 11, 7)) is None
    assert missed_badge(start, date(2026, 11, 8)).years == 30


def test_a_badge_held_already_is_neither_next_nor_missed():
    start = date(1996, 10, 20)
    # Given early, for illness.
    assert next_badge(start, date(2026, 1, 1), {30}).years == 40
    assert missed_badge(start, date(2026, 11, 8), {30}) is None
    # The higher one tells that the lower was given too, before the register began.
    assert missed_badge(date(1980, 1, 1), date(2026, 1, 1), {45}) is None
    assert missed_badge(date(1980, 1, 1), date(2026, 1, 1), {40}).years == 45


@pytest.mark.parametrize(
    ("day", "given"),
    [
        (date(2020, 1, 1), date(2020, 2, 3)),
        (date(2020, 2, 3), date(2020, 2, 3)),
        (date(2020, 2, 4), date(2020, 5, 19)),
        (date(2020, 5, 20), date(2020, 9, 2)),
        (date(2020, 9, 3), date(2020, 11, 7)),
        (date(2020, 11, 8), date(2021, 2, 3)),
    ],
)
def test_the_rounds_of_a_year(day, given):
    assert round_after(day) == given


def test_29_february_is_kept_on_the_28th_in_common_years():
    assert anniversary(date(1996, 2, 29), 30) == date(2026, 2, 28)
    assert anniversary(date(1996, 2, 29), 40) == date(2036, 2, 29)
    assert party_age(date(1996, 2, 29), date(2026, 2, 28)) == 30


def test_time_outside_the_party_does_not_count():
    admitted = date(1990, 1, 1)
    gap = (date(2000, 1, 1), date(2002, 1, 1))
    assert counted_from(admitted, [gap]) == admitted + timedelta(731)
    assert party_age(counted_from(admitted, [gap]), date(2020, 1, 1)) == 27
    # What lies before admission was no interruption of it.
    assert counted_from(admitted, [(date(1980, 1, 1), date(1985, 1, 1))]) == admitted


def test_nothing_follows_the_last_badge():
    assert next_badge(date(1930, 2, 3), date(2021, 1, 1)) is None


@given(DAYS, DAYS)
def test_the_next_badge_is_a_milestone_given_at_a_round_not_before_it_is_reached(start, on):
    badge = next_badge(start, on)
    if badge:
        assert badge.years in MILESTONES and (badge.given_on.month, badge.given_on.day) in ROUNDS
        assert badge.reached_on <= badge.given_on and badge.given_on >= on
        assert party_age(start, badge.reached_on) == badge.years
        assert party_age(start, badge.reached_on - timedelta(1)) == badge.years - 1
