"""Cells as people type them: dates day first and never guessed, numbers as text, errors empty, old fonts converted."""

import datetime
from contextlib import suppress
from decimal import Decimal

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
        ("######", ""),
        ("Err:502", ""),
        ("Err", "Err"),
        ("#", "#"),
        ("#1 Lê Lợi", "#1 Lê Lợi"),
        ("Ðặng Hữu Ðạt", "Đặng Hữu Đạt"),
        ("Nguyễn Văn Tƣ", "Nguyễn Văn Tư"),
        ("Lê\u200b Á\ufeffnh\u00ad", "Lê Ánh"),
        ("Lê\u3000Ánh\u202f", "Lê Ánh"),
        ("Viê\u0323t", "Việt"),
        ("Vie\u0323\u0302t", "Việt"),
        (10**20, "100000000000000000000"),
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


@pytest.mark.parametrize(
    ("value", "day", "precision"),
    [
        ("01021996", datetime.date(1996, 2, 1), "day"),
        ("1021996", datetime.date(1996, 2, 1), "day"),
        (1021996.0, datetime.date(1996, 2, 1), "day"),
        (22052020.0, DAY, "day"),
        ("20200522", DAY, "day"),
        (20111210.0, datetime.date(2011, 12, 10), "day"),
        ("43973", DAY, "day"),
        ("22..05.2020", DAY, "day"),
        ("22/.5./2020.", DAY, "day"),
        ("'22/05/2020", DAY, "day"),
        ("22 5 2020", DAY, "day"),
        ("22\\05\\2020", DAY, "day"),
        ("22/05/2020 00:00:00", DAY, "day"),
        ("2020/5/22", DAY, "day"),
        ("\u00a022 -\u200b05-2020", DAY, "day"),
        ("ngày 3 tháng 2 năm 1930", datetime.date(1930, 2, 3), "day"),
        ("03 THÁNG 02 NĂM 1930", datetime.date(1930, 2, 3), "day"),
        ("5.1990", datetime.date(1990, 5, 1), "month"),
        ("tháng 5-1990", datetime.date(1990, 5, 1), "month"),
    ],
)
def test_dates_with_what_slips_in(value, day, precision):
    assert read_date(value) == PartialDate(day, precision)


def refusal(read, value, **more):
    """The refusal of a cell, whose text must be a sentence."""
    with pytest.raises(UnreadableCell, match=r"\.$") as caught:
        read(value, **more)
    return caught.value


class TestDatesThatNeverWere:
    @pytest.mark.parametrize(
        ("value", "left"),
        [
            ("31/02/2016", ["02/2016", "2016"]),
            ("30022016", ["02/2016", "2016"]),
            (31022016.0, ["02/2016", "2016"]),
            ("2016-02-31", ["02/2016", "2016"]),
            ("00/05/1990", ["05/1990", "1990"]),
            ("0/0/1955", ["1955"]),
            ("32/13/2016", ["2016"]),
            ("13/2020", ["2020"]),
            ("ngày 31 tháng 4 năm 1975", ["04/1975", "1975"]),
        ],
    )
    def test_what_remains_is_told(self, value, left):
        error = refusal(read_date, value)
        assert error.code == "date_never_was"
        shown = [f"{known.day:%m/%Y}" if known.precision == "month" else f"{known.day:%Y}" for known in error.readings]
        assert shown == left

    @pytest.mark.parametrize(
        ("fallback", "expected"),
        [
            ("month", PartialDate(datetime.date(2016, 2, 1), "month")),
            ("year", PartialDate(datetime.date(2016, 1, 1), "year")),
        ],
    )
    def test_somebody_may_say_to_take_what_remains(self, fallback, expected):
        assert read_date("31/02/2016", fallback=fallback) == expected
        assert read_date("22/5/2020", fallback=fallback) == PartialDate(DAY, "day")

    def test_no_month_is_made_up(self):
        assert refusal(read_date, "31/13/2016", fallback="month").code == "date_never_was"


class TestOrder:
    def test_a_column_with_month_first_dates_is_not_guessed(self):
        column = ["01/02/2020", "05/22/2020", None, 3.0]
        assert cells.has_month_first(column)
        error = refusal(read_date, "01/02/2020", month_first=True)
        assert error.code == "date_two_ways"
        assert [known.day for known in error.readings] == [datetime.date(2020, 2, 1), datetime.date(2020, 1, 2)]

    @pytest.mark.parametrize("value", ["22/5/2020", DAY, "5/5/2020", "2020-02-01"])
    def test_what_can_be_read_in_one_way_is_read(self, value):
        assert read_date(value, month_first=True) == read_date(value)

    @pytest.mark.parametrize(
        ("order", "value", "day"),
        [
            ("day", "01/02/2020", datetime.date(2020, 2, 1)),
            ("month", "01/02/2020", datetime.date(2020, 1, 2)),
            ("month", "05/22/2020", DAY),
            ("month", "22/05/2020", DAY),
            ("month", "2020-02-01", datetime.date(2020, 2, 1)),
        ],
    )
    def test_the_order_that_somebody_said_decides(self, order, value, day):
        assert read_date(value, month_first=True, order=order) == PartialDate(day, "day")

    @pytest.mark.parametrize("month_first", [True, False])
    def test_a_date_that_is_only_month_first_is_asked_about(self, month_first):
        error = refusal(read_date, "05/22/2020", month_first=month_first)
        assert (error.code, error.readings) == ("date_two_ways", (PartialDate(DAY, "day"),))

    def test_day_first_makes_it_a_date_that_never_was(self):
        assert refusal(read_date, "05/22/2020", order="day").code == "date_never_was"

    def test_a_column_of_vietnamese_dates_has_no_sign_of_month_first(self):
        assert not cells.has_month_first(["01/02/2020", "22/05/2020", "31/12/2019", "45/50/2020", "x"])


