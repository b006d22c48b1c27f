"""Who registered: names only where the campaign says so, and never more than a public list may say."""

import pytest

from campaigns.models import Pledge, Registration
from tests.factories import make_activity, make_branch, make_campaign, make_member, make_registration

pytestmark = pytest.mark.django_db


def make_named(campaign, name, **fields):
    """A registration with something in every private field."""
    member = make_member(
        full_name=name,
        unit=fields.pop("unit", None) or make_branch(parent=campaign.launched_by),
        position="Chức vụ kín",
        card_number=f"THE-KIN-{Registration.objects.count()}",
        email="thu-kin@example.org",
        phone="0900000000",
    )
    registration = make_registration(campaign, member, own_words="Lời riêng", rating="excellent", **fields)
    activity = campaign.activities.first() or make_activity(campaign, name="Lắp đèn", measure="bóng kín")
    Pledge.objects.create(registration=registration, activity=activity, quantity=7777, done_quantity=8888)
    return registration


def get(client, campaign, **query):
    response = client.get(f"{campaign.get_absolute_url()}registrations/", query)
    assert response.status_code == 200
    return response


@pytest.mark.one_database
def test_a_public_list_has_name_unit_and_the_work_chosen(client):
    campaign = make_campaign(names_public=True)
    registration = make_named(campaign, "Trần Thị Hoa Ban")
    page = get(client, campaign).content.decode()
    for words in ("Trần Thị Hoa Ban", registration.unit.name, "Lắp đèn"):
        assert words in page


@pytest.mark.one_database
def test_a_public_list_has_nothing_private(client):
    campaign = make_campaign(names_public=True)
    make_named(campaign, "Trần Thị Hoa Ban")
    page = get(client, campaign).content.decode()
    for private in (
        "Lời riêng",
        "Chức vụ kín",
        "7777",
        "7.777",
        "8888",
        "8.888",
        "THE-KIN",
        "thu-kin",
        "0900000000",
        "1970",
        "bóng kín",
    ):
        assert private not in page
    assert "xuất sắc" not in page
    assert "excellent" not in page


@pytest.mark.one_database
def test_names_stay_hidden_unless_the_campaign_makes_them_public(client):
    campaign = make_campaign()
    registration = make_named(campaign, "Trần Thị Hoa Ban")
    response = get(client, campaign)
    page = response.content.decode()
    assert "Hoa Ban" not in page
    assert registration.unit.name in page
    assert [(row.registered, row.eligible) for row in response.context["ranking"].rows] == [(1, 1)]
    assert "không công khai tên" in page
    assert "Hoa Ban" not in get(client, campaign, q="hoa ban").content.decode().replace("hoa ban", "")


@pytest.mark.one_database
def test_withdrawn_and_unconfirmed_registrations_are_not_listed(client):
    campaign = make_campaign(names_public=True)
    make_named(campaign, "Người Đã Rút").withdraw("Chuyển đi")
    make_named(campaign, "Người Đang Chờ", status="pending")
    make_named(campaign, "Người Đã Xong").finish()
    assert [r.member.full_name for r in get(client, campaign).context["page"].rows] == ["Người Đã Xong"]


@pytest.mark.one_database
def test_an_unlisted_unit_is_not_named(client):
    campaign = make_campaign(names_public=True)
    unit = make_branch(parent=campaign.launched_by, name="Chi bộ kín", listed=False)
    make_named(campaign, "Trần Thị Hoa Ban", unit=unit)
    page = get(client, campaign).content.decode()
    assert "Hoa Ban" in page
    assert "Chi bộ kín" not in page
    assert unit.code not in page


def test_names_come_in_the_order_vietnamese_lists_have_and_are_found_without_tones(client):
    campaign = make_campaign(names_public=True)
    for name in ("Nguyễn Văn Yên", "Trần Thị Bình", "Lê Thị Ánh"):
        make_named(campaign, name)
    rows = get(client, campaign).context["page"].rows
    assert [r.member.full_name for r in rows] == ["Lê Thị Ánh", "Trần Thị Bình", "Nguyễn Văn Yên"]
    found = get(client, campaign, q="tran BINH").context
    assert [r.member.full_name for r in found["page"].rows] == ["Trần Thị Bình"]
    assert found["count"] == 1


def test_a_name_nobody_has_gets_an_answer(client):
    campaign = make_campaign(names_public=True)
    make_named(campaign, "Trần Thị Hoa Ban")
    assert "Không có ai tên này" in get(client, campaign, q="khong ai ca").content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow(client, django_assert_num_queries, many):
    named, unnamed = make_campaign(names_public=True), make_campaign()
    for number in range(many):
        make_named(named, f"Trần Thị Hoa {number}")
        make_named(unnamed, f"Trần Văn Ban {number}")
    with django_assert_num_queries(4):
        get(client, named)
    with django_assert_num_queries(2):
        get(client, unnamed)
