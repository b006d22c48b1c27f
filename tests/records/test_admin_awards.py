"""Awards on pages of their own: entered, corrected, revoked, reissued, published."""

import pytest

from records.models import AuditEvent, Award, AwardEvent, AwardType
from tests.factories import (
    make_award,
    make_award_type,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_unit,
)
from tests.records.admin_pages import errors, page, queries_of, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def award(unit):
    return make_award(decision=make_decision(unit=unit), recipient_name="Nguyễn Văn Ban", period_start=2019)


@pytest.fixture
def client(unit):
    return signed_in(make_staff("clerk", unit))


def by_decision(award, unit, kind, **fields):
    """What the page that changes an award sends: everything as it stands, but the fields given."""
    names = ["recipient_name", "salutation", "recipient_position", "recipient_unit", "period_start", "period_end"]
    written = {name: getattr(award, name) for name in names if getattr(award, name) is not None}
    decision = make_decision(unit=unit, kind="correct")
    return written | {"kind": kind, "decision": decision.pk, "reason": "Theo quyết định sau"} | fields


def test_an_award_is_corrected_by_a_later_decision_and_keeps_what_it_said(client, award, unit):
    address = page("award_verb", award, "event")
    assert client.get(address).status_code == 200
    response = client.post(address, by_decision(award, unit, "correct", recipient_name="Nguyễn Văn Bản"))
    assert response.status_code == 302, response.context["form"].errors
    award.refresh_from_db()
    assert (award.status, award.recipient_name) == ("corrected", "Nguyễn Văn Bản")
    event = award.events.get()
    assert event.was == {"recipient_name": "Nguyễn Văn Ban"} and event.reason == "Theo quyết định sau"
    assert "Nguyễn Văn Ban" in client.get(page("award_change", award)).content.decode()
    assert award.history.latest().history_change_reason == "Theo quyết định sau"


def test_a_correction_that_changes_nothing_is_refused(client, award, unit):
    response = client.post(page("award_verb", award, "event"), by_decision(award, unit, "correct"))
    assert response.status_code == 200 and response.context["form"].non_field_errors()
    assert not AwardEvent.objects.exists()


@pytest.mark.parametrize(("kind", "status"), [("revoke", "revoked"), ("reissue", "reissued")])
def test_an_award_is_revoked_or_issued_anew(client, award, unit, kind, status):
    client.post(page("award_verb", award, "event"), by_decision(award, unit, kind))
    award.refresh_from_db()
    assert award.status == status and award.recipient_name == "Nguyễn Văn Ban"


def test_a_revoked_award_offers_no_further_change(client, award, unit):
    award.revoke(make_decision(unit=unit), "Sai")
    assert client.get(page("award_verb", award, "event")).status_code == 403
    assert page("award_verb", award, "event") not in client.get(page("award_change", award)).content.decode()


def test_a_change_needs_a_decision_and_a_reason(client, award, unit):
    response = client.post(
        page("award_verb", award, "event"), by_decision(award, unit, "revoke", decision="", reason="")
    )
    assert set(response.context["form"].errors) == {"decision", "reason"}
    foreign = by_decision(award, unit, "revoke", decision=make_decision().pk)
    assert "decision" in client.post(page("award_verb", award, "event"), foreign).context["form"].errors


def test_status_publication_and_decision_are_not_typed(client, award):
    other = make_decision(unit=award.decision.unit)
    sent = {"status": "revoked", "published_at": "2020-01-01", "decision": other.pk, "public_id": "zzzzzzzz"}
    response = send(client, page("award_change", award), **sent)
    assert response.status_code == 302, errors(response)
    before = award.status, award.published_at, award.decision_id, award.public_id
    award.refresh_from_db()
    assert (award.status, award.published_at, award.decision_id, award.public_id) == before


