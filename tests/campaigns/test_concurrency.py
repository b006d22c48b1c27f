"""Clerks at work at one moment, on PostgreSQL: of two who cannot both be right one is told, and no count is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from random import Random
from threading import Barrier, Event

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from campaigns.models import Campaign, Registration, Tally, UnitPlan
from records import giving_way, imports
from records.lists.members import MemberWriter
from records.models import AuditEvent, Award, Member, Merge, Unit
from records.tasks import start_applying
from tests.factories import (
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_invitation,
    make_member,
    make_plan,
    make_planned,
    make_registration,
    make_self_registration,
    make_superuser,
    make_unit,
)

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself"),
    pytest.mark.django_db(transaction=True),
]
DAY = date(2020, 7, 1)
STATUSES = ("registered", "pending", "done") * 2


def at_once(*acts):
    """Run the acts in a thread each, begun together; what each raised, or None. Anything but a refusal is a fault."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            act()
        except ValidationError as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def told(outcomes):
    return sum(outcome is not None for outcome in outcomes)


def paths_are_sound():
    for unit in Unit.objects.select_related("parent"):
        assert unit.path == f"{unit.parent.path if unit.parent else ''}{unit.pk:x}."
    for model in (Member, Registration, Tally, UnitPlan):
        for row in model.objects.select_related("unit"):
            assert row.unit_path == row.unit.path, model
    return True


def test_two_clerks_transfer_one_person_to_different_units():
    first, second = make_branch(), make_branch()
    pk = make_member().pk
    copies = [Member.objects.select_related("unit").get(pk=pk) for _ in range(2)]
    outcomes = at_once(lambda: copies[0].transfer_to(first, DAY), lambda: copies[1].transfer_to(second, DAY))
    assert told(outcomes) == 1
    assert not Unit.objects.miscounted().exists()
    assert Member.objects.get(pk=pk).memberships.filter(valid_to__isnull=True).count() == 1


def test_transfers_back_and_forth_at_once_keep_the_headcounts_and_never_block_each_other():
    a, b = make_branch(), make_branch()
    there, back = [make_member(unit=a) for _ in range(4)], [make_member(unit=b) for _ in range(4)]
    acts = [lambda m=m: m.transfer_to(b, DAY) for m in there] + [lambda m=m: m.transfer_to(a, DAY) for m in back]
    assert told(at_once(*acts)) == 0
    assert not Unit.objects.miscounted().exists()


VERBS = [
    (lambda u, c: make_plan(c, u), lambda p: p.submit(), 1),
    (lambda u, c: make_plan(c, u, status="submitted"), lambda p: p.approve(), 1),
    (lambda u, c: make_registration(c, make_member(unit=u)), lambda r: r.withdraw("ốm"), 1),
    (lambda u, c: make_registration(c, make_member(unit=u), status="pending"), lambda r: r.confirm(), 1),
    (lambda u, c: make_award(collective=u), lambda a: a.revoke(make_decision(unit=a.unit), "khai gian"), 1),
    (lambda u, c: c, lambda c: c.close(), 1),
]


@pytest.mark.parametrize(("make", "act", "refused"), VERBS)
def test_of_two_who_do_the_same_one_is_told(make, act, refused):
    unit = make_branch()
    row = make(unit, make_campaign(scope=unit))
    copies = [type(row).objects.get(pk=row.pk) for _ in range(2)]
    before = row.history.count()
    assert told(at_once(*(lambda copy=copy: act(copy) for copy in copies))) == refused
    assert row.history.count() == before + 1
    assert Tally.objects.differences() == []


def test_an_award_revoked_twice_has_one_event():
    award = make_award()
    papers = [make_decision(unit=award.decision.unit) for _ in range(2)]
    copies = [Award.objects.get(pk=award.pk) for _ in range(2)]
    at_once(*(lambda c=c, p=p: c.revoke(p, "khai gian") for c, p in zip(copies, papers, strict=True)))
    assert award.events.count() == 1


