"""The plan by which a unit takes part in a campaign."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, CharField, DateField, F, FilteredRelation, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.activities import Activity
from campaigns.models.campaigns import Campaign, truth
from campaigns.models.figures import HANDED_IN, owing, unit_counts, with_counts
from campaigns.models.registrations import COUNTED, Pledge
from records.models import AuditEvent, AwardType, Unit
from records.models.fields import KeyField, one_of
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet, within_path


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")


# While a campaign is in one of these, units work on their plans; before and after they only read them.
WORKING = (Campaign.Status.LAUNCHED, Campaign.Status.REVIEWING)
CHANGEABLE = (PlanStatus.DRAFT, PlanStatus.RETURNED)
MISSING = "missing"


class UnitPlanQuerySet(ScopedQuerySet):
    """Units' plans."""

    def handed_in(self):
        """Submitted or approved: what the plan rate counts."""
        return self.filter(status__in=HANDED_IN)

    def waiting(self):
        """Submitted and not yet looked at, the longest waiting first, in campaigns whose plans are worked on."""
        waiting = self.filter(status=PlanStatus.SUBMITTED, campaign__status__in=WORKING)
        return waiting.order_by("submitted_at", "pk")


def planners(campaign, on):
    """The units that owe the campaign a plan or have one, each with the facts of its plan.

    `plan_state` is a status of plans or MISSING; `plan_due_on` the day by which the unit must hand in, None where none
    was set or nothing is owed any more; `overdue` whether that day has passed on the day `on`.
    """
    due = Value(campaign.plans_due_on, output_field=DateField())
    units = Unit.objects.annotate(plan=FilteredRelation("plans", condition=Q(plans__campaign=campaign)))
    return (
        units.filter(Q(plan__isnull=False) | Q(pk__in=owing(campaign.units(), campaign).order_by().values("pk")))
        .annotate(
            plan_state=Coalesce(F("plan__status"), Value(MISSING), output_field=CharField()),
            plan_number=F("plan__number"),
            plan_dated=F("plan__dated"),
            plan_submitted_at=F("plan__submitted_at"),
            plan_due_on=Case(
                When(plan__status__in=HANDED_IN, then=None),
                When(plan__status=PlanStatus.RETURNED, then=Coalesce(F("plan__due_on"), due)),
                default=due,
                output_field=DateField(),
            ),
        )
        .annotate(overdue=truth(Q(plan_due_on__lt=on)))
    )


@dataclass(frozen=True)
class PlanFigures:
    """What a plan is held against: members who could register and who did, quantities registered by activity."""

    eligible: int
    registered: int
    quantities: dict


