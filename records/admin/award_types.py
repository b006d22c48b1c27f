"""Kinds of award and sectors: reference data, read by all staff, kept by superusers."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.admin.scoped import ScopedAdmin, ScopedForm, ScopedInline
from records.models import AwardType, AwardTypeAlias, Sector
from records.models.award_types import award_key
from records.vietnamese import fold

KIND = ["code", "name", "family", "legal_order", "level", "recipients", "granted_by", "precedence"]


class AwardTypeForm(ScopedForm):
    """A kind of award; two whose names read alike would be one when a list is imported."""

    class Meta:
        model = AwardType
        fields = [*KIND, "milestone_years", "mark", "legal_basis", "valid_from", "valid_to"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if AwardType.objects.filter(key=award_key(name)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another award has this name, tones and punctuation aside."))
        return name

    def clean_recipients(self):
        recipients = self.cleaned_data["recipients"].replace(" ", "")
        if not set(recipients.split("|")) <= {"person", "collective", "household"}:
            raise ValidationError(_("Write person, collective or household, parted by |."))
        return recipients


class AliasForm(ScopedForm):
    """Another name; it may mean one award only."""

    class Meta:
        model = AwardTypeAlias
        fields = ["text"]

    def clean_text(self):
        text = self.cleaned_data["text"]
        if AwardTypeAlias.objects.filter(key=award_key(text)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This name already stands for an award."))
        return text


class AliasInline(ScopedInline, admin.TabularInline):
    model = AwardTypeAlias
    form = AliasForm

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(AwardType)
class AwardTypeAdmin(ScopedAdmin):
    sheet_kind = "award_types"
    reference = True
    form = AwardTypeForm
    list_display = ["name", "code", "family", "legal_order", "level", "granted_by"]
    list_filter = ["family", "legal_order", "level"]
    search_fields = ["name"]
    ordering = ["precedence", "code"]
    inlines = [AliasInline]

    def find(self, rows, text):
        key = award_key(text)
        return rows.filter(
            Q(key__contains=key) | Q(code__iexact=text.strip()) | Q(aliases__key__contains=key)
        ).distinct()


@admin.register(Sector)
class SectorAdmin(ScopedAdmin):
    reference = True
    list_display = ["name", "code"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    fields = ["code", "name"]

    def find(self, rows, text):
        # A register has a few dozen sectors; they have no search column.
        words = fold(text).split()
        found = [pk for pk, name in rows.values_list("pk", "name") if all(word in fold(name) for word in words)]
        return rows.filter(pk__in=found)
