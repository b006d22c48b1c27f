"""Acts on records that are more than an edit: each asks first, on a page of its own, and calls the model's verb."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records.admin.reach import offered
from records.models import User

ROWS_LISTED = 50
# A reason that goes into the history of rows is as long as its column there.
HISTORY_REASON = 500
# More digits than a key can have.
KEY_DIGITS = 18


class Verb(forms.Form):
    """One act: what it is called, who may do it, what it asks and what it does.

    `rows` is a queryset already narrowed to what the user may act on. `several` offers it in lists too.
    """

    name, title, done, question = "", "", "", ""
    roles = User.EDITORS
    several = False
    # What is on the button, where it is not the title.
    button = ""
    # What the page lists of each record; `cells` has the values.
    headings = (_("Record"),)

    def __init__(self, *args, rows, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, self.request, self.user = rows, request, request.user
        for field in self.fields.values():
            if isinstance(field, RecordField):
                field.queryset = offered(field.relation, self.user, field.relation.related_model._default_manager.all())

    @classmethod
    def offered_for(cls, obj):
        """Whether the act makes sense for a record as it stands."""
        return True

    @cached_property
    def count(self):
        return self.rows.count()

    @cached_property
    def obj(self):
        """The record, where the act is on one."""
        return self.rows.get()

    def listed(self):
        """The first records concerned, a tuple of texts each."""
        return [self.cells(row) for row in self.rows[:ROWS_LISTED]]

    def cells(self, row):
        return (str(row),)

    def notes(self):
        """Sentences on what will follow."""
        return []

    def act(self):
        """Do it to every record, or to none when one of them refuses (ValidationError)."""
        with transaction.atomic():
            for row in self.rows:
                self.act_on(row)

    def act_on(self, row):
        raise NotImplementedError

    def attempt(self):
        """Act; a refusal becomes an error on the page. Returns whether it was done."""
        try:
            with transaction.atomic():
                self.act()
        except ValidationError as refusal:
            self.add_error(None, ValidationError(refusal.messages))
        return not self.errors


def reason_field(max_length=500, **kwargs):
    """Asks why; without an answer nothing is done."""
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=_("Reason"), max_length=max_length, widget=widget, **kwargs)


def day_field(label=None, **kwargs):
    """A day, past or future: what is entered late is still entered."""
    return forms.DateField(label=label or _("From day"), widget=AdminDateWidget, **kwargs)


def may_be_key(text):
    """Whether something sent may be asked of the database as a record's key."""
    return text.isdecimal() and len(text) <= KEY_DIGITS


class KeysOnly:
    """Django's search for the labels of what was sent fails on anything that cannot be a key."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [v for v in value if not v or may_be_key(str(v))], attr)


class FoundSelect(KeysOnly, AutocompleteSelect):
    """One record, found by typing."""


class FoundSelectMultiple(KeysOnly, AutocompleteSelectMultiple):
    """Several records, found by typing."""


class RecordField(forms.ModelChoiceField):
    """A record found by typing, as in a form of the model that has the relation; only rows within the user's reach."""

    def __init__(self, relation, **kwargs):
        self.relation = relation
        widget = FoundSelect(relation, admin.site)
        super().__init__(relation.related_model._default_manager.none(), widget=widget, **kwargs)


class VerbPages:
    """The pages of a model's verbs: one address for a record, one action in the list, the same form for both."""

    verbs = ()
    change_form_template = None

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        view = self.admin_site.admin_view(self.verb_view)
        return [path("<path:object_id>/do/<slug:name>/", view, name=name), *super().get_urls()]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return actions
        for verb in self.verbs:
            if verb.several and (request.user.is_superuser or request.user.paths(verb.roles)):
                actions[verb.name] = (self.action_for(verb), verb.name, verb.title)
        return actions

    def action_for(self, verb):
        def action(_admin, request, queryset):
            return self.run_in_list(request, verb, queryset)

        return action

    def response_action(self, request, queryset):
        if not all(may_be_key(marked) for marked in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            return None
        return super().response_action(request, queryset)

    def run_in_list(self, request, verb, chosen):
        """The list's action: a page that asks, then the act."""
        rows = self.kept_by(request.user, verb.roles, self.model._default_manager.filter(pk__in=chosen.values("pk")))
        refused = chosen.count() - rows.count()
        if refused:
            message = ngettext(
                "%(n)d of the chosen records is not yours to do this to.",
                "%(n)d of the chosen records are not yours to do this to.",
                refused,
            )
            messages.error(request, message % {"n": refused})
            return None
        rows = rows.order_by(*self.get_ordering(request))
        form = verb(request.POST if "confirmed" in request.POST else None, rows=rows, request=request)
        if form.is_bound and form.is_valid() and form.attempt():
            messages.success(request, form.done)
            return None
        marked = [str(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
        return self.ask(request, form, marked=marked, back=request.get_full_path())

    def verb_view(self, request, object_id, name):
        """The record's page for one act."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        verb = next((v for v in self.verbs_for(request, obj) if v.name == name), None)
        if verb is None:
            raise PermissionDenied
        rows = self.model._default_manager.filter(pk=obj.pk)
        form = verb(request.POST if request.method == "POST" else None, rows=rows, request=request)
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(obj.pk)])
        if form.is_bound and form.is_valid() and form.attempt():
            messages.success(request, form.done)
            return HttpResponseRedirect(back)
        return self.ask(request, form, obj=obj, back=back)

    def verbs_for(self, request, obj):
        """The verbs the user may use on a record as it stands."""
        return [v for v in self.verbs if v.offered_for(obj) and self.holds_over(request, v.roles, obj)]

    def holds_over(self, request, roles, obj):
        known = request.__dict__.setdefault("_roles_held", {})
        if roles not in known:
            rows = self.model._default_manager.filter(pk=obj.pk)
            known[roles] = self.kept_by(request.user, roles, rows).exists()
        return known[roles]

    def ask(self, request, form, obj=None, marked=(), back=""):
        context = {
            **self.admin_site.each_context(request),
            "title": form.title,
            "form": form,
            "fields": [form[name] for name in form.fields],
            "object": obj,
            "opts": self.opts,
            "marked": marked,
            "across": request.POST.get("select_across", "0"),
            "back": back,
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
            "unlisted": max(0, form.count - ROWS_LISTED),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/verb.html", context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_verb"
            context["verbs"] = [
                (reverse(name, args=[quote(obj.pk), verb.name]), verb.title) for verb in self.verbs_for(request, obj)
            ]
            context["has_history"] = hasattr(obj, "history")
        return super().render_change_form(request, context, add, change, form_url, obj)
