"""How fast a spreadsheet of members is read, planned and written with its history, and in what memory.

    .venv/bin/python tests/postgres.py .venv/bin/python -m tests.benchmarks.imports [ROWS [ROUNDS]]     100,000 and 3
    DATABASE_URL=sqlite:////tmp/imports.sqlite3 .venv/bin/python -m tests.benchmarks.imports 20000

On an empty database. Each round writes the same fictional people from csv and from xlsx, each in a process of its own:
plan, write, plan again when all of it is there, take back. With PEER set to a directory that holds
django-import-export and tablib (`pip install --target`), the peer writes the same csv in the same round, bulk settings
turned up: first as it is, without plan, history and memberships, then with the same rows as ours by the history
library's bulk helpers (still without a plan, or a way back).
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "benchmark")

import django

django.setup()

import xlsxwriter  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import override_settings  # noqa: E402
from simple_history.utils import bulk_create_with_history  # noqa: E402

from campaigns.sample.draws import FEMALE, Draw  # noqa: E402
from records import imports  # noqa: E402
from records.models import Member, Membership, Unit  # noqa: E402
from records.sheets.kinds import find_kind  # noqa: E402

HEADER = (
    "STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số thẻ đảng viên", "Ngày vào Đảng", "Ngày chính thức", "Chức vụ",
    "Mã đơn vị", "Tình trạng", "Điện thoại", "Email",
)  # fmt: skip
ROUNDS, UNITS = 3, 500
FIRST_BIRTH, BIRTHS = date(1940, 1, 1), 18_000
POSITIONS = ("Đảng viên", "Bí thư", "Phó Bí thư", "Chi ủy viên")


def people(count):
    """Rows of fictional people, the same each time, in the order of HEADER; dates are dates."""
    draw = Draw(1)
    for number in range(1, count + 1):
        born = FIRST_BIRTH + timedelta(days=draw.randrange(BIRTHS))
        admitted = born + timedelta(days=7000 + draw.randrange(6000))
        gender = draw.gender()
        yield (
            number, draw.names.draw(draw, gender), born, "Nữ" if gender == FEMALE else "Nam", f"{number:08d}", admitted,
            admitted + timedelta(days=365), draw.choice(POSITIONS), f"DV{draw.randrange(UNITS)}", "Chính thức",
            f"09{draw.randrange(10**8):08d}", f"nguoi{number}@vidu.example",
        )  # fmt: skip


def write_files(folder, count):
    """The same list as csv and as xlsx."""
    rows = list(people(count))
    with (folder / "members.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([[f"{v:%d/%m/%Y}" if isinstance(v, date) else v for v in row] for row in rows])
    book = xlsxwriter.Workbook(folder / "members.xlsx", {"constant_memory": True})
    sheet, days = book.add_worksheet("Danh sách"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADER)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, days)
            else:
                sheet.write(line, column, value)
    book.close()


def timed(work, *args):
    began = time.perf_counter()
    work(*args)
    return time.perf_counter() - began


def peak():
    """Megabytes of the process at its largest, and of the largest of its children.

    What `getrusage` says counts what the parent was when it began the process: of this one, the writer of the files.
    """
    own = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return [round(int(own.split()[1]) / 1024), round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)]


def run_once(path):
    """Seconds of each step for one file, in this process."""
    kind = find_kind("members")
    batch = imports.take(None, kind, path.name, path.read_bytes())
    batch.claim(["mapping"], "planning")
    seconds = {"plan": timed(imports.plan, batch)}
    assert batch.counts["create"] == batch.counts["rows"], (batch.error, batch.counts, batch.groups[:2])
    batch.claim(["planned"], "applying")
    seconds["write"] = timed(imports.apply, batch, None)
    assert batch.status == "applied", batch.error
    again = imports.take(None, kind, path.name, path.read_bytes())
    again.claim(["mapping"], "planning")
    seconds["same"] = timed(imports.plan, again)
    assert again.counts["same"] == again.counts["rows"], again.counts
    memory = peak()
    batch.claim(["applied"], "undoing")
    seconds["undo"] = timed(imports.undo, batch, None, "")
    assert not Member.objects.exists() and not Membership.objects.exists()
    return {"rows": batch.counts["rows"], **seconds, "peak": memory}


def run_peer(path):
    """Seconds in which the peer writes the csv."""
    sys.path.append(os.environ["PEER"])
    from import_export import fields, resources, widgets
    from tablib import Dataset

    units = {unit.code: unit for unit in Unit.objects.all()}
    choices = {"Nam": "male", "Nữ": "female", "Chính thức": "full"}

    class Found(widgets.Widget):
        def __init__(self, known):
            self.known = known

        def clean(self, value, row=None, **kwargs):
            return self.known[value]

    def column(attribute, name, widget=None):
        return fields.Field(attribute=attribute, column_name=name, widget=widget)

    class Members(resources.ModelResource):
        full_name, card_number = column("full_name", "Họ và tên"), column("card_number", "Số thẻ đảng viên")
        birth_date = column("birth_date", "Ngày sinh", widgets.DateWidget("%d/%m/%Y"))
        admitted_on = column("admitted_on", "Ngày vào Đảng", widgets.DateWidget("%d/%m/%Y"))
        full_member_on = column("full_member_on", "Ngày chính thức", widgets.DateWidget("%d/%m/%Y"))
        position, unit = column("position", "Chức vụ"), column("unit", "Mã đơn vị", Found(units))
        gender = column("gender", "Giới tính", Found(choices))
        standing = column("standing", "Tình trạng", Found(choices))
        email, phone = column("email", "Email"), column("phone", "Điện thoại")

        class Meta:
            model = Member
            import_id_fields = ("card_number",)
            use_bulk, batch_size = True, 2000
            skip_diff = skip_html_diff = force_init_instance = True
            fields = (
                "full_name", "card_number", "birth_date", "admitted_on", "full_member_on", "position", "unit",
                "gender", "standing", "email", "phone",
            )  # fmt: skip

        def before_save_instance(self, instance, row, **kwargs):
            instance.prepare()

    def load():
        data = Dataset().load(path.read_text(encoding="utf-8-sig"), format="csv")
        result = Members().import_data(data, raise_errors=True)
        assert result.totals["new"] == len(data), result.totals

    def belong():
        """What the peer leaves out, by the history library's own helpers: memberships, and both histories."""
        people = list(Member.objects.all())
        Member.history.bulk_history_create(people, batch_size=2000, default_change_reason="Nhập")
        since = [Membership(member=person, unit_id=person.unit_id, valid_from=date.today()) for person in people]
        bulk_create_with_history(since, Membership, batch_size=2000, default_change_reason="Nhập")
        Unit.objects.recount()

    seconds, rows = timed(load), Member.objects.count()
    whole = seconds + timed(belong)
    memory = peak()
    for model in (Membership.history.model, Membership, Member.history.model, Member):
        model._base_manager.all()._raw_delete("default")
    return {"rows": rows, "all": seconds, "whole": whole, "peak": memory}


