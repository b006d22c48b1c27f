"""What a clerk is asked to look at: each kind of gap finds its rows and no others."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from records.gaps import DECISION_GAPS, MEMBER_GAPS, counted, with_gap
from records.models import Decision, Member
from tests.factories import make_branch, make_decision, make_member

pytestmark = pytest.mark.django_db
WHOLE = {
    "full_name": "Trần Thị Bưởi",
    "birth_date": date(1980, 2, 3),
    "admitted_on": date(2005, 5, 19),
    "full_member_on": date(2006, 5, 19),
    "card_number": "00.000001",
}


def member_with(**fields):
    return make_member(**{**WHOLE, "card_number": "", "standing": "probationary", **fields})


GAPS = {
    "birth_date": {"birth_date": None},
    "admitted_on": {"admitted_on": None, "full_member_on": None},
    "full_member_on": {"full_member_on": None, "standing": "full", "card_number": "00.000002"},
    "card_number": {"card_number": "", "standing": "full"},
    "odd": {"birth_date": date(1988, 2, 3)},
}


@pytest.mark.parametrize("name", GAPS)
def test_a_member_with_a_gap_is_found_and_one_without_is_not(name):
    make_member(**WHOLE)
    odd = member_with(full_name="Lê Văn Cam", **GAPS[name])
    assert list(with_gap(Member.objects.all(), MEMBER_GAPS, name)) == [odd]


def test_of_the_same_name_and_birth_date_both_are_shown_but_namesakes_are_not():
    unit = make_branch()
    two = [member_with(unit=unit), member_with(full_name="TRẦN THỊ BƯỞI", unit=make_branch())]
    member_with(birth_date=date(1981, 2, 3))
    member_with(full_name="Trần Thị Bười")
    found = with_gap(Member.objects.order_by("pk"), MEMBER_GAPS, "twins")
    # Tones aside, "Bười" is "Bưởi": of one birth date that is worth a look too.
    assert [m.pk for m in found][:2] == [m.pk for m in two] and found.count() == 3


def test_a_twin_elsewhere_is_not_told_of():
    """Who may not see a record learns nothing of it, not even that it is there."""
    mine = member_with()
    member_with()
    assert not with_gap(Member.objects.filter(unit=mine.unit), MEMBER_GAPS, "twins").exists()


def test_twins_are_counted_as_they_are_listed():
    for _n in range(3):
        member_with()
    for _n in range(2):
        member_with(full_name="Lê Văn Cam")
    member_with(full_name="Lê Văn Cam", birth_date=None)
    rows = Member.objects.all()
    numbers = {gap.name: number for gap, number in counted(rows, MEMBER_GAPS)}
    assert numbers["twins"] == with_gap(rows, MEMBER_GAPS, "twins").count() == 5


def test_one_who_died_is_nobodys_twin():
    gone = member_with()
    gone.change_standing("deceased", date(2021, 1, 1))
    member_with()
    assert not with_gap(Member.objects.present(), MEMBER_GAPS, "twins").exists()


def test_decisions_that_want_mending_are_found():
    whole = make_decision(number="1/QĐ-UBND")
    whole.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4"))
    odd = make_decision(number="không số")
    odd.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4"))
    vague = make_decision(issued_precision=Decision.Precision.YEAR)
    vague.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4"))
    bare = make_decision()
    found = {gap.name: list(with_gap(Decision.objects.all(), DECISION_GAPS, gap.name)) for gap in DECISION_GAPS}
    assert found == {"number": [odd], "date": [vague], "scan": [bare]}


def test_all_are_counted_in_two_queries_and_only_those_that_occur(django_assert_num_queries):
    make_member(**WHOLE)
    for _n in range(3):
        member_with(birth_date=None)
    with django_assert_num_queries(2):
        numbers = {gap.name: number for gap, number in counted(Member.objects.all(), MEMBER_GAPS)}
    assert numbers == {"birth_date": 3}


def test_a_gap_nobody_knows_finds_nothing():
    make_member()
    assert not with_gap(Member.objects.all(), MEMBER_GAPS, "no-such").exists()
