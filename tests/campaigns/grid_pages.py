"""How tests work at the grids: as the pages' own forms do."""

from django.test import Client
from django.urls import reverse

JSON = {"HTTP_ACCEPT": "application/json"}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def grid_of(campaign, unit, name="registration"):
    return reverse(f"campaigns:staff_{name}_grid", args=[campaign.slug, unit.pk])


def opened(client, campaign, unit, query="", name="registration"):
    """The rows of the page, by member."""
    page = client.get(grid_of(campaign, unit, name) + query)
    assert page.status_code == 200
    return {row.pk: row for row in page.context["grid"].rows}


def sent(rows, **cells):
    """What a form sends for rows as they were opened; cells are named m<member>_<activity>."""
    data = {f"v-{pk}": row.version for pk, row in rows.items()}
    for pk, row in rows.items():
        data |= {f"{pk}-{key}": str(value) for key, value in row.cells.items()}
    return data | {name.removeprefix("m").replace("_", "-"): value for name, value in cells.items()}


def cell(member, activity):
    return f"m{member.pk}_{activity.pk}"
