"""Every line below the header is a row of the list or told, with its number, to be none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.sheets import lines
from records.sheets.recognising import recognise
from tests.records.sheets.making import HEADER, LIST, PERSON, below, make_sheet, names, skipped


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

    @pytest.mark.parametrize(
        "motto",
        [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "ĐẢNG CỘNG SẢN VIỆT NAM",
            "Độc lập – Tự do – Hạnh phúc.",
        ],
    )
    def test_the_motto_at_the_head_of_a_second_page_is_no_recipient(self, motto):
        layout = below(PERSON, [None, motto], [2.0, "Mai Hoa"])
        assert names(layout) == ["Lê Ánh", "Mai Hoa"]
        assert skipped(layout) == [3]

    def test_a_merge_above_the_header_fills_nothing(self):
        rows = [["DANH SÁCH"], HEADER, PERSON, [2.0, "Mai Hoa"]]
        layout = recognise(make_sheet(rows, [(1, 3, 4, 3)]), LIST)
        assert [row.text("unit") for row in layout.rows] == ["Sở Y tế", ""]

    def test_merges_follow_each_other_and_reach_over_blank_rows(self):
        rows = [[1.0, "A", None, "Sở Y tế"], [], [2.0, "B"], [3.0, "C", None, "Sở Tài chính"], [4.0, "D"], [5.0, "E"]]
        layout = below(*rows, merges=[(2, 3, 4, 3), (5, 3, 6, 3)])
        assert [row.text("unit") for row in layout.rows] == ["Sở Y tế", "Sở Y tế", "Sở Tài chính", "Sở Tài chính", ""]

    def test_what_was_passed_over_is_counted_beyond_what_is_kept(self, monkeypatch):
        monkeypatch.setattr(lines, "SKIPPED", 2)
        layout = below(PERSON, *([["Tổng cộng", None, None, None, 1.0]] * 5))
        assert (len(layout.skipped), layout.skipped_count) == (2, 5)


CELLS = st.sampled_from(
    [None, None, "Lê Ánh", "Sở Y tế", " Sở  Y tế ", "-nt-", "x", "I", "II.", "A.", "12", 1.0, 2.0, 3.5, "TẬP THỂ (2)",
     "Tổng cộng", "Tổng cộng: 5", "Tổng Công ty", "Cộng đồng", "STT", "Họ và tên", "Chức vụ", "#N/A", "TM. ỦY BAN",
     "Cá nhân", "(1)", "(2)"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(st.lists(CELLS, min_size=5, max_size=7), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(2, 12), st.integers(0, 4), st.integers(1, 3)), max_size=2, unique_by=lambda m: m[1]),
)
def test_the_fast_way_by_blocks_sorts_as_the_way_line_by_line(rows, tall):
    """Most rows are told at a glance; what that takes for a row must be one for the rules, with the same values."""
    merges = [(top, left, top + more, left) for top, left, more in tall]
    layout = recognise(make_sheet([[*HEADER, "Danh hiệu thi đua"], *rows], merges), LIST)
    slow = layout._sorter()
    slow._is_plain = lambda row: False
    expected = [row for block in layout.sheet.blocks(1) for row in slow.sort(block)]
    assert layout.rows == expected
    assert layout.skipped == slow.skipped
