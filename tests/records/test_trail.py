"""The audit trail and the log: who looked at what, told without what nobody may read there."""

import ast
import io
import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from campaigns.models import EvidencePhoto, ExemplarPhoto, UnitReport
from records.admin.audit import ACTIONS
from records.models import AuditEvent
from records.views.public_files import file_fields
from tests.factories import (
    PASSWORD,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_export,
    make_import,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)


# Files that are not public


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return ContentFile(stream.getvalue(), "anh.png")


def paper():
    return ContentFile(b"%PDF-1.4 trang", "to-trinh.pdf")


def kept_files(unit, owner=None):
    """One record of every model that keeps files, by label, with its file; lists taken in and out are the owner's."""
    campaign = make_campaign(scope=unit)
    plan = make_plan(campaign, unit, file=paper())
    report = UnitReport.objects.create(campaign=campaign, unit=unit, reported_on=timezone.localdate(), file=paper())
    registration = make_registration(campaign, make_member(unit=unit))
    evidence = EvidencePhoto.objects.create(registration=registration, image=picture())
    exemplar = make_exemplar(campaign=campaign, unit=unit)
    photo = ExemplarPhoto.objects.create(exemplar=exemplar, caption="Nhà", image=picture())
    decision = make_decision(unit=unit, file=paper())
    owner = owner or make_user()
    taken_in = make_import("Nguyễn Văn An,1970,Nam,,", by=owner)
    given_out = make_export(by=owner, file=paper())
    rows = [(decision, "file"), (plan, "file"), (report, "file"), (evidence, "image"), (photo, "image")]
    rows += [(taken_in, "file"), (given_out, "file")]
    return {row._meta.label: (row, getattr(row, field)) for row, field in rows}


def test_every_model_that_keeps_files_is_tried_below():
    kept = kept_files(make_branch())
    assert {model._meta.label for model, _field in file_fields()} == set(kept)


@pytest.mark.one_database
@pytest.mark.parametrize("label", sorted({model._meta.label for model, _field in file_fields()}))
def test_a_look_at_a_private_file_is_on_record_with_who_and_what(client, label):
    unit = make_branch()
    reader = make_staff("viewer", unit)
    record, kept = kept_files(unit, reader)[label]
    client.force_login(reader)
    answer = client.get(f"/media/{kept.name}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    event = AuditEvent.objects.get(action="file_read")
    told = event.actor, event.subject, event.label, event.address
    assert told == (reader, f"{record._meta.label_lower}:{record.pk}", kept.name, "127.0.0.1")
    assert event.request_id and abs((timezone.now() - event.at).total_seconds()) < 60


@pytest.mark.one_database
@pytest.mark.parametrize("label", sorted({model._meta.label for model, _field in file_fields()}))
def test_a_file_of_another_subtree_is_not_there_and_leaves_no_line(client, label):
    _record, kept = kept_files(make_branch())[label]
    client.force_login(make_staff("manager", make_unit()))
    assert client.get(f"/media/{kept.name}").status_code == 404
    assert not AuditEvent.objects.filter(action="file_read").exists()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "name", ['a"; x=".pdf', "quyết định số 5.pdf", "a\r\nSet-Cookie: b=1.pdf", "../../../etc/passwd"]
)
def test_a_name_somebody_chose_writes_no_header_and_leaves_no_folder(client, name):
    decision = make_decision()
    try:
        decision.file.save(name, ContentFile(b"x"))
    except SuspiciousFileOperation:
        return
    assert decision.file.name.startswith("decisions/") and ".." not in decision.file.name
    client.force_login(make_staff("viewer", decision.unit))
    answer = client.get(f"/media/{decision.file.name}")
    disposition = answer.headers["Content-Disposition"]
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert re.fullmatch(r"""attachment; filename(="[^"\r\n]*"|\*=utf-8''[\w%.()-]+)""", disposition), disposition


# What the trail and the log say, and what they never do


@pytest.mark.one_database
def test_every_act_on_record_has_its_words_for_the_trail():
    """A line of the trail names the act in words; one that nobody gave words would read as a code."""
    known, used = dict(ACTIONS), set()
    for app in ("config", "records", "campaigns"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "AuditEvent.record" and node.args:
                    used |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
    assert used - set(known) == set()


@pytest.mark.one_database
def test_signing_in_and_failing_to_are_on_record_without_the_password(client, caplog):
    user = make_user()
    with caplog.at_level(logging.DEBUG):
        client.post(reverse("account_login"), {"login": user.username, "password": "mật-khẩu-nhầm-của-tôi"})
        client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    refused, let_in = AuditEvent.objects.order_by("pk")
    assert (refused.action, refused.label, refused.actor) == ("sign_in_refused", user.username, None)
    assert (let_in.action, let_in.actor) == ("sign_in", user)
    for event in (refused, let_in):
        told = f"{event.label} {event.reason} {event.details} {event.subject}"
        assert PASSWORD not in told and "mật-khẩu" not in told
    said = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert PASSWORD not in said and "mật-khẩu" not in said


@pytest.mark.one_database
def test_what_is_refused_is_on_record_with_who_tried_what(client):
    unit = make_branch()
    viewer = make_staff("viewer", unit)
    client.post(f"/staff/units/{unit.pk}/rename/", {"new_name": "MAU"})
    client.force_login(viewer)
    client.post(f"/staff/units/{unit.pk}/rename/", {"new_name": "MAU"})
    client.get("/staff/accounts/")
    first, second = AuditEvent.objects.order_by("pk")
    assert (first.action, first.actor, first.address) == ("access_refused", viewer, "127.0.0.1")
    assert first.label == f"POST /staff/units/{unit.pk}/rename/" and second.label == "GET /staff/accounts/"
    assert first.request_id and "MAU" not in str(first.details)


def test_a_form_with_errors_logs_nothing_that_was_typed(client, caplog):
    unit = make_branch()
    client.force_login(make_staff("clerk", unit))
    with caplog.at_level(logging.DEBUG):
        client.post(f"/staff/units/{unit.pk}/rename/", {"new_name": "", "note": "MAU-0000-1234", "on": "x"})
        client.get("/staff/units/999999999/", {"card_number": "MAU-0000-1234"})
        client.post("/staff/units/999999999/edit/", {"card_number": "MAU-0000-1234"})
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("MAU-0000-1234" in line for line in said), said


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", ["/khong-co%0d%0a2020-01-01 ERROR gia mao/", "/staff/units/%0A1/", "/%0d%0aSet-Cookie:x"]
)
def test_a_crafted_address_cannot_write_a_line_of_its_own(client, caplog, path):
    with caplog.at_level(logging.DEBUG):
        client.get(path)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("django.request")]
    assert said and not any("\n" in line or "\r" in line for line in said)


@pytest.mark.one_database
def test_a_crafted_name_cannot_write_a_line_of_its_own_in_the_trail(client):
    client.post(reverse("account_login"), {"login": "ai đó\r\n2020 sign_in superuser", "password": "x" * 12})
    event = AuditEvent.objects.get()
    assert event.action == "sign_in_refused" and len(event.label.splitlines()) <= 1


@pytest.mark.one_database
def test_no_form_takes_every_column_there_is():
    for app in ("config", "records", "campaigns"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"""fields\s*=\s*["']__all__["']|^\s*exclude\s*=\s*[\[(]""", text, re.M), path
