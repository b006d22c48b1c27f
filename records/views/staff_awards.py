"""Awards as staff keep them: found, entered in one step, put right, changed by a later decision, exported."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, Value, When
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records.access import changeable, publishable, refuse, seen
from records.forms.accounts import ReasonForm
from records.forms.recipients import RecipientForm
from records.forms.staff_awards import ChangeForm, StaffAwardFilterForm
from records.forms.staff_decisions import NamedDecisionForm
from records.giving_way import in_one
from records.models import Award, AwardType, Decision
from records.once import once
from records.paging import counted_page
from records.templatetags.marks import mark
from records.views.public_awards import NEWEST, SHOWN, award_rows, changes, period, suggestions
from records.views.staff_decisions import editors_only, locked

# What a page of long names may weigh on a slow line.
ROWS = 40
PUBLIC = {
    # Every decision is linked, to the staff's page.
    "decision_public": Value(1),
    "is_public": Case(When(published_at__isnull=False, then=1), default=0),
}


def staff_award_list(request):
    """The awards kept or received in the user's units; a short code leads to its award."""
    form = StaffAwardFilterForm(request.GET, user=request.user)
    if award := form.by_short_code():
        return redirect("records:staff_award_detail", award.public_id)
    rows = Award.objects.annotate(**PUBLIC).values_list(*SHOWN, "is_public", named=True)

    def narrow(awards):
        return form.narrow(awards.visible_to(request.user))

    page, count, capped = counted_page(rows, narrow, NEWEST, request.GET, ROWS, form.is_searched)
    context = {
        "filters": form,
        "page": page,
        "rows": staff_rows(page.rows),
        "count": count,
        "capped": capped,
        "enters": request.user.is_superuser or bool(request.user.paths(request.user.EDITORS)),
        "alternatives": [] if page.rows else list(suggestions(form, Award.objects.visible_to(request.user))),
    }
    return render(request, "records/staff_award_list.html", context)


def staff_rows(awards):
    """The rows of the public list with the staff's addresses, and the word "draft" where the public sees nothing."""
    draft = format_html('<span class="state">{} {}</span>', mark("i-draft"), pgettext("publication", "draft"))
    here, decisions = reverse("records:staff_award_list"), reverse("records:staff_decision_list")
    rows = award_rows(awards)
    for row, award in zip(rows, awards, strict=True):
        row["url"] = f"{here}{award.public_id}/"
        row["decision"]["url"] = f"{decisions}{award.decision_id}/"
        if not award.is_public:
            row["standing"] = (
                draft if award.status == Award.Status.ACTIVE else format_html("{} {}", row["standing"], draft)
            )
    return rows


@once
def staff_award_add(request):
    """An award already decided, of any year, in one step: its decision, found or made, and the recipient."""
    editors_only(request.user)
    data = request.POST if request.method == "POST" else None
    known = Decision.objects.editable_by(request.user)
    by = NamedDecisionForm(data, prefix="by", user=request.user, kind=Decision.Kind.GRANT, known=known)
    dated = by.is_bound and by.is_valid()
    form = RecipientForm(data, user=request.user, on=by.facts.issued_on if dated else None)
    if form.is_bound and form.is_valid() and dated:
        decision = by.decision()
        Award.objects.hold_list(decision, [form.instance])
        form.check_twin()
        if not form.errors:
            Award.objects.enter([form.instance], decision)
            messages.success(request, _("The award of %(name)s was saved.") % {"name": form.instance.recipient_name})
            return redirect("records:staff_award_detail", form.instance.public_id)
        transaction.set_rollback(True)
    context = {"form": form, "by": by, "types": AwardType.objects.all(), "section": "award"}
    return render(request, "records/staff_award_add.html", context)


def staff_award_detail(request, public_id):
    """An award as its decision wrote it, whom it is linked to, what became of it, who entered it."""
    awards = Award.objects.select_related("decision__unit", "type", "member__unit", "collective", "unit")
    award = seen(awards, request.user, public_id=public_id)
    user, kept_by = request.user, award.decision.unit_path
    entered = award.history.select_related("history_user").order_by("history_id").first()
    events = list(award.events.select_related("decision").order_by("-occurred_on", "-pk"))
    context = {
        "award": award,
        "period": period(award.period_start, award.period_end),
        "events": [(event, changes(event)) for event in events],
        "entered": entered,
        "edits": user.may(user.EDITORS if award.is_draft else user.PUBLISHERS, kept_by),
        "alters": award.stands and user.may(user.EDITORS if award.is_draft else user.PUBLISHERS, kept_by),
        "removes": user.may(user.EDITORS, kept_by) and award.is_draft and not events and never_public(award),
        "takes_back": max(events, key=lambda event: event.pk, default=None)
        if award.is_draft and user.may(user.EDITORS, kept_by)
        else None,
        "unpublishes": not award.is_draft and user.may(user.PUBLISHERS, kept_by),
        "section": "award",
    }
    return render(request, "records/staff_award_detail.html", context)