def test_registering_while_the_unit_moves_leaves_true_paths_and_tallies():
    root, new = make_unit(), make_unit()
    district = make_unit(parent=root)
    branches = [make_branch(parent=district) for _ in range(2)]
    campaign = make_campaign(scope=root)
    # Read before the move, as a form does; each row would copy the path it remembers.
    members = [Member.objects.select_related("unit").get(pk=make_member(unit=b).pk) for b in branches * 3]
    acts = [lambda m=m: make_registration(campaign, m) for m in members]
    assert told(at_once(*acts, lambda: district.move_to(new, DAY))) == 0
    assert paths_are_sound()
    assert Tally.objects.differences() == []


def test_transfers_while_the_units_move_leave_true_paths_and_headcounts():
    root, new = make_unit(), make_unit()
    district = make_unit(parent=root)
    branches = [make_branch(parent=district) for _ in range(3)]
    members = [make_member(unit=branches[n % 3]) for n in range(6)]
    acts = [lambda m=m, n=n: m.transfer_to(branches[(n + 1) % 3], DAY) for n, m in enumerate(members)]
    assert told(at_once(*acts, lambda: district.move_to(new, DAY))) == 0
    assert paths_are_sound()
    assert not Unit.objects.miscounted().exists()


def test_two_units_placed_under_each_other_at_once_make_no_ring():
    root = make_unit()
    a, b = make_unit(parent=root), make_unit(parent=root)
    outcomes = at_once(lambda: a.move_to(b, DAY), lambda: b.move_to(a, DAY))
    assert told(outcomes) == 1
    assert paths_are_sound()


def test_nobody_slips_into_a_unit_while_it_is_dissolved():
    unit, member = make_branch(), make_member()
    assert told(at_once(lambda: unit.dissolve(DAY), lambda: member.transfer_to(unit, DAY))) == 1
    unit.refresh_from_db()
    assert (unit.dissolved_on is None) == (unit.headcount == 1)


def test_nobody_slips_into_a_campaign_while_it_closes():
    unit = make_branch()
    campaign = make_campaign(scope=unit)
    registration = make_registration(campaign, make_member(unit=unit))
    members = [make_member(unit=unit) for _ in range(2)]
    late = Registration(campaign=campaign, member=members[1], registered_on=DAY, status="registered")
    closing = Event()

    def close():
        with transaction.atomic():
            Campaign.objects.get(pk=campaign.pk).close()
            closing.set()
            # A large campaign takes seconds to freeze.
            time.sleep(0.5)

    acts = [
        lambda: registration.withdraw("ốm"),
        lambda: make_registration(campaign, members[0]),
        lambda: Registration.objects.enrol([late]),
    ]
    outcomes = at_once(close, *(lambda act=act: closing.wait(10) and act() for act in acts))
    assert outcomes[0] is None and told(outcomes[1:]) == 3
    assert Tally.objects.get(campaign=campaign, unit=unit).registered == campaign.registrations.count() == 1


def test_eight_who_do_everything_to_the_same_registrations_leave_true_tallies():
    unit = make_branch()
    campaign = make_campaign(scope=unit)
    invitation = make_invitation(campaign, unit)
    members = [make_member(unit=unit) for _ in range(6)]
    rows = [make_registration(campaign, one, status=status) for one, status in zip(members, STATUSES, strict=False)]
    acts = [
        lambda row: row.confirm(),
        lambda row: row.finish("good"),
        lambda row: row.reopen("nhầm"),
        lambda row: row.withdraw("ốm"),
        lambda row: row.register_again(),
        lambda row: make_self_registration(invitation).confirm(row.member, None, DAY),
    ]

    def work(seed):
        draws = Random(seed)
        for _act in range(12):
            with suppress(ValidationError):
                draws.choice(acts)(Registration.objects.get(pk=draws.choice(rows).pk))

    assert told(at_once(*(lambda seed=seed: work(seed) for seed in range(8)))) == 0
    assert Tally.objects.differences() == []
    assert Registration.history.filter(history_type="~").count() > 8


