"""The staff pages of units: the tree and list, a unit's page, and what may be done to it."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from records.models import Unit, UnitEvent
from tests.factories import (
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_plan,
    make_posting,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)
LIST = "/staff/units/"


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ tỉnh", code="TINH")


def signed(client, role, unit):
    client.force_login(make_staff(role, unit))
    return client


def page(unit, name="detail"):
    return reverse(f"records:staff_unit_{name}", args=[unit.pk])


def act(client, unit, name, **data):
    return client.post(page(unit, name), {"on": "01/07/2020", **data})


def names(answer):
    return [unit.name for unit in answer.context["page"].rows]


# The list


@pytest.mark.one_database
def test_the_list_opens_where_ones_reach_begins(client, root):
    district = make_unit(parent=root, name="Huyện một")
    make_branch(parent=district, name="Chi bộ hai"), make_branch(parent=root, name="Chi bộ tỉnh")
    answer = signed(client, "viewer", district).get(LIST)
    assert answer.context["superior"] == district and names(answer) == ["Chi bộ hai"]
    assert answer.context["above"] == [], "the province lies outside this user's reach"


def test_with_several_postings_the_list_begins_with_their_units_the_inner_ones_left_out(client, root):
    one, two = make_unit(parent=root, name="Huyện A"), make_unit(parent=root, name="Huyện B")
    user = make_staff("viewer", one)
    make_posting("clerk", two, user=user)
    make_posting("clerk", make_branch(parent=one), user=user)
    client.force_login(user)
    assert names(client.get(LIST)) == ["Huyện A", "Huyện B"]


def test_a_level_shows_the_units_directly_below_and_counts_their_subtrees(client, root):
    district = make_unit(parent=root)
    branch = make_branch(parent=district)
    make_member(unit=branch), make_member(unit=district)
    make_member(unit=branch).change_standing("exempt", DAY)
    answer = signed(client, "viewer", root).get(LIST)
    assert [(u.pk, u.members_below, u.below) for u in answer.context["page"].rows] == [(district.pk, 2, 1)]
    inner = client.get(LIST, {"under": district.code})
    assert [u.pk for u in inner.context["page"].rows] == [branch.pk]
    assert inner.context["above"] == [root]


def test_a_search_is_blind_to_tones_and_goes_through_the_whole_subtree(client, root):
    district = make_unit(parent=root, name="Huyện Châu Đức")
    make_branch(parent=district, name="Chi bộ Lồ Ồ"), make_branch(name="Chi bộ Lồ Ồ nơi khác")
    signed(client, "viewer", root)
    assert names(client.get(LIST, {"q": "lo o"})) == ["Chi bộ Lồ Ồ"]
    assert names(client.get(LIST, {"q": "lo o", "under": district.code})) == ["Chi bộ Lồ Ồ"]
    assert names(client.get(LIST, {"q": "lo o", "kind": "agency"})) == []


def test_dissolved_units_are_shown_where_they_are_asked_for(client, root):
    make_branch(parent=root, name="Còn"), make_branch(parent=root, name="Hết").dissolve(DAY)
    signed(client, "viewer", root)
    assert names(client.get(LIST)) == ["Còn"]
    assert names(client.get(LIST, {"state": "dissolved"})) == ["Hết"]
    assert set(names(client.get(LIST, {"state": "all"}))) == {"Còn", "Hết", root.name}


@pytest.mark.one_database
@pytest.mark.parametrize("query", [{"under": "KHONG"}, {"kind": "vua"}, {"state": "x"}, {"q": "a" * 300}])
def test_what_the_list_cannot_read_is_left_out_in_words(client, root, query):
    answer = signed(client, "viewer", root).get(LIST, query)
    assert answer.status_code == 200 and len(answer.context["form"].refusals) == 1


@pytest.mark.parametrize("query", [{"under": "\x00"}, {"q": "\x00"}, {"after": "x"}, {"q": "'; DROP TABLE x"}])
def test_hostile_conditions_break_nothing(client, root, query):
    assert signed(client, "viewer", root).get(LIST, query).status_code == 200


@pytest.mark.one_database
def test_a_unit_outside_is_no_level(client, root):
    elsewhere = make_unit()
    make_branch(parent=elsewhere)
    answer = signed(client, "manager", root).get(LIST, {"under": elsewhere.code})
    assert answer.context["form"].refusals and elsewhere.name not in answer.content.decode()


@pytest.mark.one_database
def test_whoever_is_posted_nowhere_is_told_so_kindly(client):
    client.force_login(make_user())
    answer = client.get(LIST)
    assert answer.status_code == 200 and answer.context["page"].rows == []


@pytest.mark.one_database
@pytest.mark.parametrize("query", [{}, {"q": "chi bo"}])
def test_the_list_asks_as_much_for_three_rows_as_for_one(client, root, django_assert_max_num_queries, query):
    signed(client, "viewer", root)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            make_branch(parent=root, name=f"Chi bộ {more}{_n}")
        with django_assert_max_num_queries(8) as seen:
            client.get(LIST, query)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_long_list_comes_in_pages_of_fifty_and_stays_light(client, root, django_assert_max_num_queries):
    names_ = [f"Chi bộ cơ sở Ban Quản lý dự án đầu tư xây dựng số {n}" for n in range(120)]
    units = [
        Unit(code=f"TINH-{n:04}", name=name, parent=root, kind="grassroots_branch") for n, name in enumerate(names_)
    ]
    Unit.objects.plant(units)
    signed(client, "viewer", root)
    with django_assert_max_num_queries(8):
        first = client.get(LIST)
    assert len(first.context["page"].rows) == 50 and len(first.content) <= 45_000
    assert first.context["count"] == 120
    second = client.get(LIST + first.context["page"].next_url)
    assert not set(names(first)) & set(names(second)) and len(names(second)) == 50


# The page


@pytest.mark.one_database
def test_the_page_tells_what_the_unit_is_keeps_and_what_happened_to_it(client, root):
    branch = make_branch(parent=root, name="Chi bộ Bốn", code="CB-4")
    branch.rename("Chi bộ Năm", DAY, make_decision(unit=root, number="17-QĐ/TU"))
    kept = make_decision(unit=branch, number="23-QĐ/CB")
    campaign = make_campaign(scope=root)
    make_plan(campaign, branch, status="submitted")
    make_member(unit=branch)
    text = signed(client, "viewer", root).get(page(branch)).content.decode()
    for words in ("CB-4", "Chi bộ Bốn", "Chi bộ Năm", "17-QĐ/TU", kept.number, campaign.title):
        assert words in text
    assert re.search(r"1/1</td>.*0/1</span>", text), "one plan of one, nobody registered of one"


@pytest.mark.one_database
def test_the_page_links_to_its_change_log_and_its_members(client, root):
    text = signed(client, "viewer", root).get(page(root)).content.decode()
    assert f"/staff/changes/records.unit/{root.pk}/" in text


@pytest.mark.one_database
def test_the_page_of_a_unit_with_much_around_it_asks_no_more(client, root, django_assert_max_num_queries):
    signed(client, "manager", root)
    for _n in range(3):
        branch = make_branch(parent=root)
        make_decision(unit=root), make_member(unit=branch)
        make_campaign(scope=root)
        make_posting("viewer", root)
    with django_assert_max_num_queries(13) as few:
        client.get(page(root))
    for _n in range(12):
        make_branch(parent=root), make_decision(unit=root), make_posting("clerk", root), make_campaign(scope=root)
    with django_assert_max_num_queries(13) as many:
        answer = client.get(page(root))
    assert len(few) == len(many) and len(answer.content) <= 45_000


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("viewer", set()),
        ("clerk", {"edit", "add", "rename"}),
        ("approver", {"edit", "add", "rename", "move", "dissolve"}),
        ("manager", {"edit", "add", "rename", "move", "dissolve"}),
    ],
)
def test_buttons_are_for_those_who_may(client, root, role, offered):
    branch = make_branch(parent=root)
    text = signed(client, role, root).get(page(branch)).content.decode()
    every = {"edit", "add", "rename", "move", "dissolve"}
    assert {name for name in every if f'href="{page(branch, name)}"' in text} == offered


@pytest.mark.one_database
def test_a_dissolved_unit_offers_no_further_act(client, root):
    branch = make_branch(parent=root)
    branch.dissolve(DAY)
    text = signed(client, "manager", root).get(page(branch)).content.decode()
    assert page(branch, "edit") in text
    assert not any(page(branch, name) in text for name in ("add", "rename", "move", "dissolve"))
    for name in ("add", "rename", "move", "dissolve"):
        assert client.get(page(branch, name)).status_code == 302


# Editing


def edited(unit, **data):
    newest = unit.history.order_by("-history_id").first().history_id
    return {"version": newest, "short_name": "", "description": "", "listed": "on", **data}


def test_a_clerk_puts_a_unit_right_and_says_why(client, root):
    branch = make_branch(parent=root)
    answer = signed(client, "clerk", root).post(
        page(branch, "edit"),
        edited(branch, description="Khu phố 3", established_on="02/03/2015", change_reason="bổ sung"),
    )
    assert answer.url == page(branch)
    branch.refresh_from_db()
    assert (branch.description, branch.established_on) == ("Khu phố 3", date(2015, 3, 2))
    row = branch.history.order_by("-history_id").first()
    assert (row.history_change_reason, row.history_user) == ("bổ sung", client.get(LIST).wsgi_request.user)


def test_two_clerks_at_once_lose_nothing(client, root):
    branch = make_branch(parent=root, description="cũ")
    opened = edited(branch, description="của tôi")
    branch.description = "của người khác"
    branch.save()
    signed(client, "clerk", root)
    answer = client.post(page(branch, "edit"), opened)
    assert answer.status_code == 200 and "của người khác" in str(answer.context["form"].errors["description"])
    branch.refresh_from_db()
    assert branch.description == "của người khác"


@pytest.mark.one_database
def test_what_the_edit_form_does_not_have_cannot_be_posted(client, root):
    branch = make_branch(parent=root, name="Chi bộ", code="CB")
    elsewhere = make_unit()
    crafted = {"name": "Khác", "code": "KHAC", "parent": elsewhere.pk, "path": "zz.", "kind": "other", "headcount": 9,
               "dissolved_on": "01/01/2020"}  # fmt: skip
    assert signed(client, "clerk", root).post(page(branch, "edit"), edited(branch, **crafted)).status_code == 302
    stored = Unit.objects.get(pk=branch.pk)
    kept = (branch.name, branch.code, root.pk, branch.path, branch.kind, 0, None)
    assert (
        stored.name,
        stored.code,
        stored.parent_id,
        stored.path,
        stored.kind,
        stored.headcount,
        stored.dissolved_on,
    ) == kept


def test_a_founding_after_the_end_is_an_error_of_the_form(client, root):
    branch = make_branch(parent=root)
    branch.dissolve(DAY)
    answer = signed(client, "clerk", root).post(page(branch, "edit"), edited(branch, established_on="01/01/2021"))
    assert answer.status_code == 200 and answer.context["form"].errors


# Adding


def new(**data):
    return {"name": "Chi bộ mới", "code": "MOI", "kind": "grassroots_branch", "listed": "on", **data}


def test_a_unit_is_added_below_with_its_founding(client, root):
    decision = make_decision(unit=root, number="5-QĐ/TU")
    answer = signed(client, "clerk", root).post(
        page(root, "add"), new(established_on="01/07/2020", decision="5-QĐ/TU", decision_key=str(decision.pk))
    )
    unit = Unit.objects.get(code="MOI")
    assert answer.url == page(unit) and unit.parent == root and unit.path.startswith(root.path)
    event = unit.events.get()
    assert (event.kind, event.occurred_on, event.decision) == (UnitEvent.Kind.ESTABLISH, DAY, decision)
    assert unit.history.get().history_user is not None


def test_a_form_sent_twice_adds_one_unit(client, root):
    signed(client, "clerk", root)
    token = re.search(r'name="once" value="([^"]+)"', client.get(page(root, "add")).content.decode())[1]
    first, second = (client.post(page(root, "add"), new(once=token)) for _n in range(2))
    assert Unit.objects.filter(code="MOI").count() == 1 and first.url == second.url


@pytest.mark.parametrize(
    "wrong",
    [{"code": "TINH"}, {"code": "a/b"}, {"name": ""}, {"name": "CHI BO  da co"}, {"kind": "vua"},
     {"established_on": "31/02/2020"}, {"decision": "không có số này"}],
)  # fmt: skip
def test_what_cannot_be_is_an_error_of_the_form(client, root, wrong):
    make_branch(parent=root, name="Chi bộ đã có")
    before = Unit.objects.count()
    answer = signed(client, "clerk", root).post(page(root, "add"), new(**wrong))
    assert answer.status_code == 200 and list(answer.context["form"].errors) == [*wrong]
    assert Unit.objects.count() == before


@pytest.mark.one_database
def test_a_decision_without_its_day_is_asked_for_it(client, root):
    decision = make_decision(unit=root, number="5-QĐ/TU")
    data = new(decision="5-QĐ/TU", decision_key=str(decision.pk))
    answer = signed(client, "clerk", root).post(page(root, "add"), data)
    assert list(answer.context["form"].errors) == ["established_on"]


# The dated acts


@pytest.mark.one_database
def test_a_new_name_is_an_event_by_its_decision(client, root):
    branch = make_branch(parent=root, name="Chi bộ Bốn")
    decision = make_decision(unit=root, number="9-QĐ/TU")
    answer = act(
        signed(client, "clerk", root), branch, "rename", new_name="Chi bộ Năm", decision="9-QĐ/TU",
        decision_key=str(decision.pk), note="sáp nhập",
    )  # fmt: skip
    assert answer.url == page(branch)
    event = branch.events.get()
    assert (event.was, event.became, event.occurred_on, event.decision) == ("Chi bộ Bốn", "Chi bộ Năm", DAY, decision)


@pytest.mark.one_database
@pytest.mark.parametrize("wrong", [{"new_name": ""}, {"new_name": "Chi  bộ Bốn"}, {"new_name": "Năm", "on": ""}])
def test_a_name_that_is_none_is_refused(client, root, wrong):
    branch = make_branch(parent=root, name="Chi bộ Bốn")
    answer = act(signed(client, "clerk", root), branch, "rename", **wrong)
    assert answer.status_code == 200 and answer.context["form"].errors and not branch.events.exists()


@pytest.mark.one_database
def test_a_decision_out_of_reach_is_no_ground(client, root):
    branch, foreign = make_branch(parent=root), make_decision(number="777-QĐ/TU")
    answer = act(
        signed(client, "clerk", root),
        branch,
        "rename",
        new_name="Khác",
        decision="777-QĐ/TU",
        decision_key=str(foreign.pk),
    )
    assert list(answer.context["form"].errors) == ["decision"]


def test_a_unit_moves_with_everything_below_and_the_page_says_how_much(client, root):
    one, two = make_unit(parent=root), make_unit(parent=root)
    branch = make_branch(parent=one)
    member = make_member(unit=branch)
    signed(client, "approver", root)
    asked = client.get(page(one, "move"))
    assert asked.status_code == 200
    told = " ".join(str(line) for line in asked.context["consequences"])
    assert "2" in told and "1" in told
    assert act(client, one, "move", parent=two.name_in_full, parent_key=str(two.pk)).url == page(one)
    branch.refresh_from_db(), member.refresh_from_db()
    assert branch.path.startswith(two.path) and member.unit_path == branch.path
    assert one.events.get().kind == UnitEvent.Kind.TRANSFER


def test_a_unit_is_not_placed_inside_itself_beyond_ones_reach_or_where_it_stands(client, root):
    district = make_unit(parent=root)
    branch = make_branch(parent=district)
    foreign = make_unit()
    signed(client, "approver", root)
    for parent in (branch, foreign, root, district):
        answer = act(client, district, "move", parent=parent.name_in_full, parent_key=str(parent.pk))
        assert answer.status_code == 200 and answer.context["form"].errors, parent
    district.refresh_from_db()
    assert district.parent == root and not district.events.exists()


def test_a_clerk_here_and_approver_there_moves_nothing_from_here(client, root):
    here, there = make_unit(parent=root), make_unit(parent=root)
    user = make_staff("clerk", here)
    make_posting("approver", there, user=user)
    client.force_login(user)
    assert act(client, here, "move", parent=there.name_in_full, parent_key=str(there.pk)).status_code == 403


def test_a_unit_that_holds_anybody_is_not_dissolved(client, root):
    branch = make_branch(parent=root)
    member = make_member(unit=branch)
    signed(client, "approver", root)
    answer = act(client, branch, "dissolve")
    assert answer.status_code == 200 and answer.context["form"].non_field_errors()
    member.transfer_to(root, DAY)
    assert act(client, branch, "dissolve").url == page(branch)
    branch.refresh_from_db()
    assert branch.dissolved_on == DAY and branch.events.get().kind == UnitEvent.Kind.DISSOLVE
    act(client, branch, "dissolve")
    assert branch.events.count() == 1


def test_nothing_is_founded_below_a_unit_that_is_no_more(root):
    branch = make_branch(parent=root)
    late = Unit(code="MUON", name="Muộn", kind="other", parent=Unit.objects.get(pk=branch.pk))
    branch.dissolve(DAY)
    with pytest.raises(ValidationError):
        late.establish()
    assert not Unit.objects.filter(code="MUON").exists()


# Every address, over any tree (security check 10)


@pytest.mark.one_database
@hypothesis_settings(max_examples=6)
@given(parents=st.lists(st.integers(0, 30), min_size=2, max_size=5), at=st.integers(0, 30))
def test_in_any_tree_one_sees_the_own_subtree_and_nothing_else(parents, at):
    units = [make_unit()]
    for parent in parents:
        units.append(make_unit(parent=units[parent % (len(units) + 1) - 1] if parent % (len(units) + 1) else None))
    own = units[at % len(units)]
    client = signed(Client(), "manager", own)
    for unit in units:
        unit.refresh_from_db()
        inside = unit.path.startswith(own.path)
        member = make_member(unit=unit)
        addresses = [page(unit, name) for name in ("detail", "readers", "edit", "add", "rename", "move", "dissolve")]
        addresses += [
            f"/staff/changes/records.unit/{unit.pk}/",
            f"/staff/changes/records.unit/{unit.pk}/?in=unit",
            f"/staff/changes/records.member/{member.pk}/",
            f"/staff/members/{member.public_id}/readers/",
        ]
        assert {client.get(address).status_code for address in addresses} == {200 if inside else 404}
        listed = client.get(LIST, {"q": unit.code, "state": "all"}).context["page"].rows
        assert (unit in listed) == inside


def test_a_superuser_sees_every_tree(client):
    client.force_login(make_superuser())
    one, two = make_unit(name="A"), make_unit(name="B")
    assert names(client.get(LIST)) == [one.name, two.name]
