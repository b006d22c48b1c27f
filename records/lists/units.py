"""Lists of units: which unit a row means, where it stands, what changes."""

from collections import Counter, defaultdict
from datetime import date
from functools import reduce
from operator import or_

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.lists.base import Draft, ListPlanner, as_json, column_of, offered
from records.lists.decisions import Decisions
from records.lists.places import NAMES, bears
from records.lists.unit_fields import BRANCH, COMMITTEE
from records.lists.unit_tree import Node, UnitTree, columns
from records.models import Member, Sector, Unit
from records.models.units import UnitKind
from records.sheets.planning import Finding, Outcome, Row
from records.sheets.values import EMPTY, ERASED
from records.templatetags.marks import DASH, partial_date
from records.vietnamese import fold, normalise

KNOWN = (
    "pk", "code", "name", "short_name", "kind", "parent_id", "parent__code", "parent__name", "path", "sector_id",
    "description", "established_on", "dissolved_on", "listed",
)  # fmt: skip
COLUMNS = (
    "name", "short_name", "kind", "sector_id", "description", "established_on", "dissolved_on", "listed", "parent_id",
)  # fmt: skip
# What changes by an act with a day, an event of the unit.
ACTS = ("name", "parent_id", "dissolved_on")
BRANCHES = (UnitKind.SUB_BRANCH, UnitKind.GRASSROOTS_BRANCH)
COMMUNES = ("dang bo xa ", "dang bo phuong ")
COMMITTEES = (
    UnitKind.PROVINCIAL_COMMITTEE, UnitKind.DIRECT_COMMITTEE, UnitKind.GRASSROOTS_COMMITTEE, UnitKind.SECTION,
)  # fmt: skip


