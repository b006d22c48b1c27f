"""The sample's members: who they are, since when they belong, who left, who is away."""

from collections import Counter
from datetime import date, timedelta
from itertools import groupby, islice

from simple_history.utils import bulk_update_with_history

from campaigns.sample.draws import FEMALE, MALE, share_out, years_later
from records.models import Member, Membership, Unit
from records.models.fields import DatePrecision

Standing = Member.Standing
KEPT_SINCE = date(2015, 1, 1)  # the register's first day: who belonged before is entered from it
SETTLED_BY = date(2015, 12, 31)
# Days on which branches admit: the Party's and the nation's anniversaries, and those of youth and of the war invalids.
ADMISSION_DAYS = [(2, 3), (3, 26), (5, 19), (7, 27), (9, 2), (11, 7)]
# (first year, last year, weight) of admission.
GENERATIONS = [(1950, 1964, 2), (1965, 1975, 6), (1976, 1989, 14), (1990, 2004, 30), (2005, 2014, 28), (2015, 2025, 20)]
WORK = [
    "Giáo viên", "Công chức", "Viên chức", "Nông dân", "Cán bộ hưu trí", "Bác sĩ", "Kỹ sư", "Công nhân", "Kế toán",
    "Chuyên viên", "Cán bộ Đoàn", "Hội viên Hội Cựu chiến binh", "",
]  # fmt: skip
POSTS = ["Bí thư Chi bộ", "Phó Bí thư Chi bộ", "Chi ủy viên"]
ELDEST_BORN = 1930
CHUNK = 4000
CAST = 4


def settle(draw, province, members, today):
    """Enrol so many members, four of them named beforehand, with their memberships, departures and attachments."""
    cast = enrol_cast(draw, province)
    slots = [slot(draw, leaf, settled, today) for leaf, settled in seats(draw, province, members - CAST)]
    leaving = enrol(draw, slots, Counter([cast[0].unit_id]), today)
    depart(leaving)
    attach_some(draw, province, members, today)
    transfer_some(draw, province, members)


def seats(draw, province, members):
    """(leaf, whether settled) for each member: among the committees by their size, inside one by lot."""
    found = [(leaf, True) for leaf in province.leaves for _ in range(leaf.settled)]
    committees = [code for code, (_unit, row) in province.committees.items() if row]
    sizes = [int(province.committees[code][1]["eligible"]) for code in committees]
    fixed = Counter(leaf.committee for leaf, _settled in found)
    free = share_out(members, sizes)
    surplus = 0
    for code, many in zip(committees, free, strict=True):
        leaves = [leaf for leaf in province.leaves if leaf.committee == code and leaf.weight]
        surplus += max(0, fixed[code] - many)
        left = max(0, many - fixed[code])
        one_each = draw.sample(leaves, min(left, len(leaves)))
        by_lot = draw.choices(leaves, [leaf.weight for leaf in leaves], k=left - len(one_each))
        found += [(leaf, False) for leaf in one_each + by_lot]
    # Where a small sample gives a committee fewer seats than its settled ones take, the largest gives way.
    return found[: len(found) - surplus] if surplus else found


def slot(draw, leaf, settled, today):
    """(membership from, admitted on, leaf, settled) of one member to come."""
    if settled:
        first, last = 1985, SETTLED_BY.year
    else:
        first, last, _weight = draw.choices(GENERATIONS, [weight for *_years, weight in GENERATIONS])[0]
    if last >= KEPT_SINCE.year:
        year = draw.randint(first, min(last, today.year))
        admitted = date(year, *draw.choice(ADMISSION_DAYS))
        if not settled and draw.chance(14):
            admitted = recent_admission(draw, today)
    else:
        admitted = draw.day(date(first, 1, 1), date(last, 12, 31))
    if admitted > today:
        admitted = years_later(admitted, -1)
    return max(admitted, KEPT_SINCE), admitted, leaf, settled


def recent_admission(draw, today):
    """An admission day within the last year, for a member still on probation."""
    days = [date(year, *day) for year in (today.year - 1, today.year) for day in ADMISSION_DAYS]
    return draw.choice([day for day in days if today - timedelta(days=360) < day <= today])


def enrol(draw, slots, posts, today):
    """Enrol the members day by day; returns (member, standing, day) of those who leave later."""
    leaving, number = [], CAST
    slots.sort(key=lambda s: (s[0], s[1]))
    for valid_from, same_day in groupby(slots, key=lambda s: s[0]):
        while chunk := list(islice(same_day, CHUNK)):
            members = []
            for _from, admitted, leaf, settled in chunk:
                number += 1
                member = new_member(draw, admitted, leaf.unit, settled, number, today)
                members.append(member)
                if not settled and member.standing == Standing.FULL and draw.chance(4):
                    leaving.append((member, *departure(draw, member, valid_from, today)))
                else:
                    take_post(draw, member, posts)
            Member.objects.enrol(members, valid_from)
    return leaving


def new_member(draw, admitted, unit, settled, number, today):
    gender = draw.gender()
    oldest = min(45, max(20, admitted.year - ELDEST_BORN))
    age = draw.triangular(18.1, oldest, min(25, oldest))
    born = admitted - timedelta(days=int(365.25 * age))
    precision = draw.choices(DatePrecision.values, [88, 7, 5])[0]
    if precision != DatePrecision.DAY:
        born = born.replace(day=1, month=1 if precision == DatePrecision.YEAR else born.month)
    full_on = years_later(admitted, 1)
    member = Member(
        public_id=draw.public_id(),
        full_name=draw.names.draw(draw, gender),
        gender=gender,
        birth_date=born if not draw.chance(1) else None,
        birth_precision=precision,
        card_number=card(number) if full_on <= today else "",
        admitted_on=admitted,
        full_member_on=full_on if full_on <= today else None,
        email=f"dang.vien.{number}@example.com" if draw.chance(10) else "",
        unit=unit,
    )
    if full_on > today:
        member.standing = Standing.PROBATIONARY
    elif not settled and today.year - born.year > 72 and draw.chance(35):
        member.standing = Standing.EXEMPT
    return member


