"""The sample's awards: those the press told of, those of the campaign, badges, and 45 published ones as printed."""

from datetime import date
from itertools import groupby

from django.db.models import Case, IntegerField, Value, When
from simple_history.utils import bulk_create_with_history

from campaigns.models import CampaignDocument, Registration, UnitPlan
from campaigns.sample.draws import FEMALE, table, years_later
from campaigns.sample.units import STANDING_COMMITTEE
from records.models import Award, AwardType, Decision, Member, Unit
from records.models.award_types import award_key

Kind, Mode, Category = Award.RecipientKind, Award.Mode, Award.RecipientCategory
BATCH, BATCH_BEFORE = date(2020, 11, 7), date(2020, 9, 2)
IN_CAMPAIGN = "Có thành tích trong phong trào “Đảng viên tình nguyện tham gia xây dựng nông thôn mới, đô thị văn minh”"
DISTRICT = "Ban Thường vụ Huyện ủy Châu Đức"
STRONG = "Tổ chức Đảng trong sạch, vững mạnh tiêu biểu giai đoạn 2013 – 2017"
BEST = [
    ("BRVT-CD", "Đảng bộ xã Đá Bạc"),
    ("BRVT-XM", "Đảng bộ xã Bàu Lâm"),
    ("BRVT-BR", "Đảng bộ phường Phước Nguyên"),
]


def grant_all(draw, campaign, province, by, today):
    """Every award of the sample, published where the public may read it."""
    types = {award_type.code: award_type for award_type in AwardType.objects.all()}
    told = grant_told(draw, province, types)
    honours = grant_campaign(draw, campaign, province, types)
    badges = grant_badges(draw, province, types)
    printed = grant_printed(draw, province)
    for decision in (*province.decisions.values(), *told, *honours, badges, *printed):
        decision.publish(by)
    mend(province, by)
    draft(draw, province, types, today)


def decide(province, number, issuer, issued_on, subject, **fields):
    """A decision kept by the commission's staff unless another unit is given."""
    decision = Decision(
        **{
            "unit": province.staff,
            "number": number,
            "issuer": issuer,
            "issued_on": issued_on,
            "subject": subject,
            **fields,
        }
    )
    decision._history_user = province.clerk(decision.unit.code)
    decision.save()
    return decision


def enter(awards):
    """Write many awards of decisions that exist, with their histories."""
    for award in awards:
        award.prepare()
        award._history_user = getattr(award.decision, "_history_user", None)
    return bulk_create_with_history(awards, Award, batch_size=500)


def to_unit(draw, decision, award_type, unit, **fields):
    above = unit.parent.name if unit.parent_id and unit.parent.parent_id else ""
    return Award(
        public_id=draw.public_id(),
        decision=decision,
        type=award_type,
        recipient_kind=Kind.COLLECTIVE,
        collective=unit,
        unit=unit,
        recipient_name=unit.name,
        recipient_unit=above,
        **fields,
    )


def to_member(draw, decision, award_type, member, **fields):
    written = {
        "recipient_name": member.full_name,
        "recipient_position": member.position or "Đảng viên",
        "recipient_unit": f"{member.unit.name}, {member.unit.parent.name}",
        "recipient_category": Category.LEADER_OTHER if "Bí thư" in member.position else Category.WORKER,
    }
    return Award(
        public_id=draw.public_id(),
        decision=decision,
        type=award_type,
        recipient_kind=Kind.PERSON,
        member=member,
        unit=member.unit,
        salutation="Bà" if member.gender == FEMALE else "Ông",
        **{**written, **fields},
    )


def grant_told(draw, province, types):
    """What the press told of; the numbers and days of the decisions were not printed."""
    flag, merit, party = (
        decide(province, "", issuer, date(year, 1, 1), subject, issued_precision=Decision.Precision.YEAR)
        for issuer, year, subject in (
            ("Thủ tướng Chính phủ", 2020, "Về việc tặng Cờ thi đua của Chính phủ"),
            ("Chủ tịch Ủy ban nhân dân tỉnh Bà Rịa – Vũng Tàu", 2018, "Về việc tặng Bằng khen"),
            (
                STANDING_COMMITTEE,
                2018,
                "Về việc tặng Cờ cho tổ chức đảng trong sạch, vững mạnh tiêu biểu giai đoạn 2013 – 2017",
            ),
        )
    )
    staff = {"mode": Mode.MERIT, "recipient_category": Category.AGENCY, "list_position": 1}
    awards = [
        to_unit(draw, flag, types["CO-CHINH-PHU"], province.staff, **staff),
        to_unit(draw, merit, types["BK-TINH"], province.staff, **staff),
    ]
    best = [province.committees[code][0] for code in ("BRVT-CD", "BRVT-QS", "BRVT-CDAO")]
    best += [province.below(code, name) for code, name in BEST]
    fields = {"mode": Mode.MERIT, "period_start": 2013, "period_end": 2017, "reason": STRONG}
    for position, unit in enumerate(best, 1):
        awards.append(to_unit(draw, party, types["DANG-CO-TINH-UY"], unit, list_position=position, **fields))
    enter(awards)
    return flag, merit, party


