"""What a unit shows for its work: photos of what members did, and its report."""

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.photos import Photo
from campaigns.models.registrations import Registration
from records.models import AuditEvent, Unit
from records.models.fields import KeyField
from records.models.history import history
from records.models.scope import FollowsUnit, ScopedQuerySet


class EvidencePhotoQuerySet(ScopedQuerySet):
    """Photos of what members did; never public."""

    scope_field = "registration__unit_path"


class EvidencePhoto(Photo):
    """A photo that shows what a member did. Never public."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="evidence", verbose_name=_("registration")
    )
    image = models.ImageField(_("photo"), upload_to="evidence/%Y/")

    objects = EvidencePhotoQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("evidence photo")
        verbose_name_plural = _("evidence photos")

    @transaction.atomic
    def remove(self, request=None):
        """Take the photo out with its file; that it was there and who removed it stays on record."""
        Registration.refuse_closed([self.registration.campaign_id])
        name, storage = self.image.name, self.image.storage
        AuditEvent.record("evidence_remove", request=request, subject=self, label=name)
        self.delete()
        # Only once the row is gone for good.
        transaction.on_commit(lambda: storage.delete(name))


class UnitReport(FollowsUnit):
    """A unit's report on what came of a campaign. Never public."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reports", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    reported_on = models.DateField(_("dated"))
    body = models.TextField(_("what was done"), blank=True, max_length=20_000)
    file = models.FileField(_("file"), upload_to="reports/%Y/", blank=True)

    objects = ScopedQuerySet.as_manager()
    history = history(excluded_fields=["unit_path"])

    class Meta:
        verbose_name = _("unit's report")
        verbose_name_plural = _("units' reports")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="unitreport_once",
                violation_error_message=_("This unit has a report for this campaign already."),
            )
        ]

    def __str__(self):
        return f"{self.unit} · {self.campaign}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)
