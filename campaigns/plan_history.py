"""What happened to a unit's plan, read from its history: acts in order, and what was handed in each time."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from campaigns.models import PlannedActivity, UnitPlan
from campaigns.models.plans import PlanStatus
from records.models import AwardType

FIELDS = ("number", "dated", "file", "person_in_charge", "aims_at_id", "member_target")
SUBMITTED = PlanStatus.SUBMITTED


@dataclass
class Version:
    """What a plan said at a time: its fields, and its targets by activity."""

    fields: dict = field(default_factory=lambda: dict.fromkeys(FIELDS))
    targets: dict = field(default_factory=dict)

    def copy(self):
        return Version(dict(self.fields), dict(self.targets))


@dataclass
class Entry:
    """One line of the time line. `kind` is made, edited, or what the status became; an edit names its `places`."""

    kind: str
    at: Any
    by: Any = None
    n: int = 0
    reason: str = ""
    due_on: Any = None
    places: list = field(default_factory=list)

    @property
    def is_edit(self):
        return self.kind in ("made", "edited")


@dataclass
class PlanHistory:
    """The acts, the newest first, and what the plan said each time it was handed in, the first first."""

    entries: list = field(default_factory=list)
    submissions: list = field(default_factory=list)
    times: int = 0

    @property
    def submitted_by(self):
        """Who handed it in last, None where that is not known."""
        return next((entry.by for entry in self.entries if entry.kind == SUBMITTED), None)

    def before(self, plan):
        """What was handed in the time before what is shown now, None where nothing was."""
        earlier = self.submissions[: self.times - 1] if plan.status in UnitPlan.HANDED_IN else self.submissions
        return earlier[-1] if earlier else None


def read_history(plan, names):
    """The history of a plan; `names` are those of activities by key."""
    return Reader(names).read(rows_of(plan))


def rows_of(plan):
    """The history rows of a plan and of its lines, the oldest first."""
    lines = PlannedActivity.history.model.objects.filter(plan_id=plan.pk).select_related("history_user")
    rows = [(row.history_date, 1, row.history_id, row) for row in lines]
    plans = plan.history.select_related("history_user")
    rows += [(row.history_date, 0, row.history_id, row) for row in plans]
    return [row for *_order, row in sorted(rows, key=lambda one: one[:3])]


class Reader:
    """Walks through the rows: acts on the status are entries of their own, edits of one person and day are one."""

    def __init__(self, names):
        self.names = names
        self.now = Version()
        self.status = None
        self.found = PlanHistory()
        self.group = None
        self.base = None

    def read(self, rows):
        for row in rows:
            if hasattr(row, "status"):
                self.plan_row(row)
            else:
                self.line_row(row)
        self.flush()
        self.found.entries.reverse()
        return self.found

    def plan_row(self, row):
        if row.status != self.status:
            self.act(row)
        else:
            self.edit(row)
        self.now.fields = {name: getattr(row, name) for name in FIELDS}

    def act(self, row):
        self.flush()
        if self.status == SUBMITTED:
            self.found.submissions.append(self.now.copy())
        first, self.status = self.status is None, row.status
        if self.status == SUBMITTED or (first and self.status == PlanStatus.APPROVED):
            self.found.times += 1
        entry = Entry("made" if first and row.status == PlanStatus.DRAFT else row.status, row.history_date)
        entry.by, entry.n = row.history_user, self.found.times
        if row.status == PlanStatus.RETURNED:
            entry.reason, entry.due_on = row.return_reason, row.due_on
        if first:
            # What the maker adds on the same day still is the making.
            self.open(row, entry)
        self.found.entries.append(entry)

    def line_row(self, row):
        self.edit(row)
        if row.history_type == "-":
            self.now.targets.pop(row.activity_id, None)
        else:
            self.now.targets[row.activity_id] = row.target

    def edit(self, row):
        key = row.history_user_id, timezone.localdate(row.history_date)
        if self.group is None or self.group[0] != key:
            self.flush()
            self.open(row, Entry("edited", row.history_date, row.history_user))
        if self.group[1].kind == "edited":
            self.group[1].at = row.history_date

    def open(self, row, entry):
        self.group = (row.history_user_id, timezone.localdate(row.history_date)), entry
        self.base = self.now.copy()

    def flush(self):
        """End a group of edits: it is an entry where something differs in the end."""
        if self.group and self.group[1].kind == "edited":
            places = self.differences(self.base, self.now)
            if places:
                self.found.entries.append(replace(self.group[1], places=places))
        self.group = None

    def differences(self, old, new):
        """The names of what differs between two versions."""
        fields = [name for name in FIELDS if (old.fields[name] or None) != (new.fields[name] or None)]
        labels = [capfirst(str(UnitPlan._meta.get_field(name.removesuffix("_id")).verbose_name)) for name in fields]
        absent = object()
        keys = [*old.targets, *(key for key in new.targets if key not in old.targets)]
        changed = [key for key in keys if old.targets.get(key, absent) != new.targets.get(key, absent)]
        return labels + [self.names.get(key, "") for key in changed]


@dataclass(frozen=True)
class ComparedLine:
    """An activity of a plan beside what was handed in before: `kind` same, changed, added, or removed."""

    activity: Any
    target: Any
    registered: Any
    was: Any = None
    kind: str = "same"


def compared_lines(plan, before, activities, quantities):
    """The plan's lines, and those it had when it was handed in before, in the order of the campaign's activities."""
    now = {line.activity_id: line.target for line in plan.lines()}
    then = before.targets if before else now
    found = []
    for activity in activities:
        key = activity.pk
        if key not in now and key not in then:
            continue
        kind = "same"
        if key not in then:
            kind = "added"
        elif key not in now:
            kind = "removed"
        elif now[key] != then[key]:
            kind = "changed"
        found.append(ComparedLine(activity, now.get(key), quantities.get(key), then.get(key), kind))
    return found


def changed_fields(plan, before):
    """What the plan's fields said when it was handed in before, by name, of those that say something else now."""
    if before is None:
        return {}
    then = {name: before.fields[name] or "" for name in FIELDS}
    old = {name: value for name, value in then.items() if value != (stored(plan, name) or "")}
    if key := old.pop("aims_at_id", None):
        old["aims_at"] = AwardType.objects.get(pk=key)
    elif key == "":
        old["aims_at"] = ""
    return old


def stored(plan, name):
    value = getattr(plan, name)
    return value.name if name == "file" else value
