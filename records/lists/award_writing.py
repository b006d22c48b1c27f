"""Planned awards written: with their decisions where the register does not have them, all drafts until published."""

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from records.bulk import insert, remember, reserve
from records.lists.award_decisions import DecisionFacts, find_decisions
from records.lists.base import BATCH, ListWriter, from_json
from records.lists.places import Places
from records.models import Award, AwardType, Decision, Member, Unit
from records.models.fields import new_public_id
from records.vietnamese import fold

# What COPY writes of a new award, in this order.
COLUMNS = (
    "id", "public_id", "decision_id", "type_id", "recipient_kind", "member_id", "collective_id", "recipient_name",
    "salutation", "recipient_position", "recipient_unit", "unit_id", "unit_path", "kept_path", "mode",
    "recipient_category", "period_start", "period_end", "reason", "list_position", "decided_on", "status",
    "published_at", "search_key",
)  # fmt: skip
KEYS = 1000


class AwardWriter(ListWriter):
    """Enters awards, and the decisions that the register does not have; changes those it has."""

    model = Award

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.places, self.decisions = Places(context), {}

    # What changed since the plan was made

    def conflicts(self, rows):
        # Units before awards, all at once and in one order, as a move of units locks them.
        paths = held(rows)
        found = super().conflicts(rows)
        members = {key for row in rows if (key := row.after.get("member_id"))}
        there = in_parts(Member, members)
        types = in_parts(AwardType, {key for row in rows if (key := row.after.get("type_id"))})
        for row in rows:
            if row.after.get("member_id", 0) not in there | {0, None} or not units_of(row) <= paths.keys():
                found.setdefault(row.pk, _("The member or unit that the award was to be linked to is no longer there."))
            elif row.after.get("type_id", 0) not in types | {0}:
                found.setdefault(row.pk, _("The award is no longer in the catalogue."))
        return found

    def locked(self, keys):
        return super().locked(keys).select_related("decision").select_for_update(of=("self",), no_key=True)

    def overtaken(self, row, record):
        if record and not self.places.reaches(record.decision.unit_path):
            return _("The award’s decision is kept by a unit outside yours.")
        if record and record.status != Award.Status.ACTIVE:
            return _("The award was corrected, revoked or reissued since; it is left as it is.")
        return super().overtaken(row, record)

    def taken(self, rows):
        """Decisions that went or came into another's keeping, and awards that came into the register since."""
        self.find_decisions(rows)
        found, wanted = {}, []
        for row in rows:
            decision, why = self.decision_of(row)
            if why:
                found[row.pk] = why
            elif decision and not row.after.get("namesake"):
                wanted.append((identity(decision.pk, row.after), row.pk))
        keys, there = sorted({key[-1] for key, _pk in wanted}), set()
        decisions = {key[0] for key, _pk in wanted}
        for start in range(0, len(keys), KEYS):
            awards = Award.objects.filter(decision__in=decisions, search_key__in=keys[start : start + KEYS])
            there |= set(awards.values_list("decision_id", "type_id", "search_key"))
        words = _("The award has been entered meanwhile.")
        return found | {pk: words for key, pk in wanted if key in there}

    def find_decisions(self, rows):
        """Look up the decisions of new awards, known ones by key and those to be entered by what they are called."""
        keys = {key for row in rows if (key := row.after.get("decision_id"))} - self.decisions.keys()
        facts = {one.key: one for row in rows if (said := row.after.get("decision")) and (one := named(said))}
        for decision in (
            Decision.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
        ):
            self.decisions[decision.pk] = decision
        missing = [one for key, one in facts.items() if key not in self.decisions]
        self.decisions |= find_decisions(missing)

    def decision_of(self, row):
        """(decision or None for one to be entered, why the award cannot be entered under it)."""
        key = row.after.get("decision_id") or named(row.after["decision"]).key
        decision = self.decisions.get(key)
        if decision is None and row.after.get("decision_id"):
            return None, _("The decision is no longer there.")
        if decision and not self.places.reaches(decision.unit_path):
            return None, _("This decision is in the register already and is kept by a unit outside yours.")
        return decision, ""

    # Writing

    def create(self, rows):
        paths = held(rows)
        self.find_decisions(rows)
        self.enter_decisions([said for row in rows if (said := row.after.get("decision"))], paths)
        keys = reserve(Award, len(rows))
        insert(Award, COLUMNS, [self.written(key, row.after, paths) for key, row in zip(keys, rows, strict=True)])
        remember(Award, keys, "+", self.context.reason)

    def enter_decisions(self, said, paths):
        """Enter the decisions that the register does not have, each once, as drafts."""
        fresh = {}
        for one in said:
            if (key := named(one).key) not in self.decisions and key not in fresh:
                fresh[key] = decision = Decision(**from_json(Decision, one))
                decision.unit = Unit(pk=decision.unit_id, path=paths[decision.unit_id])
                decision.prepare()
        decisions, reason = list(fresh.values()), self.context.reason or None
        if decisions:
            bulk_create_with_history(decisions, Decision, batch_size=BATCH, default_change_reason=reason)
        self.decisions |= fresh

    def written(self, key, after, paths):
        """A new award's row, as the database takes it."""
        get, decision = after.get, self.decisions[after.get("decision_id") or named(after["decision"]).key]
        return (
            key, new_public_id(), decision.pk, after["type_id"], after["recipient_kind"], get("member_id"),
            get("collective_id"), after["recipient_name"], get("salutation", ""), get("recipient_position", ""),
            get("recipient_unit", ""), get("unit_id"), paths.get(get("unit_id"), ""), decision.unit_path, "",
            get("recipient_category", ""), get("period_start"), get("period_end"), get("reason", ""),
            after["list_position"], decision.issued_on, Award.Status.ACTIVE.value, None, search_key(after),
        )  # fmt: skip

    def change(self, rows):
        paths, columns, records = held(rows), {"search_key"}, []
        for row in rows:
            record = self.records[row.target]
            for name, value in from_json(Award, row.after).items():
                setattr(record, name, value)
                columns.add(name.removesuffix("_id"))
            if "unit_id" in row.after:
                record.unit_path = paths.get(record.unit_id, "")
                columns.add("unit_path")
            record.search_key = record.recipient_key()
            records.append(record)
        Award.objects.bulk_update(records, sorted(columns), batch_size=BATCH)
        remember(Award, [record.pk for record in records], "~", self.context.reason)


def named(said):
    """The facts of a decision that a plan kept."""
    return DecisionFacts.from_json(said)


def units_of(row):
    """The units that a row refers to."""
    keys = {row.after.get("unit_id"), row.after.get("collective_id"), row.after.get("decision", {}).get("unit_id")}
    return keys - {None}


def held(rows):
    """The paths of the units that rows refer to, locked until the transaction ends."""
    keys = sorted({key for row in rows for key in units_of(row)})
    return Unit.objects.filter(pk__in=keys).hold() if keys else {}


def in_parts(model, keys):
    """Which of the keys are there still."""
    found, keys = set(), sorted(keys)
    for start in range(0, len(keys), KEYS):
        found |= set(model.objects.filter(pk__in=keys[start : start + KEYS]).values_list("pk", flat=True))
    return found


def search_key(after):
    """The key of a planned award, as `Award.recipient_key` has it."""
    return fold(f"{after['recipient_name']} {after.get('recipient_unit', '')}")[:500]


def identity(decision, after):
    """What two entries of one award of a decision have in common."""
    return decision, after["type_id"], search_key(after)
