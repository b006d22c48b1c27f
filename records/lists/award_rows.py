"""What one row of an award list says: whom it honours with what, for which years; nothing here asks the register."""

import re
from dataclasses import dataclass
from functools import lru_cache

from records import wording
from records.models import Award, AwardType
from records.models.award_types import award_key
from records.sheets.planning import Row
from records.sheets.values import ERASE
from records.vietnamese import fold

Category, Kind = Award.RecipientCategory, Award.RecipientKind
WRITTEN = (
    "salutation", "recipient_name", "recipient_position", "recipient_unit", "recipient_category", "reason",
    "period_start", "period_end",
)  # fmt: skip
KIND_WORDS = {"Cá nhân": Kind.PERSON, "Tập thể": Kind.COLLECTIVE, "Hộ gia đình": Kind.HOUSEHOLD}

# The words of form 0603 (Circular 02/2023/TT-BNV) and of the forms in use that say the same; of those that mean one
# category, the first is what an export writes.
CATEGORY_WORDS = {
    "Lãnh đạo cấp bộ, cấp tỉnh và tương đương trở lên": Category.LEADER_CENTRAL,
    "Lãnh đạo cấp vụ, sở, ngành và tương đương": Category.LEADER_DEPARTMENT,
    "Doanh nhân": Category.ENTREPRENEUR,
    "Các cấp lãnh đạo từ phó phòng trở lên": Category.LEADER_OTHER,
    "Các cấp lãnh đạo khác": Category.LEADER_OTHER,
    "Người trực tiếp công tác, lao động, học tập, chiến đấu và phục vụ chiến đấu": Category.WORKER,
    "Người lao động trực tiếp": Category.WORKER,
    "Doanh nghiệp": Category.ENTERPRISE,
    "Cơ quan Hành chính": Category.AGENCY,
    "Đơn vị sự nghiệp": Category.AGENCY,
    "Cơ quan Đảng và các tổ chức chính trị, xã hội": Category.AGENCY,
    "Cơ quan Trung Ương đóng trên địa bàn": Category.AGENCY,
    "Đối tượng khác": Category.OTHER,
    "Hợp tác xã": Category.OTHER,
    "Hộ gia đình": Category.OTHER,
}
CATEGORIES = {fold(words): category for words, category in CATEGORY_WORDS.items()}

# The fields that a chosen word empties, and the columns of an award they empty.
ERASABLE = {
    "salutation": ("salutation",),
    "position": ("recipient_position",),
    "unit": ("recipient_unit",),
    "position_and_unit": ("recipient_position", "recipient_unit"),
    "category": ("recipient_category",),
    "reason": ("reason",),
    "period": ("period_start", "period_end"),
    "period_start": ("period_start",),
    "period_end": ("period_end",),
}
CODE_SIGNS = re.compile(r"[\s\-–]")
# Columns say few things many times over.
printed_key = lru_cache(maxsize=20_000)(award_key)
folded = lru_cache(maxsize=20_000)(fold)
kind_said = lru_cache(maxsize=2_000)(wording.find_recipient_kind)
years_said = lru_cache(maxsize=2_000)(wording.find_years)


@dataclass(slots=True)
class WrittenAward:
    """An award as a row writes it, still without its decision; where it is silent texts are empty, the rest None."""

    recipient_name: str = ""
    salutation: str = ""
    recipient_position: str = ""
    recipient_unit: str = ""
    recipient_kind: str = ""
    recipient_category: str = ""
    reason: str = ""
    period_start: int | None = None
    period_end: int | None = None
    type: AwardType | None = None

    @property
    def type_id(self):
        return self.type.pk if self.type else None

    @property
    def search_key(self):
        """Recipient and unit, folded, as `Award.recipient_key` has it."""
        return fold(f"{self.recipient_name} {self.recipient_unit}")[:500]


