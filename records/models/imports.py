"""Spreadsheets taken in: the file, what was said of it, the plan made of it, and what became of the plan."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.models.claims import Claimed
from records.models.fields import ExactField, KeyField, new_public_id, one_of
from records.models.scope import FollowsUnit, ScopedQuerySet, within_paths
from records.models.units import Unit
from records.sheets.planning import OPEN, Outcome
from records.vietnamese import normalise


class ImportStatus(models.TextChoices):
    MAPPING = "mapping", _("columns to be looked at")
    PLANNING = "planning", _("being read")
    PLANNED = "planned", _("to be looked over")
    ASKED = "asked", _("waiting for approval")
    APPLYING = "applying", _("being written into the register")
    APPLIED = "applied", _("written")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")


TO_WRITE = (Outcome.CREATE, Outcome.CHANGE)
# What a worker, or a request, is to do with an import of the status.
AT_WORK = (ImportStatus.PLANNING, ImportStatus.APPLYING, ImportStatus.UNDOING)


class ImportQuerySet(ScopedQuerySet):
    """Imports: their own clerk's, and those of one's units for whoever may approve there."""

    def visible_to(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(Q(by=user.pk) | within_paths("unit_path", user.paths(user.PUBLISHERS, on)))

    def editable_by(self, user, on=None):
        """A plan is its clerk's own; nobody else mends it."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(by=user.pk) if user.is_active and user.paths(user.EDITORS, on) else self.none()

    def to_approve(self, user, on=None):
        """Those waiting for a second person's approval that the user may give: nobody approves the own."""
        return self.publishable_by(user, on).filter(status=ImportStatus.ASKED).exclude(by=user.pk)

    def newest_first(self):
        return self.order_by("-pk")


