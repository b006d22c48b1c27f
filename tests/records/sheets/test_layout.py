"""A layout tells a screen what its columns are and walks its rows without holding them."""

from itertools import islice

import pytest

from records.sheets.reading import read
from records.sheets.recognising import choose, recognise, signature
from tests.records.sheets.making import (
    HEADER,
    LIST,
    MEMBERS,
    PERSON,
    below,
    export_of_members,
    make_sheet,
    make_xlsx,
    names,
    statistics_of_members,
)


class TestColumns:
    def test_each_column_shows_its_letter_label_guess_and_first_values(self):
        rows = [[float(n), f"Người {n}", None, "Sở Y tế", "Bằng khen", "ghi"] for n in range(1, 16)]
        layout = recognise(make_sheet([HEADER, *rows]), LIST)
        told = [(column.letter, column.label, column.field and column.field.name) for column in layout.columns]
        assert told[1] == ("B", "Họ và tên", "name")
        assert told[-1] == ("F", "", None)
        assert layout.columns[1].samples == tuple(f"Người {n}" for n in range(1, 11))
        assert layout.columns[2].samples == ()

    def test_columns_that_hold_nothing_or_only_errors_are_told(self):
        layout = recognise(make_sheet([[*HEADER, "Mã"], [*PERSON, "#N/A"], [*PERSON, "#REF!"]]), LIST)
        (note,) = layout.notes
        assert "F “Mã”" in note and "Họ và tên" not in note

    def test_a_value_far_below_is_seen(self, tmp_path):
        rows = [HEADER, *([float(n), f"Người {n}", None, "Sở"] for n in range(1, 1500)), PERSON]
        layout = choose(read(make_xlsx(tmp_path / "a.xlsx", rows)), LIST).layouts[0]
        assert layout.notes == []

    def test_the_lines_above_the_header_and_their_merges(self):
        layout = recognise(statistics_of_members(), MEMBERS)
        assert [line.number for line in layout.above] == [1, 2]
        assert [line.number for line in layout.header] == [4, 5, 6]
        assert len(layout.merges) == len(layout.sheet.merges)
        assert layout.titles[-1] == "Thống kê dữ liệu đoàn viên"


class TestSignature:
    def test_the_same_columns_are_known_again_whatever_is_below(self):
        first = below(PERSON)
        second = recognise(make_sheet([["Tiêu đề"], ["stt", "HỌ VÀ TÊN ", "Chuc vu", *HEADER[3:]], PERSON]), LIST)
        assert signature(first) == signature(second)

    @pytest.mark.parametrize("header", [[*HEADER[:2], HEADER[3], HEADER[2], HEADER[4]], [*HEADER, "Ghi chú"]])
    def test_other_columns_are_another_arrangement(self, header):
        assert signature(recognise(make_sheet([header, PERSON]), LIST)) != signature(below(PERSON))


class TestWalk:
    def test_rows_can_be_walked_again_and_skipped_lines_are_told_once(self):
        layout = below(PERSON, ["Tổng cộng: 1"])
        assert [row.number for row in layout.scan()] == [row.number for row in layout.scan()] == [2]
        assert [line.number for line in layout.skipped] == [3]
        assert layout.skipped_count == 1

    def test_a_walk_broken_off_leaves_what_was_passed_over_whole(self):
        layout = below(PERSON, PERSON, ["Tổng cộng: 1"])
        assert len(list(islice(layout.scan(), 1))) == 1
        assert [line.number for line in layout.skipped] == [4]

    def test_blank_rows_are_counted(self):
        assert recognise(make_sheet([HEADER, [], PERSON, [], [], PERSON]), LIST).blank_rows == 3

    def test_rows_beyond_the_first_block_are_those_of_the_file(self, tmp_path):
        rows = [[float(n), f"Người {n}", "Giám đốc", "Sở Y tế", "Cờ"] for n in range(1, 1201)]
        layout = choose(read(make_xlsx(tmp_path / "a.xlsx", [["Tiêu đề"], HEADER, *rows])), LIST).layouts[0]
        found = list(layout.scan())
        assert [row.number for row in found] == list(range(3, 1203))
        assert found[700].values == {
            "ordinal": 701.0, "name": "Người 701", "position": "Giám đốc", "unit": "Sở Y tế", "type": "Cờ",
        }  # fmt: skip


class TestSamples:
    @pytest.mark.parametrize(("days", "expected"), [(["01/02/2020", "05/22/2020"], True), (["22/05/2020"], False)])
    def test_a_field_whose_dates_show_the_month_first(self, days, expected):
        rows = [["Họ và tên", "Ngày sinh"], *(["Lê Ánh", day] for day in days)]
        assert recognise(make_sheet(rows), MEMBERS).is_month_first("born") is expected

    def test_the_decimal_sign_of_a_field(self):
        rows = [["Họ và tên", "Đơn vị"], ["Lê Ánh", "1,234"], ["Võ Bảy", "2,5"]]
        assert recognise(make_sheet(rows), LIST).decimal_sign("unit") == ","

    def test_the_values_of_a_field_in_the_first_rows(self):
        assert recognise(export_of_members(), MEMBERS).sample("ethnicity") == ["Kinh", "Kinh", "Thái"]


def test_repeated_headers_and_labels_do_not_mix_with_rows():
    assert names(below(PERSON, HEADER, [2.0, "Họ và tên", "Chức vụ", "Sở", "Cờ"])) == ["Lê Ánh", "Họ và tên"]
