"""Lists of units that change what the register has: names, places and ends by acts with a day, and all of it undone."""

from datetime import date

import pytest

from records.models import Member, Unit, UnitEvent, moves
from records.tasks import is_short
from tests.factories import make_decision, make_member, make_move, make_sector, make_superuser, make_unit
from tests.records.lists.listing import (
    assert_counted,
    assert_remembered,
    codes,
    enter,
    outcomes,
    plan,
    rows,
    send,
    tables,
    take_back,
    words,
    write,
)

pytestmark = pytest.mark.django_db

Kind = Unit.Kind
TREE = [
    ["Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Đơn vị cấp trên"],
    ["X", "Đảng bộ xã Một", "Đảng bộ cơ sở", "Đảng bộ tỉnh"],
    ["X-1", "Chi bộ 1", "Chi bộ trực thuộc", "Đảng bộ xã Một"],
    ["X-2", "Chi bộ 2", "Chi bộ trực thuộc", "X"],
]


@pytest.fixture
def admin():
    return make_superuser()


@pytest.fixture
def province():
    return make_unit(code="T", name="Đảng bộ tỉnh", kind=Kind.PROVINCIAL_COMMITTEE)


@pytest.fixture
def commune(province):
    return make_unit(code="XA", name="Đảng bộ xã A", kind=Kind.GRASSROOTS_COMMITTEE, parent=province)


def above(code):
    return Unit.objects.values_list("parent__code", flat=True).get(code=code)


# Changes


def test_cells_change_what_they_say_and_nothing_else(admin, commune):
    sector = make_sector(name="Xây dựng Đảng")
    Unit.objects.filter(pk=commune.pk).update(description="Cũ", short_name="Xã A")
    header = ["Mã đơn vị", "Tên đơn vị", "Tên viết tắt", "Lĩnh vực", "Mô tả", "Công khai"]
    batch = enter("units", [header, ["XA", "ĐẢNG BỘ XÃ A", "", sector.name, "(xoá)", "Không"]], admin)
    commune.refresh_from_db()
    assert (commune.name, commune.short_name, commune.sector, commune.description, commune.listed) == (
        "Đảng bộ xã A", "Xã A", sector, "", False,
    )  # fmt: skip
    assert {label for label, _before, _after in rows(batch)[0].shown} == {"Ngành", "Chức năng", "Hiện công khai"}
    assert not UnitEvent.objects.exists()


def test_a_new_name_is_a_renaming_from_a_day_by_a_decision(admin, commune):
    decision = make_decision(number="12-QĐ/TU", issued_on=date(2024, 5, 2))
    table = [["Mã đơn vị", "Tên đơn vị", "Từ ngày", "Số QĐ"], ["XA", "Đảng bộ xã An Bình", "1/6/2024", "Số 12 - QĐ/TU"]]
    batch = enter("units", table, admin)
    event = UnitEvent.objects.get()
    assert (event.kind, event.was, event.became, event.occurred_on, event.decision) == (
        "rename", "Đảng bộ xã A", "Đảng bộ xã An Bình", date(2024, 6, 1), decision,
    )  # fmt: skip
    assert_remembered(batch, Unit, UnitEvent)


def test_a_new_name_needs_a_day(admin, commune):
    table = [["Mã đơn vị", "Tên đơn vị"], ["XA", "Đảng bộ xã An Bình"]]
    batch = send("units", table, admin)
    assert [group["group"] for group in batch.groups] == ["missing|since|"]
    assert outcomes(plan(batch, fixed={"since": "1/6/2024"})) == ["change"]
    assert rows(batch)[0].after["since"] == "2024-06-01"


