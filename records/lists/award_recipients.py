"""Whom in the register the rows of an award list honour: linked where nothing is left to guess, asked where two fit."""

from collections import defaultdict

from django.utils.translation import gettext as _

from records.lists.award_rows import folded, read_code
from records.lists.base import offered
from records.models import Award, Member, Membership
from records.models.members import PRESENT, card_as_kept
from records.sheets.planning import Finding
from records.sheets.values import EMPTY
from records.templatetags.marks import partial_date

Kind = Award.RecipientKind
# So many names, cards or keys in one condition.
NAMES = 500
PERSON = (
    "pk", "public_id", "full_name", "search_key", "card_number", "unit_id", "unit_path", "position", "birth_date",
    "birth_precision", "standing",
)  # fmt: skip


class Recipients:
    """The people and units of the register that rows may name, within the importing person's reach."""

    def __init__(self, places, context):
        self.places, self.context = places, context
        self.by_name, self.by_card, self.by_code, self.homes = defaultdict(list), {}, {}, {}
        self.asked, self.names = set(), {}

    # Looking up, for many rows at once

    def learn(self, drafts):
        """Look up the units and people that the rows may name; then whoever is named surely is in `extra`."""
        writings = [draft.extra["written"] for draft in drafts]
        self.places.learn({one.recipient_unit for one in writings})
        self.places.learn({one.recipient_name for one in writings if one.recipient_kind == Kind.COLLECTIVE})
        cards = {card for draft in drafts if (card := draft.extra["card"])}
        codes = {code for draft in drafts if (code := draft.extra["member_code"])}
        self.by_card |= {person.card_number: person for person in people("card_number", cards - self.by_card.keys())}
        self.by_code |= {person.public_id: person for person in people("public_id", codes - self.by_code.keys())}
        people_named = [one for one in writings if one.recipient_kind == Kind.PERSON and one.recipient_unit]
        names = {folded(one.recipient_name)[:255] for one in people_named} - self.asked
        self.asked |= names
        for person in people("search_key", names):
            if person.standing in PRESENT and self.places.reaches(person.unit_path):
                self.by_name[person.search_key].append(person)
        for draft in drafts:
            self.name_surely(draft)
        named = [person for draft in drafts if (person := draft.extra.get("person"))]
        self.find_homes(named)
        several = [person for name in names if len(found := self.by_name[name[:255]]) > 1 for person in found]
        homes = {unit for person in named for unit, *_days in self.homes[person.pk]}
        self.places.learn_keys(homes | {person.unit_id for person in named + several})

    def find_homes(self, persons):
        """Read where people named by card or code belonged, to say later where they did on the day of a decision."""
        keys = sorted({person.pk for person in persons} - self.homes.keys())
        for start in range(0, len(keys), NAMES):
            some = keys[start : start + NAMES]
            self.homes |= {key: [] for key in some}
            rows = Membership.objects.filter(member__in=some, kind=Membership.Kind.OFFICIAL).order_by(
                "valid_from", "pk"
            )
            for key, *home in rows.values_list("member_id", "unit_id", "valid_from", "valid_to"):
                self.homes[key].append(home)

    def name_surely(self, draft):
        """Say whom a row names by card number or code; a finding where it cannot be that person, a note for nobody."""
        card, code = draft.extra["card"], draft.extra["member_code"]
        if draft.extra["written"].recipient_kind != Kind.PERSON or not (card or code):
            return
        name, text = ("card", card) if card else ("member_code", code)
        name = "code" if code and code == draft.extra["code"] and not card else name
        person = self.by_card.get(card) if card else self.by_code.get(code)
        if self.context.mend("other_person", name) == EMPTY:
            person = person if person and self.is_called(person, draft) else None
        if person is None:
            if name == "code":
                return
            words = _("The register knows no member by “%(text)s”; the award is entered without a link.")
            title = _("The register knows no member by the card number or code; entered without a link.")
            draft.extra["notes"].append(Finding("nobody", name, text, words % {"text": text}, title))
        elif not self.places.reaches(person.unit_path):
            words = _("The person belongs to a unit whose records you do not keep.")
            draft.findings.append(Finding("out_of_reach", name, text, words, words))
        elif not self.is_called(person, draft):
            words = _("The card number or code is that of %(name)s.") % {"name": person.full_name}
            title = _("The card number or code is somebody else’s.")
            draft.findings.append(Finding("other_person", name, text, words, title))
        else:
            draft.extra["person"], self.names[person.pk] = person, person.full_name

    def is_called(self, person, draft):
        return folded(draft.extra["written"].recipient_name)[:255] == person.search_key

    # Linking one row

    def link(self, draft, day):
        """(columns that link the row's award to the register, people it may mean where it could mean several)."""
        written = draft.extra["written"]
        if person := draft.extra.get("person"):
            place = self.find_unit(written.recipient_unit, day)
            return {"member_id": person.pk, "unit_id": place.pk if place else self.home_of(person, day)}, []
        if written.recipient_kind == Kind.COLLECTIVE and (place := self.find_collective(written, day)):
            return {"collective_id": place.pk, "unit_id": place.pk}, []
        place = self.find_unit(written.recipient_unit, day)
        if place is None:
            return {}, []
        links = {"unit_id": place.pk}
        if written.recipient_kind == Kind.PERSON:
            there = self.by_name.get(folded(written.recipient_name)[:255], ())
            there = [person for person in there if person.unit_path.startswith(place.path)]
            if len(there) > 1:
                return links, there
            if there:
                links["member_id"] = there[0].pk
        return links, []

    def find_unit(self, name, day):
        """The one unit within reach that bears the name and was there on a day; None for none and for several."""
        found = self.units(name, day)
        return found[0] if len(found) == 1 else None

    def find_collective(self, written, day):
        """The one unit that is honoured; where the row names the unit above, only one below that."""
        found = self.units(written.recipient_name, day)
        if written.recipient_unit:
            above = folded(written.recipient_unit)
            heads = tuple(place.path for place in self.places.known.get(above, ()))
            found = [
                place for place in found if folded(place.parent_name) == above or (heads and under(place.path, heads))
            ]
        return found[0] if len(found) == 1 else None

    def units(self, name, day):
        found = self.places.known.get(folded(name), ()) if name else ()
        return [place for place in found if place.stood_on(day) and self.places.reaches(place.path)]

    def home_of(self, person, day):
        """The unit a person belonged to on a day, else the present one."""
        then = [
            unit
            for unit, since, until in self.homes.get(person.pk, ())
            if since <= day and not (until and until <= day)
        ]
        return then[-1] if then else person.unit_id

    def candidate(self, draft, person):
        """A member as one of those a row may mean."""
        written, place = draft.extra["written"], self.places.get(person.unit_id)
        born = partial_date(person.birth_date, person.birth_precision) if person.birth_date else ""
        about = [_("born %(day)s") % {"day": born} if born else "", place.in_full if place else "", person.position]
        fits = [_("name")]
        if place and written.recipient_unit and folded(written.recipient_unit) == folded(place.name):
            fits.append(_("unit"))
        if written.recipient_position and folded(written.recipient_position) == folded(person.position):
            fits.append(_("position"))
        return offered(key_of_member(person.pk), person.full_name, ", ".join(filter(None, about)), fits)


def key_of_member(pk):
    """The key of a candidate that is a member, beside those that are awards."""
    return f"m{pk}"


def under(path, heads):
    """Whether a path lies truly below one of the others."""
    return any(path.startswith(head) and path != head for head in heads)


def people(column, wanted):
    """The members among some, as rows of what planning needs."""
    wanted, found = sorted(wanted), []
    for start in range(0, len(wanted), NAMES):
        rows = Member.objects.filter(**{f"{column}__in": wanted[start : start + NAMES]}).order_by("sort_key", "pk")
        found += rows.values_list(*PERSON, named=True)
    return found


def read_card(row):
    """A Party card number as a row has it, written as the register keeps them."""
    return card_as_kept(row.text("card"))


def read_member_code(row):
    """A member's public code as a row has it."""
    return read_code(row, "member_code")
