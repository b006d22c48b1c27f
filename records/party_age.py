"""Years in the Party and the badges they earn (Regulation 29-QĐ/TW of 2016, item 27.2): computation over dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MILESTONES = (30, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90)
# Badges are given on the Party's day, President Hồ Chí Minh's birthday, National Day and the October Revolution's day.
ROUNDS = ((2, 3), (5, 19), (9, 2), (11, 7))
Gap = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Badge:
    """A milestone of Party membership: the day it is reached and the round at which its badge is given."""

    years: int
    reached_on: date
    given_on: date


def anniversary(start: date, years: int) -> date:
    """Return the day `years` later; 29 February is kept on the 28th in a common year."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def counted_from(admitted_on: date, gaps: Iterable[Gap] = ()) -> date:
    """Return the day Party age counts from: that of admission, moved on by every day outside the Party.

    The official date does not matter (Guide 01-HD/TW of 2021). A gap is its first day outside and the day of return.
    """
    return admitted_on + sum((end - max(start, admitted_on) for start, end in gaps if end > admitted_on), timedelta())


def party_age(start: date, on: date) -> int:
    """Return the whole years from the day Party age counts from (see `counted_from`); never below 0."""
    years = on.year - start.year
    return max(0, years if anniversary(start, years) <= on else years - 1)


def round_after(day: date) -> date:
    """Return the first round of badges on a day or later."""
    rounds = (date(year, *month_day) for year in (day.year, day.year + 1) for month_day in ROUNDS)
    return next(one for one in rounds if one >= day)


def next_badge(start: date, on: date, held: Iterable[int] = ()) -> Badge | None:
    """Return the first badge whose round is still to come on a day and that is not held, None beyond the last."""
    for badge in badges(start):
        if badge.given_on >= on and badge.years not in held:
            return badge
    return None


def missed_badge(start: date, on: date, held: Iterable[int] = ()) -> Badge | None:
    """Return the highest badge whose round has passed on a day, where neither it nor a higher one is held."""
    past = [badge for badge in badges(start) if badge.given_on < on]
    return past[-1] if past and past[-1].years > max(held, default=0) else None


def badges(start: date) -> list[Badge]:
    """Every milestone of somebody whose Party age counts from a day, lowest first."""
    reached = ((years, anniversary(start, years)) for years in MILESTONES if start.year + years < date.max.year)
    return [Badge(years, day, round_after(day)) for years, day in reached]
