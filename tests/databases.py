"""The migrated database of a run: one process makes it, and every process of the run tests on a copy of its own.

Migrating takes seconds, a copy takes none.
"""

import fcntl
import gc
import sqlite3
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

# With a thousands separator in it, were it written as a number: 1.203 or 1,203.
FIRST_KEY = 1203


@contextmanager
def alone(directory):
    """Only one process at a time is in here for a directory."""
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate_into(name):
    connection.settings_dict["TEST"]["NAME"] = name
    # Each migration makes every model anew; looking for what has become garbage takes a fifth of the time.
    gc.disable()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    gc.enable()
    count_from(FIRST_KEY)
    connection.close()


def count_from(first):
    """Begin every table's keys at a number: a page that writes a key as people write numbers is then found out."""
    fields = [model._meta.auto_field for model in apps.get_models() if model._meta.auto_field]
    with connection.cursor() as cursor:
        for field in fields:
            if connection.vendor == "sqlite":
                table = [field.model._meta.db_table]
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", table)
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [*table, first - 1])
            else:
                name = [f'"{field.model._meta.db_table}"', field.column, first]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", name)


def use(name):
    """Lead every thread's connection to the database of this name."""
    connection.close()
    connection.settings_dict["NAME"] = name


def sqlite_file(directory):
    """The path of an SQLite file with every migration applied, made unless another process of the run has made it."""
    path = directory / "migrated.sqlite3"
    with alone(directory):
        if not path.exists():
            draft = directory / "draft.sqlite3"
            migrate_into(str(draft))
            draft.rename(path)
    return path


@contextmanager
def sqlite_copy(directory, _worker):
    """Test on a copy in memory of this process."""
    path = sqlite_file(directory)
    use("file:tests?mode=memory&cache=shared")
    connection.ensure_connection()
    with sqlite3.connect(path) as source:
        source.backup(connection.connection)
    source.close()
    # Django asks SQLite once whether it knows JSON; a test that counts queries would count that one.
    assert connection.features.supports_json_field
    yield


@contextmanager
def server_copy(directory, worker):
    """Test on a database named for this process; the last process to end removes what all were copied from."""
    before = connection.settings_dict["NAME"]
    original = f"test_{before}"
    users = directory / "users"
    with alone(directory):
        if users.exists():
            use(original)
        else:
            migrate_into(original)
            users.mkdir()
        (users / worker).touch()
        connection.creation.clone_test_db(suffix=worker, verbosity=0)
    use(f"{original}_{worker}")
    yield
    connection.creation.destroy_test_db(before, verbosity=0)
    with alone(directory):
        (users / worker).unlink()
        if not any(users.iterdir()):
            use(original)
            connection.creation.destroy_test_db(before, verbosity=0)


def copy_for(worker, directory):
    """A context in which the default connection is a freshly migrated database that no other process has."""
    return (sqlite_copy if connection.vendor == "sqlite" else server_copy)(directory, worker)
