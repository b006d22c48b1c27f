"""A campaign's whole ranked table: every unit, what lies below one, and the same as a file."""

import csv
import io

import pytest

from campaigns.views import public_units
from tests.factories import make_branch, make_campaign, make_member, make_plan, make_registration, make_unit

pytestmark = pytest.mark.django_db


def make_district(campaign, name, **fields):
    """A unit with one branch below it, where one of two members registered."""
    unit = make_unit(name=name, parent=campaign.launched_by, **fields)
    branch = make_branch(name=f"Chi bộ của {name}", parent=unit)
    make_registration(campaign, make_member(unit=branch))
    make_member(unit=branch)
    make_plan(campaign, branch, status="submitted")
    return unit


def table(response):
    lines = b"".join(response.streaming_content).decode()
    assert lines.startswith("\ufeff")
    return list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"))))


def test_a_units_name_leads_to_the_units_below_it(client):
    campaign = make_campaign()
    unit = make_district(campaign, "Huyện Hồ Cốc")
    address = f"{campaign.get_absolute_url()}units/"
    assert f'href="{address}?unit={unit.code}"' in client.get(address).content.decode()
    below = client.get(address, {"unit": unit.code})
    assert [row.name for row in below.context["ranking"].rows] == ["Chi bộ của Huyện Hồ Cốc"]
    total = below.context["ranking"].total
    assert (total.registered, total.eligible, total.planned, total.owed) == (1, 2, 1, 1)


@pytest.mark.one_database
def test_the_way_back_up_names_every_step(client):
    campaign = make_campaign()
    unit = make_district(campaign, "Huyện Hồ Cốc")
    branch = unit.children.get()
    response = client.get(f"{campaign.get_absolute_url()}units/", {"unit": branch.code})
    labels = [label for label, _url in response.context["crumbs"]]
    assert labels[1:] == [campaign.title, campaign.launched_by.name, unit.name]


def test_a_unit_outside_the_campaign_unknown_or_unlisted_is_not_found(client):
    campaign = make_campaign()
    hidden = make_district(campaign, "Đơn vị kín", listed=False)
    outside = make_unit()
    make_member(unit=outside)
    for code in (outside.code, hidden.code, "KHONG-CO", "\x00"):
        assert client.get(f"{campaign.get_absolute_url()}units/", {"unit": code}).status_code == 404
        assert client.get(f"{campaign.get_absolute_url()}units.csv", {"unit": code}).status_code == 404


def test_pages_hold_every_unit_once_and_the_total_stands_on_the_last(client, monkeypatch):
    monkeypatch.setattr(public_units, "PAGE", 2)
    campaign = make_campaign()
    for number in range(3):
        make_district(campaign, f"Huyện {number}")
    address = f"{campaign.get_absolute_url()}units/"
    first = client.get(address)
    second = client.get(address + first.context["page"]["next_url"])
    names = [row.name for page in (first, second) for row in page.context["ranking"].rows]
    assert names == ["Huyện 0", "Huyện 1", "Huyện 2"]
    assert b"<tfoot>" not in first.content
    assert b"<tfoot>" in second.content
    assert second.context["page"]["next_url"] == ""


@pytest.mark.parametrize("after", ["-1", "abc", "9" * 30, "1e3", "²"])
def test_a_mistyped_page_is_the_first_page(client, after):
    campaign = make_campaign()
    make_district(campaign, "Huyện Hồ Cốc")
    response = client.get(f"{campaign.get_absolute_url()}units/", {"after": after})
    assert response.status_code == 200
    assert len(response.context["ranking"].rows) == 1


@pytest.mark.one_database
def test_the_file_has_every_unit_what_is_left_over_and_the_total(client):
    campaign = make_campaign(slug="phong-trao")
    unit = make_district(campaign, "Huyện Hồ Cốc")
    make_district(campaign, "Đơn vị kín", listed=False)
    response = client.get(f"{campaign.get_absolute_url()}units.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="phong-trao.csv"'
    head, first, others, total = table(response)
    assert len(head) == len(first) == len(others) == len(total)
    assert first == ["1", unit.code, "Huyện Hồ Cốc", "1", "1", "2", "1", "0", "1"]
    assert others[3:] == ["1", "1", "2", "1", "0", "1"]
    assert total[3:] == ["2", "2", "4", "2", "0", "2"]
    assert not any("Đơn vị kín" in cell for line in (first, others, total) for cell in line)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_name_that_a_spreadsheet_would_run_is_only_text(client, name):
    campaign = make_campaign()
    make_district(campaign, name)
    lines = table(client.get(f"{campaign.get_absolute_url()}units.csv"))
    assert lines[1][2] == f"'{name}"


def test_the_file_of_one_unit_has_what_lies_below_it(client):
    campaign = make_campaign()
    unit = make_district(campaign, "Huyện Hồ Cốc")
    lines = table(client.get(f"{campaign.get_absolute_url()}units.csv", {"unit": unit.code}))
    assert [line[2] for line in lines[1:-1]] == ["Chi bộ của Huyện Hồ Cốc"]


def test_a_campaign_without_members_says_that_there_are_no_figures_yet(client):
    campaign = make_campaign()
    response = client.get(f"{campaign.get_absolute_url()}units/")
    assert response.status_code == 200
    assert b"<table" not in response.content


@pytest.mark.one_database
@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow(client, django_assert_num_queries, many):
    campaign = make_campaign()
    units = [make_district(campaign, f"Huyện {number}") for number in range(many)]
    address = f"{campaign.get_absolute_url()}units"
    with django_assert_num_queries(2):
        client.get(f"{address}/")
    with django_assert_num_queries(4):
        client.get(f"{address}/", {"unit": units[0].code})
    with django_assert_num_queries(2):
        table(client.get(f"{address}.csv"))
