"""Decisions, each with the awards it grants on one page."""

from pathlib import PurePath

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records.admin.awards import AwardInline
from records.admin.publication import Publish, Unpublish
from records.admin.scoped import IssuedYear, PublishedFilter, ScopedAdmin, ScopedForm
from records.models import Decision, Unit, User
from records.templatetags.marks import partial_date

FIELDS = [
    "number", "issuer", "kind", "issued_on", "issued_precision", "effective_on", "subject", "signed_by",
    "signer_position", "file", "unit",
]  # fmt: skip
SCANS = {".pdf", ".jpg", ".jpeg", ".png", ".doc", ".docx"}
SCAN_LIMIT = 25 * 1024 * 1024


class DecisionForm(ScopedForm):
    """A decision as it was issued; any date is accepted."""

    also_checked = frozenset({"issuer_key", "series", "sequence"})

    class Meta:
        model = Decision
        fields = FIELDS

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            if PurePath(file.name).suffix.lower() not in SCANS:
                raise ValidationError(_("Attach a PDF, Word, JPEG or PNG file."))
            if file.size > SCAN_LIMIT:
                raise ValidationError(_("The file is larger than 25 MB. Scan it at a lower resolution."))
        return file


class PublishDecisions(Publish):
    """Decisions, with all their awards."""

    headings = (_("Decision"), _("Issued on"), _("Subject"), _("Awards"))
    shown = _("number, date, issuer, signer and subject; of each award the recipient's name, position, unit, "
              "the award, its period and what it was given for")  # fmt: skip

    @classmethod
    def offered_for(cls, obj):
        # A public decision may have gained awards that are not public yet.
        return not cls.public or super().offered_for(obj)

    def cells(self, decision):
        return decision.number or "–", f"{decision.issued_on:%d/%m/%Y}", decision.subject, decision.to_change

    def listed(self):
        self.rows = self.rows.annotate(to_change=Count("awards", filter=self.concerned("awards__")))
        return super().listed()

    def numbers(self):
        awards = sum(d.awards.filter(self.concerned()).count() for d in self.rows)
        return [
            ngettext("%(n)d decision", "%(n)d decisions", self.count) % {"n": self.count},
            ngettext("%(n)d award", "%(n)d awards", awards) % {"n": awards},
        ]

    def act(self):
        for decision in self.rows:
            decision.publish(self.user, self.request)


class UnpublishDecisions(Unpublish, PublishDecisions):
    def act(self):
        for decision in self.rows:
            decision.unpublish(self.user, self.request, self.cleaned_data["reason"])


@admin.register(Decision)
class DecisionAdmin(ScopedAdmin):
    listing = "decisions"
    form = DecisionForm
    list_display = ["number_shown", "issued", "issuer", "subject", "kind", "is_published"]
    list_filter = [PublishedFilter, "kind", IssuedYear]
    autocomplete_fields = ["unit"]
    search_fields = ["number"]
    ordering = ["-issued_on", "-pk"]
    inlines = [AwardInline]
    verbs = [PublishDecisions, UnpublishDecisions]
    readonly_fields = ["is_published", "all_awards"]

    def get_changeform_initial_data(self, request):
        own = Unit.objects.filter(path__in=request.user.paths(User.EDITORS))[:2]
        initial = {"unit": own[0].pk} if len(own) == 1 else {}
        return initial | super().get_changeform_initial_data(request)

    def get_fields(self, request, obj=None):
        return [*FIELDS, "is_published", "all_awards"] if obj is not None else FIELDS

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, decision):
        return decision.number or _("no number yet")

    @admin.display(description=_("issued on"), ordering="issued_on")
    def issued(self, decision):
        return partial_date(decision.issued_on, decision.issued_precision)

    @admin.display(description=_("shown publicly"), boolean=True)
    def is_published(self, decision):
        return decision.published_at is not None

    @admin.display(description=_("its awards"))
    def all_awards(self, decision):
        n = decision.awards.count()
        address = f"{reverse('admin:records_award_changelist')}?decision={decision.pk}"
        text = ngettext("%(n)d award in the list", "%(n)d awards in the list", n) % {"n": n}
        return format_html('<a href="{}">{}</a>', address, text)

    def store(self, request, obj, form, change):
        super().store(request, obj, form, change)
        if "issued_on" in form.changed_data:
            obj.date_awards()
        if obj.number and not obj.number_is_understood:
            text = _("The number “%(number)s” does not follow the official pattern. It is kept as printed.")
            messages.warning(request, text % {"number": obj.number})

    def is_public(self, obj):
        return obj.published_at is not None
