"""Records with missing or impossible data: what a clerk is asked to look at, each kind with its rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, Sum
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import LessThan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.models import Decision
from records.models.members import Standing

# The youngest at which a person may be admitted (Party Statutes 2011, art. 1.2: from eighteen).
LEAST_AGE = 18


def year_of(field):
    """A date's year by the database's own means: SQLite would call Python for each row's ExtractYear."""
    return Cast(Substr(Cast(field, CharField()), 1, 4), IntegerField())


@dataclass(frozen=True)
class Gap:
    """One kind: its name in addresses, what is wrong in words, and the rows that have it."""

    name: str
    words: Promise
    condition: Any = None
    impossible: bool = False

    def of(self, rows):
        """Those of the rows that have the gap."""
        return rows.filter(self.condition)


class Twins(Gap):
    """Members of one name, tones aside, and one date of birth, both among the rows looked at."""

    def groups(self, rows):
        known = rows.order_by().filter(birth_date__isnull=False)
        return known.values("search_key", "birth_date").annotate(n=Count("pk")).filter(n__gt=1)

    def of(self, rows):
        """Those of the rows that have a twin there; the few names come first, so that not every row is looked up."""
        others = rows.order_by().exclude(pk=OuterRef("pk"))
        twin = others.filter(search_key=OuterRef("search_key"), birth_date=OuterRef("birth_date"))
        return rows.filter(Exists(twin), search_key__in=self.groups(rows).values("search_key"))

    def count(self, rows):
        """How many of the rows have a twin there."""
        return self.groups(rows).aggregate(total=Sum("n"))["total"] or 0


ONCE_FULL = ~Q(standing=Standing.PROBATIONARY)
TWINS = Twins("twins", _("same name and date of birth, perhaps one person"), impossible=True)
MEMBER_GAPS = (
    TWINS,
    Gap(
        "odd",
        _("admitted before the age of eighteen"),
        LessThan(year_of("admitted_on"), year_of("birth_date") + LEAST_AGE),
        True,
    ),
    Gap("birth_date", _("no date of birth"), Q(birth_date__isnull=True)),
    Gap("admitted_on", _("no date of admission"), Q(admitted_on__isnull=True)),
    Gap("full_member_on", _("full member without the date of it"), ONCE_FULL & Q(full_member_on__isnull=True)),
    Gap("card_number", _("full member without a card number"), ONCE_FULL & Q(card_number="")),
)
DECISION_GAPS = (
    Gap("number", _("number not recorded, or not like any official number"), Q(sequence__isnull=True)),
    Gap("date", _("day or month of the date not known"), ~Q(issued_precision=Decision.Precision.DAY)),
    Gap("scan", _("no scan"), Q(file="")),
)


def with_gap(rows, gaps, name):
    """The rows that have the gap `name`; none where no such gap is known."""
    gap = next((gap for gap in gaps if gap.name == name), None)
    return gap.of(rows) if gap else rows.none()


def counted(rows, gaps):
    """(gap, number of rows) for each gap that some row has, counted in one query, and another for twins."""
    plain = {gap.name: Count("pk", filter=gap.condition) for gap in gaps if gap.condition is not None}
    counts = rows.order_by().aggregate(**plain)
    if TWINS in gaps:
        counts["twins"] = TWINS.count(rows)
    return [(gap, counts[gap.name]) for gap in gaps if counts[gap.name]]
