"""What can be done, at once for all rows of a group, about what is wrong with them: declared here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.imports import fixed_field, words_of
from records.forms.suggest import SuggestField
from records.lists.places import UNIT, bears, near
from records.lists.unit_tree import NEW
from records.models import Unit
from records.sheets.cells import UnreadableCell, read_date, read_number
from records.sheets.planning import Type
from records.sheets.values import AS, COMMA, DAY_FIRST, EMPTY, MONTH, MONTH_FIRST, POINT, YEAR, title_of
from records.templatetags.marks import partial_date

NAMESAKES = 8
KEY_DIGITS = 18


class Way(StrEnum):
    """A way of putting a finding right."""

    # A unit of the register in place of the text.
    UNIT = "unit"
    # One of the words that the field takes.
    WORD = "word"
    # As much of a date as can be right.
    PARTLY = "partly"
    ORDER = "order"
    SIGN = "sign"
    EMPTY = "empty"
    # Each text read as another one, typed by the clerk.
    AS = "as"
    # A value for all rows that do not say it.
    FIXED = "fixed"
    # A unit that the register does not have yet, entered with the rows under it.
    NEW = "new"


WAYS = {
    "unit_unknown": (Way.UNIT,),
    "unit_several": (Way.UNIT,),
    "unknown_word": (Way.WORD, Way.EMPTY),
    "date_never_was": (Way.PARTLY, Way.EMPTY, Way.AS),
    "not_a_date": (Way.EMPTY, Way.AS),
    "date_not_whole": (Way.EMPTY, Way.AS),
    "two_digit_year": (Way.EMPTY, Way.AS),
    "date_two_ways": (Way.ORDER, Way.EMPTY, Way.AS),
    "not_a_number": (Way.EMPTY, Way.AS),
    "number_two_ways": (Way.SIGN, Way.EMPTY, Way.AS),
    "too_long": (Way.EMPTY, Way.AS),
    "unreadable": (Way.EMPTY, Way.AS),
    "to_come": (Way.EMPTY,),
    "born_late": (Way.EMPTY,),
    "full_early": (Way.EMPTY,),
    "missing": (Way.FIXED,),
    "not_mail": (Way.EMPTY,),
    "decision_unknown": (Way.EMPTY,),
    "decision_several": (Way.EMPTY,),
    "sector_unknown": (Way.EMPTY,),
}
# What a mend that is no text of the clerk's does, in words.
TOLD = {
    EMPTY: _("leave empty, to be added later"),
    MONTH: _("take month and year only"),
    YEAR: _("take the year only"),
    DAY_FIRST: _("day first, then month"),
    MONTH_FIRST: _("month first, then day"),
    POINT: _("the point marks decimals"),
    COMMA: _("the comma marks decimals"),
    NEW: _("a new unit: enter it as well"),
}
CHOICES = {
    Way.PARTLY: (MONTH, YEAR),
    Way.ORDER: (DAY_FIRST, MONTH_FIRST),
    Way.SIGN: (COMMA, POINT),
    Way.EMPTY: (EMPTY,),
    Way.NEW: (NEW,),
}


def ways_for(group, kind):
    """The ways there are for a group of findings of a kind of list."""
    known = kind.field(group["field"])
    if group["code"] == "missing":
        return (Way.FIXED,) if group["field"] in kind.settings else ()
    found = WAYS.get(group["code"], ())
    if group["code"] == "unit_unknown" and group["field"] == "above":
        found = (*found, Way.NEW)
    if known is None or known.required:
        found = tuple(way for way in found if way != Way.EMPTY)
    if known is None or not known.partial:
        found = tuple(way for way in found if way != Way.PARTLY)
    return found


def mark_of(key):
    """A short name for a group, for addresses within a page and for boxes."""
    return sha256(key.encode()).hexdigest()[:10]


class MendForm(forms.Form):
    """One mend for all rows of a group; `mends` and `fixed` are what it comes to."""

    def __init__(self, *args, group, kind, user, suggest=True, **kwargs):
        self.group, self.kind, self.user = group, kind, user
        self.known, self.ways = kind.field(group["field"]), ways_for(group, kind)
        super().__init__(*args, prefix=f"m{mark_of(group['group'])}", **kwargs)
        if Way.UNIT in self.ways:
            self.add_units(suggest)
        if Way.FIXED in self.ways:
            field = fixed_field(self.known, group["field"], user, "")
            field.required = True
            self.fields["fixed"] = field
        if choices := list(self.choices()):
            label = _("For all of these rows")
            self.fields["how"] = forms.ChoiceField(label=label, choices=choices, required=False)
        if Way.AS in self.ways:
            for place, text in enumerate(self.texts):
                self.fields[f"as-{place}"] = forms.CharField(label=f"“{text}”", required=False, max_length=255)

    def add_units(self, suggest):
        units = Unit.objects.editable_by(self.user).select_related("parent").order_by("sort_key")
        text, found = self.group["value"], []
        if suggest and self.group["code"] == "unit_several":
            found = list(units.filter(bears(text), dissolved_on=None)[:NAMESAKES])
        elif suggest:
            found = near(self.user, text)
        self.near = found
        if len(found) > 1:
            choices = [(str(unit.pk), unit.name_in_full) for unit in found]
            self.fields["near"] = forms.ChoiceField(
                label=_("Which unit is meant"), widget=forms.RadioSelect, required=False,
                choices=[*choices, ("", _("another one, named below"))],
            )  # fmt: skip
        initial = found[0] if len(found) == 1 else None
        self.fields["unit"] = SuggestField(
            units, kind="unit", label=_("Use this unit for all of these rows"), initial=initial, required=False
        )

    @property
    def texts(self):
        """The first different texts of the group."""
        return list(dict.fromkeys(self.group["examples"]))

    def choices(self):
        """(value, words) of what can be chosen for all rows."""
        # Nothing that could be either of two is chosen for a person.
        if {Way.WORD, Way.ORDER, Way.SIGN, Way.NEW} & {*self.ways}:
            yield "", _("Choose …")
        for way in self.ways:
            if way == Way.WORD:
                yield from ((f"{AS}{word}", title) for word, title in words_of(self.known))
            for value in CHOICES.get(way, ()):
                example = self.partly(value) if way == Way.PARTLY else ""
                yield value, f"{capfirst(TOLD[value])} ({example})" if example else capfirst(TOLD[value])

    def partly(self, value):
        """What is left of the group's first date, for example 02/2016."""
        try:
            found = read_date(self.group["examples"][0], fallback=value)
        except (UnreadableCell, IndexError):
            return ""
        return partial_date(found.day, found.precision) if found else ""

    @property
    def main(self):
        """The boxes for all rows at once."""
        return [self[name] for name in self.fields if not name.startswith("as-")]

    @property
    def boxes(self):
        """The boxes in which each text can be read as another."""
        return [self[name] for name in self.fields if name.startswith("as-")]

    @property
    def is_open(self):
        """Whether there is anything to choose or type."""
        return bool(self.fields)

    def clean(self):
        cleaned = super().clean()
        self.mends, self.fixed = {}, {}
        key = self.group["group"]
        if "unit" in self.fields and not self.errors:
            if unit := self.unit_meant(cleaned):
                self.mends[key] = f"{UNIT}{unit.pk}"
            elif not cleaned.get("how"):
                self.add_error("unit", _("Name the unit that is meant."))
        if cleaned.get("fixed"):
            value = cleaned["fixed"]
            self.fixed[self.group["field"]] = value.code if isinstance(value, Unit) else str(value)
        if cleaned.get("how") and "texts" not in self.data:
            self.mends[key] = cleaned["how"]
        for place, text in enumerate(self.texts if "texts" in self.data and Way.AS in self.ways else ()):
            if typed := cleaned.get(f"as-{place}"):
                self.check_text(f"as-{place}", typed)
                self.mends[f"{self.group['code']}|{self.group['field']}|{text}"] = f"{AS}{typed}"
        if not self.errors and not self.mends and not self.fixed:
            self.add_error(None, _("Choose what to do, or type what is meant."))
        return cleaned

    def unit_meant(self, cleaned):
        """The unit that a near name's button, or else the box, stands for."""
        key = cleaned.get("near", "")
        return next((unit for unit in self.near if str(unit.pk) == key), None) or cleaned.get("unit")

    def check_text(self, name, typed):
        """A text typed in place of another must be readable itself."""
        try:
            if self.known.type in (Type.DATE, Type.YEAR):
                found = read_date(typed)
                if self.known.type == Type.DATE and not self.known.partial and found.precision != "day":
                    raise UnreadableCell(str(_("Write day, month and year, for example 28/11/2020.")))
            elif self.known.type == Type.NUMBER:
                read_number(typed)
            elif self.known.longest and len(typed) > self.known.longest:
                said = _("At most %(most)d characters.")
                raise UnreadableCell(str(said) % {"most": self.known.longest})
        except UnreadableCell as refusal:
            self.add_error(name, ValidationError(str(refusal)))


@dataclass(frozen=True)
class Told:
    """A mend that was made, in words, with the key by which it is taken back."""

    key: str
    what: str
    how: str


def told_mends(batch, kind):
    """The mends of an import, in words."""
    keys = {int(how.removeprefix(UNIT)) for how in batch.mends.values() if how.startswith(UNIT)}
    units = Unit.objects.select_related("parent").in_bulk(keys) if keys else {}
    found = []
    for key, how in batch.mends.items():
        code, name, text = (key.split("|", 2) + ["", ""])[:3]
        known = kind.field(name)
        title = capfirst(str(known.title)) if known else name
        what = f"{title}: “{text}”" if text else (title_of(code, known) if known else "") or title
        if how.startswith(UNIT):
            unit = units.get(int(how.removeprefix(UNIT)))
            how = unit.name_in_full if unit else "?"
        elif how.startswith(AS):
            how = f"“{how.removeprefix(AS)}”"
        else:
            how = str(TOLD.get(how, how))
        found.append(Told(key, what, how))
    return found
