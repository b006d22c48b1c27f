"""Inspections in the staff portal: entered above or at the unit, seen by the unit, put right by its own clerk."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Inspection
from tests.factories import make_branch, make_campaign, make_inspection, make_staff, make_unit

pytestmark = pytest.mark.django_db
DAY = date(2020, 11, 16)


@pytest.fixture
def branch():
    return make_branch(parent=make_unit(), name="Đảng bộ xã Đá Bạc", code="DABAC")


@pytest.fixture
def campaign(branch):
    return make_campaign(scope=branch.parent)


def signed_in(role, unit):
    client = Client()
    client.user = make_staff(role, unit)
    client.force_login(client.user)
    return client


@pytest.fixture
def above(branch):
    return signed_in("clerk", branch.parent)


@pytest.fixture
def clerk(branch):
    return signed_in("clerk", branch)


def page(name, campaign, inspection=None):
    return reverse(f"campaigns:staff_inspection_{name}", args=[campaign.slug] + ([inspection.pk] if inspection else []))


def entered(branch, **typed):
    return {
        "unit": branch.name, "inspected_on": "16/11/2020", "inspector": "Đoàn kiểm tra",
        "findings": "Ghi thiếu kết quả", "outcome": "praise", **typed,
    }  # fmt: skip


def found(response):
    return [inspection.unit.name for inspection in response.context["page"].rows]


def test_an_inspection_is_entered_and_its_unit_reads_it(above, clerk, campaign, branch):
    response = above.post(page("add", campaign), entered(branch, outcome="criticism", due_on="30/11/2020"))
    inspection = Inspection.objects.get()
    assert response.url == page("detail", campaign, inspection)
    assert (inspection.unit, inspection.outcome, inspection.due_on) == (branch, "criticism", date(2020, 11, 30))
    assert inspection.history.get().history_user == above.user
    assert "Ghi thiếu kết quả" in clerk.get(page("detail", campaign, inspection)).content.decode()
    assert found(clerk.get(page("list", campaign))) == [branch.name]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "typed, wrong",
    [
        ({"unit": ""}, "unit"),
        ({"unit": "Không có đơn vị này"}, "unit"),
        ({"inspected_on": "31/11/2020"}, "inspected_on"),
        ({"inspected_on": "1/1/2199"}, "inspected_on"),
        ({"inspector": ""}, "inspector"),
        ({"findings": " "}, "findings"),
        ({"outcome": "bậy"}, "outcome"),
        ({"outcome": "reminder"}, "due_on"),
        ({"outcome": "criticism"}, "due_on"),
        ({"outcome": "reminder", "due_on": "1/11/2020"}, "due_on"),
        ({"outcome": "reminder", "due_on": "1/13/2020"}, "due_on"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_beside_its_box(above, campaign, branch, typed, wrong):
    response = above.post(page("add", campaign), entered(branch, **typed))
    errors = response.context["form"].errors
    assert response.status_code == 200 and set(errors) == {wrong} and len(errors[wrong]) == 1
    assert not Inspection.objects.exists()


def test_only_units_of_the_campaign_in_ones_own_reach_are_inspected(above, clerk, campaign, branch):
    outside, beside = make_branch(name="Ở ngoài"), make_branch(parent=branch.parent, name="Bên cạnh")
    outside.postings.create(user=above.user, role="clerk", valid_from=date(2020, 1, 1))
    for client, unit in ((above, outside), (clerk, beside)):
        crafted = entered(unit, unit_key=unit.pk, unit_pick=unit.pk)
        assert "unit" in client.post(page("add", campaign), crafted).context["form"].errors
    assert not Inspection.objects.exists()


def test_a_form_sent_twice_enters_one_inspection(above, campaign, branch):
    sent = entered(branch, once="7f3c1f60-54f2-4b0f-9f2e-3f1f6a2b0d11")
    answers = [above.post(page("add", campaign), sent) for _n in range(2)]
    assert Inspection.objects.count() == 1 and answers[0].url == answers[1].url


def test_the_address_of_a_unit_fills_it_in(above, campaign, branch):
    shown = above.get(page("add", campaign), {"unit": "DABAC"}).content.decode()
    assert "Đảng bộ xã Đá Bạc" in shown


def test_what_was_written_is_changed_but_not_its_unit(above, campaign, branch):
    inspection = make_inspection(campaign, branch)
    other = make_branch(parent=branch.parent)
    sent = entered(other, findings="Đã sửa", version=inspection.history.first().history_id)
    assert above.post(page("edit", campaign, inspection), sent).status_code == 302
    inspection.refresh_from_db()
    assert (inspection.findings, inspection.unit) == ("Đã sửa", branch)


def test_what_two_wrote_is_shown_to_the_second(above, campaign, branch):
    inspection = make_inspection(campaign, branch, findings="Cũ")
    version = inspection.history.first().history_id
    for n, client in enumerate((signed_in("clerk", branch.parent), above)):
        sent = entered(branch, findings=f"Mới {n}", version=version)
        response = client.post(page("edit", campaign, inspection), sent)
    assert "Mới 0" in response.context["form"].errors["findings"][0]
    inspection.refresh_from_db()
    assert inspection.findings == "Mới 0"


def test_the_units_own_clerk_writes_how_it_was_put_right_once(clerk, campaign, branch):
    inspection = make_inspection(campaign, branch, outcome="reminder", due_on=DAY)
    address = page("resolve", campaign, inspection)
    assert address in clerk.get(page("detail", campaign, inspection)).content.decode()
    for wrong in ({"resolution": ""}, {"resolved_on": "1/1/2199"}, {"resolved_on": "1/1/2019"}):
        sent = {"resolution": "Đã ghi đủ", "resolved_on": "20/11/2020", **wrong}
        assert set(clerk.post(address, sent).context["form"].errors) == set(wrong)
    assert clerk.post(address, {"resolution": "Đã ghi đủ", "resolved_on": "20/11/2020"}).status_code == 302
    inspection.refresh_from_db()
    assert (inspection.resolution, inspection.resolved_on) == ("Đã ghi đủ", date(2020, 11, 20))
    assert inspection.history.first().history_user == clerk.user
    assert clerk.post(address, {"resolution": "Lần nữa", "resolved_on": "21/11/2020"}).status_code == 302
    inspection.refresh_from_db()
    assert inspection.resolution == "Đã ghi đủ"


def test_the_inspected_unit_does_not_change_what_was_found_but_what_it_entered_itself(above, clerk, campaign, branch):
    above.post(page("add", campaign), entered(branch, outcome="criticism", due_on="30/11/2020"))
    inspection = Inspection.objects.get()
    assert page("edit", campaign, inspection) not in clerk.get(page("detail", campaign, inspection)).content.decode()
    assert clerk.get(page("edit", campaign, inspection)).status_code == 403
    opened = above.get(page("edit", campaign, inspection)).context["form"]["version"].value()
    said = entered(branch, outcome="praise", version=opened)
    assert clerk.post(page("edit", campaign, inspection), said).status_code == 403
    inspection.refresh_from_db()
    assert inspection.outcome == "criticism"
    clerk.post(page("add", campaign), entered(branch, findings="Tự kiểm tra"))
    own = Inspection.objects.get(findings="Tự kiểm tra")
    assert page("edit", campaign, own) in clerk.get(page("detail", campaign, own)).content.decode()
    assert clerk.get(page("edit", campaign, own)).status_code == 200


def test_of_the_topmost_unit_whoever_keeps_it_changes_what_was_found(above, campaign, branch):
    inspection = make_inspection(campaign=campaign, unit=branch.parent)
    assert above.get(page("edit", campaign, inspection)).status_code == 200


@pytest.mark.one_database
def test_a_viewer_reads_and_has_no_button(campaign, branch):
    inspection = make_inspection(campaign, branch, outcome="reminder", due_on=DAY)
    viewer = signed_in("viewer", branch)
    shown = viewer.get(page("list", campaign)).content.decode()
    shown += viewer.get(page("detail", campaign, inspection)).content.decode()
    for name in ("edit", "resolve"):
        assert page(name, campaign, inspection) not in shown
    assert page("add", campaign) not in shown


def test_an_inspection_is_found_under_its_own_campaign_only(above, campaign, branch):
    inspection = make_inspection(campaign, branch)
    other = make_campaign(scope=branch.parent)
    for name in ("detail", "edit", "resolve"):
        assert above.get(page(name, other, inspection)).status_code == 404


def test_of_a_closed_campaign_inspections_are_read_and_put_right(above, campaign, branch):
    inspection = make_inspection(campaign, branch, outcome="reminder", due_on=DAY)
    Campaign.objects.update(status="closed")
    assert above.get(page("add", campaign)).status_code == 403
    assert above.post(page("edit", campaign, inspection), entered(branch, findings="Sửa")).status_code == 302
    above.post(page("resolve", campaign, inspection), {"resolution": "Xong", "resolved_on": "20/11/2020"})
    inspection.refresh_from_db()
    assert (inspection.findings, inspection.resolution) == ("", "Xong")


def test_the_list_is_narrowed_by_outcome_state_and_unit(above, campaign, branch):
    today = timezone.localdate()
    other = make_branch(parent=branch.parent, name="Chi bộ Bên cạnh")
    make_inspection(campaign, branch, outcome="criticism", due_on=today - timedelta(days=1))
    make_inspection(campaign, other, outcome="reminder", due_on=today + timedelta(days=1))
    make_inspection(campaign, other, outcome="criticism", due_on=today).resolve("Xong", today)
    make_inspection(campaign, branch)
    make_inspection(make_campaign(scope=branch.parent), branch)

    def how_many(**query):
        return len(found(above.get(page("list", campaign), query)))

    assert how_many() == 4
    assert how_many(outcome="criticism") == 2 and how_many(outcome="note") == 1
    assert [how_many(state=state) for state in ("open", "overdue", "resolved", "bậy")] == [2, 1, 1, 4]
    assert how_many(q="da bac") == 2 and how_many(unit="DABAC") == 2 and how_many(unit="KHONG-CO") == 0


@pytest.mark.one_database
def test_the_list_costs_the_same_however_long_it_is(above, campaign, branch):
    def cost(**query):
        with CaptureQueriesContext(connection) as seen:
            response = above.get(page("list", campaign), query)
        return len(seen), len(response.content), response

    make_inspection(campaign, branch)
    cost()
    one = cost()[0]
    for n in range(60):
        make_inspection(campaign, branch, findings="Ghi kết quả chưa đủ, " * 20, inspected_on=DAY + timedelta(days=n))
    queries, size, first = cost()
    assert queries == one <= 8 and size <= 45_000
    assert cost(q="da bac", unit="DABAC", state="resolved", outcome="note")[0] <= 8
    second = above.get(page("list", campaign) + first.context["page"].next_url)
    assert len(found(first)) == 50 and len(found(second)) == 11
