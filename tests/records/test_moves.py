"""A unit with many members is moved by a worker: once, whole or not at all, with word of how far it is."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from campaigns.models import Registration
from records import tasks
from records.models import AuditEvent, Award, Member, Move, Unit, UnitEvent, moves, units
from records.moves import move
from records.pulse import Pulse
from tests.factories import (
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_move,
    make_registration,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)
Status = Move.Status


@pytest.fixture
def many(monkeypatch):
    """Any member is many, and each is a statement's work."""
    monkeypatch.setattr(moves, "MANY", 0)
    monkeypatch.setattr(units, "SPAN", 1)


@pytest.fixture
def tree(many):
    """A commune with two branches and what they keep, between two provinces."""
    root = make_unit(code="GOC")
    old, new = make_unit(parent=root, code="CU", name="Tỉnh cũ"), make_unit(parent=root, code="MOI", name="Tỉnh mới")
    commune = make_unit(parent=old, code="XA", name="Xã Tân")
    branches = [make_branch(parent=commune) for _ in range(2)]
    campaign = make_campaign(scope=root)
    for branch in branches:
        member = make_member(unit=branch)
        make_registration(campaign, member)
        make_award(member=member, unit=branch, decision=make_decision(unit=branch))
    # Kept by the commune, given to somebody elsewhere, and the other way round.
    make_award(unit=new, decision=make_decision(unit=commune))
    make_award(unit=commune, decision=make_decision(unit=new))
    return {"root": root, "old": old, "new": new, "commune": commune, "branches": branches}


def run_worker():
    call_command("db_worker", "--batch", "--no-startup-delay", "--interval", "0", "--no-reload", verbosity=0)


def paths_are_sound():
    for unit in Unit.objects.select_related("parent"):
        assert unit.path == unit.own_path()
    for model in (Member, Registration):
        for row in model.objects.select_related("unit"):
            assert row.unit_path == row.unit.path, model
    for award in Award.objects.select_related("unit", "decision__unit"):
        assert (award.unit_path, award.kept_path) == (award.unit.path, award.decision.unit.path)
    return True


def send(client, unit, parent):
    data = {"parent": parent.name_in_full, "parent_key": str(parent.pk), "on": "1/7/2026", "note": "Sáp nhập"}
    return client.post(reverse("records:staff_unit_move", args=[unit.pk]), data)


@pytest.mark.django_db(transaction=True)
def test_the_wish_is_kept_the_worker_moves_the_unit_and_the_page_tells(client, tree):
    client.force_login(make_staff("approver", tree["root"]))
    answer = send(client, tree["commune"], tree["new"])
    wish = Move.objects.get()
    assert answer.url == wish.get_absolute_url() and wish.status == Status.ASKED
    assert "Đang chờ đến lượt" in client.get(answer.url).content.decode()
    assert (
        "Xã Tân đang được chuyển về Tỉnh mới"
        in client.get(reverse("records:staff_unit_detail", args=[tree["branches"][0].pk])).content.decode()
    )
    run_worker()
    wish.refresh_from_db()
    assert wish.status == Status.DONE and wish.finished_at and Pulse(wish.public_id).read() is None
    # A row with two copies of paths counts once.
    told = {label: count for label, count in wish.rows.items() if label in ("records.member", "records.award")}
    assert told == {"records.member": 2, "records.award": 4} and wish.rows["records.unit"] == 3
    assert Unit.objects.get(code="XA").parent == tree["new"] and paths_are_sound()
    event = UnitEvent.objects.get()
    assert (event.kind, event.note, event.was, event.became) == ("transfer", "Sáp nhập", "Tỉnh cũ", "Tỉnh mới")
    assert event.history.get().history_user == wish.by
    assert AuditEvent.objects.get(action="unit_move_asked").actor == wish.by
    page = client.get(answer.url).content.decode()
    assert "Đã chuyển đơn vị cùng các đơn vị bên dưới" in page and "every 2s" not in page


