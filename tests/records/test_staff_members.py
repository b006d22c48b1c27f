"""Members as their staff keep them: list, export, entry, correction, the person's page, acts with a day."""

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from records.forms.member_filters import COLUMNS
from records.models import AuditEvent, Member, Unit
from records.templatetags.marks import masked
from tests.factories import (
    make_activity,
    make_award,
    make_award_type,
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_registration,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)
from tests.test_hostile_text import ATTACK, Page

pytestmark = pytest.mark.django_db
LIST, ADD, EXPORT, CHECK = "/staff/members/", "/staff/members/add/", "/staff/members/export/", "/staff/members/check/"


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ huyện")


@pytest.fixture
def branch(root):
    return make_branch(parent=root, name="Chi bộ thôn Một")


@pytest.fixture
def clerk(client, root):
    """Reads English, so that a test can quote the page."""
    client.force_login(make_staff("clerk", root))
    client.cookies["django_language"] = "en"
    return client


def names(client, **conditions):
    response = client.get(LIST, conditions)
    assert response.status_code == 200
    return [row["name"] for row in response.context["rows"]]


def address(member, page=""):
    return f"{LIST}{member.public_id}/{page}"


# The list


@pytest.mark.one_database
def test_only_people_of_ones_units_are_listed_by_given_name(clerk, branch):
    for name in ("Trần Văn Sơn", "Lê Thị Ánh", "Phạm Văn Đức"):
        make_member(unit=branch, full_name=name)
    make_member(full_name="Người Nơi Khác")
    visitor = make_member(full_name="Vũ Thị Yến")
    visitor.attach_to(branch, date(2021, 1, 1))
    assert names(clerk) == ["Lê Thị Ánh", "Phạm Văn Đức", "Trần Văn Sơn", "Vũ Thị Yến"]


@pytest.mark.one_database
def test_somebody_without_a_posting_gets_a_kind_empty_page(client):
    make_member()
    client.force_login(make_user())
    assert names(client) == []


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"q": "anh"}, {"Lê Thị Ánh"}),
        ({"q": "4127"}, {"Lê Thị Ánh"}),
        ({"standing": "exempt"}, {"Trần Văn Sơn"}),
        ({"standing": "present"}, {"Lê Thị Ánh", "Trần Văn Sơn"}),
        ({"gender": "female"}, {"Lê Thị Ánh"}),
        ({"position": "bi thu"}, {"Lê Thị Ánh"}),
        ({"admitted_from": "1996", "admitted_to": "1996"}, {"Lê Thị Ánh"}),
        ({"admitted_to": "1995"}, {"Trần Văn Sơn"}),
        ({"missing": "card_number"}, {"Trần Văn Sơn"}),
        ({"missing": "full_member_on"}, {"Trần Văn Sơn"}),
        ({"missing": "birth_date"}, {"Trần Văn Sơn"}),
        ({"unit": "CB-2"}, {"Trần Văn Sơn"}),
        ({"unit": "chi bo hai"}, {"Trần Văn Sơn"}),
        ({"unit": "Chi bộ Hai, Đảng bộ huyện (CB-2)"}, {"Trần Văn Sơn"}),
    ],
)
def test_the_filters(clerk, root, branch, conditions, expected):
    other = make_branch(parent=root, code="CB-2", name="Chi bộ Hai")
    make_member(
        unit=branch,
        full_name="Lê Thị Ánh",
        gender="female",
        card_number="00014127",
        position="Phó Bí thư",
        admitted_on=date(1996, 10, 20),
        full_member_on=date(1997, 10, 20),
    )
    exempt = make_member(unit=other, full_name="Trần Văn Sơn", birth_date=None, admitted_on=date(1970, 1, 1))
    exempt.change_standing("exempt", date(2020, 2, 1))
    make_member(unit=branch, full_name="Ngô Văn Tư", card_number="9").change_standing("left", date(2020, 2, 1))
    assert set(names(clerk, **conditions)) == expected


def test_what_is_lacking_counts_those_who_belong(clerk, branch):
    make_member(unit=branch, full_name="Trần Văn Còn", birth_date=None)
    make_member(unit=branch, birth_date=None).change_standing("deceased", date(2021, 1, 1))
    assert names(clerk, missing="birth_date") == ["Trần Văn Còn"]


