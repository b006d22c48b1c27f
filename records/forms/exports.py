"""What is asked before a list leaves the register: which columns, as which file, and why."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.models import Export
from records.vietnamese import normalise


class ExportForm(forms.Form):
    """Columns, format, and the reason where the list is one of people."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple, help_text=""
    )
    format = forms.ChoiceField(
        label=_("File"),
        choices=Export.Format.choices,
        initial=Export.Format.XLSX,
        widget=forms.RadioSelect,
        help_text=_(
            "Both can be mended and imported again. Excel opens a CSV file, too, but drops the noughts that a card "
            "number begins with."
        ),
    )
    reason = forms.CharField(
        label=_("What the list is for"), max_length=500, help_text=_("Kept in the audit trail with the conditions.")
    )

    def __init__(self, *args, outgoing, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts = (*outgoing.parts, *found.more)
        optional = [part for part in self.parts if not part.always]
        self.fields["columns"].choices = [(part.name, capfirst(str(part.title))) for part in optional]
        self.initial["columns"] = [part.name for part in optional if self.at_first(part, found)]
        self.fields["reason"].required = outgoing.of_people

    @staticmethod
    def at_first(part, found):
        """Whether a column is ticked before anybody chose: those that the list shows, where it says which."""
        return part.name in found.columns if found.columns else part.at_first

    @property
    def always(self):
        """The titles of the columns that say which record a row is."""
        return [capfirst(str(part.title)) for part in self.parts if part.always]

    def clean_reason(self):
        return normalise(self.cleaned_data["reason"])