def test_an_award_entered_alone_takes_the_next_place_and_is_not_doubled(client, award, unit):
    data = {"decision": award.decision_id, "type": award.type_id, "recipient_kind": "person", "recipient_name": "Lý A"}
    assert send(client, page("award_add"), **data).status_code == 302
    entered = Award.objects.get(recipient_name="Lý A")
    assert entered.list_position == award.list_position + 1
    again = send(client, page("award_add"), **data)
    assert again.status_code == 200 and entered.public_id in errors(again)
    assert send(client, page("award_add"), **data, different="on").status_code == 302


def test_publishing_awards_lists_what_becomes_public(award, unit):
    act = {"action": "publish", "_selected_action": award.pk}
    approver = signed_in(make_staff("approver", unit))
    asked = approver.post(page("award_changelist"), act)
    award.refresh_from_db()
    assert "Nguyễn Văn Ban" in asked.content.decode() and award.published_at is None
    approver.post(page("award_changelist"), act | {"confirmed": "1"})
    award.refresh_from_db()
    assert award.published_at and AuditEvent.objects.get().details == {"awards": [award.public_id]}
    back = act | {"action": "unpublish", "confirmed": "1"}
    assert approver.post(page("award_changelist"), back).context["form"].errors
    approver.post(page("award_changelist"), back | {"reason": "Rà lại"})
    award.refresh_from_db()
    assert award.published_at is None


def test_clerks_are_not_offered_publication(client, award):
    assert "publish" not in client.get(page("award_changelist")).context["cl"].model_admin.get_actions(
        client.get(page("award_changelist")).wsgi_request
    )
    client.post(page("award_changelist"), {"action": "publish", "_selected_action": award.pk, "confirmed": "1"})
    assert client.post(page("award_verb", award, "publish")).status_code == 403
    award.refresh_from_db()
    assert award.published_at is None


def test_years_have_no_thousands_separator(award, unit):
    text = signed_in(make_staff("viewer", unit)).get(page("award_change", award)).content.decode()
    assert "2019" in text and "2.019" not in text


def test_the_list_finds_names_without_tones_numbers_and_codes(client, award, unit, django_assert_max_num_queries):
    def count(text):
        return client.get(page("award_changelist"), {"q": text}).context["cl"].result_count

    assert [count(t) for t in ("nguyen ban", award.decision.number, award.short_code, "nguyen khong")] == [1, 1, 1, 0]
    one = queries_of(client, page("award_changelist"), django_assert_max_num_queries)
    for _more in range(2):
        make_award(decision=make_decision(unit=unit), member=make_member(unit=unit))
    assert queries_of(client, page("award_changelist"), django_assert_max_num_queries) == one


def test_kinds_of_award_are_read_by_staff_and_kept_by_superusers(unit):
    kind = make_award_type(name="Bằng khen của Tỉnh")
    client = signed_in(make_staff("manager", unit))
    assert client.get(page("awardtype_changelist"), {"q": "bang khen"}).context["cl"].result_count == 1
    assert client.get(page("awardtype_change", kind)).status_code == 200
    assert client.get(page("awardtype_add")).status_code == 403
    assert client.post(page("awardtype_change", kind), {"name": "X"}).status_code == 403


def test_two_kinds_of_award_whose_names_read_alike_are_told_apart_in_words():
    make_award_type(name="Bằng khen của Tỉnh")
    client = signed_in(make_superuser())
    kind = make_award_type()
    response = send(client, page("awardtype_change", kind), name="BẰNG KHEN CỦA TỈNH!")
    assert "name" in response.context["adminform"].form.errors
    alias = {"aliases-TOTAL_FORMS": 1, "aliases-0-text": "BK tỉnh"}
    assert send(client, page("awardtype_change", kind), **alias).status_code == 302
    other = AwardType.objects.exclude(pk=kind.pk).get()
    again = send(client, page("awardtype_change", other), **alias | {"aliases-0-text": "bk-Tỉnh"})
    assert again.status_code == 200 and "text" in errors(again)
