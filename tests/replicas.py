"""A primary and a streaming replica of its own, in a throwaway directory, for tests of reads on replicas."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from tests import postgres

PRIMARY, REPLICA = 5432, 5433
# Unlike the other tests' server: what is committed is written, so that it is sent, and each statement is told.
SETTINGS = {"synchronous_commit": "on", "log_statement": "all", "log_line_prefix": "", "max_wal_size": "128MB"}


class Pair:
    """The two servers; `said` is what each was asked since it was last read."""

    def __init__(self, directory):
        self.directory, self.servers, self.read = directory, {}, {}
        self.programs, self.plain = postgres.as_plain_user(directory, postgres.installed())

    def begin(self):
        postgres.make(self.programs, self.directory / "primary", self.plain)
        self.start("primary", PRIMARY)
        copy = ["-h", self.directory, "-p", str(PRIMARY), "-U", "postgres", "-c", "fast", "-R", "--no-sync"]
        subprocess.run(
            [self.programs / "bin/pg_basebackup", "-D", self.directory / "replica", *copy],
            check=True,
            cwd=self.directory,
            **self.plain,
        )
        self.start("replica", REPLICA)

    def start(self, name, port):
        self.servers[name] = postgres.serve(self.programs, self.directory / name, self.plain, port, **SETTINGS)

    def kill(self, name):
        """As a machine that loses its power."""
        os.killpg(self.servers[name].pid, signal.SIGKILL)
        self.servers.pop(name).wait()

    def stop(self):
        for server in self.servers.values():
            server.send_signal(signal.SIGQUIT)
        for server in self.servers.values():
            server.wait()

    def url(self, port):
        return f"postgres://postgres@/postgres?host={self.directory}&port={port}"

    def execute(self, port, statement, *values):
        """Returns the rows that the statement gives."""
        connection = psycopg2.connect(host=str(self.directory), port=port, user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    def said(self, name):
        text = (self.directory / f"{name}.log").read_text(errors="replace")
        new = text[self.read.get(name, 0) :]
        self.read[name] = len(text)
        return new

    def asked_of(self, table):
        """The servers that rows of the table were asked of since this was last called."""
        return [name for name in ("primary", "replica") if f'FROM "{table}"' in self.said(name)]


@contextmanager
def pair():
    """A running pair, stopped and removed at the end."""
    # A socket's path may have no more than 107 characters.
    directory = Path(tempfile.mkdtemp(prefix="vinhdanh-replica-", dir="/tmp"))
    both = Pair(directory)
    try:
        both.begin()
        yield both
    finally:
        both.stop()
        shutil.rmtree(directory)
