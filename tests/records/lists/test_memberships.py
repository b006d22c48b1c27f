"""Lists of memberships and transfers: who moves, where, when, by whose leave."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from records.models import Member, Membership, Posting, Transfer, Unit
from tests.factories import (
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_transfer,
    make_unit,
)
from tests.records.lists.listing import (
    assert_counted,
    assert_remembered,
    codes,
    enter,
    outcomes,
    plan,
    queries,
    rows,
    send,
    tables,
    take_back,
    words,
    write,
)

pytestmark = pytest.mark.django_db

Role, Standing = Posting.Role, Member.Standing
HEADER = ["Họ và tên", "Ngày sinh", "Hình thức", "Nơi đi", "Nơi đến", "Từ ngày", "Số QĐ", "Lý do"]
TOMORROW = f"{timezone.localdate() + timedelta(1):%d/%m/%Y}"


@pytest.fixture
def admin():
    return make_superuser()


@pytest.fixture
def commune():
    return make_unit(code="XA", name="Đảng bộ xã A")


@pytest.fixture
def home(commune):
    return make_branch(code="CB1", name="Chi bộ 1", parent=commune)


@pytest.fixture
def other(commune):
    return make_branch(code="CB2", name="Chi bộ 2", parent=commune)


@pytest.fixture
def person(home):
    return make_member(full_name="Trần Thị Hà", birth_date=date(1980, 3, 2), unit=home)


def row(**cells):
    """A row about the person of the tests, as told otherwise."""
    told = ["Trần Thị Hà", "2/3/1980", "Chuyển sinh hoạt", "Chi bộ 1", "Chi bộ 2", "1/7/2024", "", ""]
    names = ["name", "birth", "act", "from_unit", "to", "since", "decision", "reason"]
    return [cells.get(name, cell) for name, cell in zip(names, told, strict=True)]


def planned(user, *table, header=HEADER, **said):
    return send("memberships", [header, *table], user, **said)


def periods(person):
    columns = ("unit__code", "kind", "valid_from", "valid_to", "end_reason")
    return list(person.memberships.order_by("valid_from", "pk").values_list(*columns))


ACTS = {
    "transfer": row(),
    "attach": row(act="Sinh hoạt đảng tạm thời"),
    "left": row(act="Xin ra khỏi Đảng", to="", reason="Nguyện vọng cá nhân"),
    "expelled": row(act="Khai trừ", to="", reason="Vi phạm"),
    "deceased": row(act="Từ trần", to="", reason="Bệnh nặng"),
}


# What a list does


def test_a_transfer(admin, person, home, other):
    decision = make_decision(number="7-QĐ/ĐU", issued_on=date(2024, 6, 20))
    batch = planned(admin, row(decision="7-QĐ/ĐU"))
    assert outcomes(batch) == ["change"]
    assert rows(batch)[0].shown[0] == ["Đơn vị", "Chi bộ 1, Đảng bộ xã A (CB1)", "Chi bộ 2, Đảng bộ xã A (CB2)"]
    write(batch)
    person.refresh_from_db()
    assert person.unit == other
    assert periods(person) == [
        ("CB1", "official", date(2020, 1, 1), date(2024, 7, 1), "transfer"),
        ("CB2", "official", date(2024, 7, 1), None, ""),
    ]
    assert person.memberships.get(valid_to=None).decision == decision


def test_a_temporary_attachment_and_its_end(admin, person, home, other):
    enter("memberships", [HEADER, ACTS["attach"]], admin)
    person.refresh_from_db()
    assert (person.unit, person.attached_to) == (home, other)
    back = [HEADER, row(act="Hết sinh hoạt tạm thời", to="", since="1/9/2024")]
    enter("memberships", back, admin)
    person.refresh_from_db()
    assert person.attached_to is None
    assert periods(person)[-1] == ("CB2", "temporary", date(2024, 7, 1), date(2024, 9, 1), "return")
    assert outcomes(send("memberships", back, admin)) == ["same"]


@pytest.mark.parametrize("act", ["left", "expelled", "deceased"])
def test_somebody_goes_for_good(admin, person, act):
    enter("memberships", [HEADER, ACTS[act]], admin)
    person.refresh_from_db()
    assert person.standing == act
    assert not person.memberships.filter(valid_to=None).exists()


def test_somebody_comes_back(admin, person, home):
    person.change_standing(Standing.LEFT, date(2022, 1, 1))
    back = row(act="Trở lại sinh hoạt", to="", since="1/1/2023")
    batch = enter("memberships", [HEADER, back], admin)
    person.refresh_from_db()
    assert person.standing == Standing.FULL
    assert periods(person)[-1] == ("CB1", "official", date(2023, 1, 1), None, "")
    assert ["Tình trạng", "Ra khỏi Đảng", "Đảng viên chính thức"] in rows(batch)[0].shown
    assert outcomes(send("memberships", [HEADER, row(act="Trở lại sinh hoạt", to="", since="1/1/2023")], admin)) == [
        "same"
    ]


def test_a_first_membership_of_somebody_who_has_none(admin, person):
    Membership.objects.all().delete()
    table = [HEADER, row(act="Kết nạp", from_unit="", to="Chi bộ 1", since="1/2/2019")]
    enter("memberships", table, admin)
    assert periods(person) == [("CB1", "official", date(2019, 2, 1), None, "")]
    assert outcomes(send("memberships", table, admin)) == ["same"]


def test_periods_of_the_past_make_a_history(admin, person, home, other):
    header = [*HEADER, "Đến ngày"]
    old = [*row(from_unit="Chi bộ 1", to="Chi bộ 2", since="1/1/2010"), "1/1/2015"]
    visit = [*row(act="Tạm thời", to="Chi bộ 2", since="1/1/2021"), "1/6/2021"]
    later = [*row(to="Chi bộ 1", since="1/1/2015"), "1/1/2020"]
    before = tables()
    batch = enter("memberships", [header, old, visit, later], admin)
    assert [one[:4] for one in periods(person)] == [
        ("CB2", "official", date(2010, 1, 1), date(2015, 1, 1)),
        ("CB1", "official", date(2015, 1, 1), date(2020, 1, 1)),
        ("CB1", "official", date(2020, 1, 1), None),
        ("CB2", "temporary", date(2021, 1, 1), date(2021, 6, 1)),
    ]
    person.refresh_from_db()
    assert person.unit == home
    assert outcomes(send("memberships", [header, old, visit, later], admin)) == ["same"] * 3
    assert take_back(batch) == []
    assert tables() == before


@pytest.mark.parametrize("act", ACTS)
def test_every_act_once_more_is_the_same_and_is_taken_back_whole(admin, person, other, act):
    before = tables()
    batch = enter("memberships", [HEADER, ACTS[act]], admin)
    assert_counted()
    assert_remembered(batch, Member, Membership)
    assert outcomes(send("memberships", [HEADER, ACTS[act]], admin)) == ["same"]
    assert take_back(batch) == []
    assert tables() == before
    assert_counted()
    assert_remembered(batch, Member, Membership, undone=True)


def test_headcounts_follow(admin, person, home, other):
    enter("memberships", [HEADER, ACTS["transfer"]], admin)
    assert dict(Unit.objects.filter(code__startswith="CB").values_list("code", "headcount")) == {"CB1": 0, "CB2": 1}


def test_the_reason_of_a_row_stands_in_the_history(admin, person, other):
    enter("memberships", [HEADER, row(reason="Chuyển công tác")], admin)
    assert person.history.first().history_change_reason.endswith("Chuyển công tác")


def test_what_holds_for_the_whole_file(admin, person, other):
    fixed = {"act": "Tạm thời", "to": "CB2", "since": "1/7/2024", "from": "CB1"}
    enter("memberships", [["Họ và tên", "Ngày sinh"], ["Trần Thị Hà", "2/3/1980"]], admin, fixed=fixed)
    person.refresh_from_db()
    assert person.attached_to == other


# Beyond one's own units


def test_a_unit_that_others_keep_is_asked_to_receive_the_person(person, home):
    clerk, away = make_staff(Role.CLERK, home), make_branch(code="XB1", name="Chi bộ Xa")
    before = tables()
    batch = enter("memberships", [HEADER, row(to="Chi bộ Xa", reason="Chuyển nhà")], clerk)
    transfer = Transfer.objects.get()
    assert (transfer.status, transfer.member, transfer.to_unit) == ("waiting", person, away)
    assert (transfer.moves_on, transfer.asked_by, transfer.reason) == (date(2024, 7, 1), clerk, "Chuyển nhà")
    person.refresh_from_db()
    assert person.unit == home
    assert "Chi bộ Xa" in words(batch) and "tiếp nhận" in words(batch)
    assert outcomes(send("memberships", [HEADER, row(to="Chi bộ Xa", reason="Chuyển nhà")], clerk)) == ["same"]
    assert codes(planned(clerk, row(to="Chi bộ Xa", since="2/7/2024"))) == ["waiting"]
    assert_remembered(batch, Transfer)
    assert take_back(batch) == []
    assert tables() == before


def test_a_transfer_received_meanwhile_stands_in_the_way_of_undo(person, home):
    clerk, away = make_staff(Role.CLERK, home), make_branch(name="Chi bộ Xa")
    batch = enter("memberships", [HEADER, row(to="Chi bộ Xa")], clerk)
    Transfer.objects.get().accept(make_staff(Role.CLERK, away))
    assert [one.words for one in take_back(batch)]
    assert Transfer.objects.get().status == "accepted"


def test_people_one_does_not_keep_are_nobody(home, other, person):
    clerk = make_staff(Role.CLERK, other)
    batch = planned(clerk, row(from_unit=""), row(from_unit="", name="Lê Không Ai", since="2/7/2024"))
    assert codes(batch) == ["person_unknown"] * 2
    first, second = (one.findings[0][3] for one in rows(batch))
    assert first.replace("Trần Thị Hà", "") == second.replace("Lê Không Ai", "")


def test_units_that_are_not_shown_are_not_told(home, person):
    make_branch(code="MAT", name="Chi bộ Mật", listed=False)
    clerk = make_staff(Role.CLERK, home)
    batch = planned(clerk, row(to="MAT"), row(to="MAT", since="2/7/2024", act="Tạm thời"))
    assert codes(batch) == ["out_of_reach"] * 2
    assert "Chi bộ Mật" not in words(batch)


def test_an_attachment_is_made_only_to_units_one_keeps(home, person):
    make_branch(name="Chi bộ Xa")
    clerk = make_staff(Role.CLERK, home)
    assert codes(planned(clerk, row(act="Tạm thời", to="Chi bộ Xa"))) == ["out_of_reach"]


def test_only_decisions_one_may_read_are_known(home, other, person):
    make_decision(number="7-QĐ/ĐU", subject="Việc mật")
    clerk = make_staff(Role.CLERK, home.parent)
    batch = planned(clerk, row(decision="7-QĐ/ĐU"))
    assert codes(batch) == ["decision_unknown"]
    assert "mật" not in words(batch)


# Who is meant


def test_a_name_alone_is_asked_about(admin, person, other):
    batch = planned(admin, row(birth="", from_unit=""))
    assert (outcomes(batch), codes(batch)) == (["ambiguous"], ["likely"])
    assert rows(batch)[0].candidates[0][2] == "sinh 02/03/1980, Chi bộ 1, Đảng bộ xã A (CB1)"
    assert outcomes(plan(batch, mends={"likely||": "take"})) == ["change"]
    assert codes(plan(batch, mends={"likely||": "new"})) == ["person_unknown"]


def test_of_two_of_a_name_one_is_chosen(admin, person, other):
    twin = make_member(full_name="Trần Thị Hà", birth_date=date(1975, 1, 1), unit=person.unit)
    batch = planned(admin, row(birth="", from_unit=""))
    assert codes(batch) == ["several"]
    key = f"{rows(batch)[0].sheet}!{rows(batch)[0].number}"
    write(plan(batch, picks={key: str(twin.pk)}))
    twin.refresh_from_db()
    assert twin.unit == other


def test_a_card_or_code_is_enough(admin, person, other):
    Member.objects.filter(pk=person.pk).update(card_number="12345")
    header = ["Mã đảng viên", "Số thẻ", *HEADER]
    by_card, by_code = ["", "12 345", *row(birth="", from_unit="")], [person.public_id, "", *row(name="", birth="")]
    assert outcomes(planned(admin, by_card, header=header)) == ["change"]
    assert outcomes(planned(admin, by_code, header=header)) == ["change"]
    assert codes(planned(admin, ["", "12345", *row(name="Lê Khác")], header=header)) == ["card_taken"]
    assert codes(planned(admin, ["khongco", "", *row()], header=header)) == ["code_unknown"]


def test_the_unit_above_the_own_one_will_do(admin, person, other):
    assert outcomes(planned(admin, row(from_unit="Đảng bộ xã A"))) == ["change"]


# What is wrong with a row


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": "Lê Không Ai"}, "person_unknown"),
        ({"birth": "3/3/1980"}, "person_unknown"),
        ({"act": "", "to": ""}, "missing"),
        ({"to": ""}, "missing"),
        ({"since": ""}, "missing"),
        ({"act": "Đi chơi"}, "unknown_word"),
        ({"since": "7/2024"}, "date_not_whole"),
        ({"since": TOMORROW}, "to_come"),
        ({"since": "1/1/2019"}, "before_start"),
        ({"to": "Chi bộ 99"}, "unit_unknown"),
        ({"to": "Chi bộ Cũ"}, "dissolved"),
        ({"to": "Chi bộ 1", "from_unit": ""}, "there_already"),
        ({"decision": "9-QĐ/TU"}, "decision_unknown"),
        ({"decision": "5-QĐ/TU"}, "decision_several"),
        ({"act": "Từ trần", "to": ""}, "missing"),
        ({"act": "Trở về", "to": ""}, "none_open"),
        ({"act": "Tạm thời", "to": "Chi bộ 1"}, "own_unit"),
        ({"act": "Kết nạp"}, "not_own"),
        ({"act": "Kết nạp", "to": ""}, "there_already"),
    ],
)
def test_what_is_wrong_is_said_of_the_row(admin, commune, person, other, cells, code):
    make_branch(name="Chi bộ Cũ", parent=commune, dissolved_on=date(2023, 1, 1))
    for year in (2020, 2024):
        make_decision(number="5-QĐ/TU", issued_on=date(year, 1, 1))
    before = tables()
    batch = planned(admin, row(**cells))
    if code == "date_not_whole" and codes(batch) == ["unreadable"]:
        code = "unreadable"
    assert (outcomes(batch), codes(batch)) == (["refused"], [code])
    assert rows(batch)[0].findings[0][3].endswith(".")
    assert tables() == before


def test_the_day_of_a_decision_tells_two_apart(admin, person, other):
    first, _second = (make_decision(number="5-QĐ/TU", issued_on=date(year, 1, 1)) for year in (2020, 2024))
    in_a_column = planned(admin, [*row(decision="5-QĐ/TU"), "1/1/2020"], header=[*HEADER, "Ngày QĐ"])
    in_one_cell = planned(admin, row(decision="Quyết định số 5-QĐ/TU, ngày 01/01/2020"))
    for batch in (in_a_column, in_one_cell):
        assert rows(batch)[0].after["decision_id"] == first.pk


@pytest.mark.parametrize("code", ["decision_unknown", "decision_several"])
def test_a_decision_is_left_out_where_the_clerk_says_so(admin, person, other, code):
    for year in (2020, 2024) if code == "decision_several" else ():
        make_decision(number="5-QĐ/TU", issued_on=date(year, 1, 1))
    batch = planned(admin, row(decision="5-QĐ/TU"))
    assert codes(batch) == [code]
    plan(batch, mends={batch.groups[0]["group"]: "empty"})
    assert outcomes(batch) == ["change"]


def test_somebody_already_elsewhere_is_not_moved(admin, person, other):
    third = make_branch(code="CB3", name="Chi bộ 3", parent=other.parent)
    person.transfer_to(third, date(2023, 1, 1))
    batch = planned(admin, [person.public_id, *row()], header=["Mã", *HEADER])
    assert codes(batch) == ["elsewhere"]


def test_one_attachment_at_a_time(admin, person, other):
    person.attach_to(other, date(2023, 1, 1))
    third = make_branch(code="CB3", name="Chi bộ 3", parent=other.parent)
    assert codes(planned(admin, row(act="Tạm thời", to=third.name))) == ["attached"]
    assert codes(planned(admin, row(act="Tạm thời"))) == ["there_already"]


def test_nobody_goes_twice(admin, person):
    person.change_standing(Standing.LEFT, date(2023, 1, 1))
    assert codes(planned(admin, ACTS["deceased"])) == ["gone"]


def test_those_who_are_gone_are_not_moved(admin, person, other):
    person.change_standing(Standing.LEFT, date(2023, 1, 1))
    assert codes(planned(admin, ACTS["transfer"])) == ["none_open"]
    assert codes(planned(admin, ACTS["attach"])) == ["gone"]


def test_an_end_still_to_come_is_left_out_where_the_clerk_says_so(admin, person, other):
    batch = planned(admin, [*row(act="Tạm thời"), TOMORROW], header=[*HEADER, "Đến ngày"])
    assert codes(batch) == ["to_come"]
    plan(batch, mends={"to_come|until|": "empty"})
    assert rows(batch)[0].after["act"] == "attach"


def test_periods_do_not_overlap(admin, person, other):
    header = [*HEADER, "Đến ngày"]
    apart = [*row(since="1/1/2010"), "1/1/2015"]
    batch = planned(
        admin, [*row(since="1/1/2019"), "1/1/2021"], apart, [*row(since="1/1/2014"), "1/1/2016"], header=header
    )
    assert outcomes(batch) == ["refused", "change", "refused"]
    assert codes(batch) == ["overlaps"] * 2


def test_a_period_ends_after_it_began(admin, person, other):
    batch = planned(admin, [*row(since="1/1/2015"), "1/1/2010"], header=[*HEADER, "Đến ngày"])
    assert codes(batch) == ["ends_early"]


def test_one_act_a_list_for_each_person(admin, person, other):
    batch = planned(admin, row(), row(), row(since="1/8/2024", act="Tạm thời", to="Chi bộ 2"))
    assert outcomes(batch) == ["change", "same", "refused"]
    assert codes(batch) == ["said_twice", "twice"]


# Meanwhile


@pytest.mark.parametrize("only_good", [False, True])
@pytest.mark.parametrize("how", ["moved", "gone", "waiting", "dissolved"])
def test_what_changed_meanwhile_is_told_and_not_written_over(admin, person, other, only_good, how):
    friend = make_member(full_name="Lê Văn Bạn", birth_date=date(1970, 1, 1), unit=person.unit)
    third = make_branch(code="CB3", name="Chi bộ 3", parent=other.parent)
    goal = {"moved": row(), "gone": row(act="Từ trần", to="", reason="Bệnh")}.get(how, row(to="Chi bộ 3"))
    batch = planned(admin, goal, row(name=friend.full_name, birth="1/1/1970"))
    assert codes(batch) == []
    if how == "moved":
        person.transfer_to(third, date(2023, 1, 1))
    elif how == "gone":
        person.change_standing(Standing.LEFT, date(2023, 1, 1))
    elif how == "waiting":
        make_transfer(person, make_branch())
    else:
        third.dissolve(date(2024, 1, 1))
    before = tables()
    done = write(batch, only_good=only_good)
    assert (done.written, done.conflicts) == ((1, 1) if only_good else (0, 1))
    assert [bool(one.conflict) for one in rows(batch)] == [True, False]
    friend.refresh_from_db()
    assert (friend.unit == other) == only_good
    if not only_good:
        assert tables() == before
    assert_counted()


def test_undo_is_refused_once_the_person_moved_on(admin, person, other):
    batch = enter("memberships", [HEADER, row()], admin)
    person.refresh_from_db()
    person.transfer_to(make_branch(), date(2025, 1, 1))
    in_the_way = take_back(batch)
    assert any(person.full_name in one.record for one in in_the_way)
    assert person.memberships.count() == 3


# Cost


def test_planning_costs_the_same_for_more_rows_and_writing_a_few_statements_each(admin, home, other):
    costs = {}
    for number in (3, 30):
        people = [
            make_member(full_name=f"Người Số {number} {n}", birth_date=date(1980, 1, 1), unit=make_branch(parent=home))
            for n in range(number)
        ]
        table = [HEADER, *[row(name=one.full_name, birth="1/1/1980", from_unit="") for one in people]]
        said = {"mends": {"likely||": "take"}}
        planned, batch = queries(send, "memberships", table, admin, **said)
        written, _done = queries(write, batch)
        costs[number] = planned, written
    assert costs[3][0] == costs[30][0]
    assert (costs[30][1] - costs[3][1]) / 27 <= 25


# For any people


NAMES = st.lists(st.sampled_from(["An", "Bình", "Chi", "Dũng", "Em", "Phúc", "Giang"]), min_size=2, max_size=4)


@settings(max_examples=10)
@given(
    people=st.lists(
        st.tuples(NAMES, st.dates(date(1950, 1, 1), date(2000, 1, 1)), st.sampled_from(sorted(ACTS))),
        min_size=1,
        max_size=6,
        unique_by=lambda one: (tuple(one[0]), one[1]),
    )
)
def test_any_list_goes_in_is_the_same_afterwards_and_comes_out_again(admin, home, other, people):
    Membership.objects.all().delete()
    Member.objects.all().delete()
    table = [HEADER]
    for name, born, act in people:
        make_member(full_name=" ".join(name), birth_date=born, unit=home)
        table.append([" ".join(name), f"{born:%d.%m.%Y}", *ACTS[act][2:]])
    before = tables()
    batch = enter("memberships", table, admin, mends={"date_two_ways|birth|": "day_first"})
    assert set(outcomes(send("memberships", table, admin))) == {"same"}
    assert_counted()
    assert take_back(batch) == []
    assert tables() == before
