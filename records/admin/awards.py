"""Awards: entered with their decision or alone; a granted one is corrected or revoked by a later decision."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records.admin.publication import Publish, Unpublish
from records.admin.scoped import DecidedYear, PublishedFilter, ScopedAdmin, ScopedForm, ScopedInline, ShownInline
from records.admin.verbs import HISTORY_REASON, RecordField, Verb, reason_field
from records.models import Award, AwardEvent
from records.templatetags.marks import partial_date

SHOWN = 100
RECIPIENT = ["recipient_kind", "member", "collective"]
WRITTEN = ["recipient_name", "salutation", "recipient_position", "recipient_unit"]
GROUND = ["unit", "mode", "recipient_category", "period_start", "period_end"]
AWARD = ["list_position", "type", *RECIPIENT, *WRITTEN, *GROUND, "reason"]
IDENTITY = {"type", "member", "collective", "recipient_name", "recipient_unit", "period_start", "period_end"}
CORRECTED = [*WRITTEN, "period_start", "period_end"]
LINKS = ["type", "member", "collective", "unit"]


class AwardForm(ScopedForm):
    """One award; what is left blank follows from the member or unit chosen.

    An award like one the register has is refused until the clerk says that it is another.
    """

    different = forms.BooleanField(
        label=_("I have checked: this is a different award"), required=False, widget=forms.HiddenInput
    )
    # Set by the page of a decision, which may be new.
    parent_decision = None

    class Meta:
        model = Award
        fields = ["decision", *AWARD]
        labels = {"type": _("Title or form")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("recipient_kind", "recipient_name", "list_position"):
            if name in self.fields:
                self.fields[name].required = False
        if "list_position" in self.fields and self.instance._state.adding:
            self.initial["list_position"] = None

    def clean_list_position(self):
        return self.cleaned_data["list_position"] or 0

    def clean(self):
        data = super().clean()
        decision = data.get("decision") or (self.instance.decision if self.instance.decision_id else None)
        day = decision.issued_on if decision else getattr(self.parent_decision, "issued_on", None)
        fill_from_member(data, day)
        fill_from_collective(data, day)
        if not data.get("recipient_kind") and "recipient_kind" not in self.errors:
            self.add_error("recipient_kind", _("Say whether it is a person, a collective or a household."))
        return data

    def is_doubtful(self):
        """Whether the award may be one the register has already: new, or changed in what tells awards apart."""
        told_apart_anew = self.instance._state.adding or IDENTITY & set(self.changed_data)
        return bool(told_apart_anew and not self.errors and not self.cleaned_data.get("different"))

    def twin(self):
        """The first other award of one type to one recipient for one period, or None."""
        return Award.objects.same_as(self.instance).select_related("type", "decision").first()

    def doubt(self, other):
        """Refuse the award as another's double, and offer the box that accepts it."""
        text = _("The register already has %(award)s by decision %(decision)s for the same recipient and period. "
                 "If this is a different award, tick the box.")  # fmt: skip
        self.add_error(None, text % {"award": other, "decision": other.decision})
        self.offer_box()

    def doubt_within(self, place):
        """Refuse the award as the double of another on the same page."""
        text = _("Award %(place)s here has the same recipient and period. If this is a different award, tick the box.")
        self.add_error(None, text % {"place": place})
        self.offer_box()

    def offer_box(self):
        self.fields["different"].widget = forms.CheckboxInput()


class LoneAwardForm(AwardForm):
    """An award entered or changed on a page of its own."""

    def _post_clean(self):
        super()._post_clean()
        if self.is_doubtful() and (other := self.twin()):
            self.doubt(other)


def fill_from_member(data, day):
    """Copy what was left blank from the member as the register knows them, with the unit of the day."""
    member = data.get("member")
    if member is None:
        return
    data["recipient_kind"] = data.get("recipient_kind") or Award.RecipientKind.PERSON
    data["recipient_name"] = data.get("recipient_name") or member.full_name
    data["recipient_position"] = data.get("recipient_position") or member.position
    if not data.get("unit"):
        then = member.memberships.current(day).filter(kind="official").select_related("unit").first() if day else None
        data["unit"] = then.unit if then else member.unit
    data["recipient_unit"] = data.get("recipient_unit") or written_name(data["unit"], day)


def fill_from_collective(data, day):
    """Copy what was left blank from the unit honoured, under the name it bore on the day."""
    unit = data.get("collective")
    if unit is None:
        return
    data["recipient_kind"] = data.get("recipient_kind") or Award.RecipientKind.COLLECTIVE
    data["recipient_name"] = data.get("recipient_name") or written_name(unit, day)
    data["unit"] = data.get("unit") or unit


