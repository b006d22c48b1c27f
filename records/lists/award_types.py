"""Lists of award types: the catalogue of titles, forms and badges with the other names they go by."""

import re
from collections import defaultdict
from types import SimpleNamespace

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from simple_history.utils import bulk_create_with_history

from records import wording
from records.bulk import remember
from records.lists.base import BATCH, Draft, ListPlanner, ListWriter, from_json, offered
from records.models import AwardType, AwardTypeAlias
from records.models.award_types import award_key
from records.sheets.planning import Field, Finding, Outcome, Type
from records.sheets.values import EMPTY, ERASED
from records.templatetags.marks import DASH
from records.vietnamese import fold

Family, Order, Level, Mark = AwardType.Family, AwardType.LegalOrder, AwardType.Level, AwardType.Mark
COLUMNS = (
    "name", "family", "legal_order", "level", "recipients", "granted_by", "precedence", "milestone_years", "mark",
    "legal_basis", "valid_from", "valid_to",
)  # fmt: skip
NEEDED = ("code", "name", "family", "legal_order", "level", "recipients", "precedence", "legal_basis")
WHOM = ("person", "collective", "household")
PARTS = re.compile(r"\s*[,;|/+]\s*|\s+và\s+")
MOST = {"precedence": 2_147_483_647, "milestone_years": 100}
LENGTHS = {"code": 40, "name": 200, "granted_by": 300, "legal_basis": 255}
ALIAS_LENGTH = 200


def words_for(choices, **more):
    """What a cell may say for each of the choices: its words, those told besides, and the value itself."""
    told = {word: choices(value) for value, words in more.items() for word in words}
    return told | {value: choices(value) for value in choices.values}


FIELDS = (
    Field("ordinal", gettext_lazy("No."), ("STT", "TT", "Số TT", "Số thứ tự", "No")),
    Field(
        "code",
        gettext_lazy("code"),
        ("Mã", "Mã khen thưởng", "Mã danh hiệu", "Mã hình thức", "Mã loại", "Code"),
        longest=LENGTHS["code"],
    ),  # fmt: skip
    Field(
        "name",
        gettext_lazy("name"),
        (
            "Tên",
            "Tên gọi",
            "Danh hiệu",
            "Hình thức",
            "Tên danh hiệu",
            "Tên hình thức",
            "Loại khen thưởng",
            "Tên danh hiệu, hình thức khen thưởng",
            "Danh hiệu, hình thức khen thưởng",
            "Hình thức khen thưởng",
            "Danh hiệu thi đua",
            "Award",
            "Name",
        ),
        required=True,
        longest=LENGTHS["name"],
    ),  # fmt: skip
    Field(
        "family",
        gettext_lazy("family"),
        ("Nhóm", "Phân nhóm", "Loại", "Loại hình", "Family"),
        type=Type.CHOICE,
        words=words_for(
            Family,
            title=("Danh hiệu thi đua", "Danh hiệu"),
            form=("Hình thức khen thưởng", "Hình thức"),
            badge=("Huy hiệu Đảng", "Huy hiệu", "Party badge"),
        ),
    ),  # fmt: skip
    Field(
        "legal_order",
        gettext_lazy("legal order"),
        ("Hệ thống", "Khối", "Legal order"),
        type=Type.CHOICE,
        words=words_for(
            Order,
            state=("Nhà nước",),
            party=("Đảng",),
            mass=("Đoàn thể", "Mặt trận, đoàn thể", "Tổ chức chính trị - xã hội"),
            other=("Khác",),
        ),
    ),  # fmt: skip
    Field(
        "level",
        gettext_lazy("level"),
        ("Cấp", "Cấp khen thưởng", "Level"),
        type=Type.CHOICE,
        words=words_for(
            Level,
            state=("Cấp Nhà nước", "Nhà nước", "Trung ương"),
            province=("Cấp tỉnh", "Tỉnh", "Bộ, ngành, tỉnh"),
            district=("Cấp huyện", "Huyện"),
            grassroots=("Cấp cơ sở", "Cơ sở"),
        ),
    ),  # fmt: skip
    Field("recipients", gettext_lazy("recipients"), ("Đối tượng", "Đối tượng khen thưởng", "Tặng cho", "Recipients")),
    Field(
        "granted_by",
        gettext_lazy("granted by"),
        ("Thẩm quyền", "Thẩm quyền quyết định", "Cấp có thẩm quyền", "Người quyết định", "Granted by"),
        longest=LENGTHS["granted_by"],
    ),  # fmt: skip
    Field("precedence", gettext_lazy("precedence"), ("Thứ bậc", "Thứ tự", "Precedence"), type=Type.NUMBER),
    Field(
        "milestone_years",
        gettext_lazy("years of Party membership"),
        ("Số năm tuổi đảng", "Tuổi đảng", "Năm tuổi đảng", "Milestone years"),
        type=Type.NUMBER,
    ),  # fmt: skip
    Field(
        "mark",
        gettext_lazy("mark"),
        ("Biểu trưng", "Hình", "Mark"),
        type=Type.CHOICE,
        words=words_for(
            Mark,
            flag=("Cờ",),
            medal=("Huân chương, huy chương", "Huân chương", "Huy chương"),
            certificate=("Bằng khen, giấy khen", "Bằng khen", "Giấy khen"),
            title=("Vòng nguyệt quế", "Danh hiệu"),
            badge=("Huy hiệu",),
        ),
    ),  # fmt: skip
    Field(
        "legal_basis",
        gettext_lazy("legal basis"),
        ("Căn cứ pháp lý", "Căn cứ", "Điều luật", "Legal basis"),
        longest=LENGTHS["legal_basis"],
    ),  # fmt: skip
    Field(
        "valid_from",
        pgettext_lazy("award type", "in force from"),
        ("Hiệu lực từ", "Từ ngày", "Valid from"),
        type=Type.DATE,
    ),  # fmt: skip
    Field(
        "valid_to",
        pgettext_lazy("award type", "in force until"),
        ("Hiệu lực đến", "Đến ngày", "Valid to"),
        type=Type.DATE,
    ),  # fmt: skip
    Field(
        "aliases",
        gettext_lazy("other names"),
        ("Tên khác", "Cách ghi khác", "Cách ghi", "Viết tắt", "Tên gọi khác", "Aliases", "Other names"),
    ),  # fmt: skip
)


