"""The sample's campaigns: the volunteers' campaign of 2018, the annual one of the sector, a draft."""

from datetime import date, timedelta
from decimal import Decimal

from simple_history.utils import bulk_create_with_history

from campaigns.models import (
    Activity,
    Campaign,
    CampaignDocument,
    CampaignScope,
    Exemplar,
    Inspection,
    PlannedActivity,
    Pledge,
    Registration,
    UnitPlan,
)
from campaigns.sample.draws import table, texts
from campaigns.sample.registrations import ANNOUNCED, EXCELLENT, FAIR, GOOD, Menus, choices_of, plan, register
from campaigns.sample.units import STAFF_ORGANISATION
from records.models import AwardType, Decision, Member, Unit

# Year: (units of the sector without a plan, share of members registered), as the first years may have gone.
CLOSED_YEARS = {2017: (4, 0.843), 2018: (1, 0.917), 2019: (0, 0.934), 2020: (1, 0.92)}
RUNNING = (3, 0.82)


def launch_volunteers(draw, province, by, today):
    """The campaign of 2018 with its documents, activities, registrations, plans and exemplars."""
    campaign = create(
        "volunteer",
        province.root,
        starts_on=ANNOUNCED,
        plans_due_on=today + timedelta(days=20),
        results_due_on=today + timedelta(days=25),
        mode=Campaign.Mode.THEMATIC,
        activities=[(row["name"], row["measure"], row["icon"]) for row in table("activities.csv")],
    )
    CampaignScope.objects.create(campaign=campaign, unit=province.root)
    add_documents(campaign, province)
    campaign.launch(by=by)
    activities = list(campaign.activities.order_by("order"))
    rows = texts("exemplars.toml")["exemplar"]
    promises = promises_of(province, rows, activities)
    menus = Menus(draw, province, choices_of(activities), promises)
    pledged = register(draw, campaign, province, menus, promises, today)
    plan(draw, campaign, province, menus, pledged, promises, today)
    write_exemplars(draw, campaign, province, rows, activities, by)
    inspect(campaign, province, today)
    return campaign


def create(key, launched_by, activities=(), **fields):
    """A draft of a campaign from its texts, and what may be chosen in it."""
    year = fields["starts_on"].year
    written = texts("campaigns.toml")[key]
    offered = activities or [(*row, Activity.Icon.OTHER) for row in written.pop("activities")]
    values = {name: text.strip().format(year=year) for name, text in written.items()}
    campaign = Campaign.objects.create(launched_by=launched_by, **values, **fields)
    for order, (name, measure, icon) in enumerate(offered, 1):
        Activity.objects.create(campaign=campaign, name=name, measure=measure, icon=icon, order=order)
    return campaign


def add_documents(campaign, province):
    precision = Decision.Precision
    for number, issuer, issued_on, known, subject in (
        (
            "160-KH/TU",
            "Tỉnh ủy Bà Rịa – Vũng Tàu",
            ANNOUNCED,
            precision.DAY,
            f"Kế hoạch phát động phong trào “{campaign}”",
        ),
        (
            "09-HD/BTCTU",
            STAFF_ORGANISATION,
            date(2018, 1, 1),
            precision.YEAR,
            "Hướng dẫn quy trình và 14 nội dung gợi ý để đảng viên đăng ký",
        ),
    ):
        decision = Decision.objects.create(
            number=number,
            issuer=issuer,
            kind=Decision.Kind.PLAN,
            issued_on=issued_on,
            issued_precision=known,
            subject=subject,
            unit=province.staff,
        )
        province.decisions[number] = decision
        CampaignDocument.objects.create(campaign=campaign, decision=decision, role=CampaignDocument.Role.BASIS)


def promises_of(province, rows, activities):
    """What the exemplars' units promised and did: {unit: (activity, target, done)}."""
    return {
        province.below(row["of"], row["unit"]).pk: (
            named(activities, row["activity"]),
            Decimal(row["target"]),
            Decimal(row["done"]),
        )
        for row in rows
    }


def named(activities, beginning):
    return next(activity for activity in activities if beginning in activity.name)


def write_exemplars(draw, campaign, province, rows, activities, by):
    """One exemplar for each kind of work, published, and one more that is not."""
    for row in reversed(rows):  # the first of the file is the newest, and heads the list
        Exemplar.objects.create(
            public_id=draw.public_id(),
            campaign=campaign,
            unit=province.below(row["of"], row["unit"]),
            activity=named(activities, row["activity"]),
            cost=Decimal(row["cost"]) if "cost" in row else None,
            people_helped=row.get("people_helped"),
            **{name: row[name] for name in ("title", "figure", "figure_note", "place", "started_on")},
            **{name: row[name].strip() for name in ("summary", "story")},
        )
    campaign.exemplars.publish(by)
    Exemplar.objects.create(
        public_id=draw.public_id(),
        campaign=campaign,
        unit=province.grassroots["BRVT-CDAO"][1],
        title="Ngày thứ bảy không túi ni-lông",
        summary="Bản thảo, chờ đơn vị gửi số liệu.",
    )


