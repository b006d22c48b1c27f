"""The first page after signing in: whose it is, where they are posted, what they may open."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Invitation, SelfRegistration
from records.models import Posting
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_decision,
    make_inspection,
    make_member,
    make_plan,
    make_posting,
    make_registration,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def page_for(client, user):
    client.force_login(user)
    response = client.get("/staff/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.one_database
def test_a_visitor_is_asked_to_sign_in(client):
    response = client.get("/staff/")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/staff/"


@pytest.mark.one_database
def test_it_names_each_unit_where_the_user_is_posted_today(client):
    posting = make_posting(Posting.Role.CLERK, make_unit(name="Đảng bộ Sông Xa"))
    make_posting(
        Posting.Role.VIEWER,
        make_unit(name="Nơi đã rời"),
        user=posting.user,
        valid_to=timezone.localdate() - timedelta(days=1),
    )
    make_posting(
        Posting.Role.VIEWER,
        make_unit(name="Nơi sẽ đến"),
        user=posting.user,
        valid_from=timezone.localdate() + timedelta(days=9),
    )
    make_posting(Posting.Role.CLERK, make_unit(name="Của người khác"))
    page = page_for(client, posting.user)
    assert "Đảng bộ Sông Xa" in page
    for elsewhere in ("Nơi đã rời", "Nơi sẽ đến", "Của người khác"):
        assert elsewhere not in page


@pytest.mark.one_database
def test_it_greets_by_name(client):
    page = page_for(client, make_user(last_name="Bùi", first_name="Xuân Mai"))
    assert "Bùi Xuân Mai" in page


@pytest.mark.one_database
def test_without_a_posting_it_says_what_to_do(client):
    page = page_for(client, make_user(is_staff=True))
    assert "chưa được phân công" in page


@pytest.mark.one_database
def test_a_superuser_needs_no_posting(client):
    page = page_for(client, make_superuser())
    assert "chưa được phân công" not in page
    assert "/admin/" in page


@pytest.mark.one_database
def test_the_admin_is_offered_only_to_those_who_may_enter_it(client):
    user = make_user(is_staff=False)
    make_posting(Posting.Role.VIEWER, make_unit(), user=user)
    assert "/admin/" not in page_for(client, user)


@pytest.mark.one_database
def test_a_posting_of_long_ago_still_holds_while_open(client):
    posting = make_posting(Posting.Role.MANAGER, make_unit(name="Đảng bộ Sông Xa"), valid_from=date(1990, 1, 1))
    assert "01/01/1990" in page_for(client, posting.user)


def crowd(province, campaign, many):
    """Each kind of thing that waits, several times over."""
    for n in range(many):
        branch = make_branch(parent=make_unit(parent=province))
        make_plan(campaign, branch, status="returned", return_reason="thiếu", due_on=date(2020, 1, 2))
        make_registration(campaign, make_member(unit=branch), status="pending")
        make_member(unit=branch, birth_date=None)
        make_inspection(campaign, branch, outcome="reminder", due_on=date(2020, 1, 2))
        link = Invitation.objects.create(campaign=campaign, unit=branch)
        SelfRegistration.objects.create(invitation=link, full_name=f"Lê Na {n}", birth_year=1990)
        make_decision(unit=branch, number="")


@pytest.mark.one_database
def test_queries_do_not_grow_with_what_waits(client):
    numbers = []
    for many in (1, 3):
        province = make_unit()
        campaign = make_campaign(scope=province)
        crowd(province, campaign, many)
        client.force_login(make_staff("clerk", province))
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/staff/").content
        assert len(page) <= 45 * 1024
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 21


def test_each_line_leads_where_it_is_put_right(client):
    """Every link of the page answers the clerk it is shown to."""
    province = make_unit()
    campaign = make_campaign(scope=province)
    make_activity(campaign)
    crowd(province, campaign, 2)
    clerk = make_staff("clerk", province)
    client.force_login(clerk)
    page = client.get("/staff/").content.decode()
    links = {unescape(link) for link in re.findall(r'class="go" href="([^"]*)"', page)}
    assert "" not in links and len(links) >= 6
    for link in links:
        assert client.get(link).status_code == 200, link


def test_what_was_typed_into_records_is_only_text_here(client):
    province = make_unit(name="<b>Tỉnh</b>")
    campaign = make_campaign(scope=province, title="<script>alert(1)</script>")
    crowd(province, campaign, 1)
    page = page_for(client, make_staff("clerk", province))
    assert "<script>alert" not in page and "<b>Tỉnh" not in page


def test_each_figure_of_the_gaps_is_the_number_of_rows_its_list_shows(client):
    province = make_unit()
    for n in range(3):
        make_member(unit=make_branch(parent=province), birth_date=None, full_name=f"Lê Na {n}")
    for number in ("", "không số", "1/QĐ-UBND"):
        make_decision(unit=province, number=number)
    make_decision(unit=province, number="", published=True)
    client.force_login(make_staff("clerk", province))
    work = client.get("/staff/").context["work"]
    assert work.member_gaps and work.decision_gaps
    for section, counted in (("members", work.member_gaps), ("decisions", work.decision_gaps)):
        for gap, number in counted:
            listed = client.get(f"/staff/{section}/", {"missing": gap.name, "state": "draft"}).context
            assert len(listed["page"].rows) == number, gap.name


@pytest.mark.one_database
def test_the_plans_still_missing_are_the_rows_their_link_lists(client):
    """Not begun, half written and returned: each is missing until it is handed in."""
    province = make_unit()
    campaign = make_campaign(scope=province)
    branches = [make_branch(parent=province) for _n in range(5)]
    make_plan(campaign, branches[1])
    make_plan(campaign, branches[2], status="returned", return_reason="thiếu")
    make_plan(campaign, branches[3], status="submitted")
    make_plan(campaign, branches[4], status="approved")
    # It owes none, so what it drafts is not missing.
    make_plan(campaign, make_unit(parent=province))
    client.force_login(make_staff("clerk", province))
    page = client.get("/staff/")
    (link,) = re.findall(r'href="([^"]*state=owed)"', page.content.decode())
    listed = client.get(link).context["page"].rows
    assert page.context["work"].plans_missing == 3
    assert {unit.pk for unit in listed} == {branch.pk for branch in branches[:3]}
