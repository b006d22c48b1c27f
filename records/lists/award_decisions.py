"""The decisions that award lists rest on: as titles, columns and the clerk name them, found for many rows at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from records import wording
from records.lists.award_rows import folded
from records.models import Award, AwardEvent, Decision, Unit
from records.numbering import issuer_key, parse_number
from records.sheets.cells import UnreadableCell, read_date
from records.sheets.planning import Finding
from records.sheets.values import ERASED
from records.vietnamese import fold

NAMED = ("number", "issued_on", "issuer")
TEXTS = ("number", "issuer", "subject", "signed_by", "signer_position")
LENGTHS = {name: Decision._meta.get_field(name).max_length for name in TEXTS}
COLUMNS = (*TEXTS, "issued_on", "keeper")
# So many decisions in one condition.
KEYS = 500
KNOWN = (
    "pk", "public_id", "decision_id", "status", "type_id", "recipient_kind", "member_id", "collective_id", "unit_id",
    "salutation", "recipient_name", "recipient_position", "recipient_unit", "recipient_category", "reason",
    "period_start", "period_end", "list_position", "decision__number", "decision__issued_on", "decision__issuer",
    "decision__unit_path",
)  # fmt: skip


@dataclass
class DecisionFacts:
    """A decision as a sheet and the clerk name it; `known` is the one in the register, if it is there."""

    number: str = ""
    issued_on: date | None = None
    precision: str = "day"
    issuer: str = ""
    subject: str = ""
    signed_by: str = ""
    signer_position: str = ""
    unit: Unit | None = None
    known: Decision | None = None
    keeper: str = ""
    findings: list = field(default_factory=list)
    ledger: "Ledger | None" = None

    @property
    def key(self):
        """What tells two decisions apart: issuer, series and sequence (or the bare number), date."""
        parsed = parse_number(self.number)
        return (issuer_key(self.issuer), parsed[1:2] + parsed[:1] if parsed else fold(self.number), self.issued_on)

    @property
    def missing(self):
        """The facts without which it is no decision."""
        return [name for name in NAMED if not getattr(self, name)]

    def find(self):
        """The decision in the register with the same key, or None."""
        return find_decisions([self]).get(self.key)

    def describe(self):
        """The decision in words, as it was understood."""
        day = f"{self.issued_on:%d/%m/%Y}" if self.issued_on else "?"
        return f"{self.number or '?'} · {day} · {self.issuer or '?'}"

    def as_json(self):
        """What a plan keeps of a decision that is to be entered."""
        return {
            "number": self.number,
            "issued_on": self.issued_on.isoformat(),
            "issued_precision": self.precision,
            "issuer": self.issuer,
            "subject": self.subject,
            "signed_by": self.signed_by,
            "signer_position": self.signer_position,
            "unit_id": self.unit.pk,
        }

    @classmethod
    def from_json(cls, said):
        """The facts of a decision that a plan kept."""
        names = ("number", "issuer", "subject", "signed_by", "signer_position")
        facts = cls(**{name: said[name] for name in names}, precision=said["issued_precision"])
        facts.issued_on = date.fromisoformat(said["issued_on"])
        return facts


def key_of(decision):
    """The key of a decision in the register; see `DecisionFacts.key`."""
    return DecisionFacts(decision.number, decision.issued_on, issuer=decision.issuer).key


def find_decisions(facts):
    """The decisions in the register that are meant, by the key of the facts."""
    wanted, found = {one.key: one for one in facts}, {}
    keys = list(wanted)
    for start in range(0, len(keys), KEYS):
        some = [wanted[key] for key in keys[start : start + KEYS]]
        sequences = {parsed[0] for one in some if (parsed := parse_number(one.number))}
        rows = Decision.objects.filter(
            Q(sequence__in=sequences) | Q(sequence=None),
            issuer_key__in={key[0] for key in keys[start : start + KEYS]},
            issued_on__in={one.issued_on for one in some},
        )
        for decision in rows.order_by("-pk"):
            found[key_of(decision)] = decision
    return {key: decision for key, decision in found.items() if key in wanted}


def printed_facts(layout):
    """The decision that a sheet's title lines name, as far as they do."""
    printed = wording.find_decision(layout.titles)
    facts = DecisionFacts(number=printed.number, issuer=printed.issuer)
    try:
        day = read_date(printed.date)
    except UnreadableCell:
        day = None
    if day:
        facts.issued_on, facts.precision = day.day, day.precision
    return facts


