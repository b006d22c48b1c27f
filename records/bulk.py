"""Many rows into a table at once, and their history from the rows themselves; for what is prepared row by row before.

`bulk_create` and the history library's helpers build two objects a row; these hand the database plain values (COPY on
PostgreSQL), and history rows are read off the table by the database itself.
"""

import io
import re
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from records.models.history import current_request_id

# Keys in one condition: SQLite takes no more than 32,766 values in a statement.
BATCH = 2000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
ESCAPED = re.compile("[\\\\\t\n\r\x00]").search


def reserve(model, count):
    """Keys that nobody else will get, for rows written in this transaction."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [f'"{table}"', column, count])
            return [key for (key,) in cursor.fetchall()]
        # The transaction is the only writer; inserting a row with its key moves the counter on.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return list(range(last + 1, last + 1 + count))


def insert(model, columns, rows):
    """Write rows of plain values, in the order of the columns (attribute names); runs in a transaction of its own or
    in the one under way."""
    fields = [model._meta.get_field(name) for name in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = io.StringIO("".join(["\t".join(map(copied, row)) + "\n" for row in rows]))
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", lines)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608


def copied(value):
    """A value as COPY's text format has it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES) if ESCAPED(value) else value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)


def remember(model, keys, sign="+", reason=""):
    """Write the history rows of the rows with these keys as they stand: "+" created, "~" changed, "-" about to go."""
    past = model.history.model
    names = [field.attname for field in past.tracked_fields]
    columns = [past._meta.get_field(field.name).column for field in past.tracked_fields]
    columns += ["history_date", "history_type", "history_change_reason", "history_user_id", "request_id"]
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    user = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    said = [timezone.now(), sign, reason[:500] or None, getattr(user, "pk", None), current_request_id()]
    said[0] = connection.ops.adapt_datetimefield_value(said[0])
    kinds = ["timestamptz", "varchar", "varchar", "bigint", "varchar"]
    marks = [f"CAST(%s AS {kind})" if connection.vendor == "postgresql" else "%s" for kind in kinds]
    with connection.cursor() as cursor:
        for start in range(0, len(keys), BATCH):
            rows = model._base_manager.filter(pk__in=keys[start : start + BATCH]).values_list(*names)
            select, params = rows.query.sql_with_params()
            cursor.execute(
                f"INSERT INTO {connection.ops.quote_name(past._meta.db_table)} ({quoted}) "  # noqa: S608
                f"SELECT chosen.*, {', '.join(marks)} FROM ({select}) AS chosen",
                [*said, *params],
            )
