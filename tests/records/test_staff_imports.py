"""Imports in the portal: a file sent, its columns matched, the plan written, approved, stopped, taken back."""

import json
import re
import time
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from records.models import AuditEvent, ColumnTemplate, Import, Member
from records.pulse import FOLDER, Pulse
from records.sheets.kinds import kinds
from records.sheets.reading import read
from tests.clerk_lists import person, workbook
from tests.factories import (
    LIST_HEADER,
    make_branch,
    make_import,
    make_member,
    make_planned,
    make_posting,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
Status = Import.Status
AN, BINH = "Lê Văn An,1/2/1980,Nam,3/2/2010,CB1", "Lê Thị Bình,2/3/1981,Nữ,3/2/2011,CB1"
WRONG = "Lê Văn Sai,31/02/1980,Nam,3/2/2010,CB1"


@pytest.fixture
def branch():
    return make_branch(code="CB1", name="Chi bộ Một", parent=make_unit(code="GOC", name="Đảng bộ"))


@pytest.fixture
def clerk(client, branch):
    user = make_staff("clerk", branch)
    client.force_login(user)
    return user


def url(name, batch):
    return reverse(f"records:staff_import_{name}", args=[batch.public_id])


def send(client, name, batch, **data):
    return client.post(url(name, batch), data, follow=True)


def html_of(response):
    return response.content.decode()


def file_of(content, name="ds.csv"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


def add(client, **data):
    return client.post(reverse("records:staff_import_add"), {"kind": "members", **data})


# Sending


def test_a_file_goes_from_sending_to_the_register(client, clerk, branch):
    answer = add(client, file=file_of(workbook([person(1, "CB1"), person(2, "CB1")]), "DS.xlsx"))
    batch = Import.objects.get()
    assert answer.url == url("columns", batch) and batch.by == clerk and batch.unit == branch
    page = html_of(client.get(answer.url))
    assert "DS.xlsx" in page and "99000001" in page
    columns = {name: "-" for name in re.findall(r'name="(column-\d+)"', page)}
    chosen = re.findall(r'name="(column-\d+)".*?<option value="([^"]+)" selected', page, re.S)
    answer = client.post(url("columns", batch), {**columns, **dict(chosen), "sheet": "", "header": ""}, follow=True)
    batch.refresh_from_db()
    assert (batch.status, batch.counts["create"]) == (Status.PLANNED, 2) and not Member.objects.exists()
    page = html_of(send(client, "apply", batch))
    assert Member.objects.count() == 2 and "2 dòng" in page
    assert Member.history.filter(request_id=batch.act_id, history_user=clerk).count() == 2


@pytest.mark.one_database
def test_pasted_rows_are_a_list_too(client, clerk):
    pasted = "\n".join(line.replace(",", "\t") for line in (LIST_HEADER, AN, BINH))
    add(client, pasted=pasted)
    batch = Import.objects.get()
    assert batch.file.name.endswith(".tsv")
    assert "Lê Văn An" in html_of(client.get(url("columns", batch)))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"%PDF-1.4 trang", "PDF"),
        ("a.xlsx", b"PK\x03\x04 hong", "hỏng"),
        ("a.csv", b"", "trống"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence_and_nothing_is_lost(client, clerk, name, content, words):
    page = html_of(add(client, file=file_of(content, name)))
    assert words in page and not Import.objects.exists()
    assert re.search(r'value="members"[^>]*checked', page)


@pytest.mark.one_database
def test_what_was_pasted_stays_where_it_cannot_be_read(client, clerk):
    page = html_of(add(client, kind="", pasted="một hai ba"))
    assert "một hai ba" in page and not Import.objects.exists()
    assert 'role="alert"' in page


@pytest.mark.one_database
def test_neither_or_both_of_file_and_paste_are_asked_about(client, clerk):
    assert "Hãy chọn tệp" in html_of(add(client))
    page = html_of(add(client, file=file_of(LIST_HEADER), pasted="x\ty"))
    assert "không cả hai" in page and not Import.objects.exists()


@pytest.mark.one_database
def test_a_file_too_large_is_refused(client, clerk, monkeypatch):
    monkeypatch.setattr("records.forms.imports.Limits", lambda: type("Small", (), {"file_bytes": 10}))
    assert "lớn" in html_of(add(client, file=file_of(LIST_HEADER))) and not Import.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "C:\\ds\\<b>a</b>.csv", "a" * 300 + ".csv", "<script>.csv"])
