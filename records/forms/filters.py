"""What the public lists' filters share: conditions that can be named, dropped one by one, and refused one by one."""

from functools import cached_property, lru_cache

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from records.models import Unit

PAGING = ("after", "before")
SELECTED = mark_safe(" selected")


class FilterForm(forms.Form):
    """Conditions read from an address: a value that cannot be understood is refused alone and the others hold.

    Plain fields instead of django-filter's: a FilterSet builds its form class anew for each request, a fifth of a
    list page's time.
    """

    def __init__(self, params):
        super().__init__({name: params.get(name, "") for name in self.base_fields})
        self.params = params
        self.is_valid()

    @property
    def conditions(self):
        """The names and values in force."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def is_searched(self):
        """Whether words are among the conditions."""
        return "q" in self.conditions

    @property
    def refusals(self):
        """A sentence for each value that was left out."""
        return [error for errors in self.errors.values() for error in errors]

    def narrow(self, queryset, without=None):
        """The rows that meet the conditions, or all of them but one."""
        for name in self.conditions:
            if name != without:
                queryset = getattr(self, f"by_{name}")(queryset)
        return queryset

    def query(self, without=None):
        """The query string of the conditions, or of all of them but one; no page."""
        query = self.params.copy()
        for name in [*query]:
            if name == without or name in PAGING or name in self.errors or not query[name]:
                del query[name]
        return f"?{query.urlencode()}"

    def described(self, name):
        """A condition as its chip says it: "Year: 2020"."""
        return f"{self.fields[name].label}: {self.shown(name)}"

    def shown(self, name):
        """A condition's value in words."""
        field = self.fields[name]
        value = self.cleaned_data[name]
        return dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value

    @property
    def chips(self):
        """The conditions in force, each with the list that lacks it."""
        return [{"label": self.described(name), "url": self.query(without=name)} for name in self.conditions]


class OwnUnitsForm(FilterForm):
    """Conditions of a staff list; `unit`, a code, narrows it to a unit the user may see and what is below it."""

    unit = forms.CharField(required=False, max_length=40, label=_("Unit"))

    def __init__(self, params, user):
        self.user = user
        super().__init__(params)

    @cached_property
    def top(self):
        """The unit whose subtree is asked for, where the user may see it."""
        code = self.cleaned_data.get("unit")
        return Unit.objects.visible_to(self.user).filter(code=code).first() if code else None

    def by_unit(self, rows):
        return rows.within(self.top) if self.top else rows.none()

    def shown(self, name):
        if name == "unit" and self.top:
            return self.top.short_name or self.top.name
        return super().shown(name)


class KnownField(forms.ChoiceField):
    """One of a few codes; anything else is refused with the value in quotes."""

    default_error_messages = {
        "invalid_choice": _("“%(value)s” is not a value of this filter, so it was left out."),
    }


class YearField(forms.IntegerField):
    """A calendar year."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=1900,
            max_value=2100,
            error_messages={
                name: _("The year must be four digits, for example 2020; the condition was left out.")
                for name in ("invalid", "min_value", "max_value")
            },
            **kwargs,
        )


def search_field(label, prefix):
    """A search box; `prefix` names it in its chip."""
    field = forms.CharField(
        required=False,
        max_length=200,
        label=prefix,
        error_messages={"max_length": _("The search is longer than 200 characters; it was left out.")},
    )
    field.question = label
    return field


def year_choices(years, chosen):
    """The years as pairs, newest first, with the one asked for even where it has nothing."""
    if chosen and chosen not in years:
        years = sorted([*years, chosen], reverse=True)
    return tuple((year, str(year)) for year in years)


def options(pairs, chosen):
    """The <option> elements of (value, label) pairs, a tuple, made once for each list of them and each language."""
    return _options(pairs, str(chosen or ""), get_language())


def grouped_options(groups, chosen):
    """The <optgroup> elements of (label, pairs), both tuples."""
    return _grouped_options(groups, str(chosen or ""), get_language())


@lru_cache(maxsize=256)
def _options(pairs, chosen, language):
    # `language` is only the cache's key: the words come from the language in force.
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if str(value) == chosen else "", capfirst(str(label))) for value, label in pairs),
    )


@lru_cache(maxsize=256)
def _grouped_options(groups, chosen, language):
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        ((capfirst(str(label)), _options(pairs, chosen, language)) for label, pairs in groups),
    )
