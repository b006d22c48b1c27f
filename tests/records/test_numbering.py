import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.numbering import issuer_key, parse_number

# As printed in sources: Guide 36-HD/VPTW for the Party, Decree 30/2020 for the State, and the lists as found.
UNDERSTOOD = [
    ("1632/QĐ-UBND", (1632, "QĐ", "UBND")),
    ("563/QĐ-UBND", (563, "QĐ", "UBND")),
    ("714/QĐ-TTg", (714, "QĐ", "TTG")),
    ("689/QĐ-CTN", (689, "QĐ", "CTN")),
    ("14/2024/QĐ-UBND", (14, "QĐ", "UBND")),
    ("123-QĐ/TU", (123, "QĐ", "TU")),
    ("160-KH/TU", (160, "KH", "TU")),
    ("12-HD/BTCTW", (12, "HD", "BTCTW")),
    ("19-KH/HU", (19, "KH", "HU")),
    ("01-QĐ/TU", (1, "QĐ", "TU")),
    ("Số 321–QĐ/TW", (321, "QĐ", "TW")),
    (" 132 - cv / tu ", (132, "CV", "TU")),
    ("Quyết định số 70/QĐ-UBND", (70, "QĐ", "UBND")),
]


@pytest.mark.parametrize(("printed", "parts"), UNDERSTOOD)
def test_official_numbers_are_understood(printed, parts):
    assert parse_number(printed) == parts


@pytest.mark.parametrize("printed", ["", "2234", "số 2234", "001/QĐ-UBND-2026/x/y", "QĐ-UBND", "99999999999/QĐ-UBND"])
def test_what_follows_no_pattern_is_not_guessed(printed):
    assert parse_number(printed) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_left(printed):
    parsed = parse_number(printed)
    assert parsed is None or (parsed[0] >= 0 and parsed[1])


def test_one_issuer_printed_two_ways_is_one():
    assert issuer_key("Chủ tịch UBND tỉnh Quảng Bình") == issuer_key("Chủ tịch Ủy ban nhân dân tỉnh Quảng Bình")
    assert issuer_key("TTg") == issuer_key("Thủ tướng Chính phủ")
    assert issuer_key("Chủ tịch UBND tỉnh Quảng Bình") != issuer_key("Chủ tịch UBND tỉnh Quảng Trị")
