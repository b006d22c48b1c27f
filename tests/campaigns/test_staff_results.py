"""What came of registrations: the grid of results, reopening one, and a unit's report."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Pledge, Registration, Tally, UnitReport
from tests.campaigns.grid_pages import JSON, cell, grid_of, opened, sent, signed_in
from tests.factories import make_activity, make_branch, make_campaign, make_member, make_registration, make_staff

pytestmark = pytest.mark.django_db


def registered(campaign, unit, *activities, quantity=4):
    registration = make_registration(campaign, make_member(unit=unit))
    for activity in activities:
        Pledge.objects.create(registration=registration, activity=activity, quantity=quantity)
    return registration


def results(client, campaign, unit):
    return opened(client, campaign, unit, name="result")


def save(client, campaign, unit, rows, **cells):
    answer = client.post(grid_of(campaign, unit, "result"), sent(rows, **cells), **JSON).json()
    assert Tally.objects.differences() == []
    return {row["id"]: row for row in answer["rows"]}


def test_what_was_done_is_entered_beside_what_was_pledged_and_rated(desk, campaign, branch, lamps):
    registration, other = registered(campaign, branch, lamps), registered(campaign, branch, lamps)
    withdrawn = registered(campaign, branch, lamps)
    withdrawn.withdraw("ốm")
    rows = results(desk, campaign, branch)
    assert rows.keys() == {registration.member_id, other.member_id}
    one = registration.member_id
    told = save(
        desk, campaign, branch, rows, **{f"m{one}_{lamps.pk}": "3,5", f"m{one}_done": "x", f"m{one}_rating": "good"}
    )
    assert (told[one]["outcome"], told[other.member_id]["outcome"]) == ("saved", "same")
    registration.refresh_from_db()
    assert (registration.status, registration.rating) == ("done", "good")
    assert registration.pledges.get().done_quantity == Decimal("3.5")
    assert registration.history.count() == 2
    assert Tally.objects.values_list("registered", "done").get(campaign=campaign, unit=branch) == (2, 1)


@pytest.mark.one_database
def test_nothing_done_is_said_by_a_nought_and_a_rating_means_finished(desk, campaign, branch, lamps):
    registration = registered(campaign, branch, lamps)
    one = registration.member_id
    rows = results(desk, campaign, branch)
    save(desk, campaign, branch, rows, **{f"m{one}_{lamps.pk}": "0", f"m{one}_rating": "poor"})
    registration.refresh_from_db()
    assert registration.status == "done" and registration.pledges.get().done_quantity == 0
    rows = results(desk, campaign, branch)
    assert rows[one].cells[str(lamps.pk)] == 0


@pytest.mark.one_database
def test_quantities_alone_leave_the_person_registered(desk, campaign, branch, lamps):
    registration = registered(campaign, branch, lamps)
    rows = results(desk, campaign, branch)
    save(desk, campaign, branch, rows, **{f"m{registration.member_id}_{lamps.pk}": "1"})
    registration.refresh_from_db()
    assert registration.status == "registered"


@pytest.mark.one_database
def test_wrong_rows_are_told_and_the_others_saved(desk, campaign, branch, lamps):
    good, bad, tick = (registered(campaign, branch, lamps) for _ in range(3))
    rows = results(desk, campaign, branch)
    cells = {f"m{good.member_id}_{lamps.pk}": "4", f"m{bad.member_id}_rating": "best"}
    told = save(desk, campaign, branch, rows, **cells, **{f"m{tick.member_id}_{lamps.pk}": "x"})
    assert [told[r.member_id]["outcome"] for r in (good, bad, tick)] == ["saved", "wrong", "wrong"]
    assert set(told[bad.member_id]["errors"]) == {"rating"}


def test_as_pledged_for_those_ticked_fills_and_saves_nothing(desk, campaign, branch, lamps):
    chosen, other = registered(campaign, branch, lamps), registered(campaign, branch, lamps)
    page = desk.post(grid_of(campaign, branch, "result"), {"fill": "pledged", "pick": [chosen.member_id]})
    rows = {row.pk: row for row in page.context["grid"].rows}
    assert rows[chosen.member_id].typed == {str(lamps.pk): "4", "done": "x", "rating": ""}
    assert not rows[other.member_id].is_held
    assert not Pledge.objects.filter(done_quantity__isnull=False).exists()


def test_a_finished_one_is_reopened_by_an_approver_with_a_reason_only(desk, root, campaign, branch, lamps):
    registration = registered(campaign, branch, lamps)
    registration.finish("good")
    one = registration.member_id
    rows = results(desk, campaign, branch)
    told = save(desk, campaign, branch, rows, **{f"m{one}_done": "", f"m{one}_rating": ""})
    assert told[one]["outcome"] == "wrong"
    address = reverse("campaigns:staff_result_reopen", args=[campaign.slug, branch.pk, registration.pk])
    assert desk.post(address, {"reason": "nhầm người"}).status_code == 403
    approver = signed_in(make_staff("approver", root))
    approver.post(address, {"reason": ""})
    assert Registration.objects.get().status == "done"
    approver.post(address, {"reason": "nhầm người"})
    registration.refresh_from_db()
    assert (registration.status, registration.rating) == ("registered", "")
    assert registration.history.first().history_change_reason == "nhầm người"
    assert Tally.objects.differences() == []
    with pytest.raises(ValidationError):
        registration.reopen("lần nữa")


def test_the_second_clerk_is_shown_what_the_first_entered(desk, root, campaign, branch, lamps):
    registration = registered(campaign, branch, lamps)
    one = registration.member_id
    mine = results(desk, campaign, branch)
    theirs = signed_in(make_staff("clerk", root))
    save(theirs, campaign, branch, results(theirs, campaign, branch), **{f"m{one}_{lamps.pk}": "2"})
    told = save(desk, campaign, branch, mine, **{f"m{one}_{lamps.pk}": "4"})
    assert told[one]["outcome"] == "conflict" and told[one]["cells"][str(lamps.pk)] == "2"
    assert Pledge.objects.get().done_quantity == 2


@pytest.mark.one_database
def test_results_are_entered_under_review_and_no_more_once_closed(desk, root, branch):
    for status, outcome in (("reviewing", "saved"), ("closed", "locked")):
        campaign = make_campaign(scope=root)
        lamps = make_activity(campaign)
        one = registered(campaign, branch, lamps).member_id
        type(campaign).objects.filter(pk=campaign.pk).update(status=status)
        rows = results(desk, campaign, branch)
        assert save(desk, campaign, branch, rows, **{f"m{one}_{lamps.pk}": "4"})[one]["outcome"] == outcome


def test_a_unit_of_more_than_fifty_adds_up_what_was_done_and_not_what_was_chosen(desk, campaign, branch):
    blood = make_activity(campaign, name="Hiến máu", measure="")
    first, *others = [registered(campaign, branch, blood, quantity=None) for _ in range(52)]
    rows = results(desk, campaign, branch)
    told = save(desk, campaign, branch, rows, **{f"m{one}_{blood.pk}": "x" for one in list(rows)[:2]})
    assert sum(row["outcome"] == "saved" for row in told.values()) == 2
    nothing = others[-1].pledges.get()
    Pledge.objects.filter(pk=nothing.pk).update(done_quantity=0)
    column = desk.get(grid_of(campaign, branch, "result")).context["grid"].columns[0]
    assert (column.total, column.rest) == (2, 0)


@pytest.mark.one_database
def test_fifty_results_cost_little_more_than_one(desk, root, campaign, lamps):
    counts = []
    for n in (1, 50):
        unit = make_branch(parent=root)
        members = [registered(campaign, unit, lamps).member for _ in range(n)]
        rows = results(desk, campaign, unit)
        cells = {cell(one, lamps): "4" for one in members} | {f"m{one.pk}_rating": "good" for one in members}
        with CaptureQueriesContext(connection) as queries:
            told = save(desk, campaign, unit, rows, **cells)
        assert [row["outcome"] for row in told.values()] == ["saved"] * n
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 10
    assert Tally.objects.get(campaign=campaign, unit=unit).done == 50


# The report


def report_of(campaign, unit):
    return reverse("campaigns:staff_report_edit", args=[campaign.slug, unit.pk])


REPORT = {"number": "12-BC/CB", "reported_on": "1/2/2020", "body": "Đã trồng 20 mét hoa."}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def test_a_unit_reports_once_and_mends_its_report(desk, clerk, campaign, branch):
    file = SimpleUploadedFile("báo cáo.pdf", PDF)
    assert desk.post(report_of(campaign, branch), REPORT | {"file": file}).status_code == 302
    report = UnitReport.objects.get()
    assert (report.reported_on, report.unit_path) == (date(2020, 2, 1), branch.path)
    assert report.file.name.startswith("reports/") and report.history.get().history_user == clerk
    page = desk.get(report_of(campaign, branch))
    version = page.context["form"]["version"].value()
    desk.post(report_of(campaign, branch), REPORT | {"number": "13-BC/CB", "version": version})
    report.refresh_from_db()
    assert (report.number, UnitReport.objects.count(), bool(report.file)) == ("13-BC/CB", 1, True)


def test_two_who_write_the_first_report_see_each_other(desk, root, campaign, branch):
    signed_in(make_staff("clerk", root)).post(report_of(campaign, branch), REPORT)
    page = desk.post(report_of(campaign, branch), REPORT | {"body": "Khác hẳn."})
    assert page.status_code == 200 and set(page.context["form"].errors) == {"body"}
    assert UnitReport.objects.get().body == REPORT["body"]


BAD = [
    {"reported_on": ""},
    {"reported_on": "31/2/2020"},
    {"reported_on": (timezone.localdate() + timedelta(2)).strftime("%d/%m/%Y")},
    {"body": " "},
    {"file": ("x.exe", b"MZ")},
    {"file": ("x.pdf", b"<html><script>1</script>")},
    {"file": ("x.svg", b"<svg/>")},
]


@pytest.mark.one_database
@pytest.mark.parametrize("wrong", BAD)
def test_a_report_that_lacks_something_is_not_kept(desk, campaign, branch, wrong):
    files = {name: SimpleUploadedFile(*value) for name, value in wrong.items() if name == "file"}
    page = desk.post(report_of(campaign, branch), REPORT | wrong | files)
    assert page.status_code == 200 and page.context["form"].errors.keys() == wrong.keys()
    assert not UnitReport.objects.exists()


@pytest.mark.one_database
def test_a_viewer_reads_the_report_and_a_closed_campaign_takes_none(desk, root, campaign, branch):
    viewer = signed_in(make_staff("viewer", root))
    desk.post(report_of(campaign, branch), REPORT)
    page = viewer.get(report_of(campaign, branch))
    assert REPORT["body"] in page.content.decode() and page.context["form"] is None
    assert viewer.post(report_of(campaign, branch), REPORT).status_code == 403
    campaign.close()
    desk.post(report_of(campaign, branch), REPORT | {"number": "99"})
    assert UnitReport.objects.get().number == REPORT["number"]
