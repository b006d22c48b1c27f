"""What is done with a plan: approved, written, stopped, taken back, begun again; and what became of it."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from records import imports, tasks
from records.access import changeable, seen
from records.forms.imports import ReasonForm
from records.mapping import title_of
from records.models import Import, Posting
from records.paging import keyset_page
from records.pulse import Pulse
from records.sheets.kinds import find_kind
from records.undoing import models_with_history, standing_on, touched_counts
from records.views.staff_changes import address_of

Status = Import.Status
DETAILED = Import.objects.select_related("by", "unit", "applied_by", "undone_by")
STANDING_LOOKED_AT = 5000
CONFLICTS = 10
# What whoever works says of its step.
STEPS = {
    tasks.QUEUED: gettext_lazy("waits its turn"),
    "plan": gettext_lazy("reads the file and compares it with the register"),
    "check": gettext_lazy("checks that nothing has changed meanwhile"),
    "write": gettext_lazy("writes the rows"),
    "look": gettext_lazy("looks whether anything stands on it"),
    "undo": gettext_lazy("takes the rows back"),
}


def crumbs():
    """What stands above the pages of one import."""
    return [(_("Imports"), reverse("records:staff_import_list"))]


def not_open(request, batch):
    """Somebody, or another tab, has gone on with the import: say so and show where it stands."""
    batch.refresh_from_db()
    said = _("Nothing was changed: this import is %(status)s by now.") % {"status": batch.get_status_display()}
    messages.warning(request, said)
    return redirect("records:staff_import_detail", batch.public_id)


# Who may


def may_apply(request, batch):
    """What the user may do with the plan as it stands, for the bar under it."""
    user = request.user
    keeps = user.is_superuser or (batch.by_id == user.pk and bool(user.paths(user.EDITORS)))
    planned, asked = batch.status == Status.PLANNED, batch.status == Status.ASKED
    return {
        "may_write": keeps and planned and not needs_approval(user),
        "may_ask": keeps and planned and bool(batch.unit_path),
        "may_recall": keeps and asked,
        "may_approve": asked and Import.objects.to_approve(user).filter(pk=batch.pk).exists(),
        "needs_approval": needs_approval(user),
    }


def needs_approval(user):
    """Whether what the user takes in is written only when a second person approves."""
    return settings.IMPORTS_NEED_APPROVAL and not user.is_superuser


def plan_is_stale(batch):
    """Whether the sender's postings changed since the plan was made: it may name units out of reach by now."""
    if batch.by is None or batch.by.is_superuser:
        return False
    planned_on, today = timezone.localdate(batch.planned_at), timezone.localdate()
    lost = set(batch.by.paths(batch.by.EDITORS, planned_on)) - set(batch.by.paths(batch.by.EDITORS, today))
    return bool(lost) or Posting.history.filter(user=batch.by_id, history_date__gt=batch.planned_at).exists()


# Written


@require_POST
def staff_import_apply(request, public_id):
    """Write the plan: all of it, or by choice its good rows."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if batch.by_id != request.user.pk and not request.user.is_superuser:
        raise PermissionDenied
    if needs_approval(request.user):
        messages.warning(request, _("Lists are written here when a second person approves: hand it in."))
        return redirect("records:staff_import_detail", public_id)
    return written(request, batch, [Status.PLANNED], bool(request.POST.get("only_good")))


def written(request, batch, before, only_good):
    """Write the plan and show what became of it."""
    if batch.status not in before:
        return not_open(request, batch)
    if refusal := why_not(batch, only_good):
        messages.warning(request, refusal)
        return redirect("records:staff_import_detail", batch.public_id)
    if not tasks.start_applying(batch, request.user, only_good):
        return not_open(request, batch)
    batch.refresh_from_db()
    if batch.status == Status.APPLIED:
        count = batch.rows.written().count()
        said = ngettext("%(n)d row was written.", "%(n)d rows were written.", count) % {"n": count}
        messages.success(request, said)
    elif batch.error:
        messages.error(request, batch.error)
    return redirect("records:staff_import_detail", batch.public_id)


def why_not(batch, only_good):
    """Why a plan cannot be written, in a sentence; empty where it can."""
    if plan_is_stale(batch):
        return _("The sender’s postings have changed since. Compare with the register again first.")
    if not batch.to_write:
        return _("There is nothing to write: no row is new and none changes anything.")
    if batch.undecided and not only_good:
        return _("Some rows are not decided yet. Put them right, or write the good rows only.")
    return ""


# Approved by a second person


@require_POST
def staff_import_ask(request, public_id):
    """Hand the plan to whoever approves."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    only_good = bool(request.POST.get("only_good"))
    if refusal := batch.status == Status.PLANNED and why_not(batch, only_good):
        messages.warning(request, refusal)
        return redirect("records:staff_import_detail", public_id)
    if not batch.unit_path or not batch.claim([Status.PLANNED], Status.ASKED, only_good=only_good, return_reason=""):
        return not_open(request, batch)
    messages.success(request, _("Handed in. Whoever approves for your unit finds it under “Today’s work”."))
    return redirect("records:staff_import_detail", public_id)


