"""Deadlines for the records."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.dates import TypedDateField
from records.forms.versions import VersionedForm
from records.models import CleanUp


class CleanUpForm(VersionedForm):
    """The day by which a unit's records are to be in order."""

    due_on = TypedDateField(
        label=capfirst(_("to be in order by")), help_text=_("Day, month, year. Example: 28/11/2020")
    )

    class Meta:
        model = CleanUp
        fields = ["due_on", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day and day < self.today:
            raise ValidationError(_("This day has passed already."))
        return day
