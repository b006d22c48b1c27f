"""The header is found under its titles, in up to three rows, however its labels are written."""

from dataclasses import replace

import pytest

from records.sheets.planning import Field
from records.sheets.recognising import recognise
from tests.records.sheets.making import (
    HEADER,
    LIST,
    MEMBERS,
    PERSON,
    below,
    export_of_members,
    fields,
    make_sheet,
    names,
    statistics_of_members,
)

MERGED = [
    ["STT", "Họ và tên/Tên tập thể", "Chức vụ, đơn vị công tác", None, "Hình thức khen thưởng", "Ghi chú"],
    [None, None, "Chức vụ", "Đơn vị", None, None],
    [1.0, "Lê Ánh", "Phó Giám đốc", "Sở Y tế", "Bằng khen", None],
]
MERGES = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4), (1, 5, 2, 5)]


class TestHeader:
    @pytest.mark.parametrize(
        "label",
        [
            "Họ và tên",
            "HỌ VÀ TÊN",
            "Ho va ten",
            " họ  và\ntên ",
            "Họ và tên:",
            "Họ và tên (viết hoa)",
            "Ho\u0323 va\u0300 te\u0302n",
        ],
    )
    def test_labels_match_however_they_are_written(self, label):
        layout = recognise(make_sheet([["TT", label, "Chức vụ"], [1.0, "Lê Ánh", ""]]), LIST)
        assert fields(layout) == {"ordinal": "A", "name": "B", "position": "C"}

    def test_a_line_break_in_the_middle_of_a_label(self):
        layout = recognise(make_sheet([["Họ và tên", "Tên đơn vị/tập thể\ncông tác"], ["Lê Ánh", "Sở"]]), LIST)
        assert fields(layout)["unit"] == "B"

    def test_what_stands_in_parentheses_may_be_left_out(self):
        layout = recognise(make_sheet([["Tên gọi\n(Ông/Bà/Chức danh)", "Họ và tên"], ["Ông", "Lê Án"]]), LIST)
        assert fields(layout) == {"called": "A", "name": "B"}

    def test_the_header_stands_under_title_rows_which_are_kept(self):
        rows = [["DANH SÁCH KHEN THƯỞNG"], ["(Kèm theo Quyết định số 5/QĐ-UBND)"], [], HEADER, PERSON]
        layout = recognise(make_sheet(rows), LIST)
        assert (layout.header_top, layout.header_bottom) == (4, 4)
        assert layout.titles == ["DANH SÁCH KHEN THƯỞNG", "(Kèm theo Quyết định số 5/QĐ-UBND)"]

    def test_a_title_just_above_is_no_part_of_the_header(self):
        layout = recognise(make_sheet([["UBND TỈNH"], ["DANH SÁCH"], HEADER, PERSON]), LIST)
        assert (layout.header_top, layout.header_bottom) == (3, 3)
        assert layout.titles == ["UBND TỈNH", "DANH SÁCH"]

    def test_a_header_repeated_on_each_page_is_taken_from_the_first(self):
        layout = recognise(make_sheet([HEADER, PERSON, HEADER, [2.0, "Mai Hoa"]]), LIST)
        assert (layout.header_top, names(layout)) == (1, ["Lê Ánh", "Mai Hoa"])

    @pytest.mark.parametrize("merges", [MERGES, []])
    def test_two_rows_of_header_merged_or_not(self, merges):
        layout = recognise(make_sheet(MERGED, merges), LIST)
        assert (layout.header_top, layout.header_bottom) == (1, 2)
        assert fields(layout) == {"ordinal": "A", "name": "B", "position": "C", "unit": "D", "type": "E"}
        assert names(layout) == ["Lê Ánh"]

    def test_three_rows_of_header(self):
        rows = [
            ["STT", "Họ và tên", "Nơi công tác", None, None],
            [None, None, "Chức vụ", "Nơi", None],
            [None, None, None, "Đơn vị", "Xã"],
            [1.0, "Lê Ánh", "Phó Giám đốc", "Sở Y tế", "Phú Hòa"],
        ]
        merges = [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 1, 4), (2, 2, 3, 2), (2, 3, 2, 4)]
        layout = recognise(make_sheet(rows, merges), LIST)
        assert layout.header_bottom == 3
        assert fields(layout) == {"ordinal": "A", "name": "B", "position": "C", "unit": "D"}
        assert layout.ignored[0].label == "Nơi công tác / Nơi / Xã"

    def test_one_column_for_position_and_unit_together(self):
        layout = recognise(make_sheet([["Họ và tên", "Chức vụ, đơn vị công tác"], ["Lê Ánh", "Giám đốc, Sở"]]), LIST)
        assert fields(layout) == {"name": "A", "both": "B"}

    def test_a_first_row_of_people_is_not_taken_for_a_second_header(self):
        layout = below(["x", "Họ và tên", "Chức vụ", "Đơn vị", "y"])
        assert layout.header_bottom == 1

    def test_unknown_and_code_columns_are_ignored_and_told(self):
        header = [*HEADER, "Mã Danh hiệu thi đua", None, "Lĩnh vực"]
        layout = recognise(make_sheet([header, [*PERSON, 1647933198.0, None, "Y tế"]]), LIST)
        assert [(column.letter, column.label) for column in layout.ignored] == [
            ("F", "Mã Danh hiệu thi đua"),
            ("H", "Lĩnh vực"),
        ]

    def test_a_second_column_of_the_same_field_is_ignored(self):
        layout = recognise(make_sheet([["Họ và tên", "Đơn vị", "Họ và tên"], ["Lê Ánh", "Sở", "Mai Hoa"]]), LIST)
        assert names(layout) == ["Lê Ánh"]
        assert [column.letter for column in layout.ignored] == ["C"]

    def test_a_field_that_may_come_in_several_columns_takes_them_all(self):
        header = ["Họ và tên", "Danh hiệu thi đua", "Hình thức khen thưởng"]
        rows = [["Lê Ánh", None, "Bằng khen"], ["Mai Hoa", "Lao động tiên tiến", None], ["Võ An", "A", "B"]]
        layout = recognise(make_sheet([header, *rows]), LIST)
        assert [row.text("type") for row in layout.rows] == ["Bằng khen", "Lao động tiên tiến", "A; B"]

    @pytest.mark.parametrize(
        "rows",
        [
            [["tenhinhthuckt", "mahinhthuckt"], ["Huân chương Sao vàng", "1650359884"]],
            [["STT", "Mã số", "Hình thức khen thưởng"], [1.0, "01", "Bằng khen"]],
            [["Họ và tên"], ["Lê Ánh"]],
            [[1.0, 2.0], [3.0, 4.0]],
            [],
        ],
    )
    def test_a_sheet_without_the_required_columns_is_no_list(self, rows):
        assert recognise(make_sheet(rows), LIST) is None

    def test_of_two_columns_for_a_field_the_one_with_values_is_taken(self):
        header = ["Họ và tên", "Đơn vị", "Đơn vị công tác"]
        layout = recognise(make_sheet([header, ["Lê Ánh", "#N/A", "Sở Y tế"], ["Võ Bảy", "", "Sở"]]), LIST)
        assert fields(layout) == {"name": "A", "unit": "C"}
        assert [row.text("unit") for row in layout.rows] == ["Sở Y tế", "Sở"]


