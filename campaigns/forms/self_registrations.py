"""What a member sends through a unit's link, and what a clerk asks and answers."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.quantities import QuantityField
from campaigns.models import SelfPledge, SelfRegistration
from records.forms.filters import KnownField, OwnUnitsForm, options, search_field
from records.forms.suggest import SuggestField
from records.models import Member
from records.vietnamese import normalise


class SelfRegistrationForm(forms.ModelForm):
    """A name, a year of birth, and at least one of the campaign's activities; nothing of anybody is shown."""

    full_name = forms.CharField(
        label=_("Your full name"),
        max_length=150,
        help_text=_("As in your Party card, for example Nguyễn Thị Hoa."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        min_value=1900,
        max_value=2100,
        localize=False,
        help_text=_("Four digits, for example 1978."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": 4}),
        error_messages={
            name: _("Write the year of birth in four digits, for example 1978.")
            for name in ("invalid", "min_value", "max_value")
        },
    )
    own_words = forms.CharField(
        label=_("In your own words"),
        max_length=500,
        required=False,
        help_text=_("What you mean to do, if the list does not say it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = SelfRegistration
        fields = ["full_name", "birth_year", "own_words"]

    def __init__(self, *args, invitation, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.invitation, self.on = invitation, on
        self.activities = list(invitation.campaign.activities.order_by("order", "pk"))
        for activity in self.activities:
            self.fields[f"chosen_{activity.pk}"] = forms.BooleanField(label=activity.name, required=False)
            amount = QuantityField(
                label=_("How much of it (%(measure)s)") % {"measure": activity.measure}, required=False
            )
            # Back must bring back all that was sent, or sending it again would be something else, and so a second time.
            amount.widget.attrs.pop("autocomplete")
            self.fields[f"amount_{activity.pk}"] = amount

    @property
    def choices(self):
        """(activity, its tick, its quantity) in the campaign's order."""
        return [(one, self[f"chosen_{one.pk}"], self[f"amount_{one.pk}"]) for one in self.activities]

    @property
    def person(self):
        """The fields about whoever registers."""
        return [self[name] for name in ("full_name", "birth_year")]

    def clean_full_name(self):
        name = normalise(self.cleaned_data["full_name"])
        if len(name.split()) < 2:
            raise forms.ValidationError(_("Write the family name and the given name."))
        return name

    def clean_birth_year(self):
        year = self.cleaned_data["birth_year"]
        if year > self.on.year:
            raise forms.ValidationError(_("This year is still to come."))
        return year

    def clean(self):
        cleaned = super().clean()
        # Who writes a quantity means the activity, ticked or not.
        self.pledges = [
            SelfPledge(activity=one, quantity=cleaned.get(f"amount_{one.pk}"))
            for one in self.activities
            if cleaned.get(f"chosen_{one.pk}") or cleaned.get(f"amount_{one.pk}") is not None
        ]
        if not self.pledges and not cleaned.get("own_words"):
            self.add_error(None, _("Tick at least one activity, or say in your own words what you mean to do."))
        return cleaned

    def save(self, commit=True):
        sent = super().save(commit)
        for pledge in self.pledges:
            pledge.self_registration = sent
            pledge.save()
        return sent


class StaffSelfRegistrationFilter(OwnUnitsForm):
    """Words of a name, a unit with what is below it, the status."""

    q = search_field(_("Name of the person"), _("Name"))
    status = KnownField(required=False, choices=SelfRegistration.Status.choices, label=_("Status"))

    def by_q(self, rows):
        return rows.search(self.cleaned_data["q"])

    def by_status(self, rows):
        return rows.filter(status=self.cleaned_data["status"])

    def shown(self, name):
        return capfirst(str(super().shown(name)))

    @property
    def status_options(self):
        return options(tuple(SelfRegistration.Status.choices), self.cleaned_data.get("status"))


class MatchForm(forms.Form):
    """Whose registration it is: one of those who bear the name, or somebody else of the unit."""

    member = forms.ChoiceField(label=_("Who sent this?"), required=False, widget=forms.RadioSelect)
    other = SuggestField(
        Member.objects.none(),
        kind="member",
        label=_("Somebody else of the unit"),
        required=False,
        help_text=_("When the name was typed differently."),
    )

    def __init__(self, *args, candidates, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = {str(person.pk): person for person in candidates}
        self.fields["member"].choices = [(key, self.described(person)) for key, person in self.candidates.items()]
        if not self.candidates:
            del self.fields["member"]
        self.fields["other"].queryset = rows

    @staticmethod
    def described(person):
        """A candidate by what tells people of one name apart."""
        born = person.birth_date.year if person.birth_date else "?"
        parts = [f"{person.full_name} ({born})", person.unit.name, person.position]
        text = " · ".join(filter(None, parts))
        return text if person.same_year else _("%(person)s: another year of birth") % {"person": text}

    def clean(self):
        cleaned = super().clean()
        picked = self.candidates.get(cleaned.get("member") or "")
        other = cleaned.get("other")
        if picked and other and picked.pk != other.pk:
            self.add_error("other", _("Two people are chosen: take one of them away."))
        elif not (picked or other) and not self.errors:
            self.add_error(None, _("Say whose registration this is."))
        self.person = picked or other
        return cleaned


class RefusalForm(forms.Form):
    """Why something sent in is put aside."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the register; the sender is not told by it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
