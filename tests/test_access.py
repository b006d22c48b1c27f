"""Who may open which address: one table, held against the list of all addresses."""

import io
import re
import shutil
from html import unescape

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.forms import BaseForm, BaseFormSet, ModelChoiceField
from django.test import Client
from django.test.utils import CaptureQueriesContext, ContextList
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone
from PIL import Image

from campaigns.models import EvidencePhoto, ExemplarPhoto
from records.models import AwardType
from tests.access import (
    ACCESS,
    ACCOUNT_PAGES,
    AWARD_PAGES,
    CAMPAIGN_LISTS,
    CAMPAIGN_PAGES,
    DECISION_PAGES,
    EXEMPLAR_PAGES,
    EXPORT_PAGES,
    GRID_PAGES,
    HIDDEN,
    IMPORT_PAGES,
    INSPECTION_PAGES,
    MEMBER_PAGES,
    MERGE_PAGES,
    MOVE_PAGES,
    PAIR_PAGES,
    PHOTO_PAGES,
    PLAN_PAGES,
    POSTS,
    REGISTRATION_PAGES,
    SENT_PAGES,
    TRANSFER_PAGES,
    UNIT_PAGES,
    Codes,
)
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_export,
    make_inspection,
    make_invitation,
    make_member,
    make_merge,
    make_move,
    make_plan,
    make_planned,
    make_registration,
    make_self_registration,
    make_staff,
    make_superuser,
    make_transfer,
    make_unit,
    make_user,
    make_view,
)

# A role is a role on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


# What every answer carries.
HEADERS = [
    "Content-Security-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy",
    "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options",
]  # fmt: skip
# What a look may write: that the person is still there, and that a private file was read or a page refused.
OF_A_LOOK = ('UPDATE "django_session"', 'INSERT INTO "records_auditevent"')
# What the library takes and everybody sends for himself, which has tests of its own.
OWN_POSTS = (
    "account_login", "account_logout", "account_change_password", "account_reauthenticate", "account_reset_password",
    "mfa_activate_totp", "mfa_generate_recovery_codes", "records:session_state", "usersessions_list",
)  # fmt: skip


