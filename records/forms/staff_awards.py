"""Awards as staff find, change by a later decision, and hand out as a list."""

from calendar import monthrange
from datetime import date
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.forms.awards import FAMILIES, KINDS, ORDERS, AwardFilterForm
from records.forms.filters import KnownField, options
from records.forms.recipients import YearField
from records.forms.staff_decisions import STATES, NamedDecisionForm, unit_named
from records.forms.suggest import SuggestField
from records.models import Award, AwardEvent, AwardType, Decision

DECEMBER = 12
STATUSES = tuple(Award.Status.choices)
CORRECTED = [
    "salutation", "recipient_name", "recipient_position", "recipient_unit", "period_start", "period_end", "reason",
]  # fmt: skip
CHANGES = {
    "correct": _("Correct what was written"),
    "revoke": _("Revoke the award"),
    "reissue": _("Issue the paper anew"),
}


def last_day(first, precision):
    """The last day that a date can mean which is known as far as `precision` and kept as the first."""
    if precision == Decision.Precision.DAY:
        return first
    month = DECEMBER if precision == Decision.Precision.YEAR else first.month
    return first.replace(month=month, day=monthrange(first.year, month)[1])


class StaffAwardFilterForm(AwardFilterForm):
    """Conditions on the awards staff may see: those of the public list, and whether and how an award stands."""

    BOXLESS = ("campaign", "decision")

    type = forms.CharField(required=False, max_length=300, label=_("Title or form"))
    unit = forms.CharField(required=False, max_length=300, label=_("Unit and below"))
    state = KnownField(required=False, choices=STATES, label=pgettext_lazy("publication", "State"))
    status = KnownField(required=False, choices=STATUSES, label=pgettext_lazy("award", "Standing"))

    def __init__(self, params, *, user):
        self.user = user
        super().__init__(params)

    def reach(self, rows):
        return rows.visible_to(self.user)

    @cached_property
    def types(self):
        return self.listed(AwardType.objects.all())

    def clean_type(self):
        """A type by its code or any of its printed names."""
        text = self.cleaned_data["type"].replace("\x00", "").strip()
        found = AwardType.objects.filter(code=text).first() or AwardType.objects.match(text) if text else None
        if text and found is None:
            raise ValidationError(_("The register has no award called “%(text)s”."), params={"text": text})
        return found

    def clean_unit(self):
        return unit_named(self.cleaned_data["unit"], self.user)

    @cached_property
    def links(self):
        # The unit is found by its name too, so it is not among the links.
        self.data = {**self.data, "unit": ""}
        return super().links

    def shown(self, name):
        if name in ("type", "unit"):
            return self.cleaned_data[name].name
        return super().shown(name)

    def options_of(self, name, pairs):
        return options(pairs, self.cleaned_data.get(name))

    @property
    def order_options(self):
        return self.options_of("order", ORDERS)

    @property
    def family_options(self):
        return self.options_of("family", FAMILIES)

    @property
    def level_options(self):
        return self.options_of("level", tuple(AwardType.Level.choices))

    @property
    def kind_options(self):
        return self.options_of("kind", KINDS)

    @property
    def state_options(self):
        return self.options_of("state", STATES)

    @property
    def status_options(self):
        return self.options_of("status", STATUSES)

    def by_year(self, awards):
        year = self.cleaned_data["year"]
        return awards.filter(decided_on__range=(date(year, 1, 1), date(year, 12, 31)))

    def by_type(self, awards):
        return awards.filter(type=self.cleaned_data["type"])

    def by_unit(self, awards):
        return awards.within(self.cleaned_data["unit"])

    def by_state(self, awards):
        return awards.filter(published_at__isnull=self.cleaned_data["state"] == "draft")

    def by_status(self, awards):
        return awards.filter(status=self.cleaned_data["status"])


