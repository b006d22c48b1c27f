"""Spreadsheets taken in: the list of imports, sending a file, saying what its columns are, throwing a draft away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from records import imports
from records.access import changeable, seen
from records.forms.imports import ColumnsForm, ImportForm
from records.mapping import look_at, template_for, title_of
from records.models import Import
from records.once import once
from records.paging import capped_count, keyset_page
from records.pulse import Pulse
from records.sheets.blank import blank_workbook
from records.sheets.kinds import find_kind, kinds
from records.sheets.reading import UnreadableSheet
from records.tasks import start_planning
from records.views.staff_import_acts import not_open, progress_page, result_page
from records.views.staff_import_review import review_page

Status = Import.Status
LISTED = Import.objects.select_related("by", "unit")
DETAILED = Import.objects.select_related("by", "unit", "applied_by", "undone_by")
MINE, TO_APPROVE, OTHERS = "mine", "to_approve", "others"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DRAFTS = (Status.MAPPING, Status.PLANNED, Status.ASKED)
BIGGEST_ROW = 10_000_000
PLAIN = (".csv", ".tsv", ".txt")
# What a page that leads to a new import may say of every row, where the kind of list has such a setting.
GIVEN = ("campaign", "unit")
SENT_ON = "set-"


def staff_import_list(request):
    """One's own imports, newest first; those to approve, and other people's, for whoever approves."""
    user = request.user
    approves = user.is_superuser or bool(user.paths(user.PUBLISHERS))
    tab = request.GET.get("tab", MINE) if approves else MINE
    rows = {
        TO_APPROVE: lambda: LISTED.to_approve(user),
        OTHERS: lambda: LISTED.visible_to(user).exclude(by=user.pk),
    }.get(tab, lambda: LISTED.filter(by=user.pk))()
    page = keyset_page(rows, ["-pk"], request.GET)
    for batch in page.rows:
        batch.title = title_of(batch)
    context = {
        "page": page,
        "tab": tab if tab in (TO_APPROVE, OTHERS) else MINE,
        "approves": approves,
        "waiting": capped_count(Import.objects.to_approve(user))[0] if approves else 0,
        "may_add": may_add(user),
    }
    return render(request, "records/staff_import_list.html", context)


def may_add(user):
    """Whether there is a unit for which the user may take in a list."""
    return user.is_superuser or bool(user.paths(user.EDITORS))


@once
def staff_import_add(request):
    """A file, or rows pasted, taken in; what cannot be read is said on the same page."""
    if not may_add(request.user):
        raise PermissionDenied
    asked, prefix = (request.POST, SENT_ON) if request.method == "POST" else (request.GET, "")
    first = {"kind": asked.get("kind") if asked.get("kind") in kinds() else None}
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, user=request.user)
        if form.is_valid():
            return taken(request, form)
    else:
        form = ImportForm(user=request.user, initial=first)
    listed = [(code, kind.title) for code, kind in kinds().items()]
    context = {"form": form, "kinds": listed, "given": given(asked, first["kind"], prefix)}
    return render(request, "records/staff_import_add.html", context)


def given(params, kind, prefix):
    """What the page that led here says of every row: the campaign, or the unit."""
    known = find_kind(kind).settings if kind else ()
    found = {name: params.get(f"{prefix}{name}") for name in GIVEN if name in known}
    return {name: value[:255] for name, value in found.items() if value}


def taken(request, form):
    """The import of what the form brought, read as the sender's last file where its header is known."""
    kind = find_kind(form.cleaned_data["kind"])
    batch = imports.take(request.user, kind, form.sent_name, form.content, form.sender)
    fixed = given(request.POST, kind.code, SENT_ON)
    said = _("“%(name)s” was taken in. Nothing has changed in the register.") % {"name": batch.name}
    if form.template:
        batch.columns, fixed = form.template.columns, form.template.fixed | fixed
    batch.fixed = fixed
    batch.save(update_fields=["columns", "fixed"])
    messages.success(request, said)
    return redirect("records:staff_import_columns", batch.public_id)


