"""What every test runs under."""

import gc
import os
import shutil

os.environ.setdefault("DEBUG", "1")
# Playwright's loop runs in the test's thread; Django must not take that for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.databases import copy_for

hypothesis_settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("suite")


DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
# Python looks for garbage after every 700 new objects, which is a tenth of the suite's time.
gc.set_threshold(100_000, 20, 20)


def pytest_configure(config):
    """Tests read the pages in Vietnamese, so the catalogue must be compiled; one process does it."""
    if not hasattr(config, "workerinput"):
        call_command("compile_catalogue", verbosity=0)


def pytest_collection_modifyitems(items):
    """A test that never opens a database says the same on every one."""
    for item in items:
        if not item.get_closest_marker("django_db") and not DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker("one_database")
    # The longest first: begun last, they would leave one worker idle at the end.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    gc.freeze()


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    """The directory where the processes of a run share what they test on."""
    own = tmp_path_factory.getbasetemp()
    directory = (own.parent if WORKER else own) / "databases"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, databases):
    """In place of pytest-django's, with which every worker migrates a database of its own."""
    copy = copy_for(WORKER or "alone", databases)
    with django_db_blocker.unblock():
        copy.__enter__()
    yield
    with django_db_blocker.unblock():
        copy.__exit__(None, None, None)


@pytest.fixture(scope="module")
def shared_rows(django_db_setup, django_db_blocker):
    """For fixtures that write rows once for a module: each test's own changes are undone on top of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session", autouse=True)
def media(tmp_path_factory):
    """The folder of uploaded files."""
    folder = tmp_path_factory.mktemp("uploads") / "media"
    with override_settings(MEDIA_ROOT=folder):
        yield folder


@pytest.fixture(autouse=True)
def nothing_kept(media):
    """No test meets another's files, or sign-in attempts counted in the cache."""
    yield
    cache.clear()
    shutil.rmtree(media, ignore_errors=True)
