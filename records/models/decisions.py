"""Decisions: what every award, launch and reorganisation rests on."""

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.audit import AuditEvent
from records.models.fields import DatePrecision, KeyField, one_of
from records.models.history import history
from records.models.scope import FollowsUnit, PublishedQuerySet, within_paths
from records.models.units import Unit
from records.numbering import issuer_key, parse_number
from records.vietnamese import fold, normalise

# Units down to this depth, the root being of depth 1, have so many awards that a list looks at few of them.
WIDE = 2


class DecisionKind(models.TextChoices):
    GRANT = "grant", _("grants awards")
    CORRECT = "correct", _("corrects")
    REVOKE = "revoke", _("revokes")
    REISSUE = "reissue", _("reissues")
    LAUNCH = "launch", _("launches a campaign")
    PLAN = "plan", _("plan or guidance")
    REORGANISE = "reorganise", _("reorganises units")
    OTHER = "other", _("other")


def copy_path(row, save_options):
    """Before a row is saved: copy its unit's path where the row is new or changes units, else leave the copy alone.

    The unit is locked until the transaction ends, so that a move of it waits and then finds the copy.
    """
    names = save_options.get("update_fields")
    if row._state.adding or row.unit_id != row.copied_unit:
        if row.unit_id and (names is None or "unit" in names):
            row.unit_path = Unit.objects.filter(pk=row.unit_id).hold().get(row.unit_id, "")
    elif names is None:
        save_options["update_fields"] = row.own_columns()
    row.copied_unit = row.unit_id


class DecisionQuerySet(PublishedQuerySet):
    """Decisions; kept by one unit, seen also by the units of those they honour."""

    def in_paths(self, paths):
        awards = self.model._meta.get_field("awards").related_model.objects.filter(within_paths("unit_path", paths))
        if all(path.count(".") > WIDE for path in paths):
            return within_paths("unit_path", paths) | Q(pk__in=awards.order_by().values("decision"))
        # Of a whole province it is less to ask each decision shown than to gather its awards.
        return within_paths("unit_path", paths) | Exists(awards.filter(decision=OuterRef("pk")))

    def editable_by(self, user, on=None):
        """Only the unit that keeps a decision changes it, not every unit it honours."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("unit_path", user.paths(user.EDITORS, on)))

    def publishable_by(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("unit_path", user.paths(user.PUBLISHERS, on)))

    def search(self, text):
        """Decisions whose number, issuer or subject holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def newest_first(self):
        return self.order_by("-issued_on", "-pk")


class Decision(FollowsUnit):
    """A decision, or another document, as it was issued."""

    Kind = DecisionKind
    Precision = DatePrecision

    number = models.CharField(
        _("number"), max_length=60, blank=True, help_text=_("As printed, for example 1632/QĐ-UBND or 123-QĐ/TU.")
    )
    sequence = models.PositiveIntegerField(null=True, editable=False)
    series = models.CharField(max_length=20, blank=True, editable=False)
    issuer_code = models.CharField(max_length=40, blank=True, editable=False)
    issuer = models.CharField(
        _("issued by"), max_length=200, help_text=_("As printed, for example Chủ tịch Ủy ban nhân dân tỉnh.")
    )
    issuer_key = KeyField()
    kind = models.CharField(_("kind"), max_length=12, choices=DecisionKind.choices, default=DecisionKind.GRANT)
    issued_on = models.DateField(_("issued on"))
    issued_precision = models.CharField(
        _("known of it"), max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=150, blank=True)
    signer_position = models.CharField(_("signer's position"), max_length=255, blank=True)
    file = models.FileField(_("scan"), upload_to="decisions/%Y/", blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="decisions",
        verbose_name=_("kept by"),
        help_text=_("The unit whose staff keep this decision and its awards."),
    )
    unit_path = KeyField(db_index=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    search_key = KeyField(max_length=900)

    # The unit whose path was copied, as far as this object knows.
    copied_unit = None

    objects = DecisionQuerySet.as_manager()
    history = history(excluded_fields=["unit_path", "search_key", "issuer_key"])

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["-issued_on", "-id"], name="decision_newest")]
        constraints = [
            one_of("kind", DecisionKind, "decision_kind_known"),
            one_of("issued_precision", DatePrecision, "decision_precision_known"),
            # Party numbers begin again at 01 with each term, so the number alone identifies nothing (Guide 36-HD/VPTW).
            models.UniqueConstraint(
                fields=["issuer_key", "series", "sequence", "issued_on"],
                condition=Q(sequence__isnull=False),
                name="decision_unique",
                violation_error_message=_("This decision is in the register already: same issuer, number and date."),
            ),
        ]

    def __str__(self):
        return f"{self.number or _('no number yet')} · {self.issued_on:%d/%m/%Y} · {self.issuer}"

    def save(self, *args, **kwargs):
        self.prepare()
        moved = not self._state.adding and self.unit_id != self.copied_unit
        with transaction.atomic():
            copy_path(self, kwargs)
            super().save(*args, **kwargs)
            if moved:
                self.awards.update(kept_path=self.unit_path)

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        row.copied_unit = row.__dict__.get("unit_id")
        return row

    def clean(self):
        super().clean()
        # The derived columns must stand before the constraints over them are checked.
        if self.unit_id:
            self.prepare()

    def get_absolute_url(self):
        return reverse("records:decision_detail", args=[self.pk])

    def prepare(self):
        """Clean what was typed and derive the parsed number, keys and path."""
        self.number, self.issuer = normalise(self.number), normalise(self.issuer)
        parsed = parse_number(self.number)
        self.sequence, self.series, self.issuer_code = parsed or (None, "", "")
        self.issuer_key = issuer_key(self.issuer)
        self.unit_path = self.unit.path
        self.search_key = fold(f"{self.number} {self.issuer} {self.subject}")[:900]

    @property
    def number_is_understood(self):
        """Whether the number follows the official pattern; if not it is kept as printed and the clerk is told."""
        return self.sequence is not None

    def date_awards(self):
        """Bring the awards' copy of the date up to date after the decision's date was changed."""
        self.awards.exclude(decided_on=self.issued_on).update(decided_on=self.issued_on)

    @transaction.atomic
    def publish(self, by, request=None):
        """Make the decision and its awards public; of two at once only the first publishes."""
        now = timezone.now()
        if Decision.objects.filter(pk=self.pk, published_at__isnull=True).update(published_at=now):
            self.published_at = now
            self._history_user, self._change_reason = by, "publish"
            self.save(update_fields=["published_at"])
            self.hold_awards()
            AuditEvent.record("publish", actor=by, request=request, subject=self)
        return self.awards.filter(published_at__isnull=True).publish(by, request)

    def hold_awards(self):
        """Lock the awards, which whoever acts on one does before it writes into the audit trail."""
        list(self.awards.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))

    @transaction.atomic
    def unpublish(self, by, request=None, reason=""):
        """Take the decision and its awards off the public pages; nothing is deleted."""
        if Decision.objects.filter(pk=self.pk, published_at__isnull=False).update(published_at=None):
            self.published_at = None
            self._history_user, self._change_reason = by, reason or "unpublish"
            self.save(update_fields=["published_at"])
            self.hold_awards()
            AuditEvent.record("unpublish", actor=by, request=request, subject=self, reason=reason)
        return self.awards.filter(published_at__isnull=False).unpublish(by, request, reason)
