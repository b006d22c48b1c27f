"""The page about the register, and what machines ask of the site."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.shortcuts import render

from records.publication import public_page


@login_not_required
@public_page
def about(request):
    """What the register is, how to read it, how to have it corrected, and what is open in it."""
    return render(request, "records/about.html")


@login_not_required
def healthz(request):
    """Plain "ok" while the database answers; 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@login_not_required
@public_page
def robots(request):
    """Public pages may be indexed; the staff's may not."""
    lines = ["User-agent: *", "Disallow: /accounts/", "Disallow: /admin/", "Disallow: /staff/", "Disallow: /media/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
