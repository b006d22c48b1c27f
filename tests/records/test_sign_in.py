"""Signing in, being refused, signing out and changing the password, as people and as guessers do it."""

import re
import unicodedata

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher, identify_hasher, make_password
from django.test import Client
from django.urls import reverse

from config import settings as as_deployed
from records.models import AuditEvent
from tests.factories import PASSWORD, make_staff, make_superuser, make_unit, make_user
from tests.records.admin_pages import page, send, signed_in

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
WRONG = "không-phải-mật-khẩu"


def sign_in(client, name, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": name, "password": password, **more})


def refusals(response):
    """What the sign-in page says above the form, as one text."""
    return " ".join(response.context["form"].non_field_errors())


def is_in(client):
    return "_auth_user_id" in client.session


def test_a_user_signs_in_and_comes_to_the_staff_page(client):
    response = sign_in(client, make_user().username)
    assert (response.status_code, response.url) == (302, reverse("campaigns:staff_home")) and is_in(client)


def test_a_user_signs_in_and_comes_back_to_the_page_asked_for(client):
    user = make_staff("clerk", make_unit())
    asked = client.get(page("award_changelist"), {"q": "Nguyễn"}, follow=True)
    came_from = asked.redirect_chain[-1][0]
    assert came_from.startswith(LOGIN)
    response = client.post(came_from, {"login": user.username, "password": PASSWORD}, follow=True)
    assert response.request["PATH_INFO"] == page("award_changelist")
    assert response.context["cl"].query == "Nguyễn"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "elsewhere", ["javascript:alert(1)", "https:evil.example", "http:///evil.example", "///evil.example", "\x00//evil"]
)
def test_the_page_asked_for_is_one_of_ours(client, elsewhere):
    response = sign_in(client, make_user().username, next=elsewhere)
    assert response.status_code == 302 and response.url == reverse("campaigns:staff_home")


@pytest.mark.one_database
def test_nobody_learns_from_a_refusal_whether_a_user_exists():
    user = make_user()
    said = {refusals(sign_in(Client(), name, WRONG)) for name in (user.username, "khong.co.ai")}
    assert len(said) == 1 and said.pop()


@pytest.mark.one_database
def test_a_refusal_takes_the_same_work_whether_the_user_exists_or_not(monkeypatch):
    work, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: work.append(1) or encode(*given))
    known, gone = make_user().username, make_user(is_active=False).username
    costs = []
    for name in (known, gone, "khong.co.ai"):
        work.clear()
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{len(costs)}"), name, WRONG)
        costs.append(len(work))
    assert costs == [1, 1, 1]


@pytest.mark.one_database
def test_a_deactivated_user_who_knows_the_password_is_refused_on_record(client):
    user = make_user(is_active=False)
    assert sign_in(client, user.username).url == reverse("account_inactive") and not is_in(client)
    refused = AuditEvent.objects.get()
    assert (refused.action, refused.actor, refused.label) == ("sign_in_refused", None, user.username)


@pytest.mark.one_database
def test_a_deactivated_user_with_a_wrong_password_learns_nothing():
    user = make_user(is_active=False)
    said = [refusals(sign_in(Client(), name, WRONG)) for name in (user.username, "khong.co.ai")]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", PASSWORD),
        ("admin", ""),
        ("   ", "   "),
        ("a\x00b", "c"),
        ("a", "b\x00c"),
        ("x" * 10_000, "y" * 10_000),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("<script>alert(1)</script>", "x"),
    ],
)
def test_what_no_user_would_type_is_refused_on_the_page(client, name, password):
    make_superuser(username="admin")
    response = sign_in(client, name, password)
    assert response.status_code == 200 and response.context["form"].errors and not is_in(client)
    assert b"<script>alert" not in response.content


def test_after_five_wrong_passwords_the_right_one_waits_too():
    user, guesser = make_user(), Client()
    for _guess in range(5):
        ordinary = refusals(sign_in(guesser, user.username, WRONG))
    response = sign_in(guesser, user.username)
    assert response.status_code == 200 and not is_in(guesser)
    said = refusals(response)
    assert said != ordinary and str(settings.LOCK_MINUTES) in said
    assert len(AuditEvent.objects.filter(action="sign_in_locked", label=user.username)) == 1


def test_limits_are_shared_by_every_process_and_not_pushed_out_by_invented_names():
    cache = as_deployed.CACHES["default"]
    assert cache["BACKEND"].endswith("DatabaseCache") and cache["OPTIONS"]["MAX_ENTRIES"] > 10_000


