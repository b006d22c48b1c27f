"""A campaign's board: my units' figures, live, silent units first, each line leading to where it is put right."""

import contextlib
import time
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, CampaignScope, Invitation, Registration, SelfRegistration, Tally, UnitPlan
from campaigns.ranking import FIGURES, WAITS, board, figures_of
from records.models import Member, Unit
from records.sessions import SEEN_AT, SIGNED_IN_AT
from tests.factories import (
    make_branch,
    make_campaign,
    make_member,
    make_plan,
    make_posting,
    make_registration,
    make_sector,
    make_staff,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
COUNTED = ("registered", "done")


def address(campaign, unit=None):
    return f"/staff/campaigns/{campaign.slug}/" + (f"?unit={unit.pk}" if unit else "")


def seen_by(client, user, campaign, unit=None):
    client.force_login(user)
    response = client.get(address(campaign, unit))
    assert response.status_code == 200
    return response


def send_in(campaign, unit, **fields):
    """Somebody registers by the unit's link."""
    invitation = Invitation.objects.get_or_create(campaign=campaign, unit=unit)[0]
    return SelfRegistration.objects.create(invitation=invitation, full_name="Nguyễn Văn An", birth_year=1970, **fields)


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh Xa")


# Order


def counted(name, **fields):
    numbers = dict.fromkeys((*FIGURES, *WAITS), 0)
    others = {"pk": 1, "owes": False, "plan": "", "plan_due_on": None, "headcount": 0, "has_below": True, "code": name}
    return SimpleNamespace(name=name, **{**numbers, **others, **fields})


def test_silent_units_come_first_then_those_that_lack_most_persons_then_the_lowest_rate():
    head = counted("tỉnh", eligible=1000, registered=700)
    units = [
        counted("đạt cao", eligible=10, registered=10),
        counted("đạt vừa đủ", eligible=10, registered=9),
        counted("thiếu ít", eligible=10, registered=8),
        counted("thiếu nhiều", eligible=100, registered=80),
        counted("chỉ có bản nháp", eligible=5, begun=1, owed=1),
        counted("im lặng", eligible=3, owed=1),
        counted("im lặng và đông", eligible=30, owed=1),
        counted("chờ xác nhận", eligible=2, pending=1),
        counted("không có ai", owed=1, planned=1, begun=1),
    ]
    table = board([head, *units], 90)
    assert [row.name for row in table.rows] == [
        "im lặng và đông",
        "im lặng",
        "thiếu nhiều",
        "chỉ có bản nháp",
        "chờ xác nhận",
        "thiếu ít",
        "đạt vừa đủ",
        "đạt cao",
        "không có ai",
    ]
    assert (table.silent, table.below) == (2, 6)


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 3), max_size=30), st.integers(0, 5), st.integers(0, 40))
def test_the_pages_hold_every_unit_once_and_the_own_line_what_is_left(numbers, own, start):
    units = [counted(f"{i}", pk=i, eligible=a + b, registered=b, begun=c) for i, (a, b, c) in enumerate(numbers)]
    total = {name: sum(getattr(unit, name) for unit in units) for name in (*FIGURES, *WAITS)}
    head = counted("tỉnh", **{**total, "eligible": total["eligible"] + own})
    pages, at = [], 0
    while at is not None:
        table = board([head, *units], 90, at, 7)
        pages += [row.pk for row in table.rows]
        at = table.next_start
    assert sorted(pages) == list(range(len(units)))
    left = (table.own.eligible, table.own.registered) if table.own else (0, 0)
    assert left == (own, 0)
    assert board([head, *units], 90, start, 7).total.eligible == head.eligible


