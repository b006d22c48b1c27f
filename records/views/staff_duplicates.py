"""Pairs of records that are probably of one person: compared, merged, told apart; and what was merged, undone."""

from collections import Counter

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from records.access import changeable
from records.changes import label_of, words_of
from records.duplicates import pairs
from records.forms.duplicates import ApartForm, MergeForm, PairFilterForm, UndoForm, cards
from records.models import Member, Merge, Namesakes, Unit
from records.models.folding import read, unit_of
from records.models.merges import CHOSEN
from records.once import once
from records.paging import capped_count, keyset_page
from records.templatetags.marks import partial_date
from records.time_lines import by_year, entries_of

SHOWN = 50
PERSON = (
    "public_id", "full_name", "birth_date", "birth_precision", "unit__name", "unit__short_name", "unit__parent__name",
)  # fmt: skip
SIDE_BY_SIDE = Member.objects.select_related("unit__parent", "attached_to")
NEWEST = ("-merged_at", "-pk")
SECTION = {"section": "unit"}


def staff_duplicate_list(request):
    """The pairs that the user may merge, the likeliest first; with `tab=apart`, those told apart."""
    form = PairFilterForm(request.GET, request.user)
    if form.cleaned_data.get("tab") == "apart":
        return told_apart(request, form)
    if wide := form.too_wide():
        return render(request, "records/staff_duplicate_units.html", {"form": form, "units": wide, "tab": ""} | SECTION)
    found = pairs(form.narrow(Member.objects.editable_by(request.user)))
    shown = found[:SHOWN]
    people = Member.objects.filter(pk__in={key for pair in shown for key in pair.keys}).values("pk", *PERSON)
    people = {one["pk"]: one for one in people}
    rows = [pair_row(pair, [people[key] for key in pair.keys]) for pair in shown]
    context = {"form": form, "count": len(found), "rows": rows, "tab": ""}
    return render(request, "records/staff_duplicate_list.html", context | SECTION)


def pair_row(pair, two):
    """What a pair's row says, and where the two are compared."""
    people = [
        {
            "name": one["full_name"],
            "born": partial_date(one["birth_date"], one["birth_precision"]),
            "place": ", ".join(filter(None, (one["unit__short_name"] or one["unit__name"], one["unit__parent__name"]))),
        }
        for one in two
    ]
    return {"people": people, "grounds": pair.grounds, "url": "/".join([*(one["public_id"] for one in two), ""])}


