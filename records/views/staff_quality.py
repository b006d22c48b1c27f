"""Data quality: what is wrong with a unit's records, how far the units below are, and by when all is to be in order."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from records.access import seen
from records.duplicates import pairs
from records.forms.cleanups import CleanUpForm
from records.gaps import Family
from records.models import CleanUp, Member, Unit
from records.once import once
from records.quality import quality, too_many

PAGE = 30
LONGEST_START = 6


def staff_quality(request):
    """A unit's records: what is missing, cannot be, is out of date, contradicts itself or is there twice."""
    user, today = request.user, timezone.localdate()
    unit, children = unit_asked(request)
    if unit is None:
        return render(request, "records/staff_quality.html", {"unit": None, "section": "unit"})
    found = quality(unit, children, today)
    may_edit = user.may(user.EDITORS, unit.path)
    start = request.GET.get("from", "")
    start = int(start) if start.isdecimal() and len(start) < LONGEST_START else 0
    start = start if start < len(found.lines) else 0
    due = CleanUp.objects.over([unit.path]).nearest()
    context = {
        "unit": unit,
        "above": unit.parent if unit.parent and user.may(user.READERS, unit.parent.path) else None,
        "postings": user.postings_on(),
        "quality": found,
        "children": sorted(children, key=lambda one: one.sort_key),
        "lines": found.lines[start : start + PAGE],
        "families": [one for one in found.families if one[0] != Family.DUPLICATES],
        "pairs": len(pairs(Member.objects.within(unit))) if may_edit and not too_many([unit]) else None,
        "may_merge": may_edit,
        "due": due,
        "is_over": due is not None and due.is_over(today),
        "may_set": user.may(user.MANAGERS, unit.path),
        "page": {
            "previous_url": address(unit, max(0, start - PAGE)) if start else "",
            "next_url": address(unit, start + PAGE) if start + PAGE < len(found.lines) else "",
        },
        "section": "unit",
    }
    return render(request, "records/staff_quality.html", context)


def unit_asked(request):
    """The unit whose code `?unit=` asks for, else one's own, and the units directly below it.

    (None, []) for somebody posted nowhere; raises Http404 for a unit outside one's own.
    """
    user = request.user
    code = request.GET.get("unit", "")
    if not code:
        postings = user.postings_on()
        first = postings[0].unit if postings else None
        if first is None and user.is_superuser:
            first = Unit.objects.filter(parent=None).order_by("path").first()
        if first is None:
            return None, []
        code = first.code
    units = Unit.objects.visible_to(user).filter(Q(code=code) | Q(parent__code=code)).select_related("parent")
    rows = list(units.with_figures(timezone.localdate()))
    unit = next((row for row in rows if row.code == code), None)
    if unit is None:
        raise Http404
    return unit, [row for row in rows if row.pk != unit.pk]


def address(unit, start=0):
    return f"?{urlencode({'unit': unit.code} | ({'from': start} if start else {}))}"


def page_of(unit):
    return f"{reverse('records:staff_quality')}{address(unit)}"


@once
def staff_cleanup_set(request, pk):
    """The day by which a unit's records are to be in order, set or changed by its manager."""
    unit = managed(request.user, pk)
    sent = request.method == "POST"
    if sent:
        # Of two managers at once the second finds what the first set.
        Unit.objects.filter(pk=pk).hold()
    current = CleanUp.objects.open().filter(unit=unit).first()
    row = current or CleanUp(unit=unit)
    form = CleanUpForm(request.POST if sent else None, instance=row, today=timezone.localdate())
    if sent and form.is_valid():
        row.set_by = request.user
        form.save()
        messages.success(request, _("The deadline was saved."))
        return redirect(page_of(unit))
    context = {"unit": unit, "form": form, "current": current, "back": page_of(unit), "section": "unit"}
    return render(request, "records/staff_cleanup_set.html", context)


@require_POST
def staff_cleanup_end(request, pk):
    """The deadline no longer holds: its work is done, or it was set by mistake."""
    unit = managed(request.user, pk)
    current = CleanUp.objects.open().filter(unit=unit).first()
    try:
        if current is None:
            raise ValidationError(_("This deadline has been ended already."))
        current.end(timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The deadline has been ended."))
    return redirect(page_of(unit))


def managed(user, pk):
    """The unit, where the user is its manager; raises Http404 or PermissionDenied otherwise."""
    unit = seen(Unit.objects, user, pk=pk)
    if not user.may(user.MANAGERS, unit.path):
        raise PermissionDenied
    return unit
