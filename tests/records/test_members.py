from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from records.models import Member, Membership, Unit
from tests.factories import make_award, make_branch, make_member, make_unit

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)
Standing = Member.Standing


def headcounts(*units):
    return [Unit.objects.get(pk=u.pk).headcount for u in units]


def test_a_transfer_ends_one_membership_and_starts_another():
    home, new = make_branch(), make_branch()
    member = make_member(unit=home)
    member.transfer_to(new, DAY)
    first, second = member.memberships.order_by("valid_from")
    assert (first.unit, first.valid_to, first.end_reason) == (home, DAY, Membership.EndReason.TRANSFER)
    assert (second.unit, second.valid_from, second.valid_to) == (new, DAY, None)
    assert member.unit == new and member.unit_path == new.path
    assert headcounts(home, new) == [0, 1]
    assert Membership.objects.current(DAY - timedelta(1)).get().unit == home
    assert Membership.objects.current(DAY).get().unit == new


def test_a_transfer_to_the_same_unit_or_before_joining_is_refused():
    member = make_member(since=DAY)
    with pytest.raises(ValidationError):
        member.transfer_to(member.unit, DAY)
    with pytest.raises(ValidationError):
        member.transfer_to(make_branch(), DAY - timedelta(1))


def test_the_temporarily_attached_count_where_they_take_part():
    home, host = make_branch(), make_branch()
    member = make_member(unit=home)
    member.attach_to(host, DAY)
    assert member.unit == home and member.place == host
    assert headcounts(home, host) == [0, 1]
    assert list(Member.objects.eligible(host)) == [member]
    assert not Member.objects.eligible(home).exists()
    member.end_attachment(DAY + timedelta(30))
    assert headcounts(home, host) == [1, 0]


def test_one_cannot_be_attached_to_two_places_or_to_ones_own():
    member = make_member()
    with pytest.raises(ValidationError):
        member.attach_to(member.unit, DAY)
    member.attach_to(make_branch(), DAY)
    with pytest.raises(ValidationError):
        member.attach_to(make_branch(), DAY)


@pytest.mark.parametrize(
    ("standing", "counts", "belongs"),
    [
        (Standing.PROBATIONARY, True, True),
        (Standing.EXEMPT, False, True),
        (Standing.LEFT, False, False),
        (Standing.EXPELLED, False, False),
        (Standing.DECEASED, False, False),
    ],
)
def test_standing_decides_who_counts_and_who_belongs(standing, counts, belongs):
    member = make_member()
    member.change_standing(standing, DAY)
    assert headcounts(member.unit) == [int(counts)]
    assert member.is_active == counts
    assert member.memberships.filter(valid_to__isnull=True).exists() == belongs


ACTS = st.sampled_from(["transfer", "attach", "return", "exempt", "back", "leave"])


@settings(max_examples=25)
@given(st.lists(st.tuples(ACTS, st.integers(0, 2), st.integers(0, 3)), max_size=15))
def test_headcounts_equal_a_live_count_after_any_acts(acts):
    sid = transaction.savepoint()
    root = make_unit()
    units = [make_branch(parent=root) for _ in range(4)]
    members = [make_member(unit=units[n]) for n in range(3)]
    for day, (act, who, where) in enumerate(acts, 1):
        member, on = members[who], DAY + timedelta(day)
        try:
            with transaction.atomic():
                match act:
                    case "transfer":
                        member.transfer_to(units[where], on)
                    case "attach":
                        member.attach_to(units[where], on)
                    case "return":
                        member.end_attachment(on)
                    case "exempt":
                        member.change_standing(Standing.EXEMPT, on)
                    case "back":
                        member.change_standing(Standing.FULL, on)
                    case "leave":
                        member.change_standing(Standing.LEFT, on)
        except ValidationError:
            members[who] = Member.objects.get(pk=member.pk)
    for unit in units:
        assert Unit.objects.get(pk=unit.pk).headcount == Member.objects.eligible(unit).count()
    transaction.savepoint_rollback(sid)


