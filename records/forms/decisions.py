"""The filters of the public list of decisions."""

from functools import cached_property

from django.utils.translation import gettext_lazy as _

from records.forms.filters import FilterForm, KnownField, YearField, options, search_field, year_choices
from records.models import Decision
from records.years import published_years

KINDS = tuple(Decision.Kind.choices)


class DecisionFilterForm(FilterForm):
    """Conditions on published decisions; each is one parameter of the address."""

    q = search_field(_("Number, issuer or subject of the decision"), _("Number or subject"))
    year = YearField(label=_("Year issued"))
    kind = KnownField(required=False, choices=Decision.Kind.choices, label=_("Kind of decision"))

    @cached_property
    def years(self):
        """The years of published decisions, the newest first."""
        return published_years(Decision, "issued_on")

    @property
    def year_options(self):
        year = self.cleaned_data.get("year")
        return options(year_choices(self.years, year), year)

    @property
    def kind_options(self):
        return options(KINDS, self.cleaned_data.get("kind"))

    def by_q(self, decisions):
        return decisions.search(self.cleaned_data["q"])

    def by_year(self, decisions):
        return decisions.filter(issued_on__year=self.cleaned_data["year"])

    def by_kind(self, decisions):
        return decisions.filter(kind=self.cleaned_data["kind"])
