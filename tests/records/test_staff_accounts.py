"""Accounts as their managers keep them: whom they may touch, links, locks, lost phones, leaving and coming back."""

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records.forms.accounts import NewAccountForm, PostingForm
from records.models import AuditEvent, Posting, User
from records.sessions import SEEN_AT, SIGNED_IN_AT
from tests.factories import PASSWORD, make_posting, make_staff, make_superuser, make_unit, make_user
from tests.records.second_steps import code_of, give_second_step

pytestmark = pytest.mark.django_db

NEW = "một câu hoàn toàn khác"
WRONG = "không-phải-mật-khẩu"


@pytest.fixture
def units():
    root = make_unit(code="GOC", name="Huyện ủy")
    return root, make_unit(parent=root, name="Chi bộ Một"), make_unit(name="Nơi khác")


@pytest.fixture
def manager(units):
    return make_staff("manager", units[0])


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page(name, *args):
    return reverse(f"records:staff_account_{name}", args=args)


def sign_in(user, password=PASSWORD, **client):
    client = Client(**client)
    client.post("/accounts/login/", {"login": user.username, "password": password})
    return client


def is_in(client):
    return client.get("/staff/account/").status_code == 200


def acts(action):
    return list(AuditEvent.objects.filter(action=action))


# Whom a manager answers for


def test_a_manager_answers_for_people_posted_only_in_the_managers_units(units, manager):
    root, branch, elsewhere = units
    below = make_staff("clerk", branch)
    both = make_posting("clerk", elsewhere, user=make_posting("clerk", branch).user).user
    to_come = make_posting("viewer", elsewhere, user=make_staff("clerk", branch), valid_from=date(2120, 1, 1)).user
    moved_in = make_posting("viewer", elsewhere, user=make_staff("clerk", branch), valid_to=date(2021, 1, 1)).user
    make_staff("clerk", elsewhere), make_user(), make_superuser()
    boss = make_superuser()
    make_posting("clerk", branch, user=boss)
    peer = make_staff("manager", root)
    assert set(User.objects.managed_by(manager)) == {below, moved_in, peer}
    assert {both, to_come, boss, manager} <= set(User.objects.visible_to(manager))


def test_a_superuser_answers_for_all_but_the_own_account(units, manager):
    boss, other = make_superuser(), make_superuser()
    assert set(User.objects.managed_by(boss)) == {manager, other}


@pytest.mark.one_database
def test_a_clerk_answers_for_nobody(units):
    clerk = make_staff("clerk", units[0])
    make_staff("viewer", units[1])
    assert not User.objects.managed_by(clerk).exists()


ACTS = ["edit", "link", "unlock", "second_factor", "leave", "back", "post"]


@pytest.mark.one_database
@pytest.mark.parametrize("name", ACTS)
def test_who_also_works_elsewhere_is_seen_but_not_touched(units, manager, name):
    other = make_posting("clerk", units[2], user=make_staff("clerk", units[1])).user
    client = signed_in(manager)
    detail = client.get(page("detail", other.pk))
    assert detail.status_code == 200 and page(name, other.pk) not in detail.content.decode()
    assert client.post(page(name, other.pk), {"reason": "x"}).status_code == 403


@pytest.mark.one_database
@pytest.mark.parametrize("name", ACTS)
def test_nobody_acts_on_the_own_account_or_on_a_superusers(units, manager, name):
    boss = make_posting("clerk", units[1], user=make_superuser()).user
    client = signed_in(manager)
    for account in (manager, boss):
        assert client.post(page(name, account.pk), {"reason": "x"}).status_code == 403
    assert client.post(page(name, make_staff("clerk", units[2]).pk), {"reason": "x"}).status_code == 404
    boss.refresh_from_db()
    assert boss.is_active


# Looking them up


def test_the_list_finds_names_without_tones(units, manager):
    found = make_posting("clerk", units[1], user=make_user(last_name="Nguyễn Văn", first_name="Đạt")).user
    make_posting("clerk", units[1], user=make_user(last_name="Trần", first_name="Đức"))
    client = signed_in(manager)
    for words in ("nguyen dat", "NGUYỄN", "đạt", found.username[:4] + found.username[4:] + " van"):
        assert [row.pk for row in client.get(page("list"), {"q": words}).context["page"].rows] == [found.pk], words
    assert client.get(page("list"), {"q": "(.*"}).status_code == 200


