"""Good models of my units: written with photos, handed in, published or returned."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.forms.staff_exemplars import CaptionForm, ExemplarForm, PhotosForm, ReturnForm, StaffExemplarFilter
from campaigns.models import Campaign, Exemplar, ExemplarPhoto
from campaigns.models.photos import thumbnail
from campaigns.models.plans import WORKING
from campaigns.views.staff_plans import campaign_crumbs
from records.access import changeable, publishable, seen
from records.models import Unit
from records.once import once
from records.paging import capped_count, keyset_page

KEYS = ("-pk",)
# What the column of a photo's place holds.
LAST_PLACE = 32767
ASKED = {
    "submit": (gettext_lazy("Hand in this good model?"), gettext_lazy("Hand in")),
    "publish": (gettext_lazy("Publish this good model?"), gettext_lazy("Publish")),
    "return": (gettext_lazy("Return this good model?"), gettext_lazy("Return")),
    "unpublish": (gettext_lazy("Take this good model off the public pages?"), gettext_lazy("Take off")),
}


def staff_exemplar_list(request, slug):
    """The good models of my units in a campaign, the newest first."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    form = StaffExemplarFilter(request.GET, request.user)
    rows = form.narrow(Exemplar.objects.visible_to(request.user).filter(campaign=campaign))
    count, capped = capped_count(rows)
    page = keyset_page(rows.for_list(), KEYS, request.GET)
    context = {"campaign": campaign, "form": form, "page": page, "count": count, "capped": capped}
    context |= {"crumbs": campaign_crumbs(campaign), "may_add": may_add(campaign, request.user)}
    return render(request, "campaigns/staff_exemplar_list.html", context)


def may_add(campaign, user):
    """Whether the user keeps some unit's records while the campaign is worked on."""
    return campaign.status in WORKING and (user.is_superuser or bool(user.paths(user.EDITORS)))


