"""Of a workbook the sheets that are lists are read, the others told; what a person says of columns goes before all."""

import pytest

from records.sheets.reading import UnreadableSheet, Workbook, read
from records.sheets.recognising import choose, recognise
from tests.records.sheets.making import HEADER, LIST, PERSON, fields, make_sheet, make_xlsx, names


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
        assert ["TCVN3" in note for note in choice.notes] == [True, True, False]
