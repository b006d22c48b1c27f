"""Public pages against a bare view: one server, one run, turn and turn about, so that a busy machine slows both.

    script/server                                                     once, so that there is a sample to show
    .venv/bin/python tests/benchmarks/pages.py [--seconds 2] [PATH ...]

Prints requests per second, the ratio to the bare view and the size before compression. Ends with status 1 where the
first page falls under RATIO or any page is over BYTES.
"""

import argparse
import http.client
import os
import secrets
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RATIO = 0.06
BYTES = 45 * 1024
ROUNDS = 5
CONNECTIONS = 2
# As script/server runs it, but one worker: the second core drives the requests.
SERVER = ["-m", "gunicorn", "tests.benchmarks.bare", "--workers", "1", "--threads", "2", "--no-control-socket"]


def fetch(connection, path):
    connection.request("GET", path, headers={"Host": "localhost"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        sys.exit(f"{path} answered {response.status}")
    return body


def rate(port, path, seconds):
    """Requests answered in a second, over a few connections kept open."""
    counts = [0] * CONNECTIONS
    end = time.perf_counter() + seconds

    def drive(n):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            fetch(connection, path)
            counts[n] += 1

    threads = [threading.Thread(target=drive, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def wait_for(server, port):
    for _ in range(100):
        try:
            return fetch(http.client.HTTPConnection("127.0.0.1", port), "/bare/")
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit("The server did not start.")


def measure(port, paths, seconds):
    """Whether every page keeps within its bounds; prints a line for each."""
    good = True
    print(f"{'page':40} {'per s':>8} {'bare':>8} {'ratio':>7} {'bytes':>8}")
    for path in paths:
        size = len(fetch(http.client.HTTPConnection("127.0.0.1", port), path))
        rounds = [(rate(port, path, seconds), rate(port, "/bare/", seconds)) for _ in range(ROUNDS)]
        ratio = statistics.median(page / bare for page, bare in rounds)
        page, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{path:40} {page:8.0f} {bare:8.0f} {ratio:7.3f} {size:8}")
        good = good and size <= BYTES and (ratio >= RATIO or path != paths[0])
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", metavar="PATH", default=["/awards/", "/", "/campaigns/", "/units/"])
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--port", type=int, default=8099)
    options = parser.parse_args()
    settings = {
        "DEBUG": "0",
        "INSECURE_HTTP": "1",
        "ALLOWED_HOSTS": "localhost",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, *SERVER, "--bind", f"127.0.0.1:{options.port}", "--log-level", "error"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}) as server:
        try:
            wait_for(server, options.port)
            good = measure(options.port, options.paths, options.seconds)
        finally:
            server.terminate()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
