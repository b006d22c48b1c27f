"""A member's time line: memberships, awards and changes as entries of one list; other apps add theirs."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils import timezone

from records.changes import acts, own_changes
from records.models import Award, Membership

CHANGES_SHOWN = 50
MEMBERSHIPS, REGISTRATIONS, AWARDS, CHANGES = KINDS = ("memberships", "registrations", "awards", "changes")


@dataclass(frozen=True)
class Entry:
    """Something on a day: its kind, one of KINDS, what happened, and the row that has the rest."""

    on: date
    kind: str
    what: str
    row: object = None
    precision: str = "day"
    # Of two on one day, the later comes first.
    order: tuple = field(default=())


def entries_of(member, user):
    """The entries that `records` knows of a member, in no order; what of awards the user may see or everybody may."""
    memberships = member.memberships.select_related("unit", "decision").order_by("valid_from", "pk")
    return [*party_entries(member), *membership_entries(list(memberships)), *award_entries(member, user)]


def party_entries(member):
    """Admission and recognition as a full member, as far as the record has their days."""
    for what in ("admitted_on", "full_member_on"):
        if day := getattr(member, what):
            yield Entry(day, MEMBERSHIPS, what, order=(what,))


def membership_entries(memberships):
    """The start of each membership, and its end where no other follows it on the day."""
    for one in memberships:
        earlier = next(
            (m for m in memberships if m.kind == one.kind and m.valid_to == one.valid_from and m != one), None
        )
        one.earlier = earlier
        yield Entry(one.valid_from, MEMBERSHIPS, f"{one.kind}_start", one, order=("x", one.pk))
    followed = {one.earlier for one in memberships}
    for one in memberships:
        if one.valid_to and one not in followed:
            yield Entry(one.valid_to, MEMBERSHIPS, f"{one.kind}_end", one, order=("y", one.pk))


def award_entries(member, user):
    awards = Award.objects.visible_to(user) | Award.objects.published()
    for award in awards.filter(member=member).select_related("decision", "type"):
        yield Entry(award.decided_on, AWARDS, "award", award, award.decision.issued_precision, (award.pk,))


def change_entries(member, user):
    """The newest changes of the record, and whether there are more; what is private is named without its value.

    Memberships have entries of their own, so their rows are left out.
    """
    rows = own_changes(member, user)[: CHANGES_SHOWN + 1]
    found = []
    for act in acts(rows[:CHANGES_SHOWN], member, may_edit=False):
        act.lines = [line for line in act.lines if line.merged or not line.part]
        if act.lines:
            found.append(Entry(timezone.localdate(act.at), CHANGES, "change", act, order=(act.at,)))
    return found, len(rows) > CHANGES_SHOWN


def by_year(entries):
    """(year, entries) of a list, the newest first."""
    entries = sorted(entries, key=lambda entry: (entry.on, KINDS.index(entry.kind), entry.order), reverse=True)
    return [(year, list(group)) for year, group in groupby(entries, key=lambda entry: entry.on.year)]


def gaps_of(memberships):
    """The times in which no unit had the person, between two official memberships: (first day outside, return)."""
    own = [one for one in memberships if one.kind == Membership.Kind.OFFICIAL]
    own.sort(key=lambda one: (one.valid_from, one.pk))
    pairs = zip(own, own[1:], strict=False)
    return [(one.valid_to, two.valid_from) for one, two in pairs if one.valid_to and one.valid_to < two.valid_from]
