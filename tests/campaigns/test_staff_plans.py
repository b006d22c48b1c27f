"""Units' plans in the staff portal: what each role sees and does, and that nothing typed is lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from campaigns.models import Campaign, PlannedActivity, UnitPlan
from campaigns.plan_history import read_history
from records.models import AuditEvent
from tests.factories import (
    make_activity,
    make_award_type,
    make_branch,
    make_campaign,
    make_member,
    make_plan,
    make_registration,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db
DAY = date(2020, 11, 5)
PDF = b"%PDF-1.4 trang"


@pytest.fixture
def branch():
    return make_branch(parent=make_unit(), name="Đảng bộ xã Đá Bạc", code="DABAC")


@pytest.fixture
def campaign(branch):
    return make_campaign(scope=branch.parent)


@pytest.fixture
def lamps(campaign):
    return make_activity(campaign, name="Lắp đèn", measure="bóng đèn")


@pytest.fixture
def trees(campaign):
    return make_activity(campaign, name="Trồng hoa", measure="mét")


def signed_in(role, unit):
    client = Client()
    client.user = make_staff(role, unit)
    client.force_login(client.user)
    return client


@pytest.fixture
def clerk(branch):
    return signed_in("clerk", branch)


@pytest.fixture
def approver(branch):
    return signed_in("approver", branch.parent)


def page(name, campaign, unit=None):
    return reverse(f"campaigns:staff_plan_{name}", args=[campaign.slug] + ([unit.pk] if unit else []))


def opened(client, campaign, unit):
    """What the form holds for whoever opens it now, as a browser would send it."""
    form = client.get(page("edit", campaign, unit)).context["form"]
    sent = {}
    for bound in form:
        if bound.name in ("file", "aims_at"):
            continue
        value = bound.value()
        if value is True:
            sent[bound.name] = "on"
        elif value is not None and value is not False:
            sent[bound.name] = f"{value:%d/%m/%Y}" if isinstance(value, date) else value
    if aims_at := form.initial.get("aims_at"):
        sent |= {"aims_at": form.fields["aims_at"].row(aims_at), "aims_at_key": aims_at}
    return sent


def write(client, campaign, unit, name="edit", **typed):
    return client.post(page(name, campaign, unit), {**opened(client, campaign, unit), **typed})


def whole(campaign, unit, activity, **fields):
    plan = make_plan(
        campaign, unit, number="31-KH/ĐU", dated=DAY, person_in_charge="Lý Tấn Lộc", member_target=9, **fields
    )
    plan.file.save("ke-hoach.pdf", ContentFile(PDF))
    plan.choose({activity.pk: Decimal(40)})
    return plan


# The list


def names(response):
    return [unit.name for unit in response.context["page"].rows]


def counts(response):
    return [chip["count"] for chip in response.context["states"]]


@pytest.fixture
def district(campaign, branch):
    """One unit in each state, all below the branch's own unit."""
    units = {"missing": branch}
    for state in ("draft", "submitted", "returned", "approved"):
        units[state] = make_branch(parent=branch.parent, name=f"Chi bộ {state}")
        make_plan(campaign, units[state], status=state, return_reason="x" if state == "returned" else "")
    return units


def test_the_list_counts_each_state_and_shows_one(approver, campaign, district):
    response = approver.get(page("list", campaign))
    assert len(names(response)) == 5 and counts(response) == [5, 1, 1, 1, 1, 0, 1]
    for state, unit in district.items():
        response = approver.get(page("list", campaign), {"state": state})
        assert names(response) == [unit.name] and response.context["count"] == 1
        assert counts(response) == [5, 1, 1, 1, 1, 0, 1]


def test_what_is_late_is_what_was_not_handed_in_by_its_day(approver, campaign, district):
    yesterday = timezone.localdate() - timedelta(days=1)
    Campaign.objects.update(plans_due_on=yesterday)
    UnitPlan.objects.filter(status="returned").update(due_on=yesterday + timedelta(days=9))
    late = names(approver.get(page("list", campaign), {"state": "overdue"}))
    assert sorted(late) == sorted([district["missing"].name, district["draft"].name])


def test_units_are_found_without_tones_and_by_the_unit_above(approver, campaign, district, branch):
    assert names(approver.get(page("list", campaign), {"q": "da bac"})) == [branch.name]
    assert names(approver.get(page("list", campaign), {"unit": "DABAC"})) == [branch.name]
    assert len(names(approver.get(page("list", campaign), {"unit": branch.parent.code}))) == 5
    nowhere = approver.get(page("list", campaign), {"unit": "KHONG-CO", "state": "bậy"})
    assert names(nowhere) == [] and nowhere.context["filter"].refusals


