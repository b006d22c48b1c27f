"""The first page after signing in: whose it is, where they are posted, what they may open."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from records.models import Posting
from tests.factories import make_posting, make_superuser, make_unit, make_user

pytestmark = pytest.mark.django_db


def page_for(client, user):
    client.force_login(user)
    response = client.get("/staff/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_visitor_is_asked_to_sign_in(client):
    response = client.get("/staff/")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/staff/"


def test_it_names_each_unit_where_the_user_is_posted_today(client):
    posting = make_posting(Posting.Role.CLERK, make_unit(name="Đảng bộ Sông Xa"))
    make_posting(
        Posting.Role.VIEWER,
        make_unit(name="Nơi đã rời"),
        user=posting.user,
        valid_to=timezone.localdate() - timedelta(days=1),
    )
    make_posting(
        Posting.Role.VIEWER,
        make_unit(name="Nơi sẽ đến"),
        user=posting.user,
        valid_from=timezone.localdate() + timedelta(days=9),
    )
    make_posting(Posting.Role.CLERK, make_unit(name="Của người khác"))
    page = page_for(client, posting.user)
    assert "Đảng bộ Sông Xa" in page
    for elsewhere in ("Nơi đã rời", "Nơi sẽ đến", "Của người khác"):
        assert elsewhere not in page


def test_it_greets_by_name(client):
    page = page_for(client, make_user(last_name="Bùi", first_name="Xuân Mai"))
    assert "Bùi Xuân Mai" in page


def test_without_a_posting_it_says_what_to_do(client):
    page = page_for(client, make_user(is_staff=True))
    assert "chưa được phân công" in page


def test_a_superuser_needs_no_posting(client):
    page = page_for(client, make_superuser())
    assert "chưa được phân công" not in page
    assert "/admin/" in page


def test_the_admin_is_offered_only_to_those_who_may_enter_it(client):
    user = make_user(is_staff=False)
    make_posting(Posting.Role.VIEWER, make_unit(), user=user)
    assert "/admin/" not in page_for(client, user)


def test_a_posting_of_long_ago_still_holds_while_open(client):
    posting = make_posting(Posting.Role.MANAGER, make_unit(name="Đảng bộ Sông Xa"), valid_from=date(1990, 1, 1))
    assert "01/01/1990" in page_for(client, posting.user)


@pytest.mark.parametrize("many", [1, 3])
def test_queries_do_not_grow(client, django_assert_max_num_queries, many):
    user = make_user()
    for _each in range(many):
        make_posting(Posting.Role.CLERK, make_unit(), user=user)
    client.force_login(user)
    with django_assert_max_num_queries(3):
        client.get("/staff/")
