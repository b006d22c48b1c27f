"""Lists of members: who is meant, what changes, and people entered with their membership, some thousands at a time."""

import re
from collections import defaultdict
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from records.bulk import insert, remember, reserve
from records.lists.base import NEW, Draft, ListPlanner, ListWriter, offered
from records.models import Member, Membership, Unit
from records.models.fields import new_public_id
from records.models.members import PRESENT
from records.sheets.planning import Finding
from records.sheets.values import ERASED
from records.templatetags.marks import partial_date
from records.vietnamese import fold, name_sort_key

COLUMNS = (
    "full_name", "gender", "birth_date", "birth_precision", "card_number", "admitted_on", "full_member_on", "position",
    "standing", "email", "phone",
)  # fmt: skip
BIRTHS = ("birth", "birth_male", "birth_female")
TEXTS = ("gender", "position", "standing", "email", "phone")
KNOWN = ("pk", "public_id", "unit_id", "unit_path", "search_key", *COLUMNS)
NAMES = 500
SAME, PERHAPS, OTHER = "same", "perhaps", "other"
MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
# What COPY writes of a new member, in this order.
WRITTEN = (
    "id", "public_id", "full_name", "gender", "birth_date", "birth_precision", "card_number", "admitted_on",
    "full_member_on", "position", "unit_id", "unit_path", "attached_path", "standing", "email", "phone", "search_key",
    "sort_key",
)  # fmt: skip

# One person in five shares a name, and fewer share a name with its tones off.
folded = lru_cache(maxsize=20_000)(fold)
by_given_name = lru_cache(maxsize=20_000)(name_sort_key)


