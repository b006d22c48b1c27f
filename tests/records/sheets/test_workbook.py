"""The lines of a sheet can be walked, counted and picked without being in memory."""

import pytest

from records.sheets.workbook import letter


@pytest.mark.parametrize(("index", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters(index, expected):
    assert letter(index) == expected
