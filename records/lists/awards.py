"""Lists of awards: what makes two rows the same award, how rows become awards of a decision, what is refused."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from records import wording
from records.models import Award, AwardEvent, AwardType, Decision, Member, Unit
from records.models.award_types import award_key
from records.models.members import PRESENT
from records.numbering import issuer_key, parse_number
from records.sheets.cells import UnreadableCell, read_date
from records.sheets.planning import BadSetting, Outcome, PlannedRow
from records.vietnamese import fold, normalise

REASON_LENGTH = 500  # what the history table keeps of a change's reason
WRITTEN = (
    "salutation", "recipient_name", "recipient_position", "recipient_unit", "recipient_category", "reason",
    "period_start", "period_end",
)  # fmt: skip

# The words of form 0603 (Circular 02/2023/TT-BNV) and of the forms in use that say the same.
CATEGORIES = {
    fold(words): category
    for words, category in {
        "Lãnh đạo cấp bộ, cấp tỉnh và tương đương trở lên": Award.RecipientCategory.LEADER_CENTRAL,
        "Lãnh đạo cấp vụ, sở, ngành và tương đương": Award.RecipientCategory.LEADER_DEPARTMENT,
        "Doanh nhân": Award.RecipientCategory.ENTREPRENEUR,
        "Các cấp lãnh đạo từ phó phòng trở lên": Award.RecipientCategory.LEADER_OTHER,
        "Các cấp lãnh đạo khác": Award.RecipientCategory.LEADER_OTHER,
        "Người trực tiếp công tác, lao động, học tập, chiến đấu và phục vụ chiến đấu": Award.RecipientCategory.WORKER,
        "Người lao động trực tiếp": Award.RecipientCategory.WORKER,
        "Doanh nghiệp": Award.RecipientCategory.ENTERPRISE,
        "Cơ quan Hành chính": Award.RecipientCategory.AGENCY,
        "Đơn vị sự nghiệp": Award.RecipientCategory.AGENCY,
        "Cơ quan Đảng và các tổ chức chính trị, xã hội": Award.RecipientCategory.AGENCY,
        "Cơ quan Trung Ương đóng trên địa bàn": Award.RecipientCategory.AGENCY,
        "Hợp tác xã": Award.RecipientCategory.OTHER,
        "Đối tượng khác": Award.RecipientCategory.OTHER,
        "Hộ gia đình": Award.RecipientCategory.OTHER,
    }.items()
}


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
    missing: list = field(default_factory=list)

    @property
    def key(self):
        """What tells two decisions apart: issuer, series and sequence (or the bare number), date."""
        parsed = parse_number(self.number)
        return (issuer_key(self.issuer), parsed[1:2] + parsed[:1] if parsed else fold(self.number), self.issued_on)

    def find(self):
        """The decision in the register with the same key, or None."""
        parsed = parse_number(self.number)
        same = Decision.objects.filter(issuer_key=issuer_key(self.issuer), issued_on=self.issued_on)
        if parsed:
            return same.filter(series=parsed[1], sequence=parsed[0]).first()
        return next((d for d in same.filter(sequence=None) if fold(d.number) == fold(self.number)), None)

    def describe(self):
        """The decision in words, as it was understood."""
        day = f"{self.issued_on:%d/%m/%Y}" if self.issued_on else "?"
        return f"{self.number or '?'} · {day} · {self.issuer or '?'}"


def read_settings(settings):
    """Check what the clerk said for the whole file; returns it with dates, years, type and unit looked up.

    Raises BadSetting with one sentence for a value that cannot be used.
    """
    known = {name: normalise(value) for name, value in settings.items()}
    if "issued_on" in known:
        try:
            known["issued_on"] = read_date(known["issued_on"])
        except UnreadableCell as error:
            raise BadSetting(str(error)) from error
    for name in {"period_start", "period_end"} & known.keys():
        years = wording.find_years(known[name])
        if not years or len(known[name]) != 4:
            raise BadSetting(_("%(name)s is a year of four digits.") % {"name": name})
        known[name] = years[0]
    if known.get("period_start", 0) > known.get("period_end", 9999):
        raise BadSetting(_("The period ends before it starts."))
    if "type" in known and (found := AwardType.objects.match(known["type"])) is None:
        raise BadSetting(_("The register has no award called “%(text)s”.") % {"text": known["type"]})
    if "type" in known:
        known["type"] = found
    if "kind" in known:
        told = (
            known["kind"] in Award.RecipientKind.values and known["kind"] or wording.find_recipient_kind(known["kind"])
        )
        if not told:
            raise BadSetting(_("The kind of recipient is person, collective or household."))
        known["kind"] = told
    if "unit" in known:
        unit = Unit.objects.filter(code=known["unit"]).first()
        if unit is None:
            raise BadSetting(_("There is no unit with the code %(code)s.") % {"code": known["unit"]})
        known["unit"] = unit
    return known


def read_decision(layout, settings):
    """The decision a sheet is attached to: what the clerk set, else what its title lines say."""
    printed = wording.find_decision(layout.titles)
    facts = DecisionFacts(number=settings.get("number", printed.number), issuer=settings.get("issuer", printed.issuer))
    try:
        day = settings.get("issued_on") or read_date(printed.date)
    except UnreadableCell:
        day = None
    if day:
        facts.issued_on, facts.precision = day.day, day.precision
    for name in ("subject", "signed_by", "signer_position"):
        setattr(facts, name, settings.get(name, ""))
    facts.missing = [name for name in ("number", "issued_on", "issuer") if not getattr(facts, name)]
    if facts.missing:
        return facts
    facts.known = facts.find()
    facts.unit = facts.known.unit if facts.known else settings.get("unit") or the_root()
    return facts


def the_root():
    """The unit at the top of the register, if there is exactly one."""
    roots = list(Unit.objects.filter(parent=None)[:2])
    return roots[0] if len(roots) == 1 else None


class KnownTypes:
    """The award types by every name they are printed under, read once."""

    def __init__(self):
        self.types = AwardType.objects.all().by_printed_name()

    def find_type(self, *texts):
        """The award type whose name or alias one of the texts is, the first that is."""
        return next((self.types[key] for text in texts if (key := award_key(text)) in self.types), None)

    def find_type_at_end(self, titles):
        """The award type whose name a title line ends with: "DANH SÁCH TẶNG THƯỞNG CỜ THI ĐUA CỦA CHÍNH PHỦ"."""
        for title in titles:
            words = award_key(title).split()
            for start in range(len(words)):
                if found := self.types.get(" ".join(words[start:])):
                    return found
        return None


class Register(KnownTypes):
    """What planning a file needs to know of the register, read once."""

    def __init__(self):
        super().__init__()
        self.units, self.members = defaultdict(list), defaultdict(list)
        self.by_pk = {}
        for unit in Unit.objects.only("pk", "code", "name", "path", "parent", "established_on", "dissolved_on"):
            self.by_pk[unit.pk] = unit
            self.units[fold(unit.name)].append(unit)

    def learn(self, rows):
        """Look up the members whom rows may name."""
        written = {wording.split_address(row.text("name"))[1] for row in rows}
        names = sorted({fold(wording.split_person(name)[0]) for name in written} - self.members.keys())
        for start in range(0, len(names), 500):
            for member in Member.objects.filter(search_key__in=names[start : start + 500], standing__in=PRESENT):
                self.members[member.search_key].append(member)

    def find_unit(self, name, on):
        """The one unit that bore the name on a day; None where there is none or more than one."""
        found = [
            unit
            for unit in self.units.get(fold(name), ())
            if (unit.established_on is None or unit.established_on <= on)
            and (unit.dissolved_on is None or unit.dissolved_on > on)
        ]
        return found[0] if len(found) == 1 else None

    def link(self, award):
        """Link an award to the register where nothing is left to guess; else it stays free text."""
        on = award.decision.issued_on
        if award.recipient_kind == Award.RecipientKind.COLLECTIVE:
            unit = self.find_unit(award.recipient_name, on)
            parent = self.by_pk.get(unit.parent_id) if unit else None
            if unit and (not award.recipient_unit or (parent and fold(parent.name) == fold(award.recipient_unit))):
                award.collective = award.unit = unit
                return
        if award.recipient_unit:
            award.unit = self.find_unit(award.recipient_unit, on)
        if award.unit and award.recipient_kind == Award.RecipientKind.PERSON:
            path = award.unit.path
            there = [m for m in self.members[fold(award.recipient_name)] if m.unit_path.startswith(path)]
            award.member = there[0] if len(there) == 1 else None


class AwardPlanner:
    """Plans rows of awards, each sheet's under its own decision."""

    def __init__(self, kind, context):
        self.kind, self.context, self.notes = kind, context, []
        self.settings = read_settings(context.settings)
        self.register, self.ledgers = Register(), {}
        self.layout, self.ledger, self.position = None, None, 0

    def begin(self, layout):
        facts = read_decision(layout, self.settings)
        if facts.key not in self.ledgers:
            self.ledgers[facts.key] = Ledger(facts)
        self.layout, self.ledger, self.position = layout, self.ledgers[facts.key], 0
        self.notes += [f"{layout.sheet.name}: {note}" for note in describe_decision(facts)]

    def plan(self, rows):
        self.register.learn(rows)
        planned = []
        for row in rows:
            self.position += 1
            planned.append(plan_row(row, self.layout, self.position, self.ledger, self.register, self.settings))
        return planned


