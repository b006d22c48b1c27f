"""The list of campaigns, and one campaign's page, held against figures counted by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from campaigns.models import Campaign, CampaignDocument, CampaignScope, PlannedActivity, Pledge, activities
from records.models import Unit
from tests.factories import (
    make_activity,
    make_award,
    make_award_type,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_member,
    make_plan,
    make_registration,
    make_sector,
    make_unit,
)

pytestmark = pytest.mark.django_db


def make_district(campaign, name, eligible, registered, planned=True, **fields):
    """A unit below the campaign's own, with one branch that has so many members and registrations."""
    unit = make_unit(name=name, parent=campaign.launched_by, **fields)
    branch = make_branch(parent=unit)
    members = [make_member(unit=branch) for _each in range(eligible)]
    registrations = [make_registration(campaign, member) for member in members[:registered]]
    if planned:
        make_plan(campaign, branch, status="approved")
    return unit, registrations


def detail(client, campaign):
    response = client.get(campaign.get_absolute_url())
    assert response.status_code == 200
    return response


def test_rates_places_and_missing_persons_are_counted_from_rows(client):
    campaign = make_campaign(launched_by=make_unit(name="Đảng bộ tỉnh Sông Xa"))
    make_district(campaign, "Huyện Hồ Cốc", 10, 9)
    make_district(campaign, "Huyện Suối Cả", 11, 4, planned=False)
    make_district(campaign, "Huyện Bờ Bắc", 2, 2)
    response = detail(client, campaign)
    ranking = response.context["ranking"]
    assert [(row.place, row.name, row.registered, row.eligible, row.gap) for row in ranking.rows] == [
        (1, "Huyện Bờ Bắc", 2, 2, 0),
        (2, "Huyện Hồ Cốc", 9, 10, 0),
        (3, "Huyện Suối Cả", 4, 11, -6),
    ]
    assert (ranking.total.planned, ranking.total.owed) == (2, 3)
    assert (ranking.total.registered, ranking.total.eligible) == (15, 23)
    page = response.content.decode()
    assert "65,2%" in page  # 15 of 23
    assert "66,7%" in page  # 2 plans of 3
    assert "thiếu 6 người" in page
    assert "36,4%" in page
    assert page.count("bar-fill below") == 4  # two rates, one district and the total lie below 90 %


def test_what_is_not_all_never_reads_as_all(client):
    campaign = make_campaign()
    make_registration(campaign, make_member(unit=campaign.launched_by))
    Unit.objects.filter(pk=campaign.launched_by.pk).update(headcount=5000)
    campaign.tallies.update(registered=4998)
    page = detail(client, campaign).content.decode()
    assert "99,9%" in page  # 99.96 %, which rounds to 100
    assert "100%</b>" not in page


def test_an_unlisted_unit_is_counted_but_not_named(client):
    campaign = make_campaign()
    make_district(campaign, "Huyện Hồ Cốc", 2, 1)
    hidden, _registrations = make_district(campaign, "Đơn vị kín", 3, 3, listed=False)
    campaign.together_with.add(hidden)
    response = detail(client, campaign)
    assert "Đơn vị kín" not in response.content.decode()
    ranking = response.context["ranking"]
    assert (ranking.others.registered, ranking.others.eligible) == (3, 3)
    assert (ranking.total.registered, ranking.total.eligible) == (4, 5)


@pytest.mark.one_database
def test_several_scopes_are_compared_among_themselves(client):
    campaign = make_campaign(scope=make_unit(name="Huyện Một"))
    second = make_unit(name="Huyện Hai")
    CampaignScope.objects.create(campaign=campaign, unit=second)
    for unit in (campaign.launched_by, second):
        make_member(unit=make_branch(parent=unit))
    assert {row.name for row in detail(client, campaign).context["ranking"].rows} == {"Huyện Một", "Huyện Hai"}


@pytest.mark.one_database
def test_a_campaign_of_a_sector_compares_the_sectors_units(client):
    sector = make_sector()
    campaign = make_campaign()
    campaign.scopes.all().delete()
    CampaignScope.objects.create(campaign=campaign, sector=sector)
    for name in ("Ban Một", "Ban Hai"):
        make_member(unit=make_unit(name=name, sector=sector))
    make_member(unit=make_unit(name="Ngoài ngành"))
    assert {row.name for row in detail(client, campaign).context["ranking"].rows} == {"Ban Một", "Ban Hai"}


def test_a_unit_below_another_of_the_sector_is_counted_with_it_not_beside_it(client):
    sector = make_sector()
    campaign = make_campaign()
    campaign.scopes.all().delete()
    CampaignScope.objects.create(campaign=campaign, sector=sector)
    upper = make_unit(name="Ban Một", sector=sector)
    for unit in (upper, make_unit(parent=make_unit(parent=upper), sector=sector)):
        make_member(unit=unit)
    ranking = detail(client, campaign).context["ranking"]
    assert [(row.name, row.eligible) for row in ranking.rows] == [("Ban Một", 2)]
    assert ranking.others is None


