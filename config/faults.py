"""Answers to requests that reached no page, or whose page failed."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from records.models import AuditEvent
from records.vietnamese import normalise

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# A fail-over takes some twenty seconds.
RETRY_SECONDS = 15
# What a server says that was the primary until just now.
READ_ONLY = "25006"


def bad_request(request, exception):
    """What was sent cannot be read; what was too large (413) is told so, with what to do."""
    too_large = isinstance(exception, TOO_LARGE)
    # Without the request: what came is not to be read again.
    return HttpResponse(render_to_string("400.html", {"too_large": too_large}), status=413 if too_large else 400)


def permission_denied(request, exception):
    """Refused to somebody who is signed in (403): who tried what is put on record."""
    if getattr(request, "user", None) and request.user.is_authenticated:
        AuditEvent.record("access_refused", request=request, label=normalise(f"{request.method} {request.path}"))
    return defaults.permission_denied(request, exception)


def server_error(request):
    """A fault of ours (500), or a database that cannot be reached just now (503), which soon can again."""
    if not is_database_away(sys.exc_info()[1]):
        return HttpResponse(render_to_string("500.html"), status=500)
    headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)


def is_database_away(error):
    """Whether the database gave no answer, or one that only a standby gives."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return getattr(error.__cause__, "pgcode", None) == READ_ONLY
