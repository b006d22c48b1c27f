"""Lists taken out of the register as files: asked for, written in the background, kept for a week."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.models.claims import Claimed
from records.models.fields import new_public_id, one_of

KEPT = timedelta(days=7)


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel (.xlsx)")
    CSV = "csv", _("CSV, for other programs")


class ExportStatus(models.TextChoices):
    WRITING = "writing", pgettext_lazy("file", "being written")
    READY = "ready", _("ready")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("could not be written")


class ExportQuerySet(models.QuerySet):
    """Exports; a file somebody asked for is that person's alone."""

    def visible_to(self, user, on=None):
        return self.filter(by=user.pk) if user.is_active else self.none()

    def editable_by(self, user, on=None):
        return self.visible_to(user, on)

    def published(self):
        return self.none()

    def at_work(self):
        """Those that a worker has in hand, or should have."""
        return self.filter(status=ExportStatus.WRITING)

    def newest_first(self):
        return self.order_by("-pk")

    def discard_old(self, now):
        """Delete, with their files, those that have been kept long enough."""
        for export in self.filter(created_at__lt=now - KEPT):
            export.discard()


class Export(Claimed):
    """One file of one list, as a person asked for it.

    It says nothing about the register, so it has no history; that it was asked for, and each look at it, is in the
    audit trail.
    """

    Status, Format = ExportStatus, ExportFormat

    public_id = models.CharField(max_length=12, unique=True, editable=False, default=new_public_id)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name=_("by"), editable=False
    )
    listing = models.CharField(_("list"), max_length=20)
    where = models.JSONField(default=dict, blank=True)
    query = models.TextField(_("conditions"), blank=True)
    conditions = models.TextField(_("conditions in words"), blank=True)
    columns = models.JSONField(_("columns"), default=list)
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    status = models.CharField(
        _("status"), max_length=7, choices=ExportStatus.choices, default=ExportStatus.WRITING, editable=False
    )
    error = models.CharField(_("why it failed"), max_length=500, blank=True, editable=False)
    rows = models.PositiveIntegerField(_("rows"), default=0, editable=False)
    file = models.FileField(_("file"), upload_to="exports/%Y/", blank=True, editable=False)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["by", "-id"], name="export_by_person")]
        constraints = [
            one_of("status", ExportStatus, "export_status_known"),
            one_of("format", ExportFormat, "export_format_known"),
            models.CheckConstraint(
                condition=~Q(status=ExportStatus.READY) | (~Q(file="") & Q(finished_at__isnull=False)),
                name="export_ready_with_file",
            ),
        ]

    def __str__(self):
        return f"{self.listing} · {timezone.localtime(self.created_at):%d/%m/%Y %H:%M}"

    def get_absolute_url(self):
        return reverse("records:staff_export_detail", args=[self.public_id])

    @property
    def is_at_work(self):
        """Whether a worker has it in hand, or should have."""
        return self.status == ExportStatus.WRITING

    @property
    def is_ready(self):
        """Whether the file can be fetched."""
        return self.status == ExportStatus.READY

    @property
    def has_failed(self):
        """Whether something went wrong with it."""
        return self.status == ExportStatus.FAILED

    @property
    def params(self):
        """The conditions as a list's page gets them."""
        return QueryDict(self.query)

    @property
    def kept_until(self):
        """The day from which it may be gone."""
        return timezone.localdate(self.created_at + KEPT)

    @classmethod
    @transaction.atomic
    def ask(cls, by, rows, **wish):
        """(export, True) for a new one, (export, False) where the very same is being written for the person already: a
        double click asks once."""
        # The person's row stands for the right to ask: of two at once one waits, and then finds the other's.
        get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
        same = cls.objects.at_work().filter(by=by, **wish).first()
        return (same, False) if same else (cls.objects.create(by=by, rows=rows, **wish), True)

    def discard(self):
        """Delete the row and its file; the audit trail keeps that it was."""
        if self.file:
            self.file.delete(save=False)
        self.delete()
