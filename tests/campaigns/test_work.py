"""The day's work: what waits in my units and nothing of others', each figure the number of its rows."""

from datetime import date, timedelta

import pytest

from campaigns.models import Inspection, Invitation, SelfRegistration
from campaigns.work import Work
from records.models import Transfer
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
    make_unit,
)

pytestmark = pytest.mark.django_db
TODAY = date(2020, 11, 16)


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh")


@pytest.fixture
def campaign(province):
    campaign = make_campaign(scope=province, ends_on=date(2020, 12, 31))
    make_activity(campaign)
    return campaign


def branches(province, number):
    districts = [make_unit(name=f"Huyện {n}", parent=province) for n in range(number)]
    return [make_branch(name=f"Chi bộ {n}", parent=district) for n, district in enumerate(districts)]


def work_of(user):
    return Work(user, TODAY)


def test_plans_missing_are_those_owed_and_not_handed_in(province, campaign):
    silent, drafting, returned, done = branches(province, 4)
    make_plan(campaign, drafting)
    make_plan(campaign, returned, status="returned", return_reason="thiếu số lượng", due_on=date(2020, 11, 13))
    make_plan(campaign, done, status="submitted")
    work = work_of(make_staff("clerk", province))
    assert work.plans_missing == 3
    assert work.plan_counts == {"draft": 1, "returned": 1, "submitted": 1}
    assert [plan.unit for plan in work.plans] == [returned, done]
    assert [plan.unit for plan in work_of(make_staff("approver", province)).plans] == [done, returned]
    assert work_of(make_staff("clerk", silent)).plans_missing == 1
    assert work_of(make_staff("clerk", done)).plans_missing == 0


def test_units_below_target_come_with_how_many_are_missing(province, campaign):
    near, far = branches(province, 2)
    for unit, present, registered in ((near, 10, 8), (far, 20, 2)):
        members = [make_member(unit=unit) for _n in range(present)]
        for member in members[:registered]:
            make_registration(campaign, member)
    work = work_of(make_staff("viewer", province))
    # The target is 90 %: 9 of 10 and 18 of 20.
    assert [(below.unit, below.row.missing) for below in work.below] == [(far.parent, 16), (near.parent, 1)]
    assert work_of(make_staff("viewer", near.parent)).below[0].row.missing == 1


def test_whoever_keeps_one_branch_or_several_units_is_told_of_these(province, campaign):
    near, far, other = branches(province, 3)
    for unit, present in ((near, 2), (far, 1), (other, 1)):
        for _n in range(present):
            make_member(unit=unit)
    one = make_staff("clerk", near)
    assert [(below.unit, below.row.missing) for below in work_of(one).below] == [(near, 2)]
    clerk = make_staff("clerk", near)
    make_posting("viewer", far.parent, user=clerk)
    assert [(below.unit, below.row.missing) for below in work_of(clerk).below] == [(near, 2), (far.parent, 1)]


def test_registrations_waiting_are_counted_whoever_sent_them(province, campaign):
    here, there = branches(province, 2)
    make_registration(campaign, make_member(unit=here), status="pending")
    make_registration(campaign, make_member(unit=here))
    for unit in (here, there):
        link = Invitation.objects.create(campaign=campaign, unit=unit)
        SelfRegistration.objects.create(invitation=link, full_name="Lê Na", birth_year=1990)
    work = work_of(make_staff("clerk", here))
    assert work.waiting == 2
    assert [group["unit"] for group in work.sent_in] == [here.pk]
    assert [group["count"] for group in work.pending] == [1]
    assert work_of(make_staff("clerk", province)).waiting == 3


def test_drafts_are_my_own(province):
    clerk, other = make_staff("clerk", province), make_staff("clerk", province)
    for user, unit in ((clerk, province), (other, province)):
        decision = make_decision(unit=unit, subject="Tặng giấy khen")
        decision.history.update(history_user=user)
    published = make_decision(unit=province, published=True)
    published.history.update(history_user=clerk)
    exemplar = make_exemplar(campaign=make_campaign(scope=province))
    exemplar.history.update(history_user=clerk)
    work = work_of(clerk)
    assert len(work.decisions) == 1 and work.exemplars == [exemplar] and work.draft_count == 2


def test_good_models_handed_in_wait_for_those_who_publish(province, campaign):
    (branch,) = branches(province, 1)
    handed_in = make_exemplar(campaign=campaign, unit=branch, summary="Đường hoa.")
    make_exemplar(campaign=campaign, unit=branch)
    handed_in.submit()
    assert work_of(make_staff("approver", province)).to_publish == [handed_in]
    assert work_of(make_staff("clerk", province)).to_publish == []
    assert work_of(make_staff("approver", make_unit())).to_publish == []


def test_people_sent_to_my_unit_wait_for_me_and_not_for_the_sender(province):
    here, there = branches(province, 2)
    sent = Transfer.objects.create(
        member=make_member(unit=there), from_unit=there, to_unit=here, moves_on=date(2020, 11, 1)
    )
    assert work_of(make_staff("clerk", here)).transfers == [sent]
    assert work_of(make_staff("clerk", there)).transfers == []
    assert work_of(make_staff("viewer", here)).transfers == []


def test_what_an_inspection_asked_waits_until_it_is_put_right(province, campaign):
    (branch,) = branches(province, 1)
    asked = make_inspection(campaign, branch, outcome="reminder", due_on=date(2020, 11, 20))
    make_inspection(campaign, branch, outcome=Inspection.Outcome.PRAISE)
    clerk = make_staff("clerk", branch)
    assert work_of(clerk).inspections == [asked]
    asked.resolve("Đã bổ sung", date(2020, 11, 10))
    assert work_of(clerk).inspections == []


def test_results_are_due_once_the_day_is_near(province, campaign):
    (branch,) = branches(province, 1)
    make_registration(campaign, make_member(unit=branch))
    clerk = make_staff("clerk", branch)
    assert work_of(clerk).results_due == []
    campaign.results_due_on = TODAY + timedelta(days=10)
    campaign.save()
    assert [(c, n) for c, n in work_of(clerk).results_due] == [(campaign, 1)]


def test_the_nearest_last_day_is_named(province, campaign):
    clerk = make_staff("clerk", province)
    assert work_of(clerk).next_day == (45, campaign, "end")
    campaign.plans_due_on = date(2020, 11, 20)
    campaign.registration_to = date(2020, 11, 1)
    campaign.save()
    assert work_of(clerk).next_day == (4, campaign, "plans")


def test_nothing_waits_for_whoever_has_done_everything(province):
    assert work_of(make_staff("clerk", province)).is_done
    make_member(unit=province, birth_date=None)
    assert not work_of(make_staff("clerk", province)).is_done


def test_a_superuser_sees_the_whole_register(province, campaign):
    branches(province, 2)
    make_decision(number="không số")
    work = work_of(make_superuser())
    assert work.plans_missing == 2 and work.gap_count == 2


@pytest.mark.parametrize("role", ["viewer", "clerk", "approver"])
def test_what_waits_in_another_unit_is_none_of_mine(province, campaign, role):
    (branch,) = branches(province, 1)
    make_plan(campaign, branch, status="submitted")
    make_registration(campaign, make_member(unit=branch, birth_date=None), status="pending")
    make_inspection(campaign, branch, outcome="reminder", due_on=TODAY)
    make_decision(unit=branch)
    assert work_of(make_staff(role, make_unit())).is_done
