"""Awards: who was honoured, as the decision wrote it, and what became of the award since."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Func, Max, Q, Value
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from records.models.audit import AuditEvent
from records.models.award_types import AwardType
from records.models.decisions import Decision, copy_path
from records.models.fields import ExactField, KeyField, new_public_id, one_of, ordered
from records.models.history import history
from records.models.scope import FollowsUnit, PublishedQuerySet, within_path, within_paths
from records.models.units import Unit
from records.vietnamese import fold, normalise

# What somebody types who means a decision: "1632", "1407-qd/tu", "QĐ số 1632".
DECISION_NUMBER = re.compile(r"^(?:quyet dinh |qd )?(?:so )?(\d.*)$")
YEARS = [MinValueValidator(1930), MaxValueValidator(2100)]


class RecipientKind(models.TextChoices):
    """Whom an award honours (Law 06/2022, art. 2)."""

    PERSON = "person", _("person")
    COLLECTIVE = "collective", _("collective")
    HOUSEHOLD = "household", _("household")


class Mode(models.TextChoices):
    """Loại hình khen thưởng (Law 06/2022, art. 8), and the resistance-war awards that old lists hold."""

    MERIT = "merit", _("for merit and results")
    SUDDEN = "sudden", _("for an exceptional deed")
    CAMPAIGN = "campaign", _("for an emulation campaign")
    SERVICE = "service", _("for a life's service")
    SENIORITY = "seniority", _("for length of service")
    EXTERNAL = "external", _("for external relations")
    RESISTANCE = "resistance", _("for the resistance wars")


class RecipientCategory(models.TextChoices):
    """The rows of statistical form 0603 (Circular 02/2023/TT-BNV)."""

    LEADER_CENTRAL = "leader_central", _("leader of a ministry or province")
    LEADER_DEPARTMENT = "leader_department", _("leader of a department")
    ENTREPRENEUR = "entrepreneur", _("entrepreneur")
    LEADER_OTHER = "leader_other", _("other leader, from deputy head of division")
    WORKER = "worker", _("working directly")
    ENTERPRISE = "enterprise", _("enterprise")
    AGENCY = "agency", _("agency or public unit")
    OTHER = "other", _("other")


class Status(models.TextChoices):
    ACTIVE = "active", _("valid")
    CORRECTED = "corrected", _("corrected")
    REVOKED = "revoked", _("revoked")
    REISSUED = "reissued", _("reissued")


# Steps of a path, counted from 1, by which an index finds awards; the first is the whole register's.
STEPS = (2, 3, 4, 5)


class Step(Func):
    """One step of a path: the key of the unit at that depth, in hex."""

    function = "split_part"
    output_field = KeyField()


class AwardQuerySet(PublishedQuerySet):
    """Awards; seen by the units of those honoured, changed by the unit that keeps the decision."""

    def in_paths(self, paths):
        return within_paths("unit_path", paths) | within_paths("kept_path", paths)

    def editable_by(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("kept_path", user.paths(user.EDITORS, on)))

    def publishable_by(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("kept_path", user.paths(user.PUBLISHERS, on)))

    def readable_by(self, user):
        """Awards the user may be told of: those of the user's units and the public ones."""
        return self.visible_to(user) | self.published()

    def alterable_by(self, user):
        """Awards the user may correct, revoke or reissue: drafts as a clerk, public ones as an approver or manager."""
        return self.publishable_by(user) | self.editable_by(user).filter(published_at__isnull=True)

    def under(self, path):
        """Awards of a unit and all below it, in the form that an index in a list's order serves.

        On PostgreSQL that is the unit's own step of the path (migration 0010), on SQLite the path's range.
        """
        depth = path.count(".")
        if connection.vendor != "postgresql" or depth not in STEPS:
            return self.filter(within_path("unit_path", path))
        return self.filter(Exact(Step("unit_path", Value("."), Value(depth)), path.split(".")[depth - 1]))

    def for_list(self):
        """What a list row shows, the newest decision first and each decision in its own order."""
        return self.select_related("decision", "type").order_by("-decided_on", "-decision", "list_position", "pk")

    def search(self, text):
        """Awards whose recipient's name or unit holds every word, tones aside; a decision number finds its awards."""
        text = fold(text)
        if number := DECISION_NUMBER.match(text):
            return self.filter(decision__search_key__contains=number[1])
        found = self
        for word in text.split():
            found = found.filter(search_key__contains=word)
        return found

    def same_as(self, award):
        """Other standing awards of one type to one recipient for one period: to be confirmed, never doubled unseen."""
        if award.member_id:
            recipient = Q(member=award.member_id)
        elif award.collective_id:
            recipient = Q(collective=award.collective_id)
        else:
            recipient = Q(search_key=award.recipient_key())
        return (
            self.filter(recipient, type=award.type_id, period_start=award.period_start, period_end=award.period_end)
            .exclude(pk=award.pk)
            .exclude(status=Status.REVOKED)
        )

    def twins_of(self, awards):
        """For each award its place in the list and a standing one like it (see `same_as`), asked for all at once."""
        recipients = Q(member__in={a.member_id for a in awards if a.member_id})
        recipients |= Q(collective__in={a.collective_id for a in awards if a.collective_id})
        recipients |= Q(search_key__in={a.recipient_key() for a in awards if not (a.member_id or a.collective_id)})
        rows = self.filter(recipients, type__in={a.type_id for a in awards}).exclude(status=Status.REVOKED)
        known = {}
        for row in rows.select_related("type", "decision").order_by("-decided_on", "-pk"):
            for identity in {row.identity(), row.identity(linked=False)}:
                known.setdefault(identity, []).append(row)
        found = {}
        for place, award in enumerate(awards):
            others = [row for row in known.get(award.identity(), ()) if row.pk != award.pk]
            if others:
                found[place] = others[0]
        return found

    def hold_list(self, decision, awards):
        """Lock a decision's list until the transaction ends, so that nobody adds to it; returns the units' paths."""
        # Units before the decision, all at once and in one order, as a move of units locks them.
        units = {award.unit_id for award in awards} | {decision.unit_id}
        paths = Unit.objects.filter(pk__in=units - {None}).hold()
        Decision.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.pk)
        return paths

    @transaction.atomic
    def enter(self, awards, decision, reason=None):
        """Save new awards of a decision at the end of its list, all or none, each with a history row; returns them."""
        paths = self.hold_list(decision, awards)
        last = self.filter(decision=decision).aggregate(last=Max("list_position"))["last"] or 0
        for award in awards:
            award.decision = decision
            award.list_position = award.list_position or last + 1
            last = max(last, award.list_position)
            award.prepare()
            award.unit_path, award.kept_path = paths.get(award.unit_id, ""), paths[decision.unit_id]
        return bulk_create_with_history(awards, self.model, batch_size=500, default_change_reason=reason)

    @transaction.atomic
    def reorder(self, awards):
        """Save the places of awards in their decision's list, with a history row each."""
        return bulk_update_with_history(awards, self.model, ["list_position"], batch_size=500)

    def publish(self, by, request=None):
        """Make awards public, with a history row each and one entry in the audit trail; returns how many."""
        return self.show(timezone.now(), "publish", by, request, "")

    def unpublish(self, by, request=None, reason=""):
        """Take awards off the public pages; nothing is deleted. Returns how many."""
        return self.show(None, "unpublish", by, request, reason)

    @transaction.atomic
    def show(self, published_at, action, by, request, reason):
        # Locked, so that of two who publish at once only the first leaves a trace.
        rows = self.filter(published_at__isnull=published_at is not None)
        awards = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
        for award in awards:
            award.published_at = published_at
        if awards:
            bulk_update_with_history(
                awards,
                self.model,
                ["published_at"],
                batch_size=500,
                default_user=by,
                default_change_reason=reason or action,
            )
            label = str(awards[0]) if len(awards) == 1 else ""
            ids = [award.public_id for award in awards]
            AuditEvent.record(action, actor=by, request=request, label=label, reason=reason, awards=ids)
        return len(awards)