def written_name(unit, day):
    return unit.name_on(day) if day else unit.name


def next_place(decision):
    """The place after the last in a decision's list."""
    return (decision.awards.aggregate(last=Max("list_position"))["last"] or 0) + 1


class AwardFormSet(forms.BaseInlineFormSet):
    """A decision's awards: no silent doubles, and each gets its place in the list."""

    def __init__(self, *args, instance=None, queryset=None, **kwargs):
        if instance is not None and instance.pk and queryset is not None:
            first = (
                queryset.filter(decision=instance).order_by("list_position", "pk").values_list("pk", flat=True)[:SHOWN]
            )
            queryset = queryset.filter(pk__in=list(first))
        super().__init__(*args, instance=instance, queryset=queryset, **kwargs)

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.parent_decision = self.instance
        return form

    def clean(self):
        super().clean()
        seen = {}
        for place, form in enumerate(self.forms, start=1):
            if form.errors or not (form.has_changed() or form.instance.pk):
                continue
            award = form.instance
            linked = award.member_id or award.collective_id
            whom = award.member_id, award.collective_id, None if linked else award.recipient_key()
            key = award.type_id, *whom, award.period_start, award.period_end
            doubtful = form.is_doubtful()
            if doubtful and (other := form.twin()):
                form.doubt(other)
            elif doubtful and key in seen:
                form.doubt_within(seen[key])
            seen.setdefault(key, place)
        if any(form.errors for form in self.forms):
            raise ValidationError(_("See the awards marked below."))

    def save_new(self, form, commit=True):
        award = super().save_new(form, commit=False)
        if not award.list_position:
            if not hasattr(self, "next_place"):
                self.next_place = next_place(self.instance)
            award.list_position = self.next_place
        self.next_place = max(getattr(self, "next_place", 0), award.list_position) + 1
        if commit:
            award.save()
        return award


class YearsShown:
    """Years without the thousands separator that numbers have."""

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sets
        names = {"period_start": "from_year", "period_end": "to_year"}
        return [(t, {**o, "fields": [in_place(names, f) for f in o["fields"]]}) for t, o in sets]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "from_year", "to_year"]

    @admin.display(description=_("achievement from year"))
    def from_year(self, award):
        return str(award.period_start or "–")

    @admin.display(description=_("to year"))
    def to_year(self, award):
        return str(award.period_end or "–")


def in_place(names, field):
    """A field of a fieldset, or a row of them, under other names."""
    return tuple(names.get(f, f) for f in field) if isinstance(field, tuple) else names.get(field, field)


class AwardInline(YearsShown, ScopedInline, admin.StackedInline):
    """Up to a hundred awards of a decision; the rest are in the list of awards."""

    model = Award
    form = AwardForm
    formset = AwardFormSet
    autocomplete_fields = LINKS
    show_change_link = True
    view_on_site = False
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("type", "list_position"),
                    ("recipient_kind", "member", "collective"),
                    ("recipient_name", "recipient_position"),
                    ("recipient_unit", "period_start", "period_end"),
                    "reason",
                    "different",
                ]
            },
        ),
        (
            _("More"),
            {"classes": ["collapse"], "fields": [("salutation", "unit"), ("mode", "recipient_category")]},
        ),
    ]

    def get_queryset(self, request):
        links = ["type", "member__unit", "collective", "unit", "decision"]
        return super().get_queryset(request).select_related(*links).order_by("list_position", "pk")

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj is not None else 1


