"""Recipients typed or pasted onto a decision: a spreadsheet's lines read as awards, and whom in the register they mean.

Nothing here writes. Reading goes the road of `import_sheet`; only a list without a header is guessed at here.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _

from records import wording
from records.lists.award_rows import CATEGORIES, read_award
from records.models import Award, Member, Membership, Unit
from records.sheet_kinds import AWARDS
from records.sheets import cells
from records.sheets.legacy import convert_legacy
from records.sheets.lines import NUMERAL
from records.sheets.pasting import as_sheet
from records.sheets.reading import Line, Sheet, UnreadableSheet
from records.sheets.recognising import recognise
from records.vietnamese import fold, normalise, sort_key

MOST_ROWS = 300
MOST_COLUMNS = 40
# Of a column's cells, how many must say what it is.
MAJORITY = 0.6
SUGGESTED = 8
SHORTEST = 3
Kind = Award.RecipientKind

PERIOD = re.compile(r"^(?:giai doan |tu |nam )*(?:19|20)\d\d(?:\s*(?:-|den|toi)\s*(?:nam )?(?:19|20)\d\d)?$")
# With their tones: "trường" is a school, "trưởng" a head.
BODY = re.compile(
    r"^(?:chi bộ|đảng bộ|đảng ủy|sở|ban|phòng|ubnd|ủy ban|uỷ ban|hđnd|hội đồng|trường|công ty|hội|đoàn|bệnh viện|"
    r"trung tâm|trạm|xã|phường|thị trấn|thị xã|huyện|thành phố|tỉnh|công an|bộ chỉ huy|viện|tòa án|toà án|văn phòng|"
    r"chi cục|cục|kho bạc|ngân hàng|liên đoàn|mttq|mặt trận|khu phố|thôn|ấp|tổ|nhà máy|xí nghiệp|hợp tác xã|htx)\b"
)
HEADERS = {
    "ordinal": "STT",
    "salutation": "Ông/Bà",
    "name": "Họ và tên",
    "position": "Chức vụ",
    "unit": "Đơn vị",
    "position_and_unit": "Chức vụ, đơn vị công tác",
    "kind": "Phân loại khen thưởng",
    "type": "Hình thức khen thưởng",
    "category": "Phân loại đối tượng",
    "period": "Năm",
    "reason": "Thành tích",
}


class UnreadablePaste(ValueError):
    """What was pasted is no list of recipients; the text is a sentence for the clerk."""


@dataclass
class PastedRow:
    """One line as it was understood: where it stood, and the values of a recipient's form."""

    number: int
    values: dict


@dataclass
class Pasted:
    """A pasted list: its rows, the lines passed over and why, what each column was taken for, what was converted."""

    rows: list
    skipped: list
    columns: list
    guessed: bool
    notes: list = field(default_factory=list)


# Reading what was pasted


def read_paste(text, types, defaults):
    """Read lines copied out of a spreadsheet; `types` finds award types, `defaults` fill what a line does not say.

    Raises UnreadablePaste.
    """
    sheet, notes = pasted_sheet(text)
    layout, guessed = recognise(sheet, AWARDS), False
    if layout is None:
        guessed = not names_alone(sheet)
        layout = recognise(headed(sheet, types), AWARDS)
    if layout is None or not layout.rows:
        raise UnreadablePaste(_("No recipient was found in what was pasted. Copy the rows with their names."))
    if len(layout.rows) > MOST_ROWS:
        raise UnreadablePaste(too_long())
    rows = [PastedRow(row.number, values_of(row, layout, types, defaults)) for row in layout.rows]
    # A form for one recipient has no place for a code or another decision.
    columns = [(column.label, column.field.title if column.field.name in HEADERS else "") for column in layout.matched]
    columns += [(column.label, "") for column in layout.ignored]
    return Pasted(rows, layout.skipped, columns, guessed, notes)


def too_long():
    return _("At most %(most)d rows are taken at once. Paste the list in parts.") % {"most": MOST_ROWS}


def pasted_sheet(text):
    """The pasted text as a sheet of one list, and what was converted; raises UnreadablePaste for none or too much."""
    try:
        sheet = as_sheet(text, columns=MOST_COLUMNS)
    except UnreadableSheet as error:
        raise UnreadablePaste(str(error)) from error
    return sheet, convert_legacy(sheet)


def names_alone(sheet):
    """Whether the list is one column of names under a header, which is too little for the engine to know it by."""
    first = cells.text(sheet.lines[0].cell(0))
    groups = {fold(name) for name in AWARDS.groups}
    known = {fold(name) for name in AWARDS.field("name").synonyms} - groups
    return max(len(line.cells) for line in sheet.lines) == 1 and fold(first) in known