@pytest.mark.parametrize(("state", "expected"), [("active", {"a", "b"}), ("off", {"c"}), ("weak", {"b"})])
def test_the_list_is_narrowed_by_state(units, state, expected):
    for name, active in (("a", True), ("b", True), ("c", False)):
        make_posting("clerk", units[1], user=make_user(username=name, is_active=active))
    give_second_step(User.objects.get(username="a"))
    boss = make_superuser()
    rows = signed_in(boss).get(page("list"), {"state": state}).context["page"].rows
    assert {row.username for row in rows} - {boss.username} == expected


@pytest.mark.one_database
def test_the_list_costs_the_same_for_one_row_and_for_three(units, manager, django_assert_max_num_queries):
    client, costs = signed_in(manager), []
    for more in (1, 2):
        for _n in range(more):
            give_second_step(make_posting("clerk", units[0], user=make_staff("viewer", units[1])).user)
        with django_assert_max_num_queries(8) as captured:
            answer = client.get(page("list"))
        costs.append(len(captured))
    assert costs[0] == costs[1] and len(answer.content) < 45_000


# A new account and its link


def add(client, **fields):
    data = {"last_name": "Phạm  Thị", "first_name": "Hoa", "username": "pham.hoa", "role": "clerk"}
    return client.post(page("add"), data | {"valid_from": "01/02/2020", **fields})


def test_a_new_account_has_a_posting_and_a_link_that_is_shown_once(units, manager):
    client = signed_in(manager)
    answer = add(client, unit=units[1].code)
    account = User.objects.get(username="pham.hoa")
    assert answer.url == page("detail", account.pk) and not account.has_usable_password()
    assert (account.get_full_name(), account.is_staff) == ("Phạm Thị Hoa", True)
    posting = account.postings.get()
    assert (posting.unit, posting.role, posting.valid_from) == (units[1], "clerk", date(2020, 2, 1))
    link = client.get(answer.url).context["link"]
    assert "/accounts/password/reset/key/" in link and client.get(answer.url).context["link"] is None
    assert [len(acts(name)) for name in ("account_added", "posting", "password_link")] == [1, 1, 1]
    assert link.rstrip("/").rsplit("-", 1)[-1] not in str(list(AuditEvent.objects.values()))
    choose(link)
    assert is_in(sign_in(account, NEW))


def choose(link, password=NEW):
    """Follow a link and choose a password; returns the answer."""
    client = Client()
    shown = client.get(link, follow=True)
    action = shown.context.get("action_url")
    return client.post(action, {"password1": password, "password2": password}) if action else shown


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"unit": "khong-co"}, "unit"), ({"unit": ""}, "unit"), ({"username": "có dấu cách"}, "username"),
        ({"username": "TRUNG.TEN"}, "username"), ({"first_name": " "}, "first_name"), ({"role": "boss"}, "role"),
        ({"valid_from": "31/02/2020"}, "valid_from"), ({"valid_from": ""}, "valid_from"),
    ],
)  # fmt: skip
def test_a_wrong_field_adds_nothing_and_says_which(units, manager, fields, wrong):
    make_user(username="trung.ten")
    answer = add(signed_in(manager), **{"unit": units[1].code, **fields})
    assert answer.status_code == 200 and set(answer.context["form"].errors) == {wrong}
    assert not User.objects.filter(username="pham.hoa").exists()


def test_a_manager_posts_nobody_outside_the_managers_units(units, manager):
    client = signed_in(manager)
    assert "unit" in add(client, unit=units[2].code).context["form"].errors
    account = make_staff("viewer", units[1])
    data = {"role": "clerk", "unit": str(units[2]), "unit_key": units[2].pk, "valid_from": "01/01/2020"}
    answer = client.post(page("post", account.pk), data)
    assert answer.status_code == 200 and account.postings.count() == 1


