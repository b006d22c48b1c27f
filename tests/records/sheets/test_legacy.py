"""Columns typed in the fonts before Unicode are converted, and each is told with an example."""

from records.sheets.legacy import convert_legacy
from tests.records.sheets.making import make_sheet


class TestLegacy:
    def test_a_tcvn3_column_becomes_unicode_with_a_note(self):
        sheet = make_sheet(
            [
                ["ỦY BAN NHÂN DÂN TỈNH", None],
                ["STT", "Hä vµ tªn"],
                [1.0, "NguyÔn V¨n An"],
                [2.0, "TrÇn ThÞ B×nh"],
                [3.0, "§Æng H÷u D­¬ng"],
            ]
        )
        notes = convert_legacy(sheet)
        assert ["TCVN3" in text for text in notes] == [True]
        assert [line.cell(1) for line in sheet.lines][2:] == ["Nguyễn Văn An", "Trần Thị Bình", "Đặng Hữu Dương"]
        assert sheet.lines[0].cell(0) == "ỦY BAN NHÂN DÂN TỈNH"

    def test_unicode_is_left_alone(self):
        rows = [["Họ và tên"], ["Lê Hòa"], ["Lò Thị Vân"], ["Trần Thị Bình"], ["Café Paris"]]
        sheet = make_sheet(rows)
        assert convert_legacy(sheet) == []
        assert [line.cells for line in sheet.lines] == rows
