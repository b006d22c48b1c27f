"""A column among many values, and one that holds a text somewhere: the rows that `in` and `contains` give."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from records.models import Award, Decision, Member, Sector, Unit
from tests.factories import make_member, make_sector

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


@pytest.mark.parametrize("held", ["014", "00014127", "%", "_", "\\", "' OR ''='", "9"])
def test_a_number_that_holds_a_text_is_what_contains_finds(held):
    for card in ("00014127", "9%9", "a_b", "c\\d", "it's"):
        make_member(card_number=card)
    found = Member.objects.filter(card_number__holds=held).order_by("pk")
    assert list(found) == list(Member.objects.filter(card_number__contains=held).order_by("pk"))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="others have no index over groups of letters")
@pytest.mark.parametrize("model", [Member, Unit, Award, Decision])
def test_an_index_over_groups_of_letters_serves_parts_of_texts_and_nothing_else(model):
    cases = [("search_key", "contains"), *([("card_number", "holds")] if model is Member else [])]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for column, holds in cases:
            rows = model.objects.exclude(card_number="") if column == "card_number" else model.objects
            plan = {way: rows.filter(**{f"{column}__{way}": said}).order_by().explain() for way, said in (
                (holds, "nguyen"), ("exact", "nguyen"), ("among", {"nguyen", "tran"}), ("startswith", "nguyen"),
            )}  # fmt: skip
            # Of the few rows here any index over card numbers is as good.
            assert "_parts" in plan[holds] or column == "card_number"
            assert not any("_parts" in plan[way] for way in ("exact", "among", "startswith"))