class TestYearsOfTwoDigits:
    ON = datetime.date(2026, 11, 28)

    @pytest.mark.parametrize("value", ["22/5/98", "22.5.20", "1-2-00"])
    def test_they_are_refused_with_both_readings(self, value):
        error = refusal(read_date, value)
        assert error.code == "two_digit_year"
        first, second = error.readings
        assert second.day.year - first.day.year == 100

    def test_they_are_read_where_one_of_the_two_lies_ahead(self):
        assert read_date("22/5/98", on=self.ON) == PartialDate(datetime.date(1998, 5, 22), "day")
        assert read_date("29/11/26", on=self.ON) == PartialDate(datetime.date(1926, 11, 29), "day")
        assert refusal(read_date, "27/11/26", on=self.ON).code == "two_digit_year"

    def test_what_was_in_neither_century_is_no_date(self):
        assert refusal(read_date, "31/2/98").code == "not_a_date"


@given(
    st.dates(datetime.date(1800, 1, 1), datetime.date(2200, 12, 31)),
    st.sampled_from(
        ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "ngày %d tháng %m năm %Y", "%Y-%m-%d", " %d . %m /%Y."]
    ),
)
def test_every_day_written_day_first_is_read_back(day, pattern):
    assert read_date(day.strftime(pattern)) == PartialDate(day, "day")


@given(st.dates(datetime.date(1800, 1, 1), datetime.date(2200, 12, 31)))
def test_every_day_written_month_first_is_read_back_when_that_is_said(day):
    assert read_date(f"{day:%m/%d/%Y}", order="month") == PartialDate(day, "day")


@given(st.dates(datetime.date(1928, 1, 1), datetime.date(2100, 12, 31)))
def test_every_serial_number_is_read_back(day):
    assert read_date(float((day - cells.SERIAL_ZERO).days)) == PartialDate(day, "day")


DATE_LIKE = st.text(st.sampled_from("0123456789/.- \tngaythmă"), max_size=14)


@given(
    st.text() | DATE_LIKE | st.floats() | st.integers() | st.dates() | st.datetimes(),
    st.sampled_from(["", "day", "month"]),
    st.sampled_from(["", "month", "year"]),
    st.booleans(),
)
def test_any_value_is_a_date_or_a_sentence_with_a_code(value, order, fallback, month_first):
    try:
        found = read_date(value, order=order, fallback=fallback, month_first=month_first)
    except UnreadableCell as error:
        assert str(error)
        assert error.code in {"not_a_date", "date_never_was", "date_two_ways", "two_digit_year"}
    else:
        assert found is None or 1800 <= found.day.year <= 2200


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, None),
            ("", None),
            ("#N/A", None),
            (3, "3"),
            (2.5, "2.5"),
            (0.1, "0.1"),
            (1e6, "1000000"),
            ("12", "12"),
            (" 12 ", "12"),
            ("-3", "-3"),
            ("−3", "-3"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1 234,5", "1234.5"),
            ("1\u00a0234\u202f567", "1234567"),
            ("1.234", "1234"),
            ("1.234.567", "1234567"),
            ("1,234,567", "1234567"),
            ("12,5", "12.5"),
            ("12.5", "12.5"),
            ("0,125", "0.125"),
            ("0.125", "0.125"),
            ("1234,567", "1234.567"),
            ("1,2345", "1.2345"),
        ],
    )
    def test_numbers_as_printed(self, value, expected):
        assert cells.read_number(value) == (None if expected is None else Decimal(expected))

    def test_a_comma_before_three_digits_is_asked_about(self):
        error = refusal(cells.read_number, "1,234")
        assert error.code == "number_two_ways"
        assert error.readings == (Decimal("1.234"), Decimal("1234"))

    @pytest.mark.parametrize(
        ("value", "decimal", "expected"),
        [("1,234", ",", "1.234"), ("1,234", ".", "1234"), ("1.234", ".", "1.234"), ("1.234", ",", "1234")],
    )
    def test_the_column_decides(self, value, decimal, expected):
        assert cells.read_number(value, decimal=decimal) == Decimal(expected)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (["1,234", None, 5.0, "1.234,5"], ","),
            (["1,234", "1.5"], "."),
            (["1,234", "1,234,567"], "."),
            (["1.234", "1,234", "x", "7"], ""),
            ([], ""),
        ],
    )
    def test_the_sign_of_a_column(self, values, expected):
        assert cells.decimal_sign(values) == expected

    @pytest.mark.parametrize(
        "value",
        [
            "x",
            "12,5 tỷ",
            "1.23.4",
            "1,23,456",
            "12 34",
            "1.234.5",
            ",5",
            "5,",
            "--5",
            True,
            float("nan"),
            float("inf"),
        ],
    )
    def test_what_is_no_number_is_refused(self, value):
        assert refusal(cells.read_number, value).code == "not_a_number"

    @given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from([(".", ","), (",", "."), (" ", ","), ("", ".")]))
    def test_every_number_as_printed_is_read_back(self, number, signs):
        thousands, decimal = signs
        printed = f"{number:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
        assert cells.read_number(printed) == number

    @given(st.text(st.sampled_from("0123456789.,- ")) | st.text(), st.sampled_from(["", ",", "."]))
    def test_any_text_is_a_number_or_a_sentence(self, text, decimal):
        with suppress(UnreadableCell):
            found = cells.read_number(text, decimal=decimal)
            assert found is None or found == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [("-nt-", True), ("”", True), (" Như trên ", True), ("nt", True), ("Sở Y tế", False), (None, False)],
)
def test_ditto(value, expected):
    assert cells.is_ditto(value) is expected