class MemberPlanner(ListPlanner):
    """Plans rows of people: by card number or code, else by name, date of birth and unit; a name alone is no one."""

    model = Member
    columns = COLUMNS

    def read(self, row):
        draft = Draft(row, row.text("name"))
        values, findings, read = draft.values, draft.findings, self.reader.value
        values["full_name"] = draft.label
        if not draft.label:
            self.missing(draft, "name")
        for name in BIRTHS:
            if born := read(row, name, findings):
                values["birth_date"], values["birth_precision"] = born if born != ERASED else (ERASED, "day")
                if name != "birth" and born != ERASED:
                    values["gender"] = name.removeprefix("birth_")
        for name in TEXTS:
            if (value := read(row, name, findings)) is not None:
                values[name] = value
        for column, name in (("admitted_on", "admitted"), ("full_member_on", "full")):
            if day := read(row, name, findings):
                values[column] = day if day == ERASED else day[0]
        if card := read(row, "card", findings):
            values["card_number"] = card if card == ERASED else re.sub(r"\s", "", card)
        if since := read(row, "since", findings):
            draft.extra["since"] = since[0]
        draft.extra["code"] = row.text("code").lower()
        draft.extra["unit"] = row.text("unit_code") or row.text("unit")
        self.read_whole(draft)
        return draft

    def read_whole(self, draft):
        """What is wrong with dates that are right by themselves."""
        born, admitted, full = (draft.values.get(name) for name in ("birth_date", "admitted_on", "full_member_on"))
        today = self.context.on.isoformat()
        for name, value in (("birth", born), ("admitted", admitted), ("full", full)):
            if value and value != ERASED and value > today:
                self.find(draft, "to_come", name, value, _("The day is still to come: %(day)s."))
        if born and admitted and ERASED not in (born, admitted) and born >= admitted:
            self.find(draft, "born_late", "birth", born, _("Born on %(day)s, which is not before the admission."))
        if admitted and full and ERASED not in (admitted, full) and full < admitted:
            self.find(draft, "full_early", "full", full, _("Full member on %(day)s, before the admission."))
        mail = draft.values.get("email")
        if mail and mail != ERASED and not MAIL.match(mail):
            words = _("“%(text)s” is no e-mail address.") % {"text": mail}
            draft.findings.append(Finding("not_mail", "email", mail, words))

    def find(self, draft, code, name, value, words):
        if self.context.mend(code, name) == "empty":
            column = {"birth": "birth_date", "admitted": "admitted_on", "full": "full_member_on"}[name]
            draft.values.pop(column, None)
            return
        told = partial_date(date.fromisoformat(value))
        draft.findings.append(Finding(code, name, told, words % {"day": told}, words % {"day": "…"}))

    # Who is meant

    def look_up(self, drafts):
        self.find_units(drafts)
        cards = {card for draft in drafts if (card := draft.values.get("card_number")) and card != ERASED}
        codes = {draft.extra["code"] for draft in drafts} - {""}
        names = {folded(draft.label)[:255] for draft in drafts if draft.label}
        self.by_card = {person.card_number: person for person in people(card_number__in=cards)}
        self.by_code = {person.public_id: person for person in people(public_id__in=codes)}
        self.by_name = defaultdict(list)
        for person in people(search_key__in=names):
            self.by_name[person.search_key].append(person)
        for draft in drafts:
            self.match(draft)

    def find_units(self, drafts):
        """The unit of each row: by its column, else the headings above it, else what holds for the whole file."""
        texts = {draft.extra["unit"] or self.context.settings.get("unit", "") for draft in drafts}
        headings = {text for draft in drafts for text in draft.row.groups}
        self.places.learn(texts | headings)
        for draft in drafts:
            place = None
            if text := draft.extra["unit"]:
                place, finding = self.places.find(text, "unit", draft.row.groups)
                if finding:
                    draft.findings.append(finding)
            else:
                place = self.place_above(draft.row.groups)
            draft.extra["place"] = place

    def place_above(self, groups):
        """The unit that the nearest heading names, else the one said for the whole file."""
        for text in [*reversed(groups), self.context.settings.get("unit", "")]:
            if text and (place := self.places.find(text)[0]):
                return place
        return None

    def match(self, draft):
        card, code, place = draft.values.get("card_number"), draft.extra["code"], draft.extra["place"]
        if code:
            self.match_surely(draft, self.by_code.get(code))
            if not draft.matches:
                words = _("The register knows nobody by the code %(text)s.") % {"text": code}
                draft.findings.append(Finding("code_unknown", "code", code, words))
            return
        if card and card != ERASED and (holder := self.by_card.get(card)):
            if folded(draft.label) != holder.search_key and not draft.findings:
                words = _("%(name)s has this card number.") if self.places.reaches(holder.unit_path) else ""
                words = words or _("Another member has this card number.")
                told = words % {"name": holder.full_name} if "%" in words else words
                draft.findings.append(
                    Finding("card_taken", "card", card, told, _("Somebody else has the card number."))
                )
                return
            self.match_surely(draft, holder)
            return
        named = [one for one in self.by_name.get(folded(draft.label)[:255], ()) if self.places.reaches(one.unit_path)]
        if card and card != ERASED:
            # Somebody with another card is somebody else.
            named = [one for one in named if not one.card_number]
        self.match_by_name(draft, named, place)

    def match_surely(self, draft, person):
        if person is None:
            return
        if not self.places.reaches(person.unit_path):
            words = _("The person belongs to a unit whose records you do not keep.")
            draft.findings.append(Finding("out_of_reach", "name", draft.label, words, words))
            return
        draft.matches, draft.sure = [person], True

    def match_by_name(self, draft, named, place):
        """Name, date of birth and unit make a person. Where one of the three is not known, or the unit is another, a
        clerk is asked; whoever was born on another day is somebody else."""
        here = [one for one in named if place and one.unit_id == place.pk]
        if exact := [one for one in here if likeness(draft, one) == SAME]:
            draft.matches = exact
            return
        draft.sure = False
        if place is None:
            draft.matches = [one for one in named if likeness(draft, one) != OTHER]
        else:
            away = [one for one in named if one.unit_id != place.pk and likeness(draft, one) == SAME]
            near = [one for one in here if likeness(draft, one) == PERHAPS]
            draft.matches = near + [one for one in away if one.birth_precision == "day"]

    def identity(self, draft):
        values = draft.values
        if draft.extra["code"] or values.get("card_number") not in (None, ERASED):
            return draft.extra["code"] or f"#{values['card_number']}"
        if values.get("birth_date") and draft.extra["place"]:
            return folded(draft.label), values["birth_date"], draft.extra["place"].pk
        return None

    def candidate(self, draft, record):
        place = self.places.get(record.unit_id)
        fits = [_("name")]
        if record.birth_date and (draft.values.get("birth_date") or "")[:4] == f"{record.birth_date:%Y}":
            fits.append(_("year of birth"))
        if draft.extra["place"] and draft.extra["place"].pk == record.unit_id:
            fits.append(_("unit"))
        born = partial_date(record.birth_date, record.birth_precision)
        about = [_("born %(day)s") % {"day": born} if born else "", place.in_full if place else "", record.position]
        return offered(record.pk, record.full_name, ", ".join(filter(None, about)), fits)

    # What becomes of the row

    def check(self, draft, record):
        place, standing = draft.extra["place"], draft.values.get("standing")
        if record is None:
            if place is None:
                self.missing(draft, "unit")
            elif place.dissolved:
                words = _("“%(text)s” has been dissolved.") % {"text": place.name}
                draft.findings.append(Finding("dissolved", "unit", place.name, words, one_value=True))
            if standing and standing not in PRESENT:
                words = _("Somebody who no longer belongs is not entered anew.")
                draft.findings.append(Finding("gone", "standing", draft.label, words, words))
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

    def check_against(self, draft, record):
        """The dates of the row beside those of the register that it leaves as they are."""
        now = {name: getattr(record, name) for name in ("birth_date", "admitted_on", "full_member_on")}
        days = {name: draft.values.get(name) or (day.isoformat() if day else None) for name, day in now.items()}
        days = {name: day for name, day in days.items() if day and day != ERASED}
        born, admitted, full = (days.get(name) for name in ("birth_date", "admitted_on", "full_member_on"))
        if born and admitted and born >= admitted:
            self.find(draft, "born_late", "birth", born, _("Born on %(day)s, which is not before the admission."))
        if admitted and full and full < admitted:
            self.find(draft, "full_early", "full", full, _("Full member on %(day)s, before the admission."))

    def complete(self, draft):
        draft.values["unit_id"] = draft.extra["place"].pk
        draft.values["since"] = draft.extra.get("since") or self.context.on.isoformat()
        if self.context.picks.get(f"{draft.row.sheet}!{draft.row.number}") == NEW:
            draft.values["namesake"] = True


