"""The staff's forms of a campaign: itself, whom it concerns, what may be chosen, what it rests on."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campaigns.models import Activity, Campaign, CampaignDocument, CampaignScope, PlannedActivity, Pledge, SelfPledge
from records.forms.dates import TypedDateField
from records.forms.filters import FilterForm, KnownField, options, search_field
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import Decision, Sector, Unit
from records.vietnamese import fold, normalise

Status = Campaign.Status
# Rows of one kind that a campaign may have, how many empty ones are added at a time, digits of their number.
MOST_ROWS, MORE, DIGITS = 200, 5, 5
# Addresses of the staff area beside `<slug>/`.
RESERVED = {"add"}
TEXTS = {"title", "theme", "summary", "body", "decision", "new_number", "new_issuer", "new_date"}
TIMES = ("starts_on", "ends_on", "registration_from", "registration_to", "plans_due_on", "results_due_on")
# What may still be changed once units have been told; None is everything.
OPEN = {
    Status.DRAFT: None,
    Status.LAUNCHED: {*TEXTS, *TIMES, "names_public"},
    Status.REVIEWING: {*TEXTS, *TIMES, "names_public"},
    Status.CLOSED: TEXTS,
}


class StaffCampaignFilter(FilterForm):
    """Conditions on the staff's list of campaigns."""

    q = search_field(_("Words of the title"), _("Words"))
    status = KnownField(required=False, choices=Status.choices, label=_("Status"))

    @property
    def status_options(self):
        return options(tuple(Status.choices), self.cleaned_data.get("status"))

    def by_q(self, campaigns):
        return campaigns.search(self.cleaned_data["q"])

    def by_status(self, campaigns):
        return campaigns.filter(status=self.cleaned_data["status"])


