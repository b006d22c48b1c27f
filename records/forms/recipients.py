"""Recipients of a decision, one by one and as pasted rows; whom they are in the register is never guessed."""

from functools import cached_property

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from records.award_entry import MOST_ROWS, Namesakes, key_of
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.lists.award_rows import KnownTypes
from records.models import Award, AwardType, Member, Unit
from records.vietnamese import normalise

Kind = Award.RecipientKind
NOBODY = "none"
KEY_DIGITS = 18
MOST_PLACES = 100_000
WRITTEN = [
    "recipient_kind", "salutation", "recipient_name", "recipient_position", "recipient_unit", "type", "period_start",
    "period_end", "reason",
]  # fmt: skip
DETAILS = ["mode", "recipient_category", "list_position"]
# The model's own checks would ask the database several times for each row, so the form makes them itself.
UNASKED = {field.name for field in Award._meta.fields}
OPEN_SETTINGS = {"autocomplete": "off", "spellcheck": "false"}


class TypeBox(forms.TextInput):
    """A box for an award that suggests those whose names hold the words typed, tones aside."""

    template_name = "records/_type_box.html"


class TypeField(forms.CharField):
    """An award by its name as printed, in any of the ways the register knows it."""

    def __init__(self, **kwargs):
        super().__init__(max_length=300, **kwargs)
        self.widget.attrs |= {**OPEN_SETTINGS, "list": "award-types"}
        self.known = None

    def has_changed(self, initial, data):
        return self.prepare_value(initial or "") != (data or "")

    def prepare_value(self, value):
        return value.name if isinstance(value, AwardType) else value

    def clean(self, value):
        text = super().clean(value)
        found = self.known.find_type(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("The register has no award called “%(text)s”."), params={"text": text})
        return found


