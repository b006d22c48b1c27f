"""Decisions as staff enter and find them."""

from datetime import date

from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.forms.dates import PartialDateField
from records.forms.filters import FilterForm, KnownField, YearField, options, search_field
from records.forms.papers import PaperField
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.gaps import DECISION_GAPS, with_gap
from records.lists.award_decisions import DecisionFacts
from records.models import Decision, Unit
from records.models.history import begun_by
from records.models.scope import within_path
from records.papers import ending
from records.templatetags.marks import partial_date

SCANS = ("pdf", "jpg", "jpeg", "png")
KINDS = tuple(Decision.Kind.choices)
MISSING = tuple((gap.name, gap.words) for gap in DECISION_GAPS)
STATES = (("published", _("published")), ("draft", pgettext_lazy("publication", "draft")))
KEPT = (("mine", _("that I may put right")),)
ENTERED = (("me", _("entered by me")),)
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
NUMBER = forms.TextInput(attrs=PLAIN)
DATE_HELP = _("Day, month, year; or what is known of it: 05/2020, 2020.")


def own_unit(user):
    """The unit a new decision is kept by, where the user works for one alone."""
    units = [posting.unit for posting in user.postings_on() if posting.role in user.EDITORS]
    return units[0] if len({unit.pk for unit in units}) == 1 else None


class ScanField(PaperField):
    """A scan of a decision: a PDF, or a photo of the page."""

    default_error_messages = {
        "kind": _("“%(name)s” is not a scan. Send a PDF, a JPG or a PNG."),
        "content": _("“%(name)s” is damaged or is not what its ending says. Scan it again, or save it anew as a PDF."),
    }

    def __init__(self, **kwargs):
        widget = forms.FileInput(attrs={"accept": ",".join(f".{end}" for end in SCANS)})
        kwargs.setdefault("help_text", _("PDF, JPG or PNG, 20 MB at most. Only staff can open it."))
        super().__init__(stem="quyet-dinh", widget=widget, **kwargs)

    def to_python(self, data):
        if data not in self.empty_values and ending(data.name) not in SCANS:
            message = self.error_messages["kind"]
            raise forms.ValidationError(message, code="kind", params={"name": data.name})
        return super().to_python(data)


class DatedForm:
    """A form with `issued_on` as far as it is known; `precision` says how far."""

    precision = Decision.Precision.DAY

    def clean_issued_on(self):
        found = self.cleaned_data["issued_on"]
        self.precision = found.precision
        return found.day


