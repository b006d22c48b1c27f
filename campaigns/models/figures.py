"""The two rates of a campaign, counted from rows.

Plan rate: units with a submitted or approved plan ÷ units that owe one. Member rate: registered ÷ eligible. While a
campaign runs, eligible is the units' headcount; closing freezes what was owed, planned and eligible in the tallies.
"""

from django.apps import apps
from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject
from django.db.models.query import ModelIterable

from campaigns.models.scopes import covered_units, lone_scopes, path_end, units_at
from records.models.scope import within_paths
from records.models.units import GRASSROOTS, Unit

HANDED_IN = ("submitted", "approved")


def scalar(queryset, expression):
    """A sum or count over a correlated queryset, 0 when it has no row."""
    counted = queryset.order_by().annotate(one=Value(1)).values("one").annotate(total=expression).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def owing(units, campaign):
    """Of units in scope, those that owe a plan: the grassroots organisations, or all where the campaign says so."""
    return units if campaign.plans_from == campaign.PlansFrom.ALL else units.filter(kind__in=GRASSROOTS)


def with_plan(units, campaign):
    """Of units, those whose plan has been handed in."""
    plans = apps.get_model("campaigns", "UnitPlan").objects.filter(status__in=HANDED_IN)
    return units.filter(Exists(plans.filter(campaign=campaign, unit=OuterRef("pk"))))


# What every table of campaigns or units compares, over a subtree or all of a scope.
FIGURES = ("owed", "planned", "eligible", "registered", "done")
TALLIED = {"registered": Coalesce(Sum("registered"), 0), "done": Coalesce(Sum("done"), 0)}
FROZEN = {
    "eligible": Coalesce(Sum("eligible"), 0),
    "owed": Count("pk", filter=Q(owes_plan=True)),
    "planned": Count("pk", filter=Q(owes_plan=True, has_plan=True)),
}


class CountedIterable(ModelIterable):
    """Rows with their five figures as attributes, taken from the objects that the database counted them into."""

    def __iter__(self):
        for row in super().__iter__():
            for name in ("counted_today", "tallied", "counted_plans"):
                for figure, number in (getattr(row, name, None) or {}).items():
                    setattr(row, figure, number)
            yield row


def with_counts(queryset, counts):
    """The rows with annotations `counts`, and FIGURES of them as attributes; these are no columns to filter by."""
    queryset = queryset.annotate(**counts)
    queryset._iterable_class = CountedIterable
    return queryset


def at_once(queryset, **numbers):
    """Several numbers over a correlated queryset, which is read once for all of them."""
    counted = queryset.order_by().annotate(one=Value(1)).values("one").annotate(found=JSONObject(**numbers))
    nothing = Value(dict.fromkeys(numbers, 0), output_field=JSONField())
    return Coalesce(Subquery(counted.values("found"), output_field=JSONField()), nothing)


def campaign_counts(paths=None):
    """Annotations for a queryset of campaigns (see `with_counts`); of some subtrees where paths are given."""
    tallies = apps.get_model("campaigns", "Tally").objects.filter(campaign=OuterRef("pk"))
    units = covered_units(OuterRef(OuterRef("pk")))
    # Most campaigns concern one unit with all below it, whose range an index gives; the others ask unit by unit.
    at_head = units_at(Subquery(lone_scopes(OuterRef(OuterRef("pk"))).values("unit_path")))
    if paths is not None:
        tallies = tallies.filter(within_paths("unit_path", paths))
        units, at_head = (found.filter(within_paths("path", paths)) for found in (units, at_head))
    asks_all = apps.get_model("campaigns", "Campaign").objects.filter(pk=OuterRef(OuterRef("pk")), plans_from="all")
    owes = Q(kind__in=GRASSROOTS) | Exists(asks_all)
    plans = apps.get_model("campaigns", "UnitPlan").objects.filter(status__in=HANDED_IN)
    has_plan = Exists(plans.filter(campaign=OuterRef(OuterRef("pk")), unit=OuterRef("pk")))
    closed = Q(status="closed")
    return {
        # Of several cases only the one that holds is counted.
        "tallied": Case(
            When(closed, then=at_once(tallies, **TALLIED, **FROZEN)),
            default=at_once(tallies, **TALLIED),
            output_field=JSONField(),
        ),
        "counted_today": Case(
            When(closed, then=Value(None, output_field=JSONField())),
            When(Exists(lone_scopes(OuterRef("pk"))), then=at_once(at_head, **today(owes, has_plan))),
            default=at_once(units, **today(owes, has_plan)),
            output_field=JSONField(),
        ),
    }


