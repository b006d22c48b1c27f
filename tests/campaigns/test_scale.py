"""The made-up country: every row as the register's own verbs would have left it, and the same for the same seed."""

from itertools import islice

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Q

from campaigns.models import Campaign, Pledge, Registration, Tally, UnitPlan
from campaigns.sample.draws import Draw
from campaigns.scale.country import Country, shares
from campaigns.scale.loading import BIG, TODAY
from campaigns.scale.people import People, public_ids
from records.bare import EVERYTHING, standing
from records.models import Award, Decision, Member, Membership, Unit, User
from tests.factories import make_branch, make_member

MEMBERS = 5_000


def structure():
    """What stands on the big tables."""
    with connection.cursor() as cursor:
        return standing(cursor, BIG, EVERYTHING)


@pytest.fixture(scope="module")
def country(shared_rows):
    """A small country, and what stood on its tables before it was loaded."""
    before = structure() if connection.vendor == "postgresql" else None
    call_command("load_scale", members=MEMBERS, verbosity=0)
    return before


def some(model, *related, many=400):
    """Rows from all over a table."""
    return model.objects.select_related(*related).order_by("public_id" if hasattr(model, "public_id") else "pk")[:many]


@pytest.mark.django_db
def test_a_country_has_five_levels_and_what_was_asked_of_each(country):
    assert Member.objects.count() == MEMBERS
    assert {unit.depth for unit in Unit.objects.all()} == {0, 1, 2, 3, 4}
    # 20 registrations and 6 awards to 5.6 members, as the whole Party has.
    assert Registration.objects.count() == pytest.approx(MEMBERS * 20 / 5.6, rel=0.1)
    assert Award.objects.count() == pytest.approx(MEMBERS * 6 / 5.6, rel=0.1)
    assert Pledge.objects.exists() and UnitPlan.objects.exists() and Campaign.objects.running().exists()
    sizes = sorted(Unit.objects.filter(parent__parent=None, parent__isnull=False).values_list("code", "pk"))
    below = [Member.objects.within(Unit.objects.get(pk=pk)).count() for _code, pk in sizes]
    assert max(below) > 1.3 * min(below)


@pytest.mark.django_db
def test_every_figure_equals_its_rows(country):
    assert Tally.objects.differences() == [] and list(Unit.objects.miscounted()) == []


@pytest.mark.django_db
def test_every_derived_column_is_what_the_model_itself_derives(country):
    derived = {
        Member: ("search_key", "sort_key", "unit_path", "attached_path", "full_name"),
        Unit: ("search_key", "sort_key", "name"),
        Decision: ("search_key", "issuer_key", "sequence", "series", "unit_path"),
        Award: ("search_key", "decided_on", "unit_path", "recipient_name"),
    }
    related = {Member: ["unit", "attached_to"], Decision: ["unit"], Award: ["unit", "decision"], Unit: ["parent"]}
    for model, columns in derived.items():
        for row in some(model, *related[model]):
            stored = [getattr(row, name) for name in columns]
            row.prepare()
            assert [getattr(row, name) for name in columns] == stored
    assert all(unit.path == unit.own_path() for unit in Unit.objects.select_related("parent"))
    for model in (Registration, UnitPlan, Tally):
        assert not model.objects.exclude(unit_path=F("unit__path")).exists()


@pytest.mark.django_db
def test_every_row_is_one_that_a_form_would_have_taken(country):
    for model in (Member, Membership, Decision, Award, Campaign, UnitPlan):
        for row in some(model, many=100):
            row.clean_fields()
            row.validate_constraints()
    assert not Registration.objects.exclude(member__unit=F("unit")).exists()
    wrong_type = Award.objects.filter(collective__isnull=False).exclude(type__recipients__contains="collective")
    assert not wrong_type.exists()


@pytest.mark.django_db
def test_everyone_who_belongs_has_one_open_membership_of_the_own_unit(country):
    here = Q(memberships__kind="official", memberships__valid_to__isnull=True)
    counted = Member.objects.annotate(n=Count("memberships", here & Q(memberships__unit=F("unit"))))
    assert not counted.present().exclude(n=1).exists()
    assert not counted.exclude(standing__in=["probationary", "full", "exempt"]).exclude(n=0).exists()
    away = Member.objects.filter(attached_to__isnull=False)
    visits = Membership.objects.filter(kind="temporary", valid_to__isnull=True)
    assert set(away.values_list("pk", "attached_to")) == set(visits.values_list("member", "unit"))


@pytest.mark.django_db
def test_what_stood_on_the_tables_stands_again_and_rows_to_come_have_keys_of_their_own(country):
    if connection.vendor == "postgresql":
        assert structure() == country
        assert len(country[0]) > 40 and len(country[1]) > 20
    branch = make_branch(parent=Unit.objects.get(parent=None))
    assert make_member(unit=branch).pk > MEMBERS
    assert User.objects.get(username="tinh").paths(User.EDITORS)


@pytest.mark.django_db
def test_a_country_goes_into_an_empty_register_only(country):
    with pytest.raises(CommandError, match="không trống|not empty"):
        call_command("load_scale", members=MEMBERS, verbosity=0)
    assert Member.objects.count() == MEMBERS


def test_a_country_of_a_handful_is_none():
    with pytest.raises(CommandError, match="5000"):
        call_command("load_scale", members=4_999, verbosity=0)


def drawn(seed):
    """The lines of a country's units and people, as they go to the database."""
    draw = Draw(seed)
    country = Country(draw, MEMBERS)
    people = People(draw, country, seed, TODAY)
    return ["".join(lines) for lines in (people.members(""), country.lines(""), people.memberships(""))]


def test_the_same_seed_gives_the_same_country_and_another_seed_another():
    assert drawn(1) == drawn(1)
    assert all(one != other for one, other in zip(drawn(1), drawn(2), strict=True))


def test_public_ids_do_not_repeat():
    codes = list(islice(public_ids(2026, 1), 200_000))
    assert len(set(codes)) == len(codes) and {len(code) for code in codes} == {8}


@pytest.mark.parametrize("total", [0, 1, 7, 1000])
def test_shares_add_up_and_follow_the_weights(total):
    parts = shares(total, [5, 1, 0, 4])
    assert sum(parts) == total and min(parts) >= 0 and parts[2] == 0
    assert abs(parts[0] - total / 2) <= 1
