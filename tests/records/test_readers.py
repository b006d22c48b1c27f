"""Who can see this: the postings over a unit or a member, as they are in force today."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from records.models import Member, Unit
from records.views.staff_readers import readers_of
from tests.factories import make_branch, make_member, make_posting, make_staff, make_superuser, make_unit

pytestmark = pytest.mark.django_db


def of_unit(unit):
    return reverse("records:staff_unit_readers", args=[unit.pk])


def of_member(member):
    return reverse("records:staff_member_readers", args=[member.public_id])


@pytest.fixture
def tree():
    root = make_unit()
    district = make_unit(parent=root)
    return root, district, make_branch(parent=district)


def test_those_posted_over_it_or_above_are_named_and_no_others(client, tree):
    root, district, branch = tree
    above, here = make_posting("manager", root), make_posting("viewer", branch)
    make_posting("clerk", make_branch(parent=district)), make_posting("clerk", make_branch(parent=branch))
    client.force_login(above.user)
    assert list(client.get(of_unit(branch)).context["readers"]) == [above, here]
    assert list(client.get(of_unit(root)).context["readers"]) == [above]


def test_only_postings_in_force_of_people_who_may_sign_in_count(client, tree):
    root, _district, branch = tree
    today = timezone.localdate()
    make_posting("clerk", branch, valid_from=today + timedelta(1))
    make_posting("clerk", branch, valid_to=today)
    gone = make_posting("clerk", branch)
    gone.user.is_active = False
    gone.user.save()
    last_day = make_posting("clerk", branch, valid_to=today + timedelta(1))
    client.force_login(make_superuser())
    assert list(client.get(of_unit(branch)).context["readers"]) == [last_day]


def test_those_who_see_everything_are_named_too(client, tree):
    chief = make_superuser(last_name="Quản", first_name="Trị")
    client.force_login(make_staff("viewer", tree[0]))
    text = client.get(of_unit(tree[2])).content.decode()
    assert "Quản Trị" in text
    chief.is_active = False
    chief.save()
    assert "Quản Trị" not in client.get(of_unit(tree[2])).content.decode()


def test_each_role_is_said_with_what_it_allows(client, tree):
    for role in ("viewer", "clerk", "approver", "manager"):
        make_posting(role, tree[2])
    client.force_login(make_superuser())
    text = client.get(of_unit(tree[2])).content.decode()
    cells = {part.partition("</td>")[0] for part in text.split('class="full">')[1:]}
    assert len(cells) == 4


def test_a_member_is_seen_from_the_own_unit_and_from_the_host(client, tree):
    root, district, branch = tree
    member = make_member(unit=branch)
    host = make_branch(parent=root)
    own, hosting, above = make_posting("clerk", district), make_posting("clerk", host), make_posting("viewer", root)
    client.force_login(own.user)
    assert list(client.get(of_member(member)).context["readers"]) == [above, own]
    assert not client.get(of_member(member)).context["hosts"]
    member.attach_to(host, member.memberships.get().valid_from + timedelta(30))
    page = client.get(of_member(member))
    assert list(page.context["hosts"]) == [hosting] and list(page.context["readers"]) == [above, own]
    client.force_login(hosting.user)
    assert client.get(of_member(member)).status_code == 200


def test_who_may_not_see_it_is_not_told_who_may(client, tree):
    member = make_member(unit=tree[2])
    client.force_login(make_staff("manager", make_unit()))
    assert client.get(of_unit(tree[2])).status_code == client.get(of_member(member)).status_code == 404


def test_a_page_with_many_asks_no_more(client, tree, django_assert_max_num_queries):
    member = make_member(unit=tree[2])
    client.force_login(make_staff("viewer", tree[0]))
    for address in (of_unit(tree[2]), of_member(member)):
        with django_assert_max_num_queries(8) as few:
            client.get(address)
        for _n in range(3):
            make_posting("clerk", tree[1]), make_superuser()
        with django_assert_max_num_queries(8) as many:
            client.get(address)
        assert len(few) == len(many)


@hypothesis_settings(max_examples=15)
@given(
    parents=st.lists(st.integers(0, 20), min_size=1, max_size=6),
    posts=st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["viewer", "clerk", "approver", "manager"])), max_size=5
    ),
)
def test_the_list_is_exactly_those_whom_the_scope_lets_in(parents, posts):
    """The page and the predicate that every other page rests on never disagree."""
    units = [make_unit()]
    for parent in parents:
        units.append(make_unit(parent=units[parent % len(units)]))
    postings = [make_posting(role, units[at % len(units)]) for at, role in posts]
    today = timezone.localdate()
    for unit in units:
        member = make_member(unit=unit)
        listed = {posting.user for posting in readers_of(unit.path, today)}
        for user in {posting.user for posting in postings}:
            assert (user in listed) == Unit.objects.visible_to(user).filter(pk=unit.pk).exists()
            assert (user in listed) == Member.objects.visible_to(user).filter(pk=member.pk).exists()
