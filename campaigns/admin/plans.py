"""Units' plans with what each chose; handing in, approving and returning are acts that ask first."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import PlannedActivity, UnitPlan
from records.admin.scoped import ScopedAdmin, ScopedForm, ScopedInline
from records.admin.verbs import Verb, day_field, reason_field
from records.models import Unit, User

Status = UnitPlan.Status


class ChosenInline(ScopedInline, admin.TabularInline):
    """Lines that name activities of the record's campaign; shown once the campaign is chosen and saved."""

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if "activity" in formset.form.base_fields:
            field = formset.form.base_fields["activity"]
            field.queryset = obj.campaign.activities.order_by("order", "pk")
        return formset

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("activity").order_by("activity__order", "pk")


class PageThenLines:
    """A record is saved first; its page then asks for its lines."""

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else []

    def response_post_save_add(self, request, obj):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[obj.pk]))


class PlanVerb(Verb):
    """Moves plans on."""

    several = True
    headings = (_("Unit"), _("Campaign"), _("Status"))
    before = ()

    @classmethod
    def offered_for(cls, obj):
        return obj.status in cls.before

    def cells(self, plan):
        return plan.unit.name, plan.campaign.title, plan.get_status_display()

    def listed(self):
        self.rows = self.rows.select_related("unit", "campaign")
        return super().listed()


class Submit(PlanVerb):
    name, title, done = "submit", _("Hand in"), _("Handed in.")
    before = (Status.DRAFT, Status.RETURNED)

    def act_on(self, plan):
        plan.submit()


class Approve(PlanVerb):
    name, title, done = "approve", _("Approve"), _("Approved.")
    roles = User.PUBLISHERS
    before = (Status.SUBMITTED,)

    def act_on(self, plan):
        plan.approve(self.user, self.request)


class SendBack(PlanVerb):
    name, title, done = "return", _("Return"), _("Returned with the reason.")
    roles = User.PUBLISHERS
    before = (Status.SUBMITTED,)
    reason = reason_field()
    due_on = day_field(_("New deadline"), required=False)

    def act_on(self, plan):
        plan.send_back(self.cleaned_data["reason"], self.cleaned_data["due_on"], self.user, self.request)


class PlannedInline(ChosenInline):
    model = PlannedActivity
    fields = ["activity", "target"]

    def has_delete_permission(self, request, obj=None):
        return obj is not None and obj.status in Submit.before and self.has_change_permission(request, obj)


class PlanForm(ScopedForm):
    """A unit's plan, for a campaign that concerns the unit."""

    class Meta:
        model = UnitPlan
        fields = ["campaign", "unit", "number", "dated", "file", "aims_at", "person_in_charge", "due_on"]

    def clean(self):
        data = super().clean()
        campaign, unit = data.get("campaign"), data.get("unit")
        if campaign and unit and not campaign.units().filter(pk=unit.pk).exists():
            raise ValidationError({"unit": _("The campaign does not concern this unit.")})
        return data


@admin.register(UnitPlan)
class UnitPlanAdmin(PageThenLines, ScopedAdmin):
    form = PlanForm
    list_display = ["unit_name", "campaign", "status", "number", "dated", "due_on"]
    list_filter = ["status"]
    list_select_related = ["unit", "campaign", "aims_at"]
    autocomplete_fields = ["campaign", "unit", "aims_at"]
    search_fields = ["unit__name"]
    ordering = ["-pk"]
    inlines = [PlannedInline]
    verbs = [Submit, Approve, SendBack]

    @admin.display(description=_("unit"), ordering="unit__sort_key")
    def unit_name(self, plan):
        return plan.unit.short_name or plan.unit.name

    def get_fields(self, request, obj=None):
        fields = list(PlanForm.Meta.fields)
        return ["status", "return_reason", *fields] if obj is not None else fields

    def get_readonly_fields(self, request, obj=None):
        return ["status", "return_reason", "campaign", "unit"] if obj is not None else []

    def find(self, rows, text):
        return rows.filter(unit__in=Unit.objects.search(text))
