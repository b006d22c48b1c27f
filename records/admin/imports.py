"""Imports looked at; they are made, written and taken back in the portal."""

from django.contrib import admin

from records.admin.scoped import ScopedAdmin
from records.models import Import


@admin.register(Import)
class ImportAdmin(ScopedAdmin):
    """Nothing is changed here: a plan is its sender's own, and what was written has its own history."""

    list_display = ["name", "kind", "by", "unit", "status", "created_at", "applied_at"]
    list_filter = ["status"]
    list_select_related = ["by", "unit"]
    search_fields = ["name"]
    ordering = ["-pk"]
    fields = [
        "name", "kind", "by", "unit", "status", "error", "created_at", "planned_at", "only_good", "applied_by",
        "applied_at", "undone_by", "undone_at", "undo_reason",
    ]  # fmt: skip

    def has_add_permission(self, request):
        return False

    def find(self, rows, text):
        return rows.filter(name__icontains=text)

    def is_public(self, obj):
        return True
