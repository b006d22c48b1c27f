"""Public pages from this process's memory: made once for all who are not signed in, and anew after a publication.

What was asked within a second of the clock, the publication number above all, holds to the end of that second, here and
in nginx's cache alike: so no reader, of whatever process, is given a page older than a second.
"""

import time
from collections import OrderedDict, namedtuple
from contextlib import contextmanager
from hashlib import blake2b
from threading import Event, Lock

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from config.middleware import theme_of
from records.publication import ASK_EACH_TIME, publication_number

METHODS = ("GET", "HEAD")
KEPT = (200, 301, 302, 404)
# What a page's headers and key take, roughly. A page that would push out more than a few others is not kept.
ROUGHLY, SHARE = 2048, 16
# So long a request waits for the thread that makes its page; then it makes one of its own.
PATIENCE_SECONDS = 10

Page = namedtuple("Page", "edition status headers body")


class PublicPagesMiddleware:
    """Answers with a kept page where the address is a public one and nothing in the request belongs to one person."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages = Pages(settings.KEEP_PAGES_MB << 20)
        self.asked = (None, None)

    def __call__(self, request):
        if request.method not in METHODS or not self.pages.room:
            return self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or CookieStorage.cookie_name in request.COOKIES:
            return self.live(request)
        key = key_of(request)
        if key not in self.pages.kept and not leads_to_public_page(request):
            return self.get_response(request)
        second, edition = self.edition()
        page, state = self.pages.find(key, edition), "hit"
        if page is None:
            with self.pages.making(key, edition) as page:
                if page is None:
                    # What it takes to be made on a replica: rows not older than the number.
                    request.publication_number = edition[0]
                    response = self.get_response(request)
                    page, state = as_page(response, edition), "fwd=miss"
                    if page is None:
                        return passed_on(response, second)
                    self.pages.keep(key, page)
        return answer(request, page, second, state)

    def live(self, request):
        """The page as one person is to see it: with the own name, or a message that is shown once."""
        response = self.get_response(request)
        if request.resolver_match and is_public(request.resolver_match.func):
            response["Cache-Control"] = "private, no-store"
        return response

    def edition(self):
        """The second of the clock, and what pages depend on besides their address, as it was during that second."""
        second = int(time.time())
        if self.asked[0] != second:
            self.asked = second, (publication_number(), timezone.localdate())
        return self.asked


class Pages:
    """Finished pages by key, of one edition each, in at most `room` bytes; the least lately read go first."""

    def __init__(self, room):
        self.room, self.taken = room, 0
        self.kept, self.in_hand, self.lock = OrderedDict(), {}, Lock()

    def find(self, key, edition):
        """The page, or None where there is none of this edition."""
        with self.lock:
            page = self.kept.get(key)
            if page is None or page.edition != edition:
                return None
            self.kept.move_to_end(key)
            return page

    def keep(self, key, page):
        """Keep a page, in the place of its earlier edition."""
        if size_of(page) > self.room // SHARE:
            return
        with self.lock:
            if before := self.kept.pop(key, None):
                self.taken -= size_of(before)
            self.kept[key] = page
            self.taken += size_of(page)
            while self.taken > self.room:
                _key, last = self.kept.popitem(last=False)
                self.taken -= size_of(last)

    @contextmanager
    def making(self, key, edition):
        """Gives the page that another thread has just made, after waiting for it, or None where the caller is to."""
        with self.lock:
            other = self.in_hand.get((key, edition))
            if other is None:
                mine = self.in_hand[key, edition] = Event()
        if other:
            other.wait(PATIENCE_SECONDS)
            yield self.find(key, edition)
            return
        try:
            # The one before may have ended between the look and the lock.
            yield self.find(key, edition)
        finally:
            with self.lock:
                del self.in_hand[key, edition]
            mine.set()


def size_of(page):
    return len(page.body) + ROUGHLY


def is_public(view):
    return getattr(view, "is_public_page", False)


def leads_to_public_page(request):
    try:
        return is_public(resolve(request.path_info).func)
    except Resolver404:
        return False


def key_of(request):
    """All that a public page depends on besides the edition. Its links repeat the conditions of its address as they
    stand, so another order of them is another page."""
    address = request.path, request.META.get("QUERY_STRING", "")
    return request.scheme, request.get_host(), *address, request.LANGUAGE_CODE, theme_of(request)


def as_page(response, edition):
    """What may be kept of a response; None where it sets a cookie, is a stream or a failure, or says itself how long
    it may be kept."""
    if response.status_code not in KEPT or response.streaming or response.cookies or "Cache-Control" in response:
        return None
    if response.status_code == 200:
        response["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    response["Cache-Control"] = ASK_EACH_TIME
    patch_vary_headers(response, ["Cookie"])
    return Page(edition, response.status_code, dict(response.items()), response.content)


def answer(request, page, second, state):
    """The page, or 304 where the reader has it; nginx may give it to others to the end of the second."""
    response = HttpResponse(page.body, status=page.status, headers=page.headers)
    if page.status == 200 and "HTTP_IF_NONE_MATCH" in request.META:
        response = get_conditional_response(request, etag=response["ETag"], response=response)
    response["Cache-Status"] = f"vinhdanh; {state}"
    response["X-Accel-Expires"] = f"@{second}"
    return response


def passed_on(response, second):
    """A public answer that is too long for this process's memory, such as a photo, may still be kept by nginx."""
    if response.status_code in (200, 304) and not response.cookies and response.get("Cache-Control") == ASK_EACH_TIME:
        response["X-Accel-Expires"] = f"@{second}"
    return response
