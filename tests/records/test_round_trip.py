"""What a list takes out goes in again as the same, row by row; one edited cell comes back as exactly that change."""

from datetime import date

import pytest

from records import imports
from records.models import Award, AwardType, Import, Member, Membership, Unit
from tests.factories import (
    make_award,
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_sector,
    make_staff,
    make_superuser,
    make_unit,
)
from tests.records.exporting import brought_in, cells, edited, taken_out

pytestmark = pytest.mark.django_db
FORMATS = pytest.mark.parametrize("form", ["xlsx", "csv"])
# What people write, and what people write to do harm.
TEXTS = [
    "=cmd|' /C calc'!A0",
    "+84 912 345 678",
    "- Phó Bí thư",
    "'=1",
    'ông "Ba", bà; Tư',
    "Trưởng phòng\u00a0TC",
    "",
    "0012",
]


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ huyện", code="DBH")


@pytest.fixture
def clerk(root):
    return make_staff("clerk", root)


def same(batch, rows):
    """Every row is the same, nothing is asked and nothing told of any."""
    told = [(row.number, row.outcome, row.shown, row.findings) for row in batch.rows.exclude(outcome="same")]
    assert told == [] and batch.counts["same"] == batch.counts["rows"] == rows


def only_change(batch, rows):
    """The one row that changes; all others are the same."""
    assert (batch.counts["change"], batch.counts["same"], batch.counts["rows"]) == (1, rows - 1, rows), [
        (row.number, row.findings) for row in batch.rows.exclude(outcome="same")
    ]
    return batch.rows.get(outcome="change")


# Members


@pytest.fixture
def people(root):
    """People as the register may have them: dates known in part, cards with noughts, every standing, odd texts."""
    branches = [make_branch(parent=root, name="Chi bộ 1"), make_branch(parent=root, name="Chi bộ 1, khu phố 2")]
    found = []
    for number, text in enumerate(TEXTS):
        found.append(
            make_member(
                unit=branches[number % 2],
                full_name="Nguyễn Văn An",
                gender=["male", "female", ""][number % 3],
                card_number=f"000{number}4127" if number % 2 else "",
                birth_date=date(1950 + number, 5 if number % 3 else 1, 1),
                birth_precision=["year", "month", "month"][number % 3],
                admitted_on=date(1996, 10, 20),
                full_member_on=date(1997, 10, 20) if number % 2 else None,
                position=text,
                phone=text[:20] if number != 5 else "",
                standing=Member.Standing.FULL,
            )
        )
    found[1].change_standing("exempt", date(2021, 1, 1))
    found[2].change_standing("deceased", date(2021, 1, 1))
    found[3].change_standing("left", date(2021, 1, 1))
    return found


@FORMATS
def test_members(clerk, people, form):
    content = taken_out(clerk, "members", form)
    same(brought_in(clerk, "members", content, form), len(people))


@FORMATS
def test_members_with_the_fewest_columns(clerk, people, form):
    content = taken_out(clerk, "members", form, columns=())
    same(brought_in(clerk, "members", content, form), len(people))


@pytest.fixture
def visitor(people):
    """Somebody of another district who takes part here for a time."""
    found = make_member(
        full_name="Lê Thị Khách", card_number="00014199", birth_date=date(1980, 1, 2), position="Tổ trưởng"
    )
    found.attach_to(people[0].unit, date(2021, 1, 1))
    return found


@FORMATS
def test_members_attached_for_a_time(clerk, people, visitor, form):
    same(brought_in(clerk, "members", taken_out(clerk, "members", form), form), len(people) + 1)


