"""A day by which the records of a unit, and of all below it, are to be in order."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.models.fields import KeyField
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet, reaching
from records.models.units import Unit
from records.models.users import User


class CleanUpQuerySet(ScopedQuerySet):
    """Deadlines for putting records in order; managers set them, all who are posted there see them."""

    def editable_by(self, user, on=None):
        return self.for_roles(user, user.MANAGERS, on)

    def open(self):
        """Those not ended yet."""
        return self.filter(closed_on__isnull=True)

    def over(self, paths):
        """Those that hold for one of the units at the paths: its own and those of the units above it."""
        return self.filter(unit_path__in={above for path in paths for above in reaching(path)})

    def nearest(self):
        """The one that falls due first, None where there is none."""
        return self.open().select_related("unit", "set_by").order_by("due_on", "pk").first()


class CleanUp(FollowsUnit):
    """A day by which the records of a unit and of all below it are to be in order, set by its manager."""

    part_of = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="clean_ups", verbose_name=_("unit"), editable=False)
    unit_path = KeyField(db_index=True)
    due_on = models.DateField(_("to be in order by"))
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("For the clerks: what matters most."))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"), editable=False)
    closed_on = models.DateField(_("ended on"), null=True, editable=False)

    objects = CleanUpQuerySet.as_manager()
    history = history(excluded_fields=["unit_path"])

    class Meta:
        verbose_name = _("deadline for the records")
        verbose_name_plural = _("deadlines for the records")
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(closed_on__isnull=True),
                name="cleanup_once_open",
                violation_error_message=_("This unit has a deadline already."),
            )
        ]

    def __str__(self):
        return f"{self.unit.name} · {self.due_on:%d/%m/%Y}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        if kwargs.get("update_fields") is None:
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)

    @transaction.atomic
    def end(self, on):
        """It no longer holds; raises ValidationError where another manager ended it already."""
        if CleanUp.objects.select_for_update().get(pk=self.pk).closed_on:
            raise ValidationError(_("This deadline has been ended already."))
        self.closed_on = on
        self.save(update_fields=["closed_on"])

    def is_over(self, on):
        """Whether the day has passed."""
        return self.due_on < on
