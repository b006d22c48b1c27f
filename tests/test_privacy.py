"""Private by default: every private column holds a marker, and no public page may show one."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign, CampaignDocument, PlannedActivity, Pledge
from records.models import Award, AwardTypeAlias, Membership, Unit, UnitEvent
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_inspection,
    make_member,
    make_plan,
    make_posting,
    make_registration,
    make_sector,
    make_unit,
)
from tests.test_publication import watched_tables

pytestmark = pytest.mark.django_db

# What a public page may show of each model; every other text column is private and gets a marker.
PUBLIC = {
    "Unit": {"code", "name", "short_name", "description", "kind"},
    "UnitEvent": {"kind", "was", "became", "note"},
    "Sector": {"code", "name"},
    "Member": {"public_id", "full_name"},
    "Decision": {
        "number", "series", "issuer_code", "issuer", "subject", "signed_by", "signer_position",
        "kind", "issued_precision",
    },
    "AwardType": {"code", "name", "family", "legal_order", "level", "recipients", "granted_by", "legal_basis", "mark"},
    "Award": {
        "public_id", "recipient_kind", "recipient_name", "salutation", "recipient_position", "recipient_unit", "mode",
        "recipient_category", "reason", "status",
    },
    "AwardEvent": {"kind", "reason"},
    "Campaign": {"slug", "title", "theme", "mode", "summary", "body", "plans_from", "status"},
    "CampaignDocument": {"role"},
    "Activity": {"name", "measure", "icon"},
    "Exemplar": {"public_id", "title", "summary", "story", "figure", "figure_note", "place"},
    "ExemplarPhoto": {"caption"},
}  # fmt: skip
MARKER = "BIMATKHONGLO"
SECRET_DAY, SECRET_QUANTITY = date(1907, 11, 29), Decimal("86420.17")
# A decision's address ends in its key, which on a database that has counted far may look like a secret year.
OWN_KEY = re.compile(r"""/decisions/\d+/|decision=\d+|name="decision" value="\d+""")


def plant(row):
    """Write a marker into every private text column of a row, straight into the database."""
    values = {}
    for field in row._meta.concrete_fields:
        if field.name in PUBLIC.get(type(row).__name__, set()) or field.is_relation or field.choices:
            continue
        if (
            field.name in {"search_key", "sort_key", "path", "unit_path", "key", "issuer_key", "password"}
            or field.unique
        ):
            continue
        if isinstance(field, models.EmailField):
            values[field.name] = f"{MARKER}@vidu.example"
        elif isinstance(field, (models.CharField, models.TextField)):
            values[field.name] = f"{MARKER}{row.pk}"[: field.max_length or None]
    type(row)._base_manager.filter(pk=row.pk).update(**values)


@pytest.fixture
def marked():
    """A small register in which everything public has something private beside it."""
    root = make_unit(code="GOC", sector=make_sector())
    branch = make_branch(parent=root)
    hidden_unit = make_branch(parent=root, listed=False, name=f"Đơn vị {MARKER}")
    member = make_member(
        unit=branch, birth_date=SECRET_DAY, admitted_on=date(1931, 7, 19), full_member_on=date(1932, 7, 19),
        card_number=MARKER, gender="male",
    )  # fmt: skip
    quiet = make_member(unit=branch, full_name=f"Nguyễn {MARKER}")
    shy = make_member(unit=hidden_unit, full_name=f"Trần {MARKER}")
    decision = make_decision(unit=root, published=True)
    award = make_award(member=member, decision=decision, published=True, period_start=2019, period_end=2019)
    award.correct(make_decision(unit=root, published=True), "sửa tên", recipient_unit="Chi bộ mới")
    draft = make_decision(unit=root, number=f"99/QĐ-{MARKER}", subject=MARKER)
    make_award(member=quiet, decision=draft, recipient_name=f"Nguyễn {MARKER}")
    make_award(decision=decision, recipient_name=f"Chưa công bố {MARKER}")
    make_award(collective=branch, decision=decision, published=True)
    campaign = make_campaign(scope=root, names_public=False)
    named = make_campaign(scope=root, names_public=True)
    make_campaign(scope=root, status="draft", title=f"Nháp {MARKER}", slug="nhap-kin")
    CampaignDocument.objects.create(campaign=campaign, decision=decision)
    CampaignDocument.objects.create(campaign=campaign, decision=draft)
    for c in (campaign, named):
        activity = make_activity(c)
        plan = make_plan(c, branch, person_in_charge=MARKER, number=MARKER)
        plan.submit()
        PlannedActivity.objects.create(plan=plan, activity=activity, target=5)
        people = [member] if c is named else [member, quiet, shy]
        for person in people:
            registration = make_registration(c, person, own_words=MARKER)
            Pledge.objects.create(registration=registration, activity=activity, quantity=SECRET_QUANTITY)
            registration.finish("poor")
        make_inspection(c, branch, inspector=MARKER, findings=MARKER, outcome="criticism")
        make_exemplar(campaign=c, unit=branch, activity=activity, published=True)
        make_exemplar(campaign=c, unit=branch, title=f"Nháp {MARKER}")
    UnitEvent.objects.create(unit=branch, kind="rename", occurred_on=date(2019, 1, 1), was="Tên cũ", became=branch.name)
    make_posting("clerk", root).user.history.update()
    for model in apps.get_models():
        if model._meta.app_label in ("records", "campaigns") and not model.__name__.startswith("Historical"):
            if model in (AwardTypeAlias,) or model._meta.auto_created or model.__name__ == "AuditEvent":
                continue
            for row in model._base_manager.all():
                plant(row)
    return {"members": [member, quiet, shy]}


