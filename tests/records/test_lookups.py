"""A column among many values: the rows that `in` gives, whatever the values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.models import Sector
from tests.factories import make_sector

pytestmark = pytest.mark.django_db
NAMES = ["An", "Ánh", "O'Brien", 'dấu "', "a\\b", "tab\tđây", "%", "{a,b}", "NULL", "đ"]


@pytest.fixture
def sectors():
    return [make_sector(name=name) for name in NAMES]


@given(names=st.sets(st.sampled_from([*NAMES, "không có", ""])))
def test_texts_are_found_as_they_are(sectors, names):
    found = Sector.objects.filter(name__among=list(names)).order_by("pk")
    assert list(found) == list(Sector.objects.filter(name__in=names).order_by("pk"))


def test_keys_are_found_and_many_of_them_are_one_value(sectors, django_assert_num_queries):
    keys = [sector.pk for sector in sectors]
    with django_assert_num_queries(1):
        assert Sector.objects.filter(pk__among=[*keys, *range(10**6, 10**6 + 40_000)]).count() == len(keys)
