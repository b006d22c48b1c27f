"""Queries, kilobytes and milliseconds of each staff list over the register in DATABASE_URL.

DEBUG=1 DATABASE_URL=… .venv/bin/python -m tests.benchmarks.staff_pages [USER]      USER: chuyenvien unless given
"""

import os
import statistics
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from campaigns.models import Campaign  # noqa: E402
from records.models import Member, Unit, User  # noqa: E402

ROUNDS = 5
LISTS = (
    "/staff/members/",
    "/staff/members/?q=nguyen",
    "/staff/members/?q=anh&standing=full",
    "/staff/units/?q=chi+bo",
    "/staff/decisions/",
    "/staff/awards/",
    "/staff/transfers/",
    "/staff/quality/",
    "/staff/quality/duplicates/",
    "/staff/quality/merges/",
    "/staff/campaigns/",
    *(
        f"/staff/campaigns/{{slug}}/{part}/"
        for part in ("plans", "registrations", "self-registrations", "exemplars", "inspections", "invitations")
    ),
)
PAGES = ("/staff/", "/staff/campaigns/{slug}/", "/staff/campaigns/{slug}/reminders/", "/staff/units/")


def measure(client, address):
    """(queries, kilobytes, median milliseconds) of a page."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    # Later requests start the log anew.
    number, times = len(queries), []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        client.get(address)
        times.append(1000 * (time.perf_counter() - began))
    return number, len(answer.content) / 1024, statistics.median(times)


def main(name="chuyenvien"):
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=name))
    slug = Campaign.objects.running().order_by("starts_on").values_list("slug", flat=True).first()
    print(f"{connection.vendor}, {Member.objects.count():,} members, {Unit.objects.count():,} units, as {name}")
    print("queries      KB      ms  page")
    for address in (*LISTS, *PAGES):
        address = address.format(slug=slug)
        queries, size, taken = measure(client, address)
        print(f"{queries:7d} {size:7.1f} {taken:7.0f}  {address}")


if __name__ == "__main__":
    main(*sys.argv[1:])