def test_a_user_who_does_not_exist_is_locked_out_in_the_same_words():
    known, words = make_user(), []
    for name, address in ((known.username, "10.0.0.1"), ("khong.co.ai", "10.0.0.2")):
        client = Client(REMOTE_ADDR=address)
        words.append([refusals(sign_in(client, name, WRONG)) for _guess in range(6)])
    assert words[0] == words[1] and len(set(words[0])) == 2


def test_guesses_at_one_user_do_not_lock_out_another():
    victim, other = make_user(), make_user()
    for _guess in range(6):
        sign_in(Client(REMOTE_ADDR="10.0.0.1"), victim.username, WRONG)
    colleague = Client(REMOTE_ADDR="10.0.0.2")
    sign_in(colleague, other.username)
    assert is_in(colleague)


def test_one_address_that_guesses_at_many_users_is_stopped():
    guesser, users = Client(REMOTE_ADDR="10.0.0.1"), [make_user() for _user in range(12)]
    for user in users[:11]:
        sign_in(guesser, user.username, WRONG)
    sign_in(guesser, users[11].username)
    assert not is_in(guesser)


@pytest.mark.one_database
def test_the_session_is_a_new_one_after_signing_in_and_gone_after_signing_out(client):
    client.get(LOGIN)
    session = client.session
    session["before"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client, make_user().username)
    inside = client.session.session_key
    assert inside != session.session_key
    client.post(reverse("account_logout"))
    stolen = Client()
    stolen.cookies["sessionid"] = inside
    assert not is_in(stolen) and stolen.get(reverse("admin:index")).status_code == 302


@pytest.mark.one_database
def test_a_link_does_not_sign_anybody_out():
    client = signed_in(make_user())
    assert client.get(reverse("account_logout")).status_code == 200 and is_in(client)


@pytest.mark.one_database
def test_the_browser_forgets_the_session_when_it_is_closed(client):
    cookie = sign_in(client, make_user().username).cookies["sessionid"]
    assert not cookie["max-age"] and not cookie["expires"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_loses_the_account_in_the_middle_of_work_is_out_at_the_next_page(change):
    user = make_staff("manager", make_unit())
    client = signed_in(user)
    assert client.get(page("unit_changelist")).status_code == 200
    type(user).objects.filter(pk=user.pk).update(**change)
    assert client.get(page("unit_changelist")).status_code in (302, 403)
    assert client.post(page("unit_add"), {"code": "X", "name": "X", "kind": "other"}).status_code in (302, 403)


@pytest.mark.one_database
def test_sign_ins_and_refusals_are_on_record_without_the_password():
    user = make_user()
    client = Client(REMOTE_ADDR="10.1.2.3")
    sign_in(client, user.username, WRONG)
    sign_in(client, user.username)
    refused, done = AuditEvent.objects.order_by("pk")
    assert (refused.action, refused.actor, refused.label) == ("sign_in_refused", None, user.username)
    assert (done.action, done.actor) == ("sign_in", user)
    assert {refused.address, done.address} == {"10.1.2.3"}
    written = str(list(AuditEvent.objects.values()))
    assert PASSWORD not in written and WRONG not in written
    assert AuditEvent.objects.first_broken() is None


def test_a_user_name_of_ten_thousand_letters_is_recorded_cut_short(client):
    sign_in(client, "x" * 10_000, WRONG)
    assert all(len(event.label) <= 150 for event in AuditEvent.objects.all())


def change_password(client, new, again=None, old=PASSWORD):
    data = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(reverse("account_change_password"), data)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "new", ["mười hai chữ", "x7-" * 42 + "yz", "một câu dài mà tôi nhớ được", "🎖️ cờ đỏ sao vàng 1930", "Abcdefgh-12 ()"]
)
def test_a_password_of_twelve_signs_or_more_in_any_script_is_taken(client, new):
    user = make_user()
    client.force_login(user)
    response = change_password(client, new)
    assert response.status_code == 302, response.context["form"].errors
    assert is_in(client)
    fresh = Client()
    sign_in(fresh, user.username, new)
    assert is_in(fresh)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("new", "field"),
    [("ngắn-quá-11", "password1"), ("password1234", "password1"), ("nguyenvanan1", "password1"), ("", "password1")],
)
def test_a_password_that_is_short_common_or_the_users_own_name_is_refused(client, new, field):
    user = make_user(username="nguyenvanan1")
    client.force_login(user)
    response = change_password(client, new)
    assert response.status_code == 200 and field in response.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("data", "field"),
    [({"old": WRONG}, "oldpassword"), ({"again": "một câu khác hẳn đi"}, "password2"), ({"old": ""}, "oldpassword")],
)
def test_a_password_is_changed_by_who_knows_the_old_one_and_types_the_new_one_twice(client, data, field):
    client.force_login(make_user())
    response = change_password(client, "một câu dài mà tôi nhớ được", **data)
    assert response.status_code == 200 and field in response.context["form"].errors


