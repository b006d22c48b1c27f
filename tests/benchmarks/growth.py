"""Twelve requests at growing sizes of the register: what each asks PostgreSQL for, and a drawing of it.

DEBUG=1 DATABASE_URL=… .venv/bin/python -m tests.benchmarks.growth            measures the register there (load_scale)
.venv/bin/python -m tests.benchmarks.growth --draw                            draws again from docs/growth.csv
DEBUG=1 .venv/bin/python tests/postgres.py .venv/bin/python -m tests.benchmarks.growth 10000 100000 1000000
                                                                              loads and measures each size in turn

A measured size replaces its lines in docs/growth.csv; docs/growth.svg is drawn from all of them.
"""

import csv
import math
import os
import statistics
import sys
import time
from html import escape
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from records.models import Member, User  # noqa: E402
from tests.scale_pages import Requests  # noqa: E402
from tests.weighing import weigh  # noqa: E402

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROUNDS = 5
# (who asks, the page as tests.scale_pages names it, its name in the drawing)
TWELVE = [
    ("public", "home", "front page"),
    ("public", "awards", "awards, newest first"),
    ("public", "awards of a commune", "awards of a commune"),
    ("public", "awards by a common name", "awards by a common name"),
    ("public", "an award", "an award"),
    ("public", "a running campaign", "the largest campaign"),
    ("country", "members", "staff: members"),
    ("country", "members by a whole name", "staff: members by name"),
    ("province", "a member", "staff: a member"),
    ("province", "a running campaign's board", "staff: board of a province"),
    ("country", "decisions", "staff: decisions"),
    ("admin", "admin: records/member", "admin: members"),
]
# Measured elsewhere, on lists like these: (members, milliseconds, what).
PEERS = [
    (10_000, 2_800, "ephios: list of people"),
    (5_600_000, 2_200, "Django's own admin list"),
    (5_600_000, 9_500, "last page by OFFSET"),
]
COLOURS = [
    "#7a1f1f",
    "#b5651d",
    "#c08a00",
    "#5b7a1f",
    "#1f7a4d",
    "#1f7a7a",
    "#1f5b9a",
    "#3b3ba8",
    "#7a3ba8",
    "#a83b86",
    "#555555",
    "#111111",
]


def measured():
    """A row for each of the twelve: members, name, queries, buffers, milliseconds of the database and of the page."""
    members, requests = Member.objects.count(), Requests()
    for group, page, name in TWELVE:
        client = Client(SERVER_NAME="localhost")
        pages = {"public": requests.public, "admin": requests.admin}.get(group) or (lambda g=group: requests.staff(g))
        if group != "public":
            client.force_login(User.objects.get(username=requests.logins.get(group, "quantri")))
        address = dict(pages())[page]
        client.get(address)
        call_command("db_worker", "--batch", "--no-startup-delay", "--interval", "0", "--no-reload", verbosity=0)
        weight = weigh(client, address)
        times = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            client.get(address)
            times.append(1000 * (time.perf_counter() - began))
        took = round(statistics.median(times), 1)
        print(f"{members:>9,} {name:28} {weight.queries:3} {weight.buffers:8,} {weight.milliseconds:8.1f} {took:8.1f}")
        yield [members, name, weight.queries, weight.buffers, round(weight.milliseconds, 1), took]


def keep(rows):
    """Put a size's rows in the place of its earlier ones."""
    path = DOCS / "growth.csv"
    known = list(csv.reader(path.open(encoding="utf-8")))[1:] if path.exists() else []
    sizes = {str(row[0]) for row in rows}
    known = [row for row in known if row[0] not in sizes] + [[str(cell) for cell in row] for row in rows]
    known.sort(key=lambda row: int(row[0]))
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerows([["members", "request", "queries", "buffers", "database_ms", "page_ms"], *known])


STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.t{font-weight:600;font-size:15px}.y{text-anchor:end}"
    ".x{text-anchor:middle}.p{font-style:italic}.g{stroke:#ddd;fill:none}"
)


