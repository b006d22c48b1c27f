#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

# They write source files and serve nobody, so they need no secret and are a developer's wherever they run.
OF_DEVELOPERS = ("makemigrations", "makemessages")


def main(arguments):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if arguments[1:2] and arguments[1] in OF_DEVELOPERS:
        os.environ.setdefault("DEBUG", "1")
    try:
        settings.INSTALLED_APPS  # noqa: B018  (read here, so that a refusal is one sentence and not Django's trace)
    except ImproperlyConfigured as refusal:
        sys.exit(f"{refusal} On a developer's machine: DEBUG=1 {' '.join(arguments)}")
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
