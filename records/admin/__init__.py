"""Data entry in Django's own admin, one module a noun."""

from django.contrib import admin

from records.admin import audit, award_types, awards, decisions, members, units, users

__all__ = ["audit", "award_types", "awards", "decisions", "members", "units", "users"]

# The index and the breadcrumbs lead everywhere; the tables need the width the sidebar would take.
admin.site.enable_nav_sidebar = False
