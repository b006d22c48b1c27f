"""The plan of an import looked over: what is wrong, in groups with a mend for each; who is meant; what would change."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from records.access import changeable, seen
from records.forms.mends import SAID_FOR_ALL, MendForm, makes_new, mark_of, told_mends
from records.import_rows import best_picks, in_words, refused_workbook
from records.mapping import kind_of, title_of
from records.models import AuditEvent, Import
from records.paging import keyset_page
from records.sheets.planning import Outcome, row_key
from records.sheets.reading import UnreadableSheet
from records.tasks import start_planning
from records.views.staff_import_acts import crumbs, may_apply, not_open, plan_is_stale

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUPS, GROUPS_AT_MOST, NEAR_LOOKED_UP = 12, 100, 8
AMBIGUOUS, CHANGES, CONFLICTS, PICKS_TOLD, ROWS = 5, 5, 10, 50, 50
EXAMPLES = 3
NEW = "new"
Status = Import.Status
OUTCOMES = [outcome.value for outcome in Outcome]


def review_page(request, batch, form=None):
    """The plan; `form` is a mend that was refused."""
    kind = kind_of(batch)
    mine = batch.by_id == request.user.pk or request.user.is_superuser
    may_mend = mine and batch.is_open and Import.objects.editable_by(request.user).filter(pk=batch.pk).exists()
    rows = batch.rows.order_by("pk")
    refused = [group for group in batch.groups if group["outcome"] == Outcome.REFUSED]
    unsure = [group for group in batch.groups if group["outcome"] == Outcome.AMBIGUOUS]
    shown = GROUPS_AT_MOST if request.GET.get("groups") == "all" else GROUPS
    context = {
        "batch": batch,
        "title": title_of(batch),
        "may_mend": may_mend,
        "cards": cards(refused[:shown], kind, request.user, may_mend, form),
        "answers": [card for card in cards(unsure, kind, request.user, may_mend, form) if card["form"]],
        "reasons": len(refused),
        "more_groups": max(0, len(refused) - shown),
        "ambiguous": [choice_of(row, batch) for row in rows.filter(outcome=Outcome.AMBIGUOUS)[:AMBIGUOUS]],
        "makes_new": makes_new(kind),
        "picks": best_picks(batch) if batch.counts.get("ambiguous") else {},
        "changes": in_words(kind, rows.filter(outcome=Outcome.CHANGE)[:CHANGES]),
        "conflicts": rows.overtaken()[:CONFLICTS] if batch.error else [],
        "more_conflicts": bool(batch.error) and rows.overtaken()[CONFLICTS : CONFLICTS + 1].exists(),
        "mends": told_mends(batch, kind),
        "picked": picked(batch),
        "form": form,
        **may_apply(request, batch),
        "stale": batch.status == Status.PLANNED and plan_is_stale(batch),
    }
    return render(request, "records/staff_import_detail.html", context)


def cards(groups, kind, user, may_mend, refused_form):
    """Groups of findings as the page shows them, each with its form where something can be done about it."""
    found, looked_up = [], 0
    for group in groups:
        form = None
        if may_mend:
            suggest = looked_up < NEAR_LOOKED_UP
            looked_up += group["code"].startswith("unit_")
            same = refused_form is not None and refused_form.group["group"] == group["group"]
            form = refused_form if same else MendForm(group=group, kind=kind, user=user, suggest=suggest)
        examples = [one for one in dict.fromkeys(group["examples"]) if one and one not in group["words"]]
        found.append({
            **group,
            "id": mark_of(group["group"]),
            "numbers": ranges(group["numbers"]),
            "more": group["rows"] > len(group["numbers"]),
            "examples": examples[:EXAMPLES],
            "form": form if form and form.is_open else None,
            "said_for_all": group["code"] in SAID_FOR_ALL,
        })  # fmt: skip
    return found


def ranges(numbers):
    """Row numbers as people say them: 41–52, 60."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def choice_of(row, batch):
    """A row that may mean several records, with those it may mean."""
    row.key = row_key(row.sheet, row.number)
    row.told = "; ".join(f"{title}: {text}" for title, _empty, text in row.shown if text != row.label)
    row.picked = batch.picks.get(row.key, "")
    row.options = [{"key": key, "label": label, "about": about, "fits": ", ".join(fits)}
                   for key, label, about, fits in row.candidates]  # fmt: skip
    return row


def picked(batch):
    """The choices made for single rows, in words."""
    keys = list(batch.picks)[:PICKS_TOLD]
    numbers = {int(key.rpartition("!")[2]) for key in keys}
    labels = {}
    if numbers:
        rows = batch.rows.filter(number__in=numbers)
        labels = {
            row_key(sheet, number): label for sheet, number, label in rows.values_list("sheet", "number", "label")
        }
    return [{"key": key, "number": key.rpartition("!")[2], "label": labels.get(key, "")} for key in keys]


def group_of(batch, key):
    """The group of that key in the plan as it stands, None where a mend has dealt with it."""
    return next((group for group in batch.groups if group["group"] == key), None)


