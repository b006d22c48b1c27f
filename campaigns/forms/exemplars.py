"""What a visitor may ask of the list of exemplars."""

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from campaigns.models import Activity, Campaign, Exemplar


class ExemplarFilter(forms.Form):
    """Words, a campaign, and one of the campaign's activities; a choice that no longer exists counts as none."""

    q = forms.CharField(label=_("Title, place or unit"), required=False, max_length=100)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    activity = forms.ChoiceField(label=_("Activity"), required=False)

    def __init__(self, data):
        super().__init__(data)
        shown = Exemplar.objects.published()
        campaigns = Campaign.objects.published().filter(Exists(shown.filter(campaign=OuterRef("pk"))))
        titles = campaigns.order_by("-starts_on", "-pk").values_list("slug", "title")
        self.fields["campaign"].choices = [("", _("All campaigns")), *titles]
        if slug := data.get("campaign", "").replace("\x00", ""):
            activities = Activity.objects.filter(Exists(shown.filter(activity=OuterRef("pk"), campaign__slug=slug)))
            names = activities.order_by("order", "pk").values_list("pk", "name")
            self.fields["activity"].choices = [("", _("All activities")), *names]
        else:
            del self.fields["activity"]
        self.full_clean()

    def value(self, name):
        return self.cleaned_data.get(name, "")

    def filter(self, exemplars):
        """The exemplars asked for."""
        exemplars = exemplars.search(self.value("q"))
        if self.value("campaign"):
            exemplars = exemplars.filter(campaign__slug=self.value("campaign"))
        if self.value("activity"):
            exemplars = exemplars.filter(activity=self.value("activity"))
        return exemplars

    def chips(self):
        """The conditions in force, each with the list's address without it."""
        return [
            {"label": self.condition(name), "url": self.address_without(name)}
            for name in self.fields
            if self.value(name)
        ]

    def condition(self, name):
        """A condition as the visitor reads it."""
        if name == "q":
            return _("Words: %(words)s") % {"words": self.value("q")}
        choices = {str(key): label for key, label in self.fields[name].choices}
        return f"{self.fields[name].label}: {choices[self.value(name)]}"

    def address_without(self, name):
        """The list's query string without one condition; an activity belongs to its campaign and goes with it."""
        query = self.data.copy()
        for dropped in [name, "after", "before", *(["activity"] if name == "campaign" else [])]:
            query.pop(dropped, None)
        return f"?{query.urlencode()}" if query else "."
