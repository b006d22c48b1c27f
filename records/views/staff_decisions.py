"""Decisions as staff keep them: entered once with number and date, checked, published, their scans."""

from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.access import changeable, publishable, seen
from records.decision_check import CHECKED, check, grouped
from records.forms.accounts import ReasonForm
from records.forms.dates import read_typed
from records.forms.recipients import RecipientForm
from records.forms.staff_decisions import DecisionForm, ScanForm, StaffDecisionFilterForm
from records.giving_way import in_one
from records.lists.award_decisions import DecisionFacts
from records.models import Award, Decision
from records.numbering import parse_number
from records.once import once
from records.paging import CAP, capped_count, keyset_page

BY_LIST = ("list_position", "pk")
# Recipients on a page that has the boxes for one more as well.
LISTED = 40
# Of the awards that share a finding, how many are named.
NAMED = 10


def editors_only(user):
    """Raises PermissionDenied for whoever is nowhere more than a viewer."""
    if not (user.is_superuser or user.paths(user.EDITORS)):
        raise PermissionDenied


def locked(rows, request):
    """The rows, locked where the request will change them."""
    return rows.select_for_update(of=("self",), no_key=True) if request.method == "POST" else rows


def open_to(user, decision):
    """Whether the user may change a decision as it stands: a draft as a clerk, a public one as an approver."""
    roles = user.PUBLISHERS if decision.published_at else user.EDITORS
    return user.may(roles, decision.unit_path)


def staff_decision_list(request):
    """Decisions kept by the user's units, and those that honour their people."""
    user = request.user
    form = StaffDecisionFilterForm(request.GET, user=user)
    decisions = form.narrow(Decision.objects.visible_to(user))
    page = keyset_page(decisions.select_related("unit"), ("-issued_on", "-pk"), request.GET)
    # For all rows at once: asked row by row, the database may go through the user's awards again for each.
    awards = Award.objects.visible_to(user).filter(decision__in=page.rows).order_by()
    given = dict(awards.values_list("decision").annotate(n=Count("pk")))
    for decision in page.rows:
        decision.given = given.get(decision.pk, 0)
        decision.is_kept_here = user.may(user.READERS, decision.unit_path)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(decisions)
    enters = user.is_superuser or bool(user.paths(user.EDITORS))
    context = {"filters": form, "page": page, "count": count, "capped": capped, "most": CAP, "enters": enters}
    return render(request, "records/staff_decision_list.html", context)


@once
def staff_decision_add(request):
    """A new decision, a draft until it is published."""
    editors_only(request.user)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DecisionForm(*sent, user=request.user)
    if form.is_bound and form.is_valid() and (decision := form.save()):
        say_saved(request, decision)
        return redirect("records:staff_decision_detail", decision.pk)
    return render(request, "records/staff_decision_edit.html", {"form": form, "is_new": True})


def say_saved(request, decision):
    """Say what was saved, and how the number was read where it follows no pattern."""
    messages.success(request, _("Decision %(number)s was saved.") % {"number": decision.number or decision.issuer})
    if decision.number and not decision.number_is_understood:
        text = _("The number “%(number)s” does not follow the official pattern. It is kept as printed.")
        messages.warning(request, text % {"number": decision.number})


def staff_decision_reading(request):
    """A piece of the page: how the number typed is read, and the decision of the register it is already."""
    before = f"{request.GET['prefix']}-" if request.GET.get("prefix") else ""
    number, issuer, typed = (
        request.GET.get(f"{before}{name}", "")[:200].replace("\x00", "") for name in ("number", "issuer", "issued_on")
    )
    known = day = None
    with suppress(ValidationError):
        day = read_typed(typed) if typed.strip() else None
    if number and issuer and day:
        known = DecisionFacts(number, day.day, day.precision, issuer).find()
        if known and not Decision.objects.visible_to(request.user).filter(pk=known.pk).exists():
            known = None
    context = {"number": number, "parsed": parse_number(number), "known": known}
    return render(request, "records/_decision_reading.html", context)


def staff_decision_detail(request, pk):
    """A decision with its recipients, and the box for one more."""
    decision = seen(Decision.objects.select_related("unit"), request.user, pk=pk)
    form = new_recipient(request, decision) if request.user.may(request.user.EDITORS, decision.unit_path) else None
    return decision_page(request, decision, form)


def new_recipient(request, decision, data=None):
    """The form of one more recipient; award, kind and years stay as those of the last one entered."""
    initial = {}
    if data is None and (last := decision.awards.select_related("type").order_by("-pk").first()):
        initial = {name: getattr(last, name) for name in ("recipient_kind", "type", "period_start", "period_end")}
    return RecipientForm(data, user=request.user, decision=decision, initial=initial)


