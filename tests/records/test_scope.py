from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from records.models import Award, Decision, Member, Posting, Unit, User
from records.models.scope import FollowsUnit
from tests.factories import (
    make_award,
    make_branch,
    make_decision,
    make_member,
    make_posting,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 1)
OUR_APPS = ("records", "campaigns")


def our_models():
    return [m for m in apps.get_models() if m._meta.app_label in OUR_APPS and not m.__name__.startswith("Historical")]


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m.__name__)
def test_every_queryset_answers_who_may_see_change_and_publish(model):
    nobody, root = make_user(), make_superuser()
    rows = model.objects
    assert not rows.editable_by(nobody).exists()
    assert rows.visible_to(root).count() == rows.count()
    rows.published().exists()


@pytest.mark.parametrize("model", [m for m in our_models() if issubclass(m, FollowsUnit)], ids=lambda m: m.__name__)
def test_a_row_with_a_copy_of_a_path_stands_on_an_index_or_is_small(model):
    assert isinstance(model._meta.get_field("unit_path"), models.CharField)
    assert model.moving_with_units() is not None


def test_no_posting_no_records():
    make_member()
    user = make_user(is_staff=True)
    assert not Member.objects.visible_to(user).exists()
    assert not Unit.objects.visible_to(user).exists()


@pytest.mark.parametrize(
    ("role", "changes"), [("viewer", False), ("clerk", True), ("approver", True), ("manager", True)]
)
def test_a_posting_opens_its_subtree_and_nothing_else(role, changes):
    root = make_unit()
    own, other = make_unit(parent=root), make_unit(parent=root)
    inside, outside = make_member(unit=make_branch(parent=own)), make_member(unit=make_branch(parent=other))
    user = make_staff(role, own)
    assert list(Member.objects.visible_to(user)) == [inside]
    assert list(Member.objects.editable_by(user)) == ([inside] if changes else [])
    assert user.may(User.READERS, inside.unit_path) and not user.may(User.READERS, outside.unit_path)


def test_a_posting_holds_from_its_first_day_until_its_end():
    unit = make_unit()
    user = make_posting("clerk", unit, valid_from=date(2020, 2, 1), valid_to=date(2020, 3, 1)).user
    for day, holds in [
        (date(2020, 1, 31), False),
        (date(2020, 2, 1), True),
        (date(2020, 2, 29), True),
        (date(2020, 3, 1), False),
    ]:
        assert Unit.objects.visible_to(user, on=day).exists() == holds


def test_a_deactivated_user_sees_nothing_even_as_superuser():
    make_unit()
    for user in (make_staff("manager", make_unit()), make_superuser()):
        user.is_active = False
        assert not Unit.objects.visible_to(user).exists()


def test_an_award_is_seen_by_the_unit_honoured_and_changed_by_the_unit_that_keeps_the_decision():
    province, branch = make_unit(), make_branch()
    award = make_award(member=make_member(unit=branch), decision=make_decision(unit=province))
    keeper, honoured, stranger = (
        make_staff("clerk", province),
        make_staff("clerk", branch),
        make_staff("clerk", make_unit()),
    )
    for rows, row in ((Award.objects, award), (Decision.objects, award.decision)):
        assert list(rows.visible_to(honoured)) == list(rows.visible_to(keeper)) == [row]
        assert list(rows.editable_by(keeper)) == [row]
        assert not rows.editable_by(honoured).exists()
        assert not rows.visible_to(stranger).exists()


def test_managers_see_the_accounts_and_keep_the_postings_of_their_own_units():
    root = make_unit()
    own, other = make_unit(parent=root), make_unit(parent=root)
    manager, clerk, foreign = make_staff("manager", own), make_staff("clerk", own), make_staff("clerk", other)
    assert set(User.objects.visible_to(manager)) == {manager, clerk}
    assert foreign.postings.get() not in Posting.objects.editable_by(manager)
    assert not Posting.objects.editable_by(clerk).exists()


def test_one_open_posting_of_a_role_at_a_unit():
    posting = make_posting("clerk", make_unit())
    with pytest.raises(IntegrityError), transaction.atomic():
        make_posting("clerk", posting.unit, user=posting.user)


@settings(max_examples=20)
@given(parents=st.lists(st.integers(0, 50), min_size=1, max_size=12), post=st.integers(0, 50))
def test_scope_equals_a_walk_over_any_tree(parents, post):
    sid = transaction.savepoint()
    units = [make_unit()]
    for parent in parents:
        units.append(make_unit(parent=units[parent % len(units)]))
    posted = units[post % len(units)]
    expected = {u.pk for u in units if posted.pk in (*u.ancestor_ids, u.pk)}
    user = make_staff("viewer", posted)
    assert set(Unit.objects.visible_to(user).values_list("pk", flat=True)) == expected
    transaction.savepoint_rollback(sid)
