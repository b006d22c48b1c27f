"""Who registered in a campaign: by name only where the campaign says so, otherwise how many in each unit."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render

from campaigns.forms.registrations import RegistrationFilter
from campaigns.models import Campaign, Registration
from campaigns.ranking import figures_of, rank, sort_out
from campaigns.views.public_units import PAGE
from records.paging import capped_count, keyset_page
from records.publication import public_page

KEYS = ("member__sort_key", "pk")


@login_not_required
@public_page
def campaign_registrations(request, slug):
    """Names in the order Vietnamese lists have, or counts by unit."""
    campaign = get_object_or_404(Campaign.objects.published().with_rates().with_head(), slug=slug)
    context = {"campaign": campaign}
    if not campaign.names_public:
        sheet = sort_out(campaign.ranked_units())
        ranking = rank(sheet.compared, figures_of(campaign), campaign.target_member_rate, size=PAGE)
        return render(request, "campaigns/campaign_registrations.html", context | {"ranking": ranking})
    form = RegistrationFilter(request.GET)
    found = form.filter(Registration.objects.published().filter(campaign=campaign))
    count, capped = capped_count(found)
    context |= {"form": form, "count": count, "capped": capped, "q": form.words}
    context["page"] = keyset_page(found.for_public_list(), KEYS, request.GET)
    return render(request, "campaigns/campaign_registrations.html", context)