def read_number(text):
    """(number, date or "") out of a cell that may say both: "1632/QĐ-UBND ngày 22/5/2020"."""
    if "ngày" not in text.lower():
        return text, ""
    printed = wording.find_decision([text])
    printed = printed if printed.number else wording.find_decision([f"Quyết định số {text}"])
    return (printed.number, printed.date) if printed.number else (text, "")


class Decisions:
    """The decisions one plan meets, each with its ledger; found for a batch of rows at once."""

    def __init__(self, places, reader):
        self.places, self.reader = places, reader
        self.ledgers, self.read_already, self.default = {}, {}, ()
        self.printed = DecisionFacts()

    def begin(self, layout):
        """Turn to a sheet."""
        self.printed, self.read_already = printed_facts(layout), {}

    def read(self, row):
        """The facts of the decision a row belongs to: by its columns, else what was said for all, else the title."""
        said = tuple(row.values.get(name) for name in COLUMNS)
        if said not in self.read_already:
            self.read_already[said] = self.read_anew(row)
        return self.read_already[said]

    def read_anew(self, row):
        findings = []
        value = {name: self.reader.value(row, name, findings) or "" for name in COLUMNS}
        value = {name: "" if said == ERASED else said for name, said in value.items()}
        number, day = read_number(value["number"])
        printed = self.printed
        if row.text("number") and printed.number and not same_number(number, printed.number):
            # The date and issuer in the title are another decision's.
            printed = DecisionFacts()
        facts = DecisionFacts(number or printed.number, findings=findings)
        facts.issued_on, facts.precision = printed.issued_on, printed.precision
        if value["issued_on"]:
            facts.issued_on, facts.precision = date.fromisoformat(value["issued_on"][0]), value["issued_on"][1]
        elif day:
            facts.issued_on, facts.precision = read_date(day).day, "day"
        facts.issuer = value["issuer"] or printed.issuer
        for name in ("subject", "signed_by", "signer_position", "keeper"):
            setattr(facts, name, value[name])
        findings += [too_long(name, most) for name, most in LENGTHS.items() if len(getattr(facts, name)) > most]
        return facts

    def look_up(self, facts):
        """Find all of these in the register at once, the unit that keeps each new one, and their ledgers."""
        fresh = list({id(one): one for one in facts if one.ledger is None}.values())
        whole = [one for one in fresh if not one.missing and not one.findings]
        found = find_decisions([one for one in whole if one.key not in self.ledgers])
        self.places.learn({one.keeper for one in fresh})
        for one in whole:
            if (key := one.key) not in self.ledgers:
                self.ledgers[key] = Ledger(found.get(key))
            one.ledger = self.ledgers[key]
            one.known = one.ledger.decision
            self.place(one)
        for one in fresh:
            one.ledger = one.ledger or Ledger(None)

    def place(self, facts):
        """Say which unit keeps a decision, or why the clerk may not write to it."""
        if facts.known:
            if not self.places.reaches(facts.known.unit_path):
                words = _("This decision is in the register already and is kept by a unit outside yours.")
                facts.findings.append(Finding("out_of_reach", "number", facts.number, words, words))
            return
        if facts.keeper:
            facts.unit, finding = self.places.find(facts.keeper, "keeper")
        else:
            facts.unit, finding = self.usual_keeper(), None
        if facts.unit and facts.unit.dissolved:
            words = _("“%(text)s” has been dissolved.") % {"text": facts.unit.name}
            finding = Finding("dissolved", "keeper", facts.unit.name, words, one_value=True)
        if finding:
            facts.findings.append(finding)
        elif facts.unit is None:
            words = _("The decision is new: say which unit keeps it.")
            facts.findings.append(Finding("keeper_missing", "keeper", "", words, words))

    def usual_keeper(self):
        """The one unit at the top of what the user may write to, if it is one."""
        if self.default == ():
            self.default = self.top_unit()
        return self.default

    def top_unit(self):
        rows = Unit.objects.filter(parent=None)
        if self.places.paths is not None:
            paths = self.places.paths
            heads = {path for path in paths if not any(path.startswith(other) and path != other for other in paths)}
            rows = Unit.objects.filter(path__in=heads)
        keys = list(rows.values_list("pk", flat=True)[:2])
        return self.places.get(keys[0]) if len(keys) == 1 else None


