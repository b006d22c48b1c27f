"""Members: entered with the day they belong from; transfers, attachments and standing change only by dated acts."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from records.admin.reach import offered
from records.admin.scoped import ScopedAdmin, ScopedForm, ShownInline
from records.admin.verbs import RecordField, Verb, day_field
from records.models import Award, Member, Membership
from records.models.members import PRESENT
from records.templatetags.marks import masked, partial_date

UNIT = Membership._meta.get_field("unit")
PERSON = ["full_name", "gender", "birth_date", "birth_precision", "card_number"]
PARTY = ["admitted_on", "full_member_on", "position", "standing", "unit"]
CONTACT = ["email", "phone"]
ENTRY = ["belongs_from", "by_decision"]
BY_VERB = ["standing", "unit", "attached_to"]


class MemberVerb(Verb):
    """An act on a member from a day on."""

    headings = (_("Member"),)
    on = day_field()

    @classmethod
    def offered_for(cls, obj):
        return obj.standing in PRESENT


class Transfer(MemberVerb):
    name, title = "transfer", _("Transfer")
    done = _("The member now belongs to the new unit; the old membership is kept.")
    unit = RecordField(UNIT, label=_("New unit"))
    decision = RecordField(Membership._meta.get_field("decision"), label=_("By decision"), required=False)
    why = forms.ChoiceField(
        label=_("Reason"),
        choices=[(r.value, r.label) for r in (Membership.EndReason.TRANSFER, Membership.EndReason.REORGANISED)],
    )
    field_order = ["unit", "on"]

    def act_on(self, member):
        data = self.cleaned_data
        member.transfer_to(data["unit"], data["on"], data["decision"], data["why"])


class Attach(MemberVerb):
    name, title = "attach", _("Attach temporarily")
    done = _("The member takes part at the other unit for the time being.")
    unit = RecordField(UNIT, label=_("Takes part at"))
    decision = RecordField(Membership._meta.get_field("decision"), label=_("By decision"), required=False)
    field_order = ["unit", "on"]

    @classmethod
    def offered_for(cls, obj):
        return super().offered_for(obj) and obj.attached_to_id is None

    def act_on(self, member):
        member.attach_to(self.cleaned_data["unit"], self.cleaned_data["on"], self.cleaned_data["decision"])


class EndAttachment(MemberVerb):
    name, title, done = "return", _("End the attachment"), _("The member takes part at the own unit again.")

    @classmethod
    def offered_for(cls, obj):
        return obj.attached_to_id is not None

    def act_on(self, member):
        member.end_attachment(self.cleaned_data["on"])


class ChangeStanding(MemberVerb):
    name, title, done = "standing", _("Change the standing"), _("The member's standing has been changed.")
    standing = forms.ChoiceField(label=_("New standing"), choices=Member.Standing.choices)
    why = forms.CharField(label=_("Reason for the change"), max_length=100, required=False)
    field_order = ["standing", "on"]

    @classmethod
    def offered_for(cls, obj):
        return True

    def act_on(self, member):
        member._change_reason = self.cleaned_data["why"] or None
        member.change_standing(self.cleaned_data["standing"], self.cleaned_data["on"])


class MemberForm(ScopedForm):
    """A member's own data."""

    class Meta:
        model = Member
        fields = [*PERSON, *PARTY, *CONTACT]


class NewMemberForm(MemberForm):
    """A member to be entered; asks since when the person belongs to the unit."""

    belongs_from = day_field(_("Belongs to the unit from"))
    by_decision = RecordField(Membership._meta.get_field("decision"), label=_("By decision"), required=False)


class MembershipInline(ShownInline):
    model = Membership
    fields = ["unit", "kind", "valid_from", "valid_to", "end_reason", "decision"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "decision").order_by("-valid_from", "-pk")


@admin.register(Member)
class MemberAdmin(ScopedAdmin):
    sheet_kind = "members"
    form = MemberForm
    list_display = ["full_name", "born", "position", "unit_name", "standing", "card"]
    list_filter = ["standing", "gender"]
    list_select_related = ["unit__parent", "attached_to"]
    autocomplete_fields = ["unit"]
    search_fields = ["full_name"]
    ordering = ["sort_key", "pk"]
    verbs = [Transfer, Attach, EndAttachment, ChangeStanding]

    @admin.display(description=_("born on"), ordering="birth_date")
    def born(self, member):
        return partial_date(member.birth_date, member.birth_precision)

    @admin.display(description=_("unit"))
    def unit_name(self, member):
        # Hundreds of branches are called "Chi bộ 1": the unit above tells which.
        unit = member.unit
        return ", ".join(part.short_name or part.name for part in (unit, unit.parent) if part)

    @admin.display(description=_("Party card number"))
    def card(self, member):
        return masked(member.card_number)

    def find(self, rows, text):
        if any(letter.isdigit() for letter in text):
            return rows.filter(card_number__startswith=text.strip())
        return rows.search(text)

    def get_inlines(self, request, obj):
        return [MembershipInline] if obj is not None else []

    def get_readonly_fields(self, request, obj=None):
        return [*BY_VERB, "card"] if obj is not None else []

    def get_fieldsets(self, request, obj=None):
        party = [*PARTY, *(ENTRY if obj is None else ["attached_to"])]
        changes = obj is None or self.has_change_permission(request, obj)
        # Whoever only reads sees no more than in the portal.
        person = PERSON if changes else [name if name != "card_number" else "card" for name in PERSON]
        self_data = [(None, {"fields": person}), (_("In the Party"), {"fields": party})]
        if changes:
            self_data.append((_("Contact"), {"fields": CONTACT}))
        if obj is not None and changes:
            self_data.append((None, {"fields": ["change_reason"]}))
        return self_data

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, **{**kwargs, "form": NewMemberForm})
        field = form.base_fields["by_decision"]
        field.queryset = offered(field.relation, request.user, field.relation.related_model.objects.all())
        return form

    def store(self, request, obj, form, change):
        if change:
            obj.save()
        else:
            obj.admit(form.cleaned_data["belongs_from"], form.cleaned_data["by_decision"])

    def is_public(self, obj):
        return Award.objects.published().filter(member=obj).exists()