def test_the_list_shows_the_own_units_only(clerk, campaign, district, branch):
    assert names(clerk.get(page("list", campaign))) == [branch.name]


@pytest.mark.one_database
def test_the_list_costs_the_same_however_long_it_is(approver, campaign, branch):
    def cost(**query):
        with CaptureQueriesContext(connection) as seen:
            response = approver.get(page("list", campaign), query)
        return len(seen), len(response.content)

    cost()
    one = cost()[0]
    for n in range(60):
        unit = make_branch(parent=branch.parent, name=f"Chi bộ thôn Hữu nghị số {n:02}")
        if n % 2:
            make_plan(campaign, unit, number=f"{n}-KH/CB", dated=DAY)
    queries, size = cost()
    assert queries == one <= 8 and size <= 45_000
    assert cost(q="chi bo", unit=branch.parent.code, state="draft")[0] <= 8
    first = approver.get(page("list", campaign))
    second = approver.get(page("list", campaign) + first.context["page"].next_url)
    assert len(names(first)) == 50 and len(names(second)) == 11
    assert not set(names(first)) & set(names(second))


# A plan's page


@pytest.mark.one_database
def test_a_unit_that_owes_a_plan_has_a_page_that_leads_to_making_it(clerk, campaign, branch):
    shown = clerk.get(page("detail", campaign, branch)).content.decode()
    assert page("edit", campaign, branch) in shown


@pytest.mark.one_database
def test_a_viewer_sees_the_plan_and_no_button(campaign, branch, lamps):
    whole(campaign, branch, lamps)
    shown = signed_in("viewer", branch).get(page("detail", campaign, branch)).content.decode()
    assert "31-KH/ĐU" in shown and "Lý Tấn Lộc" in shown
    for action in ("edit", "submit", "recall", "decide"):
        assert page(action, campaign, branch) not in shown


