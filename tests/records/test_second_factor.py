"""The second step of signing in: who must have it, how it is set up, used, lost and found again."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse

from config import settings as as_deployed
from records.models import AuditEvent
from records.sessions import SEEN_AT, SIGNED_IN_AT
from tests.factories import PASSWORD, make_posting, make_staff, make_superuser, make_unit, make_user
from tests.records.second_steps import code_of, give_second_step

pytestmark = pytest.mark.django_db

LOGIN, CODE, SET_UP = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/totp/activate/"
STAFF = "/staff/account/"
WRONG = "000000"


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def sign_in(client, user, password=PASSWORD):
    return client.post(LOGIN, {"login": user.username, "password": password})


def is_in(client):
    return "_auth_user_id" in client.session


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def long_after_signing_in(client):
    """The session as it is ten minutes after the password was last typed."""
    session = client.session
    session[SIGNED_IN_AT], session[SEEN_AT] = int(time.time()) - 600, int(time.time())
    session.save()


def set_up(client):
    client.get(SET_UP)
    secret = client.session["mfa.totp.secret"]
    return secret, client.post(SET_UP, {"code": code_of(secret)})


@pytest.mark.one_database
def test_it_is_required_as_deployed():
    assert as_deployed.REQUIRE_SECOND_FACTOR and as_deployed.MFA_SUPPORTED_TYPES == ["totp", "recovery_codes"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("role", "asked"), [("viewer", False), ("clerk", False), ("approver", True), ("manager", True)]
)
@pytest.mark.parametrize("address", [STAFF, "/staff/", "/admin/", "/staff/accounts/", "/media/no.pdf"])
def test_who_approves_or_manages_is_led_to_the_set_up_from_every_staff_page(required, role, asked, address):
    client = signed_in(make_staff(role, make_unit()))
    answer = client.get(address)
    assert (answer.status_code == 302 and answer.url == SET_UP) is asked
    assert (client.post(address).headers.get("Location") == SET_UP) is asked


@pytest.mark.one_database
def test_a_superuser_is_led_there_too_and_told_why(required):
    page = signed_in(make_superuser()).get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == SET_UP and len(page.context["messages"]) == 1


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["/", "/awards/", "/accounts/password/change/", "/accounts/logout/", SET_UP])
def test_public_pages_the_password_and_the_way_out_stay_open(required, address):
    assert signed_in(make_superuser()).get(address).status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize("period", [{"valid_to": "2020-06-01"}, {"valid_from": "2120-01-01"}])
def test_a_posting_that_is_over_or_to_come_does_not_ask_for_it(required, period):
    user = make_posting("manager", make_unit(), **period).user
    assert signed_in(user).get(STAFF).status_code == 200


@pytest.mark.one_database
def test_it_is_set_up_by_a_code_and_opens_the_staff_pages(required):
    user = make_staff("approver", make_unit())
    client = signed_in(user)
    _secret, answer = set_up(client)
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert client.get(STAFF).status_code == 200 and user.has_second_factor()


@pytest.mark.one_database
def test_a_wrong_code_sets_up_nothing_and_is_on_record(required):
    user = make_superuser()
    client = signed_in(user)
    client.get(SET_UP)
    answer = client.post(SET_UP, {"code": WRONG})
    assert "code" in answer.context["form"].errors and not user.has_second_factor()
    assert AuditEvent.objects.get().action == "second_factor_refused"


def test_the_recovery_codes_are_shown_once_and_can_be_kept(required):
    client = signed_in(make_superuser())
    set_up(client)
    page = client.get(reverse("mfa_view_recovery_codes"))
    codes = page.context["unused_codes"]
    text = page.content.decode()
    assert len(set(codes)) == 10 and all(text.count(code) >= 2 for code in codes) and "data:text/plain" in text
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in codes)
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403


@pytest.mark.one_database
def test_signing_in_takes_the_password_and_then_a_code():
    user = make_user()
    secret, _codes = give_second_step(user)
    client = Client()
    assert sign_in(client, user).url == CODE and not is_in(client)
    assert client.get(STAFF).status_code == 302
    assert client.post(CODE, {"code": WRONG}).status_code == 200 and not is_in(client)
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 302 and is_in(client)
    refused, done = AuditEvent.objects.order_by("pk")
    assert refused.action == "second_factor_refused" and str(user.pk) in refused.subject
    assert done.action == "sign_in" and done.details["by"] == ["password", "totp"]
    assert secret not in str(list(AuditEvent.objects.values()))


@pytest.mark.one_database
def test_the_page_asked_for_comes_after_the_code():
    user = make_user()
    secret, _codes = give_second_step(user)
    client = Client()
    client.post(LOGIN, {"login": user.username, "password": PASSWORD, "next": "/staff/account/?x=1"})
    assert client.post(CODE, {"code": code_of(secret)}).url == "/staff/account/?x=1"


@pytest.mark.one_database
def test_a_code_opens_the_account_once():
    user = make_user()
    secret, _codes = give_second_step(user)
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, user)
        client.post(CODE, {"code": code})
    assert is_in(first) and not is_in(second)


def test_a_recovery_code_opens_the_account_once():
    user = make_user()
    _secret, codes = give_second_step(user)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, user)
        client.post(CODE, {"code": codes[3]})
    assert is_in(first) and not is_in(second)
    assert AuditEvent.objects.filter(action="sign_in").get().details["by"] == ["password", "recovery_codes"]


def test_guessing_codes_is_stopped_and_says_for_how_long():
    user = make_user()
    secret, _codes = give_second_step(user)
    client = Client()
    sign_in(client, user)
    for _guess in range(5):
        client.post(CODE, {"code": WRONG})
    answer = client.post(CODE, {"code": code_of(secret)})
    assert not is_in(client) and "15" in answer.context["form"].errors["code"][0]
    assert AuditEvent.objects.filter(action="sign_in_locked", label=str(user)).exists()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "name", ["mfa_activate_totp", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"]
)
def test_what_changes_the_second_step_asks_for_the_password_again(name):
    user = make_user()
    if name != "mfa_activate_totp":
        give_second_step(user)
    client = signed_in(user)
    long_after_signing_in(client)
    before = list(Authenticator.objects.values())
    answer = client.get(reverse(name))
    assert answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))
    assert client.post(answer.url, {"password": "không-phải-mật-khẩu"}).status_code == 200
    assert list(Authenticator.objects.values()) == before
    assert client.post(answer.url, {"password": PASSWORD}).url == reverse(name)
    assert client.get(reverse(name)).status_code == 200


def test_a_second_step_is_not_removed_by_who_finds_the_computer_open():
    user = make_user()
    give_second_step(user)
    client = signed_in(user)
    long_after_signing_in(client)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate")) and user.has_second_factor()


def test_a_new_phone_is_set_up_straight_after_the_old_one_is_removed(required):
    user = make_staff("manager", make_unit())
    client = signed_in(user)
    set_up(client)
    assert client.get(STAFF).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(STAFF).url == SET_UP


def test_setting_it_up_ends_what_the_password_alone_had_opened(required, django_capture_on_commit_callbacks):
    user = make_staff("manager", make_unit())
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, user)
    with django_capture_on_commit_callbacks(execute=True):
        set_up(here)
    assert here.get(STAFF).status_code == 200 and not is_in(elsewhere)
    assert AuditEvent.objects.filter(action="second_factor_set_up").get().actor == user


def test_giving_it_up_or_making_new_codes_ends_the_other_sessions_on_record(django_capture_on_commit_callbacks):
    user = make_user()
    secret, codes = give_second_step(user)
    here, elsewhere = Client(), Client()
    for client, code in ((here, code_of(secret)), (elsewhere, codes[0])):
        sign_in(client, user)
        client.post(CODE, {"code": code})
    assert is_in(here) and is_in(elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("mfa_generate_recovery_codes"))
    assert is_in(here) and not is_in(elsewhere)
    sign_in(elsewhere, user)
    elsewhere.post(
        CODE, {"code": RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()[0]}
    )
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("mfa_deactivate_totp"))
    assert is_in(here) and not is_in(elsewhere)
    acts = AuditEvent.objects.exclude(action="sign_in").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["recovery_codes_made", "second_factor_given_up"]


def test_once_seen_it_costs_a_page_nothing(required, django_assert_num_queries):
    user = make_staff("manager", make_unit())
    give_second_step(user)
    client = signed_in(user)
    client.get(STAFF)
    with django_assert_num_queries(3):
        # Session, user, postings.
        client.get(STAFF)
