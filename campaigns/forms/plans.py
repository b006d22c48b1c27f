"""A unit's plan as a form that is also its draft, what an approver decides about it, and the list's filters."""

from django import forms
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.forms.quantities import QuantityField
from campaigns.models import PlannedActivity, UnitPlan
from campaigns.models.figures import HANDED_IN, owing
from campaigns.models.plans import MISSING, planners
from campaigns.templatetags.campaign_parts import quantity
from records.forms.dates import TypedDateField
from records.forms.filters import KnownField, OwnUnitsForm, search_field
from records.forms.papers import PaperField
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import AwardType

Status = UnitPlan.Status
MAIN = ("number", "dated", "file", "person_in_charge", "aims_at", "member_target")


class PlanForm(VersionedForm):
    """The plan and its lines: the activities of the campaign, ticked, each with a quantity.

    A draft may have gaps. Whoever changes a line saves the plan with it, so `version` tells what its lines were, too.
    """

    number = forms.CharField(label=_("Number, as printed"), required=False, max_length=60)
    dated = TypedDateField(label=_("Date of the plan"), required=False, help_text=_("For example 28/11/2020"))
    file = PaperField(label=_("The plan itself"), required=False, stem="ke-hoach")
    person_in_charge = forms.CharField(
        label=_("Person in charge"), required=False, max_length=150, help_text=_("Name and position.")
    )
    aims_at = SuggestField(AwardType.objects.none(), kind="award_type", label=_("Title aimed at"), required=False)
    member_target = forms.IntegerField(
        label=_("Members to register"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    class Meta:
        model = UnitPlan
        fields = MAIN

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["aims_at"].queryset = AwardType.objects.visible_to(user)
        if not self.instance.pk:
            self.newest = None
        self.activities = list(self.instance.campaign.activities.order_by("order", "pk"))
        self.line_rows = self.past_lines()
        self.stored = targets_of(self.line_rows)
        for activity in self.activities:
            chosen, target = line_names(activity.pk)
            self.fields[chosen] = forms.BooleanField(label=activity.name, required=False)
            self.fields[target] = QuantityField(label=activity.name, required=False)
            self.initial[chosen] = activity.pk in self.stored
            self.initial[target] = self.stored.get(activity.pk)

    def past_lines(self):
        """The history of the plan's lines, the oldest first."""
        if not self.instance.pk:
            return []
        past = PlannedActivity.history.model.objects.filter(plan_id=self.instance.pk)
        return list(past.select_related("history_user").order_by("history_id"))

    @property
    def table(self):
        """The rows of the activities: each with its two boxes."""
        for activity in self.activities:
            chosen, target = line_names(activity.pk)
            yield {"activity": activity, "chosen": self[chosen], "target": self[target]}

    def clean_dated(self):
        dated = self.cleaned_data["dated"]
        if dated and dated > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return dated

    def clean(self):
        self.opened_targets = self.targets_when_opened(self.cleaned_data.get("version"))
        cleaned = super().clean()
        if self.instance.pk and not cleaned.get("version"):
            # A colleague made the plan while this page still said that there was none.
            self.reconcile(UnitPlan(campaign=self.instance.campaign, unit=self.instance.unit), cleaned)
        self.reconcile_lines(cleaned)
        if self.errors:
            self.show_newest(cleaned)
        return cleaned

    def targets_when_opened(self, version):
        """The lines as this page showed them: those saved before the version that followed its own."""
        if not version or not self.instance.pk:
            return {}
        following = self.instance.history.filter(history_id__gt=version).order_by("history_id").first()
        until = following.history_date if following else None
        return targets_of([row for row in self.line_rows if until is None or row.history_date < until])

    def mine(self, key, cleaned):
        """Whether this form chooses an activity, and how much: a quantity typed beside an empty box is meant."""
        chosen, target = (cleaned.get(name) for name in line_names(key))
        return bool(chosen or (target is not None and key not in self.opened_targets)), target

    def reconcile_lines(self, cleaned):
        """Keep what only a colleague changed, show what both did; sets `targets`."""
        self.targets = dict(self.stored)
        for activity in self.activities:
            key, (chosen, target) = activity.pk, self.mine(activity.pk, cleaned)
            name = line_names(key)[1]
            was, theirs = (held(targets, key) for targets in (self.opened_targets, self.stored))
            wanted = (True, target) if chosen else (False, None)
            if name in self.errors or wanted in (theirs, was):
                continue
            if theirs != was:
                self.add_error(name, self.line_conflict(key))
                continue
            self.targets.pop(key, None)
            if chosen:
                self.targets[key] = target

    def line_conflict(self, key):
        """What a colleague wrote for an activity, who it was and when."""
        row = next(row for row in reversed(self.line_rows) if row.activity_id == key)
        said = quantity(row.target) if row.history_type != "-" else _("not chosen")
        return _("%(who)s wrote “%(value)s” here at %(time)s. Send the form again to put yours in its place.") % {
            "who": row.history_user or _("Somebody else"),
            "value": said,
            "time": timezone.localtime(row.history_date).strftime("%H:%M %d/%m/%Y"),
        }

    def show_newest(self, cleaned):
        """What only a colleague changed is shown in the form that comes back, which now knows of it."""
        self.data = self.data.copy()
        if self.newest:
            self.data["version"] = self.newest.history_id
        for activity in self.activities:
            chosen, target = line_names(activity.pk)
            was, theirs = (held(targets, activity.pk) for targets in (self.opened_targets, self.stored))
            if was != theirs and target not in self.errors:
                self.data.pop(chosen, None)
                if theirs[0]:
                    self.data[chosen] = "on"
                self.data[target] = self.fields[target].prepare_value(theirs[1]) if theirs[1] is not None else ""
        for name in ("number", "person_in_charge", "dated", "member_target"):
            sent = self.fields[name].widget.value_from_datadict(self.data, {}, name)
            if name in cleaned and name not in self.errors and cleaned[name] != self.fields[name].to_python(sent):
                self.data[name] = self.fields[name].widget.format_value(cleaned[name]) or ""

    @property
    def is_stale(self):
        """Whether somebody saved the plan after this page was opened."""
        if not self.instance.pk:
            return False
        return self.cleaned_data.get("version") != (self.newest.history_id if self.newest else None)

    def newest_version(self):
        """The plan's newest history row."""
        return self.instance.history.order_by("-history_id").values_list("history_id", flat=True).first()

    def renew(self):
        """Let the form that comes back know of what was kept."""
        self.data = self.data.copy()
        self.data["version"] = self.newest_version()

    def keep(self):
        """Save what can be kept, leaving out what has an error; returns the plan."""
        plan = self.instance
        stored = UnitPlan.objects.filter(pk=plan.pk).first() or UnitPlan()
        for name in MAIN:
            if name in self.errors:
                setattr(plan, name, getattr(stored, name))
        changed = any(getattr(plan, name) != getattr(stored, name) for name in MAIN)
        if plan.pk is None or changed or self.targets != self.stored:
            plan.save()
        plan.choose(self.targets)
        return plan


def line_names(key):
    """The names of an activity's two boxes."""
    return f"chosen_{key}", f"target_{key}"


def held(targets, key):
    """Whether an activity is among the lines, and its target."""
    return key in targets, targets.get(key)


def targets_of(rows):
    """Targets by activity after the history rows of lines."""
    targets = {}
    for row in rows:
        if row.history_type == "-":
            targets.pop(row.activity_id, None)
        else:
            targets[row.activity_id] = row.target
    return targets


class DecisionForm(forms.Form):
    """What an approver decides: approved, or returned with the reason and a new deadline."""

    decision = forms.ChoiceField(
        label=_("This plan"),
        choices=[("approve", _("Approve")), ("return", _("Return it to be mended"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = forms.CharField(
        label=_("Why it is returned"),
        required=False,
        max_length=500,
        help_text=_("Say what to mend; the unit reads these very words."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = TypedDateField(label=_("New deadline"), required=False, help_text=_("For example 28/11/2020"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, plan, today, **kwargs):
        self.newest = plan.history.order_by("-history_id").values_list("history_id", flat=True).first()
        super().__init__(*args, initial={"version": self.newest}, **kwargs)
        self.today = today

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("version") and cleaned["version"] != self.newest:
            raise forms.ValidationError(_("The plan has changed meanwhile; look at it again."))
        if cleaned.get("decision") == "return":
            if not cleaned.get("reason", "").strip() and "reason" not in self.errors:
                self.add_error("reason", _("Say why the plan is returned."))
            if "due_on" not in self.errors:
                self.check_due(cleaned.get("due_on"))
        return cleaned

    def check_due(self, due_on):
        if due_on is None:
            self.add_error("due_on", _("Say by which day the unit must hand it in again."))
        elif due_on < self.today:
            self.add_error("due_on", _("This day has passed already."))


# The word in the address for each view of the list, and its label.
STATES = {
    MISSING: _("No plan yet"),
    Status.DRAFT.value: _("Draft"),
    Status.SUBMITTED.value: _("Waiting for approval"),
    Status.RETURNED.value: _("Returned"),
    "overdue": _("Overdue"),
    Status.APPROVED.value: _("Approved"),
}

# Across several of these: the rows behind the figure of plans still missing.
OWED = ("owed", _("Not handed in"))


class PlanFilter(OwnUnitsForm):
    """Words of a unit's name, a unit with what is below it; the state is chosen by chips."""

    q = search_field(_("Unit’s name or code"), _("Unit"))
    state = KnownField(required=False, choices=[OWED, *STATES.items()], label=_("Status"))

    def __init__(self, params, *, campaign, user, today):
        self.campaign, self.today = campaign, today
        super().__init__(params, user)

    def rows(self, without=None):
        """The units asked for, with their plans."""
        return self.narrow(planners(self.campaign, self.today).visible_to(self.user), without=without)

    def by_q(self, units):
        return units.search(self.cleaned_data["q"])

    def by_state(self, units):
        return units.filter(self.condition(self.cleaned_data["state"]))

    def condition(self, state):
        """What tells the units of a state; "owed" is what the plan rate lacks: owed, and not handed in."""
        match state:
            case "overdue":
                return Q(overdue=True)
            case "owed":
                owe = owing(self.campaign.units(), self.campaign).order_by()
                return ~Q(plan_state__in=HANDED_IN) & Q(pk__in=owe.values("pk"))
        return Q(plan_state=state)

    @property
    def chips(self):
        """The conditions but a state that has a chip of its own."""
        shown = [name for name, value in self.conditions.items() if name != "state" or value not in STATES]
        return [{"label": self.described(name), "url": self.query(without=name)} for name in shown]

    def states(self):
        """The views by state, each with its count: dicts of label, count, url, current; one query."""
        counts = {state: Count("pk", filter=self.condition(state)) for state in STATES} | {"all": Count("pk")}
        found = self.rows(without="state").order_by().aggregate(**{f"n_{name}": n for name, n in counts.items()})
        chosen = self.cleaned_data.get("state", "")
        chips = [self.chip("", _("All"), found["n_all"], chosen)]
        return chips + [self.chip(name, label, found[f"n_{name}"], chosen) for name, label in STATES.items()]

    def chip(self, state, label, count, chosen):
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in self.conditions.items() if name != "state"})
        if state:
            query["state"] = state
        url = f"?{query.urlencode()}" if query else "."
        return {"label": label, "count": count, "url": url, "current": state == chosen}