def describe_decision(facts):
    """What the clerk should know of the decision as it was understood."""
    notes = [_("Decision: %(decision)s.") % {"decision": facts.describe()}]
    if facts.known:
        notes.append(_("The decision is in the register already; what it says of itself is left as it is."))
    if facts.number and parse_number(facts.number) is None:
        notes.append(_("The number does not follow the official pattern; it is kept as printed."))
    return notes


class Ledger:
    """The awards of one decision: those in the register and those the file has brought so far."""

    def __init__(self, facts):
        self.facts = facts
        self.decision = facts.known or Decision(
            number=facts.number,
            issuer=facts.issuer,
            issued_on=facts.issued_on,
            issued_precision=facts.precision,
            subject=facts.subject,
            signed_by=facts.signed_by,
            signer_position=facts.signer_position,
            unit=facts.unit,
        )
        self.known, self.by_name, self.brought, self.claimed = {}, defaultdict(list), {}, set()
        if facts.known:
            awards = {award.pk: award for award in facts.known.awards.all()}
            for award in awards.values():
                self.enter(award, award)
            # A list printed before a correction still names the award by what was corrected.
            events = AwardEvent.objects.filter(award__decision=facts.known, kind=AwardEvent.Kind.CORRECT)
            for event in events.order_by("-pk"):
                award = awards[event.award_id]
                as_was = Award(type_id=award.type_id)
                for name in ("recipient_name", "recipient_unit"):
                    setattr(as_was, name, event.was.get(name, getattr(award, name)))
                self.enter(as_was, award)

    def enter(self, named, award):
        self.known.setdefault(identity(named), award)
        self.by_name[identity(named)[:2]].append(award)

    def find(self, award):
        """The awards in the register that a planned one may be: by type, name and unit, else by type and name."""
        if exact := self.known.get(identity(award)):
            return [exact]
        same_name = {a.pk: a for a in self.by_name.get(identity(award)[:2], ())}
        return [a for a in same_name.values() if not award.recipient_unit or not a.recipient_unit]


