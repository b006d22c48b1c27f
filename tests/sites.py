"""Whole sites for tests: the sample register, served by gunicorn as in production, and nginx before it if asked for."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.databases import alone, sqlite_file

ROOT = Path(__file__).resolve().parents[1]
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
START_SECONDS = 20
# What an ordinary process in a directory of its own needs around the shipped file.
AROUND = """
{user}
worker_processes 1;
daemon off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home):
    """As production has it: no DEBUG, compressed static files; what the site keeps lies in `home`."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "0",
        "INSECURE_HTTP": "1",
        "SECRET_KEY": "chi-dung-cho-mot-lan-kiem-thu-trong-trinh-duyet",
        "DATABASE_URL": f"sqlite:///{home}/db.sqlite3",
        "STATIC_ROOT": f"{home}/static",
        "MEDIA_ROOT": f"{home}/media",
        "SITE_SAMPLE": "1",
    }


def prepared(databases):
    """The directory of a site with the sample, made unless another process of the run has made it."""
    home = databases / "site"
    migrated = sqlite_file(databases) if connection.vendor == "sqlite" else None
    with alone(databases):
        if not home.exists():
            draft = databases / "site-draft"
            draft.mkdir()
            if migrated:
                shutil.copy(migrated, draft / "db.sqlite3")
            subprocess.run(
                [sys.executable, "-m", "tests.browser.prepare"],
                cwd=settings.BASE_DIR,
                env=environment(draft),
                check=True,
                stdout=subprocess.DEVNULL,
            )
            draft.rename(home)
    return home


@contextmanager
def running(command, place, **options):
    """A process that listens at a place, a port or the path of a socket; ended with the block."""
    with subprocess.Popen(command, cwd=ROOT, **options) as process:
        try:
            wait_for(process, place)
            yield process
        finally:
            process.terminate()


def wait_for(process, place):
    """Until somebody listens there; raises SystemExit where the process ends before."""
    family, address = (socket.AF_INET, ("127.0.0.1", place)) if isinstance(place, int) else (socket.AF_UNIX, str(place))
    for _attempt in range(START_SECONDS * 10):
        with socket.socket(family) as probe:
            if probe.connect_ex(address) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"{process.args[0]} did not start.")


def gunicorn(bind, application="config.wsgi", workers=1, threads=4):
    """The command that serves the application at `host:port` or `unix:path`."""
    size = ["--workers", str(workers), "--threads", str(threads)]
    return [sys.executable, "-m", "gunicorn", application, "--bind", bind, *size, "--no-control-socket"]


@contextmanager
def nginx(home, upstream, *, certificate=None, limited=True):
    """nginx with the shipped configuration, on loopback and in `home`, before a socket; gives its port.

    With a certificate, a pair of files, it speaks TLS as in production.
    """
    port = free_port()
    text = (ROOT / "deploy/nginx/vinhdanh.conf").read_text()
    text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port}{' ssl http2' if certificate else ''};")
    text = text.replace("/run/vinhdanh/gunicorn.sock", str(upstream)).replace("/var/cache/nginx", str(home))
    text = text.replace("vinhdanh.example.gov.vn", "127.0.0.1")
    if not limited:
        text = re.sub(r"(?m)^ *limit_req .*\n", "", text)
    if certificate:
        for name, path in zip(
            ("/etc/vinhdanh/tls/fullchain.pem", "/etc/vinhdanh/tls/key.pem"), certificate, strict=True
        ):
            text = text.replace(name, str(path))
    else:
        text = re.sub(r"(?m)^ *ssl_.*\n", "", text)
    (home / "site.conf").write_text(text)
    (home / "nginx.conf").write_text(AROUND.format(home=home, user="user root;" if os.geteuid() == 0 else ""))
    with running([NGINX, "-p", home, "-e", home / "error.log", "-c", home / "nginx.conf"], port):
        yield port
