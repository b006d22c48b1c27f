"""What members sent in by themselves: a clerk says whose it is and confirms, or puts it aside."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campaigns.forms.self_registrations import MatchForm, RefusalForm, StaffSelfRegistrationFilter
from campaigns.models import Campaign, SelfRegistration
from campaigns.models.plans import WORKING
from records.access import changeable, seen
from records.models import Member
from records.paging import capped_count, keyset_page

KEYS = ("-sent_at", "-pk")
PAGE = 40


def staff_self_registration_list(request, slug):
    """What came in for my units, the newest first; what waits is shown unless another status is asked for."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    form = StaffSelfRegistrationFilter(request.GET, request.user)
    rows = form.narrow(campaign.self_registrations.visible_to(request.user))
    if "status" not in form.conditions:
        rows = rows.waiting()
    count, capped = capped_count(rows)
    page = keyset_page(rows.for_list(), KEYS, request.GET, PAGE)
    match(page.rows, request.user)
    may_change = campaign.status in WORKING and any(row.fits and row.may_change for row in page.rows)
    context = {
        "campaign": campaign,
        "form": form,
        "page": page,
        "count": count,
        "capped": capped,
        "may_change": may_change,
    }
    return render(request, "campaigns/staff_self_registration_list.html", context)


def match(rows, user):
    """Add to each row its `people`, where exactly one was born in the year typed who `fits`, and `may_change`."""
    SelfRegistration.objects.meet(rows, user)
    for row in rows:
        same = [person for person in row.people if person.same_year and row.is_waiting]
        row.fits = same[0] if len(same) == 1 else None
        row.may_change = user.may(user.EDITORS, row.unit_path)


def staff_self_registration_detail(request, slug, pk):
    """One of them with those who may have sent it; the answer goes to `confirm` or `refuse`."""
    sent = seen(of_campaign(slug), request.user, pk=pk)
    may_change = SelfRegistration.objects.editable_by(request.user).filter(pk=pk).exists()
    context = {"sent": sent, "campaign": sent.campaign, "may_change": may_change}
    if sent.is_waiting and may_change:
        context |= {"form": offered_form(request, sent), "refusal": RefusalForm()}
    return render(request, "campaigns/staff_self_registration_detail.html", context)


def of_campaign(slug):
    return SelfRegistration.objects.for_list().select_related("campaign", "invitation").filter(campaign__slug=slug)


def match_form(request, sent, data=None):
    SelfRegistration.objects.meet([sent], request.user)
    people = sent.people
    rows = Member.objects.visible_to(request.user).active().select_related("unit")
    fits = next((str(person.pk) for person in people if person.same_year), None)
    return MatchForm(data, candidates=people, rows=rows, initial={"member": fits})


def offered_form(request, sent):
    """The form that says whose it is; None once the campaign is over, when it can still be put aside."""
    return match_form(request, sent) if sent.campaign.status in WORKING else None


@require_POST
def staff_self_registration_confirm(request, slug, pk):
    """Register the person chosen with what was sent."""
    sent = changeable(of_campaign(slug), request.user, pk=pk)
    form = match_form(request, sent, request.POST)
    if form.is_valid() and attempted(form, lambda: sent.confirm(form.person, request.user, timezone.localdate())):
        messages.success(request, _("Confirmed: %(name)s is registered.") % {"name": form.person.full_name})
        return redirect("campaigns:staff_self_registration_list", slug)
    context = {"sent": sent, "campaign": sent.campaign, "form": form, "refusal": RefusalForm(), "may_change": True}
    return render(request, "campaigns/staff_self_registration_detail.html", context)


@require_POST
def staff_self_registration_refuse(request, slug, pk):
    """Put it aside, with a reason."""
    sent = changeable(of_campaign(slug), request.user, pk=pk)
    form = RefusalForm(request.POST)
    if form.is_valid() and attempted(form, lambda: sent.refuse(request.user, form.cleaned_data["reason"])):
        messages.success(request, _("Put aside: what %(name)s sent is not counted.") % {"name": sent.full_name})
        return redirect("campaigns:staff_self_registration_list", slug)
    context = {"sent": sent, "campaign": sent.campaign, "refusal": form, "may_change": True}
    context["form"] = offered_form(request, sent)
    return render(request, "campaigns/staff_self_registration_detail.html", context)


def attempted(form, act):
    """Whether an act was done; a refusal becomes the form's error."""
    try:
        with transaction.atomic():
            act()
    except ValidationError as refusal:
        form.add_error(None, ValidationError(refusal.messages))
        return False
    return True


@require_POST
def staff_self_registration_confirm_all(request, slug):
    """Confirm those ticked that still fit exactly one person; the others stay as they are."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    if not campaign.units().editable_by(request.user).exists():
        raise PermissionDenied
    keys = [key for key in request.POST.getlist("sent") if key.isdecimal() and len(key) < 18][:PAGE]
    rows = list(campaign.self_registrations.editable_by(request.user).waiting().filter(pk__in=keys).for_list())
    match(rows, request.user)
    done = sum(confirmed(row, request) for row in rows)
    said = ngettext("%(n)d registration confirmed.", "%(n)d registrations confirmed.", done) % {"n": done}
    if left := len(keys) - done:
        said += " " + ngettext(
            "%(n)d no longer fits one person and was left.", "%(n)d no longer fit one person and were left.", left
        ) % {"n": left}
    messages.success(request, said)
    return redirect("campaigns:staff_self_registration_list", slug)


def confirmed(row, request):
    """Whether a row that fits one person could be confirmed."""
    if row.fits is None:
        return False
    try:
        row.confirm(row.fits, request.user, timezone.localdate())
    except ValidationError:
        return False
    return True
