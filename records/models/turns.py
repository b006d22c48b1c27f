"""What one transaction does at a time, whichever rows it is about."""

import zlib

from django.db import connection


def take_turn(name):
    """Wait until no other transaction has the turn of this name, and keep it until the one under way ends.

    On SQLite the transaction is the only writer as it is.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