def url_names(patterns, namespace=""):
    """Every named address but the admin's, which has tests of its own."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from url_names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)


def test_every_address_is_in_the_table():
    assert set(url_names(get_resolver().url_patterns)) == set(ACCESS)


@pytest.fixture(scope="module")
def filled(shared_rows, media, tmp_path_factory):
    """The arguments of every address, and the files of what they lead to, which each test begins with anew."""
    files = tmp_path_factory.mktemp("files")
    arguments = fill()
    shutil.copytree(media, files, dirs_exist_ok=True)
    return arguments, files


@pytest.fixture
def register(filled, media, db):
    arguments, files = filled
    shutil.copytree(files, media, dirs_exist_ok=True)
    return arguments


def fill():
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
        # Over, so that it stands in no other act's way.
        moved = make_move(branch, status="done", finished_at=timezone.now())
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
        planned = make_planned(f"Lê Văn Tới,1/2/1980,Nam,3/2/2010,{branch.code}", by=account)
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
            **dict.fromkeys(MOVE_PAGES, [moved.public_id]),
            "records:staff_member_readers": [member.public_id],
            **dict.fromkeys(DECISION_PAGES, [draft.decision_id]),
            **dict.fromkeys(AWARD_PAGES, [draft.public_id]),
            "records:staff_change_list": ["records.award", award.pk],
            **dict.fromkeys(PAIR_PAGES, [member.public_id, make_member(unit=branch).public_id]),
            **dict.fromkeys(MERGE_PAGES, [make_merge(make_member(unit=branch), make_member(unit=branch)).pk]),
            **dict.fromkeys(TRANSFER_PAGES, [make_transfer(member, make_branch(parent=root)).pk]),
            "records:staff_view_delete": [make_view().pk],
            "records:staff_import_blank": ["members"],
            **dict.fromkeys(IMPORT_PAGES, [planned.public_id]),
            **dict.fromkeys(EXPORT_PAGES, [make_export().public_id]),
            "records:file_download": [decision.file.name],
            "records:staff_suggest": ["member"],
            **dict.fromkeys(ACCOUNT_PAGES, [account.pk]),
            "records:staff_account_unpost": [account.pk, account.postings.get().pk],
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
def test_each_role_gets_what_the_table_says_and_every_form_carries_the_token_against_forgery(register, role):
    client = client_of(role, register["root"])
    answers, forms, bare, written = {}, [], [], []
    for name in ACCESS:
        address = reverse(name, args=register[True].get(name, []))
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(address)
        answers[name] = answer.status_code
        written += [(name, sql) for sql in writes(seen) if not sql.startswith(OF_A_LOOK)]
        bare += [(name, header) for header in HEADERS if header not in answer.headers]
        # A published photo is the same for everybody.
        of_a_person = role != "nobody" and name != "campaigns:exemplar_photo"
        if of_a_person and "no-store" not in answer.headers.get("Cache-Control", ""):
            bare.append((name, "no-store"))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            forms += [(name, form) for form in re.findall(r'<form[^>]*method="post".*?</form>', answer.text, re.S)]
        if name == "account_logout":
            # GET only asks; the session must still be there for the next address.
            assert role == "nobody" or "_auth_user_id" in client.session
    assert answers == {name: getattr(codes, role) for name, codes in ACCESS.items()}
    assert len(forms) > (100 if role in ("clerk", "approver", "manager", "superuser") else 1)
    # A table that may only be looked at has no button.
    buttons = [(name, form) for name, form in forms if "<button" in form]
    assert [name for name, form in buttons if 'name="csrfmiddlewaretoken"' not in form] == []
    assert {led_to(name, form, register) for name, form in buttons} <= {*POSTS, *OWN_POSTS}
    assert (bare, written) == ([], [])


def test_who_may_only_read_is_offered_nothing_that_is_refused(register):
    """Every link and every button on every page that a viewer may open leads somewhere."""
    client = client_of("viewer", register["root"])
    offers = set()
    for name in ACCESS:
        page = client.get(reverse(name, args=register[True].get(name, [])))
        if page.status_code == 200 and page.headers.get("Content-Type", "").startswith("text/html"):
            here = page.request["PATH_INFO"]
            links = [unescape(link) for link in re.findall(r'<a[^>]*\shref="([/?][^"#]*)', page.text)]
            offers |= {("get", here + link if link.startswith("?") else link) for link in links}
            forms = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', page.text, re.S)
            sent = [re.match(r'<form[^>]*\saction="([^"]+)"', form) for form in forms if "<button" in form]
            offers |= {("post", unescape(action[1]) if action else here) for action in sent}
    answers = {}
    # Whoever has gone is asked to sign in, and refused nothing.
    for method, address in sorted(offers - {("post", reverse("account_logout"))}):
        with transaction.atomic():
            answers[method, address] = getattr(client, method)(address).status_code
            transaction.set_rollback(True)
    assert {offer: code for offer, code in answers.items() if code >= 400} == {} and len(answers) > 300


def writes(seen):
    """The statements that changed a row, among those that were run."""
    return [query["sql"] for query in seen if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]


def led_to(name, form, register):
    """The name of the address that a form on a page sends to."""
    action = re.match(r'<form[^>]*?\saction="([^"?#]*)', form)
    match = resolve(action[1] if action and action[1] else reverse(name, args=register[True].get(name, [])))
    return match.view_name


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


def admin_addresses():
    """Every address of the admin, and whether it is of an object, the first of its kind; reference data is not one."""
    for model, pages in admin.site._registry.items():
        kept = model._base_manager.order_by("pk").first()
        for page in pages.urls:
            of_all = page.name is None or page.name.endswith(("_changelist", "_add"))
            if page.name and (of_all or kept):
                verb = ["x"] if page.name.endswith("_verb") else []
                address = reverse(f"admin:{page.name}", args=[] if of_all else [kept.pk, *verb])
                yield address, not of_all and not issubclass(model, AwardType)


@pytest.mark.parametrize("role", ["nobody", "stranger", "outsider", "viewer"])
def test_the_admin_opens_no_record_of_others_and_takes_nothing_from_who_may_only_read(register, role):
    client = client_of(role, register["root"])
    shown, written, tried = [], [], 0
    for address, is_objects in admin_addresses():
        answer = client.get(address)
        if role == "nobody":
            assert answer.status_code == 302 and answer.url.startswith(reverse("account_login")), address
        elif role != "viewer" and is_objects and answer.status_code == 200:
            shown.append(address)
        # A clerk elsewhere adds records there; an empty form has nothing to add.
        with CaptureQueriesContext(connection) as seen:
            client.post(address, {"change_reason": "lạ", "post": "yes"})
        written += [(address, sql) for sql in writes(seen) if not sql.startswith(OF_A_LOOK)]
        tried += is_objects
    assert (shown, written) == ([], []) and tried > 50


# Whom a person is handed over to, and who launches a campaign together with us, may be anybody.
ANYWHERE = {("TransferForm", "unit"), ("PartnerForm", "unit")}


def forms_in(value, depth=3):
    """The forms among what a page was given, those inside of other forms and lists too."""
    if isinstance(value, BaseForm):
        yield value
    if isinstance(value, BaseFormSet):
        yield from [*value.forms, value.empty_form]
    if depth and isinstance(value, list | tuple):
        for one in value:
            yield from forms_in(one, depth - 1)
    elif depth and (isinstance(value, BaseForm) or type(value).__module__.startswith(("records.", "campaigns."))):
        for one in list(getattr(value, "__dict__", {}).values()):
            yield from forms_in(one, depth - 1)


@pytest.mark.parametrize("role", ["clerk", "manager"])
def test_no_form_offers_a_record_of_another_subtree(register, role):
    away = make_unit()
    member, decision, campaign = make_member(unit=away), make_decision(unit=away), make_campaign(scope=away)
    theirs = {type(one): one.pk for one in (away, member, decision, campaign, make_award(member=member))}
    client = client_of(role, register["root"])
    offered, asked = set(), set()
    for name in ACCESS:
        contexts = client.get(reverse(name, args=register[True].get(name, []))).context or ContextList()
        names = contexts.keys() if isinstance(contexts, ContextList) else contexts.flatten()
        given = {id(value): value for value in (contexts.get(one) for one in names)}
        for form in (form for value in given.values() for form in forms_in(value)):
            for box, field in form.fields.items():
                if isinstance(field, ModelChoiceField) and field.queryset.model in theirs:
                    asked.add((type(form).__name__, box))
                    if field.queryset.filter(pk=theirs[field.queryset.model]).exists():
                        offered.add((type(form).__name__, box))
    assert offered == ANYWHERE and len(asked) > 15


@pytest.mark.parametrize("role", ["nobody", "stranger", "outsider"])
def test_what_is_not_public_is_not_there(register, role):
    client = client_of(role, register["root"])
    for name in HIDDEN:
        hidden = reverse(name, args=register[False][name])
        assert client.get(hidden).status_code == 404, name


def test_public_addresses_only_read(register):
    """Neither a GET nor a POST to a page of the public register writes anything."""
    client = client_of("nobody", register["root"])
    for name in [n for n in ACCESS if n.startswith(("campaigns:", "records:")) and n not in POSTS]:
        address = reverse(name, args=register[True].get(name, []))
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
            client.post(address, {"q": "x"})
        assert writes(seen) == [], name


def test_unsafe_requests_need_the_token(register):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_superuser())
    for name in ACCESS:
        assert client.post(reverse(name, args=register[True].get(name, [])), {}).status_code == 403, name
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
