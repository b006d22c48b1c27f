"""Units as their staff keep them: looking them up, adding, editing, and the dated acts."""

from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.forms.dates import TypedDateField
from records.forms.filters import FilterForm, KnownField, options, search_field
from records.forms.suggest import SuggestField
from records.forms.units import KINDS
from records.forms.versions import VersionedForm
from records.models import Decision, Move, Unit
from records.tasks import start_moving
from records.vietnamese import fold, normalise

STATES = (("dissolved", _("dissolved")), ("all", _("all, also dissolved ones")))


class StaffUnitFilterForm(FilterForm):
    """Conditions on a user's own units; each is one parameter of the address."""

    q = search_field(_("Name or code of the unit"), _("Name or code"))
    kind = KnownField(required=False, choices=Unit.Kind.choices, label=_("Type of unit"))
    state = KnownField(required=False, choices=STATES, label=_("Existing or dissolved"))
    under = forms.CharField(required=False, max_length=40, label=_("Below"))

    def __init__(self, params, user, on):
        self.user, self.on = user, on
        super().__init__(params)

    @cached_property
    def superior(self):
        """The unit asked for by its code, with figures, or None."""
        code = str(self.data["under"]).replace("\x00", "")
        return Unit.objects.visible_to(self.user).with_figures(self.on).filter(code=code).first()

    @property
    def searching(self):
        """Whether units are looked for, and not opened level by level."""
        return any(self.conditions.get(name) for name in ("q", "kind", "state"))

    @property
    def kind_options(self):
        return options(KINDS, self.cleaned_data.get("kind"))

    @property
    def state_options(self):
        return options(STATES, self.cleaned_data.get("state"))

    def clean_q(self):
        return self.cleaned_data["q"].replace("\x00", "")

    def clean_under(self):
        code = self.cleaned_data["under"]
        if code and self.superior is None:
            raise ValidationError(
                _("There is no unit with the code “%(value)s”; the condition was left out.") % {"value": code}
            )
        return code

    def shown(self, name):
        return self.superior.name if name == "under" else super().shown(name)

    def narrow(self, queryset, without=None):
        """Dissolved units only where they are asked for."""
        queryset = super().narrow(queryset, without)
        if "state" in self.conditions:
            return queryset
        return queryset.filter(Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=self.on))

    def by_q(self, units):
        return units.search(self.cleaned_data["q"])

    def by_kind(self, units):
        return units.filter(kind=self.cleaned_data["kind"])

    def by_state(self, units):
        return units.filter(dissolved_on__lte=self.on) if self.cleaned_data["state"] == "dissolved" else units

    def by_under(self, units):
        if self.searching:
            return units.within(self.superior).exclude(pk=self.superior.pk)
        return units.filter(parent=self.superior)


class UnitEditForm(VersionedForm):
    """What may be put right about a unit at any time; name, place and end change by acts of their own."""

    change_reason = forms.CharField(label=_("Reason for the change"), max_length=500, required=False)

    class Meta:
        model = Unit
        fields = ["short_name", "description", "sector", "established_on", "listed"]
        field_classes = {"established_on": TypedDateField}
        help_texts = {"established_on": _("Day/month/year.")}

    def _get_validation_exclusions(self):
        # The order of its two days is a rule over a column that the form does not have.
        return super()._get_validation_exclusions() - {"dissolved_on"}

    def save(self, commit=True):
        self.instance._change_reason = normalise(self.cleaned_data["change_reason"]) or None
        return super().save(commit)


class UnitAddForm(forms.ModelForm):
    """A new unit directly below another."""

    decision = SuggestField(Decision.objects.none(), kind="decision", label=_("Founded by decision"), required=False)

    class Meta:
        model = Unit
        fields = ["name", "code", "short_name", "kind", "sector", "established_on", "decision", "description", "listed"]
        field_classes = {"established_on": TypedDateField}
        help_texts = {"established_on": _("Day/month/year.")}

    def __init__(self, *args, user, above, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.parent = above
        self.fields["decision"].queryset = Decision.objects.visible_to(user)

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if "/" in code:
            raise ValidationError(_("A code has no slash: it is part of the unit's web address."))
        return code

    def clean_name(self):
        name = normalise(self.cleaned_data["name"])
        siblings = Unit.objects.filter(parent=self.instance.parent, dissolved_on__isnull=True)
        if any(fold(one) == fold(name) for one in siblings.values_list("name", flat=True)):
            raise ValidationError(_("A unit of this name stands directly below already."))
        return name

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") and not cleaned.get("established_on"):
            self.add_error("established_on", _("Say from which day on, since there is a decision."))
        return cleaned


class UnitActForm(forms.Form):
    """An act on a unit from a day on, by a decision where there is one."""

    on = TypedDateField(label=_("From day"), help_text=_("Day/month/year."))
    decision = SuggestField(Decision.objects.none(), kind="decision", label=_("By decision"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=_("Shown publicly."))

    def __init__(self, *args, user, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.unit = user, unit
        self.fields["decision"].queryset = Decision.objects.visible_to(user)

    def by(self):
        """The day, decision and note, as the verbs take them."""
        return {name: self.cleaned_data[name] for name in ("on", "decision", "note")}


class RenameForm(UnitActForm):
    new_name = forms.CharField(label=_("New name"), max_length=255)
    field_order = ["new_name"]

    def clean_new_name(self):
        name = normalise(self.cleaned_data["new_name"])
        if name in ("", self.unit.name):
            raise ValidationError(_("This is its name already."))
        return name

    def act(self):
        self.unit.rename(self.cleaned_data["new_name"], **self.by())


class MoveForm(UnitActForm):
    parent = SuggestField(Unit.objects.none(), kind="unit", label=_("New unit directly above"))
    field_order = ["parent"]

    def __init__(self, *args, request=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.move = request, None
        self.fields["parent"].queryset = Unit.objects.publishable_by(self.user).filter(dissolved_on__isnull=True)

    def clean_parent(self):
        parent = self.cleaned_data["parent"]
        if parent.pk == self.unit.parent_id:
            raise ValidationError(_("It stands directly below this unit already."))
        return parent

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("parent"):
            Move.refuse_beside(self.unit, cleaned["parent"])
        return cleaned

    def act(self):
        """Sets `move`: the one that a worker was handed, None where it is done."""
        self.move = start_moving(self.user, self.unit, self.cleaned_data["parent"], **self.by(), request=self.request)


class DissolveForm(UnitActForm):
    def act(self):
        self.unit.dissolve(**self.by())