def test_a_second_move_beside_one_at_work_is_refused_with_a_sentence(client, tree):
    client.force_login(make_staff("approver", tree["root"]))
    other = make_unit(parent=tree["root"])
    make_member(unit=make_branch(parent=other))
    make_move(tree["commune"], tree["new"])
    beside = [
        (tree["commune"], other),  # the same
        (tree["branches"][0], other),  # goes along
        (tree["old"], other),  # takes it along
        (tree["new"], other),  # takes its new place along
        (other, tree["branches"][0]),  # into it
    ]
    for unit, parent in beside:
        answer = send(client, unit, parent)
        assert answer.status_code == 200 and "Xã Tân đang được chuyển về" in answer.content.decode(), unit
    assert Move.objects.count() == 1 and paths_are_sound()
    assert send(client, other, tree["old"]).status_code == 302 and Move.objects.count() == 2


@pytest.mark.parametrize("status", [Status.DONE, Status.STOPPED, Status.FAILED])
def test_what_is_over_stands_in_nobodys_way(tree, status):
    make_move(tree["commune"], tree["new"], status=status, finished_at="2026-07-01T00:00Z")
    assert tasks.start_moving(make_staff("approver", tree["root"]), tree["commune"], tree["new"], DAY)


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_had_in_hand_is_done_once_by_the_next(tree):
    wish = make_move(tree["commune"], tree["new"])
    tasks.hand_over(wish)
    # Killed in the middle: the row says that it is running, the transaction is gone.
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    wish.claim([Status.ASKED], Status.RUNNING)
    assert not tasks.resume(wish), "it was heard of just now"
    assert tasks.resume(wish, anyway=True)
    run_worker()
    wish.refresh_from_db()
    assert wish.status == Status.DONE and UnitEvent.objects.count() == 1 and paths_are_sound()
    assert not tasks.resume(wish)
    move(wish)
    assert UnitEvent.objects.count() == 1


def test_a_fault_in_the_middle_leaves_the_unit_where_it_stood(tree, monkeypatch):
    wish = make_move(tree["commune"], tree["new"])
    seen = []

    def fail(self, model, count):
        seen.append(model)
        if model is Award:
            raise RuntimeError

    monkeypatch.setattr("records.moves.Rewriting.beat", fail)
    with pytest.raises(RuntimeError):
        move(wish)
    wish.refresh_from_db()
    assert {Unit, Award} <= set(seen) and wish.status == Status.FAILED and wish.error
    assert Unit.objects.get(code="XA").parent == tree["old"] and paths_are_sound()


def test_what_can_no_longer_be_is_said(client, tree):
    wish = make_move(tree["commune"], tree["new"])
    Unit.objects.filter(code="MOI").update(dissolved_on=DAY)
    move(wish)
    client.force_login(make_staff("viewer", tree["root"]))
    page = client.get(wish.get_absolute_url()).content.decode()
    assert "đã giải thể" in page and "vẫn ở vị trí cũ" in page


def test_a_move_is_stopped_before_it_begins_or_while_it_goes_on(client, tree):
    client.force_login(make_staff("approver", tree["root"]))
    waiting = tasks.start_moving(make_staff("approver", tree["root"]), tree["commune"], tree["new"], DAY)
    client.post(reverse("records:staff_move_stop", args=[waiting.public_id]))
    waiting.refresh_from_db()
    assert waiting.status == Status.STOPPED and not DBTaskResult.objects.exists()
    going = make_move(tree["commune"], tree["new"])
    Pulse(going.public_id).stop()
    move(going)
    going.refresh_from_db()
    assert going.status == Status.STOPPED and paths_are_sound() and not UnitEvent.objects.exists()


def test_a_wish_that_cannot_be_is_not_kept(tree):
    by = make_staff("approver", tree["root"])
    for parent in (tree["commune"], tree["branches"][0]):
        with pytest.raises(ValidationError):
            Move.ask(tree["commune"], parent, DAY, by)
    assert not Move.objects.exists()


@pytest.mark.parametrize("span", [1, 2, 10**6])
def test_ranges_of_a_subtree_hold_each_unit_once_and_no_other(tree, monkeypatch, span):
    monkeypatch.setattr(units, "SPAN", span)
    path = tree["commune"].path
    held = [
        unit.code
        for start, end in units.spans_below(path)
        for unit in Unit.objects.filter(path__gte=start, path__lt=end).order_by("path")
    ]
    assert held == list(Unit.objects.within(tree["commune"]).order_by("path").values_list("code", flat=True))
