"""Inspections, never public."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.models import Inspection
from records.admin.scoped import ScopedAdmin, YearFilter
from records.models import Unit


class InspectedYear(YearFilter):
    date_field = "inspected_on"


@admin.register(Inspection)
class InspectionAdmin(ScopedAdmin):
    list_display = ["inspected_on", "unit_name", "campaign", "outcome", "due_on", "resolved_on"]
    list_filter = ["outcome", ("resolved_on", admin.EmptyFieldListFilter), InspectedYear]
    list_select_related = ["unit", "campaign"]
    autocomplete_fields = ["campaign", "unit"]
    search_fields = ["unit__name"]
    ordering = ["-inspected_on", "-pk"]
    fields = ["campaign", "unit", "inspected_on", "inspector", "findings", "outcome", "due_on", "resolved_on"]

    @admin.display(description=_("unit"))
    def unit_name(self, inspection):
        return inspection.unit.short_name or inspection.unit.name

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.may_be_changed_by(request.user))

    def find(self, rows, text):
        return rows.filter(unit__in=Unit.objects.search(text))
