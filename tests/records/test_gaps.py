"""What a clerk is asked to look at: each kind of gap finds its rows and no others."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from records.duplicates import pairs
from records.gaps import DECISION_GAPS, MEMBER_GAPS, RECORD_GAPS, summed, with_gap
from records.models import Decision, Member, Unit
from tests.factories import make_branch, make_decision, make_member, make_staff, make_unit

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


TODAY = date(2021, 6, 1)


def dissolve(member):
    # The verb refuses; a sheet or a repair by hand does not ask it.
    Unit.objects.filter(pk=member.unit_id).update(dissolved_on=TODAY)


# What a record is like, and what else happened to it, for each gap.
GAPS = {
    "birth_date": {"birth_date": None},
    "admitted_on": {"admitted_on": None, "full_member_on": None},
    "full_member_on": {"full_member_on": None, "standing": "full", "card_number": "00.000002"},
    "card_number": {"card_number": "", "standing": "full", "full_member_on": date(2021, 5, 19)},
    "odd": {"birth_date": date(2003, 2, 3)},
    "future": {"admitted_on": date(2021, 6, 2), "since": date(2021, 6, 2)},
    "ancient": {"birth_date": date(1911, 5, 31)},
    "probation": {"admitted_on": date(2020, 4, 1), "since": date(2020, 4, 1)},
    "away": {},
    "early_full": {"full_member_on": date(2021, 5, 19)},
    "dissolved": {},
    "unplaced": {},
    "too_early": {"admitted_on": date(2020, 8, 1), "since": date(2020, 7, 31)},
    "lingering": {"standing": "left"},
}
AND_THEN = {
    "away": lambda member: member.attach_to(make_branch(), date(2020, 5, 31)),
    "dissolved": dissolve,
    "unplaced": lambda member: Member.objects.filter(pk=member.pk).update(unit=make_branch()),
}
# Just not so.
NOT_YET = {
    "odd": {"birth_date": date(2002, 2, 3)},
    "future": {"admitted_on": TODAY, "since": TODAY},
    "ancient": {"birth_date": TODAY.replace(year=1911)},
    "probation": {"admitted_on": date(2020, 5, 3), "since": date(2020, 5, 3)},
    "too_early": {"admitted_on": date(2020, 8, 1), "since": date(2020, 8, 1)},
}


def member_like(name, **fields):
    """A member of whom nothing else is to be said."""
    recent = {"admitted_on": date(2020, 6, 1), "since": date(2020, 6, 1), "full_member_on": None}
    member = member_with(**{"full_name": "Lê Văn Cam", **recent, **fields})
    AND_THEN.get(name, lambda member: None)(member)
    return member


@pytest.mark.parametrize("gap", RECORD_GAPS, ids=lambda gap: gap.name)
def test_a_member_with_a_gap_is_found_and_one_without_is_not(gap):
    make_member(**WHOLE)
    odd = member_like(gap.name, **GAPS[gap.name])
    assert list(gap.of(Member.objects.all(), TODAY)) == [odd]
    assert [one.name for one, _number in summed(Member.objects.all(), TODAY)[None].told()] == [gap.name]


@pytest.mark.parametrize("name", NOT_YET)
def test_on_the_day_itself_nothing_is_wrong_yet(name):
    member_like(name, **NOT_YET[name])
    assert summed(Member.objects.all(), TODAY)[None].told() == []


def test_a_gap_is_a_condition_of_the_list_of_members_and_counts_its_rows(client):
    """Each figure leads to the rows it counts."""
    root = make_unit()
    for name, fields in GAPS.items():
        member_like(name, **{"unit": make_branch(parent=root), **fields})
    client.force_login(make_staff("clerk", root))
    client.cookies["django_language"] = "en"
    for gap, number in summed(Member.objects.within(root), timezone.localdate())[None].told():
        page = client.get(f"/staff/members/?missing={gap.name}&unit={root.code}")
        assert page.context["count"] == number > 0, gap.name


def test_of_the_same_name_and_birth_date_both_are_shown_but_namesakes_are_not():
    unit = make_branch()
    two = [member_with(unit=unit), member_with(full_name="TRẦN THỊ BƯỞI", unit=make_branch())]
    member_with(birth_date=date(1981, 2, 3))
    member_with(full_name="Trần Thị Bười")
    found = with_gap(Member.objects.order_by("pk"), MEMBER_GAPS, "twins", TODAY)
    # Tones aside, "Bười" is "Bưởi": of one birth date that is worth a look too.
    assert [m.pk for m in found][:2] == [m.pk for m in two] and found.count() == 3


def test_a_twin_elsewhere_is_not_told_of():
    """Who may not see a record learns nothing of it, not even that it is there."""
    mine = member_with()
    member_with()
    assert not with_gap(Member.objects.filter(unit=mine.unit), MEMBER_GAPS, "twins", TODAY).exists()


def test_twins_are_counted_as_they_are_listed():
    for _n in range(3):
        member_with()
    for _n in range(2):
        member_with(full_name="Lê Văn Cam")
    member_with(full_name="Lê Văn Cam", birth_date=None)
    rows = Member.objects.all()
    assert with_gap(rows, MEMBER_GAPS, "twins", TODAY).count() == 5
    assert len(pairs(rows)) == 3 + 1


def test_one_who_died_is_nobodys_twin():
    gone = member_with()
    gone.change_standing("deceased", date(2021, 1, 1))
    member_with()
    assert not with_gap(Member.objects.present(), MEMBER_GAPS, "twins", TODAY).exists()


def test_decisions_that_want_mending_are_found():
    whole = make_decision(number="1/QĐ-UBND")
    whole.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4"))
    odd = make_decision(number="không số")
    odd.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4"))
    vague = make_decision(issued_precision=Decision.Precision.YEAR)
    vague.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4"))
    bare = make_decision()
    found = {gap.name: list(with_gap(Decision.objects.all(), DECISION_GAPS, gap.name, TODAY)) for gap in DECISION_GAPS}
    assert found == {"number": [odd], "date": [vague], "scan": [bare]}


def test_all_are_counted_in_one_query_and_who_lacks_two_things_is_one_person(django_assert_num_queries):
    make_member(**WHOLE)
    for _n in range(3):
        member_like("", birth_date=None)
    member_like("", birth_date=None, admitted_on=None)
    with django_assert_num_queries(1):
        figures = summed(Member.objects.all(), TODAY)[None]
    assert {gap.name: number for gap, number in figures.told()} == {"birth_date": 4, "admitted_on": 1}
    assert (figures.people, figures.faulty) == (5, 4)


def test_a_gap_nobody_knows_finds_nothing():
    make_member()
    assert not with_gap(Member.objects.all(), MEMBER_GAPS, "no-such", TODAY).exists()