def test_those_attached_here_and_away_for_a_time(clerk, root, branch):
    elsewhere = make_branch()
    guest, away = make_member(full_name="Khách Thị Xa"), make_member(unit=branch, full_name="Chủ Văn Đi")
    guest.attach_to(branch, date(2021, 1, 1))
    away.attach_to(elsewhere, date(2021, 1, 1))
    assert names(clerk, attached="here") == ["Khách Thị Xa"]
    assert names(clerk, attached="here", unit=branch.code) == ["Khách Thị Xa"]
    assert names(clerk, attached="away") == ["Chủ Văn Đi"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "query",
    [
        "unit=KHONG-CO",
        "standing=x",
        "admitted_from=abc",
        "missing=%27",
        "q=%00",
        "after=zzz",
        "cols=%3Cscript%3E",
        "q=" + "x" * 300,
    ],
)
def test_a_condition_that_cannot_be_understood_is_left_out(clerk, branch, query):
    make_member(unit=branch, full_name="Lê Thị Ánh")
    response = clerk.get(f"{LIST}?{query}")
    assert response.status_code == 200 and len(response.context["rows"]) == 1


def test_the_name_of_a_unit_outside_ones_own_is_not_given_away(clerk):
    make_branch(name="Chi bộ Rất Kín", code="KIN")
    page = clerk.get(LIST, {"unit": "KIN"}).content.decode()
    assert "Rất Kín" not in page


@pytest.mark.one_database
def test_columns_are_chosen_in_the_address_and_the_card_is_masked(clerk, branch):
    make_member(unit=branch, card_number="00014127", admitted_on=date(1996, 10, 20))
    response = clerk.get(LIST, {"cols": ["card", "admitted"]})
    assert [name for name, _label, _text in response.context["rows"][0]["cells"]] == ["card", "admitted"]
    assert "00014127" not in response.content.decode() and "•••• 4127" in response.content.decode()
    assert "cols=card%2Cadmitted" in response.context["query"]