def test_members_enrolled_by_several_sheets_at_once_are_all_counted():
    unit = make_branch()
    sheets = [[Member(full_name=f"Lê Văn {s}{n}", unit=unit) for n in range(3)] for s in "ABC"]
    assert told(at_once(*(lambda sheet=sheet: Member.objects.enrol(sheet, DAY) for sheet in sheets))) == 0
    assert Unit.objects.get(pk=unit.pk).headcount == 9


def test_lists_whose_rows_go_through_units_in_opposite_order_wait_for_each_other(monkeypatch):
    """A row at a time, each of the two would come to hold the unit that the other wants next."""
    by, first, second = make_superuser(), make_branch(), make_branch()
    monkeypatch.setattr(imports, "WRITTEN", 1)
    # What has to give way would be done once more, unseen.
    monkeypatch.setattr(giving_way, "TIMES", 0)
    create = MemberWriter.create
    monkeypatch.setattr(MemberWriter, "create", lambda self, rows: (create(self, rows), time.sleep(0.2)))
    lists = []
    for name, units in (("An", (first, second)), ("Bình", (second, first))):
        rows = [f"Lê Văn {name} {n},1/2/1980,Nam,3/2/2010,{unit.code}" for n, unit in enumerate(units)]
        lists.append(make_planned(*rows, by=by))
    assert told(at_once(*(lambda batch=batch: start_applying(batch, by) for batch in lists))) == 0
    assert Member.objects.count() == 4 and not Unit.objects.miscounted().exists()


def merging(kept, absorbed, by):
    two = [Member.objects.get(pk=member.pk) for member in (kept, absorbed)]
    return lambda: Merge.perform(*two, by)


def test_of_two_who_merge_one_pair_either_way_round_one_is_told():
    unit, by = make_branch(), make_superuser()
    one, other = make_member(unit=unit), make_member(unit=make_branch())
    campaign = make_campaign(scope=unit)
    make_registration(campaign, one), make_registration(campaign, other)
    assert told(at_once(merging(one, other, by), merging(other, one, by), merging(one, other, by))) == 2
    assert Member.objects.count() == 1 and Merge.objects.count() == 1
    assert Tally.objects.differences() == [] and not Unit.objects.miscounted().exists()


def test_merges_that_share_a_record_never_block_each_other_and_lose_nothing():
    unit, by = make_branch(), make_superuser()
    people = [make_member(unit=unit) for _ in range(4)]
    for member in people:
        make_award(member=member)
    ring = [merging(one, other, by) for one, other in zip(people, people[1:] + people[:1], strict=True)]
    done = len(ring) - told(at_once(*ring))
    assert done >= 1 and Member.objects.count() == len(people) - done
    assert Award.objects.exclude(member=None).count() == len(people)
    assert not Unit.objects.miscounted().exists()


def test_a_person_transferred_while_merged_is_merged_or_transferred_and_counted_once():
    old, new, by = make_branch(), make_branch(), make_superuser()
    kept, absorbed = make_member(unit=old), make_member(unit=old)
    copy = Member.objects.select_related("unit").get(pk=kept.pk)
    at_once(merging(kept, absorbed, by), lambda: copy.transfer_to(new, DAY))
    assert not Unit.objects.miscounted().exists() and paths_are_sound()


def test_a_merge_undone_by_two_is_undone_once():
    unit, by = make_branch(), make_superuser()
    merge = Merge.perform(make_member(unit=unit), make_member(unit=unit), by)
    copies = [Merge.objects.get(pk=merge.pk) for _ in range(2)]
    assert told(at_once(*(lambda copy=copy: copy.undo(by) for copy in copies))) == 1
    assert Unit.objects.get(pk=unit.pk).headcount == 2


def test_publications_at_once_keep_the_audit_chain_whole():
    chief, unit = make_superuser(), make_unit()
    decisions = [make_decision(unit=unit) for _ in range(6)]
    assert told(at_once(*(lambda d=d: d.publish(chief) for d in decisions))) == 0
    assert AuditEvent.objects.count() == 6
    assert AuditEvent.objects.first_broken() is None
