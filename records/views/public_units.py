"""Public units: the tree, the list, and the page of each."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from records.forms.units import UnitFilterForm
from records.models import Award, Unit
from records.paging import CAP, CappedCount, capped_count, keyset_page
from records.publication import public_page
from records.views.public_awards import LISTED, NEWEST, award_rows

TOPS, CHILDREN, GRANDCHILDREN = 20, 150, 250
NEIGHBOURS = 12
OWN_AWARDS = 20


@login_not_required
@public_page
def unit_list(request):
    """The tree of units; with a condition, or when asked for, the units as a list by name."""
    form = UnitFilterForm(request.GET)
    if form.conditions or request.GET.get("view") == "list":
        return list_page(request, form)
    context = {"form": form, "tops": tree(timezone.localdate())}
    return render(request, "records/unit_tree.html", context)


def list_page(request, form):
    units = form.narrow(Unit.objects.published())
    page = keyset_page(units.select_related("parent"), ("sort_key", "pk"), request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(units)
    context = {"form": form, "page": page, "count": count, "capped": capped, "today": timezone.localdate()}
    return render(request, "records/unit_list.html", context)


def tree(on):
    """The top units with what stands directly below, and below that where it is not too much for one page.

    Each has `below` (units directly below it) and `branches` (those shown). A listed unit whose superior is not listed
    stands at the top.
    """
    units = Unit.objects.published().current(on).order_by("sort_key", "pk")
    directly = units.filter(parent=OuterRef("pk")).order_by().values("pk")
    units = units.annotate(below=CappedCount(directly))
    tops = list(units.filter(Q(parent=None) | Q(parent__listed=False))[:TOPS])
    second = list(units.filter(parent__in=[unit.pk for unit in tops])[:CHILDREN])
    third = list(units.filter(parent__in=[unit.pk for unit in second if unit.below])[: GRANDCHILDREN + 1])
    branch([*tops, *second], [*second, *(third if len(third) <= GRANDCHILDREN else [])])
    return tops


def branch(parents, children):
    """Hang every child on its parent."""
    by_pk = {}
    for unit in parents:
        unit.branches = []
        by_pk[unit.pk] = unit
    for unit in children:
        by_pk[unit.parent_id].branches.append(unit)


@login_not_required
@public_page
def unit_detail(request, code):
    """A unit: its awards, campaigns, names through time and place in the tree."""
    unit = get_object_or_404(Unit.objects.published().select_related("sector"), code=code)
    awards = Award.objects.published()
    around = neighbourhood(unit, awards.within(unit), timezone.localdate())
    rows = award_rows(LISTED.filter(collective=unit).order_by(*NEWEST)[: OWN_AWARDS + 1])
    context = {
        "unit": unit,
        "around": around,
        "crumbs": [(above.short_name or above.name, above.get_absolute_url()) for above in around["above"]],
        "rows": rows[:OWN_AWARDS],
        "more": len(rows) > OWN_AWARDS,
        "awards": {"count": min(around["awards"], CAP), "capped": around["awards"] > CAP},
        "times": times(unit),
    }
    return render(request, "records/unit_detail.html", context)


def neighbourhood(unit, awards, on):
    """The listed units above, beside and below one, and how many awards its subtree has: one query for all of it."""
    always = [unit.pk, *unit.ancestor_ids]
    present = Unit.objects.current(on).values("pk")
    units = Unit.objects.published().filter(
        Q(pk__in=always) | Q(Q(parent=unit.parent_id) | Q(parent=unit.pk), pk__in=present)
    )
    place = Window(RowNumber(), partition_by="parent", order_by=["sort_key", "pk"])
    units = units.annotate(
        place=Case(When(pk__in=always, then=Value(0)), default=place, output_field=IntegerField()),
        total=Window(Count("pk"), partition_by="parent"),
        honours=CappedCount(awards.order_by().values("pk")[: CAP + 1]),
    ).filter(place__lte=NEIGHBOURS)
    found = sorted(units, key=lambda one: (one.sort_key, one.pk))
    below = [one for one in found if one.parent_id == unit.pk]
    beside = [one for one in found if one.parent_id == unit.parent_id]
    here = next(one for one in found if one.pk == unit.pk)
    return {
        "above": sorted((one for one in found if one.pk in unit.ancestor_ids), key=lambda one: one.path),
        "beside": beside,
        "beside_total": here.total,
        "below": below,
        "below_total": below[0].total if below else 0,
        "awards": here.honours,
    }


def times(unit):
    """What happened to the unit, the newest first; its founding and end also where no event tells of them."""
    events = list(unit.events.select_related("decision").order_by("-occurred_on", "-pk"))
    entries = [{"on": event.occurred_on, "kind": event.kind, "event": event} for event in events]
    told = {event.kind for event in events}
    for kind, day in (("establish", unit.established_on), ("dissolve", unit.dissolved_on)):
        if day and kind not in told:
            entries.append({"on": day, "kind": kind})
    return sorted(entries, key=lambda entry: entry["on"], reverse=True)