def told_apart(request, form):
    """The pairs of whom a clerk said that they are two people."""
    members = Member.objects.editable_by(request.user)
    rows = Namesakes.objects.filter(first__in=members, second__in=members)
    rows = rows.select_related("first__unit", "second__unit", "said_by")
    page = keyset_page(rows, ("-said_at", "-pk"), request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(rows)
    context = {"form": form, "page": page, "count": count, "capped": capped, "tab": "apart"}
    return render(request, "records/staff_namesakes_list.html", context | SECTION)


@once
def staff_duplicate_detail(request, one, other):
    """Two records side by side, field by field, with what hangs on each; merged as chosen there."""
    two = couple(request.user, one, other)
    if isinstance(two, Merge):
        return redirect("records:staff_merge_detail", two.pk)
    form = MergeForm(request.POST if request.method == "POST" else None, pair=two)
    if request.method == "POST" and form.is_valid() and (merge := form.merged(request.user, request)):
        messages.success(request, _("The two records are one: %(name)s.") % {"name": merge.kept.full_name})
        return redirect("records:staff_merge_detail", merge.pk)
    context = {
        "form": form,
        "people": two,
        "sides": [side_of(member, request.user) for member in two],
        "apart": Namesakes.objects.between(*two).first(),
        "apart_form": ApartForm(prefix="apart"),
        "is_new": True,
    }
    return render(request, "records/staff_duplicate_detail.html", context | SECTION)


def couple(user, one, other):
    """The two members, the one entered earlier first, where the user may change both; the merge, where they are one
    already. Raises Http404 or PermissionDenied otherwise."""
    codes = {one, other}
    if len(codes) < 2:
        raise Http404
    for code in (one, other):
        merge = Merge.objects.editable_by(user).of_code(code).first()
        if merge and merge.kept.public_id in codes:
            return merge
    found = [changeable(SIDE_BY_SIDE, user, public_id=code) for code in (one, other)]
    return sorted(found, key=lambda member: member.pk)


def side_of(member, user):
    """What hangs on a record: its time line, and how many memberships and awards."""
    entries = entries_of(member, user)
    kinds = Counter(entry.kind for entry in entries)
    return {
        "member": member,
        "years": by_year(entries),
        "memberships": member.memberships.count(),
        "awards": kinds["awards"],
    }


@require_POST
def staff_duplicate_apart(request, one, other):
    """The two are two people; the pair is not shown again."""
    two = couple(request.user, one, other)
    if isinstance(two, Merge):
        return redirect("records:staff_merge_detail", two.pk)
    form = ApartForm(request.POST, prefix="apart")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        Namesakes.tell_apart(*two, request.user, reason)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        said = _("%(one)s and %(other)s are two people; the pair will not be shown again.")
        messages.success(request, said % {"one": two[0].full_name, "other": two[1].full_name})
    return redirect("records:staff_duplicate_list")


@require_POST
def staff_duplicate_again(request, one, other):
    """It is not sure after all that they are two people; the pair is shown again where the records are alike."""
    two = couple(request.user, one, other)
    if isinstance(two, Merge):
        return redirect("records:staff_merge_detail", two.pk)
    for row in Namesakes.objects.between(*two):
        row.delete()
    messages.success(request, _("Taken back: the two may be one person."))
    return redirect("records:staff_duplicate_detail", two[0].public_id, two[1].public_id)


# Merges


def staff_merge_list(request):
    """The merges in the user's units, the newest first, those undone as well."""
    rows = Merge.objects.editable_by(request.user).defer("snapshot").select_related("kept__unit", "merged_by")
    page = keyset_page(rows, NEWEST, request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(rows)
    context = {"page": page, "count": count, "capped": capped, "tab": "merged"}
    return render(request, "records/staff_merge_list.html", context | SECTION)


def staff_merge_detail(request, pk):
    """A merge: whose value was taken, what moved, what was put aside; and whether it can be undone."""
    merge = changeable(Merge.objects.select_related("kept__unit", "merged_by", "undone_by"), request.user, pk=pk)
    context = {
        "merge": merge,
        "changes": changes_of(merge),
        "moved": Counter(noun_of(label) for label, *_rest in merge.snapshot["moved"]).items(),
        "aside": put_aside(merge),
        "may_undo": may_undo(request.user, merge),
    }
    return render(request, "records/staff_merge_detail.html", context | SECTION)


@once
def staff_merge_undo(request, pk):
    """The two records are separated again, each as it was."""
    merge = changeable(Merge.objects.select_related("kept__unit"), request.user, pk=pk)
    if not may_undo(request.user, merge):
        raise PermissionDenied
    form = UndoForm(request.POST if request.method == "POST" else None)
    obstacles = merge.obstacles()
    if request.method == "POST" and form.is_valid():
        try:
            merge.undo(request.user, form.cleaned_data["reason"], request)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        else:
            messages.success(request, _("The two records are separate again, each as it was."))
            return redirect("records:staff_merge_detail", pk)
    context = {"merge": merge, "form": form, "obstacles": obstacles, "is_new": True}
    context["cancel_url"] = reverse("records:staff_merge_detail", args=[pk])
    return render(request, "records/staff_merge_undo.html", context | SECTION)


def may_undo(user, merge):
    """Whether the user keeps the unit to which the other record would return as well."""
    unit = Unit.objects.filter(pk=unit_of(merge.snapshot["member"]["unit_path"])).first()
    return unit is not None and user.may(user.EDITORS, unit.path)


def noun_of(label):
    return capfirst(str(apps.get_model(label)._meta.verbose_name))


def changes_of(merge):
    """(label, before, after) of the kept record's own values that were taken from the other."""
    found = []
    for name, (before, after) in merge.snapshot["changed"].items():
        column = next(one for one in Member._meta.concrete_fields if one.attname == name)
        if name not in CHOSEN or name == "birth_precision":
            continue
        if column.is_relation:
            names = dict(Unit.objects.filter(pk__in=[key for key in (before, after) if key]).values_list("pk", "name"))
            was, became = (names.get(int(key), "") if key else "" for key in (before, after))
        elif name == "card_number":
            was, became = cards(before, after)
        else:
            was, became = (words_of(column, value) if value else "" for value in (before, after))
        found.append((label_of(column), was, became))
    return found


def put_aside(merge):
    """(noun, words) of the rows that could not stand beside what was there, as they were."""
    found = []
    for label, values in merge.snapshot["removed"]:
        model = apps.get_model(label)
        for column in model._meta.concrete_fields:
            if column.is_relation and column.related_model is Member and values[column.attname]:
                # The record they were about is no more.
                values = {**values, column.attname: str(merge.kept_id)}
        try:
            words = str(read(model, values))
        except ObjectDoesNotExist:
            words = ""
        found.append((noun_of(label), words))
    return found
