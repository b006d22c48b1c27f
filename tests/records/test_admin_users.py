"""Accounts are kept by superusers, postings by managers inside their units; the audit trail is only read."""

from datetime import date

import pytest

from records.models import AuditEvent, Posting
from tests.factories import make_posting, make_staff, make_superuser, make_unit, make_user
from tests.records.admin_pages import page, queries_of, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


def test_a_manager_gives_and_ends_postings_inside_the_own_units(unit):
    client = signed_in(make_staff("manager", unit))
    colleague = make_staff("viewer", make_unit(parent=unit))
    data = {"user": colleague.pk, "unit": unit.pk, "role": "clerk", "valid_from": "1/2/2020"}
    assert send(client, page("posting_add"), **data).status_code == 302
    posting = Posting.objects.get(role="clerk")
    assert (posting.user, posting.valid_from) == (colleague, date(2020, 2, 1))
    send(client, page("posting_change", posting), valid_to="1/3/2021", role="manager")
    posting.refresh_from_db()
    assert (posting.valid_to, posting.role) == (date(2021, 3, 1), "clerk")
    assert AuditEvent.objects.filter(action="posting").count() == 2


def test_a_manager_gives_no_posting_elsewhere_or_to_a_stranger(unit):
    client = signed_in(make_staff("manager", unit))
    colleague, stranger = make_staff("viewer", unit), make_staff("clerk", make_unit())
    data = {"role": "manager", "valid_from": "1/2/2020"}
    away = send(client, page("posting_add"), **data, user=colleague.pk, unit=make_unit().pk)
    other = send(client, page("posting_add"), **data, user=stranger.pk, unit=unit.pk)
    assert "unit" in away.context["adminform"].form.errors and "user" in other.context["adminform"].form.errors
    theirs = make_posting("viewer", make_unit())
    assert client.get(page("posting_change", theirs)).status_code == 302
    assert send_code(client, theirs) == 302


def send_code(client, posting):
    before = posting.valid_to
    response = client.post(page("posting_change", posting), {"valid_to": "1/1/2021"})
    posting.refresh_from_db()
    assert posting.valid_to == before
    return response.status_code


@pytest.mark.parametrize("role", ["viewer", "clerk", "approver"])
def test_others_neither_see_nor_give_postings(unit, role):
    posting = make_posting("viewer", unit)
    client = signed_in(make_staff(role, unit))
    for address in (page("posting_changelist"), page("posting_add"), page("posting_change", posting)):
        assert client.get(address).status_code in (302, 403)
    assert client.get(page("user_changelist")).status_code == 403


def test_a_manager_reads_accounts_without_keys_to_them(unit):
    colleague = make_staff("clerk", unit)
    client = signed_in(make_staff("manager", unit))
    text = client.get(page("user_change", colleague)).content.decode()
    assert colleague.username in text and colleague.password not in text and "is_superuser" not in text
    assert client.post(page("user_change", colleague), {"is_superuser": "on"}).status_code == 403
    assert client.get(page("user_add")).status_code == 403
    assert client.get(page("user_change", make_user())).status_code == 302


def test_a_superuser_opens_an_account_and_posts_it(unit):
    client = signed_in(make_superuser())
    password = "một-mật-khẩu-khá-dài"
    data = {"username": "thuy.nt", "usable_password": "true", "password1": password, "password2": password}
    assert client.post(page("user_add"), data).status_code == 302
    from_page = {"postings-TOTAL_FORMS": 1, "postings-0-unit": unit.pk, "postings-0-role": "clerk"}
    user = Posting._meta.get_field("user").related_model.objects.get(username="thuy.nt")
    response = send(
        client, page("user_change", user), **from_page, **{"postings-0-valid_from": "1/2/2020"}, is_staff="on"
    )
    assert response.status_code == 302
    assert user.postings.get().role == "clerk" and AuditEvent.objects.get(action="posting").subject


def test_the_audit_trail_is_read_by_superusers_and_written_by_nobody(unit):
    event = AuditEvent.record("publish", label="Quyết định 1")
    root, manager = signed_in(make_superuser()), signed_in(make_staff("manager", unit))
    assert root.get(page("auditevent_change", event)).status_code == 200
    assert root.get(page("auditevent_changelist"), {"act": "publish"}).context["cl"].result_count == 1
    assert root.get(page("auditevent_add")).status_code == 403
    assert root.post(page("auditevent_change", event), {"label": "X"}).status_code == 403
    assert root.post(page("auditevent_delete", event), {"post": "yes"}).status_code == 403
    assert manager.get(page("auditevent_changelist")).status_code == 403


@pytest.mark.parametrize("name", ["user_changelist", "posting_changelist", "auditevent_changelist"])
def test_lists_cost_the_same_with_more_rows(unit, name, django_assert_max_num_queries):
    client = signed_in(make_superuser())
    make_posting("viewer", unit)
    AuditEvent.record("publish", actor=make_user())
    one = queries_of(client, page(name), django_assert_max_num_queries)
    for _more in range(2):
        make_posting("viewer", make_unit())
        AuditEvent.record("publish", actor=make_user())
    assert queries_of(client, page(name), django_assert_max_num_queries) == one
