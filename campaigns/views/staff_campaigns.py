"""Campaigns for the staff: the list, entering one, its board, and the acts that lead from a draft to its close."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from campaigns.forms.staff_campaigns import CampaignEntry, CancelForm, StaffCampaignFilter
from campaigns.models import Campaign
from campaigns.models.campaigns import NEXT
from campaigns.ranking import FIGURES, board
from campaigns.views.public_campaigns import common_target, detail
from records.access import changeable, publishable, seen
from records.giving_way import in_one
from records.models import Unit
from records.once import once
from records.paging import keyset_page

Status = Campaign.Status
KEYS = ("turn", "-starts_on", "-pk")
PAGE = 20
UNITS_SHOWN = 60
# More digits than a key can have.
KEY_DIGITS = 18


def own_paths(user):
    """The subtrees whose figures a list shows the user; None, everything, for a superuser without a posting."""
    paths = user.paths(user.READERS)
    return paths if paths or not user.is_superuser else None


def may_add(user):
    """Whether the user may enter a campaign of some unit."""
    return user.is_superuser or bool(user.paths(user.EDITORS))


def staff_campaign_list(request):
    """Campaigns I may see, those under way first, with the rates of my units and what waits in them."""
    form = StaffCampaignFilter(request.GET)
    campaigns = form.narrow(Campaign.objects.visible_to(request.user))
    page = keyset_page(campaigns.for_staff(own_paths(request.user)), KEYS, request.GET, PAGE)
    context = {
        "filters": form,
        "page": page,
        "target": common_target([campaign for campaign in page.rows if campaign.is_public]),
        "today": timezone.localdate(),
        "may_add": may_add(request.user),
    }
    return render(request, "campaigns/staff_campaign_list.html", context)


@once
def staff_campaign_add(request):
    """A new campaign, kept as a draft until an approver launches it."""
    if not may_add(request.user):
        raise PermissionDenied
    return entered(request, None, _("The campaign is saved as a draft. Nobody outside your unit sees it yet."))


@in_one
def staff_campaign_edit(request, slug):
    """The campaign with whom it concerns and what may be chosen; after its launch only what may still change."""
    rows = Campaign.objects.all()
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",), no_key=True)
    campaign = changeable(rows, request.user, slug=slug)
    if campaign.status == Status.CANCELLED:
        messages.warning(request, _("A cancelled campaign is kept as it was; it cannot be changed."))
        return redirect("campaigns:staff_campaign_detail", slug)
    return entered(request, campaign, _("The campaign is saved."))


def entered(request, campaign, said):
    """The page that enters a campaign, or what follows when it was saved."""
    entry = CampaignEntry(request.POST if request.method == "POST" else None, user=request.user, instance=campaign)
    # Read before the form puts its values into the record.
    title, slug = (campaign.title, campaign.slug) if campaign else ("", "")
    if entry.is_valid():
        saved = entry.save()
        messages.success(request, said)
        return redirect("campaigns:staff_campaign_detail", saved.slug)
    context = {"entry": entry, "form": entry, "title": title, "slug": slug, "is_new": campaign is None}
    return render(request, "campaigns/staff_campaign_form.html", context)


@never_cache
def staff_campaign_preview(request, slug):
    """The public page as it will look, for those who may change the campaign."""
    campaigns = Campaign.objects.select_related("launched_by", "decision")
    campaign = changeable(campaigns.with_rates().with_head().with_public_counts(), request.user, slug=slug)
    return render(request, "campaigns/campaign_detail.html", {**detail(campaign), "preview": True})


def staff_campaign_detail(request, slug):
    """The board: my units' rates, live, by unit down the tree; silent units first."""
    campaigns = Campaign.objects.select_related("launched_by", "decision").with_head()
    campaign = seen(campaigns, request.user, slug=slug)
    tops = campaign.board_tops(request.user)
    top, under = chosen_unit(request, tops)
    context = {
        "campaign": campaign,
        "tops": tops,
        "top": top,
        "under": under,
        "today": timezone.localdate(),
        "now": timezone.now(),
        "may_change": request.user.may(request.user.EDITORS, campaign.launched_by.path),
        "may_launch": request.user.may(request.user.PUBLISHERS, campaign.launched_by.path),
        "next": NEXT[campaign.status],
    }
    if campaign.status == Status.DRAFT:
        return render(request, "campaigns/staff_campaign_draft.html", {**context, **before_launch(campaign)})
    if under is None:
        return render(request, "campaigns/staff_campaign_detail.html", context)
    start = request.GET.get("after", "")
    start = int(start) if start.isdecimal() and len(start) < KEY_DIGITS else 0
    table = board(campaign.board_units(under), campaign.target_member_rate, start, UNITS_SHOWN)
    # The public page's rates, over my unit instead of the whole.
    for name in FIGURES:
        setattr(campaign, name, getattr(table.total, name))
    page = {
        "previous_url": board_address(under, table.previous_start),
        "next_url": board_address(under, table.next_start),
    }
    context |= {"board": table, "page": page, "steps": steps_down(top, under)}
    context["may_register"] = request.user.may(request.user.EDITORS, under.path)
    # A unit above those that take part has figures here, and nothing to report itself.
    head = campaign.head_path
    context["takes_part"] = under.path.startswith(head) if head else campaign.units().filter(pk=under.pk).exists()
    for name in ("plan", "registration"):
        rows = reverse(f"campaigns:staff_{name}_list", args=[slug])
        context[f"{name}s_url"] = f"{rows}?{urlencode({'unit': under.code})}"
    return render(request, "campaigns/staff_campaign_detail.html", context)


