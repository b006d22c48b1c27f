"""Lists taken out of the register: what is asked first, the file at once where it is short, else a page to wait on."""

import tempfile

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from records import tasks
from records.access import changeable, seen
from records.exports import COUNTED, SHORT, Wanted, lists
from records.forms.exports import ExportForm
from records.models import AuditEvent, Export
from records.models.exports import KEPT
from records.paging import capped_count, keyset_page
from records.pulse import Pulse
from records.tasks import QUEUED

TYPES = {
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.CSV: "text/csv; charset=utf-8",
}
# Work that waits so long for a worker may be waiting for none.
PATIENCE_SECONDS = 60
PAGE = 20


def staff_export_add(request, code, **where):
    """Ask which columns of a list, as which file and why; then give the file, or have it written."""
    outgoing = lists()[code]
    found = outgoing.find(request.user, request.GET, **where)
    form = ExportForm(request.POST if request.method == "POST" else None, outgoing=outgoing, found=found)
    if request.method == "POST" and form.is_valid():
        count = found.rows.order_by().count()
        if count:
            return given(request, outgoing, found, where, form.cleaned_data, count)
    else:
        count, _capped = capped_count(found.rows, COUNTED)
    context = {
        "outgoing": outgoing,
        "found": found,
        "form": form,
        "count": count,
        "most": COUNTED,
        "capped": count >= COUNTED,
        "back": found.crumbs[-1][1],
        "section": outgoing.section,
    }
    return render(request, "records/staff_export_add.html", context)


def given(request, outgoing, found, where, said, count):
    """The file where it is short, else the page on which it is waited for; either is put on record first."""
    wanted = Wanted(outgoing, found, request.user, tuple(said["columns"]), said["format"], said["reason"])
    if count > SHORT[wanted.format]:
        return handed_over(request, wanted, where, count)
    put_on_record(request, wanted, count)
    if wanted.format == Export.Format.CSV:
        response = StreamingHttpResponse(wanted.chunks(), content_type=TYPES[wanted.format])
    else:
        # A workbook ends with its table of contents, so it is written whole before it is sent.
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        wanted.write(file)
        file.seek(0)
        response = FileResponse(file, content_type=TYPES[wanted.format])
    response["Content-Disposition"] = f'attachment; filename="{wanted.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@transaction.atomic
def handed_over(request, wanted, where, count):
    """Have a worker write the file; sent twice, it is written once."""
    Export.objects.discard_old(timezone.now())
    export, new = Export.ask(
        request.user,
        count,
        listing=wanted.outgoing.code,
        where=where,
        query=wanted.found.filters.query().removeprefix("?"),
        conditions=wanted.found.conditions,
        columns=list(wanted.columns),
        format=wanted.format,
        reason=wanted.reason,
    )
    if new:
        put_on_record(request, wanted, count)
        tasks.hand_over(export)
    else:
        messages.info(request, _("This file is being written for you already; nothing was done twice."))
    return redirect(export)


def put_on_record(request, wanted, count):
    title = capfirst(str(wanted.outgoing.title))
    AuditEvent.record(
        wanted.outgoing.event,
        request=request,
        label=wanted.found.conditions or _("%(list)s: all") % {"list": title},
        reason=wanted.reason,
        count=count,
        conditions=wanted.found.filters.query(),
        columns=[part.name for part in wanted.outgoing.chosen(wanted.found, wanted.columns)],
        format=wanted.format,
    )


def staff_export_list(request):
    """One's own exports of the last week, and the lists there are."""
    Export.objects.discard_old(timezone.now())
    page = keyset_page(Export.objects.visible_to(request.user), ("-pk",), request.GET, PAGE)
    for export in page.rows:
        export.title = capfirst(str(lists()[export.listing].title))
    offered = [one for one in lists().values() if not one.where]
    context = {"page": page, "lists": offered, "days": KEPT.days, "section": "export"}
    return render(request, "records/staff_export_list.html", context)


def staff_export_detail(request, public_id):
    """How far an export has come, and its file when it is there; asked again and again by the page itself."""
    export = seen(Export.objects, request.user, public_id=public_id)
    tasks.resume(export)
    export.title = capfirst(str(lists()[export.listing].title))
    context = {"export": export, "days": KEPT.days, "section": "export", **progress_of(export)}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, f"records/{'_export_state' if fragment else 'staff_export_detail'}.html", context)


def progress_of(export):
    """What the page says of work under way."""
    progress = Pulse(export.public_id).read() if export.is_at_work else None
    if progress is None:
        return {}
    waited = (timezone.now() - export.created_at).total_seconds()
    queued = progress.step == QUEUED
    left = progress.seconds_left
    return {
        "progress": progress,
        "queued": queued,
        "forsaken": queued and waited > PATIENCE_SECONDS,
        "percent": round(100 * progress.share) if progress.share is not None else None,
        "left": left if left is None else time_left(left),
    }


def time_left(seconds):
    """So much time in words, no finer than anybody can know it."""
    if seconds < 60:
        return _("less than a minute")
    minutes = round(seconds / 60)
    return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}


@require_POST
def staff_export_stop(request, public_id):
    """Have the writing stopped; nothing of it is kept."""
    export = changeable(Export.objects, request.user, public_id=public_id)
    if tasks.stop_export(export):
        messages.success(request, _("The export was stopped; nothing of it was kept."))
    else:
        messages.info(request, _("The export had come to its end already."))
    return redirect(export)


@require_POST
def staff_export_delete(request, public_id):
    """Delete a file that is no longer needed, before its week is over."""
    export = changeable(Export.objects, request.user, public_id=public_id)
    tasks.stop_export(export)
    export.discard()
    messages.success(request, _("The file was deleted; that it was there stays on record."))
    return redirect("records:staff_export_list")
