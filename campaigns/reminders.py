"""Whom a campaign's staff must remind: each unit that owes something, of what, by when, and whom to call."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Inspection
from campaigns.models.figures import HANDED_IN, owing
from campaigns.ranking import Row
from records.models.scope import within_paths

# What an inspection asked for is called to mind a week before its day.
AHEAD = timedelta(days=7)


class Kind(TextChoices):
    SILENT = "silent", gettext_lazy("silent")
    PLAN = "plan", gettext_lazy("plan missing")
    RETURNED = "returned", gettext_lazy("plan returned")
    OVERDUE = "overdue", gettext_lazy("plan overdue")
    BELOW = "below", gettext_lazy("below the target")
    RESULTS = "results", gettext_lazy("results missing")
    INSPECTION = "inspection", gettext_lazy("inspection due")


@dataclass
class Reminder:
    """What one unit is to be reminded of; its members are its own and those of units below that owe no plan."""

    campaign: object
    pk: int
    path: str
    name: str
    above: str
    owes: bool
    plan: str
    plan_due_on: date | None
    return_reason: str
    person: str
    has_report: bool
    eligible: int = 0
    registered: int = 0
    done: int = 0
    inspections: list = field(default_factory=list)

    @property
    def missing(self):
        """How many persons the unit lacks to reach the target."""
        return Row(registered=self.registered, eligible=self.eligible, target=self.campaign.target_member_rate).missing

    @property
    def due_on(self):
        """The day by which the plan is due: the plan's own where one was set, else the campaign's."""
        return self.plan_due_on or self.campaign.plans_due_on

    def kinds(self, on):
        """The kinds of reminder that hold on a day, the most pressing first."""
        lacks_plan = self.owes and self.plan not in HANDED_IN
        reported = self.campaign.results_due_on
        asked = self.campaign.status == self.campaign.Status.REVIEWING or (reported and reported <= on)
        holds = {
            Kind.SILENT: not (self.plan or self.registered) and bool(self.eligible or self.owes),
            Kind.PLAN: lacks_plan and self.plan != "returned",
            Kind.RETURNED: self.owes and self.plan == "returned",
            Kind.OVERDUE: lacks_plan and self.due_on is not None and self.due_on < on,
            Kind.BELOW: self.missing > 0,
            Kind.RESULTS: bool(asked and self.registered) and not (self.has_report and self.done == self.registered),
            Kind.INSPECTION: bool(self.inspections),
        }
        return [kind for kind in Kind if holds[kind]]

    def asks(self, on):
        """What the unit is asked to do, a clause each."""
        kinds = self.kinds(on)
        clauses = []
        if Kind.RETURNED in kinds:
            reason = self.return_reason.rstrip(". ")
            clauses.append(_("mend its plan and hand it in again (returned: %(reason)s)") % {"reason": reason})
        elif Kind.PLAN in kinds:
            clauses.append(_("finish its plan and hand it in") if self.plan else _("make its plan and hand it in"))
        if clauses and self.due_on:
            clauses[0] += ", " + due(self.due_on, on)
        if Kind.BELOW in kinds:
            counts = {"n": self.missing, "part": self.registered, "whole": self.eligible}
            counts["target"] = self.campaign.target_member_rate
            text = ngettext(
                "have %(n)d more member register to reach %(target)d%% (%(part)d of %(whole)d so far)",
                "have %(n)d more members register to reach %(target)d%% (%(part)d of %(whole)d so far)",
                self.missing,
            )
            clauses.append(text % counts)
        if Kind.RESULTS in kinds:
            clauses.append(self.result_ask(on))
        for inspected_on, due_on in self.inspections:
            text = _("put right what the inspection of %(day)s found") % {"day": f"{inspected_on:%d/%m/%Y}"}
            clauses.append(f"{text}, {due(due_on, on)}")
        return clauses

    def result_ask(self, on):
        """The clause on results: what is not entered yet, and the report."""
        counts = {"n": self.registered - self.done, "whole": self.registered}
        entered = _("enter what was done (%(n)d of %(whole)d not yet)") % counts if counts["n"] else ""
        report = "" if self.has_report else _("send its report")
        text = _(" and ").join(filter(None, [entered, report]))
        by = self.campaign.results_due_on
        return f"{text}, {due(by, on)}" if by else text

    def sentence(self, on):
        """All of it in words that can be read out on the telephone or pasted into a message."""
        text = _("%(unit)s is asked to: %(asks)s.") % {"unit": self.name, "asks": "; ".join(self.asks(on))}
        return text + " " + _("In charge: %(person)s.") % {"person": self.person} if self.person else text


def due(day, on):
    """A day by which something is due, and how long ago that was."""
    late = (on - day).days
    text = _("due on %(day)s") % {"day": f"{day:%d/%m/%Y}"}
    if late <= 0:
        return text
    return text + ", " + ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}


def reminders(campaign, on, paths=None):
    """The units of the subtrees at `paths` that are to be reminded of something on a day, silent ones first, then by
    what they lack; two queries. A campaign that is not under way reminds nobody."""
    if campaign.status not in (campaign.Status.LAUNCHED, campaign.Status.REVIEWING):
        return []
    answering = {}
    for unit in fetch(campaign, paths):
        above = (answering[path] for path in paths_up(unit["path"]) if path in answering)
        nearest = next((reminder for reminder in above if reminder.owes), None)
        if unit["owes"] or nearest is None:
            nearest = answering[unit["path"]] = new(campaign, unit)
        nearest.eligible += unit["headcount"]
        nearest.registered += unit["registered"] or 0
        nearest.done += unit["done"] or 0
    inspections = Inspection.objects.filter(campaign=campaign, resolved_on__isnull=True, due_on__lte=on + AHEAD)
    if paths is not None:
        inspections = inspections.filter(within_paths("unit_path", paths))
    by_unit = {reminder.pk: reminder for reminder in answering.values()}
    rows = inspections.order_by("due_on", "pk").values_list("unit", "unit__path", "inspected_on", "due_on")
    for pk, path, inspected_on, due_on in rows:
        nearest = (answering[above] for above in paths_up(path) if above in answering)
        if reminder := by_unit.get(pk) or next(nearest, None):
            reminder.inspections.append((inspected_on, due_on))
    found = [reminder for reminder in answering.values() if reminder.kinds(on)]
    return sorted(found, key=lambda reminder: (Kind.SILENT not in reminder.kinds(on), -reminder.missing))


def fetch(campaign, paths):
    """The units in scope in the order of the tree, a dict each, with their own tally, plan and report."""
    own = {
        name: FilteredRelation(relation, condition=Q(**{f"{relation}__campaign": campaign}))
        for name, relation in (("tally", "tallies"), ("plan", "plans"), ("report", "reports"))
    }
    units = campaign.units() if paths is None else campaign.units().filter(within_paths("path", paths))
    return (
        units.annotate(**own, owes=Exists(owing(campaign.units(), campaign).filter(pk=OuterRef("pk"))))
        .order_by("path")
        .values(
            "pk",
            "path",
            "name",
            "headcount",
            "owes",
            above=F("parent__name"),
            registered=F("tally__registered"),
            done=F("tally__done"),
            plan_status=F("plan__status"),
            plan_due_on=F("plan__due_on"),
            return_reason=F("plan__return_reason"),
            person=F("plan__person_in_charge"),
            report_pk=F("report__pk"),
        )
    )


def new(campaign, unit):
    return Reminder(
        campaign=campaign,
        plan=unit["plan_status"] or "",
        above=unit["above"] or "",
        return_reason=unit["return_reason"] or "",
        person=unit["person"] or "",
        has_report=unit["report_pk"] is not None,
        **{name: unit[name] for name in ("pk", "path", "name", "owes", "plan_due_on")},
    )


def paths_up(path):
    """A path and those above it, the nearest first."""
    steps = path.split(".")[:-1]
    return [".".join(steps[:length]) + "." for length in range(len(steps), 0, -1)]
