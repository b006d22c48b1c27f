"""The admin as this register uses it: the books in the order clerks reach for them, units told apart by those above."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView

from records.vietnamese import sort_key

FIRST = ["Decision", "Award", "Member", "Unit", "Campaign", "UnitPlan", "Registration", "Exemplar"]


class NamingView(AutocompleteJsonView):
    """Suggestions in full: hundreds of branches are called "Chi bộ 1", and only the unit above tells which."""

    def serialize_result(self, obj, to_field_name):
        return super().serialize_result(obj, to_field_name) | {"text": getattr(obj, "name_in_full", str(obj))}


class RegisterSite(AdminSite):
    """Django's admin without its sidebar: the index and the breadcrumbs lead everywhere, and tables need the width."""

    enable_nav_sidebar = False

    def get_app_list(self, request, app_label=None):
        sections = super().get_app_list(request, app_label)
        for section in sections:
            section["models"].sort(key=place)
        return sorted(sections, key=lambda section: section["app_label"] != "records")

    def autocomplete_view(self, request):
        return NamingView.as_view(admin_site=self)(request)


def place(entry):
    """Where a book stands in the index: those of every day first, the others by name."""
    name = entry["object_name"]
    return (FIRST.index(name), "") if name in FIRST else (len(FIRST), sort_key(str(entry["name"])))


class RegisterAdminConfig(AdminConfig):
    """Django's admin app with our site."""

    default_site = "config.admin.RegisterSite"
