"""Entering an inspection, what followed it, and the list's filters."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.models import Inspection
from records.forms.dates import TypedDateField
from records.forms.filters import KnownField, OwnUnitsForm, search_field
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import Unit

OUTCOMES = [(value, capfirst(label)) for value, label in Inspection.Outcome.choices]


class InspectionForm(VersionedForm):
    """An inspection of a unit in the campaign's scope; a reminder or criticism says by when to put it right."""

    unit = SuggestField(Unit.objects.none(), kind="unit", label=_("Unit inspected"))
    inspected_on = TypedDateField(label=_("Day of the inspection"), help_text=_("For example 28/11/2020"))
    inspector = forms.CharField(label=_("Who inspected"), max_length=255, help_text=_("The team or the person."))
    findings = forms.CharField(
        label=_("Findings"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}), help_text=_("Never public.")
    )
    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, widget=forms.RadioSelect)
    due_on = TypedDateField(
        label=_("To be put right by"), required=False, help_text=_("Needed for a reminder and a criticism.")
    )

    class Meta:
        model = Inspection
        fields = ["unit", "inspected_on", "inspector", "findings", "outcome", "due_on"]

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        if self.instance.pk:
            # Another unit is another inspection.
            del self.fields["unit"]
        else:
            units = self.instance.campaign.units().order_by()
            self.fields["unit"].queryset = Unit.objects.editable_by(user).filter(pk__in=units.values("pk"))

    def clean_inspected_on(self):
        day = self.cleaned_data["inspected_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        if self.instance.resolved_on and day > self.instance.resolved_on:
            raise forms.ValidationError(_("It cannot be put right before the inspection."))
        return day

    def add_error(self, field, error):
        # A day that cannot be read has its sentence; the model, which sees none, would say that it is missing.
        if field is None and self.has_error("due_on"):
            getattr(error, "error_dict", {}).pop("due_on", None)
        super().add_error(field, error)


class ResolutionForm(forms.Form):
    """How what an inspection found was put right, and on which day."""

    resolution = forms.CharField(
        label=_("How it was put right"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    resolved_on = TypedDateField(label=_("Put right on"), help_text=_("For example 28/11/2020"))

    def __init__(self, *args, inspection, today, **kwargs):
        super().__init__(*args, initial={"resolved_on": today}, **kwargs)
        self.inspection, self.today = inspection, today

    def clean_resolved_on(self):
        day = self.cleaned_data["resolved_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        if day < self.inspection.inspected_on:
            raise forms.ValidationError(_("It cannot be put right before the inspection."))
        return day


STATES = (
    ("open", _("To be put right")),
    ("overdue", _("Overdue")),
    ("resolved", _("Put right")),
)


class InspectionFilter(OwnUnitsForm):
    """Words of a unit's name, a unit with what is below it, the outcome, and whether it was put right."""

    q = search_field(_("Unit’s name or code"), _("Unit"))
    outcome = KnownField(required=False, choices=OUTCOMES, label=_("Outcome"))
    state = KnownField(required=False, choices=STATES, label=_("Status"))

    def __init__(self, params, *, user, today):
        self.today = today
        super().__init__(params, user)

    def by_q(self, inspections):
        return inspections.filter(unit__in=Unit.objects.search(self.cleaned_data["q"]))

    def by_outcome(self, inspections):
        return inspections.filter(outcome=self.cleaned_data["outcome"])

    def by_state(self, inspections):
        match self.cleaned_data["state"]:
            case "open":
                return inspections.unresolved()
            case "overdue":
                return inspections.overdue(self.today)
        return inspections.resolved()
