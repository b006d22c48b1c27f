"""The links, one a unit and campaign, by which members register themselves: made, printed, switched off, renewed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campaigns.models import Campaign, Invitation
from records.models import Unit
from records.paging import keyset_page
from records.qr import qr_path

KEYS = ("sort_key", "pk")
PAGE = 30


def staff_invitation_list(request, slug):
    """The units with members of their own in my care, each with its link or without one."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    units = campaign.units().editable_by(request.user).filter(headcount__gt=0).select_related("parent")
    page = keyset_page(units, KEYS, request.GET, PAGE)
    links = {link.unit_id: link for link in campaign.invitations.filter(unit__in=[unit.pk for unit in page.rows])}
    for unit in page.rows:
        unit.link = links.get(unit.pk)
    context = {"campaign": campaign, "page": page, "without": [unit for unit in page.rows if unit.link is None]}
    return render(request, "campaigns/staff_invitation_list.html", context)


@require_POST
def staff_invitation_make(request, slug):
    """Make the links that the units sent lack."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    keys = [key for key in request.POST.getlist("unit") if key.isdecimal() and len(key) < 18][:PAGE]
    units = list(campaign.units().editable_by(request.user).filter(pk__in=keys))
    if not units and not campaign.units().editable_by(request.user).exists():
        raise PermissionDenied
    made = Invitation.objects.make(campaign, units)
    messages.success(request, ngettext("%(n)d link made.", "%(n)d links made.", made) % {"n": made})
    return redirect("campaigns:staff_invitation_list", slug)


def staff_invitation_detail(request, slug, unit):
    """A unit's link as an address and a QR code to print; a POST makes, switches or renews it (`act`)."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), slug=slug)
    unit = unit_of(campaign, request.user, unit)
    link = campaign.invitations.filter(unit=unit).select_related("campaign", "unit").first()
    if request.method == "POST":
        messages.success(request, act(request.POST.get("act", ""), campaign, unit, link))
        return redirect("campaigns:staff_invitation_detail", slug, unit.pk)
    context = {"campaign": campaign, "unit": unit, "link": link}
    if link:
        context["address"] = request.build_absolute_uri(link.get_absolute_url())
        context["code"], context["side"] = qr_path(context["address"])
        context["accepts"] = link.accepts_on(timezone.localdate())
    return render(request, "campaigns/staff_invitation_detail.html", context)


def unit_of(campaign, user, key):
    """The unit whose link the user may keep; 404 outside the campaign or the user's units, 403 to a viewer."""
    unit = campaign.units().visible_to(user).filter(pk=key).first()
    if unit is None:
        raise Http404
    if not Unit.objects.editable_by(user).filter(pk=unit.pk).exists():
        raise PermissionDenied
    return unit


def act(name, campaign, unit, link):
    """Do what was asked to a unit's link and say what was done."""
    if link is None:
        Invitation.objects.make(campaign, [unit])
        return _("The link was made. Print it or send it to the members of the unit.")
    if name == "renew":
        link.renew()
        return _("The link was renewed. The old one leads nowhere now.")
    if name not in ("open", "close"):
        # Made by a colleague, or by the first of two clicks: what they have perhaps printed stays as it is.
        return _("This unit has its link already.")
    link.switch(name == "open")
    return _("The link is switched on.") if link.is_open else _("The link is switched off: nobody can send through it.")
