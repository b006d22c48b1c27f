"""Decisions in the staff area: found, entered, checked, published, scanned."""

import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from records.decision_check import check, grouped
from records.models import AuditEvent, Decision
from tests.factories import (
    make_award,
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh")


def signed_in(role, unit):
    client = Client()
    client.force_login(make_staff(role, unit))
    return client


@pytest.fixture
def clerk(province):
    return signed_in("clerk", province)


def page(name, *args):
    return reverse(f"records:staff_{name}", args=args)


def sent(keeper, **fields):
    """What the form of a new decision sends."""
    unit_text = {"unit": keeper.name_in_full, "unit_key": str(keeper.pk)}
    written = {"number": "1632/QĐ-UBND", "issuer": "Chủ tịch Ủy ban nhân dân tỉnh", "issued_on": "22/05/2020"}
    return {**written, "kind": "grant", **unit_text, **fields}


def said(response):
    """The messages of the page a POST led to."""
    return [str(message) for message in response.context["messages"]]


# The list


def test_the_list_has_what_the_units_keep_and_what_honours_their_people(province):
    here, there = make_branch(parent=province), make_branch(parent=province)
    kept, honouring, foreign = make_decision(unit=here), make_decision(unit=province), make_decision(unit=there)
    make_award(decision=honouring, member=make_member(unit=here))
    rows = signed_in("clerk", here).get(page("decision_list")).context["page"].rows
    assert {row.pk: row.is_kept_here for row in rows} == {kept.pk: True, honouring.pk: False}
    assert foreign.pk not in {row.pk for row in rows}


def test_the_list_is_found_without_tones_and_narrowed(clerk, province):
    branch = make_branch(parent=province, code="CB-1")
    old = make_decision(unit=branch, number="70/QĐ-TTg", issuer="Thủ tướng Chính phủ", issued_on=date(2008, 6, 6))
    new = make_decision(unit=province, number="5/QĐ-UBND", kind="correct", published=True)

    def found(**query):
        return {row.pk for row in clerk.get(page("decision_list"), query).context["page"].rows}

    assert found(q="thu tuong chinh phu") == {old.pk} == found(q="70/qd") == found(year="2008")
    assert found(unit="CB-1") == {old.pk} == found(unit=branch.name) == found(state="draft")
    assert found(kind="correct") == {new.pk} == found(state="published")
    further = clerk.get(page("decision_list"), {"missing": "scan", "kept": "mine"}).content.decode()
    assert 'name="missing" value="scan"' in further and 'name="kept" value="mine"' in further
    response = clerk.get(page("decision_list"), {"unit": "không có", "kind": "whim"})
    assert len(response.context["filters"].refusals) == 2 and len(response.context["page"].rows) == 2


@pytest.mark.one_database
def test_the_list_costs_the_same_whatever_its_length(clerk, province):
    costs, weight = [], 0
    for n in (1, 3, 60):
        while Decision.objects.count() < n:
            decision = make_decision(unit=province, subject="Về việc tặng Bằng khen cho các tập thể " * 3)
            make_award(decision=decision)
        with CaptureQueriesContext(connection) as queries:
            response = clerk.get(page("decision_list"))
        costs.append(len(queries))
        weight = len(response.content)
    assert len(response.context["page"].rows) == 50
    # The session, its user and his postings are asked for anew in each request.
    assert costs[0] == costs[1] <= 8 and costs[2] <= 8 and weight < 45_000, (costs, weight)


def test_awards_of_others_are_not_counted_nor_shown_on_a_decision_that_is_only_read(province):
    here = make_branch(parent=province)
    decision = make_decision(unit=province)
    mine = make_award(decision=decision, member=make_member(unit=here))
    make_award(decision=decision)
    client = signed_in("clerk", here)
    assert client.get(page("decision_list")).context["page"].rows[0].given == 1
    response = client.get(page("decision_detail", decision.pk))
    assert [award.pk for award in response.context["page"].rows] == [mine.pk] and response.context["form"] is None
    text = response.content.decode()
    for name in ("decision_edit", "decision_scan", "decision_check", "recipient_paste", "recipient_order"):
        assert page(name, decision.pk) not in text


# Entry


def test_a_decision_is_entered_once_and_read_back(clerk, province):
    response = clerk.post(page("decision_add"), sent(province, subject="Tặng Bằng khen"), follow=True)
    decision = Decision.objects.get()
    assert response.redirect_chain == [(page("decision_detail", decision.pk), 302)] and said(response)
    assert (decision.sequence, decision.series, decision.issuer_code) == (1632, "QĐ", "UBND")
    assert decision.issued_on == date(2020, 5, 22) and decision.unit_path == province.path
    assert decision.history.get().history_user is not None and decision.published_at is None


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [("5/2020", date(2020, 5, 1), "month"), ("1948", date(1948, 1, 1), "year"), ("2.9.1945", date(1945, 9, 2), "day")],
)
def test_a_date_may_be_known_in_part_and_lie_far_back(clerk, province, typed, day, precision):
    clerk.post(page("decision_add"), sent(province, issued_on=typed))
    decision = Decision.objects.get()
    assert (decision.issued_on, decision.issued_precision) == (day, precision)
    form = clerk.get(page("decision_edit", decision.pk)).context["form"]
    assert form["issued_on"].value().count("/") == {"day": 2, "month": 1, "year": 0}[precision]