class Award(FollowsUnit):
    """One award of one decision to one recipient.

    The recipient is a member, a unit of the register (`collective`) or free text: at most one link, and always the
    name as the decision wrote it.
    """

    RecipientKind, Mode, RecipientCategory, Status = RecipientKind, Mode, RecipientCategory, Status
    part_of = ("decision",)
    path_copies = ("unit_path", "kept_path")

    public_id = ExactField(max_length=12, unique=True, editable=False, default=new_public_id)
    # Indexed together with the path, below.
    decision = models.ForeignKey(
        Decision, models.PROTECT, db_index=False, related_name="awards", verbose_name=_("decision")
    )
    type = models.ForeignKey(AwardType, models.PROTECT, related_name="awards", verbose_name=_("award"))
    recipient_kind = models.CharField(_("recipient"), max_length=10, choices=RecipientKind.choices)
    member = models.ForeignKey(
        "records.Member", models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("member")
    )
    collective = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="own_awards",
        verbose_name=_("unit honoured"),
    )
    recipient_name = models.CharField(_("name as written"), max_length=255)
    salutation = models.CharField(_("form of address"), max_length=40, blank=True)
    recipient_position = models.CharField(_("position as written"), max_length=255, blank=True)
    recipient_unit = models.CharField(_("unit as written"), max_length=255, blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("unit in this register"),
        help_text=_("Where the recipient belonged at the time, if this register has it."),
    )
    unit_path = KeyField(db_index=True)
    # Of the unit that keeps the decision: who may see or change an award is asked of one table, not of two big ones.
    kept_path = KeyField(db_index=True)
    mode = models.CharField(_("ground"), max_length=12, choices=Mode.choices, blank=True)
    recipient_category = models.CharField(
        _("category of recipient"), max_length=20, choices=RecipientCategory.choices, blank=True
    )
    period_start = models.PositiveSmallIntegerField(_("achievement from year"), null=True, blank=True, validators=YEARS)
    period_end = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True, validators=YEARS)
    reason = models.CharField(_("achievement"), max_length=500, blank=True, help_text=_("As written; shown publicly."))
    list_position = models.PositiveIntegerField(_("place in the list"), default=0)
    decided_on = models.DateField(_("decided on"), editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    search_key = KeyField(max_length=500)

    # The unit whose path was copied, as far as this object knows.
    copied_unit = None

    objects = AwardQuerySet.as_manager()
    history = history(excluded_fields=["unit_path", "kept_path", "search_key", "decided_on"])

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        indexes = [
            # Whether a decision honours somebody of a unit is one look.
            models.Index(fields=["decision", "unit_path"], name="award_by_decision"),
            models.Index(fields=["-decided_on", "-decision", "list_position", "id"], name="award_newest"),
            models.Index(
                fields=["type", "-decided_on", "-decision", "list_position", "id"], name="award_newest_of_type"
            ),
        ]
        constraints = [
            one_of("recipient_kind", RecipientKind, "award_recipient_kind_known"),
            one_of("status", Status, "award_status_known"),
            models.CheckConstraint(
                condition=Q(member__isnull=True) | Q(collective__isnull=True),
                name="award_one_recipient",
                violation_error_message=_("An award has one recipient: choose a member or a unit, not both."),
            ),
            models.CheckConstraint(
                condition=(Q(member__isnull=True) | Q(recipient_kind=RecipientKind.PERSON))
                & (Q(collective__isnull=True) | Q(recipient_kind=RecipientKind.COLLECTIVE)),
                name="award_recipient_fits_kind",
                violation_error_message=_("A member is a person; a unit is a collective."),
            ),
            models.CheckConstraint(
                condition=~Q(recipient_name=""),
                name="award_recipient_named",
                violation_error_message=_("Enter the recipient's name as the decision wrote it."),
            ),
            ordered("period_start", "period_end", "award_period_in_order", _("The period ends before it starts.")),
        ]

    def __str__(self):
        return f"{self.recipient_name} · {self.type} ({self.public_id})"

    def save(self, *args, **kwargs):
        self.prepare()
        with transaction.atomic():
            copy_path(self, kwargs)
            if self._state.adding:
                # Locked like the units: what moves them moves the decision first, and then finds this copy.
                decision = Decision.objects.select_for_update(of=("self",), no_key=True).filter(pk=self.decision_id)
                self.kept_path = decision.values_list("unit_path", flat=True).get()
            super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        row.copied_unit = row.__dict__.get("unit_id")
        return row

    def clean(self):
        super().clean()
        # A name of spaces must meet the constraint's words here, not the database's refusal.
        self.recipient_name = normalise(self.recipient_name)
        if self.type_id and self.recipient_kind and not self.type.may_go_to(self.recipient_kind):
            raise ValidationError(
                {
                    "recipient_kind": _("%(award)s does not go to this kind of recipient (%(basis)s).")
                    % {"award": self.type, "basis": self.type.legal_basis}
                }
            )

    def get_absolute_url(self):
        return reverse("records:award_detail", args=[self.public_id])

    def prepare(self):
        """Clean what was typed and derive the columns that follow others."""
        self.recipient_name, self.recipient_unit = normalise(self.recipient_name), normalise(self.recipient_unit)
        self.search_key = self.recipient_key()
        self.decided_on = self.decision.issued_on
        self.unit_path = self.unit.path if self.unit_id else ""
        self.kept_path = self.decision.unit_path

    def recipient_key(self):
        """Recipient and unit as written, folded: what search reads and what tells two free-text recipients apart."""
        return fold(f"{self.recipient_name} {self.recipient_unit}")[:500]

    def identity(self, *, linked=True):
        """What two entries of one award have in common: type, recipient and period; `linked=False` tells the recipient
        by what was written even where there is a link."""
        whom = (self.member_id, self.collective_id) if linked else (None, None)
        written = None if any(whom) else self.recipient_key()
        return self.type_id, *whom, written, self.period_start, self.period_end

    @property
    def is_draft(self):
        """Whether the public has not been shown the award."""
        return self.published_at is None

    @property
    def short_code(self):
        """The public id as printed on paper: 7K3M-9QXA."""
        return f"{self.public_id[:4]}-{self.public_id[4:]}".upper()

    @property
    def stands(self):
        """Whether the award still holds."""
        return self.status != Status.REVOKED

    @transaction.atomic
    def correct(self, decision, reason, /, **changes):
        """Correct what was written, by a later decision; `changes` are as-written fields and their right values.

        Raises ValidationError for a revoked award or when nothing changes.
        """
        was = {name: str(getattr(self, name)) for name, value in changes.items() if getattr(self, name) != value}
        if not was:
            raise ValidationError(_("Nothing is different from what the register has."))
        event = self.become(Status.CORRECTED, AwardEvent.Kind.CORRECT, decision, reason, was=was)
        for name in was:
            setattr(self, name, changes[name])
        self.clean_fields(exclude=[field.name for field in self._meta.fields if field.name not in was])
        self.save()
        event.became = {name: str(getattr(self, name)) for name in was}
        event.save(update_fields=["became"])
        return event

    def revoke(self, decision, reason):
        """Revoke the award by a later decision (Law 06/2022, art. 93); its page stays and says so."""
        return self.become(Status.REVOKED, AwardEvent.Kind.REVOKE, decision, reason)

    def reissue(self, decision, reason):
        """Record that the paper was issued anew, by a later decision."""
        return self.become(Status.REISSUED, AwardEvent.Kind.REISSUE, decision, reason)

    @transaction.atomic
    def become(self, status, kind, decision, reason, was=None):
        """Change the status together with the event that explains it; two clerks at once cannot both revoke."""
        if decision.pk == self.decision_id:
            raise ValidationError(_("An award is changed by a later decision, not by the one that granted it."))
        changed = Award.objects.filter(pk=self.pk).exclude(status=Status.REVOKED).update(status=status)
        if not changed:
            raise ValidationError(_("A revoked award does not change any more."))
        self.status = status
        self._change_reason = reason
        self.save(update_fields=["status"])
        return self.events.create(
            kind=kind, decision=decision, reason=reason, occurred_on=decision.issued_on, was=was or {}
        )

    @transaction.atomic
    def remove(self, by, reason, request=None):
        """Take an award entered by mistake out of the register; the history keeps what it said.

        Raises ValidationError for one the public has been shown at any time, or that a later decision changed.
        """
        award = Award.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
        shown = award.published_at or award.history.filter(published_at__isnull=False).exists()
        if shown or award.events.exists():
            raise ValidationError(_("An award that was public or was changed by a decision is never removed."))
        AuditEvent.record("remove", actor=by, request=request, subject=award, reason=reason)
        award._history_user, award._change_reason = by, reason
        award.delete()


class AwardEventKind(models.TextChoices):
    CORRECT = "correct", _("corrected")
    REVOKE = "revoke", _("revoked")
    REISSUE = "reissue", _("reissued")


class AwardEventQuerySet(PublishedQuerySet):
    """What happened to awards; public where the award is."""

    scope_field = "award__kept_path"

    def published(self):
        return self.filter(award__published_at__isnull=False)


class AwardEvent(models.Model):
    """A correction, revocation or reissue of an award, by a decision."""

    Kind = AwardEventKind
    part_of = ("award",)

    award = models.ForeignKey(Award, models.PROTECT, related_name="events", verbose_name=_("award"))
    kind = models.CharField(_("what happened"), max_length=8, choices=AwardEventKind.choices)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="award_events", verbose_name=_("by decision"))
    reason = models.CharField(_("reason"), max_length=500, help_text=_("Shown publicly."))
    occurred_on = models.DateField(_("on"))
    was = models.JSONField(_("before"), default=dict, blank=True)
    became = models.JSONField(_("after"), default=dict, blank=True)

    objects = AwardEventQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("change of an award")
        verbose_name_plural = _("changes of awards")
        constraints = [one_of("kind", AwardEventKind, "awardevent_kind_known")]

    def __str__(self):
        return f"{self.award} · {self.get_kind_display()} · {self.occurred_on:%d/%m/%Y}"

    @transaction.atomic
    def take_back(self, by, reason, request=None):
        """Take a change recorded by mistake out of an award's record; the history keeps it. What was mended in the
        wording since then stays. Raises ValidationError while the award is public, or after a further change."""
        award = Award.objects.select_for_update(of=("self",), no_key=True).get(pk=self.award_id)
        events = list(award.events.order_by("pk"))
        if award.published_at or events[-1:] != [self]:
            raise ValidationError(_("Only the newest change of an award that is not public is taken back."))
        award.status = STATUS_BY[events[-2].kind] if len(events) > 1 else Status.ACTIVE
        for name, text in self.was.items():
            if str(getattr(award, name)) == self.became.get(name):
                setattr(award, name, None if text == "None" else Award._meta.get_field(name).to_python(text))
        AuditEvent.record("take_back", actor=by, request=request, subject=award, reason=reason)
        award._change_reason = self._change_reason = reason
        self.delete()
        award.save()


STATUS_BY = {
    AwardEventKind.CORRECT: Status.CORRECTED,
    AwardEventKind.REVOKE: Status.REVOKED,
    AwardEventKind.REISSUE: Status.REISSUED,
}