def never_public(award):
    """Whether no version of the award was ever shown to the public."""
    return not award.history.filter(published_at__isnull=False).exists()


@in_one
def staff_award_edit(request, public_id):
    """A draft as a whole; of a published award only whom in the register it is linked to."""
    rows = locked(Award.objects.select_related("decision", "type", "member", "collective"), request)
    award = changeable(rows, request.user, public_id=public_id)
    roles = request.user.EDITORS if award.is_draft else request.user.PUBLISHERS
    if not request.user.may(roles, award.decision.unit_path):
        raise PermissionDenied
    form = RecipientForm(request.POST if request.method == "POST" else None, instance=award, user=request.user)
    if form.is_bound and form.is_valid():
        form.instance.save()
        messages.success(request, _("The award of %(name)s was saved.") % {"name": award.recipient_name})
        return redirect("records:staff_award_detail", public_id)
    context = {
        "form": form,
        "award": award,
        "name": Award.objects.values_list("recipient_name", flat=True).get(pk=award.pk),
        "types": AwardType.objects.all() if award.is_draft else (),
        "section": "award",
    }
    return render(request, "records/staff_award_edit.html", context)


def staff_award_remove(request, public_id):
    """Asks, then takes a draft entered by mistake out of the register; one that was ever public stays."""
    award = changeable(Award.objects.select_related("decision", "type"), request.user, public_id=public_id)
    if not award.is_draft or not never_public(award) or award.events.exists():
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        award.remove(request.user, form.cleaned_data["reason"], request)
        messages.success(request, _("%(name)s was removed.") % {"name": award.recipient_name})
        return redirect("records:staff_decision_detail", award.decision_id)
    return render(request, "records/staff_award_remove.html", {"award": award, "form": form, "section": "award"})


@once
def staff_award_change(request, public_id):
    """Correct, revoke or reissue an award by a further decision."""
    awards = locked(Award.objects.select_related("decision__unit", "type"), request)
    award = awards.alterable_by(request.user).filter(public_id=public_id).first()
    award = award or refuse(Award.objects, request.user, {"public_id": public_id})
    if not award.stands:
        raise PermissionDenied
    form = ChangeForm(request.POST if request.method == "POST" else None, award=award, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                event = form.act()
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        else:
            said = _("The award is now %(standing)s by decision %(decision)s; what it said before is kept.")
            standing = award.get_status_display()
            messages.success(
                request, said % {"standing": standing, "decision": event.decision.number or event.decision}
            )
            return redirect("records:staff_award_detail", public_id)
    context = {"form": form, "award": award, "section": "award"}
    return render(request, "records/staff_award_change.html", context)


def staff_award_take_back(request, public_id):
    """Asks, then takes the newest change of a draft, recorded by mistake, back; what is public is taken down first."""
    award = changeable(Award.objects.select_related("decision", "type"), request.user, public_id=public_id)
    event = award.events.select_related("decision").order_by("-pk").first()
    if event is None or not award.is_draft:
        messages.info(request, _("There is nothing to take back here, or the award is public: take it down first."))
        return redirect("records:staff_award_detail", public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            event.take_back(request.user, form.cleaned_data["reason"], request)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        else:
            messages.success(request, _("The change was taken back; the change log keeps it."))
            return redirect("records:staff_award_detail", public_id)
    context = {"award": award, "event": event, "form": form, "section": "award"}
    return render(request, "records/staff_award_take_back.html", context)


def staff_award_unpublish(request, public_id):
    """Takes one award off the public pages, for a reason; nothing is deleted."""
    award = publishable(Award.objects.select_related("decision", "type"), request.user, public_id=public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        Award.objects.filter(pk=award.pk).unpublish(request.user, request, form.cleaned_data["reason"])
        messages.success(request, _("Taken off the public pages; nothing was deleted."))
        return redirect("records:staff_award_detail", public_id)
    return render(request, "records/staff_award_unpublish.html", {"award": award, "form": form, "section": "award"})
