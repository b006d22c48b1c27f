"""The filters of the public list of awards."""

from functools import cached_property

from django import forms
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from records.forms.filters import (
    FilterForm,
    KnownField,
    YearField,
    grouped_options,
    options,
    search_field,
    year_choices,
)
from records.models import Award, AwardType, Decision, Unit
from records.models.fields import ALPHABET
from records.paging import CAP, CappedCount
from records.years import published_years

KINDS = tuple(Award.RecipientKind.choices)
ORDERS = tuple(AwardType.LegalOrder.choices)
FAMILIES = tuple(AwardType.Family.choices)
TYPE_COLUMNS = ("pk", "code", "name", "family", "legal_order", "level")
SLIPS = str.maketrans("oil", "011", "- ")


def canonical_code(text):
    """The public id that a short code stands for, in any case, with or without its hyphen, or None where it is none.

    The letters left out of the alphabet read as the digits they look like: o as 0, i and l as 1.
    """
    code = text.strip().lower().translate(SLIPS)
    return code if len(code) == 8 and all(letter in ALPHABET for letter in code) else None


class AwardFilterForm(FilterForm):
    """Conditions on published awards; each is one parameter of the address."""

    BOXLESS = ("family", "level", "unit", "campaign", "decision")

    def reach(self, rows):
        """Of what conditions may name, the rows the reader may know of."""
        return rows.published()

    q = search_field(_("Name of a person or collective, or decision number"), _("Name or number"))
    year = YearField(label=_("Year of decision"))
    type = forms.CharField(required=False, label=_("Title or form"))
    kind = KnownField(required=False, choices=Award.RecipientKind.choices, label=_("Recipient"))
    order = KnownField(required=False, choices=AwardType.LegalOrder.choices, label=_("System"))
    family = KnownField(required=False, choices=AwardType.Family.choices, label=_("Family"))
    level = KnownField(required=False, choices=AwardType.Level.choices, label=_("Level"))
    unit = forms.CharField(required=False, label=_("Unit and below"))
    campaign = forms.CharField(required=False, label=_("Campaign"))
    decision = forms.CharField(required=False, label=_("Decision"))

    def clean_type(self):
        code = self.cleaned_data["type"]
        if code and code not in {one.code for one in self.types}:
            raise forms.ValidationError(
                _("No published award is of the type “%(code)s”, so it was left out.") % {"code": code}
            )
        return code

    def clean_unit(self):
        return self.clean_link("unit", _("There is no unit with the code “%(value)s”; the condition was left out."))

    def clean_campaign(self):
        return self.clean_link("campaign", _("There is no campaign “%(value)s”; the condition was left out."))

    def clean_decision(self):
        return self.clean_link("decision", _("There is no published decision “%(value)s”; the condition was left out."))

    def clean_link(self, name, sentence):
        value = self.cleaned_data[name]
        if value and name not in self.links:
            raise forms.ValidationError(sentence % {"value": value})
        return value

    @cached_property
    def links(self):
        """What unit, campaign and decision name, as words and as the key to filter by: one query for all three."""
        found = []
        if code := self.data["unit"]:
            found.append(named("unit", self.reach(Unit.objects).filter(code=code), "name", "path"))
        if slug := self.data["campaign"]:
            campaigns = self.reach(Decision._meta.get_field("campaigns").related_model.objects)
            found.append(named("campaign", campaigns.filter(slug=slug), "title", "pk"))
        if (pk := self.data["decision"]).isdecimal() and len(pk) < 18:
            found.append(named("decision", self.reach(Decision.objects).filter(pk=int(pk)), "number", "pk"))
        if not found:
            return {}
        return {name: (words, key) for name, words, key in found[0].union(*found[1:], all=True)}

    @cached_property
    def types(self):
        """The types that have published awards, in order of precedence."""
        published = Award.objects.published().filter(type=OuterRef("pk"))
        return self.listed(AwardType.objects.filter(Exists(published)))

    @staticmethod
    def listed(types):
        """Types with what conditions and select boxes ask of them."""
        return list(types.order_by("precedence", "code").values_list(*TYPE_COLUMNS, named=True))

    @cached_property
    def years(self):
        """The years in which published awards were decided, the newest first."""
        return published_years(Award, "decided_on")

    # The select boxes

    @property
    def year_options(self):
        year = self.cleaned_data.get("year")
        return options(year_choices(self.years, year), year)

    @property
    def type_options(self):
        families = {family: [] for family in AwardType.Family.values}
        for one in self.types:
            families[one.family].append((one.code, one.name))
        labels = dict(FAMILIES)
        groups = ((labels[family], tuple(types)) for family, types in families.items() if types)
        return grouped_options(tuple(groups), self.cleaned_data.get("type"))

    @property
    def kind_options(self):
        return options(KINDS, self.cleaned_data.get("kind"))

    @property
    def order_options(self):
        given = {one.legal_order for one in self.types}
        return options(tuple(order for order in ORDERS if order[0] in given), self.cleaned_data.get("order"))

    @property
    def kept(self):
        """Conditions without a box of their own, which a new search keeps."""
        return [(name, self.cleaned_data[name]) for name in self.conditions if name in self.BOXLESS]

    # The conditions

    def shown(self, name):
        if name in self.links:
            return self.links[name][0]
        if name == "type":
            return next(one.name for one in self.types if one.code == self.cleaned_data["type"])
        return super().shown(name)

    def by_q(self, awards):
        return awards.search(self.cleaned_data["q"])

    def by_year(self, awards):
        return awards.filter(decided_on__year=self.cleaned_data["year"])

    def by_type(self, awards):
        return self.of_types(awards, "code", "type")

    def by_kind(self, awards):
        return awards.filter(recipient_kind=self.cleaned_data["kind"])

    def by_order(self, awards):
        return self.of_types(awards, "legal_order", "order")

    def by_family(self, awards):
        return self.of_types(awards, "family", "family")

    def by_level(self, awards):
        return self.of_types(awards, "level", "level")

    def of_types(self, awards, column, name):
        """By keys, of which the database knows how many rows each has; of a joined table's column it does not."""
        wanted = self.cleaned_data[name]
        return awards.filter(type__in=[one.pk for one in self.types if getattr(one, column) == wanted])

    def by_unit(self, awards):
        return awards.under(self.links["unit"][1])

    def by_campaign(self, awards):
        decisions = Decision.objects.filter(campaigns=int(self.links["campaign"][1]))
        return awards.filter(decision__in=decisions.values("pk"))

    def by_decision(self, awards):
        return awards.filter(decision=int(self.cleaned_data["decision"]))

    def by_short_code(self):
        """The published award whose short code was typed into the search box, or None."""
        code = canonical_code(self.cleaned_data.get("q", ""))
        if code is None or len(self.conditions) > 1:
            return None
        return self.reach(Award.objects).filter(public_id=code).first()

    def alternatives(self, awards):
        """For an empty list: each condition without which there are awards, and how many; one query."""
        names = list(self.conditions)
        if len(names) < 2:
            return []
        counts = [CappedCount(self.narrow(awards, without=name).order_by().values("pk")[: CAP + 1]) for name in names]
        row = AwardType.objects.order_by().values_list(*counts).first()
        return [(name, n) for name, n in zip(names, row or (), strict=False) if n]


def named(name, queryset, words, key):
    """One part of the union: what a parameter names, as words and key."""
    return queryset.order_by().values_list(Value(name, CharField()), Cast(words, CharField()), Cast(key, CharField()))
