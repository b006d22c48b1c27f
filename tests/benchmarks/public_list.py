"""How much of a bare Django view's speed the public list of awards keeps.

    python tests/benchmarks/public_list.py [--rounds 400] [--profile]

Fifty rows of a thousand, through every middleware, against a view that answers "ok" through the same ones: both in one
process, turn by turn, so that a busy machine slows both alike. Prints the time nine in ten take longer than, for each,
and their ratio; exits 1 below 0.06. A busy machine interrupts the longer of two more often, so medians would compare
its other work.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.06
FOLDER = tempfile.TemporaryDirectory()

# Settings read the environment, and models need settings, before anything of the project can be imported.
os.environ |= {"DEBUG": "1", "DATABASE_URL": f"sqlite:///{FOLDER.name}/benchmark.sqlite3"}
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
sys.path.insert(0, str(ROOT))

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.decorators import login_not_required  # noqa: E402
from django.core.handlers.base import BaseHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.urls import urlpatterns as site  # noqa: E402
from records.models import Award  # noqa: E402
from tests.factories import make_award, make_award_type, make_decision, make_unit  # noqa: E402


@login_not_required
def bare(request):
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), *site]


def set_up():
    """An empty database, and nothing measured that a served site does not do."""
    # The SQL of every query is kept under DEBUG.
    settings.DEBUG = False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.ROOT_URLCONF = __name__
    call_command("compile_catalogue", verbosity=0)
    call_command("migrate", verbosity=0)


def fill():
    """A thousand published awards of twenty decisions, with names as long as real ones."""
    unit = make_unit(name="Đảng bộ xã Đá Bạc, huyện Châu Đức")
    types = [make_award_type(name=f"Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh, loại {n}") for n in range(20)]
    now = timezone.now()
    for n in range(20):
        decision = make_decision(issued_on=date(2010 + n // 2, 5, 1) + timedelta(days=n), unit=unit, published=True)
        template = make_award(decision=decision, type=types[n], published_at=now)
        awards = [
            Award(
                decision=decision,
                type=types[n],
                recipient_kind=Award.RecipientKind.COLLECTIVE,
                recipient_name=f"Nhân dân và cán bộ xã Thuận Hóa {place}",
                recipient_unit="huyện Tuyên Hóa, tỉnh Quảng Bình",
                unit=unit,
                unit_path=unit.path,
                list_position=place,
                decided_on=template.decided_on,
                period_start=2019,
                published_at=now,
            )
            for place in range(50)
        ]
        Award.objects.bulk_create(awards)


def measure(get, rounds):
    """The lowest tenth of both, in seconds, taken turn by turn."""
    taken = {"/bare/": [], "/awards/": []}
    for _round in range(rounds):
        for address, times in taken.items():
            start = perf_counter()
            get(address)
            times.append(perf_counter() - start)
    return [statistics.quantiles(times, n=10)[0] for times in taken.values()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--profile", action="store_true", help="show where the list's time goes instead")
    options = parser.parse_args()
    set_up()
    fill()
    handler = BaseHandler()
    handler.load_middleware()
    requests = RequestFactory(SERVER_NAME="127.0.0.1")

    def get(address):
        response = handler.get_response(requests.get(address))
        if response.status_code != 200:
            sys.exit(f"{address} answered {response.status_code}")
        return response.content

    size = len(get("/awards/"))
    measure(get, 20)
    if options.profile:
        profile = cProfile.Profile()
        profile.runcall(lambda: [get("/awards/") for _round in range(100)])
        pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        return
    plain, listed = measure(get, options.rounds)
    print(
        f"bare view {plain * 1000:.2f} ms, list of 50 {listed * 1000:.2f} ms ({size:,} bytes): "
        f"ratio {plain / listed:.3f}"
    )
    sys.exit(plain / listed < LEAST)


if __name__ == "__main__":
    main()
