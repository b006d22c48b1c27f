"""What is typed into a grid's cell means what a Vietnamese clerk means by it, and is never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.grids import NOTHING, TICK, Unreadable, canonical, is_untouched, read_cell, version_of

READ = [
    ("", NOTHING), ("  ", NOTHING), ("-", NOTHING), ("–", NOTHING),
    ("x", TICK), ("X", TICK), ("✓", TICK), ("v", TICK), ("Có", TICK),
    ("0", 0), ("10", 10), ("007", 7), ("1200", 1200), ("1.200", 1200), ("1 200", 1200), ("1\u00a0200", 1200),
    ("12.345.678", 12345678), ("0,5", "0.5"), ("1,25", "1.25"), ("1,20", "1.2"), ("1.200,5", "1200.5"),
    ("1200,50", "1200.5"), ("0.5", "0.5"), ("1.5", "1.5"), ("2.25", "2.25"), ("0,500", "0.5"), ("0.500", "0.5"),
]  # fmt: skip
REFUSED = [
    ("1o", "number"), ("mười", "number"), ("1/2", "number"), ("10 buổi", "number"), ("1e5", "number"),
    ("NaN", "number"), ("٣", "number"), ("1.20.300", "number"), ("1,2,3", "number"), ("=1+1", "number"),
    ("1,200", "two_ways"), ("12,345", "two_ways"), ("0,125", "precise"), ("1,2345", "precise"),
    ("-5", "negative"), ("−5", "negative"), ("99999999999", "large"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ)
def test_a_cell_is_read_the_vietnamese_way(text, value):
    assert read_cell(text) == (value if value in (NOTHING, TICK) else Decimal(value))


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_is_no_quantity_or_could_be_two_is_refused(text, code):
    with pytest.raises(Unreadable) as refused:
        read_cell(text)
    assert refused.value.code == code


@pytest.mark.parametrize(("text", "value"), [("1,200", 1200), ("0.5", "0.5"), ("0,5", "0.5"), ("1,200.25", "1200.25")])
def test_the_english_page_reads_the_english_way(text, value):
    assert read_cell(text, ".") == Decimal(value)


def test_the_english_page_refuses_a_point_that_could_group():
    with pytest.raises(Unreadable):
        read_cell("1.200", ".")


@given(st.text(max_size=30), st.sampled_from([",", "."]))
def test_anything_typed_is_read_or_refused(text, decimal):
    try:
        value = read_cell(text, decimal)
    except Unreadable as error:
        assert error.code in {"number", "two_ways", "precise", "negative", "large"}
    else:
        assert value in (NOTHING, TICK) or (0 <= value < 10**10 and value == round(value, 2))


@given(st.decimals(0, 10**9, places=2))
def test_a_number_written_out_is_read_back(value):
    assert read_cell(f"{value:f}".replace(".", ",")) == value
    assert canonical(value) == canonical(Decimal(f"{value}0"))


def test_a_version_tells_cells_from_the_rest_of_a_row():
    cells = {"1": Decimal(4), "2": NOTHING}
    version = version_of(cells, "registered")
    assert is_untouched(version, {"1": Decimal("4.00")})
    assert not is_untouched(version, {"1": Decimal(5)})
    assert is_untouched(version_of(cells, "done"), cells) and version_of(cells, "done") != version
    assert version_of({"1": TICK}) != version_of({"1": Decimal(1)}) != version_of({})
    assert not is_untouched("", cells)
