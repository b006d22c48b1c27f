"""Lists of members: who is meant, what changes, and people entered with their membership, some thousands at a time."""

import re
from collections import deque
from datetime import date
from functools import lru_cache

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.behind import asked_of
from records.bulk import insert, lines_of, put, remember, reserving
from records.lists.base import Draft, ListPlanner, ListWriter
from records.lists.people import COLUMNS, DATES, Known, PersonFinder, Said, among, folded, people
from records.models import Member, Membership, Unit
from records.models.fields import new_public_id
from records.models.members import PRESENT, card_as_kept
from records.sheets.planning import Finding, Outcome, PlannedRow
from records.sheets.values import EMPTY, ERASED
from records.templatetags.marks import partial_date
from records.vietnamese import fold, name_sort_key

TOLD = ("card_number", "birth_date", "birth_precision")
BIRTHS = ("birth", "birth_male", "birth_female")
DAYS = (("admitted_on", "admitted"), ("full_member_on", "full"))
TEXTS = ("gender", "position", "standing", "email", "phone")
# What is wrong with the days of a group of rows, after the name of their column.
OF_ALL = {
    "to_come": gettext_lazy("a day still to come"),
    "born_late": gettext_lazy("not before the admission"),
    "full_early": gettext_lazy("before the admission"),
}
MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
# What COPY writes of a new member, in this order.
WRITTEN = (
    "id", "public_id", "full_name", "gender", "birth_date", "birth_precision", "card_number", "admitted_on",
    "full_member_on", "position", "unit_id", "unit_path", "attached_path", "standing", "email", "phone", "search_key",
    "sort_key",
)  # fmt: skip
BELONGING = ("id", "member_id", "unit_id", "kind", "valid_from", "end_reason")

by_given_name = lru_cache(maxsize=20_000)(name_sort_key)


