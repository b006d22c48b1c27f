"""Members: entering and correcting them, attaching them elsewhere, changing their standing."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from records.forms.dates import PartialDateField, TypedDateField
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import Decision, Member, Membership, Unit
from records.models.fields import DatePrecision
from records.models.members import PRESENT, card_as_kept
from records.party_age import anniversary
from records.vietnamese import normalise

Standing = Member.Standing
# The Party Statute, arts. 1 and 5.
ADMITTED_AT, PROBATION_YEARS = 18, 1
REASON_LENGTH = 500
WHOLE_DATE = _("Day, month, year. Example: 28/11/2020")
# What a name can be, but seldom is.
DOUBTS_OF_A_NAME = (
    (lambda name: " " not in name, _("A name of one word: is the family name missing?")),
    (lambda name: any(letter.isdigit() for letter in name), _("A name with figures: is it typed into the right box?")),
    (
        lambda name: " " in name and (name.isupper() or name.islower()),
        _("A name all in capitals or all in small letters: write it as in “Nguyễn Văn An”."),
    ),
)
MEANS = {"autocomplete": "off"}


def reason_field(label=None, **kwargs):
    """Why, kept in the history of changes."""
    return forms.CharField(
        label=label or _("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), **kwargs
    )


def decision_field(**kwargs):
    """The decision behind an act; set its queryset to what the user may see."""
    return SuggestField(
        Decision.objects.none(),
        kind="decision",
        adds="records:staff_decision_add",
        label=_("By decision"),
        help_text=_("Its number or subject"),
        error_messages={"unknown": _("The register has no decision “%(text)s”. Add it first, or leave this empty.")},
        **kwargs,
    )


class InReach:
    """Knows the user, what day it is, and the decisions the user may name."""

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.today = user, today
        if "decision" in self.fields:
            self.fields["decision"].queryset = Decision.objects.visible_to(user)

    def past(self, name):
        """The day of a field; raises ValidationError for one still to come, since the register says what is."""
        day = self.cleaned_data.get(name)
        if day and day > self.today:
            raise ValidationError(_("This day is still to come. Record it when it has come."))
        return day


class MemberForm(InReach, VersionedForm):
    """A member's own data; the unit and the standing change by their own acts."""

    birth_date = PartialDateField(
        label=capfirst(_("born on")),
        required=False,
        help_text=_("Day, month, year; or only what is known: 05/1990, 1990"),
    )
    birth_precision = forms.CharField(required=False, widget=forms.HiddenInput)
    admitted_on = TypedDateField(
        label=capfirst(_("admitted on")), required=False, help_text=_("Day of the decision; Party age counts from it")
    )
    full_member_on = TypedDateField(label=capfirst(_("full member on")), required=False)
    change_reason = reason_field(_("Why it is changed"), required=False)

    class Meta:
        model = Member
        fields = [
            "full_name", "birth_date", "birth_precision", "gender", "card_number", "admitted_on", "full_member_on",
            "position", "email", "phone",
        ]  # fmt: skip
        widgets = {
            "full_name": forms.TextInput(attrs={**MEANS, "spellcheck": "false"}),
            "card_number": forms.TextInput(attrs=MEANS),
            "email": forms.EmailInput(attrs=MEANS),
            "phone": forms.TextInput(attrs={**MEANS, "inputmode": "tel"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What can be, but seldom is: (field, sentence).
        self.warnings = []
        self.precision = DatePrecision.DAY
        if self.instance.birth_date:
            self.initial["birth_date"] = self.fields["birth_date"].written(
                self.instance.birth_date, self.instance.birth_precision
            )

    def clean_full_name(self):
        name = normalise(self.cleaned_data["full_name"])
        if not any(letter.isalpha() for letter in name):
            raise ValidationError(_("A name has letters."))
        self.warnings += (("full_name", sentence) for holds, sentence in DOUBTS_OF_A_NAME if holds(name))
        return name

    def clean_birth_date(self):
        typed = self.cleaned_data["birth_date"]
        if typed is None:
            return None
        if typed.day > self.today:
            raise ValidationError(_("The date of birth is still to come."))
        self.precision = typed.precision
        return typed.day

    def clean_birth_precision(self):
        return self.precision

    def clean_card_number(self):
        number, before = normalise(self.cleaned_data["card_number"]), self.instance.card_number
        # What was taken over from elsewhere stays as it is until somebody types another.
        number = before if number == before else card_as_kept(number)
        holders = Member.objects.exclude(pk=self.instance.pk).filter(card_number=number)
        if number and holders.exists():
            raise ValidationError(self.card_taken(holders))
        return number

    def card_taken(self, holders):
        """That a card number is taken, and by whom where the user may see that person."""
        holder = holders.visible_to(self.user).select_related("unit").first()
        if holder:
            return _("%(person)s has this card number.") % {"person": holder}
        return _("Another member has this card number.")

    def clean_admitted_on(self):
        return self.past("admitted_on")

    def clean_full_member_on(self):
        return self.past("full_member_on")

    def clean(self):
        cleaned = super().clean()
        born, admitted, full = (cleaned.get(name) for name in ("birth_date", "admitted_on", "full_member_on"))
        if born and admitted:
            self.compare_birth(born, admitted)
        if admitted and full:
            self.compare_admission(admitted, full)
        return cleaned

    def compare_birth(self, born, admitted):
        if admitted <= born:
            said = _("Admitted on %(admitted)s, but born on %(born)s.")
            self.add_error("admitted_on", said % {"admitted": shown(admitted), "born": shown(born)})
        elif admitted < anniversary(born, ADMITTED_AT):
            said = _("Admitted before the age of 18: is one of the two dates wrong?")
            self.warnings.append(("admitted_on", said))

    def compare_admission(self, admitted, full):
        if full < admitted:
            said = _("Full member on %(full)s, but admitted only on %(admitted)s.")
            self.add_error("full_member_on", said % {"full": shown(full), "admitted": shown(admitted)})
        elif full < anniversary(admitted, PROBATION_YEARS):
            said = _("Less than a year after admission: is one of the two dates wrong?")
            self.warnings.append(("full_member_on", said))

    def add_error(self, field, error):
        # The precision has no box: what is said of it belongs to the date.
        super().add_error("birth_date" if field == "birth_precision" else field, error)

    def stored(self):
        """Save; False where another clerk took the card number since it was looked up, which the form then says."""
        try:
            with transaction.atomic():
                self.store()
        except IntegrityError:
            self.add_error("card_number", _("Another member has this card number."))
        except ValidationError as refusal:
            self.add_error(None, ValidationError(refusal.messages))
        return not self.errors

    def store(self):
        self.instance._change_reason = self.cleaned_data["change_reason"] or None
        self.save()


class NewMemberForm(MemberForm):
    """A person to be entered, with the unit and since when; asks where the register may know the person already."""

    unit = SuggestField(
        Unit.objects.none(), kind="unit", label=capfirst(_("unit")), help_text=_("Name or code of the unit")
    )
    since = TypedDateField(label=_("Belongs to the unit from"), help_text=WHOLE_DATE)
    decision = decision_field(required=False)
    change_reason = None

    class Meta(MemberForm.Meta):
        fields = [
            "full_name", "birth_date", "birth_precision", "unit", "gender", "position", "standing", "card_number",
            "admitted_on", "full_member_on", "email", "phone",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.editable_by(self.user).select_related("parent")
        self.fields["standing"].choices = [
            (value, capfirst(label)) for value, label in Standing.choices if value in PRESENT
        ]

    def clean_since(self):
        return self.past("since")

    def clean_unit(self):
        unit = self.cleaned_data["unit"]
        if unit and unit.dissolved_on:
            said = _("This unit was dissolved on %(day)s.")
            raise ValidationError(said % {"day": shown(unit.dissolved_on)})
        return unit

    def clean(self):
        cleaned = super().clean()
        born, since = cleaned.get("birth_date"), cleaned.get("since")
        if born and since and since <= born:
            self.add_error("since", _("The person was born on %(born)s.") % {"born": shown(born)})
        if cleaned.get("standing") == Standing.PROBATIONARY and cleaned.get("full_member_on"):
            self.warnings.append(
                ("standing", _("A probationary member with a date of full membership: which is right?"))
            )
        return cleaned

    def duplicates(self):
        """People the user may see who may be the person typed; call it when the form was cleaned, valid or not."""
        typed = [self.cleaned_data.get(name) for name in ("full_name", "birth_date", "unit")]
        found = Member.objects.visible_to(self.user).resembling(typed[0] or "", *typed[1:])
        return list(found.for_list().select_related("unit__parent")[:10])

    def unseen_duplicates(self):
        """Those among the possible duplicates that the page has not yet shown and had confirmed."""
        confirmed = set(self.data.get("anyway", "").split(","))
        return [person for person in self.duplicates() if person.public_id not in confirmed]

    def store(self):
        self.save(commit=False).admit(self.cleaned_data["since"], self.cleaned_data["decision"])


class VerbForm(InReach, forms.Form):
    """An act on a member from a day on, by a decision or for a reason."""

    # The membership that the act changes; no day of it lies before its start.
    kind = Membership.Kind.OFFICIAL
    on = TypedDateField(label=_("From day"), help_text=WHOLE_DATE)
    decision = decision_field(required=False)
    reason = reason_field(required=False)

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_on(self):
        day = self.past("on")
        opened = self.member.memberships.filter(kind=self.kind, valid_to__isnull=True).select_related("unit").first()
        if opened and day and day < opened.valid_from:
            said = _("The person belongs to %(unit)s only since %(day)s.")
            raise ValidationError(said % {"unit": opened.unit.name, "day": shown(opened.valid_from)})
        return day

    def why(self):
        """The decision and the reason as the history keeps them."""
        parts = [self.cleaned_data.get("reason"), self.cleaned_data.get("decision")]
        return " · ".join(str(part) for part in parts if part)[:REASON_LENGTH]

    def done(self):
        """Act; a refusal becomes an error of the form. Returns whether it was done."""
        self.member._change_reason = self.why() or None
        try:
            with transaction.atomic():
                self.act()
        except ValidationError as refusal:
            self.add_error(None, ValidationError(refusal.messages))
        return not self.errors


class AttachForm(VerbForm):
    """A temporary attachment to another unit."""

    unit = SuggestField(
        Unit.objects.none(),
        kind="unit",
        label=_("Takes part at"),
        help_text=_("One of the units you keep; for another, ask the unit above both."),
    )
    field_order = ["unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.editable_by(self.user).current(self.today).exclude(pk=self.member.unit_id)
        self.fields["unit"].queryset = units.select_related("parent")

    def act(self):
        self.member.attach_to(self.cleaned_data["unit"], self.cleaned_data["on"], self.cleaned_data["decision"])


class EndAttachmentForm(VerbForm):
    """The return to the own unit."""

    kind = Membership.Kind.TEMPORARY
    decision = None

    def act(self):
        self.member.end_attachment(self.cleaned_data["on"])


class StandingForm(VerbForm):
    """Full, exempt, left, expelled, deceased, or back again."""

    standing = forms.ChoiceField(label=_("New standing"), widget=forms.RadioSelect)
    field_order = ["standing"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["standing"].choices = [
            (value, capfirst(label)) for value, label in Standing.choices if value != self.member.standing
        ]
        self.fields["decision"].is_alternative = self.fields["reason"].is_alternative = True
        self.fields["reason"].help_text = _("The decision, or the reason: one of the two is needed.")

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned["decision"] or cleaned["reason"]):
            self.add_error("reason", _("Name the decision or give the reason."))
        return cleaned

    def act(self):
        standing, day = self.cleaned_data["standing"], self.cleaned_data["on"]
        if standing == Standing.FULL and self.member.standing == Standing.PROBATIONARY:
            self.recognise(day)
        self.member.change_standing(standing, day, self.cleaned_data["decision"])
        if standing not in PRESENT:
            for transfer in self.member.transfers.waiting():
                transfer.call_off(self.user)

    def recognise(self, day):
        """The day a probationary member becomes a full one, where the record does not have it yet."""
        if self.member.admitted_on and day < self.member.admitted_on:
            raise ValidationError(_("The date of full membership is before the date of admission."))
        self.member.full_member_on = self.member.full_member_on or day


def shown(day):
    return date_format(day, "SHORT_DATE_FORMAT")


def receiving_units(user, on):
    """The units a member may be sent to: those listed publicly, and the user's own."""
    own = Unit.objects.editable_by(user).values("pk")
    return Unit.objects.current(on).filter(Q(listed=True) | Q(pk__in=own)).select_related("parent")
