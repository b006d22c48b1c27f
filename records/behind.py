"""Statements that PostgreSQL works on while Python prepares what comes next, within one transaction.

The driver lets other threads run while it waits for the database, so that one thread more keeps both busy.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

from django.core.exceptions import EmptyResultSet
from django.db import connection

# How long the thread may wait for Python between two statements; by itself it would be as long as a statement takes.
USUAL_SECONDS, SWITCH_SECONDS = sys.getswitchinterval(), 0.0005


class Line(threading.local):
    """What is handed over by this thread: who does it, and what is not done yet, the oldest first."""

    worker, waiting = None, ()


line = Line()


@contextmanager
def writing_behind():
    """Let PostgreSQL do what is `handed_over` in here beside what Python does.

    Anything else that is asked of the database waits for it first, and raises what went wrong with it; but whoever
    reads on from an `iterator`, which is no statement, has to `wait`, or to `read_ahead`. Ends before the transaction
    does.
    """
    if connection.vendor != "postgresql" or line.worker is not None:
        yield
        return
    with ThreadPoolExecutor(1) as worker, connection.execute_wrapper(after_all):
        line.worker, line.waiting = worker, []
        try:
            sys.setswitchinterval(SWITCH_SECONDS)
            yield
            wait()
        finally:
            sys.setswitchinterval(USUAL_SECONDS)
            line.worker = None


def handed_over(act):
    """Have an act done with a cursor: at once or, within `writing_behind`, after those handed over before it."""
    if line.worker is None:
        with connection.cursor() as cursor:
            act(cursor)
    else:
        # The driver's own cursor, for one of Django's would wait for all that is behind: for itself.
        line.waiting.append(line.worker.submit(done, act, connection.cursor().cursor, connection.wrap_database_errors))


def asked(sql, params=()):
    """A question: a function that returns its rows once they are there.

    Within `writing_behind` they are looked for beside what Python does, and are as the driver gives them.
    """
    if line.worker is None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        return lambda: found
    cursor, errors = connection.cursor().cursor, connection.wrap_database_errors
    answer = line.worker.submit(ask, cursor, errors, sql, params)
    line.waiting.append(answer)

    def rows():
        answer.result()
        with cursor:
            # Whoever needs the rows makes them of what came: the other thread would only be in the way.
            return cursor.fetchall()

    return rows


def asked_of(rows):
    """A query of `values_list`, asked likewise; its columns must be such as need no hand of Django's."""
    if line.worker is None:
        found = list(rows)
        return lambda: found
    try:
        return asked(*rows.query.sql_with_params())
    except EmptyResultSet:
        return list


def read_ahead(rows, size):
    """Lists of so many rows of a `values_list` query; the next are fetched while these are worked on."""
    if line.worker is None:
        left = rows.iterator(chunk_size=size)
        while some := list(islice(left, size)):
            yield some
        return
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"DECLARE read_ahead NO SCROLL CURSOR FOR {sql}", params)
    following = asked(fetch := f"FETCH {size} FROM read_ahead")
    while some := following():
        following = asked(fetch)
        yield some
    with connection.cursor() as cursor:
        cursor.execute("CLOSE read_ahead")


def ask(cursor, errors, sql, params):
    with errors:
        cursor.execute(sql, params)


def done(act, cursor, errors):
    with errors, cursor:
        act(cursor)


def wait():
    """Wait until all of it is done; raises what the database said."""
    while line.waiting:
        line.waiting.pop(0).result()


def after_all(execute, sql, params, many, context):
    """A statement, once all that is behind is done."""
    wait()
    return execute(sql, params, many, context)