def test_a_unit_outside_the_campaign_has_no_plan_there(campaign):
    outside = make_branch()
    user = make_staff("clerk", campaign.launched_by)
    outside.postings.create(user=user, role="clerk", valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(user)
    for name in ("detail", "edit", "submit"):
        assert client.get(page(name, campaign, outside)).status_code == 404
    assert client.post(page("draft", campaign, outside), {"number": "1"}).status_code == 404
    assert not UnitPlan.objects.exists()


@pytest.mark.one_database
def test_the_page_says_what_is_registered_and_what_was_checked(clerk, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    member = make_member(unit=branch)
    make_registration(campaign, member).pledges.create(activity=lamps, quantity=52)
    context = clerk.get(page("detail", campaign, branch)).context
    assert [(line.target, line.registered) for line in context["lines"]] == [(40, 52)]
    assert context["figures"].registered == 1 and any("52" in check.text for check in context["checks"])
    assert context["paper"]["url"] == reverse("records:file_download", args=[plan.file.name])
    assert context["paper"]["size"] == len(PDF)


@pytest.mark.one_database
def test_a_file_that_was_lost_does_not_break_the_page(clerk, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    plan.file.storage.delete(plan.file.name)
    assert clerk.get(page("detail", campaign, branch)).status_code == 200
    assert clerk.get(page("submit", campaign, branch)).context["gaps"]


# Writing


def test_a_first_draft_may_have_gaps(clerk, campaign, branch):
    response = write(clerk, campaign, branch, number="31-KH/ĐU")
    assert response.url == page("detail", campaign, branch)
    plan = UnitPlan.objects.get()
    assert (plan.number, plan.status, plan.unit_path) == ("31-KH/ĐU", "draft", branch.path)
    assert plan.history.get().history_user == clerk.user


def test_everything_that_was_typed_is_kept(clerk, campaign, branch, lamps, trees):
    title = make_award_type(name="Bằng khen của Ban Thường vụ Tỉnh ủy")
    response = write(
        clerk, campaign, branch, number="31-KH/ĐU", dated="5/11/2020", person_in_charge="Lý Tấn Lộc",
        aims_at=title.name, member_target="168", file=SimpleUploadedFile("Kế hoạch.pdf", PDF), check="yes",
        **{f"chosen_{lamps.pk}": "on", f"target_{lamps.pk}": "1.200", f"target_{trees.pk}": "0,5"},
    )  # fmt: skip
    assert response.url == page("submit", campaign, branch)
    plan = UnitPlan.objects.get()
    assert (plan.dated, plan.member_target, plan.aims_at) == (DAY, 168, title)
    assert plan.file.read() == PDF and "Kế" not in plan.file.name
    assert dict(plan.planned.values_list("activity", "target")) == {lamps.pk: 1200, trees.pk: Decimal("0.5")}


def test_an_activity_is_unticked_or_changed(clerk, campaign, branch, lamps, trees):
    plan = whole(campaign, branch, lamps)
    plan.choose({lamps.pk: Decimal(40), trees.pk: Decimal(2)})
    sent = opened(clerk, campaign, branch)
    del sent[f"chosen_{lamps.pk}"]
    clerk.post(page("edit", campaign, branch), {**sent, f"target_{trees.pk}": "3"})
    assert dict(plan.planned.values_list("activity", "target")) == {trees.pk: 3}
    newest = PlannedActivity.history.filter(history_user=clerk.user).order_by("history_id")
    assert [*newest.values_list("history_type", flat=True)] == ["-", "~"]


def test_a_line_of_another_campaign_is_not_taken(clerk, campaign, branch):
    foreign = make_activity(make_campaign(scope=branch.parent))
    write(clerk, campaign, branch, **{f"chosen_{foreign.pk}": "on", f"target_{foreign.pk}": "9"})
    assert not PlannedActivity.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "typed",
    [
        {"dated": "31/11/2020"}, {"dated": "1/1/2199"}, {"member_target": "nhiều"}, {"member_target": "-3"},
        {"aims_at": "Danh hiệu không có"}, {"file": SimpleUploadedFile("virus.exe", b"MZ")},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_box_and_the_rest_stays(clerk, campaign, branch, typed):
    response = write(clerk, campaign, branch, number="31-KH/ĐU", **typed)
    assert response.status_code == 200 and set(response.context["form"].errors) == set(typed)
    assert response.context["form"]["number"].value() == "31-KH/ĐU"
    assert not UnitPlan.objects.exists()


def test_a_file_chosen_on_a_page_with_a_mistake_is_not_lost(clerk, campaign, branch, lamps):
    upload = SimpleUploadedFile("kh.pdf", PDF)
    response = write(clerk, campaign, branch, dated="31/11/2020", file=upload, **{f"target_{lamps.pk}": "4"})
    plan = UnitPlan.objects.get()
    assert plan.file and plan.dated is None and response.context["paper"]
    # The page that came back knows of what was kept.
    form = response.context["form"]
    again = {"version": form["version"].value(), f"target_{lamps.pk}": "4", "dated": "5/11/2020"}
    assert clerk.post(page("edit", campaign, branch), {**again, f"chosen_{lamps.pk}": "on"}).status_code == 302
    plan.refresh_from_db()
    assert plan.file and plan.dated == DAY and plan.planned.get().target == 4


def test_saving_twice_keeps_one_plan(clerk, campaign, branch, lamps):
    sent = opened(clerk, campaign, branch) | {"number": "31-KH/ĐU", f"target_{lamps.pk}": "4"}
    for _n in range(2):
        assert clerk.post(page("edit", campaign, branch), sent).status_code == 302
    assert UnitPlan.objects.count() == 1 and PlannedActivity.history.count() == 1


# Two clerks


def test_what_a_colleague_changed_elsewhere_on_the_plan_stays(clerk, campaign, branch, lamps, trees):
    whole(campaign, branch, lamps)
    mine = opened(clerk, campaign, branch)
    colleague = signed_in("clerk", branch)
    write(colleague, campaign, branch, person_in_charge="Võ Thị Sáu", **{f"target_{trees.pk}": "5"})
    response = clerk.post(page("edit", campaign, branch), {**mine, "number": "32-KH/ĐU", f"target_{lamps.pk}": "60"})
    assert response.status_code == 302
    plan = UnitPlan.objects.get()
    assert (plan.number, plan.person_in_charge) == ("32-KH/ĐU", "Võ Thị Sáu")
    assert dict(plan.planned.values_list("activity", "target")) == {lamps.pk: 60, trees.pk: 5}


def test_where_both_wrote_the_second_is_shown_the_firsts_and_decides(clerk, campaign, branch, lamps, trees):
    whole(campaign, branch, lamps)
    mine = opened(clerk, campaign, branch) | {"number": "32-KH/ĐU", f"target_{lamps.pk}": "60"}
    colleague = signed_in("clerk", branch)
    theirs = {
        "number": "33-KH/ĐU",
        "person_in_charge": "Võ Thị Sáu",
        f"target_{lamps.pk}": "70",
        f"target_{trees.pk}": "5",
    }
    write(colleague, campaign, branch, **theirs)
    form = clerk.post(page("edit", campaign, branch), mine).context["form"]
    assert set(form.errors) == {"number", f"target_{lamps.pk}"}
    assert "33-KH/ĐU" in form.errors["number"][0] and "70" in form.errors[f"target_{lamps.pk}"][0]
    # What only the colleague wrote is shown in the boxes, so that sending again does not undo it.
    shown = {bound.name: bound.value() for bound in form if bound.name not in ("file", "aims_at")}
    assert shown["person_in_charge"] == "Võ Thị Sáu" and shown[f"target_{trees.pk}"] == "5"
    assert UnitPlan.objects.get().number == "33-KH/ĐU"
    again = {
        name: "on" if value is True else value
        for name, value in shown.items()
        if value is not None and value is not False
    }
    assert clerk.post(page("edit", campaign, branch), again).status_code == 302
    plan = UnitPlan.objects.get()
    assert (plan.number, plan.person_in_charge) == ("32-KH/ĐU", "Võ Thị Sáu")
    assert dict(plan.planned.values_list("activity", "target")) == {lamps.pk: 60, trees.pk: 5}


def test_two_clerks_who_both_make_the_plan(clerk, campaign, branch, lamps):
    mine = opened(clerk, campaign, branch) | {"number": "32-KH/ĐU", "person_in_charge": "Lý Tấn Lộc"}
    write(signed_in("clerk", branch), campaign, branch, number="33-KH/ĐU", **{f"target_{lamps.pk}": "70"})
    form = clerk.post(page("edit", campaign, branch), mine).context["form"]
    assert set(form.errors) == {"number"}
    assert UnitPlan.objects.get().number == "33-KH/ĐU" and PlannedActivity.objects.get().target == 70


# The draft that keeps itself


def test_the_draft_is_kept_while_it_is_typed(clerk, campaign, branch, lamps):
    first = write(clerk, campaign, branch, "draft", number="31-KH").json()
    sent = opened(clerk, campaign, branch)
    assert sent["version"] == first["version"]
    second = clerk.post(
        page("draft", campaign, branch), {**sent, **first, "number": "31-KH/ĐU", f"target_{lamps.pk}": "1.200"}
    )
    assert second.status_code == 200 and second.json()["version"] > first["version"]
    assert UnitPlan.objects.get().number == "31-KH/ĐU" and PlannedActivity.objects.get().target == 1200


def test_what_is_half_typed_waits_and_the_rest_is_kept(clerk, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    half = {"number": "32-KH/ĐU", "dated": "3/1", f"target_{lamps.pk}": "4x"}
    told = write(clerk, campaign, branch, "draft", **half).json()
    # Whoever reads that the draft was kept is told what was not.
    assert not told["whole"] and told["text"].endswith(f": {gettext('Date of the plan')}, {lamps.name}")
    assert write(clerk, campaign, branch, "draft", number="32-KH/ĐU").json()["whole"]
    plan.refresh_from_db()
    assert (plan.number, plan.dated, plan.planned.get().target) == ("32-KH/ĐU", DAY, 40)


def test_the_draft_is_not_kept_over_what_a_colleague_wrote(clerk, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    for theirs in ({"number": "33-KH/ĐU"}, {f"target_{lamps.pk}": "70"}):
        mine = opened(clerk, campaign, branch)
        write(signed_in("clerk", branch), campaign, branch, **theirs)
        answer = clerk.post(page("draft", campaign, branch), {**mine, "person_in_charge": "Ai đó"})
        assert answer.status_code == 409 and answer.json()["text"]
    plan.refresh_from_db()
    assert (plan.number, plan.person_in_charge, plan.planned.get().target) == ("33-KH/ĐU", "Lý Tấn Lộc", 70)


@pytest.mark.one_database
def test_keeping_what_stands_there_already_leaves_no_trace(clerk, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    before = plan.history.count(), PlannedActivity.history.count()
    assert write(clerk, campaign, branch, "draft").status_code == 200
    assert (plan.history.count(), PlannedActivity.history.count()) == before


# Handing in


@pytest.mark.one_database
def test_what_is_missing_is_named_and_nothing_is_handed_in(clerk, campaign, branch):
    make_plan(campaign, branch)
    assert [gap.field for gap in clerk.get(page("submit", campaign, branch)).context["gaps"]][:2] == ["number", "dated"]
    response = clerk.post(page("submit", campaign, branch))
    assert response.status_code == 200 and f"{page('edit', campaign, branch)}#id_number" in response.content.decode()
    assert UnitPlan.objects.get().status == "draft"


def figures(campaign):
    row = Campaign.objects.with_rates().get(pk=campaign.pk)
    return row.planned, row.owed


def test_the_plan_rate_follows_every_act(clerk, approver, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    assert figures(campaign) == (0, 1)
    assert clerk.post(page("submit", campaign, branch)).status_code == 302
    assert figures(campaign) == (1, 1)
    clerk.post(page("recall", campaign, branch))
    assert figures(campaign) == (0, 1)
    clerk.post(page("submit", campaign, branch))
    decide(approver, campaign, branch, decision="return", reason="Sửa", due_on="1/1/2199")
    assert figures(campaign) == (0, 1)
    clerk.post(page("submit", campaign, branch))
    decide(approver, campaign, branch, decision="approve")
    assert figures(campaign) == (1, 1)
    shown = Client().get(reverse("campaigns:campaign_detail", args=[campaign.slug]))
    assert (shown.context["campaign"].planned, shown.context["campaign"].owed) == (1, 1)
    plan.refresh_from_db()
    past = read_history(plan, {})
    assert [entry.by for entry in past.entries if entry.kind == "submitted"] == [clerk.user] * 3
    assert [entry.by for entry in past.entries if entry.kind in ("approved", "returned")] == [approver.user] * 2


@pytest.mark.one_database
def test_a_plan_handed_in_is_taken_back_before_it_is_changed(clerk, campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    sent = opened(clerk, campaign, branch)
    clerk.post(page("submit", campaign, branch))
    assert clerk.get(page("edit", campaign, branch)).url == page("detail", campaign, branch)
    assert clerk.post(page("edit", campaign, branch), {**sent, "number": "9"}).status_code == 302
    assert clerk.post(page("draft", campaign, branch), {**sent, "number": "9"}).status_code == 409
    plan.refresh_from_db()
    assert (plan.number, plan.status) == ("31-KH/ĐU", "submitted")
    assert clerk.get(page("recall", campaign, branch)).status_code == 200
    clerk.post(page("recall", campaign, branch))
    plan.refresh_from_db()
    assert plan.status == "draft" and plan.history.first().history_user == clerk.user


@pytest.mark.one_database
@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_plans_of_a_campaign_that_is_not_worked_on_are_only_read(branch, lamps, campaign, status):
    plan = whole(campaign, branch, lamps)
    Campaign.objects.update(status=status)
    client = signed_in("approver", branch.parent)
    shown = client.get(page("detail", campaign, branch)).content.decode()
    assert page("edit", campaign, branch) not in shown
    client.post(page("edit", campaign, branch), {"number": "9"})
    client.post(page("draft", campaign, branch), {"number": "9"})
    client.post(page("submit", campaign, branch))
    plan.refresh_from_db()
    assert (plan.number, plan.status) == ("31-KH/ĐU", "draft")
    UnitPlan.objects.update(status="submitted")
    client.post(page("recall", campaign, branch))
    client.post(page("decide", campaign, branch), {"decision": "approve"})
    plan.refresh_from_db()
    assert plan.status == "submitted"


# Deciding


def decide(client, campaign, unit, **said):
    form = client.get(page("detail", campaign, unit)).context["form"]
    return client.post(page("decide", campaign, unit), {"version": form["version"].value(), **said})


@pytest.fixture
def waiting(campaign, branch, lamps):
    plan = whole(campaign, branch, lamps)
    plan.submit()
    return plan


def test_an_approver_approves(approver, campaign, branch, waiting):
    assert decide(approver, campaign, branch, decision="approve").status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "approved" and waiting.history.first().history_user == approver.user
    assert AuditEvent.objects.get(action="plan_approved").actor == approver.user


@pytest.mark.one_database
def test_an_approver_returns_with_the_reason_and_a_new_deadline(approver, clerk, campaign, branch, waiting):
    today = timezone.localdate()
    decide(approver, campaign, branch, decision="return", reason="Thiếu chỉ tiêu đèn", due_on=f"{today:%d/%m/%Y}")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.return_reason, waiting.due_on) == ("returned", "Thiếu chỉ tiêu đèn", today)
    assert waiting.history.first().history_change_reason == "Thiếu chỉ tiêu đèn"
    assert AuditEvent.objects.get(action="plan_returned").reason == "Thiếu chỉ tiêu đèn"
    assert "Thiếu chỉ tiêu đèn" in clerk.get(page("detail", campaign, branch)).content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "said, wrong",
    [
        ({}, "decision"),
        ({"decision": "return", "due_on": "1/1/2199"}, "reason"),
        ({"decision": "return", "due_on": "1/1/2199", "reason": "  "}, "reason"),
        ({"decision": "return", "reason": "Sửa"}, "due_on"),
        ({"decision": "return", "reason": "Sửa", "due_on": "1/1/2020"}, "due_on"),
        ({"decision": "bậy"}, "decision"),
    ],
)
def test_a_decision_is_whole_or_asked_for_again(approver, campaign, branch, waiting, said, wrong):
    response = decide(approver, campaign, branch, **said)
    assert response.status_code == 200 and set(response.context["form"].errors) == {wrong}
    waiting.refresh_from_db()
    assert waiting.status == "submitted"


def test_nobody_approves_what_was_changed_since_they_read_it(approver, clerk, campaign, branch, waiting):
    form = approver.get(page("detail", campaign, branch)).context["form"]
    read = form["version"].value()
    clerk.post(page("recall", campaign, branch))
    write(clerk, campaign, branch, member_target="1")
    clerk.post(page("submit", campaign, branch))
    response = approver.post(page("decide", campaign, branch), {"decision": "approve", "version": read})
    assert response.status_code == 200 and response.context["form"].non_field_errors()
    waiting.refresh_from_db()
    assert waiting.status == "submitted"


def test_of_two_approvers_the_second_is_told(approver, campaign, branch, waiting):
    second = signed_in("manager", branch.parent)
    decide(approver, campaign, branch, decision="approve")
    response = second.post(
        page("decide", campaign, branch), {"decision": "return", "reason": "x", "due_on": "1/1/2199"}
    )
    assert response.status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "approved"


@pytest.mark.one_database
def test_after_a_decision_the_next_plan_that_waits_is_offered(approver, campaign, branch, waiting, lamps):
    other = make_branch(parent=branch.parent)
    make_plan(campaign, other).submit()
    outside = make_branch()
    make_plan(campaign, outside).submit()
    response = approver.get(decide(approver, campaign, branch, decision="approve").url)
    assert response.context["next_plan"].unit == other


@pytest.mark.one_database
def test_a_clerk_neither_sees_nor_sends_a_decision(clerk, campaign, branch, waiting):
    response = clerk.get(page("detail", campaign, branch))
    assert "form" not in response.context and page("decide", campaign, branch) not in response.content.decode()
    assert clerk.post(page("decide", campaign, branch), {"decision": "approve"}).status_code == 403


@pytest.mark.one_database
def test_the_approver_reads_who_handed_it_in_and_what_changed(clerk, approver, campaign, branch, lamps):
    whole(campaign, branch, lamps)
    clerk.post(page("submit", campaign, branch))
    decide(approver, campaign, branch, decision="return", reason="90 cao quá", due_on="1/1/2199")
    write(clerk, campaign, branch, person_in_charge="Võ Thị Sáu", **{f"target_{lamps.pk}": "60"})
    clerk.post(page("submit", campaign, branch))
    context = approver.get(page("detail", campaign, branch)).context
    assert context["past"].times == 2 and context["past"].submitted_by == clerk.user
    assert [(line.kind, line.was, line.target) for line in context["lines"]] == [("changed", 40, 60)]
    assert context["was"] == {"person_in_charge": "Lý Tấn Lộc"}


@pytest.mark.one_database
def test_hostile_words_are_shown_as_words(clerk, campaign, branch):
    write(clerk, campaign, branch, number="<img onerror=x>", person_in_charge="<script>alert(1)</script>")
    for name in ("detail", "edit", "submit"):
        shown = clerk.get(page(name, campaign, branch)).content.decode()
        assert "<script>alert" not in shown and "<img onerror" not in shown