def chosen_unit(request, tops):
    """The unit `?unit=` asks for and the topmost of mine above it; the first of mine unless asked.

    Raises Http404 for a unit outside my subtrees.
    """
    asked = request.GET.get("unit", "")
    if not asked:
        return (tops[0], tops[0]) if tops else (None, None)
    if not asked.isdecimal() or len(asked) > KEY_DIGITS:
        raise Http404
    for top in tops:
        if top.pk == int(asked):
            return top, top
    unit = seen(Unit.objects, request.user, pk=int(asked))
    return next((top for top in tops if unit.path.startswith(top.path)), unit), unit


def steps_down(top, under):
    """The units from the topmost of mine down to the one above `under`."""
    if top.pk == under.pk:
        return []
    return [unit for unit in Unit.objects.ancestors_of(under) if unit.path.startswith(top.path)]


def board_address(unit, start):
    """The query string of a page of a unit's board; empty where there is none."""
    if start is None:
        return ""
    return f"?{urlencode({'unit': unit.pk, 'after': start} if start else {'unit': unit.pk})}"


def before_launch(campaign):
    """What a launch would begin and what it still lacks: `blocks` must be there, `lacks` had better be."""
    reach = campaign.reach()
    blocks = []
    if not campaign.scopes.exists():
        blocks.append(_("It is not said whom the campaign concerns."))
    if not campaign.activities.exists():
        blocks.append(_("There is nothing to choose yet: enter the activities."))
    missing = {
        _("No decision launches it yet."): campaign.decision_id,
        _("No last day is set."): campaign.ends_on,
        _("No registration window is set: members may register from the first day to the last."): (
            campaign.registration_from or campaign.registration_to
        ),
        _("No day is set by which plans are due."): campaign.plans_due_on,
        _("No day is set by which results are due."): campaign.results_due_on,
        _("It has no summary for the public page."): campaign.summary,
    }
    return {"reach": reach, "blocks": blocks, "lacks": [said for said, there in missing.items() if not there]}


