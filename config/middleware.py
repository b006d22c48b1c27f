"""Small request rules: the visitor's choices, headers, how long a session lasts, who needs a second factor, history."""

import time
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from records.giving_way import DEADLOCK, LOCK_NOT_AVAILABLE, QUERY_CANCELED, SERIALIZATION, code_of
from records.models import Move
from records.sessions import SECOND_FACTOR, seconds_left, see

# What static/staff.js sends along with a form whose content it has kept.
KEPT = "kept"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
RETRY_SECONDS = 60
YEAR = 365 * 24 * 60 * 60


class PatienceMiddleware:
    """What the database gave up is told with what to do about it, in place of a fault.

    A question that took longer than STATEMENT_TIMEOUT_MS; a record that somebody else had in hand for longer than
    LOCK_TIMEOUT_MS, as whoever moves a large unit does; two who waited for each other, time and again.
    """

    PAGES = {
        QUERY_CANCELED: "503_too_long.html",
        **dict.fromkeys((LOCK_NOT_AVAILABLE, DEADLOCK, SERIALIZATION), "503_busy.html"),
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        template = self.PAGES.get(code_of(exception)) if isinstance(exception, OperationalError) else None
        if template is None:
            return None
        moving = template == "503_busy.html" and Move.objects.at_work().exists()
        response = render(request, template, {"moving": moving}, status=503)
        response.headers["Retry-After"] = RETRY_SECONDS
        return response


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


def theme_of(request):
    """The appearance the visitor chose, or as the device has it."""
    theme = request.COOKIES.get(THEME_COOKIE)
    return theme if theme in THEMES else THEMES[0]


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
        match = request.resolver_match
        if match and match.url_name == "account_logout" and request.method == "POST":
            response.headers.setdefault("Clear-Site-Data", '"cache"')
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks to sign in; whoever sent a form is led back to the page it stood on, where the browser has kept it."""

    def handle_no_permission(self, request, view_func):
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        if request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
            nothing = _("You were not signed in any more, so nothing was saved.")
            again = _("Sign in again: what you had typed is put back on the page.")
            if KEPT not in request.POST:
                again = _("Sign in again and enter it once more: the browser could not keep it.")
            messages.warning(request, f"{nothing} {again}")
        page = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl())


class SendOnlyMiddleware:
    """An address that only takes what is sent, opened by hand or reloaded, says so in the site's dress."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class SessionLimitMiddleware:
    """Signs out whoever was not heard of for `IDLE_SECONDS`, or signed in longer ago than a session may last.

    What a page sends by itself, marked `X-Background`, is not a sign of the person.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = int(time.time())
            if seconds_left(request, now) <= 0:
                logout(request)
                messages.warning(request, _("You were signed out because nothing was done for a while. Sign in again."))
            elif "X-Background" not in request.headers:
                see(request, now)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads approvers, managers and superusers without a second factor from every staff page to its set-up.

    Once seen to be there it is not asked for again in the session, unless a page that changes factors was opened.
    """

    ALLOWED = frozenset(
        {
            "account_login", "account_logout", "account_change_password", "account_reauthenticate", "account_inactive",
            "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_reauthenticate",
        }
    )  # fmt: skip

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, args, kwargs):
        if not settings.REQUIRE_SECOND_FACTOR or not getattr(view_func, "login_required", True):
            return None
        name = request.resolver_match.url_name or ""
        if name.startswith("mfa_"):
            request.session.pop(SECOND_FACTOR, None)
        if name in self.ALLOWED or not request.user.is_authenticated or request.session.get(SECOND_FACTOR):
            return None
        if not request.user.needs_second_factor():
            return None
        if request.user.has_second_factor():
            request.session[SECOND_FACTOR] = True
            return None
        asked = _("Your role approves or manages, so a password alone is not enough.")
        to_do = _("Set up an authenticator app to go on.")
        messages.warning(request, f"{asked} {to_do}")
        return redirect("mfa_activate_totp")


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
