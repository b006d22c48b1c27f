"""The front page: four figures that hold, the newest honours, what is under way, and nothing unpublished."""

from datetime import date

import pytest

from campaigns.models import Campaign, Registration
from campaigns.views import public_home
from records.models import Award
from tests.factories import (
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_member,
    make_registration,
)

pytestmark = pytest.mark.django_db


def registered(campaign, many):
    unit = make_branch(parent=campaign.launched_by)
    for _each in range(many):
        make_registration(campaign, make_member(unit=unit))


def test_the_figures_count_what_is_published_and_link_to_the_lists(client):
    decision = make_decision(published=True)
    make_award(decision=decision, published=True)
    make_award(decision=decision, published=True)
    make_award(decision=decision)
    make_decision()
    campaign = make_campaign()
    registered(campaign, 3)
    Registration.objects.first().withdraw("Chuyển đi")
    registered(make_campaign(status=Campaign.Status.DRAFT), 2)
    make_exemplar(campaign=campaign, published=True)
    make_exemplar(campaign=campaign)
    response = client.get("/")
    assert response.context["figures"] == {"awards": 2, "decisions": 1, "exemplars": 1, "volunteers": 2}
    page = response.content.decode()
    for address in ("/awards/", "/decisions/", "/campaigns/", "/exemplars/"):
        assert f'<a href="{address}"><b>' in page


def test_an_empty_register_shows_its_front_page(client):
    response = client.get("/")
    assert response.status_code == 200
    assert response.context["figures"] == {"awards": 0, "decisions": 0, "exemplars": 0, "volunteers": 0}


def test_counting_stops_at_the_cap(client, monkeypatch):
    monkeypatch.setattr(public_home, "COUNTED_TO", 2)
    decision = make_decision(published=True)
    for _each in range(4):
        make_award(decision=decision, published=True)
    assert public_home.figures()["awards"] == 3


def test_the_board_shows_one_standing_award_of_each_of_the_newest_decisions(client):
    old = make_decision(published=True, issued_on=date(2019, 1, 1))
    new = make_decision(published=True, issued_on=date(2020, 1, 1))
    make_award(decision=old, published=True, recipient_name="Tổ Suối Cả")
    make_award(decision=new, published=True, recipient_name="Tổ Thu Hồi", list_position=1, status=Award.Status.REVOKED)
    make_award(decision=new, published=True, recipient_name="Tổ Hồ Cốc", list_position=2)
    make_award(decision=new, published=True, recipient_name="Tổ Thứ Ba", list_position=3)
    make_award(decision=make_decision(published=True), recipient_name="Chưa công bố")
    newest = client.get("/").context["newest"]
    assert [award.recipient_name for award in newest] == ["Tổ Hồ Cốc", "Tổ Suối Cả"]


def test_only_running_campaigns_stand_on_it(client):
    make_campaign(title="Đang làm")
    make_campaign(title="Còn soạn", status=Campaign.Status.DRAFT)
    make_campaign(title="Đã xong", status=Campaign.Status.CLOSED)
    make_campaign(title="Đã huỷ", status=Campaign.Status.CANCELLED)
    page = client.get("/").content.decode()
    assert "Đang làm" in page
    for hidden in ("Còn soạn", "Đã xong", "Đã huỷ"):
        assert hidden not in page


def test_the_search_box_leads_to_the_awards_without_script(client):
    page = client.get("/").content.decode()
    assert '<form class="mt-4" role="search" action="/awards/">' in page
    assert "<script" not in page


@pytest.mark.one_database
@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow(client, django_assert_num_queries, many):
    for _each in range(many):
        make_award(published=True)
        make_exemplar(published=True)
        registered(make_campaign(), 1)
    with django_assert_num_queries(5):
        client.get("/")
