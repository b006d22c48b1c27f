"""Campaigns on the staff page of a unit."""

from django import template
from django.db.models import Exists, OuterRef, Q

from campaigns.models import Campaign, CampaignScope, Tally
from campaigns.models.campaigns import is_concerned
from records.models import Unit
from records.models.scope import reaching, within_path

register = template.Library()

SHOWN = 10


@register.inclusion_tag("campaigns/_campaigns_of_staff_unit.html")
def campaigns_of_staff_unit(unit, user):
    """The campaigns that concern a unit or any below it, with the rates of its subtree, those under way first; one
    query."""
    campaigns = Campaign.objects.visible_to(user).exclude(status=Campaign.Status.CANCELLED)
    campaigns = campaigns.filter(Q(launched_by=unit) | Q(pk__in=concerning(unit))).with_rates([unit.path]).for_list()
    found = [one for one in campaigns[:SHOWN] if is_concerned(one) or one.launched_by_id == unit.pk]
    return {"campaigns": found, "unit": unit}


def concerning(unit):
    """Keys of campaigns in whose scope the unit or one below it is, or was when they closed."""
    below = Unit.objects.within(unit)
    scopes = CampaignScope.objects.filter(
        within_path("unit_path", unit.path)
        | Q(unit_path__in=reaching(unit.path), with_subordinates=True)
        | Q(sector__in=below.filter(sector__isnull=False).values("sector"))
    )
    here = Tally.objects.within(unit).filter(campaign=OuterRef("pk"))
    return scopes.values("campaign").union(
        Campaign.objects.filter(Exists(here), status=Campaign.Status.CLOSED).values("pk")
    )