# Figures


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("rpfwadsbtlmc")), max_size=14))
def test_the_boards_figures_equal_a_live_count_after_any_acts(acts):
    """However members register, withdraw, move and leave and plans come and go, in a tree of three levels."""
    point = transaction.savepoint()
    root = make_unit()
    districts = [make_unit(parent=root) for _ in range(2)]
    branches = [make_branch(parent=district) for district in districts for _ in range(2)]
    campaign = make_campaign(scope=root)
    members = [make_member(unit=branches[i % 4]) for i in range(6)]
    for which, act in acts:
        member, branch = Member.objects.get(pk=members[which].pk), Unit.objects.get(pk=branches[which % 4].pk)
        with contextlib.suppress(ValidationError), transaction.atomic():
            carry_out(act, campaign, member, branch)
    assert Tally.objects.differences() == []
    for unit in Unit.objects.filter(path__startswith=root.path):
        shown = Campaign.objects.get(pk=campaign.pk).board_units(unit)
        for row in shown:
            assert {name: getattr(row, name) for name in (*FIGURES, *WAITS)} == live(campaign, row), row
    top = board(Campaign.objects.get(pk=campaign.pk).board_units(root), 90).total
    assert figures_of(top) == figures_of(Campaign.objects.with_rates().get(pk=campaign.pk))
    transaction.savepoint_rollback(point)


def carry_out(act, campaign, member, branch):
    """One act of a clerk, by a letter; raises ValidationError where it is refused."""
    registration = campaign.registrations.filter(member=member).first()
    plan = campaign.plans.filter(unit=branch).first()
    match act:
        case "r" | "p" if registration is None:
            make_registration(campaign, member, status="registered" if act == "r" else "pending")
        case "c" if registration:
            registration.confirm()
        case "f" if registration:
            registration.finish("good")
        case "w" if registration:
            registration.withdraw("chuyển công tác")
        case "a" if registration:
            registration.register_again()
        case "d" if plan is None:
            make_plan(campaign, branch)
        case "s" if plan:
            plan.submit()
        case "b" if plan:
            plan.send_back("thiếu số lượng")
        case "t":
            member.transfer_to(branch, member.memberships.latest("valid_from").valid_from)
        case "l":
            member.change_standing("left", member.memberships.latest("valid_from").valid_from)
        case "m":
            send_in(campaign, branch)


def live(campaign, unit):
    """A unit's figures, row by row in Python."""
    below = [u for u in Unit.objects.all() if u.path.startswith(unit.path)]
    keys = {u.pk for u in below}
    registrations = [r for r in Registration.objects.filter(campaign=campaign) if r.unit_id in keys]
    plans = [p for p in UnitPlan.objects.filter(campaign=campaign) if p.unit_id in keys]
    sent = SelfRegistration.objects.filter(campaign=campaign, status="waiting")
    return {
        "owed": sum(u.kind == Unit.Kind.GRASSROOTS_BRANCH for u in below),
        "planned": sum(p.status in ("submitted", "approved") for p in plans),
        "eligible": sum(m.place.pk in keys for m in Member.objects.all() if m.is_active),
        "registered": sum(r.status in COUNTED for r in registrations),
        "done": sum(r.status == "done" for r in registrations),
        "begun": len(plans),
        "submitted": sum(p.status == "submitted" for p in plans),
        "returned": sum(p.status == "returned" for p in plans),
        "pending": sum(r.status == "pending" for r in registrations),
        "waiting": sum(s.unit_id in keys for s in sent),
    }


def test_a_closed_campaigns_board_stands_while_its_units_move(client, province):
    district, elsewhere = make_unit(parent=province), make_unit()
    branch = make_branch(parent=district)
    campaign = make_campaign(scope=province)
    make_registration(campaign, make_member(unit=branch))
    campaign.close()
    user = make_staff("viewer", province)
    before = figures_of(seen_by(client, user, campaign).context["board"].total)
    branch.move_to(elsewhere, branch.members.get().memberships.get().valid_from)
    assert figures_of(seen_by(client, user, campaign).context["board"].total) == before


# Whose units


@pytest.mark.one_database
def test_the_board_begins_at_my_unit_and_goes_down_the_tree(client, province):
    district = make_unit(parent=province, name="Đảng bộ huyện A")
    branch = make_branch(parent=district, name="Chi bộ 1")
    make_branch(parent=make_unit(parent=province))
    campaign = make_campaign(scope=province)
    make_registration(campaign, make_member(unit=branch))
    user = make_staff("viewer", province)
    top = seen_by(client, user, campaign)
    assert top.context["under"] == province and len(top.context["board"].rows) == 2
    assert f'href="?unit={district.pk}"' in top.content.decode()
    below = seen_by(client, user, campaign, district)
    assert [row.name for row in below.context["board"].rows] == ["Chi bộ 1"]
    leaf = seen_by(client, user, campaign, branch)
    assert [unit.pk for unit in leaf.context["steps"]] == [province.pk, district.pk]
    assert leaf.context["board"].rows == [] and leaf.context["board"].own.registered == 1