@require_POST
def staff_import_recall(request, public_id):
    """Take back what waits for approval, to go on mending it."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if not batch.claim([Status.ASKED], Status.PLANNED):
        return not_open(request, batch)
    messages.success(request, _("It is yours again; nothing was written."))
    return redirect("records:staff_import_detail", public_id)


def to_approve(request, public_id):
    """The import that waits for the user's approval, or None where it does not; refused to those who never may."""
    batch = seen(DETAILED, request.user, public_id=public_id)
    user = request.user
    if batch.by_id == user.pk or not (user.is_superuser or user.may(user.PUBLISHERS, batch.unit_path)):
        raise PermissionDenied
    return batch, batch.status == Status.ASKED


@require_POST
def staff_import_approve(request, public_id):
    """A second person approves, which writes the plan."""
    batch, waits = to_approve(request, public_id)
    return written(request, batch, [Status.ASKED], batch.only_good) if waits else not_open(request, batch)


def staff_import_return(request, public_id):
    """A second person sends the plan back, saying why."""
    batch, waits = to_approve(request, public_id)
    if not waits:
        return not_open(request, batch)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if not batch.claim([Status.ASKED], Status.PLANNED, return_reason=form.cleaned_data["reason"]):
            return not_open(request, batch)
        messages.success(request, _("“%(name)s” was returned to the sender.") % {"name": batch.name})
        return redirect("records:staff_import_list")
    return render(request, "records/staff_import_return.html", {"batch": batch, "form": form})


# Under way


def progress_page(request, batch):
    """The work under way, and when it is likely to end."""
    return render(request, "records/staff_import_progress.html", progress_of(request, batch))