def staff_import_blank(request, kind):
    """An empty workbook with the columns of a kind of list, to be filled in."""
    known = find_kind(kind)
    if known is None:
        raise Http404
    name = f"{known.code}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(blank_workbook(known), content_type=SHEET_TYPE, headers=headers)


def staff_import_columns(request, public_id):
    """What each column of the file is; then the plan is made."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if not batch.is_open:
        return not_open(request, batch)
    kind = find_kind(batch.kind)
    sent = request.method == "POST"
    sheet, header = asked_place(request.POST if sent else request.GET, batch)
    try:
        look = look_at(batch.file.path, kind, imports.context_of(batch, request.user), sheet, header, batch.name)
    except (UnreadableSheet, FileNotFoundError) as refusal:
        messages.error(request, str(refusal))
        return redirect("records:staff_import_list")
    template = template_for(request.user, kind, look)
    given = {"look": look, "batch": batch, "user": request.user, "template": template}
    form = ColumnsForm(request.POST if sent else None, **given)
    if sent and look.layouts and form.is_valid():
        return planned(request, batch, form, sheet, header)
    known = template if template and (template.columns, template.fixed) == (batch.columns, batch.fixed) else None
    context = {"batch": batch, "look": look, "form": form, "sheet": sheet, "header": header, "template": known}
    # No word of it is known: it may be the first of the rows, and would be lost.
    context["no_header"] = header is None and bool(look.layouts) and not any(one.guess for one in look.columns)
    context |= {"title": title_of(batch), "lists": sheet_names(batch, look)}
    return render(request, "records/staff_import_columns.html", context)


def sheet_names(batch, look):
    """The sheets that are read; a plain text file has none to speak of."""
    return [] if batch.file.name.endswith(PLAIN) else [one.sheet.name for one in look.layouts]


def asked_place(params, batch):
    """The sheet and the row of the header (0: there is none) that were asked for, else those of the import."""
    if "sheet" not in params and "header" not in params:
        return batch.sheet, batch.header_row
    typed = params.get("header", "").strip()
    header = int(typed) if typed.isdecimal() and 0 < len(typed) < 9 else None
    return params.get("sheet", "")[:100], None if header is None or header >= BIGGEST_ROW else header


def planned(request, batch, form, sheet, header):
    """Keep what was said of the columns and make the plan."""
    # What was said before and is not said now goes.
    columns = dict.fromkeys(batch.columns) | form.said
    fixed = dict.fromkeys(batch.fixed) | form.values
    said = {"sheet": sheet, "header_row": header, "columns": columns, "fixed": fixed}
    if not batch.say(**said):
        return not_open(request, batch)
    if form.cleaned_data["keep"]:
        form.store_template()
    start_planning(batch)
    if batch.status == Status.MAPPING:
        return redirect("records:staff_import_columns", batch.public_id)
    messages.success(request, _("The columns were kept."))
    return redirect("records:staff_import_detail", batch.public_id)


def staff_import_detail(request, public_id):
    """An import as far as it has come: its columns, its work under way, its plan, or what was written."""
    batch = seen(DETAILED, request.user, public_id=public_id)
    if batch.is_at_work:
        return progress_page(request, batch)
    if batch.status in (Status.APPLIED, Status.UNDONE):
        return result_page(request, batch)
    if batch.status == Status.MAPPING and batch.by_id == request.user.pk:
        return redirect("records:staff_import_columns", public_id)
    return review_page(request, batch)


def staff_import_delete(request, public_id):
    """A draft thrown away with its file; what was written stays and is taken back otherwise."""
    batch = changeable(DETAILED, request.user, public_id=public_id)
    if batch.status not in DRAFTS:
        return not_open(request, batch)
    if request.method == "POST":
        name = batch.name
        if not Import.objects.filter(pk=batch.pk, status__in=DRAFTS).delete()[0]:
            return not_open(request, batch)
        transaction.on_commit(lambda: batch.file.storage.delete(batch.file.name))
        Pulse(batch.public_id).end()
        messages.success(
            request, _("“%(name)s” was thrown away. Nothing in the register has changed.") % {"name": name}
        )
        return redirect("records:staff_import_list")
    return render(request, "records/staff_import_delete.html", {"batch": batch})
