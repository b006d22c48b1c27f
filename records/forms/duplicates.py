"""Two records side by side: whether they are one person, which of them stays, and which value of each field."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.filters import KnownField, OwnUnitsForm
from records.forms.members import reason_field
from records.models import Member, Merge, Unit
from records.models.merges import CHOICES, newest
from records.quality import kept_by, too_many
from records.templatetags.marks import DASH, partial_date
from records.vietnamese import normalise

FIRST, SECOND = SIDES = ("first", "second")
TABS = (("", _("to compare")), ("apart", _("told apart")))
LABELS = {name: Member._meta.get_field(name).verbose_name for name in CHOICES if name != "place"}
LABELS["place"] = _("unit, and where the person takes part")
LAST_FIGURES = 4


class PairFilterForm(OwnUnitsForm):
    """Which pairs are shown."""

    tab = KnownField(required=False, choices=TABS, label=_("Show"))

    def by_tab(self, rows):
        return rows

    def too_wide(self):
        """Units among which to choose one, where all that is asked for is too many people to look through; else []."""
        today = timezone.localdate()
        units = Unit.objects.with_figures(today)
        tops = list(units.filter(pk=self.top.pk)) if self.top else kept_by(self.user, today)
        if not too_many(tops):
            return []
        if len(tops) > 1:
            return tops
        return list(units.filter(parent=tops[0]).current(today).order_by("sort_key", "pk"))


class MergeForm(forms.Form):
    """Which of two records stays, and for each field in which they differ whose value."""

    keep = forms.ChoiceField(label=_("Which record stays"), choices=[(side, side) for side in SIDES])
    reason = reason_field(_("What shows that it is one person"), required=False)
    versions = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, data=None, *, pair):
        self.pair = dict(zip(SIDES, pair, strict=True))
        self.differing = [name for name in CHOICES if self.differ(name)]
        stays = FIRST if data is None or data.get("keep") != SECOND else SECOND
        super().__init__(data, initial={"keep": FIRST, "versions": self.current_versions()})
        for name in self.differing:
            self.fields[name] = forms.ChoiceField(
                label=capfirst(LABELS[name]),
                choices=[(side, side) for side in SIDES],
                initial=self.fuller(name, stays),
                error_messages={"required": _("Choose one of the two.")},
            )

    def differ(self, name):
        one, other = (tuple(getattr(member, column) for column in CHOICES[name]) for member in self.pair.values())
        return one != other

    def fuller(self, name, stays):
        """The side that is offered: the one that has a value, else the one that stays."""
        full = [side for side, member in self.pair.items() if getattr(member, CHOICES[name][0])]
        return full[0] if len(full) == 1 else stays

    def current_versions(self):
        return " ".join(str(newest(member)) for member in self.pair.values())

    @property
    def rows(self):
        """(name, label, whether the two differ, [(side, words, whether chosen)]) of every field."""
        for name in CHOICES:
            chosen = self[name].value() if name in self.differing else None
            words = said_of(name, *self.pair.values())
            cells = [(side, text, side == chosen) for side, text in zip(SIDES, words, strict=True)]
            if name in self.differing or any(text != DASH for text in words):
                yield name, capfirst(LABELS[name]), name in self.differing, cells

    def clean_reason(self):
        return normalise(self.cleaned_data["reason"])

    def merged(self, by, request):
        """Merge; a refusal becomes an error of the form and None is returned."""
        keep = self.cleaned_data["keep"]
        other = SECOND if keep == FIRST else FIRST
        versions = [int(key) if key.isdecimal() else None for key in self.cleaned_data["versions"].split()]
        versions = versions if keep == FIRST else versions[::-1]
        taken = [name for name in self.differing if self.cleaned_data[name] == other]
        try:
            with transaction.atomic():
                return Merge.perform(
                    self.pair[keep],
                    self.pair[other],
                    by,
                    taken=taken,
                    reason=self.cleaned_data["reason"],
                    versions=versions,
                    request=request,
                )
        except ValidationError as refusal:
            self.add_error(None, ValidationError(refusal.messages))
            # Whoever sends it again has seen the records as they now are.
            self.data = self.data | {"versions": self.current_versions()}
            return None


def said_of(name, one, other):
    """A field of two records in words."""
    if name == "card_number":
        return cards(one.card_number, other.card_number)
    return [words_of(name, member) or DASH for member in (one, other)]


def words_of(name, member):
    if name == "birth_date":
        return partial_date(member.birth_date, member.birth_precision)
    if name in ("admitted_on", "full_member_on"):
        return partial_date(getattr(member, name))
    if name == "place":
        place = ", ".join(unit.short_name or unit.name for unit in (member.unit, member.unit.parent) if unit)
        if member.attached_to:
            return _("%(place)s; for a time at %(host)s") % {"place": place, "host": member.attached_to.name}
        return place
    if name in ("standing", "gender"):
        return capfirst(str(getattr(member, f"get_{name}_display")()))
    return getattr(member, name)


def cards(one, other):
    """Two card numbers, of which only the end is shown and so much more as tells them apart."""
    shown, longest = LAST_FIGURES, max(len(one), len(other))
    while one != other and shown < longest and end_of(one, shown) == end_of(other, shown):
        shown += 1
    return [f"•••• {end_of(number, shown)}" if number else str(DASH) for number in (one, other)]


def end_of(number, figures):
    """The end of a number with so many figures or letters in it."""
    at = len(number)
    while at and figures:
        at -= 1
        figures -= number[at].isalnum()
    return number[at:]


class ApartForm(forms.Form):
    """How two people are told apart."""

    reason = reason_field(_("How they are told apart"), required=False)

    def clean_reason(self):
        return normalise(self.cleaned_data["reason"])


class UndoForm(forms.Form):
    """Why two records are separated again."""

    reason = reason_field(_("Why it is undone"))

    def clean_reason(self):
        return normalise(self.cleaned_data["reason"])
