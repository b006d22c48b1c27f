"""How long a signed-in session lasts: so long without a request, and in any case so long after signing in."""

from django.conf import settings

# Session keys: when the person signed in, when last heard of, and that a second factor was seen to be there.
SIGNED_IN_AT, SEEN_AT, SECOND_FACTOR = "signed_in_at", "seen_at", "second_factor"
# How stale "last heard of" may grow before it is written again: not every page shall cost a write.
SEEN_EVERY = 60


def times(request):
    """When the session began and when its user was last heard of, in seconds.

    A session opened by other means than the sign-in page began when its user last signed in.
    """
    last_login = request.user.last_login
    began = request.session.get(SIGNED_IN_AT) or int(last_login.timestamp() if last_login else 0)
    return began, request.session.get(SEEN_AT, began)


def seconds_left(request, now):
    """How long the session still lasts if nothing is done; not above nought when it is over."""
    began, seen = times(request)
    return min(seen + settings.IDLE_SECONDS, began + settings.SESSION_COOKIE_AGE) - now


def see(request, now):
    """The person was heard of."""
    began, seen = times(request)
    if now - seen > min(SEEN_EVERY, settings.IDLE_SECONDS // 10):
        request.session[SIGNED_IN_AT], request.session[SEEN_AT] = began, now
