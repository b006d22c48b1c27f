"""The sample's tree of units and what happened to it."""

from dataclasses import dataclass, field
from datetime import date

from simple_history.utils import bulk_create_with_history

from campaigns.sample.draws import table, texts
from records.models import Decision, Sector, Unit, UnitEvent

Kind = Unit.Kind
PROVINCE = 40_000  # members of the whole province, about; in a smaller sample the handed-over are as many fewer
HANDED_OVER = 502  # members of the 23 organisations handed over
EXEMPLARY = 3  # members at least of a unit whose work is told as an exemplar
MERGED_ON = date(2019, 8, 1)
OLD_BLOCKS = {
    "BRVT-KCQ": "Đảng bộ Khối Cơ quan tỉnh",
    "BRVT-KDN": "Đảng bộ Khối Doanh nghiệp tỉnh",
}
STAFF_ORGANISATION = "Ban Tổ chức Tỉnh ủy"
AGENCIES = [
    ("BRVT-VP", "Văn phòng Tỉnh ủy"),
    ("BRVT-UBKT", "Ủy ban Kiểm tra Tỉnh ủy"),
    ("BRVT-BTC", STAFF_ORGANISATION),
    ("BRVT-BTG", "Ban Tuyên giáo Tỉnh ủy"),
    ("BRVT-BDV", "Ban Dân vận Tỉnh ủy"),
]
DIVISIONS = [
    "Phòng Tổ chức cơ sở đảng, đảng viên",
    "Phòng Tổ chức, cán bộ",
    "Phòng Chính sách cán bộ",
    "Phòng Bảo vệ chính trị nội bộ",
    "Văn phòng Ban",
]
STANDING_COMMITTEE = "Ban Thường vụ Tỉnh ủy"


@dataclass
class Leaf:
    """A branch where members sit."""

    unit: Unit
    committee: str
    weight: float
    settled: int = 0  # so many members, no lot drawn: admitted long ago and still there


@dataclass
class Province:
    """The units of the sample, as the other parts of it need them."""

    root: Unit = None
    staff: Unit = None  # Ban Tổ chức Tỉnh ủy
    sector: Sector = None
    committees: dict = field(default_factory=dict)  # code -> (unit, its row in committees.csv)
    grassroots: dict = field(default_factory=dict)  # code of the committee -> its grassroots organisations
    leaves: list = field(default_factory=list)
    moved: list = field(default_factory=list)
    decisions: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)  # login -> account

    def clerk(self, code):
        """Whoever enters what a committee sends in."""
        return self.users["chauduc" if code == "BRVT-CD" else "chuyenvien"]

    def below(self, code, name):
        """A grassroots organisation by its name."""
        return next(unit for unit in self.grassroots[code] if unit.name == name)


def build(draw, members):
    """Plant the tree, and let it be reorganised as the province was."""
    province = Province(sector=Sector.objects.create(code="to-chuc-xay-dung-dang", name="Tổ chức xây dựng Đảng"))
    plant_province(province)
    plant_committees(province)
    plant_grassroots(draw, province, members)
    write_decisions(province)
    write_history(province)
    return province


def plant_province(province):
    province.root = Unit.objects.create(
        code="BRVT",
        name="Đảng bộ tỉnh Bà Rịa – Vũng Tàu",
        short_name="Đảng bộ tỉnh",
        kind=Kind.PROVINCIAL_COMMITTEE,
        established_on=date(1991, 8, 12),
    )
    office = Unit.objects.create(
        code="BRVT-TU",
        name="Tỉnh ủy",
        kind=Kind.PARTY_AGENCY,
        parent=province.root,
        description="Các cơ quan của Tỉnh ủy.",
    )
    agencies = [Unit(code=code, name=name, kind=Kind.PARTY_AGENCY, parent=office) for code, name in AGENCIES]
    province.staff = next(unit for unit in agencies if unit.name == STAFF_ORGANISATION)
    province.staff.sector, province.staff.established_on = province.sector, date(1991, 8, 12)
    province.staff.short_name = "Ban Tổ chức"
    province.staff.description = (
        "Cơ quan tham mưu của Tỉnh ủy về công tác tổ chức, chính sách cán bộ, tổ chức đảng, đảng viên "
        "và bảo vệ chính trị nội bộ."
    )
    Unit.objects.plant(agencies)
    divisions = [
        Unit(code=f"BRVT-BTC-{n}", name=name, kind=Kind.DIVISION, parent=province.staff, sector=province.sector)
        for n, name in enumerate(DIVISIONS, 1)
    ]
    Unit.objects.plant(divisions)


