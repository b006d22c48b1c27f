"""Addresses and forms as nobody sends them by hand: each gets an answer, never an error page, and changes nothing."""

from datetime import date

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from records.models import Award, Decision, Member, Posting, Unit, User
from tests.factories import (
    make_award,
    make_award_type,
    make_decision,
    make_member,
    make_posting,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)
from tests.records.admin_pages import filled, page, send, signed_in

pytestmark = pytest.mark.django_db

BIG = "9" * 30
NOUNS = sorted(m._meta.model_name for m in admin.site._registry if m._meta.app_label in ("records", "campaigns"))
ADDRESSES = [
    "p=999999", "p=-1", "p=x", f"p={BIG}", "all=", "o=99.-1.x", "q=%00", "q=%25_%27%5C", "q=" + "x" * 3000,
    "q=%27%20OR%201=1--", "e=1", "zzz=1", "id__in=a", "decision=%00", f"decision={BIG}", f"decision=-{BIG}",
    "status__exact=%00", "status__exact=zz", "kind__exact=%00", "kind__exact=zz", "type__family__exact=%00",
    "recipient_kind__exact=%00", "standing__exact=a&standing__exact=%00", "role__exact=%00", "act=%00", "act=zz",
    "public=zz", "public=%00", "year=abc", "year=0000", "year=%00", f"year={BIG}", "dissolved_on__isempty=zz",
    "resolved_on__isempty=%00", "listed__exact=zz", "is_active__exact=%00", "_to_field=password",
]  # fmt: skip
KEYS = ["x", "\x00", "   ", BIG, "1.5", "٣"]


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def client(unit):
    return signed_in(make_staff("clerk", unit))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_list_asked_for_anything_answers(unit, address):
    make_award(decision=make_decision(unit=unit), unit=unit)
    client = signed_in(make_superuser())
    for noun in ("award", "decision", "auditevent", "unit", "member", "posting"):
        assert client.get(f"{page(f'{noun}_changelist')}?{address}").status_code in (200, 302, 400), noun


@pytest.mark.parametrize("noun", NOUNS)
def test_every_list_takes_a_zero_byte_and_a_huge_number_for_a_mistake(noun):
    client = signed_in(make_superuser())
    for asked in (
        "status__exact=%00",
        "kind__exact=%00",
        "year=%00",
        f"id={BIG}",
        f"q=a%00b&p={BIG}",
        "gender__exact=%00",
    ):
        answer = client.get(f"{page(f'{noun}_changelist')}?{asked}")
        assert answer.status_code in (200, 302), asked
        assert answer.status_code == 200 or answer.url.endswith("?e=1"), asked


@pytest.mark.parametrize("lookup", ["user__password__startswith=m", "user__email=a", "unit__path__startswith=1"])
def test_a_filter_that_would_spy_is_not_answered(unit, lookup):
    client = signed_in(make_staff("manager", unit))
    assert client.get(f"{page('posting_changelist')}?{lookup}").status_code == 400


@pytest.mark.parametrize("text", ["%", "_", "\\", "100%", "a_b", "'", '"', "()", "*"])
def test_signs_that_mean_something_to_a_database_mean_themselves(client, unit, text):
    make_member(unit=make_unit(parent=unit), full_name="Nguyễn Văn An")
    make_unit(parent=unit, name="Chi bộ 1")
    said = {noun: client.get(page(f"{noun}_changelist"), {"q": text}) for noun in ("member", "unit", "decision")}
    assert all(answer.status_code == 200 for answer in said.values())
    if text not in ("'", '"', "()", "*", "\\", "%", "_"):
        assert all(answer.context["cl"].result_count == 0 for answer in said.values())


