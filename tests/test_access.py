"""Who may open which address: one table, held against the list of all addresses."""

import io
from collections import namedtuple

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from PIL import Image

from campaigns.models import ExemplarPhoto
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_member,
    make_registration,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

Codes = namedtuple("Codes", "nobody stranger outsider viewer clerk approver manager superuser")


def all_of(code):
    return Codes(*[code] * 8)


def signed_in(code):
    return Codes(302, *[code] * 7)


PUBLIC = all_of(200)
SIGNED_IN = signed_in(200)
# A record of the unit: there for all who are posted over it.
READERS = Codes(302, 404, 404, 200, 200, 200, 200, 200)
# A page that changes a record of the unit.
EDITORS = Codes(302, 404, 404, 403, 200, 200, 200, 200)
PUBLISHERS = Codes(302, 404, 404, 403, 403, 200, 200, 200)
MANAGERS = Codes(302, 404, 404, 403, 403, 403, 200, 200)
# Every address by name: what a GET answers to each role. `stranger` is signed in and posted nowhere, `outsider` is a
# clerk of another unit.
ACCESS = {
    "campaigns:home": PUBLIC,
    "campaigns:campaign_list": PUBLIC,
    "campaigns:campaign_detail": PUBLIC,
    "campaigns:campaign_units": PUBLIC,
    "campaigns:campaign_units_csv": PUBLIC,
    "campaigns:campaign_registrations": PUBLIC,
    "campaigns:exemplar_list": PUBLIC,
    "campaigns:exemplar_detail": PUBLIC,
    "campaigns:exemplar_photo": PUBLIC,
    "campaigns:staff_home": SIGNED_IN,
    "records:award_list": PUBLIC,
    "records:award_csv": PUBLIC,
    "records:award_detail": PUBLIC,
    "records:decision_list": PUBLIC,
    "records:decision_detail": PUBLIC,
    "records:unit_list": PUBLIC,
    "records:unit_detail": PUBLIC,
    "records:person_detail": PUBLIC,
    "records:about": PUBLIC,
    "records:healthz": PUBLIC,
    "records:robots": PUBLIC,
    "records:file_download": READERS,
    "account_login": Codes(200, *[302] * 7),
    "account_logout": Codes(302, *[200] * 7),
    "account_signup": Codes(200, *[302] * 7),
    "account_inactive": all_of(200),
    "account_confirm_login_code": Codes(302, *[302] * 7),
    "account_change_password": SIGNED_IN,
    "account_set_password": signed_in(302),
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
}
# What a POST with nothing in it answers, for each address of the staff that takes one: the form again with what is
# missing (200) or a redirect (302) to those who may, no more than a GET to the others.
POSTS = {}
# Addresses that hide what is not public from everybody but those whose units it concerns.
HIDDEN = [
    "campaigns:campaign_detail",
    "campaigns:campaign_units",
    "campaigns:campaign_units_csv",
    "campaigns:campaign_registrations",
    "campaigns:exemplar_detail",
    "campaigns:exemplar_photo",
    "records:award_detail",
    "records:decision_detail",
    "records:unit_detail",
    "records:person_detail",
]