def plant_committees(province):
    rows = {row["code"]: row for row in table("committees.csv")}
    units = [
        Unit(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            kind=Kind.DIRECT_COMMITTEE,
            parent=province.root,
            established_on=MERGED_ON if row["area"] == "block" else None,
        )
        for row in rows.values()
    ]
    old = [Unit(code=c, name=n, kind=Kind.DIRECT_COMMITTEE, parent=province.root) for c, n in OLD_BLOCKS.items()]
    for unit in Unit.objects.plant(units + old):
        province.committees[unit.code] = unit, rows.get(unit.code)


def wanted(row):
    """(name, kind, what is below, sector?) of every grassroots organisation a committee has."""
    committee, branch = Kind.GRASSROOTS_COMMITTEE, Kind.GRASSROOTS_BRANCH
    named = [(f"Chi bộ cơ sở Ban Tổ chức {row['body']}", branch, "", True)]
    if row["area"] == "block":
        named.append((f"Chi bộ cơ sở {STAFF_ORGANISATION}", branch, "", True))
    for line in table("grassroots.csv"):
        if line["of"] in (row["code"], row["area"]):
            named.append((line["name"].format(place=row["place"]), line["kind"], line["below"], False))
    named = named[: int(row["grassroots"])]
    for kind, text, many in (
        (committee, "Đảng bộ cơ sở", int(row["grassroots_committees"])),
        (branch, "Chi bộ cơ sở", int(row["grassroots"]) - int(row["grassroots_committees"])),
    ):
        missing = many - sum(1 for line in named if line[1] == kind)
        what = "đơn vị" if row["area"] == "force" else "doanh nghiệp"
        where = f" {row['place']}" if row["place"] else ""
        named += [(f"{text} {what} số {n}{where}", kind, "", False) for n in range(1, missing + 1)]
    return named


def plant_grassroots(draw, province, members):
    """Grassroots organisations and, below their committees, branches enough for the members there will be."""
    total = sum(int(row["eligible"]) for _unit, row in province.committees.values() if row)
    units, below, received = [], [], set()
    for code, (parent, row) in province.committees.items():
        if row is None:
            continue
        plan, taken = wanted(row), int(row["received"])
        movers = [line for line in plan if "Chi bộ cơ sở doanh nghiệp" in line[0]][-taken:] if taken else []
        before = province.committees["BRVT-KDN"][0]
        expected = members * int(row["eligible"]) / total
        province.grassroots[code] = []
        shares = sum(4 if line[1] == Kind.GRASSROOTS_COMMITTEE else 1 for line in plan)
        for n, line in enumerate(plan, 1):
            name, kind, noun, in_sector = line
            unit = Unit(
                code=f"{code}-{n:03d}",
                name=name,
                kind=kind,
                parent=before if line in movers else parent,
                sector=province.sector if in_sector else None,
            )
            units.append(unit)
            province.grassroots[code].append(unit)
            if line in movers:
                received.add(unit.code)
            below.append((unit, code, noun, max(2, min(15, round(expected * 4 / shares / 25)))))
    Unit.objects.plant(units)
    province.moved = [unit for unit in units if unit.code in received]
    plant_branches(draw, province, below)
    settle(draw, province, members)


def plant_branches(draw, province, below):
    branches = []
    for unit, code, noun, many in below:
        if unit.kind == Kind.GRASSROOTS_BRANCH:
            province.leaves.append(Leaf(unit, code, draw.uniform(0.6, 1.6)))
            continue
        for n in range(1, many + 1):
            name = f"Chi bộ {noun} {n}" if noun else f"Chi bộ {n}"
            if unit.name == "Đảng bộ xã Đá Bạc" and n == 1:
                name = "Chi bộ thôn Lồ Ồ"
            branch = Unit(code=f"{unit.code}-{n:02d}", name=name, kind=Kind.SUB_BRANCH, parent=unit)
            branches.append(branch)
            province.leaves.append(Leaf(branch, code, draw.uniform(2.6, 5.4) / many))
    Unit.objects.plant(branches)


