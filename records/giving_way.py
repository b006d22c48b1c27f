"""What PostgreSQL makes give way, since two wait for each other, is done once more."""

import random
import time
from functools import wraps

from django.db import OperationalError, connection, transaction

# PostgreSQL's codes: two waited for each other, and one had to go; a view of the data that cannot be kept up.
DEADLOCK, SERIALIZATION = "40P01", "40001"
# A statement given up by the clock; a lock that was not to be had in time.
QUERY_CANCELED, LOCK_NOT_AVAILABLE = "57014", "55P03"
TIMES = 2


def code_of(error):
    """PostgreSQL's code of what went wrong, empty where it is none of its."""
    return getattr(error.__cause__, "pgcode", "") or ""


def repeated(act):
    """Do what is one transaction, and up to twice more where the database made it give way; returns what it returned.

    Within a transaction already open it is done once: only the whole of that could be repeated.
    """
    for again in range(TIMES + 1):
        try:
            return act()
        except OperationalError as error:
            gave_way = code_of(error) in (DEADLOCK, SERIALIZATION)
            if not gave_way or again == TIMES or connection.in_atomic_block:
                raise
            # Not in step with the other one.
            time.sleep(random.uniform(0.02, 0.1) * (again + 1))  # noqa: S311  (no secret)
    return None


def in_one(view):
    """Runs a view in one transaction, repeated where it had to give way; with a file only once, for it has been read
    then."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        said = len(queue(request))

        def act():
            # What an attempt before this one had to say did not happen.
            del queue(request)[said:]
            with transaction.atomic():
                return view(request, *args, **kwargs)

        return act() if request.FILES else repeated(act)

    return wrapped


def queue(request):
    """The messages that the request has for the person so far."""
    return getattr(getattr(request, "_messages", None), "_queued_messages", [])
