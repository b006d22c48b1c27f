"""A real site with the sample register, and a real Chromium: what people do, as they do it."""

import os
import shutil
import subprocess

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.sites import environment, free_port, gunicorn, prepared, running

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


@pytest.fixture(scope="session")
def site(tmp_path_factory, django_db_setup, databases):
    """The address of a served sample register that is this process's own."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(prepared(databases), home)
    port = free_port()
    with running(gunicorn(f"127.0.0.1:{port}"), port, env=environment(home), stderr=subprocess.DEVNULL):
        yield f"http://127.0.0.1:{port}"


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