def test_a_hostile_name_is_only_a_name(client, clerk, name):
    add(client, file=file_of("\n".join([LIST_HEADER, AN]), name))
    batch = Import.objects.get()
    assert re.fullmatch(r"imports/\d{4}/[a-z0-9]+(_\w+)?\.csv", batch.file.name)
    page = html_of(client.get(url("columns", batch), follow=True))
    assert "<b>a</b>" not in page


def test_a_form_sent_twice_is_one_import(client, clerk):
    token = "12345678-1234-5678-1234-567812345678"
    for _time in range(2):
        add(client, file=file_of("\n".join([LIST_HEADER, AN])), once=token)
    assert Import.objects.count() == 1


def test_whoever_is_posted_twice_says_for_which_unit(client, clerk):
    other = make_branch(code="CB2")
    make_posting("clerk", other, user=clerk)
    assert "Chi bộ Một" in html_of(client.get(reverse("records:staff_import_add")))
    add(client, file=file_of("\n".join([LIST_HEADER, AN])), unit=other.pk)
    assert Import.objects.get().unit == other
    add(client, file=file_of(LIST_HEADER), unit=make_unit().pk)
    assert Import.objects.count() == 1


@pytest.mark.one_database
@pytest.mark.parametrize("kind", sorted(kinds()))
def test_an_empty_table_to_fill_in_is_read_as_its_kind(client, clerk, tmp_path, kind):
    answer = client.get(reverse("records:staff_import_blank", args=[kind]))
    path = tmp_path / "mau.xlsx"
    path.write_bytes(b"".join(answer))
    sheets = read(path).sheets
    labels = [cell for cell in list(sheets[0].lines)[0].cells if cell]
    fields = [known for known in kinds()[kind].fields if known.name != "ordinal"]
    assert labels == [known.synonyms[0] for known in fields]
    guide = list(sheets[1].lines)
    assert len(guide) == len(fields) + 2 and "ghi (xoá)" in guide[-1].cells[1]
    assert "ghi (xoá)" in html_of(client.get(reverse("records:staff_import_add")))


@pytest.mark.one_database
def test_no_table_for_a_kind_nobody_knows(client, clerk):
    assert client.get(reverse("records:staff_import_blank", args=["khong-co"])).status_code == 404


# Columns


def columns_of(batch, client, **changes):
    """What the page of columns would send as it stands."""
    page = html_of(client.get(url("columns", batch)))
    data = {}
    for name, rest in re.findall(r'<select name="(column-\d+)"(.*?)</select>', page, re.S):
        data[name] = re.search(r'<option value="([^"]*)" selected', rest)[1]
    return {"sheet": "", "header": "", **data, **changes}


def test_a_guess_is_changed_and_two_columns_of_one_field_are_refused(client, clerk):
    batch = make_import(AN, by=clerk)
    page = html_of(client.post(url("columns", batch), columns_of(batch, client, **{"column-2": "name"})))
    assert "chỉ có một cột" in page
    client.post(url("columns", batch), columns_of(batch, client, **{"column-2": "-"}))
    batch.refresh_from_db()
    assert (batch.columns, batch.status) == ({"C": "-"}, Status.PLANNED)
    assert "gender" not in batch.rows.get().after


