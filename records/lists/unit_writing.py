"""Units written as planned: new ones from the top down, changes by the acts that have a day, ends last."""

from datetime import date
from functools import partial

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from records.lists.base import ListWriter, from_json
from records.lists.units import ACTS, COLUMNS
from records.models import Decision, Member, Move, Unit, UnitEvent
from records.sheets.planning import Outcome
from records.vietnamese import fold


class UnitWriter(ListWriter):
    """Writes units from the top down, and their changes by the acts that have a day; those that end, end last."""

    model = Unit

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.planted, self.lost, self.leaving, self.ending = {}, set(), set(), []

    def conflicts(self, rows):
        found = super().conflicts(rows)
        keys = {row.after["parent_id"] for row in rows if row.after.get("parent_id")}
        standing = Unit.objects.filter(pk__in=keys, dissolved_on__isnull=True).hold()
        for row in rows:
            above, code = row.after.get("parent_id"), row.after.get("parent_code")
            if above and above not in standing and not row.after.get("dissolved_on"):
                found.setdefault(row.pk, _("The unit above is not there any more."))
            elif code in self.lost:
                found.setdefault(row.pk, _("The unit above cannot be entered either."))
            if row.pk in found and row.outcome == Outcome.CREATE:
                self.lost.add(row.after["code"])
            elif row.pk not in found and {"parent_id", "parent_code", "dissolved_on"} & row.after.keys():
                self.leaving.add(row.target)
        return found | self.occupied([row for row in rows if row.pk not in found])

    def occupied(self, rows):
        """Units to be dissolved to which people or units came meanwhile."""
        ending = {row.target: row.pk for row in rows if row.outcome == Outcome.CHANGE and "dissolved_on" in row.before}
        below = Unit.objects.filter(parent__in=ending, dissolved_on=None).exclude(pk__in=self.leaving)
        there = set(below.values_list("parent_id", flat=True))
        there |= set(Member.objects.present().filter(unit__in=ending).values_list("unit_id", flat=True))
        there |= set(Member.objects.filter(attached_to__in=ending).values_list("attached_to_id", flat=True))
        words = _("Move its units and members elsewhere before dissolving it.")
        return {pk: words for target, pk in ending.items() if target in there}

    def taken(self, rows):
        """A code, or a unit of the name under the same one, that came into the register since."""
        codes = set(Unit.objects.filter(code__in=[row.after["code"] for row in rows]).values_list("code", flat=True))
        made = [row for row in rows if row.after.get("made") and row.after.get("parent_id")]
        siblings = Unit.objects.filter(parent__in={row.after["parent_id"] for row in made}, dissolved_on=None)
        names = {(parent, fold(name)) for parent, name in siblings.values_list("parent_id", "name")} if made else set()
        found = {row.pk: _("Another unit has this code by now.") for row in rows if row.after["code"] in codes}
        words = _("A unit of this name was entered meanwhile.")
        return found | {row.pk: words for row in made if (row.after["parent_id"], fold(row.after["name"])) in names}

    def create(self, rows):
        """Level by level, so that each unit's path can follow that of the unit above."""
        keys = {row.after["parent_id"] for row in rows if row.after.get("parent_id")}
        Unit.objects.filter(pk__in=keys).hold()
        above = Unit.objects.in_bulk(keys)
        while rows:
            ready = [row for row in rows if self.is_ready(row.after.get("parent_code"))]
            units = [self.fresh(row.after, above) for row in ready]
            self.planted |= {unit.code: unit for unit in Unit.objects.plant(units)}
            self.remember([(row, self.planted[row.after["code"]]) for row in ready])
            rows = [row for row in rows if row.after["code"] not in self.planted]

    def is_ready(self, parent_code):
        return parent_code is None or parent_code in self.planted

    def fresh(self, after, above):
        names = {column.attname for column in Unit._meta.concrete_fields} & after.keys() - {"parent_id"}
        unit = Unit(**from_json(Unit, {name: after[name] for name in names}))
        unit.parent = self.planted.get(after.get("parent_code")) or above.get(after.get("parent_id"))
        unit._change_reason = self.context.reason or None
        return unit

    def remember(self, entered):
        """The founding and the end of new units are events where their days are known."""
        kinds = ((UnitEvent.Kind.ESTABLISH, "established_on"), (UnitEvent.Kind.DISSOLVE, "dissolved_on"))
        events = [
            UnitEvent(
                unit=unit,
                kind=kind,
                occurred_on=getattr(unit, name),
                decision_id=row.after.get("decision_id"),
                became=unit.name if kind == UnitEvent.Kind.ESTABLISH else "",
            )
            for row, unit in entered
            for kind, name in kinds
            if getattr(unit, name)
        ]
        reason = self.context.reason or None
        bulk_create_with_history(events, UnitEvent, batch_size=500, default_change_reason=reason)

    def change(self, rows):
        plain = [row for row in rows if not {*ACTS, "parent_code"} & row.after.keys()]
        if plain:
            super().change(plain)
        decisions = Decision.objects.in_bulk({key for row in rows if (key := row.after.get("decision_id"))})
        for row in rows:
            if row not in plain:
                decision = decisions.get(row.after.get("decision_id"))
                self.attempt(row, partial(self.act, row, self.records[row.target], decision))

    def act(self, row, unit, decision):
        """Corrections, then a new name, then a new place; the end of a unit waits for all other rows."""
        after, since = row.after, row.after.get("since")
        plain = {name: value for name, value in after.items() if name in COLUMNS and name not in ACTS}
        for name, value in from_json(Unit, plain).items():
            setattr(unit, name, value)
        unit._change_reason = self.context.reason or None
        if plain:
            unit.save()
        if "name" in after:
            unit.rename(after["name"], date.fromisoformat(since), decision)
        if "parent_id" in after or "parent_code" in after:
            above = self.planted.get(after.get("parent_code")) or Unit.objects.get(pk=after["parent_id"])
            Move.refuse_beside(unit, above)
            unit.move_to(above, date.fromisoformat(since), decision)
        if "dissolved_on" in after:
            self.ending.append((row, unit, decision))

    def finish(self):
        paths = dict(Unit.objects.filter(pk__in=[unit.pk for _row, unit, _by in self.ending]).values_list("pk", "path"))
        for row, unit, decision in sorted(self.ending, key=lambda one: paths[one[1].pk], reverse=True):
            self.attempt(row, partial(self.end, unit, date.fromisoformat(row.after["dissolved_on"]), decision, row))

    def end(self, unit, on, decision, row):
        """Dissolve a unit; the day of one that is no more is merely put right."""
        if row.before["dissolved_on"] is None:
            unit.dissolve(on, decision)
        else:
            unit.dissolved_on = on
            unit.save(update_fields=["dissolved_on"])