def grant_campaign(draw, campaign, province, types):
    """Three decisions that honoured units and members for the campaign; returns them."""
    hong, duyen, thinh = (
        Member.objects.get(full_name=name, card_number__startswith="MAU00000")
        for name in ("Đặng Thị Ánh Hồng", "Phan Thị Mỹ Duyên", "Trần Quốc Thịnh")
    )
    merit, district, chau_duc = types["DANG-BK-TINH-UY"], types["DANG-GK-HUYEN-UY"], province.committees["BRVT-CD"][0]
    rows = [
        ("1407-QĐ/TU", STANDING_COMMITTEE, date(2020, 11, 2), merit, province.root, 14, 31, [duyen], "tổng kết", 2020),
        ("1098-QĐ/TU", STANDING_COMMITTEE, date(2019, 12, 20), merit, province.root, 12, 27, [thinh], "sơ kết", 2019),
        ("231-QĐ/HU", DISTRICT, date(2019, 9, 5), district, chau_duc, 4, 8, [duyen, hong], "sơ kết", 2019),
    ]  # fmt: skip
    decisions, honoured_units, honoured = [], set(), {hong.pk, duyen.pk, thinh.pk}
    for number, issuer, day, award_type, unit, collectives, persons, named, occasion, until in rows:
        decision = decide(
            province,
            number,
            issuer,
            day,
            f"Khen thưởng {occasion} phong trào “{campaign}”",
            unit=province.staff if unit == province.root else unit,
        )
        fields = {
            "mode": Mode.CAMPAIGN,
            "period_start": 2018,
            "period_end": until,
            "reason": f"{IN_CAMPAIGN}, 2018 – {until}",
        }
        units = deserving_units(draw, campaign, unit, collectives, honoured_units)
        people = named + deserving_members(draw, campaign, unit, persons - len(named), honoured, day)
        listed = [to_unit(draw, decision, award_type, each, **fields) for each in units]
        listed += [to_member(draw, decision, award_type, each, **fields | as_printed(each, number)) for each in people]
        for position, award in enumerate(listed, 1):
            award.list_position = position
        enter(listed)
        CampaignDocument.objects.create(campaign=campaign, decision=decision, role=CampaignDocument.Role.AWARD)
        decisions.append(decision)
    return decisions


def as_printed(member, number):
    """Two lines were printed wrong, and were put right later."""
    if number == "231-QĐ/HU" and member.full_name == "Phan Thị Mỹ Duyên":
        return {"recipient_name": "Phan Thị Mĩ Duyên", "recipient_position": "Ủy viên Ban Chấp hành Đảng bộ xã"}
    if number == "1098-QĐ/TU" and member.full_name == "Trần Quốc Thịnh":
        return {"recipient_position": "Bí thư Chi bộ"}
    return {}


def deserving_units(draw, campaign, unit, many, honoured):
    """Grassroots organisations with an approved plan that no decision of the sample honours yet."""
    plans = UnitPlan.objects.within(unit).filter(campaign=campaign, status=UnitPlan.Status.APPROVED)
    pks = list(plans.exclude(unit__in=honoured).order_by("unit").values_list("unit", flat=True))
    found = draw.sample(pks, many)
    honoured.update(found)
    return list(Unit.objects.filter(pk__in=found).select_related("parent__parent").order_by("code"))


def deserving_members(draw, campaign, unit, many, honoured, day):
    """Members who registered before the day and did the work, those rated best first."""
    best = Case(When(rating="excellent", then=Value(0)), default=Value(1), output_field=IntegerField())
    done = Registration.objects.within(unit).filter(
        campaign=campaign, status=Registration.Status.DONE, registered_on__lt=day
    )
    done = done.exclude(member__in=honoured).annotate(best=best).order_by("best", "pk")
    pks = list(done.values_list("member", flat=True)[: many * 4])
    found = draw.sample(pks, min(many, len(pks)))
    honoured.update(found)
    return list(Member.objects.filter(pk__in=found).select_related("unit__parent").order_by("sort_key"))


