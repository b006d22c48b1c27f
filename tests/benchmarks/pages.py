"""Public pages against a bare view: one run, turn and turn about, so that a busy machine slows all alike.

    script/server                                                     once, so that there is a sample to show
    .venv/bin/python -m tests.benchmarks.pages [--seconds 2] [PATH ...]

Prints, for each page, requests per second of the bare view and, as ratios to it with their spread over the rounds, of
the page made for each request, from a process's memory, and from nginx's cache (where nginx is installed). Ends with
status 1 where the first page falls under one of its bounds, or any page is over BYTES.
"""

import argparse
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from tests.sites import NGINX, free_port, gunicorn, nginx, running

BYTES = 45 * 1024
BOUNDS = {"made": 0.06, "kept": 0.5, "nginx": 8}
ROUNDS = 5
CONNECTIONS = 4
BARE = "/bare/"
# One worker, as the second core drives the requests.
SIZE = {"application": "tests.benchmarks.bare", "workers": 1, "threads": 4}


class Driver:
    """A few connections kept open to one server, with a request on its way in each: Python's own client is slower than
    what it would measure here."""

    def __init__(self, port):
        self.connections = []
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections.append(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for connection in self.connections:
            connection.close()

    def rate(self, path, seconds):
        """Requests answered in a second."""
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        for connection in self.connections:
            connection.sendall(request)
        count, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < seconds:
            for connection in self.connections:
                read(connection)
                connection.sendall(request)
            count += CONNECTIONS
        for connection in self.connections:
            read(connection)
        return count / passed


def read(connection):
    """Read one answer; returns the length of its body. Raises SystemExit unless it is a 200 of a told length."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        more = connection.recv(65536)
        if not more:
            sys.exit("The server closed the connection.")
        data += more
    head = data[:end].lower()
    if not head.startswith(b"http/1.1 200") or b"content-length: " not in head:
        sys.exit(f"Not an answer to measure: {data[:200]!r}")
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    missing = length - (len(data) - end - 4)
    while missing > 0:
        missing -= len(connection.recv(65536))
    return length


def size_of(port, path):
    with Driver(port) as driver:
        connection = driver.connections[0]
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return read(connection)


def measure(ports, paths, seconds):
    """Whether the pages keep within their bounds; prints a line for each. `ports` by BOUNDS' names."""
    good = True
    print(f"{'page':24} {'bytes':>7} {'bare/s':>7}" + "".join(f" {f'{name} ÷ bare':>24}" for name in ports))
    for path in paths:
        length = size_of(ports["made"], path)
        rounds = [one_round(ports, path, seconds) for _ in range(ROUNDS)]
        bare = statistics.median(round_["bare"] for round_ in rounds)
        line = f"{path:24} {length:7} {bare:7.0f}"
        for name in ports:
            ratios = sorted(round_[name] / round_["bare"] for round_ in rounds)
            middle = statistics.median(ratios)
            line += f" {f'{middle:.3g} ({ratios[0]:.3g}–{ratios[-1]:.3g})':>24}"
            good = good and (path != paths[0] or middle >= BOUNDS[name])
        print(line, flush=True)
        good = good and length <= BYTES
    return good


def one_round(ports, path, seconds):
    rates = {}
    for name, port in {"bare": ports["made"], **ports}.items():
        with Driver(port) as driver:
            rates[name] = driver.rate(BARE if name == "bare" else path, seconds)
    return rates


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", metavar="PATH", default=["/awards/", "/", "/campaigns/", "/units/"])
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    settings = {
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "INSECURE_HTTP": "1",
        "ALLOWED_HOSTS": "localhost",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vinhdanh-pages-", dir="/tmp")))
        ports = {"made": free_port(), "kept": free_port()}
        for name, port in ports.items():
            command = gunicorn(f"127.0.0.1:{port}", **SIZE)
            if name == "kept":
                command += ["--bind", f"unix:{home}/site.sock"]
            kept = {"KEEP_PAGES_MB": "32" if name == "kept" else "0"}
            stack.enter_context(
                running(command, port, env={**os.environ, **settings, **kept}, stderr=subprocess.DEVNULL)
            )
        if NGINX:
            ports["nginx"] = stack.enter_context(nginx(home, f"{home}/site.sock", limited=False))
        else:
            print("nginx is not installed: nothing is measured behind it.")
        good = measure(ports, options.paths, options.seconds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