class KnownTypes:
    """The award types by every name they are printed under, read once."""

    def __init__(self):
        self.types = AwardType.objects.all().by_printed_name()
        self.by_pk = {found.pk: found for found in self.types.values()}
        self.at_end = {}

    def find_type(self, *texts):
        """The award type whose name or alias one of the texts is, the first that is."""
        return next((self.types[key] for text in texts if (key := printed_key(text)) in self.types), None)

    def find_type_at_end(self, titles):
        """The award type whose name a title line ends with: "DANH SÁCH TẶNG THƯỞNG CỜ THI ĐUA CỦA CHÍNH PHỦ"."""
        known = tuple(titles)
        if known not in self.at_end:
            self.at_end[known] = self.search_at_end(known)
        return self.at_end[known]

    def search_at_end(self, titles):
        for title in titles:
            words = award_key(title).split()
            for start in range(len(words)):
                if found := self.types.get(" ".join(words[start:])):
                    return found
        return None


def is_erasing(cell):
    """Whether a cell says, with a chosen word, that the register is to forget what it holds."""
    return isinstance(cell, str) and cell[:1] == "(" and fold(cell) in ERASE


def erased_fields(row):
    """The fields that the row empties."""
    return {name for name in ERASABLE if is_erasing(row.values.get(name))}


def without(row, names):
    """The row as if it were silent about some fields."""
    if not names:
        return row
    return Row(row.sheet, row.number, {k: v for k, v in row.values.items() if k not in names}, row.groups)


def read_code(row, name="code"):
    """A public code as a row has it: whole, or as printed on paper (7K3M-9QXA)."""
    return CODE_SIGNS.sub("", row.text(name)).lower()


def read_years(row):
    """The years of the achievement: in one column, in two, or (None, None)."""
    years = list(years_said(row.text("period")) or (None, None))
    for place, name in enumerate(("period_start", "period_end")):
        if found := years_said(row.text(name)):
            years[place] = found[0]
    return years


def read_cells(row, types):
    """An award as its row has it, cell by cell: of one that is known by its code nothing is guessed."""
    award = WrittenAward(row.text("name"), row.text("salutation"), row.text("position"), row.text("unit"))
    award.reason = row.text("reason")
    award.recipient_kind = kind_said(row.text("kind"))
    award.recipient_category = CATEGORIES.get(folded(row.text("category")), "")
    award.period_start, award.period_end = read_years(row)
    award.type = types.find_type(row.text("type")) if row.text("type") else None
    return award


def read_award(row, layout, types, said):
    """An award as the row writes it; `said` holds for what the row itself does not tell (`type`, `kind`, years)."""
    award = read_cells(row, types)
    if award.type is None and not row.text("type"):
        award.type = (
            said.get("type")
            or types.find_type(*reversed(row.groups))
            or types.find_type_at_end(layout.titles if layout else ())
        )
    award.recipient_kind = award.recipient_kind or said.get("kind") or read_kind(award, row, layout)
    together = row.text("position_and_unit")
    if award.recipient_kind == Kind.PERSON:
        split_person(award, together)
    else:
        award.recipient_unit = award.recipient_unit or together
    if not (row.text("period") or row.text("period_start") or row.text("period_end")):
        award.period_start, award.period_end = said.get("period_start"), said.get("period_end")
    return award


def split_person(award, together):
    """Take apart what one cell says of a person: form of address, name, position, unit."""
    address, award.recipient_name = wording.split_address(award.recipient_name)
    award.salutation = award.salutation or address
    if together:
        position, unit = wording.split_position(together)
        award.recipient_position = award.recipient_position or position
        award.recipient_unit = award.recipient_unit or unit
    elif not (award.recipient_position or award.recipient_unit):
        parts = wording.split_person(award.recipient_name)
        award.recipient_name, award.recipient_position, award.recipient_unit = parts


def read_kind(award, row, layout):
    """Whom the row honours: by the heading above, or what else in the row leaves no doubt; else ""."""
    if found := next((kind for text in reversed(row.groups) if (kind := kind_said(text))), ""):
        return found
    if wording.is_household_name(award.recipient_name):
        return Kind.HOUSEHOLD
    if row.text("card") or row.text("member_code"):
        return Kind.PERSON
    if award.salutation or award.recipient_position or wording.split_address(award.recipient_name)[0]:
        return Kind.PERSON
    only = award.type.recipients.split("|") if award.type else []
    if len(only) == 1:
        return only[0]
    header = next((column.label for column in layout.matched if column.field.name == "name"), "")
    # "Họ và tên/Tên tập thể" holds people too.
    titles = [layout.sheet.name, " ".join(layout.titles), "" if "ten/" in fold(header) else header]
    return next((kind for text in titles if (kind := kind_said(text))), "")
