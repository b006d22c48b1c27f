"""Code lists beside a list are found whatever their layout, and are used for the columns written in their codes."""

import pytest

from records.sheets.codes import CodeList, find_code_lists, find_list, is_named_as_list
from tests.records.sheets.making import CODES, make_sheet

TYPES = {
    "1650000001": "Bằng khen của Bộ trưởng",
    "1650000002": "Cờ thi đua của tỉnh",
    "1650000003": "Giấy khen",
}


def found(rows, name="DM"):
    return [(known.title, known.codes) for known in find_code_lists(make_sheet(rows, name=name))]


def test_tables_side_by_side_with_numbers_in_front():
    assert found(CODES) == [
        ("Hình thức khen thưởng", TYPES),
        ("Đơn vị công tác", {"DV01": "Sở Y tế", "DV02": "Sở Tài chính"}),
    ]


@pytest.mark.parametrize(
    ("header", "title"),
    [(["tenhinhthuc", "mahinhthuc"], "tenhinhthuc"), (["NAME", "CODE"], "NAME"), (["Tên", "Mã"], "Tên")],
)
def test_names_before_codes(header, title):
    assert found([header, *([name, code] for code, name in TYPES.items())]) == [(title, TYPES)]


def test_no_header_and_codes_of_letters():
    rows = [[], ["Khen thưởng cá nhân", "CANHAN"], ["Khen thưởng tập thể", "TAPTHE"]]
    assert found(rows) == [("", {"CANHAN": "Khen thưởng cá nhân", "TAPTHE": "Khen thưởng tập thể"})]


def test_pairs_without_a_header_side_by_side():
    rows = [[5.0, "Người Kinh", 1.0, "Tin Lành"], [6.0, "Người Mường", 3.0, "Cao Đài"]]
    assert found(rows) == [
        ("", {"5": "Người Kinh", "6": "Người Mường"}),
        ("", {"1": "Tin Lành", "3": "Cao Đài"}),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["STT", "Họ và tên"], [1.0, "Lê Ánh"], [2.0, "Võ Bảy"]],
        [["Họ và tên", "Chức vụ"], ["Lê Ánh", "Giám đốc"], ["Võ Bảy", "Phó Giám đốc"]],
        [["a", "b"], ["1", "2"], ["3", "4"]],
    ],
)
def test_what_is_no_code_list(rows):
    assert found(rows) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Danh mục", True), ("DANHMUC", True), ("DM_donvi", True), ("Mã số", True), ("Danh sách", False), ("ADM", False)],
)
def test_sheets_that_call_themselves_code_lists(name, expected):
    assert is_named_as_list(make_sheet([], name=name)) is expected


LISTS = [
    CodeList("DM", "Hình thức khen thưởng", TYPES),
    CodeList("DM", "Tên đơn vị", {"01": "Sở Y tế", "02": "Sở Tài chính"}),
    CodeList("DM", "Lĩnh vực", {"01": "Y tế", "02": "Tài chính"}),
]


@pytest.mark.parametrize(
    ("label", "values", "expected"),
    [
        ("Mã hình thức khen thưởng", ["1650000001", "1650000003"], 0),
        ("Khen", ["1650000001", "1650000003"], 0),
        ("Mã đơn vị", ["01", "02"], 1),
        ("Mã lĩnh vực", ["01", "02"], 2),
        ("Số lượng", ["01", "02"], None),
        ("Mã đơn vị", ["77", "78"], None),
        ("Hình thức khen thưởng", ["Giấy khen"], None),
        ("Mã đơn vị", [], None),
    ],
)
def test_the_list_in_which_a_column_is_written(label, values, expected):
    assert find_list(label, values, LISTS) is (None if expected is None else LISTS[expected])
