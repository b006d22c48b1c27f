"""Each page of the site over the register in DATABASE_URL (PostgreSQL, filled by load_scale): what it asks for.

DEBUG=1 DATABASE_URL=… .venv/bin/python -m tests.benchmarks.scale [GROUP ...] [-v]

GROUP: public, admin, or a clerk's level: country, province, commune, grassroots, branch; all of them unless given.
-v prints, under each page with a fault, the statement that has it.

Queries, kilobytes, blocks of 8 KB touched, the database's milliseconds, the page's (the median of ROUNDS, in turn with
a view that does nothing), how many bare views would have been answered in the time, and what is wrong with the plans
(tests.weighing).
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

from records.models import User  # noqa: E402
from tests.benchmarks import bare  # noqa: E402, F401  (adds /bare/)
from tests.scale_pages import LEVELS, Requests  # noqa: E402
from tests.weighing import weigh  # noqa: E402

ROUNDS = 3


def main(*arguments):
    loud = "-v" in arguments
    wanted = [word for word in arguments if not word.startswith("-")] or ["public", "admin", *LEVELS]
    requests = Requests()
    print(f"{'page':44} {'queries':>7} {'KB':>5} {'buffers':>9} {'db ms':>8} {'ms':>7} {'bare':>5}  faults")
    for group in wanted:
        client = Client(SERVER_NAME="localhost")
        if group != "public":
            login = requests.logins.get(group, "quantri")
            client.force_login(User.objects.get(username=login))
        pages = {"public": requests.public, "admin": requests.admin}.get(group) or (lambda g=group: requests.staff(g))
        print(f"--- {group}")
        for name, address in pages():
            show(name, client, address, loud)


def show(name, client, address, loud):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '60s'")
    try:
        weight = weigh(client, address)
        pairs = [(timed(client, address), timed(client, "/bare/")) for _round in range(ROUNDS)]
    except Exception as problem:
        print(f"{name:44} {type(problem).__name__}: {str(problem)[:100]}")
        return
    print(
        f"{name:44} {weight.queries:7} {weight.size:5.0f} {weight.buffers:9,} {weight.milliseconds:8.1f} "
        f"{statistics.median(page for page, _bare in pairs):7.0f} "
        f"{statistics.median(page / floor for page, floor in pairs):5.0f}  {'; '.join(weight.faults)}",
        flush=True,
    )
    if loud:
        for buffers, milliseconds, faults, sql in weight.statements:
            if faults or milliseconds > 20:
                print(f"    {buffers:,} blocks, {milliseconds:.0f} ms: {sql}")


def timed(client, address):
    began = time.perf_counter()
    answer = client.get(address)
    b"".join(answer) if answer.streaming else answer.content
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