def apart(*words):
    """What one measurement, in a process of its own, says."""
    command = [sys.executable, "-m", "tests.benchmarks.imports", *map(str, words)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])


def describe(name, said):
    rows, own, children = said["rows"], *said["peak"]
    steps = " ".join(f"{step} {said[step]:.1f} s" for step in ("plan", "write", "same", "undo", "all") if step in said)
    rate = rows / (said["all"] if "all" in said else said["plan"] + said["write"])
    same = f", same {rows / said['same']:,.0f}/s" if "same" in said else ""
    print(f"{name:5} {steps}: {rate:,.0f} rows/s{same}; peak {own} MB, of the reader {children} MB", flush=True)
    return rate


def main(count=100_000, rounds=ROUNDS):
    call_command("migrate", verbosity=0)
    root = Unit(code="GOC", name="Đảng bộ tỉnh", kind="provincial_committee")
    root.save()
    Unit.objects.plant(
        [Unit(code=f"DV{n}", name=f"Chi bộ {n}", kind="grassroots_branch", parent=root) for n in range(UNITS)]
    )
    print(f"{connection.vendor}, {count:,} rows of {len(HEADER)} columns")
    with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        write_files(Path(folder), count)
        os.environ["MEDIA_ROOT"] = folder
        for number in range(rounds):
            print(f"round {number + 1}")
            if connection.vendor == "postgresql":
                # What a running server does by itself after so many rows came and went.
                connection.cursor().execute("VACUUM ANALYZE")
            rates = {name: describe(name, apart("--one", Path(folder) / f"members.{name}")) for name in ("csv", "xlsx")}
            if os.environ.get("PEER"):
                said = apart("--peer", Path(folder) / "members.csv")
                for name, seconds in (("peer", said["all"]), ("same rows by the peer", said["whole"])):
                    peer = describe(name, {**said, "all": seconds})
                    print("      " + ", ".join(f"{one} {rate / peer:.1f} × it" for one, rate in rates.items()))


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        print(json.dumps(run_once(Path(words[1]))))
    elif words[:1] == ["--peer"]:
        print(json.dumps(run_peer(Path(words[1]))))
    else:
        main(*map(int, words))
