"""Suggestions while typing in a box that chooses a record."""

from django.http import Http404, JsonResponse

from records.forms.suggest import KINDS, LONGEST, SHOWN


def staff_suggest(request, kind):
    """Up to ten rows the user may see that hold every word of `q`, as {"results": [{"id", "text", "about"}]}."""
    if kind not in KINDS:
        raise Http404
    offered = KINDS[kind]
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    rows = offered.found(offered.rows(request.user), text)[:SHOWN] if text else []
    return JsonResponse(
        {"results": [{"id": row.pk, "text": offered.label(row), "about": offered.about(row)} for row in rows]}
    )
