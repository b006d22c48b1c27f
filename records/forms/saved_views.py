"""Saved views: the name a person gives to a list as it stands."""

import re

from django import forms
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from records.models import SavedView
from records.paging import AFTER, BEFORE
from records.vietnamese import normalise

# A list of the staff, by the name of its address.
LISTS = re.compile(r"^(records|campaigns):staff_\w+_list$")


class SavedViewForm(forms.ModelForm):
    """The name of a view; which list and which conditions come from the list itself."""

    class Meta:
        model = SavedView
        fields = ["name", "page", "query"]
        labels = {"name": _("Name of the view")}
        widgets = {"page": forms.HiddenInput, "query": forms.HiddenInput}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.user = user

    def clean_name(self):
        # As the model stores it, so that the constraint's question is asked of the same words.
        return normalise(self.cleaned_data["name"])

    def clean_page(self):
        page = self.cleaned_data["page"]
        try:
            address = LISTS.match(page) and reverse(page)
        except NoReverseMatch:
            address = None
        if not address:
            raise forms.ValidationError(_("This list cannot be kept as a view."))
        return page

    def clean_query(self):
        """The conditions without the page that happened to be open."""
        query = QueryDict(self.cleaned_data["query"].removeprefix("?"), mutable=True)
        for name in [name for name in query if name in (AFTER, BEFORE) or not any(query.getlist(name))]:
            del query[name]
        return query.urlencode()

    def clean(self):
        cleaned = super().clean()
        name, page = cleaned.get("name"), cleaned.get("page")
        if name and SavedView.objects.filter(user=self.instance.user, page=page or "", name=name).exists():
            self.add_error("name", _("You have a view of this name already."))
        return cleaned
