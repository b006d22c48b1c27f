"""A decision and its awards on one page."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records.admin.awards import SHOWN
from records.models import AuditEvent, Award, Decision
from tests.factories import make_award, make_award_type, make_decision, make_member, make_staff, make_unit
from tests.records.admin_pages import errors, filled, new_award, page, queries_of, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit(name="Sở Nội vụ")


@pytest.fixture
def client(unit):
    return signed_in(make_staff("clerk", unit))


def entry(unit, *awards, **fields):
    data = {
        "number": "1632/QĐ-UBND", "issuer": "Chủ tịch Ủy ban nhân dân tỉnh", "kind": "grant", "issued_on": "1/2/2020",
        "issued_precision": "day", "unit": unit.pk, "awards-TOTAL_FORMS": len(awards), "awards-INITIAL_FORMS": 0,
    }  # fmt: skip
    for at, award in enumerate(awards):
        data |= new_award(at, **award)
    return data | fields


def test_three_awards_are_entered_with_their_decision_and_follow_from_those_chosen(client, unit):
    member = make_member(unit=unit, full_name="Nguyễn Thị Bưởi", position="Chuyên viên")
    kind = make_award_type()
    awards = [
        {"type": kind.pk, "member": member.pk},
        {"type": kind.pk, "collective": unit.pk, "list_position": 7},
        {"type": kind.pk, "recipient_kind": "household", "recipient_name": "Hộ ông Trần Văn Cam"},
    ]
    response = client.post(page("decision_add"), entry(unit, *awards))
    assert response.status_code == 302, errors(response)
    decision = Decision.objects.get()
    assert decision.issued_on == date(2020, 2, 1)
    one, two, three = decision.awards.order_by("list_position")
    written = one.recipient_name, one.recipient_position, one.recipient_unit, one.unit, one.recipient_kind
    assert written == ("Nguyễn Thị Bưởi", "Chuyên viên", "Sở Nội vụ", unit, "person")
    assert (two.recipient_name, two.recipient_kind, two.unit) == ("Sở Nội vụ", "collective", unit)
    assert [a.list_position for a in (one, two, three)] == [1, 7, 8]
    assert one.unit_path == unit.path and one.decided_on == date(2020, 2, 1)


@pytest.mark.one_database
def test_what_the_decision_wrote_is_kept_beside_what_the_register_knows(client, unit):
    member = make_member(unit=unit, full_name="Nguyễn Thị Bưởi")
    award = {"type": make_award_type().pk, "member": member.pk, "recipient_name": "Bà Nguyễn T. Bưởi"}
    client.post(page("decision_add"), entry(unit, award))
    assert Award.objects.get().recipient_name == "Bà Nguyễn T. Bưởi"


@pytest.mark.one_database
def test_a_member_who_moved_is_honoured_with_the_unit_and_name_of_that_day(client, unit):
    first, second = make_unit(parent=unit, name="Phòng Cũ"), make_unit(parent=unit)
    member = make_member(unit=first, since=date(2010, 1, 1))
    member.transfer_to(second, date(2021, 1, 1))
    first.rename("Phòng Mới", date(2022, 1, 1))
    client.post(page("decision_add"), entry(unit, {"type": make_award_type().pk, "member": member.pk}))
    award = Award.objects.get()
    assert (award.unit, award.recipient_unit) == (first, "Phòng Cũ")


@pytest.mark.parametrize("day", ["2/9/1945", "01/01/2099", "31-12-1999"])
def test_any_day_is_accepted(client, unit, day):
    assert client.post(page("decision_add"), entry(unit, issued_on=day)).status_code == 302


def test_the_same_award_again_is_refused_until_the_clerk_says_it_is_another(client, unit):
    kind = make_award_type(name="Bằng khen của Tỉnh")
    member = make_member(unit=unit)
    earlier = make_award(
        type=kind, member=member, decision=make_decision(unit=unit), period_start=2019, period_end=2019
    )
    award = {"type": kind.pk, "member": member.pk, "period_start": 2019, "period_end": 2019}
    refused = client.post(page("decision_add"), entry(unit, award))
    assert refused.status_code == 200 and Award.objects.count() == 1
    assert earlier.public_id in errors(refused) and earlier.decision.number in errors(refused)
    assert b'type="checkbox" name="awards-0-different"' in refused.content
    assert client.post(page("decision_add"), entry(unit, award | {"different": "on"})).status_code == 302
    assert Award.objects.count() == 2


def test_one_recipient_twice_on_a_page_is_refused_unless_periods_differ(client, unit):
    award = {"type": make_award_type().pk, "recipient_kind": "person", "recipient_name": "Lê Văn Mận"}
    refused = client.post(page("decision_add"), entry(unit, award, award))
    assert refused.status_code == 200 and "Lê Văn" not in str(Award.objects.all())
    later = award | {"period_start": 2020, "period_end": 2020}
    assert client.post(page("decision_add"), entry(unit, award, later)).status_code == 302


@pytest.mark.one_database
def test_a_revoked_award_does_not_stand_in_the_way(client, unit):
    kind, member = make_award_type(), make_member(unit=unit)
    earlier = make_award(type=kind, member=member, decision=make_decision(unit=unit))
    earlier.revoke(make_decision(unit=unit), "Sai")
    assert client.post(page("decision_add"), entry(unit, {"type": kind.pk, "member": member.pk})).status_code == 302


def test_other_changes_to_an_accepted_double_are_not_asked_about_again(client, unit):
    kind, member, decision = make_award_type(), make_member(unit=unit), make_decision(unit=unit)
    make_award(type=kind, member=member, decision=decision)
    second = make_award(type=kind, member=member, decision=decision)
    response = send(client, page("decision_change", decision), **{"awards-1-reason": "Dũng cảm cứu người"})
    assert response.status_code == 302, errors(response)
    second.refresh_from_db()
    assert second.reason == "Dũng cảm cứu người"


@pytest.mark.one_database
def test_an_award_needs_a_recipient_its_law_allows(client, unit):
    kind = make_award_type(recipients="collective", legal_basis="Điều 25")
    nobody = client.post(page("decision_add"), entry(unit, {"type": kind.pk}))
    person = client.post(page("decision_add"), entry(unit, {"type": kind.pk, "member": make_member(unit=unit).pk}))
    assert nobody.status_code == person.status_code == 200 and not Award.objects.exists()
    assert "Điều 25" in errors(person)


def test_the_same_decision_twice_is_told_in_words(client, unit):
    client.post(page("decision_add"), entry(unit))
    again = client.post(page("decision_add"), entry(unit, issuer="Chủ tịch UBND tỉnh", number="số 1632/qđ-ubnd"))
    assert again.status_code == 200 and Decision.objects.count() == 1
    assert again.context["adminform"].form.non_field_errors()


def test_a_number_not_understood_is_kept_with_a_warning(client, unit):
    response = client.post(page("decision_add"), entry(unit, number="Khen đợt 2"), follow=True)
    assert Decision.objects.get().number == "Khen đợt 2"
    assert any("Khen đợt 2" in str(m) and m.level_tag == "warning" for m in response.context["messages"])
    proper = client.post(page("decision_add"), entry(unit), follow=True)
    assert not [m for m in proper.context["messages"] if m.level_tag == "warning"]


def test_awards_follow_when_the_date_of_their_decision_is_put_right(client, unit):
    decision = make_decision(unit=unit)
    award = make_award(decision=decision)
    send(client, page("decision_change", decision), issued_on="3/4/2019", change_reason="Đọc nhầm ngày")
    award.refresh_from_db()
    assert award.decided_on == date(2019, 4, 3)
    assert decision.history.latest().history_change_reason == "Đọc nhầm ngày"
    assert "Đọc nhầm ngày" in client.get(page("decision_history", decision)).content.decode()


def test_a_new_award_takes_the_place_after_the_last(client, unit):
    decision = make_decision(unit=unit)
    make_award(decision=decision, list_position=41)
    data = filled(client.get(page("decision_change", decision))) | {"awards-TOTAL_FORMS": 2}
    data |= new_award(1, type=make_award_type().pk, recipient_kind="collective", recipient_name="Tổ dân phố 4")
    assert client.post(page("decision_change", decision), data).status_code == 302
    assert decision.awards.order_by("list_position").last().list_position == 42


@pytest.mark.one_database
def test_beyond_a_hundred_awards_the_page_leads_to_the_list(client, unit, monkeypatch):
    monkeypatch.setattr("records.admin.awards.SHOWN", 4)
    decision, kind = make_decision(unit=unit), make_award_type()
    for n in range(7):
        make_award(decision=decision, type=kind, list_position=n + 1)
    response = client.get(page("decision_change", decision))
    assert len(response.context["inline_admin_formsets"][0].formset.initial_forms) == 4
    address = f"{page('award_changelist')}?decision={decision.pk}"
    assert address in response.content.decode()
    assert client.get(address).context["cl"].result_count == 7
    saved = send(client, page("decision_change", decision), subject="Khen thưởng năm 2019")
    assert saved.status_code == 302 and decision.awards.count() == 7


@pytest.mark.one_database
def test_a_page_of_a_hundred_awards_is_not_too_long_to_send(client, unit, settings):
    decision, fields = make_decision(unit=unit), []
    for _award in range(2):
        make_award(decision=decision)
        text = client.get(page("decision_change", decision)).content.decode()
        fields.append(len(re.findall(r'<(?:input|select|textarea)[^>]*\sname="', text)))
    one, two = fields
    assert one + (SHOWN - 1) * (two - one) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


@pytest.mark.one_database
def test_awards_on_the_page_cost_no_query_each(client, unit, django_assert_max_num_queries):
    decision = make_decision(unit=unit)

    def opened():
        return queries_of(client, page("decision_change", decision), django_assert_max_num_queries, 40)

    make_award(decision=decision, member=make_member(unit=unit))
    one = opened()
    for _more in range(2):
        make_award(decision=decision, member=make_member(unit=unit))
    assert opened() == one


@pytest.mark.one_database
def test_a_scan_is_a_document_and_is_never_merely_taken_away(client, unit):
    program = SimpleUploadedFile("x.exe", b"MZ")
    refused = client.post(page("decision_add"), entry(unit) | {"file": program})
    assert "file" in refused.context["adminform"].form.errors
    scan = SimpleUploadedFile("qd.pdf", b"%PDF-1.4")
    assert client.post(page("decision_add"), entry(unit) | {"file": scan}).status_code == 302
    decision = Decision.objects.get()
    assert b"file-clear" not in client.get(page("decision_change", decision)).content
    send(client, page("decision_change", decision), **{"file-clear": "on", "file": None})
    decision.refresh_from_db()
    assert decision.file


def test_publishing_asks_first_and_is_for_approvers(client, unit):
    decision = make_decision(unit=unit, number="12/QĐ-UBND")
    make_award(decision=decision, member=make_member(unit=unit, phone="0900000001", card_number="99.000001"))
    act = {"action": "publish", "_selected_action": decision.pk}
    client.post(page("decision_changelist"), act | {"confirmed": "1"})
    assert client.post(page("decision_verb", decision, "publish")).status_code == 403
    decision.refresh_from_db()
    assert decision.published_at is None

    approver = signed_in(make_staff("approver", unit))
    asked = approver.post(page("decision_changelist"), act)
    text = asked.content.decode()
    decision.refresh_from_db()
    assert decision.published_at is None and "12/QĐ-UBND" in text
    assert [said[:2] for said in asked.context["form"].numbers()] == ["1 ", "1 "]
    assert "0900000001" not in text and "99.000001" not in text
    approver.post(page("decision_changelist"), act | {"confirmed": "1"})
    decision.refresh_from_db()
    assert decision.published_at and Award.objects.get().published_at
    assert AuditEvent.objects.filter(action="publish").count() == 2


def test_taking_back_asks_why(unit):
    decision = make_decision(unit=unit, published=True)
    award = make_award(decision=decision, published=True)
    approver = signed_in(make_staff("approver", unit))
    address = page("decision_verb", decision, "unpublish")
    for reason in ("", "x" * 501):
        assert "reason" in approver.post(address, {"confirmed": "1", "reason": reason}).context["form"].errors
    decision.refresh_from_db()
    assert decision.published_at
    assert approver.post(address, {"confirmed": "1", "reason": "Nhầm danh sách"}).status_code == 302
    award.refresh_from_db()
    assert award.published_at is None
    assert set(AuditEvent.objects.values_list("action", "reason")) == {("unpublish", "Nhầm danh sách")}


@pytest.mark.one_database
def test_another_units_decision_is_not_published_from_a_list(unit):
    theirs = make_decision()
    make_award(decision=theirs, member=make_member(unit=unit))
    approver = signed_in(make_staff("approver", unit))
    act = {"action": "publish", "_selected_action": theirs.pk, "confirmed": "1"}
    approver.post(page("decision_changelist"), act)
    theirs.refresh_from_db()
    assert theirs.published_at is None


def test_the_list_is_found_by_number_and_without_tones(client, unit, django_assert_max_num_queries):
    make_decision(unit=unit, number="55/QĐ-UBND", subject="Tặng Cờ thi đua")

    def count(text):
        return client.get(page("decision_changelist"), {"q": text}).context["cl"].result_count

    assert (count("55/qd-ubnd"), count("tang co"), count("khong co")) == (1, 1, 0)
    one = queries_of(client, page("decision_changelist"), django_assert_max_num_queries)
    make_decision(unit=unit), make_decision(unit=unit)
    assert queries_of(client, page("decision_changelist"), django_assert_max_num_queries) == one
    by_year = client.get(page("decision_changelist"), {"year": "earlier"}).context["cl"].result_count
    assert by_year + client.get(page("decision_changelist"), {"year": "2020"}).context["cl"].result_count == 3
