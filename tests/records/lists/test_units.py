"""Lists of units: the tree they draw, every finding, and acts that have a day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from records.forms.mends import MendForm
from records.models import Posting, Unit
from records.sheets.kinds import find_kind
from tests.factories import (
    make_staff,
    make_superuser,
    make_unit,
)
from tests.records.lists.listing import (
    assert_remembered,
    codes,
    enter,
    outcomes,
    plan,
    queries,
    rows,
    send,
    tables,
    take_back,
    words,
    write,
)

pytestmark = pytest.mark.django_db

Kind, Role = Unit.Kind, Posting.Role
HEADER = ["Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Đơn vị cấp trên"]
TREE = [
    HEADER,
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


# The tree


def test_units_of_one_list_stand_under_each_other(admin, province):
    batch = enter("units", TREE, admin)
    assert outcomes(batch) == ["create"] * 3
    assert [above(code) for code in ("X", "X-1", "X-2")] == ["T", "X", "X"]
    for unit in Unit.objects.all():
        assert unit.path == unit.own_path()
    assert Unit.objects.get(code="X-1").kind == Kind.SUB_BRANCH
    assert_remembered(batch, Unit)


def test_the_list_once_more_changes_nothing(admin, province):
    enter("units", TREE, admin)
    assert outcomes(send("units", TREE, admin)) == ["same"] * 3


def test_undo_gives_the_register_as_it_was(admin, province):
    before = tables()
    batch = enter("units", TREE, admin)
    assert take_back(batch) == []
    assert tables() == before
    assert_remembered(batch, Unit, undone=True)


def test_units_of_one_name_are_told_apart_by_code(admin, province):
    table = [
        HEADER,
        ["A", "Đảng bộ xã A", "Đảng bộ cơ sở", "T"],
        ["B", "Đảng bộ xã B", "Đảng bộ cơ sở", "T"],
        *[[f"{above}.{n}", f"Chi bộ {n % 2}", "Chi bộ trực thuộc", above] for above in "AB" for n in range(4)],
    ]
    enter("units", table, admin)
    assert outcomes(send("units", table, admin)) == ["same"] * 10


def test_units_of_one_name_are_told_apart_by_the_unit_above(admin, province):
    table = [["Tên đơn vị", "Loại đơn vị", "Đơn vị cấp trên"]]
    for commune in ("Đảng bộ xã A", "Đảng bộ xã B"):
        table += [[commune, "Đảng bộ cơ sở", "Đảng bộ tỉnh"], ["Chi bộ 1", "Chi bộ trực thuộc", commune]]
    enter("units", table, admin)
    assert list(Unit.objects.filter(name="Chi bộ 1").values_list("parent__name", flat=True)) == [
        table[1][0],
        table[3][0],
    ]
    assert outcomes(send("units", table, admin)) == ["same"] * 4


@pytest.mark.parametrize("repeated", [False, True])
def test_columns_of_levels(admin, province, repeated):
    """With the units above said in each row again, or only where they begin."""
    a, b = ("Đảng bộ xã A", "Đảng bộ xã B") if repeated else ("", "")
    table = [
        ["Cấp 1", "Cấp 2", "Cấp 3"],
        ["Đảng bộ xã A", "", ""],
        [a, "Chi bộ 1", ""],
        [a, "Chi bộ 1" if repeated else "", "Tổ đảng 1"],
        ["Đảng bộ xã B", "", ""],
        [b, "Chi bộ 1", ""],
    ]
    said = {"fixed": {"above": "T"}}
    enter("units", table, admin, **said)
    found = Unit.objects.exclude(code="T").order_by("pk").values_list("name", "parent__name")
    assert list(found) == [
        ("Đảng bộ xã A", "Đảng bộ tỉnh"),
        ("Đảng bộ xã B", "Đảng bộ tỉnh"),
        ("Chi bộ 1", "Đảng bộ xã A"),
        ("Chi bộ 1", "Đảng bộ xã B"),
        ("Tổ đảng 1", "Chi bộ 1"),
    ]
    assert outcomes(send("units", table, admin, **said)) == ["same"] * 5


def test_a_column_of_level_numbers(admin, province):
    table = [
        ["Cấp", "Tên đơn vị", "Loại đơn vị"],
        ["1", "Đảng bộ xã A", "Đảng bộ cơ sở"],
        ["2", "Chi bộ 1", "Chi bộ"],
        ["2", "Chi bộ 2", "Chi bộ"],
        ["1", "Chi bộ Quân sự", "Chi bộ cơ sở"],
    ]
    enter("units", table, admin, fixed={"above": "Đảng bộ tỉnh"})
    placed = dict(Unit.objects.values_list("name", "parent__name"))
    assert placed["Chi bộ 2"] == "Đảng bộ xã A"
    assert placed["Chi bộ Quân sự"] == "Đảng bộ tỉnh"


def test_level_nought_is_the_top_of_the_tree(admin):
    enter("units", [["Cấp", "Mã", "Tên đơn vị", "Loại"], ["0", "T", "Đảng bộ tỉnh", "Đảng bộ tỉnh"]], admin)
    assert Unit.objects.get().parent is None


def test_group_headings_are_the_unit_above(admin, province, commune):
    table = [
        ["STT", "Tên đơn vị", "Loại đơn vị"],
        ["I", "ĐẢNG BỘ XÃ A", ""],
        ["1", "Chi bộ 1", "Chi bộ"],
        ["2", "Chi bộ 2", "Chi bộ"],
    ]
    enter("units", table, admin)
    assert commune.children.count() == 2
    assert set(commune.children.values_list("kind", flat=True)) == {Kind.SUB_BRANCH}


def test_a_heading_nobody_knows_is_a_new_unit_where_the_clerk_says_so(admin, province):
    table = [
        ["STT", "Tên đơn vị", "Loại đơn vị"],
        ["I", "ĐẢNG BỘ XÃ MỚI", ""],
        ["1", "Chi bộ 1", "Chi bộ trực thuộc"],
        ["2", "Chi bộ 2", "Chi bộ trực thuộc"],
    ]
    batch = send("units", table, admin, fixed={"above": "T"})
    assert codes(batch) == ["unit_unknown"] * 2
    assert len(batch.groups) == 1
    mends = {batch.groups[0]["group"]: "new"}
    plan(batch, mends=mends)
    assert [row.label for row in rows(batch)] == ["ĐẢNG BỘ XÃ MỚI", "Chi bộ 1", "Chi bộ 2"]
    write(batch)
    new = Unit.objects.get(name="ĐẢNG BỘ XÃ MỚI")
    assert (new.parent, new.children.count()) == (province, 2)
    assert outcomes(send("units", table, admin, fixed={"above": "T"}, mends=mends)) == ["same"] * 2


def test_codes_are_made_of_initials_and_nobody_has_them_yet(admin, commune):
    make_unit(code="XA.CB1")
    table = [["Tên đơn vị", "Loại"], ["Chi bộ 1", "Chi bộ"], ["Chi bộ Đồng Tâm", "Chi bộ"], ["Chi bộ Đại Từ", "Chi bộ"]]
    batch = enter("units", table, admin, fixed={"above": "XA"})
    assert [row.after["code"] for row in rows(batch)] == ["XA.CB1-2", "XA.CBDT", "XA.CBDT-2"]


def test_what_the_list_leaves_to_the_register_is_shown(admin, province):
    table = [["Tên đơn vị"], ["Đảng bộ xã Mới"], ["Chi bộ 1"]]
    batch = send("units", [["STT", *table[0]], *[["1", *row] for row in table[1:]]], admin, fixed={"above": "T"})
    assert rows(batch)[0].shown == [
        ["Loại", "–", "Đảng bộ trực thuộc tỉnh"],
        ["Mã", "–", "T.DBXM"],
        ["Cấp trên trực tiếp", "–", "Đảng bộ tỉnh (T)"],
    ]
    assert rows(batch)[1].after["kind"] == Kind.GRASSROOTS_BRANCH


@pytest.mark.parametrize("fixed", [{"kind": "Khác"}, {"kind": "Chi bộ"}])
def test_a_kind_is_said_for_all_rows_that_do_not_say_it(admin, commune, fixed):
    table = [["STT", "Tên đơn vị"], ["1", "Cơ sở 1"]]
    batch = send("units", table, admin, fixed={"above": "XA"})
    assert [group["group"] for group in batch.groups] == ["missing|kind|"]
    plan(batch, fixed={"above": "XA", **fixed})
    assert rows(batch)[0].after["kind"] == (Kind.OTHER if fixed["kind"] == "Khác" else Kind.SUB_BRANCH)


def test_the_administrator_may_put_a_unit_above_all_others(admin):
    table = [["Mã", "Tên đơn vị", "Loại", "Cấp trên"], ["T", "Đảng bộ tỉnh", "Đảng bộ tỉnh", ""]]
    batch = send("units", table, admin)
    assert [group["group"] for group in batch.groups] == ["missing|above|"]
    assert outcomes(plan(batch, mends={"missing|above|": "empty"})) == ["create"]


def test_made_codes_are_those_of_every_plan_of_the_file(admin, commune):
    table = [["Tên đơn vị", "Loại"], ["Chi bộ 1", "Chi bộ"], ["Chi bộ 2", "Chi bộ"]]
    batch = send("units", table, admin, fixed={"above": "XA"})
    first = [row.after for row in rows(batch)]
    assert [row.after for row in rows(plan(batch))] == first


# What is wrong with a row


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Tên đơn vị": ""}, "missing"),
        ({"Đơn vị cấp trên": ""}, "missing"),
        ({"Đơn vị cấp trên": "Đảng bộ xã Không Có"}, "unit_unknown"),
        ({"Loại đơn vị": "Hợp tác xã"}, "unknown_word"),
        ({"Loại đơn vị": ""}, "missing"),
        ({"Mã đơn vị": "A/1"}, "bad_code"),
        ({"Mã đơn vị": "A" * 41}, "too_long"),
        ({"Lĩnh vực": "Nghề cá"}, "sector_unknown"),
        ({"Số quyết định": "9-QĐ/TU"}, "decision_unknown"),
        ({"Ngày thành lập": f"{timezone.localdate() + timedelta(40):%d/%m/%Y}"}, "to_come"),
        ({"Ngày thành lập": "1/2/2001", "Ngày giải thể": "1/2/2000"}, "dissolved_early"),
        ({"Đơn vị cấp trên": "Đảng bộ cũ"}, "dissolved"),
    ],
)
def test_what_is_wrong_is_said_of_the_row(admin, province, row, code):
    make_unit(name="Đảng bộ cũ", parent=province, dissolved_on=date(2001, 1, 1))
    row = {"Mã đơn vị": "C", "Tên đơn vị": "Câu lạc bộ", "Loại đơn vị": "Khác", "Đơn vị cấp trên": "T"} | row
    batch = send("units", [list(row), list(row.values())], admin)
    assert (outcomes(batch), codes(batch)) == (["refused"], [code])
    assert rows(batch)[0].findings[0][3].endswith((".", "”."))


@pytest.mark.parametrize(
    ("finding", "mend", "after"),
    [
        ("unknown_word|kind|Hợp tác xã", "as:Khác", {"kind": "other"}),
        ("sector_unknown|sector|Nghề cá", "empty", {}),
        ("decision_unknown|decision|9-QĐ/TU", "empty", {}),
    ],
)
def test_one_mend_puts_a_group_right(admin, province, finding, mend, after):
    cells = {"kind": "Khác", "sector": "", "decision": ""} | {finding.split("|")[1]: finding.split("|")[2]}
    table = [
        ["Tên đơn vị", "Đơn vị cấp trên", "Loại đơn vị", "Lĩnh vực", "Số quyết định"],
        *[[f"Đơn vị {n}", "T", *cells.values()] for n in range(3)],
    ]
    batch = send("units", table, admin)
    assert [(group["group"], group["rows"]) for group in batch.groups] == [(finding, 3)]
    plan(batch, mends={finding: mend})
    assert outcomes(batch) == ["create"] * 3
    assert all(after.items() <= row.after.items() for row in rows(batch))


def test_a_day_still_to_come_is_left_out_where_the_clerk_says_so(admin, province):
    day = f"{timezone.localdate() + timedelta(40):%d/%m/%Y}"
    batch = send("units", [[*HEADER, "Ngày thành lập"], ["C", "Tổ", "Khác", "T", day]], admin)
    plan(batch, mends={batch.groups[0]["group"]: "empty"})
    assert outcomes(batch) == ["create"] and "established_on" not in rows(batch)[0].after


def test_a_heading_is_called_new_in_the_portal(admin, province):
    table = [["STT", "Tên đơn vị"], ["I", "Đảng bộ xã Mới"], ["1", "Chi bộ 1"]]
    batch = send("units", table, admin, fixed={"above": "T"})
    group, kind = batch.groups[0], find_kind("units")
    empty = MendForm({}, group=group, kind=kind, user=admin)
    prefix = empty.prefix
    form = MendForm({f"{prefix}-how": "new"}, group=group, kind=kind, user=admin)
    assert not empty.is_valid() and form.is_valid()
    assert form.mends == {group["group"]: "new"}


def test_a_unit_above_is_chosen_for_all_rows_that_name_it(admin, province):
    first, second = (make_unit(name="Đảng bộ xã A", parent=make_unit(parent=province)) for _n in range(2))
    table = [HEADER, ["C1", "Chi bộ 1", "Chi bộ trực thuộc", first.name], ["C2", "Chi bộ 2", "CBTT", first.name]]
    batch = send("units", table, admin)
    assert codes(batch) == ["unit_several"] * 2
    plan(batch, mends={batch.groups[0]["group"]: f"unit:{second.pk}"})
    write(batch)
    assert second.children.count() == 2


def test_rows_under_a_refused_one_are_refused_with_it(admin, province):
    table = [HEADER, ["X", "Đảng bộ X", "Không rõ", "T"], ["X1", "Chi bộ 1", "CBTT", "X"], ["Y", "Tổ", "Tổ đảng", "T"]]
    batch = send("units", table, admin)
    assert outcomes(batch) == ["refused", "refused", "create"]
    assert codes(batch) == ["unknown_word", "above_open"]


def test_a_unit_said_twice_is_entered_once(admin, province):
    row = ["X", "Đảng bộ X", "Đảng bộ cơ sở", "T"]
    batch = send("units", [HEADER, row, row, ["X", "Đảng bộ Y", "Đảng bộ cơ sở", "T"]], admin)
    assert outcomes(batch) == ["create", "same", "refused"]
    assert codes(batch) == ["said_twice", "twice"]


def test_a_name_said_again_without_its_code_is_no_second_unit(admin, province):
    batch = send("units", [HEADER, ["X", "Đơn vị X", "Khác", "T"], ["", "Đơn vị X", "Khác", "T"]], admin)
    assert codes(batch) == ["twice"]


def test_a_code_made_for_one_row_is_not_another_ones(admin, commune):
    batch = send("units", [HEADER, ["", "Chi bộ 1", "Chi bộ", "XA"], ["XA.CB1", "Chi bộ 9", "Chi bộ", "XA"]], admin)
    assert codes(batch) == ["code_made"]


def test_a_known_name_under_another_code_is_asked_about(admin, commune):
    there = make_unit(code="CU", name="Chi bộ 1", parent=commune, kind=Kind.SUB_BRANCH)
    table = [HEADER, ["MOI", "Chi bộ 1", "Chi bộ", "XA"]]
    batch = send("units", table, admin)
    assert (outcomes(batch), codes(batch)) == (["ambiguous"], ["likely"])
    assert [candidate[0] for candidate in rows(batch)[0].candidates] == [str(there.pk)]
    key = f"{rows(batch)[0].sheet}!{rows(batch)[0].number}"
    assert outcomes(plan(batch, picks={key: str(there.pk)})) == ["same"]
    assert outcomes(plan(batch, picks={key: "new"})) == ["create"]
    assert outcomes(plan(batch, picks={}, mends={"likely||": "take"})) == ["same"]


# Rights


def test_units_go_in_only_below_units_one_keeps(province, commune):
    clerk, secret = make_staff(Role.CLERK, commune), make_unit(code="MAT", name="Đơn vị Mật", parent=province)
    table = [
        HEADER,
        ["C1", "Chi bộ 1", "Chi bộ", "XA"],
        ["C2", "Chi bộ 2", "Chi bộ", "T"],
        ["C3", "Chi bộ 3", "Chi bộ", "MAT"],
        ["MAT", "Đơn vị khác", "Khác", "XA"],
    ]
    batch = send("units", table, clerk)
    assert outcomes(batch) == ["create", "refused", "refused", "refused"]
    assert codes(batch) == ["out_of_reach"] * 3
    assert secret.name not in words(batch)


def test_only_an_approver_places_and_ends_units(province, commune):
    other = make_unit(code="XB", name="Đảng bộ xã B", parent=province)
    make_unit(code="CB", name="Chi bộ 1", parent=commune, kind=Kind.SUB_BRANCH)
    clerk = make_staff(Role.CLERK, province)
    moved = [["Mã", "Tên", "Cấp trên", "Từ ngày"], ["CB", "Chi bộ 1", "XB", "1/7/2025"]]
    ended = [["Mã", "Tên", "Ngày giải thể"], ["XB", "Đảng bộ xã B", "1/7/2025"]]
    assert codes(send("units", moved, clerk)) == codes(send("units", ended, clerk)) == ["approver"]
    approver = make_staff(Role.APPROVER, province)
    assert outcomes(send("units", moved, approver)) == outcomes(send("units", ended, approver)) == ["change"]
    partly = make_staff(Role.APPROVER, commune)
    assert codes(send("units", moved, partly)) == ["out_of_reach"]
    assert other.children.count() == 0


def test_nobody_but_an_administrator_enters_the_top_of_a_tree(commune):
    clerk = make_staff(Role.MANAGER, commune)
    table = [["Cấp", "Mã", "Tên đơn vị", "Loại"], ["0", "T9", "Đảng bộ tỉnh khác", "Đảng bộ tỉnh"]]
    assert codes(send("units", table, clerk, mends={"missing|above|": "empty"})) == ["missing"]


# Cost


def many(number, prefix):
    return [
        HEADER,
        *[[f"{prefix}{n}", f"Chi bộ {prefix}{n}", "Chi bộ trực thuộc", "XA"] for n in range(number)],
    ]


def test_planning_and_writing_cost_the_same_for_more_rows(admin, commune):
    costs = {}
    for number in (3, 30):
        table = many(number, f"N{number}-")
        planned, batch = queries(send, "units", table, admin)
        written, _done = queries(write, batch)
        again, _batch = queries(send, "units", table, admin)
        undone, _in_the_way = queries(take_back, batch)
        costs[number] = (planned, written, again, undone)
    assert costs[3] == costs[30]


# For any tree


@st.composite
def trees(draw):
    """Rows of units each under one further up, some with a code, named so that siblings differ."""
    count = draw(st.integers(1, 12))
    table = []
    for n in range(count):
        over = draw(st.integers(-1, n - 1))
        words = draw(st.sampled_from(["Chi bộ", "Đảng bộ", "Tổ đảng", "Ban"]))
        code = f"M{n}" if draw(st.booleans()) else ""
        table.append([code, f"{words} số {n}", "Khác", table[over][1] if over >= 0 else "Đảng bộ tỉnh"])
    return [HEADER, *table]


@settings(max_examples=10)
@given(table=trees())
def test_any_tree_goes_in_is_the_same_afterwards_and_comes_out_again(admin, province, table):
    before = tables()
    batch = enter("units", table, admin)
    assert set(outcomes(send("units", table, admin))) == {"same"}
    assert take_back(batch) == []
    assert tables() == before
