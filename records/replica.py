"""Reads lent to a streaming replica (`DATABASE_REPLICA_URL`): public pages and the files of long exports, nothing else.

No lag is measured in seconds. Whoever is lent the replica names what it must show to be new enough: a page the
publication number that the primary gave, an export its own row. A replica behind that is passed over for this once; one
that fails is left aside until it answers again, and what it failed at is read on the primary.
"""

import logging
import time
from contextvars import ContextVar
from threading import Lock, Thread

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.utils import Error

from records.giving_way import QUERY_CANCELED, code_of

REPLICA = "replica"
# So often a replica that was left aside is asked whether it is well again.
ASK_SECONDS = 1
log = logging.getLogger(__name__)
lent = ContextVar("lent", default=False)


class Router:
    """Reads go to the primary, except while the replica is lent; in a transaction they see what it wrote."""

    def db_for_read(self, model, **hints):
        return REPLICA if lent.get() and not connection.in_atomic_block else DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints):
        # Said, since Django would write a row where it was read.
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == DEFAULT_DB_ALIAS


class Health:
    """What this process knows of the replica: well until it fails, then aside until a thread finds it well again.

    The thread asks apart from all readers, so none of them waits for a machine that does not answer.
    """

    def __init__(self):
        self.well, self.lock = True, Lock()

    def set_aside(self, why):
        with self.lock:
            if not self.well:
                return
            self.well = False
        log.warning("The replica is left aside: %s", str(why).strip())
        Thread(target=self.take_back, name="replica", daemon=True).start()

    def take_back(self):
        """Ask until it answers as a replica."""
        while True:
            time.sleep(ASK_SECONDS)
            try:
                if is_standby():
                    break
            except Error:
                continue
            finally:
                connections[REPLICA].close()
        self.well = True
        log.info("The replica is read again.")


health = Health()


def is_standby():
    """Whether what answers is still a replica, not a server that was promoted and goes its own way."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return cursor.fetchone()[0]


def read(act, is_new_enough):
    """What `act` returns, read on the replica if there is one that is well and new enough, else on the primary.

    `is_new_enough` is asked of the replica, on the connection that `act` reads with. `act` only reads: where the
    replica fails at it, it is done once more, on the primary. What takes too long is no failure of the replica's, and
    not done again.
    """
    if REPLICA not in connections or not health.well or connection.in_atomic_block:
        return act()
    token = lent.set(True)
    try:
        if not is_standby():
            health.set_aside("it is no replica any more")
        elif is_new_enough():
            return act()
    except Error as error:
        if code_of(error) == QUERY_CANCELED:
            raise
        connections[REPLICA].close()
        health.set_aside(error)
    finally:
        lent.reset(token)
    return act()