@pytest.mark.one_database
def test_a_required_column_must_be_there(client, clerk):
    batch = make_import(AN, by=clerk)
    page = html_of(client.post(url("columns", batch), columns_of(batch, client, **{"column-0": "-"})))
    batch.refresh_from_db()
    assert "Chưa cột nào là" in page and batch.status == Status.MAPPING


def test_the_row_of_the_header_can_be_said(client, clerk):
    batch = make_import("Người,Sinh,Phái,Vào,Nơi", "Lê Văn An,1/2/1980,Nam,3/2/2010,CB1", by=clerk, header="Tựa đề,,,,")
    page = html_of(client.get(url("columns", batch), {"header": "2", "sheet": ""}))
    assert "Người" in page
    names = ("name", "birth", "gender", "admitted", "unit")
    data = {f"column-{place}": name for place, name in enumerate(names)}
    client.post(url("columns", batch), {**data, "sheet": "", "header": "2"})
    batch.refresh_from_db()
    assert (batch.header_row, batch.counts["create"]) == (2, 1)


@pytest.mark.one_database
def test_a_value_for_all_rows_is_checked_like_a_cell(client, clerk, branch):
    batch = make_import("Lê Văn An,1/2/1980", by=clerk, header="Họ và tên,Ngày sinh")
    data = columns_of(batch, client, **{"fixed-unit": "Chi bộ Một", "fixed-since": "2020"})
    assert "28/11/2020" in html_of(client.post(url("columns", batch), data))
    client.post(url("columns", batch), {**data, "fixed-since": "1/2/2020"})
    batch.refresh_from_db()
    assert batch.fixed == {"unit": "CB1", "since": "1/2/2020"} and batch.counts["create"] == 1


def test_rows_pasted_without_a_header_lose_none(client, clerk, branch):
    batch = make_import("Lê Văn Hai\t1/2/1981\tCB1", by=clerk, header="Lê Văn Một\t1/2/1980\tCB1", name="dan.tsv")
    page = html_of(client.get(url("columns", batch)))
    assert "?header=0&amp;sheet=" in page and "Không nhận ra tiêu đề cột" in page
    page = html_of(client.get(url("columns", batch), {"header": "0", "sheet": ""}))
    assert "Lê Văn Một" in page and 'name="header" value="0"' in page and "Không nhận ra tiêu đề cột" not in page
    data = {"column-0": "name", "column-1": "birth", "column-2": "unit", "sheet": "", "header": "0"}
    client.post(url("columns", batch), data)
    batch.refresh_from_db()
    assert (batch.header_row, batch.counts["create"]) == (0, 2), batch.error
    assert "Lê Văn Một" in html_of(client.get(url("columns", batch)))
    send(client, "apply", batch)
    assert {one.full_name for one in Member.objects.all()} == {"Lê Văn Một", "Lê Văn Hai"}


def test_a_way_of_reading_kept_is_known_again_by_the_header(client, clerk):
    batch = make_import(AN, by=clerk)
    data = columns_of(batch, client, **{"column-2": "-", "keep": "on"})
    assert "đặt tên nơi gửi" in html_of(client.post(url("columns", batch), data))
    client.post(url("columns", batch), {**data, "sender": "Huyện Một"})
    assert ColumnTemplate.objects.get().columns == {"C": "-"}
    add(client, file=file_of("\n".join([LIST_HEADER, BINH])))
    again = Import.objects.latest("pk")
    assert again.columns == {"C": "-"} and "Huyện Một" in html_of(client.get(url("columns", again)))
    add(client, file=file_of("\n".join(["Họ và tên,Ngày sinh,Chi bộ", "Lê Văn Ba,1/1/1980,CB1"])))
    assert Import.objects.latest("pk").columns == {}
    # The rows left over, sent again in either language's file, are read in that way too.
    for why in ("Lý do không nhận", "Why it was not taken"):
        add(client, file=file_of("\n".join([f"{LIST_HEADER},{why}", f"{BINH},Sai"])))
        assert Import.objects.latest("pk").columns == {"C": "-"}