def test_a_number_of_no_pattern_is_kept_and_said(clerk, province):
    response = clerk.post(page("decision_add"), sent(province, number="số 2234"), follow=True)
    assert Decision.objects.get().number == "số 2234" and len(said(response)) == 2


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"issued_on": "31/11/2020"}, "issued_on"),
        ({"issued_on": ""}, "issued_on"),
        ({"issuer": "  "}, "issuer"),
        ({"unit": "", "unit_key": ""}, "unit"),
        ({"kind": "whim"}, "kind"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(clerk, province, fields, wrong):
    response = clerk.post(page("decision_add"), sent(province, **fields))
    assert response.status_code == 200 and list(response.context["form"].errors) == [wrong]
    assert "1632/QĐ-UBND" in response.content.decode() and not Decision.objects.exists()


def test_the_same_decision_is_not_entered_twice(clerk, province):
    make_decision(unit=province, number="1632/QĐ-UBND")
    response = clerk.post(page("decision_add"), sent(province, number="01632/qđ-ubnd", issuer="chủ tịch UBND tỉnh"))
    assert response.context["form"].non_field_errors() and Decision.objects.count() == 1


def test_a_form_sent_twice_enters_one_decision(clerk, province):
    data = sent(province, number="", once="8a4a1b52-53c5-4b8b-9d3e-2c65d6f5e111")
    first, second = clerk.post(page("decision_add"), data), clerk.post(page("decision_add"), data)
    assert first.url == second.url and Decision.objects.count() == 1


def test_a_decision_is_kept_only_by_a_unit_within_reach(clerk):
    foreign = make_unit()
    response = clerk.post(page("decision_add"), sent(foreign))
    assert "unit" in response.context["form"].errors and not Decision.objects.exists()


def test_a_number_is_read_while_it_is_typed(clerk, province):
    known = make_decision(unit=province, number="1632/QĐ-UBND")
    foreign = make_decision(number="7/QĐ-UBND")

    def reading(decision, **more):
        query = {"number": decision.number, "issuer": decision.issuer, "issued_on": "22/05/2020", **more}
        return clerk.get(page("decision_reading"), query)

    response = reading(known)
    assert response.context["parsed"] == (1632, "QĐ", "UBND") and response.context["known"] == known
    assert reading(foreign).context["known"] is None
    assert reading(known, issued_on="31/31").context["known"] is None
    assert clerk.get(page("decision_reading")).status_code == 200
    assert clerk.get(page("decision_reading"), {"prefix": "by", "by-number": "5-QĐ/TU"}).context["parsed"][0] == 5


# Change


def test_a_date_put_right_reaches_the_awards(clerk, province):
    award = make_award(decision=make_decision(unit=province))
    form = clerk.get(page("decision_edit", award.decision_id)).context["form"]
    data = sent(province, number=award.decision.number, issued_on="23/05/2020", version=form["version"].value())
    assert clerk.post(page("decision_edit", award.decision_id), data).status_code == 302
    award.refresh_from_db()
    assert award.decided_on == date(2020, 5, 23)


def test_of_two_who_edit_the_second_sees_what_the_first_wrote(clerk, province):
    decision = make_decision(unit=province, subject="Cũ")
    version = clerk.get(page("decision_edit", decision.pk)).context["form"]["version"].value()
    edit = page("decision_edit", decision.pk)
    first = sent(province, number=decision.number, subject="Của người trước", version=version)
    assert signed_in("clerk", province).post(edit, first).status_code == 302
    response = clerk.post(edit, {**first, "subject": "Của người sau"})
    assert "subject" in response.context["form"].errors and "Của người trước" in response.content.decode()
    decision.refresh_from_db()
    assert decision.subject == "Của người trước"


def test_a_public_decision_is_edited_by_an_approver_alone(clerk, province):
    decision = make_decision(unit=province, published=True)
    approver = signed_in("approver", province)
    data = sent(province, number=decision.number, signed_by="Trần Ba")
    assert clerk.get(page("decision_edit", decision.pk)).status_code == 403
    assert clerk.post(page("decision_edit", decision.pk), data).status_code == 403
    assert approver.post(page("decision_edit", decision.pk), data).status_code == 302
    decision.refresh_from_db()
    assert decision.signed_by == "Trần Ba"


# Scans


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "PNG")
    return stream.getvalue()


