"""The lines of a sheet can be walked, counted and picked without being in memory."""

import pytest

from records.sheets.reading import Workbook, read
from records.sheets.workbook import HEAD_LINES, Line, Merge, letter
from tests.records.sheets.making import make_sheet, make_xlsx

LONG = [[n, f"tên {n}"] for n in range(1, 1301)]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    """A sheet of 1,300 rows, which are three blocks, with one empty row among them."""
    rows = [*LONG[:700], [], *LONG[700:]]
    return read(make_xlsx(tmp_path_factory.mktemp("sheets") / "a.xlsx", rows)).sheets[0]


def test_lines_are_counted_and_walked_as_often_as_needed(sheet):
    assert len(sheet.lines) == 1300
    assert sheet.lines
    assert [line.cells for line in sheet.lines] == [line.cells for line in sheet.lines] == LONG


@pytest.mark.parametrize("index", [0, 499, 500, -1, slice(498, 502), slice(None, None, 400), slice(-2, None)])
def test_lines_are_picked_like_those_of_a_list(sheet, index):
    everything = list(sheet.lines)
    assert sheet.lines[index] == everything[index]


@pytest.mark.parametrize("index", [1300, -1301])
def test_there_is_no_line_beyond_the_last(sheet, index):
    with pytest.raises(IndexError):
        sheet.lines[index]


def test_the_first_lines_stay_in_memory(sheet):
    assert sheet.head is sheet.head
    assert sheet.head == sheet.lines[:HEAD_LINES]


def test_lines_by_the_number_a_person_sees(sheet):
    assert sheet.line(700) == Line(700, [700, "tên 700"])
    assert sheet.line(701) is None
    assert sheet.line(702) == Line(702, [701, "tên 701"])
    assert sheet.line(1302) is None


def test_many_lines_by_number_in_one_walk(sheet):
    assert [line.number for line in sheet.lines_called([1301, 3, 701, 502, 9999])] == [3, 502, 1301]
    assert list(sheet.lines_called([])) == []


def test_a_workbook_gives_the_raw_cells_of_a_row():
    workbook = Workbook("a.xlsx", "xlsx", [make_sheet([["  Lê  Ánh "]], name="Một"), make_sheet([], name="Hai")])
    assert workbook.line("Một", 1).cells == ["  Lê  Ánh "]
    assert workbook.line("Hai", 1) is workbook.line("Ba", 1) is None
    assert workbook.sheet("Hai").name == "Hai"


def test_merges_within_some_rows():
    sheet = make_sheet([["a"]], merges=[(1, 0, 1, 3), (2, 0, 5, 0)])
    assert sheet.merges_within(1, 4) == [Merge(1, 0, 1, 3)]


@pytest.mark.parametrize(("index", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters(index, expected):
    assert letter(index) == expected