class AwardTypePlanner(ListPlanner):
    """Plans rows of the catalogue: by code, else by a name or other name; only a superuser may write it."""

    model = AwardType
    columns = COLUMNS

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.types = list(AwardType.objects.order_by("pk"))
        self.by_code = {one.code.lower(): one for one in self.types}
        self.by_name = {one.key: one for one in self.types}
        self.aliases, self.by_alias = {one.pk: {} for one in self.types}, {}
        for alias in AwardTypeAlias.objects.order_by("pk"):
            self.aliases[alias.type_id][alias.key] = alias.text
            self.by_alias[alias.key] = alias.type_id
        self.by_pk = {one.pk: one for one in self.types}
        # Names and codes that earlier rows of the list take.
        self.names, self.codes = {}, {}

    def read(self, row):
        draft = Draft(row, row.text("name"))
        values, read = draft.values, self.reader.value
        for name in ("name", "family", "legal_order", "level", "granted_by", "mark", "legal_basis"):
            if (value := read(row, name, draft.findings)) is not None:
                values[name] = value
        for name in ("valid_from", "valid_to"):
            if day := read(row, name, draft.findings):
                values[name] = day if day == ERASED else day[0]
        for name in MOST:
            self.read_whole(draft, name)
        self.read_recipients(draft)
        self.read_aliases(draft)
        draft.extra["code"] = read(row, "code", draft.findings) or ""
        if not draft.label or values.get("name") == ERASED:
            self.missing(draft, "name")
        for name in ("code", *COLUMNS):
            if name != "name" and values.get(name) == ERASED and name in NEEDED:
                self.missing(draft, name)
        return draft

    def read_whole(self, draft, name):
        """A number without a fraction."""
        value = self.reader.value(draft.row, name, draft.findings)
        if value is None or value == ERASED:
            draft.values |= {name: value} if value else {}
        elif value.isdecimal() and int(value) <= MOST[name]:
            draft.values[name] = int(value)
        elif self.context.mend("not_a_number", name) != EMPTY:
            words = _("“%(text)s” is no whole number.") % {"text": draft.row.text(name)}
            draft.findings.append(Finding("not_a_number", name, draft.row.text(name), words, one_value=True))

    def read_recipients(self, draft):
        """Whom the award may go to: some of person, collective and household, in one cell."""
        said = self.reader.value(draft.row, "recipients", draft.findings)
        if said is None or said == ERASED:
            draft.values |= {"recipients": said} if said else {}
            return
        parts = [part for part in PARTS.split(said) if part]
        found = {part.lower() if part.lower() in WHOM else wording.find_recipient_kind(part) for part in parts}
        if "" in found or not found:
            words = _("“%(text)s” does not say whom it may go to: persons, collectives, households.") % {"text": said}
            draft.findings.append(Finding("recipients_unclear", "recipients", said, words, one_value=True))
            return
        draft.values["recipients"] = "|".join(whom for whom in WHOM if whom in found)

    def read_aliases(self, draft):
        """All other names, by their keys; a cell that is empty says nothing of them."""
        said = self.reader.value(draft.row, "aliases", draft.findings)
        if said is None:
            return
        texts = [] if said == ERASED else [text.strip() for text in said.split(";") if award_key(text)]
        if any(len(text) > ALIAS_LENGTH for text in texts):
            words = _("Another name is too long: at most %(most)d characters.") % {"most": ALIAS_LENGTH}
            draft.findings.append(Finding("too_long", "aliases", "", words, words))
        own = award_key(draft.label)
        draft.extra["aliases"] = {key: text for text in texts if (key := award_key(text)) != own}

    # Which one is meant

    def look_up(self, drafts):
        for draft in drafts:
            if found := self.meant(draft):
                draft.matches = [found]

    def meant(self, draft):
        key, code = award_key(draft.label), draft.extra["code"].lower()
        if code:
            return self.by_code.get(code)
        return self.by_name.get(key) or self.by_pk.get(self.by_alias.get(key))

    def settle(self, draft):
        """Who may not keep the catalogue may still say what it says."""
        planned, user = super().settle(draft), self.context.user
        if planned.outcome == Outcome.SAME or user is None or (user.is_active and user.is_superuser):
            return planned
        words = _("The catalogue of awards is kept by administrators only.")
        draft.findings = [Finding("out_of_reach", "name", draft.label, words, words)]
        return self.refused(draft)

    def identity(self, draft):
        if draft.matches:
            return "type", draft.matches[0].pk
        return draft.extra["code"].lower() or award_key(draft.label)

    def repeats(self, draft):
        draft.values["aliases"] = sorted(draft.extra.get("aliases", {}))
        return super().repeats(draft)

    def candidate(self, draft, record):
        return offered(record.pk, record.name, record.code, [_("name")])

    # What is wrong with it

    def check(self, draft, record):
        draft.values = {name: value for name, value in draft.values.items() if name != "aliases"}
        values = draft.values
        key = award_key(draft.label)
        if record and not draft.extra["code"] and key != record.key:
            # Meant by another name: that is no new name.
            values.pop("name", None)
            draft.extra.get("aliases", {}).pop(record.key, None)
            key = record.key
        if (
            record
            and "recipients" in values
            and set(values["recipients"].split("|")) == set(record.recipients.split("|"))
        ):
            values["recipients"] = record.recipients
        if record is None:
            self.check_new(draft)
        self.check_names(draft, record, key)
        merged = {name: self.now(draft, record, name) for name in COLUMNS}
        if merged["family"] and (merged["family"] == Family.BADGE) != (merged["milestone_years"] is not None):
            words = _("A Party badge has its years of membership; nothing else has.")
            draft.findings.append(Finding("badge_years", "milestone_years", draft.label, words, words))
        days = [str(merged[name]) for name in ("valid_from", "valid_to") if merged[name]]
        if len(days) == 2 and days[1] < days[0]:
            words = _("It cannot end before it starts.")
            draft.findings.append(Finding("ends_early", "valid_to", draft.label, words, words))

    def now(self, draft, record, name):
        """What a column would hold."""
        value = draft.values.get(name)
        if value == ERASED:
            return self.blank(name)
        return value if value is not None or record is None else getattr(record, name)

    def check_new(self, draft):
        values = draft.values
        values["code"] = draft.extra["code"]
        for name in NEEDED:
            if values.get(name) in (None, "", ERASED):
                self.missing(draft, name)
        values.setdefault("mark", usual_mark(values.get("family"), draft.label))

    def check_names(self, draft, record, key):
        """Two awards whose names read alike would be one when a list is imported."""
        own = record.pk if record else None
        holder = self.by_name.get(key)
        alias_of = self.by_alias.get(key)
        first = self.names.setdefault(key, draft.row.number)
        if (holder and holder.pk != own) or (alias_of and alias_of != own) or first != draft.row.number:
            words = _("Another award has this name, tones and punctuation aside.")
            draft.findings.append(Finding("name_taken", "name", draft.label, words, words))
        for alias, text in draft.extra.get("aliases", {}).items():
            holder, alias_of = self.by_name.get(alias), self.by_alias.get(alias)
            first = self.names.setdefault(alias, draft.row.number)
            if (holder and holder.pk != own) or (alias_of and alias_of != own) or first != draft.row.number:
                words = _("“%(text)s” already stands for another award.") % {"text": text}
                draft.findings.append(Finding("alias_taken", "aliases", text, words, one_value=True))

    # What becomes of it

    def created(self, draft):
        planned = super().created(draft)
        if aliases := draft.extra.get("aliases"):
            planned.after["aliases"] = list(aliases.values())
        return planned

    def compared(self, draft, record):
        planned = super().compared(draft, record)
        said, there = draft.extra.get("aliases"), self.aliases[record.pk]
        # A name that the award bears itself is no other name.
        there = {key: text for key, text in there.items() if key != record.key}
        if said is None or said.keys() == there.keys():
            return planned
        planned.before["aliases"] = list(there.values())
        planned.after["aliases"] = [there.get(key, text) for key, text in said.items()]
        words = ["; ".join(planned.before["aliases"]) or DASH, "; ".join(planned.after["aliases"]) or DASH]
        planned.shown = [*planned.shown, (capfirst(_("other names")), *words)]
        planned.outcome = Outcome.CHANGE
        return planned