def attach(client, decision, name, content):
    return client.post(page("decision_scan", decision.pk), {"file": SimpleUploadedFile(name, content)})


def test_a_scan_is_attached_downloaded_and_replaced(clerk, province):
    decision = make_decision(unit=province)
    assert attach(clerk, decision, "Quét 1.pdf", b"%PDF-1.4 trang").status_code == 302
    decision.refresh_from_db()
    first = decision.file.name
    response = clerk.get(reverse("records:file_download", args=[first]))
    assert b"".join(response.streaming_content) == b"%PDF-1.4 trang"
    assert AuditEvent.objects.get(action="file_read").label == first
    assert attach(clerk, decision, "anh.png", picture()).status_code == 302
    decision.refresh_from_db()
    assert decision.file.name != first and decision.file.storage.exists(first)
    assert decision.history.count() == 3


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ not a pdf"),
        ("a.png", b"%PDF-1.4"),
        ("a.exe", b"%PDF-1.4"),
        ("a.docx", b"PK\x03\x04"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a", b"%PDF-1.4"),
        ("a.pdf", b""),
    ],
)
def test_a_file_that_is_no_scan_is_refused_with_words(clerk, province, name, content):
    decision = make_decision(unit=province)
    response = attach(clerk, decision, name, content)
    assert response.status_code == 200 and response.context["form"].errors["file"]
    decision.refresh_from_db()
    assert not decision.file


@pytest.mark.one_database
def test_a_scan_too_large_is_refused(clerk, province, monkeypatch):
    monkeypatch.setattr("records.forms.papers.LARGEST", 100)
    response = attach(clerk, make_decision(unit=province), "a.pdf", b"%PDF-" + b"x" * 200)
    assert "20 MB" in response.context["form"].errors["file"][0]


# Check and publication


def titles(decision, user):
    return {one.title for one in check(decision, user, date(2026, 1, 1))[0]}


def test_the_check_names_what_is_missing_and_odd_with_its_place(province):
    user = make_staff("clerk", province)
    flag = make_award_type(recipients="collective", valid_from=date(2022, 1, 1))
    decision = make_decision(unit=province, number="2234", issued_precision="year")
    award = make_award(
        decision=decision, type=flag, recipient_kind="person", recipient_name="Lê Ánh", period_start=2019
    )
    make_award(type=flag, recipient_kind="person", recipient_name="Lê Ánh", period_start=2019, published=True)
    found, _awards = check(decision, user, date(2026, 1, 1))
    of_award = [one for one in found if one.award]
    assert {one.award.pk for one in of_award} == {award.pk} and len(of_award) == 4
    assert {one.part for one in found if not one.award} == {"decision", "scan"}
    assert sum(one.serious for one in found) == 3 and [serious for _t, serious, _f in grouped(found)][0]


def test_a_sound_decision_has_nothing_to_mend(province):
    user = make_staff("clerk", province)
    decision = make_decision(unit=province, signed_by="Trần Ba")
    decision.file.save("quet.pdf", ContentFile(b"%PDF-1.4"))
    assert len(titles(decision, user)) == 1
    make_award(decision=decision, member=make_member(unit=make_branch(parent=province)), period_start=2019)
    assert titles(decision, user) == set()


def test_a_double_kept_by_others_in_draft_is_not_told(province):
    decision = make_decision(unit=province)
    award = make_award(decision=decision, recipient_name="Lê Ánh")
    make_award(type=award.type, recipient_name="Lê Ánh")
    found, _awards = check(decision, make_staff("clerk", province), date(2026, 1, 1))
    assert not any(one.serious for one in found)


@pytest.mark.one_database
def test_the_boxes_of_a_decision_say_where_one_is(clerk, province):
    decision = make_decision(unit=province)
    back = f'<a href="{page("decision_list")}">'
    for place in (page("decision_add"), page("decision_edit", decision.pk)):
        assert back in clerk.get(place).content.decode().partition("<h1>")[0].partition("crumbs")[2]


