"""Lists taken out: what is asked, who gets which rows, short ones at once, long ones by a worker, none left behind."""

import csv
import io
import os
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from records import exports, tasks
from records.admin.audit import ACTIONS
from records.models import AuditEvent, Export, Posting
from records.pulse import Pulse
from tests.factories import (
    make_award,
    make_branch,
    make_decision,
    make_export,
    make_member,
    make_staff,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
MEMBERS, AWARDS, UNITS = "/staff/members/export/", "/staff/awards/export/", "/staff/units/export/"
EXPORTS = "/staff/exports/"


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ huyện", code="DBH")


@pytest.fixture
def branch(root):
    return make_branch(parent=root, name="Chi bộ thôn Một")


@pytest.fixture
def clerk(root):
    return make_staff("clerk", root)


@pytest.fixture
def page(clerk):
    """A browser of the clerk's; reads English, so that a test can quote the page."""
    return signed_in(clerk)


@pytest.fixture
def long(monkeypatch):
    """Any list is long."""
    monkeypatch.setattr(exports, "SHORT", dict.fromkeys(Export.Format.values, 0))
    monkeypatch.setattr("records.views.staff_exports.SHORT", dict.fromkeys(Export.Format.values, 0))


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def wish(form="csv", **more):
    return {"format": form, "reason": "Lập danh sách họp", **more}


def content(response):
    return b"".join(response.streaming_content)


def sheet(response):
    """The rows of a csv answer."""
    return list(csv.reader(io.StringIO(content(response).decode("utf-8-sig"))))


def run_worker():
    """A worker closes its connection, so what it works on must be in the database for good."""
    call_command("db_worker", "--batch", "--no-startup-delay", "--interval", "0", "--no-reload", verbosity=0)


def work():
    """What a worker would do with what waits."""
    for waiting in DBTaskResult.objects.all():
        tasks.work_on_export.func(*waiting.args_kwargs["args"])


# What is asked


def test_people_leave_for_a_stated_reason_only(page, branch):
    make_member(unit=branch)
    assert page.post(MEMBERS, wish(reason=" ")).context["form"].errors["reason"]
    assert not AuditEvent.objects.exists()
    response = page.post(f"{MEMBERS}?unit={branch.code}", wish(columns=["position", "card"]))
    assert response["Content-Disposition"] == f'attachment; filename="dang-vien-{timezone.localdate():%Y-%m-%d}.csv"'
    assert response["Cache-Control"] == "private, no-store" and content(response)
    event = AuditEvent.objects.get(action="members_exported")
    assert (event.reason, event.details["count"], event.details["format"]) == ("Lập danh sách họp", 1, "csv")
    assert event.details["conditions"] == f"?unit={branch.code}"
    assert event.details["columns"] == ["ordinal", "code", "name", "position", "unit_code", "card"]


def test_units_need_no_reason_but_are_put_on_record(page, branch):
    assert sheet(page.post(UNITS, {"format": "csv"}))[0][:3] == ["STT", "Mã đơn vị", "Tên đơn vị"]
    assert AuditEvent.objects.get(action="units_exported").details["count"] == 2


def test_the_page_says_how_many_and_of_what(page, branch):
    make_member(unit=branch, gender="female")
    make_member(unit=branch, gender="male")
    text = page.get(f"{MEMBERS}?gender=female").text
    assert "1 row" in text and "Gender: female" in text


def test_the_columns_ticked_at_first_are_those_of_the_list(page, branch):
    make_member(unit=branch)
    form = page.get(f"{MEMBERS}?cols=card,full").context["form"]
    assert form.initial["columns"] == ["card", "full"]


@pytest.mark.parametrize("given", [{"format": "exe"}, {"format": "csv", "columns": ["password"]}, {}])
def test_what_is_not_offered_is_refused(page, branch, given):
    make_member(unit=branch)
    assert page.post(MEMBERS, {"reason": "Họp", **given}).context["form"].errors
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_where_nothing_is_found_it_is_said(page, branch, method):
    make_member(unit=branch)
    response = getattr(page, method)(f"{MEMBERS}?q=khong+co+ai", wish() if method == "post" else None)
    assert response.status_code == 200 and "There is nothing to export" in response.text
    assert not AuditEvent.objects.exists() and not Export.objects.exists()


# Which rows and what of them


def test_only_what_the_person_may_see_leaves(page, branch):
    make_member(unit=branch, full_name="Lê Thị Ánh")
    make_member(full_name="Người Nơi Khác")
    assert [row[2] for row in sheet(page.post(MEMBERS, wish()))[1:]] == ["Lê Thị Ánh"]


def test_what_only_the_own_staff_see_is_left_out(branch):
    make_member(unit=branch, card_number="00014127", phone="0900000000")
    rows = {}
    for role in ("viewer", "clerk"):
        answer = signed_in(make_staff(role, branch)).post(MEMBERS, wish(columns=["card", "phone"]))
        rows[role] = sheet(answer)[1][-2:]
    assert rows == {"viewer": ["", ""], "clerk": ["00014127", "0900000000"]}


def test_somebody_attached_for_a_time_goes_without_the_card(page, branch):
    guest = make_member(card_number="00014127")
    guest.attach_to(branch, date(2021, 1, 1))
    assert sheet(page.post(MEMBERS, wish(columns=["card"])))[1][-1] == ""


def test_nothing_that_leaves_can_be_run(page, branch):
    make_member(unit=branch, full_name="=cmd|' /C calc'!A0", position="@SUM(1)", phone="+84 900")
    row = sheet(page.post(MEMBERS, wish(columns=["position", "phone"])))[1]
    assert row[2:4] == ["'=cmd|' /C calc'!A0", "'@SUM(1)"] and row[-1] == "'+84 900"
    book = openpyxl.load_workbook(io.BytesIO(content(page.post(MEMBERS, wish("xlsx", columns=["position"])))))
    assert {cell.data_type for line in book.worksheets[0].iter_rows() for cell in line} <= {"s", "n"}
    assert book.worksheets[0]["C2"].value == "=cmd|' /C calc'!A0"


def test_a_workbook_says_what_it_is(page, clerk, branch):
    make_member(unit=branch, gender="female")
    book = openpyxl.load_workbook(io.BytesIO(content(page.post(f"{MEMBERS}?gender=female", wish("xlsx")))))
    told = dict(book.worksheets[1].iter_rows(values_only=True))
    assert book.sheetnames == ["Danh sách đảng viên", "Thông tin"]
    assert told["Lý do"] == "Lập danh sách họp" and clerk.username in told["Người xuất"]
    assert told["Điều kiện lọc"] == "Giới tính: nữ" and told["Số dòng"] == "1"


def test_drafts_and_kept_decisions_are_among_the_awards(page, root):
    make_award(recipient_name="Của nơi khác", published=True)
    make_award(recipient_name="=mine()", decision=make_decision(unit=root))
    assert [row[2] for row in sheet(page.post(AWARDS, wish()))[1:]] == ["'=mine()"]


def test_a_unit_opened_goes_out_with_all_below_it(page, root, branch):
    make_unit(parent=branch, code="TO-1")
    rows = sheet(page.post(f"{UNITS}?under={branch.code}", {"format": "csv"}))
    assert {row[1] for row in rows[1:]} == {branch.code, "TO-1"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_costs_the_same_queries_however_long(page, branch, form):
    seen = []
    for more in (1, 2):
        for _member in range(more):
            make_member(unit=branch)
        with CaptureQueriesContext(connection) as queries:
            content(page.post(MEMBERS, wish(form)))
        seen.append(len(queries))
    assert seen[0] == seen[1] <= 12


# Long ones


@pytest.mark.django_db(transaction=True)
def test_a_long_list_is_written_by_a_worker(page, clerk, branch, long):
    make_member(unit=branch, full_name="Lê Thị Ánh")
    response = page.post(f"{MEMBERS}?unit={branch.code}", wish("xlsx", columns=["position"]))
    export = Export.objects.get()
    assert response.url == export.get_absolute_url() and export.status == Export.Status.WRITING
    assert AuditEvent.objects.filter(action="members_exported").count() == 1
    waiting = page.get(response.url).text
    assert "It waits its turn." in waiting and 'hx-trigger="every 2s"' in waiting
    run_worker()
    export.refresh_from_db()
    assert (export.status, export.rows) == (Export.Status.READY, 1)
    ready = page.get(response.url, headers={"HX-Request": "true"}).text
    assert "<html" not in ready and "hx-trigger" not in ready and f"/media/{export.file.name}" in ready
    book = openpyxl.load_workbook(io.BytesIO(content(page.get(f"/media/{export.file.name}"))))
    assert book.worksheets[0]["C2"].value == "Lê Thị Ánh" and book.sheetnames[1] == "Thông tin"
    assert AuditEvent.objects.filter(action="file_read", actor=clerk).count() == 1
    assert not list((Path(settings.MEDIA_ROOT) / "imports").glob("*"))


def test_the_file_is_the_persons_own(page, branch, long):
    make_member(unit=branch)
    page.post(MEMBERS, wish())
    work()
    export = Export.objects.get()
    for other in (make_staff("manager", branch), make_user(is_superuser=True, is_staff=True)):
        client = signed_in(other)
        assert client.get(f"/media/{export.file.name}").status_code == 404
        assert client.get(export.get_absolute_url()).status_code == 404


def test_the_same_wish_twice_is_one_file(page, branch, long):
    make_member(unit=branch)
    first = page.post(MEMBERS, wish())
    again = page.post(MEMBERS, wish(), follow=True)
    assert again.redirect_chain[0][0] == first.url and "nothing was done twice" in again.text
    assert Export.objects.count() == DBTaskResult.objects.count() == 1
    assert page.post(MEMBERS, wish("xlsx")).url != first.url


def test_what_was_shown_then_is_not_what_may_leave_now(page, clerk, branch, long):
    make_member(unit=branch)
    page.post(MEMBERS, wish())
    Posting.objects.filter(user=clerk).update(valid_to=timezone.localdate())
    work()
    assert (Export.objects.get().status, Export.objects.get().rows) == (Export.Status.READY, 0)


def test_an_export_that_waits_can_be_stopped(page, branch, long):
    make_member(unit=branch)
    address = page.post(MEMBERS, wish()).url
    assert "nothing of it was kept" in page.post(f"{address}stop/", follow=True).text
    work()
    export = Export.objects.get()
    assert export.status == Export.Status.STOPPED and not export.file
    assert "come to its end already" in page.post(f"{address}stop/", follow=True).text


def test_an_export_at_work_is_stopped_at_its_next_beat(branch, clerk, monkeypatch):
    monkeypatch.setattr("records.pulse.BEAT_SECONDS", 0)
    make_member(unit=branch)
    export = make_export(by=clerk)
    Pulse(export.public_id).stop()
    exports.write(export)
    export.refresh_from_db()
    assert export.status == Export.Status.STOPPED and files() == []


def test_what_was_stopped_while_the_file_was_put_away_is_not_kept(branch, clerk, monkeypatch):
    make_member(unit=branch)
    export = make_export(by=clerk)
    Export.objects.filter(pk=export.pk).update(status=Export.Status.STOPPED)
    exports.write(export)
    assert Export.objects.get().status == Export.Status.STOPPED and files() == []


def test_a_failure_is_said_and_leaves_nothing(page, branch, clerk, monkeypatch):
    make_member(unit=branch)
    export = make_export(by=clerk)
    monkeypatch.setattr(exports, "write_xlsx", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        exports.write(export)
    assert "Something went wrong" in page.get(export.get_absolute_url()).text
    assert files() == [] and Pulse(export.public_id).read() is None


def test_a_worker_that_died_is_followed_by_another(page, branch, clerk):
    make_member(unit=branch)
    export = make_export(by=clerk)
    page.get(export.get_absolute_url())
    assert DBTaskResult.objects.count() == 1
    work()
    assert Export.objects.get().status == Export.Status.READY


def test_whoever_waits_long_is_told_why(page, clerk):
    export = make_export(by=clerk)
    tasks.hand_over(export)
    Export.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert "tell whoever runs the server" in page.get(export.get_absolute_url()).text


# Kept for a week


def files():
    return [os.path.join(place, name) for place, _dirs, names in os.walk(settings.MEDIA_ROOT) for name in names]


def test_files_are_deleted_after_a_week_by_whoever_looks(page, branch, long):
    make_member(unit=branch)
    page.post(MEMBERS, wish())
    work()
    assert len(files()) == 1
    Export.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    assert signed_in(make_user()).get(EXPORTS).status_code == 200
    assert files() == [] and not Export.objects.exists()
    assert AuditEvent.objects.filter(action="members_exported").exists()


def test_a_file_is_deleted_when_its_owner_says_so(page, branch, long):
    make_member(unit=branch)
    address = page.post(MEMBERS, wish()).url
    work()
    assert signed_in(make_staff("manager", branch)).post(f"{address}delete/").status_code == 404
    assert "The file was deleted" in page.post(f"{address}delete/", follow=True).text
    assert files() == [] and not Export.objects.exists()


def test_the_list_shows_ones_own_and_costs_the_same(page, clerk):
    make_export()
    seen = []
    for more in (1, 2):
        for _export in range(more):
            make_export(by=clerk)
        with CaptureQueriesContext(connection) as queries:
            response = page.get(EXPORTS)
        seen.append(len(queries))
    assert len(response.context["page"].rows) == 3 and len(response.content) < 45_000
    assert seen[0] == seen[1] <= 8


def test_every_list_has_its_own_address_and_names():
    lists = exports.lists()
    assert len({one.page for one in lists.values()}) == len({one.stem for one in lists.values()}) == len(lists)
    for one in lists.values():
        names = [part.name for part in one.parts]
        assert len(set(names)) == len(names) and any(part.always and part.sources for part in one.parts)


def test_acts_of_export_have_words_in_the_audit_trail():
    assert {one.event for one in exports.lists().values()} <= dict(ACTIONS).keys()