@require_POST
def staff_import_mend(request, public_id):
    """One mend for a group of findings, and the plan made anew with it."""
    batch = changeable(Import.objects, request.user, public_id=public_id)
    group = group_of(batch, request.POST.get("group", ""))
    if not batch.is_open:
        return not_open(request, batch)
    if group is None:
        messages.warning(request, _("These rows were mended already; nothing was done twice."))
        return redirect("records:staff_import_detail", public_id)
    form = MendForm(request.POST, group=group, kind=kind_of(batch), user=request.user)
    if not form.is_valid():
        return review_page(request, batch, form)
    return planned_again(request, batch, "refused", mends=form.mends, fixed=form.fixed)


def planned_again(request, batch, place, **said):
    """Keep what was said and make the plan anew; back at the same place, with what it came to."""
    before = dict(batch.counts)
    if not batch.say(**said):
        return not_open(request, batch)
    start_planning(batch)
    if batch.status == Status.PLANNED:
        messages.success(request, said_of(before, batch))
    elif batch.status == Status.MAPPING:
        messages.error(request, batch.error)
    return redirect(f"{reverse('records:staff_import_detail', args=[batch.public_id])}#{place}")


def said_of(before, batch):
    """What a mend came to, in a sentence."""
    left = batch.undecided
    done = before.get("refused", 0) + before.get("ambiguous", 0) - left
    if done > 0:
        said = ngettext("%(n)d row was put right.", "%(n)d rows were put right.", done) % {"n": done}
    elif done < 0:
        said = ngettext("%(n)d more row waits for you.", "%(n)d more rows wait for you.", -done) % {"n": -done}
    else:
        said = _("Kept; the rows still have something else to be put right.")
    if left:
        rest = ngettext("%(n)d row is left to decide.", "%(n)d rows are left to decide.", left) % {"n": left}
    else:
        rest = _("No row is left to decide: it can be applied.")
    return f"{said} {rest}"


@require_POST
def staff_import_unmend(request, public_id):
    """A mend, or a choice, taken back."""
    batch = changeable(Import.objects, request.user, public_id=public_id)
    key, said = request.POST.get("key", ""), {}
    if key in batch.mends:
        said = {"mends": {key: None}}
    elif key in batch.picks:
        said = {"picks": {key: None}}
    elif key == "picks":
        said = {"picks": dict.fromkeys(batch.picks)}
    return planned_again(request, batch, "mended", **said)


@require_POST
def staff_import_pick(request, public_id):
    """Who is meant by rows that may mean several: one by one, or for all rows where one fits best."""
    batch = changeable(Import.objects, request.user, public_id=public_id)
    if request.POST.get("best"):
        picks = best_picks(batch)
    else:
        offered = {}
        numbers = [int(n) for n in request.POST.getlist("row") if n.isdecimal() and len(n) < 18]
        for row in batch.rows.filter(pk__in=numbers, outcome=Outcome.AMBIGUOUS):
            offered[row.pk] = (row_key(row.sheet, row.number), {NEW, *(one[0] for one in row.candidates)})
        picks = {}
        for pk, (key, known) in offered.items():
            if (chosen := request.POST.get(f"pick-{pk}", "")) in known:
                picks[key] = chosen
    if not picks and batch.is_open:
        messages.warning(request, _("Nobody was chosen yet: mark who is meant, then save."))
        return redirect(f"{reverse('records:staff_import_detail', args=[public_id])}#ambiguous")
    return planned_again(request, batch, "ambiguous", picks=picks)


def staff_import_rows(request, public_id):
    """Rows of the plan with one outcome or one finding, with what they say."""
    batch = seen(Import.objects.select_related("by"), request.user, public_id=public_id)
    kind = kind_of(batch)
    outcome, group = request.GET.get("outcome", ""), group_of(batch, request.GET.get("group", ""))
    rows = batch.rows.all()
    if group:
        rows = rows.in_group(group["group"]).filter(outcome=group["outcome"])
    elif request.GET.get("state") == "conflict":
        rows = rows.overtaken()
    elif outcome in OUTCOMES:
        rows = rows.filter(outcome=outcome)
    page = keyset_page(rows, ["pk"], request.GET, ROWS if outcome != Outcome.AMBIGUOUS else 20)
    rows = in_words(kind, page.rows)
    may_mend = batch.is_open and batch.by_id == request.user.pk
    for row in rows:
        choice_of(row, batch)
    context = {
        "batch": batch, "page": page, "rows": rows, "outcome": outcome if outcome in OUTCOMES else "", "group": group,
        "conflicts": request.GET.get("state") == "conflict", "outcomes": OUTCOMES, "may_mend": may_mend,
        "makes_new": makes_new(kind), "choosing": may_mend and outcome == Outcome.AMBIGUOUS, "crumbs": crumbs(),
    }  # fmt: skip
    return render(request, "records/staff_import_rows.html", context)


def staff_import_refused(request, public_id):
    """The rows that are not taken, as they stand in the file, with a column that says why."""
    batch = seen(Import.objects, request.user, public_id=public_id)
    try:
        content = refused_workbook(batch)
    except (UnreadableSheet, FileNotFoundError):
        content = b""
    if not content:
        messages.warning(request, _("There is no row left over."))
        return redirect("records:staff_import_detail", public_id)
    name = f"con-lai-{batch.public_id}.xlsx"
    AuditEvent.record("file_read", request=request, subject=batch, label=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)
