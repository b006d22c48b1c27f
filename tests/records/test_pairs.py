"""Pairs of records that are probably of one person: found on good grounds, never by the name alone, and only among
those one may see."""

from datetime import date

import pytest

from records.duplicates import Ground, pairs
from records.models import Member, Namesakes
from tests.factories import make_branch, make_member, make_unit, make_user

pytestmark = pytest.mark.django_db
BORN = date(1970, 8, 12)
NAME = "Lê Thị Ánh"
CARD, BIRTH, PLACE = Ground


@pytest.fixture
def commune():
    return make_unit(kind="grassroots_committee")


def branch(commune):
    return make_unit(kind="sub_branch", parent=commune)


def grounds():
    return [pair.grounds for pair in pairs(Member.objects.all())]


def test_the_same_card_number_is_enough_however_it_is_written():
    make_member(full_name="Ai", card_number="46.001 234")
    make_member(full_name="Khác", card_number="46001234")
    make_member(card_number="46001235")
    assert grounds() == [[CARD]]


def test_the_name_with_the_date_of_birth_is_a_pair_tones_aside():
    make_member(full_name=NAME, birth_date=BORN)
    make_member(full_name="LE THI ANH", birth_date=BORN)
    assert grounds() == [[BIRTH]]


@pytest.mark.parametrize(
    "other",
    [
        {"full_name": NAME, "birth_date": date(1970, 8, 13)},
        {"full_name": "Lê Thị Anh Đào", "birth_date": BORN},
        {"full_name": NAME, "birth_date": None},
        {"full_name": NAME, "birth_date": date(1970, 1, 1), "birth_precision": "year"},
    ],
)
def test_a_name_alone_or_a_day_alone_is_none(other):
    make_member(full_name=NAME, birth_date=BORN)
    make_member(**other)
    assert grounds() == []


def test_two_years_of_birth_are_no_date():
    """What is known of both is a year only; that it is stored as the first of January says nothing."""
    for _n in range(2):
        make_member(full_name=NAME, birth_date=date(1970, 1, 1), birth_precision="year")
    assert grounds() == []


def test_the_name_with_the_year_is_a_pair_inside_one_grassroots_organisation(commune):
    here, beside, elsewhere = branch(commune), branch(commune), branch(make_unit(kind="grassroots_committee"))
    for unit, day in ((here, 1), (beside, 2), (elsewhere, 3)):
        make_member(full_name=NAME, birth_date=date(1970, 1, day), unit=unit)
    (pair,) = pairs(Member.objects.all())
    assert pair.grounds == [PLACE]
    assert {Member.objects.get(pk=key).unit for key in pair.keys} == {here, beside}


def test_somebody_of_the_committee_itself_is_beside_its_branches(commune):
    make_member(full_name=NAME, birth_date=date(1970, 1, 1), unit=branch(commune))
    make_member(full_name=NAME, birth_date=date(1970, 1, 2), unit=commune)
    assert grounds() == [[PLACE]]


def test_the_strongest_come_first_with_all_that_speaks_for_them(commune):
    make_member(full_name="Ai Đó", birth_date=BORN, card_number="1")
    make_member(full_name="Ai Đó", birth_date=BORN)
    for card in ("22", "2-2"):
        make_member(full_name=NAME, birth_date=BORN, unit=commune, card_number=card)
    assert grounds() == [[CARD, BIRTH, PLACE], [BIRTH]]


def test_three_records_of_one_person_are_three_pairs():
    keys = [make_member(full_name=NAME, birth_date=BORN).pk for _n in range(3)]
    assert [pair.keys for pair in pairs(Member.objects.all())] == [
        (keys[0], keys[1]),
        (keys[0], keys[2]),
        (keys[1], keys[2]),
    ]


def test_one_who_left_and_was_entered_anew_is_a_pair_but_not_two_who_are_gone():
    gone, here = (make_member(full_name=NAME, birth_date=BORN) for _n in range(2))
    gone.change_standing("left", date(2021, 1, 1))
    assert grounds() == [[BIRTH]]
    here.change_standing("deceased", date(2021, 1, 1))
    assert grounds() == []


def test_whoever_may_not_see_one_of_two_is_told_of_neither():
    mine = make_member(full_name=NAME, birth_date=BORN)
    make_member(full_name=NAME, birth_date=BORN)
    assert pairs(Member.objects.filter(unit=mine.unit)) == []


def test_told_apart_they_do_not_return_until_it_is_taken_back():
    one, other = (make_member(full_name=NAME, birth_date=BORN) for _n in range(2))
    row = Namesakes.tell_apart(other, one, make_user(), "khác quê quán")
    assert Namesakes.tell_apart(one, other, make_user()) == row
    assert grounds() == []
    row.delete()
    assert grounds() == [[BIRTH]]
    assert [past.history_type for past in Namesakes.history.order_by("history_id")] == ["+", "-"]


def test_pairs_cost_one_query_however_many(django_assert_num_queries):
    for _n in range(3):
        make_member(full_name=NAME, birth_date=BORN, unit=make_branch())
    with django_assert_num_queries(1):
        assert len(pairs(Member.objects.all())) == 3