def test_a_row_leads_to_a_page_that_knows_the_list(clerk, branch):
    people = [make_member(unit=branch, full_name=f"Lê Thị {name}") for name in ("An", "Bình", "Cúc")]
    make_member(unit=branch, full_name="Trần Văn Bách")
    row = clerk.get(LIST, {"q": "le thi"}).context["rows"][1]
    page = clerk.get(row["url"])
    assert (page.context["previous"], page.context["following"]) == (people[0], people[2])
    assert f"{people[2].public_id}/?q=le+thi" in page.content.decode()
    last = clerk.get(address(people[2]) + "?q=le+thi").context
    assert last["following"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_few_questions(clerk, branch, rows):
    for _n in range(rows):
        make_member(unit=make_branch(parent=branch))
    with CaptureQueriesContext(connection) as asked:
        clerk.get(LIST, {"unit": branch.code})
    assert len(asked) == 6


@pytest.mark.one_database
def test_a_full_page_of_long_names_is_light_and_asks_few_questions(clerk, root):
    long = (
        "Đặng Thị Ánh Hồng Nguyễn Phước Bảo Ngọc Công Tằng Tôn Nữ Hoàng Thị Mỹ Duyên Quỳnh Như Thục Khuê Trâm Anh Đoan"
    )
    unit = make_branch(parent=root, name=f"Chi bộ {long}")
    Member.objects.enrol(
        [
            Member(
                full_name=f"{long} {n}", unit=unit, position=long, birth_date=date(1970, 1, 1), card_number=f"0000{n}"
            )
            for n in range(55)
        ],
        date(2020, 1, 1),
    )
    with CaptureQueriesContext(connection) as asked:
        response = clerk.get(LIST, {"unit": unit.code, "standing": "full", "q": "dang thi"})
    assert len(response.context["rows"]) == 50 and response.context["page"].next_url
    assert len(asked) <= 8
    assert len(response.content) <= 45 * 1024


@pytest.mark.one_database
def test_a_full_page_with_every_column_is_light_too(clerk, root):
    above = make_unit(name="Đảng bộ cơ sở Cơ quan Đảng, đoàn thể thị xã Phú Mỹ", parent=root)
    facts = {"birth_date": date(1970, 5, 17), "admitted_on": date(1995, 4, 22), "full_member_on": date(1996, 4, 22)}
    facts |= {"unit": make_branch(name="Chi bộ 12", parent=above), "position": "Phó Bí thư Chi bộ", "gender": "female"}
    people = [Member(full_name=f"Nguyễn Thị Hồng Hạnh {n}", card_number=f"0000{n:04}", **facts) for n in range(55)]
    Member.objects.enrol(people, date(2020, 1, 1))
    response = clerk.get(LIST, {"q": "nguyen thi hong", "standing": "full", "cols": ",".join(COLUMNS)})
    assert len(response.context["rows"]) == 50 and [name for name, _label in response.context["columns"]] == [*COLUMNS]
    assert len(response.content) <= 45 * 1024
    assert response.context["query"].endswith("cols=all")
    assert clerk.get(LIST, {"cols": "all"}).context["columns"] == response.context["columns"]


def test_the_pages_of_the_list_hold_everybody_once(clerk, branch):
    Member.objects.enrol([Member(full_name=f"Lê Thị {n}", unit=branch) for n in range(120)], date(2020, 1, 1))
    seen, url = [], LIST
    while url:
        response = clerk.get(url)
        seen += [row["url"] for row in response.context["rows"]]
        url = response.context["page"].next_url and LIST + response.context["page"].next_url
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.one_database
def test_hostile_text_stays_text(clerk, branch):
    member = make_member(unit=branch, full_name=ATTACK, position=ATTACK, phone=ATTACK[:20])
    member._change_reason = ATTACK
    member.position = f"Bí thư {ATTACK}"
    member.save()
    for page in (LIST, address(member), address(member, "edit/"), address(member, "transfer/"), EXPORT):
        answer = clerk.get(page, {"q": ATTACK})
        assert answer.status_code == 200
        assert Page(answer.content.decode()).bad == [], page


# Entering


def entry(unit, **typed):
    values = {"full_name": "Lê Thị Ánh", "unit": unit.code, "standing": "full", "since": "01/02/2020"}
    return {**values, "once": str(uuid.uuid4()), **typed}


def test_a_person_is_entered_with_an_open_membership(clerk, branch):
    decision = make_decision(unit=branch, number="61-QĐ/HU")
    typed = {"birth_date": "5/1970", "admitted_on": "20101996", "decision": "61-QĐ/HU", "decision_key": decision.pk}
    answer = clerk.post(ADD, entry(branch, **typed), follow=True)
    member = Member.objects.get()
    assert (member.birth_date, member.birth_precision) == (date(1970, 5, 1), "month")
    assert member.admitted_on == date(1996, 10, 20)
    membership = member.memberships.get()
    assert (membership.unit, membership.valid_from) == (branch, date(2020, 2, 1))
    assert Unit.objects.get(pk=branch.pk).headcount == 1
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert answer.redirect_chain[-1][0] == address(member)


def test_a_double_click_enters_one_person(clerk, branch):
    sent = entry(branch)
    first, second = clerk.post(ADD, sent), clerk.post(ADD, sent)
    assert first.url == second.url and Member.objects.count() == 1


@pytest.mark.one_database
def test_another_may_follow_into_the_same_unit(clerk, branch):
    answer = clerk.post(ADD, entry(branch, then="add"))
    assert answer.url == f"{ADD}?unit={branch.pk}"
    following = clerk.get(answer.url).content.decode()
    assert branch.code in following and re.search(r'name="full_name"[^>]* autofocus', following)
    assert "autofocus" not in clerk.get(ADD).content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"full_name": "  "}, "full_name"),
        ({"birth_date": "31/11/1970"}, "birth_date"),
        ({"birth_date": "1/1/2999"}, "birth_date"),
        ({"birth_date": "1980", "admitted_on": "1/1/1979"}, "admitted_on"),
        ({"admitted_on": "1/1/2999"}, "admitted_on"),
        ({"admitted_on": "1/1/2010", "full_member_on": "1/1/2009"}, "full_member_on"),
        ({"birth_date": "2/2/2020", "since": "1/2/2020"}, "since"),
        ({"since": "1/1/2999"}, "since"),
        ({"card_number": "0001 4127"}, "card_number"),
        ({"standing": "deceased"}, "standing"),
        ({"email": "không phải thư"}, "email"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(clerk, branch, typed, field):
    make_member(unit=branch, full_name="Trần Văn Sơn", card_number="00014127")
    answer = clerk.post(ADD, entry(branch, **typed))
    assert list(answer.context["form"].errors) == [field]
    assert Member.objects.count() == 1 and answer.status_code == 200


def test_a_card_number_is_its_figures_however_they_are_parted(clerk, branch):
    clerk.post(ADD, entry(branch, card_number="00-01.41 27"))
    member = Member.objects.get()
    assert member.card_number == "00014127"
    for typed in ("0001.4127", "0001 41", "00-014127"):
        assert len(clerk.get(LIST, {"q": typed}).context["rows"]) == 1, typed
    # What was taken over from elsewhere is found as it stands, and saving leaves it as it is.
    Member.objects.update(card_number="48.0123")
    assert len(clerk.get(LIST, {"q": "48.0123"}).context["rows"]) == 1
    clerk.post(address(member, "edit/"), {**opened(clerk, member), "position": "Bí thư"})
    assert Member.objects.get().card_number == "48.0123"


@pytest.mark.one_database
def test_the_holder_of_a_card_is_named_only_to_those_who_may_see_the_person(clerk, branch):
    make_member(unit=branch, full_name="Trần Văn Sơn", card_number="111")
    make_member(full_name="Người Nơi Khác", card_number="222")
    said = {n: str(clerk.post(ADD, entry(branch, card_number=n)).context["form"].errors) for n in ("111", "222")}
    assert "Trần Văn Sơn" in said["111"] and "Người Nơi Khác" not in said["222"]


@pytest.mark.one_database
def test_a_dissolved_unit_and_a_unit_of_others_are_refused(clerk, root, branch):
    branch.dissolve(date(2021, 1, 1))
    assert "unit" in clerk.post(ADD, entry(branch)).context["form"].errors
    assert "unit" in clerk.post(ADD, entry(make_branch())).context["form"].errors
    other = make_branch()
    crafted = {**entry(other), "unit": other.name_in_full, "unit_key": other.pk}
    assert "unit" in clerk.post(ADD, crafted).context["form"].errors
    assert not Member.objects.exists()


@pytest.mark.one_database
def test_what_is_unusual_is_saved_and_said(clerk, branch):
    typed = {"birth_date": "1/1/1990", "admitted_on": "1/1/2006", "full_member_on": "1/6/2006"}
    answer = clerk.post(ADD, entry(branch, **typed), follow=True)
    assert Member.objects.count() == 1
    assert [m.level_tag for m in answer.context["messages"]] == ["success", "warning", "warning"]


def test_what_is_wrong_is_said_before_the_form_is_sent(clerk, branch):
    make_member(unit=branch, card_number="111")
    answer = clerk.post(CHECK, {"card_number": "111", "birth_date": "31/11/1970", "full_name": "Ánh"}).json()
    assert set(answer["errors"]) == {"card_number", "birth_date"} and set(answer["warnings"]) == {"full_name"}
    # Fields still empty are not complained of, one's own card is not another's.
    member = make_member(unit=branch, card_number="333")
    answer = clerk.post(CHECK, {"member": member.public_id, "full_name": "Lê Thị Ánh", "card_number": "333"}).json()
    assert answer == {"errors": {}, "warnings": {}}
    assert clerk.post(CHECK, {"member": make_member().public_id}).status_code == 404


@pytest.mark.one_database
def test_a_possible_duplicate_is_told_from_others_by_the_unit_above_its_own(clerk, root):
    for name in ("Xã Lê", "Xã Mận"):
        branch = make_branch(name="Chi bộ 1", parent=make_unit(name=name, parent=root))
        make_member(unit=branch, full_name="Lê Thị Ánh", birth_date=date(1970, 1, 1))
    page = clerk.get("/staff/members/duplicates/", {"name": "le thi anh", "birth": "1970"}).content.decode()
    assert "Chi bộ 1, Xã Lê" in page and "Chi bộ 1, Xã Mận" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [("123", "errors"), ("\u200b", "errors"), ("Nguyễn Văn 1990", "warnings"), ("NGUYỄN VĂN AN", "warnings"),
     ("nguyễn văn an", "warnings"), ("An", "warnings"), ("Y Bih Niê", ""), ("Nguyễn Văn An", "")],
)  # fmt: skip
@pytest.mark.one_database
def test_a_name_that_can_hardly_be_one_is_told_at_once(clerk, name, said):
    answer = clerk.post(CHECK, {"full_name": name}).json()
    assert [kind for kind in ("errors", "warnings") if "full_name" in answer[kind]] == [said] * bool(said)