@pytest.mark.parametrize(
    ("header", "value"), [("Chức vụ", "Bí thư"), ("Mã đơn vị", "KHAC"), ("Số thẻ đảng viên", "00014198")]
)
def test_nothing_is_changed_or_told_of_members_that_others_keep(clerk, people, visitor, header, value):
    make_unit(code="KHAC")
    content = taken_out(clerk, "members")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Họ và tên"] == "Lê Thị Khách")
    batch = brought_in(clerk, "members", edited(content, header, place, value))
    (row,) = batch.rows.exclude(outcome="same")
    assert row.outcome == "refused" and {finding[0] for finding in row.findings} == {"out_of_reach"}


def test_somebody_of_other_units_is_refused_though_nothing_is_said(clerk, people):
    other = make_member(full_name="Lê Thị Khách")
    content = edited(taken_out(clerk, "members", columns=()), "Mã", 1, other.public_id)
    content = edited(edited(content, "Họ và tên", 1, other.full_name), "Mã đơn vị", 1, other.unit.code)
    (row,) = brought_in(clerk, "members", content).rows.exclude(outcome="same")
    assert row.outcome == "refused" and {finding[0] for finding in row.findings} == {"out_of_reach"}


@pytest.mark.parametrize(
    ("header", "value", "after"),
    [
        ("Chức vụ", "Chủ tịch", {"position": "Chủ tịch"}),
        ("Số thẻ đảng viên", "00099999", {"card_number": "00099999"}),
        ("Ngày sinh", "11/1951", {"birth_date": "1951-11-01"}),
        ("Ngày vào Đảng", date(1995, 3, 2), {"admitted_on": "1995-03-02"}),
        ("Giới tính", "Nam", {"gender": "male"}),
    ],
)
def test_an_edited_cell_of_a_member_is_that_change(clerk, people, header, value, after):
    content = taken_out(clerk, "members")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Số thẻ đảng viên"] == "00014127")
    planned = only_change(brought_in(clerk, "members", edited(content, header, place, value)), len(people))
    assert planned.target == people[1].pk and planned.after == after


def refused(batch, code):
    """The one row that is not the same is refused for this."""
    (row,) = batch.rows.exclude(outcome="same")
    assert (row.outcome, [finding[0] for finding in row.findings]) == ("refused", [code])


def test_the_name_of_another_unit_beside_a_code_is_not_passed_over(clerk, people):
    content = edited(taken_out(clerk, "members"), "Đơn vị", 1, "Đảng bộ xã A")
    assert brought_in(clerk, "members", content).counts["same"] == len(people)
    make_unit(parent=Unit.objects.get(code="DBH"), name="Đảng bộ xã A")
    refused(brought_in(clerk, "members", content), "contradicts")


def test_an_edit_is_written_and_then_is_the_same(clerk, people):
    content = edited(taken_out(clerk, "members"), "Chức vụ", 1, "-1+1")
    batch = brought_in(clerk, "members", content)
    batch.claim([Import.Status.PLANNED], Import.Status.APPLYING)
    assert imports.apply(batch, clerk).written == 1
    same(brought_in(clerk, "members", taken_out(clerk, "members")), len(people))
    same(brought_in(clerk, "members", content), len(people))


# Where they belong and belonged


@pytest.fixture
def memberships(root, people, visitor):
    """Where people are, were for a time and were before; by decisions that are known and by none."""
    here, there = people[0].unit, people[1].unit
    decision = make_decision(unit=root, number="12-QĐ/HU", issued_on=date(2020, 12, 30))
    people[4].transfer_to(there, date(2021, 1, 1), decision)
    people[4].transfer_to(here, date(2021, 1, 1))
    people[4].attach_to(there, date(2021, 1, 1), make_decision(number="7-QĐ/TU"))
    people[5].attach_to(here, date(2021, 1, 1))
    people[5].end_attachment(date(2021, 3, 1))
    people[6].transfer_to(make_branch(), date(2021, 1, 1))
    return list(Membership.objects.filter(member__in=people).exclude(member=people[6]).order_by("pk"))


@FORMATS
def test_memberships(clerk, memberships, form):
    content = taken_out(clerk, "memberships", form)
    same(brought_in(clerk, "memberships", content, form), len(memberships))


