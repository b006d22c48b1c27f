"""Members as their staff keep them: the list, a person's page, entering and correcting."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from records.access import changeable, seen, taken
from records.forms.member_filters import COLUMNS, MemberFilterForm, neighbours
from records.forms.members import (
    AttachForm,
    EndAttachmentForm,
    MemberForm,
    NewMemberForm,
    StandingForm,
)
from records.giving_way import in_one
from records.models import AuditEvent, Award, Member, Merge, SavedView, Transfer, Unit
from records.once import once
from records.paging import counted_page
from records.party_age import counted_from, missed_badge, next_badge, party_age
from records.templatetags.marks import DASH, masked, partial_date
from records.time_lines import KINDS, change_entries, entries_of, gaps_of

LIST = "records:staff_member_list"
BY_NAME = ("sort_key", "pk")
SHOWN = (
    "public_id", "full_name", "sort_key", "birth_date", "birth_precision", "gender", "position", "standing",
    "card_number", "admitted_on", "full_member_on", "unit_path", "unit__name", "unit__short_name", "unit__code",
    "unit__parent__name", "unit__parent__short_name", "attached_to__name", "attached_to__short_name",
)  # fmt: skip
WITH_PLACES = Member.objects.select_related("unit__parent", "attached_to")
LISTED = WITH_PLACES.only(*SHOWN)
# A row keeps its list's conditions in its address where they are short: fifty long ones would double the page.
LONGEST_QUERY = 160
LONGEST_CELL = 60
# So long the page of a person says that the other unit refused.
REFUSAL_TOLD = timedelta(days=90)
# More digits than a key can have.
LONGEST_KEY = 18


def staff_member_list(request):
    """The members a user may see, by what the address asks for."""
    form = MemberFilterForm(request.GET, request.user)

    def narrow(members):
        return form.narrow(members.visible_to(request.user))

    surely = form.beginning(Member.objects.visible_to(request.user))
    page, count, capped = counted_page(LISTED, narrow, BY_NAME, request.GET, searched=form.is_searched, surely=surely)
    query = form.query()
    context = {
        "form": form,
        "page": page,
        "columns": [(name, COLUMNS[name]) for name in form.columns],
        "rows": list(member_rows(page.rows, form.columns, query if len(query) <= LONGEST_QUERY else "")),
        "count": count,
        "capped": capped,
        "query": query,
        "views": SavedView.objects.visible_to(request.user).filter(page=LIST).order_by("name"),
        "view_page": LIST,
        "may_add": may_add(request.user),
    }
    return render(request, "records/staff_member_list.html", context)


def may_add(user):
    """Whether there is a unit whose people the user may enter."""
    return user.is_superuser or bool(user.paths(user.EDITORS))


def member_rows(members, columns, query):
    """What each row of the list says: address, name, and (label, text) of its columns."""
    here, standings, genders = reverse(LIST), words(Member.Standing), {"": DASH, **words(Member.Gender)}
    for member in members:
        cells = {
            "birth": partial_date(member.birth_date, member.birth_precision) or DASH,
            "gender": genders[member.gender],
            "position": shortened(member.position) or DASH,
            "unit": place_of(member),
            "standing": standings[member.standing],
            "card": masked(member.card_number),
            "admitted": partial_date(member.admitted_on) or DASH,
            "full": partial_date(member.full_member_on) or DASH,
        }
        yield {
            "url": f"{here}{member.public_id}/{query if len(query) > 1 else ''}",
            "name": shortened(member.full_name),
            "cells": [(name, COLUMNS[name], cells[name]) for name in columns],
        }


def words(choices):
    """The labels of choices in the language in force."""
    return {value: capfirst(str(label)) for value, label in choices.choices}


def shortened(text):
    return Truncator(text).chars(LONGEST_CELL)


def place_of(member):
    """The unit, told from its namesakes by the one above, and where the person takes part for the time being."""
    unit, host = member.unit, member.attached_to
    place = ", ".join(shortened(one.short_name or one.name) for one in (unit, unit.parent) if one)
    if host is None:
        return place
    return _("%(place)s; for a time at %(host)s") % {"place": place, "host": shortened(host.short_name or host.name)}


def staff_member_detail(request, public_id):
    """A person: the facts and the time line; the address of a record that was merged leads to the one kept."""
    if merge := Merge.objects.visible_to(request.user).of_code(public_id).first():
        return redirect("records:staff_member_detail", merge.kept.public_id)
    return person_page(request, seen(WITH_PLACES, request.user, public_id=public_id))


@require_POST
def staff_member_card(request, public_id):
    """The person's page with the card number in full, for those who may change it; that it was looked at is kept."""
    member = changeable(WITH_PLACES, request.user, public_id=public_id)
    AuditEvent.record("card_seen", request=request, subject=member, label=member.full_name)
    return person_page(request, member, card=member.card_number)


