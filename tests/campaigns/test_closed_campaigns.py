"""A closed campaign stands as it closed, whatever becomes of its units and people; a running one follows them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Campaign, CampaignScope, Exemplar, Registration, Tally
from campaigns.ranking import FIGURES, Row, figures_of, rank, sort_out
from records.models import Member, Unit
from tests.campaigns.test_ranking import total_of, unit
from tests.factories import (
    make_branch,
    make_campaign,
    make_exemplar,
    make_member,
    make_plan,
    make_registration,
    make_sector,
    make_unit,
)

DAY = date(2021, 7, 1)


def figures(campaign):
    return figures_of(Campaign.objects.with_rates().get(pk=campaign.pk))


def table(campaign, under=None):
    found = Campaign.objects.get(pk=campaign.pk).ranked_units(under)
    return {u.code: figures_of(u) for u in found if u.is_compared}


@pytest.fixture
def province(db):
    """A province of two districts, each with a branch of two members, one of them registered; one plan of two."""
    root = make_unit(code="TINH")
    east, west = make_unit(code="DONG", parent=root), make_unit(code="TAY", parent=root)
    campaign = make_campaign(scope=root)
    for district in (east, west):
        branch = make_branch(code=f"{district.code}-1", parent=district)
        make_registration(campaign, [make_member(unit=branch) for _ in range(2)][0])
    make_plan(campaign, east.children.get()).submit()
    return campaign


def at(code):
    return Unit.objects.get(code=code)


def someone():
    return at("DONG-1").members.first()


CHANGES = {
    "a branch moves": lambda: at("DONG-1").move_to(at("TAY"), DAY),
    "the province joins another": lambda: at("TINH").move_to(make_unit(), DAY),
    "a district moves out": lambda: at("DONG").move_to(make_unit(), DAY),
    "a member is transferred": lambda: someone().transfer_to(at("TAY-1"), DAY),
    "a member is attached elsewhere": lambda: someone().attach_to(make_branch(), DAY),
    "a member leaves": lambda: someone().change_standing("left", DAY),
    "members come": lambda: make_member(unit=at("DONG-1")),
    "a branch is founded": lambda: make_member(unit=make_branch(parent=at("DONG"))),
    "a branch is renamed": lambda: at("DONG-1").rename("Chi bộ Mới", DAY),
    "a branch becomes another kind": lambda: Unit.objects.filter(code="DONG-1").update(kind="group"),
    "a plan is handed in late": lambda: make_plan(Campaign.objects.get(), at("TAY-1")).submit(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_figures_of_a_closed_campaign_stand(province, change):
    province.close()
    total, east, west = figures(province), *map(table(province).get, ("DONG", "TAY"))
    assert total == {"owed": 2, "planned": 1, "eligible": 4, "registered": 2, "done": 0}
    CHANGES[change]()
    assert figures(province) == total
    there = table(province)
    assert all(there[code] == row for code, row in (("DONG", east), ("TAY", west)) if code in there)
    assert "TAY" in there and ("DONG" in there or change == "a district moves out")


def test_a_running_campaign_follows_the_same_changes(province):
    CHANGES["a branch moves"]()
    assert table(province)["TAY"] == {"owed": 2, "planned": 1, "eligible": 4, "registered": 2, "done": 0}
    CHANGES["members come"]()
    assert figures(province)["eligible"] == 5


def test_a_row_written_from_an_old_copy_of_a_unit_has_the_path_of_today(province):
    """A form opened before a move is sent after it."""
    copies = [
        Registration(campaign=province, member=member, registered_on=DAY)
        for member in at("DONG-1").members.select_related("unit").exclude(registrations__campaign=province)
    ]
    mover, host = at("TAY-1").members.select_related("unit").first(), at("DONG-1")
    new = [Member(full_name="Lê Văn Tám", unit=at("DONG-1"))]
    at("DONG").move_to(at("TAY"), DAY)
    path = at("DONG-1").path
    Registration.objects.enrol(copies)
    mover.transfer_to(host, DAY)
    Member.objects.enrol(new, DAY)
    make_registration(province, new[0])
    assert {row.unit_path for row in Registration.objects.filter(unit=host)} == {path}
    assert {row.unit_path for row in Member.objects.filter(unit=host)} == {path}
    assert Tally.objects.get(campaign=province, unit=host).registered == 3


ACTS = [
    lambda r: r.withdraw("muộn"),
    lambda r: r.finish("good"),
    lambda r: make_registration(r.campaign, make_member(unit=r.unit)),
    lambda r: Registration(campaign=r.campaign, member=make_member(unit=r.unit), registered_on=DAY).full_clean(),
    lambda r: Registration.objects.enrol(
        [Registration(campaign=r.campaign, member=make_member(unit=r.unit), registered_on=DAY)]
    ),
]


@pytest.mark.parametrize("act", ACTS)
def test_nobody_registers_withdraws_or_finishes_once_it_is_closed(province, act):
    registration = province.registrations.first()
    province.close()
    before = figures(province), Registration.objects.count()
    with pytest.raises(ValidationError, match="đã kết thúc"):
        act(registration)
    assert (figures(province), Registration.objects.count()) == before
    assert Tally.objects.differences() == []


# Scope


@pytest.mark.django_db
def test_a_sector_counts_its_units_wherever_they_stand_and_as_they_join_or_leave_it():
    sector, root = make_sector(), make_unit()
    inside, outside = make_branch(parent=root, sector=sector), make_branch(parent=root)
    for branch in (inside, outside):
        make_member(unit=branch)
    campaign = make_campaign(launched_by=root)
    campaign.scopes.all().delete()
    CampaignScope.objects.create(campaign=campaign, sector=sector)
    assert figures(campaign)["eligible"] == figures(campaign)["owed"] == 1
    assert set(table(campaign)) == {inside.code}
    outside.sector = sector
    outside.save()
    assert figures(campaign)["eligible"] == 2
    assert set(table(campaign)) == {inside.code, outside.code}


@pytest.mark.django_db
def test_a_unit_without_a_sector_is_in_no_sectors_campaign():
    campaign = make_campaign()
    campaign.scopes.all().delete()
    CampaignScope.objects.create(campaign=campaign, sector=make_sector())
    assert not campaign.units().exists()


@pytest.mark.django_db
def test_attachment_takes_a_person_out_of_one_scope_and_into_another():
    home, host = make_branch(), make_branch()
    ours, theirs = make_campaign(scope=home), make_campaign(scope=host)
    member = make_member(unit=home)
    assert [figures(c)["eligible"] for c in (ours, theirs)] == [1, 0]
    member.attach_to(host, DAY)
    assert [figures(c)["eligible"] for c in (ours, theirs)] == [0, 1]
    with pytest.raises(ValidationError):
        Registration(campaign=ours, member=member, registered_on=DAY).full_clean()
    registration = Registration(campaign=theirs, member=member, registered_on=DAY)
    registration.clean()
    registration.save()
    assert registration.unit == host
    member.end_attachment(date(2021, 8, 1))
    assert [figures(c)["eligible"] for c in (ours, theirs)] == [1, 0]
    assert figures(theirs)["registered"] == 1


@pytest.mark.django_db
def test_an_exemplar_is_found_by_its_units_present_name_and_never_by_a_hidden_one():
    exemplar = make_exemplar(title="Tủ sách", unit=make_branch(name="Chi bộ Suối Cả"), published=True)
    exemplar.unit.rename("Chi bộ Hồ Tràm", DAY)
    assert list(Exemplar.objects.search("ho tram")) == [exemplar]
    assert list(Exemplar.objects.search("tu sach ho tram")) == [exemplar]
    assert not Exemplar.objects.search("suoi ca").exists()
    Unit.objects.filter(pk=exemplar.unit_id).update(listed=False)
    assert not Exemplar.objects.search("ho tram").exists()


# The ranked table, for any figures

UNITS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3), st.integers(0, 3)).map(
        lambda n: (min(n[0], n[1]), max(n[0], n[1]), min(n[2], n[3]), max(n[2], n[3]))
    ),
    max_size=12,
)
EXTRA = st.fixed_dictionaries({name: st.integers(0, 5) for name in FIGURES})


def units_of(numbers):
    return [unit(f"{n:02}", r, e, planned=p, owed=o) for n, (r, e, p, o) in enumerate(numbers)]


@given(UNITS, EXTRA)
def test_rows_and_the_line_of_others_add_up_to_the_total(numbers, extra):
    units = units_of(numbers)
    total = {name: count + extra[name] for name, count in total_of(units).items()}
    ranking = rank(units, total, 90)
    for name in FIGURES:
        others = getattr(ranking.others, name) if ranking.others else 0
        assert sum(getattr(row, name) for row in ranking.rows) + others == total[name] == getattr(ranking.total, name)


@given(UNITS)
def test_a_place_is_one_more_than_the_units_that_did_better(numbers):
    units = units_of(numbers)
    for row in rank(units, total_of(units), 90).rows:
        better = sum(u.registered * row.eligible > row.registered * u.eligible for u in units if u.eligible)
        assert row.place == (better + 1 if row.eligible else None)


@given(UNITS, st.randoms())
def test_the_order_does_not_depend_on_the_order_asked_in(numbers, random):
    units = units_of(numbers)
    shuffled = random.sample(units, len(units))
    assert rank(shuffled, total_of(units), 90).rows == rank(units, total_of(units), 90).rows


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 100))
def test_the_gap_has_the_sign_of_the_distance_from_the_target(registered, eligible, target):
    row = Row(registered=registered, eligible=eligible, target=target)
    assert (row.gap >= 0) == (100 * registered >= target * eligible)
    assert row.missing == max(0, -row.gap)


@pytest.mark.django_db
def test_a_unit_without_members_or_plans_is_not_compared(province):
    make_unit(code="RONG", parent=at("TINH"))
    assert "RONG" not in table(province)
    assert [u.code for u in sort_out(province.ranked_units()).compared] == ["DONG", "TAY"]