def take_post(draw, member, posts):
    """The first three of a branch who can are its committee; of the others some have a post at work."""
    if member.standing == Standing.FULL and posts[member.unit_id] < len(POSTS) and member.admitted_on.year > 1975:
        member.position = POSTS[posts[member.unit_id]]
        posts[member.unit_id] += 1
    else:
        member.position = draw.choice(WORK) if draw.chance(55) else ""


def departure(draw, member, valid_from, today):
    """How and when a member leaves."""
    old = member.admitted_on.year < 1985
    standing = draw.choices([Standing.DECEASED, Standing.LEFT, Standing.EXPELLED], [9, 1, 1] if old else [1, 4, 2])[0]
    return standing, draw.day(max(date(2018, 1, 1), valid_from + timedelta(days=30)), today)


def depart(leaving):
    """End the memberships of those who leave, many at once."""
    days = {}
    for member, standing, day in leaving:
        member.standing, days[member.pk] = standing, (day, standing)
    bulk_update_with_history([row[0] for row in leaving], Member, ["standing"], batch_size=500)
    gone = [Standing.DECEASED, Standing.LEFT, Standing.EXPELLED]
    memberships = list(Membership.objects.filter(member__standing__in=gone))
    for membership in memberships:
        membership.valid_to, standing = days[membership.member_id]
        deceased = standing == Standing.DECEASED
        membership.end_reason = Membership.EndReason.DECEASED if deceased else Membership.EndReason.LEFT
    bulk_update_with_history(memberships, Membership, ["valid_to", "end_reason"], batch_size=500)
    Unit.objects.filter(pk__in={member.unit_id for member, *_rest in leaving}).recount()


def staying(draw, province, many):
    """So many active members drawn by lot: in the register since before 2018, not of a handed-over organisation."""
    pks = Member.objects.active().filter(position="", attached_to=None, unit__sector=None).order_by("pk")
    pks = pks.filter(admitted_on__lt=date(2018, 1, 1), card_number__gt=card(CAST)).exclude(unit__in=province.moved)
    pks = list(pks.values_list("pk", flat=True))
    found = Member.objects.in_bulk(draw.sample(pks, min(many, len(pks))))
    return [found[pk] for pk in sorted(found)]


def branches(draw, province, many):
    """So many grassroots branches drawn by lot."""
    moved = [unit.pk for unit in province.moved]
    units = Unit.objects.filter(kind=Unit.Kind.GRASSROOTS_BRANCH, sector=None).exclude(pk__in=moved)
    return draw.choices(list(units.order_by("pk")), k=many)


def attach_some(draw, province, members, today):
    """A few attached elsewhere for a time; a third of them are back."""
    visitors = staying(draw, province, min(60, max(3, members // 400)))
    for n, (member, unit) in enumerate(zip(visitors, branches(draw, province, len(visitors)), strict=True)):
        if unit.pk != member.unit_id:
            since = draw.day(date(2019, 1, 1), date(2020, 6, 30))
            member.attach_to(unit, since)
            if n % 3 == 2:
                member.end_attachment(since + timedelta(days=180))


def transfer_some(draw, province, members):
    """A few who moved to another branch for good."""
    movers = staying(draw, province, min(60, max(3, members // 400)))
    for member, unit in zip(movers, branches(draw, province, len(movers)), strict=True):
        if unit.pk != member.unit_id:
            member.transfer_to(unit, draw.day(date(2018, 6, 1), date(2020, 11, 30)))


def card(number):
    """A card number that cannot be taken for a real one."""
    return f"MAU{number:06d}"


def enrol_cast(draw, province):
    """Four members whom the sample's awards name, so that a guide or a test can point at them."""
    da_bac = province.below("BRVT-CD", "Đảng bộ xã Đá Bạc")
    phuoc_nguyen = province.below("BRVT-BR", "Đảng bộ phường Phước Nguyên")
    lo_o, second = da_bac.children.order_by("pk")[:2]
    quarter = phuoc_nguyen.children.order_by("pk")[1]
    rows = [
        ("Đặng Thị Ánh Hồng", FEMALE, date(1970, 8, 12), date(1996, 10, 20), "Bí thư Chi bộ", lo_o),
        ("Phan Thị Mỹ Duyên", FEMALE, date(1979, 4, 3), date(2004, 5, 19), "Phó Bí thư Đảng ủy", second),
        ("Trần Quốc Thịnh", MALE, date(1975, 1, 26), date(2001, 2, 3), "Phó Bí thư Chi bộ", quarter),
        ("Nguyễn Văn Lành", MALE, date(1948, 6, 15), date(1970, 10, 12), "", lo_o),
    ]
    return [
        Member(
            public_id=draw.public_id(),
            full_name=name,
            gender=gender,
            birth_date=born,
            card_number=card(number),
            admitted_on=admitted,
            full_member_on=years_later(admitted, 1),
            position=position,
            unit=unit,
        ).admit(KEPT_SINCE)
        for number, (name, gender, born, admitted, position, unit) in enumerate(rows, 1)
    ]
