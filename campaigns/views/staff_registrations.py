"""Registrations for staff: the list, a unit's grid, one person's registration and what may become of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.grids import written
from campaigns.forms.registration_grid import RegistrationGrid
from campaigns.forms.registrations import StaffRegistrationFilter, SurelyForm
from campaigns.forms.results import EvidenceForm
from campaigns.models import Campaign, Registration
from records.access import changeable, seen
from records.forms.accounts import ReasonForm
from records.models import Unit
from records.paging import AFTER, BEFORE, capped_count, keyset_page


@require_safe
def staff_registration_list(request, slug):
    """The registrations of my units in a campaign."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    form = StaffRegistrationFilter(request.GET, campaign, request.user)
    mine = form.narrow(Registration.objects.visible_to(request.user).filter(campaign=campaign))
    count, is_more = capped_count(mine)
    page = keyset_page(mine.for_staff_list(), ["unit_path", "pk"], request.GET)
    context = {"campaign": campaign, "filter": form, "page": page, "count": count, "is_more": is_more}
    context |= {"crumbs": crumbs(campaign), "base": reverse("campaigns:staff_registration_list", args=[slug])}
    return render(request, "campaigns/staff_registration_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_registration_grid(request, slug, unit):
    """The grid in which a unit's people are registered; `copy` names an earlier campaign to fill empty rows from."""
    grid = RegistrationGrid(*placed(request, slug, unit), request.user, timezone.localdate())
    if request.method == "POST":
        return taken(request, grid, "campaigns/staff_registration_grid.html")
    grid.open(request.GET)
    earlier = list(grid.earlier()) if grid.is_open else []
    copied = next((one for one in earlier if one.slug == request.GET.get("copy")), None)
    said = ""
    if copied:
        said = what_was_copied(grid.copy(copied), copied)
    # The people of this page, not of the first.
    place = {name: request.GET[name] for name in (AFTER, BEFORE) if request.GET.get(name)}
    return shown(request, grid, "campaigns/staff_registration_grid.html", earlier=earlier, said=said, place=place)


def what_was_copied(n, campaign):
    """The sentence that says for how many rows an earlier campaign had something."""
    if not n:
        said = _("Nothing to copy: none of those with an empty row chose an activity of the same name in “%(title)s”.")
        return said % {"title": campaign.title}
    said = ngettext(
        "Copied for %(n)s person from “%(title)s”; nothing is saved yet.",
        "Copied for %(n)s people from “%(title)s”; nothing is saved yet.",
        n,
    )
    return said % {"n": n, "title": campaign.title}


def placed(request, slug, unit):
    """The campaign and a unit it concerns, both visible to the user; raises Http404."""
    campaign = seen(Campaign.objects.select_related("launched_by").with_head(), request.user, slug=slug)
    found = seen(Unit.objects.select_related("parent"), request.user, pk=unit)
    # A unit dissolved since keeps its rows in what it took part in.
    if not campaign.units().filter(pk=unit).exists() and not campaign.tallies.filter(unit=unit).exists():
        raise Http404
    return campaign, found


def shown(request, grid, template, **context):
    """A grid's page."""
    before, after = grid.neighbours()
    context |= {"grid": grid, "form": grid, "campaign": grid.campaign, "unit": grid.unit, "page": grid.paging}
    context |= {"before": before, "after": after, "link": grid.link, "crumbs": crumbs(grid.campaign)}
    return render(request, template, context)


def taken(request, grid, template):
    """Answer a grid that was sent: rows saved, boxes filled, or the page again with what could not be saved."""
    if not grid.may_edit:
        raise PermissionDenied
    asked_by_script = request.headers.get("Accept") == "application/json"
    if "fill" in request.POST and not asked_by_script:
        filled = grid.open(request.GET).fill(request.POST)
        if isinstance(filled, int):
            words = ngettext("Filled in for %(n)s person", "Filled in for %(n)s people", filled) % {"n": filled}
            filled = _("%(filled)s; nothing is saved yet.") % {"filled": words}
        return shown(request, grid, template, said=filled)
    rows = grid.save(request.POST)
    if asked_by_script:
        return JsonResponse(answer(grid, rows))
    thrown_away = request.POST.get("take", "")
    saved = sum(row.outcome == "saved" for row in rows)
    failed = [row for row in rows if row.is_refused and str(row.pk) != thrown_away]
    if saved:
        words = ngettext("%(n)s row saved.", "%(n)s rows saved.", saved) % {"n": saved}
        messages.success(request, words)
    if failed:
        grid.open(request.GET).keep_typed(failed)
        return shown(request, grid, template)
    if not saved:
        messages.info(request, grid.closed_because or _("Nothing had been changed, so nothing was saved."))
    return redirect(request.get_full_path())


def answer(grid, rows):
    """What a script is told of the rows it sent."""
    told = []
    for row in rows:
        context = {"row": row, "grid": grid, "campaign": grid.campaign, "unit": grid.unit, "today": grid.on}
        told.append(
            {
                "id": row.pk,
                "outcome": row.outcome,
                "version": row.version,
                "cells": {key: written(value) for key, value in row.cells.items()},
                "errors": row.errors,
                "state": render_to_string("campaigns/_grid_state.html", context),
                "note": render_to_string("campaigns/_grid_note.html", context) if row.is_refused else "",
            }
        )
    grid.__dict__.pop("figures", None)
    return {"rows": told, "figures": render_to_string("campaigns/_grid_figures.html", {"grid": grid})}


def crumbs(campaign, unit=None, link="campaigns:staff_registration_grid"):
    """The pages above one of a campaign, or of a unit in it."""
    above = [
        (_("Campaigns"), reverse("campaigns:staff_campaign_list")),
        (campaign.title, reverse("campaigns:staff_campaign_detail", args=[campaign.slug])),
    ]
    if unit is not None:
        above.append((unit.short_name or unit.name, reverse(link, args=[campaign.slug, unit.pk])))
    return above


@require_safe
def staff_registration_detail(request, slug, unit, pk):
    """One person's registration: what was chosen and done, its evidence, what happened to it."""
    registration = of_unit(seen, request, slug, unit, pk)
    return detail(request, registration, EvidenceForm())


def detail(request, registration, form):
    """The page of a registration, with the form for photos as far as it was filled in."""
    campaign, user = registration.campaign, request.user
    is_running = campaign.status in (Campaign.Status.LAUNCHED, Campaign.Status.REVIEWING)
    path = registration.unit_path
    context = {
        "registration": registration,
        "campaign": campaign,
        "unit": registration.unit,
        "form": form,
        "pledges": registration.pledges.select_related("activity").order_by("activity__order", "activity"),
        "photos": list(registration.evidence.order_by("order", "pk")),
        "changes": registration.history.select_related("history_user").order_by("-history_id"),
        "may_edit": is_running and user.may(user.EDITORS, path),
        "may_register": campaign.status == Campaign.Status.LAUNCHED and user.may(user.EDITORS, path),
        "may_reopen": is_running and user.may(user.PUBLISHERS, path),
        "crumbs": crumbs(campaign, registration.unit),
    }
    return render(request, "campaigns/staff_registration_detail.html", context)


def of_unit(access, request, slug, unit, pk):
    """The registration of an address, by one of the rules of `records.access`."""
    rows = Registration.objects.select_related("campaign", "member__unit", "unit", "aims_at")
    return access(rows, request.user, campaign__slug=slug, unit=unit, pk=pk)


def asked(request, registration, form, act, done, **words):
    """Ask before an act on a registration, and do it once it is confirmed."""
    grid = reverse("campaigns:staff_registration_grid", args=[registration.campaign.slug, registration.unit_id])
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done % {"name": registration.member.full_name})
            return redirect(f"{grid}#r{registration.member_id}")
    context = {"registration": registration, "campaign": registration.campaign, "form": form, "cancel_url": grid}
    context |= {"crumbs": crumbs(registration.campaign, registration.unit), **words}
    return render(request, "campaigns/staff_registration_ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_registration_withdraw(request, slug, unit, pk):
    """Take a registration back, saying why."""
    registration = of_unit(changeable, request, slug, unit, pk)
    name = registration.member.full_name
    return asked(
        request,
        registration,
        ReasonForm(request.POST or None),
        lambda said: registration.withdraw(said["reason"]),
        _("The registration of %(name)s is withdrawn."),
        title=_("Withdraw the registration of %(name)s?") % {"name": name},
        text=_("It is no longer counted; what was chosen stays on record, and the person can be registered again."),
        submit=_("Withdraw"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def staff_registration_again(request, slug, unit, pk):
    """Register anew after a withdrawal."""
    registration = of_unit(changeable, request, slug, unit, pk)
    return asked(
        request,
        registration,
        SurelyForm(request.POST or None),
        lambda said: registration.register_again(),
        _("%(name)s is registered again."),
        title=_("Register %(name)s again?") % {"name": registration.member.full_name},
        text=_("What was chosen before the withdrawal holds again."),
        submit=_("Register again"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def staff_registration_confirm(request, slug, unit, pk):
    """Accept what a member registered by themselves."""
    registration = of_unit(changeable, request, slug, unit, pk)
    return asked(
        request,
        registration,
        SurelyForm(request.POST or None),
        lambda said: registration.confirm(),
        _("The registration of %(name)s is confirmed."),
        title=_("Confirm the registration of %(name)s?") % {"name": registration.member.full_name},
        text=_("It counts towards the unit’s rate from now on."),
        submit=_("Confirm"),
    )