class UnitPlan(FollowsUnit):
    """A unit's plan for a campaign: what it chose, how much of it, who answers for it."""

    Status, HANDED_IN = PlanStatus, HANDED_IN

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="plans", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    dated = models.DateField(_("dated"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="plans/%Y/", blank=True)
    activities = models.ManyToManyField(Activity, through="PlannedActivity", related_name="plans")
    aims_at = models.ForeignKey(
        AwardType, models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("title aimed at")
    )
    member_target = models.PositiveIntegerField(_("members to register"), null=True, blank=True)
    person_in_charge = models.CharField(_("person in charge"), max_length=150, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=PlanStatus.choices, default=PlanStatus.DRAFT, editable=False
    )
    return_reason = models.CharField(_("why it was returned"), max_length=500, blank=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, editable=False)

    objects = UnitPlanQuerySet.as_manager()
    history = history(excluded_fields=["unit_path"])

    class Meta:
        verbose_name = _("unit's plan")
        verbose_name_plural = _("units' plans")
        indexes = [
            # How many of a subtree stand where is read from here alone.
            models.Index(fields=["campaign", "unit_path"], include=["status"], name="unitplan_by_subtree"),
        ]
        constraints = [
            one_of("status", PlanStatus, "unitplan_status_known"),
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="unitplan_once",
                violation_error_message=_("This unit has a plan for this campaign already."),
            ),
            models.CheckConstraint(
                condition=~Q(status=PlanStatus.RETURNED) | ~Q(return_reason=""),
                name="unitplan_returned_with_reason",
                violation_error_message=_("Say why the plan is returned."),
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.campaign}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        # An act on the plan alone writes no path, and so need not wait for whoever moves the unit.
        if kwargs.get("update_fields") is None:
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        known = self._state.adding and self.campaign_id and self.unit_id
        if known and not self.campaign.units().filter(pk=self.unit_id).exists():
            raise ValidationError({"unit": _("The campaign does not concern this unit.")})

    @property
    def is_open(self):
        """Whether anything may be done with the plan: the campaign is under way or under review."""
        return self.campaign.status in WORKING

    @property
    def is_changeable(self):
        """Whether the unit may write in it now: a draft or returned, in a campaign that is not over."""
        return self.is_open and self.status in CHANGEABLE

    @property
    def is_waiting(self):
        """Whether it waits for an approver."""
        return self.is_open and self.status == PlanStatus.SUBMITTED

    def figures(self):
        """What has come of it so far in the unit and below it; two queries."""
        unit = with_counts(Unit.objects.all(), unit_counts(self.campaign)).get(pk=self.unit_id)
        chosen = Pledge.objects.filter(
            within_path("registration__unit_path", unit.path),
            registration__campaign=self.campaign_id,
            registration__status__in=COUNTED,
        )
        sums = chosen.order_by().values_list("activity").annotate(Sum("quantity"))
        return PlanFigures(unit.eligible, unit.registered, dict(sums))

    def lines(self):
        """Its activities in the campaign's order."""
        return list(self.planned.select_related("activity").order_by("activity__order", "activity")) if self.pk else []

    def submit(self):
        """Hand the plan in; raises ValidationError unless it is a draft or was returned."""
        self.move_on(CHANGEABLE, PlanStatus.SUBMITTED, submitted_at=timezone.now())

    def recall(self):
        """Take a submitted plan back to mend it, as long as nobody has approved or returned it."""
        self.move_on((PlanStatus.SUBMITTED,), PlanStatus.DRAFT)

    @transaction.atomic
    def approve(self, by=None, request=None):
        """Approve a submitted plan; `by` is who did, for the audit trail."""
        self.move_on((PlanStatus.SUBMITTED,), PlanStatus.APPROVED)
        if by:
            AuditEvent.record("plan_approved", actor=by, request=request, subject=self)

    @transaction.atomic
    def send_back(self, reason, due_on=None, by=None, request=None):
        """Return a submitted plan, saying why, with a new deadline; `by` is who did, for the audit trail."""
        if not reason:
            raise ValidationError(_("Say why the plan is returned."))
        self.move_on((PlanStatus.SUBMITTED,), PlanStatus.RETURNED, return_reason=reason, due_on=due_on)
        if by:
            AuditEvent.record("plan_returned", actor=by, request=request, subject=self, reason=reason)

    @transaction.atomic
    def move_on(self, before, status, **values):
        """Change the status where it is one of `before`, in one statement: of two clerks at once one is told."""
        if not UnitPlan.objects.filter(pk=self.pk, status__in=before).update(status=status, **values):
            raise ValidationError(_("The plan has changed meanwhile; look at it again."))
        for name, value in {"status": status, **values}.items():
            setattr(self, name, value)
        self._change_reason = values.get("return_reason")
        self.save(update_fields=["status", *values])

    @transaction.atomic
    def choose(self, targets):
        """Make the plan's lines these targets by activity key, line by line, so that each change is in the history.

        Raises ValidationError for an activity of another campaign.
        """
        lines = {line.activity_id: line for line in self.planned.select_related("activity")}
        for key, line in lines.items():
            if key not in targets:
                line.delete()
        new = self.campaign.activities.in_bulk([key for key in targets if key not in lines])
        for key, target in targets.items():
            if key not in lines and key not in new:
                raise ValidationError(_("This activity is not one of the campaign’s."))
            line = lines.get(key) or PlannedActivity(plan=self, activity=new[key])
            if line.pk is None or line.target != target:
                line.target = target
                line.save()


class PlannedActivityQuerySet(ScopedQuerySet):
    """Lines of plans."""

    scope_field = "plan__unit_path"


class PlannedActivity(models.Model):
    """An activity a unit chose, with the quantity it means to reach."""

    plan = models.ForeignKey(UnitPlan, models.CASCADE, related_name="planned", verbose_name=_("plan"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="planned", verbose_name=_("activity"))
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects = PlannedActivityQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("planned activity")
        verbose_name_plural = _("planned activities")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "activity"],
                name="plannedactivity_once",
                violation_error_message=_("The plan has this activity already."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target__gte=0),
                name="plannedactivity_target_not_negative",
                violation_error_message=_("A target is not negative."),
            ),
        ]

    def __str__(self):
        return f"{self.plan} · {self.activity}"

    def clean(self):
        super().clean()
        if self.plan_id and self.activity_id and self.activity.campaign_id != self.plan.campaign_id:
            raise ValidationError({"activity": _("This activity is not one of the campaign’s.")})
