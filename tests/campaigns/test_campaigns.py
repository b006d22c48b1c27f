from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns.models import Activity, Campaign, CampaignDocument, CampaignScope
from campaigns.models.figures import rate
from records.models import Unit
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_plan,
    make_registration,
    make_sector,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db
Status = Campaign.Status


def compared(campaign, under=None):
    return [unit for unit in campaign.ranked_units(under) if unit.is_compared]


def figures(campaign):
    c = Campaign.objects.with_rates().get(pk=campaign.pk)
    return c.owed, c.planned, c.eligible, c.registered, c.done


@pytest.fixture
def province():
    """A province with two districts; three branches, five eligible members and one exempt.

    Worked by hand: 3 branches owe a plan, 2 have handed one in; of 5 eligible members 3 registered, 1 of them done.
    """
    root = make_unit(name="Đảng bộ tỉnh")
    east, west = make_unit(parent=root, name="Đông"), make_unit(parent=root, name="Tây")
    a, b, c = make_branch(parent=east), make_branch(parent=east), make_branch(parent=west)
    people = [make_member(unit=unit) for unit in (a, a, b, c, c)]
    make_member(unit=a).change_standing("exempt", date(2020, 2, 1))
    campaign = make_campaign(scope=root)
    make_activity(campaign)
    make_plan(campaign, a).submit()
    plan = make_plan(campaign, b)
    plan.submit()
    plan.approve()
    make_plan(campaign, c)
    for person in (people[0], people[2]):
        make_registration(campaign, person)
    make_registration(campaign, people[3]).finish("good")
    make_registration(campaign, people[4], status="pending")
    campaign.east, campaign.west = east, west
    return campaign


def test_the_two_rates_are_counted_from_rows(province):
    assert figures(province) == (3, 2, 5, 3, 1)


def test_a_returned_plan_no_longer_counts(province):
    province.plans.get(status="submitted").send_back("thiếu chỉ tiêu", date(2020, 8, 1))
    assert figures(province)[1] == 1


def test_units_are_compared_over_their_subtrees(province):
    found = {u.name: (u.owed, u.planned, u.eligible, u.registered, u.done) for u in compared(province)}
    assert found == {"Đông": (2, 2, 3, 2, 0), "Tây": (1, 0, 2, 1, 1)}
    below = [(u.owed, u.planned, u.eligible) for u in compared(province, province.east.pk)]
    assert sorted(below) == [(1, 1, 1), (1, 1, 2)]


def test_the_temporarily_attached_count_in_their_host_unit(province):
    host = Unit.objects.get(parent=province.west)
    visitor = make_member(unit=make_branch())
    assert figures(province)[2] == 5
    visitor.attach_to(host, date(2020, 3, 1))
    assert figures(province)[2] == 6


def test_closing_freezes_what_was_owed_planned_and_eligible(province):
    province.close()
    before = figures(province)
    host = Unit.objects.get(parent=province.west)
    make_member(unit=host)
    make_branch(parent=province.east)
    host.members.first().change_standing("left", date(2021, 1, 1))
    assert figures(province) == before == (3, 2, 5, 3, 1)
    assert sum(u.eligible for u in compared(province)) == 5


def test_a_scope_may_be_one_unit_alone_or_a_sector_across_the_tree():
    root, sector = make_unit(), make_sector()
    office = make_unit(parent=root)
    room = make_unit(parent=office)
    scattered = [make_unit(parent=make_unit(parent=root), sector=sector) for _ in range(2)]
    make_unit(parent=root, sector=make_sector())

    alone = make_campaign(scope=office)
    alone.scopes.update(with_subordinates=False)
    assert set(alone.units()) == {office}
    assert set(make_campaign(scope=office).units()) == {office, room}

    across = make_campaign(launched_by=office)
    across.scopes.all().delete()
    CampaignScope.objects.create(campaign=across, sector=sector)
    assert set(across.units()) == set(scattered)


def test_units_that_overlap_in_scope_count_once():
    root = make_unit()
    branch = make_branch(parent=root)
    make_member(unit=branch)
    campaign = make_campaign(scope=root)
    CampaignScope.objects.create(campaign=campaign, unit=branch)
    assert figures(campaign)[:3] == (1, 0, 1)


