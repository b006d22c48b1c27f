"""Records with missing, impossible, stale or conflicting data: what a clerk is asked to look at, each kind with its
rows. "Today" is an argument: some are wrong only from a day on."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, TextChoices, When
from django.db.models.lookups import LessThan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.duplicates import in_pairs, year_of
from records.models import Decision, Membership
from records.models.members import PRESENT, Standing
from records.party_age import anniversary

# The youngest at which a person may be admitted (Party Statutes 2011, art. 1.2: from eighteen).
LEAST_AGE = 18
# Nobody on record has lived much longer: a birth before that is a slip of the pen.
GREATEST_AGE = 110
# The probation of twelve months (Party Statutes 2011, art. 5.1), and what a clerk may need to write down its end.
PROBATION_YEARS, PROBATION_DAYS = 1, 30


class Family(TextChoices):
    """What is wrong with a record, in the order in which a page tells it."""

    MISSING = "missing", _("missing")
    IMPOSSIBLE = "impossible", _("cannot be")
    STALE = "stale", _("out of date")
    CONFLICTING = "conflicting", _("contradicts itself")
    DUPLICATES = "duplicates", _("twice in the register")


@dataclass(frozen=True)
class Gap:
    """One kind: its name in addresses, what is wrong in words, and the condition of the rows that have it.

    The condition is a Q, or a function from a day to one.
    """

    name: str
    words: Promise
    family: Family
    condition: Any = None

    @property
    def is_bad(self):
        """Whether it is wrong as it stands, and not only incomplete or old."""
        return self.family in (Family.IMPOSSIBLE, Family.CONFLICTING)

    def when(self, on):
        """The condition as it holds on a day."""
        return self.condition(on) if callable(self.condition) else self.condition

    def of(self, rows, on):
        """Those of the rows that have the gap on a day."""
        return rows.filter(self.when(on))


class Twins(Gap):
    """Members who are probably twice in the register, both records among the rows looked at."""

    def of(self, rows, on):
        return rows.filter(pk__in=in_pairs(rows))


def of_present(name, words, family, condition):
    """A gap of members who belong today."""
    here = Q(standing__in=PRESENT)
    held = (lambda on: here & condition(on)) if callable(condition) else here & condition
    return Gap(name, words, family, held)


def after(*fields):
    """Whether one of the dates is still to come."""

    def condition(on):
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__gt": on})
        return found

    return condition


def memberships(**conditions):
    return Exists(Membership.objects.filter(member=OuterRef("pk"), **conditions))


def attached_since(on):
    kind = Membership.Kind.TEMPORARY
    return Q(attached_to__isnull=False) & Q(
        memberships(kind=kind, valid_to__isnull=True, valid_from__lt=anniversary(on, -1))
    )


def overdue_probation(on):
    day = anniversary(on, -PROBATION_YEARS) - timedelta(days=PROBATION_DAYS)
    return Q(standing=Standing.PROBATIONARY, admitted_on__lt=day)


ONCE_FULL = ~Q(standing=Standing.PROBATIONARY)
OFFICIAL = Membership.Kind.OFFICIAL
MISSING, IMPOSSIBLE, STALE, CONFLICTING = Family.MISSING, Family.IMPOSSIBLE, Family.STALE, Family.CONFLICTING
TWINS = Twins("twins", _("probably twice in the register"), Family.DUPLICATES)
RECORD_GAPS = (
    of_present("birth_date", _("no date of birth"), MISSING, Q(birth_date__isnull=True)),
    of_present("admitted_on", _("no date of admission"), MISSING, Q(admitted_on__isnull=True)),
    of_present(
        "full_member_on",
        _("full member without the date of it"),
        MISSING,
        ONCE_FULL & Q(full_member_on__isnull=True),
    ),
    of_present("card_number", _("full member without a card number"), MISSING, ONCE_FULL & Q(card_number="")),
    of_present(
        "odd",
        _("admitted before the age of eighteen"),
        IMPOSSIBLE,
        Q(LessThan(year_of("admitted_on"), year_of("birth_date") + LEAST_AGE)),
    ),
    of_present(
        "future", _("a date that is still to come"), IMPOSSIBLE, after("birth_date", "admitted_on", "full_member_on")
    ),
    of_present(
        "ancient",
        _("born more than 110 years ago"),
        IMPOSSIBLE,
        lambda on: Q(birth_date__lt=anniversary(on, -GREATEST_AGE)),
    ),
    of_present("probation", _("on probation for more than a year"), STALE, overdue_probation),
    of_present("away", _("attached elsewhere for more than a year"), STALE, attached_since),
    of_present(
        "early_full",
        _("full membership dated, but on probation"),
        CONFLICTING,
        Q(standing=Standing.PROBATIONARY, full_member_on__isnull=False),
    ),
    of_present(
        "dissolved",
        _("in a unit that has been dissolved"),
        CONFLICTING,
        Q(unit__dissolved_on__isnull=False) | Q(attached_to__dissolved_on__isnull=False),
    ),
    of_present(
        "unplaced",
        _("no open membership of the own unit"),
        CONFLICTING,
        ~memberships(unit=OuterRef("unit"), kind=OFFICIAL, valid_to__isnull=True),
    ),
    of_present(
        "too_early",
        _("belonged to a unit before the admission"),
        CONFLICTING,
        Q(memberships(kind=OFFICIAL, valid_from__lt=OuterRef("admitted_on"))),
    ),
    Gap(
        "lingering",
        _("has left, but still belongs to a unit"),
        CONFLICTING,
        ~Q(standing__in=PRESENT) & (Q(attached_to__isnull=False) | Q(memberships(valid_to__isnull=True))),
    ),
)
MEMBER_GAPS = (*RECORD_GAPS, TWINS)
DECISION_GAPS = (
    Gap("number", _("number not recorded, or not like any official number"), MISSING, Q(sequence__isnull=True)),
    Gap("date", _("day or month of the date not known"), MISSING, ~Q(issued_precision=Decision.Precision.DAY)),
    Gap("scan", _("no scan"), MISSING, Q(file="")),
)
# No gap of a decision, but what remains to be done with it.
UNPUBLISHED = Gap("unpublished", _("not published"), MISSING, Q(published_at__isnull=True))


def with_gap(rows, gaps, name, on):
    """The rows that have the gap `name` on a day; none where no such gap is known."""
    gap = next((gap for gap in gaps if gap.name == name), None)
    return gap.of(rows, on) if gap else rows.none()


@dataclass
class Figures:
    """Members counted by what is wrong with them: `people` of today, those `faulty`, and the number with each gap."""

    people: int = 0
    faulty: int = 0
    gaps: Counter = field(default_factory=Counter)

    def add(self, here, found, number):
        """Count so many members who have the same gaps."""
        self.people += number if here else 0
        self.faulty += number if here and found else 0
        for gap in found:
            self.gaps[gap.name] += number

    def told(self):
        """(gap, number) of each gap that somebody has."""
        return [(gap, self.gaps[gap.name]) for gap in RECORD_GAPS if self.gaps[gap.name]]


def summed(rows, on, **by):
    """Figures of members on a day by the expression named in `by` (None without one), in one query.

    Each condition is asked once a row: who has the same gaps is one group, whose number in binary says which.
    """
    conditions = [Q(standing__in=PRESENT), *(gap.when(on) for gap in RECORD_GAPS)]
    bits = [Case(When(condition, then=1 << place), default=0) for place, condition in enumerate(conditions)]
    groups = rows.order_by().values(**by, mask=reduce(add, bits)).annotate(n=Count("pk"))
    found = {}
    for *key, mask, number in groups.values_list(*by, "mask", "n"):
        having = [gap for place, gap in enumerate(RECORD_GAPS, 1) if mask & 1 << place]
        found.setdefault(key[0] if key else None, Figures()).add(mask & 1, having, number)
    return found


def counted(rows, gaps, on):
    """(gap, number of rows) for each gap that some row has on a day, counted in one query."""
    counts = {gap.name: Count("pk", filter=gap.when(on)) for gap in gaps}
    counts = rows.order_by().aggregate(**{f"with_{name}": count for name, count in counts.items()})
    return [(gap, counts[f"with_{gap.name}"]) for gap in gaps if counts[f"with_{gap.name}"]]
