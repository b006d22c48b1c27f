from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Pledge, Registration, Tally
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_member,
    make_plan,
    make_registration,
    make_unit,
)

pytestmark = pytest.mark.django_db
Status = Registration.Status


def tally(campaign, unit):
    return Tally.objects.filter(campaign=campaign, unit=unit).values_list("registered", "done").first() or (0, 0)


@pytest.fixture
def branch():
    return make_branch()


@pytest.fixture
def campaign(branch):
    return make_campaign(scope=branch)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["confirm", "finish", "withdraw", "again"])), max_size=15))
def test_tallies_equal_a_live_count_after_any_acts(acts):
    sid = transaction.savepoint()
    branch = make_branch()
    campaign = make_campaign(scope=branch)
    rows = [make_registration(campaign, make_member(unit=branch), status=s) for s in ("pending", "registered", "done")]
    for which, act in acts:
        try:
            match act:
                case "confirm":
                    rows[which].confirm()
                case "finish":
                    rows[which].finish("good")
                case "withdraw":
                    rows[which].withdraw("chuyển công tác")
                case "again":
                    rows[which].register_again()
        except ValidationError:
            pass
        assert Tally.objects.differences() == []
    transaction.savepoint_rollback(sid)


def test_each_status_counts_for_what_it_is(campaign, branch):
    for status in Status.values:
        reason = "thôi" if status == Status.WITHDRAWN else ""
        make_registration(campaign, make_member(unit=branch), status=status, withdrawn_reason=reason)
    assert tally(campaign, branch) == (2, 1)


def test_many_at_once_are_counted_like_one_by_one(campaign, branch):
    members = [make_member(unit=branch) for _ in range(3)]
    Registration.objects.enrol(
        [Registration(campaign=campaign, member=m, registered_on=date(2020, 1, 2)) for m in members]
    )
    assert tally(campaign, branch) == (3, 0)
    assert all(r.history.count() == 1 and r.unit == branch for r in Registration.objects.all())


def test_a_member_registers_once_per_campaign(campaign, branch):
    member = make_member(unit=branch)
    make_registration(campaign, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_registration(campaign, member)
    assert tally(campaign, branch) == (1, 0)


def test_what_was_registered_stays_with_the_unit_of_that_time(campaign, branch):
    member = make_member(unit=branch)
    registration = make_registration(campaign, member)
    member.transfer_to(make_branch(), date(2020, 9, 1))
    registration.finish()
    assert registration.unit == branch and tally(campaign, branch) == (1, 1)


def test_the_attached_register_where_they_take_part(campaign, branch):
    visitor = make_member()
    visitor.attach_to(branch, date(2020, 2, 1))
    assert make_registration(campaign, visitor).unit == branch


def test_outsiders_and_the_exempt_are_told(campaign, branch):
    with pytest.raises(ValidationError):
        Registration(campaign=campaign, member=make_member(), registered_on=date(2020, 1, 2)).full_clean()
    exempt = make_member(unit=branch)
    exempt.change_standing("exempt", date(2020, 1, 2))
    with pytest.raises(ValidationError):
        Registration(campaign=campaign, member=exempt, registered_on=date(2020, 1, 2)).full_clean()


def test_withdrawing_asks_why_and_can_be_taken_back(campaign, branch):
    registration = make_registration(campaign, make_member(unit=branch))
    with pytest.raises(ValidationError):
        registration.withdraw("")
    registration.withdraw("ốm dài ngày")
    assert tally(campaign, branch) == (0, 0)
    registration.register_again()
    assert tally(campaign, branch) == (1, 0)


def test_the_second_of_two_clerks_is_told(campaign, branch):
    registration = make_registration(campaign, make_member(unit=branch))
    other = Registration.objects.get(pk=registration.pk)
    registration.withdraw("một")
    with pytest.raises(ValidationError):
        other.withdraw("hai")
    assert tally(campaign, branch) == (0, 0)


def test_moving_a_unit_moves_running_figures_and_leaves_closed_ones(branch):
    root = make_unit()
    east, west = make_unit(parent=root), make_unit(parent=root)
    unit = make_branch(parent=east)
    running, closed = make_campaign(scope=root), make_campaign(scope=root)
    for campaign in (running, closed):
        make_registration(campaign, make_member(unit=unit))
    closed.close()
    unit.move_to(west, date(2021, 1, 1))
    assert {u: u.registered for u in running.ranked_units() if u.is_compared} == {west: 1}
    assert {u: u.registered for u in closed.ranked_units() if u.is_compared} == {east: 1}


def test_verify_tallies_finds_what_was_tampered_with(campaign, branch, capsys):
    make_registration(campaign, make_member(unit=branch))
    call_command("verify_tallies")
    Tally.objects.update(registered=7)
    with pytest.raises(CommandError):
        call_command("verify_tallies")
    assert "7" in capsys.readouterr().out


@pytest.mark.parametrize("fields", [{"quantity": -1}, {"done_quantity": -1}])
def test_a_pledge_is_not_negative_and_made_once(campaign, branch, fields):
    registration, activity = make_registration(campaign, make_member(unit=branch)), make_activity(campaign)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.create(registration=registration, activity=activity, **fields)
    Pledge.objects.create(registration=registration, activity=activity, quantity=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.create(registration=registration, activity=activity)


@pytest.mark.parametrize(
    ("before", "verb", "args", "after"),
    [
        ("draft", "submit", (), "submitted"),
        ("submitted", "approve", (), "approved"),
        ("submitted", "send_back", ("thiếu người phụ trách",), "returned"),
        ("returned", "submit", (), "submitted"),
        ("draft", "approve", (), None),
        ("approved", "send_back", ("muộn",), None),
        ("submitted", "send_back", ("",), None),
    ],
)
def test_a_plan_goes_from_hand_to_hand(campaign, branch, before, verb, args, after):
    reason = "thiếu" if before == "returned" else ""
    plan = make_plan(campaign, branch, status=before, return_reason=reason)
    if after is None:
        with pytest.raises(ValidationError):
            getattr(plan, verb)(*args)
        after = before
    else:
        getattr(plan, verb)(*args)
    plan.refresh_from_db()
    assert plan.status == after


def test_a_unit_has_one_plan_per_campaign(campaign, branch):
    make_plan(campaign, branch)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_plan(campaign, branch)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself")
@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_leave_true_tallies():
    branch = make_branch()
    campaign = make_campaign(scope=branch)
    members = [make_member(unit=branch) for _ in range(24)]

    def write(member):
        try:
            registration = make_registration(campaign, member)
            registration.finish()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, members))
    assert tally(campaign, branch) == (24, 24)
    assert Tally.objects.differences() == []
