"""What came of registrations: the grid of results, reopening one, and the photos that show what was done."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.results import EvidenceForm, ResultGrid
from campaigns.models import Campaign, EvidencePhoto
from campaigns.models.photos import thumbnail
from campaigns.views.staff_registrations import asked, crumbs, detail, of_unit, placed, shown, taken
from records.access import changeable, publishable, seen
from records.forms.accounts import ReasonForm
from records.once import once

TEMPLATE = "campaigns/staff_result_grid.html"


@require_http_methods(["GET", "HEAD", "POST"])
def staff_result_grid(request, slug, unit):
    """The grid of what those registered in a unit have done."""
    grid = ResultGrid(*placed(request, slug, unit), request.user, timezone.localdate())
    if request.method == "POST":
        return taken(request, grid, TEMPLATE)
    return shown(request, grid.open(request.GET), TEMPLATE)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_result_reopen(request, slug, unit, pk):
    """Take back that the work was done, saying why."""
    registration = of_unit(publishable, request, slug, unit, pk)
    name = registration.member.full_name
    return asked(
        request,
        registration,
        ReasonForm(request.POST or None),
        lambda said: registration.reopen(said["reason"]),
        _("The result of %(name)s is open again."),
        title=_("Reopen the result of %(name)s?") % {"name": name},
        text=_("The rating is taken back and the person counts as registered; the quantities stay to be corrected."),
        submit=_("Reopen"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def staff_evidence_add(request, slug, unit, pk):
    """Add photos to a registration; those that are none are named, the others kept."""
    registration = of_unit(changeable, request, slug, unit, pk)
    here = reverse("campaigns:staff_registration_detail", args=[slug, unit, pk])
    if request.method != "POST":
        return redirect(here)
    if registration.campaign.status not in (Campaign.Status.LAUNCHED, Campaign.Status.REVIEWING):
        messages.warning(request, _("Photos are added while a campaign is under way or under review."))
        return redirect(here)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail(request, registration, form)
    kept, refused = form.cleaned_data["images"]
    last = registration.evidence.aggregate(last=Max("order"))["last"] or 0
    for order, image in enumerate(kept, start=last + 1):
        caption = form.cleaned_data["caption"]
        EvidencePhoto(registration=registration, image=image, caption=caption, order=min(order, 32767)).save()
    said = ngettext("%(n)s photo was added.", "%(n)s photos were added.", len(kept)) % {"n": len(kept)}
    messages.success(request, said)
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(here)


@require_safe
def staff_evidence_photo(request, slug, pk):
    """A small copy of an evidence photo, for those who may see its registration; the photo itself is a file."""
    photo = seen(EvidencePhoto.objects, request.user, pk=pk, registration__campaign__slug=slug)
    try:
        content = thumbnail(photo.image)
    except FileNotFoundError:
        raise Http404 from None
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": "inline",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_evidence_remove(request, slug, pk):
    """Ask, then take an evidence photo out."""
    rows = EvidencePhoto.objects.select_related("registration__campaign", "registration__unit", "registration__member")
    photo = changeable(rows, request.user, pk=pk, registration__campaign__slug=slug)
    registration = photo.registration
    here = reverse("campaigns:staff_registration_detail", args=[slug, registration.unit_id, registration.pk])
    if request.method == "POST":
        try:
            photo.remove(request)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The photo was removed."))
        return redirect(here)
    context = {"photo": photo, "registration": registration, "campaign": registration.campaign, "cancel_url": here}
    context["crumbs"] = crumbs(registration.campaign, registration.unit)
    return render(request, "campaigns/staff_evidence_remove.html", context)
