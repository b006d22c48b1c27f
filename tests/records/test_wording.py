"""What the words of an award list say, read off lists as they are printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.wording import (
    PrintedDecision,
    find_decision,
    find_recipient_kind,
    find_years,
    is_household_name,
    split_address,
    split_person,
    split_position,
)

NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Ánh", "Đặng Hữu Dương", "Anh Đức", "Bà Huyện"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "(Kèm theo Quyết định số 563/QĐ-UBND Ngày 21 tháng 3 năm 2017"
            " của Chủ tịch Ủy ban nhân dân tỉnh Thừa Thiên Huế)",
            ("563/QĐ-UBND", "Ngày 21 tháng 3 năm 2017", "Chủ tịch Ủy ban nhân dân tỉnh Thừa Thiên Huế"),
        ),
        (
            "(Kèm theo Quyết định số 1632/QĐ-UBND ngày 22/5/2020 của Chủ tịch UBND tỉnh Quảng Bình)",
            ("1632/QĐ-UBND", "ngày 22/5/2020", "Chủ tịch UBND tỉnh Quảng Bình"),
        ),
        (
            "Ban hành kèm theo Quyết định số: 123 - QĐ/TU, ngày 03.02.2018 của Ban Thường vụ Tỉnh ủy",
            ("123-QĐ/TU", "ngày 03.02.2018", "Ban Thường vụ Tỉnh ủy"),
        ),
        ("(kèm theo QĐ số 14/2024/QĐ-UBND ngày 1/2/2024)", ("14/2024/QĐ-UBND", "ngày 1/2/2024", "")),
        ("Quyết định số 2234 ngày 9/9/2014 của Chủ tịch nước", ("2234", "ngày 9/9/2014", "Chủ tịch nước")),
        (
            "(Kèm theo Quyết định số 5/QĐ-SYT ngày 2/1/2020 của giám đốc Sở Y tế về việc khen thưởng)",
            ("5/QĐ-SYT", "ngày 2/1/2020", "Giám đốc Sở Y tế"),
        ),
        ("(Kèm theo Quyết định số     /QĐ-UBND ngày    tháng    năm 2020 của Chủ tịch UBND)", ("", "", "")),
        ("(Kèm theo Tờ trình số 15/TTr-SYT ngày 2/1/2020 của Sở Y tế)", ("", "", "")),
        ("DANH SÁCH KHEN THƯỞNG NĂM 2020", ("", "", "")),
    ],
)
def test_the_decision_in_the_title_lines(title, expected):
    assert find_decision(["UBND TỈNH", "Độc lập - Tự do - Hạnh phúc", title]) == PrintedDecision(*expected)


def test_a_decision_broken_over_two_lines():
    titles = ["(Kèm theo Quyết định số 7/QĐ-UBND", "ngày 9 tháng 9 năm 2019 của Chủ tịch UBND tỉnh)"]
    assert find_decision(titles).date == "ngày 9 tháng 9 năm 2019"


@given(st.lists(st.text()))
def test_any_titles_are_read_without_failing(titles):
    assert isinstance(find_decision(titles), PrintedDecision)


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("Ông Nguyễn Văn An", "Ông", "Nguyễn Văn An"),
        ("ông: Nguyễn Văn An", "Ông", "Nguyễn Văn An"),
        ("BÀ TRẦN THỊ BÌNH", "BÀ", "TRẦN THỊ BÌNH"),
        ("Đ/c Lê Ánh", "Đ/c", "Lê Ánh"),
        ("Đồng chí Thượng tá Lê Ánh", "Đồng chí Thượng tá", "Lê Ánh"),
        ("Trung uý Lê Ánh", "Trung uý", "Lê Ánh"),
        ("PGS.TS. Lê Ánh", "PGS. TS.", "Lê Ánh"),
        ("Ông (bà) Lê Ánh", "Ông (bà)", "Lê Ánh"),
        ("Anh Đức", "", "Anh Đức"),
        ("Bà", "", "Bà"),
        ("Ôngia Lê Ánh", "", "Ôngia Lê Ánh"),
        ("Trung Văn Sĩ", "", "Trung Văn Sĩ"),
    ],
)
def test_forms_of_address_and_ranks_come_off_the_name(written, address, name):
    assert split_address(written) == (address, name)


@given(st.sampled_from(NAMES[:4]), st.sampled_from(["Ông", "Bà", "Đồng chí", "Đại tá", "Thiếu úy", "Thượng sĩ"]))
def test_the_name_is_whole_after_any_form_of_address(name, address):
    assert split_address(f"{address} {name}") == (address, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_bare_name_is_left_alone(name):
    assert split_address(name) == ("", name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Khen thưởng cá nhân", "person"),
        ("TẬP THỂ", "collective"),
        ("Hộ gia đình", "household"),
        ("Tap the (09)", "collective"),
        ("Danh sách tập thể, cá nhân", ""),
        ("Sở Y tế", ""),
        ("Chi cục Dân số - Kế hoạch hóa gia đình", ""),
        ("", ""),
    ],
)
def test_kinds_of_recipient(text, kind):
    assert find_recipient_kind(text) == kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Hộ ông Nguyễn Văn An", True), ("Gia đình bà Bình", True), ("Hồ Văn An", False), ("Hội Nông dân", False)],
)
def test_household_names(name, expected):
    assert is_household_name(name) is expected


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020", (2020, 2020)),
        ("Năm 2020", (2020, 2020)),
        ("giai đoạn 2013 – 2017", (2013, 2017)),
        ("từ năm 2018 đến năm 2022", (2018, 2022)),
        ("2022-2018", None),
        ("12020", None),
        ("nhiều năm", None),
    ],
)
def test_years(text, years):
    assert find_years(text) == years


def test_a_person_in_running_text():
    assert split_person("Lê Ánh; Phó Giám đốc; Sở Y tế, tỉnh A") == ("Lê Ánh", "Phó Giám đốc", "Sở Y tế, tỉnh A")
    assert split_person("Lê Ánh, Giám đốc") == ("Lê Ánh", "Giám đốc", "")
    assert split_person("Lê Ánh") == ("Lê Ánh", "", "")


def test_position_and_unit_in_one_cell():
    assert split_position("Phó Giám đốc, Sở Y tế, tỉnh A") == ("Phó Giám đốc", "Sở Y tế, tỉnh A")
    assert split_position("Phó Giám đốc") == ("Phó Giám đốc", "")