class CampaignForm(VersionedForm):
    """A campaign; its address follows from the title unless typed, its decision may be entered here by its number."""

    decision = SuggestField(
        Decision.objects.none(),
        kind="decision",
        required=False,
        label=_("Launched by decision"),
        help_text=_("Type its number; for one that is not in the register yet fill in the next three instead."),
    )
    new_number = forms.CharField(required=False, max_length=60, label=_("Number of a new decision"))
    new_issuer = forms.CharField(required=False, max_length=200, label=_("Issued by"))
    new_date = TypedDateField(required=False, label=_("Issued on"))

    class Meta:
        model = Campaign
        fields = [
            "title", "slug", "theme", "mode", "launched_by", "decision", "summary", "body",
            "starts_on", "ends_on", "registration_from", "registration_to", "plans_due_on", "results_due_on",
            "target_plan_rate", "target_member_rate", "plans_from", "names_public",
        ]  # fmt: skip
        field_classes = dict.fromkeys(TIMES, TypedDateField)
        widgets = {"summary": forms.Textarea(attrs={"rows": 3}), "body": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        units = Unit.objects.editable_by(user).order_by("path")
        self.fields["launched_by"] = SuggestField(units, kind="unit", label=_("Launched by"))
        self.fields["decision"].queryset = Decision.objects.visible_to(user)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("The last part of its web address; left empty it follows from the title.")
        if not self.instance.pk and not user.is_superuser:
            own = [posting.unit_id for posting in user.postings_on() if posting.role in user.EDITORS]
            self.initial["launched_by"] = next(iter(own), None)
        self.fix()

    def fix(self):
        """What may no longer change is shown and not taken."""
        still = OPEN[self.instance.status] if self.instance.pk else None
        for name, field in self.fields.items():
            field.disabled = still is not None and name not in still and name != "version"
        # Who registered while names were not public was told so.
        if still is not None and not self.instance.names_public:
            self.fields["names_public"].disabled = True

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise ValidationError(_("“%(slug)s” is used by the site itself; choose another."), params={"slug": slug})
        return slug

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("title"):
            cleaned["slug"] = self.proposed(cleaned["title"])
            if not cleaned["slug"]:
                self.add_error("slug", self.fields["slug"].error_messages["required"])
        self.clean_decision_anew(cleaned)
        return cleaned

    def proposed(self, title):
        """An address from the title's words, with a number where it is taken."""
        base = slugify(fold(title))[:90].strip("-")
        taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
        numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
        return base if base not in taken else next(slug for slug in numbered if slug not in taken)

    def clean_decision_anew(self, cleaned):
        """A decision given by its number becomes `self.new_decision`, all of its three fields filled in."""
        self.new_decision = None
        parts = {name: cleaned.get(name) for name in ("new_number", "new_issuer", "new_date")}
        if not any(parts.values()):
            return
        if cleaned.get("decision"):
            self.add_error("new_number", _("Choose a decision above or enter a new one, not both."))
            return
        for name, value in parts.items():
            if not value and name not in self.errors:
                self.add_error(name, _("A new decision needs its number, who issued it and its date."))
        if not all(parts.values()) or not cleaned.get("launched_by"):
            return
        decision = Decision(
            kind=Decision.Kind.LAUNCH,
            number=parts["new_number"],
            issuer=parts["new_issuer"],
            issued_on=parts["new_date"],
            unit=cleaned["launched_by"],
        )
        try:
            decision.full_clean()
        except ValidationError as error:
            self.add_error("new_number", error.messages)
        else:
            self.new_decision = decision

    def save(self, commit=True):
        if self.new_decision is not None:
            self.new_decision.save()
            self.instance.decision = self.new_decision
        return super().save(commit)


class ScopeForm(forms.ModelForm):
    """A unit, with or without those below it, or a sector; what stands already is taken out, never turned round."""

    class Meta:
        model = CampaignScope
        fields = ["unit", "with_subordinates", "sector"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.editable_by(user)
        self.fields["unit"] = SuggestField(units, kind="unit", required=False, label=_("Unit"))
        self.fields["sector"].queryset = Sector.objects.order_by("name")
        if self.instance.pk:
            self.fields["unit"].disabled = self.fields["sector"].disabled = True


class ActivityForm(forms.ModelForm):
    """Something that may be chosen."""

    class Meta:
        model = Activity
        fields = ["name", "measure", "icon", "order"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["order"].required = False
        self.fields["measure"].help_text = ""

    def clean_name(self):
        # As it will be stored, so that the same name with another space is found to be the same.
        return normalise(self.cleaned_data["name"])

    def clean_order(self):
        return self.cleaned_data["order"] or 0


class BasisForm(forms.ModelForm):
    """A document the campaign follows."""

    class Meta:
        model = CampaignDocument
        fields = ["decision"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.role = CampaignDocument.Role.BASIS
        decisions = Decision.objects.visible_to(user)
        self.fields["decision"] = SuggestField(decisions, kind="decision", label=_("Document"))
        self.fields["decision"].disabled = self.instance.pk is not None


class PartnerForm(forms.Form):
    """A unit that launches the campaign together with the first."""

    unit = SuggestField(Unit.objects.published(), kind="any_unit", required=False, label=_("Unit"))


class Rows(forms.BaseInlineFormSet):
    """Rows of a campaign; empty ones, which a page without a script must offer, count for nothing."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take out")

    def clean(self):
        super().clean()
        # A key that is none of the campaign's rows stands for no row.
        marked = [form.instance for form in self.initial_forms if form.instance.pk and values_of(form).get("DELETE")]
        if kept := list(filter(None, map(self.refusal, marked))):
            raise ValidationError(kept)

    def refusal(self, row):
        """Why a row cannot be taken out, empty where it can."""
        return ""


class BasisRows(Rows):
    def clean(self):
        super().clean()
        kept = [values for values in map(values_of, self.forms) if not values.get("DELETE")]
        decisions = [values["decision"] for values in kept if values.get("decision")]
        # The role is not a field of the row, so the model's own check does not see it.
        if len(set(decisions)) < len(decisions):
            raise ValidationError(_("This document is in the list already."))


class ScopeRows(Rows):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk and self.instance.status != Status.DRAFT:
            form.fields["with_subordinates"].disabled = True

    def refusal(self, row):
        if self.instance.status == Status.DRAFT:
            return ""
        return _("“%(name)s” stays: it has been told that the campaign concerns it.") % {"name": row.unit or row.sector}


class ActivityRows(Rows):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and not form.instance.pk:
            form.initial["order"] = index + 1

    def refusal(self, row):
        chosen = any(model.objects.filter(activity=row).exists() for model in (Pledge, PlannedActivity, SelfPledge))
        return _("“%(name)s” stays: it has been chosen or planned already.") % {"name": row} if chosen else ""


def values_of(form):
    return getattr(form, "cleaned_data", {})


def rows_of(model, form, formset, extra):
    return forms.inlineformset_factory(
        Campaign, model, form=form, formset=formset, extra=extra, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )


SCOPES = rows_of(CampaignScope, ScopeForm, ScopeRows, 2)
ACTIVITIES = rows_of(Activity, ActivityForm, ActivityRows, 4)
BASES = rows_of(CampaignDocument, BasisForm, BasisRows, 1)
PARTNERS = forms.formset_factory(PartnerForm, extra=1, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class CampaignEntry:
    """The whole page of a campaign: the form with its rows, checked together and saved together.

    A page without a script asks for more rows, or for its pasted lines as rows, or for a look at the text, by sending
    itself: then nothing is checked and everything typed is kept.
    """

    def __init__(self, data, *, user, instance=None):
        self.instance = instance or Campaign()
        self.asked = data is not None and any(name in data for name in ("more", "preview"))
        data = None if data is None else with_rows(data)
        row = {"data": data, "instance": self.instance}
        known = {**row, "form_kwargs": {"user": user}}
        bases = CampaignDocument.objects.filter(role=CampaignDocument.Role.BASIS).order_by("pk")
        self.form = CampaignForm(data, user=user, instance=self.instance)
        self.bases = BASES(**known, prefix="bases", queryset=bases)
        self.partners = PARTNERS(data, prefix="partners", initial=self.partner_units())
        self.scopes = SCOPES(**known, prefix="scopes", queryset=CampaignScope.objects.order_by("pk"))
        activities = Activity.objects.order_by("order", "pk")
        self.activities = ACTIVITIES(**row, prefix="activities", queryset=activities)
        self.rows = [self.bases]
        if self.instance.status != Status.CLOSED:
            self.rows += [self.scopes, self.activities, self.partners]
        self.preview = data["body"] if data is not None and "preview" in data else ""
        if self.asked:
            self.keep()

    @property
    def times(self):
        """The days of the campaign, as the page orders them."""
        return [self.form[name] for name in TIMES]

    def partner_units(self):
        if not self.instance.pk:
            return []
        return [{"unit": pk} for pk in self.instance.together_with.order_by("path").values_list("pk", flat=True)]

    def keep(self):
        """Show what was sent as it was sent, without a word on what is missing yet."""
        for form in [self.form, *(form for rows in self.rows for form in rows.forms)]:
            form._errors = ErrorDict()
        for rows in self.rows:
            rows._errors, rows._non_form_errors = [], ErrorList()

    @cached_property
    def errors(self):
        """Every error of the page, for its head: pairs of the field (None where it is none) and the words."""
        found = [(None, error) for rows in self.rows for error in rows.non_form_errors()]
        for form in [self.form, *(form for rows in self.rows for form in rows.forms)]:
            found += [(None, error) for error in form.non_field_errors()]
            found += [(field, error) for field in form for error in field.errors]
        return found

    def is_valid(self):
        """Whether it was sent to be saved and all of it holds."""
        if self.asked or not self.form.is_bound:
            return False
        # Each is asked, so that all that is wrong is said at once.
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.rows)])

    def save(self):
        """Write the campaign and its rows, each with its history."""
        campaign = self.form.save()
        for rows in self.rows:
            if rows is self.partners:
                kept = [form.cleaned_data for form in rows if not form.cleaned_data.get("DELETE")]
                campaign.together_with.set({row["unit"] for row in kept if row.get("unit")} - {campaign.launched_by})
            else:
                rows.save()
        return campaign


def with_rows(data):
    """What was sent, with the rows it asks for: empty ones for `more`, one for each pasted line."""
    data = data.copy()
    wanted, lines = data.get("more", ""), data.get("pasted", "").splitlines()
    total = data.get(f"{wanted}-TOTAL_FORMS", "")
    if total.isdecimal() and len(total) < DIGITS:
        data[f"{wanted}-TOTAL_FORMS"] = min(int(total) + MORE, MOST_ROWS)
    lines = [line.strip() for line in lines if line.strip()]
    total = str(data.get("activities-TOTAL_FORMS", ""))
    if lines and total.isdecimal() and len(total) < DIGITS:
        first = int(total)
        for index, line in enumerate(lines[: max(0, MOST_ROWS - first)], first):
            name, _tab, measure = (part.strip() for part in line.replace(";", "\t", 1).partition("\t"))
            row = {"name": name, "measure": measure, "icon": Activity.Icon.OTHER.value, "order": str(index + 1)}
            data.update({f"activities-{index}-{field}": value for field, value in row.items()})
            data["activities-TOTAL_FORMS"] = str(index + 1)
        data["pasted"] = ""
    return data


class CancelForm(forms.Form):
    """Why a campaign is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