def today(owes, has_plan):
    """Numbers over units as they stand; of those for which `owes` holds, how many there are and have a plan."""
    return {
        "eligible": Coalesce(Sum("headcount"), 0),
        "owed": Count("pk", filter=owes),
        "planned": Count("pk", filter=owes & Q(has_plan)),
    }


def counted_below(campaign):
    """The condition for a row of a campaign to count for an outer unit: its unit is that one or lies below it."""
    own = OuterRef("path")
    if campaign.status == campaign.Status.CLOSED:
        # The unit's place at closing; where it stands today is another matter.
        tallies = apps.get_model("campaigns", "Tally").objects.filter(campaign=campaign)
        own = Coalesce(Subquery(tallies.filter(unit=OuterRef(OuterRef("pk"))).values("unit_path")), OuterRef("path"))
    return Q(campaign=campaign, unit_path__gte=own, unit_path__lt=path_end(own))


def unit_counts(campaign):
    """Annotations for a queryset of units (see `with_counts`): the campaign's figures over each unit's subtree."""
    tallies = apps.get_model("campaigns", "Tally").objects.filter(counted_below(campaign))
    if campaign.status == campaign.Status.CLOSED:
        nothing = Value(None, output_field=JSONField())
        return {"tallied": at_once(tallies, **TALLIED, **FROZEN), "counted_today": nothing}
    units = campaign.units().filter(path__gte=OuterRef("path"), path__lt=path_end(OuterRef("path")))
    owes = Q() if campaign.plans_from == campaign.PlansFrom.ALL else Q(kind__in=GRASSROOTS)
    plans = apps.get_model("campaigns", "UnitPlan").objects.filter(status__in=HANDED_IN, campaign=campaign.pk)
    has_plan = Exists(plans.filter(unit=OuterRef("pk")))
    return {"tallied": at_once(tallies, **TALLIED), "counted_today": at_once(units, **today(owes, has_plan))}


def board_figures(campaign):
    """Annotations for a queryset of units, for the board: of each subtree the plans begun, to approve and returned, the
    registrations and self-registrations waiting; of the unit itself its plan, and whether it owes one."""
    plans = apps.get_model("campaigns", "UnitPlan").objects.filter(campaign=campaign)
    below = apps.get_model("campaigns", "UnitPlan").objects.filter(counted_below(campaign))
    pending = apps.get_model("campaigns", "Registration").objects.filter(counted_below(campaign), status="pending")
    waiting = apps.get_model("campaigns", "SelfRegistration").objects.filter(counted_below(campaign), status="waiting")
    own_plan = plans.filter(unit=OuterRef("pk"))
    return {
        "counted_plans": at_once(
            below,
            begun=Count("*"),
            submitted=Count("status", filter=Q(status="submitted")),
            returned=Count("status", filter=Q(status="returned")),
        ),
        "pending": scalar(pending, Count("*")),
        "waiting": scalar(waiting, Count("*")),
        "plan": Coalesce(Subquery(own_plan.values("status")), Value("")),
        "plan_due_on": Subquery(own_plan.values("due_on")),
        "owes": Exists(owing_now(campaign).filter(pk=OuterRef("pk"))),
        "in_scope": Exists(campaign.units().filter(pk=OuterRef("pk"))),
        "has_below": Exists(Unit.objects.filter(parent=OuterRef("pk"), dissolved_on__isnull=True)),
    }


def owing_now(campaign):
    """Units that owe a plan; of a closed campaign those that owed one."""
    if campaign.status == campaign.Status.CLOSED:
        return Unit.objects.filter(tallies__campaign=campaign, tallies__owes_plan=True)
    return owing(campaign.units(), campaign)


def activity_figures():
    """Annotations for a queryset of activities: members, done, aimed; what was withdrawn and draft plans left out."""
    pledges = apps.get_model("campaigns", "Pledge").objects.filter(
        activity=OuterRef("pk"), registration__status__in=("registered", "done")
    )
    planned = apps.get_model("campaigns", "PlannedActivity").objects.filter(
        activity=OuterRef("pk"), plan__status__in=HANDED_IN
    )
    return {
        "members": scalar(pledges, Count("pk")),
        "done": quantity(pledges, "done_quantity"),
        "aimed": quantity(planned, "target"),
    }


def quantity(queryset, field):
    """The sum of a decimal column over a correlated queryset, None when nothing is written in it."""
    summed = queryset.order_by().annotate(one=Value(1)).values("one").annotate(total=Sum(field)).values("total")
    return Subquery(summed, output_field=DecimalField(max_digits=14, decimal_places=2))


def rate(part, whole):
    """A share in percent, None when there is nothing to share."""
    return 100 * part / whole if whole else None
