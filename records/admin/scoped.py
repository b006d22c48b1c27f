"""What every page of the admin keeps to: the scope of postings, capped counts, the reason for a change, the history."""

from functools import cached_property

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_value, unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms.widgets import FileInput
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.admin.reach import holds, offered
from records.admin.verbs import KEY_DIGITS, FoundSelect, FoundSelectMultiple, VerbPages
from records.models import User
from records.models.scope import within_paths

COUNT_LIMIT = 10_001
HISTORY_SHOWN = 100
YEARS_OFFERED = 12
LINES_TAKEN = 200


class CappedPaginator(Paginator):
    """Pages over at most 10,001 rows: an exact count of millions costs half a second and tells nobody anything."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:COUNT_LIMIT].count()


class AskedList(ChangeList):
    """A list whose address asks for what the database cannot compare is shown without its filters."""

    def get_queryset(self, request, exclude_parameters=None):
        asked = [text for texts in self.filter_params.values() for text in texts]
        if any("\x00" in text or (text.lstrip("-").isdecimal() and len(text) > KEY_DIGITS) for text in asked):
            raise IncorrectLookupParameters
        return super().get_queryset(request, exclude_parameters)


class KnownChoiceField(forms.ModelChoiceField):
    """A choice of the rows offered, or what the record holds already, even where that lies outside the user's units.

    What it holds is not asked of the database again: a decision's page has hundreds of such fields.
    """

    current = None

    def to_python(self, value):
        if self.current is not None and str(value) == str(self.current.pk):
            return self.current
        return super().to_python(value)


class KnownChoicesField(forms.ModelMultipleChoiceField):
    """Choices of the rows offered; a number too long for a key is not one of them, and SQLite could not compare it."""

    def _check_values(self, value):
        if long := next((v for v in map(str, value) if len(v) > KEY_DIGITS), None):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": long})
        return super()._check_values(value)


class KnownAutocompleteSelect(FoundSelect):
    """Django's, without a query for the label of what the record holds."""

    def optgroups(self, name, value, attr=None):
        field = self.choices.field
        current = getattr(field, "current", None)
        if current is None or [str(v) for v in value] != [str(current.pk)]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, current.pk, field.label_from_instance(current), True, len(options)))
        return [(None, options, 0)]


class KeptFileWidget(AdminFileWidget):
    """A file that may be replaced by another, never merely taken away."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["required"] = True
        return context

    def value_from_datadict(self, data, files, name):
        return FileInput.value_from_datadict(self, data, files, name)


class ScopedForm(forms.ModelForm):
    """A record's form; asks why it is changed, for the history."""

    change_reason = forms.CharField(label=_("Reason for the change"), max_length=100, required=False)
    # Derived columns, never typed, that take part in a constraint: Django leaves out any constraint over a field that
    # is not in the form, and the database would answer with an error page.
    also_checked = frozenset()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, KnownChoiceField) and getattr(self.instance, f"{name}_id", None):
                field.current = getattr(self.instance, name)

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - self.also_checked