# Correcting


@pytest.mark.parametrize("act", ["edit", "attach", "standing", "transfer"])
def test_what_is_done_with_a_person_leads_back_into_the_list_that_led_there(clerk, branch, act):
    one, other = (make_member(unit=branch, full_name=f"Lê Thị {name}", birth_date=None) for name in ("An", "Bình"))
    conditions = "?missing=birth_date&kept=mine"
    row = clerk.get(f"{LIST}{conditions}").context["rows"][0]
    act_url = f"{address(one, act)}/{conditions}"
    assert act_url in unescape(clerk.get(row["url"]).content.decode())
    assert '<input type="hidden" name="kept" value="mine">' in clerk.get(f"{LIST}{conditions}").content.decode()
    page = clerk.get(act_url)
    assert page.context["cancel_url"] == row["url"]
    typed = {"unit": make_branch(parent=branch.parent).code, "on": "01/02/2021", "standing": "exempt", "reason": "ốm"}
    sent = opened(clerk, one) | {"birth_date": "1970"} if act == "edit" else typed
    assert clerk.post(act_url, {**sent, "once": str(uuid.uuid4())}).url == row["url"]
    assert clerk.get(row["url"]).context["following"] == other


def opened(client, member):
    """The values the page shows, as a browser would send them."""
    form = client.get(address(member, "edit/")).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