def has_drafts(decision, awards):
    """Whether some award of a decision is not public; `awards` are all of them where they have been read."""
    if awards is not None:
        return any(award.is_draft for award in awards)
    return decision.awards.filter(published_at__isnull=True).exists()


def decision_page(request, decision, form):
    """The page of a decision; `form` is a recipient's, None where the user only looks."""
    user = request.user
    awards = Award.objects.visible_to(user).filter(decision=decision)
    awards = awards.select_related("type", "member__unit", "collective", "unit")
    page = keyset_page(awards, BY_LIST, request.GET, size=LISTED)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(awards)
    edits, publishes = user.may(user.EDITORS, decision.unit_path), user.may(user.PUBLISHERS, decision.unit_path)
    waits = publishes and (decision.published_at is None or has_drafts(decision, page.rows if only_page else None))
    context = {
        "decision": decision,
        "form": form,
        "page": page,
        "count": count,
        "capped": capped,
        "edits": edits,
        "changes": open_to(user, decision),
        "publishes": waits,
        "unpublishes": publishes and decision.published_at is not None,
        "parsed": parse_number(decision.number),
        "section": "decision",
    }
    return render(request, "records/staff_decision_detail.html", context)


@in_one
def staff_decision_edit(request, pk):
    """What is written of a decision, put right."""
    decision = changeable(locked(Decision.objects, request), request.user, pk=pk)
    if not open_to(request.user, decision):
        raise PermissionDenied
    form = DecisionForm(request.POST if request.method == "POST" else None, instance=decision, user=request.user)
    if form.is_bound and form.is_valid() and form.save():
        say_saved(request, decision)
        return redirect("records:staff_decision_detail", pk)
    return render(request, "records/staff_decision_edit.html", {"form": form, "decision": Decision.objects.get(pk=pk)})


@in_one
def staff_decision_scan(request, pk):
    """The scan of a decision, put in or in place of another; the file it replaces is kept on the server."""
    decision = changeable(locked(Decision.objects, request), request.user, pk=pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ScanForm(*sent)
    if form.is_bound and form.is_valid():
        decision.file = form.cleaned_data["file"]
        decision.save(update_fields=["file"])
        messages.success(request, _("The scan was saved."))
        return redirect("records:staff_decision_detail", pk)
    return render(request, "records/staff_decision_scan.html", {"form": form, "decision": decision})


def staff_decision_check(request, pk):
    """What is missing or odd, each with the place where it is mended."""
    decision = seen(Decision.objects, request.user, pk=pk)
    if not request.user.may(request.user.EDITORS, decision.unit_path):
        raise PermissionDenied
    findings, awards = check(decision, request.user, timezone.localdate())
    places = {
        "decision": reverse("records:staff_decision_edit", args=[pk]),
        "scan": reverse("records:staff_decision_scan", args=[pk]),
        "recipients": f"{reverse('records:staff_decision_detail', args=[pk])}#add",
    }
    context = {
        "decision": decision,
        "groups": grouped(findings),
        "places": places,
        "checked": len(awards),
        "in_part": len(awards) == CHECKED,
        "edits": open_to(request.user, decision),
        "publishes": request.user.may(request.user.PUBLISHERS, decision.unit_path),
        "named": NAMED,
        "section": "decision",
    }
    return render(request, "records/staff_decision_check.html", context)


@in_one
def staff_decision_publish(request, pk):
    """Asks what will become public and what never does, then publishes the decision with its awards."""
    decision = publishable(Decision.objects, request.user, pk=pk)
    drafts = decision.awards.filter(published_at__isnull=True).count()
    if request.method == "POST":
        n = decision.publish(request.user, request)
        said = ngettext("Published, with %(n)d award.", "Published, with %(n)d awards.", n) % {"n": n}
        messages.success(request, said)
        return redirect("records:staff_decision_detail", pk)
    if decision.published_at and not drafts:
        messages.info(request, _("The decision and all its awards are public already."))
        return redirect("records:staff_decision_detail", pk)
    findings, _awards = check(decision, request.user, timezone.localdate())
    context = {
        "decision": decision,
        "drafts": drafts,
        "serious": sum(one.serious for one in findings),
        "others": sum(not one.serious for one in findings),
        "section": "decision",
    }
    return render(request, "records/staff_decision_publish.html", context)


@in_one
def staff_decision_unpublish(request, pk):
    """Takes a decision and its awards off the public pages, for a reason; nothing is deleted."""
    decision = publishable(Decision.objects, request.user, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        decision.unpublish(request.user, request, form.cleaned_data["reason"])
        messages.success(request, _("Taken off the public pages; nothing was deleted."))
        return redirect("records:staff_decision_detail", pk)
    context = {"decision": decision, "form": form, "awards": decision.awards.published().count()}
    return render(request, "records/staff_decision_unpublish.html", context)