def progress_of(request, batch):
    heard = Pulse(batch.public_id).read()
    waits = tasks.waits_for_worker(batch)
    left = heard.seconds_left if heard else None
    return {
        "batch": batch,
        "title": title_of(batch),
        "heard": heard,
        "step": STEPS.get(heard.step if heard else tasks.QUEUED, ""),
        "waits": waits,
        "dead": not waits and (heard is None or not heard.is_alive()),
        "nobody": waits and (heard is None or not heard.is_alive()),
        "minutes_left": None if left is None else -(-left // 60),
        "seconds_left": left if left is not None and left < 60 else None,
        "mine": batch.by_id == request.user.pk,
    }


def staff_import_progress(request, public_id):
    """How far the work has come, as a piece of the page; once it is done, the page is asked to open anew."""
    batch = seen(DETAILED, request.user, public_id=public_id)
    if not batch.is_at_work:
        address = reverse("records:staff_import_detail", args=[public_id])
        return HttpResponse(headers={"HX-Redirect": address}) if "HX-Request" in request.headers else redirect(address)
    return render(request, "records/_import_progress.html", progress_of(request, batch))


@require_POST
def staff_import_stop(request, public_id):
    """Wish that the work stop; nothing of it is kept."""
    batch = working(request, public_id)
    if batch.is_at_work and not tasks.call_off(batch):
        messages.success(request, _("It stops at the next rows; nothing of it is kept."))
    elif not batch.is_at_work:
        messages.success(request, _("Stopped. Nothing was written."))
    return redirect("records:staff_import_detail", public_id)


@require_POST
def staff_import_resume(request, public_id):
    """Begin anew what died on the way."""
    batch = working(request, public_id)
    if tasks.resume(batch, here=True):
        messages.success(request, _("It was begun anew. Nothing is written twice."))
    return redirect("records:staff_import_detail", public_id)


def working(request, public_id):
    """An import whose work the user may stop or begin anew: the sender's own, or the approver's."""
    batch = seen(DETAILED, request.user, public_id=public_id)
    if request.user.pk not in (batch.by_id, batch.applied_by_id, batch.undone_by_id) and not request.user.is_superuser:
        raise PermissionDenied
    return batch


@require_POST
def staff_import_replan(request, public_id):
    """Compare the file with the register once more."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if not tasks.start_planning(batch):
        return not_open(request, batch)
    batch.refresh_from_db()
    if batch.status == Status.PLANNED:
        messages.success(request, _("Compared with the register as it is now."))
    return redirect("records:staff_import_detail", public_id)


# What became of it


def result_page(request, batch):
    """What was written, what was left over, and the ways on from here."""
    counts = {outcome: batch.rows.written().filter(outcome=outcome).count() for outcome in ("create", "change")}
    may_undo = batch.status == Status.APPLIED and batch.by_id == request.user.pk or request.user.is_superuser
    context = {
        "batch": batch,
        "title": title_of(batch),
        "counts": counts,
        "left": batch.undecided,
        "conflicts": batch.rows.overtaken()[:CONFLICTS],
        "conflict_count": batch.rows.overtaken().count(),
        "may_undo": may_undo and batch.status == Status.APPLIED,
        "may_redo": batch.status == Status.UNDONE and batch.by_id == request.user.pk,
    }
    return render(request, "records/staff_import_result.html", context)


def staff_import_touched(request, public_id):
    """The records that the import wrote, one by one; of one kind of record at a time."""
    batch = seen(DETAILED, request.user, public_id=public_id)
    counts = touched_counts(batch.act_id)
    models = {model._meta.label_lower: model for model in models_with_history()}
    labels = [label for label in models if counts.get(label)]
    main = getattr(getattr(find_kind(batch.kind), "planner", None), "model", None)
    labels.sort(key=lambda label: models[label] is not main)
    chosen = request.GET.get("of") if request.GET.get("of") in labels else (labels[0] if labels else "")
    rows, page = [], None
    if chosen:
        page = keyset_page(models[chosen].history.filter(request_id=batch.act_id), ["history_id"], request.GET)
        rows = touched_rows(models[chosen], page.rows, request.user)
    tabs = [(label, capfirst(str(models[label]._meta.verbose_name_plural)), counts[label]) for label in labels]
    context = {"batch": batch, "tabs": tabs, "chosen": chosen, "page": page, "rows": rows, "crumbs": crumbs()}
    return render(request, "records/staff_import_touched.html", context)


def touched_rows(model, past, user):
    """What each history row is about, with the record's page for those who may still see it."""
    key = model._meta.pk.attname
    keys = [getattr(row, key) for row in past]
    rows = model._default_manager.all()
    visible = rows.visible_to(user) if hasattr(rows, "visible_to") else rows.none()
    there = visible.select_related(*related_of(model)).in_bulk(keys)
    for row in past:
        record = there.get(getattr(row, key))
        yield {"is_new": row.history_type == "+", "record": record, "url": address_of(record) if record else ""}


def related_of(model):
    """The records whose names stand in a record's own."""
    return [column.name for column in model._meta.concrete_fields if column.is_relation and not column.null][:3]


def staff_import_undo(request, public_id):
    """Take back all that the import wrote, for a reason; what stands in the way is listed."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if batch.status != Status.APPLIED:
        return not_open(request, batch)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if not tasks.start_undoing(batch, request.user, form.cleaned_data["reason"]):
            return not_open(request, batch)
        batch.refresh_from_db()
        if batch.status == Status.APPLIED and batch.error:
            messages.error(request, batch.error)
            return redirect("records:staff_import_undo", public_id)
        if batch.status == Status.UNDONE:
            messages.success(request, _("Everything the import wrote was taken back."))
        return redirect("records:staff_import_detail", public_id)
    written_rows = batch.rows.written().count()
    in_the_way = standing_on(batch.act_id) if written_rows <= STANDING_LOOKED_AT else None
    context = {"batch": batch, "form": form, "in_the_way": in_the_way, "count": written_rows}
    return render(request, "records/staff_import_undo.html", context)


@require_POST
def staff_import_redo(request, public_id):
    """The file of an import that was taken back, planned anew as an import of its own."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if batch.status != Status.UNDONE:
        return not_open(request, batch)
    try:
        again = imports.take_again(batch, request.user)
    except FileNotFoundError:
        raise Http404 from None
    tasks.start_planning(again)
    messages.success(request, _("The file was read again. Nothing has been written yet."))
    return redirect("records:staff_import_detail", again.public_id)