class UnitPlanner(ListPlanner):
    """Plans rows of units: by code, else by name and the unit above; a unit brought further up may be that."""

    model = Unit
    columns = COLUMNS[:-1]

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.tree, self.decisions = UnitTree(self.places, self.bring), Decisions(context)
        user = context.user
        self.placers = None if user is None or user.is_superuser else tuple(user.paths(user.PUBLISHERS, context.on))
        self.sectors, self.sector_names, self.implied, self.by_identity = {}, {}, [], {}
        for pk, code, name in Sector.objects.values_list("pk", "code", "name"):
            self.sectors |= {fold(code): pk, fold(name): pk}
            self.sector_names[pk] = name
        self.new_below, self.gone, self.left = defaultdict(dict), set(), Counter()

    def begin(self, layout):
        super().begin(layout)
        self.tree.begin()

    def answer(self, rows):
        planned = []
        drafts = [self.read(row) for row in rows]
        self.look_up(drafts)
        for draft in drafts:
            settled = self.settle(draft)
            # Units that the clerk called new where rows merely name them as the unit above.
            planned += [*self.implied, settled]
            self.implied = []
        return planned

    # Reading

    def read(self, row):
        texts = columns(row)
        draft = Draft(row, row.text("name") or (texts[max(texts)] if texts else ""))
        values, findings, read = draft.values, draft.findings, self.reader.value
        values["name"] = draft.label
        if not draft.label or read(row, "name", findings) == ERASED:
            self.missing(draft, "name")
        draft.extra["code"] = read(row, "code", findings) or ""
        for name in ("short_name", "kind", "description"):
            if (value := read(row, name, findings)) is not None and (name, value) != ("kind", ERASED):
                values[name] = value
        for column, name in (("established_on", "established"), ("dissolved_on", "dissolved")):
            if day := read(row, name, findings):
                values[column] = day if day == ERASED else day[0]
        if (shown := read(row, "listed", findings)) in ("yes", "no"):
            values["listed"] = shown == "yes"
        for name in ("since", "decided"):
            day = read(row, name, findings)
            draft.extra[name] = day[0] if day and day != ERASED else ""
        draft.extra["decision"] = row.text("decision") or self.context.settings.get("decision", "")
        self.read_sector(draft)
        self.read_whole(draft)
        return draft

    def read_sector(self, draft):
        text = self.reader.value(draft.row, "sector", draft.findings)
        if text == ERASED:
            draft.values["sector_id"] = ERASED
        elif text and fold(text) in self.sectors:
            draft.values["sector_id"] = self.sectors[fold(text)]
        elif text and self.context.mend("sector_unknown", "sector", text) != EMPTY:
            words = _("The register has no sector “%(text)s”.") % {"text": text}
            draft.findings.append(Finding("sector_unknown", "sector", text, words, one_value=True))

    def read_whole(self, draft):
        """What is wrong with a row before anything is known of the register."""
        values, code = draft.values, draft.extra["code"]
        if "/" in code:
            words = _("A code has no slash: it is part of the unit's web address.")
            draft.findings.append(Finding("bad_code", "code", code, words, words))
        days = {"established": values.get("established_on"), "dissolved": values.get("dissolved_on")}
        days["since"] = draft.extra["since"]
        for name, day in days.items():
            if not day or day == ERASED or day <= self.context.on.isoformat():
                continue
            if self.context.mend("to_come", name) == EMPTY:
                values.pop(f"{name}_on", None)
                draft.extra["since"] = "" if name == "since" else draft.extra["since"]
                continue
            told = partial_date(date.fromisoformat(day))
            words, title = _("The day is still to come: %(day)s."), _("The day is still to come.")
            draft.findings.append(Finding("to_come", name, told, words % {"day": told}, title))

    # Which unit is meant

    def look_up(self, drafts):
        self.tree.learn([draft.row for draft in drafts])
        self.decisions.learn({draft.extra["decision"] for draft in drafts})
        codes = {
            form for draft in drafts if (code := draft.extra["code"]) for form in (code, code.upper(), code.lower())
        }
        names = sorted({draft.label for draft in drafts if draft.label})
        found = {}
        for start in range(0, len(names), NAMES):
            called = reduce(or_, (bears(name) for name in names[start : start + NAMES]))
            found |= {unit.pk: unit for unit in Unit.objects.filter(called).values_list(*KNOWN, named=True)}
        for start in range(0, len(codes), 500):
            some = sorted(codes)[start : start + 500]
            found |= {unit.pk: unit for unit in Unit.objects.filter(code__in=some).values_list(*KNOWN, named=True)}
        self.coded = {fold(unit.code): unit for unit in found.values()}
        self.named = defaultdict(list)
        for unit in found.values():
            self.named[fold(unit.name)].append(unit)
        ending = {fold(draft.label) for draft in drafts if draft.values.get("dissolved_on")}
        codes = {fold(draft.extra["code"]) for draft in drafts if draft.values.get("dissolved_on")}
        self.count_inside([unit.pk for unit in found.values() if fold(unit.name) in ending or fold(unit.code) in codes])

    def count_inside(self, keys):
        """What still belongs to units that may be dissolved: people, and units directly below."""
        self.people, self.below = Counter(), defaultdict(set)
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            present = Member.objects.present().filter(unit__in=some)
            self.people.update(present.values_list("unit_id", flat=True))
            self.people.update(Member.objects.filter(attached_to__in=some).values_list("attached_to_id", flat=True))
            below = Unit.objects.filter(parent__in=some, dissolved_on__isnull=True)
            for pk, parent in below.values_list("pk", "parent_id"):
                self.below[parent].add(pk)

    def settle(self, draft):
        node, said, finding = (None, False, None) if self.stays(draft) else self.tree.find(draft)
        draft.extra |= {"above": node, "said": said}
        draft.findings += [finding] if finding else []
        # Others stand under the unit that a code names, whatever is wrong with its own row.
        if draft.extra["code"] or not finding and (node is not None or not said):
            self.match(draft, node, said)
        planned = super().settle(draft)
        self.enter(draft, planned)
        return planned

    def stays(self, draft):
        """Whether the row says that the unit of its code stands where it stands, under one that others keep."""
        unit, row = self.coded.get(fold(draft.extra["code"])), draft.row
        if unit is None or unit.parent_id is None or not self.places.reaches(unit.path):
            return False
        pairs = [(row.text("above_code"), unit.parent__code), (row.text("above"), unit.parent__name)]
        told = [fold(text) == fold(now) for text, now in pairs if text]
        return bool(told) and all(told) and not self.places.reaches(f"{unit.path[:-1].rpartition('.')[0]}.")

    def match(self, draft, above, said):
        """By code; a name means a unit only with the one above it, or where there is no other of the name."""
        code = draft.extra["code"]
        if record := self.coded.get(fold(code)) if code else None:
            if self.places.reaches(record.path):
                draft.matches = [record]
            else:
                words = _("“%(text)s” is not among the units whose records you keep.") % {"text": code}
                draft.findings.append(Finding("out_of_reach", "code", code, words, one_value=True))
            return
        named = [unit for unit in self.named[fold(draft.label)] if self.places.reaches(unit.path)]
        if above and said:
            named = [unit for unit in named if unit.parent_id == above.pk] if above.pk else []
        elif above:
            named = [unit for unit in named if unit.path.startswith(above.path) and unit.pk != above.pk]
        elif self.is_topmost(draft):
            named = [unit for unit in named if unit.parent_id is None]
        standing = [unit for unit in named if unit.dissolved_on is None]
        draft.matches = standing or named
        # Another code, or a name that only a unit of the past bears, may be another unit.
        draft.sure = bool(standing or draft.values.get("dissolved_on")) and not code

    def is_topmost(self, draft):
        """Whether the row says that its unit stands under none."""
        everywhere = self.places.paths is None
        return everywhere and (draft.extra.get("depth") == 0 or self.context.mend("missing", "above") == EMPTY)

    def identity(self, draft):
        if code := draft.extra["code"]:
            return fold(code)
        above = draft.extra["above"]
        if above is None and draft.extra["said"] or not draft.label:
            return None
        return (fold(draft.label), above.key if above else None)

    def candidate(self, draft, record):
        fits = [_("name")]
        above = draft.extra["above"]
        if above and above.pk == record.parent_id:
            fits.append(_("unit above"))
        about = [record.parent__name or "", str(UnitKind(record.kind).label)]
        if record.dissolved_on:
            about.append(_("dissolved on %(day)s") % {"day": partial_date(record.dissolved_on)})
        return offered(record.pk, f"{record.name} ({record.code})", ", ".join(filter(None, about)), fits)

    # What becomes of the row

    def check(self, draft, record):
        if draft.extra["decision"]:
            decision, finding = self.decisions.find(draft.extra["decision"], draft.extra["decided"])
            draft.extra["decision_id"] = decision
            draft.findings += [finding] if finding else []
        self.settle_kind(draft, record)
        if record is None:
            self.check_new(draft)
        else:
            self.check_known(draft, record)

    def settle_kind(self, draft, record):
        """A kind said in one word, or not at all, as the unit above decides it."""
        kind, above = draft.values.get("kind"), draft.extra["above"]
        if record is not None:
            alike = {BRANCH: BRANCHES, COMMITTEE: COMMITTEES}.get(kind, ())
            if record.kind in alike:
                del draft.values["kind"]
                return
        if kind in (None, ERASED, BRANCH, COMMITTEE) and (record is None or kind in (BRANCH, COMMITTEE)):
            draft.values["kind"] = draft.extra["guess"] = guessed(kind, draft.label, above.kind if above else "")
            if draft.values["kind"] is None:
                self.find(draft, "missing", "kind", "", _("The kind of the unit is not said."))

    def find(self, draft, code, name, value, words):
        draft.findings.append(Finding(code, name, value, words, words))

    def check_new(self, draft):
        above, code = draft.extra["above"], draft.extra["code"]
        if above is None and not self.is_topmost(draft):
            self.find(draft, "missing", "above", "", _("The unit above is not said."))
        elif above and above.dissolved and not draft.values.get("dissolved_on"):
            words = _("“%(text)s” has been dissolved.") % {"text": above.name}
            draft.findings.append(Finding("dissolved", "above", above.name, words, one_value=True))
        if code and fold(code) in self.tree.made:
            words = _("Row %(number)d gets this code; give that row its own.") % {"number": self.tree.made[fold(code)]}
            title = _("A code that another row gets")
            draft.findings.append(Finding("code_made", "code", code, words, title))
        first = self.new_below[above.key if above else None].get(fold(draft.label))
        if first and not code:
            words = _("Row %(number)d is about the same one.") % {"number": first}
            title = _("Twice in the list, by different particulars.")
            draft.findings.append(Finding("twice", "", draft.label, words, title))
        self.check_days(draft, draft.values.get("established_on"), draft.values.get("dissolved_on"))

    def check_days(self, draft, established, dissolved):
        if established and dissolved and ERASED not in (established, dissolved) and dissolved < established:
            words = _("A unit cannot be dissolved before it was established.")
            self.find(draft, "dissolved_early", "dissolved", draft.label, words)

    def check_known(self, draft, record):
        values, above, findings = draft.values, draft.extra["above"], len(draft.findings)
        if keeps_name(draft, record):
            values["name"] = record.name
        moves = bool(draft.extra["said"] and above and above.key != record.parent_id)
        draft.extra["moves"] = moves
        if above and above.pk and not moves and draft.row.text("above_code"):
            # Where the code moves it, the name beside it may be the old one.
            text, over = draft.row.text("above"), self.places.get(above.pk)
            finding = self.places.contradiction(over, text, "above", draft.row.groups)
            draft.findings += [finding] if finding else []
        ends = values.get("dissolved_on")
        if ends == ERASED and record.dissolved_on:
            self.find(draft, "revived", "dissolved", draft.label, _("A unit that was dissolved does not come back."))
        established = values.get("established_on") or as_json(record.established_on)
        self.check_days(draft, established, ends or as_json(record.dissolved_on))
        dissolves = bool(ends and ends != ERASED and record.dissolved_on is None)
        if moves:
            self.check_move(draft, record, above)
        if dissolves:
            self.check_end(draft, record)
        if (moves or dissolves) and not self.may_place(record, above if moves else None):
            words = _("Only an approver places a unit under another one or dissolves it.")
            self.find(draft, "approver", "above" if moves else "dissolved", draft.label, words)
        renames = values["name"] != record.name
        if (moves or renames) and not draft.extra["since"]:
            words = _("Say from which day the new name or the new place holds.")
            self.find(draft, "missing", "since", "", words)
        if len(draft.findings) == findings:
            self.gone |= {record.pk} if moves or dissolves else set()
            if moves:
                self.tree.moved[record.pk] = above
                self.new_below[above.key][fold(draft.label)] = draft.row.number

    def may_place(self, record, above):
        paths = [record.path, *([above.path] if above and above.pk else [])]
        return self.placers is None or all(path.startswith(self.placers) for path in paths)

    def check_move(self, draft, record, above):
        if record.pk in self.tree.over(above):
            words = _("A unit cannot be placed under itself or under a unit below it.")
            self.find(draft, "inside", "above", above.name, words)
        if above.dissolved:
            words = _("“%(text)s” has been dissolved.") % {"text": above.name}
            draft.findings.append(Finding("dissolved", "above", above.name, words, one_value=True))

    def check_end(self, draft, record):
        """Nobody and nothing belongs to a unit that ends, but for units that rows further up place elsewhere."""
        people = self.people[record.pk]
        units = len(self.below[record.pk] - self.gone) + len(self.new_below[record.pk])
        if people or units:
            told = [
                ngettext("%(n)d person", "%(n)d people", people) % {"n": people} if people else "",
                ngettext("%(n)d unit", "%(n)d units", units) % {"n": units} if units else "",
            ]
            words = _("Still belonging to it: %(what)s. Move its units and members elsewhere before dissolving it.")
            title = _("Move its units and members elsewhere before dissolving it.")
            words = words % {"what": ", ".join(filter(None, told))}
            draft.findings.append(Finding("still_there", "dissolved", draft.label, words, title))

    def complete(self, draft):
        above = draft.extra["above"]
        draft.values["name"] = normalise(draft.values["name"])
        made = not draft.extra["code"]
        code = self.tree.make_code(draft.label, above, draft.row.number) if made else draft.extra["code"]
        draft.values |= {"code": code, "made": made or None} | as_parent(above)
        draft.values["decision_id"] = draft.extra.get("decision_id")

    def said_by(self, draft):
        above = draft.extra["above"]
        return super().said_by(draft) | {"above": above and above.key, "since": draft.extra["since"]}

    def created(self, draft):
        """What the list leaves to the register is shown: a code that was made, a kind that was concluded."""
        planned, above = super().created(draft), draft.extra["above"]
        facts = {"kind": draft.extra.get("guess"), "code": planned.after["code"] if "made" in planned.after else None}
        planned.shown = [
            (capfirst(str(column_of(Unit, name).verbose_name)), DASH, self.told(name, {name: value}))
            for name, value in facts.items()
            if value
        ]
        if above:
            planned.shown.append((capfirst(str(column_of(Unit, "parent_id").verbose_name)), DASH, above.in_full))
        return planned

    def compared(self, draft, record):
        planned = super().compared(draft, record)
        if draft.extra["moves"]:
            above = draft.extra["above"]
            planned.outcome, planned.target = Outcome.CHANGE, record.pk
            planned.before["parent_id"] = record.parent_id
            planned.after |= as_parent(above)
            title = capfirst(str(column_of(Unit, "parent_id").verbose_name))
            planned.shown = [*planned.shown, (title, record.parent__name or DASH, above.in_full)]
        if {*ACTS, "parent_code"} & planned.after.keys():
            planned.after |= {"since": draft.extra["since"], "decision_id": draft.extra.get("decision_id")}
        return planned

    def told(self, name, values):
        if name == "sector_id":
            return self.sector_names.get(values.get(name), DASH)
        if name == "listed":
            return _("yes") if values.get(name) else _("no")
        return super().told(name, values)

    # What later rows need to know

    def enter(self, draft, planned):
        """Know the unit for the rows under it; returns its node."""
        key = self.identity(draft)
        if planned.outcome == Outcome.SAME and planned.target is None:
            node = self.by_identity[key]
        else:
            node = self.tree.take(self.node(draft, planned))
            self.by_identity.setdefault(key, node)
            if planned.outcome == Outcome.CREATE:
                above = draft.extra["above"]
                self.new_below[above.key if above else None].setdefault(fold(draft.label), draft.row.number)
        self.tree.enter(draft.extra.get("depth"), node)
        return node

    def node(self, draft, planned):
        number, above, after = draft.row.number, draft.extra["above"], planned.after
        if planned.outcome == Outcome.CREATE:
            return Node(draft.label, after["code"], None, "", after["kind"], "dissolved_on" in after, above, number)
        known = [unit for unit in draft.matches if planned.target in (unit.pk, None)]
        if len(known) == 1 and (planned.target or draft.sure):
            # Others may stand under a unit of the register though its own row is refused.
            (unit,) = known
            ended = bool(after.get("dissolved_on") or unit.dissolved_on)
            return Node(draft.label, unit.code, unit.pk, unit.path, unit.kind, ended, row=number)
        words = _("“%(name)s” in row %(number)d is refused or undecided itself.")
        why = words % {"name": draft.label, "number": number}
        return Node(draft.label, draft.extra["code"], above=above, row=number, why=why)

    def bring(self, draft, text, around, under):
        """A unit that a row names as the one above it and that the clerk said is new: planned before the row."""
        implied = self.read(Row(draft.row.sheet, draft.row.number, {"name": text}, tuple(reversed(around))))
        above, finding = under, None
        if under is None:
            above, _said, finding = self.tree.find(implied)
        implied.extra |= {"above": above, "said": True}
        implied.findings += [finding] if finding else []
        planned = super().settle(implied)
        self.implied.append(planned)
        return self.enter(implied, planned)


