"""Inspections of how my units carry a campaign out, and what followed each of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.forms.inspections import InspectionFilter, InspectionForm, ResolutionForm
from campaigns.models import Campaign, Inspection
from campaigns.models.plans import WORKING
from campaigns.views.staff_plans import campaign_crumbs
from records.access import changeable, seen
from records.models import Unit
from records.once import once
from records.paging import capped_count, keyset_page

KEYS = ("-inspected_on", "-pk")


def staff_inspection_list(request, slug):
    """The inspections of my units in a campaign, the newest first."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    today = timezone.localdate()
    form = InspectionFilter(request.GET, user=request.user, today=today)
    inspections = form.narrow(Inspection.objects.visible_to(request.user).filter(campaign=campaign))
    count, capped = capped_count(inspections)
    page = keyset_page(inspections.select_related("unit"), KEYS, request.GET)
    base = reverse("campaigns:staff_inspection_list", args=[slug])
    for inspection in page.rows:
        inspection.url = f"{base}{inspection.pk}/"
    context = {"campaign": campaign, "filter": form, "page": page, "count": count, "capped": capped, "today": today}
    context |= {"may_add": may_add(campaign, request.user), "crumbs": campaign_crumbs(campaign)}
    return render(request, "campaigns/staff_inspection_list.html", context)


def may_add(campaign, user):
    """Whether the user keeps some unit's records while the campaign is worked on."""
    return campaign.status in WORKING and (user.is_superuser or bool(user.paths(user.EDITORS)))


@once
def staff_inspection_add(request, slug):
    """Enter an inspection of one of my units; `unit` (its code) fills the unit in."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    if not may_add(campaign, request.user):
        raise PermissionDenied
    form = InspectionForm(
        request.POST if request.method == "POST" else None,
        instance=Inspection(campaign=campaign),
        initial={"unit": Unit.objects.editable_by(request.user).filter(code=request.GET.get("unit", "")[:40]).first()},
        user=request.user,
        today=timezone.localdate(),
    )
    if form.is_valid():
        inspection = form.save()
        said = _("The inspection of %(unit)s was saved.") % {"unit": inspection.unit.name}
        messages.success(request, said)
        return redirect(address(inspection))
    context = {"form": form, "campaign": campaign, "crumbs": crumbs(campaign)}
    return render(request, "campaigns/staff_inspection_form.html", context)


def staff_inspection_detail(request, slug, pk):
    """An inspection: its findings, by when to put them right, and how that was done."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    inspection = seen(Inspection.objects.select_related("unit"), request.user, pk=pk, campaign=campaign)
    inspection.campaign = campaign
    keeps = request.user.may(request.user.EDITORS, inspection.unit_path)
    context = {
        "inspection": inspection,
        "campaign": inspection.campaign,
        "may_edit": keeps and campaign.status in WORKING and inspection.may_be_changed_by(request.user),
        "may_resolve": keeps and inspection.is_unresolved,
        "today": timezone.localdate(),
        "crumbs": crumbs(inspection.campaign),
    }
    return render(request, "campaigns/staff_inspection_detail.html", context)


def staff_inspection_edit(request, slug, pk):
    """Change what was written; what followed is not changed here. Not for the inspected unit itself."""
    inspection = inspection_to_change(request.user, slug, pk)
    if not inspection.may_be_changed_by(request.user):
        raise PermissionDenied
    if inspection.campaign.status not in WORKING:
        messages.warning(request, _("The campaign is not under way, so its inspections can only be read."))
        return redirect(address(inspection))
    settings = {"user": request.user, "today": timezone.localdate()}
    if request.method == "POST":
        with transaction.atomic():
            # The unit first, as whoever moves the unit locks it.
            Unit.objects.filter(pk=inspection.unit_id).hold()
            row = Inspection.objects.select_for_update().get(pk=pk)
            row.campaign = inspection.campaign
            form = InspectionForm(request.POST, instance=row, **settings)
            if form.is_valid():
                form.save()
                messages.success(request, _("The inspection of %(unit)s was saved.") % {"unit": inspection.unit.name})
                return redirect(address(inspection))
    else:
        form = InspectionForm(instance=inspection, **settings)
    context = {"form": form, "campaign": inspection.campaign, "inspection": inspection}
    context["crumbs"] = crumbs(inspection.campaign, inspection)
    return render(request, "campaigns/staff_inspection_form.html", context)


def staff_inspection_resolve(request, slug, pk):
    """Write how it was put right and when: the inspected unit's own clerk may."""
    inspection = inspection_to_change(request.user, slug, pk)
    if not inspection.is_unresolved:
        messages.warning(request, _("There is nothing left to put right here."))
        return redirect(address(inspection))
    data = request.POST if request.method == "POST" else None
    form = ResolutionForm(data, inspection=inspection, today=timezone.localdate())
    if form.is_valid():
        try:
            inspection.resolve(form.cleaned_data["resolution"], form.cleaned_data["resolved_on"])
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("It was recorded as put right."))
        return redirect(address(inspection))
    context = {"form": form, "campaign": inspection.campaign, "inspection": inspection}
    context["crumbs"] = crumbs(inspection.campaign, inspection)
    return render(request, "campaigns/staff_inspection_resolve.html", context)


def inspection_to_change(user, slug, pk):
    campaign = seen(Campaign.objects.with_head(), user, slug=slug)
    inspection = changeable(Inspection.objects.select_related("unit"), user, pk=pk, campaign=campaign)
    inspection.campaign = campaign
    return inspection


def address(inspection):
    return reverse("campaigns:staff_inspection_detail", args=[inspection.campaign.slug, inspection.pk])


def crumbs(campaign, inspection=None):
    """The way to an inspection, or to what is done with it."""
    listed = (_("Inspections"), reverse("campaigns:staff_inspection_list", args=[campaign.slug]))
    own = [(f"{inspection.inspected_on:%d/%m/%Y}", address(inspection))] if inspection else []
    return [*campaign_crumbs(campaign), listed, *own]
