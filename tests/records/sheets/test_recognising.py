"""The list is found in a sheet as clerks lay it out, and every line that is no row of it is told with its number."""

import pytest

from records.sheets.reading import UnreadableSheet, Workbook, read
from records.sheets.recognising import choose, letter, recognise
from tests.records.sheets.making import HEADER, LIST, make_sheet, make_xlsx

MERGED = [
    ["STT", "Họ và tên/Tên tập thể", "Chức vụ, đơn vị công tác", None, "Hình thức khen thưởng", "Ghi chú"],
    [None, None, "Chức vụ", "Đơn vị", None, None],
    [1.0, "Lê Ánh", "Phó Giám đốc", "Sở Y tế", "Bằng khen", None],
]
MERGES = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4), (1, 5, 2, 5)]
PERSON = [1.0, "Lê Ánh", "Phó Giám đốc", "Sở Y tế", "Bằng khen"]


def fields(layout):
    """Column letters by field."""
    return {column.field.name: column.letter for column in layout.matched}


def names(layout):
    return [row.text("name") for row in layout.rows]


def skipped(layout):
    return [line.number for line in layout.skipped]


def below(*rows, merges=()):
    """The layout of a list with the usual header in row 1 and the rows beneath."""
    return recognise(make_sheet([HEADER, *rows], merges), LIST)


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


class TestOverrides:
    ROWS = [["Cán bộ", "Cơ quan", "Chức vụ"], ["Lê Ánh", "Sở Y tế", "Giám đốc"]]

    @pytest.mark.parametrize("overrides", [{"A": "name", "b": "unit"}, {"cán bộ": "name", "CO QUAN": "unit"}])
    def test_columns_named_by_letter_or_header(self, overrides):
        layout = recognise(make_sheet(self.ROWS), LIST, overrides=overrides)
        assert fields(layout) == {"name": "A", "unit": "B", "position": "C"}
        assert names(layout) == ["Lê Ánh"]

    def test_a_column_set_aside(self):
        layout = recognise(make_sheet([HEADER, PERSON]), LIST, overrides={"C": "-"})
        assert "position" not in fields(layout)
        assert [column.letter for column in layout.ignored] == ["C"]

    def test_letters_alone_read_a_list_without_a_header(self):
        layout = recognise(
            make_sheet([["Lê Ánh", "Sở Y tế"], ["Mai Hoa", "Sở"]]), LIST, overrides={"A": "name", "B": "unit"}
        )
        assert layout.header_top == 0 or layout.header_top == 1
        assert "Mai Hoa" in names(layout)


