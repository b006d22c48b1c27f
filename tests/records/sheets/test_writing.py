"""What is written out is read back for the same, whatever it says, and nothing in it can be run."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from records.sheets import cells
from records.sheets.cells import PartialDate
from records.sheets.guarding import guard, guard_mark, unguard
from records.sheets.planning import Type
from records.sheets.reading import read
from records.sheets.writing import (
    CHUNK,
    Column,
    csv_chunks,
    day_in_words,
    in_blocks,
    plain_number,
    sheet_name,
    write_xlsx,
)

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HOSTILE = [
    "=cmd|' /C calc'!A0", "+84 912 345 678", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "'", "'Ánh",
    "00014127", "1.0", "1e5", "05/1990", "1/2/1996", "Nguyễn\u00a0Văn An", "hai\ndòng", 'ông "Ba"', '"', "a;b;c", "a|b",
    "a,b", "#N/A", "TRUE", "_x0041_", "_x005F_", "<b>&amp;", "http://vidu.example", "{=1}", "sep=;", "\ufeff", "＝1",
    "a\x0bb", "x" * 40_000,
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=20),
    st.text("=+-@'\"\t\r\n,;| a1ấđ\u00a0\u200b", max_size=8),
)
DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31))
DATES = st.one_of(
    st.none(),
    DAYS,
    DAYS.map(lambda day: PartialDate(day.replace(day=1), "month")),
    DAYS.map(lambda day: PartialDate(day.replace(month=1, day=1), "year")),
)
NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=2),
    st.decimals(-(10**9), 10**9, places=3),
    st.decimals(0, 10**14, places=6),
)
COLUMNS = [
    Column("Mã", width=12),
    Column("Họ và tên", width=28),
    Column("Ngày sinh", Type.DATE, 12),
    Column("Số lượng", Type.NUMBER, 10),
    Column("Năm", Type.YEAR, 8),
    Column("Giới tính", Type.CHOICE, 8),
]
ROW = st.tuples(
    TEXTS, TEXTS, DATES, NUMBERS, st.one_of(st.none(), st.integers(1900, 2100)), st.sampled_from(["", "Nam"])
)
TABLES = st.lists(ROW, max_size=30)


def as_csv(path, columns, rows):
    path = path / "danh-sach.csv"
    path.write_bytes(b"".join(csv_chunks(columns, in_blocks(rows))))
    return path


def as_xlsx(path, columns, rows, about=()):
    path = path / "danh-sach.xlsx"
    with path.open("wb") as file:
        write_xlsx(file, columns, in_blocks(rows), name="Đảng viên", about=lambda count: about)
    return path


WAYS = pytest.mark.parametrize("write", [as_csv, as_xlsx])


def read_back(path, columns):
    """The rows below the header, each value as its type is read."""
    first, *lines = read(path).sheets[0].lines
    assert [cells.text(first.cell(place)) for place in range(len(columns))] == [column.title for column in columns]
    readers = {Type.DATE: cells.read_date, Type.NUMBER: cells.read_number, Type.YEAR: cells.read_date}
    for line in lines:
        yield (
            line.number,
            [readers.get(column.type, cells.clean)(line.cell(place)) for place, column in enumerate(columns)],
        )


def as_read(value, column):
    """What a value is once it was read: text on one clean line, a date with its precision."""
    if column.type in (Type.TEXT, Type.CHOICE):
        return cells.text((value or "")[:32_767])
    if column.type == Type.YEAR:
        return value and PartialDate(date(value, 1, 1), "year")
    if column.type == Type.NUMBER:
        return None if value is None else Decimal(value)
    return PartialDate(value, "day") if isinstance(value, date) else value


@WAYS
@SLOW
@given(rows=TABLES)
def test_any_table_reads_back_equal(write, rows, tmp_path):
    # A row that says nothing is none; every list has its codes.
    rows = [(f"m{number}", *row) for number, row in enumerate(rows)]
    columns = [Column("Số"), *COLUMNS]
    expected = [
        (number, [as_read(value, column) for value, column in zip(row, columns, strict=True)])
        for number, row in enumerate(rows, start=2)
    ]
    if write is as_csv:
        # Only a sheet has a longest text.
        expected = [(n, [cells.text(v) if isinstance(v, str) else w for v, w in zip(row, told, strict=True)])
                    for row, (n, told) in zip(rows, expected, strict=True)]  # fmt: skip
    assert [(number, told) for number, told in read_back(write(tmp_path, columns, rows), columns)] == expected


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("'=1")
@example("''-")
def test_a_mark_is_taken_off_as_it_was_put_on(text):
    assert unguard(guard(text)) == unguard(guard_mark(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cells.clean(guard(text)) == cells.clean(guard_mark(text)) == cells.text(text)


def test_a_csv_is_one_for_every_reader():
    """Python's own reader finds the same cells, quotes and line ends included."""
    rows = [(text, text) for text in HOSTILE]
    written = b"".join(csv_chunks([Column("Tên"), Column('Ghi "chú"')], in_blocks(rows))).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(written, newline="")))
    assert found == [["Tên", 'Ghi "chú"'], *([guard(text), guard(text)] for text in HOSTILE)]


