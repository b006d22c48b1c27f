"""The change log of any record: who changed what, when and why."""

from django.http import Http404
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from records.access import seen
from records.changes import KEYS, acts, changes_in, logged, own_changes
from records.models import Unit
from records.paging import keyset_page

# Nouns of the staff pages that are not their model's name.
NOUNS = {"user": "account", "unitplan": "plan", "unitreport": "report", "selfregistration": "self_registration"}


def staff_change_list(request, label, pk):
    """The acts that changed a record and what belongs to it; with `in=unit`, everything that belongs to a unit."""
    model = logged().get(label)
    if model is None:
        raise Http404
    record = seen(model._default_manager.select_related(), request.user, pk=pk)
    whole = model is Unit and request.GET.get("in") == "unit"
    changes = changes_in(record, request.user) if whole else own_changes(record, request.user)
    page = keyset_page(changes, KEYS, request.GET)
    path = getattr(record, "unit_path", getattr(record, "path", ""))
    context = {
        "record": record,
        "noun": model._meta.verbose_name,
        "address": address_of(record),
        "is_unit": model is Unit,
        "whole": whole,
        "page": page,
        "acts": acts(page.rows, record, request.user.may(request.user.EDITORS, path)),
        "section": NOUNS.get(model._meta.model_name, model._meta.model_name),
    }
    return render(request, "records/staff_change_list.html", context)


def address_of(record):
    """The record's own staff page, empty where it has none."""
    noun = NOUNS.get(record._meta.model_name, record._meta.model_name)
    campaign = getattr(getattr(record, "campaign", None), "slug", None)
    keys = [[getattr(record, name)] for name in ("public_id", "slug") if hasattr(record, name)]
    keys += [[campaign, record.unit_id]] if campaign and hasattr(record, "unit_id") else []
    for page in ("detail", "grid", "edit"):
        for args in [*keys, [record.pk]]:
            try:
                return reverse(f"{record._meta.app_label}:staff_{noun}_{page}", args=args)
            except NoReverseMatch:
                continue
    return ""