class TestPaths:
    """A label that means something only under the one above it."""

    def test_birthdays_under_the_sex_are_one_field_that_says_where_it_stood(self):
        layout = recognise(export_of_members(), MEMBERS)
        assert (layout.header_top, layout.header_bottom) == (5, 6)
        assert [(row.text("born"), row.source["born"]) for row in layout.rows] == [
            ("19/06/1998", "Ngày sinh / Nữ"),
            ("24/08/1996", "Ngày sinh / Nam"),
            ("07/02/1998.", "Ngày sinh / Nữ"),
        ]
        assert layout.rows[0].source["name"] == "Họ và tên"

    def test_nam_is_not_nam_with_a_breve(self):
        layout = recognise(export_of_members(), MEMBERS)
        assert "year" not in fields(layout)
        tones = [["Họ và tên", "Nam", "Đơn vị"], ["Lê Ánh", "x", "Chi đoàn"]]
        assert "year" not in fields(recognise(make_sheet(tones), MEMBERS))
        toneless = [["Ho va ten", "Nam", "Don vi"], ["Le Anh", "1998", "Chi doan"]]
        assert fields(recognise(make_sheet(toneless), MEMBERS))["year"] == "B"

    def test_a_word_with_its_tones_goes_before_the_same_without(self):
        kind = replace(MEMBERS, fields=(*MEMBERS.fields, Field("male", "Male", ("Nam",))))
        layout = recognise(make_sheet([["Họ và tên", "Năm", "Nam"], ["Lê Ánh", "1998", "x"]]), kind)
        assert fields(layout) == {"name": "A", "year": "B", "male": "C"}

    def test_three_rows_merged_every_way(self):
        layout = recognise(statistics_of_members(), MEMBERS)
        assert (layout.header_top, layout.header_bottom) == (4, 6)
        labels = {column.letter: column.label for column in layout.columns}
        assert labels["C"] == "Ngày, tháng, năm sinh / Nam"
        assert labels["K"] == "Chức vụ chủ chốt / Chuyên môn / Cấp phó"
        first, second = layout.rows
        assert (first.text("probation"), first.text("head"), first.text("born")) == ("2022-08-21", "x", "")
        assert (second.text("born"), second.source["born"]) == ("24/10/1998", labels["C"])


