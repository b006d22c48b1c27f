"""Units: entered with their place; name, place and end change only by dated acts."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.admin.scoped import ScopedAdmin, ScopedForm, ShownInline
from records.admin.verbs import RecordField, Verb, day_field
from records.models import Unit, UnitEvent
from records.tasks import start_moving
from records.vietnamese import fold

BY_VERB = (UnitEvent.Kind.RENAME, UnitEvent.Kind.TRANSFER, UnitEvent.Kind.DISSOLVE)


class UnitVerb(Verb):
    """An act on a unit from a day on, by a decision where there is one."""

    headings = (_("Unit"),)
    on = day_field()
    decision = RecordField(UnitEvent._meta.get_field("decision"), label=_("By decision"), required=False)
    note = forms.CharField(label=_("note"), max_length=500, required=False, help_text=_("Shown publicly."))

    @classmethod
    def offered_for(cls, obj):
        return obj.dissolved_on is None

    def by(self):
        """The day, decision and note, as the verbs take them."""
        return {name: self.cleaned_data[name] for name in ("on", "decision", "note")}


class Rename(UnitVerb):
    name, title, done = "rename", _("Rename"), _("The unit has its new name; the old one is kept in its history.")
    new_name = forms.CharField(label=_("New name"), max_length=255)
    field_order = ["new_name"]

    def act_on(self, unit):
        unit.rename(self.cleaned_data["new_name"], **self.by())


class Move(UnitVerb):
    name, title, done = "move", _("Place under another unit"), _("The unit and everything below it has been moved.")
    parent = RecordField(Unit._meta.get_field("parent"), label=_("New unit directly above"))
    field_order = ["parent"]

    def act_on(self, unit):
        if start_moving(self.user, unit, self.cleaned_data["parent"], **self.by(), request=self.request):
            self.done = _("Many members move with the unit, so it is moved in the background.")


class Dissolve(UnitVerb):
    name, title, done = "dissolve", _("Dissolve"), _("The unit has been dissolved.")
    question = _("The unit's records stay. Units and members that belong to it must have been moved elsewhere.")

    def act_on(self, unit):
        unit.dissolve(**self.by())


class UnitForm(ScopedForm):
    """A unit; anyone but a superuser places it under a unit of the own scope."""

    also_checked = frozenset({"dissolved_on"})

    class Meta:
        model = Unit
        fields = ["code", "name", "short_name", "kind", "parent", "sector", "established_on", "description", "listed"]

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if "/" in code:
            raise ValidationError(_("A code has no slash: it is part of the unit's web address."))
        return code


class UnitEventInline(ShownInline):
    model = UnitEvent
    fields = ["occurred_on", "kind", "was", "became", "decision", "note"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("decision").order_by("-occurred_on", "-pk")


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    sheet_kind = "units"
    form = UnitForm
    keeper_path = "path"
    list_display = ["name", "code", "kind", "parent_name", "members_now", "listed"]
    list_filter = ["kind", "listed", ("dissolved_on", admin.EmptyFieldListFilter)]
    list_select_related = ["parent"]
    autocomplete_fields = ["parent", "sector"]
    search_fields = ["name"]
    ordering = ["sort_key", "pk"]
    inlines = [UnitEventInline]
    verbs = [Rename, Move, Dissolve]

    @admin.display(description=_("directly above"), ordering="parent__sort_key")
    def parent_name(self, unit):
        return unit.parent.name if unit.parent else None

    @admin.display(description=_("members"), ordering="headcount")
    def members_now(self, unit):
        return unit.headcount

    def get_search_results(self, request, queryset, search_term):
        found, repeats = super().get_search_results(request, queryset, search_term)
        if (text := fold(search_term)) and request.path == reverse("admin:autocomplete"):
            # "chau duc" means the district before its hundred branches; in lists the column clicked decides.
            nearness = Case(
                When(search_key__startswith=text, then=0), When(search_key__contains=text, then=1), default=2
            )
            found = found.order_by(nearness, Length("path"), "sort_key", "pk")
        return found, repeats

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else []

    def get_readonly_fields(self, request, obj=None):
        return ["code", "name", "parent", "dissolved_on", "headcount"] if obj is not None else []

    def get_fields(self, request, obj=None):
        fields = list(UnitForm.Meta.fields)
        return [*fields, "dissolved_on", "headcount"] if obj is not None else fields

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if "parent" in form.base_fields:
            form.base_fields["parent"].required = not request.user.is_superuser
        return form

    def is_public(self, obj):
        return obj.listed


@admin.register(UnitEvent)
class UnitEventAdmin(ScopedAdmin):
    """What happened to units; renaming, moving and dissolving are written by the unit's own acts."""

    keeper_path = "unit__path"
    list_display = ["occurred_on", "unit", "kind", "was", "became", "decision"]
    list_filter = ["kind"]
    list_select_related = ["unit", "decision"]
    autocomplete_fields = ["unit", "decision", "others"]
    search_fields = ["unit__name"]
    fields = ["unit", "kind", "occurred_on", "decision", "was", "became", "others", "note"]
    ordering = ["-occurred_on", "-pk"]

    def find(self, rows, text):
        return rows.filter(unit__in=Unit.objects.search(text))

    def get_readonly_fields(self, request, obj=None):
        return ["unit", "kind"] if obj is not None else []

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "kind":
            kwargs["choices"] = [("", "---------"), *(c for c in UnitEvent.Kind.choices if c[0] not in BY_VERB)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)
