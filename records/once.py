"""A form sent twice, by a double click, Back or a lost connection, does its work once."""

import uuid
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from records.giving_way import in_one
from records.models import Submission

FIELD = "once"
# Marks the message by which a page's script knows that what was typed is saved.
ALREADY = "already"
KEPT = timedelta(days=1)


def once(view):
    """Runs a view's POST in one transaction (`in_one`), and at most once for each token of `{% once %}`.

    A repeated POST is led where the first one led; one that only showed the form again (errors) does not count.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        return act(request, *args, **kwargs)

    @in_one
    def act(request, *args, **kwargs):
        token = token_of(request)
        if token is None:
            return view(request, *args, **kwargs)
        user = request.user if request.user.is_authenticated else None
        submission, new = Submission.objects.get_or_create(token=token, defaults={"user": user, "at": timezone.now()})
        if not new:
            messages.info(request, _("This had been sent already; nothing was done twice."), ALREADY)
            return redirect(submission.answer or request.path)
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseRedirect):
            submission.answer = response.url[:500]
            submission.save(update_fields=["answer"])
            Submission.objects.filter(at__lt=timezone.now() - KEPT).delete()
        else:
            submission.delete()
        return response

    return wrapped


def token_of(request):
    """The token a POST carries, None where it is none."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
