"""The filters of the public list of units."""

from functools import cached_property

from django import forms
from django.utils.translation import gettext_lazy as _

from records.forms.filters import FilterForm, KnownField, options, search_field
from records.models import Unit

KINDS = tuple(Unit.Kind.choices)


class UnitFilterForm(FilterForm):
    """Conditions on the units shown publicly; each is one parameter of the address."""

    q = search_field(_("Name or code of the unit"), _("Name or code"))
    kind = KnownField(required=False, choices=Unit.Kind.choices, label=_("Type of unit"))
    above = forms.CharField(required=False, label=_("Directly below"))

    @cached_property
    def superior(self):
        """The unit whose own units are asked for, or None."""
        return Unit.objects.published().filter(code=self.data["above"]).first()

    def clean_above(self):
        code = self.cleaned_data["above"]
        if code and self.superior is None:
            raise forms.ValidationError(
                _("There is no unit with the code “%(value)s”; the condition was left out.") % {"value": code}
            )
        return code

    def shown(self, name):
        return self.superior.name if name == "above" else super().shown(name)

    @property
    def kind_options(self):
        return options(KINDS, self.cleaned_data.get("kind"))

    def by_q(self, units):
        return units.search(self.cleaned_data["q"])

    def by_kind(self, units):
        return units.filter(kind=self.cleaned_data["kind"])

    def by_above(self, units):
        return units.filter(parent=self.superior)