@pytest.mark.one_database
def test_a_file_that_lies_is_called_by_the_name_its_sender_gave_it(client, clerk):
    add(client, file=file_of(workbook([person(1, "CB1")]), "Danh sách.csv"))
    page = html_of(client.get(url("columns", Import.objects.get())))
    assert "Tệp có tên Danh sách.csv nhưng" in page, page[page.find("Tệp có tên") :][:200]


# The list


def test_everybody_finds_the_own_imports_and_approvers_what_waits(client, clerk, branch):
    make_planned(AN, by=clerk, name="cua-toi.csv")
    other = make_staff("clerk", branch)
    asked = make_planned(BINH, by=other, name="cua-nguoi-khac.csv")
    page = html_of(client.get(reverse("records:staff_import_list")))
    assert "cua-toi.csv" in page and "cua-nguoi-khac.csv" not in page
    assert "cua-nguoi-khac.csv" not in html_of(client.get(reverse("records:staff_import_list"), {"tab": "others"}))
    assert asked.claim([Status.PLANNED], Status.ASKED)
    client.force_login(make_staff("approver", branch))
    page = html_of(client.get(reverse("records:staff_import_list"), {"tab": "to_approve"}))
    assert "cua-nguoi-khac.csv" in page and "cua-toi.csv" not in page


def test_a_list_of_three_costs_what_a_list_of_one_does(client, branch):
    approver = make_staff("approver", branch)
    client.force_login(approver)
    queries = []
    for _batch in range(2):
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("records:staff_import_list"))
        queries.append(len(seen))
        for _more in range(3):
            make_planned(AN, by=approver)
    assert queries[0] == queries[1] <= 8
    assert len(page.content) < 45_000


@pytest.mark.one_database
def test_fifty_imports_are_no_heavy_page(client, clerk):
    for _n in range(50):
        make_import(AN, by=clerk, name="Danh sách đảng viên " * 8 + ".csv")
    assert len(client.get(reverse("records:staff_import_list")).content) < 45_000


def test_a_draft_is_thrown_away_with_its_file(client, clerk, django_capture_on_commit_callbacks):
    batch = make_planned(AN, by=clerk)
    path = Path(batch.file.path)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        page = html_of(send(client, "delete", batch))
    assert not Import.objects.exists() and not path.exists() and "Đã xoá bản nháp" in page


# Writing


def test_all_or_nothing_unless_the_good_rows_are_asked_for(client, clerk):
    batch = make_planned(AN, WRONG, by=clerk)
    page = html_of(client.get(url("detail", batch)))
    assert re.search(r'<button class="btn btn-primary" disabled aria-describedby="undecided"', page)
    assert "Còn dòng chưa xử lý" in html_of(send(client, "apply", batch)) and not Member.objects.exists()
    send(client, "apply", batch, only_good="1")
    assert [one.full_name for one in Member.objects.all()] == ["Lê Văn An"]


def test_applying_twice_writes_once(client, clerk):
    batch = make_planned(AN, by=clerk)
    send(client, "apply", batch)
    assert "Chưa thay đổi gì" in html_of(send(client, "apply", batch))
    assert Member.objects.count() == 1 and AuditEvent.objects.filter(action="import_applied").count() == 1


@pytest.mark.one_database
def test_a_mend_in_another_tab_comes_too_late(client, clerk):
    batch = make_planned(AN, WRONG, by=clerk)
    send(client, "apply", batch, only_good="1")
    page = html_of(send(client, "mend", batch, group="date_never_was|birth|"))
    batch.refresh_from_db()
    assert "Chưa thay đổi gì" in page and batch.mends == {}
    for act in ("unmend", "pick", "replan", "ask", "recall"):
        assert "Chưa thay đổi gì" in html_of(send(client, act, batch)), act
    assert client.get(url("columns", batch)).status_code == client.get(url("delete", batch)).status_code == 302