@pytest.mark.one_database
def test_a_correction_keeps_who_why_and_the_precision(clerk, branch):
    member = make_member(unit=branch, birth_date=date(1970, 1, 1), birth_precision="year")
    page = opened(clerk, member)
    assert page["birth_date"] == "1970"
    answer = clerk.post(address(member, "edit/"), {**page, "position": "Bí thư", "change_reason": "theo QĐ 52"})
    assert answer.url == address(member)
    member.refresh_from_db()
    assert (member.position, member.birth_precision) == ("Bí thư", "year")
    newest = member.history.order_by("-history_id").first()
    assert newest.history_change_reason == "theo QĐ 52" and newest.history_user is not None


@pytest.mark.one_database
def test_nothing_changed_writes_nothing(clerk, branch):
    member = make_member(unit=branch)
    before = member.history.count()
    assert clerk.post(address(member, "edit/"), opened(clerk, member)).status_code == 302
    assert member.history.count() == before


def test_two_clerks_at_one_record_lose_nothing(clerk, branch):
    member = make_member(unit=branch, position="Đảng viên", birth_date=date(1970, 1, 1), birth_precision="year")
    page = opened(clerk, member)
    other = Member.objects.get(pk=member.pk)
    other.phone, other.position = "0000 000 001", "Phó Bí thư"
    other.birth_date, other.birth_precision = date(1970, 5, 12), "day"
    other.save()
    mine = {**page, "position": "Bí thư"}
    answer = clerk.post(address(member, "edit/"), mine)
    assert list(answer.context["form"].errors) == ["position"]
    again = {
        **mine,
        "version": answer.context["form"].data["version"],
        "phone": "0000 000 001",
        "birth_date": "12/5/1970",
    }
    assert clerk.post(address(member, "edit/"), again).status_code == 302
    member.refresh_from_db()
    assert (member.position, member.phone, member.birth_precision) == ("Bí thư", "0000 000 001", "day")


def test_what_only_the_other_changed_of_a_date_is_kept_with_its_precision(clerk, branch):
    member = make_member(unit=branch, birth_date=date(1970, 1, 1), birth_precision="year")
    page = opened(clerk, member)
    other = Member.objects.get(pk=member.pk)
    other.birth_precision = "day"
    other.save()
    assert clerk.post(address(member, "edit/"), {**page, "position": "Bí thư"}).status_code == 302
    member.refresh_from_db()
    assert (member.position, member.birth_date, member.birth_precision) == ("Bí thư", date(1970, 1, 1), "day")


@pytest.mark.one_database
def test_a_crafted_post_moves_nobody_and_changes_no_standing(clerk, branch):
    member = make_member(unit=branch)
    typed = {**opened(clerk, member), "position": "Bí thư", "unit": make_branch().pk, "standing": "deceased"}
    clerk.post(address(member, "edit/"), typed)
    member.refresh_from_db()
    assert (member.unit, member.standing, member.position) == (branch, "full", "Bí thư")