def test_a_campaign_may_ask_every_unit_for_a_plan():
    root = make_unit()
    make_unit(parent=root)
    assert figures(make_campaign(scope=root))[0] == 0
    assert figures(make_campaign(scope=root, plans_from="all"))[0] == 2


MOVES = [
    (Status.DRAFT, "launch", True),
    (Status.DRAFT, "close", False),
    (Status.LAUNCHED, "launch", False),
    (Status.LAUNCHED, "review", True),
    (Status.LAUNCHED, "close", True),
    (Status.REVIEWING, "close", True),
    (Status.CLOSED, "launch", False),
    (Status.CANCELLED, "launch", False),
]


@pytest.mark.parametrize(("status", "verb", "allowed"), MOVES)
def test_what_may_follow_what(status, verb, allowed):
    campaign = make_campaign(status=status)
    make_activity(campaign)
    if allowed:
        getattr(campaign, verb)()
        campaign.refresh_from_db()
        assert campaign.status != status
        assert campaign.history.first().status == campaign.status
    else:
        with pytest.raises(ValidationError):
            getattr(campaign, verb)()


def test_a_campaign_without_anything_to_choose_is_not_launched():
    campaign = make_campaign(status=Status.DRAFT)
    with pytest.raises(ValidationError):
        campaign.launch()


def test_cancelling_asks_why():
    campaign = make_campaign()
    with pytest.raises(ValidationError):
        campaign.cancel("")
    campaign.cancel("thay bằng kế hoạch khác")
    assert campaign not in Campaign.objects.published()


@pytest.mark.parametrize("status", Status.values)
def test_the_public_sees_neither_drafts_nor_cancelled_campaigns(status):
    campaign = make_campaign(status=status)
    activity = make_activity(campaign)
    shown = status in ("launched", "reviewing", "closed")
    assert (campaign in Campaign.objects.published()) == shown == campaign.is_public
    assert (activity in Activity.objects.published()) == shown


def test_registration_is_open_inside_its_window():
    campaign = make_campaign(starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31), registration_to=date(2020, 3, 31))
    assert campaign.open_on(date(2020, 1, 1)) and campaign.open_on(date(2020, 3, 31))
    assert not campaign.open_on(date(2019, 12, 31)) and not campaign.open_on(date(2020, 4, 1))


def test_a_unit_in_scope_sees_the_campaign_once_launched_and_only_its_launcher_changes_it():
    root = make_unit()
    branch = make_branch(parent=root)
    campaign, draft = make_campaign(scope=root), make_campaign(scope=root, status=Status.DRAFT)
    clerk, chief, stranger = make_staff("clerk", branch), make_staff("clerk", root), make_staff("clerk", make_unit())
    assert list(Campaign.objects.visible_to(clerk)) == [campaign]
    assert not Campaign.objects.editable_by(clerk).exists()
    assert set(Campaign.objects.editable_by(chief)) == {campaign, draft}
    assert not Campaign.objects.visible_to(stranger).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"target_plan_rate": 101},
        {"ends_on": date(2019, 1, 1)},
        {"registration_from": date(2020, 2, 2), "registration_to": date(2020, 2, 1)},
        {"mode": "secret"},
        {"status": "lost"},
    ],
)
def test_the_database_refuses_impossible_campaigns(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_campaign(**fields)


def test_a_scope_is_a_unit_or_a_sector_never_both_nor_neither():
    campaign = make_campaign()
    for fields in ({}, {"unit": make_unit(), "sector": make_sector()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CampaignScope.objects.create(campaign=campaign, **fields)
        with pytest.raises(ValidationError):
            CampaignScope(campaign=campaign, **fields).full_clean()


def test_an_activity_and_a_document_are_listed_once():
    campaign, decision = make_campaign(), make_decision()
    make_activity(campaign, name="Lắp đặt camera an ninh")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_activity(campaign, name=" Lắp đặt  camera an ninh")
    CampaignDocument.objects.create(campaign=campaign, decision=decision)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignDocument.objects.create(campaign=campaign, decision=decision)


def test_a_rate_of_nothing_is_no_rate():
    assert rate(0, 0) is None
    assert rate(517, 559) == pytest.approx(92.49, abs=0.01)
