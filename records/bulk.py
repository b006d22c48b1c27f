"""Many rows into a table at once, and their history from the rows themselves; for what is prepared row by row before.

`bulk_create` and the history library's helpers build two objects a row; these hand the database plain values (COPY on
PostgreSQL), and history rows are read off the table by the database itself.
"""

import io
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from records.behind import asked, handed_over
from records.models.history import current_request_id

# Keys in one condition: SQLite takes no more than 32,766 values in a statement.
BATCH = 2000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
ESCAPED = re.compile("[\\\\\t\n\r\x00]").search


def reserve(model, count):
    """Keys that nobody else will get, for rows written in this transaction."""
    return reserving(model, count)()


def reserving(model, count):
    """The same, asked ahead: a function that returns them."""
    table, column = model._meta.db_table, model._meta.pk.column
    if connection.vendor == "postgresql":
        # OFFSET 0 has the sequence looked up once, not for every key.
        keys = asked(
            "SELECT nextval(sequence) FROM generate_series(1, %s), "
            "(SELECT CAST(pg_get_serial_sequence(%s, %s) AS regclass) AS sequence OFFSET 0) AS found",
            [count, f'"{table}"', column],
        )
        return lambda: [key for (key,) in keys()]
    with connection.cursor() as cursor:
        # The transaction is the only writer.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        move, begin = "SET seq = %s WHERE name = %s", "(seq, name) VALUES (%s, %s)"
        statement = f"UPDATE sqlite_sequence {move}" if found else f"INSERT INTO sqlite_sequence {begin}"
        cursor.execute(statement, [last + count, table])
    return lambda: list(range(last + 1, last + 1 + count))


def insert(model, columns, rows):
    """Write rows of plain values, in the order of the columns (attribute names); runs in a transaction of its own or
    in the one under way."""
    put(lines_of(model, columns, rows))


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows of a table as the database takes them: by COPY the bytes of its text format, else the rows."""

    statement: str
    content: Any


def lines_of(model, columns, rows):
    """Rows of plain values made ready for `put`, which is half of the work."""
    fields = [model._meta.get_field(name) for name in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        columns = map(copied_column, zip(*rows, strict=True))
        text = "\n".join(map("\t".join, zip(*columns, strict=True)))
        return Lines(f"COPY {table} ({names}) FROM STDIN", text.encode())
    marks = ", ".join(["%s"] * len(fields))
    return Lines(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608


def put(lines):
    """Write what `lines_of` made ready."""
    if connection.vendor == "postgresql":
        size = len(lines.content)
        handed_over(lambda cursor: cursor.copy_expert(lines.statement, io.BytesIO(lines.content), size))
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(lines.statement, lines.content)


def alter(model, columns, records, reason=""):
    """Write these columns of records that are in the table, and the history of it; a statement a batch, or of one
    record's size: what Django's own bulk update builds takes longer than what the database does with it."""
    fields = [model._meta.get_field(name) for name in columns]
    quote, key = connection.ops.quote_name, model._meta.pk
    table, names = quote(model._meta.db_table), [quote(field.column) for field in fields]
    rows = [
        [record.pk, *(field.get_db_prep_save(getattr(record, field.attname), connection) for field in fields)]
        for record in records
    ]
    if not rows or not fields:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            given = ", ".join(f"CAST(%s AS {kind})" for kind in ["bigint[]", *(["text[]"] * len(fields))])
            new = ", ".join(f"c{place}" for place in range(len(fields)))
            sets = ", ".join(
                f"{name} = CAST(new.c{place} AS {field.db_type(connection)})"
                for place, (name, field) in enumerate(zip(names, fields, strict=True))
            )
            keys, *values = zip(*rows, strict=True)
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest({given}) AS new(row_key, {new}) "  # noqa: S608
                f"WHERE {table}.{quote(key.column)} = new.row_key",
                [list(keys), *([None if one is None else str(one) for one in column] for column in values)],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in names)
            statement = f"UPDATE {table} SET {sets} WHERE {quote(key.column)} = %s"  # noqa: S608
            cursor.executemany(statement, [(*values, pk) for pk, *values in rows])
    remember(model, [pk for pk, *_values in rows], "~", reason)


def copied_column(values):
    """A column's values as COPY's text format has them: most texts as they are, which is seen of all at once."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return map(str, values)
    return values if kinds == {str} and not ESCAPED("".join(values)) else map(copied, values)


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
    past, quote, postgresql = model.history.model, connection.ops.quote_name, connection.vendor == "postgresql"
    kept = ", ".join(quote(field.column) for field in past.tracked_fields)
    said = {
        "history_date": (connection.ops.adapt_datetimefield_value(timezone.now()), "timestamptz"),
        "history_type": (sign, "varchar"),
        "history_change_reason": (reason[:500] or None, "varchar"),
        "history_user_id": (getattr(current_user(), "pk", None), "bigint"),
        "request_id": (current_request_id(), "varchar"),
    }
    marks = ", ".join(f"CAST(%s AS {kind})" if postgresql else "%s" for _value, kind in said.values())
    # One value holds all the keys; a list of them would be taken apart, checked and planned key by key.
    among = "= ANY(%s)" if postgresql else "IN (SELECT value FROM json_each(%s))"
    statement = (
        f"INSERT INTO {quote(past._meta.db_table)} ({kept}, {', '.join(said)}) "  # noqa: S608
        f"SELECT {kept}, {marks} FROM {quote(model._meta.db_table)} WHERE {quote(model._meta.pk.column)} {among}"
    )
    values = [value for value, _kind in said.values()]
    values.append(list(keys) if postgresql else json.dumps(list(keys)))
    handed_over(lambda cursor: cursor.execute(statement, values))


def current_user():
    """Who acts, in a request or by `history.acting`; None for a command."""
    return getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