def test_what_was_chosen_counts_members_quantities_and_approved_plans_only(client):
    campaign = make_campaign()
    lamps, trees = make_activity(campaign, name="Lắp đèn"), make_activity(campaign, name="Trồng cây")
    unit, registrations = make_district(campaign, "Huyện Hồ Cốc", 4, 4)
    for registration, quantity in zip(registrations, (1, 2.5, None, 8), strict=True):
        Pledge.objects.create(registration=registration, activity=lamps, done_quantity=quantity)
    registrations[3].withdraw("Chuyển đi")
    PlannedActivity.objects.create(plan=campaign.plans.get(), activity=lamps, target=5)
    PlannedActivity.objects.create(plan=make_plan(campaign, unit), activity=lamps, target=100)
    first, second = detail(client, campaign).context["activities"]
    assert (first.name, first.members, float(first.done), float(first.aimed)) == ("Lắp đèn", 3, 3.5, 5.0)
    assert (second.name, second.members, second.done, second.aimed) == (trees.name, 0, None, None)


def test_decisions_and_awards_it_led_to_are_counted_by_decision_and_type(client):
    campaign = make_campaign()
    granted, basis = make_decision(published=True), make_decision(published=True, number="09-HD/BTCTU")
    unpublished = make_decision(number="99-QĐ/KIN")
    CampaignDocument.objects.create(campaign=campaign, decision=granted, role="award")
    CampaignDocument.objects.create(campaign=campaign, decision=basis, role="basis")
    CampaignDocument.objects.create(campaign=campaign, decision=unpublished, role="award")
    flag, certificate = make_award_type(precedence=1), make_award_type(precedence=2)
    secret = make_award_type(name="Huy chương chưa công bố")
    make_award(decision=granted, type=flag, published=True)
    for kind in ("person", "person", "collective", "household"):
        make_award(decision=granted, type=certificate, recipient_kind=kind, published=True)
    make_award(decision=granted, type=secret)
    make_award(decision=unpublished, published=True)
    response = detail(client, campaign)
    lines = [(line["type"], line["persons"], line["collectives"]) for line in response.context["granted"]]
    assert lines == [(flag.name, 0, 1), (certificate.name, 2, 2)]
    page = response.content.decode()
    assert "09-HD/BTCTU" in page
    assert "Huy chương chưa công bố" not in page
    assert "99-QĐ/KIN" not in page


@pytest.mark.one_database
def test_the_launching_decision_shows_only_once_published(client):
    decision = make_decision(number="160-KH/TU")
    campaign = make_campaign(decision=decision)
    assert "160-KH/TU" not in detail(client, campaign).content.decode()
    decision.publish(None)
    assert "160-KH/TU" in detail(client, campaign).content.decode()


@pytest.mark.one_database
def test_the_body_is_read_as_markdown_and_made_safe(client):
    campaign = make_campaign(body="# Mục đích\n\n<script>alert(1)</script>\n\n[x](javascript:alert(2))")
    page = detail(client, campaign).content.decode()
    assert '<h3 class="mt-4">Mục đích</h3>' in page
    assert "<script" not in page
    assert 'href="javascript' not in page


@pytest.mark.one_database
def test_partners_launcher_and_days_left_stand_at_the_head(client):
    campaign = make_campaign(
        launched_by=make_unit(name="Tỉnh ủy Sông Xa"), ends_on=timezone.localdate() + timedelta(days=45)
    )
    campaign.together_with.add(make_unit(name="Công đoàn Sông Xa"))
    page = detail(client, campaign).content.decode()
    for words in ("Tỉnh ủy Sông Xa", "Công đoàn Sông Xa", "còn 45 ngày"):
        assert words in page


@pytest.mark.parametrize("status", [Campaign.Status.DRAFT, Campaign.Status.CANCELLED])
@pytest.mark.parametrize("end", ["", "units/", "units.csv", "registrations/"])
def test_drafts_and_cancelled_campaigns_are_not_found(client, status, end):
    campaign = make_campaign(status=status, names_public=True)
    assert client.get(campaign.get_absolute_url() + end).status_code == 404
    assert campaign.title not in client.get("/campaigns/").content.decode()


def test_a_closed_campaign_keeps_the_figures_of_its_last_day(client):
    campaign = make_campaign()
    make_activity(campaign)
    unit, _registrations = make_district(campaign, "Huyện Hồ Cốc", 4, 3)
    campaign.close()
    make_member(unit=unit.children.get())
    total = detail(client, campaign).context["ranking"].total
    assert (total.registered, total.eligible) == (3, 4)


