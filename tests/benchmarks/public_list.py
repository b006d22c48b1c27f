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


def set_up(folder):
    """Django with an empty database of its own."""
    os.environ |= {"DEBUG": "1", "DATABASE_URL": f"sqlite:///{folder}/benchmark.sqlite3"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command

    # The SQL of every query is kept under DEBUG, which would be measured too.
    settings.DEBUG = False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    call_command("compile_catalogue", verbosity=0)
    call_command("migrate", verbosity=0)


def fill():
    """A thousand published awards of twenty decisions, with names as long as real ones."""
    from django.utils import timezone

    from records.models import Award
    from tests.factories import make_award, make_award_type, make_decision, make_unit

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


def addresses():
    """The site's own addresses and the bare view's."""
    from django.contrib.auth.decorators import login_not_required
    from django.http import HttpResponse
    from django.urls import path

    from config.urls import urlpatterns

    @login_not_required
    def bare(request):
        return HttpResponse("ok")

    return [path("bare/", bare), *urlpatterns]


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
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        fill()
        from django.conf import settings
        from django.core.handlers.base import BaseHandler
        from django.test import RequestFactory

        settings.ROOT_URLCONF = type(sys)("addresses")
        settings.ROOT_URLCONF.urlpatterns = addresses()
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
        bare, listed = measure(get, options.rounds)
        ratio = bare / listed
        print(f"bare view {bare * 1000:.2f} ms, list of 50 {listed * 1000:.2f} ms ({size:,} bytes): ratio {ratio:.3f}")
        sys.exit(ratio < LEAST)


if __name__ == "__main__":
    main()
