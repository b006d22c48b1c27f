"""The two rates of a campaign, counted from rows.

Plan rate: units with a submitted or approved plan ÷ units that owe one. Member rate: registered ÷ eligible. While a
campaign runs, eligible is the units' headcount; closing freezes what was owed, planned and eligible in the tallies.
"""

from django.apps import apps
from django.db.models import Case, Count, DecimalField, Exists, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from campaigns.models.scopes import covered_units, path_end
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


def campaign_figures(paths=None):
    """Annotations for a queryset of campaigns: owed, planned, eligible, registered, done; of some subtrees where paths
    are given."""
    tallies = apps.get_model("campaigns", "Tally").objects.filter(campaign=OuterRef("pk"))
    units = covered_units(OuterRef(OuterRef("pk")))
    if paths is not None:
        tallies, units = tallies.filter(within_paths("unit_path", paths)), units.filter(within_paths("path", paths))
    asks_all = apps.get_model("campaigns", "Campaign").objects.filter(pk=OuterRef(OuterRef("pk")), plans_from="all")
    owe = units.filter(Q(kind__in=GRASSROOTS) | Exists(asks_all))
    closed = Q(status="closed")
    return {
        "registered": scalar(tallies, Sum("registered")),
        "done": scalar(tallies, Sum("done")),
        "eligible": frozen(closed, scalar(tallies, Sum("eligible")), scalar(units, Sum("headcount"))),
        "owed": frozen(closed, scalar(tallies.filter(owes_plan=True), Count("pk")), scalar(owe, Count("pk"))),
        "planned": frozen(
            closed,
            scalar(tallies.filter(owes_plan=True, has_plan=True), Count("pk")),
            scalar(with_plan(owe, OuterRef(OuterRef("pk"))), Count("pk")),
        ),
    }


def frozen(closed, then, running):
    """One figure by whether the campaign is closed; the other is not evaluated."""
    return Case(When(closed, then=then), default=running, output_field=IntegerField())


def counted_below(campaign):
    """The condition for a row of a campaign to count for an outer unit: its unit is that one or lies below it."""
    own = OuterRef("path")
    if campaign.status == campaign.Status.CLOSED:
        # The unit's place at closing; where it stands today is another matter.
        tallies = apps.get_model("campaigns", "Tally").objects.filter(campaign=campaign)
        own = Coalesce(Subquery(tallies.filter(unit=OuterRef(OuterRef("pk"))).values("unit_path")), OuterRef("path"))
    return Q(campaign=campaign, unit_path__gte=own, unit_path__lt=path_end(own))


def unit_figures(campaign):
    """Annotations for a queryset of units: the campaign's figures over each unit's subtree."""
    below = {"path__gte": OuterRef("path"), "path__lt": path_end(OuterRef("path"))}
    tallies = apps.get_model("campaigns", "Tally").objects.filter(counted_below(campaign))
    figures = {"registered": scalar(tallies, Sum("registered")), "done": scalar(tallies, Sum("done"))}
    if campaign.status == campaign.Status.CLOSED:
        owe = tallies.filter(owes_plan=True)
        return figures | {
            "eligible": scalar(tallies, Sum("eligible")),
            "owed": scalar(owe, Count("pk")),
            "planned": scalar(owe.filter(has_plan=True), Count("pk")),
        }
    units = campaign.units().filter(**below)
    owe = owing(units, campaign)
    return figures | {
        "eligible": scalar(units, Sum("headcount")),
        "owed": scalar(owe, Count("pk")),
        "planned": scalar(with_plan(owe, campaign.pk), Count("pk")),
    }


def board_figures(campaign):
    """Annotations for a queryset of units, for the board: of each subtree the plans begun, to approve and returned, the
    registrations and self-registrations waiting; of the unit itself its plan, and whether it owes one."""
    plans = apps.get_model("campaigns", "UnitPlan").objects.filter(campaign=campaign)
    below = apps.get_model("campaigns", "UnitPlan").objects.filter(counted_below(campaign))
    pending = apps.get_model("campaigns", "Registration").objects.filter(counted_below(campaign), status="pending")
    waiting = apps.get_model("campaigns", "SelfRegistration").objects.filter(counted_below(campaign), status="waiting")
    own_plan = plans.filter(unit=OuterRef("pk"))
    return {
        "begun": scalar(below, Count("pk")),
        "submitted": scalar(below.filter(status="submitted"), Count("pk")),
        "returned": scalar(below.filter(status="returned"), Count("pk")),
        "pending": scalar(pending, Count("pk")),
        "waiting": scalar(waiting, Count("pk")),
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