def inspect(campaign, province, today):
    """Looks at how units carry the campaign out, one put right since and two not yet; never public."""
    outcome, days = Inspection.Outcome, timedelta
    vung_tau, long_dien = province.grassroots["BRVT-VT"][5], province.grassroots["BRVT-LD"][3]
    chau_duc, da_bac = province.grassroots["BRVT-CD"][9], province.below("BRVT-CD", "Đảng bộ xã Đá Bạc")
    seen = [
        (vung_tau, date(2019, 4, 16), outcome.REMINDER, "Ghi kết quả chưa đủ.", date(2019, 5, 31)),
        (da_bac, date(2019, 4, 18), outcome.PRAISE, "Làm đến nơi đến chốn.", None),
        (chau_duc, today - days(18), outcome.REMINDER, "Nhiều việc chưa ghi số lượng đã làm.", today + days(12)),
        (long_dien, today - days(40), outcome.CRITICISM, "Ghi kết quả khi chưa làm.", today - days(5)),
    ]
    rows = [
        Inspection.objects.create(
            campaign=campaign,
            unit=unit,
            inspected_on=day,
            inspector=f"Đoàn kiểm tra của {STAFF_ORGANISATION}",
            findings=findings,
            outcome=verdict,
            due_on=due,
        )
        for unit, day, verdict, findings, due in seen
    ]
    rows[0].resolve("Đã ghi đủ số lượng của 14 đảng viên, có chi bộ xác nhận.", date(2019, 5, 27))


def run_annual(draw, province, by, today):
    """The sector's campaign year by year: the past ones closed, this year's running."""
    for year, (missing, share) in {**CLOSED_YEARS, today.year: RUNNING}.items():
        campaign = create(
            "annual",
            province.staff,
            starts_on=date(year, 1, 15),
            ends_on=date(year, 12, 31),
            plans_due_on=date(year, 2, 28),
            results_due_on=date(year, 12, 10),
            mode=Campaign.Mode.REGULAR,
            plans_from=Campaign.PlansFrom.ALL,
            names_public=year == today.year,
        )
        CampaignScope.objects.create(campaign=campaign, sector=province.sector)
        campaign.launch(by=by)
        plan_annual(draw, campaign, missing)
        register_annual(draw, campaign, province, share, year in CLOSED_YEARS, today)
        if year in CLOSED_YEARS:
            campaign.close(by=by)


def plan_annual(draw, campaign, missing):
    """Plans of the sector's units but `missing` of them, which are drawn among those without a plan so far."""
    units = list(campaign.units().order_by("pk"))
    activities = list(campaign.activities.order_by("order"))
    title = AwardType.objects.get(code="TT-LDTT")
    late = {unit.pk for unit in draw.sample(units, missing)}
    for unit in units:
        if unit.pk in late:
            continue
        row = UnitPlan.objects.create(
            campaign=campaign,
            unit=unit,
            number=f"{draw.randint(1, 20):02d}-KH",
            dated=draw.day(date(campaign.starts_on.year, 1, 16), date(campaign.starts_on.year, 2, 28)),
            aims_at=title,
            person_in_charge=draw.person(),
        )
        for activity in draw.sample(activities, 3):
            PlannedActivity.objects.create(plan=row, activity=activity, target=draw.randint(2, 12))
        row.submit()
        row.approve()


def register_annual(draw, campaign, province, share, over, today):
    """Registrations of the sector's members, done where the year is over."""
    activities = list(campaign.activities.order_by("order"))
    titles = list(AwardType.objects.filter(code__in=["LDTT", "CSTD-CO-SO"]).order_by("pk"))
    members = Member.objects.active().select_related("unit", "attached_to").filter(unit__sector=province.sector)
    members = list(members.order_by("pk"))
    chosen = draw.sample(members, round(share * len(members)))
    year = campaign.starts_on.year
    status = Registration.Status.DONE if over else Registration.Status.REGISTERED
    rows = [
        Registration(
            campaign=campaign,
            member=member,
            status=status,
            aims_at=draw.choice(titles),
            rating=draw.choices([EXCELLENT, GOOD, FAIR], [20, 70, 10])[0] if over else "",
            registered_on=min(today, draw.day(date(year, 1, 20), date(year, 3, 10))),
        )
        for member in chosen
    ]
    if not over:
        # A third say already what came of theirs.
        for n, row in enumerate(rows[::3]):
            row.status, row.rating = Registration.Status.DONE, (GOOD, EXCELLENT, GOOD)[n % 3]
    pledges = [
        Pledge(registration=row, activity=activity, quantity=draw.randint(1, 4))
        for row in Registration.objects.enrol(rows)
        for activity in draw.sample(activities, 2)
    ]
    for pledge in pledges:
        pledge.done_quantity = pledge.quantity if pledge.registration.status == Registration.Status.DONE else None
    bulk_create_with_history(pledges, Pledge, batch_size=500)


def draft_next(province, today):
    """A campaign still being written, which the public must not see."""
    campaign = create("draft", province.root, starts_on=date(today.year + 1, 2, 3), mode=Campaign.Mode.THEMATIC)
    CampaignScope.objects.create(campaign=campaign, unit=Unit.objects.get(code="BRVT-CD"))
    return campaign
