"""Answers to requests that reached no page."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.template.loader import render_to_string

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request, exception):
    """What was sent cannot be read; what was too large (413) is told so, with what to do."""
    too_large = isinstance(exception, TOO_LARGE)
    # Without the request: what came is not to be read again.
    return HttpResponse(render_to_string("400.html", {"too_large": too_large}), status=413 if too_large else 400)