@pytest.mark.parametrize(
    "typed", ["Nguyễn Thị Ước", "NGUYEN THI UOC", "nguye\u0302\u0303n uo\u031b\u0301c", "  ước   nguyễn  "]
)
def test_a_name_is_found_however_it_is_typed(client, unit, typed):
    make_member(unit=make_unit(parent=unit), full_name="Nguyễn Thị Ước")
    make_member(unit=make_unit(parent=unit), full_name="Trần Văn Bé")
    assert client.get(page("member_changelist"), {"q": typed}).context["cl"].result_count == 1


@pytest.mark.parametrize("key", ["x", BIG, "_00", "-1", "1.5", "a_2Fb", "%F0%9F%8E%96", "%00"])
@pytest.mark.parametrize("tail", ["change/", "history/", "delete/", "do/publish/", "do/no-such/", ""])
def test_an_address_of_no_record_leads_back_or_is_refused(key, tail):
    client = signed_in(make_superuser())
    for noun in ("award", "unit", "auditevent"):
        address = f"{page(f'{noun}_changelist')}{key}/{tail}"
        assert client.get(address).status_code in (302, 403, 404), address
        assert client.post(address).status_code in (302, 403, 404), address


RELATIONS = [
    ("award_add", ["decision", "type", "member", "collective", "unit"]),
    ("decision_add", ["unit"]),
    ("member_add", ["unit", "by_decision"]),
    ("unit_add", ["parent", "sector"]),
    ("unitevent_add", ["unit", "decision", "others"]),
    ("posting_add", ["user", "unit"]),
    ("campaign_add", ["launched_by", "together_with", "decision"]),
    ("exemplar_add", ["campaign", "unit", "activity"]),
    ("unitplan_add", ["campaign", "unit", "aims_at"]),
    ("registration_add", ["campaign", "member", "aims_at"]),
    ("inspection_add", ["campaign", "unit"]),
]


@pytest.mark.parametrize(("name", "fields"), RELATIONS, ids=[name for name, _fields in RELATIONS])
def test_what_cannot_be_a_key_is_an_error_of_its_field(name, fields):
    client = signed_in(make_superuser())
    for key in KEYS:
        response = client.post(page(name), dict.fromkeys(fields, key))
        assert response.status_code == 200, key
        form = response.context["adminform"].form
        assert set(fields) <= set(form.errors) or not key.strip(), (key, form.errors)


@pytest.mark.parametrize("key", KEYS)
def test_what_cannot_be_a_key_is_an_error_of_an_act_and_of_a_line_too(client, unit, key):
    member, below = make_member(unit=make_unit(parent=unit)), make_unit(parent=unit)
    acts = [
        (page("member_verb", member, "transfer"), {"unit": key, "decision": key, "on": "1/2/2021", "why": "transfer"}),
        (page("unit_verb", below, "move"), {"parent": key, "on": "1/2/2021"}),
    ]
    for address, data in acts:
        response = client.post(address, data)
        assert response.status_code == 200 and response.context["form"].errors
    line = {"awards-TOTAL_FORMS": 1, "awards-0-type": key, "awards-0-member": key, "awards-0-recipient_name": "A"}
    assert send(client, page("decision_add"), **line).status_code == 200
    assert not Award.objects.exists() and member.memberships.count() == 1


def test_a_line_of_another_parent_is_not_taken_over(client, unit):
    own, other = make_decision(unit=unit), make_decision()
    theirs = make_award(decision=other, recipient_name="Nguyễn Văn Ban")
    line = {
        "awards-TOTAL_FORMS": 1, "awards-INITIAL_FORMS": 1, "awards-0-id": theirs.pk, "awards-0-decision": own.pk,
        "awards-0-type": theirs.type_id, "awards-0-recipient_kind": "person", "awards-0-recipient_name": "Kẻ lạ",
    }  # fmt: skip
    client.post(page("decision_change", own), filled(client.get(page("decision_change", own))) | line)
    theirs.refresh_from_db()
    assert not own.awards.exists() and (theirs.decision, theirs.recipient_name) == (other, "Nguyễn Văn Ban")