def test_what_changed_meanwhile_is_told_and_not_written_over(client, clerk, branch):
    member = make_member(unit=branch, full_name="Lê Văn An", birth_date=date(1980, 2, 1), admitted_on=date(2009, 1, 1))
    batch = make_planned(AN, by=clerk)
    assert batch.counts["change"] == 1
    Member.objects.filter(pk=member.pk).update(admitted_on=date(2008, 1, 1))
    page = html_of(send(client, "apply", batch))
    assert "01/01/2008" in page
    member.refresh_from_db()
    assert member.admitted_on == date(2008, 1, 1)
    page = html_of(send(client, "replan", batch))
    assert "Đã đối chiếu lại" in page


@pytest.mark.one_database
def test_nothing_to_write_is_said(client, clerk, branch):
    send(client, "apply", make_planned(AN, by=clerk))
    again = make_planned(AN, by=clerk)
    assert again.counts["same"] == 1
    assert "Không có gì để ghi" in html_of(send(client, "apply", again))


def test_a_sender_who_lost_a_posting_must_compare_again(client, clerk, branch):
    other = make_branch(code="CB2")
    posting = make_posting("clerk", other, user=clerk)
    batch = make_planned("Lê Văn An,1/2/1980,Nam,3/2/2010,CB2", by=clerk)
    Import.objects.filter(pk=batch.pk).update(planned_at=timezone.now() - timedelta(minutes=5))
    posting.end(timezone.localdate(), "chuyển việc")
    assert "Phân công của người nhập đã thay đổi" in html_of(send(client, "apply", batch))
    assert not Member.objects.exists()
    send(client, "replan", batch)
    batch.refresh_from_db()
    assert batch.counts["refused"] == 1


# Approval


@pytest.fixture
def approver(branch):
    return make_staff("approver", branch.parent)


@pytest.mark.one_database
def test_a_second_person_approves_what_a_clerk_hands_in(client, clerk, approver):
    batch = make_planned(AN, by=clerk)
    send(client, "ask", batch)
    assert "Đang chờ người thứ hai duyệt" in html_of(client.get(url("detail", batch)))
    assert send(client, "approve", batch).status_code == 403
    client.force_login(approver)
    assert "xin anh/chị duyệt" in html_of(client.get(url("detail", batch)))
    assert batch.name in html_of(client.get("/staff/"))
    send(client, "approve", batch)
    batch.refresh_from_db()
    assert (batch.status, batch.applied_by) == (Status.APPLIED, approver) and Member.objects.count() == 1


def test_what_is_returned_comes_back_with_its_reason(client, clerk, approver):
    batch = make_planned(AN, by=clerk)
    send(client, "ask", batch)
    client.force_login(approver)
    assert "Hãy ghi lý do" in html_of(send(client, "return", batch, reason=" "))
    send(client, "return", batch, reason="Thiếu hai người")
    client.force_login(clerk)
    page = html_of(client.get(url("detail", batch)))
    assert "Thiếu hai người" in page and "Thiếu hai người" in html_of(client.get("/staff/"))
    send(client, "ask", batch)
    assert "Đã rút lại" in html_of(send(client, "recall", batch))


def test_an_approver_sees_the_plan_but_does_not_mend_it(client, clerk, approver):
    batch = make_planned(AN, WRONG, by=clerk)
    client.force_login(approver)
    page = html_of(client.get(url("detail", batch)))
    assert "31/02/1980" in page
    assert url("mend", batch) not in page and url("apply", batch) not in page
    assert send(client, "apply", batch).status_code == 403


def test_nobody_writes_alone_where_approval_is_required(client, clerk, approver, settings):
    settings.IMPORTS_NEED_APPROVAL = True
    batch = make_planned(AN, by=clerk)
    page = html_of(client.get(url("detail", batch)))
    assert url("apply", batch) not in page and url("ask", batch) in page
    assert "người thứ hai duyệt" in html_of(send(client, "apply", batch)) and not Member.objects.exists()
    mine = make_planned(AN, by=approver)
    client.force_login(approver)
    send(client, "ask", mine)
    assert send(client, "approve", mine).status_code == 403


