"""People as lists name them: by code or card number, else by name, date of birth and unit; a name alone is no one."""

from collections import defaultdict, namedtuple
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.behind import asked_of
from records.lists.base import offered
from records.models import Member
from records.models.members import card_as_kept
from records.sheets.planning import Field, Finding, Type
from records.sheets.values import ERASED
from records.templatetags.marks import partial_date
from records.vietnamese import fold

COLUMNS = (
    "full_name", "gender", "birth_date", "birth_precision", "card_number", "admitted_on", "full_member_on", "position",
    "standing", "email", "phone",
)  # fmt: skip
KNOWN = ("pk", "public_id", "unit_id", "unit_path", "attached_to_id", "attached_path", "search_key", *COLUMNS)
# Their days as text, as rows say them.
Known = namedtuple("Known", KNOWN)
DATES = ("birth_date", "admitted_on", "full_member_on")
ASKED = [Cast(name, TextField()) if name in DATES else name for name in KNOWN]
SAME, PERHAPS, OTHER = "same", "perhaps", "other"

# The columns by which lists about people say who is meant; the unit's are each list's own.
FIELDS = (
    Field(
        "code", gettext_lazy("member’s code"), ("Mã đảng viên", "Mã hồ sơ", "Mã", "Member code", "Code"), longest=12
    ),
    Field(
        "name",
        gettext_lazy("full name"),
        (
            "Họ và tên", "Họ tên", "Họ, tên", "Họ và tên đảng viên", "Họ tên đảng viên", "Tên đảng viên",
            "Họ và tên khai sinh", "Đảng viên", "Full name", "Name",
        ),
        required=True,
        longest=150,
    ),
    Field(
        "birth",
        gettext_lazy("born on"),
        (
            "Ngày sinh", "Sinh ngày", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh", "Ngày/tháng/năm sinh",
            "Ngày tháng sinh", "NTNS", "Date of birth", "Born", "Born on", "Year of birth",
        ),
        type=Type.DATE,
        partial=True,
    ),
    Field(
        "card",
        gettext_lazy("Party card number"),
        (
            "Số thẻ đảng viên", "Số thẻ", "Số thẻ đảng", "Thẻ đảng viên", "Số TĐV", "Số thẻ ĐV", "Card number",
            "Party card number",
        ),
        longest=20,
    ),
)  # fmt: skip

# Names are many, the words in them few.
folded_word = lru_cache(maxsize=20_000)(fold)


def folded(name):
    """`fold` of a name, word by word."""
    return " ".join(filter(None, map(folded_word, name.split())))


@dataclass(slots=True)
class Said:
    """What a row says of the person it is about.

    `place` is the unit that `unit` names, once it was looked up; `by_now` one where the person may be as well, such as
    the one that the row itself sends the person to.
    """

    name: str
    code: str = ""
    card: str = ""
    born: str = ""
    precision: str = ""
    unit: str = ""
    place: Any = None
    by_now: Any = None
    # The name as it is compared.
    key: str = field(init=False)

    def __post_init__(self):
        self.key = folded(self.name)[:255]