class ChangeByDecision(Verb):
    """Correct, revoke or reissue a granted award; the paper trail stays."""

    name, title = "event", _("Correct, revoke, reissue")
    done = _("The award has been changed; what it said before is kept.")
    headings = (_("Award"),)
    button = _("Save")
    kind = forms.ChoiceField(label=_("What is done"), choices=AwardEvent.Kind.choices, widget=forms.RadioSelect)
    decision = RecordField(AwardEvent._meta.get_field("decision"), label=_("By decision"))
    reason = reason_field(help_text=_("Shown publicly."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = {
            "correct": _("Correct what was written"),
            "revoke": _("Revoke the award"),
            "reissue": _("Issue the paper anew"),
        }
        self.fields["kind"].choices = kinds.items()
        self.fields |= forms.fields_for_model(Award, CORRECTED)
        for name in CORRECTED:
            field = self.fields[name]
            field.initial = getattr(self.obj, name)
            field.required = field.required and name != "recipient_name"
            field.label = _("Right %(field)s") % {"field": field.label}
            field.help_text = ""
        self.fields["recipient_name"].help_text = _("For a correction only: leave alone what was right.")

    @classmethod
    def offered_for(cls, obj):
        return obj.stands

    def act_on(self, award):
        data = self.cleaned_data
        if not Award.objects.alterable_by(self.user).filter(pk=award.pk).exists():
            raise ValidationError(_("A public award is changed by an approver or manager of the unit that keeps it."))
        award._change_reason = data["reason"][:HISTORY_REASON]
        if data["kind"] == AwardEvent.Kind.CORRECT:
            changes = {name: data[name] for name in CORRECTED}
            if not changes["recipient_name"]:
                raise ValidationError(_("Enter the recipient's name as the decision wrote it."))
            award.correct(data["decision"], data["reason"], **changes)
        elif data["kind"] == AwardEvent.Kind.REVOKE:
            award.revoke(data["decision"], data["reason"])
        else:
            award.reissue(data["decision"], data["reason"])


class PublishAwards(Publish):
    """Awards by themselves, whatever of their decision is public."""

    headings = (_("Recipient"), _("Position"), _("Unit"), _("Award"))
    shown = _("the recipient's name, position, unit, the award, its period, what it was given for and its decision")

    def cells(self, award):
        return award.recipient_name, award.recipient_position, award.recipient_unit, award.type

    def listed(self):
        self.rows = self.rows.select_related("type")
        return super().listed()

    def numbers(self):
        n = self.rows.filter(self.concerned()).count()
        return [ngettext("%(n)d award", "%(n)d awards", n) % {"n": n}]

    def act(self):
        self.rows.publish(self.user, self.request)


class UnpublishAwards(Unpublish, PublishAwards):
    def act(self):
        self.rows.unpublish(self.user, self.request, self.cleaned_data["reason"])


class AwardEventInline(ShownInline):
    model = AwardEvent
    fields = readonly_fields = ["occurred_on", "kind", "decision", "reason", "written_before", "written_after"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("decision").order_by("-occurred_on", "-pk")

    @admin.display(description=_("before"))
    def written_before(self, event):
        return listed_values(event.was)

    @admin.display(description=_("after"))
    def written_after(self, event):
        return listed_values(event.became)


def listed_values(values):
    """As-written fields and their values, one a line, as a person reads them."""
    lines = [f"{capfirst(Award._meta.get_field(name).verbose_name)}: {value or '–'}" for name, value in values.items()]
    return "\n".join(lines) or "–"


@admin.register(Award)
class AwardAdmin(YearsShown, ScopedAdmin):
    sheet_kind = "awards"
    form = LoneAwardForm
    keeper_path = "kept_path"
    list_display = [
        "recipient_name",
        "recipient_unit",
        "type",
        "decision_number",
        "decided",
        "status",
        "is_published",
    ]
    list_filter = [PublishedFilter, "type__family", "type__level", "recipient_kind", "status", DecidedYear]
    list_select_related = ["type", "decision"]
    autocomplete_fields = ["decision", *LINKS]
    search_fields = ["recipient_name"]
    ordering = ["-decided_on", "-decision", "list_position", "pk"]
    verbs = [ChangeByDecision, PublishAwards, UnpublishAwards]
    inlines = [AwardEventInline]
    fieldsets = [
        (None, {"fields": ["decision", "type", "list_position"]}),
        (_("Recipient"), {"fields": RECIPIENT}),
        (_("As the decision wrote it"), {"fields": WRITTEN}),
        (_("Details"), {"fields": [*GROUND, "reason", "different"]}),
    ]

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else []

    def get_readonly_fields(self, request, obj=None):
        own = ["decision", "status", "is_published", "public_code"] if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *own]

    def get_fieldsets(self, request, obj=None):
        sets = super().get_fieldsets(request, obj)
        if obj is None:
            return sets
        if not self.has_change_permission(request, obj):
            sets = [(t, {**o, "fields": [f for f in o["fields"] if f != "different"]}) for t, o in sets]
        return [(_("In the register"), {"fields": ["status", "is_published", "public_code"]}), *sets]

    @admin.display(description=_("decision"), ordering="decided_on")
    def decision_number(self, award):
        return award.decision.number or _("no number yet")

    @admin.display(description=_("issued on"), ordering="decided_on")
    def decided(self, award):
        return partial_date(award.decided_on, award.decision.issued_precision)

    @admin.display(description=_("shown publicly"), boolean=True)
    def is_published(self, award):
        return award.published_at is not None

    @admin.display(description=_("code"))
    def public_code(self, award):
        return award.short_code

    def find(self, rows, text):
        code = text.strip().lower().replace("-", "")
        return rows.search(text) | rows.filter(public_id=code)

    def store(self, request, obj, form, change):
        if not obj.list_position:
            obj.list_position = next_place(obj.decision)
        super().store(request, obj, form, change)

    def is_public(self, obj):
        return obj.published_at is not None
