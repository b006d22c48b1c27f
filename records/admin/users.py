"""Accounts, kept by superusers, and postings, kept by managers within their units."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.admin.reach import holds
from records.admin.scoped import ScopedAdmin, ScopedForm, ScopedInline
from records.models import Posting, User
from records.vietnamese import fold

# Roles come from postings; addresses have no use while nobody registers by e-mail; a second factor's key is nobody's to
# read, and who is signed in where is for the person and the account's page.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])


class PostingInline(ScopedInline, admin.TabularInline):
    """A user's postings, on the user's page."""

    model = Posting
    fields = ["unit", "role", "valid_from", "valid_to"]
    autocomplete_fields = ["unit"]

    def get_queryset(self, request):
        return (
            super().get_queryset(request).editable_by(request.user).select_related("unit").order_by("-valid_from", "pk")
        )


@admin.register(User)
class AccountAdmin(ScopedAdmin, UserAdmin):
    """Accounts; a manager looks at those posted inside the manager's units, a superuser keeps them."""

    reference = True
    form = UserAdmin.form
    list_display = ["username", "last_name", "first_name", "is_staff", "is_superuser", "is_active"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    list_select_related = False
    search_fields = ["username"]
    ordering = ["username"]
    filter_horizontal = []
    inlines = [PostingInline]
    person = ["username", "last_name", "first_name", "email"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["last_name", "first_name", "email"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def has_view_permission(self, request, obj=None):
        return holds(request.user, User.MANAGERS) and super().has_view_permission(request, obj)

    def get_fieldsets(self, request, obj=None):
        if obj is not None and not request.user.is_superuser:
            return [(None, {"fields": [*self.person, "is_active"]})]
        return UserAdmin.get_fieldsets(self, request, obj)

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else []

    def find(self, rows, text):
        for word in text.split():
            rows = rows.filter(
                Q(username__icontains=word) | Q(last_name__icontains=word) | Q(first_name__icontains=word)
            )
        return rows

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for posting in [*formset.new_objects, *(posting for posting, _changed in formset.changed_objects)]:
            posting.record(request)


class PostingForm(ScopedForm):
    """A posting; of one that was given only the end is typed, and the rules over the rest still hold."""

    also_checked = frozenset({"user", "unit", "role", "valid_from"})


@admin.register(Posting)
class PostingAdmin(ScopedAdmin):
    """Postings; a manager gives them and ends them inside the manager's units."""

    form = PostingForm
    keeper_path = "unit__path"
    list_display = ["user", "role", "unit", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    autocomplete_fields = ["user", "unit"]
    search_fields = ["unit__name"]
    fields = ["user", "unit", "role", "valid_from", "valid_to"]
    ordering = ["-valid_from", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).editable_by(request.user)

    def has_view_permission(self, request, obj=None):
        return holds(request.user, User.MANAGERS) and (obj is None or self.among(request, "editable_by", obj))

    def has_add_permission(self, request):
        return holds(request.user, User.MANAGERS)

    def get_readonly_fields(self, request, obj=None):
        return ["user", "unit", "role", "valid_from"] if obj is not None else []

    def find(self, rows, text):
        from_units = rows.filter(unit__search_key__contains=fold(text))
        return from_units | rows.filter(user__username__icontains=text.strip())

    def store(self, request, obj, form, change):
        super().store(request, obj, form, change)
        obj.record(request)
