"""Units' plans: the list for my units, a plan's page, writing it, handing it in, approving and returning it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.forms.plans import DecisionForm, PlanFilter, PlanForm
from campaigns.models import Campaign, UnitPlan
from campaigns.plan_checks import checks, gaps
from campaigns.plan_history import changed_fields, compared_lines, read_history
from records.access import changeable, publishable, seen
from records.models import Unit
from records.paging import keyset_page
from records.papers import KINDS, ending

Status = UnitPlan.Status


def staff_plan_list(request, slug):
    """The plans of my units in a campaign, with the units that owe one and have none."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    form = PlanFilter(request.GET, campaign=campaign, user=request.user, today=timezone.localdate())
    states = form.states()
    page = keyset_page(form.rows().select_related("parent"), ["sort_key", "pk"], request.GET)
    base = reverse("campaigns:staff_plan_list", args=[slug])
    for unit in page.rows:
        unit.plan_url = f"{base}{unit.pk}/"
    context = {"campaign": campaign, "filter": form, "states": states, "page": page}
    context["count"] = next((state["count"] for state in states if state["current"]), 0)
    context["crumbs"] = campaign_crumbs(campaign)
    return render(request, "campaigns/staff_plan_list.html", context)


def staff_plan_detail(request, slug, unit):
    """A unit's plan: what it says, what changed, what was checked, what happened to it; or that there is none."""
    plan = plan_of(request, slug, seen(Unit.objects, request.user, pk=unit))
    return plan_page(request, plan)


def staff_plan_edit(request, slug, unit):
    """Write the plan: a draft with gaps is kept too; leads on to its page or to handing it in."""
    plan = plan_of(request, slug, changeable(Unit.objects, request.user, pk=unit))
    if not plan.is_changeable:
        return locked(request, plan)
    if request.method != "POST":
        return edit_page(request, form_of(request, plan))
    with transaction.atomic():
        plan = held(plan)
        if not plan.is_changeable:
            return locked(request, plan)
        form = form_of(request, plan)
        if form.is_valid():
            form.keep()
        elif request.FILES.get("file") and "file" not in form.errors:
            # A browser forgets a chosen file when the page comes again.
            form.keep()
            form.renew()
    if form.errors:
        return edit_page(request, form)
    messages.success(request, _("The draft of %(unit)s’s plan was saved.") % {"unit": plan.unit.name})
    return redirect(address(plan, "submit" if "check" in request.POST else "detail"))


@require_POST
def staff_plan_draft(request, slug, unit):
    """Keep what is typed so far: whatever can be kept, as long as nobody else wrote in the plan meanwhile."""
    plan = plan_of(request, slug, changeable(Unit.objects, request.user, pk=unit))
    with transaction.atomic():
        plan = held(plan)
        if not plan.is_changeable:
            return JsonResponse({"text": _("The plan cannot be changed now; nothing was kept.")}, status=409)
        form = form_of(request, plan)
        form.is_valid()
        if form.is_stale:
            said = _("Somebody else has changed this plan. Save the draft yourself to see what they wrote.")
            return JsonResponse({"text": said}, status=409)
        form.keep()
        version = form.newest_version()
    time = timezone.localtime().strftime("%H:%M")
    left = [str(form[name].label) for name in form.errors if name in form.fields]
    text = _("Draft kept at %(time)s") % {"time": time}
    if left:
        text = _("Draft kept at %(time)s, but for what is not right yet: %(fields)s") % {
            "time": time,
            "fields": ", ".join(left),
        }
    return JsonResponse({"text": text, "version": version, "whole": not left})


def staff_plan_submit(request, slug, unit):
    """Look at all of it once more, then hand it in; what is missing is named with the place to write it."""
    plan = plan_of(request, slug, changeable(Unit.objects, request.user, pk=unit))
    if not plan.is_changeable or not plan.pk:
        return locked(request, plan)
    if request.method == "POST":
        with transaction.atomic():
            plan = held(plan)
            missing = gaps(plan, plan.lines())
            if not missing:
                return done(request, plan, plan.submit, _("The plan was handed in. An approver looks at it next."))
    lines, figures = plan.lines(), plan.figures()
    activities = [line.activity for line in lines]
    context = {
        "plan": plan,
        "gaps": gaps(plan, lines),
        "failed": request.method == "POST",
        "figures": figures,
        "checks": checks(plan, lines, figures),
        "lines": compared_lines(plan, None, activities, figures.quantities),
        "paper": paper(plan),
        "crumbs": plan_crumbs(plan),
    }
    return render(request, "campaigns/staff_plan_submit.html", context)


def staff_plan_recall(request, slug, unit):
    """Take a plan back that nobody has approved or returned yet."""
    plan = plan_of(request, slug, changeable(Unit.objects, request.user, pk=unit))
    if not plan.is_waiting:
        return locked(request, plan)
    if request.method == "POST":
        return done(request, plan, plan.recall, _("The plan is a draft again; hand it in when it is mended."))
    return render(request, "campaigns/staff_plan_recall.html", {"plan": plan, "crumbs": plan_crumbs(plan)})