def identity(award):
    """What makes two awards of one decision the same: type, recipient's name and unit as written, tones aside."""
    return award.type_id, fold(award.recipient_name), fold(award.recipient_unit)


def plan_row(row, layout, position, ledger, register, settings):
    """Decide what becomes of one row."""
    example = _("%(sheet)s, row %(number)d: %(name)s") % {
        "sheet": row.sheet, "number": row.number, "name": row.text("name") or "?",
    }  # fmt: skip
    award = read_award(row, layout, register, settings)
    planned = PlannedRow(row, Outcome.REFUSED, example, why_refuse(award, row, ledger.facts))
    if planned.reasons:
        return planned
    award.decision, award.list_position = ledger.decision, position
    earlier = ledger.brought.setdefault(identity(award), (row, award))
    if earlier[0] is not row:
        return repeat(planned, award, *earlier)
    return settle(planned, award, ledger, register)


def repeat(planned, award, first_row, first):
    """A row that stands in the list already: nothing more to write if it says the same, else refused."""
    planned.example = _("row %(number)d repeats row %(first)d: %(name)s") % {
        "number": planned.row.number, "first": first_row.number, "name": award.recipient_name,
    }  # fmt: skip
    if all(fold(str(getattr(award, name))) == fold(str(getattr(first, name))) for name in WRITTEN):
        planned.outcome = Outcome.SAME
        planned.reasons = [_("The list names the same recipient twice for the same award; it is entered once.")]
    else:
        planned.reasons = [_("The list names the same recipient twice for the same award, with different particulars.")]
    return planned


def settle(planned, award, ledger, register):
    """Compare a sound row with the register: new, changed, the same, or possibly several."""
    found = ledger.find(award)
    if len(found) > 1 or found and found[0].pk in ledger.claimed:
        planned.outcome = Outcome.AMBIGUOUS
        planned.reasons = [_("Several awards of this decision bear the name; the list does not say which is meant.")]
        return planned
    if not found:
        register.link(award)
        planned.outcome, planned.action = Outcome.CREATE, award
        category = planned.row.text("category")
        if category and not award.recipient_category:
            planned.reasons = [_("“%(text)s” is no category of the statistics; it is left empty.") % {"text": category}]
        return planned
    known = found[0]
    ledger.claimed.add(known.pk)
    if known.status != Award.Status.ACTIVE:
        planned.outcome = Outcome.SAME
        planned.reasons = [_("The award was corrected, revoked or reissued since; it is left as it is.")]
        return planned
    # An empty cell never erases.
    changed = [name for name in WRITTEN if (value := getattr(award, name)) and value != getattr(known, name)]
    planned.outcome = Outcome.CHANGE if changed else Outcome.SAME
    if changed:
        labels = ", ".join(str(Award._meta.get_field(name).verbose_name) for name in changed)
        planned.reasons = [_("Changes: %(fields)s.") % {"fields": labels}]
        planned.action = (known, {name: getattr(award, name) for name in changed})
    return planned


