"""Who may be the same person: never by the name alone, and never somebody the clerk may not see."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from records.models import Member
from tests.factories import make_branch, make_member, make_staff, make_unit

pytestmark = pytest.mark.django_db
FRAGMENT = "/staff/members/duplicates/"
ADD = "/staff/members/add/"
NAME = "Nguyễn Thị Hòa"


@pytest.fixture
def branch():
    return make_branch(parent=make_unit())


@pytest.fixture
def clerk(client, branch):
    client.force_login(make_staff("clerk", branch))
    return client


def found(client, **typed):
    response = client.get(FRAGMENT, typed)
    assert response.status_code == 200
    return [one.full_name for one in response.context["duplicates"]]


def entry(unit, **typed):
    values = {"full_name": NAME, "birth_date": "1970", "unit": unit.code, "standing": "full", "since": "01/02/2020"}
    return {**values, "once": str(uuid.uuid4()), **typed}


def test_the_same_name_alone_is_never_a_match(clerk, branch):
    make_member(unit=make_branch(parent=branch), full_name=NAME, birth_date=date(1970, 5, 1))
    assert found(clerk, name=NAME) == []
    assert found(clerk, name=NAME, birth="1971") == []


def test_the_name_with_the_year_of_birth_is_a_match_tones_aside(clerk, branch):
    make_member(unit=make_branch(parent=branch), full_name=NAME, birth_date=date(1970, 5, 1))
    assert found(clerk, name="nguyen thi hoa", birth="3/9/1970") == [NAME]
    assert found(clerk, name="Nguyễn Thị Hoà", birth="1970") == [NAME]


def test_the_name_with_the_unit_is_a_match_also_for_those_attached_there(clerk, branch):
    make_member(unit=branch, full_name=NAME, birth_date=None)
    visitor = make_member(unit=make_branch(), full_name=NAME, birth_date=None)
    visitor.attach_to(branch, date(2021, 1, 1))
    assert found(clerk, name=NAME, unit=branch.code) == [NAME, NAME]
    assert found(clerk, name="Nguyễn Thị Hồng", unit=branch.code) == []


def test_those_who_left_are_told_too(clerk, branch):
    make_member(unit=branch, full_name=NAME, birth_date=date(1970, 5, 1)).change_standing("left", date(2021, 1, 1))
    assert found(clerk, name=NAME, birth="1970") == [NAME]


def test_nothing_is_said_of_somebody_outside_the_clerks_units(clerk, branch):
    stranger = make_member(full_name=NAME, birth_date=date(1970, 5, 1), position="Bí thư ở nơi khác")
    answer = clerk.get(FRAGMENT, {"name": NAME, "birth": "1970", "unit": stranger.unit.code})
    assert answer.context["duplicates"] == [] and answer.content.strip() == b""
    clerk.post(ADD, entry(branch))
    assert Member.objects.filter(unit=branch, full_name=NAME).exists()


@pytest.mark.parametrize("typed", [{}, {"name": "\x00"}, {"name": "x" * 5000, "birth": "99/99/9999", "unit": "'--"}])
def test_anything_may_be_typed(clerk, typed):
    assert found(clerk, **typed) == []


def test_a_possible_duplicate_is_asked_about_before_it_is_added(clerk, branch):
    known = make_member(unit=branch, full_name=NAME, birth_date=date(1970, 5, 1))
    answer = clerk.post(ADD, entry(branch))
    assert answer.status_code == 200 and answer.context["duplicates"] == [known]
    assert f'value="{known.public_id}"' in answer.content.decode()
    assert Member.objects.filter(full_name=NAME).count() == 1

    answer = clerk.post(ADD, entry(branch, anyway=known.public_id))
    assert answer.status_code == 302
    assert Member.objects.filter(full_name=NAME).count() == 2


def test_what_was_confirmed_of_one_person_is_not_confirmed_of_another(clerk, branch):
    make_member(unit=branch, full_name=NAME, birth_date=date(1970, 5, 1))
    answer = clerk.post(ADD, entry(branch, anyway=make_member(unit=branch).public_id))
    assert answer.status_code == 200 and Member.objects.filter(full_name=NAME).count() == 1


def test_the_fragment_shows_names_as_text(clerk, branch):
    evil = make_member(unit=branch, full_name="<img src=x onerror=alert(1)> Hòa", birth_date=date(1970, 1, 1))
    page = clerk.get(FRAGMENT, {"name": evil.full_name, "birth": "1970"}).content.decode()
    assert "&lt;img" in page and "<img" not in page
    assert reverse("records:staff_member_detail", args=[evil.public_id]) in page
