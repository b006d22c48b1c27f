"""The rows of a plan: shown in words, page by page; those left over downloaded, mended and sent again."""

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records import imports
from records.models import AuditEvent, Import, Member
from records.sheets.kinds import find_kind
from records.sheets.reading import read
from records.tasks import start_planning
from tests.factories import (
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_planned,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
HEADER = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Ngày vào Đảng")


@pytest.fixture
def branch():
    return make_branch(code="CB1", name="Chi bộ Một", parent=make_unit(code="GOC", name="Đảng bộ"))


@pytest.fixture
def clerk(client, branch):
    user = make_staff("clerk", branch)
    client.force_login(user)
    return user


def url(name, batch, **query):
    return reverse(f"records:staff_import_{name}", args=[batch.public_id], query=query or None)


def page_of(client, batch, **query):
    return client.get(url("rows", batch, **query)).content.decode()


def line(n, born="1/2/1980", unit="CB1"):
    return f"Lê Văn {n},{born},Nam,3/2/2010,{unit}"


def test_each_outcome_is_shown_in_words(client, clerk, branch):
    make_member(unit=branch, full_name="Lê Văn B", birth_date=date(1980, 2, 1), admitted_on=date(2009, 1, 1))
    batch = make_planned(line("A"), line("B"), line("C", born="31/02/1980"), by=clerk)
    page = page_of(client, batch, outcome="create")
    assert "Lê Văn A" in page and "Chi bộ Một" in page and "01/02/1980" in page and "unit_id" not in page
    page = page_of(client, batch, outcome="change")
    assert "<del>01/01/2009</del> → <ins>03/02/2010</ins>" in page
    page = page_of(client, batch, outcome="refused")
    assert "31/02/1980" in page and "không có thật" in page and "Lê Văn A" not in page
    assert "Lê Văn C" in page_of(client, batch, group="date_never_was|birth|")
    assert page_of(client, batch).count("<tr>") == 4
    assert "Không có dòng nào như vậy" in page_of(client, batch, outcome="same")


@pytest.mark.one_database
@pytest.mark.parametrize("query", [{"outcome": "x"}, {"group": "x|y|z"}, {"state": "\x00"}, {"after": "???"}])
def test_an_address_nobody_wrote_shows_all_rows(client, clerk, query):
    assert "Lê Văn A" in page_of(client, make_planned(line("A"), by=clerk), **query)


def test_long_plans_come_page_by_page_at_the_same_cost(client, clerk):
    costs = []
    for n in (1, 120):
        batch = make_planned(*(line(k) for k in range(n)), by=clerk)
        with CaptureQueriesContext(connection) as seen:
            page = page_of(client, batch, outcome="create")
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 8 and page.count("<tr>") == 51 and 'rel="next"' in page
    assert len(page.encode()) < 45_000


AWARDS = "Số quyết định,Ngày quyết định,Cơ quan ban hành,Họ và tên,Hình thức khen thưởng,Đối tượng"


def test_new_awards_are_shown_with_their_decision_and_award_in_words_at_the_same_cost(client, clerk, branch):
    """The decision may be one that the list itself brings, of which there is no record yet."""
    known = make_decision(number="7-QĐ/HU", issued_on=date(2024, 5, 1), issuer="Huyện ủy A", unit=branch)
    names = [make_award_type(name=f"Giấy khen {n}").name for n in range(5)]
    costs = []
    for n in (1, 5):
        lines = [f"8-QĐ/HU,2/5/2024,Huyện ủy A,Lê Văn {k},{names[k]},Cá nhân" for k in range(n)]
        lines += [f"{known.number},1/5/2024,Huyện ủy A,Trần Văn {k},{names[k]},Cá nhân" for k in range(n)]
        batch = make_planned(*lines, by=clerk, kind="awards", header=AWARDS)
        assert batch.counts["create"] == 2 * n, batch.groups
        with CaptureQueriesContext(connection) as seen:
            page = page_of(client, batch, outcome="create")
        costs.append(len(seen))
        assert "8-QĐ/HU · 02/05/2024 · Huyện ủy A" in page and str(known) in page and names[n - 1] in page
        assert "issued_on" not in page
    assert costs[0] == costs[1] <= 10


@pytest.mark.one_database
def test_whom_a_new_award_type_may_go_to_is_in_words(client):
    admin = make_superuser()
    client.force_login(admin)
    header = "Mã,Tên,Nhóm,Hệ thống,Cấp,Đối tượng,Thứ bậc,Căn cứ pháp lý"
    row = "KNC,Kỷ niệm chương,Hình thức,Đảng,Tỉnh,Cá nhân; Tập thể,900,HD 1"
    batch = make_planned(row, by=admin, kind="award_types", header=header)
    page = page_of(client, batch, outcome="create")
    assert batch.counts["create"] == 1 and "Cá nhân, tập thể" in page and "person" not in page


# What is left over


def clerk_workbook(lines):
    """A workbook whose units stand above the rows, over the whole width."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Danh sách (1)")
    sheet.merge_range(0, 0, 0, 4, "DANH SÁCH ĐẢNG VIÊN NĂM 2020")
    sheet.write_row(2, 0, HEADER)
    place = 3
    for values in lines:
        if isinstance(values, str):
            sheet.merge_range(place, 0, place, 4, values)
        else:
            sheet.write_row(place, 0, values)
        place += 1
    book.close()
    return stream.getvalue()


def take(user, content, name="ds.xlsx"):
    batch = imports.take(user, find_kind("members"), name, content, user.postings_on()[0].unit)
    start_planning(batch)
    return batch


def left_over(client, batch, tmp_path):
    """The file with what is left over, and its rows as read."""
    answer = client.get(url("refused", batch))
    assert answer["Content-Type"].endswith("sheet") and "con-lai" in answer["Content-Disposition"]
    event = AuditEvent.objects.filter(action="file_read").latest("pk")
    assert event.subject == f"records.import:{batch.pk}" and event.label in answer["Content-Disposition"]
    path = tmp_path / "con-lai.xlsx"
    path.write_bytes(answer.content)
    return [[cell for cell in one.cells] for one in read(path).sheets[0].lines]


LINES = [
    "Chi bộ Một",
    (1, "Lê Văn Tốt", "1/2/1980", "Nam", "3/2/2010"),
    (2, "Lê Văn Sai", "31/02/1980", "Nam", "3/2/2010"),
    "Chi bộ Hai",
    (3, "Lê Thị Lạ", "2/3/1981", "Gái", "3/2/2011"),
    (4, "=1+1", "32/01/1981", "Nữ", "3/2/2011"),
]


@pytest.fixture
def second(clerk, branch):
    return make_branch(code="CB2", name="Chi bộ Hai", parent=branch)


@pytest.mark.one_database
def test_rows_left_over_come_as_they_stood_with_the_reason(client, clerk, second, tmp_path):
    batch = take(clerk, clerk_workbook(LINES))
    assert batch.counts["refused"] == 3, batch.groups
    rows = left_over(client, batch, tmp_path)
    assert rows[0][0] == "DANH SÁCH ĐẢNG VIÊN NĂM 2020"
    assert rows[1] == [*HEADER, "Lý do không nhận"]
    assert rows[2][0] == "Chi bộ Một" and rows[3][:3] == [2.0, "Lê Văn Sai", "31/02/1980"]
    assert "không có thật" in rows[3][5]
    assert rows[4][0] == "Chi bộ Hai" and "Gái" in rows[5][5]
    assert rows[6][1] == "=1+1" and "32/01/1981" in rows[6][5]
    assert not any("Tốt" in str(cell) for row in rows for cell in row)


@pytest.mark.one_database
def test_what_is_mended_in_the_file_goes_in_when_sent_again(client, clerk, second, tmp_path):
    batch = take(clerk, clerk_workbook(LINES))
    client.post(url("apply", batch), {"only_good": "1"})
    rows = left_over(client, batch, tmp_path)
    assert Member.objects.count() == 1
    mended = []
    for cells in rows[2:]:
        if len([one for one in cells if one]) == 1:
            mended.append(cells[0])
        else:
            one = [str(cell) for cell in cells]
            mended.append(
                [1, one[1].replace("=1+1", "Lê Thị Cộng"), "5/6/1981", "Nữ" if "Gái" in one[3] else one[3], *one[4:]]
            )
    again = take(clerk, clerk_workbook(mended), "con-lai.xlsx")
    assert again.counts["create"] == 3 and again.undecided == 0, again.groups
    client.post(url("apply", again))
    assert {(one.full_name, one.unit.name) for one in Member.objects.all()} == {
        ("Lê Văn Tốt", "Chi bộ Một"),
        ("Lê Văn Sai", "Chi bộ Một"),
        ("Lê Thị Lạ", "Chi bộ Hai"),
        ("Lê Thị Cộng", "Chi bộ Hai"),
    }


def test_the_very_file_left_over_is_read_as_the_first_one_was(client, clerk, second, tmp_path):
    batch = take(clerk, clerk_workbook(LINES))
    left_over(client, batch, tmp_path)
    sent = SimpleUploadedFile("con-lai.xlsx", (tmp_path / "con-lai.xlsx").read_bytes())
    client.post(reverse("records:staff_import_add"), {"kind": "members", "file": sent})
    again = Import.objects.latest("pk")
    start_planning(again)
    assert again.counts["refused"] == again.counts["rows"] == 3
    assert [group["group"] for group in again.groups] == [group["group"] for group in batch.groups]


@pytest.mark.one_database
def test_of_a_plain_text_file_the_rest_comes_as_a_workbook(client, clerk, tmp_path):
    batch = make_planned(line("A"), line("B", born="31/02/1980"), by=clerk)
    rows = left_over(client, batch, tmp_path)
    assert len(rows) == 2 and rows[1][0] == "Lê Văn B"


def test_rows_that_changed_meanwhile_are_left_over_too(client, clerk, branch, tmp_path):
    member = make_member(unit=branch, full_name="Lê Văn A", birth_date=date(1980, 2, 1), admitted_on=date(2009, 1, 1))
    batch = make_planned(line("A"), line("B"), by=clerk)
    Member.objects.filter(pk=member.pk).update(admitted_on=date(2008, 1, 1))
    client.post(url("apply", batch), {"only_good": "1"})
    rows = left_over(client, batch, tmp_path)
    assert len(rows) == 2 and "01/01/2008" in rows[1][-1]
    page = client.get(url("detail", batch)).content.decode()
    assert "Đã thay đổi trong lúc chờ nên không ghi: 1 dòng" in page
    assert "01/01/2008" in page_of(client, batch, state="conflict")


@pytest.mark.one_database
@pytest.mark.parametrize(("rows", "more"), [(10, False), (11, True)])
def test_more_rows_overtaken_than_the_plan_names_are_a_press_away(client, clerk, rows, more):
    batches = [make_planned(*(line(n) for n in range(rows)), by=clerk) for _time in range(2)]
    for batch in batches:
        client.post(url("apply", batch))
    page = client.get(url("detail", batches[1])).content.decode()
    assert "Có hồ sơ đã thay đổi" in page and page.count("Dòng ") >= 10
    assert (f'{url("rows", batches[1])}?state=conflict"' in page) == more
    assert page_of(client, batches[1], state="conflict").count("<tr>") == rows + 1


def test_nothing_left_over_is_said(client, clerk):
    batch = make_planned(line("A"), by=clerk)
    assert "Không còn dòng nào" in client.get(url("refused", batch), follow=True).content.decode()
