"""Tallies: derived from registrations, shown for checking."""

from django.contrib import admin

from campaigns.models import Tally
from records.admin.scoped import ScopedAdmin
from records.models import Unit


@admin.register(Tally)
class TallyAdmin(ScopedAdmin):
    list_display = ["unit", "campaign", "registered", "done", "eligible", "owes_plan", "has_plan"]
    list_select_related = ["unit", "campaign"]
    search_fields = ["unit__name"]
    ordering = ["-campaign", "unit_path", "pk"]
    fields = ["campaign", "unit", "registered", "done", "eligible", "owes_plan", "has_plan"]

    def has_add_permission(self, request):
        return False

    def find(self, rows, text):
        return rows.filter(unit__in=Unit.objects.search(text))
