"""The move of a unit with many members: how far it has come, what became of it."""

from django.apps import apps
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from records import tasks
from records.access import changeable, seen
from records.models import Move
from records.pulse import Pulse
from records.tasks import QUEUED
from records.views.staff_exports import PATIENCE_SECONDS, time_left


def staff_move_detail(request, public_id):
    """A move under way or over; asked again and again by the page itself."""
    rows = Move.objects.select_related("unit", "parent", "decision", "by")
    move = seen(rows, request.user, public_id=public_id)
    tasks.resume(move)
    context = {
        "move": move,
        "may_stop": request.user.may(request.user.PUBLISHERS, move.unit.path),
        "parts": parts_of([(label, count, count) for label, count in move.rows.items()]),
        "section": "unit",
        **progress_of(move),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, f"records/{'_move_state' if fragment else 'staff_move_detail'}.html", context)


def progress_of(move):
    """What the page says of a move at work."""
    progress = Pulse(move.public_id).read() if move.is_at_work else None
    if progress is None:
        return {}
    queued = progress.step == QUEUED
    left = progress.seconds_left
    return {
        "progress": progress,
        "queued": queued,
        "forsaken": queued and (timezone.now() - move.created_at).total_seconds() > PATIENCE_SECONDS,
        "percent": round(100 * progress.share) if progress.share is not None else None,
        "left": left if left is None else time_left(left),
        "parts": parts_of(progress.parts),
    }


def parts_of(parts):
    """(what the rows are, how many follow already, how many there are) by table."""
    return [(capfirst(apps.get_model(label)._meta.verbose_name_plural), done, total) for label, done, total in parts]


@require_POST
def staff_move_stop(request, public_id):
    """Have a move stopped; the unit then stands where it stood."""
    move = changeable(Move.objects, request.user, public_id=public_id)
    if not move.is_at_work:
        messages.info(request, _("The move had come to its end already."))
    elif tasks.stop_move(move):
        messages.success(request, _("The move was stopped; the unit stands where it stood."))
    else:
        messages.success(request, _("The move is being stopped."))
    return redirect(move)
