"""Saved views: an address under a name, one's own alone."""

import pytest

from records.models import SavedView
from tests.factories import make_staff, make_unit, make_user, make_view

pytestmark = pytest.mark.django_db
VIEWS, ADD, LIST = "/staff/views/", "/staff/views/add/", "/staff/members/"
PAGE = "records:staff_member_list"


@pytest.fixture
def user(client):
    user = make_staff("clerk", make_unit())
    client.force_login(user)
    return user


def test_a_list_is_kept_under_a_name_and_opened_again(client, user):
    form = client.get(ADD, {"page": PAGE, "query": "standing=full&missing=gender"}).context["form"]
    sent = {"name": "Thiếu giới tính", "page": form["page"].value(), "query": form["query"].value() + "&after=xyz&q="}
    answer = client.post(ADD, sent)
    assert answer.url == f"{LIST}?standing=full&missing=gender"
    assert client.get(answer.url).status_code == 200
    assert [view.name for view in client.get(LIST).context["views"]] == ["Thiếu giới tính"]
    assert SavedView.objects.get().user == user


def test_the_same_name_twice_is_refused_in_words(client, user):
    make_view(user=user, name="Dự bị")
    answer = client.post(ADD, {"name": " Dự  bị ", "page": PAGE, "query": ""})
    assert "name" in answer.context["form"].errors
    assert client.post(ADD, {"name": "Dự bị 2", "page": PAGE, "query": ""}).status_code == 302


@pytest.mark.parametrize(
    "page", ["", "https://evil.example/", "records:award_list", "admin:index", "records:staff_x_list"]
)
def test_only_lists_of_the_staff_can_be_kept(client, user, page):
    answer = client.post(ADD, {"name": "Một", "page": page, "query": ""})
    assert answer.status_code == 200 and not SavedView.objects.exists()


def test_a_view_of_somebody_else_is_not_there(client, user):
    other = make_view(user=make_user(), name="Của người khác")
    assert "Của người khác" not in client.get(VIEWS).content.decode()
    assert client.post(f"{VIEWS}{other.pk}/delete/").status_code == 404
    assert SavedView.objects.filter(pk=other.pk).exists()


def test_ones_own_is_deleted_after_asking(client, user):
    view = make_view(user=user)
    assert client.get(f"{VIEWS}{view.pk}/delete/").status_code == 200 and SavedView.objects.exists()
    assert client.post(f"{VIEWS}{view.pk}/delete/").url == VIEWS
    assert not SavedView.objects.exists()


def test_a_view_of_a_list_that_is_no_more_still_can_be_deleted(client, user):
    make_view(user=user, page="records:staff_gone_list", name="Cũ")
    page = client.get(VIEWS)
    assert page.context["views"][0][1] == "" and "delete/" in page.content.decode()


def test_hostile_names_and_conditions_stay_text(client, user):
    make_view(user=user, name="<script>alert(1)</script>", query='q="><img src=x>')
    for page in (VIEWS, LIST):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text
