"""A campaign with its parts on one page, and the acts that move it on."""

from datetime import date

import pytest

from campaigns.models import Campaign
from tests.factories import (
    make_activity,
    make_campaign,
    make_decision,
    make_exemplar,
    make_inspection,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_superuser,
    make_unit,
)
from tests.records.admin_pages import errors, page, queries_of, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def client(unit):
    return signed_in(make_staff("clerk", unit))


@pytest.fixture
def approver(unit):
    return signed_in(make_staff("approver", unit))


def test_a_campaign_is_entered_with_scope_and_activities_on_one_page(client, unit):
    data = {
        "title": "Đảng viên tình nguyện xây dựng nông thôn mới", "launched_by": unit.pk, "starts_on": "1/2/2020",
        "scopes-TOTAL_FORMS": 1, "scopes-0-unit": unit.pk, "scopes-0-with_subordinates": "on",
        "activities-TOTAL_FORMS": 1, "activities-0-name": "Thắp sáng đường quê", "activities-0-measure": "bóng đèn",
        "activities-0-icon": "lamp", "activities-0-order": 1,
        "campaign_documents-TOTAL_FORMS": 1, "campaign_documents-0-decision": make_decision(unit=unit).pk,
        "campaign_documents-0-role": "basis",
    }  # fmt: skip
    response = send(client, page("campaign_add"), **data)
    assert response.status_code == 302, errors(response)
    campaign = Campaign.objects.get()
    assert campaign.slug == "dang-vien-tinh-nguyen-xay-dung-nong-thon-moi"
    assert (campaign.starts_on, campaign.status) == (date(2020, 2, 1), "draft")
    assert campaign.scopes.get().unit_path == unit.path
    assert campaign.activities.get().name == "Thắp sáng đường quê" and campaign.documents.count() == 1


def test_the_status_is_moved_by_approvers_who_are_asked_first(client, approver, unit):
    campaign = make_campaign(launched_by=unit, status="draft")
    assert approver.post(page("campaign_verb", campaign, "launch"), {}).context["form"].non_field_errors()
    make_activity(campaign)
    act = {"action": "launch", "_selected_action": campaign.pk}
    client.post(page("campaign_changelist"), act | {"confirmed": "1"})
    approver.post(page("campaign_changelist"), act)
    campaign.refresh_from_db()
    assert campaign.status == "draft"
    approver.post(page("campaign_changelist"), act | {"confirmed": "1"})
    for verb, status in (("review", "reviewing"), ("launch", "launched"), ("close", "closed")):
        assert approver.get(page("campaign_verb", campaign, verb)).status_code == 200
        assert approver.post(page("campaign_verb", campaign, verb), {"confirmed": "1"}).status_code == 302
        campaign.refresh_from_db()
        assert campaign.status == status
    assert approver.get(page("campaign_verb", campaign, "launch")).status_code == 403


def test_cancelling_asks_why(approver, unit):
    campaign = make_campaign(launched_by=unit)
    address = page("campaign_verb", campaign, "cancel")
    assert "reason" in approver.post(address, {"reason": ""}).context["form"].errors
    approver.post(address, {"reason": "Dịch bệnh"})
    campaign.refresh_from_db()
    assert (campaign.status, campaign.status_reason) == ("cancelled", "Dịch bệnh")


def test_one_that_cannot_move_stops_the_whole_list(approver, unit):
    ready, closed = make_campaign(launched_by=unit), make_campaign(launched_by=unit, status="closed")
    act = {"action": "review", "_selected_action": [ready.pk, closed.pk], "confirmed": "1"}
    assert approver.post(page("campaign_changelist"), act).context["form"].non_field_errors()
    ready.refresh_from_db()
    assert ready.status == "launched"


def test_parts_of_a_draft_may_be_taken_out_and_of_a_launched_campaign_not(client, unit):
    draft, launched = make_campaign(launched_by=unit, status="draft"), make_campaign(launched_by=unit)
    for campaign in (draft, launched):
        make_activity(campaign)
        send(client, page("campaign_change", campaign), **{"activities-0-DELETE": "on", "scopes-0-DELETE": "on"})
    assert (draft.activities.count(), draft.scopes.count()) == (0, 0)
    assert (launched.activities.count(), launched.scopes.count()) == (1, 1)
    assert client.post(page("campaign_delete", launched), {"post": "yes"}).status_code == 403


def test_a_public_address_stays(client, unit):
    campaign = make_campaign(launched_by=unit, slug="phong-trao-2018")
    send(client, page("campaign_change", campaign), slug="khac", status="closed")
    campaign.refresh_from_db()
    assert (campaign.slug, campaign.status) == ("phong-trao-2018", "launched")


def test_the_same_unit_twice_in_a_scope_is_told_in_words(client, unit):
    campaign = make_campaign(launched_by=unit, status="draft")
    again = {"scopes-TOTAL_FORMS": 2, "scopes-1-unit": unit.pk, "scopes-1-with_subordinates": "on"}
    assert send(client, page("campaign_change", campaign), **again).status_code == 200
    neither = {"scopes-TOTAL_FORMS": 2, "scopes-1-with_subordinates": ""}
    assert (
        send(client, page("campaign_change", campaign), **neither, **{"scopes-1-unit": make_unit().pk}).status_code
        == 200
    )
    assert campaign.scopes.count() == 1


MAKERS = {
    "campaign": lambda u: make_campaign(launched_by=u, decision=make_decision(unit=u)),
    "activity": lambda u: make_activity(make_campaign(launched_by=u)),
    "exemplar": lambda u: make_exemplar(unit=u),
    "inspection": lambda u: make_inspection(make_campaign(launched_by=u), u),
    "unitplan": lambda u: make_plan(make_campaign(launched_by=u), u),
    "registration": lambda u: make_registration(make_campaign(launched_by=u), make_member(unit=u)),
    "tally": lambda u: make_registration(make_campaign(launched_by=u), make_member(unit=u)),
}


@pytest.mark.one_database
@pytest.mark.parametrize("noun", MAKERS)
def test_lists_cost_the_same_with_more_rows_and_show_the_own_units_only(unit, noun, django_assert_max_num_queries):
    client = signed_in(make_staff("viewer", unit))
    MAKERS[noun](make_unit(parent=unit))
    one = queries_of(client, page(f"{noun}_changelist"), django_assert_max_num_queries)
    for _more in range(2):
        MAKERS[noun](make_unit(parent=unit))
    MAKERS[noun](make_unit())
    assert queries_of(client, page(f"{noun}_changelist"), django_assert_max_num_queries) == one
    assert client.get(page(f"{noun}_changelist")).context["cl"].result_count == 3
    all_of_them = signed_in(make_superuser()).get(page(f"{noun}_changelist")).context["cl"].result_count
    assert all_of_them == 4


@pytest.mark.parametrize("noun", MAKERS)
def test_lists_answer_a_search_without_tones(unit, noun):
    MAKERS[noun](make_unit(parent=unit, name="Chi bộ Đường Đê"))
    client = signed_in(make_staff("viewer", unit))
    found = client.get(page(f"{noun}_changelist"), {"q": "khong co gi nhu vay"}).context["cl"].result_count
    words = {"campaign": "phong trao", "activity": "viec", "exemplar": "mo hinh", "registration": "nguyen"}
    known = client.get(page(f"{noun}_changelist"), {"q": words.get(noun, "duong de")}).context["cl"].result_count
    assert (found, known) == (0, 1)
