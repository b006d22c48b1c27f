"""Inspections of how units carry a campaign out."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from records.models import Unit
from records.models.fields import KeyField, one_of, ordered
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet


class Outcome(models.TextChoices):
    PRAISE = "praise", _("praise")
    NOTE = "note", pgettext_lazy("inspection", "note")
    REMINDER = "reminder", _("reminder")
    CRITICISM = "criticism", _("criticism")


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

    objects = ScopedQuerySet.as_manager()
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

    def save(self, *args, **kwargs):
        self.unit_path = self.unit.path
        super().save(*args, **kwargs)
