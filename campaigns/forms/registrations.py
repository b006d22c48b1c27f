"""What a visitor may ask of a campaign's published registrations."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RegistrationFilter(forms.Form):
    """Words of a name."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    @property
    def words(self):
        return self.cleaned_data["q"] if self.is_valid() else ""

    def filter(self, registrations):
        """Those of members whose name holds every word."""
        return registrations.search(self.words)
