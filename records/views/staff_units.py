"""Units as their staff see and keep them: the tree, the list, a unit's page and the acts on it."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.access import changeable, publishable, seen
from records.forms.staff_units import (
    DissolveForm,
    MoveForm,
    RenameForm,
    StaffUnitFilterForm,
    UnitAddForm,
    UnitEditForm,
)
from records.giving_way import in_one
from records.models import Decision, Member, Move, Unit
from records.once import once
from records.paging import capped_count, keyset_page
from records.views.public_units import times
from records.views.staff_readers import overseers, readers_of

SHOWN = 12
DECISIONS, READERS = 5, 8


def staff_unit_list(request):
    """One's own units: one level of the tree at a time, or those that meet the conditions as a list by name."""
    today = timezone.localdate()
    form = StaffUnitFilterForm(request.GET, request.user, today)
    superior = form.superior if form.conditions.get("under") else None
    units = form.narrow(Unit.objects.visible_to(request.user))
    if superior is None and not form.searching:
        tops = topmost(request.user)
        superior = tops.with_figures(today).first() if len(tops[:2]) == 1 else None
        units = units.filter(parent=superior) if superior else units.filter(pk__in=tops.values("pk"))
    rows = units.select_related("parent").with_figures(today)
    page = keyset_page(rows, ("sort_key", "pk"), request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(units)
    context = {
        "form": form,
        "superior": superior,
        "above": within_reach(request.user, superior) if superior else [],
        "page": page,
        "count": count,
        "capped": capped,
        "today": today,
        "section": "unit",
    }
    return render(request, "records/staff_unit_list.html", context)


def topmost(user):
    """The units where the user's reach begins."""
    if user.is_superuser:
        return Unit.objects.filter(parent=None)
    paths = user.paths(user.READERS)
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return Unit.objects.filter(path__in=tops)


def within_reach(user, unit):
    """The units above one that the user may look at, the topmost first."""
    return list(Unit.objects.visible_to(user).ancestors_of(unit))


def staff_unit_detail(request, pk):
    """A unit: what it is, what stands below it, what it keeps, what happened to it, and who can see it."""
    today, user = timezone.localdate(), request.user
    unit = seen(Unit.objects.select_related("sector", "parent").with_figures(today), user, pk=pk)
    decisions = Decision.objects.visible_to(user).filter(unit=unit)
    readers = list(readers_of(unit.path, today)[: READERS + 1])
    context = {
        "unit": unit,
        "above": within_reach(user, unit),
        "below": Unit.objects.filter(parent=unit).current(today).with_figures(today).order_by("sort_key", "pk")[:SHOWN],
        "decisions": list(decisions.newest_first()[: DECISIONS + 1]),
        "shown": DECISIONS,
        "times": times(unit),
        "move": Move.objects.about(unit),
        "readers": readers[:READERS],
        "more_readers": len(readers) > READERS,
        "overseers": overseers(),
        "may_edit": user.may(user.EDITORS, unit.path),
        "may_place": user.may(user.PUBLISHERS, unit.path),
        "today": today,
        "section": "unit",
    }
    return render(request, "records/staff_unit_detail.html", context)


@in_one
def staff_unit_edit(request, pk):
    """What may be put right about a unit at any time."""
    rows = Unit.objects.select_for_update() if request.method == "POST" else Unit.objects
    unit = changeable(rows, request.user, pk=pk)
    form = UnitEditForm(request.POST or None, instance=unit)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("%(unit)s was saved.") % {"unit": unit.name})
        return redirect("records:staff_unit_detail", pk)
    # A form with errors has put its values into its record; the page's head names the unit as it is.
    context = {"unit": Unit.objects.get(pk=pk), "form": form, "section": "unit"}
    return render(request, "records/staff_unit_edit.html", context)