def headed(sheet, types):
    """The sheet under a header made from what its columns hold."""
    lines = sheet.lines[1:] if names_alone(sheet) else sheet.lines
    found = guess_columns(lines, types)
    width = max(len(line.cells) for line in lines) if lines else 0
    # The engine knows a list by two columns; the second of a lone one is empty.
    header = [HEADERS.get(found.get(index), "") or None for index in range(max(width, 2))]
    if sum(1 for label in header if label) < 2:
        header[header.index(None)] = HEADERS["ordinal"]
    return Sheet("", lines=[Line(0, header), *lines])


def guess_columns(lines, types):
    """Which field each column holds, judged by its cells; lines of one cell are headings and say nothing."""
    width = max((len(line.cells) for line in lines), default=0)
    full = [line for line in lines if sum(1 for value in line.cells if value) > 1] or lines
    columns = {i: [cells.text(line.cell(i)) for line in full if cells.text(line.cell(i))] for i in range(width)}
    found, left = {}, []
    for index, values in columns.items():
        if name := next((name for name, test in tests(types) if name not in found.values() and most(values, test)), ""):
            found[index] = name
        elif values:
            left.append(index)
    for index, name in zip(left, plain_columns([columns[index] for index in left]), strict=False):
        found[index] = name
    return found


def most(values, test):
    return bool(values) and sum(1 for value in values if test(value)) >= MAJORITY * len(values)


def tests(types):
    """What tells a column by its cells alone, the surest first."""
    return [
        ("period", lambda value: PERIOD.match(fold(value))),
        ("ordinal", NUMERAL.match),
        ("salutation", lambda value: wording.split_address(f"{value} Nguyễn Văn An")[1] == "Nguyễn Văn An"),
        ("kind", lambda value: len(value) < 30 and wording.find_recipient_kind(value)),
        ("type", types.find_type),
        ("category", lambda value: fold(value) in CATEGORIES),
    ]


def plain_columns(columns):
    """The fields of columns of plain text, from left to right: a name, then position, unit, achievement."""
    names = ["name"]
    for values in columns[1:]:
        body = most(values, lambda value: BODY.match(normalise(value).lower()))
        if body and "unit" not in names:
            names.append("unit")
        elif not {"position", "position_and_unit"} & set(names):
            together = len(columns) == 2 and most(values, lambda value: "," in value or ";" in value)
            names.append("position_and_unit" if together else "position")
        elif not {"unit", "position_and_unit"} & set(names):
            names.append("unit")
        else:
            names.append("" if "reason" in names else "reason")
    return names


def values_of(row, layout, types, defaults):
    """What a recipient's form would hold for the row; what cannot be read stays as written, for the form to refuse."""
    award = read_award(row, layout, types, {})
    if not award.recipient_kind and defaults.get("recipient_kind"):
        award = read_award(row, layout, types, {"kind": defaults["recipient_kind"]})
    written = row.text("period")
    years = (award.period_start, award.period_end)
    if not award.period_start:
        years = (written, "") if written else (defaults.get("period_start"), defaults.get("period_end"))
    if not award.type_id and not row.text("type") and defaults.get("type"):
        award.type = defaults["type"]
    return {
        "recipient_kind": award.recipient_kind,
        "salutation": award.salutation,
        "recipient_name": award.recipient_name,
        "recipient_position": award.recipient_position,
        "recipient_unit": award.recipient_unit,
        "type": award.type.name if award.type_id else row.text("type"),
        "period_start": years[0] or "",
        "period_end": years[1] or "",
        "reason": award.reason or defaults.get("reason", ""),
        "recipient_category": award.recipient_category,
    }


# Whom in the register a recipient may be


@dataclass
class Candidate:
    """A member or unit that a recipient may be, and what of the row fits besides the name."""

    key: str
    row: object
    fits: list = field(default_factory=list)
    awards: list = field(default_factory=list)
    standing: str = ""

    @property
    def is_person(self):
        return isinstance(self.row, Member)


def key_of(award):
    """The key of the candidate that an award is linked to, "none" where it is free text."""
    if award.member_id:
        return f"m{award.member_id}"
    return f"u{award.collective_id}" if award.collective_id else "none"


def bears(name):
    """The condition for a unit called so, tones and capitals aside: ranges that the index on `sort_key` serves."""
    letters = sort_key(name)[:500].partition("!")[0]
    return Q(sort_key=letters) | Q(sort_key__gte=f"{letters}!", sort_key__lt=f'{letters}"')


