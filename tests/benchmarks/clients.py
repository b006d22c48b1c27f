"""Staff at work all at once on a country's register: what they wait, what goes wrong, what is true afterwards.

.venv/bin/python tests/postgres.py .venv/bin/python -m tests.benchmarks.clients [--members 100000] [--seconds 60]
    [--clients 8 32] [--workers 3] [--branches 40] [--think 0] [--storm] [--move]

Fills the register in DATABASE_URL where it is empty, serves it with gunicorn beside a worker (`db_worker`), and has so
many clients act at random in one province for so long each. Prints answers by kind, p50 and p95, deadlocks; ends with
status 1 where a page failed, an act that was acknowledged left no trace, or a figure is not as its rows say. With
--move the province itself, which takes its members, registrations and awards along, is moved by the worker meanwhile.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from tests.sites import ROOT, environment, free_port, gunicorn, running

HOME = Path(tempfile.mkdtemp(prefix="vinhdanh-clients-"))
PLACE = {**environment(HOME), "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
PLACE |= {"STATEMENT_TIMEOUT_MS": "15000", "LOCK_TIMEOUT_MS": "5000"}
os.environ |= PLACE | {"STATEMENT_TIMEOUT_MS": "0", "LOCK_TIMEOUT_MS": "0"}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client as TestClient  # noqa: E402

from records.models import Member, Move, Posting, Unit, User  # noqa: E402
from records.tasks import start_moving  # noqa: E402
from tests.clients import (  # noqa: E402
    ACTS,
    BUSY,
    CLERKS_ACTS,
    DONE,
    FAULT,
    PUBLISHERS_ACTS,
    REFUSED,
    Client,
    Register,
    Scene,
    running_campaign,
)

# Of ten clients six are clerks.
ROLES = ["clerk"] * 6 + ["approver"] * 3 + ["manager"]
TOKEN = "a" * 32


class Session:
    """A browser signed in as somebody, over one connection that is kept open."""

    def __init__(self, port, user):
        signed = TestClient()
        signed.force_login(user)
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={signed.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method, path, data, headers):
        headers = {"Cookie": f"{self.cookies}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, **headers}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, urlencode(data) if data is not None else None, headers)
            answer = self.connection.getresponse()
            body = answer.read().decode()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server ends a connection that was idle; what was sent was not read.
            self.connection.close()
            return self(method, path, data, headers)
        return answer.status, body, answer.headers.get("Location")

    def close(self):
        self.connection.close()


def staff(many, top):
    """So many people posted over a unit."""
    found = []
    for n in range(many):
        user, _new = User.objects.get_or_create(username=f"may{n}")
        Posting.objects.get_or_create(
            user=user, unit=top, role=ROLES[n % len(ROLES)], defaults={"valid_from": date(2020, 1, 1)}
        )
        found.append(user)
    return found


def acts_of(n, storm):
    """What the person of this number does: those who may publish and move do so oftener, as they are few."""
    acts = CLERKS_ACTS
    if ROLES[n % len(ROLES)] != "clerk":
        acts = ACTS | {name: (10 if storm else 2) * ACTS[name] for name in PUBLISHERS_ACTS}
    return acts | {"read": 0} if storm else acts


def deadlocks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def main(options):
    if not Member.objects.exists():
        call_command("migrate", verbosity=0)
        call_command("load_scale", members=options.members, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    # The largest province.
    top = Posting.objects.get(user__username="tinh").unit
    port, wrong = free_port(), 0
    log = (HOME / "log").open("w")
    serve = gunicorn(f"127.0.0.1:{port}", workers=options.workers)
    work = [sys.executable, "manage.py", "db_worker", "--no-reload", "--interval", "0.5"]
    with running(serve, port, env=PLACE, stdout=log, stderr=log):
        worker = subprocess.Popen(work, cwd=ROOT, env=dict(os.environ), stdout=log, stderr=log)
        warm(port, staff(1, top)[0], 4 * options.workers)
        try:
            for many in options.clients:
                wrong += round_of(many, top, port, options)
        finally:
            worker.terminate()
            worker.wait()
    if traces := (HOME / "log").read_text().count("Traceback"):
        print(f"{traces} traces in the server's log, {HOME / 'log'}")
    return 1 if wrong or traces else 0


def warm(port, user, requests):
    """Have each process of the server make its first pages before anything is measured."""
    with ThreadPoolExecutor(requests) as pool:
        for path in ("/staff/", "/staff/members/", "/staff/campaigns/", "/"):
            for _done in pool.map(lambda _n, path=path: Session(port, user)("GET", path, None, {}), range(requests)):
                pass


def round_of(many, top, port, options):
    """So many clients for so long; returns how many things were wrong afterwards."""
    top.refresh_from_db()
    scene = Scene(top, running_campaign(top), options.branches)
    users, before = staff(many, top), deadlocks()
    until = time.monotonic() + options.seconds
    clients = [
        Client(user, Session(port, user), scene, until, acts_of(n, options.storm), options.think, seed=n)
        for n, user in enumerate(users)
    ]
    for client in clients:
        client.start()
    if options.move:
        moved(top, options.seconds)
    for client in clients:
        client.join(options.seconds + 120)
    stuck = sum(client.is_alive() for client in clients)
    time.sleep(2)
    report(many, clients, options.seconds, deadlocks() - before)
    found = list(Register().faults(clients)) + ["a client still waits"] * stuck
    for fault in found[:30]:
        print(f"  WRONG: {fault}")
    acknowledged = sum(len(client.told) for client in clients)
    print(f"  {acknowledged} acts acknowledged, {len(found)} things wrong", flush=True)
    return len(found)


def moved(top, seconds):
    """Have the worker move the whole province, in the middle of the time."""
    time.sleep(seconds / 3)
    unit = Unit.objects.get(pk=top.pk)
    other = Unit.objects.filter(parent=unit.parent).exclude(pk=unit.pk).order_by("pk").first()
    move = start_moving(User.objects.get(username="quantri"), unit, other, date(2026, 7, 1))
    while move.is_at_work:
        time.sleep(0.2)
        move.refresh_from_db()
    took = (move.finished_at - move.started_at).total_seconds()
    rows, became = sum(move.rows.values()), Move.Status(move.status).name
    print(f"  the province was moved in {took:.1f} s, {rows:,} rows: {became}")


def report(many, clients, seconds, deadlocked):
    times, outcomes = defaultdict(list), Counter()
    for client in clients:
        outcomes.update(client.outcomes)
        for name, some in client.times.items():
            times[name] += some
    total = sum(map(len, times.values()))
    print(f"{many} clients, {seconds} s: {total} acts, {total / seconds:.1f} a second, {deadlocked} deadlocks undone")
    print(f"  {'act':14} {'done':>6} {'refused':>7} {'busy':>5} {'fault':>5} {'p50 ms':>7} {'p95 ms':>7} {'worst':>7}")
    for name in sorted(times):
        some = sorted(times[name])
        p95 = statistics.quantiles(some, n=20)[18] if len(some) > 1 else some[0]
        counts = [outcomes[name, outcome] for outcome in (DONE, REFUSED, BUSY, FAULT)]
        waits = [1000 * one for one in (statistics.median(some), p95, some[-1])]
        print(f"  {name:14} {counts[0]:6} {counts[1]:7} {counts[2]:5} {counts[3]:5}", end=" ")
        print(f"{waits[0]:7.0f} {waits[1]:7.0f} {waits[2]:7.0f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--branches", type=int, default=40, help="in how many branches they meet")
    parser.add_argument("--think", type=float, default=0, help="seconds between two acts, on average")
    parser.add_argument("--storm", action="store_true", help="only what writes, and moves and publications oftener")
    parser.add_argument("--move", action="store_true", help="move the province meanwhile")
    sys.exit(main(parser.parse_args()))
