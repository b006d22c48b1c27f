"""Lists of awards: what makes two rows the same award, how rows become awards of a decision, what is refused."""

from dataclasses import replace

from django.utils.translation import gettext as _

from records import wording
from records.lists import award_decisions
from records.lists.award_decisions import (
    KNOWN,
    NAMED,
    DecisionFacts,
    Decisions,
    describe,
    printed_facts,
    what_is_missing,
)
from records.lists.award_fields import FIELDS, GROUPS, SETTINGS
from records.lists.award_recipients import Recipients, key_of_member, read_card, read_member_code
from records.lists.award_rows import (
    ERASABLE,
    WRITTEN,
    KnownTypes,
    erased_fields,
    folded,
    is_erasing,
    read_award,
    read_cells,
    read_code,
    without,
    years_said,
)
from records.lists.award_writing import AwardWriter
from records.lists.base import NEW, Draft, ListPlanner, offered
from records.models import Award
from records.sheets import cells
from records.sheets.cells import UnreadableCell, read_date
from records.sheets.planning import BadSetting, Finding, Outcome, PlannedRow
from records.sheets.values import AS, EMPTY, ERASED
from records.vietnamese import fold, normalise

__all__ = ["FIELDS", "GROUPS", "SETTINGS", "AwardPlanner", "AwardWriter"]

Kind = Award.RecipientKind
FIRST_YEAR, LAST_YEAR = 1930, 2100
MOST_PLACES = 2_147_483_647
CODES = 500
LENGTHS = {name: most for name in WRITTEN if (most := Award._meta.get_field(name).max_length)}


class MendedTypes(KnownTypes):
    """Award types by every name they are printed under, and by those names that the clerk said stand for one."""

    def __init__(self, context):
        super().__init__()
        self.context = context

    def find_type(self, *texts):
        found = super().find_type(*texts)
        said = [self.context.mend("type_unknown", "type", text) for text in texts if text] if found is None else ()
        return found or super().find_type(*(text.removeprefix(AS) for text in said if text.startswith(AS)))