@pytest.mark.one_database
def test_other_sessions_end_when_the_password_changes():
    user = make_user()
    here, elsewhere = Client(), Client()
    sign_in(here, user.username), sign_in(elsewhere, user.username)
    change_password(here, "một câu dài mà tôi nhớ được")
    assert elsewhere.get(reverse("campaigns:staff_home")).status_code == 302
    assert here.get(reverse("campaigns:staff_home")).status_code == 200


@pytest.mark.one_database
def test_a_superuser_gives_no_short_password_either():
    client = signed_in(make_superuser())
    data = {"username": "moi", "usable_password": "true", "password1": "ngắn", "password2": "ngắn"}
    response = send(client, page("user_add"), **data)
    assert response.status_code == 200 and "password2" in response.context["adminform"].form.errors


@pytest.mark.one_database
def test_passwords_are_kept_by_argon2_as_deployed(settings):
    settings.PASSWORD_HASHERS = as_deployed.PASSWORD_HASHERS
    assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


def test_the_password_page_and_a_refusal_never_show_what_was_typed(client):
    user = make_user()
    assert WRONG not in sign_in(client, user.username, WRONG).content.decode()
    client.force_login(user)
    assert WRONG not in change_password(client, "ngắn", old=WRONG).content.decode()


def test_a_user_name_is_found_however_its_marks_were_composed(client):
    make_user(username="nguyễn.văn.án")
    sign_in(client, unicodedata.normalize("NFD", "nguyễn.văn.án"))
    assert is_in(client)


@pytest.mark.one_database
def test_nobody_opens_an_account_by_themselves(client):
    data = {"username": "ke.la", "password1": "một câu dài mà tôi nhớ được", "email": "a@example.com"}
    client.post(reverse("account_signup"), data)
    assert not type(make_user()).objects.filter(username="ke.la").exists() and not is_in(client)


def test_what_is_typed_for_a_name_cannot_forge_a_line_of_the_log(client, caplog):
    sign_in(client, "ai.do\r\nINFO mọi việc tốt đẹp", WRONG)
    assert all("\n" not in record.getMessage() and WRONG not in record.getMessage() for record in caplog.records)
    assert all("\n" not in event.label for event in AuditEvent.objects.all())


@pytest.mark.one_database
@pytest.mark.parametrize("mail", [True, False])
def test_no_letter_is_promised_where_there_is_no_mail(client, settings, mail):
    settings.SITE = settings.SITE | {"mail": mail}
    page = client.get(reverse("account_reset_password")).content.decode()
    assert ("<form" in page and 'name="email"' in page) is mail


def test_where_there_is_mail_a_letter_brings_a_link_and_a_stranger_gets_none(client, mailoutbox):
    make_user(username="nguyen.an", email="an@example.com", last_name="Nguyễn", first_name="An")
    answers = [
        client.post(reverse("account_reset_password"), {"email": to}) for to in ("an@example.com", "x@example.com")
    ]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("account_reset_password_done"))}
    (letter,) = mailoutbox
    assert letter.to == ["an@example.com"] and "Nguyễn An" in letter.body and "nguyen.an" in letter.body
    link = re.search(r"http://testserver(/\S+)", letter.body)[1]
    assert "form" in client.get(link, follow=True).context


@pytest.mark.one_database
def test_who_finds_a_computer_open_cannot_have_the_letter_sent_elsewhere(client, mailoutbox):
    client.force_login(make_user(email="an@example.com"))
    for field in ("action_add", "action_primary"):
        assert client.post("/accounts/email/", {"email": "x@example.com", field: ""}).status_code == 404
    Client().post(reverse("account_reset_password"), {"email": "x@example.com"})
    assert mailoutbox == []
