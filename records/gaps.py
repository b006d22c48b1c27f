"""Records with missing or impossible data: what a clerk is asked to look at, each kind with its rows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.models import Decision, Member
from records.models.members import Standing

# The youngest at which a person may be admitted (Party Statutes 2011, art. 1.2: from eighteen).
LEAST_AGE = 18


@dataclass(frozen=True)
class Gap:
    """One kind: its name in addresses, what is wrong in words, and the rows that have it."""

    name: str
    words: Promise
    condition: Any
    impossible: bool = False


def twins():
    """Another present member with the same name, tones aside, and the same date of birth."""
    others = Member.objects.present().exclude(pk=OuterRef("pk"))
    return Exists(others.filter(search_key=OuterRef("search_key"), birth_date=OuterRef("birth_date")))


ONCE_FULL = ~Q(standing=Standing.PROBATIONARY)
MEMBER_GAPS = (
    Gap("twins", _("same name and date of birth, perhaps one person"), Q(birth_date__isnull=False) & twins(), True),
    Gap(
        "odd",
        _("admitted before the age of eighteen"),
        Q(admitted_on__year__lt=F("birth_date__year") + LEAST_AGE),
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
    return rows.filter(gap.condition) if gap else rows.none()


def counted(rows, gaps):
    """(gap, number of rows) for each gap that some row has, counted in one query."""
    counts = rows.order_by().aggregate(**{gap.name: Count("pk", filter=gap.condition) for gap in gaps})
    return [(gap, counts[gap.name]) for gap in gaps if counts[gap.name]]