def test_a_line_of_another_user_is_not_taken_over_even_by_a_superuser(unit):
    posting, user = make_posting("clerk", unit), make_user(is_staff=True)
    client = signed_in(make_superuser())
    line = {
        "postings-TOTAL_FORMS": 1, "postings-INITIAL_FORMS": 1, "postings-0-id": posting.pk,
        "postings-0-user": user.pk, "postings-0-unit": unit.pk, "postings-0-role": "manager",
        "postings-0-valid_from": "1/1/2020",
    }  # fmt: skip
    address = page("user_change", user)
    client.post(address, filled(client.get(address)) | line)
    posting.refresh_from_db()
    assert posting.role == "clerk" and posting.user != user and not user.postings.exists()


@pytest.mark.parametrize("total", ["x", "", BIG])
def test_lines_miscounted_are_refused_without_showing_thousands(unit, total):
    user = make_user()
    client = signed_in(make_superuser())
    data = filled(client.get(page("user_change", user))) | {"last_name": "Lê", "postings-TOTAL_FORMS": total}
    response = client.post(page("user_change", user), data)
    assert response.status_code == 200
    assert len(response.context["inline_admin_formsets"][0].formset.forms) <= 200
    user.refresh_from_db()
    assert user.last_name == ""


def test_derived_and_foreign_keys_in_a_post_are_not_read(client, unit):
    member, elsewhere = make_member(unit=make_unit(parent=unit)), make_unit()
    columns = ["public_id", "unit_id", "unit_path", "search_key", "sort_key", "attached_to_id", "standing", "id"]
    before = Member.objects.filter(pk=member.pk).values(*columns).get()
    forged = {"unit_path": elsewhere.path, "unit_id": elsewhere.pk, "attached_to": elsewhere.pk, "id": 1, "pk": 1}
    forged |= {"public_id": "zzzzzzzz", "search_key": "x", "sort_key": "x", "standing": "left", "history": "x"}
    assert send(client, page("member_change", member), **forged, position="Phó ban").status_code == 302
    assert Member.objects.filter(pk=member.pk).values(*columns).get() == before


def test_a_manager_makes_nobody_a_superuser(unit):
    manager = make_staff("manager", unit)
    client = signed_in(manager)
    forged = {"is_superuser": "on", "is_staff": "on", "is_active": "on", "username": manager.username}
    assert client.post(page("user_change", manager), forged).status_code == 403
    assert client.post(page("user_add"), forged | {"password1": "x" * 12, "password2": "x" * 12}).status_code == 403
    address = reverse("admin:auth_user_password_change", args=[manager.pk])
    assert client.post(address, {"password1": "x" * 20, "password2": "x" * 20}).status_code == 403
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["1/1/2019", "31/12/2019"])
def test_a_posting_does_not_end_before_it_begins_and_a_word_says_so(unit, typed):
    posting = make_posting("clerk", unit, valid_from=date(2020, 1, 1))
    response = send(signed_in(make_staff("manager", unit)), page("posting_change", posting), valid_to=typed)
    assert response.status_code == 200 and response.context["adminform"].form.errors
    posting.refresh_from_db()
    assert posting.valid_to is None


def test_an_ended_posting_is_not_opened_again_beside_an_open_one(unit):
    ended = make_posting("clerk", unit, valid_to=date(2021, 1, 1))
    make_posting("clerk", unit, user=ended.user, valid_from=date(2022, 1, 1))
    response = send(signed_in(make_staff("manager", unit)), page("posting_change", ended), valid_to="")
    assert response.status_code == 200 and response.context["adminform"].form.errors
    assert Posting.objects.filter(user=ended.user, valid_to=None).count() == 1


@pytest.mark.one_database
def test_a_unit_was_not_established_after_it_was_dissolved(client, unit):
    gone = make_unit(parent=unit, dissolved_on=date(2020, 1, 1))
    response = send(client, page("unit_change", gone), established_on="1/1/2021")
    assert response.status_code == 200 and response.context["adminform"].form.errors
    gone.refresh_from_db()
    assert gone.established_on is None


