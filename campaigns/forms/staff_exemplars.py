"""Entering a good model, its photos, and the list's filters."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.forms.quantities import QuantityField
from campaigns.forms.results import PhotosField
from campaigns.models import Exemplar, ExemplarPhoto
from records.forms.dates import TypedDateField
from records.forms.filters import KnownField, OwnUnitsForm, options, search_field
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import Unit

STATES = (
    ("draft", _("being written")),
    ("submitted", _("waiting to be published")),
    ("published", _("published")),
)


class ExemplarForm(VersionedForm):
    """A good model of a unit in the campaign's scope; drafts may be incomplete."""

    unit = SuggestField(Unit.objects.none(), kind="unit", label=_("Unit"))
    summary = forms.CharField(
        label=_("Summary"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: what it is and what it has brought."),
    )
    story = forms.CharField(
        label=_("Story"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("How it began, who does it, what it costs and what came of it. An empty line begins a paragraph."),
    )
    started_on = TypedDateField(label=_("Begun on"), required=False, help_text=_("For example 28/11/2020"))
    cost = QuantityField(label=_("Cost, million đồng"), required=False)

    class Meta:
        model = Exemplar
        fields = [
            "unit",
            "title",
            "activity",
            "summary",
            "story",
            "figure",
            "figure_note",
            "place",
            "started_on",
            "cost",
            "people_helped",
        ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        campaign = self.instance.campaign
        self.fields["activity"].queryset = campaign.activities.order_by("order", "pk")
        self.fields["unit"].queryset = Unit.objects.editable_by(user).filter(
            pk__in=campaign.units().order_by().values("pk")
        )


class PhotosForm(forms.Form):
    """Photos of a good model, with the caption under them."""

    images = PhotosField(
        label=_("Photos"),
        help_text=_(
            "JPEG, PNG or WebP, at most 10 MB each; several at once. The place and device kept inside are removed."
        ),
        error_messages={"required": _("Choose at least one photo.")},
    )
    caption = forms.CharField(
        label=_("Caption"), max_length=200, help_text=_("Shown under the photos, and read out to whoever cannot see.")
    )


class CaptionForm(VersionedForm):
    """A photo's caption and its place among the others."""

    class Meta:
        model = ExemplarPhoto
        fields = ["caption", "order"]


class ReturnForm(forms.Form):
    """Why a good model is returned, or taken off the public pages."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The unit reads these words."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StaffExemplarFilter(OwnUnitsForm):
    """Words of the title or place, a unit with what is below it, the state."""

    q = search_field(_("Title, place or unit"), _("Words"))
    state = KnownField(required=False, choices=STATES, label=pgettext_lazy("publication", "State"))

    def by_q(self, rows):
        return rows.search(self.cleaned_data["q"])

    def by_state(self, rows):
        match self.cleaned_data["state"]:
            case "draft":
                return rows.drafts()
            case "submitted":
                return rows.submitted()
        return rows.filter(published_at__isnull=False)

    @property
    def state_options(self):
        return options(STATES, self.cleaned_data.get("state"))
