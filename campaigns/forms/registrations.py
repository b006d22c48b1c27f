"""What a visitor and staff may ask of a campaign's registrations, and what is said when one changes."""

from functools import cached_property

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.models import Registration
from records.forms.filters import FilterForm, KnownField, options, search_field
from records.models import Unit

NOTHING_FOUND = _("Nothing called “%(text)s” was found among what you may choose.")


class RegistrationFilter(forms.Form):
    """Words of a name."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    @property
    def words(self):
        return self.cleaned_data["q"] if self.is_valid() else ""

    def filter(self, registrations):
        """Those of members whose name holds every word."""
        return registrations.search(self.words)


class StaffRegistrationFilter(FilterForm):
    """Words of a name, a unit with what is below it, an activity, the status, who entered it."""

    q = search_field(_("Name of the person"), _("Name"))
    unit = forms.CharField(required=False, max_length=200, label=_("Unit"))
    activity = forms.CharField(required=False, max_length=20, label=_("Activity"))
    status = KnownField(required=False, choices=Registration.Status.choices, label=_("Status"))
    source = KnownField(required=False, choices=Registration.Source.choices, label=_("Source"))

    def __init__(self, params, campaign, user):
        self.campaign, self.user = campaign, user
        super().__init__(params)

    @cached_property
    def activities(self):
        """The campaign's activities, by key."""
        return {str(one.pk): one for one in self.campaign.activities.order_by("order", "pk")}

    def clean_unit(self):
        """The unit by its code or by words of its name, where the user may see it; `top` is the unit itself."""
        text = self.cleaned_data["unit"]
        self.top = None
        if not text:
            return ""
        mine = Unit.objects.visible_to(self.user)
        found = list(mine.filter(code=text)) or list(mine.search(text)[:2])
        if len(found) != 1:
            said = _("“%(text)s” fits too many; type more of it.") if found else NOTHING_FOUND
            raise forms.ValidationError(said % {"text": text})
        self.top = found[0]
        return text

    def by_q(self, rows):
        return rows.search(self.cleaned_data["q"])

    def by_unit(self, rows):
        return rows.within(self.top)

    def by_activity(self, rows):
        activity = self.activities.get(self.cleaned_data["activity"])
        return rows.filter(pledges__activity=activity) if activity else rows.none()

    def by_status(self, rows):
        return rows.filter(status=self.cleaned_data["status"])

    def by_source(self, rows):
        return rows.filter(source=self.cleaned_data["source"])

    def shown(self, name):
        if name == "unit":
            return self.top.short_name or self.top.name
        if name == "activity" and (activity := self.activities.get(self.cleaned_data["activity"])):
            return activity.name
        return capfirst(str(super().shown(name)))

    @property
    def activity_options(self):
        pairs = tuple((key, one.name) for key, one in self.activities.items())
        return options(pairs, self.cleaned_data.get("activity"))

    @property
    def status_options(self):
        return options(tuple(Registration.Status.choices), self.cleaned_data.get("status"))

    @property
    def source_options(self):
        return options(tuple(Registration.Source.choices), self.cleaned_data.get("source"))


class SurelyForm(forms.Form):
    """Nothing to say but yes; a form without fields is valid only once it is sent."""

    surely = forms.BooleanField(initial=True, widget=forms.HiddenInput)
