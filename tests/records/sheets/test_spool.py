"""Blocks of rows come back from the temporary file as they went in, and what needs no cleaning is known."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.sheets import cells, child
from records.sheets.formats import UnreadableSheet
from records.sheets.spool import Loose, Spool, Stored, decode_column, is_clean

DAYS = st.dates() | st.datetimes()
VALUES = st.one_of(
    st.none(), st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False), st.booleans(), DAYS
)


def encode(values):
    return child.encode_column(["" if value is None else value for value in values])


def store(*blocks):
    """The blocks, each of numbers and columns of values, in a spool."""
    stored = Stored(Spool())
    for numbers, *columns in blocks:
        stored.add(numbers, [encode(column).encode() for column in columns])
    return stored


@given(st.lists(VALUES, min_size=1, max_size=8))
def test_a_column_is_read_back_as_it_was_written(values):
    encoded = encode(values)
    assert "\n" not in encoded
    expected = [value if value != "" else None for value in values]
    assert (decode_column(encoded.encode()) if encoded != "null" else [None] * len(values)) == expected


def test_a_time_of_day_is_its_text():
    assert json.loads(encode([datetime.time(7, 30), "x"]))["v"] == ["07:30:00", "x"]


TYPED = st.text(st.sampled_from('aÀđÐƣ\u0300\u0302\u0306 \u00a0\u200b\t#N/A"\\') | st.characters(), max_size=12)


@given(st.lists(TYPED | st.floats(allow_nan=False), min_size=1, max_size=6))
def test_what_counts_as_clean_is_not_changed_by_cleaning(values):
    encoded = encode([value.encode(errors="replace").decode() if isinstance(value, str) else value for value in values])
    if encoded != "null" and is_clean(encoded):
        texts = [value for value in decode_column(encoded.encode()) if isinstance(value, str)]
        assert [cells.text(value) for value in texts] == texts


@pytest.mark.parametrize("text", ["Lê Ánh", "Sở Y tế, tỉnh", "Chi bộ 3 (dự bị)", "a-b_c.d/e: 1%", "“Hương”"])
def test_ordinary_text_counts_as_clean(text):
    assert is_clean(encode([text, 1.0, None, datetime.date(2020, 5, 22)]))


def test_rows_come_back_with_their_numbers_whether_there_are_gaps_or_not():
    stored = store(([1, 2], ["a", "b"], [1.0, 2.0]), ([4, 9], ["c", None], [None, None]))
    assert len(stored) == 4
    rows = [row for block in stored.blocks({}) for row in block.rows()]
    assert rows == [(1, ("a", 1.0)), (2, ("b", 2.0)), (4, ("c", None)), (9, (None, None))]


def test_two_walks_at_a_time_do_not_disturb_each_other():
    stored = store(*(([n], [f"row {n}"]) for n in range(1, 5)))
    pairs = zip(stored.blocks({}), stored.blocks({}), strict=True)
    assert [(first.column(0), second.column(0)) for first, second in pairs] == [
        ([f"row {n}"], [f"row {n}"]) for n in range(1, 5)
    ]


@pytest.mark.parametrize(("after", "first"), [(-1, 1), (0, 1), (1, 1), (2, 4), (8, 4), (9, None)])
def test_a_walk_begins_with_the_block_that_holds_the_next_row(after, first):
    stored = store(([1, 2], ["a", "b"]), ([4, 9], ["c", "d"]))
    assert next((block.numbers[0] for block in stored.blocks({}, after)), None) == first
    loose = Loose([(1, ["a"]), (2, ["b"]), (4, ["c"]), (9, ["d"])])
    assert next((block.numbers[0] > after for block in loose.blocks({}, after)), None) in (True, None)


def test_columns_beyond_the_block_and_void_ones_hold_nothing():
    (block,) = store(([1, 2], [None, None], ["x", "y"])).blocks({})
    assert block.is_void(0) and not block.is_void(1)
    assert block.column(0) == block.column(7) == [None, None]


@pytest.mark.parametrize("spoilt", [b"[1,2", b"[1]", b'{"v":[1,2]}', b'{"v":[1,2],"d":[5],"t":[]}', b'"text"', b"7"])
def test_a_spoilt_column_is_a_sentence(spoilt):
    stored = Stored(Spool())
    stored.add([1, 2], [spoilt])
    (block,) = stored.blocks({})
    with pytest.raises(UnreadableSheet, match=r"\.$"):
        block.column(0)


def test_the_file_is_gone_with_the_spool():
    spool = Spool()
    file = spool._file
    del spool
    assert file.closed