def read_award(row, layout, register, settings):
    """An award as the row writes it, still without its decision, and without a type where the row names none."""
    award = Award(recipient_name=row.text("name"), salutation=row.text("salutation"), reason=row.text("reason"))
    award.recipient_position, award.recipient_unit = row.text("position"), row.text("unit")
    together = row.text("position_and_unit")
    award_type = settings.get("type") or register.find_type(row.text("type"))
    if award_type is None and not row.text("type"):
        award_type = register.find_type(*reversed(row.groups)) or register.find_type_at_end(layout.titles)
    if award_type:
        award.type = award_type
    award.recipient_kind = settings.get("kind") or read_kind(award, row, layout)
    if award.recipient_kind == Award.RecipientKind.PERSON:
        address, award.recipient_name = wording.split_address(award.recipient_name)
        award.salutation = award.salutation or address
        if not (award.recipient_position or award.recipient_unit or together):
            parts = wording.split_person(award.recipient_name)
            award.recipient_name, award.recipient_position, award.recipient_unit = parts
        if together:
            position, unit = wording.split_position(together)
            award.recipient_position = award.recipient_position or position
            award.recipient_unit = award.recipient_unit or unit
    else:
        award.recipient_unit = award.recipient_unit or together
    award.recipient_category = CATEGORIES.get(fold(row.text("category")), "")
    years = wording.find_years(row.text("period")) or (None, None)
    award.period_start = settings.get("period_start", years[0])
    award.period_end = settings.get("period_end", years[1])
    return award


def read_kind(award, row, layout):
    """Whom the row honours: by its own column, the heading above, or what else in the row leaves no doubt; else ""."""
    told = [row.text("kind"), *reversed(row.groups)]
    if found := next((kind for text in told if (kind := wording.find_recipient_kind(text))), ""):
        return found
    if wording.is_household_name(award.recipient_name):
        return Award.RecipientKind.HOUSEHOLD
    if award.salutation or award.recipient_position or wording.split_address(award.recipient_name)[0]:
        return Award.RecipientKind.PERSON
    only = award.type.recipients.split("|") if award.type_id else []
    if len(only) == 1:
        return only[0]
    header = next((column.label for column in layout.matched if column.field.name == "name"), "")
    # "Họ và tên/Tên tập thể" holds people too.
    titles = [layout.sheet.name, " ".join(layout.titles), "" if "ten/" in fold(header) else header]
    return next((kind for text in titles if (kind := wording.find_recipient_kind(text))), "")


def why_refuse(award, row, facts):
    """Why a row cannot become an award; nothing for a sound one."""
    reasons = []
    if facts.missing:
        names = ", ".join(f"--set {name}=…" for name in facts.missing)
        reasons.append(_("The sheet does not name its decision in full; say it with %(names)s.") % {"names": names})
    elif facts.unit is None:
        reasons.append(_("Say which unit keeps the decision, with --set unit=CODE."))
    if not award.recipient_name:
        reasons.append(_("The recipient's name is empty."))
    if not award.type_id:
        text = row.text("type")
        unknown = _("The register has no award called “%(text)s”.") % {"text": text}
        reasons.append(unknown if text else _("The row does not say which award it is."))
    if not award.recipient_kind:
        reasons.append(_("It is not clear whether the recipient is a person, a collective or a household."))
    elif award.type_id and not award.type.may_go_to(award.recipient_kind):
        reasons.append(
            _("%(award)s does not go to this kind of recipient (%(basis)s).")
            % {"award": award.type, "basis": award.type.legal_basis}
        )
    period = row.text("period")
    if period and not wording.find_years(period):
        reasons.append(_("“%(text)s” is no year or period of years.") % {"text": period})
    if award.period_start and award.period_end and award.period_start > award.period_end:
        reasons.append(_("The period ends before it starts."))
    for name in WRITTEN:
        column, value = Award._meta.get_field(name), getattr(award, name)
        if isinstance(value, str) and column.max_length and len(value) > column.max_length:
            reasons.append(
                _("Too long for the field “%(field)s”: at most %(most)d characters.")
                % {"field": column.verbose_name, "most": column.max_length}
            )
    return reasons


class AwardWriter:
    """Writes planned awards, and the decisions that the register does not have; both are drafts until published."""

    def __init__(self, kind, context):
        self.kind, self.context = kind, context