def same_number(one, other):
    """Whether two numbers as printed are one."""
    parsed, second = parse_number(one), parse_number(other)
    return parsed[:2] == second[:2] if parsed and second else fold(one) == fold(other)


def too_long(name, most):
    """A finding about a decision's fact that does not fit its column."""
    words = _("Too long for the field “%(field)s”: at most %(most)d characters.")
    words %= {"field": Decision._meta.get_field(name).verbose_name, "most": most}
    return Finding("too_long", name, "", words, words)


def what_is_missing(facts, titles):
    """Why rows cannot be awards of a decision: nothing for one that is known well enough."""
    if not facts.missing:
        return list(facts.findings)
    names = ", ".join(str(titles[name]) for name in facts.missing)
    words = _("The list does not name its decision in full. Say for all rows: %(names)s.") % {"names": names}
    return [*facts.findings, Finding("decision_missing", facts.missing[0], "", words, words)]


def describe(facts):
    """What the clerk should know of a decision as it was understood."""
    notes = [_("Decision: %(decision)s.") % {"decision": facts.describe()}]
    if facts.known:
        notes.append(_("The decision is in the register already; what it says of itself is left as it is."))
    if facts.number and parse_number(facts.number) is None:
        notes.append(_("The number does not follow the official pattern; it is kept as printed."))
    return notes


class Ledger:
    """The awards of one decision: those in the register, and how many the file has brought so far."""

    def __init__(self, decision):
        self.decision = decision
        self.known, self.by_name = defaultdict(list), defaultdict(list)
        self.position, self.loaded = 0, decision is None

    def enter(self, type_id, name, unit, award):
        key = (type_id, folded(name), folded(unit))
        for found in (self.known[key], self.by_name[key[:2]]):
            if award not in found:
                found.append(award)

    def find(self, written):
        """The awards in the register that a planned one may be: by type, name and unit, else by type and name."""
        name = (written.type_id, folded(written.recipient_name))
        if exact := self.known.get((*name, folded(written.recipient_unit))):
            return list(exact)
        same_name = self.by_name.get(name, ())
        return [award for award in same_name if not written.recipient_unit or not award.recipient_unit]


def load(ledgers):
    """Read the awards of all these decisions at once."""
    by_key = {ledger.decision.pk: ledger for ledger in ledgers if not ledger.loaded}
    keys = sorted(by_key)
    for start in range(0, len(keys), KEYS):
        some = keys[start : start + KEYS]
        awards = {}
        for award in Award.objects.filter(decision__in=some).order_by("pk").values_list(*KNOWN, named=True):
            awards[award.pk] = award
            by_key[award.decision_id].enter(award.type_id, award.recipient_name, award.recipient_unit, award)
        # A list printed before a correction still names the award by what was corrected.
        events = AwardEvent.objects.filter(award__decision__in=some, kind=AwardEvent.Kind.CORRECT)
        for pk, was in events.order_by("-pk").values_list("award_id", "was"):
            award = awards[pk]
            names = (was.get(name, getattr(award, name)) for name in ("recipient_name", "recipient_unit"))
            by_key[award.decision_id].enter(award.type_id, *names, award)
    for ledger in by_key.values():
        ledger.loaded = True