def settle(draw, province, members):
    """How many long-standing members certain branches have, whatever the lot would give.

    These are the sector's, the handed-over ones and those whose work is told as an exemplar.
    """
    handed_over = min(HANDED_OVER, round(HANDED_OVER * members / PROVINCE))
    moved = dict.fromkeys((unit.code for unit in province.moved), 0)
    order = list(moved)
    draw.shuffle(order)
    for n in range(handed_over):
        moved[order[n % len(order)]] += 1
    exemplary = {province.below(row["of"], row["unit"]).pk for row in texts("exemplars.toml")["exemplar"]}
    for leaf in province.leaves:
        if leaf.unit.parent_id in exemplary and leaf.unit.code.endswith("-01"):
            leaf.settled = EXEMPLARY
        elif leaf.unit.code in moved:
            leaf.settled, leaf.weight = moved[leaf.unit.code], 0
        elif leaf.unit.sector_id:
            own = leaf.unit.name.endswith(STAFF_ORGANISATION)
            leaf.settled = max(6, min(40, members // 120)) if own else max(3, min(12, members // 500))
            leaf.weight = 0


def write_decisions(province):
    """The documents that the units' history rests on; of a date nobody printed, only the known part is written."""
    year, month, day = Decision.Precision.YEAR, Decision.Precision.MONTH, Decision.Precision.DAY
    for number, issued_on, precision, effective_on, subject in (
        ("905-QĐ/TU", date(2018, 1, 1), year, date(2018, 9, 1), f"Về việc sắp xếp các phòng của {STAFF_ORGANISATION}"),
        (
            "1064-QĐ/TU",
            date(2019, 7, 1),
            month,
            MERGED_ON,
            "Về việc chuyển giao 23 tổ chức đảng, 502 đảng viên về cấp ủy trực tiếp quản lý",
        ),
        (
            "1100-QĐ/TU",
            date(2019, 7, 10),
            day,
            MERGED_ON,
            "Về việc hợp nhất Đảng bộ Khối Cơ quan và Đảng bộ Khối Doanh nghiệp tỉnh",
        ),
    ):
        province.decisions[number] = Decision.objects.create(
            number=number,
            issuer=STANDING_COMMITTEE,
            kind=Decision.Kind.REORGANISE,
            issued_on=issued_on,
            issued_precision=precision,
            effective_on=effective_on,
            subject=subject,
            unit=province.staff,
        )


def write_history(province):
    """Founding, the merger of the two blocks and the hand-over, each by its decision."""
    founding = province.staff.events.create(
        kind=UnitEvent.Kind.ESTABLISH,
        occurred_on=date(1991, 8, 12),
        note="Thành lập cùng Đảng bộ tỉnh Bà Rịa – Vũng Tàu",
    )
    province.root.events.create(kind=UnitEvent.Kind.ESTABLISH, occurred_on=founding.occurred_on)
    province.staff.events.create(
        kind=UnitEvent.Kind.OTHER,
        occurred_on=date(2018, 9, 1),
        decision=province.decisions["905-QĐ/TU"],
        note="Sắp xếp còn 5 phòng",
    )
    hand_over(province)
    merge_blocks(province)


def hand_over(province):
    """The 23 organisations go to the committees of the places where they work, with all their members."""
    decision = province.decisions["1064-QĐ/TU"]
    for unit in province.moved:
        code = unit.code.rpartition("-")[0]
        unit.move_to(province.committees[code][0], MERGED_ON, decision, "Chuyển giao cùng toàn bộ đảng viên")


def merge_blocks(province):
    """Two blocks become one, which takes over their organisations."""
    decision = province.decisions["1100-QĐ/TU"]
    block = province.committees["BRVT-KCQDN"][0]
    blocks = [province.committees[code][0] for code in OLD_BLOCKS]
    bulk_create_with_history(
        [
            UnitEvent(
                unit=unit,
                kind=UnitEvent.Kind.TRANSFER,
                occurred_on=MERGED_ON,
                decision=decision,
                was=OLD_BLOCKS["BRVT-KDN" if "doanh nghiệp" in unit.name else "BRVT-KCQ"],
                became=block.name,
            )
            for unit in province.grassroots["BRVT-KCQDN"]
        ],
        UnitEvent,
    )
    for old in blocks:
        old.dissolve(MERGED_ON, decision, f"Hợp nhất thành {block.name}")
    event = block.events.create(
        kind=UnitEvent.Kind.MERGE,
        occurred_on=MERGED_ON,
        decision=decision,
        was="; ".join(OLD_BLOCKS.values()),
        became=block.name,
    )
    event.others.set(blocks)
