"""Campaigns: whom they concern, what may be chosen, what they rest on; the status moves by acts that ask first."""

from django.contrib import admin
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campaigns.models import Activity, Campaign, CampaignDocument, CampaignScope
from records.admin.scoped import ScopedAdmin, ScopedForm, ScopedInline, YearFilter
from records.admin.verbs import HISTORY_REASON, Verb, reason_field
from records.models import User
from records.vietnamese import fold

Status = Campaign.Status


class CampaignVerb(Verb):
    """Moves campaigns on; what the public sees follows, so approvers and managers do it."""

    roles = User.PUBLISHERS
    several = True
    headings = (_("Campaign"), _("Status"), _("Launched by"))
    before = ()

    @classmethod
    def offered_for(cls, obj):
        return obj.status in cls.before

    def cells(self, campaign):
        return campaign.title, campaign.get_status_display(), campaign.launched_by.name

    def listed(self):
        self.rows = self.rows.select_related("launched_by")
        return super().listed()


class Launch(CampaignVerb):
    name, title, done = "launch", _("Launch"), _("The campaign is under way and public.")
    question = _("The campaign will be public, and units in scope may hand in plans and register members.")
    before = (Status.DRAFT, Status.REVIEWING)

    def act_on(self, campaign):
        campaign.launch(by=self.user)


class Review(CampaignVerb):
    name, title, done = "review", _("Begin the review"), _("The campaign is under review.")
    question = _("Registration ends; results may still be entered.")
    before = (Status.LAUNCHED,)

    def act_on(self, campaign):
        campaign.review(by=self.user)


class Close(CampaignVerb):
    name, title, done = "close", _("Close the campaign"), _("The campaign is closed; its figures are frozen.")
    question = _("The figures are frozen as they stand today. A closed campaign cannot be opened again.")
    before = (Status.LAUNCHED, Status.REVIEWING)

    def act_on(self, campaign):
        campaign.close(by=self.user)


class Cancel(CampaignVerb):
    name, title, done = "cancel", _("Cancel the campaign"), _("The campaign is cancelled.")
    question = _("A cancelled campaign leaves the public pages and cannot be launched again.")
    before = (Status.DRAFT, Status.LAUNCHED)
    reason = reason_field(HISTORY_REASON)

    def act_on(self, campaign):
        campaign.cancel(self.cleaned_data["reason"], by=self.user)


class CampaignForm(ScopedForm):
    """A campaign; its address follows from the title unless typed."""

    class Meta:
        model = Campaign
        fields = [
            "title", "slug", "theme", "mode", "launched_by", "together_with", "decision", "summary", "body",
            "starts_on", "ends_on", "registration_from", "registration_to",
            "target_plan_rate", "target_member_rate", "plans_from", "names_public",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self):
        data = super().clean()
        if "slug" in self.fields and not data.get("slug") and "slug" not in self.errors and data.get("title"):
            data["slug"] = slugify(fold(data["title"]))[:100]
            if not data["slug"]:
                self.add_error("slug", self.fields["slug"].error_messages["required"])
        return data


class DraftPart(ScopedInline):
    """Part of a campaign; it may be taken out while nobody has been told."""

    def has_delete_permission(self, request, obj=None):
        return obj is not None and obj.status == Status.DRAFT and self.has_change_permission(request, obj)


class ScopeInline(DraftPart, admin.TabularInline):
    model = CampaignScope
    fields = ["unit", "with_subordinates", "sector"]
    autocomplete_fields = ["unit", "sector"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "sector").order_by("pk")

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj is None else 0


class ActivityInline(DraftPart, admin.TabularInline):
    model = Activity
    fields = ["name", "measure", "icon", "order"]
    ordering = ["order", "pk"]


class DocumentInline(DraftPart, admin.TabularInline):
    model = CampaignDocument
    fields = ["decision", "role"]
    autocomplete_fields = ["decision"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("decision").order_by("pk")


class StartYear(YearFilter):
    date_field = "starts_on"


@admin.register(Campaign)
class CampaignAdmin(ScopedAdmin):
    listing = "campaigns"
    form = CampaignForm
    keeper_path = "launched_by__path"
    list_display = ["title", "status", "mode", "launcher", "starts_on", "ends_on"]
    list_filter = ["status", "mode", StartYear]
    list_select_related = ["launched_by", "decision"]
    autocomplete_fields = ["launched_by", "together_with", "decision"]
    search_fields = ["title"]
    ordering = ["-starts_on", "-pk"]
    inlines = [ScopeInline, ActivityInline, DocumentInline]
    verbs = [Launch, Review, Close, Cancel]
    fieldsets = [
        (None, {"fields": ["title", "slug", "theme", "mode", "launched_by", "together_with", "decision"]}),
        (_("Time"), {"fields": ["starts_on", "ends_on", "registration_from", "registration_to"]}),
        (_("Targets"), {"fields": ["target_plan_rate", "target_member_rate", "plans_from"]}),
        (_("On the public page"), {"fields": ["summary", "body", "names_public"]}),
    ]

    @admin.display(description=_("launched by"), ordering="launched_by__sort_key")
    def launcher(self, campaign):
        return campaign.launched_by.short_name or campaign.launched_by.name

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        return sets if obj is None else [(None, {"fields": ["status", "status_reason"]}), *sets]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        # An address that has been public stays.
        return ["status", "status_reason"] if obj.status == Status.DRAFT else ["status", "status_reason", "slug"]

    def has_delete_permission(self, request, obj=None):
        return obj is not None and obj.status == Status.DRAFT and self.has_change_permission(request, obj)

    def is_public(self, obj):
        return obj.is_public


@admin.register(Activity)
class ActivityAdmin(ScopedAdmin):
    """Activities of every campaign; they are entered on their campaign's page."""

    keeper_path = "campaign__launched_by__path"
    list_display = ["name", "measure", "campaign", "order"]
    list_select_related = ["campaign"]
    search_fields = ["name"]
    ordering = ["-campaign", "order", "pk"]
    fields = ["campaign", "name", "measure", "icon", "order"]
    readonly_fields = ["campaign"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def find(self, rows, text):
        # A campaign has a dozen activities; they have no search column.
        words = fold(text).split()
        found = [pk for pk, name in rows.values_list("pk", "name")[:5000] if all(word in fold(name) for word in words)]
        return rows.filter(pk__in=found)