def person_page(request, member, card=None):
    user, today = request.user, timezone.localdate()
    params = request.GET.copy()
    show = params.pop("show", [""])[-1]
    form = MemberFilterForm(params, user)
    entries = entries_of(member, user)
    changes, more_changes = change_entries(member, user)
    previous, following = neighbours(form.narrow(Member.objects.visible_to(user)), member)
    query = form.query()
    # Only one waits at a time, and nothing follows it before it is answered.
    transfer = member.transfers.select_related("to_unit").order_by("-pk").first()
    context = {
        "member": member,
        "place": place_of(member),
        "may_edit": taken(Member.objects.editable_by(user), {"pk": member.pk}) is not None,
        "card": card or masked(member.card_number),
        "card_shown": card is not None,
        "party": party_facts(member, today),
        "entries": entries + changes,
        "more_changes": more_changes,
        "show": show if show in KINDS else "",
        "query": query if len(query) > 1 else "",
        "previous": previous,
        "following": following,
        "merges": member.merges.standing().defer("snapshot").order_by("-merged_at", "-pk"),
        "waiting": transfer if transfer and transfer.status == Transfer.Status.WAITING else None,
        "refused": transfer if is_lately_refused(transfer, today) else None,
    }
    return render(request, "records/staff_member_detail.html", context)


def is_lately_refused(transfer, today):
    """Whether the sender should still be told that a transfer was refused."""
    return (
        transfer is not None
        and transfer.status == Transfer.Status.REFUSED
        and timezone.localdate(transfer.answered_at) > today - REFUSAL_TOLD
    )


def way_back(request, public_id):
    """What a page about a person needs to lead back into the list that led there: its conditions and the address of the
    person's page with them."""
    query = MemberFilterForm(request.GET, request.user).query()
    query = query if len(query) > 1 else ""
    return {"query": query, "cancel_url": f"{reverse('records:staff_member_detail', args=[public_id])}{query}"}


def party_facts(member, today):
    """Party age and badges on a day, from the day of admission less the gaps in membership; None without that day.

    The age of whoever died or left stands still from then on.
    """
    if member.admitted_on is None:
        return None
    memberships = list(member.memberships.all())
    gaps = gaps_of(memberships)
    start = counted_from(member.admitted_on, gaps)
    if not member.is_present:
        today = max((one.valid_to for one in memberships if one.valid_to), default=today)
    badges = Award.objects.filter(member=member, type__milestone_years__isnull=False)
    held = set(badges.exclude(status=Award.Status.REVOKED).values_list("type__milestone_years", flat=True))
    return {
        "years": party_age(start, today),
        "gaps": bool(gaps),
        "start": start,
        "next": next_badge(start, today, held) if member.is_present else None,
        "missed": missed_badge(start, today, held) if member.is_present else None,
    }


@once
def staff_member_add(request):
    """A person to be entered; asks again where the register may know the person already."""
    if not may_add(request.user):
        raise PermissionDenied
    sent = request.method == "POST"
    form = NewMemberForm(
        request.POST if sent else None, user=request.user, today=timezone.localdate(), initial=first_values(request)
    )
    if not sent and "unit" in request.GET:
        # The next of many, by keyboard.
        form.fields["full_name"].widget.attrs["autofocus"] = True
    duplicates = []
    if sent and form.is_valid():
        duplicates = form.unseen_duplicates()
        if not duplicates and form.stored():
            say_saved(request, form, _("%(name)s was added.") % {"name": form.instance.full_name})
            if request.POST.get("then") == "add":
                return redirect(f"{reverse('records:staff_member_add')}?unit={form.instance.unit_id}")
            return redirect("records:staff_member_detail", form.instance.public_id)
    context = {"form": form, "duplicates": duplicates, "confirmed": ",".join(one.public_id for one in duplicates)}
    return render(request, "records/staff_member_add.html", context)


