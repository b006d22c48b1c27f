"""Recipients put onto a decision: typed one by one, pasted, looked over, saved together, put in order."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.award_entry import PastedRow
from records.forms.recipients import RowFormSet
from records.models import Award, Decision
from records.views.staff_recipients import as_sent
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


@pytest.fixture
def branch(province):
    return make_branch(parent=province, name="Chi bộ 3")


@pytest.fixture
def praise():
    return make_award_type(name="Bằng khen của Ban Thường vụ Tỉnh ủy")


@pytest.fixture
def decision(province):
    return make_decision(unit=province)


@pytest.fixture
def clerk(province):
    client = Client()
    client.force_login(make_staff("clerk", province))
    return client


def page(name, *args):
    return reverse(f"records:staff_recipient_{name}", args=args)


def written(praise, **fields):
    """What the form of one recipient sends."""
    return {
        "recipient_kind": "person",
        "recipient_name": "Lê Ánh",
        "recipient_unit": "Chi bộ 3",
        "type": praise.name,
        "period_start": "2019",
        "period_end": "2019",
        **fields,
    }


def add(client, decision, data):
    return client.post(page("add", decision.pk), data)


# One by one


def test_a_recipient_nobody_knows_is_added_as_written(clerk, decision, praise, branch):
    response = add(clerk, decision, written(praise, recipient_name="  lê   Ánh ", salutation="Bà"))
    assert response.url == reverse("records:staff_decision_detail", args=[decision.pk]) + "#add"
    award = decision.awards.get()
    assert (award.recipient_name, award.salutation, award.member) == ("lê Ánh", "Bà", None)
    assert (award.unit, award.unit_path) == (branch, branch.path) and award.published_at is None
    assert award.history.get().history_user is not None and award.decided_on == decision.issued_on


@pytest.mark.one_database
def test_a_known_name_is_never_linked_silently(clerk, decision, praise, branch):
    member = make_member(full_name="Lê Ánh", unit=branch)
    response = add(clerk, decision, written(praise))
    assert "link" in response.context["form"].errors and not Award.objects.exists()
    assert [one.row for one in response.context["form"].candidates] == [member]
    assert f'value="m{member.pk}"' in response.content.decode()
    assert add(clerk, decision, written(praise, link=f"m{member.pk}")).status_code == 302
    award = decision.awards.get()
    assert (award.member, award.unit) == (member, branch)


@pytest.mark.one_database
def test_one_may_say_that_it_is_nobody_of_the_register(clerk, decision, praise, branch):
    make_member(full_name="Lê Ánh", unit=branch)
    assert add(clerk, decision, written(praise, link="none")).status_code == 302
    assert decision.awards.get().member is None


@pytest.mark.one_database
def test_the_unit_is_the_one_of_the_day(clerk, province, praise, branch):
    member = make_member(full_name="Lê Ánh", unit=branch, since=date(2010, 1, 1))
    member.transfer_to(make_branch(parent=province), date(2021, 1, 1))
    decision = make_decision(unit=province, issued_on=date(2020, 5, 1))
    add(clerk, decision, written(praise, link=f"m{member.pk}"))
    assert decision.awards.get().unit == branch


def test_a_collective_is_linked_to_its_unit(clerk, decision, praise, branch):
    data = written(praise, recipient_kind="collective", recipient_name="Chi bộ 3", recipient_unit="")
    assert "link" in add(clerk, decision, data).context["form"].errors
    add(clerk, decision, {**data, "link": f"u{branch.pk}"})
    award = decision.awards.get()
    assert award.collective == award.unit == branch


def test_a_misspelt_name_finds_its_person_by_the_name_of_the_register(clerk, decision, praise, branch):
    member = make_member(full_name="Lê Thị Ánh", unit=branch)
    data = written(praise, recipient_name="Lê Thị Ảnh Hồng", look_up="le thi anh")
    assert [one.row for one in add(clerk, decision, data).context["form"].candidates] == [member]
    add(clerk, decision, {**data, "link": f"m{member.pk}"})
    award = decision.awards.get()
    assert award.member == member and award.recipient_name == "Lê Thị Ảnh Hồng"


def test_nobody_outside_reach_is_linked(clerk, decision, praise):
    foreign = make_member()
    for link in (f"m{foreign.pk}", f"u{foreign.unit_id}", "m999999", "m" + "9" * 23, "x", "m-1", "m"):
        response = add(clerk, decision, written(praise, link=link))
        assert "link" in response.context["form"].errors, link
    response = add(clerk, decision, written(praise, unit=foreign.unit.name_in_full, unit_key=str(foreign.unit_id)))
    assert "unit" in response.context["form"].errors and not Award.objects.exists()


@pytest.mark.one_database
def test_a_person_is_no_collective(clerk, decision, praise, branch):
    member = make_member(unit=branch)
    response = add(clerk, decision, written(praise, recipient_kind="collective", link=f"m{member.pk}"))
    assert "link" in response.context["form"].errors


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"type": "Bằng khen lạ"}, "type"),
        ({"type": ""}, "type"),
        ({"recipient_name": " \u200b "}, "recipient_name"),
        ({"recipient_name": "x" * 256}, "recipient_name"),
        ({"recipient_kind": ""}, "recipient_kind"),
        ({"period_start": "19"}, "period_start"),
        ({"period_start": "2019", "period_end": "2018"}, "period_end"),
        ({"period_end": "năm kia"}, "period_end"),
        ({"list_position": "-1"}, "list_position"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(clerk, decision, praise, fields, wrong):
    response = add(clerk, decision, written(praise, recipient_position="Bí thư chi bộ", **fields))
    assert response.status_code == 200 and set(response.context["form"].errors) == {wrong}
    assert "Bí thư chi bộ" in response.content.decode() and not Award.objects.exists()


@pytest.mark.one_database
def test_an_award_that_does_not_go_to_persons_is_refused_with_the_article(clerk, decision):
    flag = make_award_type(recipients="collective", legal_basis="Luật 06/2022/QH15, Điều 25")
    response = add(clerk, decision, written(flag))
    assert "Điều 25" in response.context["form"].errors["recipient_kind"][0]


def test_the_same_award_twice_needs_a_tick(clerk, decision, praise):
    make_award(
        type=praise, recipient_kind="person", recipient_name="Lê Ánh", recipient_unit="Chi bộ 3", period_start=2019,
        period_end=2019, decision=decision,
    )  # fmt: skip
    response = add(clerk, decision, written(praise))
    assert "different" in response.context["form"].errors and decision.awards.count() == 1
    assert 'name="different"' in response.content.decode()
    assert add(clerk, decision, written(praise, different="on")).status_code == 302
    assert decision.awards.count() == 2
    assert add(clerk, decision, written(praise, period_start="2018")).status_code == 302


def test_recipients_follow_one_another_in_the_list_and_the_form_remembers_the_last(clerk, decision, praise):
    add(clerk, decision, written(praise, list_position="7"))
    add(clerk, decision, written(praise, recipient_name="Trần Ba"))
    assert list(decision.awards.order_by("pk").values_list("list_position", flat=True)) == [7, 8]
    form = clerk.get(reverse("records:staff_decision_detail", args=[decision.pk])).context["form"]
    assert form["type"].value() == praise.name and form["period_start"].value() == 2019
    assert not form["recipient_name"].value()


def test_a_form_sent_twice_adds_one(clerk, decision, praise):
    data = written(praise, once="8a4a1b52-53c5-4b8b-9d3e-2c65d6f5e112")
    add(clerk, decision, data), add(clerk, decision, data)
    assert decision.awards.count() == 1


@pytest.mark.one_database
def test_homonyms_in_branches_of_one_name_are_told_apart_by_the_unit_above(clerk, province):
    for name in ("Xã Lê", "Xã Mận"):
        branch = make_branch(name="Chi bộ 1", parent=make_unit(name=name, parent=province))
        make_member(full_name="Lê Thị Ánh", unit=branch, birth_date=date(1970, 1, 1))
    typed = {"recipient_kind": "person", "recipient_name": "le thi anh"}
    text = clerk.get(page("suggest"), typed).content.decode()
    offered = str(clerk.get("/staff/suggest/member/", {"q": "le thi anh"}).json())
    for name in ("Xã Lê", "Xã Mận"):
        assert name in text and name in offered


def test_suggestions_tell_homonyms_apart(clerk, province, branch):
    other = make_branch(parent=province, name="Chi bộ 4")
    for unit, year in ((branch, 1969), (other, 1990)):
        make_member(full_name="Phạm Thanh Bình", unit=unit, birth_date=date(year, 8, 19), position="Bí thư")
    query = {"recipient_kind": "person", "recipient_name": "pham thanh binh", "recipient_unit": "chi bộ 4"}
    text = clerk.get(page("suggest"), query).content.decode()
    assert text.index("1990") < text.index("1969") and text.count('type="radio"') == 3
    assert 'type="radio"' not in clerk.get(page("suggest"), {**query, "recipient_kind": "household"}).content.decode()
    assert clerk.get(page("suggest"), {"recipient_name": "\x00", "recipient_kind": "whim"}).status_code == 200


# Pasted


HEADER = "STT\tHọ và tên\tChức vụ\tĐơn vị\tHình thức khen thưởng\tNăm"


def paste(client, decision, *lines, **fields):
    return client.post(page("paste", decision.pk), {"text": "\n".join([HEADER, *lines]), **fields})


def confirm(client, decision, response, **changes):
    """Send the page of the review as it stands, but for the fields given."""
    rows = response.context["rows"]
    data = {"row-TOTAL_FORMS": len(rows.forms), "row-INITIAL_FORMS": 0}
    for form in rows.forms:
        data |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    data = {name: value for name, value in data.items() if value is not False}
    return client.post(page("save", decision.pk), {**data, **changes})


def test_a_list_is_pasted_looked_over_and_saved_together(clerk, decision, praise, branch):
    member = make_member(full_name="Lê Ánh", unit=branch)
    response = paste(
        clerk, decision, "Tập thể", "1\tTổ dân vận\t\tĐảng bộ tỉnh\tBằng khen của Ban Thường vụ Tỉnh ủy\t2018-2019",
        "Cá nhân", f"2\tBà Lê Ánh\tBí thư\tChi bộ 3\t{praise.name}\t2019",
    )  # fmt: skip
    assert response.status_code == 200 and not Award.objects.exists()
    rows = response.context["rows"]
    assert rows.unsound == [] and rows.forms[1].put_forward and rows.forms[1].chosen == member
    assert confirm(clerk, decision, response).status_code == 302
    first, second = decision.awards.order_by("list_position")
    assert (first.recipient_kind, first.recipient_name, first.period_start) == ("collective", "Tổ dân vận", 2018)
    assert (second.member, second.unit, second.salutation) == (member, branch, "Bà")
    assert second.history.get().history_change_reason and second.unit_path == branch.path
    assert [first.list_position, second.list_position] == [1, 2]


def test_a_name_alone_must_be_answered_before_anything_is_saved(clerk, decision, praise, branch):
    member = make_member(full_name="Lê Ánh", unit=branch)
    response = paste(
        clerk, decision, f"1\tÔng Lê Ánh\tĐội trưởng\tNơi khác\t{praise.name}\t2019",
        f"2\tÔng Trần Ba\tĐội phó\tNơi khác\t{praise.name}\t2019",
    )  # fmt: skip
    (unsound,) = response.context["unsound"]
    assert set(unsound.errors) == {"link"} and not unsound.put_forward
    again = confirm(clerk, decision, response)
    assert again.status_code == 200 and again.context["refused"] and not Award.objects.exists()
    assert confirm(clerk, decision, again, **{"row-0-link": f"m{member.pk}"}).status_code == 302
    assert set(decision.awards.values_list("member", flat=True)) == {member.pk, None}


def test_all_rows_left_unanswered_may_be_kept_as_written_at_once(clerk, decision, praise, branch):
    make_member(full_name="Lê Ánh", unit=branch)
    response = paste(clerk, decision, f"1\tÔng Lê Ánh\tĐội trưởng\tNơi khác\t{praise.name}\t2019")
    assert confirm(clerk, decision, response, rest_nobody="1").status_code == 302
    assert decision.awards.get().member is None


@pytest.mark.one_database
def test_problems_are_shown_by_row_and_mended_in_place(clerk, decision, praise):
    response = paste(clerk, decision, "1\tÔng Lê Ánh\tBí thư\tChi bộ 3\tBằng khen lạ\tnăm kia")
    (form,) = response.context["unsound"]
    assert set(form.errors) == {"type", "period_start"} and "Bằng khen lạ" in response.content.decode()
    mended = {"row-0-type": praise.name, "row-0-period_start": "2019"}
    assert confirm(clerk, decision, response, **mended).status_code == 302
    assert decision.awards.get().period_start == 2019


@pytest.mark.one_database
def test_a_row_may_be_left_out(clerk, decision, praise):
    response = paste(
        clerk, decision, "1\tÔng Lê Ánh\tBí thư\tA\tsai\t2019", f"2\tÔng Trần Ba\tBí thư\tA\t{praise.name}\t2019"
    )
    assert confirm(clerk, decision, response, **{"row-0-leave_out": "on"}).status_code == 302
    assert decision.awards.get().recipient_name == "Trần Ba"
    response = paste(clerk, decision, "1\tÔng Lê Ánh\tBí thư\tA\tsai\t2019")
    response = confirm(clerk, decision, response, **{"row-0-leave_out": "on"})
    assert response.status_code == 200 and response.context["rows"].non_form_errors()


def test_doubles_in_the_list_and_in_the_register_need_a_tick(clerk, decision, praise):
    line = f"\tÔng Lê Ánh\tBí thư\tChi bộ X\t{praise.name}\t2019"
    response = paste(clerk, decision, f"1{line}", f"2{line}")
    assert [set(form.errors) for form in response.context["unsound"]] == [{"different"}]
    assert confirm(clerk, decision, response, **{"row-1-different": "on"}).status_code == 302
    assert decision.awards.count() == 2
    response = paste(clerk, decision, f"1{line}")
    assert [set(form.errors) for form in response.context["unsound"]] == [{"different"}]
    assert confirm(clerk, decision, response).status_code == 200 and decision.awards.count() == 2


def test_the_page_before_defaults_fill_what_rows_do_not_say(clerk, decision, praise):
    text = "Lê Ánh\nTrần Ba"
    response = clerk.post(
        page("paste", decision.pk),
        {
            "text": text,
            "type": praise.name,
            "recipient_kind": "person",
            "period_start": "2019",
            "reason": "Dân vận khéo",
        },
    )
    assert response.context["rows"].unsound == []
    confirm(clerk, decision, response)
    assert set(decision.awards.values_list("type", "period_start", "reason")) == {(praise.pk, 2019, "Dân vận khéo")}


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["", "\n\n", "STT\tHọ và tên\n"])
def test_what_is_no_list_is_said_in_words(clerk, decision, text):
    response = clerk.post(page("paste", decision.pk), {"text": text})
    assert response.status_code == 200 and response.context["form"].errors["text"]


@pytest.mark.one_database
def test_a_crafted_row_links_nobody_outside_reach(clerk, decision, praise):
    foreign = make_member(full_name="Lê Ánh")
    response = paste(clerk, decision, f"1\tÔng Lê Ánh\tBí thư\tX\t{praise.name}\t2019")
    response = confirm(clerk, decision, response, **{"row-0-link": f"m{foreign.pk}"})
    assert response.status_code == 200 and not Award.objects.exists()
    for crafted in ({"row-TOTAL_FORMS": "9999"}, {"row-TOTAL_FORMS": "x"}, {"row-0-type": "\x00"}):
        assert confirm(clerk, decision, response, **crafted).status_code == 200, crafted


def test_a_list_sent_twice_is_saved_once(clerk, decision, praise):
    response = paste(clerk, decision, f"1\tÔng Lê Ánh\tBí thư\tX\t{praise.name}\t2019")
    token = {"once": "8a4a1b52-53c5-4b8b-9d3e-2c65d6f5e113"}
    confirm(clerk, decision, response, **token), confirm(clerk, decision, response, **token)
    assert decision.awards.count() == 1


@pytest.mark.one_database
def test_another_unit_s_clerk_pastes_nothing(decision, praise):
    client = Client()
    client.force_login(make_staff("clerk", make_unit()))
    assert paste(client, decision, "1\tLê Ánh").status_code == 404
    assert client.post(page("save", decision.pk), {"row-TOTAL_FORMS": 1}).status_code == 404


@pytest.mark.one_database
def test_fifty_rows_cost_at_most_fifteen_queries_more_than_one(clerk, province, praise, branch):
    members = [
        make_member(full_name=f"Lê Ánh {'ABCDEGHIKL'[n % 10]}{'MNOPQ'[n // 10]}", unit=branch) for n in range(50)
    ]
    costs = {}
    for n in (1, 50):
        decision = make_decision(unit=province)
        lines = [f"{i}\tÔng {m.full_name}\tBí thư\tChi bộ 3\t{praise.name}\t2019" for i, m in enumerate(members[:n], 1)]
        with CaptureQueriesContext(connection) as looked:
            response = paste(clerk, decision, *lines)
        with CaptureQueriesContext(connection) as saved:
            answer = confirm(clerk, decision, response, **{f"row-{i}-different": "on" for i in range(n)})
        assert answer.status_code == 302 and decision.awards.filter(member__isnull=False).count() == n
        costs[n] = len(looked), len(saved)
    assert costs[50][0] - costs[1][0] <= 15 and costs[50][1] - costs[1][1] <= 15, costs


def test_what_the_first_of_two_saved_meanwhile_is_seen_by_the_second(province, decision, praise):
    """The list is held and looked at again before it is written."""
    user = make_staff("clerk", province)
    row = PastedRow(1, written(praise, recipient_unit="X", period_end="", period_start="", link="none"))
    rows = RowFormSet(as_sent([row]), prefix="row", user=user, decision=decision)
    assert rows.is_valid()
    make_award(type=praise, recipient_kind="person", recipient_name="Lê Ánh", recipient_unit="X", decision=decision)
    rows.full_clean()
    assert not rows.is_valid()


# In order


def test_drafts_are_put_in_another_order_and_published_ones_keep_theirs(clerk, decision):
    first, second = make_award(decision=decision, list_position=1), make_award(decision=decision, list_position=2)
    public = make_award(decision=decision, list_position=3, published=True)
    form = clerk.get(page("order", decision.pk)).context["form"]
    assert {award.pk for award in form.awards} == {first.pk, second.pk}
    data = {f"place-{first.pk}": 2, f"place-{second.pk}": 1, f"place-{public.pk}": 9}
    assert clerk.post(page("order", decision.pk), data).status_code == 302
    assert list(decision.awards.order_by("list_position")) == [second, first, public]
    assert second.history.count() == 2
    bad = clerk.post(page("order", decision.pk), {f"place-{first.pk}": "x"})
    assert bad.status_code == 200 and bad.context["form"].errors


def test_an_order_that_changes_nothing_writes_nothing(clerk, decision):
    award = make_award(decision=decision, list_position=1)
    assert clerk.post(page("order", decision.pk), {f"place-{award.pk}": 1}).status_code == 302
    assert award.history.count() == 1


@pytest.mark.one_database
def test_a_viewer_has_no_form(province, decision):
    client = Client()
    client.force_login(make_staff("viewer", province))
    response = client.get(reverse("records:staff_decision_detail", args=[decision.pk]))
    assert response.context["form"] is None and not re.search(r"<form[^>]*id=\"recipient\"", response.content.decode())
    assert Decision.objects.count() == 1
