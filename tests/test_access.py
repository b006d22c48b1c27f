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

from campaigns.models import EvidencePhoto, ExemplarPhoto
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_inspection,
    make_invitation,
    make_member,
    make_plan,
    make_registration,
    make_self_registration,
    make_staff,
    make_superuser,
    make_transfer,
    make_unit,
    make_user,
    make_view,
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
EDITORS_DONE = Codes(302, 404, 404, 403, 302, 302, 302, 302)
PUBLISHERS = Codes(302, 404, 404, 403, 403, 200, 200, 200)
PUBLISHERS_DONE = Codes(302, 404, 404, 403, 403, 302, 302, 302)
MANAGERS = Codes(302, 404, 404, 403, 403, 403, 200, 200)
# The pages of accounts, and an account: nothing is said of it but to its manager.
KEEPERS = Codes(302, *[403] * 5, 200, 200)
KEPT = Codes(302, *[404] * 5, 200, 200)
KEPT_DONE = KEPT._replace(manager=302, superuser=302)
# A page that enters a record of a unit of one's own.
ENTRY = Codes(302, 403, 200, 403, 200, 200, 200, 200)
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
    "campaigns:staff_plan_list": READERS,
    "campaigns:staff_plan_detail": READERS,
    "campaigns:staff_plan_edit": EDITORS,
    "campaigns:staff_plan_draft": signed_in(405),
    "campaigns:staff_plan_submit": EDITORS,
    "campaigns:staff_plan_recall": EDITORS_DONE,
    "campaigns:staff_plan_decide": PUBLISHERS_DONE,
    "campaigns:staff_registration_list": READERS,
    "campaigns:staff_registration_grid": READERS,
    "campaigns:staff_registration_detail": READERS,
    "campaigns:staff_registration_withdraw": EDITORS,
    "campaigns:staff_registration_again": EDITORS,
    "campaigns:staff_registration_confirm": EDITORS,
    "campaigns:staff_result_grid": READERS,
    "campaigns:staff_result_reopen": PUBLISHERS,
    "campaigns:staff_report_edit": READERS,
    "campaigns:staff_evidence_add": EDITORS_DONE,
    "campaigns:staff_evidence_photo": READERS,
    "campaigns:staff_evidence_remove": EDITORS,
    "campaigns:staff_inspection_list": READERS,
    "campaigns:staff_inspection_add": EDITORS,
    "campaigns:staff_inspection_detail": READERS,
    "campaigns:staff_inspection_edit": EDITORS,
    "campaigns:staff_inspection_resolve": EDITORS,
    "campaigns:staff_campaign_list": SIGNED_IN,
    "campaigns:staff_campaign_add": Codes(302, 403, 200, 403, 200, 200, 200, 200),
    "campaigns:staff_campaign_detail": READERS,
    "campaigns:staff_campaign_edit": EDITORS,
    "campaigns:staff_campaign_preview": EDITORS,
    # The campaign is under way, so it cannot be launched: back to its board, with a word on it.
    "campaigns:staff_campaign_launch": PUBLISHERS._replace(approver=302, manager=302, superuser=302),
    "campaigns:staff_campaign_review": PUBLISHERS,
    "campaigns:staff_campaign_close": PUBLISHERS,
    "campaigns:staff_campaign_cancel": PUBLISHERS,
    "campaigns:staff_reminder_list": READERS,
    "campaigns:self_registration_add": PUBLIC,
    "campaigns:self_registration_sent": PUBLIC,
    "campaigns:staff_invitation_list": READERS,
    "campaigns:staff_invitation_make": signed_in(405),
    "campaigns:staff_invitation_detail": EDITORS,
    "campaigns:staff_self_registration_list": READERS,
    "campaigns:staff_self_registration_detail": READERS,
    "campaigns:staff_self_registration_confirm": signed_in(405),
    "campaigns:staff_self_registration_confirm_all": signed_in(405),
    "campaigns:staff_self_registration_refuse": signed_in(405),
    "campaigns:staff_exemplar_list": READERS,
    "campaigns:staff_exemplar_add": EDITORS,
    "campaigns:staff_exemplar_detail": READERS,
    # The good model is public, so only approvers change it.
    "campaigns:staff_exemplar_edit": PUBLISHERS,
    "campaigns:staff_exemplar_submit": EDITORS,
    "campaigns:staff_exemplar_publish": PUBLISHERS,
    "campaigns:staff_exemplar_return": PUBLISHERS,
    "campaigns:staff_exemplar_unpublish": PUBLISHERS,
    "campaigns:staff_exemplar_photos": PUBLISHERS_DONE,
    "campaigns:staff_exemplar_photo_edit": PUBLISHERS,
    "campaigns:staff_exemplar_photo_remove": signed_in(405),
    "campaigns:staff_exemplar_photo_show": READERS,
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
    "records:staff_suggest": SIGNED_IN,
    "records:session_state": PUBLIC,
    "records:staff_member_list": SIGNED_IN,
    "records:staff_member_add": ENTRY,
    "records:staff_member_export": SIGNED_IN,
    "records:staff_member_duplicates": SIGNED_IN,
    "records:staff_member_check": signed_in(405),
    "records:staff_member_detail": READERS,
    "records:staff_member_card": signed_in(405),
    "records:staff_member_edit": EDITORS,
    "records:staff_member_attach": EDITORS,
    "records:staff_member_end_attachment": EDITORS,
    "records:staff_member_standing": EDITORS,
    "records:staff_member_transfer": EDITORS,
    "records:staff_transfer_list": SIGNED_IN,
    "records:staff_transfer_accept": EDITORS,
    "records:staff_transfer_refuse": EDITORS,
    "records:staff_transfer_call_off": EDITORS,
    "records:staff_view_list": SIGNED_IN,
    "records:staff_view_add": SIGNED_IN,
    "records:staff_view_delete": signed_in(404),
    "records:staff_unit_list": SIGNED_IN,
    "records:staff_unit_detail": READERS,
    "records:staff_unit_readers": READERS,
    "records:staff_unit_edit": EDITORS,
    "records:staff_unit_add": EDITORS,
    "records:staff_unit_rename": EDITORS,
    "records:staff_unit_move": PUBLISHERS,
    "records:staff_unit_dissolve": PUBLISHERS,
    "records:staff_member_readers": READERS,
    "records:staff_decision_list": SIGNED_IN,
    "records:staff_decision_add": ENTRY,
    "records:staff_decision_reading": SIGNED_IN,
    "records:staff_decision_detail": READERS,
    "records:staff_decision_edit": EDITORS,
    "records:staff_decision_scan": EDITORS,
    "records:staff_decision_check": EDITORS,
    "records:staff_decision_publish": PUBLISHERS,
    "records:staff_decision_unpublish": PUBLISHERS,
    # The form stands on the decision's page; what is saved there was looked over on the page before.
    "records:staff_recipient_add": EDITORS_DONE,
    "records:staff_recipient_paste": EDITORS,
    "records:staff_recipient_save": EDITORS_DONE,
    "records:staff_recipient_order": EDITORS,
    "records:staff_recipient_suggest": SIGNED_IN,
    "records:staff_award_list": SIGNED_IN,
    "records:staff_award_add": ENTRY,
    "records:staff_award_export": SIGNED_IN,
    "records:staff_award_detail": READERS,
    "records:staff_award_edit": EDITORS,
    "records:staff_award_remove": EDITORS,
    "records:staff_award_change": EDITORS,
    "records:staff_award_unpublish": PUBLISHERS,
    "records:staff_change_list": READERS,
    "records:staff_own_account": SIGNED_IN,
    "records:staff_account_list": KEEPERS,
    "records:staff_account_add": KEEPERS,
    "records:staff_account_detail": KEPT,
    "records:staff_account_link": KEPT,
    "records:staff_account_unlock": signed_in(405),
    "records:staff_account_second_factor": KEPT,
    "records:staff_account_leave": KEPT,
    "records:staff_account_back": KEPT,
    "records:staff_account_post": KEPT,
    "records:staff_account_unpost": KEPT,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": all_of(302),
    "mfa_reauthenticate": all_of(302),
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": signed_in(404),
    "mfa_view_recovery_codes": signed_in(404),
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": signed_in(404),
    "usersessions_list": SIGNED_IN,
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
POSTS = {
    "records:staff_unit_edit": EDITORS,
    "records:staff_unit_add": EDITORS,
    "records:staff_unit_rename": EDITORS,
    "records:staff_unit_move": PUBLISHERS,
    "records:staff_unit_dissolve": PUBLISHERS,
    "records:staff_decision_add": ENTRY,
    "records:staff_decision_edit": EDITORS,
    "records:staff_decision_scan": EDITORS,
    "records:staff_decision_publish": PUBLISHERS_DONE,
    "records:staff_decision_unpublish": PUBLISHERS,
    "records:staff_recipient_add": EDITORS,
    "records:staff_recipient_paste": EDITORS,
    "records:staff_recipient_save": EDITORS_DONE,
    "records:staff_recipient_order": EDITORS,
    "records:staff_award_add": ENTRY,
    "records:staff_award_export": SIGNED_IN,
    "records:staff_award_edit": EDITORS,
    "records:staff_award_remove": EDITORS,
    "records:staff_award_change": EDITORS,
    "records:staff_award_unpublish": PUBLISHERS,
    "records:staff_member_add": ENTRY,
    "records:staff_member_export": SIGNED_IN,
    "records:staff_member_check": ENTRY,
    "records:staff_member_card": EDITORS,
    "records:staff_member_edit": EDITORS,
    "records:staff_member_attach": EDITORS,
    "records:staff_member_end_attachment": EDITORS,
    "records:staff_member_standing": EDITORS,
    "records:staff_member_transfer": EDITORS,
    "records:staff_transfer_accept": EDITORS_DONE,
    "records:staff_transfer_refuse": EDITORS,
    "records:staff_transfer_call_off": EDITORS_DONE,
    "records:staff_view_add": SIGNED_IN,
    "records:staff_view_delete": signed_in(404),
    "campaigns:staff_campaign_add": Codes(302, 403, 200, 403, 200, 200, 200, 200),
    "campaigns:staff_campaign_edit": EDITORS,
    "campaigns:staff_campaign_launch": PUBLISHERS_DONE,
    "campaigns:staff_campaign_review": PUBLISHERS_DONE,
    "campaigns:staff_campaign_close": PUBLISHERS_DONE,
    "campaigns:staff_campaign_cancel": PUBLISHERS,
    "campaigns:staff_plan_edit": EDITORS_DONE,
    # A page that does not know of the plan must not write over it.
    "campaigns:staff_plan_draft": Codes(302, 404, 404, 403, *[409] * 4),
    "campaigns:staff_plan_submit": EDITORS,
    "campaigns:staff_plan_recall": EDITORS_DONE,
    "campaigns:staff_plan_decide": PUBLISHERS_DONE,
    "campaigns:staff_registration_grid": EDITORS_DONE,
    "campaigns:staff_registration_withdraw": EDITORS,
    "campaigns:staff_registration_again": EDITORS,
    "campaigns:staff_registration_confirm": EDITORS,
    "campaigns:staff_result_grid": EDITORS_DONE,
    "campaigns:staff_result_reopen": PUBLISHERS,
    "campaigns:staff_report_edit": EDITORS,
    "campaigns:staff_evidence_add": EDITORS,
    "campaigns:staff_evidence_remove": EDITORS_DONE,
    "campaigns:staff_inspection_add": EDITORS,
    "campaigns:staff_inspection_edit": EDITORS,
    "campaigns:staff_inspection_resolve": EDITORS,
    "campaigns:self_registration_add": PUBLIC,
    "campaigns:staff_invitation_make": EDITORS_DONE,
    "campaigns:staff_invitation_detail": EDITORS_DONE,
    "campaigns:staff_self_registration_confirm": EDITORS,
    "campaigns:staff_self_registration_confirm_all": EDITORS_DONE,
    "campaigns:staff_self_registration_refuse": EDITORS,
    "campaigns:staff_exemplar_add": EDITORS,
    "campaigns:staff_exemplar_edit": PUBLISHERS,
    "campaigns:staff_exemplar_submit": EDITORS_DONE,
    "campaigns:staff_exemplar_publish": PUBLISHERS_DONE,
    "campaigns:staff_exemplar_return": PUBLISHERS,
    "campaigns:staff_exemplar_unpublish": PUBLISHERS,
    "campaigns:staff_exemplar_photos": PUBLISHERS_DONE,
    "campaigns:staff_exemplar_photo_edit": PUBLISHERS,
    "campaigns:staff_exemplar_photo_remove": PUBLISHERS_DONE,
    "records:staff_account_add": KEEPERS,
    "records:staff_account_link": KEPT_DONE,
    "records:staff_account_unlock": KEPT_DONE,
    "records:staff_account_second_factor": KEPT,
    "records:staff_account_leave": KEPT,
    "records:staff_account_back": KEPT,
    "records:staff_account_post": KEPT,
    "records:staff_account_unpost": KEPT,
}
ACCOUNT_PAGES = [name for name in ACCESS if name.startswith("records:staff_account_") and ACCESS[name] is not KEEPERS]
PLAN_PAGES = [f"campaigns:staff_plan_{page}" for page in ("detail", "edit", "draft", "submit", "recall", "decide")]
GRID_PAGES = [f"campaigns:staff_{page}" for page in ("registration_grid", "result_grid", "report_edit")]
REGISTRATION_PAGES = [
    *(f"campaigns:staff_registration_{page}" for page in ("detail", "withdraw", "again", "confirm")),
    *("campaigns:staff_result_reopen", "campaigns:staff_evidence_add"),
]
INSPECTION_PAGES = [f"campaigns:staff_inspection_{page}" for page in ("detail", "edit", "resolve")]
CAMPAIGN_PAGES = [
    f"campaigns:staff_{page}"
    for page in (
        "reminder_list",
        *(f"campaign_{act}" for act in ("detail", "edit", "preview", "launch", "review", "close", "cancel")),
    )
]
CAMPAIGN_LISTS = [
    f"campaigns:staff_{page}"
    for page in (
        *("plan_list", "registration_list", "inspection_list", "inspection_add", "exemplar_list", "exemplar_add"),
        *("invitation_list", "invitation_make", "self_registration_list", "self_registration_confirm_all"),
    )
]
SENT_PAGES = [f"campaigns:staff_self_registration_{page}" for page in ("detail", "confirm", "refuse")]
EXEMPLAR_PAGES = [
    f"campaigns:staff_exemplar_{page}"
    for page in ("detail", "edit", "submit", "publish", "return", "unpublish", "photos")
]
PHOTO_PAGES = [f"campaigns:staff_exemplar_photo_{page}" for page in ("edit", "remove", "show")]
DECISION_PAGES = [
    f"records:staff_{page}"
    for page in (
        "decision_detail", "decision_edit", "decision_scan", "decision_check", "decision_publish", "decision_unpublish",
        "recipient_add", "recipient_paste", "recipient_save", "recipient_order",
    )
]  # fmt: skip
AWARD_PAGES = [f"records:staff_award_{page}" for page in ("detail", "edit", "remove", "change", "unpublish")]
MEMBER_PAGES = [
    f"records:staff_member_{page}"
    for page in ("detail", "card", "edit", "attach", "end_attachment", "standing", "transfer")
]
UNIT_PAGES = [
    f"records:staff_unit_{page}" for page in ("detail", "readers", "edit", "add", "rename", "move", "dissolve")
]
TRANSFER_PAGES = [f"records:staff_transfer_{page}" for page in ("accept", "refuse", "call_off")]
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
        registration = make_registration(campaign, member)
        evidence = EvidencePhoto(registration=registration)
        evidence.image.save("anh.png", picture(), save=False)
        evidence.save()
        decision = make_decision(unit=branch, published=public)
        decision.file.save("quyet-dinh.pdf", ContentFile(b"%PDF-1.4 trang"))
        award = make_award(member=member, decision=decision, published=public)
        draft = make_award(decision=make_decision(unit=branch))
        make_plan(campaign, branch)
        inspection = make_inspection(campaign, branch, outcome="reminder")
        exemplar = make_exemplar(campaign=campaign, unit=branch, published=public)
        photo = ExemplarPhoto(exemplar=exemplar, caption="Nhà chờ")
        photo.image.save("anh.png", picture(), save=False)
        photo.save()
        sent = make_self_registration(make_invitation(campaign, branch))
        account = make_staff("clerk", branch)
        arguments[public] = {
            "campaigns:campaign_detail": [campaign.slug],
            "campaigns:campaign_units": [campaign.slug],
            **{name: [campaign.slug] for name in CAMPAIGN_PAGES},
            "campaigns:campaign_units_csv": [campaign.slug],
            "campaigns:campaign_registrations": [campaign.slug],
            "campaigns:exemplar_detail": [exemplar.public_id],
            "campaigns:exemplar_photo": [exemplar.public_id, photo.pk],
            **dict.fromkeys(CAMPAIGN_LISTS, [campaign.slug]),
            "campaigns:self_registration_add": [sent.invitation.token],
            "campaigns:self_registration_sent": [sent.invitation.token],
            "campaigns:staff_invitation_detail": [campaign.slug, branch.pk],
            **dict.fromkeys(SENT_PAGES, [campaign.slug, sent.pk]),
            **dict.fromkeys(EXEMPLAR_PAGES, [campaign.slug, exemplar.public_id]),
            **dict.fromkeys(PHOTO_PAGES, [campaign.slug, exemplar.public_id, photo.pk]),
            **dict.fromkeys(PLAN_PAGES, [campaign.slug, branch.pk]),
            **dict.fromkeys(GRID_PAGES, [campaign.slug, branch.pk]),
            **dict.fromkeys(REGISTRATION_PAGES, [campaign.slug, branch.pk, registration.pk]),
            "campaigns:staff_evidence_photo": [campaign.slug, evidence.pk],
            "campaigns:staff_evidence_remove": [campaign.slug, evidence.pk],
            **dict.fromkeys(INSPECTION_PAGES, [campaign.slug, inspection.pk]),
            "records:award_detail": [award.public_id],
            "records:decision_detail": [decision.pk],
            "records:unit_detail": [branch.code],
            "records:person_detail": [member.public_id],
            **dict.fromkeys(MEMBER_PAGES, [member.public_id]),
            **dict.fromkeys(UNIT_PAGES, [branch.pk]),
            "records:staff_member_readers": [member.public_id],
            **dict.fromkeys(DECISION_PAGES, [draft.decision_id]),
            **dict.fromkeys(AWARD_PAGES, [draft.public_id]),
            "records:staff_change_list": ["records.award", award.pk],
            **dict.fromkeys(TRANSFER_PAGES, [make_transfer(member, make_branch(parent=root)).pk]),
            "records:staff_view_delete": [make_view().pk],
            "records:file_download": [decision.file.name],
            "records:staff_suggest": ["member"],
            **dict.fromkeys(ACCOUNT_PAGES, [account.pk]),
            "records:staff_account_unpost": [account.pk, account.postings.get().pk],
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