def likeness(draft, person):
    """Whether the row and the record were born on the same day, as far as both are known."""
    born, precision = draft.values.get("birth_date"), draft.values.get("birth_precision")
    if not born or born == ERASED or not person.birth_date:
        return PERHAPS
    now = person.birth_date.isoformat()
    if precision == person.birth_precision:
        return SAME if born == now else OTHER
    known = 4 if "year" in (precision, person.birth_precision) else 7
    return PERHAPS if born[:known] == now[:known] else OTHER


def people(**among):
    """The members among some, as rows of what planning needs."""
    (lookup, wanted), wanted_rows = next(iter(among.items())), []
    wanted = sorted(wanted)
    for start in range(0, len(wanted), NAMES):
        rows = Member.objects.filter(**{lookup: wanted[start : start + NAMES]})
        wanted_rows += rows.values_list(*KNOWN, named=True)
    return wanted_rows


def as_text(person):
    return person.birth_date.isoformat() if person.birth_date else ""


class MemberWriter(ListWriter):
    """Enters people with their open membership, and corrects those the register has."""

    model = Member

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.units = set()

    def taken(self, rows):
        """A card, or a person of the name, date of birth and unit, that came into the register since."""
        cards = [card for row in rows if (card := row.after.get("card_number"))]
        held = {person.card_number for person in people(card_number__in=set(cards))}
        names = {folded(row.after["full_name"])[:255] for row in rows if row.after.get("birth_date")}
        there = {(one.search_key, as_text(one), one.unit_id) for one in people(search_key__in=names)}
        found = {}
        for row in rows:
            key = (folded(row.after["full_name"])[:255], row.after.get("birth_date"), row.after["unit_id"])
            if row.after.get("card_number") in held:
                found[row.pk] = _("Another member has this card number.")
            elif not row.after.get("card_number") and key in there and not row.after.get("namesake"):
                found[row.pk] = _("The person has been entered meanwhile.")
        dissolved = Unit.objects.filter(pk__in={row.after["unit_id"] for row in rows}, dissolved_on__isnull=False)
        gone = set(dissolved.values_list("pk", flat=True))
        return found | {row.pk: _("This unit has been dissolved.") for row in rows if row.after["unit_id"] in gone}

    def create(self, rows):
        paths = Unit.objects.filter(pk__in={row.after["unit_id"] for row in rows}).hold()
        self.units |= paths.keys()
        keys, belongings = reserve(Member, len(rows)), reserve(Membership, len(rows))
        insert(Member, WRITTEN, [written(key, row.after, paths) for key, row in zip(keys, rows, strict=True)])
        remember(Member, keys, "+", self.context.reason)
        columns = ("id", "member_id", "unit_id", "kind", "valid_from", "end_reason")
        kind = Membership.Kind.OFFICIAL.value
        together = zip(belongings, keys, rows, strict=True)
        insert(
            Membership,
            columns,
            [(own, key, row.after["unit_id"], kind, row.after["since"], "") for own, key, row in together],
        )
        remember(Membership, belongings, "+", self.context.reason)

    def change(self, rows):
        self.units |= {self.records[row.target].unit_id for row in rows}
        super().change(rows)

    def finish(self):
        Unit.objects.filter(pk__in=self.units).recount()


def written(key, after, paths):
    """A new member's row, as the database takes it."""
    get, name = after.get, after["full_name"]
    return (
        key, new_public_id(), name, get("gender", ""), get("birth_date"), get("birth_precision", "day"),
        get("card_number", ""), get("admitted_on"), get("full_member_on"), get("position", ""), after["unit_id"],
        paths[after["unit_id"]], "", get("standing", "full"), get("email", ""), get("phone", ""), folded(name)[:255],
        by_given_name(name)[:500],
    )  # fmt: skip
