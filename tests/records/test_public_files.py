"""Files of records: for those who may see the record, as a download, with a line in the audit trail."""

import pytest
from django.core.files.base import ContentFile

from records.models import AuditEvent
from tests.factories import make_award, make_decision, make_staff, make_superuser, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision():
    decision = make_decision(unit=make_unit(), published=True)
    decision.file.save("quyet-dinh.html", ContentFile(b"<script>1</script>"))
    return decision


def address(decision):
    return f"/media/{decision.file.name}"


def test_the_public_is_asked_to_sign_in_even_for_a_published_decision(client, decision):
    response = client.get(address(decision))
    assert response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/")
    assert not AuditEvent.objects.filter(action="file_read").exists()


def test_staff_of_the_unit_get_the_file_and_the_trail_a_line(client, decision):
    user = make_staff("viewer", decision.unit)
    client.force_login(user)
    response = client.get(address(decision))
    assert b"".join(response.streaming_content) == b"<script>1</script>"
    event = AuditEvent.objects.get(action="file_read")
    assert event.actor == user and event.subject == f"records.decision:{decision.pk}"


def test_a_file_is_never_opened_in_the_site_s_own_name(client, decision):
    client.force_login(make_superuser())
    headers = client.get(address(decision)).headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in headers["Cache-Control"]


def test_staff_elsewhere_learn_nothing(client, decision):
    client.force_login(make_staff("manager", make_unit()))
    assert client.get(address(decision)).status_code == 404
    assert not AuditEvent.objects.filter(action="file_read").exists()


def test_the_unit_of_someone_honoured_may_read_the_decision(client, decision):
    award = make_award(decision=decision, unit=make_unit())
    client.force_login(make_staff("viewer", award.unit))
    assert client.get(address(decision)).status_code == 200


@pytest.mark.parametrize("name", ["khong-co.pdf", "../config/settings.py", "..%2f..%2fetc/passwd", "%00", "decisions/"])
def test_only_a_name_that_a_record_has_is_a_file(client, decision, name):
    client.force_login(make_superuser())
    assert client.get(f"/media/{name}").status_code == 404


def test_a_file_lost_from_the_disk_is_not_found(client, decision):
    decision.file.storage.delete(decision.file.name)
    client.force_login(make_superuser())
    assert client.get(address(decision)).status_code == 404
