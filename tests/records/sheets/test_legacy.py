"""Columns typed in the fonts before Unicode are converted, and each is told with an example."""

import pytest

from records.sheets.legacy import convert_legacy
from tests.records.sheets.making import make_sheet


def column(sheet, index):
    return [line.cell(index) for line in sheet.lines]


def test_a_tcvn3_column_becomes_unicode_with_a_note_that_names_it_and_shows_an_example():
    sheet = make_sheet(
        [
            ["ỦY BAN NHÂN DÂN TỈNH", None],
            ["STT", "Hä vµ tªn"],
            [1.0, "NguyÔn V¨n An"],
            [2.0, "TrÇn ThÞ B×nh"],
            [3.0, "§Æng H÷u D­¬ng"],
        ]
    )
    (note,) = convert_legacy(sheet)
    assert all(part in note for part in (" B ", "TCVN3", "§Æng H÷u D¬ng", "Đặng Hữu Dương"))
    assert column(sheet, 1)[2:] == ["Nguyễn Văn An", "Trần Thị Bình", "Đặng Hữu Dương"]
    assert sheet.lines[0].cell(0) == "ỦY BAN NHÂN DÂN TỈNH"
    assert [line.cell(1) for line in sheet.head] == column(sheet, 1)


def test_a_vni_column_becomes_unicode():
    sheet = make_sheet([["Hoï vaø teân"], ["Nguyeãn Vaên An"], ["Traàn Thò Bình"], ["Ñaëng Höõu Döông"]])
    (note,) = convert_legacy(sheet)
    assert "VNI" in note
    assert column(sheet, 0) == ["Họ và tên", "Nguyễn Văn An", "Trần Thị Bình", "Đặng Hữu Dương"]


def test_unicode_is_left_alone():
    rows = [["Họ và tên"], ["Lê Hòa"], ["Lò Thị Vân"], ["Trần Thị Bình"], ["Café Paris"]]
    sheet = make_sheet(rows)
    assert convert_legacy(sheet) == []
    assert [line.cells for line in sheet.lines] == rows


def test_only_columns_in_an_old_encoding_are_converted():
    sheet = make_sheet([["Họ tên", "§¬n vÞ"], ["Lê Ánh", "Së Y tÕ"], ["Lò Hòa", "Së Tµi chÝnh"]])
    assert len(convert_legacy(sheet)) == 1
    assert column(sheet, 0) == ["Họ tên", "Lê Ánh", "Lò Hòa"]
    assert column(sheet, 1) == ["Đơn vị", "Sở Y tế", "Sở Tài chính"]


def test_a_column_of_both_keeps_what_is_vietnamese_as_it_stands():
    sheet = make_sheet([["Lê Hòa"], ["Trần Thị Bưởi"], ["NguyÔn V¨n Hïng"], ["TrÇn ThÞ BÝch"], ["§Æng H÷u"]])
    assert len(convert_legacy(sheet)) == 1
    assert column(sheet, 0) == ["Lê Hòa", "Trần Thị Bưởi", "Nguyễn Văn Hùng", "Trần Thị Bích", "Đặng Hữu"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["DANH S¸CH", "NGUYÔN V¡N AN", "TRÇN THÞ B×NH"], ["DANH SÁCH", "NGUYỄN VĂN AN", "TRẦN THỊ BÌNH"]),
        (["NguyÔn V¨n An", "TrÇn ThÞ ¸nh", "¸nh"], ["Nguyễn Văn An", "Trần Thị Ánh", "Ánh"]),
        (["Chi bé th«n 5", "§¶ng viªn dù bÞ", "¸p 3"], ["Chi bộ thôn 5", "Đảng viên dự bị", "áp 3"]),
    ],
)
def test_capitals_come_back_as_far_as_the_other_words_tell(typed, expected):
    sheet = make_sheet([[value] for value in typed])
    convert_legacy(sheet)
    assert column(sheet, 0) == expected


def test_small_letters_that_a_font_draws_as_capitals_are_converted_and_told():
    sheet = make_sheet([["nguyÔn v¨n an"], ["trÇn thÞ b×nh"]])
    (note,) = convert_legacy(sheet)
    assert column(sheet, 0) == ["nguyễn văn an", "trần thị bình"]
    assert note.count(".") == 2


def test_one_word_in_an_old_encoding_among_unicode_is_told_and_left():
    rows = [["Họ và tên"], ["Trần Thị Bình"], ["Nguyễn Vieät Hiển"]]
    sheet = make_sheet(rows)
    (note,) = convert_legacy(sheet)
    assert all(part in note for part in ("A", "3", "VNI", "Vieät"))
    assert [line.cells for line in sheet.lines] == rows


def test_calling_it_again_changes_nothing():
    sheet = make_sheet([["NguyÔn V¨n An"], ["TrÇn ThÞ B×nh"]])
    assert convert_legacy(sheet) != []
    assert convert_legacy(sheet) == []
    assert column(sheet, 0) == ["Nguyễn Văn An", "Trần Thị Bình"]
