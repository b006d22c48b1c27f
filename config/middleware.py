"""Small request rules: the visitor's choices of language and theme, headers, and the request's id in the history."""

import uuid

from django.conf import settings
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import translation
from django.utils.encoding import escape_uri_path
from simple_history.models import HistoricalRecords

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 60 * 60


class PreferenceMiddleware:
    """Vietnamese unless the person chooses English: the browser's header is not asked.

    `?lang=` and `?theme=` store the choice in a cookie and lead back to the same page and filters without them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "GET" and ("lang" in request.GET or "theme" in request.GET):
            return self.store(request)
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def store(self, request):
        query = request.GET.copy()
        language, theme = query.pop("lang", [""])[-1], query.pop("theme", [""])[-1]
        response = HttpResponseRedirect(local_path(request.path) + (f"?{query.urlencode()}" if query else ""))
        for name, value, known in (
            (settings.LANGUAGE_COOKIE_NAME, language, dict(settings.LANGUAGES)),
            (THEME_COOKIE, theme, THEMES),
        ):
            if value in known:
                response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        return response


def local_path(path):
    """The path with one leading slash: a browser reads `//host/…` as another site; ? and # belong to the path."""
    return "/" + escape_uri_path(path.lstrip("/\\"))


class ProxyMiddleware:
    """Behind our own proxy, the visitor's address is the last one the proxy wrote; sign-in limits count by it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if forwarded := request.headers.get("X-Forwarded-For"):
            request.META["REMOTE_ADDR"] = forwarded.rsplit(",", 1)[-1].strip()
        return self.get_response(request)


class HeadersMiddleware:
    """Headers that no Django setting sends; TRACE, which would echo a visitor's own headers, is not answered."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) and request.user.is_authenticated:
            # A shared office computer must not show a signed-in page again after signing out.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class HistoryMiddleware:
    """Gives the request an id and lets the history know who acts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        HistoricalRecords.context.request = request
        try:
            return self.get_response(request)
        finally:
            del HistoricalRecords.context.request
