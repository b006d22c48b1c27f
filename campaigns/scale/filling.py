"""Big tables filled at the database's own pace: rows as text."""

import io
from contextlib import contextmanager

from django.db import connection

NULL = "\\N"
# Of one COPY message; larger ones gain nothing.
CHARACTERS = 1 << 18
ROWS = 20_000


class Lines(io.RawIOBase):
    """Texts of whole lines as the file that COPY reads; they are made while the database stores those before."""

    def __init__(self, texts):
        self.texts = iter(texts)
        self.rest = ""

    def read(self, size=CHARACTERS):
        parts, length = [self.rest], len(self.rest)
        while length < size:
            text = next(self.texts, None)
            if text is None:
                break
            parts.append(text)
            length += len(text)
        whole = "".join(parts)
        self.rest = whole[size:]
        return whole[:size]


class Table:
    """One model's table and the columns that are written row by row; the others have the model's own defaults."""

    def __init__(self, model, *columns):
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        rest = [field for name, field in fields.items() if name not in columns]
        self.fields = [fields[name] for name in columns] + rest
        self.tail = "".join([f"\t{as_text(field.get_default())}" for field in rest]) + "\n"

    def fill(self, texts):
        """Write texts of whole lines, each line the named columns between tabs and then `tail`; the table is empty."""
        quote = connection.ops.quote_name
        table = quote(self.model._meta.db_table)
        names = ", ".join([quote(field.column) for field in self.fields])
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Emptied in the same transaction: nothing of it need be kept for others, so its rows may be frozen.
                cursor.execute(f"TRUNCATE {table}")
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FREEZE)", Lines(texts), CHARACTERS)
                self.number_on(cursor, table)
            else:
                marks = ", ".join(["%s"] * len(self.fields))
                for rows in in_rows(texts):
                    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608

    def number_on(self, cursor, table):
        """Rows to come are numbered after those written with their keys."""
        key = self.model._meta.pk.column
        last = f"(SELECT COALESCE(MAX({connection.ops.quote_name(key)}), 1) FROM {table})"  # noqa: S608
        cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), {last})", [table, key])


def as_text(value):
    """A default as COPY's text format has it."""
    if value is None:
        return NULL
    return str(int(value)) if isinstance(value, bool) else str(value)


def escaped(text):
    """A text as it stands in a line; of what needs it in COPY's format only the backslash occurs here (sort keys)."""
    return text.replace("\\", "\\\\")


def in_rows(texts):
    """Lists of rows of values, as a database without COPY takes them."""
    rows = []
    for text in texts:
        for line in text.splitlines():
            values = (None if value == NULL else value.replace("\\\\", "\\") for value in line.split("\t"))
            rows.append(list(values))
        if len(rows) >= ROWS:
            yield rows
            rows = []
    yield rows


@contextmanager
def with_room():
    """Inside, the database has memory for rows that come in no index's order, and for sorting all of them at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '512MB'")
            cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        else:
            # Half a gigabyte: pages put aside too early are read again and again.
            cursor.execute("PRAGMA cache_size = -524288")
    yield
