"""What can be done, at once for all rows of a group, about what is wrong with them: declared here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.imports import fixed_field, setting_text, words_of
from records.forms.suggest import SuggestField
from records.lists.base import NEW, TAKEN
from records.lists.decisions import DECISION
from records.lists.places import UNIT, bears, near
from records.models import AwardType, Decision, Unit
from records.sheets.cells import UnreadableCell, read_date, read_number
from records.sheets.planning import Type
from records.sheets.values import AS, COMMA, DAY_FIRST, EMPTY, MONTH, MONTH_FIRST, POINT, YEAR, title_of
from records.templatetags.marks import partial_date

NAMESAKES = 8
ACTIVITY = "activity:"


class Way(StrEnum):
    """A way of putting a finding right."""

    # A unit, a decision or an award of the register in place of the text.
    UNIT = "unit"
    DECISION = "decision"
    AWARD = "award"
    # One of the words, or of the values, that the field takes; one of the columns that are activities.
    WORD = "word"
    VALUE = "value"
    ACTIVITY = "activity"
    # As much of a date as can be right.
    PARTLY = "partly"
    ORDER = "order"
    SIGN = "sign"
    EMPTY = "empty"
    # Each text read as another one, typed by the clerk.
    AS = "as"
    # A value for all rows that do not say it.
    FIXED = "fixed"


READING = (Way.EMPTY, Way.AS)
# By the code of a finding, or code and field: ways, and answers of its own as (what is kept, what it does in words).
WAYS = {
    "unit_unknown": (Way.UNIT,),
    "unit_unknown|above": (Way.UNIT, (NEW, _("a new unit: enter it as well"))),
    "unit_several": (Way.UNIT,),
    "unknown_word": (Way.WORD, Way.EMPTY),
    "date_never_was": (Way.PARTLY, *READING),
    "not_a_date": READING,
    "date_not_whole": READING,
    "two_digit_year": READING,
    "date_two_ways": (Way.ORDER, *READING),
    "not_a_number": READING,
    "not_a_number|list_position": (Way.EMPTY,),
    "number_two_ways": (Way.SIGN, *READING),
    "no_quantity": READING,
    "too_long": READING,
    "unreadable": READING,
    "missing": (Way.FIXED,),
    # Members
    "to_come": (Way.EMPTY,),
    "born_late": (Way.EMPTY,),
    "full_early": (Way.EMPTY,),
    "not_mail": (Way.EMPTY,),
    "likely": (
        (TAKEN, _("it is the one found, in all of these rows")),
        (NEW, _("somebody or something else: enter all of them as new")),
    ),
    # Units and memberships
    "sector_unknown": (Way.EMPTY,),
    "decision_unknown": (Way.DECISION, Way.EMPTY),
    "decision_several": (Way.DECISION, Way.EMPTY),
    # Awards
    "type_unknown": (Way.AWARD,),
    "kind_unclear": (Way.VALUE,),
    "bad_period": (Way.EMPTY,),
    "other_person": (Way.EMPTY,),
    "several_members": (Way.EMPTY,),
    # Registrations
    "award": (Way.AWARD, Way.EMPTY),
    "activity": (Way.ACTIVITY, Way.EMPTY),
    "measure": ((TAKEN, _("count it in the campaign’s measure")),),
    "whose": (Way.EMPTY,),
    "no_activity": (("register", _("register them without a choice")),),
    "late": (("enter", _("enter them all the same")),),
    "withdrawn": (("again", _("register them again")),),
    "not_chosen": (("add", _("add it to what they chose")),),
    "status_back": (Way.EMPTY,),
}
# Findings of reading one cell: of a field that must be there, nothing can be left empty.
CELLS = {
    "unknown_word", "date_never_was", "not_a_date", "date_not_whole", "two_digit_year", "date_two_ways", "not_a_number",
    "number_two_ways", "no_quantity", "too_long", "unreadable",
}  # fmt: skip
# What is said once for the whole list, beside its columns.
SAID_FOR_ALL = {"decision_missing", "keeper_missing"}
# What a mend that is no text of the clerk's does, in words.
TOLD = {
    EMPTY: _("leave empty, to be added later"),
    MONTH: _("take month and year only"),
    YEAR: _("take the year only"),
    DAY_FIRST: _("day first, then month"),
    MONTH_FIRST: _("month first, then day"),
    POINT: _("the point marks decimals"),
    COMMA: _("the comma marks decimals"),
}
CHOICES = {
    Way.PARTLY: (MONTH, YEAR),
    Way.ORDER: (DAY_FIRST, MONTH_FIRST),
    Way.SIGN: (COMMA, POINT),
    Way.EMPTY: (EMPTY,),
}
# Nothing that could be either of two is chosen for a person.
ASKED = {Way.WORD, Way.VALUE, Way.ACTIVITY, Way.ORDER, Way.SIGN}
# A unit, decision or award is typed; what is kept of it.
SUGGESTED = {
    Way.UNIT: ("unit", _("Use this unit for all of these rows"), lambda row: f"{UNIT}{row.pk}"),
    Way.DECISION: ("decision", _("Use this decision for all of these rows"), lambda row: f"{DECISION}{row.pk}"),
    Way.AWARD: ("award_type", _("Read it as this award in all of these rows"), lambda row: f"{AS}{row.name}"),
}


def declared(code, name):
    """What is declared for findings of a code, in a field or in any."""
    return WAYS.get(f"{code}|{name}") or WAYS.get(code, ())


def makes_new(kind):
    """Whether a row of which nobody is meant that is offered can be entered as a new record."""
    return getattr(kind.planner, "makes_new", True)


def ways_for(group, kind):
    """The ways there are for a group of findings of a kind of list, its own answers among them as pairs."""
    known, code = kind.field(group["field"]), group["code"]
    found = declared(code, group["field"])
    if code == "missing":
        return found if group["field"] in kind.settings else ()
    if not makes_new(kind):
        found = tuple(way for way in found if not (code == "likely" and way[0] == NEW))
    if code in CELLS and (known is None or known.required):
        found = tuple(way for way in found if way != Way.EMPTY)
    if known is None or not known.partial:
        found = tuple(way for way in found if way != Way.PARTLY)
    return tuple(way for way in found if way != Way.AS) if known is None else found


def mark_of(key):
    """A short name for a group, for addresses within a page and for boxes."""
    return sha256(key.encode()).hexdigest()[:10]


def offered_rows(way, user):
    """The records that may be named."""
    if way == Way.UNIT:
        return Unit.objects.editable_by(user).select_related("parent").order_by("sort_key")
    if way == Way.DECISION:
        return Decision.objects.visible_to(user).order_by("-issued_on", "-pk")
    return AwardType.objects.visible_to(user).order_by("precedence", "pk")


class MendForm(forms.Form):
    """One mend for all rows of a group; `mends` and `fixed` are what it comes to."""

    def __init__(self, *args, group, kind, user, suggest=True, **kwargs):
        self.group, self.kind, self.user, self.near = group, kind, user, []
        self.known, self.ways = kind.field(group["field"]), ways_for(group, kind)
        super().__init__(*args, prefix=f"m{mark_of(group['group'])}", **kwargs)
        self.suggested = next((way for way in self.ways if way in SUGGESTED), None)
        if self.suggested:
            self.add_box(suggest)
        if Way.FIXED in self.ways:
            self.fields["fixed"] = fixed_field(kind, group["field"], user, "")
            self.fields["fixed"].required = True
        if choices := list(self.choices()):
            label = _("Or") if self.suggested else _("For all of these rows")
            self.fields["how"] = forms.ChoiceField(label=label, choices=choices, required=False)
        if Way.AS in self.ways:
            for place, text in enumerate(self.texts):
                self.fields[f"as-{place}"] = forms.CharField(label=f"“{text}”", required=False, max_length=255)

    def add_box(self, suggest):
        """The box in which a record is named; near names of units stand before it."""
        kind, label, _kept = SUGGESTED[self.suggested]
        rows = offered_rows(self.suggested, self.user)
        if self.suggested == Way.UNIT and suggest:
            text = self.group["value"]
            several = self.group["code"] == "unit_several"
            found = list(rows.filter(bears(text), dissolved_on=None)[:NAMESAKES]) if several else []
            self.near = found or near(self.user, text)
        if len(self.near) > 1:
            choices = [(str(unit.pk), unit.name_in_full) for unit in self.near]
            self.fields["near"] = forms.ChoiceField(
                label=_("Which unit is meant"), widget=forms.RadioSelect, required=False,
                choices=[*choices, ("", _("another one, named below"))],
            )  # fmt: skip
        initial = self.near[0] if len(self.near) == 1 else None
        self.fields["record"] = SuggestField(rows, kind=kind, label=label, initial=initial, required=False)

    @property
    def texts(self):
        """The first different texts of the group."""
        return list(dict.fromkeys(self.group["examples"]))

    def choices(self):
        """(value, words) of what can be chosen for all rows."""
        pairs = [pair for way in self.ways for pair in self.pairs(way)]
        own = [way for way in self.ways if isinstance(way, tuple)]
        if pairs and (self.suggested or ASKED & {*self.ways} or len(own) > 1):
            yield "", _("Choose …")
        yield from pairs

    def pairs(self, way):
        """(value, words) of what one way offers."""
        if isinstance(way, tuple):
            yield way[0], capfirst(way[1])
        elif way == Way.WORD:
            yield from ((f"{AS}{word}", title) for word, title in words_of(self.known))
        elif way == Way.VALUE and self.known:
            values = {value: word for word, value in reversed(self.known.words.items())}
            yield from ((f"{AS}{value}", capfirst(word)) for value, word in values.items())
        elif way == Way.ACTIVITY:
            columns = [known for known in self.kind.fields if known.name.startswith(ACTIVITY)]
            yield from ((f"{AS}{known.synonyms[0]}", known.title) for known in columns)
        for value in CHOICES.get(way, ()) if isinstance(way, Way) else ():
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
        key, texts = self.group["group"], "texts" in self.data
        if cleaned.get("fixed"):
            self.fixed[self.group["field"]] = setting_text(cleaned["fixed"])
        if cleaned.get("how") and not texts:
            self.mends[key] = cleaned["how"]
        elif self.suggested and not self.errors:
            if row := self.row_meant(cleaned):
                self.mends[key] = SUGGESTED[self.suggested][2](row)
            else:
                self.add_error("record", _("Name what is meant."))
        for place, text in enumerate(self.texts if texts and Way.AS in self.ways else ()):
            if typed := cleaned.get(f"as-{place}"):
                self.check_text(f"as-{place}", typed)
                self.mends[f"{self.group['code']}|{self.group['field']}|{text}"] = f"{AS}{typed}"
        if not self.errors and not self.mends and not self.fixed:
            self.add_error(None, _("Choose what to do, or type what is meant."))
        return cleaned

    def row_meant(self, cleaned):
        """The record that a near name's button, or else the box, stands for."""
        key = cleaned.get("near", "")
        return next((unit for unit in self.near if str(unit.pk) == key), None) or cleaned.get("record")

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
    names = {}
    for sign, rows in ((UNIT, Unit.objects.select_related("parent")), (DECISION, Decision.objects.all())):
        keys = {int(how.removeprefix(sign)) for how in batch.mends.values() if how.startswith(sign)}
        found = rows.in_bulk(keys) if keys else {}
        names |= {f"{sign}{pk}": getattr(row, "name_in_full", str(row)) for pk, row in found.items()}
    return [told_mend(key, how, kind, names) for key, how in batch.mends.items()]


def told_mend(key, how, kind, names):
    code, name, text = (key.split("|", 2) + ["", ""])[:3]
    known = kind.field(name)
    title = capfirst(str(known.title)) if known else name
    what = f"{title}: “{text}”" if text else (title_of(code, known) if known else "") or title
    own = dict(way for way in declared(code, name) if isinstance(way, tuple))
    if how.startswith(AS):
        text = how.removeprefix(AS)
        words = {str(value): word for word, value in reversed(known.words.items())} if known else {}
        how = f"“{words.get(text, text)}”"
    else:
        how = str(names.get(how) or own.get(how) or TOLD.get(how, how))
    return Told(key, what or str(_("Rows where it is not certain who is meant")), how)
