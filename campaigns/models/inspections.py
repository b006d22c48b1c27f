"""Inspections of how units carry a campaign out."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from records.models import Unit
from records.models.fields import KeyField, one_of, ordered
from records.models.history import begun_by, history
from records.models.scope import FollowsUnit, ScopedQuerySet


class Outcome(models.TextChoices):
    PRAISE = "praise", _("praise")
    NOTE = "note", pgettext_lazy("inspection", "note")
    REMINDER = "reminder", _("reminder")
    CRITICISM = "criticism", _("criticism")


# What must be put right, and so by a day.
DEMANDING = (Outcome.REMINDER, Outcome.CRITICISM)


class InspectionQuerySet(ScopedQuerySet):
    """Inspections; never public."""

    def unresolved(self):
        """Those that asked for something which has not been put right yet."""
        return self.filter(Q(outcome__in=DEMANDING) | Q(due_on__isnull=False), resolved_on__isnull=True)

    def overdue(self, on):
        """Those unresolved whose day has passed."""
        return self.unresolved().filter(due_on__lt=on)

    def resolved(self):
        """Those put right."""
        return self.filter(resolved_on__isnull=False)


class Inspection(FollowsUnit):
    """A look at how a unit carries a campaign out, and what followed. Never public."""

    Outcome = Outcome

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="inspections", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="inspections", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    inspected_on = models.DateField(_("inspected on"))
    inspector = models.CharField(_("inspector"), max_length=255)
    findings = models.TextField(_("findings"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices)
    due_on = models.DateField(_("to be put right by"), null=True, blank=True)
    resolution = models.CharField(_("how it was put right"), max_length=1000, blank=True)
    resolved_on = models.DateField(_("put right on"), null=True, blank=True)

    objects = InspectionQuerySet.as_manager()
    history = history(excluded_fields=["unit_path"])

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            one_of("outcome", Outcome, "inspection_outcome_known"),
            ordered(
                "inspected_on",
                "resolved_on",
                "inspection_resolved_after",
                _("It cannot be put right before the inspection."),
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.inspected_on:%d/%m/%Y}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        # What followed writes no path, and so need not wait for whoever moves the unit.
        if kwargs.get("update_fields") is None:
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        if self.outcome in DEMANDING and self.due_on is None:
            raise ValidationError({"due_on": _("Say by which day it must be put right.")})
        if self.due_on and self.inspected_on and self.due_on < self.inspected_on:
            raise ValidationError({"due_on": _("This day lies before the inspection.")})
        known = self._state.adding and self.campaign_id and self.unit_id
        if known and not self.campaign.units().filter(pk=self.unit_id).exists():
            raise ValidationError({"unit": _("The campaign does not concern this unit.")})

    def may_be_changed_by(self, user, on=None):
        """Whether a user may change what was found: those who keep records above the unit, and whoever entered it. The
        inspected unit itself only writes how it was put right."""
        if user.is_superuser:
            return True
        own = [path for path in user.paths(user.EDITORS, on) if self.unit_path.startswith(path)]
        if any(path != self.unit_path for path in own):
            return True
        entered = Inspection.objects.filter(pk=self.pk, pk__in=begun_by(user, Inspection))
        return bool(own) and (self.unit.parent_id is None or entered.exists())

    @property
    def is_unresolved(self):
        """Whether something is still to be put right."""
        return self.resolved_on is None and (self.outcome in DEMANDING or self.due_on is not None)

    @transaction.atomic
    def resolve(self, resolution, on):
        """Record how and on which day it was put right; raises ValidationError where that was said already.

        Of two clerks at once one is told.
        """
        if on < self.inspected_on:
            raise ValidationError(_("It cannot be put right before the inspection."))
        rows = Inspection.objects.unresolved().filter(pk=self.pk)
        if not rows.update(resolution=resolution, resolved_on=on):
            raise ValidationError(_("The inspection has changed meanwhile; look at it again."))
        self.resolution, self.resolved_on = resolution, on
        self.save(update_fields=["resolution", "resolved_on"])