def staff_campaign_launch(request, slug):
    """Makes a draft public and opens it to plans and registrations; or takes a campaign back from its review."""

    def page(campaign):
        told = before_launch(campaign)
        reach = told["reach"]
        numbers = _("It concerns %(units)s units, of which %(owed)s owe a plan, and %(members)s eligible members.") % {
            "units": localize(reach["units"]),
            "owed": localize(reach["owed"]),
            "members": localize(reach["eligible"]),
        }
        if campaign.status == Status.REVIEWING:
            return {
                "title": _("Take the campaign back under way?"),
                "text": _("Plans and registrations open again, within the registration window."),
                "consequences": [numbers],
                "submit": _("Back under way"),
            }
        return {
            "title": _("Launch the campaign?"),
            "text": _("It becomes public, and units in scope may hand in plans and register members."),
            "consequences": [numbers, *told["blocks"], *told["lacks"]],
            "submit": _("Launch the campaign"),
        }

    return act(request, slug, Status.LAUNCHED, page, Campaign.launch, _("The campaign is under way and public."))


def staff_campaign_review(request, slug):
    """Ends registration; results are still entered."""

    def page(campaign):
        return {
            "title": _("Begin the review?"),
            "text": _("Registration ends; results may still be entered."),
            "consequences": unfinished(campaign),
            "submit": _("Begin the review"),
        }

    return act(request, slug, Status.REVIEWING, page, Campaign.review, _("The campaign is under review."))


def staff_campaign_close(request, slug):
    """Freezes the figures for good."""

    def page(campaign):
        return {
            "title": _("Close the campaign?"),
            "text": _("The figures are frozen as they stand today. A closed campaign cannot be opened again."),
            "consequences": unfinished(campaign),
            "submit": _("Close the campaign"),
        }

    return act(request, slug, Status.CLOSED, page, Campaign.close, _("The campaign is closed; its figures are frozen."))


def staff_campaign_cancel(request, slug):
    """Takes a campaign off for good, saying why."""

    def page(campaign):
        return {
            "title": _("Cancel the campaign?"),
            "text": _("A cancelled campaign leaves the public pages and cannot be launched again."),
            "consequences": [] if campaign.status == Status.DRAFT else unfinished(campaign),
            "submit": _("Cancel the campaign"),
            "stay": _("Leave it as it is"),
        }

    def cancel(campaign, by, reason):
        campaign.cancel(reason, by=by)

    return act(request, slug, Status.CANCELLED, page, cancel, _("The campaign is cancelled."), CancelForm)


def unfinished(campaign):
    """What would be left open, a sentence each."""
    left = campaign.unfinished()
    sentences = [
        ngettext("%(n)s plan owed is not handed in.", "%(n)s plans owed are not handed in.", left["plans"]),
        ngettext("%(n)s registration is not confirmed.", "%(n)s registrations are not confirmed.", left["pending"]),
        ngettext(
            "%(n)s registration that a member sent is not matched.",
            "%(n)s registrations that members sent are not matched.",
            left["waiting"],
        ),
        ngettext(
            "Of %(n)s member registered it is not entered what was done.",
            "Of %(n)s members registered it is not entered what was done.",
            left["undone"],
        ),
    ]
    numbers = (left["plans"], left["pending"], left["waiting"], left["undone"])
    return [said % {"n": localize(n)} for said, n in zip(sentences, numbers, strict=True) if n]


def act(request, slug, status, page, do, said, form_class=forms.Form):
    """Asks, and does what was asked; refused with a word where the campaign's status does not lead there."""
    campaign = publishable(Campaign.objects.select_related("launched_by"), request.user, slug=slug)
    if status not in NEXT[campaign.status]:
        messages.warning(
            request, _("The campaign is “%(status)s”; this cannot follow.") % {"status": campaign.get_status_display()}
        )
        return redirect("campaigns:staff_campaign_detail", slug)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            do(campaign, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        else:
            messages.success(request, said)
            return redirect("campaigns:staff_campaign_detail", slug)
    context = {
        "campaign": campaign,
        "form": form,
        "cancel_url": reverse("campaigns:staff_campaign_detail", args=[slug]),
    }
    return render(request, "campaigns/staff_campaign_act.html", {**context, **page(campaign)})
