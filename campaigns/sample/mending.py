"""What a clerk of the sample has to put right: people entered twice, namesakes, gaps, and a day by which it is done."""

from datetime import timedelta
from itertools import combinations

from campaigns.sample.people import CAST, card
from records.models import CleanUp, Member, Unit
from records.models.fields import DatePrecision
from records.vietnamese import fold

LEAST_AGE, ELDEST_ADMITTED = 18, 50
WHY = "Nhập lại từ danh sách giấy."


def leave_gaps(province, today):
    """Pairs to compare in a district, records that lack something, and a deadline for its records."""
    clerk, manager = province.users["chauduc"], province.users["quanly"]
    unit = province.committees["BRVT-CD"][0]
    plain = Member.objects.within(unit).active().filter(attached_to=None, awards=None, transfers=None)
    plain = plain.filter(card_number__gt=card(CAST), birth_date__isnull=False)
    plain = list(plain.select_related("unit__parent").order_by("pk"))
    for make, fit in ((namesakes, neighbours), (entered_twice, strangers), (without_tones, strangers)):
        pair = next((pair for pair in combinations(plain, 2) if could_be(*pair) and fit(*pair)), None)
        if pair is None:
            continue
        plain = [member for member in plain if member not in pair]
        make(*pair)
        save(pair[1], clerk)
    for member, column in zip(plain, ("card_number", "full_member_on", "birth_date"), strict=False):
        setattr(member, column, "" if column == "card_number" else None)
        save(member, clerk)
    row = CleanUp(
        unit=unit, due_on=today + timedelta(days=45), note="Trước hết là số thẻ và ngày vào Đảng.", set_by=manager
    )
    row._history_user = manager
    row.save()


def save(member, by):
    member._history_user, member._change_reason = by, WHY
    member.save()


def could_be(one, other):
    """Whether the second could have been born with the first and still be an adult when admitted."""
    age = other.admitted_on.year - one.birth_date.year
    known = one.birth_precision == other.birth_precision == DatePrecision.DAY
    return known and one.gender == other.gender and LEAST_AGE + 1 < age < ELDEST_ADMITTED


def neighbours(one, other):
    """Whether one grassroots organisation has both."""
    return one.unit_id == other.unit_id or (
        one.unit.parent_id == other.unit.parent_id and one.unit.kind == other.unit.kind == Unit.Kind.SUB_BRANCH
    )


def strangers(one, other):
    return one.unit_id != other.unit_id


def entered_twice(one, other):
    """The same person under a card number written with dots."""
    other.full_name, other.birth_date = one.full_name, one.birth_date
    other.card_number = f"{one.card_number[:-3]}.{one.card_number[-3:]}"
    other.email = "nhap.lai@example.com"


def without_tones(one, other):
    """The same person, typed without tones."""
    other.full_name, other.birth_date = fold(one.full_name).title(), one.birth_date
    other.email = ""


def namesakes(one, other):
    """Two people of one name and year."""
    other.full_name = one.full_name
    other.birth_date = one.birth_date.replace(month=one.birth_date.month % 12 + 1, day=1)