class AwardPlanner(ListPlanner):
    """Plans rows of awards, each under its decision: by the award's code, else by decision, award, name and unit."""

    model = Award
    columns = (*WRITTEN, "type_id", "recipient_kind", "list_position", "member_id", "unit_id")

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.types = MendedTypes(context)
        self.decisions = Decisions(self.places, self.reader)
        self.recipients = Recipients(self.places, context)
        self.titles = {field.name: field.title for field in kind.fields}
        self.said = read_settings(context.settings, self.types, self.places)
        self.by_code, self.only_read, self.of_sheets, self.named = {}, set(), [], {}

    def begin(self, layout):
        super().begin(layout)
        self.decisions.begin(layout)
        facts = printed_facts(layout)
        for name in ("number", "issuer"):
            setattr(facts, name, normalise(self.context.settings.get(name, "")) or getattr(facts, name))
        if day := self.said.get("issued_on"):
            facts.issued_on, facts.precision = day.day, day.precision
        if not facts.missing:
            facts.known = facts.find()
            if facts.known and not self.places.reaches(facts.known.unit_path):
                facts.known = None
        if facts.number or facts.issuer:
            self.of_sheets += [f"{layout.sheet.name}: {note}" for note in describe(facts)]

    def answer(self, rows):
        self.learn_codes(rows)
        planned = super().answer(rows)
        self.notes = [*self.of_sheets, *self.notes_on_decisions()]
        return planned

    def notes_on_decisions(self):
        """How many decisions the rows name by themselves."""
        if not self.named:
            return []
        new = sum(1 for is_known in self.named.values() if not is_known)
        words = _("The rows name %(count)d decisions, %(new)d of which the register does not have.")
        return [words % {"count": len(self.named), "new": new}]

    def learn_codes(self, rows):
        """Read the awards that rows name by their codes; a code in the same column may also be a member's."""
        codes = sorted({read_code(row) for row in rows} - {""})
        self.by_code = {}
        for start in range(0, len(codes), CODES):
            found = Award.objects.filter(public_id__in=codes[start : start + CODES])
            self.by_code |= {award.public_id: award for award in found.values_list(*KNOWN, named=True)}
        others = [one.pk for one in self.by_code.values() if not self.places.reaches(one.decision__unit_path)]
        rows = Award.objects.visible_to(self.context.user).filter(pk__in=others) if others else Award.objects.none()
        self.only_read = {*rows.values_list("pk", flat=True)}

    # Reading a row

    def read(self, row):
        erased = erased_fields(row)
        plain, code = without(row, erased), read_code(row)
        known = self.by_code.get(code)
        written = read_cells(plain, self.types) if known else read_award(plain, self.layout, self.types, self.said)
        draft = Draft(row, written.recipient_name or (known.recipient_name if known else ""))
        member_code = read_member_code(plain) or ("" if known else code)
        extra = {"written": written, "known": known, "notes": [], "card": read_card(plain), "member_code": member_code}
        draft.extra = extra | {"code": code, "facts": self.decisions.read(plain)}
        self.read_type(draft)
        self.read_kind(draft)
        values = {name: value for name in WRITTEN if (value := getattr(written, name))}
        values |= {"type_id": written.type_id} if written.type else {}
        values |= {"recipient_kind": written.recipient_kind} if written.recipient_kind else {}
        values |= {name: ERASED for field in erased for name in ERASABLE[field]}
        draft.values = values
        self.read_place(draft)
        self.read_words(draft)
        self.read_period(draft)
        return draft

    def read_type(self, draft):
        written, text = draft.extra["written"], draft.row.text("type")
        if written.type or (draft.extra["known"] and not text):
            return
        said = self.context.mend("missing", "type")
        if not text and said.startswith(AS):
            written.type = self.types.find_type(said.removeprefix(AS))
        if written.type is None and text:
            words = _("The register has no award called “%(text)s”.") % {"text": text}
            draft.findings.append(Finding("type_unknown", "type", text, words, one_value=True))
        elif written.type is None:
            draft.findings.append(Finding("missing", "type", "", _("The row does not say which award it is.")))

    def read_kind(self, draft):
        """Whom the row honours, and whether the award may go to such."""
        written, known = draft.extra["written"], draft.extra["known"]
        if not written.recipient_kind and (not known or draft.row.text("kind")):
            said = self.context.mend("kind_unclear", "kind").removeprefix(AS)
            written.recipient_kind = said if said in Kind.values else ""
            if not written.recipient_kind:
                words = _("It is not clear whether the recipient is a person, a collective or a household.")
                draft.findings.append(Finding("kind_unclear", "kind", draft.label, words, words))
        kind = written.recipient_kind or (known.recipient_kind if known else "")
        award = written.type or (self.types.by_pk.get(known.type_id) if known else None)
        if kind and award and not award.may_go_to(kind):
            words = _("%(award)s does not go to this kind of recipient (%(basis)s).")
            told = words % {"award": award, "basis": award.legal_basis}
            draft.findings.append(Finding("misfit", "kind", award.name, told, one_value=True))

    def read_place(self, draft):
        """The place in the decision's list, where a column of its own says it."""
        text = draft.row.text("list_position")
        if not text:
            return
        if text.isdecimal() and int(text) <= MOST_PLACES:
            draft.values["list_position"] = int(text)
        elif self.context.mend("not_a_number", "list_position") != EMPTY:
            words = _("“%(text)s” is no place in a list.") % {"text": text}
            title = _("The place in the list is no number.")
            draft.findings.append(Finding("not_a_number", "list_position", text, words, title))

    def read_words(self, draft):
        """What is missing, too long or unknown of the words of the row."""
        written = draft.extra["written"]
        known, erasing = draft.extra["known"], is_erasing(draft.row.values.get("name"))
        erasing = erasing and not (known and as_read(known.recipient_name) == written.recipient_name)
        if erasing or not (written.recipient_name or known):
            draft.findings.append(Finding("missing", "name", "", _("The recipient's name is empty.")))
        for name, most in LENGTHS.items():
            if len(getattr(written, name)) > most:
                told = {"field": Award._meta.get_field(name).verbose_name, "most": most}
                words = _("Too long for the field “%(field)s”: at most %(most)d characters.") % told
                draft.findings.append(Finding("too_long", name, "", words, words))
        category = draft.row.text("category")
        if category and not written.recipient_category and "recipient_category" not in draft.values:
            words = _("“%(text)s” is no category of the statistics; it is left empty.") % {"text": category}
            draft.extra["notes"].append(Finding("category_unknown", "category", category, words, one_value=True))

    def read_period(self, draft):
        """Whether the years are years, and in order."""
        row, written = draft.row, draft.extra["written"]
        for name in ("period", "period_start", "period_end"):
            text = row.text(name)
            if not text or is_erasing(row.values.get(name)) or self.context.mend("bad_period", name, text) == EMPTY:
                continue
            years = years_said(text)
            if not years or not FIRST_YEAR <= years[0] <= years[1] <= LAST_YEAR:
                words = _("“%(text)s” is no year or period of years.") % {"text": text}
                title = _("It is no year or period of years.")
                draft.findings.append(Finding("bad_period", name, text, words, title))
        if written.period_start and written.period_end and written.period_start > written.period_end:
            words = _("The period ends before it starts.")
            draft.findings.append(Finding("period_order", "period", "", words, words))

    # Which award of which decision, and whom it honours

    def look_up(self, drafts):
        fresh = [draft for draft in drafts if not draft.extra["known"]]
        self.decisions.look_up([draft.extra["facts"] for draft in fresh])
        for draft in fresh:
            facts = draft.extra["facts"]
            draft.findings += what_is_missing(facts, self.titles)
            if draft.row.text("number") and not facts.missing:
                self.named[facts.key] = facts.known is not None
        usable = {id(one): one for draft in fresh if (one := draft.extra["facts"].ledger) and not draft.findings}
        award_decisions.load(usable.values())
        self.recipients.learn(drafts)
        self.places.learn_keys([draft.extra["known"].unit_id for draft in drafts if draft.extra["known"]])
        for draft in drafts:
            if known := draft.extra["known"]:
                self.match_by_code(draft, known)
            elif not draft.findings:
                self.match(draft)
        self.find_twins(fresh)

    def match_by_code(self, draft, known):
        """The award of the code, if the user keeps its decision, or reads it and says nothing new of it, and the row
        does not put it under another."""
        draft.extra["outside"] = not self.places.reaches(known.decision__unit_path)
        if draft.extra["outside"] and known.pk not in self.only_read:
            self.refuse_outside(draft)
            return
        draft.matches = [known]
        facts, own = draft.extra["facts"], DecisionFacts(known.decision__number, known.decision__issued_on)
        own.issuer = known.decision__issuer
        told = {name: getattr(facts, name) for name in NAMED if draft.row.text(name)}
        unread = [finding for finding in facts.findings if finding.field in told and finding.code != "out_of_reach"]
        draft.findings += unread
        if not unread and replace(own, **told).key != own.key:
            words = _("The award of this code was granted by decision %(number)s; a list does not move it to another.")
            title = _("The award of the code was granted by another decision.")
            told = words % {"number": own.number or "?"}
            draft.findings.append(Finding("other_decision", "number", facts.number, told, title))

    def refuse_outside(self, draft):
        words = _("The award’s decision is kept by a unit outside yours.")
        draft.findings.append(Finding("out_of_reach", "code", draft.extra["code"], words, words))

    def match(self, draft):
        """The awards of the decision that the row may mean."""
        code, person = draft.extra["code"], draft.extra.get("person")
        nobody = code and not (person and person.public_id == code)
        if nobody and self.context.mend("code_unknown", "code") != EMPTY:
            words = _("The register knows neither an award nor a person by the code %(text)s.") % {"text": code}
            title = _("The register knows neither an award nor a person by the code.")
            draft.findings.append(Finding("code_unknown", "code", code, words, title))
            return
        found = draft.extra["facts"].ledger.find(draft.extra["written"])
        draft.extra["seen"] = bool(found)
        if person:
            found = [award for award in found if award.member_id in (None, person.pk)]
            found = [award for award in found if award.member_id] or found
        if len(found) > 1:
            agreeing = [award for award in found if self.agrees(draft, award)]
            found = agreeing if len(agreeing) == 1 else found
        draft.matches = found

    def agrees(self, draft, award):
        """Whether an award is, in all that the row says of it, as the row says."""
        return all(as_read(getattr(award, name)) == value for name, value in draft.values.items() if name in WRITTEN)

    def find_twins(self, drafts):
        """Note where a new award is like one of another decision: to be looked at, never in the way."""
        fresh = [draft for draft in drafts if not draft.findings and not draft.matches]
        awards = []
        for draft in fresh:
            written = draft.extra["written"]
            person = draft.extra.get("person")
            awards.append(Award(
                type_id=written.type_id, member_id=person.pk if person else None,
                recipient_name=written.recipient_name, recipient_unit=written.recipient_unit,
                period_start=written.period_start, period_end=written.period_end,
            ))  # fmt: skip
        rows = Award.objects.readable_by(self.context.user) if self.context.user else Award.objects.all()
        for place, twin in (rows.twins_of(awards) if awards else {}).items():
            words = _("The register has the same award by decision %(decision)s.") % {"decision": twin.decision}
            title = _("The register has the same award by another decision.")
            fresh[place].extra["notes"].append(Finding("twin", "", fresh[place].label, words, title))

    # What becomes of the row

    def settle(self, draft):
        if ledger := draft.extra["facts"].ledger:
            ledger.position += 1
            draft.extra["position"] = ledger.position
        planned = self.refused(draft) if draft.findings else self.repeats(draft) or self.decided(draft)
        planned.findings = [*planned.findings, *draft.extra["notes"]]
        return planned

    def identity(self, draft):
        if known := draft.extra["known"]:
            return "award", known.pk
        written, person = draft.extra["written"], draft.extra.get("person")
        whom = folded(written.recipient_name), folded(written.recipient_unit), person.pk if person else None
        return id(draft.extra["facts"].ledger), written.type_id, *whom

    def repeats(self, draft):
        """A row that stands in the list already: nothing more to write if it says the same, else refused, unless the
        register knows the two apart or the clerk says that they are two."""
        number, values = self.brought.setdefault(self.identity(draft), (draft.row.number, draft.values))
        if values is draft.values:
            return None
        told = {"number": draft.row.number, "first": number}
        if {name: as_folded(value) for name, value in values.items()} == {
            name: as_folded(value) for name, value in draft.values.items()
        }:
            words = _("Row %(number)d repeats row %(first)d; the award is entered once.") % told
            title = _("The list names the same recipient twice for the same award; it is entered once.")
            finding = Finding("said_twice", "", draft.label, words, title)
            return PlannedRow(draft.row, Outcome.SAME, draft.label, [finding])
        apart = (
            len(draft.matches) == 1 and draft.matches[0].pk not in self.claimed and self.agrees(draft, draft.matches[0])
        )
        if apart or self.context.picks.get(self.key(draft)) == NEW:
            return None
        words = _("Row %(number)d names the recipient of row %(first)d for the same award, with different particulars.")
        title = _("The list names the same recipient twice for the same award, with different particulars.")
        draft.findings.append(Finding("twice", "", draft.label, words % told, title))
        return self.refused(draft)

    def key(self, draft):
        return f"{draft.row.sheet}!{draft.row.number}"

    def decided(self, draft):
        draft.sure = len(draft.matches) == 1 and draft.matches[0].pk not in self.claimed
        record, undecided = self.chosen(draft)
        if undecided:
            return self.ambiguous(draft)
        if record is None:
            return self.entered(draft)
        self.claim(draft, record)
        if record.status != Award.Status.ACTIVE:
            words = _("The award was corrected, revoked or reissued since; it is left as it is.")
            draft.extra["notes"].append(Finding("left", "", draft.label, words, words))
            return PlannedRow(draft.row, Outcome.SAME, draft.label, target=record.pk)
        self.check(draft, record)
        planned = self.refused(draft) if draft.findings else self.compared(draft, record)
        if draft.extra.get("outside") and planned.outcome != Outcome.SAME:
            self.refuse_outside(draft)
            return self.refused(draft)
        return planned

    def ambiguous(self, draft):
        words = _("Several awards of this decision bear the name; the list does not say which is meant.")
        offers = [self.candidate(draft, award) for award in draft.matches[:10]]
        finding = Finding("several_awards", "", draft.label, words, words)
        return PlannedRow(draft.row, Outcome.AMBIGUOUS, draft.label, [finding], candidates=offers)

    def candidate(self, draft, record):
        years = "–".join(str(year) for year in dict.fromkeys((record.period_start, record.period_end)) if year)
        place = _("no. %(number)d in the list") % {"number": record.list_position}
        about = [record.recipient_position, record.recipient_unit, years, place]
        fits = [
            str(Award._meta.get_field(name).verbose_name)
            for name in ("recipient_position", "recipient_unit", "period_start")
            if getattr(record, name) and draft.values.get(name) == getattr(record, name)
        ]
        return offered(record.pk, record.recipient_name, ", ".join(filter(None, about)), fits)

    def entered(self, draft):
        """A new award, linked where nothing is left to guess; which of several members is meant, a clerk says."""
        facts = draft.extra["facts"]
        picked = self.context.picks.get(self.key(draft), "")
        links, several = self.recipients.link(draft, facts.issued_on)
        chosen = [person for person in several if key_of_member(person.pk) == picked]
        if chosen:
            links["member_id"] = chosen[0].pk
        elif several and picked != NEW and self.context.mend("several_members", "name") != EMPTY:
            words = _("Several members of the unit bear the name; the list does not say which is meant.")
            offers = [self.recipients.candidate(draft, person) for person in several[:10]]
            finding = Finding("several_members", "name", draft.label, words, words)
            return PlannedRow(draft.row, Outcome.AMBIGUOUS, draft.label, [finding], candidates=offers)
        after = {"list_position": draft.extra["position"]} | draft.values | links
        after = {name: value for name, value in after.items() if value != ERASED}
        after |= {"decision_id": facts.known.pk} if facts.known else {"decision": facts.as_json()}
        if picked == NEW or draft.extra["seen"]:
            # Not to be taken for the award that the plan saw and told from it.
            after["namesake"] = True
        return PlannedRow(draft.row, Outcome.CREATE, draft.label, after=after)

    def check(self, draft, record):
        """Whether what the row says fits what the register has besides."""
        values, person = draft.values, draft.extra.get("person")
        if person and record.collective_id is None and record.member_id != person.pk:
            home = record.unit_id or self.recipients.home_of(person, record.decision__issued_on)
            draft.values = values = {**values, "member_id": person.pk, "unit_id": home}
        kind = values.get("recipient_kind", record.recipient_kind) if draft.row.text("kind") else record.recipient_kind
        if kind != record.recipient_kind and (record.member_id or record.collective_id):
            words = _("The award is linked to the register; say on its page whom it honours.")
            draft.findings.append(Finding("linked", "kind", draft.label, words, words))
        years = [values.get(name) or getattr(record, name) for name in ("period_start", "period_end")]
        if all(isinstance(year, int) for year in years) and years[0] > years[1]:
            words = _("The period ends before it starts.")
            draft.findings.append(Finding("period_order", "period", "", words, words))

    def compared(self, draft, record):
        """What the row changes; a text that differs in spaces alone, or a year that says all there is, is the same."""
        values = {
            name: value
            for name, value in draft.values.items()
            if value != (now := getattr(record, name, None))
            and value != as_read(now)
            and not is_there(draft.row, name, now)
        }
        if not draft.row.text("kind"):
            values.pop("recipient_kind", None)
        if not draft.extra["known"]:
            values.pop("type_id", None)
        said, now = (values.get("period_start"), values.get("period_end")), (record.period_start, record.period_end)
        year = draft.values.get("period_start")
        if None in now and year and year == draft.values.get("period_end") and year in now and None in said:
            values = {name: value for name, value in values.items() if name not in ("period_start", "period_end")}
        draft.values = values
        return super().compared(draft, record)

    def told(self, name, values):
        if name == "type_id":
            return str(self.types.by_pk.get(values[name]) or values[name])
        if name == "member_id" and values[name]:
            return self.recipients.names.get(values[name]) or _("another member")
        return super().told(name, values)