@FORMATS
@pytest.mark.parametrize("columns", [(), ("birth", "decision", "decided")])
def test_memberships_with_few_columns(clerk, memberships, columns, form):
    content = taken_out(clerk, "memberships", form, columns=columns)
    same(brought_in(clerk, "memberships", content, form), len(memberships))


def test_memberships_are_those_of_the_members_asked_for(clerk, people, memberships):
    make_member(unit=people[0].unit, full_name="Lê Thị Ánh")
    rows = cells(taken_out(clerk, "memberships", query="q=le thi anh"))
    assert [(row["Họ và tên"], row["Hình thức chuyển"], row["Đến ngày"]) for row in rows] == [
        ("Lê Thị Ánh", "Chính thức", None)
    ]


def test_a_decision_that_others_keep_is_not_named(clerk, memberships):
    numbers = {row["Số quyết định"] for row in cells(taken_out(clerk, "memberships"))}
    assert numbers == {None, "12-QĐ/HU"}


@pytest.mark.parametrize(
    ("header", "value"),
    [("Họ và tên", "Lê Thị Bình"), ("Ngày sinh", "1911"), ("Đơn vị chuyển đến", "Đảng bộ xã A")],
)
def test_what_contradicts_the_code_of_a_membership_is_not_passed_over(root, clerk, memberships, header, value):
    make_unit(parent=root, name="Đảng bộ xã A")
    content = taken_out(clerk, "memberships")
    refused(brought_in(clerk, "memberships", edited(content, header, 1, value)), "contradicts")


def test_an_edited_unit_of_a_membership_is_that_transfer(clerk, people, memberships):
    content, there = taken_out(clerk, "memberships"), people[1].unit
    rows = enumerate(cells(content), 1)
    place = next(number for number, row in rows if row["Mã đảng viên"] == people[0].public_id)
    content = edited(content, "Từ ngày", place, date(2022, 5, 1))
    content = edited(content, "Mã đơn vị chuyển đến", place, there.code)
    planned = only_change(brought_in(clerk, "memberships", content), len(memberships))
    assert (planned.target, planned.after) == (
        people[0].pk,
        {"act": "transfer", "on": "2022-05-01", "unit_id": there.pk},
    )


@pytest.mark.parametrize(
    ("header", "value"), [("Từ ngày", date(2019, 5, 1)), ("Đến ngày", date(2021, 2, 1)), ("Số quyết định", "12-QĐ/HU")]
)
def test_what_an_edited_membership_cannot_say_is_refused_not_passed_over(clerk, people, memberships, header, value):
    content = taken_out(clerk, "memberships")
    rows = enumerate(cells(content), 1)
    place = next(number for number, row in rows if row["Hình thức chuyển"] == "Tạm thời" and row["Đến ngày"])
    batch = brought_in(clerk, "memberships", edited(content, header, place, value))
    assert (batch.counts["same"], batch.counts["refused"]) == (len(memberships) - 1, 1)


# Units


@pytest.fixture
def tree(root):
    """Units of every kind, one below another, some without a name of their own."""
    above, found = root, [root]
    sector = make_sector(name="Nội vụ")
    for number, kind in enumerate(Unit.Kind.values):
        unit = make_unit(
            parent=above if number % 3 else root,
            name=["Chi bộ 1", f"Cơ quan {number}"][number % 2],
            short_name=TEXTS[number % len(TEXTS)],
            description=TEXTS[-number % len(TEXTS)],
            kind=kind,
            sector=sector if number % 2 else None,
            established_on=date(1990, 1, 1 + number) if number % 2 else None,
            listed=bool(number % 2),
        )
        above = unit
        found.append(unit)
    return found


@FORMATS
def test_units(root, tree, form):
    keeper = make_staff("approver", root)
    content = taken_out(keeper, "units", form)
    same(brought_in(keeper, "units", content, form), len(tree))


