"""Campaigns on the staff page of a unit."""

from django import template
from django.db.models import Q

from campaigns.models import Campaign

register = template.Library()

SHOWN = 10


@register.inclusion_tag("campaigns/_campaigns_of_staff_unit.html")
def campaigns_of_staff_unit(unit, user):
    """The campaigns that concern a unit or any below it, with the rates of its subtree, those under way first; one
    query."""
    campaigns = Campaign.objects.visible_to(user).exclude(status=Campaign.Status.CANCELLED)
    campaigns = campaigns.with_rates([unit.path]).for_list()
    concerned = Q(eligible__gt=0) | Q(owed__gt=0) | Q(registered__gt=0) | Q(launched_by=unit)
    return {"campaigns": campaigns.filter(concerned)[:SHOWN], "unit": unit}
