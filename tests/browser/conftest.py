"""A real site with the sample register, and a real Chromium: what people do, as they do it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import expect, sync_playwright

from tests.databases import alone, sqlite_file

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Two cores serve two browsers, two sites and a second run of the suite: a page may take longer than five seconds.
expect.set_options(timeout=20_000)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 800}


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


@pytest.fixture(scope="session")
def site(tmp_path_factory, django_db_setup, databases):
    """The address of a served sample register that is this process's own."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(prepared(databases), home)
    address = f"http://127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--threads", "4", "--bind", address.removeprefix("http://"), "config.wsgi"],
        cwd=settings.BASE_DIR,
        env=environment(home),
        stderr=subprocess.DEVNULL,
    )
    for _attempt in range(100):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5)  # noqa: S310  (our own address)
            break
        except OSError:
            time.sleep(0.2)
    yield address
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, site):
    """A function that opens pages in fresh contexts; the test fails when one breaks the content policy or a script."""
    contexts, complaints = [], []

    def new_page(**options):
        context = chromium.new_context(base_url=site, **{"viewport": WIDE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []
