"""Registrations written as a list planned them, some thousands at a time, with their choices, history and tallies."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.lists.registrations import COLUMNS, held_by, place_of
from campaigns.lists.rules import activity_of, covered, is_result, why_not, why_shut
from campaigns.models import Activity, Campaign, Pledge, Registration, Tally
from campaigns.models.tallies import weight
from records.bulk import alter, insert, remember, reserve
from records.lists.base import ListWriter, from_json, told
from records.models import Member, Unit
from records.sheets.planning import Outcome

# What is written of a new registration and of a choice, in this order.
WRITTEN = (
    "id", "campaign_id", "member_id", "unit_id", "unit_path", "own_words", "aims_at_id", "source", "status", "rating",
    "withdrawn_reason", "registered_on",
)  # fmt: skip
CHOSEN = ("id", "registration_id", "activity_id", "quantity", "done_quantity")


class RegistrationWriter(ListWriter):
    """Registers members and changes what they chose and have done; several rows may be about one member.

    Locks units, then registrations, then choices, then tallies: in the order of all who write them.
    """

    model = Registration

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.paths, self.held, self.made, self.statuses = {}, {}, {}, {}
        self.tallies = defaultdict(Counter)

    def begin(self, rows):
        """Hold the units of all rows at once: held batch by batch, two lists could wait for one another."""
        targets = rows.filter(outcome=Outcome.CHANGE).values("target")
        units = set(rows.filter(outcome=Outcome.CREATE).values_list("after__unit_id", flat=True).distinct())
        self.hold(units | set(Registration.objects.filter(pk__in=targets).values_list("unit", flat=True)))

    def hold(self, units):
        if missing := units - self.paths.keys():
            self.paths |= Unit.objects.filter(pk__in=missing).hold()

    # What changed meanwhile

    def conflicts(self, rows):
        """Why rows can no longer be written as planned; of several rows about one each builds on the one before."""
        created, changed = parted(rows)
        self.hold({row.after["unit_id"] for row in created})
        known = Registration.objects.filter(pk__in={row.target for row in changed} - self.held.keys())
        fresh = held_by(known, "pk", lock=True)
        self.held |= fresh
        campaigns = {row.after["campaign_id"] for row in created} | {held.campaign for held in fresh.values()}
        if campaigns := campaigns - self.statuses.keys():
            self.statuses |= dict(Campaign.objects.filter(pk__in=campaigns).values_list("pk", "status"))
        found = {row.pk: words for row in changed if (words := self.overtaken(row, self.held.get(row.target)))}
        return found | self.taken(created) | self.without_activity(rows)

    def overtaken(self, row, held):
        if held is None:
            return _("The record is no longer there.")
        if shut := why_shut(self.statuses[held.campaign], is_result(row.before, row.after)):
            return shut
        for key, value in row.before.items():
            if held.state.get(key) != value:
                if activity_of(key):
                    return _("What was chosen and done was changed meanwhile.")
                label = capfirst(str(Registration._meta.get_field(key.removesuffix("_id")).verbose_name))
                now = told(Registration, key, held.state, None)
                return _("%(field)s has become “%(now)s” meanwhile.") % {"field": label, "now": now}
        held.state |= row.after
        return ""

    def taken(self, rows):
        """Why members can no longer be registered: registered, moved or gone since, or the campaign has ended."""
        found, members = {}, {row.after["member_id"] for row in rows}
        people, there = Member.objects.in_bulk(members), set()
        for campaign in {row.after["campaign_id"] for row in rows}:
            here = Registration.objects.filter(campaign=campaign, member__in=members)
            there |= {(campaign, member) for member in here.values_list("member", flat=True)}
        inside = self.inside(rows)
        for row in rows:
            campaign, member, unit = (row.after[name] for name in ("campaign_id", "member_id", "unit_id"))
            person = people.get(member)
            if shut := why_shut(self.statuses.get(campaign)):
                found[row.pk] = shut
            elif (campaign, member) in there and (campaign, member) not in self.made:
                found[row.pk] = _("The member has been registered meanwhile.")
            elif person is None:
                found[row.pk] = _("The record is no longer there.")
            elif reason := why_not(person.standing):
                found[row.pk] = reason
            elif place_of(person) != unit:
                found[row.pk] = _("The member takes part at another unit since.")
            elif (campaign, unit) not in inside:
                found[row.pk] = _("The campaign does not concern this member's unit.")
        return found

    def inside(self, rows):
        """The pairs of campaign and unit among the rows' of which the campaign concerns the unit."""
        places = defaultdict(set)
        for row in rows:
            places[row.after["campaign_id"]].add(row.after["unit_id"])
        campaigns = Campaign.objects.in_bulk(places)
        return {(pk, unit) for pk, campaign in campaigns.items() for unit in covered(campaign, places[pk])}

    def without_activity(self, rows):
        """Rows about an activity that the campaign no longer has."""
        wanted = {row.pk: {activity_of(key) for key in row.after} - {None} for row in rows}
        every = set().union(*wanted.values())
        there = set(Activity.objects.filter(pk__in=every).values_list("pk", flat=True))
        words = _("The campaign no longer has this activity.")
        return {pk: words for pk, activities in wanted.items() if not activities <= there}

    # Writing

    def write(self, rows):
        created, changed = parted(rows)
        fresh, changes = {}, defaultdict(dict)
        for row in created:
            key = row.after["campaign_id"], row.after["member_id"]
            if key in self.made:
                changes[self.made[key]] |= own_part(row.after)
            else:
                fresh[key] = fresh.get(key, {}) | row.after
        for row in changed:
            changes[row.target] |= row.after
        chosen = self.register(fresh)
        self.change_registrations(changes)
        self.choose(chosen, changes)

    def register(self, fresh):
        """Write new registrations; returns what each chose, by its key."""
        self.hold({after["unit_id"] for after in fresh.values()})
        keys = reserve(Registration, len(fresh)) if fresh else []
        rows, chosen = [], {}
        for key, (who, after) in zip(keys, fresh.items(), strict=True):
            rows.append(new_row(key, after, self.paths))
            self.made[who] = key
            chosen[key] = after
            self.count(after["campaign_id"], after["unit_id"], "", after["status"])
        if rows:
            insert(Registration, WRITTEN, rows)
            remember(Registration, keys, "+", self.context.reason)
        return chosen

    def change_registrations(self, changes):
        """Write what changes of registrations themselves."""
        records, columns = [], set()
        about = [pk for pk, after in changes.items() if any(name in COLUMNS for name in after)]
        for record in Registration.objects.filter(pk__in=about).order_by("pk"):
            after = {name: value for name, value in changes[record.pk].items() if name in COLUMNS}
            values = from_json(Registration, after)
            differing = {name: value for name, value in values.items() if getattr(record, name) != value}
            if differing:
                self.count(record.campaign_id, record.unit_id, record.status, differing.get("status", record.status))
                for name, value in differing.items():
                    setattr(record, name, value)
                columns |= {name.removesuffix("_id") for name in differing}
                records.append(record)
        if records:
            alter(Registration, sorted(columns), records, self.context.reason)

    def choose(self, chosen, changes):
        """Write what was chosen and done: of new registrations, and of those that change."""
        about = {pk: choices_in(after) for pk, after in {**chosen, **changes}.items()}
        old = [pk for pk, pledges in about.items() if pledges and pk not in chosen]
        there = {(one.registration_id, one.activity_id): one for one in Pledge.objects.filter(registration__in=old)}
        new, changed, struck = [], [], []
        for pk, pledges in about.items():
            for activity, amounts in pledges.items():
                pledge = there.get((pk, activity))
                if pledge is None:
                    new += [(pk, activity, *amounts)] if amounts else []
                elif amounts is None:
                    struck.append(pledge.pk)
                else:
                    pledge.quantity, pledge.done_quantity = (amount and Decimal(amount) for amount in amounts)
                    changed.append(pledge)
        self.write_pledges(new, changed, struck)

    def write_pledges(self, new, changed, struck):
        reason = self.context.reason
        if new:
            keys = reserve(Pledge, len(new))
            insert(Pledge, CHOSEN, [(key, *row) for key, row in zip(keys, new, strict=True)])
            remember(Pledge, keys, "+", reason)
        if changed:
            alter(Pledge, ["quantity", "done_quantity"], changed, reason)
        if struck:
            remember(Pledge, struck, "-", reason)
            rows = Pledge.objects.filter(pk__in=struck)
            rows._raw_delete(rows.db)

    def count(self, campaign, unit, old, new):
        """Note for the unit's tally that a registration goes from one status to another, "" for none."""
        (registered, done), (plus, finished) = weight(old), weight(new)
        self.tallies[campaign, unit].update(registered=plus - registered, done=finished - done)

    def finish(self):
        """Bring the tallies up to date, each once."""
        self.hold({unit for _campaign, unit in self.tallies})
        changes = {
            (campaign, unit, self.paths[unit]): (change["registered"], change["done"])
            for (campaign, unit), change in self.tallies.items()
        }
        Tally.objects.shift_all(changes)


def parted(rows):
    """The rows that register somebody, and those that change a registration."""
    created = [row for row in rows if row.outcome == Outcome.CREATE]
    return created, [row for row in rows if row.outcome == Outcome.CHANGE]


def own_part(after):
    """Of a row about a new registration what another row about the same one may add to."""
    return {name: value for name, value in after.items() if name in COLUMNS or activity_of(name)}


def choices_in(after):
    """What a plan's values say of activities, by the activity's key."""
    return {activity: value for name, value in after.items() if (activity := activity_of(name))}


def new_row(key, after, paths):
    """A new registration's row, as the database takes it."""
    unit = after["unit_id"]
    return (
        key, after["campaign_id"], after["member_id"], unit, paths[unit], after["own_words"], after["aims_at_id"],
        Registration.Source.SHEET.value, after["status"], after["rating"], "", after["registered_on"],
    )  # fmt: skip