class ScopedFields:
    """How a page or an inline makes its form fields: only rows within reach may be chosen."""

    formfield_overrides = {
        models.FileField: {"widget": KeptFileWidget},
        # 1.234,5 as Vietnam writes it.
        models.DecimalField: {"localize": True},
    }

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        rows = kwargs.get("queryset", db_field.related_model._default_manager.all())
        kwargs["queryset"] = offered(db_field, request.user, rows)
        kwargs.setdefault("form_class", KnownChoiceField)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocompleteSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        rows = kwargs.get("queryset", db_field.related_model._default_manager.all())
        kwargs["queryset"] = offered(db_field, request.user, rows)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", FoundSelectMultiple(db_field, self.admin_site))
        kwargs.setdefault("form_class", KnownChoicesField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ScopedAdmin(VerbPages, ScopedFields, admin.ModelAdmin):
    """Pages of one model; who may do what comes from postings, not from Django's own permissions.

    `keeper_path` leads to the path of the unit that keeps a record; `reference` marks what only superusers change.
    """

    form = ScopedForm
    keeper_path = "unit_path"
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50
    # Numbers beside each filter would each count the whole table.
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = "–"
    reference = False
    # The kind of list in which such records come, where the portal takes one in.
    sheet_kind = ""
    # The list in which such records go out, where it has another name than the kind.
    listing = ""

    def changelist_view(self, request, extra_context=None):
        both = {"sheet_kind": self.sheet_kind, "listing": self.listing or self.sheet_kind}
        return super().changelist_view(request, both | (extra_context or {}))

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        if not holds(request.user, User.READERS):
            return False
        return obj is None or self.among(request, "visible_to", obj)

    def has_add_permission(self, request):
        if self.reference:
            return request.user.is_superuser
        return holds(request.user, User.EDITORS)

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request) and (obj is None or self.among(request, "editable_by", obj))

    def has_delete_permission(self, request, obj=None):
        return False

    def among(self, request, scope, obj):
        """Whether a record is among those the user may read or change; asked once a request."""
        known = request.__dict__.setdefault("_records_within_reach", {})
        key = scope, self.model, obj.pk
        if key not in known:
            known[key] = getattr(self.model._default_manager.all(), scope)(request.user).filter(pk=obj.pk).exists()
        return known[key]

    def kept_by(self, user, roles, rows):
        """Those of the rows kept by units where the user holds one of the roles."""
        if user.is_superuser:
            return rows
        return rows.filter(within_paths(self.keeper_path, user.paths(roles)))

    def get_changelist(self, request, **kwargs):
        return AskedList

    def get_queryset(self, request):
        rows = super().get_queryset(request).visible_to(request.user)
        related = self.list_select_related
        return rows.select_related(*related) if related and related is not True else rows

    def get_search_results(self, request, queryset, search_term):
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            source = apps.get_model(request.GET["app_label"], request.GET["model_name"])
            queryset = offered(source._meta.get_field(request.GET["field_name"]), request.user, queryset)
        return (self.find(queryset, search_term) if search_term.strip() else queryset), False

    def find(self, rows, text):
        """Rows that answer to a text, tones aside."""
        return rows.search(text)

    def get_fieldsets(self, request, obj=None):
        sets = list(super().get_fieldsets(request, obj))
        names = [name for _title, options in sets for name in options["fields"]]
        asked = obj is not None and self.has_change_permission(request, obj)
        if "change_reason" in names:
            sets = [(title, {**o, "fields": [n for n in o["fields"] if n != "change_reason"]}) for title, o in sets]
        if asked and hasattr(self.model, "history"):
            sets.append((None, {"fields": ["change_reason"]}))
        return sets

    def save_form(self, request, form, change):
        obj = super().save_form(request, form, change)
        obj._change_reason = form.cleaned_data.get("change_reason") or None
        return obj

    def save_model(self, request, obj, form, change):
        self.store(request, obj, form, change)
        # The form offers nothing outside the user's units; this holds whatever a form forgets.
        if not self.model._default_manager.editable_by(request.user).filter(pk=obj.pk).exists():
            raise PermissionDenied

    def store(self, request, obj, form, change):
        """Write the record; a model with a verb for its first entry calls that instead."""
        obj.save()

    def save_formset(self, request, form, formset, change):
        for part in formset.save(commit=False):
            part._change_reason = form.cleaned_data.get("change_reason") or None
            part.save()
        for part in formset.deleted_objects:
            part.delete()
        formset.save_m2m()

    def view_on_site(self, obj):
        return obj.get_absolute_url() if self.is_public(obj) else None

    def is_public(self, obj):
        """Whether the public can open the record's page."""
        return False

    def history_view(self, request, object_id, extra_context=None):
        """Who changed what, when and why."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not hasattr(obj, "history"):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(obj),
            "changes": changes_of(obj),
            "shown": HISTORY_SHOWN,
            "object": obj,
            "opts": self.opts,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/row_history.html", context)


class ScopedInline(ScopedFields):
    """Rows on their parent's page; seen and changed with it."""

    form = ScopedForm
    extra = 0

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        # Django allows 2,000 lines, and would take a minute and a half to show them again.
        formset.absolute_max = LINES_TAKEN
        return formset

    def parent_admin(self):
        return self.admin_site.get_model_admin(self.parent_model)

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def get_fields(self, request, obj=None):
        return [name for name in super().get_fields(request, obj) if name != "change_reason"]

    def has_view_permission(self, request, obj=None):
        return self.parent_admin().has_view_permission(request, obj)

    def has_add_permission(self, request, obj):
        if obj is None:
            return self.parent_admin().has_add_permission(request)
        return self.parent_admin().has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False