class YearField(forms.IntegerField):
    """A year in four digits, written without a separator of thousands."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 30})
        said = _("Write the year in four digits, for example 2020.")
        messages = {name: said for name in ("invalid", "min_value", "max_value")}
        super().__init__(min_value=1930, max_value=2100, widget=widget, error_messages=messages, **kwargs)


class RecipientForm(VersionedForm):
    """One recipient as the decision writes it, with the person or unit of the register it is, if it is one.

    `link` is "m" or "u" with a key, "none" for a recipient outside the register, or empty while nobody has said.
    A draft is typed as a whole; of a published award only what it is linked to.
    """

    type = TypeField(label=_("Title or form"), widget=TypeBox)
    period_start = YearField(label=_("Achievement from year"), required=False)
    period_end = YearField(label=_("To year"), required=False)
    look_up = forms.CharField(
        label=_("In the register under another name"),
        required=False,
        max_length=255,
        help_text=_("Where the decision misspelt the name: type it as the register has it."),
        widget=forms.TextInput(attrs=OPEN_SETTINGS),
    )
    link = forms.CharField(required=False, max_length=24, label=_("Who it is in the register"))
    unit = SuggestField(Unit.objects.none(), kind="unit", required=False, label=_("Unit in this register"))
    different = forms.BooleanField(required=False, label=_("Record it all the same: this is a different award"))
    # The other award this one may be, once it was found, and where it stands if it is on the same page.
    twin = twin_place = None

    class Meta:
        model = Award
        fields = [*WRITTEN, "unit", *DETAILS]
        labels = {"recipient_kind": _("Recipient"), "salutation": _("Form of address")}
        widgets = {
            "recipient_name": forms.TextInput(attrs=OPEN_SETTINGS),
            "reason": forms.TextInput,
            "salutation": forms.TextInput(attrs={"list": "salutations"}),
            "list_position": forms.TextInput(attrs={"inputmode": "numeric"}),
        }

    def __init__(self, *args, user, decision=None, on=None, types=None, namesakes=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.given_namesakes = user, namesakes
        decision = decision or (self.instance.decision if self.instance.pk else None)
        self.on = decision.issued_on if decision else on
        self.held = self.instance.member or self.instance.collective if self.instance.pk else None
        if self.instance.pk:
            self.initial["link"] = key_of(self.instance)
        if self.instance.pk and not self.instance.is_draft:
            for name in [*WRITTEN, *DETAILS, "different"]:
                del self.fields[name]
        else:
            # Read only when something was sent.
            self.fields["type"].known = types or SimpleLazyObject(KnownTypes)
            if self.instance.pk:
                self.initial["type"] = self.instance.type
        if "list_position" in self.fields:
            self.fields["list_position"].required = False
            self.fields["list_position"].validators.append(MaxValueValidator(MOST_PLACES))
            self.initial["list_position"] = self.instance.list_position or None
        if "unit" in self.fields:
            own = Unit.objects.filter(pk=self.instance.unit_id)
            self.fields["unit"].queryset = Unit.objects.editable_by(user) | own

    def said(self, name):
        """What the form says now of a field, as sent or as it stands."""
        if name in self.fields:
            value = self[name].value()
            return str(value or "").strip()
        return str(getattr(self.instance, name, "") or "")

    @cached_property
    def namesakes(self):
        return self.given_namesakes or Namesakes(self.user, self.on).load(*self.asked([self]))

    @staticmethod
    def asked(forms_):
        """The names, units and keys that forms ask the register for."""
        names = {form.said(name) for form in forms_ for name in ("recipient_name", "look_up")}
        units = {form.said("recipient_unit") for form in forms_}
        keys = {key for form in forms_ if (key := form.said("link")) and is_key(key)}
        return names - {""}, units - {""}, keys

    @cached_property
    def candidates(self):
        """Who in the register may be meant: those of the name typed, and whoever was chosen already."""
        kind, position, unit = (self.said(n) for n in ("recipient_kind", "recipient_position", "recipient_unit"))
        found = []
        for name in dict.fromkeys(filter(None, (self.said("look_up"), self.said("recipient_name")))):
            found += self.namesakes.candidates(kind, name, position, unit)
        found = list({one.key: one for one in found}.values())
        chosen = self.chosen
        if chosen and self.said("link") not in {one.key for one in found}:
            one = self.namesakes.person_candidate if isinstance(chosen, Member) else self.namesakes.unit_candidate
            found.insert(0, one(chosen))
        return found

    @property
    def chosen(self):
        """The member or unit chosen, if it is one the user may choose or the award has already."""
        return self.row_of(self.said("link"))

    def row_of(self, key):
        return self.held if self.held and key == self.initial["link"] else self.namesakes.get(key)

    def clean_recipient_name(self):
        name = normalise(self.cleaned_data["recipient_name"])
        if not name:
            raise forms.ValidationError(_("Enter the recipient's name as the decision wrote it."))
        return name

    def clean_list_position(self):
        return self.cleaned_data["list_position"] or 0

    def clean(self):
        data = super().clean()
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and start > end:
            self.add_error("period_end", _("The period ends before it starts."))
        kind = data.get("recipient_kind", self.instance.recipient_kind)
        if kind:
            self.settle_link(kind, data)
        return data

    def reconcile(self, base, cleaned):
        super().reconcile(base, cleaned)
        was, theirs, mine = key_of(base), key_of(self.newest), cleaned.get("link")
        if theirs in (was, mine):
            return
        if mine == was:
            cleaned["link"] = theirs
        else:
            self.add_error("link", self.conflict("member" if self.newest.member_id else "collective"))

    def settle_link(self, kind, data):
        """Take whom the clerk chose; ask where the register knows the name and nobody has said who it is."""
        key = data.get("link") or ""
        chosen = self.row_of(key) if is_key(key) else None
        if key == NOBODY or kind == Kind.HOUSEHOLD:
            chosen = None
        elif not key and self.candidates:
            self.add_error("link", _("The register knows this name. Choose who is meant, or that it is nobody there."))
        elif key and chosen is None:
            self.add_error("link", _("Who was chosen is not among those you may choose. Choose again."))
        elif chosen and isinstance(chosen, Member) != (kind == Kind.PERSON):
            self.add_error("link", _("A member is a person; a unit is a collective."))
        data["member"] = chosen if isinstance(chosen, Member) else None
        data["collective"] = chosen if isinstance(chosen, Unit) else None
        moved = "link" in self.changed_data and "unit" not in self.changed_data
        if (moved or not data.get("unit")) and "unit" not in self.errors:
            data["unit"] = self.unit_of(chosen, data)

    def unit_of(self, chosen, data):
        """Where the recipient belonged on the day, as the register has it."""
        if isinstance(chosen, Unit):
            return chosen
        if chosen:
            return self.namesakes.home_of(chosen)
        return self.namesakes.unit_called(data.get("recipient_unit", self.instance.recipient_unit))

    def _get_validation_exclusions(self):
        return UNASKED

    def _post_clean(self):
        for name in ("member", "collective", "unit"):
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        # What a published award says is not looked at again when only its links change.
        if "type" in self.fields:
            super()._post_clean()
            self.check_twin()

    def is_doubtful(self):
        """Whether the award may double another: sound, and nobody has said that it is a different one."""
        return not self.errors and "different" in self.fields and not self.cleaned_data["different"]

    def doubt(self, other=None, place=None):
        """Refuse the award as the double of another in the register, or of a row of the same page."""
        self.twin, self.twin_place = other, place
        if other:
            text = _("The register already has %(award)s by decision %(decision)s for the same recipient and period. "
                     "If this is a different award, tick the box.")  # fmt: skip
            said = text % {"award": other, "decision": other.decision}
        else:
            text = _("Row %(place)s here is the same award to the same recipient for the same period. "
                     "If this is a different award, tick the box.")  # fmt: skip
            said = text % {"place": place}
        self.add_error("different", said)

    def check_twin(self):
        """Refuse an award like one the register has, unless the clerk said that it is another."""
        told_apart = {"type", "recipient_name", "recipient_unit", "period_start", "period_end", "link"}
        if self.is_doubtful() and (not self.instance.pk or told_apart & set(self.changed_data)):
            for other in Award.objects.readable_by(self.user).twins_of([self.instance]).values():
                self.doubt(other)


def is_key(text):
    """Whether a link names a row: a letter and a key."""
    return text[:1] in ("m", "u") and text[1:].isdecimal() and len(text) <= KEY_DIGITS


class RowForm(RecipientForm):
    """A recipient among many on one page; what is rare is entered on its own page later."""

    class Meta(RecipientForm.Meta):
        fields = [*WRITTEN, "recipient_category"]

    # Hundreds of boxes on a page: the browser's own list does for them.
    type = TypeField(label=_("Title or form"))
    look_up = unit = None
    # The line it was pasted from.
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    leave_out = forms.BooleanField(required=False, label=_("Leave this row out"))
    version = None

    put_forward = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.empty_permitted = False

    def check_twin(self):
        """All rows are asked for at once, by the page."""


class BaseRowFormSet(forms.BaseFormSet):
    """Rows pasted onto a decision: all sound and none a double, or none is saved.

    `unanswered` is what a row without an answer to "who is it" counts as: "" asks, "none" is nobody of the register.
    """

    def __init__(self, *args, user, decision, unanswered="", **kwargs):
        self.user, self.decision, self.unanswered = user, decision, unanswered
        namesakes = Namesakes(user, decision.issued_on)
        form_kwargs = {"user": user, "decision": decision, "types": KnownTypes(), "namesakes": namesakes}
        super().__init__(*args, form_kwargs=form_kwargs, **kwargs)
        self.namesakes = namesakes

    @property
    def kept(self):
        """The forms of the rows that are not left out."""
        return [form for form in self.forms if not form["leave_out"].value()]

    def suggest(self):
        """Before the rows are looked at: whoever fits by name and unit too is put forward."""
        self.look_up()
        for form in self.forms:
            if not form.said("link") and (key := self.namesakes.sure(form.candidates)):
                self.data[form.add_prefix("link")] = key
                form.put_forward = True
                del form.candidates

    def look_up(self):
        if not self.namesakes.by_key:
            self.namesakes.load(*RecipientForm.asked(self.forms))

    def full_clean(self):
        if self.is_bound:
            self.look_up()
            for form in self.forms:
                if self.unanswered and not form.said("link"):
                    form.data = form.data.copy()
                    form.data[form.add_prefix("link")] = self.unanswered
        super().full_clean()
        if self.is_bound:
            self._errors = [{} if form not in self.kept else form.errors for form in self.forms]

    def is_valid(self):
        self.errors  # noqa: B018  (cleans the forms)
        return self.is_bound and not any(self._errors) and not self.non_form_errors()

    def clean(self):
        kept = [form for form in self.kept if not form.errors]
        twins = Award.objects.readable_by(self.user).twins_of([form.instance for form in kept]) if kept else {}
        seen = {}
        for place, form in enumerate(kept):
            first = seen.setdefault(form.instance.identity(), form)
            if form.is_doubtful() and place in twins:
                form.doubt(twins[place])
            elif form.is_doubtful() and first is not form:
                form.doubt(place=first.said("number"))
        if not self.kept:
            raise forms.ValidationError(_("Every row is left out; there is nothing to save."))

    @property
    def unsound(self):
        """The forms with something to mend."""
        return [form for form, errors in zip(self.forms, self.errors, strict=True) if errors]


RowFormSet = forms.formset_factory(
    RowForm, formset=BaseRowFormSet, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


class PasteForm(forms.Form):
    """Lines copied out of a spreadsheet, and what holds for every line that does not say it."""

    text = forms.CharField(
        label=_("Rows copied from the spreadsheet"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "wrap": "off", "spellcheck": "false", "class": "paste"}),
        help_text=_(
            "Mark the rows in Excel, copy, click here and paste. A header is understood if there is one; rows such as "
            "“Collectives” and “Persons” set the kind of those below."
        ),
    )
    type = TypeField(label=_("Title or form"), required=False, help_text=_("For rows that do not name it."))
    recipient_kind = forms.ChoiceField(
        label=_("Kind of recipient"), required=False, choices=[("", "–"), *Kind.choices],
        help_text=_("For rows from which it cannot be told."),
    )  # fmt: skip
    period_start = YearField(label=_("Achievement from year"), required=False)
    period_end = YearField(label=_("To year"), required=False)
    reason = forms.CharField(label=_("Achievement"), required=False, max_length=500)

    def __init__(self, *args, types, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].known = types


class OrderForm(forms.Form):
    """The place of each draft recipient in the decision's list."""

    def __init__(self, *args, awards, **kwargs):
        super().__init__(*args, **kwargs)
        self.awards = list(awards)
        for award in self.awards:
            box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            self.fields[f"place-{award.pk}"] = forms.IntegerField(
                label=award.recipient_name, min_value=1, max_value=MOST_PLACES, initial=award.list_position, widget=box
            )

    @property
    def rows(self):
        return [(award, self[f"place-{award.pk}"]) for award in self.awards]

    def moved(self):
        """The awards whose place was changed, with the new one set."""
        moved = [a for a in self.awards if a.list_position != self.cleaned_data[f"place-{a.pk}"]]
        for award in moved:
            award.list_position = self.cleaned_data[f"place-{award.pk}"]
        return moved