def first_values(request):
    """The day, and the unit that the last person was added to."""
    units = Unit.objects.editable_by(request.user)
    key = request.GET.get("unit", "")
    unit = units.filter(pk=key).first() if key.isdecimal() and len(key) < LONGEST_KEY else None
    return {"since": timezone.localdate(), "unit": unit}


def say_saved(request, form, said):
    messages.success(request, said)
    for _field, sentence in form.warnings:
        messages.warning(request, sentence)


@in_one
def staff_member_edit(request, public_id):
    """A person's own data corrected."""
    sent = request.method == "POST"
    rows = Member.objects.select_related("unit")
    rows = rows.select_for_update(of=("self",), no_key=True) if sent else rows
    member = changeable(rows, request.user, public_id=public_id)
    name, back = member.full_name, way_back(request, public_id)
    form = MemberForm(request.POST if sent else None, instance=member, user=request.user, today=timezone.localdate())
    if sent and form.is_valid():
        if not form.has_changed():
            messages.success(request, _("Nothing was changed."))
            return redirect(back["cancel_url"])
        if form.stored():
            say_saved(request, form, _("The record of %(name)s was saved.") % {"name": member.full_name})
            return redirect(back["cancel_url"])
    return render(request, "records/staff_member_edit.html", {"form": form, "member": member, "name": name} | back)


def staff_member_duplicates(request):
    """People who may be the one being typed, as a fragment; somebody outside one's units is not spoken of."""
    typed = {"full_name": request.GET.get("name", ""), "birth_date": request.GET.get("birth", "")}
    typed["unit"] = request.GET.get("unit", "")
    form = NewMemberForm(typed, user=request.user, today=timezone.localdate())
    form.is_valid()
    return render(request, "records/_member_duplicates.html", {"duplicates": form.duplicates()})


@require_POST
def staff_member_check(request):
    """What is wrong or unusual with what was typed so far, by field; fields still empty are not spoken of."""
    given = {"user": request.user, "today": timezone.localdate()}
    if public_id := request.POST.get("member"):
        member = changeable(Member.objects.select_related("unit"), request.user, public_id=public_id)
        form = MemberForm(request.POST, instance=member, **given)
    elif may_add(request.user):
        form = NewMemberForm(request.POST, **given)
    else:
        raise PermissionDenied
    form.is_valid()
    errors = {
        name: [str(error) for error in found]
        for name, found in form.errors.items()
        if name in form.fields and form[name].data
    }
    warnings = {}
    for name, sentence in form.warnings:
        warnings.setdefault(name, []).append(str(sentence))
    return JsonResponse({"errors": errors, "warnings": warnings})


# Acts with a day


@once
def staff_member_attach(request, public_id):
    """A temporary attachment to another unit."""
    said = _("%(name)s takes part at %(unit)s for the time being.")
    return act_on(request, public_id, AttachForm, "records/staff_member_attach.html", said)


@once
def staff_member_end_attachment(request, public_id):
    """The end of a temporary attachment."""
    said = _("%(name)s takes part at the own unit again.")
    return act_on(request, public_id, EndAttachmentForm, "records/staff_member_end_attachment.html", said)


@once
def staff_member_standing(request, public_id):
    """A change of standing: full, exempt, left, expelled, deceased, back."""
    said = _("The standing of %(name)s was changed.")
    return act_on(request, public_id, StandingForm, "records/staff_member_standing.html", said)


def act_on(request, public_id, form_class, template, said):
    """Ask for the day and what else the act needs, then do it."""
    member = changeable(WITH_PLACES, request.user, public_id=public_id)
    form = form_class(
        request.POST if request.method == "POST" else None,
        member=member,
        user=request.user,
        today=timezone.localdate(),
    )
    back = way_back(request, public_id)
    if request.method == "POST" and form.is_valid() and form.done():
        messages.success(request, said % {"name": member.full_name, "unit": form.cleaned_data.get("unit")})
        return redirect(back["cancel_url"])
    return render(request, template, {"form": form, "member": member, "place": place_of(member)} | back)