class ChangeForm(forms.Form):
    """Correct, revoke or reissue an award by a further decision, one of the register or a new one."""

    kind = forms.ChoiceField(label=_("What is done"), choices=CHANGES.items(), widget=forms.RadioSelect)
    decision = SuggestField(
        Decision.objects.none(),
        kind="decision",
        required=False,
        label=_("By decision"),
        help_text=_("Type its number. If it is not in the register yet, leave this empty and enter it below."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Shown publicly.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, award, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.award, self.user = award, user
        self.newest = award.history.order_by("-history_id").values_list("history_id", flat=True).first()
        self.initial["version"] = self.newest
        self.fields["decision"].queryset = Decision.objects.visible_to(user).exclude(pk=award.decision_id)
        self.fields["decision"].is_alternative = True
        self.new = NamedDecisionForm(
            self.data if self.is_bound else None,
            prefix="new",
            user=user,
            kind=self.data.get("kind") or Decision.Kind.CORRECT,
            known=Decision.objects.visible_to(user).exclude(pk=award.decision_id),
            initial={"unit": award.decision.unit},
        )
        written = forms.fields_for_model(Award, CORRECTED, widgets={"reason": forms.TextInput})
        written |= {name: YearField(required=False) for name in ("period_start", "period_end")}
        for name in CORRECTED:
            field = self.fields[f"right_{name}"] = written[name]
            field.label = _("Right %(field)s") % {"field": Award._meta.get_field(name).verbose_name}
            field.help_text, field.required = "", False
            self.initial[f"right_{name}"] = getattr(award, name)

    @property
    def written(self):
        """The boxes of what a correction puts right."""
        return [self[f"right_{name}"] for name in CORRECTED]

    @property
    def enters_new(self):
        """Whether a new decision was typed."""
        return any(self.data.get(self.new.add_prefix(name), "").strip() for name in ("number", "issued_on", "issuer"))

    def clean(self):
        data = super().clean()
        if not self.award.stands:
            raise ValidationError(_("A revoked award does not change any more."))
        if data.get("version") and data["version"] != self.newest:
            self.data = self.data.copy()
            self.data["version"] = self.newest
            raise ValidationError(
                _("Somebody changed this award meanwhile. Look at what it says now, then send again.")
            )
        if data.get("decision") is None and "decision" not in self.errors:
            self.clean_new()
        if data.get("kind") == AwardEvent.Kind.CORRECT:
            self.clean_correction(data)
        self.clean_order(data)
        return data

    def clean_new(self):
        """Ask for the decision, where neither one of the register nor a whole new one is named."""
        if not self.enters_new:
            self.add_error("decision", _("Say by which decision: one of the register, or enter it below."))
        elif not self.new.is_valid():
            self.add_error(None, _("See the new decision below."))

    def clean_correction(self, data):
        if not data.get("right_recipient_name", "").strip():
            self.add_error("right_recipient_name", _("Enter the recipient's name as the decision wrote it."))
        start, end = data.get("right_period_start"), data.get("right_period_end")
        if start and end and start > end:
            self.add_error("right_period_end", _("The period ends before it starts."))
        if not self.errors and not any(data[f"right_{n}"] != getattr(self.award, n) for n in CORRECTED):
            raise ValidationError(_("Nothing is different from what the register has."))

    def clean_order(self, data):
        """A later decision changes an award; where a date is known only in part, it is taken to the clerk's favour."""
        if self.errors:
            return
        later, first = data.get("decision") or self.new.facts, self.award.decision
        precision = getattr(later, "issued_precision", None) or self.new.precision
        if last_day(later.issued_on, precision) < first.issued_on:
            self.add_error("decision", _("This decision is older than the one that granted the award."))

    def act(self):
        """Do it; returns the event. Raises ValidationError where the award refuses."""
        data = self.cleaned_data
        decision = data.get("decision") or self.new.decision()
        if data["kind"] == AwardEvent.Kind.CORRECT:
            changes = {name: data[f"right_{name}"] for name in CORRECTED}
            return self.award.correct(decision, data["reason"], **changes)
        verb = self.award.revoke if data["kind"] == AwardEvent.Kind.REVOKE else self.award.reissue
        return verb(decision, data["reason"])
