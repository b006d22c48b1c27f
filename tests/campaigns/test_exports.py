"""A campaign's lists taken out: registrations go in again as the same, the others say what their pages say."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from campaigns.models import PlannedActivity, Pledge
from records.models import AuditEvent
from tests.factories import (
    DAY,
    make_activity,
    make_award_type,
    make_branch,
    make_campaign,
    make_exemplar,
    make_inspection,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_unit,
)
from tests.records.exporting import brought_in, cells, edited, taken_out
from tests.records.test_round_trip import FORMATS, TEXTS, only_change, same

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ huyện", code="DBH")


@pytest.fixture
def clerk(root):
    return make_staff("clerk", root)


@pytest.fixture
def campaign(root):
    return make_campaign(scope=root, title="Thắp sáng đường quê", slug="thap-sang")


@pytest.fixture
def activities(campaign):
    return [
        make_activity(campaign, name="Đèn chiếu sáng", measure="bóng"),
        make_activity(campaign, name="Camera an ninh", measure="triệu đồng"),
        make_activity(campaign, name="Dọn vệ sinh", measure=""),
    ]


@pytest.fixture
def registrations(root, campaign, activities):
    """Registrations in every state, with choices counted, chosen without saying how much, done in part."""
    branch, aim = make_branch(parent=root, name="Chi bộ 1"), make_award_type(name="Chiến sĩ thi đua cơ sở")
    lamps, cameras, cleaning = activities
    found = []
    for number, text in enumerate(TEXTS):
        member = make_member(unit=branch, full_name=f"Lê Thị Ánh {'ABCDEFGH'[number]}")
        # Words of one's own are kept as read; what reading mends by itself is tried with the other lists.
        words = " ".join(text.replace("\u00a0", " ").split())
        one = make_registration(campaign, member, own_words=words, aims_at=aim if number % 2 else None)
        Pledge.objects.create(registration=one, activity=lamps, quantity=Decimal(3), done_quantity=Decimal(number % 3))
        if number % 2:
            Pledge.objects.create(registration=one, activity=cameras, quantity=Decimal("1.25"))
        if number % 3:
            Pledge.objects.create(
                registration=one, activity=cleaning, done_quantity=Decimal(1) if number == 4 else None
            )
        found.append(one)
    found[4].finish("good")
    found[5].finish("")
    found[6].withdraw("chuyển đi")
    found[7].registered_on = date(2020, 2, 1)
    found[7].save()
    return found


@FORMATS
def test_registrations(clerk, campaign, registrations, form):
    content = taken_out(clerk, "registrations", form, slug=campaign.slug)
    same(brought_in(clerk, "registrations", content, form, campaign=campaign.slug), len(registrations))


@FORMATS
def test_registrations_with_the_fewest_columns(clerk, campaign, registrations, activities, form):
    columns = (f"activity_{activities[0].pk}",)
    content = taken_out(clerk, "registrations", form, columns=columns, slug=campaign.slug)
    same(brought_in(clerk, "registrations", content, form, campaign=campaign.slug), len(registrations))


def test_registrations_of_members_who_have_moved_away_since(clerk, campaign, registrations, activities):
    """Who keeps a registration goes on with it, wherever the member is by now."""
    registrations[1].member.transfer_to(make_branch(), date(2021, 1, 1))
    content = taken_out(clerk, "registrations", slug=campaign.slug)
    same(brought_in(clerk, "registrations", content, campaign=campaign.slug), len(registrations))
    place = next(n for n, row in enumerate(cells(content), 1) if row["Họ và tên"] == "Lê Thị Ánh B")
    content = edited(content, "Camera an ninh", place, 2.5)
    planned = only_change(brought_in(clerk, "registrations", content, campaign=campaign.slug), len(registrations))
    assert planned.target == registrations[1].pk


def test_an_edited_cell_of_a_registration_is_that_change(clerk, campaign, registrations, activities):
    content = taken_out(clerk, "registrations", slug=campaign.slug)
    place = next(n for n, row in enumerate(cells(content), 1) if row["Họ và tên"] == "Lê Thị Ánh B")
    content = edited(content, "Camera an ninh", place, 2.5)
    planned = only_change(brought_in(clerk, "registrations", content, campaign=campaign.slug), len(registrations))
    assert planned.target == registrations[1].pk
    assert planned.after == {f"pledge:{activities[1].pk}": ["2.5", None]}


@pytest.mark.parametrize(("header", "value"), [("Họ và tên", "Trần Văn Bình"), ("Ngày sinh", "1911")])
def test_a_code_beside_anothers_name_or_birth_is_not_passed_over(clerk, campaign, registrations, header, value):
    registrations[0].member.birth_date = DAY
    registrations[0].member.save()
    content = taken_out(clerk, "registrations", slug=campaign.slug)
    batch = brought_in(clerk, "registrations", edited(content, header, 1, value), campaign=campaign.slug)
    (row,) = batch.rows.exclude(outcome="same")
    assert (row.outcome, [finding[0] for finding in row.findings]) == ("refused", ["contradicts"])


def test_a_tick_says_that_something_was_chosen(clerk, campaign, registrations):
    rows = cells(taken_out(clerk, "registrations", slug=campaign.slug))
    assert [row["Dọn vệ sinh"] for row in rows[:3]] == [None, "x", "x"]
    assert [row["Đèn chiếu sáng"] for row in rows[:2]] == [3, 3]
    assert [row["Kết quả Dọn vệ sinh"] for row in rows[3:5]] == [None, "x"]


def test_registrations_leave_for_a_reason(clerk, campaign, registrations):
    client = Client()
    client.force_login(clerk)
    address = f"/staff/campaigns/{campaign.slug}/registrations/export/"
    assert client.post(address, {"format": "csv"}).context["form"].errors["reason"]
    answer = client.post(f"{address}?status=done", {"format": "csv", "reason": "Tổng kết"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 3
    assert AuditEvent.objects.get(action="registrations_exported").reason == "Tổng kết"


def test_plans_say_what_each_unit_chose(root, clerk, campaign, activities):
    branches = [make_branch(parent=root, name=f"Chi bộ {number}") for number in (1, 2)]
    make_branch(name="Chi bộ nơi khác")
    plan = make_plan(campaign, branches[0], number="12-KH/CB", dated=date(2020, 3, 2), person_in_charge="=Ông Ba")
    PlannedActivity.objects.create(plan=plan, activity=activities[0], target=Decimal("12.50"))
    PlannedActivity.objects.create(plan=plan, activity=activities[2])
    rows = cells(taken_out(clerk, "plans", slug=campaign.slug))
    assert [row["Đơn vị"] for row in rows] == ["Chi bộ 1", "Chi bộ 2"]
    assert (rows[0]["Số"], rows[0]["Ngày văn bản"].date()) == ("12-KH/CB", date(2020, 3, 2))
    assert (rows[0]["Đèn chiếu sáng (bóng)"], rows[0]["Dọn vệ sinh"], rows[0]["Người phụ trách"]) == (
        12.5,
        "x",
        "=Ông Ba",
    )
    assert (rows[0]["Tình trạng"], rows[1]["Tình trạng"]) == ("Bản nháp", "Chưa có kế hoạch")
    assert rows[1]["Đèn chiếu sáng (bóng)"] is None


def test_good_models_and_inspections(root, clerk, campaign):
    branch = make_branch(parent=root, name="Chi bộ 1")
    make_exemplar(campaign=campaign, unit=branch, title="Tuyến đường hoa", cost=Decimal("12.5"), published=True)
    make_exemplar(campaign=campaign, unit=branch, title="Ống heo tiết kiệm", return_reason="thiếu số liệu")
    make_exemplar(campaign=make_campaign(scope=root), title="Của phong trào khác")
    rows = cells(taken_out(clerk, "exemplars", slug=campaign.slug))
    assert [(row["Tên"], row["Trạng thái"]) for row in rows] == [
        ("Ống heo tiết kiệm", "Bị trả lại"),
        ("Tuyến đường hoa", "Đã công bố"),
    ]
    make_inspection(campaign, branch, findings="Chậm", outcome="reminder", due_on=date(2020, 2, 1))
    make_inspection(campaign, make_branch(), findings="Nơi khác")
    (row,) = cells(taken_out(clerk, "inspections", slug=campaign.slug))
    assert (row["Đơn vị"], row["Nhận xét"], row["Ngày kiểm tra"].date()) == ("Chi bộ 1", "Chậm", DAY)


def test_campaigns(clerk, campaign):
    make_campaign()
    (row,) = cells(taken_out(clerk, "campaigns"))
    assert (row["Mã"], row["Tên"], row["Tình trạng"]) == ("thap-sang", "Thắp sáng đường quê", "Đang triển khai")


def test_the_sheet_beside_it_names_the_campaign(clerk, campaign, registrations):
    book = openpyxl.load_workbook(io.BytesIO(taken_out(clerk, "registrations", slug=campaign.slug)))
    assert dict(book.worksheets[1].iter_rows(values_only=True))["Phong trào"] == "Thắp sáng đường quê"


@pytest.mark.parametrize("noun", ["plans", "registrations", "exemplars", "inspections"])
def test_a_campaign_of_others_has_no_export(noun, campaign):
    client = Client()
    client.force_login(make_staff("clerk", make_branch()))
    assert client.get(f"/staff/campaigns/{campaign.slug}/{noun}/export/").status_code == 404