@pytest.mark.one_database
def test_posted_at_a_leaf_one_sees_the_leaf_and_nothing_beside_it(client, province):
    mine, beside = make_branch(parent=province), make_branch(parent=province)
    campaign = make_campaign(scope=province)
    make_registration(campaign, make_member(unit=beside))
    make_member(unit=mine)
    user = make_staff("clerk", mine)
    total = seen_by(client, user, campaign).context["board"].total
    assert (total.pk, total.eligible, total.registered, total.owed) == (mine.pk, 1, 0, 1)
    for other in (beside, province):
        assert client.get(address(campaign, other)).status_code == 404
    for crafted in ("x", "-1", "9" * 40, "²"):
        assert client.get(f"{address(campaign)}?unit={crafted}").status_code == 404


def test_several_postings_are_tabs_one_inside_another_is_not(client, province):
    first, second = make_branch(parent=province), make_branch(parent=province)
    inside = make_unit(parent=first)
    campaign = make_campaign(scope=province)
    make_member(unit=second)
    user = make_staff("viewer", first)
    for unit in (second, inside):
        make_posting("clerk", unit, user=user)
    tops = seen_by(client, user, campaign).context["tops"]
    assert tops == [first, second]
    assert seen_by(client, user, campaign, second).context["top"] == second
    assert seen_by(client, user, campaign, inside).context["top"] == first


@pytest.mark.one_database
def test_my_unit_outside_the_scope_has_nothing_to_count(client):
    launcher, concerned = make_unit(), make_branch()
    campaign = make_campaign(launched_by=launcher, scope=concerned)
    make_member(unit=concerned)
    user = make_staff("manager", launcher)
    assert figures_of(seen_by(client, user, campaign).context["board"].total) == dict.fromkeys(FIGURES, 0)
    total = seen_by(client, make_superuser(), campaign).context["board"].total
    assert (total.pk, total.eligible) == (concerned.pk, 1)


@pytest.mark.one_database
def test_a_sectors_campaign_counts_only_its_units(client, province):
    sector = make_sector()
    inside, outside = make_branch(parent=province, sector=sector), make_branch(parent=province)
    campaign = make_campaign(launched_by=province, scope=make_unit())
    CampaignScope.objects.create(campaign=campaign, sector=sector)
    for unit in (inside, outside):
        make_member(unit=unit)
    table = seen_by(client, make_staff("viewer", province), campaign).context["board"]
    assert [row.pk for row in table.rows] == [inside.pk] and table.total.eligible == 1


# What a line says


@pytest.mark.one_database
def test_a_line_says_how_far_its_plan_is_and_what_waits(client, province):
    branches = [make_branch(parent=province) for _ in range(5)]
    campaign = make_campaign(scope=province)
    for branch, status in zip(branches, ("", "draft", "submitted", "returned", "approved"), strict=True):
        make_member(unit=branch)
        if status:
            make_plan(campaign, branch, status=status, return_reason="thiếu")
    send_in(campaign, branches[0])
    make_registration(campaign, make_member(unit=branches[0]), status="pending")
    response = seen_by(client, make_staff("viewer", province), campaign)
    rows = {row.pk: row for row in response.context["board"].rows}
    assert [rows[branch.pk].plan for branch in branches] == ["", "draft", "submitted", "returned", "approved"]
    assert rows[branches[0].pk].to_confirm == 2 and not rows[branches[0].pk].is_silent
    total = response.context["board"].total
    assert (total.owed, total.planned, total.submitted, total.returned, total.to_confirm) == (5, 2, 1, 1, 2)


@pytest.mark.one_database
def test_the_page_offers_its_parts_and_the_list_of_reminders(client, province):
    campaign = make_campaign(scope=province)
    make_member(unit=make_branch(parent=province))
    page = seen_by(client, make_staff("viewer", province), campaign).content.decode()
    assert f"{address(campaign)}reminders/" in page and campaign.get_absolute_url() in page
    assert f"{address(campaign)}edit/" not in page


