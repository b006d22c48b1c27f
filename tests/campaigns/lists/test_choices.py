"""How lists write what members chose and have done: in words, in columns of their own, in other measures."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.lists.choices import TICK, ChoiceReader, fits
from campaigns.lists.finding import fields_of
from campaigns.models import Activity, Pledge
from campaigns.sheet_kinds import REGISTRATIONS
from records.sheets.planning import Context, Row
from tests.campaigns.lists.sending import codes, outcomes, planned, row_of, sent, written
from tests.factories import make_activity

LAMPS, CAMERAS, CLEANING, MONEY = (
    "Đèn chiếu sáng",
    "Camera an ninh",
    "Dọn vệ sinh, thu gom rác",
    "Ủng hộ quỹ vì người nghèo",
)
ACTIVITIES = [
    Activity(pk=1, name=LAMPS, measure="bóng đèn"),
    Activity(pk=2, name=CAMERAS, measure="chiếc"),
    Activity(pk=3, name=CLEANING, measure=""),
    Activity(pk=4, name=MONEY, measure="triệu đồng"),
]
KIND = replace(REGISTRATIONS, fields=(*REGISTRATIONS.fields, *(one for a in ACTIVITIES for one in fields_of(a))))
WHO = ["Họ và tên", "Ngày sinh", "Chi bộ"]


def read(mends=None, **values):
    """What a row with these cells says, and the codes of what cannot be read."""
    reader = ChoiceReader(KIND, Context(None, None, mends=mends or {}), ACTIVITIES, {})
    findings = []
    told = reader.read(Row("s", 1, values), findings)
    return {pk: (wish.quantity, wish.done) for pk, wish in told.wishes.items()}, [one.code for one in findings], told


# In words


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Đèn chiếu sáng", {1: TICK}),
        ("ĐÈN CHIẾU SÁNG", {1: TICK}),
        ("den chieu sang", {1: TICK}),
        ("Đèn chiếu sáng; Camera an ninh", {1: TICK, 2: TICK}),
        ("Đèn chiếu sáng + Dọn vệ sinh, thu gom rác", {1: TICK, 3: TICK}),
        ("Đèn chiếu sáng, Camera an ninh và dọn vệ sinh thu gom rác", {1: TICK, 2: TICK, 3: TICK}),
        ("- Đèn chiếu sáng - Camera an ninh", {1: TICK, 2: TICK}),
        ("1. Đèn chiếu sáng 2. Camera an ninh", {1: TICK, 2: TICK}),
        ("1) Đèn chiếu sáng: 3; 2) Camera an ninh: 1", {1: 3, 2: 1}),
        ("1. Đèn chiếu sáng: 03 bóng đèn 2. Camera an ninh (02 chiếc)", {1: 3, 2: 2}),
        ("Đăng ký lắp 3 bóng đèn chiếu sáng", {1: 3}),
        ("Đăng ký 3 Đèn chiếu sáng và 2 Camera an ninh", {1: 3, 2: 2}),
        ("Đèn chiếu sáng (bóng đèn): 3", {1: 3}),
        ("Đèn chiếu sáng 0 bóng", {1: TICK}),
        ("Ủng hộ quỹ vì người nghèo: 1,5 triệu đồng", {4: Decimal("1.5")}),
        ("Dọn vệ sinh, thu gom rác: 2", {3: TICK}),
    ],
)
def test_a_text_that_names_activities(content, expected):
    wishes, codes, _told = read(content=content)
    assert (codes, {pk: quantity for pk, (quantity, _done) in wishes.items()}) == ([], expected)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Trồng cây xanh", "activity"),
        ("Đèn chiếu sáng và trồng cây", "activity"),
        ("Đèn chiếu sáng 3 4", "activity"),
        ("3 Đèn chiếu sáng 4", "activity"),
        ("Ủng hộ quỹ vì người nghèo: 500 nghìn đồng", "measure"),
        ("Đèn chiếu sáng: 1,200", "number_two_ways"),
    ],
)
def test_a_text_that_cannot_be_sure_is_asked_about(content, code):
    wishes, codes, _told = read(content=content)
    assert (codes, {pk: wish for pk, wish in wishes.items() if wish[0] != TICK}) == ([code], {})


def test_what_a_clerk_says_of_a_text_holds_for_all_rows_with_it():
    assert read({"activity|content|Trồng cây xanh": f"as:{LAMPS}"}, content="- Trồng cây xanh.")[0] == {1: (TICK, None)}
    assert read({"activity|content|Trồng cây xanh": "empty"}, content="Trồng cây xanh")[:2] == ({}, [])


def test_a_heading_over_the_rows_says_what_they_chose():
    reader = ChoiceReader(KIND, Context(None, None), ACTIVITIES, {})
    told = reader.read(Row("s", 1, {"quantity": 3.0}, ("Chi bộ 1", "ĐÈN CHIẾU SÁNG")), [])
    assert told.wishes[1].quantity == 3


@given(st.lists(st.sampled_from([LAMPS, CAMERAS, "3", "2.", "1)", "bóng", "triệu", "và", ";", "x", "(xoá)", "½", "٣"])))
def test_no_text_breaks_the_reading(parts):
    content = " ".join(parts)
    wishes, codes, _told = read(content=content, quantity=content, done=content, **{"activity:2": content})
    assert all(wish.__class__ is tuple for wish in wishes.values())
    assert set(codes) <= {"activity", "measure", "whose", "not_a_number", "number_two_ways", "no_quantity"}


# Quantities and results


@pytest.mark.parametrize(
    ("cell", "expected", "code"),
    [
        (3.0, 3, None), (2.5, Decimal("2.5"), None), ("03", 3, None), ("3 bóng", 3, None), ("1.200", 1200, None),
        ("1.200,5", Decimal("1200.5"), None), ("x", TICK, None), ("X", TICK, None), ("có", TICK, None),
        ("không", None, None), ("-", None, None), (0.0, None, None), (True, TICK, None),
        ("ba", None, "not_a_number"), (-2.0, None, "no_quantity"), ("-2", None, "no_quantity"),
        (0.125, None, "no_quantity"), (1e11, None, "no_quantity"), ("3 km", None, "measure"),
        ("1,200", None, "number_two_ways"),
    ],
)  # fmt: skip
def test_a_quantity_under_an_activity(cell, expected, code):
    wishes, codes, _told = read(**{"activity:1": cell})
    assert (wishes.get(1, (None, None))[0], codes) == (expected, [code] if code else [])


# (column, mends) and what is read then
@pytest.mark.parametrize(
    ("mends", "expected"),
    [({"number_two_ways|activity:1|": "point"}, 1200), ({"number_two_ways|activity:1|": "comma"}, Decimal("1.2"))],
)
def test_a_number_of_two_ways_is_read_as_the_clerk_says(mends, expected):
    # The grouping sign of the one is the decimal sign of the other.
    assert read(mends, **{"activity:1": "1,200"})[0] == {1: (expected, None)}


def test_what_is_no_number_is_read_as_another_or_left_out():
    assert read({"not_a_number|activity:1|ba": "as:3"}, **{"activity:1": "ba"})[0] == {1: (3, None)}
    assert read({"not_a_number|activity:1|": "empty"}, **{"activity:1": "ba"})[:2] == ({}, [])


@pytest.mark.parametrize(
    ("values", "expected", "code"),
    [
        ({"content": LAMPS, "quantity": 3.0}, {1: 3}, None),
        ({"content": f"{LAMPS}; {CAMERAS}", "quantity": "3; 2"}, {1: 3, 2: 2}, None),
        ({"content": f"{LAMPS}; {CAMERAS}", "quantity": 3.0}, {1: TICK, 2: TICK}, "whose"),
        ({"content": LAMPS, "quantity": 3.0, "measure": "bóng"}, {1: 3}, None),
        ({"content": MONEY, "quantity": 500.0, "measure": "nghìn đồng"}, {4: TICK}, "measure"),
        ({"content": MONEY, "quantity": 500_000.0, "measure": "đồng"}, {4: TICK}, "measure"),
        ({"content": CLEANING, "quantity": 2.0, "measure": "buổi"}, {3: TICK}, None),
    ],
)
def test_a_quantity_beside_the_text(values, expected, code):
    wishes, codes, _told = read(**values)
    assert ({pk: wish[0] for pk, wish in wishes.items()}, codes) == (expected, [code] if code else [])


def test_a_measure_that_the_clerk_takes_for_the_campaigns():
    mends = {"measure|measure|cây": "take"}
    assert read(mends, content=LAMPS, quantity=3.0, measure="cây")[:2] == ({1: (3, None)}, [])


@pytest.mark.parametrize(
    ("own", "theirs", "fit"),
    [
        ("bóng đèn", "bóng", True), ("bóng đèn", "Bóng đèn", True), ("triệu đồng", "triệu", False),
        ("triệu đồng", "đồng", False), ("đồng", "VNĐ", False), ("", "buổi", True), ("", "đồng", False),
        ("chiếc", "cây", False),
    ],
)  # fmt: skip
def test_units_that_can_be_one(own, theirs, fit):
    assert fits(own, theirs) is fit


@pytest.mark.parametrize(
    ("cell", "done", "finished", "rating"),
    [
        (2.0, 2, False, ""), ("2 bóng", 2, False, ""), (0.0, 0, False, ""), ("Đã hoàn thành", TICK, True, ""),
        ("x", TICK, True, ""), ("Chưa thực hiện", None, False, ""), ("Tốt", None, True, "good"),
        ("100%", TICK, True, ""),
    ],
)  # fmt: skip
def test_a_result_beside_the_text(cell, done, finished, rating):
    wishes, codes, told = read(content=LAMPS, done=cell)
    assert (wishes[1], codes, told.finished, told.rating) == ((TICK, done), [], finished, rating)


def test_a_tick_under_one_activity_does_not_finish_the_registration():
    wishes, _codes, told = read(**{"activity:1": 3.0, "done:1": "x"})
    assert (wishes, told.finished) == ({1: (3, TICK)}, False)


# Columns, through the whole of the reading


@pytest.mark.django_db
def test_columns_named_by_activities_with_their_measure(clerk, member, said):
    header = [*WHO, "ĐÈN CHIẾU SÁNG (bóng đèn)", "Camera an ninh", "Dọn vệ sinh,\nthu gom rác"]
    batch = sent(clerk, [header, [*row_of(member)[1:4], 3, "", "x"]], **said)
    written(batch)
    chosen = Pledge.objects.order_by("activity__order").values_list("activity__name", "quantity")
    assert list(chosen) == [(LAMPS, Decimal(3)), (CLEANING, None)]


@pytest.mark.django_db
def test_what_was_done_stands_under_a_second_heading(clerk, member, said):
    rows = [[*WHO, "Nội dung đăng ký", "", "Kết quả thực hiện", ""], ["", "", "", LAMPS, CAMERAS, LAMPS, CAMERAS]]
    batch = sent(clerk, [*rows, [*row_of(member)[1:4], 3, 2, 1, "x"]], **said)
    assert [name for _letter, _label, name in batch.layouts[0]["columns"][3:]] == [
        f"{what}:{activity.pk}" for what in ("activity", "done") for activity in Activity.objects.order_by("pk")[:2]
    ]
    written(batch)
    done = Pledge.objects.order_by("activity").values_list("quantity", "done_quantity")
    assert list(done) == [(3, 1), (2, 2)]


@pytest.mark.django_db
def test_a_column_nobody_knows_is_mapped_by_hand(clerk, member, said, lamps):
    rows = [[*WHO, "Thắp sáng"], [*row_of(member)[1:4], "x"]]
    batch = sent(clerk, rows, **said)
    assert outcomes(batch) == ["refused"]
    assert outcomes(planned(batch, columns={"Thắp sáng": f"activity:{lamps.pk}"})) == ["create"]


@pytest.mark.django_db
def test_equal_texts_are_one_group_with_one_mend(clerk, member, said, branch, lamps):
    rows = [[*WHO, "Nội dung"], *([*row_of(member)[1:4], "Trồng cây xanh"] for _ in range(3))]
    batch = sent(clerk, rows, **said)
    ((group,)) = batch.groups
    assert (group["group"], group["rows"]) == ("activity|content|Trồng cây xanh", 3)
    assert outcomes(planned(batch, mends={group["group"]: f"as:{lamps.name}"})) == ["create", "same", "same"]


@pytest.mark.django_db
def test_a_result_without_an_activity_is_of_the_only_one_chosen(clerk, member, said, lamps, cameras):
    rows = [[*WHO, "Kết quả"], [*row_of(member)[1:4], 2]]
    written(sent(clerk, [[*WHO, "Nội dung", "Số lượng"], [*row_of(member)[1:4], LAMPS, 3]], **said))
    written(sent(clerk, rows, **said))
    pledge = Pledge.objects.get()
    assert (pledge.quantity, pledge.done_quantity) == (3, 2)
    Pledge.objects.create(registration=pledge.registration, activity=cameras)
    assert codes(sent(clerk, rows, **said)) == [["whose"]]
    finished = [[*WHO, "Kết quả"], [*row_of(member)[1:4], "Đã hoàn thành"]]
    written(sent(clerk, finished, **said))
    pledge.registration.refresh_from_db()
    assert pledge.registration.status == "done"


@pytest.mark.django_db
def test_a_result_of_what_was_not_chosen_is_asked_about(clerk, member, said, lamps):
    written(sent(clerk, [[*WHO, LAMPS], [*row_of(member)[1:4], "x"]], **said))
    batch = sent(clerk, [[*WHO, f"Kết quả {CAMERAS}"], [*row_of(member)[1:4], 1]], **said)
    assert codes(batch) == [["not_chosen"]]
    assert outcomes(planned(batch, mends={"not_chosen|done|": "add"})) == ["change"]


@pytest.mark.django_db
def test_an_award_nobody_knows_is_asked_about(clerk, member, said):
    rows = [[*WHO, "Nội dung", "Danh hiệu đăng ký"], [*row_of(member)[1:4], LAMPS, "Chiến sĩ sao vàng"]]
    batch = sent(clerk, rows, **said)
    assert codes(batch) == [["award"]]
    assert outcomes(planned(batch, mends={"award|aim|Chiến sĩ sao vàng": "empty"})) == ["create"]


@pytest.mark.django_db
def test_an_activity_whose_name_begins_anothers(campaign, clerk, member, said):
    make_activity(campaign, name=f"{LAMPS} bằng năng lượng mặt trời", measure="bóng")
    batch = sent(clerk, [[*WHO, "Nội dung"], [*row_of(member)[1:4], f"{LAMPS} bằng năng lượng mặt trời: 2"]], **said)
    written(batch)
    assert Pledge.objects.get().activity.name.endswith("mặt trời")
