"""How long a session lasts, what an open page learns of it, and ending it elsewhere."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from config import settings as as_deployed
from records.sessions import SEEN_AT, SIGNED_IN_AT
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

STAFF, STATE = "/staff/account/", "/accounts/session/"
HOUR = 60 * 60


def signed_in(user):
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return client


def earlier(client, seen=0, signed_in=0):
    """Set a session's clock back: so many seconds since it was heard of, and since it began."""
    session = client.session
    session[SEEN_AT] -= seen
    session[SIGNED_IN_AT] -= signed_in
    session.save()


def is_in(client):
    return client.get(STAFF).status_code == 200


@pytest.mark.one_database
def test_as_deployed_it_is_thirty_minutes_and_twelve_hours():
    assert (as_deployed.IDLE_SECONDS, as_deployed.SESSION_COOKIE_AGE) == (30 * 60, 12 * HOUR)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("idle", "age", "stays"),
    [(29 * 60, 0, True), (31 * 60, 0, False), (60, 12 * HOUR - 60, True), (0, 12 * HOUR + 1, False)],
)
def test_a_session_ends_without_a_request_for_so_long_or_so_long_after_it_began(idle, age, stays):
    client = signed_in(make_user())
    earlier(client, idle, max(age, idle))
    assert is_in(client) is stays


@pytest.mark.one_database
def test_a_request_puts_the_end_off_but_not_beyond_twelve_hours():
    client = signed_in(make_user())
    began = client.session[SIGNED_IN_AT]
    earlier(client, 20 * 60)
    assert is_in(client)
    assert client.session[SEEN_AT] >= began and client.session[SIGNED_IN_AT] == began


@pytest.mark.one_database
def test_whoever_was_signed_out_is_told_why_and_comes_back_to_the_page():
    client = signed_in(make_user())
    earlier(client, 31 * 60)
    page = client.get(STAFF, follow=True)
    assert page.redirect_chain[-1][0] == f"/accounts/login/?next={STAFF}"
    said = gettext("You were signed out because nothing was done for a while. Sign in again.")
    assert said in [str(message) for message in page.context["messages"]]
    user = make_user()
    assert client.post(page.redirect_chain[-1][0], {"login": user.username, "password": PASSWORD}).url == STAFF


@pytest.mark.one_database
def test_what_is_sent_after_the_end_changes_nothing_and_leads_back():
    user = make_user()
    client = signed_in(user)
    earlier(client, 31 * 60)
    address = reverse("account_change_password")
    new = "một câu hoàn toàn khác"
    answer = client.post(address, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302 and answer.url == f"/accounts/login/?next={address}"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_ended_session_is_gone_from_the_server():
    client = signed_in(make_user())
    stolen = client.cookies["sessionid"].value
    earlier(client, 31 * 60)
    client.get(STAFF)
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert not is_in(thief)


@pytest.mark.one_database
def test_an_open_page_asks_without_keeping_the_session_alive():
    user = make_user()
    client = signed_in(user)
    earlier(client, 20 * 60)
    seen = client.session[SEEN_AT]
    answer = client.get(STATE, headers={"x-background": "1"}).json()
    assert answer["user"] == user.pk and 9 * 60 < answer["left"] <= 10 * 60
    assert client.session[SEEN_AT] == seen


@pytest.mark.one_database
def test_whoever_says_to_be_there_stays():
    client = signed_in(make_user())
    earlier(client, 29 * 60)
    assert client.post(STATE).json()["left"] > 29 * 60


@pytest.mark.one_database
def test_when_it_is_over_the_page_learns_it_and_gets_a_token_for_the_next():
    client = signed_in(make_user())
    earlier(client, 31 * 60)
    answer = client.get(STATE, headers={"x-background": "1"}).json()
    assert answer["left"] == 0 and answer["user"] is None and len(answer["token"]) == 64


@pytest.mark.one_database
def test_staying_takes_the_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    assert client.post(STATE).status_code == 403
    token = client.get(STATE).json()["token"]
    assert client.post(STATE, headers={"x-csrftoken": token}).status_code == 200


@pytest.mark.one_database
def test_a_form_opened_before_signing_in_again_elsewhere_is_refused_in_words_that_help():
    user = make_user()
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    answer = client.post("/accounts/login/", {"login": user.username, "csrfmiddlewaretoken": "x" * 64})
    said = gettext(
        "Go back to the page and reload it: what you had typed on a staff page is put back. Then send it again."
    )
    assert answer.status_code == 403 and said in answer.content.decode()


@pytest.mark.one_database
def test_a_staff_page_carries_what_its_warning_needs():
    page = signed_in(make_user()).get(STAFF).content.decode()
    assert 'id="session"' in page and 'data-left="1800"' in page and "session.js" in page


def test_a_person_sees_where_the_account_is_signed_in_and_ends_the_others():
    user = make_user()
    here, elsewhere, somebody = signed_in(user), signed_in(user), signed_in(make_user())
    page = here.get(reverse("usersessions_list"))
    assert len(page.context["sessions"]) == 2
    assert here.post(reverse("usersessions_list")).status_code == 302
    assert is_in(here) and not is_in(elsewhere) and is_in(somebody)
    assert UserSession.objects.filter(user=user).count() == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (Windows NT 6.1) coc_coc_browser/120.0 Chrome/114.0 Safari/537.36", "Cốc Cốc, Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A155F) Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari, iPhone"),
        ("kho&<b>", "kho&amp;&lt;b&gt;"),
    ],
)
def test_where_one_is_signed_in_is_said_as_people_call_it(said, shown):
    client = signed_in(make_user())
    UserSession.objects.update(user_agent=said)
    assert f'<td class="full">{shown}</td>' in client.get(reverse("usersessions_list")).content.decode()


@pytest.mark.one_database
def test_a_signed_in_page_is_kept_by_no_browser_and_signing_out_empties_its_cache():
    client = signed_in(make_user())
    assert client.get(STAFF).headers["Cache-Control"] == "no-store"
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/").headers


def test_a_page_costs_a_write_only_now_and_then(django_assert_num_queries):
    client = signed_in(make_user())
    client.get(STAFF)
    with django_assert_num_queries(3):
        client.get(STAFF)