def test_the_sheet_beside_it_is_passed_over_in_whole_words(root, tree):
    keeper = make_staff("approver", root)
    batch = brought_in(keeper, "units", taken_out(keeper, "units"))
    assert [note for note in batch.notes if "Thông tin" in note] == ["Thông tin: Không tìm thấy dòng tiêu đề."]


def test_dissolved_units(root, tree):
    keeper = make_staff("approver", root)
    tree[-1].dissolve(date(2021, 1, 1), make_decision(unit=root))
    content = taken_out(keeper, "units", query="state=all")
    same(brought_in(keeper, "units", content), len(tree))


@FORMATS
def test_units_below_one_that_others_keep(root, tree, form):
    keeper = make_staff("clerk", tree[1])
    count = Unit.objects.visible_to(keeper).count()
    content = taken_out(keeper, "units", form)
    assert 1 < count < len(tree)
    same(brought_in(keeper, "units", content, form), count)


def test_a_unit_is_not_placed_under_another_that_others_keep(root, tree):
    make_unit(parent=root, code="KHAC", name="Đảng bộ khác")
    keeper = make_staff("approver", tree[1])
    content = taken_out(keeper, "units")
    content = edited(content, "Mã đơn vị cấp trên", 1, "KHAC")
    batch = brought_in(keeper, "units", content)
    (row,) = batch.rows.exclude(outcome="same")
    assert (row.outcome, row.findings[0][0]) == ("refused", "out_of_reach")


def test_an_edited_code_of_the_unit_above_is_that_move(root, tree):
    keeper, other = make_staff("approver", root), make_unit(parent=root, code="XA", name="Đảng bộ xã A")
    content = taken_out(keeper, "units")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Mã đơn vị"] == tree[-1].code)
    content = edited(content, "Mã đơn vị cấp trên", place, other.code)
    planned = only_change(brought_in(keeper, "units", content, since="2021-01-01"), len(tree) + 1)
    assert planned.after["parent_id"] == other.pk


def test_the_name_of_another_unit_above_is_not_passed_over(root, tree):
    keeper, other = make_staff("approver", root), make_unit(parent=root, name="Đảng bộ xã A")
    content = taken_out(keeper, "units")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Mã đơn vị"] == tree[1].code)
    batch = brought_in(keeper, "units", edited(content, "Đơn vị cấp trên", place, other.name))
    refused(batch, "contradicts")


def test_an_edited_cell_of_a_unit_is_that_change(root, tree):
    keeper = make_staff("approver", root)
    content = taken_out(keeper, "units")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Mã đơn vị"] == tree[3].code)
    planned = only_change(brought_in(keeper, "units", edited(content, "Tên viết tắt", place, "CB1")), len(tree))
    assert planned.target == tree[3].pk and planned.after == {"short_name": "CB1"}


# Awards


@pytest.fixture
def awards(root):
    branch = make_branch(parent=root, name="Chi bộ 1")
    member = make_member(unit=branch, full_name="Lê Thị Ánh")
    decisions = [
        make_decision(unit=root, number="1632/QĐ-UBND", issued_on=date(2019, 5, 1), issued_precision="month"),
        make_decision(unit=root, number="12-QĐ/TU", issuer="Ban Thường vụ Tỉnh ủy", published=True),
        make_decision(unit=root, number=""),
    ]
    types = [make_award_type(name="Bằng khen của Thủ tướng Chính phủ"), make_award_type(name="Cờ, hạng Nhất; đặc biệt")]
    found = [
        make_award(
            decision=decisions[0],
            type=types[0],
            member=member,
            salutation="Bà",
            period_start=2017,
            period_end=2018,
            list_position=1,
        ),
        make_award(
            decision=decisions[1], type=types[1], collective=branch, reason="=cmd", published=True, list_position=1
        ),
        make_award(
            decision=decisions[2], type=types[0], recipient_kind="household", recipient_name="Hộ bà Tư", list_position=1
        ),
    ]
    for number, text in enumerate(TEXTS):
        found.append(
            make_award(
                decision=decisions[number % 3],
                type=types[number % 2],
                recipient_kind=["person", "collective"][number % 2],
                recipient_name=f"{text or 'Trần Văn'} {number}".strip(),
                recipient_position=text if not number % 2 else "",
                recipient_unit=["Chi bộ 1", "Sở Tài chính"][number % 2],
                recipient_category=["worker", "agency"][number % 2],
                period_start=2019,
                reason=text,
                list_position=number + 1,
            )
        )
    return found