# The person's page


def test_the_card_number_is_shown_in_full_only_when_asked_and_that_is_kept(clerk, branch):
    member = make_member(unit=branch, card_number="00014127")
    assert "00014127" not in clerk.get(address(member)).content.decode()
    assert not AuditEvent.objects.filter(action="card_seen").exists()
    assert "00014127" in clerk.post(address(member, "card/")).content.decode()
    event = AuditEvent.objects.get(action="card_seen")
    assert event.subject == f"records.member:{member.pk}"


def test_a_short_card_number_is_masked_too():
    assert masked("") == "–" and masked("00014127") == "•••• 4127"
    assert masked("4127") != "•••• 4127" and masked("12") != "•••• 12"


@pytest.mark.one_database
def test_a_reader_sees_neither_buttons_nor_card_nor_contact(client, branch):
    member = make_member(unit=branch, card_number="00014127", phone="0000 000 001", email="nguoi@vi-du.example")
    member.position = "Bí thư"
    member.card_number = "00014128"
    member.save()
    client.force_login(make_staff("viewer", branch))
    page = client.get(address(member)).content.decode()
    for word in ("edit/", "transfer/", "card/", "0000 000 001", "nguoi@vi-du.example", "00014128", "00014127"):
        assert word not in page, word


def test_the_time_line_tells_memberships_awards_registrations_and_changes(clerk, root, branch):
    new = make_branch(parent=root, name="Chi bộ Mới")
    decision = make_decision(unit=root, number="1064-QĐ/TU", issued_on=date(2021, 7, 1))
    member = make_member(unit=branch, admitted_on=date(1996, 10, 20), full_member_on=date(1997, 10, 20))
    member.transfer_to(new, date(2021, 8, 1), decision)
    make_award(member=member, published=True)
    hidden = make_award(member=member, unit=make_unit())
    campaign = make_campaign(scope=root)
    make_registration(campaign, member).pledges.create(activity=make_activity(campaign, name="Trồng hoa"), quantity=4)
    member.position, member._change_reason = "Bí thư", "theo nghị quyết"
    member.save()
    response = clerk.get(address(member))
    page = response.content.decode()
    for text in (campaign.title, "trồng hoa", "1064-QĐ/TU", "Chi bộ Mới", "theo nghị quyết", "<ins>Bí thư</ins>"):
        assert text in page, text
    assert hidden.type.name not in page
    assert [kind for kind, *_rest in response.context["chips"]] == [
        "?show=", "?show=memberships", "?show=registrations", "?show=awards", "?show=changes",
    ]  # fmt: skip
    only = clerk.get(address(member), {"show": "awards"}).content.decode()
    assert campaign.title not in only and "Chi bộ Mới" in only
    assert clerk.get(address(member), {"show": "<script>"}).status_code == 200


@pytest.mark.one_database
def test_party_age_leaves_out_the_time_without_membership(clerk, branch):
    today = timezone.localdate()
    admitted = today.replace(day=1) - timedelta(365 * 35)
    member = make_member(unit=branch, since=admitted, birth_date=date(1950, 1, 1), admitted_on=admitted)
    whole = clerk.get(address(member)).context["party"]
    member.change_standing("expelled", date(2000, 1, 1))
    member.change_standing("full", date(2010, 1, 1))
    less = clerk.get(address(member)).context["party"]
    assert less["gaps"] and whole["years"] - less["years"] == 10
    make_award(member=member, type=make_award_type(family="badge", milestone_years=30, mark="badge"))
    assert clerk.get(address(member)).context["party"]["next"].years == 40


@pytest.mark.one_database
def test_the_party_age_of_whoever_died_stands_still(clerk, branch):
    admitted, died = date(1980, 3, 1), date(2001, 5, 1)
    member = make_member(unit=branch, since=admitted, birth_date=date(1950, 1, 1), admitted_on=admitted)
    member.change_standing("deceased", died)
    assert clerk.get(address(member)).context["party"]["years"] == 21


@pytest.mark.one_database
def test_the_page_of_somebody_elses_person_is_not_there(clerk):
    assert clerk.get(address(make_member())).status_code == 404


# Acts with a day


