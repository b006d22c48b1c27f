"""Memberships and transfers written as planned, by the acts of the members themselves."""

from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from records.lists.base import ListWriter
from records.lists.members import hold_units
from records.lists.membership_fields import ATTACH, PAST, RETURN, TRANSFER
from records.models import Decision, Member, Membership, Transfer, Unit


class MembershipWriter(ListWriter):
    """Does what the rows say; what a member's own acts refuse by now is a conflict."""

    model = Member
    # Each takes some twenty statements; whoever waits hears of them every few seconds.
    at_once = 100

    def begin(self, rows):
        """Units before people, as all lock who move people, so that they wait for each other and never deadlock."""
        hold_units(rows, "after__unit_id", "before__unit_id", "before__attached_to_id")

    def locked(self, keys):
        return super().locked(keys).prefetch_related("unit", "attached_to")

    def change(self, rows):
        units = Unit.objects.in_bulk({key for row in rows if (key := row.after.get("unit_id"))})
        decisions = Decision.objects.in_bulk({key for row in rows if (key := row.after.get("decision_id"))})
        for row in rows:
            unit, decision = units.get(row.after.get("unit_id")), decisions.get(row.after.get("decision_id"))
            self.attempt(row, partial(self.act, self.records[row.target], row.after, unit, decision))

    def act(self, member, after, unit, decision):
        act, on = after["act"], date.fromisoformat(after["on"])
        member._change_reason = " · ".join(filter(None, [self.context.reason, after.get("reason")]))[:500] or None
        if act == PAST:
            self.enter_past(member, unit, on, after, decision)
        elif act == TRANSFER and after.get("asks"):
            Transfer.ask(member, unit, on, self.context.user, decision, after.get("reason", ""))
        elif act == TRANSFER:
            if member.transfers.waiting().exists():
                raise ValidationError(_("A transfer of this person is waiting already. Call it off first."))
            member.transfer_to(unit, on, decision)
        elif act == ATTACH:
            member.attach_to(unit, on, decision)
        elif act == RETURN:
            member.end_attachment(on)
        else:
            member.change_standing(after["standing"], on, decision)

    def enter_past(self, member, unit, on, after, decision):
        """A membership that was over before it was entered; the person stays where the person is."""
        period = Membership(
            member=member,
            unit=unit,
            kind=after["kind"],
            valid_from=on,
            valid_to=date.fromisoformat(after["until"]),
            decision=decision,
            end_reason=after.get("end_reason", ""),
        )
        period._change_reason = member._change_reason
        period.clean()
        period.save()