def test_the_list_has_running_ones_with_rates_and_the_others_in_a_table(client):
    make_campaign(title="Đang làm một")
    make_campaign(title="Đã xong một", status=Campaign.Status.CLOSED)
    make_campaign(title="Tổng kết một", status=Campaign.Status.REVIEWING)
    response = client.get("/campaigns/")
    assert [c.title for c in response.context["running"]] == ["Đang làm một"]
    assert {c.title for c in response.context["finished"]} == {"Đã xong một", "Tổng kết một"}
    assert [chip["count"] for chip in response.context["chips"]] == [3, 1, 1, 1]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?status=running", {"Đang làm"}),
        ("?status=reviewing", {"Tổng kết"}),
        ("?status=closed", {"Đã xong"}),
        ("?status=khong-co", {"Đang làm", "Tổng kết", "Đã xong"}),
        ("?q=da+XONG", {"Đã xong"}),
        ("?q=xong&status=running", set()),
        ("?q=%00", {"Đang làm", "Tổng kết", "Đã xong"}),
    ],
)
def test_the_list_is_narrowed_by_status_and_words_without_tones(client, query, titles):
    make_campaign(title="Đang làm")
    make_campaign(title="Tổng kết", status=Campaign.Status.REVIEWING)
    make_campaign(title="Đã xong", status=Campaign.Status.CLOSED)
    context = client.get(f"/campaigns/{query}").context
    assert {c.title for c in [*context["running"], *context["finished"]]} == titles


def test_finished_campaigns_come_in_pages_that_begin_where_the_last_ended(client):
    for number in range(23):
        make_campaign(starts_on=date(2000, 1, 1) + timedelta(days=number), status=Campaign.Status.CLOSED)
    make_campaign(title="Đang làm")
    first = client.get("/campaigns/").context
    second = client.get("/campaigns/" + first["page"].next_url).context
    assert len(first["finished"]) == 20
    assert len(second["finished"]) == 3
    assert not {c.pk for c in first["finished"]} & {c.pk for c in second["finished"]}
    assert second["running"] == []


@pytest.mark.one_database
def test_the_list_counts_the_awards_a_campaign_led_to(client):
    campaign = make_campaign(status=Campaign.Status.CLOSED)
    award = make_award(published=True)
    make_award(decision=award.decision)
    CampaignDocument.objects.create(campaign=campaign, decision=award.decision, role="award")
    response = client.get("/campaigns/")
    assert [shown.award_count for shown in response.context["finished"]] == [1]
    assert f'<a href="/awards/?campaign={campaign.slug}">1</a>' in response.content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_queries_of_the_list_do_not_grow(client, django_assert_num_queries, many):
    for _each in range(many):
        make_campaign()
        make_campaign(status=Campaign.Status.CLOSED)
    with django_assert_num_queries(3):
        client.get("/campaigns/")


@pytest.mark.one_database
@pytest.mark.parametrize("many", [1, 3])
def test_queries_of_a_campaign_do_not_grow(client, django_assert_num_queries, many):
    campaign = make_campaign(decision=make_decision(published=True))
    for number in range(many):
        activity = make_activity(campaign)
        unit, [registration] = make_district(campaign, f"Huyện {number}", 1, 1)
        Pledge.objects.create(registration=registration, activity=activity)
        make_exemplar(campaign=campaign, unit=unit, activity=activity, published=True)
        campaign.together_with.add(make_unit())
        decision = make_award(published=True).decision
        CampaignDocument.objects.create(campaign=campaign, decision=decision, role="award")
        CampaignDocument.objects.create(campaign=campaign, decision=make_decision(published=True), role="basis")
    with django_assert_num_queries(5):
        detail(client, campaign)


def test_what_very_many_chose_is_counted_apart_and_shown_with_its_time(client, monkeypatch):
    campaign = make_campaign()
    monkeypatch.setattr(activities, "COUNTED_AT_ONCE", 1)
    rare, common = make_activity(campaign, name="Ít người"), make_activity(campaign, name="Nhiều người")
    _unit, registrations = make_district(campaign, "Huyện", eligible=3, registered=3)
    for registration in registrations:
        Pledge.objects.create(registration=registration, activity=common, quantity=2, done_quantity="1.5")
    Pledge.objects.create(registration=registrations[0], activity=rare)
    response = client.get(campaign.get_absolute_url())
    assert "Đang tính số liệu" in response.content.decode()
    assert [activity.members for activity in response.context["activities"]] == [None, None]
    activities.chosen_numbers.count(campaign.pk)
    response = client.get(campaign.get_absolute_url())
    assert "Số liệu tính lúc" in response.content.decode()
    shown = [(one.name, one.members, one.done) for one in response.context["activities"]]
    assert shown == [("Nhiều người", 3, Decimal("4.5")), ("Ít người", 1, None)]
    assert response.context["activities"] == list(campaign.activities.with_figures())