class Import(Claimed, FollowsUnit):
    """One file, or one paste, on its way into the register.

    The log of an act and no record of the field, so it has no history: who wrote it and took it back is in the audit
    trail, and each row it wrote has its own history under the import's `act_id`.
    """

    Status = ImportStatus

    public_id = ExactField(max_length=12, unique=True, editable=False, default=new_public_id)
    kind = models.CharField(_("kind of list"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="imports", verbose_name=_("by")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="imports", verbose_name=_("unit that sends it")
    )
    unit_path = KeyField(db_index=True)
    name = models.CharField(_("file"), max_length=255)
    file = models.FileField(_("file"), upload_to="imports/%Y/", blank=True)
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus.choices, default=ImportStatus.MAPPING, editable=False
    )
    error = models.CharField(_("why it stopped"), max_length=500, blank=True, editable=False)

    # What the clerk said: one sheet, the row of the header, columns, values for all rows, mends, picks.
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    header_row = models.PositiveIntegerField(_("row of the header"), null=True, blank=True)
    columns = models.JSONField(default=dict, blank=True)
    fixed = models.JSONField(default=dict, blank=True)
    mends = models.JSONField(default=dict, blank=True)
    picks = models.JSONField(default=dict, blank=True)

    # What was understood and what it would do; for people to read, the rows themselves are `ImportRow`.
    layouts = models.JSONField(default=list, editable=False)
    notes = models.JSONField(default=list, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    groups = models.JSONField(default=list, editable=False)
    planned_at = models.DateTimeField(_("looked over at"), null=True, editable=False)

    only_good = models.BooleanField(_("only the good rows"), default=False, editable=False)
    return_reason = models.CharField(_("why it was returned"), max_length=500, blank=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="imports_applied",
        verbose_name=_("written by"),
    )
    applied_at = models.DateTimeField(_("written at"), null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="imports_undone",
        verbose_name=_("taken back by"),
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True, editable=False)
    undo_reason = models.CharField(_("why it was taken back"), max_length=500, blank=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["by", "-id"], name="import_by_clerk")]
        constraints = [
            one_of("status", ImportStatus, "import_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[ImportStatus.APPLIED, ImportStatus.UNDOING, ImportStatus.UNDONE])
                | Q(applied_at__isnull=False),
                name="import_written_at_a_time",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("records:staff_import_detail", args=[self.public_id])

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.name = normalise(self.name)[:255]
            self.unit_path = self.unit.path if self.unit_id else ""
        super().save(*args, **kwargs)

    @property
    def act_id(self):
        """What the history rows of its writing carry in place of a request's id."""
        return f"import-{self.public_id}"

    @property
    def undo_id(self):
        """What the history rows of its taking back carry."""
        return f"import-{self.public_id}-undo"

    @property
    def is_at_work(self):
        """Whether a worker or a request has it in hand, or should have."""
        return self.status in AT_WORK

    @property
    def is_open(self):
        """Whether the clerk may still change what was said of the file."""
        return self.status in (ImportStatus.MAPPING, ImportStatus.PLANNED)

    @property
    def to_write(self):
        """How many rows writing it would touch."""
        return self.counts.get("create", 0) + self.counts.get("change", 0)

    @property
    def undecided(self):
        """How many rows a clerk has still to decide about."""
        return sum(self.counts.get(outcome, 0) for outcome in OPEN)

    @transaction.atomic
    def say(self, **values):
        """Keep something said of the file; False where it is not open to that any more. A dict is added to what there
        is, and a key without a value taken out of it."""
        row = Import.objects.select_for_update().get(pk=self.pk)
        if not row.is_open:
            return False
        for name, value in values.items():
            if isinstance(value, dict):
                value = {key: one for key, one in (getattr(row, name) | value).items() if one not in (None, "")}
            setattr(self, name, value)
        self.save(update_fields=[*values])
        return True


class ImportRowQuerySet(models.QuerySet):
    """Rows of plans, seen with their import."""

    def visible_to(self, user, on=None):
        return self.filter(batch__in=Import.objects.visible_to(user, on))

    def editable_by(self, user, on=None):
        return self.filter(batch__in=Import.objects.editable_by(user, on))

    def published(self):
        return self.none()

    def to_write(self):
        """Rows that writing the plan touches."""
        return self.filter(outcome__in=TO_WRITE)

    def written(self):
        """Rows that were written, of imports that were."""
        return self.to_write().filter(batch__applied_at__isnull=False, conflict="")

    def overtaken(self):
        """Rows that could not be written because the register had changed meanwhile."""
        return self.exclude(conflict="")

    def open(self):
        """Rows that a clerk has to decide about."""
        return self.filter(outcome__in=OPEN)

    def in_group(self, key):
        """Rows with a finding of the group."""
        return self.filter(group_keys__contains=f"\n{key}\n")


class ImportRow(models.Model):
    """One row of a plan, as `records.sheets.planning.PlannedRow` says; derived from the file, so without history."""

    # Its index is `importrow_by_outcome`.
    batch = models.ForeignKey(Import, models.CASCADE, db_index=False, related_name="rows", verbose_name=_("import"))
    sheet = models.CharField(_("sheet"), max_length=100)
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=[(o.value, o.value) for o in Outcome])
    label = models.CharField(_("about"), max_length=300)
    target = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    shown = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    group_keys = models.TextField(blank=True)
    candidates = models.JSONField(default=list)
    conflict = models.CharField(_("what changed meanwhile"), max_length=500, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        indexes = [models.Index(fields=["batch", "outcome", "id"], name="importrow_by_outcome")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]), name="importrow_outcome_known"
            ),
        ]

    def __str__(self):
        return f"{self.batch} · {self.sheet} {self.number}"

    @property
    def is_written(self):
        """Whether writing the import wrote the row."""
        return self.batch.applied_at is not None and self.outcome in TO_WRITE and not self.conflict


class ColumnTemplateQuerySet(models.QuerySet):
    """A person's own ways of reading files."""

    def visible_to(self, user, on=None):
        return self.filter(user=user.pk) if user.is_active else self.none()

    def editable_by(self, user, on=None):
        return self.visible_to(user, on)

    def published(self):
        return self.none()


class ColumnTemplate(models.Model):
    """How a sender's files are read: recognised by their header, so that the next one needs no mapping.

    A convenience of one person, so it has no history.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="column_templates", verbose_name=_("user")
    )
    kind = models.CharField(_("kind of list"), max_length=20)
    name = models.CharField(_("sender"), max_length=80)
    signature = models.CharField(max_length=64, editable=False)
    columns = models.JSONField(default=dict)
    fixed = models.JSONField(default=dict)

    objects = ColumnTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("way of reading a file")
        verbose_name_plural = _("ways of reading files")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "name"],
                name="columntemplate_name_once",
                violation_error_message=_("You have one of this name already."),
            ),
        ]

    def __str__(self):
        return self.name
