"""Statements that PostgreSQL works on while Python prepares what comes next, within one transaction.

The driver lets other threads run while it waits for the database, so that one thread more keeps both busy.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

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
    reads on from an `iterator`, which is no statement, has to `wait`. Ends before the transaction does.
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


def asked(rows):
    """A question, as a query of `values_list`: a function that returns its rows once they are there.

    Within `writing_behind` they are found beside what Python does; columns must be such as the driver gives them.
    """
    if line.worker is None:
        found = list(rows)
        return lambda: found
    try:
        question = rows.query.sql_with_params()
    except EmptyResultSet:
        return list
    found = []

    def act(cursor):
        cursor.execute(*question)
        found.extend(cursor)

    handed_over(act)
    answer = line.waiting[-1]
    return lambda: answer.result() or found


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