def test_many_enrolled_at_once_are_like_those_admitted_one_by_one():
    unit = make_branch()
    members = Member.objects.enrol([Member(full_name=f"Trần  Thị {n}", unit=unit) for n in range(3)], DAY)
    assert headcounts(unit) == [3]
    for member in Member.objects.all():
        assert member.search_key == f"tran thi {member.full_name[-1]}"
        assert member.history.count() == 1 and member.memberships.get().history.count() == 1
    assert len({m.public_id for m in members}) == 3


OVERLAPS = [
    (date(2020, 3, 1), date(2020, 5, 1), False),
    (date(2020, 6, 30), None, True),
    (date(2020, 2, 1), None, True),
    (date(2020, 5, 31), date(2020, 6, 1), True),
    (date(2020, 12, 1), None, False),
]


@pytest.mark.parametrize(("start", "end", "overlaps"), OVERLAPS)
def test_no_day_has_two_memberships_of_one_kind(start, end, overlaps):
    """Held by the form in words, and by the database against everything else."""
    member = make_member(since=date(2019, 1, 1))
    member.memberships.update(valid_to=date(2020, 2, 15))
    other = Membership(member=member, unit=make_branch(), valid_from=date(2020, 5, 15), valid_to=date(2020, 12, 1))
    other.save()
    again = Membership(member=member, unit=make_branch(), valid_from=start, valid_to=end)
    if overlaps:
        with pytest.raises(ValidationError):
            again.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()
            connection.check_constraints()
    else:
        again.full_clean()
        again.save()


def test_a_second_open_membership_is_refused_by_the_database():
    member = make_member()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.bulk_create([Membership(member=member, unit=make_branch(), valid_from=DAY)])


def test_vietnamese_lists_go_by_given_name():
    unit = make_branch()
    for name in ("Trần Văn Đào", "Nguyễn Thị Ân", "Lê Dương", "Phạm Văn An", "Lê Thị Ánh", "Bùi Thị Ân"):
        make_member(full_name=name, unit=unit)
    names = [m.full_name for m in Member.objects.for_list()]
    assert names == ["Phạm Văn An", "Lê Thị Ánh", "Bùi Thị Ân", "Nguyễn Thị Ân", "Lê Dương", "Trần Văn Đào"]


def test_search_is_blind_to_tones_and_tone_style():
    member = make_member(full_name="Nguyễn Thị Hoà")
    make_member(full_name="Nguyễn Văn Hùng")
    for text in ("nguyen thi hoa", "HÒA", "thị hoa", "Hoà"):
        assert list(Member.objects.search(text)) == [member]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"full_name": " "}, "họ và tên"),
        ({"admitted_on": date(2000, 1, 2), "full_member_on": date(2000, 1, 1)}, "chính thức"),
        ({"birth_date": date(1990, 1, 1), "admitted_on": date(1990, 1, 1)}, "sinh"),
        ({"standing": "saint"}, ""),
        ({"birth_precision": "hour"}, ""),
    ],
)
def test_impossible_members_are_refused_and_explained(fields, words):
    unit = make_branch()
    member = Member(**{"full_name": "Lê Văn A", "unit": unit, **fields})
    with pytest.raises(IntegrityError), transaction.atomic():
        member.save()
    with pytest.raises(ValidationError) as refused:
        Member(**{"full_name": "Lê Văn A", "unit": unit, **fields}).full_clean()
    assert words in str(refused.value)


def test_a_card_number_is_unique_when_given():
    make_member(card_number="")
    make_member(card_number="")
    make_member(card_number="52.000001")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_member(card_number="52.000001")


def test_a_member_is_public_only_through_a_published_award():
    quiet, honoured = make_member(), make_member()
    make_award(member=quiet)
    make_award(member=honoured, published=True)
    assert list(Member.objects.published()) == [honoured]
