"""Transfers that leave the sender's reach: the receiving unit confirms them."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.fields import one_of
from records.models.history import history
from records.models.members import Member, Membership
from records.models.scope import ScopedQuerySet, within_paths
from records.models.units import Unit
from records.models.users import User


class TransferStatus(models.TextChoices):
    WAITING = "waiting", _("waiting for the receiving unit")
    ACCEPTED = "accepted", _("received")
    REFUSED = "refused", _("refused")
    CALLED_OFF = "called_off", _("called off")


class TransferQuerySet(ScopedQuerySet):
    """Transfers asked for; both the sending and the receiving unit see them."""

    def in_paths(self, paths):
        return within_paths("from_unit__path", paths) | within_paths("to_unit__path", paths)

    def waiting(self):
        return self.filter(status=TransferStatus.WAITING)

    def to_answer(self, user, on=None):
        """Those a user may receive or refuse: clerks of the receiving unit."""
        return self.waiting().on_side("to_unit", user, user.EDITORS, on)

    def sent(self, user, on=None):
        """Those waiting that left units the user reads."""
        return self.waiting().on_side("from_unit", user, user.READERS, on)

    def to_call_off(self, user, on=None):
        """Those a user may call off: clerks of the sending unit."""
        return self.waiting().on_side("from_unit", user, user.EDITORS, on)

    def on_side(self, unit, user, roles, on=None):
        """Those whose sending or receiving unit lies where the user holds one of the roles."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths(f"{unit}__path", user.paths(roles, on)))


class Transfer(models.Model):
    """A member's transfer to a unit outside the sender's reach; the person moves when the receiving unit confirms."""

    Status = TransferStatus
    part_of = ("member",)

    member = models.ForeignKey(Member, models.PROTECT, related_name="transfers", verbose_name=_("member"))
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="transfers_out", verbose_name=_("from unit"))
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="transfers_in", verbose_name=_("to unit"))
    moves_on = models.DateField(_("from day"))
    decision = models.ForeignKey(
        "records.Decision", models.PROTECT, null=True, blank=True, related_name="transfers", verbose_name=_("decision")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=TransferStatus.choices, default=TransferStatus.WAITING, editable=False
    )
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked at"), editable=False, default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    answer_reason = models.CharField(_("why it was refused"), max_length=500, blank=True, editable=False)

    objects = TransferQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            one_of("status", TransferStatus, "transfer_status_known"),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(status=TransferStatus.WAITING),
                name="transfer_waiting_once",
                violation_error_message=_("A transfer of this person is waiting already."),
            ),
            models.CheckConstraint(
                condition=~Q(from_unit=models.F("to_unit")),
                name="transfer_between_two_units",
                violation_error_message=_("The person already belongs to this unit."),
            ),
            models.CheckConstraint(
                condition=~Q(status=TransferStatus.REFUSED) | ~Q(answer_reason=""),
                name="transfer_refused_with_reason",
                violation_error_message=_("Say why the transfer is refused."),
            ),
        ]

    def __str__(self):
        return f"{self.member} · {self.to_unit}"

    @classmethod
    @transaction.atomic
    def ask(cls, member, to_unit, on, by, decision=None, reason=""):
        """Ask another unit to receive a member from a day on; nothing changes for the person until it answers.

        Raises ValidationError where the person could not move so, or waits for an answer already.
        """
        # Units before the person, as all who place people lock them.
        Unit.objects.filter(pk__in=[member.unit_id, to_unit.pk]).hold()
        held = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        transfer = cls(
            member=held,
            from_unit=held.unit,
            to_unit=to_unit,
            moves_on=on,
            decision=decision,
            reason=reason,
            asked_by=by,
        )
        transfer.validate_constraints()
        if to_unit.dissolved_on:
            raise ValidationError(_("This unit has been dissolved."))
        belonging = held.memberships.filter(kind=Membership.Kind.OFFICIAL, valid_to__isnull=True).first()
        if belonging is None:
            raise ValidationError(_("The person has no open membership of this kind."))
        if on < belonging.valid_from:
            raise ValidationError(_("A membership cannot end before it starts."))
        transfer._change_reason = reason or None
        transfer.save()
        return transfer

    @transaction.atomic
    def accept(self, by):
        """Receive the person: ends the membership of the sending unit and starts one here on the day asked for.

        Raises ValidationError when the transfer was answered meanwhile or the person moved otherwise.
        """
        Unit.objects.filter(pk__in=[self.from_unit_id, self.to_unit_id]).hold()
        self.answer(TransferStatus.ACCEPTED, by)
        member = Member.objects.select_related("unit", "attached_to").get(pk=self.member_id)
        if member.unit_id != self.from_unit_id:
            raise ValidationError(_("The member has changed meanwhile; look at it again."))
        member._change_reason = self.reason or None
        member.transfer_to(self.to_unit, self.moves_on, self.decision)

    def refuse(self, by, reason):
        """Send the person back to where they are, saying why."""
        if not reason:
            raise ValidationError(_("Say why the transfer is refused."))
        self.answer(TransferStatus.REFUSED, by, answer_reason=reason)

    def call_off(self, by):
        """Take the request back before it is answered."""
        self.answer(TransferStatus.CALLED_OFF, by)

    @transaction.atomic
    def answer(self, status, by, **values):
        """End the waiting in one statement: of two clerks at once one is told."""
        values |= {"status": status, "answered_by": by, "answered_at": timezone.now()}
        if not Transfer.objects.waiting().filter(pk=self.pk).update(**values):
            raise ValidationError(_("The transfer has been answered meanwhile; look at it again."))
        for name, value in values.items():
            setattr(self, name, value)
        self._change_reason = values.get("answer_reason") or None
        self.save(update_fields=[*values])
