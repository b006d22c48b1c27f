"""A unit's report on a campaign."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import UnitReport
from records.forms.dates import TypedDateField
from records.forms.papers import PaperField
from records.forms.versions import VersionedForm


class ReportForm(VersionedForm):
    """The report: its number and date, what was done, the paper itself."""

    number = forms.CharField(label=_("Number, as printed"), required=False, max_length=60)
    reported_on = TypedDateField(label=_("Date of the report"), help_text=_("For example 28/11/2020"))
    body = forms.CharField(
        label=_("What was done"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    file = PaperField(label=_("The report itself"), required=False, stem="bao-cao")

    class Meta:
        model = UnitReport
        fields = ["number", "reported_on", "body", "file"]

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_reported_on(self):
        day = self.cleaned_data["reported_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and not cleaned.get("version"):
            # A colleague wrote the report while this page still said that there was none.
            self.reconcile(UnitReport(), cleaned)
        has_file = cleaned.get("file") or self.instance.file
        if not cleaned.get("body", "").strip() and not has_file and not {"body", "file"} & self.errors.keys():
            self.add_error("body", _("Say what was done, or attach the report."))
        return cleaned
