"""The filters of a campaign's reminders."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from campaigns.reminders import Kind
from records.forms.filters import FilterForm, KnownField, options, search_field
from records.vietnamese import fold


class ReminderFilter(FilterForm):
    """Conditions on reminders that were gathered already; the unit is the view's, which knows whose it is."""

    kind = KnownField(required=False, choices=Kind.choices, label=_("Reminder"))
    q = search_field(_("Name of the unit"), _("Unit"))

    def __init__(self, params, on):
        self.on = on
        super().__init__(params)

    @property
    def kind_options(self):
        return options(tuple(Kind.choices), self.cleaned_data.get("kind"))

    def by_kind(self, reminders):
        return [reminder for reminder in reminders if self.cleaned_data["kind"] in reminder.kinds(self.on)]

    def by_q(self, reminders):
        words = fold(self.cleaned_data["q"]).split()
        return [reminder for reminder in reminders if all(word in fold(reminder.name) for word in words)]

    def kinds(self, reminders):
        """Each kind that some unit is to be reminded of: its words, how many units, its address, whether chosen."""
        counts = Counter(kind for reminder in reminders for kind in reminder.kinds(self.on))
        chosen = self.cleaned_data.get("kind")
        return [(kind.label, counts[kind], self.query_of(kind), kind == chosen) for kind in Kind if counts[kind]]

    def query_of(self, kind):
        query = self.params.copy()
        query["kind"] = kind.value
        query.pop("from", None)
        return f"?{query.urlencode()}"

    def query_from(self, start):
        """The query string of the page that begins at a place."""
        query = self.params.copy()
        query["from"] = start
        return f"?{query.urlencode()}"

    def query(self, without=None):
        query = self.params.copy()
        for name in (without, "from", "as", *self.errors):
            query.pop(name, None)
        return f"?{query.urlencode()}"