def walk(client, start=("/", "/awards.csv", "/units/", "/decisions/", "/people/x/")):
    """Every public page that can be reached by links from the first ones, in both languages."""
    seen, waiting = {}, list(start)
    while waiting:
        address = waiting.pop()
        if address in seen or len(seen) > 400:
            continue
        answer = client.get(address)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = (answer.status_code, text.decode("utf-8", "replace"))
        for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', seen[address][1]):
            if not link.startswith(("/static/", "/accounts/", "/admin/", "/staff/")) and "theme=" not in link:
                waiting.append(link.replace("&amp;", "&"))
    return seen


@pytest.mark.one_database
def test_no_public_page_shows_anything_private_nor_changes_unnoticed(client, marked, settings):
    """Neither when it is made nor from memory; and what it was made of is what the publication number watches."""
    settings.KEEP_PAGES_MB = 16
    with CaptureQueriesContext(connection) as asked:
        pages = walk(client)
        read = set(re.findall(r'"((?:records|campaigns)_\w+)"', " ".join(query["sql"] for query in asked)))
    assert len(pages) > 20
    assert walk(client) == pages and client.get("/")["Cache-Status"] == "vinhdanh; hit"
    assert {"records_award", "campaigns_exemplar", "campaigns_tally"} < read <= watched_tables()
    for address, (status, text) in pages.items():
        assert status in (200, 301, 302, 404), address
        text = OWN_KEY.sub("", text)
        assert MARKER.casefold() not in text.casefold(), address
        assert "86420" not in text and "86.420" not in text and "86,420" not in text, address
        assert "1907" not in text and "1931" not in text, address


@pytest.mark.one_database
def test_the_markers_are_really_there(marked):
    """The walk above proves something only while the private columns hold what it looks for."""
    assert Award.objects.filter(recipient_name__contains=MARKER).exists()
    assert Unit.objects.filter(name__contains=MARKER).exists()
    assert marked["members"][0].memberships.model is Membership
    member = type(marked["members"][0]).objects.get(pk=marked["members"][0].pk)
    assert all(text.startswith(MARKER) for text in (member.position, member.phone, member.card_number))
    assert Campaign.objects.filter(title__contains=MARKER).exists()


def test_a_hidden_unit_counts_without_being_named(client, marked):
    text = client.get(
        f"/campaigns/{Campaign.objects.filter(names_public=False, status='launched').get().slug}/"
    ).content.decode()
    assert MARKER not in text


def test_every_model_is_in_the_allow_list_or_wholly_private():
    names = {m.__name__ for m in apps.get_models() if m._meta.app_label in ("records", "campaigns")}
    assert set(PUBLIC) <= names


@pytest.mark.parametrize("words", ["bimatkhonglo", "29/11/1907", "1907"])
def test_search_does_not_find_by_what_is_private(client, marked, words):
    for address in ("/awards/", "/units/", "/decisions/", "/exemplars/", "/campaigns/"):
        rows = re.findall(r"<tr><th scope=\"row\"", client.get(address, {"q": words}).content.decode())
        assert rows == [], address