def staff_plan_decide(request, slug, unit):
    """Approve a plan or return it; the next one that waits is then offered."""
    plan = plan_of(request, slug, publishable(Unit.objects, request.user, pk=unit))
    if not plan.is_waiting or request.method != "POST":
        return locked(request, plan) if request.method == "POST" else redirect(address(plan, "detail"))
    form = DecisionForm(request.POST, plan=plan, today=timezone.localdate())
    if not form.is_valid():
        return plan_page(request, plan, form)
    by = {"by": request.user, "request": request}
    if form.cleaned_data["decision"] == "approve":
        return done(
            request,
            plan,
            lambda: plan.approve(**by),
            _("The plan of %(unit)s was approved.") % {"unit": plan.unit.name},
        )
    due_on = form.cleaned_data["due_on"]
    said = _("The plan was returned to %(unit)s, to be handed in again by %(day)s.")
    said %= {"unit": plan.unit.name, "day": f"{due_on:%d/%m/%Y}"}
    return done(request, plan, lambda: plan.send_back(form.cleaned_data["reason"].strip(), due_on, **by), said)


def done(request, plan, act, said):
    """Do an act on a plan, say so, and show the plan; a plan that somebody else moved on meanwhile is left alone."""
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect(address(plan, "detail"))


def locked(request, plan):
    """Show the plan and why nothing can be done with it here."""
    if not plan.is_open:
        said = _("The campaign is not under way, so its plans can only be read.")
    elif plan.pk is None:
        said = _("There is no plan yet.")
    elif plan.status == Status.SUBMITTED:
        said = _("The plan has been handed in. Take it back first to change it.")
    elif plan.status == Status.APPROVED:
        said = _("The plan has been approved and can only be read.")
    else:
        said = _("The plan has not been handed in.")
    messages.warning(request, said)
    return redirect(address(plan, "detail"))


def address(plan, page):
    return reverse(f"campaigns:staff_plan_{page}", args=[plan.campaign.slug, plan.unit_id])


def campaign_crumbs(campaign):
    """The way to the pages of a campaign."""
    board = reverse("campaigns:staff_campaign_detail", args=[campaign.slug])
    return [
        (_("Campaigns"), reverse("campaigns:staff_campaign_list")),
        (Truncator(campaign.title).chars(40), board),
    ]


def plan_crumbs(plan, own=True):
    """The way to a plan's pages; `own` for those behind its own page."""
    crumbs = [*campaign_crumbs(plan.campaign)]
    crumbs.append((_("Plans"), reverse("campaigns:staff_plan_list", args=[plan.campaign.slug])))
    if own:
        crumbs.append((Truncator(plan.unit.name).chars(40), address(plan, "detail")))
    return crumbs


def plan_of(request, slug, unit):
    """The unit's plan, or an unsaved one; raises Http404 where there is none and the campaign is not for the unit."""
    campaign = seen(Campaign.objects.with_head(), request.user, slug=slug)
    plan = UnitPlan.objects.filter(campaign=campaign, unit=unit).select_related("aims_at").first()
    if plan is None:
        if not campaign.units().filter(pk=unit.pk).exists():
            raise Http404
        plan = UnitPlan(campaign=campaign)
    plan.campaign, plan.unit = campaign, unit
    return plan


def held(plan):
    """The plan as it now stands, locked; the unit first, as whoever moves the unit locks it."""
    Unit.objects.filter(pk=plan.unit_id).hold()
    row = UnitPlan.objects.select_for_update().filter(campaign=plan.campaign_id, unit=plan.unit_id).first()
    if row is None:
        return UnitPlan(campaign=plan.campaign, unit=plan.unit)
    row.campaign, row.unit = plan.campaign, plan.unit
    return row


def form_of(request, plan):
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return PlanForm(data, files, instance=plan, user=request.user, today=timezone.localdate())


def edit_page(request, form):
    plan = form.instance
    stored = UnitPlan.objects.filter(pk=plan.pk).first() or plan
    context = {"form": form, "plan": plan, "paper": paper(stored), "crumbs": plan_crumbs(plan)}
    return render(request, "campaigns/staff_plan_edit.html", context)


def paper(plan):
    """The attached file: its address, what kind it is and how large (None where it is lost); None without one."""
    if not plan.file or not plan.file._committed:
        return None
    try:
        size = plan.file.size
    except OSError:
        size = None
    url = reverse("records:file_download", args=[plan.file.name])
    return {"url": url, "kind": KINDS.get(ending(plan.file.name), ""), "size": size}


def plan_page(request, plan, form=None):
    """A plan's page, with the approver's form where a decision is due and the user may take it."""
    user, path = request.user, plan.unit.path
    activities = list(plan.campaign.activities.order_by("order", "pk"))
    figures = plan.figures()
    context = {"plan": plan, "figures": figures, "may_edit": user.may(user.EDITORS, path)}
    context["crumbs"] = plan_crumbs(plan, own=False)
    if plan.pk:
        past = read_history(plan, {activity.pk: activity.name for activity in activities})
        before = past.before(plan)
        context |= {
            "past": past,
            "before": before,
            "was": changed_fields(plan, before),
            "lines": compared_lines(plan, before, activities, figures.quantities),
            "checks": checks(plan, plan.lines(), figures),
            "paper": paper(plan),
        }
    if user.may(user.PUBLISHERS, path):
        context["may_decide"] = True
        if plan.is_waiting:
            context["form"] = form or DecisionForm(plan=plan, today=timezone.localdate())
        waiting = UnitPlan.objects.waiting().publishable_by(user).filter(campaign=plan.campaign)
        context["next_plan"] = waiting.exclude(pk=plan.pk).select_related("unit").first()
    return render(request, "campaigns/staff_plan_detail.html", context)
