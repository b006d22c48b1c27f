"""A unit's report on a campaign: one for each unit, written by its clerks, read by all who may see the unit."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.forms.reports import ReportForm
from campaigns.models import Campaign, UnitReport
from campaigns.views.staff_registrations import crumbs, placed
from records.models import Unit

OPEN = (Campaign.Status.LAUNCHED, Campaign.Status.REVIEWING)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_report_edit(request, slug, unit):
    """Write the report; whoever may not, reads it."""
    campaign, unit = placed(request, slug, unit)
    may_edit = request.user.may(request.user.EDITORS, unit.path)
    if request.method != "POST":
        report = report_of(campaign, unit)
        is_open = may_edit and campaign.status in OPEN
        return page(request, report, form_of(request, report) if is_open else None)
    if not may_edit:
        raise PermissionDenied
    if campaign.status not in OPEN:
        messages.warning(request, _("Reports are written while a campaign is under way or under review."))
        return redirect(request.path)
    with transaction.atomic():
        # Two clerks who write the first report meet here, and the second sees what the first wrote.
        Unit.objects.filter(pk=unit.pk).hold()
        report = report_of(campaign, unit)
        form = form_of(request, report)
        if form.is_valid():
            form.save()
            messages.success(request, _("The report of %(unit)s was saved.") % {"unit": unit.name})
            return redirect(request.path)
    return page(request, report_of(campaign, unit), form)


def report_of(campaign, unit):
    """The unit's report, or a new one."""
    report = UnitReport.objects.filter(campaign=campaign, unit=unit).first() or UnitReport()
    report.campaign, report.unit = campaign, unit
    return report


def form_of(request, report):
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return ReportForm(*sent, instance=report, today=timezone.localdate())


def page(request, report, form):
    context = {"report": report, "form": form, "campaign": report.campaign, "unit": report.unit}
    context["crumbs"] = crumbs(report.campaign, report.unit, "campaigns:staff_result_grid")
    return render(request, "campaigns/staff_report_edit.html", context)