def test_a_unit_moves_with_all_that_stands_below_it(admin, province, commune):
    branch = make_unit(code="CB", name="Chi bộ 1", parent=commune, kind=Kind.SUB_BRANCH)
    person = make_member(unit=branch)
    before = tables()
    table = [
        ["Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Cấp trên", "Từ ngày"],
        ["M", "Đảng bộ phường M", "Đảng bộ phường", "T", ""],
        ["XA", "Đảng bộ xã A", "", "M", "1/7/2025"],
    ]
    batch = enter("units", table, admin)
    assert outcomes(batch) == ["create", "change"]
    person.refresh_from_db()
    new = Unit.objects.get(code="M")
    assert (above("XA"), person.unit_path.startswith(new.path)) == ("M", True)
    assert_counted()
    assert outcomes(send("units", table, admin)) == ["same", "same"]
    assert take_back(batch) == []
    assert tables() == before


MOVE = [["Mã đơn vị", "Tên đơn vị", "Cấp trên", "Từ ngày"], ["XA", "Đảng bộ xã A", "M", "1/7/2025"]]


@pytest.mark.parametrize(("members", "short"), [(1, False), (0, True)])
def test_a_list_that_moves_a_unit_with_many_members_is_work_for_a_worker(
    admin, province, commune, monkeypatch, members, short
):
    monkeypatch.setattr(moves, "MANY", 0)
    make_unit(code="M", name="Đảng bộ phường M", parent=province)
    for _ in range(members):
        make_member(unit=make_unit(code="CB", name="Chi bộ 1", parent=commune, kind=Kind.SUB_BRANCH))
    batch = send("units", MOVE, admin)
    batch.claim([batch.status], batch.Status.APPLYING)
    assert is_short(batch) == short


def test_a_unit_that_is_being_moved_is_not_moved_by_a_list_meanwhile(admin, province, commune):
    make_unit(code="M", name="Đảng bộ phường M", parent=province)
    batch = send("units", MOVE, admin)
    assert outcomes(batch) == ["change"]
    make_move(commune, make_unit(parent=province))
    write(batch)
    assert above("XA") == "T" and "đang được chuyển về" in rows(batch)[0].conflict


def test_two_units_change_places_and_back(admin, province):
    """Taken back, each stands where it stood, though one was put below the other meanwhile."""
    upper = make_unit(code="A", name="Đơn vị A", parent=province)
    lower = make_unit(code="B", name="Đơn vị B", parent=upper)
    make_unit(code="C", name="Đơn vị C", parent=lower)
    before = tables()
    table = [
        ["Mã đơn vị", "Tên đơn vị", "Cấp trên", "Từ ngày"],
        ["B", "Đơn vị B", "T", "1/7/2025"],
        ["A", "Đơn vị A", "B", "1/7/2025"],
    ]
    batch = enter("units", table, admin)
    assert [above(code) for code in "ABC"] == ["B", "T", "B"]
    assert take_back(batch) == []
    assert tables() == before


def test_a_unit_is_not_put_under_itself(admin, province):
    a = make_unit(code="A", name="Đơn vị A", parent=province)
    make_unit(code="B", name="Đơn vị B", parent=a)
    make_unit(code="C", name="Đơn vị C", parent=province)
    header = ["Mã đơn vị", "Tên đơn vị", "Cấp trên", "Từ ngày"]
    day = "1/7/2025"
    assert codes(send("units", [header, ["A", "Đơn vị A", "B", day]], admin)) == ["inside"]
    round_about = [header, ["C", "Đơn vị C", "B", day], ["A", "Đơn vị A", "C", day]]
    assert codes(send("units", round_about, admin)) == ["inside"]


def test_a_unit_ends_once_nobody_and_nothing_belongs_to_it(admin, province, commune):
    person = make_member(unit=commune)
    branch = make_unit(code="CB", name="Chi bộ 1", parent=commune)
    table = [["Mã đơn vị", "Tên đơn vị", "Ngày giải thể"], ["XA", "Đảng bộ xã A", "1/7/2025"]]
    batch = send("units", table, admin)
    assert codes(batch) == ["still_there"]
    assert "1 người" in words(batch) and "1 đơn vị" in words(batch)
    person.transfer_to(branch, date(2025, 1, 1))
    both = [table[0], ["CB", "Chi bộ 1", "1/6/2025"], table[1]]
    Member.objects.all().update(standing="left")
    before = tables()
    batch = enter("units", both, admin)
    assert not Unit.objects.filter(code__in=["XA", "CB"], dissolved_on=None).exists()
    assert UnitEvent.objects.filter(kind="dissolve").count() == 2
    assert outcomes(send("units", both, admin)) == ["same"] * 2
    assert take_back(batch) == []
    assert tables() == before


