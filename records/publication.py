"""One number for what the public may read: it differs as soon as something of that was changed, whoever changed it how.

The database counts by itself: a trigger on every table that public pages read, so that bulk writes and plain SQL count
too. A transaction counts in a row that no other has in hand, so nobody waits for anybody; the number is the sum of the
rows, and changes for others at the moment of the commit, when they see what was changed.
"""

from functools import wraps

from django.db import connections, migrations, router

from records import replica
from records.models import Award

# Whoever keeps a public page asks each time whether it still holds.
ASK_EACH_TIME = "public, max-age=0, must-revalidate"
TABLE, FUNCTION, TRIGGER = "records_publication", "records_count_publication", "publication"
# `pages.counted` spares a long transaction from counting at every statement. It goes back with a savepoint, as the
# row does, and ends with the transaction.
POSTGRESQL = """
CREATE TABLE {table} (id bigserial PRIMARY KEY, turns bigint NOT NULL);
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('pages.counted', true) IS DISTINCT FROM 'yes' THEN
        UPDATE {table} SET turns = turns + 1
        WHERE id = (SELECT id FROM {table} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            INSERT INTO {table} (turns) VALUES (1);
        END IF;
        PERFORM set_config('pages.counted', 'yes', true);
    END IF;
    RETURN NULL;
END $$
"""
# One transaction writes at a time, so one row is enough.
SQLITE = """
CREATE TRIGGER {trigger}_{watched}_{event} AFTER {event} ON {watched}
BEGIN INSERT INTO {table} (id, turns) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET turns = turns + 1; END
"""


def public_page(view):
    """Marks a view whose answer is one and the same for everyone who is not signed in: it may be kept and given to all.

    What such a view reads, other than its address, must lie in watched tables, or be the day. Where the request bears
    the primary's number, the view reads on a replica whose own is not below it.
    """

    @wraps(view)
    def page(request, *args, **kwargs):
        def made():
            return view(request, *args, **kwargs)

        number = getattr(request, "publication_number", None)
        return made() if number is None else replica.read(made, lambda: publication_number() >= number)

    page.is_public_page = True
    return page


def publication_number():
    """The number, as it stands where this thread reads: the primary's, or the replica's while that is lent."""
    with connections[router.db_for_read(Award)].cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(SUM(turns), 0) FROM {TABLE}")  # noqa: S608  (a constant)
        return int(cursor.fetchone()[0])


# What migrations do


def make_counter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL.format(**within_schema(schema_editor)))
    else:
        schema_editor.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, turns bigint NOT NULL)")


def remove_counter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION {function}".format(**within_schema(schema_editor)))
    schema_editor.execute(f"DROP TABLE {TABLE}")


def watch(label, private):
    """The operation that has an app's tables watched, as far as they do not have it yet.

    `private` names the models that no public page reads; their tables, and histories, are left alone. A later migration
    that makes a table, or alters one (SQLite then makes it anew, without its triggers), ends in this operation.
    """

    def add(apps, schema_editor):
        for table in tables(apps, label, private):
            unwatch(schema_editor, table)
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(
                    "CREATE TRIGGER {trigger} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {watched} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION {function}()".format(
                        trigger=TRIGGER, watched=table, **within_schema(schema_editor)
                    )
                )
            else:
                for event in ("insert", "update", "delete"):
                    schema_editor.execute(SQLITE.format(trigger=TRIGGER, watched=table, event=event, table=TABLE))

    def remove(apps, schema_editor):
        for table in tables(apps, label, private):
            unwatch(schema_editor, table)

    return migrations.RunPython(add, remove)


def unwatch(schema_editor, table):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TRIGGER} ON {table}")
    else:
        for event in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TRIGGER}_{table}_{event}")


def tables(apps, label, private):
    """The tables of an app's models, and of the links between them, that are not private."""
    for model in apps.get_app_config(label).get_models(include_auto_created=True):
        name = model.__name__.partition("_")[0]
        if name not in private and not name.startswith("Historical"):
            yield model._meta.db_table


def within_schema(schema_editor):
    """The counter's names with their schema: while a dump is restored, the search path is empty."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = schema_editor.connection.ops.quote_name(cursor.fetchone()[0])
    return {"table": f"{schema}.{TABLE}", "function": f"{schema}.{FUNCTION}"}