class Namesakes:
    """The people and units within a user's reach who bear the recipients' names, read at once for all of them.

    `on` is the day of the decision: it says to which unit a person belonged.
    """

    def __init__(self, user, on=None):
        self.user, self.on = user, on
        self.members, self.units = defaultdict(list), defaultdict(list)
        self.by_key, self.homes, self.awards = {}, {}, defaultdict(list)

    def load(self, names, units, keys=()):
        """Read whoever bears one of the names, the units of these names, and the rows of the keys."""
        people = Member.objects.editable_by(self.user).select_related("unit__parent")
        wanted = {fold(name)[:255] for name in names if name}
        pks = [int(key[1:]) for key in keys if key.startswith("m")]
        found = {m.pk: m for m in people.filter(search_key__in=wanted).order_by("sort_key", "pk")} if wanted else {}
        self.take_members(found.values())
        missing = [pk for pk in pks if pk not in found]
        if missing:
            self.take_members(people.filter(pk__in=missing), named=False)
        bodies = Unit.objects.editable_by(self.user).select_related("parent")
        called = reduce(or_, (bears(name) for name in {*names, *units} if name), Q(pk__in=[]))
        pks = [int(key[1:]) for key in keys if key.startswith("u")]
        if names or units or pks:
            for unit in bodies.filter(called | Q(pk__in=pks)).order_by("sort_key", "pk"):
                self.units[fold(unit.name)].append(unit)
                self.by_key[f"u{unit.pk}"] = unit
        self.learn()
        return self

    def take_members(self, members, named=True):
        for member in members:
            self.by_key[f"m{member.pk}"] = member
            if named:
                self.members[member.search_key].append(member)

    def learn(self):
        """Read where the people found belonged on the day, and which awards they and the units have."""
        people = [row.pk for key, row in self.by_key.items() if key[0] == "m"]
        units = [row.pk for key, row in self.by_key.items() if key[0] == "u"]
        if people and self.on:
            then = Membership.objects.current(self.on).filter(member__in=people, kind=Membership.Kind.OFFICIAL)
            self.homes = {one.member_id: one.unit for one in then.select_related("unit")}
        if people or units:
            rows = Award.objects.readable_by(self.user)
            rows = rows.filter(member__in=people) | rows.filter(collective__in=units)
            columns = rows.order_by("-decided_on", "-pk").values_list(
                "member", "collective", "type__name", "decided_on"
            )
            for member, unit, name, day in columns[:1000]:
                self.awards[f"m{member}" if member else f"u{unit}"].append(f"{name} ({day.year})")

    def candidates(self, kind, name, position="", unit=""):
        """Who may be meant, those first of whom more fits; nobody for a household."""
        if kind == Kind.COLLECTIVE:
            return [self.unit_candidate(row, unit) for row in self.units.get(fold(name), ())]
        if kind != Kind.PERSON:
            return []
        found = [self.person_candidate(row, position, unit) for row in self.members.get(fold(name)[:255], ())]
        return sorted(found, key=lambda one: -len(one.fits))

    def person_candidate(self, member, position="", unit=""):
        places = {fold(text) for place in (member.unit, self.homes.get(member.pk)) if place
                  for text in (place.name, place.short_name) if text}  # fmt: skip
        fits = []
        if unit and fold(unit) in places:
            fits.append("unit")
        if position and fold(position) == fold(member.position):
            fits.append("position")
        standing = "" if member.is_active else member.get_standing_display()
        return self.candidate(f"m{member.pk}", member, fits, standing)

    def unit_candidate(self, unit, above=""):
        names = (fold(unit.parent.name), fold(unit.parent.short_name)) if unit.parent else ()
        fits = ["unit"] if above and fold(above) in names else []
        return self.candidate(f"u{unit.pk}", unit, fits, _("dissolved") if unit.dissolved_on else "")

    def candidate(self, key, row, fits, standing):
        return Candidate(key, row, fits, self.awards[key], standing)

    def sure(self, candidates):
        """The key of the only candidate whose unit fits too, or "": a name alone says nothing."""
        fitting = [one for one in candidates if "unit" in one.fits]
        return fitting[0].key if len(fitting) == 1 else ""

    def get(self, key):
        """The member or unit of a key, None where it is none within reach."""
        return self.by_key.get(key)

    def home_of(self, member):
        """The unit a member belonged to on the day, else the present one."""
        return self.homes.get(member.pk) or member.unit

    def unit_called(self, name):
        """The one unit within reach that bears the name, or None."""
        found = self.units.get(fold(name), ()) if name else ()
        return found[0] if len(found) == 1 else None


def resembling(user, kind, text, position="", unit="", on=None):
    """Candidates for words still being typed: a few whose names hold them all, or those of that very name."""
    namesakes = Namesakes(user, on)
    rows = Unit.objects if kind == Kind.COLLECTIVE else Member.objects
    if kind not in (Kind.PERSON, Kind.COLLECTIVE) or len(fold(text)) < SHORTEST:
        return []
    column, letter = ("name", "u") if kind == Kind.COLLECTIVE else ("full_name", "m")
    found = list(rows.editable_by(user).search(text).order_by("sort_key", "pk")[:SUGGESTED])
    found = [row for row in found if fold(getattr(row, column)) == fold(text)] or found
    namesakes.load((), (), [f"{letter}{row.pk}" for row in found])
    rows = [namesakes.get(f"{letter}{row.pk}") for row in found]
    if letter == "u":
        return [namesakes.unit_candidate(row, unit) for row in rows]
    return sorted((namesakes.person_candidate(row, position, unit) for row in rows), key=lambda one: -len(one.fits))