def act(client, member, page, **typed):
    return client.post(address(member, page), {"once": str(uuid.uuid4()), "on": "01/03/2021", **typed})


def test_a_temporary_attachment_and_its_end(clerk, root, branch):
    host, member = make_branch(parent=root), make_member(unit=branch)
    assert act(clerk, member, "attach/", unit=host.code).status_code == 302
    assert Unit.objects.get(pk=host.pk).headcount == 1
    assert act(clerk, member, "attach/", unit=host.code).context["form"].non_field_errors()
    early = act(clerk, member, "end-attachment/", on="01/02/2021").context["form"].errors
    assert "01/03/2021" in str(early["on"]) and host.name in str(early["on"])
    assert act(clerk, member, "end-attachment/", on="01/04/2021").status_code == 302
    assert Unit.objects.get(pk=branch.pk).headcount == 1
    assert act(clerk, member, "end-attachment/", on="01/05/2021").context["form"].non_field_errors()


def test_nobody_is_attached_where_the_clerk_keeps_no_people(clerk, branch):
    host, member = make_branch(), make_member(unit=branch)
    answer = act(clerk, member, "attach/", unit=host.name_in_full, unit_key=host.pk)
    assert "unit" in answer.context["form"].errors
    member.refresh_from_db()
    assert member.attached_to is None


@pytest.mark.parametrize(("standing", "count"), [("exempt", 0), ("left", 0), ("expelled", 0), ("deceased", 0)])
def test_a_standing_changes_and_comes_back(clerk, branch, standing, count):
    member = make_member(unit=branch)
    assert act(clerk, member, "standing/", standing=standing, reason="theo đơn").status_code == 302
    assert Unit.objects.get(pk=branch.pk).headcount == count
    assert member.history.filter(history_change_reason="theo đơn").exists()
    decision = make_decision(unit=branch)
    back = {"standing": "full", "on": "01/04/2021", "decision": decision.number, "decision_key": decision.pk}
    assert act(clerk, member, "standing/", **back).status_code == 302
    assert Unit.objects.get(pk=branch.pk).headcount == 1
    assert member.memberships.filter(valid_to__isnull=True).count() == 1


@pytest.mark.one_database
def test_a_change_of_standing_needs_a_day_and_a_reason(clerk, branch):
    member = make_member(unit=branch)
    assert "reason" in act(clerk, member, "standing/", standing="left").context["form"].errors
    future = act(clerk, member, "standing/", standing="left", reason="x", on="1/1/2999")
    assert "on" in future.context["form"].errors
    early = act(clerk, member, "standing/", standing="left", reason="x", on="1/1/2001")
    assert "on" in early.context["form"].errors
    member.refresh_from_db()
    assert member.standing == "full"


@pytest.mark.one_database
def test_a_probationary_member_becomes_full_from_the_day(clerk, branch):
    member = make_member(unit=branch, standing="probationary", admitted_on=date(2020, 1, 5))
    assert act(clerk, member, "standing/", standing="full", reason="đủ 12 tháng").status_code == 302
    member.refresh_from_db()
    assert (member.standing, member.full_member_on) == ("full", date(2021, 3, 1))


def test_an_act_sent_twice_is_done_once(clerk, branch):
    member, token = make_member(unit=branch), str(uuid.uuid4())
    sent = {"once": token, "on": "01/03/2021", "standing": "left", "reason": "xin ra"}
    for _n in range(2):
        assert clerk.post(address(member, "standing/"), sent).url == address(member)
    assert member.history.filter(standing="left").count() == 1


@pytest.mark.one_database
@pytest.mark.parametrize("page", ["edit/", "attach/", "end-attachment/", "standing/", "transfer/"])
def test_the_host_reads_a_visitor_but_changes_nothing(client, root, page):
    visitor = make_member()
    visitor.attach_to(root, date(2021, 1, 1))
    client.force_login(make_staff("manager", root))
    assert client.get(address(visitor)).status_code == 200
    assert client.get(address(visitor, page)).status_code == 403
    assert client.post(address(visitor, page), {}).status_code == 403


def test_a_superuser_keeps_everybody(client):
    member = make_member()
    client.force_login(make_superuser())
    assert client.get(reverse("records:staff_member_edit", args=[member.public_id])).status_code == 200
    assert names(client, attached="here") == []
