"""The lists that staff may take out of campaigns: these themselves and, of each, what its units and members did."""

from django.db.models import OuterRef
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.forms.inspections import InspectionFilter
from campaigns.forms.plans import STATES, PlanFilter
from campaigns.forms.staff_campaigns import StaffCampaignFilter
from campaigns.forms.staff_exemplars import StaffExemplarFilter
from campaigns.lists.exporting import in_full, quantities, told_amount, within
from campaigns.lists.registration_export import REGISTRATIONS_OUT
from campaigns.models import Campaign, Exemplar, Inspection, PlannedActivity
from records.access import seen
from records.export_lists import NUMBER, the_way
from records.lists.exporting import Found, Outgoing, Part, day_of
from records.sheets.planning import Type

UNIT_CODE = Part("unit_code", _("unit’s code"), ("unit__code",), width=18, always=True)
UNIT = Part("unit", _("unit"), ("unit__name",), width=44)

# Campaigns


def find_campaigns(user, params):
    form = StaffCampaignFilter(params)
    rows = form.narrow(Campaign.objects.visible_to(user)).order_by("-starts_on", "-pk")
    return Found(rows, form, the_way(_("Campaigns"), "campaigns:staff_campaign_list", form))


CAMPAIGNS_OUT = Outgoing(
    code="campaigns",
    title=_("list of campaigns"),
    parts=(
        NUMBER,
        Part("code", _("code"), ("slug",), width=28, always=True),
        Part("title", _("title"), ("title",), width=60, always=True),
        Part("mode", _("form"), ("mode",), Type.CHOICE, words=Campaign.mode.field.choices),
        Part("unit_code", _("unit’s code"), ("launched_by__code",), width=18),
        Part("unit", _("launched by"), ("launched_by__name",), width=40),
        Part("decision", _("decision number"), ("decision__number",), width=18),
        Part("starts_on", _("starts on"), ("starts_on",), Type.DATE),
        Part("ends_on", _("ends on"), ("ends_on",), Type.DATE),
        Part("registration_from", _("registration from"), ("registration_from",), Type.DATE, 16),
        Part("registration_to", _("registration until"), ("registration_to",), Type.DATE, 16),
        Part("plans_due_on", _("plans due on"), ("plans_due_on",), Type.DATE, 16),
        Part("results_due_on", _("results due on"), ("results_due_on",), Type.DATE, 16),
        Part("status", _("status"), ("status",), Type.CHOICE, words=Campaign.status.field.choices),
    ),
    find=find_campaigns,
    stem="phong-trao",
    event="campaigns_exported",
    page="campaigns:staff_campaign_export",
    section="campaign",
)

# Plans


def find_plans(user, params, slug):
    campaign = seen(Campaign.objects, user, slug=slug)
    form = PlanFilter(params, campaign=campaign, user=user, today=timezone.localdate())
    activities = list(campaign.activities.order_by("order", "pk"))
    of_row = PlannedActivity.objects.filter(plan=OuterRef("plan__pk"))
    rows = quantities(form.rows(), of_row, "target", activities).order_by("sort_key", "pk")
    more = tuple(
        Part(f"activity_{one.pk}", in_full(one), (f"target_{one.pk}",), Type.NUMBER, 18, turn=told_amount(one))
        for one in activities
    )
    return within(campaign, rows, form, _("Plans"), "campaigns:staff_plan_list", more=more)


PLANS_OUT = Outgoing(
    code="plans",
    title=_("list of plans"),
    parts=(
        NUMBER,
        Part("unit_code", _("unit’s code"), ("code",), width=18, always=True),
        Part("unit", _("unit"), ("name",), width=44, always=True),
        Part("above", _("unit above"), ("parent__name",), width=40),
        Part("state", pgettext_lazy("of a plan", "state"), ("plan_state",), Type.CHOICE, 18, words=STATES),
        Part("number", _("number"), ("plan_number",), width=18),
        Part("dated", _("dated"), ("plan_dated",), Type.DATE),
        Part("person", _("person in charge"), ("plan__person_in_charge",), width=30),
        Part("members", _("members to register"), ("plan__member_target",), Type.NUMBER),
        Part("aim", _("title aimed at"), ("plan__aims_at__name",), width=36),
        Part("submitted", _("handed in on"), ("plan_submitted_at",), Type.DATE, turn=day_of),
        Part("due_on", _("due on"), ("plan_due_on",), Type.DATE),
    ),
    find=find_plans,
    stem="ke-hoach",
    event="plans_exported",
    page="campaigns:staff_plan_export",
    section="campaign",
    where=("slug",),
)

