"""Acts as a tired or a hostile clerk sends them: twice, without asking, out of reach, on days that cannot be."""

from datetime import date

import pytest
from django.contrib import admin

from records.models import AuditEvent, Award, AwardEvent, Decision, Member, UnitEvent
from tests.factories import (
    make_award,
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_unit,
)
from tests.records.admin_pages import page, signed_in

pytestmark = pytest.mark.django_db

IMPOSSIBLE = ["31/02/2020", "00/00/0000", "2020", "1/1/10000", "hôm qua", "1/1/2020\x00", "", "   ", "9" * 300]


@pytest.fixture
def root():
    return make_unit()


@pytest.fixture
def unit(root):
    return make_branch(parent=root, name="Chi bộ 1")


@pytest.fixture
def client(root):
    return signed_in(make_staff("clerk", root))


@pytest.fixture
def approver(root):
    return signed_in(make_staff("approver", root))


def every_act():
    """(noun, verb) for every act of the register's records."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "records":
            yield from ((model._meta.model_name, verb.name) for verb in getattr(model_admin, "verbs", ()))


def world(unit):
    decision = make_decision(unit=unit)
    member = make_member(unit=unit)
    return {
        "unit": unit,
        "member": member,
        "decision": decision,
        "award": make_award(decision=decision, member=member),
    }


def answers(unit, decision):
    """What a person would answer to the questions of any act."""
    return {
        "on": "1/2/2021", "unit": make_branch(parent=unit.parent).pk, "parent": make_unit(parent=unit.parent).pk,
        "why": "transfer", "new_name": "Tên khác", "standing": "left", "kind": "revoke", "decision": decision.pk,
        "reason": "Theo quyết định", "confirmed": "1",
    }  # fmt: skip


def histories(rows):
    return {noun: row.history.count() for noun, row in rows.items()}


@pytest.mark.one_database
@pytest.mark.parametrize(("noun", "verb"), [*every_act()])
def test_an_address_of_an_act_only_asks(root, unit, noun, verb):
    rows = world(unit)
    before = histories(rows)
    client = signed_in(make_superuser())
    code = client.get(page(f"{noun}_verb", rows[noun], verb), answers(unit, rows["decision"])).status_code
    # An act that makes no sense for the record as it stands is refused, not asked about.
    assert code == (403 if verb in ("unpublish", "return") else 200)
    assert histories(rows) == before and not AuditEvent.objects.exclude(action="access_refused").exists()


@pytest.mark.one_database
@pytest.mark.parametrize(("noun", "verb"), [*every_act()])
@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_an_act_out_of_reach_is_refused_whatever_is_sent(unit, who, noun, verb):
    rows = world(unit)
    before = histories(rows)
    client = signed_in(make_staff("viewer", unit) if who == "viewer" else make_staff("manager", make_unit()))
    address = page(f"{noun}_verb", rows[noun], verb)
    for send in (client.get, client.post):
        assert send(address, answers(unit, rows["decision"])).status_code == (403 if who == "viewer" else 302)
    assert histories(rows) == before


@pytest.mark.one_database
@pytest.mark.parametrize("verb", ["no-such", "delete", "__class__"])
def test_an_act_that_does_not_exist_is_refused(unit, verb):
    assert signed_in(make_superuser()).post(page("unit_verb", unit, verb)).status_code == 403


@pytest.mark.one_database
@pytest.mark.parametrize("typed", IMPOSSIBLE)
def test_a_day_that_cannot_be_is_an_error_of_its_field(client, unit, typed):
    member = make_member(unit=unit)
    acts = [
        (page("unit_verb", unit, "rename"), {"new_name": "X", "on": typed}),
        (page("unit_verb", unit, "dissolve"), {"on": typed}),
        (page("member_verb", member, "standing"), {"standing": "left", "on": typed}),
    ]
    for address, data in acts:
        assert list(client.post(address, data).context["form"].errors) == ["on"], address
    assert not UnitEvent.objects.exists() and member.memberships.get().valid_to is None


@pytest.mark.parametrize("typed", ["3/2/1930", "1/1/1900", "31-12-1999", "01/01/2099"])
def test_no_day_is_too_long_ago_or_too_far_ahead(client, unit, typed):
    assert client.post(page("unit_verb", unit, "rename"), {"new_name": "X", "on": typed}).status_code == 302
    assert unit.events.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 256, "a\x00b"])
def test_a_unit_is_not_renamed_to_nothing_or_to_more_than_fits(client, unit, name):
    response = client.post(page("unit_verb", unit, "rename"), {"new_name": name, "on": "1/2/2021"})
    assert list(response.context["form"].errors) == ["new_name"] and not unit.events.exists()


def test_a_name_typed_apart_is_kept_composed_and_shown_as_text(client, unit):
    name = "Chi bo\u0323\u0302 <script>alert(1)</script>"
    client.post(page("unit_verb", unit, "rename"), {"new_name": name, "on": "1/2/2021"})
    unit.refresh_from_db()
    assert unit.name == "Chi bộ <script>alert(1)</script>"
    for address in (page("unit_change", unit), page("unit_history", unit), page("unit_verb", unit, "rename")):
        assert b"<script>alert" not in client.get(address).content


def test_a_unit_is_not_dissolved_before_it_was_established_and_a_word_says_so(client, root):
    young = make_unit(parent=root, established_on=date(2020, 1, 1))
    response = client.post(page("unit_verb", young, "dissolve"), {"on": "1/1/2019"})
    assert response.status_code == 200 and response.context["form"].errors
    young.refresh_from_db()
    assert young.dissolved_on is None and not young.events.exists()


@pytest.mark.one_database
def test_a_person_does_not_leave_before_coming(client, unit):
    member = make_member(unit=unit, since=date(2020, 1, 1))
    for verb, data in (
        ("standing", {"standing": "left"}),
        ("transfer", {"unit": unit.parent.pk, "why": "transfer"}),
    ):
        response = client.post(page("member_verb", member, verb), data | {"on": "1/1/2019"})
        assert response.status_code == 200 and response.context["form"].non_field_errors(), verb
    member.refresh_from_db()
    assert (member.standing, member.unit) == ("full", unit) and member.memberships.get().valid_to is None


def test_the_same_act_sent_twice_is_done_once(client, approver, root, unit):
    member, other = make_member(unit=unit), make_branch(parent=root)
    award = make_award(decision=make_decision(unit=root), recipient_name="Lê Văn Mận")
    transfer = {"unit": other.pk, "on": "1/2/2021", "why": "transfer"}
    revoke = {
        "kind": "revoke",
        "decision": make_decision(unit=root).pk,
        "reason": "Sai",
        "recipient_name": "Lê Văn Mận",
    }
    twice = [
        (client, page("member_verb", member, "transfer"), transfer),
        (client, page("award_verb", award, "event"), revoke),
        (approver, page("decision_verb", award.decision, "publish"), {}),
    ]
    for who, address, data in twice:
        codes = [who.post(address, data).status_code for _twice in range(2)]
        assert codes[0] == 302 and codes[1] in (200, 302, 403), address
    assert member.memberships.count() == 2 and AwardEvent.objects.count() == 1
    assert AuditEvent.objects.filter(subject=f"records.decision:{award.decision_id}").count() == 1


@pytest.mark.one_database
@pytest.mark.parametrize("marked", ["x", "9" * 30, "\x00", "-1", "", "1.5"])
def test_an_action_on_no_record_does_nothing(approver, root, marked):
    decision = make_decision(unit=root)
    for more in ({}, {"confirmed": "1"}, {"select_across": "x"}, {"index": "x"}):
        data = {"action": "publish", "_selected_action": marked} | more
        assert approver.post(page("decision_changelist"), data).status_code in (200, 302), more
    decision.refresh_from_db()
    assert decision.published_at is None and not AuditEvent.objects.exclude(action="access_refused").exists()


@pytest.mark.one_database
@pytest.mark.parametrize("action", ["", "no-such", "delete_selected", "event", "act", "__init__"])
def test_an_action_that_is_not_offered_does_nothing(root, action):
    award = make_award(decision=make_decision(unit=root))
    client = signed_in(make_superuser())
    data = {"action": action, "_selected_action": award.pk, "confirmed": "1", "post": "yes"}
    assert client.post(page("award_changelist"), data).status_code in (200, 302)
    assert Award.objects.filter(pk=award.pk, published_at=None, status="active").exists()


@pytest.mark.one_database
def test_one_record_out_of_reach_stops_the_action_for_all(approver, root):
    own, honoured = make_decision(unit=root), make_decision()
    make_award(decision=honoured, member=make_member(unit=root))
    data = {"action": "publish", "_selected_action": [own.pk, honoured.pk], "confirmed": "1"}
    assert approver.post(page("decision_changelist"), data).status_code == 302
    assert not Decision.objects.published().exists()


def test_all_across_pages_means_all_within_reach(approver, root):
    mine, theirs = [make_decision(unit=root) for _two in range(2)], make_decision()
    data = {"action": "publish", "select_across": "1", "_selected_action": mine[0].pk, "confirmed": "1"}
    approver.post(page("decision_changelist"), data)
    assert set(Decision.objects.published()) == set(mine)
    theirs.refresh_from_db()
    assert theirs.published_at is None


def test_who_is_approver_elsewhere_publishes_nothing_here(root):
    user = make_staff("clerk", root)
    user.postings.create(unit=make_unit(), role="approver", valid_from=date(2020, 1, 1))
    decision = make_decision(unit=root)
    client = signed_in(user)
    assert client.post(page("decision_verb", decision, "publish")).status_code == 403
    data = {"action": "publish", "_selected_action": decision.pk, "confirmed": "1"}
    client.post(page("decision_changelist"), data)
    decision.refresh_from_db()
    assert decision.published_at is None


@pytest.mark.one_database
@pytest.mark.parametrize("reason", ["", "   ", "\x00", "x" * 501])
def test_a_withdrawal_without_a_reason_is_no_withdrawal(approver, root, reason):
    decision = make_decision(unit=root, published=True)
    response = approver.post(page("decision_verb", decision, "unpublish"), {"reason": reason})
    assert list(response.context["form"].errors) == ["reason"]
    decision.refresh_from_db()
    assert decision.published_at


@pytest.mark.one_database
@pytest.mark.parametrize("standing", ["", "no-such", "\x00", "full|left"])
def test_a_standing_is_one_of_those_there_are(client, unit, standing):
    member = make_member(unit=unit)
    response = client.post(page("member_verb", member, "standing"), {"standing": standing, "on": "1/2/2021"})
    assert list(response.context["form"].errors) == ["standing"]
    assert Member.objects.get().standing == "full"