@pytest.mark.parametrize("role", ["viewer", "ended", "nobody"])
def test_who_may_only_read_changes_nothing_by_any_post(unit, role):
    decision, member = make_decision(unit=unit), make_member(unit=make_unit(parent=unit))
    user = (
        make_posting("clerk", unit, valid_to=date(2021, 1, 1)).user if role == "ended" else make_staff("viewer", unit)
    )
    client = Client() if role == "nobody" else signed_in(user)
    tries = [
        (page("decision_add"), {"issuer": "A", "issued_on": "1/2/2020", "unit": unit.pk}),
        (page("decision_change", decision), {"subject": "Đã đổi"}),
        (page("unit_verb", member.unit, "rename"), {"new_name": "X", "on": "1/2/2020"}),
        (page("member_verb", member, "standing"), {"standing": "left", "on": "1/2/2020"}),
    ]
    for address, data in tries:
        assert client.post(address, data).status_code in (302, 403), address
    decision.refresh_from_db(), member.refresh_from_db()
    assert (decision.subject, member.standing, Decision.objects.count()) == ("", "full", 1)
    assert not Unit.objects.filter(name="X").exists()


@pytest.mark.one_database
def test_a_posting_that_ends_in_the_middle_of_work_stops_the_next_save(unit):
    posting = make_posting("clerk", unit)
    client, decision = signed_in(posting.user), make_decision(unit=unit)
    data = filled(client.get(page("decision_change", decision))) | {"subject": "Đã đổi"}
    Posting.objects.filter(pk=posting.pk).update(valid_to=date(2021, 1, 1))
    assert client.post(page("decision_change", decision), data).status_code in (302, 403)
    decision.refresh_from_db()
    assert decision.subject == ""


@pytest.mark.one_database
def test_a_file_too_large_is_told_in_words(client, unit, monkeypatch):
    monkeypatch.setattr("records.admin.decisions.SCAN_LIMIT", 10)
    scan = SimpleUploadedFile("qd.PDF", b"%PDF-1.4 and more than ten bytes")
    data = {"number": "1/QĐ-UBND", "issuer": "A", "kind": "grant", "issued_on": "1/2/2020", "issued_precision": "day"}
    response = send(client, page("decision_add"), **data, unit=unit.pk, file=scan)
    assert "file" in response.context["adminform"].form.errors and not Decision.objects.exists()


def test_the_same_page_sent_twice_enters_one_record(client, unit):
    data = {"number": "1/QĐ-UBND", "issuer": "A", "kind": "grant", "issued_on": "1/2/2020", "issued_precision": "day"}
    line = {"awards-TOTAL_FORMS": 1, "awards-0-type": make_award_type().pk, "awards-0-recipient_kind": "person"}
    line |= {"awards-0-recipient_name": "Lê Văn Mận"}
    codes = [send(client, page("decision_add"), **data, unit=unit.pk, **line).status_code for _twice in range(2)]
    assert codes == [302, 200] and (Decision.objects.count(), Award.objects.count()) == (1, 1)


def test_autocomplete_answers_only_for_relations_that_forms_have(client):
    def asked(**query):
        query = {"term": "", "app_label": "records", "model_name": "award", "field_name": "unit"} | query
        return client.get(reverse("admin:autocomplete"), query).status_code

    assert asked() == 200
    refused = [
        {"field_name": "reason"}, {"field_name": "no_such"}, {"model_name": "no_such"}, {"app_label": "auth"},
        {"model_name": "auditevent", "field_name": "actor"},
        {"app_label": "account", "model_name": "emailaddress", "field_name": "user"},
        {"app_label": "admin", "model_name": "logentry", "field_name": "user"},
    ]  # fmt: skip
    assert {asked(**query) for query in refused} == {403}
    assert {asked(page=number) for number in ("x", "999")} == {404}
    assert {asked(term=text) for text in ("%", "'", "\\", "ậ" * 3000)} == {200}
