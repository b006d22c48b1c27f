"""Units that many members move with: the wish, which a worker carries out, and what became of it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.models.claims import Claimed
from records.models.fields import ExactField, new_public_id, one_of
from records.models.scope import ScopedQuerySet, within_paths
from records.models.turns import take_turn
from records.models.units import Unit

# With more eligible members than this a unit is moved by a worker: a request would take more than a second or two.
MANY = 5000


class MoveStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("move", "waits for its turn")
    RUNNING = "running", pgettext_lazy("move", "under way")
    DONE = "done", pgettext_lazy("move", "done")
    STOPPED = "stopped", pgettext_lazy("move", "stopped")
    FAILED = "failed", pgettext_lazy("move", "could not be done")


AT_WORK = (MoveStatus.ASKED, MoveStatus.RUNNING)


class MoveQuerySet(ScopedQuerySet):
    """Moves; seen by those who see the unit, or the one it goes to, and kept by those who may move it."""

    scope_field = "unit__path"

    def in_paths(self, paths):
        return within_paths("unit__path", paths) | within_paths("parent__path", paths)

    def editable_by(self, user, on=None):
        return self.publishable_by(user, on)

    def publishable_by(self, user, on=None):
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("unit__path", user.paths(user.PUBLISHERS, on)))

    def at_work(self):
        """Those that a worker has in hand, or should have."""
        return self.filter(status__in=AT_WORK)

    def about(self, *units):
        """The first of those at work that takes some of the units along, or whose units these take along; or None."""
        for move in self.at_work().select_related("unit", "parent").order_by("pk"):
            theirs = move.unit.path, move.parent.path
            if any(one.path.startswith(theirs[0]) for one in units) or any(
                path.startswith(units[0].path) for path in theirs
            ):
                return move
        return None


class Move(Claimed):
    """The wish that a unit, with the many members below it, be placed under another.

    The log of an act and no record of the field, so it has no history: what moved is an event of the unit, and that
    it was asked for is in the audit trail.
    """

    Status = MoveStatus

    public_id = ExactField(max_length=12, unique=True, editable=False, default=new_public_id)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="moves", verbose_name=_("unit"))
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("new unit directly above"))
    on = models.DateField(_("from day"))
    decision = models.ForeignKey(
        "records.Decision", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decision")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    status = models.CharField(
        _("status"), max_length=7, choices=MoveStatus.choices, default=MoveStatus.ASKED, editable=False
    )
    error = models.CharField(_("why it failed"), max_length=500, blank=True, editable=False)
    # By the label of its model how many rows follow the unit.
    rows = models.JSONField(_("rows"), default=dict, editable=False)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("begun at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a unit")
        verbose_name_plural = _("moves of units")
        indexes = [models.Index(fields=["id"], condition=Q(status__in=AT_WORK), name="move_at_work")]
        constraints = [
            one_of("status", MoveStatus, "move_status_known"),
            models.UniqueConstraint(fields=["unit"], condition=Q(status__in=AT_WORK), name="move_once_at_work"),
            models.CheckConstraint(
                condition=~Q(status=MoveStatus.DONE) | Q(finished_at__isnull=False), name="move_done_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.unit.name} → {self.parent.name}"

    def get_absolute_url(self):
        return reverse("records:staff_move_detail", args=[self.public_id])

    @property
    def act_id(self):
        """What the history rows of the move carry in place of a request's id."""
        return f"move-{self.public_id}"

    @property
    def is_at_work(self):
        """Whether a worker has it in hand, or should have."""
        return self.status in AT_WORK

    @property
    def is_done(self):
        """Whether the unit has moved."""
        return self.status == MoveStatus.DONE

    @property
    def has_failed(self):
        """Whether it came to nothing; `error` may say why."""
        return self.status == MoveStatus.FAILED

    @staticmethod
    def is_large(unit):
        """Whether so many members move with the unit that a worker moves it."""
        return (Unit.objects.within(unit).aggregate(all=Sum("headcount"))["all"] or 0) > MANY

    @classmethod
    def refuse_beside(cls, unit, parent):
        """Raises ValidationError while a move is at work that has to do with the unit or the one it would go to."""
        if move := cls.objects.about(unit, parent):
            raise ValidationError(
                _("%(unit)s is being moved to %(parent)s just now; wait until that is done.")
                % {"unit": move.unit.name, "parent": move.parent.name}
            )

    @classmethod
    @transaction.atomic
    def ask(cls, unit, parent, on, by, decision=None, note=""):
        """Keep the wish; raises ValidationError where another is at work beside it, or the place cannot be."""
        take_turn("moves")
        cls.refuse_beside(unit, parent)
        if parent.path.startswith(unit.path):
            raise ValidationError(_("A unit cannot be placed under itself or under a unit below it."))
        if parent.dissolved_on or unit.dissolved_on:
            raise ValidationError(_("This unit has been dissolved."))
        return cls.objects.create(unit=unit, parent=parent, on=on, by=by, decision=decision, note=note)

    def carry_out(self, beat=None):
        """Move the unit as it stands now; `beat` as `rewrite_paths` takes it."""
        unit = Unit.objects.select_related("parent").get(pk=self.unit_id)
        if unit.dissolved_on:
            raise ValidationError(_("This unit has been dissolved."))
        return unit.move_to(self.parent, self.on, self.decision, self.note, beat)

    def finish(self, status, **values):
        """Note what became of it; False where somebody else did already."""
        return self.claim(AT_WORK, status, finished_at=timezone.now(), **values)
