"""What is pasted out of a spreadsheet becomes a sheet, or one sentence that says why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.sheets.formats import UnreadableSheet
from records.sheets.pasting import as_sheet


def cells(text):
    return [line.cells for line in as_sheet(text).lines]


def test_tabs_part_cells_and_empty_lines_keep_their_numbers():
    sheet = as_sheet("STT\tHọ và tên\r\n\r\n1\t Lê Ánh \r\n")
    assert [(line.number, line.cells) for line in sheet.lines] == [(1, ["STT", "Họ và tên"]), (3, ["1", "Lê Ánh"])]


def test_a_cell_with_a_line_break_comes_quoted():
    assert cells('A\t"Sở\nY tế"\nB\t"nói ""vâng"""\n') == [["A", "Sở\nY tế"], ["B", 'nói "vâng"']]


def test_a_quotation_mark_left_open_is_only_a_mark():
    assert cells('A\t"\nB\tx') == [["A", '"'], ["B", "x"]]


def test_a_letter_of_tcvn3_that_looks_like_a_soft_hyphen_is_kept():
    assert cells("ph­êng\tx") == [["ph­êng", "x"]]


@pytest.mark.parametrize(
    ("text", "more"), [("", {}), (" \n\n", {}), ("x" * 20, {"characters": 10}), ("a\tb", {"columns": 1})]
)
def test_nothing_and_too_much_are_refused_in_a_sentence(text, more):
    with pytest.raises(UnreadableSheet, match=r"\.$"):
        as_sheet(text, **more)


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5)


@given(st.lists(st.lists(WORD, min_size=2, max_size=4), min_size=1, max_size=5))
def test_whatever_was_copied_is_there(rows):
    assert cells("\n".join("\t".join(row) for row in rows)) == rows
