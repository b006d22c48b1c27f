"""What the exports of a campaign's lists share: the way back to them, and a column for each of its activities."""

from decimal import Decimal

from django.db.models import DecimalField, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from records.lists.exporting import Found

# Stands in a column of quantities for "chosen, without saying how much"; no quantity is negative.
SOME, TICK = Decimal(-1), "x"


def within(campaign, rows, form, label, page, **more):
    """What was found of a part of a campaign."""
    address, query = reverse(page, args=[campaign.slug]), form.query()
    crumbs = [
        (_("Campaigns"), reverse("campaigns:staff_campaign_list")),
        (Truncator(campaign.title).chars(40), reverse("campaigns:staff_campaign_detail", args=[campaign.slug])),
        (label, f"{address}{query if len(query) > 1 else ''}"),
    ]
    return Found(rows, form, crumbs, campaign=campaign.title, **more)


def quantities(rows, of_row, name, activities):
    """The rows with a column for each activity: how much the row's line of it says, SOME where it does not say.

    `of_row` are the lines of one row, by OuterRef.
    """
    amount = Coalesce(name, Value(SOME), output_field=DecimalField(max_digits=14, decimal_places=2))
    return rows.annotate(
        **{f"{name}_{one.pk}": Subquery(of_row.filter(activity=one).values_list(amount)[:1]) for one in activities}
    )


def told_amount(activity):
    """What a cell says of a quantity: a tick where the activity is not counted, or it is not said how much."""

    def told(amount):
        if amount is None:
            return None
        return amount if activity.measure and amount != SOME else TICK

    return told


def told_result(activity):
    """What a cell says of what was done."""

    def told(amount):
        if amount is None or amount == SOME:
            return None
        return amount if activity.measure or not amount else TICK

    return told


def in_full(activity):
    return f"{activity.name} ({activity.measure})" if activity.measure else activity.name