@pytest.mark.one_database
def test_nobody_becomes_a_superuser_by_a_crafted_form(units, manager):
    add(signed_in(manager), unit=units[1].code, is_superuser="on", is_active="", password="x")
    account = User.objects.get(username="pham.hoa")
    assert account.is_active and not account.is_superuser and not account.has_usable_password()


def test_what_another_manager_did_between_the_check_and_the_saving_is_said(units, manager):
    data = {"last_name": "Lê", "first_name": "Hoa", "username": "le.hoa", "unit": units[1].code, "role": "clerk"}
    data["valid_from"] = "1/2/2020"
    added = NewAccountForm(data, user=manager)
    assert added.is_valid()
    account = make_posting("clerk", units[0], user=make_user(username="le.hoa")).user
    assert added.stored() is None and "username" in added.errors
    posted = PostingForm(data, user=manager, account=account)
    assert posted.is_valid()
    make_posting("clerk", units[1], user=account)
    assert posted.stored() is None and posted.non_field_errors()


def test_a_double_click_adds_one_account(units, manager):
    client = signed_in(manager)
    token = "11111111-1111-4111-8111-111111111111"
    answers = [add(client, unit=units[1].code, once=token) for _click in range(2)]
    assert answers[0].url == answers[1].url and User.objects.filter(username="pham.hoa").count() == 1
    assert len(acts("account_added")) == 1


@pytest.mark.one_database
def test_a_link_works_once_and_ends_the_sessions(units, manager):
    account = make_staff("clerk", units[1])
    before = sign_in(account)
    client = signed_in(manager)
    assert client.get(page("link", account.pk)).status_code == 200 and not acts("password_link")
    link = client.get(client.post(page("link", account.pk)).url).context["link"]
    assert is_in(before)
    assert choose(link).url == reverse("account_reset_password_from_key_done")
    assert is_in(sign_in(account, NEW)) and not is_in(sign_in(account)) and not is_in(before)
    assert choose(link, "lại một câu khác nữa").context["token_fail"]
    (made,) = acts("password_link")
    assert (made.actor, made.subject) == (manager, f"records.user:{account.pk}")
    assert acts("password_changed")[0].subject == f"records.user:{account.pk}"


@pytest.mark.one_database
def test_a_link_of_yesterday_no_longer_works(units, manager, monkeypatch):
    account = make_staff("clerk", units[1])
    client = signed_in(manager)
    link = client.get(client.post(page("link", account.pk)).url).context["link"]
    now = timezone.localtime().replace(tzinfo=None)
    generator = "django.contrib.auth.tokens.PasswordResetTokenGenerator._now"
    monkeypatch.setattr(generator, lambda self: now + timedelta(hours=23))
    assert not Client().get(link, follow=True).context.get("token_fail")
    monkeypatch.setattr(generator, lambda self: now + timedelta(hours=25))
    assert Client().get(link, follow=True).context["token_fail"]


@pytest.mark.one_database
def test_a_new_password_does_not_open_what_a_second_step_guards(units, manager):
    account = make_staff("clerk", units[1])
    secret, _codes = give_second_step(account)
    client = signed_in(manager)
    choose(client.get(client.post(page("link", account.pk)).url).context["link"])
    user = sign_in(account, NEW)
    assert not is_in(user)
    user.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_in(user)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["link", "second_factor", "edit"])
def test_opening_somebodys_account_asks_for_the_password_again(units, manager, name):
    account = make_staff("clerk", units[1])
    give_second_step(account)
    client = signed_in(manager)
    session = client.session
    now = int(timezone.now().timestamp())
    session[SIGNED_IN_AT], session[SEEN_AT] = now - 600, now
    session.save()
    data = {"reason": "Mất điện thoại", "last_name": "Lê", "first_name": "Ba", "email": "ba@example.com"}
    answer = client.post(page(name, account.pk), data)
    assert answer.url.startswith(reverse("account_reauthenticate"))
    account.refresh_from_db()
    assert account.has_second_factor() and not acts("password_link") and not account.email
    client.post(answer.url, {"password": PASSWORD})
    client.post(page(name, account.pk), data)
    assert acts({"link": "password_link", "second_factor": "second_factor_removed", "edit": "account_edited"}[name])


# Putting an account right