def test_a_long_table_goes_out_in_pieces():
    """The first piece is there before the rows are."""
    asked = []

    def rows():
        for number in range(3 * CHUNK):
            asked.append(number)
            yield (f"m{number}",)

    pieces = csv_chunks([Column("Mã")], in_blocks(rows()))
    assert next(pieces).decode("utf-8-sig") == "Mã\r\n" and asked == []
    assert next(pieces).count(b"\r\n") == CHUNK and len(asked) == CHUNK
    assert len(list(pieces)) == 2


def test_a_workbook_is_ready_to_work_in(tmp_path):
    """Real dates, widths, a header that stands still with its filter, codes as text, and a sheet about the list."""
    rows = [
        ("00014127", "=1+1", date(1996, 10, 20), 5, 2019, "Nữ"),
        ("00000002", "", PartialDate(date(1990, 5, 1), "month"), None, None, ""),
    ]
    path = as_xlsx(tmp_path, COLUMNS, rows, about=[("Danh sách", "Đảng viên"), ("Lý do", "=1")])
    book = openpyxl.load_workbook(path)
    sheet, about = book.worksheets
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Đảng viên", "A2", "A1:F3")
    assert [round(sheet.column_dimensions[letter].width) for letter in "ABC"] == [13, 29, 13]
    day = sheet["C2"]
    assert day.is_date and day.number_format == "dd/mm/yyyy" and day.value.date() == date(1996, 10, 20)
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].number_format) == ("00014127", "s", "@")
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["D2"].value, sheet["C3"].value) == (
        "=1+1",
        "s",
        5,
        "05/1990",
    )
    assert [tuple(cell.value for cell in row) for row in about.rows] == [("Danh sách", "Đảng viên"), ("Lý do", "=1")]
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]


def test_what_a_sheet_cannot_hold_goes_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr("records.sheets.writing.MOST_ROWS", 2)
    path = as_xlsx(tmp_path, [Column("Mã")], [("a1",), ("a2",), ("a3",)])
    book = openpyxl.load_workbook(path)
    assert [(sheet.title, sheet.max_row) for sheet in book.worksheets[:2]] == [("Đảng viên", 3), ("Đảng viên (2)", 2)]


@pytest.mark.parametrize(
    ("number", "written"),
    [(1234, "1234"), (Decimal("1.5"), "1.5"), (Decimal("1.234"), "1.2340"), (-0.5, "-0.5")],
)
def test_a_number_can_be_read_one_way(number, written):
    assert plain_number(number) == written and cells.read_number(written) == Decimal(str(number))


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2020, 5, 2), "02/05/2020"),
        (PartialDate(date(2020, 5, 1), "month"), "05/2020"),
        (PartialDate(date(2020, 1, 1), "year"), "2020"),
    ],
)
def test_a_date_says_as_much_as_is_known(day, written):
    assert day_in_words(day) == written


@pytest.mark.parametrize("name", ["a/b:c[d]*?\\'e", "", "x" * 50, "Đảng viên"])
def test_a_sheet_takes_any_name(name, tmp_path):
    with (tmp_path / "a.xlsx").open("wb") as file:
        assert write_xlsx(file, [Column("Mã")], in_blocks([("1",)]), name=name, about=lambda count: ()) == 1
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].title) <= 31


@given(st.text(max_size=40), st.integers(1, 12))
def test_a_sheet_may_have_its_name(text, part):
    name = sheet_name(text, part)
    assert 0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'")
    assert name == name.strip()