class DecisionForm(DatedForm, VersionedForm):
    """A decision as it was issued; any date is accepted."""

    issued_on = PartialDateField(label=_("Issued on"), help_text=DATE_HELP)
    file = ScanField(label=_("Scan"), required=False)
    unit = SuggestField(
        Unit.objects.none(),
        kind="unit",
        label=_("Kept by"),
        help_text=_("The unit whose staff keep this decision and its awards."),
    )

    class Meta:
        model = Decision
        fields = ["number", "issued_on", "issuer", "kind", "subject", "signed_by", "signer_position", "unit", "file"]
        labels = {"number": _("Decision number"), "issuer": _("Issued by"), "signed_by": _("Signed by")}
        widgets = {
            "number": NUMBER,
            "issuer": forms.TextInput(attrs=PLAIN),
            "subject": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.editable_by(user)
        if self.instance.pk:
            # The scan has a page of its own.
            del self.fields["file"]
            self.initial["issued_on"] = partial_date(self.instance.issued_on, self.instance.issued_precision)
        else:
            self.initial.setdefault("unit", own_unit(user))

    def _get_validation_exclusions(self):
        # Derived from what is typed, and part of what makes a decision unique.
        return super()._get_validation_exclusions() - {"issuer_key", "series", "sequence"}

    def _post_clean(self):
        if "issued_on" in self.cleaned_data:
            self.instance.issued_precision = self.precision
        super()._post_clean()

    def save(self, commit=True):
        try:
            with transaction.atomic():
                decision = super().save(commit)
                decision.date_awards()
        except IntegrityError:
            # Somebody entered the same one between the check and now.
            self.add_error(None, _("This decision is in the register already: same issuer, number and date."))
            return None
        return decision


class NamedDecisionForm(DatedForm, forms.Form):
    """A decision by what is printed on it: the one in the register, or a new one."""

    number = forms.CharField(label=_("Decision number"), max_length=60, widget=NUMBER, required=False)
    issued_on = PartialDateField(label=_("Issued on"), help_text=DATE_HELP)
    issuer = forms.CharField(label=_("Issued by"), max_length=200, widget=forms.TextInput(attrs=PLAIN))
    unit = SuggestField(Unit.objects.none(), kind="unit", label=_("Kept by"), required=False)

    def __init__(self, *args, user, kind, known, **kwargs):
        """`known` are the decisions that may be taken where they are in the register already."""
        super().__init__(*args, **kwargs)
        self.kind, self.known = kind, known
        self.fields["unit"].queryset = Unit.objects.editable_by(user)
        self.initial.setdefault("unit", own_unit(user))

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        self.facts = DecisionFacts(data["number"], data["issued_on"], self.precision, data["issuer"], unit=data["unit"])
        found = self.facts.find()
        if found and not self.known.filter(pk=found.pk).exists():
            self.add_error("number", _("This decision is in the register already and is kept by a unit outside yours."))
        elif not found and not data["unit"]:
            self.add_error("unit", _("This decision is new: say which unit keeps it."))
        return data

    def decision(self):
        """The decision meant, saved as a draft where it is new."""
        if found := self.facts.find():
            return found
        facts = self.facts
        decision = Decision(
            number=facts.number,
            issuer=facts.issuer,
            issued_on=facts.issued_on,
            issued_precision=facts.precision,
            kind=self.kind,
            unit=facts.unit,
        )
        try:
            with transaction.atomic():
                decision.save()
        except IntegrityError:
            return facts.find()
        return decision


class ScanForm(forms.Form):
    """The scan of a decision, put in or put in place of another."""

    file = ScanField(label=_("Scan"))


class StaffDecisionFilterForm(FilterForm):
    """Conditions on the decisions staff may see; each is one parameter of the address."""

    q = search_field(_("Number, issuer or subject of the decision"), _("Number or subject"))
    year = YearField(label=_("Year issued"))
    kind = KnownField(required=False, choices=KINDS, label=_("Kind of decision"))
    state = KnownField(required=False, choices=STATES, label=pgettext_lazy("publication", "State"))
    unit = forms.CharField(required=False, max_length=300, label=_("Kept by, with the units below"))
    missing = KnownField(required=False, choices=MISSING, label=_("Lacking"))
    kept = KnownField(required=False, choices=KEPT, label=_("Kept by"))
    entered = KnownField(required=False, choices=ENTERED, label=_("Entered"))

    def __init__(self, params, *, user):
        self.user = user
        super().__init__(params)

    def clean_unit(self):
        return unit_named(self.cleaned_data["unit"], self.user)

    def shown(self, name):
        return self.cleaned_data["unit"].name if name == "unit" else super().shown(name)

    @property
    def boxless(self):
        """The conditions in force that have no box, so that another search keeps them until their chip is dropped."""
        return [(name, self.conditions[name]) for name in ("missing", "kept", "entered") if name in self.conditions]

    def described(self, name):
        # Their values say by themselves what is meant.
        return capfirst(str(self.shown(name))) if name in ("kept", "entered") else super().described(name)

    @property
    def kind_options(self):
        return options(KINDS, self.cleaned_data.get("kind"))

    @property
    def state_options(self):
        return options(STATES, self.cleaned_data.get("state"))

    def by_q(self, decisions):
        return decisions.search(self.cleaned_data["q"])

    def by_year(self, decisions):
        year = self.cleaned_data["year"]
        return decisions.filter(issued_on__range=(date(year, 1, 1), date(year, 12, 31)))

    def by_kind(self, decisions):
        return decisions.filter(kind=self.cleaned_data["kind"])

    def by_state(self, decisions):
        return decisions.filter(published_at__isnull=self.cleaned_data["state"] == "draft")

    def by_missing(self, decisions):
        return with_gap(decisions, DECISION_GAPS, self.cleaned_data["missing"], timezone.localdate())

    def by_kept(self, decisions):
        return decisions.editable_by(self.user)

    def by_entered(self, decisions):
        return decisions.filter(pk__in=begun_by(self.user, Decision))

    def by_unit(self, decisions):
        return decisions.filter(within_path("unit_path", self.cleaned_data["unit"].path))


def unit_named(text, user):
    """The unit of a code or name that a list is narrowed to, or None for nothing typed; raises ValidationError."""
    text = text.replace("\x00", "").strip()
    if not text:
        return None
    units = Unit.objects.visible_to(user)
    found = list(units.filter(code=text)[:1]) or list(units.search(text).order_by("path")[:2])
    exact = [unit for unit in found if text in (unit.code, unit.name)]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if found:
        raise forms.ValidationError(
            _("Several units are called “%(value)s”; type its code. The condition was left out.") % {"value": text}
        )
    raise forms.ValidationError(
        _("There is no unit with the code “%(value)s”; the condition was left out.") % {"value": text}
    )
