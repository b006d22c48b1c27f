"""A record chosen by typing: suggestions where there is a script, a search on the server where there is none."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.models import AwardType, Decision, Member, Unit

SHOWN = 10
# More digits than a key can have.
KEY_DIGITS = 18
LONGEST = 300


@dataclass
class Kind:
    """What is offered to a user, how a row is written in the box, and what tells it from its namesakes."""

    rows: object
    label: object
    about: object

    def found(self, rows, text):
        """The rows that hold every word typed, at most one more than are shown."""
        text = text.replace("\x00", "").strip()
        if not text:
            return []
        found = rows.search(text)
        return list((found.nearest(text) if found.model is Unit else found)[: SHOWN + 1])


def unit_about(unit):
    return capfirst(unit.get_kind_display())


def member_about(member):
    above = member.unit.parent
    parts = [above and (above.short_name or above.name), member.position, capfirst(member.get_standing_display())]
    return " · ".join(filter(None, parts))


def decision_about(decision):
    return decision.subject or capfirst(decision.get_kind_display())


def decision_label(decision):
    return f"{decision.number or _('no number yet')} ({decision.issued_on:%d/%m/%Y}, {decision.issuer})"


def type_about(award_type):
    return " · ".join(capfirst(str(text)) for text in (award_type.get_family_display(), award_type.get_level_display()))


def unit_label(unit):
    return unit.name_in_full


KINDS = {
    "unit": Kind(lambda user: Unit.objects.visible_to(user).select_related("parent"), unit_label, unit_about),
    # To send somebody or something beyond one's own units: names that the public pages show anyway.
    "any_unit": Kind(
        lambda user: Unit.objects.published().current(timezone.localdate()).select_related("parent"),
        unit_label,
        unit_about,
    ),
    "member": Kind(
        lambda user: Member.objects.visible_to(user).select_related("unit__parent").order_by("sort_key", "pk"),
        str,
        member_about,
    ),
    "decision": Kind(
        lambda user: Decision.objects.visible_to(user).order_by("-issued_on", "-pk"), decision_label, decision_about
    ),
    "award_type": Kind(lambda user: AwardType.objects.visible_to(user).order_by("precedence", "pk"), str, type_about),
}


@dataclass
class Typed:
    """What a box sends: the words in it, the key its suggestion set, and the namesake picked where it asked."""

    text: str
    key: str
    pick: str

    def __bool__(self):
        return bool(self.text or self.pick)


class SuggestWidget(forms.Widget):
    """A text box with suggestions; it names the record in words and carries its key beside."""

    template_name = "records/_suggest.html"
    # Set by the field: how a record is written, where suggestions come from, the namesakes to choose between, and the
    # name of the page where one that is not there yet is entered.
    kind, field, candidates, adds = "", None, (), ""

    def value_from_datadict(self, data, files, name):
        return Typed(
            str(data.get(name, "")).strip()[:LONGEST],
            str(data.get(f"{name}_key", "")),
            str(data.get(f"{name}_pick", "")),
        )

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_pick" not in data

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        if isinstance(value, Typed):
            text, key = value.text, value.key
        else:
            row = self.field.row(value)
            text, key = (self.field.label_of(row), row.pk) if row else ("", "")
        kind = KINDS[self.kind]
        context["widget"] |= {
            "text": text,
            "key": key,
            "address": reverse_lazy("records:staff_suggest", args=[self.kind]),
            "adds": reverse_lazy(self.adds) if self.adds else "",
            "candidates": [(row.pk, self.field.label_of(row), kind.about(row)) for row in self.candidates],
        }
        return context


class SuggestField(forms.ModelChoiceField):
    """One row of a queryset, chosen by typing its name, number or code; `kind` is a key of KINDS.

    A name that several rows bear is not guessed: the field asks which one is meant. `adds` names the page where a
    record that is not in the register yet is entered, in another tab, so that this form stays as it is.
    """

    widget = SuggestWidget
    default_error_messages = {
        "unknown": gettext_lazy("Nothing called “%(text)s” was found among what you may choose."),
        "several": gettext_lazy("Several are called “%(text)s”: choose one of them below."),
        "many": gettext_lazy("“%(text)s” fits too many; type more of it."),
    }

    def __init__(self, queryset, *, kind, adds="", **kwargs):
        self.kind, self.adds = kind, adds
        super().__init__(queryset, **kwargs)
        self.tie()

    def __deepcopy__(self, memo):
        copied = super().__deepcopy__(memo)
        copied.tie()
        return copied

    def tie(self):
        self.widget.kind, self.widget.field, self.widget.candidates = self.kind, self, ()
        self.widget.adds = self.adds

    def label_of(self, row):
        """A row as the box writes it."""
        return KINDS[self.kind].label(row)

    def row(self, key):
        """The row a record holds already or a suggestion named, also where it may not be chosen anew."""
        if isinstance(key, self.queryset.model) or key in (None, ""):
            return key or None
        if not str(key).isdecimal() or len(str(key)) > KEY_DIGITS:
            return None
        return self.queryset.model._default_manager.filter(pk=key).first()

    def to_python(self, value):
        if not isinstance(value, Typed):
            # A disabled field's own value.
            return self.row(value)
        if not value:
            return None
        for key in (value.pick, value.key):
            row = self.chosen(key)
            # A key left over from before the words were typed anew is not what is meant.
            if row is not None and (key == value.pick or self.label_of(row) == value.text):
                return row
        return self.searched(value.text)

    def chosen(self, key):
        if not key.isdecimal() or len(key) > KEY_DIGITS:
            return None
        return self.queryset.filter(pk=key).first()

    def searched(self, text):
        """The one row that the words mean; raises ValidationError for none and for several."""
        found = KINDS[self.kind].found(self.queryset, text)
        exact = [row for row in found if text in (self.label_of(row), getattr(row, "code", None), str(row))]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"text": text})
        if len(found) > SHOWN:
            raise ValidationError(self.error_messages["many"], code="many", params={"text": text})
        self.widget.candidates = found
        raise ValidationError(self.error_messages["several"], code="several", params={"text": text})

    def validate(self, value):
        forms.Field.validate(self, value)

    def has_changed(self, initial, data):
        if not isinstance(data, Typed) or not data:
            return initial not in (None, "")
        was = getattr(initial, "pk", initial)
        return str(was or "") != (data.pick or data.key) or not (data.pick or data.key)