def keeps_name(draft, record):
    """Whether the name in a row is the unit's own, in capitals or without tones, and so no new one."""
    name = draft.values["name"]
    if fold(name) != fold(record.name):
        return False
    return not draft.extra["code"] or name.casefold() == record.name.casefold() or name.isascii()


def as_parent(above):
    """The unit above as a plan keeps it: a key of the register, or the code of one the file brings."""
    if above is None:
        return {"parent_id": None}
    return {"parent_id": above.pk} if above.pk else {"parent_code": above.code}


def guessed(said, name, above):
    """The kind of a unit called so under one of a kind, as far as these leave no doubt; None otherwise."""
    plain = fold(name)
    if said == BRANCH or said is None and plain.startswith("chi bo "):
        grassroots = above in (UnitKind.GRASSROOTS_COMMITTEE, UnitKind.SECTION)
        if grassroots or above in (UnitKind.PROVINCIAL_COMMITTEE, UnitKind.DIRECT_COMMITTEE):
            return (UnitKind.SUB_BRANCH if grassroots else UnitKind.GRASSROOTS_BRANCH).value
    elif said == COMMITTEE or said is None and plain.startswith("dang bo "):
        if plain.startswith("dang bo bo phan"):
            return UnitKind.SECTION.value
        # Regulation 294-QĐ/TW: those of communes and wards stand directly above the grassroots organisations.
        if above == UnitKind.PROVINCIAL_COMMITTEE and plain.startswith(COMMUNES):
            return UnitKind.DIRECT_COMMITTEE.value
        if above == UnitKind.DIRECT_COMMITTEE:
            return UnitKind.GRASSROOTS_COMMITTEE.value
    elif said is None and plain.startswith("to dang "):
        return UnitKind.GROUP.value
    return None
