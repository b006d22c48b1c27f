"""What every test runs under."""

import os

os.environ.setdefault("DEBUG", "1")
# Playwright's loop runs in the test's thread; Django must not take that for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("suite")


DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


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


@pytest.fixture(autouse=True)
def quick_settings(settings, tmp_path):
    """No slow hashing, no shared cache table, no file outside the test's own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }
    settings.MEDIA_ROOT = tmp_path / "media"
