"""Exemplars with their photos."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.models import Exemplar, ExemplarPhoto
from campaigns.models.photos import reencoded
from records.admin.publication import Publish, Unpublish
from records.admin.scoped import PublishedFilter, ScopedAdmin, ScopedForm, ScopedInline

PHOTO_LIMIT = 25 * 1024 * 1024


class ExemplarForm(ScopedForm):
    """An exemplar; its activity is one of its campaign's."""

    class Meta:
        model = Exemplar
        fields = [
            "campaign", "unit", "activity", "title", "summary", "story", "figure", "figure_note", "place", "started_on",
            "cost", "people_helped",
        ]  # fmt: skip

    def clean(self):
        data = super().clean()
        campaign, activity = data.get("campaign") or self.instance.campaign_id, data.get("activity")
        if activity and campaign and activity.campaign_id != getattr(campaign, "pk", campaign):
            self.add_error("activity", _("This activity belongs to another campaign."))
        return data


class PhotoForm(ScopedForm):
    """A photo that can be drawn anew; what cannot is not a picture."""

    class Meta:
        model = ExemplarPhoto
        fields = ["image", "caption", "order"]

    def clean_image(self):
        image = self.cleaned_data["image"]
        if image and "image" in self.changed_data:
            if image.size > PHOTO_LIMIT:
                raise ValidationError(_("The photo is larger than 25 MB."))
            try:
                reencoded(image)
            except (OSError, ValueError, SyntaxError) as error:
                raise ValidationError(_("This photo cannot be read: the file is damaged or incomplete.")) from error
            image.seek(0)
        return image


class PhotoInline(ScopedInline, admin.TabularInline):
    model = ExemplarPhoto
    form = PhotoForm
    ordering = ["order", "pk"]

    def has_delete_permission(self, request, obj=None):
        return obj is not None and obj.published_at is None and self.has_change_permission(request, obj)


class PublishExemplars(Publish):
    headings = (_("Title"), _("Unit"), _("Photos"))
    shown = _("title, story, place, figures, unit, photos with their captions; once the campaign is public")

    def cells(self, exemplar):
        return exemplar.title, exemplar.unit.name, len(exemplar.photos.all())

    def listed(self):
        self.rows = self.rows.select_related("unit").prefetch_related("photos")
        return super().listed()

    def numbers(self):
        n = self.rows.filter(self.concerned()).count()
        return [ngettext("%(n)d exemplar", "%(n)d exemplars", n) % {"n": n}]

    def act(self):
        self.rows.publish(self.user, self.request)


class UnpublishExemplars(Unpublish, PublishExemplars):
    def act(self):
        self.rows.unpublish(self.user, self.request, self.cleaned_data["reason"])


@admin.register(Exemplar)
class ExemplarAdmin(ScopedAdmin):
    form = ExemplarForm
    list_display = ["title", "unit_name", "campaign", "place", "is_published"]
    list_filter = [PublishedFilter]
    list_select_related = ["unit", "campaign", "activity"]
    autocomplete_fields = ["campaign", "unit", "activity"]
    search_fields = ["title"]
    ordering = ["-pk"]
    inlines = [PhotoInline]
    verbs = [PublishExemplars, UnpublishExemplars]
    fieldsets = [
        (None, {"fields": ["campaign", "unit", "activity", "title", "summary", "story"]}),
        (_("Figures"), {"fields": ["figure", "figure_note", "place", "started_on", "cost", "people_helped"]}),
    ]

    @admin.display(description=_("unit"))
    def unit_name(self, exemplar):
        return exemplar.unit.short_name or exemplar.unit.name

    @admin.display(description=_("shown publicly"), boolean=True)
    def is_published(self, exemplar):
        return exemplar.published_at is not None

    def is_public(self, obj):
        return obj.published_at is not None and obj.campaign.is_public