@once
def staff_exemplar_add(request, slug):
    """Begin a good model; `unit` (its code) fills the unit in."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    if not may_add(campaign, request.user):
        raise PermissionDenied
    unit = Unit.objects.editable_by(request.user).filter(code=request.GET.get("unit", "")[:40]).first()
    data = request.POST if request.method == "POST" else None
    form = ExemplarForm(data, instance=Exemplar(campaign=campaign), initial={"unit": unit}, user=request.user)
    if form.is_valid():
        exemplar = form.save()
        messages.success(request, _("“%(title)s” was saved as a draft. Add photos, then hand it in.") % named(exemplar))
        return redirect(address(exemplar))
    return render(request, "campaigns/staff_exemplar_form.html", {"form": form, "campaign": campaign, **way(campaign)})


def staff_exemplar_detail(request, slug, public_id):
    """The good model as it will look, its photos, and what may be done with it."""
    exemplar = of_campaign(seen, request.user, slug, public_id)
    return detail(request, exemplar, PhotosForm() if may_edit(exemplar, request.user) else None)


def detail(request, exemplar, photos_form):
    """The page of a good model; without a form for photos it is only read."""
    context = {
        "exemplar": exemplar,
        "campaign": exemplar.campaign,
        "photos": list(exemplar.photos.order_by("order", "pk")),
        "may_edit": photos_form is not None,
        "may_publish": request.user.may(request.user.PUBLISHERS, exemplar.unit_path),
        "form": photos_form,
        "here": address(exemplar),
        "version": version_of(exemplar),
    }
    return render(request, "campaigns/staff_exemplar_detail.html", context | way(exemplar.campaign))


def staff_exemplar_edit(request, slug, public_id):
    """Change what is written; of a published one approvers only, since the public reads the change at once."""
    exemplar = written(request.user, slug, public_id)
    if request.method == "POST":
        with transaction.atomic():
            # The unit first, as whoever moves the unit locks it.
            Unit.objects.filter(pk=exemplar.unit_id).hold()
            rows = Exemplar.objects.select_for_update(of=("self",)).select_related("campaign", "unit")
            form = ExemplarForm(request.POST, instance=rows.get(pk=exemplar.pk), user=request.user)
            if form.is_valid():
                messages.success(request, _("“%(title)s” was saved.") % named(form.save()))
                return redirect(address(exemplar))
    else:
        form = ExemplarForm(instance=exemplar, user=request.user)
    context = {"form": form, "exemplar": exemplar, "campaign": exemplar.campaign, **way(exemplar.campaign, exemplar)}
    return render(request, "campaigns/staff_exemplar_form.html", context)


def staff_exemplar_act(request, slug, public_id, name):
    """Hand in, publish, return or take off, after asking; `name` is a key of ASKED."""
    allowed = changeable if name == "submit" else publishable
    exemplar = of_campaign(allowed, request.user, slug, public_id)
    form = ReturnForm(request.POST or None) if name in ("return", "unpublish") else None
    read = (request.POST if request.method == "POST" else request.GET).get("version")
    if name == "publish" and read and read != version_of(exemplar):
        messages.warning(request, _("The good model has changed meanwhile; look at it again."))
        return redirect(address(exemplar))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            said = act(name, exemplar, request, form.cleaned_data["reason"] if form else "")
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, said)
        return redirect(address(exemplar))
    title, submit = ASKED[name]
    context = {"exemplar": exemplar, "form": form, "title": title, "submit": submit, "cancel_url": address(exemplar)}
    context |= {"text": exemplar.title, "consequences": consequences(name, exemplar), "version": read}
    return render(request, "campaigns/staff_exemplar_act.html", context | way(exemplar.campaign, exemplar))


def version_of(exemplar):
    """What its words and photos are now, their newest history rows: nobody publishes what they have not read."""
    histories = exemplar.history, ExemplarPhoto.history.filter(exemplar=exemplar.pk)
    return "-".join(str(rows.aggregate(newest=Max("history_id"))["newest"] or 0) for rows in histories)


def act(name, exemplar, request, reason):
    """Do it and say what was done; raises ValidationError where it no longer fits."""
    one = Exemplar.objects.filter(pk=exemplar.pk)
    match name:
        case "submit":
            exemplar.submit()
            return _("“%(title)s” was handed in. An approver looks at it next.") % named(exemplar)
        case "return":
            exemplar.send_back(reason)
            return _("“%(title)s” was returned to the unit.") % named(exemplar)
        case "publish":
            changed, said = one.publish(request.user, request), _("“%(title)s” is public now.")
        case _unpublish:
            changed = one.unpublish(request.user, request, reason)
            said = _("“%(title)s” was taken off the public pages.")
    if not changed:
        raise ValidationError(_("The good model has changed meanwhile; look at it again."))
    return said % named(exemplar)


def consequences(name, exemplar):
    """What will follow, a sentence each."""
    match name:
        case "submit":
            return [_("An approver reads it and publishes it, or returns it with a reason.")]
        case "publish":
            return [
                _("Everybody can read the title, story, place, figures, unit, and see the photos with their captions."),
                *([] if exemplar.campaign.is_public else [_("It appears once its campaign is public.")]),
            ]
        case "unpublish":
            return [_("It is a draft again. Nothing is deleted.")]
    return []


@once
def staff_exemplar_photos(request, slug, public_id):
    """Add photos; what is none is refused by name and the others are kept."""
    exemplar = written(request.user, slug, public_id)
    if request.method != "POST":
        return redirect(address(exemplar))
    form = PhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail(request, exemplar, form)
    kept, refused = form.cleaned_data["images"]
    last = exemplar.photos.aggregate(last=Max("order"))["last"] or 0
    for place, image in enumerate(kept, last + 1):
        exemplar.photos.create(image=image, caption=form.cleaned_data["caption"], order=min(place, LAST_PLACE))
    for sentence in refused:
        messages.warning(request, sentence)
    messages.success(request, _("The photos were added."))
    return redirect(address(exemplar))


def staff_exemplar_photo_edit(request, slug, public_id, pk):
    """Change a photo's caption and its place among the others."""
    exemplar = written(request.user, slug, public_id)
    form = CaptionForm(request.POST or None, instance=photo_of(exemplar, pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The photo was saved."))
        return redirect(address(exemplar))
    context = {"form": form, "exemplar": exemplar, "photo": form.instance, **way(exemplar.campaign, exemplar)}
    return render(request, "campaigns/staff_exemplar_photo.html", context)


@require_POST
def staff_exemplar_photo_remove(request, slug, public_id, pk):
    """Take a photo out; the history keeps that it was there."""
    exemplar = written(request.user, slug, public_id)
    photo_of(exemplar, pk).delete()
    messages.success(request, _("The photo was taken out."))
    return redirect(address(exemplar))


def staff_exemplar_photo_show(request, slug, public_id, pk):
    """A small copy of a photo, for those who may see the good model before it is public."""
    exemplar = of_campaign(seen, request.user, slug, public_id)
    try:
        content = thumbnail(photo_of(exemplar, pk).image.open())
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


def written(user, slug, public_id):
    """The good model that the user may change; a published one is the approvers'."""
    exemplar = of_campaign(changeable, user, slug, public_id)
    if not may_edit(exemplar, user):
        raise PermissionDenied
    return exemplar


def photo_of(exemplar, pk):
    photo = ExemplarPhoto.objects.filter(exemplar=exemplar, pk=pk).first()
    if photo is None:
        raise Http404
    return photo


def may_edit(exemplar, user):
    """Whether the user may change it: the unit's staff while it is not public, approvers always."""
    return user.may(user.PUBLISHERS if exemplar.published_at else user.EDITORS, exemplar.unit_path)


def of_campaign(allowed, user, slug, public_id):
    exemplars = Exemplar.objects.select_related("campaign", "unit", "activity").filter(campaign__slug=slug)
    return allowed(exemplars, user, public_id=public_id)


def address(exemplar):
    return reverse("campaigns:staff_exemplar_detail", args=[exemplar.campaign.slug, exemplar.public_id])


def named(exemplar):
    return {"title": exemplar.title}


def way(campaign, exemplar=None):
    """The breadcrumbs to a good model, or to what is done with it."""
    listed = (_("Good models"), reverse("campaigns:staff_exemplar_list", args=[campaign.slug]))
    own = [(exemplar.title, address(exemplar))] if exemplar else []
    return {"crumbs": [*campaign_crumbs(campaign), listed, *own]}
