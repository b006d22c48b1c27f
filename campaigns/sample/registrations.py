"""Who registered in the sample's campaigns, what they chose, and the plans of their organisations."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from campaigns.models import PlannedActivity, Pledge, Registration, UnitPlan
from campaigns.sample.draws import Weighted, share_out, table
from records.models import Member, Unit

Status = Registration.Status
CHUNK = 2000
MENDED = 2  # plans that were returned once and wait for the second time
ANNOUNCED = date(2018, 5, 3)
REGISTERED = 0.906
RETURNED_BECAUSE = [
    "Thiếu người phụ trách; chỉ tiêu đèn chiếu sáng chưa ghi số lượng.",
    "Chưa ghi đơn vị tính cho nội dung đã chọn.",
    "Số thẻ bảo hiểm y tế cao hơn số hộ nghèo của địa bàn, đề nghị rà soát lại.",
]
OWN_WORDS = [
    "Góp ngày công cùng chi bộ vào sáng chủ nhật.",
    "Vận động năm hộ liền kề cùng làm.",
    "Sức khỏe yếu, xin nhận việc ghi chép, thống kê.",
    "Nhận trông coi, sửa chữa khi hỏng.",
]
EXCELLENT, GOOD, FAIR = Registration.Rating.EXCELLENT, Registration.Rating.GOOD, Registration.Rating.FAIR


@dataclass
class Choice:
    """An activity of the campaign with how its pledges are drawn."""

    activity: object
    weight: int
    least: Decimal
    most: Decimal
    stated_percent: int
    only_in: tuple

    def quantity(self, draw):
        """What one member promises; None where the member gives work towards something larger."""
        if not draw.chance(self.stated_percent):
            return None
        if self.least == self.least.to_integral_value():
            return Decimal(draw.randint(int(self.least), int(self.most)))
        return Decimal(draw.randint(int(self.least * 10), int(self.most * 10))) / 10


def choices_of(activities):
    """The campaign's activities with the weights of the data file."""
    rows = table("activities.csv")
    return [
        Choice(
            activity,
            int(row["chosen"]),
            Decimal(row["least"]),
            Decimal(row["most"]),
            int(row["stated_percent"]),
            tuple(row["only_in"].split()),
        )
        for activity, row in zip(activities, rows, strict=True)
    ]


class Menus:
    """What each grassroots organisation chose besides what an exemplar tells of it; its members choose among it."""

    def __init__(self, draw, province, choices, promises):
        self.by_unit, self.committee = {}, {}
        for code, units in province.grassroots.items():
            here = [choice for choice in choices if not choice.only_in or code in choice.only_in]
            for unit in units:
                promised = promises.get(unit.pk, [None])[0]
                self.by_unit[unit.pk] = self.pick(draw, [choice for choice in here if choice.activity != promised])
                self.committee[unit.pk] = code
        units = (leaf.unit for leaf in province.leaves)
        self.of_leaf = {unit.pk: unit.pk if unit.pk in self.by_unit else unit.parent_id for unit in units}

    @staticmethod
    def pick(draw, choices):
        wanted, picked = draw.randint(3, 6), []
        left = list(choices)
        for _ in range(wanted):
            choice = Weighted([(n, c.weight) for n, c in enumerate(left)]).draw(draw)
            picked.append(left.pop(choice))
        return picked

    def organisation(self, unit_id):
        """The grassroots organisation of a branch."""
        return self.of_leaf[unit_id]


def register(draw, campaign, province, menus, promises, today):
    """Register members until each committee has its share, nine in ten of the province; returns what was pledged.

    The share of each committee is that of committees.csv; the whole is REGISTERED of those eligible. What the
    exemplars tell of (`promises`: {unit: (activity, target, done)}) is pledged and done by members of their units.
    """
    eligible, exemplary = {code: [] for code in province.grassroots}, set()
    members = Member.objects.active().order_by("unit_path", "pk")
    for pk, unit, attached in members.values_list("pk", "unit_id", "attached_to_id").iterator(chunk_size=5000):
        organisation = menus.organisation(attached or unit)
        eligible[menus.committee[organisation]].append(pk)
        if organisation in promises:
            exemplary.add(pk)
    statuses = statuses_by_lot(draw, province, eligible, exemplary)
    units = Unit.objects.in_bulk([leaf.unit.pk for leaf in province.leaves])
    pledged = Counter()
    rows = (m for m in members.iterator(chunk_size=CHUNK) if m.pk in statuses)
    while chunk := list(islice(rows, CHUNK)):
        register_chunk(draw, campaign, chunk, statuses, units, menus, pledged, today)
    fulfil(campaign, promises)
    return pledged


