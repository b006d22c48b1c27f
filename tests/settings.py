"""The site's settings as a developer's machine has them, whatever the shell has set.

pytest-django reads the settings before any conftest.py, so what they need from the environment is set here.
"""

import os

os.environ["DEBUG"] = "1"
os.environ.pop("DATABASE_REPLICA_URL", None)

from config.settings import *  # noqa: E402, F403

# Nothing has been collected while tests run.
STATIC_ROOT = BASE_DIR / "static"  # noqa: F405
# Static files are looked for when one is asked for, not each time a test client starts.
WHITENOISE_AUTOREFRESH = True
# Tests sign in by force as people of every role; those about the second step turn it on.
REQUIRE_SECOND_FACTOR = False
# No slow hashing, no shared cache table.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
