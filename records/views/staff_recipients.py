"""Recipients put onto a decision: one by one, or many pasted from a spreadsheet and looked over first."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.access import changeable
from records.award_entry import UnreadablePaste, read_paste, resembling
from records.forms.recipients import NOBODY, OrderForm, PasteForm, RowFormSet
from records.giving_way import in_one
from records.lists.award_rows import KnownTypes
from records.models import Award, AwardType, Decision
from records.once import once
from records.views.staff_decisions import decision_page, locked, new_recipient

ORDERED_AT_ONCE = 500


@once
def staff_recipient_add(request, pk):
    """One more recipient; the page comes back ready for the next."""
    decision = changeable(Decision.objects.select_related("unit"), request.user, pk=pk)
    if request.method != "POST":
        return redirect(f"{reverse('records:staff_decision_detail', args=[pk])}#add")
    form = new_recipient(request, decision, request.POST)
    if form.is_valid():
        Award.objects.hold_list(decision, [form.instance])
        # Somebody may have entered the same one before the list was held.
        form.check_twin()
        if not form.errors:
            Award.objects.enter([form.instance], decision)
            messages.success(request, _("%(name)s was added.") % {"name": form.instance.recipient_name})
            return redirect(f"{reverse('records:staff_decision_detail', args=[pk])}#add")
    return decision_page(request, decision, form)


def staff_recipient_suggest(request):
    """A piece of the page: whom in the register the name being typed may mean, within the user's reach."""
    kind, name, other, position, unit, link = (
        request.GET.get(name, "")[:255].replace("\x00", "")
        for name in ("recipient_kind", "recipient_name", "look_up", "recipient_position", "recipient_unit", "link")
    )
    found = resembling(request.user, kind, other or name, position, unit)
    context = {"candidates": found, "chosen": link, "field": "link", "asked": bool(other or name)}
    return render(request, "records/_recipient_link.html", context)


def staff_recipient_paste(request, pk):
    """Rows copied out of a spreadsheet, then what was understood of them; nothing is saved yet."""
    decision = changeable(Decision.objects, request.user, pk=pk)
    types = KnownTypes()
    form = PasteForm(request.POST if request.method == "POST" else None, types=types)
    if form.is_bound and form.is_valid():
        try:
            pasted = read_paste(form.cleaned_data["text"], types, form.cleaned_data)
        except UnreadablePaste as refusal:
            form.add_error("text", ValidationError(str(refusal)))
        else:
            rows = RowFormSet(as_sent(pasted.rows), prefix="row", user=request.user, decision=decision)
            rows.suggest()
            return review(request, decision, rows, pasted)
    context = {"form": form, "decision": decision, "types": AwardType.objects.all(), "section": "decision"}
    return render(request, "records/staff_recipient_paste.html", context)


def as_sent(rows):
    """The rows as a page of the review would send them."""
    sent = QueryDict(mutable=True)
    sent["row-TOTAL_FORMS"], sent["row-INITIAL_FORMS"] = len(rows), 0
    for n, row in enumerate(rows):
        for name, value in {**row.values, "number": row.number}.items():
            sent[f"row-{n}-{name}"] = value
    return sent


def review(request, decision, rows, pasted=None, refused=False):
    """The rows with what was understood of each and what is to be mended; `refused`: the clerk wanted them saved."""
    unsound = rows.unsound
    unasked = [form for form in unsound if set(form.errors) == {"link"}]
    context = {
        "decision": decision,
        "rows": rows,
        "pasted": pasted,
        "refused": refused,
        "unsound": unsound,
        "unasked": unasked,
        "sound": len(rows.kept) - len(unsound),
        "types": AwardType.objects.all(),
        "section": "decision",
    }
    return render(request, "records/staff_recipient_review.html", context)


@once
def staff_recipient_save(request, pk):
    """Save the rows looked over, all of them or none."""
    decision = changeable(Decision.objects, request.user, pk=pk)
    if request.method != "POST" or "row-TOTAL_FORMS" not in request.POST:
        return redirect("records:staff_recipient_paste", pk)
    unanswered = NOBODY if request.POST.get("rest_nobody") else ""
    rows = RowFormSet(request.POST, prefix="row", user=request.user, decision=decision, unanswered=unanswered)
    if rows.is_valid():
        awards = [form.instance for form in rows.kept]
        Award.objects.hold_list(decision, awards)
        # Somebody may have entered the same ones before the list was held.
        rows.full_clean()
        if rows.is_valid():
            Award.objects.enter(awards, decision, _("Pasted from a spreadsheet"))
            said = ngettext("%(n)d award was added.", "%(n)d awards were added.", len(awards)) % {"n": len(awards)}
            messages.success(request, said)
            return redirect("records:staff_decision_detail", pk)
    return review(request, decision, rows, refused=True)


@in_one
def staff_recipient_order(request, pk):
    """The places of a decision's draft recipients in its list."""
    decision = changeable(locked(Decision.objects, request), request.user, pk=pk)
    awards = decision.awards.filter(published_at__isnull=True).select_related("type")
    awards = awards.order_by("list_position", "pk")[:ORDERED_AT_ONCE]
    form = OrderForm(request.POST if request.method == "POST" else None, awards=awards)
    if form.is_bound and form.is_valid():
        moved = form.moved()
        if moved:
            Award.objects.reorder(moved)
        said = ngettext("%(n)d place was changed.", "%(n)d places were changed.", len(moved)) % {"n": len(moved)}
        messages.success(request, said)
        return redirect("records:staff_decision_detail", pk)
    context = {"decision": decision, "form": form, "most": ORDERED_AT_ONCE, "section": "decision"}
    return render(request, "records/staff_recipient_order.html", context)