def fulfil(campaign, promises):
    """Share what an exemplar tells of among the members of its unit, so that their pledges add up to it."""
    pledges = []
    for unit, (activity, target, done) in promises.items():
        rows = campaign.registrations.within(Unit.objects.get(pk=unit)).filter(status=Status.DONE).order_by("pk")
        rows = list(rows[: int(min(target, 12))])
        even = [1] * len(rows)
        tenths = 1 if done % 1 == 0 else 10
        shares = zip(rows, share_out(int(target), even), share_out(int(done * tenths), even), strict=True)
        pledges += [
            Pledge(registration=row, activity=activity, quantity=quantity, done_quantity=Decimal(part) / tenths)
            for row, quantity, part in shares
        ]
    bulk_create_with_history(pledges, Pledge, batch_size=500)


def statuses_by_lot(draw, province, eligible, exemplary):
    """The status of every member who registers, by key; the exemplary have done what they promised."""
    codes = list(eligible)
    shares = [int(row["registered"]) / int(row["eligible"]) for row in (province.committees[c][1] for c in codes)]
    sizes = [len(eligible[code]) for code in codes]
    weights = [size * share for size, share in zip(sizes, shares, strict=True)]
    statuses = {}
    for code, many in zip(codes, share_out(round(REGISTERED * sum(sizes)), weights, sizes), strict=True):
        by_lot = draw.sample(eligible[code], len(eligible[code]))
        for pk in by_lot[:many]:
            statuses[pk] = Status.DONE if draw.chance(72) or pk in exemplary else Status.REGISTERED
        for pk in by_lot[many:]:
            if draw.chance(14):
                statuses[pk] = Status.WITHDRAWN if draw.chance(40) else Status.PENDING
    return statuses


def register_chunk(draw, campaign, members, statuses, units, menus, pledged, today):
    registrations = []
    for member in members:
        member.unit = units[member.unit_id]
        if member.attached_to_id:
            member.attached_to = units[member.attached_to_id]
        registrations.append(registration(draw, campaign, member, statuses[member.pk], today))
    pledges = []
    for row in Registration.objects.enrol(registrations):
        organisation = menus.organisation(row.unit_id)
        for choice in choose(draw, menus.by_unit[organisation]):
            quantity = choice.quantity(draw)
            done = done_of(draw, quantity) if row.status == Status.DONE else None
            pledges.append(Pledge(registration=row, activity=choice.activity, quantity=quantity, done_quantity=done))
            if quantity and row.status in (Status.REGISTERED, Status.DONE):
                pledged[organisation, choice.activity.pk] += quantity
    bulk_create_with_history(pledges, Pledge, batch_size=500)


def registration(draw, campaign, member, status, today):
    first = max(ANNOUNCED + timedelta(days=7), member.admitted_on + timedelta(days=7))
    last = date(2018, 12, 31) if draw.chance(70) else date(2020, 10, 31)
    return Registration(
        campaign=campaign,
        member=member,
        status=status,
        source=Registration.Source.SELF if status == Status.PENDING else Registration.Source.STAFF,
        rating=draw.choices([EXCELLENT, GOOD, FAIR], [22, 63, 15])[0] if status == Status.DONE else "",
        withdrawn_reason="Chuyển công tác ra ngoài tỉnh." if status == Status.WITHDRAWN else "",
        own_words=draw.choice(OWN_WORDS) if draw.chance(12) else "",
        registered_on=min(today, draw.day(first, max(last, first + timedelta(days=60)))),
    )


def choose(draw, menu):
    """One or two of the activities the organisation chose."""
    first = Weighted([(n, choice.weight) for n, choice in enumerate(menu)]).draw(draw)
    second = draw.randrange(len(menu)) if draw.chance(35) else first
    return [menu[n] for n in sorted({first, second})]


def done_of(draw, quantity):
    if quantity is None:
        return None
    if quantity == 1:
        return quantity
    done = quantity * Decimal(draw.choice(["0.8", "1", "1", "1.2", "1.5"]))
    return done.quantize(Decimal("0.1")) if quantity % 1 else Decimal(round(done))


