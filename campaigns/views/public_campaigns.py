"""Campaigns for everyone: the list, and one campaign with all it came to."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from campaigns.forms.campaigns import CampaignFilter
from campaigns.models import Campaign, CampaignDocument, Exemplar
from campaigns.models.activities import chosen
from campaigns.ranking import figures_of, rank, sort_out
from records.paging import keyset_page
from records.publication import public_page

RUNNING_SHOWN, FINISHED_SHOWN = 15, 20
UNITS_SHOWN = 60
KEYS = ("-starts_on", "-pk")


@login_not_required
@public_page
def campaign_list(request):
    """Running campaigns with their rates, then the others in pages; by status and by words of the title."""
    form = CampaignFilter(request.GET)
    found = form.filter(Campaign.objects.published())
    status = form.chosen_status
    campaigns = found.for_list().with_rates().with_public_counts()
    running, page, shown = [], None, status or "finished"
    if shown == "running":
        page = keyset_page(campaigns.running(), KEYS, request.GET, RUNNING_SHOWN)
        running = page.rows
    else:
        chosen = campaigns.finished() if shown == "finished" else campaigns.filter(status=shown)
        page = keyset_page(chosen, KEYS, request.GET, FINISHED_SHOWN)
        if not status and page.is_first:
            running = list(campaigns.running()[:RUNNING_SHOWN])
    finished = [] if shown == "running" else page.rows
    return render(
        request,
        "campaigns/campaign_list.html",
        {
            "form": form,
            "chips": form.chips(found),
            "running": running,
            "finished": finished,
            "page": page,
            "target": common_target([*running, *finished]),
            "today": timezone.localdate(),
        },
    )


def common_target(campaigns):
    """The one target, in percent, of all these campaigns' rates; None where they differ."""
    targets = {target for c in campaigns for target in (c.target_plan_rate, c.target_member_rate)}
    return targets.pop() if len(targets) == 1 else None


@login_not_required
@public_page
def campaign_detail(request, slug):
    """One campaign: rates, units, what was chosen, exemplars, decisions and documents."""
    campaigns = Campaign.objects.published().select_related("launched_by", "decision")
    campaign = get_object_or_404(campaigns.with_rates().with_head().with_public_counts(), slug=slug)
    return render(request, "campaigns/campaign_detail.html", detail(campaign))


def detail(campaign):
    """What a campaign's page shows of one that was fetched with rates, head and public counts."""
    sheet = sort_out(campaign.ranked_units())
    activities, counted_at = chosen(campaign)
    documents = list(CampaignDocument.objects.published().filter(campaign=campaign).award_lines())
    granted = [line for line in documents if line["role"] == CampaignDocument.Role.AWARD and line["type"]]
    return {
        "campaign": campaign,
        "head": sheet.head,
        "partners": sheet.partners,
        "ranking": rank(sheet.compared, figures_of(campaign), campaign.target_member_rate, size=UNITS_SHOWN),
        "activities": activities,
        "most": max((activity.members or 0 for activity in activities), default=0),
        "counted_at": counted_at,
        "counting": any(activity.members is None for activity in activities),
        "exemplars": Exemplar.objects.published().filter(campaign=campaign).for_list()[:3],
        "granted": granted,
        "decision_count": len({line["decision_id"] for line in granted}),
        "documents": [line for line in documents if line["role"] == CampaignDocument.Role.BASIS],
        "launch": campaign.decision if campaign.decision and campaign.decision.published_at else None,
        "today": timezone.localdate(),
    }
