"""Whom to remind: each kind by its rule, the words to say, and whose units are on the list."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import UnitReport
from campaigns.reminders import Kind, reminders
from tests.factories import (
    make_branch,
    make_campaign,
    make_inspection,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
ON = date(2020, 11, 16)
YESTERDAY, TOMORROW = ON - timedelta(days=1), ON + timedelta(days=1)


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh Xa")


@pytest.fixture
def branch(province):
    return make_branch(parent=province, name="Chi bộ Hồ Cốc")


def kinds(campaign, unit, on=ON):
    """What the unit is to be reminded of."""
    return [kind for reminder in reminders(campaign, on) if reminder.pk == unit.pk for kind in reminder.kinds(on)]


def fulfil(campaign, unit):
    """The unit does all it owes: a plan handed in, everybody registered and done, a report."""
    make_plan(campaign, unit).submit()
    make_registration(campaign, make_member(unit=unit), status="done")
    UnitReport.objects.create(campaign=campaign, unit=unit, reported_on=ON)


# The rules


@pytest.mark.one_database
def test_whoever_did_everything_is_not_on_the_list(province, branch):
    campaign = make_campaign(scope=province, plans_due_on=YESTERDAY, results_due_on=YESTERDAY)
    fulfil(campaign, branch)
    assert reminders(campaign, ON) == []


@pytest.mark.one_database
def test_a_silent_unit_is_said_to_be_so_and_what_it_owes(province, branch):
    campaign = make_campaign(scope=province)
    make_member(unit=branch)
    assert kinds(campaign, branch) == [Kind.SILENT, Kind.PLAN, Kind.BELOW]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("status", "due", "own_due", "expected"),
    [
        (None, None, None, [Kind.PLAN]),
        ("draft", TOMORROW, None, [Kind.PLAN]),
        ("draft", ON, None, [Kind.PLAN]),
        ("draft", YESTERDAY, None, [Kind.PLAN, Kind.OVERDUE]),
        ("draft", YESTERDAY, TOMORROW, [Kind.PLAN]),
        ("returned", None, YESTERDAY, [Kind.RETURNED, Kind.OVERDUE]),
        ("returned", YESTERDAY, TOMORROW, [Kind.RETURNED]),
        ("submitted", YESTERDAY, None, []),
        ("approved", YESTERDAY, YESTERDAY, []),
    ],
)
def test_a_plan_is_missing_returned_or_overdue(province, branch, status, due, own_due, expected):
    campaign = make_campaign(scope=province, plans_due_on=due)
    make_registration(campaign, make_member(unit=branch), status="done")
    if status:
        make_plan(campaign, branch, status=status, due_on=own_due, return_reason="thiếu")
    assert kinds(campaign, branch) == expected


def test_below_the_target_counts_the_units_below_that_owe_no_plan(province, branch):
    cell = make_unit(parent=branch, kind="sub_branch")
    campaign = make_campaign(scope=province)
    make_plan(campaign, branch).submit()
    for _number in range(8):
        make_registration(campaign, make_member(unit=branch))
    assert kinds(campaign, branch) == []
    for _number in range(2):
        make_member(unit=cell)
    (reminder,) = reminders(campaign, ON)
    assert (reminder.pk, reminder.registered, reminder.eligible, reminder.missing) == (branch.pk, 8, 10, 1)


@pytest.mark.one_database
def test_where_no_unit_owes_a_plan_each_with_members_answers_for_its_own(province):
    agency, office = make_unit(parent=province), make_unit(parent=province)
    campaign = make_campaign(scope=province)
    make_member(unit=agency)
    make_registration(campaign, make_member(unit=office))
    assert [reminder.pk for reminder in reminders(campaign, ON)] == [agency.pk]


@pytest.mark.one_database
def test_results_are_asked_for_once_they_are_due_or_the_review_began(province, branch):
    campaign = make_campaign(scope=province, results_due_on=TOMORROW)
    make_plan(campaign, branch).submit()
    registration = make_registration(campaign, make_member(unit=branch))
    assert kinds(campaign, branch) == [] and kinds(campaign, branch, TOMORROW) == [Kind.RESULTS]
    campaign.review()
    assert kinds(campaign, branch) == [Kind.RESULTS]
    registration.finish("good")
    assert kinds(campaign, branch) == [Kind.RESULTS]
    UnitReport.objects.create(campaign=campaign, unit=branch, reported_on=ON)
    assert kinds(campaign, branch) == []


def test_an_inspection_is_called_to_mind_a_week_before_its_day_until_it_is_put_right(province, branch):
    campaign = make_campaign(scope=province)
    fulfil(campaign, branch)
    inspection = make_inspection(campaign, branch, due_on=ON + timedelta(days=7))
    make_inspection(campaign, branch, outcome="praise")
    assert kinds(campaign, branch, ON - timedelta(days=1)) == [] and kinds(campaign, branch) == [Kind.INSPECTION]
    inspection.resolved_on = ON
    inspection.save()
    assert kinds(campaign, branch) == []


@pytest.mark.one_database
def test_an_inspected_unit_that_owes_no_plan_is_reminded_itself(province):
    district = make_unit(parent=province)
    fulfilled = make_branch(parent=district)
    campaign = make_campaign(scope=province)
    fulfil(campaign, fulfilled)
    make_inspection(campaign, district, due_on=ON)
    assert kinds(campaign, district) == [Kind.INSPECTION]


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_a_campaign_that_is_not_under_way_reminds_nobody(province, branch, status):
    make_member(unit=branch)
    assert reminders(make_campaign(scope=province, status=status), ON) == []


@pytest.mark.one_database
def test_units_the_campaign_does_not_concern_are_left_alone(province, branch):
    outside = make_branch(parent=province)
    make_member(unit=outside)
    campaign = make_campaign(launched_by=province, scope=branch)
    assert [reminder.pk for reminder in reminders(campaign, ON)] == [branch.pk]


# The words


@pytest.mark.one_database
def test_the_sentence_names_the_unit_what_is_asked_the_day_and_whom_to_call(province, branch):
    campaign = make_campaign(scope=province, plans_due_on=date(2020, 10, 30))
    make_plan(campaign, branch, status="returned", return_reason="Thiếu số lượng.", person_in_charge="Lê Thị Bưởi")
    for _number in range(10):
        make_member(unit=branch)
    (reminder,) = reminders(campaign, ON)
    sentence = reminder.sentence(ON)
    for words in ("Chi bộ Hồ Cốc", "Thiếu số lượng)", "30/10/2020", "17", "9", "0", "10", "90%", "Lê Thị Bưởi"):
        assert words in sentence, (words, sentence)


def test_silent_units_come_first_then_those_that_lack_most(province):
    few, many, silent = (make_branch(parent=province) for _ in range(3))
    campaign = make_campaign(scope=province)
    for unit, number in ((few, 2), (many, 5), (silent, 1)):
        for _number in range(number):
            make_member(unit=unit)
    for unit in (few, many):
        make_plan(campaign, unit)
    assert [reminder.pk for reminder in reminders(campaign, ON)] == [silent.pk, many.pk, few.pk]


# The page


def page(client, campaign, query=""):
    response = client.get(f"/staff/campaigns/{campaign.slug}/reminders/{query}")
    assert response.status_code == 200
    return response


def listed(response):
    return [reminder.pk for reminder, _kind, _sentence in response.context["rows"]]


@pytest.mark.one_database
def test_everybody_calls_only_their_own_units(client, province, branch):
    other = make_branch(parent=province)
    campaign = make_campaign(scope=province)
    client.force_login(make_staff("viewer", branch))
    assert listed(page(client, campaign)) == [branch.pk]
    assert client.get(f"/staff/campaigns/{campaign.slug}/reminders/?unit={other.pk}").status_code == 404
    for crafted in ("x", "9" * 40, "²"):
        assert client.get(f"/staff/campaigns/{campaign.slug}/reminders/?unit={crafted}").status_code == 404
    client.force_login(make_superuser())
    assert set(listed(page(client, campaign))) == {branch.pk, other.pk}
    assert listed(page(client, campaign, f"?unit={other.pk}")) == [other.pk]


def test_the_list_is_filtered_by_kind_and_by_the_units_name(client, province, branch):
    other = make_branch(parent=province, name="Chi bộ Bàu Trứ")
    campaign = make_campaign(scope=province)
    make_plan(campaign, other, status="returned", return_reason="thiếu")
    client.force_login(make_staff("viewer", province))
    assert listed(page(client, campaign, "?kind=returned")) == [other.pk]
    assert listed(page(client, campaign, "?q=ho+coc")) == [branch.pk]
    assert page(client, campaign, "?kind=x").context["filters"].refusals
    counts = {label: n for label, n, _url, _chosen in page(client, campaign).context["kinds"]}
    assert counts == {Kind.SILENT.label: 1, Kind.PLAN.label: 1, Kind.RETURNED.label: 1}


@pytest.mark.one_database
def test_the_sentences_are_copied_from_a_box_or_taken_as_plain_text(client, province, branch):
    campaign = make_campaign(scope=province)
    client.force_login(make_staff("viewer", province))
    response = page(client, campaign)
    sentence = response.context["rows"][0][2]
    assert 'data-copied="' in response.content.decode() and f">{sentence}\n</textarea>" in response.content.decode()
    text = page(client, campaign, "?as=text")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8" and text.content.decode() == sentence
    assert "Chi bộ Hồ Cốc" in sentence and timezone.localdate().strftime("%d/%m/%Y") in response.content.decode()


@pytest.mark.one_database
def test_a_name_is_never_markup(client, province):
    make_branch(parent=province, name="<b>Chi bộ</b>")
    campaign = make_campaign(scope=province)
    client.force_login(make_staff("viewer", province))
    assert "<b>Chi bộ" not in page(client, campaign).content.decode()


def test_pages_hold_everybody_once_within_the_budget(client, province):
    campaign = make_campaign(scope=province, plans_due_on=date(2020, 1, 1))
    user, counts = make_staff("viewer", province), []
    for number in (1, 3, 90):
        for index in range(province.children.count(), number):
            unit = make_branch(parent=province, name=f"Chi bộ cơ sở doanh nghiệp số {index}")
            make_member(unit=unit)
            make_plan(campaign, unit, person_in_charge="Nguyễn Thị Minh Khai, Bí thư")
        client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            response = page(client, campaign, f"?unit={province.pk}")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] <= 8
    assert len(response.content) <= 45 * 1024, len(response.content)
    found = listed(response)
    while query := response.context["page"]["next_url"]:
        response = page(client, campaign, query)
        found += listed(response)
    assert len(found) == len(set(found)) == 90
