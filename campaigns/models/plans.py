"""The plan by which a unit takes part in a campaign."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.activities import Activity
from campaigns.models.campaigns import Campaign
from campaigns.models.figures import HANDED_IN
from records.models import AwardType, Unit
from records.models.fields import KeyField, one_of
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")


class UnitPlanQuerySet(ScopedQuerySet):
    """Units' plans."""

    def handed_in(self):
        """Submitted or approved: what the plan rate counts."""
        return self.filter(status__in=HANDED_IN)


class UnitPlan(FollowsUnit):
    """A unit's plan for a campaign: what it chose, how much of it, who answers for it."""

    Status = PlanStatus

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

    def save(self, *args, **kwargs):
        self.unit_path = self.unit.path
        super().save(*args, **kwargs)

    def submit(self):
        """Hand the plan in; raises ValidationError unless it is a draft or was returned."""
        self.move_on((PlanStatus.DRAFT, PlanStatus.RETURNED), PlanStatus.SUBMITTED, submitted_at=timezone.now())

    def approve(self):
        """Approve a submitted plan."""
        self.move_on((PlanStatus.SUBMITTED,), PlanStatus.APPROVED)

    def send_back(self, reason, due_on=None):
        """Return a submitted plan, saying why, with a new deadline."""
        if not reason:
            raise ValidationError(_("Say why the plan is returned."))
        self.move_on((PlanStatus.SUBMITTED,), PlanStatus.RETURNED, return_reason=reason, due_on=due_on)

    @transaction.atomic
    def move_on(self, before, status, **values):
        """Change the status where it is one of `before`, in one statement: of two clerks at once one is told."""
        if not UnitPlan.objects.filter(pk=self.pk, status__in=before).update(status=status, **values):
            raise ValidationError(_("The plan has changed meanwhile; look at it again."))
        for name, value in {"status": status, **values}.items():
            setattr(self, name, value)
        self._change_reason = values.get("return_reason")
        self.save(update_fields=["status", *values])


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