def test_a_dissolved_unit_does_not_come_back_by_a_list(admin, province):
    make_unit(code="C", name="Đơn vị C", parent=province, dissolved_on=date(2020, 1, 1))
    table = [["Mã đơn vị", "Tên đơn vị", "Ngày giải thể"], ["C", "Đơn vị C", "(xoá)"]]
    assert codes(send("units", table, admin)) == ["revived"]


# Meanwhile


def overtake(how, unit):
    if how == "renamed":
        unit.rename("Đảng bộ xã Khác", date(2025, 1, 1))
    elif how == "code taken":
        make_unit(code="X-1")
    elif how == "dissolved":
        Unit.objects.filter(pk=unit.pk).update(dissolved_on=date(2025, 1, 1))
    elif how == "occupied":
        make_member(unit=Unit.objects.get(code="CB"))
    elif how == "same name":
        make_unit(name="Chi bộ 7", parent=unit)


@pytest.mark.parametrize("only_good", [False, True])
@pytest.mark.parametrize(
    ("how", "row", "rest"),
    [
        ("renamed", ["XA", "Đảng bộ xã An Bình", "", "", "1/1/2025", ""], 1),
        ("code taken", ["X-1", "Chi bộ 1", "CBTT", "XA", "", ""], 1),
        ("dissolved", ["X-1", "Chi bộ 1", "CBTT", "XA", "", ""], 1),
        ("occupied", ["CB", "Chi bộ cũ", "", "", "", "1/7/2025"], 1),
        ("same name", ["", "Chi bộ 7", "CBTT", "XA", "", ""], 1),
    ],
)
def test_what_changed_meanwhile_is_told_and_not_written_over(admin, province, commune, only_good, how, row, rest):
    make_unit(code="CB", name="Chi bộ cũ", parent=province)
    good = ["Y", "Đảng bộ Y", "Đảng bộ cơ sở", "T", "", ""]
    header = ["Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Cấp trên", "Từ ngày", "Ngày giải thể"]
    batch = send("units", [header, row, good], admin)
    assert codes(batch) == []
    overtake(how, commune)
    before = tables()
    done = write(batch, only_good=only_good)
    assert (done.written, done.conflicts) == ((1, 1) if only_good else (0, 1))
    assert rows(batch)[0].conflict.endswith(".")
    assert Unit.objects.filter(code="Y").exists() == only_good
    if not only_good:
        assert tables() == before


def test_units_below_one_that_cannot_be_entered_any_more_are_not_entered_either(admin, province):
    batch = send("units", TREE, admin)
    make_unit(code="X")
    done = write(batch, only_good=True)
    assert (done.written, done.conflicts) == (0, 3)


def test_undo_is_refused_while_something_stands_on_it(admin, province):
    batch = enter("units", TREE, admin)
    person = make_member(unit=Unit.objects.get(code="X-1"))
    in_the_way = take_back(batch)
    assert in_the_way and any(person.full_name in f"{one.record} {one.words}" for one in in_the_way)
    assert Unit.objects.filter(code="X-1").exists()


def test_undo_is_refused_once_a_unit_was_changed_again(admin, commune):
    batch = enter("units", [["Mã", "Tên", "Từ ngày"], ["XA", "Đảng bộ xã An Bình", "1/6/2024"]], admin)
    commune.refresh_from_db()
    commune.rename("Đảng bộ xã An Thịnh", date(2025, 1, 1))
    assert [str(commune) in one.record for one in take_back(batch)] == [True]
