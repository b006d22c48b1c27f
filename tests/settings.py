"""The site's settings as a developer's machine has them, whatever the shell has set.

pytest-django reads the settings before any conftest.py, so what they need from the environment is set here.
"""

import os

os.environ["DEBUG"] = "1"

from config.settings import *  # noqa: E402, F403

# Nothing has been collected while tests run.
STATIC_ROOT = BASE_DIR / "static"  # noqa: F405
# Tests sign people in by force; the tests of signing in ask for the second factor themselves.
REQUIRE_SECOND_FACTOR = False