class TestLines:
    def test_groups_are_remembered_and_counts_left_off(self):
        layout = below(
            ["I", "TẬP THỂ (2)"], [1.0, "Phòng A", None, None, "Cờ"], [2.0, "Phòng B"],
            ["II", "CÁ NHÂN"], [1.0, "Lê Ánh"], [2.0, "Mai Hoa"],
        )  # fmt: skip
        assert [(row.text("name"), row.groups) for row in layout.rows] == [
            ("Phòng A", ("TẬP THỂ",)),
            ("Phòng B", ("TẬP THỂ",)),
            ("Lê Ánh", ("CÁ NHÂN",)),
            ("Mai Hoa", ("CÁ NHÂN",)),
        ]
        assert [(line.number, line.text) for line in layout.skipped] == [(2, "I TẬP THỂ (2)"), (5, "II CÁ NHÂN")]

    @pytest.mark.parametrize(
        ("heading", "label"),
        [
            (["A. CÁ NHÂN"], "CÁ NHÂN"),
            (["II. Hộ gia đình"], "Hộ gia đình"),
            ([None, "Tập thể"], "Tập thể"),
            (["I.", "Tập thể: 05"], "Tập thể"),
            (["B)", "Cá nhân (gồm 03)"], "Cá nhân (gồm 03)"),
            ([None, "III/ Khối sở, ngành"], "Khối sở, ngành"),
        ],
    )
    def test_headings_as_typed(self, heading, label):
        layout = below(heading, PERSON)
        assert layout.rows[0].groups == (label,)
        assert len(layout.rows) == 1

    def test_groups_within_groups(self):
        layout = below(
            ["A", "CÁ NHÂN"], ["I", "Sở Y tế"], [1.0, "Lê Ánh"], ["II", "Sở Tài chính"], [1.0, "Mai Hoa"],
            ["B", "TẬP THỂ"], [1.0, "Phòng A"],
        )  # fmt: skip
        assert [row.groups for row in layout.rows] == [
            ("CÁ NHÂN", "Sở Y tế"),
            ("CÁ NHÂN", "Sở Tài chính"),
            ("TẬP THỂ",),
        ]

    def test_a_heading_merged_across_the_table_needs_no_number(self):
        layout = below([None, "KHỐI CƠ QUAN"], PERSON, merges=[(2, 1, 2, 4)])
        assert layout.rows[0].groups == ("KHỐI CƠ QUAN",)

    @pytest.mark.parametrize(
        "line",
        [
            ["Tổng cộng", None, None, None, 10.0],
            ["Tổng cộng: 10 người"],
            [None, "Tổng số: 05"],
            [None, "Cộng", 5.0],
            ["Danh sách này có 10 tập thể, 00 cá nhân./."],
            ["Ấn định danh sách có 05 người."],
            [None, None, None, "TM. ỦY BAN NHÂN DÂN"],
            ["Nơi nhận:", None, None, "KT. CHỦ TỊCH"],
            [None, None, "Quảng Bình, ngày 22 tháng 5 năm 2020"],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            ["A", "B", "1", "2", "3"],
            HEADER,
            [3.0],
            [None, None, None, None, None, "lạc lõng"],
        ],
    )
    def test_lines_that_are_no_rows_are_skipped_and_told(self, line):
        before = [] if line[0] in ("(1)", "A") else [PERSON]
        layout = below(*before, line)
        assert len(layout.rows) == len(before)
        assert skipped(layout) == [2 + len(before)]
        assert layout.skipped[0].reason

    @pytest.mark.parametrize(
        "name",
        [
            "Tổng Công ty Điện lực",
            "Cộng đồng dân cư thôn 3",
            "Tổng cục Thuế",
            "Công ty cổ phần A",
            "Ngày Mai",
            "Ký túc xá B",
        ],
    )
    def test_names_that_sound_like_totals_are_rows(self, name):
        assert names(below([1.0, name], [None, name, None, "Sở", "Cờ"])) == [name, name]

    def test_what_follows_the_end_of_the_list_is_no_recipient(self):
        layout = below(
            PERSON, ["Danh sách này có 01 cá nhân./."], [None, None, None, "CHỦ TỊCH"], [None, "Nguyễn Văn Ký"]
        )  # fmt: skip
        assert names(layout) == ["Lê Ánh"]
        assert skipped(layout) == [3, 4, 5]

    def test_a_second_table_after_the_signature_is_read(self):
        layout = below(PERSON, ["Danh sách này có 01 cá nhân./."], HEADER, [1.0, "Mai Hoa", None, "Sở", "Cờ"])
        assert names(layout) == ["Lê Ánh", "Mai Hoa"]

    def test_totals_of_a_group_do_not_end_the_list(self):
        layout = below(["I", "TẬP THỂ"], [1.0, "Phòng A"], [None, "Cộng: 1"], ["II", "CÁ NHÂN"], [None, "Lê Ánh", "x"])
        assert names(layout) == ["Phòng A", "Lê Ánh"]

    def test_a_numbered_row_without_a_name_is_kept_to_be_refused(self):
        assert names(below([1.0, None, "Giám đốc", "Sở Y tế", "Cờ"])) == [""]

    def test_cells_merged_downwards_hold_for_every_row(self):
        rows = [[1.0, "Lê Ánh", None, "Sở Y tế", "Cờ"], [2.0, "Mai Hoa"], [3.0, "Võ An"], [4.0, "Lý Bạch"]]
        layout = below(*rows, merges=[(2, 3, 4, 3), (2, 4, 3, 4)])
        assert [(row.text("unit"), row.text("type")) for row in layout.rows] == [
            ("Sở Y tế", "Cờ"),
            ("Sở Y tế", "Cờ"),
            ("Sở Y tế", ""),
            ("", ""),
        ]

    def test_dittos_repeat_the_row_above(self):
        layout = below(PERSON, [2.0, "Mai Hoa", "-nt-", '"', "như trên"], [3.0, "Võ An", "-nt-"])
        assert [row.text("position") for row in layout.rows] == ["Phó Giám đốc"] * 3
        assert [row.text("unit") for row in layout.rows] == ["Sở Y tế", "Sở Y tế", ""]

    def test_row_numbers_are_those_of_the_sheet(self):
        layout = recognise(make_sheet([["tiêu đề"], [], HEADER, [], PERSON, [], [2.0, "Mai Hoa"]]), LIST)
        assert [row.number for row in layout.rows] == [5, 7]


class TestChoice:
    LISTED = [HEADER, PERSON]

    def test_hidden_guide_and_code_sheets_are_passed_over_and_told(self, tmp_path):
        path = make_xlsx(
            tmp_path / "a.xlsx",
            self.LISTED,
            hidden=["Ẩn"],
            **{"Hướng dẫn": self.LISTED, "Mẫu 01": self.LISTED, "Ẩn": self.LISTED, "HTKT": [["ten", "ma"], ["a", "1"]]},
        )
        choice = choose(read(path), LIST)
        assert [layout.sheet.name for layout in choice.layouts] == ["Danh sách"]
        assert {passed.sheet for passed in choice.passed_over} == {"Hướng dẫn", "Mẫu 01", "Ẩn", "HTKT"}
        assert all(passed.reason for passed in choice.passed_over)

    def test_a_sheet_asked_for_is_read_whatever_it_is_called(self, tmp_path):
        path = make_xlsx(tmp_path / "a.xlsx", self.LISTED, hidden=["Mẫu"], **{"Mẫu": [HEADER, [1.0, "Mai Hoa"]]})
        choice = choose(read(path), LIST, only="Mẫu")
        assert [names(layout) for layout in choice.layouts] == [["Mai Hoa"]]
        assert choice.passed_over == []

    @pytest.mark.parametrize("only", ["Không có", None])
    def test_no_list_is_a_sentence_that_names_the_sheets(self, only):
        workbook = Workbook("a.xlsx", "xlsx", [make_sheet([["a", "b"]], name="Mã số")])
        with pytest.raises(UnreadableSheet, match=r"Mã số.*\.$"):
            choose(workbook, LIST, only=only)

    def test_legacy_text_is_converted_and_told(self):
        rows = [HEADER, [1.0, "NguyÔn V¨n An", None, "Së Y tÕ"], [2.0, "TrÇn ThÞ B×nh", None, "Së Tµi chÝnh"]]
        choice = choose(Workbook("a.xlsx", "xlsx", [make_sheet(rows)]), LIST)
        assert names(choice.layouts[0]) == ["Nguyễn Văn An", "Trần Thị Bình"]
        assert len(choice.notes) == 1


@pytest.mark.parametrize(("index", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters(index, expected):
    assert letter(index) == expected