@once
def staff_unit_add(request, pk):
    """A new unit directly below another."""
    above = changeable(Unit.objects, request.user, pk=pk)
    if refused := standing_only(request, above):
        return refused
    form = UnitAddForm(request.POST or None, user=request.user, above=above)
    if request.method == "POST" and form.is_valid() and attempted(form, lambda: enter(form)):
        messages.success(request, _("%(unit)s was added.") % {"unit": form.instance.name})
        return redirect("records:staff_unit_detail", form.instance.pk)
    return render(request, "records/staff_unit_add.html", {"unit": above, "form": form, "section": "unit"})


def enter(form):
    form.save(commit=False).establish(form.cleaned_data["decision"])


@once
def staff_unit_rename(request, pk):
    """A new name from a day on; the old one is kept."""
    unit = changeable(Unit.objects, request.user, pk=pk)
    said = _("The unit has its new name; the old one is kept in its history.")
    lines = [_("Awards and decisions keep the name they were written with.")]
    words = {"title": _("Rename %(unit)s?"), "submit": _("Rename the unit"), "said": said, "consequences": lines}
    return act_on(request, unit, RenameForm, words)


@once
def staff_unit_move(request, pk):
    """Another unit directly above, with everything below it."""
    unit = publishable(Unit.objects, request.user, pk=pk)
    units = Unit.objects.within(unit).filter(dissolved_on__isnull=True).count()
    members = Member.objects.within(unit).present().count()
    lines = [
        ngettext("%(n)d unit moves, this one included.", "%(n)d units move, this one included.", units) % {"n": units},
        ngettext("%(n)d member moves with them.", "%(n)d members move with them.", members) % {"n": members},
        _("Those posted over the new unit above will see them; those posted only over the old one no longer will."),
    ]
    words = {
        "title": _("Place %(unit)s under another unit?"),
        "submit": _("Move the unit"),
        "said": _("The unit and everything below it has been moved."),
        "consequences": lines,
    }
    if Move.is_large(unit):
        lines.append(
            _("With so many it is done in the background and takes a while; until then nobody changes their records.")
        )
    return act_on(request, unit, partial(MoveForm, request=request), words)


@once
def staff_unit_dissolve(request, pk):
    """The end of a unit, once its units and members are elsewhere."""
    unit = publishable(Unit.objects, request.user, pk=pk)
    units = unit.children.filter(dissolved_on__isnull=True).count()
    members = unit.members.present().count() + unit.visitors.count()
    lines = [_("The unit's records stay; nothing is deleted.")]
    if units or members:
        lines += [
            _("Move its units and members elsewhere before dissolving it."),
            ngettext("%(n)d unit still stands below it.", "%(n)d units still stand below it.", units) % {"n": units},
            ngettext("%(n)d member still belongs to it.", "%(n)d members still belong to it.", members)
            % {"n": members},
        ]
    words = {
        "title": _("Dissolve %(unit)s?"),
        "submit": _("Dissolve the unit"),
        "said": _("The unit has been dissolved."),
        "consequences": lines,
    }
    return act_on(request, unit, DissolveForm, words)


def act_on(request, unit, form_class, words):
    """Ask, saying what will follow, then do it."""
    if refused := standing_only(request, unit):
        return refused
    name = unit.name
    form = form_class(request.POST or None, user=request.user, unit=unit)
    if request.method == "POST" and form.is_valid() and attempted(form, form.act):
        if move := getattr(form, "move", None):
            messages.success(request, _("The unit is moved in the background; this page says how far it is."))
            return redirect(move)
        messages.success(request, words["said"])
        return redirect("records:staff_unit_detail", unit.pk)
    context = words | {"title": words["title"] % {"unit": name}, "unit": unit, "form": form, "section": "unit"}
    return render(request, "records/staff_unit_act.html", context)


def standing_only(request, unit):
    """Where the unit is no more, back to its page, saying so."""
    if not unit.dissolved_on:
        return None
    messages.error(request, _("This unit has been dissolved."))
    return redirect("records:staff_unit_detail", unit.pk)


def attempted(form, act):
    """Act; a refusal becomes an error of the form. Returns whether it was done."""
    try:
        with transaction.atomic():
            act()
    except ValidationError as refusal:
        form.add_error(None, ValidationError(refusal.messages))
    return not form.errors
