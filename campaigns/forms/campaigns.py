"""What a visitor may ask of the list of campaigns."""

from django import forms
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign

# The word in the address for each status.
STATUSES = {
    "running": (Campaign.Status.LAUNCHED, _("Under way")),
    "reviewing": (Campaign.Status.REVIEWING, _("Under review")),
    "closed": (Campaign.Status.CLOSED, _("Closed")),
}


class CampaignFilter(forms.Form):
    """Words of the title; the status is chosen by chips, and what is not a status counts as none."""

    q = forms.CharField(label=_("Words of the title"), required=False, max_length=100)
    status = forms.ChoiceField(required=False, choices=[(key, label) for key, (_status, label) in STATUSES.items()])

    def __init__(self, data):
        super().__init__(data)
        self.full_clean()

    @property
    def words(self):
        return self.cleaned_data.get("q", "")

    @property
    def chosen_status(self):
        """running, reviewing, closed, or empty for all."""
        return self.cleaned_data.get("status", "")

    def filter(self, campaigns):
        """Those whose title holds the words; the status is left to the page, whose chips count all of them."""
        return campaigns.search(self.words)

    def chips(self, campaigns):
        """The views by status, each with its count: dicts of label, count, url, current."""
        counts = dict(campaigns.order_by().values_list("status").annotate(Count("pk")))
        chips = [self.chip(_("All"), sum(counts.values()), "")]
        for key, (status, label) in STATUSES.items():
            chips.append(self.chip(label, counts.get(status, 0), key))
        return chips

    def chip(self, label, count, status):
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (("status", status), ("q", self.words)) if value})
        url = f"?{query.urlencode()}" if query else "."
        return {"label": label, "count": count, "url": url, "current": status == self.chosen_status}
