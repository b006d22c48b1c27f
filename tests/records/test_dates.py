"""Days as clerks type them, and what is said of those that no calendar has."""

from datetime import date

import pytest
from django.forms import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from records.forms.dates import PartialDateField, TypedDateField
from records.templatetags.marks import partial_date

DAY = TypedDateField()
PART = PartialDateField(required=False)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "text", ["1/2/1990", "01/02/1990", "01-02-1990", "1.2.1990", "01021990", " 1 / 2 / 1990 ", "1990-02-01"]
)
def test_a_day_is_read_day_first_with_or_without_separators(text):
    assert DAY.clean(text) == date(1990, 2, 1)
    assert PART.clean(text).day == date(1990, 2, 1) and PART.clean(text).precision == "day"


@pytest.mark.parametrize(("text", "precision"), [("1990", "year"), ("05/1990", "month"), ("5-1990", "month")])
def test_as_much_of_a_date_as_is_known_is_kept(text, precision):
    assert PART.clean(text).precision == precision
    assert partial_date(PART.clean(text).day, precision) in ("1990", "05/1990")
    with pytest.raises(ValidationError, match="not a whole date"):
        DAY.clean(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31/11/2020", "31/11/2020 does not exist: month 11 has 30 days"),
        ("29/02/2021", "month 2 has 28 days"),
        ("12/13/2020", "there is no month 13"),
        ("00/01/2020", "month 1 has 31 days"),
        ("1/2/90", "four digits"),
        ("01/01/0000", "does not exist"),
        ("5/1890", "before 1900"),
        ("hôm qua", "not a date"),
        ("1/2/1990 <script>", "not a date"),
        ("9" * 400, "not a date"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(ValidationError, match=said):
        PART.clean(text)


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_an_error(text):
    try:
        found = PART.clean(text)
    except ValidationError:
        return
    assert found is None or found.day.year >= 1900


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["day", "month", "year"]))
def test_what_a_box_shows_is_read_back(day, precision):
    found = PART.clean(PART.written(day, precision))
    assert found.precision == precision and PART.written(found.day, precision) == PART.written(day, precision)
