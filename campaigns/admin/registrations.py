"""Members' registrations with what they chose; confirming, finishing and withdrawing are acts that ask first."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.plans import ChosenInline, PageThenLines
from campaigns.models import Campaign, Pledge, Registration
from records.admin.scoped import ScopedAdmin, ScopedForm
from records.admin.verbs import Verb, reason_field
from records.models import Member

Status = Registration.Status
FIELDS = ["campaign", "member", "registered_on", "own_words", "aims_at", "source"]
FIXED = ["status", "rating", "withdrawn_reason", "unit", "campaign", "member"]


class RegistrationVerb(Verb):
    """Moves registrations on; the tallies follow."""

    several = True
    headings = (_("Member"), _("Unit"), _("Status"))
    before = ()

    @classmethod
    def offered_for(cls, obj):
        return obj.status in cls.before

    def cells(self, registration):
        return registration.member.full_name, registration.unit.name, registration.get_status_display()

    def listed(self):
        self.rows = self.rows.select_related("unit", "member")
        return super().listed()


class Confirm(RegistrationVerb):
    name, title, done = "confirm", _("Confirm"), _("Confirmed.")
    before = (Status.PENDING,)

    def act_on(self, registration):
        registration.confirm()


class Finish(RegistrationVerb):
    name, title, done = "finish", _("Record as done"), _("Recorded as done.")
    before = (Status.REGISTERED, Status.DONE)
    rating = forms.ChoiceField(label=_("Rating"), choices=[("", "–"), *Registration.Rating.choices], required=False)

    def act_on(self, registration):
        registration.finish(self.cleaned_data["rating"])


class Withdraw(RegistrationVerb):
    name, title, done = "withdraw", _("Withdraw"), _("Withdrawn with the reason.")
    before = (Status.PENDING, Status.REGISTERED)
    reason = reason_field()

    def act_on(self, registration):
        registration.withdraw(self.cleaned_data["reason"])


class RegisterAgain(RegistrationVerb):
    name, title, done = "again", _("Register again"), _("Registered again.")
    before = (Status.WITHDRAWN,)

    def act_on(self, registration):
        registration.register_again()


class PledgeInline(ChosenInline):
    model = Pledge
    fields = ["activity", "quantity", "done_quantity"]

    def has_delete_permission(self, request, obj=None):
        pending = obj is not None and obj.status == Status.PENDING
        return pending and obj.campaign.status != Campaign.Status.CLOSED and self.has_change_permission(request, obj)


class RegistrationForm(ScopedForm):
    """A registration; the unit is where the member takes part at the time."""

    class Meta:
        model = Registration
        fields = FIELDS


@admin.register(Registration)
class RegistrationAdmin(PageThenLines, ScopedAdmin):
    form = RegistrationForm
    list_display = ["member_name", "unit_name", "campaign", "status", "rating", "registered_on"]
    list_filter = ["status", "rating", "source"]
    list_select_related = ["member__unit", "unit", "campaign", "aims_at"]
    autocomplete_fields = ["campaign", "member", "aims_at"]
    search_fields = ["member__full_name"]
    ordering = ["-pk"]
    inlines = [PledgeInline]
    verbs = [Confirm, Finish, Withdraw, RegisterAgain]

    @admin.display(description=_("member"), ordering="member__sort_key")
    def member_name(self, registration):
        return registration.member.full_name

    @admin.display(description=_("unit at the time"))
    def unit_name(self, registration):
        return registration.unit.short_name or registration.unit.name

    def get_fields(self, request, obj=None):
        return [*FIXED, *FIELDS[2:]] if obj is not None else FIELDS

    def get_readonly_fields(self, request, obj=None):
        return FIXED if obj is not None else []

    def find(self, rows, text):
        return rows.filter(member__in=Member.objects.search(text))
