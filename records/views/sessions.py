"""What an open page asks about the session it was opened in."""

import time

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from records.sessions import seconds_left


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def session_state(request):
    """Seconds left before the session ends, nought when it has; whose it is; the token that forms need now.

    A POST says that the person is still there (the middleware heard of him); a GET asked in the background does not.
    """
    user = request.user
    left = seconds_left(request, int(time.time())) if user.is_authenticated else 0
    return JsonResponse({"left": left, "user": user.pk, "token": get_token(request)})