def test_the_figures_and_the_parts_lead_to_what_the_user_may_open(client, province):
    campaign = make_campaign(scope=province)
    branch, other = make_branch(parent=province, code="CB-1"), make_branch(code="CB-2")
    for unit in (branch, other):
        make_member(unit=unit)
    clerk = make_staff("clerk", province)
    make_posting("clerk", other, user=clerk)
    link = f'"{address(campaign)}invitations/{branch.pk}/"'
    for user, unit, offered in ((clerk, branch, True), (make_staff("viewer", province), branch, False)):
        page = seen_by(client, user, campaign, unit).content.decode()
        assert f'"{address(campaign)}plans/?unit=CB-1"' in page
        assert f'"{address(campaign)}registrations/?unit=CB-1"' in page
        assert f'"{address(campaign)}reports/{branch.pk}/"' in page
        assert (link in page) is offered and (f'"{address(campaign)}invitations/"' in page) is False
    # Where the campaign does not reach there is nothing to open.
    page = seen_by(client, clerk, campaign, other).content.decode()
    assert (
        f"/results/{other.pk}/" not in page
        and f"/reports/{other.pk}/" not in page
        and f"/invitations/{other.pk}/" not in page
    )


def test_what_is_due_in_the_list_leads_to_it(client, province):
    campaign = make_campaign(scope=province, results_due_on="2020-06-01")
    branch = make_branch(parent=province)
    make_registration(campaign, make_member(unit=branch))
    make_registration(campaign, make_member(unit=branch), status="pending")
    client.force_login(make_staff("clerk", province))
    for sent, waiting in ((False, "registrations/?status=pending"), (True, "self-registrations/")):
        if sent:
            send_in(campaign, branch)
        page = client.get("/staff/campaigns/").content.decode()
        for part in ("plans/?state=owed", waiting, "registrations/?status=registered"):
            assert f'"{address(campaign)}{part}"' in page


@pytest.mark.one_database
def test_what_the_page_asks_by_itself_does_not_keep_a_session_alive(client, province):
    campaign = make_campaign(scope=province)
    client.force_login(make_staff("viewer", province))
    session, long_ago = client.session, int(time.time()) - 600
    session[SIGNED_IN_AT] = session[SEEN_AT] = long_ago
    session.save()
    client.get(address(campaign), headers={"X-Background": "1"})
    assert client.session[SEEN_AT] == long_ago
    client.get(address(campaign))
    assert client.session[SEEN_AT] > long_ago


# Budget


def grow(campaign, province, number):
    """Give the province districts, each with branches in every state, until it has that many."""
    for index in range(province.children.count(), number):
        district = make_unit(parent=province, name=f"Đảng bộ xã Nguyễn Thị Minh Khai số {index}")
        branch = make_branch(parent=district)
        make_registration(campaign, make_member(unit=branch), status=("registered", "pending", "done")[index % 3])
        make_branch(parent=district)
        if index % 2:
            make_plan(campaign, branch).submit()


@pytest.mark.one_database
def test_the_board_of_sixty_units_stays_within_its_budget(client, province):
    campaign = make_campaign(scope=province, plans_due_on="2020-03-01")
    user = make_staff("manager", province)
    counts = []
    for number in (1, 3, 60):
        grow(campaign, province, number)
        client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address(campaign))
        counts.append(len(queries))
        assert len(response.context["board"].rows) == number
    assert counts[0] == counts[1] == counts[2] <= 10
    assert len(response.content) <= 45 * 1024, len(response.content)
    client.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address(campaign, province.children.first().children.first()))
    assert response.status_code == 200 and len(queries) <= 10


def test_more_units_than_a_page_holds_follow_on_the_next(client, province, monkeypatch):
    monkeypatch.setattr("campaigns.views.staff_campaigns.UNITS_SHOWN", 2)
    campaign = make_campaign(scope=province)
    grow(campaign, province, 5)
    user, found, query = make_staff("viewer", province), [], ""
    client.force_login(user)
    while query is not None:
        context = client.get(address(campaign) + query).context
        found += [row.pk for row in context["board"].rows]
        query = context["page"]["next_url"] or None
    assert len(found) == len(set(found)) == 5