@pytest.mark.one_database
def test_a_decision_with_many_recipients_is_light_and_asks_few_questions(province):
    approver = Client()
    approver.force_login(make_staff("approver", province))
    decision = make_decision(unit=province, published=True)
    branch = make_branch(name="Chi bộ cơ sở doanh nghiệp số 12 huyện Châu Đức", parent=province)
    for n in (1, 3, 60):
        while decision.awards.count() < n:
            member = make_member(unit=branch, full_name="Nguyễn Thị Hồng Hạnh")
            make_award(decision=decision, member=member, recipient_position="Phó Bí thư", recipient_unit=branch.name)
        with CaptureQueriesContext(connection) as queries:
            response = approver.get(page("decision_detail", decision.pk))
        assert len(queries) <= 8 and response.context["publishes"], n
        assert len(response.content) <= 45 * 1024
    assert len(response.context["page"].rows) == 40 and response.context["form"]


@pytest.mark.one_database
def test_the_check_costs_the_same_for_many(province, clerk):
    decision = make_decision(unit=province)
    costs = []
    for n in (1, 20):
        while decision.awards.count() < n:
            make_award(decision=decision)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(page("decision_check", decision.pk)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_publishing_asks_first_and_is_for_approvers(clerk, province):
    decision = make_decision(unit=province)
    award = make_award(decision=decision)
    approver = signed_in("approver", province)
    text = approver.get(page("decision_publish", decision.pk)).content.decode()
    decision.refresh_from_db()
    assert decision.number in text and decision.published_at is None
    assert clerk.post(page("decision_publish", decision.pk)).status_code == 403
    assert approver.post(page("decision_publish", decision.pk)).status_code == 302
    award.refresh_from_db()
    assert award.published_at and Client().get(award.get_absolute_url()).status_code == 200
    assert AuditEvent.objects.filter(action="publish").count() == 2
    assert approver.get(page("decision_publish", decision.pk)).status_code == 302
    approver.post(page("decision_publish", decision.pk))
    assert AuditEvent.objects.filter(action="publish").count() == 2


def test_an_award_added_later_is_published_with_the_next_publication(province):
    decision = make_decision(unit=province, published=True)
    make_award(decision=decision)
    response = signed_in("approver", province).post(page("decision_publish", decision.pk))
    assert response.status_code == 302 and decision.awards.published().count() == 1


def test_a_stale_copy_publishes_nothing_twice(province):
    decision, user = make_decision(unit=province), make_staff("approver", province)
    stale = Decision.objects.get(pk=decision.pk)
    decision.publish(user)
    stale.publish(user)
    assert AuditEvent.objects.filter(action="publish").count() == 1 and decision.history.count() == 2


def test_unpublishing_asks_why_and_says_so_in_the_trail(province):
    decision = make_decision(unit=province, published=True)
    make_award(decision=decision, published=True)
    manager = signed_in("manager", province)
    address = page("decision_unpublish", decision.pk)
    assert manager.post(address, {"reason": " "}).context["form"].errors
    assert manager.post(address, {"reason": "Nhập nhầm"}).status_code == 302
    assert not decision.awards.published().exists() and not Decision.objects.published().exists()
    assert set(AuditEvent.objects.values_list("reason", flat=True)) == {"Nhập nhầm"}


# Where the unit moves


def test_a_stale_decision_does_not_bring_back_the_path_of_before_a_move(province):
    old, new = make_unit(parent=province), make_unit(parent=province)
    branch = make_branch(parent=old)
    stale = Decision.objects.select_related("unit").get(pk=make_decision(unit=branch).pk)
    award = make_award(decision=stale, collective=branch)
    stale_award = type(award).objects.select_related("unit").get(pk=award.pk)
    branch.move_to(new, date(2021, 1, 1))
    stale.subject, stale_award.reason = "Sửa", "Sửa"
    stale.save()
    stale_award.save()
    path = type(branch).objects.get(pk=branch.pk).path
    assert Decision.objects.get(pk=stale.pk).unit_path == path == type(award).objects.get(pk=award.pk).unit_path


def test_a_new_row_copies_the_path_of_today_even_from_a_unit_read_yesterday(province):
    branch = make_branch(parent=make_unit(parent=province))
    stale = type(branch).objects.get(pk=branch.pk)
    branch.move_to(make_unit(parent=province), date(2021, 1, 1))
    path = type(branch).objects.get(pk=branch.pk).path
    decision = make_decision(unit=stale)
    award = make_award(collective=stale)
    assert decision.unit_path == path == award.unit_path
    award.refresh_from_db()
    assert award.unit_path == path