# Good models


def find_exemplars(user, params, slug):
    campaign = seen(Campaign.objects, user, slug=slug)
    form = StaffExemplarFilter(params, user)
    rows = form.narrow(Exemplar.objects.visible_to(user).filter(campaign=campaign)).order_by("-pk")
    return within(campaign, rows, form, _("Good models"), "campaigns:staff_exemplar_list")


def exemplar_state(user):
    """For `turn_for`: how far a good model has come."""
    words = [str(label) for label in (_("published"), _("waiting to be published"), _("returned"), _("being written"))]
    published, submitted, returned, draft = map(capfirst, words)

    def told(published_at, submitted_at, return_reason):
        if published_at:
            return published
        return submitted if submitted_at else returned if return_reason else draft

    return told


EXEMPLARS_OUT = Outgoing(
    code="exemplars",
    title=_("list of good models"),
    parts=(
        NUMBER,
        Part("code", _("code"), ("public_id",), width=11, always=True),
        Part("title", _("title"), ("title",), width=50, always=True),
        UNIT_CODE,
        UNIT,
        Part("activity", _("activity"), ("activity__name",), width=30),
        Part("summary", _("summary"), ("summary",), width=60),
        Part("place", _("place"), ("place",), width=30),
        Part("started_on", _("started on"), ("started_on",), Type.DATE),
        Part("cost", _("cost, million đồng"), ("cost",), Type.NUMBER),
        Part("people_helped", _("people helped"), ("people_helped",), Type.NUMBER),
        Part("figure", _("figure"), ("figure",), width=18),
        Part("figure_note", _("about the figure"), ("figure_note",), width=30),
        Part(
            "state",
            pgettext_lazy("publication", "State"),
            ("published_at", "submitted_at", "return_reason"),
            Type.CHOICE,
            18,
            turn_for=exemplar_state,
        ),
        Part("published", _("published on"), ("published_at",), Type.DATE, 14, turn=day_of),
        Part("story", _("story"), ("story",), width=80, at_first=False),
    ),
    find=find_exemplars,
    stem="mo-hinh",
    event="exemplars_exported",
    page="campaigns:staff_exemplar_export",
    section="campaign",
    where=("slug",),
)

# Inspections


def find_inspections(user, params, slug):
    campaign = seen(Campaign.objects, user, slug=slug)
    form = InspectionFilter(params, user=user, today=timezone.localdate())
    rows = form.narrow(Inspection.objects.visible_to(user).filter(campaign=campaign)).order_by("-inspected_on", "-pk")
    return within(campaign, rows, form, _("Inspections"), "campaigns:staff_inspection_list")


INSPECTIONS_OUT = Outgoing(
    code="inspections",
    title=_("list of inspections"),
    parts=(
        NUMBER,
        UNIT_CODE,
        Part("unit", _("unit"), ("unit__name",), width=44, always=True),
        Part("inspected_on", _("inspected on"), ("inspected_on",), Type.DATE, 14, always=True),
        Part("inspector", _("inspector"), ("inspector",), width=30),
        Part("outcome", _("outcome"), ("outcome",), Type.CHOICE, words=Inspection.outcome.field.choices),
        Part("findings", _("findings"), ("findings",), width=60),
        Part("due_on", _("to be put right by"), ("due_on",), Type.DATE, 16),
        Part("resolution", _("how it was put right"), ("resolution",), width=50),
        Part("resolved_on", _("put right on"), ("resolved_on",), Type.DATE, 14),
    ),
    find=find_inspections,
    stem="kiem-tra",
    event="inspections_exported",
    page="campaigns:staff_inspection_export",
    section="campaign",
    where=("slug",),
)

LISTS = (CAMPAIGNS_OUT, PLANS_OUT, REGISTRATIONS_OUT, EXEMPLARS_OUT, INSPECTIONS_OUT)
