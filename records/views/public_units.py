"""Public pages (being written)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse


@login_not_required
def unit_list(request, **kwargs):
    return HttpResponse("")


@login_not_required
def unit_detail(request, **kwargs):
    return HttpResponse("")