def test_a_manager_puts_a_name_and_an_address_right_on_record(units, manager):
    account = make_posting("clerk", units[1], user=make_user(last_name="Nguyển", first_name="An")).user
    client = signed_in(manager)
    form = client.get(page("edit", account.pk)).context["form"]
    data = {"last_name": "Nguye\u0302\u0303n", "first_name": "An", "email": "an@example.com", "username": "khac"}
    data |= {"version": form.initial["version"], "is_superuser": "on"}
    assert client.post(page("edit", account.pk), data).url == page("detail", account.pk)
    before = account.username
    account.refresh_from_db()
    told = account.last_name, account.email, account.username, account.is_superuser
    assert told == ("Nguyễn", "an@example.com", before, False) and account.check_password(PASSWORD)
    assert acts("account_edited")[0].actor == manager and account.history.first().history_user == manager


def test_of_two_who_edit_an_account_the_second_sees_what_the_first_did(units, manager):
    account = make_posting("clerk", units[1], user=make_user(last_name="Nguyễn", first_name="An")).user
    client = signed_in(manager)
    data = {"last_name": "Nguyễn", "first_name": "An", "email": ""}
    data["version"] = client.get(page("edit", account.pk)).context["form"].initial["version"]
    client.post(page("edit", account.pk), data | {"email": "an@example.com"})
    assert client.post(page("edit", account.pk), data | {"last_name": "Ngô"}).status_code == 302
    account.refresh_from_db()
    assert (account.last_name, account.email) == ("Ngô", "an@example.com")


# Locked out


def lock(account, **client):
    for _guess in range(5):
        last = sign_in(account, WRONG, **client)
    return last


def test_a_locked_account_is_unlocked_by_its_manager(units, manager):
    account = make_staff("clerk", units[1])
    lock(account, REMOTE_ADDR="10.0.0.1")
    assert not is_in(sign_in(account))
    client = signed_in(manager)
    assert client.get(page("detail", account.pk)).context["locked"]
    assert client.post(page("unlock", account.pk)).status_code == 302
    assert not client.get(page("detail", account.pk)).context["locked"]
    assert is_in(sign_in(account))
    assert [event.label for event in acts("sign_in_locked")] == [account.username]
    assert acts("account_unlocked")[0].actor == manager


def test_unlocking_reaches_wrong_codes_and_names_in_capitals(units, manager):
    account = make_staff("clerk", units[1])
    secret, _codes = give_second_step(account)
    user = sign_in(account)
    for _guess in range(5):
        user.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client = signed_in(manager)
    assert client.get(page("detail", account.pk)).context["locked"]
    client.post(page("unlock", account.pk))
    user.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_in(user)


@pytest.mark.one_database
def test_looking_at_an_account_counts_as_no_try(units, manager):
    account = make_staff("clerk", units[1])
    client = signed_in(manager)
    for _look in range(12):
        client.get(page("detail", account.pk))
    assert is_in(sign_in(account))


# A lost phone


@pytest.mark.one_database
def test_a_lost_second_step_is_removed_with_a_reason_and_ends_every_session(units, manager):
    account = make_staff("approver", units[1])
    session = sign_in(account)
    give_second_step(account)
    client = signed_in(manager)
    assert client.post(page("second_factor", account.pk), {"reason": " "}).status_code == 200
    client.post(page("second_factor", account.pk), {"reason": "Mất điện thoại"})
    assert not account.authenticator_set.exists() and not is_in(session)
    assert acts("second_factor_removed")[0].reason == "Mất điện thoại"


# Leaving and coming back


def test_who_leaves_is_out_at_the_next_request_and_holds_no_posting(units, manager):
    account = make_staff("clerk", units[1])
    later = make_posting("viewer", units[1], user=account, valid_from=timezone.localdate() + timedelta(days=9))
    session = sign_in(account)
    signed_in(manager).post(page("leave", account.pk), {"reason": "Nghỉ hưu"})
    account.refresh_from_db(), later.refresh_from_db()
    assert not account.is_active and not is_in(session) and not is_in(sign_in(account))
    assert not UserSession.objects.filter(user=account).exists()
    assert not account.postings.lasting(timezone.localdate()).exists() and later.valid_to == later.valid_from
    assert (acts("account_left")[0].reason, len(acts("posting"))) == ("Nghỉ hưu", 2)
    assert account.history.first().history_change_reason == "Nghỉ hưu"
    assert {past.history_change_reason for past in Posting.history.filter(history_type="~")} == {"Nghỉ hưu"}