def grant_badges(draw, province, types):
    """The batch of 7 November 2020: whose years, counted from the day of admission, were full since the last batch."""
    decision = decide(
        province,
        "",
        STANDING_COMMITTEE,
        date(2020, 11, 1),
        "Về việc tặng Huy hiệu Đảng đợt 07/11/2020",
        issued_precision=Decision.Precision.MONTH,
    )
    badges = {t.milestone_years: t for t in types.values() if t.milestone_years}
    members = Member.objects.present().select_related("unit__parent").filter(admitted_on__lte=years_later(BATCH, -30))
    due = []
    for member in members.order_by("sort_key", "pk").iterator(chunk_size=2000):
        for years in badges:
            if BATCH_BEFORE < years_later(member.admitted_on, years) <= BATCH:
                due.append((-years, member))
    due.sort(key=lambda row: row[0])
    enter(
        [
            to_member(
                draw,
                decision,
                badges[-years],
                member,
                mode=Mode.SENIORITY,
                reason="Đợt 07/11/2020",
                list_position=position,
            )
            for position, (years, member) in enumerate(due, 1)
        ]
    )
    return decision


def grant_printed(draw, province):
    """The 45 published awards of other provinces, as printed and without links; returns their decisions."""
    types = AwardType.objects.by_printed_name()
    decisions = []
    for number, rows in groupby(table("awards_published.csv"), key=lambda row: row["decision_no"]):
        rows = list(rows)
        first = rows[0]
        decision = decide(
            province,
            number,
            first["authority"],
            date.fromisoformat(first["issued_on"]),
            f"Khen thưởng: {first['award']}",
            signed_by=first["signer"],
        )
        enter([as_written(draw, decision, types, row, position) for position, row in enumerate(rows, 1)])
        decisions.append(decision)
    return decisions


def as_written(draw, decision, types, row, position):
    return Award(
        public_id=draw.public_id(),
        decision=decision,
        type=types[award_key(row["award"])],
        recipient_kind=Kind.PERSON if row["recipient_kind"] == "cá nhân" else Kind.COLLECTIVE,
        recipient_name=row["recipient_name"],
        salutation=row["prefix"].capitalize(),
        recipient_position=row["title_position"],
        recipient_unit=row["unit"],
        mode=Mode.MERIT,
        period_start=int(row["period_start"]),
        period_end=int(row["period_end"]),
        reason=row["reason"][:1].upper() + row["reason"][1:],
        list_position=int(row["stt_as_printed"].strip(".") or position),
    )


def mend(province, by):
    """One award corrected; another corrected, then revoked: their pages tell it."""
    correct, revoke = Decision.Kind.CORRECT, Decision.Kind.REVOKE
    decisions = [
        decide(
            province,
            "842-CV/BTCTU",
            "Ban Tổ chức Tỉnh ủy",
            date(2020, 1, 6),
            "Đính chính chức vụ của người được khen theo Quyết định 1098-QĐ/TU",
            kind=correct,
        ),
        decide(
            province,
            "1188-QĐ/TU",
            STANDING_COMMITTEE,
            date(2020, 2, 18),
            "Về việc hủy bỏ quyết định tặng Bằng khen đối với một cá nhân",
            kind=revoke,
        ),
        decide(
            province,
            "245-QĐ/HU",
            DISTRICT,
            date(2019, 9, 20),
            "Đính chính họ tên người được khen theo Quyết định 231-QĐ/HU",
            kind=correct,
            unit=province.committees["BRVT-CD"][0],
        ),
    ]
    of = Award.objects.filter
    thinh = of(decision__number="1098-QĐ/TU", recipient_name="Trần Quốc Thịnh").get()
    thinh.correct(decisions[0], "Ghi nhầm chức vụ “Bí thư”", recipient_position="Phó Bí thư Chi bộ")
    thinh.revoke(decisions[1], "Khen trùng cho cùng một thành tích; hiện vật và tiền thưởng đã nộp lại")
    duyen = of(decision__number="231-QĐ/HU", recipient_name="Phan Thị Mĩ Duyên").get()
    duyen.correct(decisions[2], "Ghi sai chính tả tên", recipient_name="Phan Thị Mỹ Duyên")
    for decision in decisions:
        decision.publish(by)


def draft(draw, province, types, today):
    """A list being entered in a district, not public yet."""
    unit = province.committees["BRVT-CD"][0]
    decision = decide(province, "", DISTRICT, today, "Dự thảo khen thưởng cuối năm", unit=unit)
    branches = [leaf.unit for leaf in province.leaves if leaf.committee == "BRVT-CD" and leaf.weight][:3]
    enter(
        [
            to_unit(draw, decision, types["DANG-GK-HUYEN-UY"], each, mode=Mode.MERIT, list_position=position)
            for position, each in enumerate(branches, 1)
        ]
    )