def plan(draw, campaign, province, menus, pledged, promises, today):
    """The organisations' plans: handed in by as many as committees.csv says, the rest drafts, returned, or none yet.

    `promises` holds what a plan must contain besides: {unit: (activity, target, done)}.
    """
    persons = secretaries(menus)
    plans, back = [], []
    for code, units in province.grassroots.items():
        handed_in = int(province.committees[code][1]["planned"])
        first = [unit for unit in units if unit.pk in promises]
        others = [unit for unit in units if unit.pk not in promises]
        for n, unit in enumerate(first + draw.sample(others, len(others))):
            row = unit_plan(draw, campaign, unit, code, persons.get(unit.pk, ""))
            row._history_user = province.clerk(code)
            if n < handed_in:
                row.status = UnitPlan.Status.SUBMITTED if draw.chance(9) else UnitPlan.Status.APPROVED
                row.submitted_at = moment(row.dated, 8)
                plans.append(row)
            elif draw.chance(55):
                row.person_in_charge = ""
                plans.append(row)
                if draw.chance(40):
                    back.append(row)
    own = [row for row in plans if row.unit in province.grassroots["BRVT-CD"]]
    mended = [row for row in own if row.status == UnitPlan.Status.SUBMITTED][:MENDED]
    unfinished = [row for row in own if row.status == UnitPlan.Status.DRAFT and row not in back]
    for row in mended:
        row.status, row.submitted_at = UnitPlan.Status.DRAFT, None
    write(draw, plans, menus, pledged, promises)
    back = [(row, draw.choice(RETURNED_BECAUSE)) for row in back]
    # The district of the sample's clerk has one to mend and one to finish.
    for row, reason in back + [(row, RETURNED_BECAUSE[0]) for row in unfinished[1:]]:
        hand_in(row, province, today - timedelta(days=11))
        send_back(row, reason, province, today, today - timedelta(days=6))
    for row in mended:
        mend(row, province, today)


def moment(day, hour):
    """An hour of a day, in the register's time zone."""
    return timezone.make_aware(datetime.combine(day, time(hour, 30)))


def write(draw, plans, menus, pledged, promises):
    """Many plans with their lines, entered on the day they bear."""
    for row in plans:
        row._history_date = moment(row.dated, 8)
    plans = bulk_create_with_history(plans, UnitPlan, batch_size=500)
    lines = [line for row in plans for line in planned_of(draw, row, menus, pledged, promises)]
    for line in lines:
        line._history_user, line._history_date = line.plan._history_user, line.plan._history_date
    bulk_create_with_history(lines, PlannedActivity, batch_size=500)


def hand_in(row, province, day):
    row._history_user, row._history_date = province.clerk(row.unit.code.rpartition("-")[0]), moment(day, 8)
    row.submit()


def send_back(row, reason, province, today, day):
    row._history_user, row._history_date = province.users["duyet"], moment(day, 14)
    row.send_back(reason, today + timedelta(days=9))


def mend(row, province, today):
    """Handed in, returned, put right and handed in again."""
    hand_in(row, province, today - timedelta(days=15))
    send_back(row, RETURNED_BECAUSE[1], province, today, today - timedelta(days=9))
    for line in row.planned.order_by("-pk")[:1]:
        line._history_user, line._history_date = province.clerk("BRVT-CD"), moment(today - timedelta(days=4), 10)
        line.target = (line.target or 0) + 5
        line.save()
    hand_in(row, province, today)


def unit_plan(draw, campaign, unit, code, person):
    series = "KH/ĐU" if unit.kind == Unit.Kind.GRASSROOTS_COMMITTEE else "KH/CB"
    return UnitPlan(
        campaign=campaign,
        unit=unit,
        unit_path=unit.path,
        number=f"{draw.randint(3, 60):02d}-{series}",
        dated=draw.day(date(2018, 5, 14), date(2018, 9, 28)),
        person_in_charge=person,
    )


def secretaries(menus):
    """Somebody with a post in each grassroots organisation, by its key."""
    posts = Member.objects.active().filter(position__contains="Bí thư").order_by("-pk")
    return {
        menus.organisation(unit): f"{name}, {position}"
        for unit, name, position in posts.values_list("unit_id", "full_name", "position").iterator()
    }


def planned_of(draw, row, menus, pledged, promises):
    """The lines of a plan: targets near what the members promised, none for what is larger than one of them."""
    promised, target, _done = promises.get(row.unit_id, (None, None, None))
    if promised:
        yield PlannedActivity(plan=row, activity=promised, target=target)
    for choice in menus.by_unit[row.unit_id]:
        near = round(pledged[row.unit_id, choice.activity.pk] * Decimal(draw.choice(["0.8", "0.9", "1", "1.1"])))
        if not near and choice.stated_percent >= 40:
            near = 1
        yield PlannedActivity(plan=row, activity=choice.activity, target=near or None)