def test_who_comes_back_signs_in_and_waits_for_a_posting(units, manager):
    account = make_staff("clerk", units[1])
    client = signed_in(manager)
    client.post(page("leave", account.pk), {"reason": "Biệt phái"})
    client.post(page("back", account.pk), {"reason": "Trở lại"})
    account.refresh_from_db()
    assert account.is_active and is_in(sign_in(account)) and account.postings_on() == []
    data = {"role": "approver", "unit": units[1].code, "valid_from": timezone.localdate().strftime("%d/%m/%Y")}
    assert client.post(page("post", account.pk), data).status_code == 302
    assert User.objects.get(pk=account.pk).may(User.PUBLISHERS, units[1].path)


# Postings


@pytest.mark.one_database
@pytest.mark.parametrize(("role", "enters"), [("viewer", False), ("clerk", True)])
def test_a_viewer_who_becomes_a_clerk_keeps_records_in_the_admin_too(units, manager, role, enters):
    account = make_posting("viewer", units[1], user=make_user()).user
    data = {"unit": units[0].code, "role": role, "valid_from": "1/2/2020"}
    assert signed_in(manager).post(page("post", account.pk), data).status_code == 302
    account.refresh_from_db()
    assert account.is_staff is enters
    assert (signed_in(account).get("/admin/records/member/").status_code == 200) is enters


def test_the_same_posting_twice_is_refused_in_words(units, manager):
    account = make_staff("clerk", units[1])
    data = {"role": "clerk", "unit": units[1].code, "valid_from": "01/01/2021"}
    answer = signed_in(manager).post(page("post", account.pk), data)
    assert answer.status_code == 200 and answer.context["form"].non_field_errors()


@pytest.mark.one_database
def test_a_posting_ends_on_a_day_on_record(units, manager):
    posting = make_posting("clerk", units[1])
    client = signed_in(manager)
    address = page("unpost", posting.user_id, posting.pk)
    assert client.post(address, {"on": "31/12/2019"}).status_code == 200
    assert client.post(address, {"on": "01/03/2021", "reason": "Chuyển công tác"}).status_code == 302
    posting.refresh_from_db()
    assert posting.valid_to == date(2021, 3, 1) and acts("posting")[0].details["until"] == "2021-03-01"
    assert client.get(address).status_code == 403


def test_a_manager_ends_what_is_in_the_managers_units_and_nothing_else(units, manager):
    other = make_posting("clerk", units[2], user=make_staff("clerk", units[1])).user
    inside, outside = other.postings.get(unit=units[1]), other.postings.get(unit=units[2])
    own = manager.postings.get()
    client = signed_in(manager)
    today = {"on": timezone.localdate().strftime("%d/%m/%Y")}
    assert client.post(page("unpost", other.pk, outside.pk), today).status_code == 404
    assert client.post(page("unpost", manager.pk, own.pk), today).status_code == 403
    assert client.post(page("unpost", manager.pk, inside.pk), today).status_code == 404
    assert client.post(page("unpost", other.pk, inside.pk), today).status_code == 302


@pytest.mark.one_database
def test_a_password_nobody_chose_opens_nothing(units, manager):
    add(signed_in(manager), unit=units[1].code)
    account = User.objects.get(username="pham.hoa")
    assert not is_in(sign_in(account, "")) and not is_in(sign_in(account, "!"))


@pytest.mark.one_database
def test_the_whole_trail_keeps_its_seals(units, manager):
    account = make_staff("clerk", units[1])
    client = signed_in(manager)
    for name in ("link", "leave", "back"):
        client.post(page(name, account.pk), {"reason": "Thử"})
    lock(account)
    assert AuditEvent.objects.first_broken() is None
    assert {"password_link", "account_left", "account_back"} <= {event.action for event in AuditEvent.objects.all()}
