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
    make_exemplar,
    make_inspection,
    make_member,
    make_plan,
    make_posting,
    make_registration,
    make_staff,
    make_superuser,
    make_transfer,
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


def linked(page, words):
    """The address of the one line of the day's work that says so."""
    (line,) = [found for found in re.findall(r"<li[^>]*>.*?</li>", page, re.DOTALL) if words in found]
    return unescape(re.search(r'class="go" href="([^"]*)"', line)[1])


def test_what_is_more_than_the_page_shows_is_told_with_its_list(client):
    """Nothing that waits is out of reach: beyond the lines shown stands the number of all, leading to all."""
    province = make_unit()
    campaign, elsewhere = make_campaign(scope=province), make_campaign(scope=make_unit())
    crowd(province, campaign, 9)
    for n in range(8):
        make_plan(campaign, make_branch(parent=province), status="submitted", number=f"{n}-KH")
        exemplar = make_exemplar(campaign=campaign, unit=province, summary="Đường hoa.")
        exemplar.submit()
        make_transfer(make_member(), province)
    make_plan(elsewhere, make_branch(parent=elsewhere.launched_by), status="submitted")
    client.force_login(make_staff("approver", province))
    page = client.get("/staff/").content.decode()
    for words, rows in (
        ("Tất cả <b>9 kế hoạch</b>", 9),
        ("Tất cả <b>8 kế hoạch</b>", 8),
        ("Tất cả <b>9 cuộc kiểm tra</b>", 9),
        ("Tất cả <b>9</b> đăng ký do đảng viên tự gửi", 9),
        ("Tất cả <b>9</b> đăng ký chờ xác nhận", 9),
        ("Tất cả <b>8</b> đề nghị chuyển", 8),
        ("Tất cả <b>8</b> mô hình", 8),
    ):
        assert len(client.get(linked(page, words)).context["page"].rows) == rows, words


def test_the_drafts_are_counted_all_and_the_figure_leads_to_them(client):
    province = make_unit()
    clerk = make_staff("clerk", province)
    for n in range(7):
        make_decision(unit=province, subject=f"Tặng giấy khen {n}").history.update(history_user=clerk)
    make_decision(unit=province, subject="Của người khác")
    client.force_login(clerk)
    page = client.get("/staff/")
    assert page.context["work"].draft_count == 7
    address = linked(page.content.decode(), "Tất cả 7 quyết định của tôi")
    listed = client.get(address)
    assert len(listed.context["page"].rows) == 7 and "Do tôi nhập" in listed.content.decode()


def test_an_approver_is_led_to_the_decisions_not_published_yet(client):
    province = make_unit()
    for n in range(2):
        make_decision(unit=province, number="1/QĐ-UBND", file="quyet-dinh.pdf", issuer=f"Nơi {n}")
    make_decision(unit=province, published=True)
    make_decision()
    client.force_login(make_staff("approver", province))
    page = client.get("/staff/").content.decode()
    assert len(client.get(linked(page, "<b>2</b> quyết định chưa công bố")).context["page"].rows) == 2
    client.force_login(make_staff("clerk", province))
    assert "chưa công bố" not in client.get("/staff/").content.decode()


def test_the_rows_of_a_gap_are_those_i_may_put_right(client):
    """Somebody who reads a province and keeps one district, which has a guest from another."""
    province = make_unit()
    mine, theirs = make_unit(parent=province), make_unit(parent=province)
    clerk = make_staff("viewer", province)
    make_posting("clerk", mine, user=clerk)
    mended = make_member(unit=mine, birth_date=None)
    make_member(unit=theirs, birth_date=None).attach_to(mine, date(2020, 1, 1))
    make_decision(unit=mine, number="")
    make_decision(unit=theirs, number="")
    client.force_login(clerk)
    page = client.get("/staff/")
    work = page.context["work"]
    assert [(gap.name, n) for gap, n in work.member_gaps if gap.name == "birth_date"] == [("birth_date", 1)]
    for link in re.findall(r'href="([^"]*missing=(?:birth_date|number)[^"]*)"', page.content.decode()):
        rows = client.get(unescape(link)).context["page"].rows
        assert len(rows) == 1, link
        assert rows[0] in (mended, mine.decisions.get())


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