class TestForced:
    """A header of which a person says where it begins."""

    ROWS = [["Danh sách", None], HEADER, PERSON, ["Cán bộ", "Cơ quan"], ["Võ Bảy", "Sở Y tế"]]

    def test_the_row_that_a_person_names_is_the_header(self):
        layout = recognise(make_sheet(self.ROWS), LIST, header=4, overrides={"A": "name", "B": "unit"})
        assert (layout.header_top, fields(layout), names(layout)) == (4, {"name": "A", "unit": "B"}, ["Võ Bảy"])

    def test_what_is_missing_is_told(self):
        layout = recognise(make_sheet(self.ROWS), LIST, header=4)
        assert [known.name for known in layout.missing] == ["name"]
        assert [column.label for column in layout.ignored] == ["Cán bộ", "Cơ quan"]

    def test_it_may_be_several_rows_deep(self):
        layout = recognise(make_sheet(MERGED, MERGES), LIST, header=1)
        assert (layout.header_top, layout.header_bottom) == (1, 2)

    @pytest.mark.parametrize("row", [9, -1])
    def test_an_empty_row_is_no_header(self, row):
        assert recognise(make_sheet(self.ROWS), LIST, header=row) is None

    def test_without_a_header_every_row_is_read_by_the_letters_of_the_columns(self):
        rows = [["Lê Ánh", "Phó Giám đốc"], ["Võ Bảy", None]]
        layout = recognise(make_sheet(rows), LIST, header=0, overrides={"A": "name", "B": "position"})
        assert [row.values["name"] for row in layout.rows] == ["Lê Ánh", "Võ Bảy"]
        assert layout.header_top == 0 and [column.samples[0] for column in layout.columns] == rows[0]

    def test_a_sheet_nobody_knows_is_shown_by_its_widest_row(self):
        sheet = make_sheet([["Báo cáo"], ["Cán bộ", "Cơ quan", "Ghi chú"], ["Lê Ánh", "Sở Y tế", 1.0]])
        assert recognise(sheet, LIST) is None
        layout = recognise(sheet, LIST, lenient=True)
        assert (layout.header_top, layout.matched) == (2, [])
        assert [column.samples for column in layout.columns] == [("Lê Ánh",), ("Sở Y tế",), ("1",)]