# Under way


def claim(batch, status):
    assert batch.claim([Status.PLANNED, Status.MAPPING], status)
    return batch


def beat(batch, ago=0):
    """The pulse of somebody at work."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    now = time.time() - ago
    (folder / f"{batch.public_id}.pulse").write_text(json.dumps(["write", 300, 1200, now - 20, now]))


@pytest.mark.one_database
def test_work_under_way_tells_how_far_it_is(client, clerk):
    batch = claim(make_planned(AN, by=clerk), Status.APPLYING)
    beat(batch)
    page = html_of(client.get(url("detail", batch)))
    assert '<progress value="300" max="1200"' in page and "1 phút" in page and "Rời trang cũng được" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    piece = html_of(client.get(url("progress", batch), headers={"HX-Request": "true"}))
    assert "<progress" in piece and "<html" not in piece and "ghi các dòng" in piece
    client.cookies["django_language"] = "en"
    assert "writes the rows" in html_of(client.get(url("progress", batch)))
    del client.cookies["django_language"]
    assert "Việc dừng" in html_of(send(client, "stop", batch)) and Pulse(batch.public_id).wish.exists()


@pytest.mark.one_database
def test_a_piece_of_progress_leads_on_when_the_work_is_done(client, clerk):
    batch = make_planned(AN, by=clerk)
    answer = client.get(url("progress", batch), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url("detail", batch)


def test_work_that_died_is_said_and_begun_anew(client, clerk):
    batch = claim(make_planned(AN, by=clerk), Status.APPLYING)
    Import.objects.filter(pk=batch.pk).update(applied_by=clerk)
    beat(batch, ago=300)
    page = html_of(client.get(url("detail", batch)))
    assert "bị ngắt giữa chừng" in page and url("resume", batch) in page
    assert "Đã làm lại" in html_of(send(client, "resume", batch))
    batch.refresh_from_db()
    assert batch.status == Status.APPLYING or Member.objects.count() == 1


def test_what_nobody_has_in_hand_stops_at_once(client, clerk):
    batch = claim(make_planned(AN, by=clerk), Status.APPLYING)
    beat(batch, ago=300)
    send(client, "stop", batch)
    batch.refresh_from_db()
    assert batch.status == Status.PLANNED and not Member.objects.exists()


def test_a_fault_of_ours_leaves_the_import_as_it_was(client, clerk, monkeypatch):
    batch = make_planned(AN, by=clerk)

    def fail(*args, **kwargs):
        raise RuntimeError("hỏng")

    monkeypatch.setattr("records.imports.write", fail)
    with pytest.raises(RuntimeError):
        client.post(url("apply", batch))
    batch.refresh_from_db()
    assert batch.status == Status.PLANNED and "sự cố" in batch.error and not Member.objects.exists()


# What became of it


def test_the_result_leads_to_exactly_the_records_written(client, clerk, branch):
    make_member(unit=branch, full_name="Lê Văn Khác")
    changed = make_member(unit=branch, full_name="Lê Văn An", birth_date=date(1980, 2, 1))
    batch = make_planned(AN, BINH, by=clerk)
    send(client, "apply", batch)
    page = html_of(client.get(url("touched", batch)))
    assert changed.public_id in page and "Lê Thị Bình" in page and "Lê Văn Khác" not in page
    with CaptureQueriesContext(connection) as seen:
        client.get(url("touched", batch))
    assert len(seen) <= 8
    other = make_staff("approver", branch)
    client.force_login(other)
    assert "Lê Thị Bình" in html_of(client.get(url("touched", batch)))


def test_the_whole_import_is_undone_and_taken_in_again(client, clerk):
    batch = make_planned(AN, BINH, by=clerk)
    send(client, "apply", batch)
    assert "Hãy ghi lý do" in html_of(send(client, "undo", batch))
    page = html_of(send(client, "undo", batch, reason="gửi nhầm tệp"))
    assert "gửi nhầm tệp" in page and not Member.objects.exists()
    assert url("redo", batch) in page
    send(client, "redo", batch)
    again = Import.objects.latest("pk")
    assert again.pk != batch.pk and again.counts["create"] == 2
    send(client, "apply", again)
    send(client, "undo", again, reason="thử lần nữa")
    again.refresh_from_db()
    assert again.status == Status.UNDONE and not Member.objects.exists()


def test_what_stands_on_an_import_is_listed_before_it_is_undone(client, clerk):
    batch = make_planned(AN, by=clerk)
    send(client, "apply", batch)
    member = Member.objects.get()
    member.position = "Bí thư"
    member.save()
    page = html_of(client.get(url("undo", batch)))
    assert "Lê Văn An" in page and "được sửa sau đó" in page and "<textarea" not in page
    page = html_of(send(client, "undo", batch, reason="thử"))
    batch.refresh_from_db()
    assert batch.status == Status.APPLIED and Member.objects.exists()


@pytest.mark.one_database
def test_others_do_not_undo_a_clerks_import(client, clerk, approver):
    batch = make_planned(AN, by=clerk)
    send(client, "apply", batch)
    client.force_login(approver)
    assert url("undo", batch) not in html_of(client.get(url("detail", batch)))
    assert send(client, "undo", batch, reason="x").status_code == 403


# Ways here


@pytest.mark.one_database
def test_lists_lead_to_an_import_of_their_kind(client, clerk):
    for name in ("member", "award"):
        page = html_of(client.get(reverse(f"records:staff_{name}_list")))
        assert f"{reverse('records:staff_import_add')}?kind={name}s" in page
    page = html_of(client.get(reverse("records:staff_import_add"), {"kind": "members", "unit": "CB1"}))
    assert re.search(r'value="members"[^>]*checked', page) and 'name="set-unit" value="CB1"' in page
    add(client, file=file_of("\n".join(["Họ và tên,Ngày sinh", "Lê Văn An,1980"])), **{"set-unit": "CB1"})
    assert Import.objects.get().fixed == {"unit": "CB1"}


@pytest.mark.one_database
def test_viewers_are_not_led_to_what_they_may_not_do(client, branch):
    client.force_login(make_staff("viewer", branch))
    page = html_of(client.get(reverse("records:staff_member_list")))
    assert reverse("records:staff_import_list") not in page
    assert reverse("records:staff_import_add") not in html_of(client.get(reverse("records:staff_import_list")))


def test_the_admin_leads_to_the_same_pages_and_changes_no_import(client, branch):
    client.force_login(make_superuser())
    assert "/staff/imports/add/?kind=members" in html_of(client.get("/admin/records/member/"))
    batch = make_planned(AN, by=make_staff("clerk", branch))
    page = html_of(client.get(f"/admin/records/import/{batch.pk}/change/"))
    assert 'name="_save"' not in page and client.get("/admin/records/import/add/").status_code == 403


def test_the_days_work_names_what_waits_and_what_was_done(client, clerk):
    batch = make_planned(AN, by=clerk, name="cho-xem.csv")
    assert "cho-xem.csv" in html_of(client.get("/staff/"))
    send(client, "apply", batch)
    assert "đã ghi vào sổ" in html_of(client.get("/staff/"))
    Import.objects.filter(pk=batch.pk).update(applied_at=timezone.now() - timedelta(days=3))
    assert "cho-xem.csv" not in html_of(client.get("/staff/"))


@pytest.mark.one_database
def test_a_lost_file_is_said(client, clerk):
    batch = make_planned(AN, by=clerk)
    Path(batch.file.path).unlink()
    assert send(client, "replan", batch).status_code == 200
    assert client.get(url("refused", batch)).status_code == 302
    assert BytesIO(client.get(url("detail", batch), follow=True).content)
