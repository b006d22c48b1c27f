"""A campaign's units ranked, all of them, at any depth, and as a file."""

import csv
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Campaign
from campaigns.ranking import figures_of, rank, sort_out
from records.models import Unit
from records.publication import public_page
from records.sheets.guarding import guard
from records.sheets.writing import BYTE_ORDER_MARK

PAGE = 200
LONGEST = 9  # digits of a place that may stand in an address


@login_not_required
@public_page
def campaign_units(request, slug):
    """The ranked table in pages of 200; `?unit=` shows what is below one of its units."""
    campaign, under, sheet, total = fetch(request, slug)
    address = reverse("campaigns:campaign_units", args=[campaign.slug])
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < LONGEST else 0
    ranking = rank(sheet.compared, total, campaign.target_member_rate, start, PAGE)
    return render(
        request,
        "campaigns/campaign_units.html",
        {
            "campaign": campaign,
            "under": under,
            "head": sheet.head,
            "ranking": ranking,
            "page": {
                "previous_url": page_address(request, ranking.previous_start),
                "next_url": page_address(request, ranking.next_start),
            },
            "crumbs": [
                (_("Campaigns"), reverse("campaigns:campaign_list")),
                (campaign.title, campaign.get_absolute_url()),
                *((unit.name, f"{address}?{urlencode({'unit': unit.code})}") for unit in steps_down(campaign, under)),
            ],
        },
    )


@login_not_required
def campaign_units_csv(request, slug):
    """The same table as a file, every row of it."""
    campaign, under, sheet, total = fetch(request, slug)
    ranking = rank(sheet.compared, total, campaign.target_member_rate, size=len(sheet.compared) or 1)
    name = f"{campaign.slug}-{under.code.lower()}" if under else campaign.slug
    # Written now: a stream is asked for when the reader's language is no longer in force.
    return StreamingHttpResponse(
        list(lines(ranking)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, f"{name}.csv"), "Cache-Control": "no-store"},
    )


def fetch(request, slug):
    """The campaign, the unit asked for by `?unit=`, its sheet of units and the figures of the whole.

    Raises Http404 for a unit the campaign does not concern or that is not shown publicly.
    """
    campaigns = Campaign.objects.published().with_rates().with_head()
    campaign = get_object_or_404(campaigns, slug=slug)
    under = None
    if code := request.GET.get("unit"):
        under = get_object_or_404(Unit.objects.published(), code=code.replace("\x00", ""))
    if under is None or under.pk == campaign.head_id:
        sheet = sort_out(campaign.ranked_units())
        return campaign, None, sheet, figures_of(campaign)
    sheet = sort_out(campaign.ranked_units(under.pk))
    if not (sheet.head.eligible or sheet.head.owed):
        raise Http404
    return campaign, under, sheet, figures_of(sheet.head)


def steps_down(campaign, under):
    """The listed units from the campaign's head down to the one above `under`."""
    if under is None:
        return []
    above = [unit for unit in Unit.objects.ancestors_of(under) if unit.listed]
    heads = [index for index, unit in enumerate(above) if unit.pk == campaign.head_id]
    return above[heads[0] :] if heads else []


def page_address(request, start):
    """The query string of the page that begins after place `start`; empty where there is none."""
    if start is None:
        return ""
    query = request.GET.copy()
    query["after"] = start
    return f"?{query.urlencode()}"


class Echo:
    """A file that hands each line back, for csv.writer to stream through."""

    def write(self, line):
        return line


def lines(ranking):
    """The table's lines, with the mark that lets Excel read Vietnamese."""
    yield BYTE_ORDER_MARK
    writer = csv.writer(Echo())
    names = [pgettext("ranking", "Place"), _("Unit code"), _("Unit"), _("Plans owed"), _("Plans handed in")]
    yield writer.writerow([*names, _("Eligible"), _("Registered"), _("Done"), _("Missing to the target")])
    rows = [(row, row.name) for row in ranking.rows]
    if ranking.others:
        rows.append((ranking.others, _("Other units, and members directly above them")))
    rows.append((ranking.total, _("Total")))
    for row, name in rows:
        numbers = [row.owed, row.planned, row.eligible, row.registered, row.done, row.missing]
        yield writer.writerow([row.place or "", guard(row.code), guard(name), *numbers])
