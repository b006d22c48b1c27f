"""Rows a second and memory of an export of awards, beside PostgreSQL's own COPY of the same columns in the same run.

DEBUG=1 .venv/bin/python tests/postgres.py .venv/bin/python -m tests.benchmarks.export [AWARDS ...]

AWARDS: 100000 1000000 unless given. The database is filled with awards of made-up recipients; run it on a throwaway one
only. Each measurement is a process of its own, so that its peak of memory is its own.
"""

import json
import os
import statistics
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402

from records.exports import Wanted, lists, one_view  # noqa: E402
from records.models import Award, Decision, Export, Unit, User  # noqa: E402

ROUNDS = 3
UNITS, PER_DECISION = 600, 50
XLSX_ROWS = 100_000

DECISIONS = """
INSERT INTO records_decision (id, number, sequence, series, issuer_code, issuer, issuer_key, kind, issued_on,
    issued_precision, subject, signed_by, signer_position, file, unit_id, unit_path, search_key)
SELECT n, n || '/QĐ-UBND', n, 'QĐ', 'UBND', 'Chủ tịch Ủy ban nhân dân tỉnh', 'chu tich uy ban nhan dan tinh', 'grant',
    date '2000-01-01' + (n %% 9000)::int, 'day', 'Tặng Bằng khen', '', '', '', %s, %s, n || '/qd-ubnd'
FROM generate_series(%s::bigint, %s) AS n
"""
AWARDS = """
INSERT INTO records_award (id, public_id, decision_id, type_id, recipient_kind, recipient_name, salutation,
    recipient_position, recipient_unit, unit_id, unit_path, mode, recipient_category, period_start, period_end, reason,
    list_position, decided_on, status, search_key)
SELECT n, 'b' || lpad(to_hex(n), 7, '0'), decision.id, types.ids[1 + n %% array_length(types.ids, 1)], 'person',
    (ARRAY['Nguyễn Văn An', 'Trần Thị Bình', 'Lê Hoàng Cường', 'Phạm Thị Ngọc Dung'])[1 + n %% 4], 'Ông',
    (ARRAY['Bí thư chi bộ', 'Đảng viên', 'Trưởng phòng, Phó Bí thư'])[1 + n %% 3], unit.name, unit.id, unit.path,
    'merit', '', 2015 + n %% 5, 2015 + n %% 5, 'Hoàn thành xuất sắc nhiệm vụ', n %% %s, decision.issued_on, 'active', ''
FROM generate_series(%s::bigint, %s) AS n
JOIN records_decision AS decision ON decision.id = n / %s + 1
JOIN records_unit AS unit ON unit.code = 'CB-' || n %% %s
CROSS JOIN (SELECT array_agg(id) AS ids FROM records_awardtype WHERE recipients LIKE '%%person%%') AS types
"""


def prepare():
    """An empty register with its units, and a superuser."""
    call_command("migrate", verbosity=0)
    call_command("load_award_types", verbosity=0)
    root = Unit.objects.create(code="R", name="Đảng bộ tỉnh", kind=Unit.Kind.PROVINCIAL_COMMITTEE)
    branch = Unit.Kind.GRASSROOTS_BRANCH
    Unit.objects.plant([Unit(code=f"CB-{n}", name=f"Chi bộ số {n}", kind=branch, parent=root) for n in range(UNITS)])
    User.objects.create_superuser("clerk", password=None)


def fill(awards):
    """Bring the number of awards up to this."""
    root, there = Unit.objects.get(code="R"), Award.objects.count()
    with connection.cursor() as cursor:
        first = Decision.objects.count() + 1
        cursor.execute(DECISIONS, [root.pk, root.path, first, awards // PER_DECISION + 1])
        cursor.execute(AWARDS, [PER_DECISION, there, awards - 1, PER_DECISION, UNITS])
        cursor.execute("VACUUM ANALYZE")


def wanted(form):
    """The whole list, all its columns, for a superuser."""
    outgoing = lists()["awards"]
    user = User.objects.get(username="clerk")
    names = tuple(part.name for part in outgoing.parts)
    return Wanted(outgoing, outgoing.find(user, QueryDict("")), user, names, form, "đo")


def by_copy(rows):
    """PostgreSQL writes the same columns in the same order by itself."""
    ask = wanted(Export.Format.CSV)
    sources = dict.fromkeys(source for part in ask.outgoing.parts for source in part.sources)
    select, params = ask.found.rows.values_list(*sources).query.sql_with_params()
    with connection.cursor() as cursor, open(os.devnull, "wb") as file:
        select = cursor.mogrify(select, params).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT WITH (FORMAT csv)", file)
    return rows


def by_export(rows, form=Export.Format.CSV):
    """The file as a worker writes it, without a disk."""
    with open(os.devnull, "wb") as file, one_view():
        return wanted(form).write(file)


def apart(act, rows):
    """(rows, rows a second, peak in MB) of an act in a process of its own."""
    connection.close()
    ends = os.pipe()
    child = os.fork()
    if not child:
        began = time.perf_counter()
        done = act(rows)
        os.write(ends[1], json.dumps([done, time.perf_counter() - began]).encode())
        os._exit(0)
    _pid, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{act.__name__} failed")
    done, taken = json.loads(os.read(ends[0], 100))
    assert done == rows, (done, rows)
    return done / taken, usage.ru_maxrss / 1024


def measure(rows):
    """Print the figures for a number of awards, COPY and csv one after the other in each round."""
    seen = {by_copy: [], by_export: []}
    for _round in range(ROUNDS):
        for act, figures in seen.items():
            figures.append(apart(act, rows))
    paces = {act: statistics.median(pace for pace, _peak in figures) for act, figures in seen.items()}
    peak = max(peak for _pace, peak in seen[by_export])
    ratio = paces[by_export] / paces[by_copy]
    copy, pace = paces[by_copy], paces[by_export]
    print(f"{rows:9,}  csv  {pace:9,.0f}/s   {peak:4.0f} MB   COPY {copy:9,.0f}/s   {ratio:.2f} of it")


def measure_xlsx(rows):
    """Print the figures of a workbook."""
    pace, peak = apart(lambda n: by_export(n, Export.Format.XLSX), rows)
    print(f"{rows:9,}  xlsx {pace:9,.0f}/s   {peak:4.0f} MB")


def main(*sizes):
    prepare()
    for rows in map(int, sizes or ("100000", "1000000")):
        fill(rows)
        if rows <= XLSX_ROWS:
            measure_xlsx(rows)
        measure(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
