"""Who can see a unit or a member: the postings that reach it, and those who see everything."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from records.access import seen
from records.models import Member, Posting, Unit, User
from records.models.scope import reaching


def staff_unit_readers(request, pk):
    """Everybody who may look at a unit today, and what else each may do."""
    unit = seen(Unit.objects, request.user, pk=pk)
    today = timezone.localdate()
    context = {
        "record": unit,
        "address": reverse("records:staff_unit_detail", args=[pk]),
        "readers": readers_of(unit.path, today),
        "overseers": overseers(),
        "today": today,
        "section": "unit",
    }
    return render(request, "records/staff_readers.html", context)


def staff_member_readers(request, public_id):
    """Everybody who may look at a member today: staff of the own unit, and of the one the person is attached to."""
    member = seen(Member.objects.select_related("unit", "attached_to"), request.user, public_id=public_id)
    today = timezone.localdate()
    context = {
        "record": member,
        "member": member,
        "readers": readers_of(member.unit_path, today),
        "hosts": readers_of(member.attached_path, today).exclude(unit__path__in=reaching(member.unit_path)),
        "overseers": overseers(),
        "today": today,
        "section": "member",
    }
    return render(request, "records/staff_readers.html", context)


def readers_of(path, on):
    """The postings in force on a day over the unit at `path` or above it, the topmost first; none for no path."""
    return (
        Posting.objects.current(on)
        .filter(unit__path__in=reaching(path), user__is_active=True)
        .select_related("user", "unit")
        .order_by("unit__path", "user__last_name", "user__first_name", "user__username", "pk")
    )


def overseers():
    """Those who look after the whole register and need no posting."""
    return User.objects.filter(is_superuser=True, is_active=True).order_by("username")