class MemberPlanner(ListPlanner):
    """Plans rows of people: by card number or code, else by name, date of birth and unit; a name alone is no one."""

    model = Member
    columns = COLUMNS

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.people, self.new = PersonFinder(self.places, strangers=True), {}
        self.today = context.on.isoformat()

    def begin(self, layout):
        super().begin(layout)
        self.births, self.texts = ([name for name in names if name in self.reader.said] for names in (BIRTHS, TEXTS))

    def read_all(self, rows):
        drafts = [Draft(row, row.text("name")) for row in rows]
        for draft, said in zip(drafts, self.reader.rows(rows, [one.findings for one in drafts]), strict=True):
            self.read(draft, said.get)
        return drafts

    def read(self, draft, says):
        """Fill a draft with what its row says."""
        row, values, cells = draft.row, draft.values, draft.row.values
        values["full_name"] = draft.label
        if not draft.label or says("name") == ERASED:
            self.missing(draft, "name")
        for name in self.births:
            if born := says(name):
                values["birth_date"], values["birth_precision"] = born if born != ERASED else (ERASED, "day")
                if name != "birth" and born != ERASED:
                    values["gender"] = name.removeprefix("birth_")
        for name in self.texts:
            if (value := says(name)) is not None:
                values[name] = value
        for column, name in DAYS:
            if day := says(name):
                values[column] = day if day == ERASED else day[0]
        if card := says("card"):
            values["card_number"] = card if card == ERASED or card.isalnum() else card_as_kept(card)
        if since := says("since"):
            draft.extra["since"] = since[0]
        told = [value if (value := values.get(name)) and value != ERASED else "" for name in TOLD]
        code = row.text("code").lower() if "code" in cells else ""
        unit = (row.text("unit_code") if "unit_code" in cells else "") or row.text("unit")
        draft.extra["person"] = Said(draft.label, code, *told, unit)
        self.read_whole(draft)

    def read_whole(self, draft):
        """What is wrong with dates that are right by themselves."""
        get, today = draft.values.get, self.today
        born, admitted, full = get("birth_date"), get("admitted_on"), get("full_member_on")
        if born and admitted and full and born < admitted <= full <= today:
            return self.read_mail(draft)
        for name, value in (("birth", born), ("admitted", admitted), ("full", full)):
            if value and value != ERASED and value > today:
                self.find(draft, "to_come", name, value, _("The day is still to come: %(day)s."))
        if born and admitted and ERASED not in (born, admitted) and born >= admitted:
            self.find(draft, "born_late", "birth", born, _("Born on %(day)s, which is not before the admission."))
        if admitted and full and ERASED not in (admitted, full) and full < admitted:
            self.find(draft, "full_early", "full", full, _("Full member on %(day)s, before the admission."))
        return self.read_mail(draft)

    def read_mail(self, draft):
        mail = draft.values.get("email")
        if mail and mail != ERASED and not MAIL.match(mail) and self.context.mend("not_mail", "email") == EMPTY:
            del draft.values["email"]
        elif mail and mail != ERASED and not MAIL.match(mail):
            words = _("“%(text)s” is no e-mail address.") % {"text": mail}
            draft.findings.append(Finding("not_mail", "email", mail, words))

    def find(self, draft, code, name, value, words):
        if self.context.mend(code, name) == "empty":
            column = {"birth": "birth_date", "admitted": "admitted_on", "full": "full_member_on"}[name]
            draft.values.pop(column, None)
            return
        told = partial_date(date.fromisoformat(value))
        title = f"{capfirst(str(self.kind.field(name).title))}: {OF_ALL[code]}"
        draft.findings.append(Finding(code, name, told, words % {"day": told}, title))

    # Who is meant

    def ask(self, rows):
        drafts = self.read_all(rows)
        return drafts, self.people.ask(drafts)

    def answer(self, asked):
        drafts, questions = asked
        self.people.answer(drafts, questions)
        if beyond := {one.unit_id for draft in drafts if (one := draft.extra.get("beyond"))}:
            self.places.learn_keys(beyond)
        return [self.settle(draft) if "beyond" not in draft.extra else self.kept_elsewhere(draft) for draft in drafts]

    def kept_elsewhere(self, draft):
        """A row about somebody whose record others keep: the same where the user reads it, as of those attached to the
        own units for a time, and the row says nothing else; refused otherwise."""
        person, said = draft.extra["beyond"], draft.extra["person"]
        own, user = self.places.get(person.unit_id), self.context.user
        paths = tuple(user.paths(user.READERS, self.context.on))
        seen = person.unit_path.startswith(paths) or person.attached_path.startswith(paths)
        at_home = not said.unit or fold(said.unit) in {
            fold(own.code),
            fold(own.name),
            fold(f"{own.name}, {own.parent_name}"),
        }
        other = any(finding.code != "out_of_reach" for finding in draft.findings)
        if seen and at_home and not other and self.compared(draft, person).outcome == Outcome.SAME:
            return PlannedRow(draft.row, Outcome.SAME, draft.label, target=person.pk)
        return self.settle(draft)

    def identity(self, draft):
        return self.people.identity(draft)

    def mark_of(self, draft):
        place, values = draft.extra["person"].place, draft.values
        return hash((*values, *values.values(), place and place.pk, draft.extra.get("since")))

    def candidate(self, draft, record):
        return self.people.candidate(draft, record)

    # What becomes of the row

    def says_nothing_new(self, draft, record):
        place = draft.extra["person"].place
        if place and place.pk != record.unit_id:
            return False
        for name, value in draft.values.items():  # noqa: SIM110  (a generator would take twice as long)
            if value != getattr(record, name):
                return False
        return True

    def check(self, draft, record):
        place, standing = draft.extra["person"].place, draft.values.get("standing")
        if record is None:
            if place is None:
                self.missing(draft, "unit")
            elif place.dissolved:
                words = _("“%(text)s” has been dissolved.") % {"text": place.name}
                draft.findings.append(Finding("dissolved", "unit", place.name, words, one_value=True))
            if standing and standing not in PRESENT:
                words = _("Somebody who no longer belongs is not entered anew.")
                draft.findings.append(Finding("gone", "standing", draft.label, words, words))
            if not draft.findings:
                self.check_new(draft)
            return
        if place and place.pk != record.unit_id:
            own = self.places.get(record.unit_id)
            words = _("The register has %(name)s at %(unit)s. Transfers have a list of their own.")
            told = words % {"name": record.full_name, "unit": own.in_full if own else "?"}
            title = _("The register has them at another unit. Transfers have a list of their own.")
            draft.findings.append(Finding("elsewhere", "unit", place.name, told, title))
        if standing and standing != record.standing and (standing not in PRESENT or record.standing not in PRESENT):
            words = _("Leaving and coming back have a day of their own: do it on the person's page.")
            draft.findings.append(Finding("standing", "standing", draft.label, words, words))
        self.check_against(draft, record)

    def check_new(self, draft):
        """Two rows may bring one person, with the card number and without; two cards are two people."""
        said, born = draft.extra["person"], draft.values.get("birth_date")
        if draft.matches or not born or born == ERASED:
            return
        number, card = self.new.setdefault((said.key, born, said.place.pk), (draft.row.number, said.card))
        if number != draft.row.number and not (card and said.card):
            words = _("Row %(number)d is about the same one.") % {"number": number}
            title = _("Twice in the list, by different particulars.")
            draft.findings.append(Finding("twice", "", draft.label, words, title))

    def check_against(self, draft, record):
        """The dates of the row beside those of the register that it leaves as they are."""
        days = {name: draft.values.get(name) or getattr(record, name) for name in DATES}
        days = {name: day for name, day in days.items() if day and day != ERASED}
        born, admitted, full = (days.get(name) for name in ("birth_date", "admitted_on", "full_member_on"))
        if born and admitted and born >= admitted:
            self.find(draft, "born_late", "birth", born, _("Born on %(day)s, which is not before the admission."))
        if admitted and full and full < admitted:
            self.find(draft, "full_early", "full", full, _("Full member on %(day)s, before the admission."))

    def complete(self, draft):
        draft.values["unit_id"] = draft.extra["person"].place.pk
        draft.values["since"] = draft.extra.get("since") or self.context.on.isoformat()
        if draft.matches:
            # The clerk said that the person is none of those offered.
            draft.values["namesake"] = True