def as_read(value):
    """A column's value as a cell that holds it is read."""
    return cells.text(value) if isinstance(value, str) else value


def is_there(row, name, value):
    """Whether a column holds, as its text, the very word that would empty it."""
    return bool(value) and any(
        name in columns and is_erasing(row.values.get(field)) and row.text(field) == as_read(value)
        for field, columns in ERASABLE.items()
    )


def as_folded(value):
    """A value without case, tones and spaces."""
    return fold(value) if isinstance(value, str) else value


def read_settings(settings, types, places):
    """Check what the clerk said for the whole file; returns what holds for silent rows (`type`, `kind`, years).

    Raises BadSetting with one sentence for a value that cannot be used.
    """
    said = {name: normalise(value) for name, value in settings.items() if normalise(value)}
    known = {}
    if "issued_on" in said:
        try:
            known["issued_on"] = read_date(said["issued_on"])
        except UnreadableCell as error:
            raise BadSetting(str(error)) from error
    for name in sorted({"period_start", "period_end"} & said.keys()):
        years = wording.find_years(said[name])
        if not years or len(said[name]) != 4:
            raise BadSetting(_("%(name)s is a year of four digits.") % {"name": name})
        known[name] = years[0]
    if known.get("period_start", 0) > known.get("period_end", 9999):
        raise BadSetting(_("The period ends before it starts."))
    if "type" in said:
        known["type"] = types.find_type(said["type"])
        if known["type"] is None:
            raise BadSetting(_("The register has no award called “%(text)s”.") % {"text": said["type"]})
    if "kind" in said:
        told = said["kind"] if said["kind"] in Kind.values else wording.find_recipient_kind(said["kind"])
        if not told:
            raise BadSetting(_("The kind of recipient is person, collective or household."))
        known["kind"] = told
    if "keeper" in said:
        places.learn([said["keeper"]])
        if finding := places.find(said["keeper"], "keeper")[1]:
            raise BadSetting(finding.words)
    return known
