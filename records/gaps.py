"""Records with missing, impossible, stale or conflicting data: what a clerk is asked to look at, each kind with its
rows. "Today" is an argument: some are wrong only from a day on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, TextChoices
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
        for field in fields:
            found |= Q(**{f"{field}__gt": on})
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


def with_gap(rows, gaps, name, on):
    """The rows that have the gap `name` on a day; none where no such gap is known."""
    gap = next((gap for gap in gaps if gap.name == name), None)
    return gap.of(rows, on) if gap else rows.none()


def figures(gaps, on):
    """Aggregates over rows: `people` of today, those `faulty` by any of the gaps, and the number with each by name."""
    wrong = Q(pk__in=[])
    for gap in gaps:
        wrong |= gap.when(on)
    here = Q(standing__in=PRESENT)
    counts = {gap.name: Count("pk", filter=gap.when(on)) for gap in gaps}
    return {"people": Count("pk", filter=here), "faulty": Count("pk", filter=here & wrong), **counts}


def counted(rows, gaps, on):
    """(gap, number of rows) for each gap that some row has on a day, counted in one query."""
    counts = rows.order_by().aggregate(**{gap.name: Count("pk", filter=gap.when(on)) for gap in gaps})
    return [(gap, counts[gap.name]) for gap in gaps if counts[gap.name]]


def summed(rows, on):
    """(counted gaps, people, faulty) of members on a day, in one query."""
    counts = rows.order_by().aggregate(**figures(RECORD_GAPS, on))
    found = [(gap, counts[gap.name]) for gap in RECORD_GAPS if counts[gap.name]]
    return found, counts["people"], counts["faulty"]
