"""Staff at work at one moment, each at random: nothing fails, what was acknowledged is there, all figures are true.

The long version, through gunicorn and on a country's register, is tests/benchmarks/clients.py.
"""

import time
from datetime import date

import pytest
from django.db import connection
from django.test import Client as Browser

from campaigns.models import Tally
from records.models import Member, Unit
from tests.clients import ACTS, CLERKS_ACTS, FAULT, Client, Register, Scene
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_registration,
    make_staff,
    make_unit,
)

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time by itself"),
    pytest.mark.django_db(transaction=True),
]
SECONDS = 6


class Session:
    """A browser of this process, on the connection of its thread."""

    def __init__(self, user):
        self.client = Browser(raise_request_exception=False)
        self.client.force_login(user)

    def __call__(self, method, path, data, headers):
        answer = getattr(self.client, method.lower())(path, data, headers=headers)
        return answer.status_code, answer.content.decode(), answer.headers.get("Location")

    def close(self):
        connection.close()


@pytest.fixture
def scene():
    """Three branches of two committees, so that everybody meets."""
    root = make_unit(code="GOC")
    committees = [make_unit(parent=root, kind="grassroots_committee") for _ in range(2)]
    branches = [make_branch(parent=committees[n % 2]) for n in range(3)]
    campaign = make_campaign(scope=root, status="launched")
    make_activity(campaign, measure="việc")
    decisions = [make_decision(unit=root) for _ in range(3)]
    for n, branch in enumerate(branches * 5):
        member = make_member(unit=branch, admitted_on=date(2010, 2, 3))
        make_award(member=member, decision=decisions[n % 3])
        if n % 3:
            make_registration(campaign, member, status="pending" if n % 2 else "registered")
    return Scene(root, campaign)


def test_staff_at_work_at_once_lose_nothing_and_are_shown_no_fault(scene):
    until = time.monotonic() + SECONDS
    publishers = {name: weight for name, weight in ACTS.items() if name != "read"}
    clients = [
        Client(user, Session(user), scene, until, acts, seed=n)
        for n, (role, acts) in enumerate([("clerk", CLERKS_ACTS)] * 3 + [("manager", publishers)] * 3)
        for user in [make_staff(role, scene.top)]
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join(60)
    assert not any(client.is_alive() for client in clients)
    assert list(Register().faults(clients)) == []
    done = {name for client in clients for name, outcome in client.outcomes if outcome != FAULT}
    told = {name for client in clients for name, *_what in client.told}
    assert len(done) > 8 and {"registered", "finished", "edited"} <= told


def test_what_is_not_as_its_rows_say_is_found(scene):
    """The check itself: a lost update, a tally, a path, a place, an act without trace."""
    client = Client(make_staff("clerk", scene.top), Session(make_staff("clerk", scene.top)), scene, 0)
    assert list(Register().faults([client])) == []
    Tally.objects.update(registered=9)
    member = Member.objects.first()
    Member.objects.filter(pk=member.pk).update(unit_path="1.2.")
    Unit.objects.filter(pk=member.unit_id).update(headcount=7)
    member.memberships.update(valid_to=date(2026, 1, 1))
    client.tell("edited", member.public_id, "Bí thư")
    found = "\n".join(Register().faults([client]))
    for words in ("tally of", "headcount of", "belongs nowhere", "path of Member", "no trace of"):
        assert words in found