class Panel:
    """One drawing with both axes by powers of ten."""

    WIDTH, HEIGHT, LEFT, TOP = 420, 330, 64, 56

    def __init__(self, x, title, unit, bottom, top):
        self.x, self.title, self.unit, self.bottom, self.top = x + self.LEFT, title, unit, bottom, top

    def place(self, size, value):
        across = (math.log10(size) - 3.9) / (6.9 - 3.9)
        up = (math.log10(max(value, 10**self.bottom)) - self.bottom) / (self.top - self.bottom)
        return round(self.x + across * self.WIDTH, 1), round(self.TOP + (1 - up) * self.HEIGHT, 1)

    def frame(self):
        yield f'<text x="{self.x}" y="{self.TOP - 20}" class="t">{escape(self.title)}</text>'
        for power in range(self.bottom, self.top + 1):
            _x, y = self.place(10**5, 10**power)
            label = f"{10**power:,}" if power >= 0 else f"{10**power}"
            yield f'<path d="M{self.x} {y}h{self.WIDTH}" class="g"/>'
            yield f'<text x="{self.x - 8}" y="{y + 4}" class="y">{label}</text>'
        for size, label in (
            (10_000, "10 thousand"),
            (100_000, "100 thousand"),
            (1_000_000, "1 million"),
            (5_600_000, "5.6"),
        ):
            x, _y = self.place(size, 1)
            foot = self.TOP + self.HEIGHT
            yield f'<path d="M{x} {self.TOP}V{foot}" class="g"/><text x="{x}" y="{foot + 18}" class="x">{label}</text>'
        yield f'<text x="{self.x - 8}" y="{self.TOP - 6}" class="y">{escape(self.unit)}</text>'

    def line(self, points, colour):
        places = [self.place(*point) for point in points]
        path = "M" + "L".join([f"{x} {y}" for x, y in places])
        dots = "".join([f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places])
        return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def draw():
    """Write docs/growth.svg from docs/growth.csv."""
    rows = list(csv.DictReader((DOCS / "growth.csv").open(encoding="utf-8")))
    panels = [Panel(0, "Milliseconds of a page", "ms", 0, 4), Panel(500, "Blocks of 8 KB touched", "blocks", 0, 5)]
    parts = [piece for panel in panels for piece in panel.frame()]
    for (_group, _page, name), colour in zip(TWELVE, COLOURS, strict=True):
        mine = [row for row in rows if row["request"] == name]
        for panel, column in zip(panels, ("page_ms", "buffers"), strict=True):
            parts.append(panel.line([(int(row["members"]), float(row[column])) for row in mine], colour))
    for size, value, what in PEERS:
        x, y = panels[0].place(size, value)
        anchor, shift = ("end", -8) if size > 1_000_000 else ("start", 8)
        parts.append(f'<path d="M{x - 5} {y - 5}l10 10m0 -10l-10 10" stroke="#111" stroke-width="2"/>')
        parts.append(f'<text x="{x + shift}" y="{y - 6}" text-anchor="{anchor}" class="p">{escape(what)}</text>')
    foot = Panel.TOP + Panel.HEIGHT + 50
    for place, ((_group, _page, name), colour) in enumerate(zip(TWELVE, COLOURS, strict=True)):
        x, y = 64 + 240 * (place % 4), foot + 22 * (place // 4)
        parts.append(f'<path d="M{x} {y - 4}h22" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{x + 28}" y="{y}">{escape(name)}</text>')
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1020 {foot + 66}" role="img" aria-labelledby="title">'
        f'<title id="title">Twelve requests at four sizes of the register</title><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
    (DOCS / "growth.svg").write_text(text, encoding="utf-8")


def empty():
    """Take a loaded country out again."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0)


def main(*arguments):
    for size in [argument for argument in arguments if argument.isdecimal()]:
        empty()
        call_command("load_scale", members=int(size), verbosity=0)
        keep(list(measured()))
    if not arguments:
        keep(list(measured()))
    draw()


if __name__ == "__main__":
    main(*sys.argv[1:])