@FORMATS
def test_awards(clerk, awards, form):
    content = taken_out(clerk, "awards", form)
    same(brought_in(clerk, "awards", content, form), len(awards))


@FORMATS
def test_awards_with_the_fewest_columns(clerk, awards, form):
    content = taken_out(clerk, "awards", form, columns=())
    same(brought_in(clerk, "awards", content, form), len(awards))


def test_an_edited_cell_of_an_award_is_that_change(clerk, awards):
    content = taken_out(clerk, "awards")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Họ và tên"] == "Lê Thị Ánh")
    planned = only_change(brought_in(clerk, "awards", edited(content, "Đến năm", place, 2019)), len(awards))
    assert planned.target == awards[0].pk and planned.after == {"period_end": 2019}
    assert Award.objects.count() == len(awards)


def test_a_kind_that_is_none_is_not_passed_over(clerk, awards):
    refused(
        brought_in(clerk, "awards", edited(taken_out(clerk, "awards"), "Phân loại khen thưởng", 2, "Chữ mới")),
        "kind_unclear",
    )


@FORMATS
def test_awards_of_decisions_that_others_keep(root, awards, form):
    reader = make_staff("clerk", Unit.objects.get(name="Chi bộ 1"))
    content = taken_out(reader, "awards", form)
    same(brought_in(reader, "awards", content, form), 2)


def test_what_others_keep_is_not_changed_nor_told_to_whoever_may_not_read_it(root, clerk, awards):
    reader, content = make_staff("clerk", Unit.objects.get(name="Chi bộ 1")), taken_out(clerk, "awards")
    place = next(number for number, row in enumerate(cells(content), 1) if row["Họ và tên"] == "Lê Thị Ánh")
    batch = brought_in(reader, "awards", edited(content, "Đến năm", place, 2019))
    assert batch.counts["same"] == 1 and batch.rows.get(outcome="same").target == awards[1].pk
    assert {finding[0] for row in batch.rows.filter(outcome="refused") for finding in row.findings} == {"out_of_reach"}
    assert batch.counts["refused"] == len(awards) - 1


# The catalogue


@FORMATS
def test_award_types(form):
    AwardType.objects.load()
    admin, count = make_superuser(), AwardType.objects.count()
    content = taken_out(admin, "award_types", form)
    same(brought_in(admin, "award_types", content, form), count)


def test_an_edited_cell_of_an_award_type_is_that_change():
    AwardType.objects.load()
    admin, count = make_superuser(), AwardType.objects.count()
    content = edited(taken_out(admin, "award_types"), "Căn cứ pháp lý", 3, "Điều 1")
    planned = only_change(brought_in(admin, "award_types", content), count)
    assert planned.after == {"legal_basis": "Điều 1"}


def test_the_catalogue_is_the_same_for_whoever_may_not_keep_it(clerk):
    AwardType.objects.load()
    count, content = AwardType.objects.count(), taken_out(clerk, "award_types")
    same(brought_in(clerk, "award_types", content), count)
    batch = brought_in(clerk, "award_types", edited(content, "Căn cứ pháp lý", 3, "Điều 1"))
    assert (batch.counts["same"], batch.counts["refused"]) == (count - 1, 1)