def url_names(patterns, namespace=""):
    """Every named address but the admin's, which has tests of its own."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from url_names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)


def test_every_address_is_in_the_table():
    assert set(url_names(get_resolver().url_patterns)) == set(ACCESS)


@pytest.fixture
def register():
    """One public row and one hidden row of everything that has an address, in one unit's subtree."""
    root = make_unit(code="GOC")
    arguments = {}
    for public in (True, False):
        branch = make_branch(parent=root, listed=public)
        campaign = make_campaign(scope=branch, status="launched" if public else "draft", names_public=True)
        make_activity(campaign)
        member = make_member(unit=branch)
        make_registration(campaign, member)
        decision = make_decision(unit=branch, published=public)
        decision.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4 trang"))
        award = make_award(member=member, decision=decision, published=public)
        exemplar = make_exemplar(campaign=campaign, unit=branch, published=public)
        photo = ExemplarPhoto(exemplar=exemplar, caption="Nhà chờ")
        photo.image.save("anh.png", picture(), save=False)
        photo.save()
        arguments[public] = {
            "campaigns:campaign_detail": [campaign.slug],
            "campaigns:campaign_units": [campaign.slug],
            "campaigns:campaign_units_csv": [campaign.slug],
            "campaigns:campaign_registrations": [campaign.slug],
            "campaigns:exemplar_detail": [exemplar.public_id],
            "campaigns:exemplar_photo": [exemplar.public_id, photo.pk],
            "records:award_detail": [award.public_id],
            "records:decision_detail": [decision.pk],
            "records:unit_detail": [branch.code],
            "records:person_detail": [member.public_id],
            "records:file_download": [decision.file.name],
            "account_confirm_email": ["no-such-key"],
            "account_reset_password_from_key": ["no", "such"],
        }
    arguments["root"] = root
    return arguments


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return ContentFile(stream.getvalue())


def client_of(role, root):
    client = Client()
    match role:
        case "nobody":
            pass
        case "outsider":
            client.force_login(make_staff("clerk", make_unit()))
        case "stranger":
            client.force_login(make_user(is_staff=True))
        case "superuser":
            client.force_login(make_superuser())
        case _:
            client.force_login(make_staff(role, root))
    return client


@pytest.mark.parametrize("role", Codes._fields)
def test_each_role_gets_what_the_table_says(register, role):
    client = client_of(role, register["root"])
    answers = {}
    for name in ACCESS:
        address = reverse(name, args=register[True].get(name, []))
        answers[name] = client.get(address).status_code
        if name == "account_logout":
            # GET only asks; the session must still be there for the next address.
            assert role == "nobody" or "_auth_user_id" in client.session
    assert answers == {name: getattr(codes, role) for name, codes in ACCESS.items()}


@pytest.mark.parametrize("role", Codes._fields)
def test_each_role_may_send_what_the_table_says(register, role):
    """A crafted POST gets no further than the page's buttons would."""
    client = client_of(role, register["root"])
    answers = {}
    for name in POSTS:
        # What one address changed must not decide what the next one answers.
        with transaction.atomic():
            answers[name] = client.post(reverse(name, args=register[True].get(name, [])), {}).status_code
            transaction.set_rollback(True)
    assert answers == {name: getattr(codes, role) for name, codes in POSTS.items()}


@pytest.mark.parametrize("role", ["nobody", "stranger", "outsider"])
def test_what_is_not_public_is_not_there(register, role):
    client = client_of(role, register["root"])
    for name in HIDDEN:
        hidden = reverse(name, args=register[False][name])
        assert client.get(hidden).status_code == 404, name


@pytest.mark.parametrize("name", [n for n in ACCESS if n.startswith(("campaigns:", "records:")) and n not in POSTS])
def test_public_addresses_only_read(register, name):
    """Neither a GET nor a POST to a page of the public register writes anything."""
    address = reverse(name, args=register[True].get(name, []))
    client = client_of("nobody", register["root"])
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
        client.post(address, {"q": "x"})
    writes = [q["sql"] for q in seen if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert writes == []


def test_unsafe_requests_need_the_token(register):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_superuser())
    for name in ("account_logout", "account_change_password", "account_login"):
        assert client.post(reverse(name), {}).status_code == 403, name
    assert client.post("/admin/records/unit/add/", {}).status_code == 403


def test_there_is_one_way_in(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302 and answer.url.startswith("/accounts/login/")


def test_after_signing_in_nobody_is_led_to_another_site(client):
    user = make_user()
    for address in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = client.post(
            reverse("account_login"), {"login": user.username, "password": "một-mật-khẩu-dài", "next": address}
        )
        assert answer.status_code == 302 and "evil" not in answer.url
        client.logout()