class PersonFinder:
    """Finds the people that rows are about; each row's draft has a `Said` in `extra["person"]`.

    `strangers` says whether somebody unknown may be new (lists of members) or is a finding (lists about people whom the
    register has). `visitors` takes those attached to a unit for a time for its own; `granted` gives, of the keys of
    people whose records the user does not keep, those whom rows may name by code or card all the same. Where strangers
    are none, a unit above the person's own will do.
    """

    def __init__(self, places, strangers=False, visitors=False, granted=None):
        self.places, self.strangers, self.visitors, self.granted = places, strangers, visitors, granted
        self.by_card, self.by_code, self.by_name, self.others = {}, {}, {}, set()

    def read(self, reader, draft):
        """Note what a row says of the person, by the fields `name`, `code`, `card`, `birth`, `unit_code`, `unit`."""
        row, said = draft.row, Said(draft.row.text("name"))
        said.code = row.text("code").lower() if "code" in reader.fields else ""
        said.unit = row.text("unit_code") or row.text("unit")
        reader.value(row, "name", draft.findings)
        if "card" in reader.fields and (card := reader.value(row, "card", draft.findings)) and card != ERASED:
            said.card = card_as_kept(card)
        if "birth" in reader.fields and (born := reader.value(row, "birth", draft.findings)) and born != ERASED:
            said.born, said.precision = born
        draft.extra["person"] = said
        return said

    def look_up(self, drafts):
        """Find the unit and the people of all rows at once: `place`, the drafts' `matches`, `sure` and findings."""
        self.answer(drafts, self.ask(drafts))

    def ask(self, drafts):
        """Find the unit of all rows, and ask who has the cards and codes they name: what `answer` goes by."""
        self.locate(drafts)
        said = [draft.extra["person"] for draft in drafts]
        cards, codes = {one.card for one in said}, {one.code for one in said}
        return asked_of(among("card_number", cards)), asked_of(among("public_id", codes))

    def answer(self, drafts, questions):
        """Find the people of the rows, of whom it was asked."""
        said = [draft.extra["person"] for draft in drafts]
        holders, coded = ([Known(*found) for found in rows()] for rows in questions)
        self.by_card = {person.card_number: person for person in holders}
        self.by_code = {person.public_id: person for person in coded}
        if self.granted:
            away = {person.pk for person in (*holders, *coded) if not self.reaches(person)}
            self.others = self.granted(away) if away else set()
        self.by_name = defaultdict(list)
        unknown = {one.key for one in said if one.code not in self.by_code and one.card not in self.by_card}
        for person in people("search_key", unknown):
            self.by_name[person.search_key].append(person)
        for draft in drafts:
            self.match(draft, draft.extra["person"])
        found = (person for draft in drafts for person in draft.matches)
        self.places.learn_keys({key for person in found for key in (person.unit_id, person.attached_to_id)})

    def locate(self, drafts):
        """The unit of each row: by its column, else the headings above it, else what holds for the whole file."""
        said = self.places.context.settings
        for_all = said.get("unit", "") or said.get("from", "")
        texts = {draft.extra["person"].unit or for_all for draft in drafts}
        both = {one for draft in drafts if "unit_code" in draft.row.values and (one := draft.row.text("unit"))}
        self.places.learn(texts | both | {text for draft in drafts for text in draft.row.groups})
        for draft in drafts:
            said, groups = draft.extra["person"], draft.row.groups
            if said.unit:
                said.place, finding = self.places.find(said.unit, "unit", groups)
                if both and draft.row.text("unit_code"):
                    finding = finding or self.places.contradiction(said.place, draft.row.text("unit"), "unit", groups)
                if finding:
                    draft.findings.append(finding)
            else:
                said.place = self.place_above([for_all, *groups])

    def place_above(self, texts):
        """The unit that the nearest heading names, else the one said for the whole file."""
        return next((place for text in reversed(texts) if text and (place := self.places.find(text)[0])), None)

    def match(self, draft, said):
        if said.code:
            self.match_surely(draft, self.by_code.get(said.code))
            if draft.matches and not self.strangers:
                self.check_particulars(draft, said, draft.matches[0])
            if not draft.matches and not draft.findings:
                words = _("The register knows nobody by the code %(text)s.") % {"text": said.code}
                draft.findings.append(Finding("code_unknown", "code", said.code, words))
        elif said.card and (holder := self.by_card.get(said.card)):
            if said.key == holder.search_key:
                self.match_surely(draft, holder)
            else:
                self.other_holder(draft, said, holder)
        else:
            named = [one for one in self.by_name.get(said.key, ()) if self.reaches(one)]
            if said.card:
                # Somebody with another card is somebody else.
                named = [one for one in named if not one.card_number]
            self.match_by_name(draft, said, named)
            if not draft.matches and not self.strangers and not draft.findings:
                self.unknown(draft, said)

    def reaches(self, person):
        """Whether the importing person keeps the records of somebody."""
        paths = [person.unit_path, *([person.attached_path] if self.visitors and person.attached_path else [])]
        return any(self.places.reaches(path) for path in paths)

    def check_particulars(self, draft, said, person):
        """Whether the name and birth beside a code are those of the person of the code: where one column was sorted
        without the others they are not. A list of members puts them right instead."""
        written, known = {*said.key.split()}, {*person.search_key.split()}
        if not (written <= known or known <= written):
            words = _("The code %(code)s is that of %(name)s.") % {"code": said.code, "name": person.full_name}
            title = _("Code and name are of two people.")
            draft.findings.append(Finding("contradicts", "name", said.name, words, title))
        elif likeness(said, person) == OTHER:
            born = partial_date(as_day(person.birth_date), person.birth_precision)
            words = _("The register has %(name)s born %(day)s; a list of members or the person’s page puts that right.")
            title = _("Born otherwise than the register has it.")
            told = words % {"name": person.full_name, "day": born}
            draft.findings.append(Finding("contradicts", "birth", said.name, told, title))

    def other_holder(self, draft, said, holder):
        words = _("%(name)s has this card number.") if self.reaches(holder) else ""
        words = words % {"name": holder.full_name} if words else _("Another member has this card number.")
        title = _("Somebody else has the card number.")
        draft.findings.append(Finding("card_taken", "card", said.card, words, title))

    def unknown(self, draft, said):
        """Nobody to be found: in the unit where the row names one, else among all whose records the user keeps."""
        if said.place:
            words = _("The register has no %(name)s at %(unit)s.") % {"name": said.name, "unit": said.place.name}
        else:
            words = _("The register has no %(name)s among the people whose records you keep.") % {"name": said.name}
        title = _("People whom the register does not have, or not with this date of birth or unit")
        draft.findings.append(Finding("person_unknown", "name", said.name, words, title))

    def match_surely(self, draft, person):
        if person is None:
            return
        if not self.reaches(person) and person.pk not in self.others:
            draft.extra["beyond"] = person
            words = _("The person belongs to a unit whose records you do not keep.")
            draft.findings.append(Finding("out_of_reach", "name", draft.label, words, words))
            return
        draft.matches, draft.sure = [person], True

    def match_by_name(self, draft, said, named):
        """Name, date of birth and unit make a person. Where one of the three is not known, or the unit is another, a
        clerk is asked; whoever was born on another day is somebody else."""
        if not named:
            draft.sure = False
            return
        here = [one for one in named if any(self.is_at(one, place) for place in (said.place, said.by_now) if place)]
        if exact := [one for one in here if likeness(said, one) == SAME]:
            draft.matches = exact
            return
        draft.sure = False
        if said.place is None:
            draft.matches = [one for one in named if likeness(said, one) != OTHER]
        else:
            away = [one for one in named if one not in here and likeness(said, one) == SAME]
            near = [one for one in here if likeness(said, one) == PERHAPS]
            draft.matches = near + [one for one in away if one.birth_precision == "day"]

    def is_at(self, person, place):
        """Whether somebody belongs to a unit, as far as the list goes."""
        if self.strangers:
            return person.unit_id == place.pk
        visiting = self.visitors and person.attached_path.startswith(place.path)
        return visiting or person.unit_path.startswith(place.path)

    def identity(self, draft):
        """What makes two rows mean the same person for sure; None where nothing does."""
        said = draft.extra["person"]
        if said.code or said.card:
            return said.code or f"#{said.card}"
        return (said.key, said.born, said.place.pk) if said.born and said.place else None

    def candidate(self, draft, person):
        """How somebody is offered for a row: what is known of the person, and in what the row agrees."""
        said, place = draft.extra["person"], self.places.get(person.unit_id)
        fits = [_("name")]
        if person.birth_date and said.born[:4] == person.birth_date[:4]:
            fits.append(_("year of birth"))
        if said.place and self.is_at(person, said.place):
            fits.append(_("unit"))
        born = partial_date(as_day(person.birth_date), person.birth_precision)
        about = [_("born %(day)s") % {"day": born} if born else "", place.in_full if place else "", person.position]
        return offered(person.pk, person.full_name, ", ".join(filter(None, about)), fits)


def as_day(text):
    return date.fromisoformat(text) if text else None


def likeness(said, person):
    """Whether the row and the record were born on the same day, as far as both are known."""
    if not said.born or not person.birth_date:
        return PERHAPS
    now = person.birth_date
    if said.precision == person.birth_precision:
        return SAME if said.born == now else OTHER
    known = 4 if "year" in (said.precision, person.birth_precision) else 7
    return PERHAPS if said.born[:known] == now[:known] else OTHER


def people(column, wanted):
    """The members with one of these values in a column, as rows of what planning needs; an empty one is nobody's."""
    return [Known(*found) for found in among(column, wanted)]


def among(column, wanted):
    """The query for them."""
    wanted = wanted - {""}
    if not wanted:
        return Member.objects.none().values_list(*ASKED)
    # The index on card numbers leaves the empty ones out; PostgreSQL must be told that they are not asked for.
    members = Member.objects.exclude(card_number="") if column == "card_number" else Member.objects
    return members.filter(**{f"{column}__among": wanted}).values_list(*ASKED)
