"""Cells as people type them: dates day first and never guessed, numbers as text, errors empty, old fonts converted."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.sheets import cells
from records.sheets.cells import PartialDate, UnreadableCell, read_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        ("  Nguyễn\u00a0 Văn\nAn ", "Nguyễn Văn An"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        (1.0, "1"),
        (1, "1"),
        (2.5, "2.5"),
        (79201001234.0, "79201001234"),
        (True, "x"),
        (False, ""),
        (datetime.date(2020, 5, 22), "22/05/2020"),
        ("#N/A", ""),
        ("#REF!", ""),
        ("#n/a", ""),
        ("#1 Lê Lợi", "#1 Lê Lợi"),
    ],
)
def test_text(value, expected):
    assert cells.text(value) == expected


DAY = datetime.date(2020, 5, 22)


@pytest.mark.parametrize(
    ("value", "day", "precision"),
    [
        (DAY, DAY, "day"),
        (datetime.datetime(2020, 5, 22, 7, 30), DAY, "day"),
        ("22/5/2020", DAY, "day"),
        ("22-05-2020", DAY, "day"),
        ("\t22.05.2020 ", DAY, "day"),
        ("22 / 5 / 2020", DAY, "day"),
        ("2020-05-22", DAY, "day"),
        ("2020-05-22 00:00:00", DAY, "day"),
        ("1/2/1996", datetime.date(1996, 2, 1), "day"),
        ("01.02.1996", datetime.date(1996, 2, 1), "day"),
        ("Ngày 21 tháng 3 năm 2017", datetime.date(2017, 3, 21), "day"),
        ("ngày 9/9/2014", datetime.date(2014, 9, 9), "day"),
        ("5/2020", datetime.date(2020, 5, 1), "month"),
        ("tháng 5 năm 2020", datetime.date(2020, 5, 1), "month"),
        ("Tháng 5/2020", datetime.date(2020, 5, 1), "month"),
        ("1996", datetime.date(1996, 1, 1), "year"),
        ("Năm 1996", datetime.date(1996, 1, 1), "year"),
        (1996.0, datetime.date(1996, 1, 1), "year"),
        (43973.0, DAY, "day"),
        (43973.5, DAY, "day"),
    ],
)
def test_dates_as_typed(value, day, precision):
    assert read_date(value) == PartialDate(day, precision)


@pytest.mark.parametrize("value", [None, "", "  ", "#N/A"])
def test_no_date(value):
    assert read_date(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "31/02/2016",
        "30/2/2009",
        "05/22/2020",
        "0/1/2020",
        "13/2020",
        "22/5/20",
        "hôm qua",
        "22/5",
        0.5,
        99999.0,
        2020.5,
        float("inf"),
        float("nan"),
        10**400,
        -3,
        "0000",
    ],
)
def test_what_is_no_date_is_refused_in_a_sentence(value):
    with pytest.raises(UnreadableCell, match=r"\.$"):
        read_date(value)


def test_a_column_with_month_first_dates_is_not_guessed():
    column = ["01/02/2020", "05/22/2020", None, 3.0]
    assert cells.has_month_first(column)
    with pytest.raises(UnreadableCell):
        read_date("01/02/2020", month_first=True)
    assert read_date("22/5/2020", month_first=True) == PartialDate(DAY, "day")
    assert read_date(DAY, month_first=True) == PartialDate(DAY, "day")


def test_a_column_of_vietnamese_dates_has_no_sign_of_month_first():
    assert not cells.has_month_first(["01/02/2020", "22/05/2020", "31/12/2019", "45/50/2020", "x"])


@given(
    st.dates(datetime.date(1800, 1, 1), datetime.date(2200, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]),
)
def test_every_day_written_day_first_is_read_back(day, pattern):
    assert read_date(day.strftime(pattern)) == PartialDate(day, "day")


@given(st.text() | st.floats() | st.integers())
def test_any_value_is_a_date_or_a_sentence(value):
    try:
        read_date(value)
    except UnreadableCell as error:
        assert str(error)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("-nt-", True), ("”", True), (" Như trên ", True), ("nt", True), ("Sở Y tế", False), (None, False)],
)
def test_ditto(value, expected):
    assert cells.is_ditto(value) is expected
