"""The audit trail: read by superusers, written by nobody here."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.admin.scoped import ScopedAdmin
from records.models import AuditEvent

ACTIONS = [
    ("sign_in", _("sign-in")),
    ("sign_in_refused", _("refused sign-in")),
    ("sign_in_locked", _("refused sign-in while locked")),
    ("second_factor_refused", _("refused code")),
    ("password_changed", _("change of a password")),
    ("account_added", _("new account")),
    ("account_edited", _("change of an account's name or e-mail address")),
    ("account_unlocked", _("unlocking of an account")),
    ("password_link", _("one-time link to a password")),
    ("second_factor_set_up", _("setting up of a second step")),
    ("second_factor_given_up", _("removal of one's own second step")),
    ("second_factor_removed", _("removal of a lost second step")),
    ("recovery_codes_made", _("new recovery codes")),
    ("access_refused", _("refused page or act")),
    ("account_left", _("switching off of an account")),
    ("account_back", _("switching on of an account")),
    ("publish", _("publication")),
    ("unpublish", _("withdrawal from the public pages")),
    ("plan_approved", _("approval of a unit's plan")),
    ("plan_returned", _("return of a unit's plan")),
    ("campaign_status", _("change of a campaign's status")),
    ("posting", _("change of a posting")),
    ("file_read", _("opening of a file that is not public")),
    ("card_seen", _("look at a Party card number")),
    ("members_exported", _("export of members")),
    ("memberships_exported", _("export of memberships and transfers")),
    ("units_exported", _("export of units")),
    ("awards_exported", _("export of awards")),
    ("award_types_exported", _("export of award types")),
    ("decisions_exported", _("export of decisions")),
    ("campaigns_exported", _("export of campaigns")),
    ("plans_exported", _("export of plans")),
    ("registrations_exported", _("export of registrations")),
    ("exemplars_exported", _("export of good models")),
    ("inspections_exported", _("export of inspections")),
    ("import_applied", _("writing of an imported list")),
    ("import_undone", _("taking back of an import")),
    ("unit_move_asked", _("asking for the move of a large unit")),
    ("members_merged", _("merging of two records")),
    ("merge_undone", _("separation of two merged records")),
    ("evidence_remove", _("removal of an evidence photo")),
    ("take_back", _("a change of an award recorded by mistake, taken back")),
    ("remove", _("removal of an award entered by mistake")),
]


class ActionFilter(admin.SimpleListFilter):
    """The acts that are put on record, listed without asking the table."""

    title = _("action")
    parameter_name = "act"

    def lookups(self, request, model_admin):
        return ACTIONS

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ScopedAdmin):
    list_display = ["at", "actor", "act", "label", "reason", "address"]
    list_filter = [ActionFilter]
    list_select_related = ["actor"]
    search_fields = ["label"]
    ordering = ["-pk"]
    readonly_fields = ["act"]
    fields = [
        "at",
        "actor",
        "act",
        "subject",
        "label",
        "reason",
        "address",
        "request_id",
        "details",
        "previous",
        "seal",
    ]

    @admin.display(description=_("action"))
    def act(self, event):
        return dict(ACTIONS).get(event.action, event.action)

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and request.user.is_superuser

    def has_add_permission(self, request):
        return False

    def find(self, rows, text):
        return rows.filter(Q(label__icontains=text) | Q(subject=text) | Q(request_id=text) | Q(actor__username=text))
