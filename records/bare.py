"""Tables without indexes while very many rows go in: built at the end, an index costs a fraction of what it costs row
by row. PostgreSQL alone; one transaction's work, so that whoever breaks off finds everything as it was."""

from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

# What may be taken away: foreign keys, constraints that exclude, uniqueness. Conditions on a row's own columns stay:
# they cost little, and PostgreSQL would write them back in other words. Foreign keys from one of the tables to another
# always go; those to other tables could not be taken away without holding these as well.
EVERYTHING, WHAT_FINDS = "fxup", "x"
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
  AND contype IN ('f', 'x', 'u', 'p')
  AND (position(contype::text IN %(kinds)s) > 0
       OR conrelid = ANY(%(tables)s::regclass[]) AND confrelid = ANY(%(tables)s::regclass[]))
ORDER BY array_position(ARRAY['f', 'x', 'u', 'p'], contype::text), conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND (NOT indisunique OR position('u' IN %(kinds)s) > 0)
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""
# For fewer rows it is not worth anybody's waiting.
MANY = 10_000
# Who has the tables in use is not waited for longer: everybody else would wait behind.
PATIENCE = "200ms"
OWNED = "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(%s::regclass[])"
LIMIT = "SELECT set_config('lock_timeout', %s, true)"


@contextmanager
def bare(models, kinds=EVERYTHING, tell=lambda text: None):
    """Inside, the models' tables have no index and no constraint of these kinds; at the end all of them stand again,
    checked. On another database nothing is taken away."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # A table on which a check is still to come can be given no index.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        constraints, indexes = standing(cursor, models, kinds)
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        if indexes:
            cursor.execute(f"DROP INDEX {', '.join(name for name, _definition in indexes)}")
        yield
        for name, definition in indexes:
            cursor.execute(definition)
            tell(name)
        for table, name, definition in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            tell(f"{table}: {name}")


def standing(cursor, models, kinds):
    """The constraints of these kinds on the models' tables, and their indexes: names and definitions."""
    said = {"tables": [model._meta.db_table for model in models], "kinds": kinds}
    found = []
    for question in (CONSTRAINTS, INDEXES):
        cursor.execute(question, said)
        found.append(cursor.fetchall())
    return found


@contextmanager
def bare_for_the_first(models, rows):
    """Inside, where so many rows are the first that tables get, or nearly, these have only what keeps rows unique and
    right by themselves; what finds rows is built at the end.

    Others can't read the tables meanwhile, so it is for those that held next to nothing. Where they are in use, or
    belong to another role, or the rows are few, nothing is taken away.
    """
    empty = nearly_empty(models, rows) if rows >= MANY else []
    if empty and hold(empty):
        with bare(empty, WHAT_FINDS):
            yield
    else:
        yield


def nearly_empty(models, rows):
    """The models whose tables hold next to nothing beside so many rows; none on another database."""
    if connection.vendor != "postgresql":
        return []
    return [model for model in models if not model._base_manager.all()[rows // 10 :].exists()]


def hold(models):
    """Whether the models' tables are ours alone until the transaction ends."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [tables])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
        try:
            with transaction.atomic():
                cursor.execute(LIMIT, [PATIENCE])
                cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
                cursor.execute(LIMIT, [before])
        except OperationalError:
            return False
    return True
