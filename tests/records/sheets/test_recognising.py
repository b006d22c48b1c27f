"""Of a workbook the sheets that are lists are read, the others told; what a person says of columns goes before all."""

import unicodedata

import pytest

from records.sheets.reading import UnreadableSheet, Workbook, read
from records.sheets.recognising import choose, recognise
from tests.records.sheets.making import CODES, HEADER, LIST, PERSON, fields, make_sheet, make_xlsx, names


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

    def test_what_a_person_says_goes_before_a_known_header(self):
        rows = [["Họ và tên", "Đơn vị", "Cơ quan"], ["Lê Ánh", "Khối 1", "Sở Y tế"]]
        layout = recognise(make_sheet(rows), LIST, overrides={"C": "unit"})
        assert fields(layout) == {"name": "A", "unit": "C"}
        assert [column.letter for column in layout.ignored] == ["B"]

    def test_a_column_without_a_header_is_named_by_its_letter(self):
        layout = recognise(make_sheet([["Họ và tên", None], ["Lê Ánh", "Sở Y tế"]]), LIST, overrides={"b": "unit"})
        assert layout.rows[0].text("unit") == "Sở Y tế"

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

    def test_a_look_at_a_workbook_nobody_knows_shows_its_sheets(self):
        rows = [["Cán bộ", "Cơ quan"], ["Lê Ánh", "Sở Y tế"]]
        workbook = Workbook("a.xlsx", "xlsx", [make_sheet(rows, name="Một"), make_sheet([], name="Hai")])
        choice = choose(workbook, LIST, lenient=True)
        assert [layout.sheet.name for layout in choice.layouts] == ["Một"]
        assert [known.name for known in choice.layouts[0].missing] == ["name"]
        assert [passed.sheet for passed in choice.passed_over] == ["Hai"]

    def test_a_header_that_a_person_names_wrongly_is_refused_with_what_is_missing(self):
        workbook = Workbook("a.xlsx", "xlsx", [make_sheet([HEADER, PERSON, PERSON])])
        with pytest.raises(UnreadableSheet, match=r"Name.*\.$"):
            choose(workbook, LIST, header=2)


class TestCodes:
    """Columns written in codes, beside a sheet that says what they mean."""

    HEADER = ["STT", "Họ và tên", "Mã đơn vị công tác", "Mã hình thức khen thưởng\n(nếu có)"]
    ROWS = [[1.0, "Lê Ánh", "DV01", "1650000001"], [2.0, "Võ Bảy", "DV02", 1650000003.0], [3.0, "Mai Hoa", "DV9", None]]

    def choice(self, header=HEADER, rows=ROWS, name="DANHMUC", visible=True):
        listed = make_sheet([["DANH SÁCH"], header, *rows])
        return choose(Workbook("a.xlsx", "xlsx", [listed, make_sheet(CODES, name=name, visible=visible)]), LIST)

    def test_codes_are_read_as_what_they_mean(self):
        rows = self.choice().layouts[0].rows
        assert [row.text("type") for row in rows] == ["Bằng khen của Bộ trưởng", "Giấy khen", ""]

    def test_a_code_that_stands_in_no_list_is_left(self):
        rows = [*self.ROWS[:2], *[[n, "A", "DV01", None] for n in (3.0, 4.0, 5.0)], self.ROWS[2]]
        assert [row.text("unit") for row in self.choice(rows=rows).layouts[0].rows][-2:] == ["Sở Y tế", "DV9"]

    def test_a_column_of_other_words_is_no_column_of_codes(self):
        assert "unit" not in fields(self.choice().layouts[0])

    def test_the_translation_is_told_with_an_example_and_the_sheet_as_a_code_list(self):
        choice = self.choice()
        (note,) = choice.notes
        assert all(part in note for part in ("D “Mã hình thức", "DANHMUC", "1650000001", "Bằng khen của Bộ trưởng"))
        assert [passed.sheet for passed in choice.passed_over] == ["DANHMUC"]
        assert [known.title for known in choice.code_lists] == ["Hình thức khen thưởng", "Đơn vị công tác"]
        assert choice.layouts[0].columns[-1].codes is choice.code_lists[0]

    @pytest.mark.parametrize(("name", "visible"), [("DM", True), ("X", False), ("Sheet2", True)])
    def test_the_sheet_of_codes_need_not_be_named_so(self, name, visible):
        layout = self.choice(name=name, visible=visible).layouts[0]
        assert fields(layout)["type"] == "D"

    def test_a_column_of_words_goes_before_one_of_codes(self):
        rows = [[1.0, "Lê Ánh", "Cờ thi đua", "1650000001"]]
        layout = self.choice([*self.HEADER[:2], "Danh hiệu thi đua", self.HEADER[3]], rows).layouts[0]
        assert layout.rows[0].text("type") == "Cờ thi đua"
        assert [column.letter for column in layout.ignored] == ["D"]

    def test_codes_under_a_header_that_does_not_say_so(self):
        layout = self.choice([*self.HEADER[:3], "Hình thức khen thưởng"]).layouts[0]
        assert layout.rows[1].text("type") == "Giấy khen"

    def test_without_a_sheet_of_codes_the_column_is_ignored(self):
        layout = recognise(make_sheet([[*HEADER, "Mã đơn vị"], [*PERSON, "DV01"]]), LIST)
        assert [column.label for column in layout.ignored] == ["Mã đơn vị"]


OLD = {
    "cp1258": ("Họ và tên;Đơn vị\nTrần Thị Bình;Sở Y tế\nLê Hữu Đức;Sở Tài chính\n", "cp1258"),
    "TCVN3": ("Hä vµ tªn;§¬n vÞ\nTrÇn ThÞ B×nh;Së Y tÕ\nLª H÷u §øc;Së Tµi chÝnh\n", "latin-1"),
    "VNI": ("Hoï vaø teân;Ñôn vò\nTraàn Thò Bình;Sôû Y teá\nLeâ Höõu Ñöùc;Sôû Taøi chính\n", "cp1252"),
}


@pytest.mark.parametrize("encoding", OLD)
def test_a_csv_in_an_encoding_before_unicode_is_a_list_like_any_other(tmp_path, encoding):
    text, written = OLD[encoding]
    if encoding == "cp1258":  # the tone behind its vowel, as Windows stored it
        text = "".join(unicodedata.normalize("NFD", c) if c in "ọếầịởữứ" else c for c in text)
        text = text.replace("e\u0302", "ê").replace("a\u0302", "â").replace("o\u031b", "ơ").replace("u\u031b", "ư")
        text = "".join(unicodedata.normalize("NFD", c) if c in "àìí" else c for c in text)
    (tmp_path / "a.csv").write_bytes(text.encode(written))
    workbook = read(tmp_path / "a.csv")
    choice = choose(workbook, LIST)
    assert fields(choice.layouts[0]) == {"name": "A", "unit": "B"}
    assert [(row.text("name"), row.text("unit")) for row in choice.layouts[0].rows] == [
        ("Trần Thị Bình", "Sở Y tế"),
        ("Lê Hữu Đức", "Sở Tài chính"),
    ]
    assert workbook.notes + choice.notes != []
