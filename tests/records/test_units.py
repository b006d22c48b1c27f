from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from records.models import Award, Decision, Member, Unit, UnitEvent
from tests.factories import make_award, make_branch, make_decision, make_member, make_sector, make_unit

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)


def walked(unit):
    """The ids of a subtree, by asking each unit for its children."""
    found = {unit.pk}
    for child in Unit.objects.filter(parent=unit):
        found |= walked(child)
    return found


def assert_tree_is_sound():
    for unit in Unit.objects.all():
        assert set(Unit.objects.within(unit).values_list("pk", flat=True)) == walked(unit)
        above, parent = [], unit.parent
        while parent:
            above.insert(0, parent.pk)
            parent = parent.parent
        assert unit.ancestor_ids == above
        assert unit.depth == len(above)


def test_a_subtree_is_the_unit_and_all_below_it():
    root = make_unit()
    left, right = make_unit(parent=root), make_unit(parent=root)
    leaf = make_unit(parent=left)
    assert set(Unit.objects.within(left)) == {left, leaf}
    assert set(Unit.objects.within(root)) == {root, left, right, leaf}
    assert list(Unit.objects.ancestors_of(leaf)) == [root, left]


def test_a_path_that_begins_another_as_text_is_not_above_it():
    """Unit 1 must not hold unit 10 or 16 (hex "10") because "1" begins "10"."""
    units = [make_unit() for _ in range(20)]
    for unit in units:
        assert list(Unit.objects.within(unit)) == [unit]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=12))
def test_the_tree_is_sound_after_any_moves(moves):
    sid = transaction.savepoint()
    units = [make_unit()]
    for n in range(11):
        units.append(make_unit(parent=units[n // 2]))
    member = make_member(unit=units[-1])
    for which, where in moves:
        unit, parent = Unit.objects.get(pk=units[which].pk), Unit.objects.get(pk=units[where].pk)
        inside = parent.pk in walked(unit)
        if inside:
            with pytest.raises(ValidationError):
                unit.move_to(parent, DAY)
        else:
            unit.move_to(parent, DAY)
    assert_tree_is_sound()
    member.refresh_from_db()
    assert member.unit_path == Unit.objects.get(pk=units[-1].pk).path
    transaction.savepoint_rollback(sid)


def test_moving_takes_members_decisions_and_awards_along():
    root = make_unit()
    old, new = make_unit(parent=root), make_unit(parent=root)
    unit = make_branch(parent=old)
    member = make_member(unit=unit)
    award = make_award(member=member, decision=make_decision(unit=unit))
    event = unit.move_to(new, DAY, decision=make_decision(number="905-QĐ/TU"))
    assert (event.was, event.became, event.decision.number) == (old.name, new.name, "905-QĐ/TU")
    assert list(Member.objects.within(new)) == [member]
    assert list(Award.objects.within(new)) == [award]
    assert list(Decision.objects.within(new)) == [award.decision]
    assert not Member.objects.within(old).exists()


def test_many_units_planted_at_once_stand_like_those_saved_one_by_one():
    root = make_unit()
    planted = Unit.objects.plant(
        [Unit(code=f"P{n}", name=f"  Chi bộ\u00a0{n} ", kind=Unit.Kind.SUB_BRANCH, parent=root) for n in range(3)]
    )
    assert [u.name for u in planted] == ["Chi bộ 0", "Chi bộ 1", "Chi bộ 2"]
    assert_tree_is_sound()
    assert all(u.history.count() == 1 for u in planted)


def test_a_renamed_unit_remembers_its_old_names():
    unit = make_unit(name="Đảng bộ Khối Cơ quan")
    unit.rename("Đảng bộ Khối Cơ quan và Doanh nghiệp", date(2019, 8, 1), make_decision(number="1100-QĐ/TU"))
    assert unit.name_on(date(2019, 7, 31)) == "Đảng bộ Khối Cơ quan"
    assert unit.name_on(date(2019, 8, 1)) == "Đảng bộ Khối Cơ quan và Doanh nghiệp"
    assert Unit.objects.search("khoi co quan doanh nghiep").get() == unit


def test_a_unit_is_dissolved_only_when_empty():
    root = make_unit()
    unit, refuge = make_branch(parent=root), make_branch(parent=root)
    member = make_member(unit=unit)
    with pytest.raises(ValidationError):
        unit.dissolve(DAY)
    member.transfer_to(refuge, DAY)
    unit.dissolve(DAY)
    assert unit not in Unit.objects.current(DAY)
    assert unit in Unit.objects.current(date(2020, 6, 30))
    assert unit.events.get().kind == UnitEvent.Kind.DISSOLVE


def test_search_reads_names_without_tones_in_any_word_order():
    unit = make_unit(name="Đảng bộ huyện Châu Đức", code="BRVT-CD")
    make_unit(name="Đảng bộ huyện Đất Đỏ")
    for text in ("chau duc", "CHÂU ĐỨC", "duc dang bo chau", "brvt-cd"):
        assert list(Unit.objects.search(text)) == [unit]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "kingdom"},
        {"established_on": date(2020, 1, 2), "dissolved_on": date(2020, 1, 1)},
    ],
)
def test_the_database_refuses_impossible_units(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_unit(**fields)


def test_impossible_units_are_explained():
    unit = make_unit(established_on=date(2020, 1, 2))
    unit.dissolved_on = date(2020, 1, 1)
    with pytest.raises(ValidationError, match="giải thể trước khi"):
        unit.full_clean()


def test_the_database_refuses_a_unit_above_itself():
    unit = make_unit()
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=unit.pk).update(parent=unit)
    unit.parent = unit
    with pytest.raises(ValidationError):
        unit.full_clean()


def test_a_code_is_unique():
    make_unit(code="BRVT")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_unit(code="BRVT")


def test_only_listed_units_are_public():
    shown, hidden = make_unit(sector=make_sector()), make_unit(listed=False)
    assert list(Unit.objects.published()) == [shown]
    event = UnitEvent.objects.create(unit=hidden, kind=UnitEvent.Kind.ESTABLISH, occurred_on=DAY)
    assert event not in UnitEvent.objects.published()
