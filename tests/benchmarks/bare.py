"""The site with one more address, `/bare/`: a view that does nothing, the floor the pages are measured against."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import get_resolver, path

from config.wsgi import application

__all__ = ["application"]


@login_not_required
def bare(request):
    return HttpResponse("ok")


get_resolver().url_patterns.append(path("bare/", bare))
