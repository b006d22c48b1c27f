"""The front page."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Subquery, Sum
from django.shortcuts import render
from django.utils import timezone

from campaigns.models import Campaign, Exemplar, Tally
from campaigns.models.figures import scalar
from campaigns.views.public_campaigns import common_target
from records.models import Award, Decision
from records.paging import CappedCount
from records.publication import public_page

COUNTED_TO = 10_000


@login_not_required
@public_page
def home(request):
    """What the register is, what it holds, who was honoured last, what is under way."""
    running = Campaign.objects.published().running().for_list().with_rates()[:5]
    return render(
        request,
        "campaigns/home.html",
        {
            "figures": figures(),
            "counted_to": COUNTED_TO,
            "newest": newest_awards(4),
            "campaigns": running,
            "target": common_target(running),
            "exemplars": Exemplar.objects.published().for_list()[:3],
            "today": timezone.localdate(),
        },
    )


def newest_awards(number):
    """The first standing award of each of the newest published decisions, so that no long list fills the board."""
    standing = Award.objects.published().exclude(status=Award.Status.REVOKED)
    of_it = standing.filter(decision=OuterRef("pk"))
    decisions = Decision.objects.published().filter(Exists(of_it)).newest_first()
    first = Subquery(of_it.order_by("list_position", "pk").values("pk")[:1])
    # Asked for by itself: as a part of the other query it would be answered for every decision there is.
    keys = list(decisions.annotate(first=first).values_list("first", flat=True)[:number])
    return Award.objects.filter(pk__in=keys).for_list()


def figures():
    """Published awards, decisions and exemplars, each counted to 10,000, and members volunteering, in one query."""
    counts = {
        name: CappedCount(rows.order_by().values("pk")[: COUNTED_TO + 1])
        for name, rows in (
            ("awards", Award.objects.published()),
            ("decisions", Decision.objects.published()),
            ("exemplars", Exemplar.objects.published()),
        )
    }
    tallies = Tally.objects.filter(campaign__in=Campaign.objects.published().order_by().values("pk"))
    counts["volunteers"] = scalar(tallies, Sum("registered"))
    # A table that always has rows: one of them carries the counts.
    return ContentType.objects.order_by().values(**counts).first()
