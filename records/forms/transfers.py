"""Transfers: sending a member to another unit, answering for the receiving one."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from records.forms.members import VerbForm, reason_field, receiving_units
from records.forms.suggest import SuggestField
from records.models import Transfer, Unit


class TransferForm(VerbForm):
    """Where a member goes; at once inside the user's reach, otherwise when the receiving unit confirms."""

    unit = SuggestField(
        Unit.objects.none(),
        kind="any_unit",
        label=_("New unit"),
        help_text=_("Name or code. A unit outside yours receives the person itself."),
    )
    field_order = ["unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = receiving_units(self.user, self.today).exclude(pk=self.member.unit_id)
        self.transfer = None

    def clean(self):
        cleaned = super().clean()
        if self.member.transfers.waiting().exists():
            self.add_error(None, _("A transfer of this person is waiting already. Call it off first."))
        return cleaned

    def act(self):
        unit, day, decision, reason = (self.cleaned_data[name] for name in ("unit", "on", "decision", "reason"))
        if self.user.may(self.user.EDITORS, unit.path):
            self.member.transfer_to(unit, day, decision)
        else:
            self.transfer = Transfer.ask(self.member, unit, day, self.user, decision, reason)


class AnswerForm(forms.Form):
    """An answer to a transfer that needs no words: received, or called off."""

    def __init__(self, *args, transfer, user, act, **kwargs):
        super().__init__(*args, **kwargs)
        self.transfer, self.user, self.act = transfer, user, act

    def done(self):
        """Answer; a refusal becomes an error of the form. Returns whether it was done."""
        try:
            with transaction.atomic():
                self.act(self.transfer, self.user, **self.cleaned_data)
        except ValidationError as refusal:
            self.add_error(None, ValidationError(refusal.messages))
        return not self.errors


class RefusalForm(AnswerForm):
    """A transfer sent back, saying why."""

    reason = reason_field(_("Why it is refused"))