class MemberWriter(ListWriter):
    """Enters people with their open membership, and corrects those the register has."""

    model = Member
    fills = (Member, Membership, Member.history.model, Membership.history.model)

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.paths, self.gone, self.units, self.memberships = {}, set(), set(), None
        self.asked, self.keys, self.belongings = deque(), [], []

    def begin(self, rows):
        """Hold the units of all rows at once, before any person: held batch by batch, two lists could wait for one
        another, or for whoever transfers a person that this one changes."""
        hold_units(rows, "after__unit_id")

    def ask(self, rows):
        new = [row for row in rows if row.outcome == Outcome.CREATE]
        cards = asked_of(among("card_number", {row.after.get("card_number", "") for row in new}))
        self.asked.append((cards, reserving(Member, len(new)), reserving(Membership, len(new))))

    def taken(self, rows):
        """A card, or a person of the name, date of birth and unit, that came into the register since."""
        cards, self.keys, self.belongings = (answer() for answer in self.asked.popleft())
        held = {Known(*person).card_number for person in cards}
        bare = [row.after for row in rows if row.after.get("birth_date") and not row.after.get("card_number")]
        names = {self.key_of(after)[0] for after in bare}
        there = {(one.search_key, one.birth_date, one.unit_id) for one in people("search_key", names) if one.birth_date}
        self.hold(row.after["unit_id"] for row in rows)
        found = {}
        for row in rows:
            after = row.after
            card, unit = after.get("card_number"), after["unit_id"]
            if unit in self.gone:
                found[row.pk] = _("This unit has been dissolved.")
            elif card in held:
                found[row.pk] = _("Another member has this card number.")
            elif there and not card and not after.get("namesake") and self.key_of(after) in there:
                found[row.pk] = _("The person has been entered meanwhile.")
        return found

    def key_of(self, after):
        return folded(after["full_name"])[:255], after.get("birth_date"), after["unit_id"]

    def hold(self, keys):
        """Hold units that are not held so far; learn their paths, and which of them are no more."""
        if fresh := set(keys) - self.paths.keys():
            units = Unit.objects.filter(pk__in=fresh)
            self.paths |= units.hold()
            self.gone |= set(units.filter(dissolved_on__isnull=False).values_list("pk", flat=True))

    def create(self, rows):
        keys, belongings = self.keys[: len(rows)], self.belongings[: len(rows)]
        self.units |= {row.after["unit_id"] for row in rows}
        # The database is at work on memberships while people are made of the next rows, and on people while these rows
        # are read.
        self.write_rest()
        kind, together = Membership.Kind.OFFICIAL.value, zip(belongings, keys, rows, strict=True)
        since = [(own, key, row.after["unit_id"], kind, row.after["since"], "") for own, key, row in together]
        self.memberships = belongings, lines_of(Membership, BELONGING, since)
        people = [written(key, row.after, self.paths) for key, row in zip(keys, rows, strict=True)]
        insert(Member, WRITTEN, people)
        remember(Member, keys, "+", self.context.reason)

    def write_rest(self):
        """Write the memberships of the people entered last, with their history."""
        if self.memberships:
            keys, lines = self.memberships
            put(lines)
            remember(Membership, keys, "+", self.context.reason)
        self.memberships = None

    def locked(self, keys):
        return super().locked(keys).prefetch_related("unit", "attached_to")

    def change(self, rows):
        self.units |= {self.records[row.target].unit_id for row in rows}
        super().change(rows)

    def finish(self):
        Unit.objects.filter(pk__in=self.units).recount()


def hold_units(rows, *names):
    """Lock the units that an import's rows name in these places, and those of the people whom they change."""
    named = {key for name in names for key in rows.values_list(name, flat=True).order_by().distinct()}
    people = Member.objects.filter(pk__in=rows.filter(outcome=Outcome.CHANGE).values("target"))
    places = {key for pair in people.values_list("unit", "attached_to").distinct() for key in pair}
    Unit.objects.filter(pk__among=named | places - {None}).hold()


def written(key, after, paths):
    """A new member's row, as the database takes it."""
    get, name = after.get, after["full_name"]
    return (
        key, new_public_id(), name, get("gender", ""), get("birth_date"), get("birth_precision", "day"),
        get("card_number", ""), get("admitted_on"), get("full_member_on"), get("position", ""), after["unit_id"],
        paths[after["unit_id"]], "", get("standing", "full"), get("email", ""), get("phone", ""), folded(name)[:255],
        by_given_name(name)[:500],
    )  # fmt: skip
