"""A move seen from elsewhere, on PostgreSQL: whoever looks finds every member once, whoever writes is told or waits."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from campaigns.models import Registration, Tally
from records.giving_way import in_one, repeated
from records.models import Award, Member, Unit, units
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

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself"),
    pytest.mark.django_db(transaction=True),
]
DAY = date(2026, 7, 1)


def elsewhere(act):
    """Run an act on another connection, and return what it returned."""

    def run():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(30)


@pytest.fixture
def tree(monkeypatch):
    monkeypatch.setattr(units, "SPAN", 1)
    root = make_unit()
    old, new = make_unit(parent=root), make_unit(parent=root)
    commune = make_unit(parent=old)
    branches = [make_branch(parent=commune) for _ in range(3)]
    campaign = make_campaign(scope=root)
    for branch in branches * 2:
        member = make_member(unit=branch)
        make_registration(campaign, member)
        make_award(member=member, unit=branch, decision=make_decision(unit=commune))
    stays = make_member(unit=make_branch(parent=old))
    make_registration(campaign, stays)
    return SimpleNamespace(root=root, old=old, new=new, commune=commune, branches=branches, campaign=campaign)


@pytest.mark.parametrize("model", [Member, Registration, Award])
def test_whoever_looks_while_a_unit_moves_finds_each_row_once_and_all_of_them_on_one_side(tree, model):
    """A reader on another connection looks after every statement of the move, as long as it is open and after."""

    def look():
        here, there = (set(model.objects.within(unit).values_list("pk", flat=True)) for unit in (tree.old, tree.new))
        return here, there, Counter(model.objects.values_list("unit_path", flat=True))

    before = look()
    everybody = before[0] | before[1]
    looked = []
    tree.commune.move_to(tree.new, DAY, beat=lambda *_: looked.append(elsewhere(look)))
    # Three spans of units, members by two paths, registrations, tallies, decisions, awards by two paths.
    assert len(looked) > 20 and all(seen == before for seen in looked)
    here, there, _ = elsewhere(look)
    assert here | there == everybody and not here & there and len(there) == 6


def test_who_changes_a_unit_that_moves_is_told_to_try_again_and_nothing_is_saved(tree):
    clerk = make_staff("clerk", tree.root)
    make_move(tree.commune, tree.new)
    branch = tree.branches[0]
    member = make_member(unit=branch)
    grid = reverse("campaigns:staff_registration_grid", args=[tree.campaign.slug, branch.pk])

    def send():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
        client = Client(raise_request_exception=False)
        client.force_login(clerk)
        return client.post(grid, {f"version-{member.pk}": "", f"{member.pk}-1": "x"})

    answers = []
    tree.commune.move_to(tree.new, DAY, beat=lambda *_: answers or answers.append(elsewhere(send)))
    assert answers[0].status_code == 503 and answers[0]["Retry-After"]
    assert "Một đơn vị đông đảng viên đang được chuyển" in answers[0].content.decode()
    assert not Registration.objects.filter(member=member).exists()


def test_a_person_edited_while_the_unit_moves_is_found_at_its_new_place(tree):
    """The form holds the person and remembers the unit's old path."""
    member = Member.objects.select_related("unit").filter(unit=tree.branches[0]).first()
    tree.commune.move_to(tree.new, DAY)
    member.full_name = "Trần Thị Đổi"
    member.save()
    member.refresh_from_db()
    assert member.full_name == "Trần Thị Đổi" and member.unit_path == Unit.objects.get(pk=member.unit_id).path


def test_two_requests_that_wait_for_each_other_are_both_done():
    """A deadlock: the one that PostgreSQL ends is repeated whole, and says nothing of its first attempt."""
    two = [make_unit(), make_unit()]
    barrier, attempts = Barrier(2), Counter()

    @in_one
    def act(request, first, second):
        attempts[first.pk] += 1
        request._messages.add(25, "saved")
        Unit.objects.filter(pk=first.pk).hold()
        if attempts[first.pk] == 1:
            barrier.wait(10)
        Unit.objects.filter(pk=second.pk).update(description=f"{first.pk}")
        Unit.objects.filter(pk=first.pk).update(short_name=f"{second.pk}")
        return HttpResponse()

    def run(pair):
        try:
            request = RequestFactory().post("/")
            request._messages = CookieStorage(request)
            act(request, *pair)
            return len(request._messages._queued_messages)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(run, [two, two[::-1]]))
    assert said == [1, 1] and sorted(attempts.values()) == [1, 2]
    for one, other in (two, two[::-1]):
        one.refresh_from_db()
        assert (one.short_name, one.description) == (f"{other.pk}", f"{other.pk}")


def test_what_gives_way_time_and_again_is_given_up():
    tries = []

    def act():
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(OperationalError):
        repeated(act)
    assert len(tries) == 3


def test_tallies_stay_true_when_a_campaign_closes_while_its_units_move(tree):
    def move():
        tree.commune.move_to(tree.new, DAY)

    def close():
        tree.campaign.review()
        tree.campaign.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(lambda act=act: (act(), connection.close())) for act in (move, close)]:
            done.result(30)
    assert Tally.objects.differences() == []
    frozen = set(Tally.objects.filter(unit__in=tree.branches).values_list("unit_path", flat=True))
    # All where they stood at the closing, or all where they stand now.
    heads = {path.startswith(Unit.objects.get(pk=tree.new.pk).path) for path in frozen}
    assert len(heads) == 1