def usual_mark(family, name):
    """The mark that most awards of the family bear, where a list says none."""
    if family in (Family.TITLE, Family.BADGE):
        return str(family)
    plain = fold(name)
    if plain.startswith(("huan chuong", "huy chuong")):
        return Mark.MEDAL.value
    return Mark.FLAG.value if plain.startswith("co ") else Mark.CERTIFICATE.value


class AwardTypeWriter(ListWriter):
    """Enters award types and changes them, with their other names."""

    model = AwardType

    def __init__(self, kind, context):
        super().__init__(kind, context)
        self.aliases = defaultdict(dict)

    def conflicts(self, rows):
        user = self.context.user
        if user is not None and not (user.is_active and user.is_superuser):
            return {row.pk: _("The catalogue of awards is kept by administrators only.") for row in rows}
        self.learn_aliases([row.target for row in rows if row.target])
        return super().conflicts(rows) | self.names_taken(rows)

    def learn_aliases(self, keys):
        for alias in AwardTypeAlias.objects.select_for_update().filter(type__in=keys).order_by("pk"):
            self.aliases[alias.type_id][alias.key] = alias

    def overtaken(self, row, record):
        before = dict(row.before)
        said = before.pop("aliases", None)
        if record is not None and said is not None:
            there = self.aliases[record.pk].keys() - {record.key}
            if there != {award_key(text) for text in said}:
                return _("The award has other names meanwhile.")
        return super().overtaken(SimpleNamespace(before=before), record)

    def names_taken(self, rows):
        """Names, other names and codes that stand for another award by now."""
        holders = dict(AwardTypeAlias.objects.values_list("key", "type_id"))
        holders |= dict(AwardType.objects.values_list("key", "pk"))
        codes = {code.lower() for code in AwardType.objects.values_list("code", flat=True)}
        found = {}
        for row in rows:
            names = [*row.after.get("aliases", ()), *filter(None, [row.after.get("name")])]
            if any(holders.get(award_key(text), row.target) != row.target for text in names):
                found[row.pk] = _("Another award has this name, tones and punctuation aside.")
            elif row.after.get("code", "").lower() in codes:
                found[row.pk] = _("Another award has this code.")
        return found

    def create(self, rows):
        types = [AwardType(**self.values(row)) for row in rows]
        for one in types:
            one.prepare()
        self.enter(AwardType, types)
        self.name([(one.pk, row.after.get("aliases", ())) for one, row in zip(types, rows, strict=True)])

    def change(self, rows):
        missing = [row.target for row in rows if row.target not in self.aliases and "aliases" in row.after]
        self.learn_aliases(missing)
        columns = {"key"}
        for row in rows:
            one = self.records[row.target]
            for name, value in self.values(row).items():
                setattr(one, name, value)
                columns.add(name)
            one.prepare()
        said = {row.target: row.after["aliases"] for row in rows if "aliases" in row.after}
        self.strike(said)
        changed = [self.records[row.target] for row in rows if self.values(row)]
        AwardType.objects.bulk_update(changed, sorted(columns), batch_size=BATCH)
        remember(AwardType, [one.pk for one in changed], "~", self.context.reason)
        self.name(said.items())

    def values(self, row):
        return from_json(AwardType, {name: value for name, value in row.after.items() if name != "aliases"})

    def strike(self, said):
        """Take other names away that the list no longer has."""
        gone = []
        for key, texts in said.items():
            kept = {award_key(text) for text in texts}
            gone += [alias.pk for name, alias in self.aliases[key].items() if name not in kept]
            self.aliases[key] = {name: alias for name, alias in self.aliases[key].items() if name in kept}
        if gone:
            remember(AwardTypeAlias, gone, "-", self.context.reason)
            rows = AwardTypeAlias._base_manager.filter(pk__in=gone)
            rows._raw_delete(rows.db)

    def name(self, said):
        """Enter other names that are not there yet."""
        fresh = [
            AwardTypeAlias(type_id=key, text=text, key=award_key(text))
            for key, texts in said
            for text in texts
            if award_key(text) not in self.aliases[key]
        ]
        self.enter(AwardTypeAlias, fresh)

    def enter(self, model, rows):
        if rows:
            bulk_create_with_history(rows, model, batch_size=BATCH, default_change_reason=self.context.reason or None)