class ShownInline(ScopedInline, admin.TabularInline):
    """What happened to a record: read here, written by the record's own verbs."""

    def has_add_permission(self, request, obj):
        return False


class PublishedFilter(admin.SimpleListFilter):
    """Public or not, without a query."""

    title = _("shown publicly")
    parameter_name = "public"

    def lookups(self, request, model_admin):
        return [("yes", _("published")), ("no", _("not published"))]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(published_at__isnull=self.value() == "no")
        return queryset


class YearFilter(admin.SimpleListFilter):
    """The year of a date, offered from this year back without asking the table which years it has."""

    title = _("year")
    parameter_name = "year"
    date_field = ""

    def lookups(self, request, model_admin):
        this_year = timezone.localdate().year
        years = [(str(year), str(year)) for year in range(this_year, this_year - YEARS_OFFERED, -1)]
        return [*years, ("earlier", _("earlier"))]

    def queryset(self, request, queryset):
        value = self.value()
        if value == "earlier":
            first = timezone.localdate().year - YEARS_OFFERED + 1
            return queryset.filter(**{f"{self.date_field}__lt": f"{first}-01-01"})
        if value and value.isdecimal() and len(value) == 4 and value > "0000":
            return queryset.filter(**{f"{self.date_field}__year": int(value)})
        return queryset


class IssuedYear(YearFilter):
    date_field = "issued_on"


class DecidedYear(YearFilter):
    date_field = "decided_on"


def changes_of(obj):
    """Up to a hundred history rows of a record, the newest first, each with the fields it changed."""
    rows = list(
        obj.history.select_related("history_user").order_by("-history_date", "-history_id")[: HISTORY_SHOWN + 1]
    )
    fields = list(obj.history.model.tracked_fields)
    names = names_of(fields, rows)
    earlier = [*rows[1:], None]
    return [
        {"row": row, "fields": differences(fields, names, row, before)}
        for row, before in zip(rows, earlier, strict=True)
    ][:HISTORY_SHOWN]


def differences(fields, names, row, before):
    """(label, was, became) for each field in which a history row differs from the one before it."""
    if before is None:
        return []
    return [
        (field.verbose_name, shown(field, names, before), shown(field, names, row))
        for field in fields
        if getattr(before, field.attname) != getattr(row, field.attname)
    ]


def shown(field, names, row):
    """A field's value in a history row, as a person reads it."""
    value = getattr(row, field.attname)
    if field.is_relation:
        return names[field.name].get(value, value) if value is not None else "–"
    if field.choices:
        return getattr(row, f"get_{field.name}_display")() or "–"
    if isinstance(field, models.SmallIntegerField | models.PositiveSmallIntegerField):
        return str(value) if value is not None else "–"
    return display_for_value(value, "–") if value != "" else "–"


def names_of(fields, rows):
    """What the relations in history rows point to today, one query a relation."""
    found = {}
    for field in fields:
        if field.is_relation:
            ids = {getattr(row, field.attname) for row in rows} - {None}
            found[field.name] = field.related_model._default_manager.in_bulk(ids) if ids else {}
    return found
