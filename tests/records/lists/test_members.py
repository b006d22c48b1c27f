"""Lists of members: who is meant, every finding, and people entered with their membership."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from records.lists.members import MemberPlanner
from records.lists.people import folded
from records.models import ImportRow, Member, Membership, Posting, Unit
from records.vietnamese import fold
from tests.factories import make_award, make_branch, make_member, make_staff, make_superuser, make_unit
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
from tests.records.test_vietnamese import messy

pytestmark = pytest.mark.django_db

Role, Standing = Posting.Role, Member.Standing
CELLS = {
    "Mã đảng viên": "",
    "Họ và tên": "Trần Thị Hà",
    "Ngày sinh": "20/3/1980",
    "Giới tính": "Nữ",
    "Số thẻ": "",
    "Ngày vào Đảng": "25/5/2005",
    "Ngày chính thức": "25/5/2006",
    "Chức vụ": "Bí thư",
    "Chi bộ": "Chi bộ 1",
    "Tình trạng": "",
    "Email": "",
    "Điện thoại": "",
    "Từ ngày": "",
}
NAMES = dict(
    code="Mã đảng viên", name="Họ và tên", birth="Ngày sinh", gender="Giới tính", card="Số thẻ",
    admitted="Ngày vào Đảng", full="Ngày chính thức", position="Chức vụ", unit="Chi bộ", standing="Tình trạng",
    email="Email", phone="Điện thoại", since="Từ ngày",
)  # fmt: skip
HEADER = list(CELLS)
TOMORROW = f"{timezone.localdate() + timedelta(1):%d/%m/%Y}"
BORN = date(1980, 3, 20)


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


def row(**cells):
    """A row about a person, as told otherwise."""
    return list((CELLS | {NAMES[name]: cell for name, cell in cells.items()}).values())


def only(**cells):
    """A table with one row and no column but the name's and these."""
    cells = {"name": "Trần Thị Hà", "unit": "Chi bộ 1"} | cells
    return [[NAMES[name] for name in cells], list(cells.values())]


def planned(user, *table, **said):
    return send("members", [HEADER, *table], user, **said)


def known(**fields):
    return make_member(**{"full_name": "Trần Thị Hà", "birth_date": BORN, **fields})


def key(batch, n=0):
    return f"{rows(batch)[n].sheet}!{rows(batch)[n].number}"


# New people


def test_somebody_new_is_entered_with_a_membership(admin, home):
    batch = enter("members", [HEADER, row(card="00 123", email="ha@vidu.vn", since="1/6/2020")], admin)
    person = Member.objects.get()
    assert (person.full_name, person.birth_date, person.gender, person.card_number, person.unit, person.standing) == (
        "Trần Thị Hà", BORN, "female", "00123", home, Standing.FULL,
    )  # fmt: skip
    assert (person.admitted_on, person.full_member_on, person.email) == (
        date(2005, 5, 25),
        date(2006, 5, 25),
        "ha@vidu.vn",
    )
    assert (person.unit_path, person.search_key, len(person.public_id)) == (home.path, "tran thi ha", 8)
    membership = Membership.objects.get()
    assert (membership.member, membership.unit, membership.valid_from) == (person, home, date(2020, 6, 1))
    assert_counted()
    assert Unit.objects.get(code="CB1").headcount == 1
    assert_remembered(batch, Member, Membership)


def test_the_list_once_more_changes_nothing_and_undo_takes_it_all_back(admin, home):
    before = tables()
    table = [HEADER, row(), row(name="Lê Văn An", birth="1975", gender="Nam"), row(name="Lý Ba", birth="3/1970")]
    batch = enter("members", table, admin)
    assert outcomes(send("members", table, admin)) == ["same"] * 3
    assert take_back(batch) == []
    assert tables() == before
    assert_remembered(batch, Member, Membership, undone=True)


@pytest.mark.parametrize(
    ("born", "stored"),
    [
        ("1980", (date(1980, 1, 1), "year")),
        ("3/1980", (date(1980, 3, 1), "month")),
        ("tháng 3/1980", (date(1980, 3, 1), "month")),
        ("20.03.1980", (BORN, "day")),
        ("", (None, "day")),
    ],
)
def test_a_birth_date_is_kept_as_far_as_it_is_known(admin, home, born, stored):
    enter("members", only(birth=born) if born else only(gender="Nữ"), admin)
    person = Member.objects.get()
    assert (person.birth_date, person.birth_precision) == stored


def test_a_birth_date_under_a_gender_says_the_gender(admin, home):
    table = [
        ["Họ và tên", "Năm sinh Nam", "Năm sinh Nữ", "Chi bộ"],
        ["Lê An", "1970", "", "CB1"],
        ["Lý Ba", "", "1971", "CB1"],
    ]
    enter("members", table, admin)
    assert list(Member.objects.order_by("pk").values_list("gender", flat=True)) == ["male", "female"]


def test_the_unit_is_that_of_the_heading_or_of_the_whole_file(admin, home, other):
    table = [["STT", "Họ và tên", "Ngày sinh"], ["I", "CHI BỘ 2", ""], ["1", "Lê An", "20/1/1970"]]
    enter("members", table, admin)
    enter("members", [["Họ và tên", "Ngày sinh"], ["Lý Ba", "20/1/1970"]], admin, fixed={"unit": "CB1"})
    assert list(Member.objects.order_by("pk").values_list("unit__code", flat=True)) == ["CB2", "CB1"]


# Who is meant


def test_name_birth_and_unit_make_a_person(admin, home):
    person = known(unit=home, position="Đảng viên")
    batch = planned(admin, row(name="TRẦN THỊ HÀ"))
    assert rows(batch)[0].target == person.pk
    assert outcomes(batch) == ["change"]


def test_a_name_alone_is_nobody_for_sure(admin, home, other):
    known(unit=home)
    known(unit=other, birth_date=date(1960, 1, 1))
    table = [["Họ và tên", "Chức vụ"], ["Trần Thị Hà", "Bí thư"]]
    batch = send("members", table, admin)
    assert (outcomes(batch), codes(batch)) == (["ambiguous"], ["several"])
    about = [candidate[2] for candidate in rows(batch)[0].candidates]
    assert ["20/03/1980" in about[0], "Chi bộ 1" in about[0]] == [True, True]


@pytest.mark.parametrize(
    ("born", "precision", "said", "outcome"),
    [
        (BORN, "day", "1980", "ambiguous"),
        (date(1980, 1, 1), "year", "20/3/1980", "ambiguous"),
        (date(1980, 3, 1), "month", "20/3/1980", "ambiguous"),
        (date(1980, 4, 1), "month", "20/3/1980", "create"),
        (date(1980, 1, 1), "year", "1980", "change"),
        (BORN, "day", "21/3/1980", "create"),
        (BORN, "day", "1981", "create"),
        (None, "day", "20/3/1980", "ambiguous"),
    ],
)
def test_a_birth_date_tells_people_apart_as_far_as_it_is_known(admin, home, born, precision, said, outcome):
    known(unit=home, birth_date=born, birth_precision=precision)
    assert outcomes(send("members", only(birth=said, position="Bí thư"), admin)) == [outcome]


def test_the_same_person_at_another_unit_is_asked_about(admin, home, other):
    person = known(unit=other)
    batch = planned(admin, row())
    assert (outcomes(batch), codes(batch)) == (["ambiguous"], ["likely"])
    assert codes(plan(batch, picks={key(batch): str(person.pk)})) == ["elsewhere"]
    assert outcomes(plan(batch, picks={key(batch): "new"})) == ["create"]
    write(batch)
    assert Member.objects.count() == 2


def test_rows_that_likely_mean_somebody_are_answered_together(admin, home):
    people = [make_member(full_name=f"Lê Văn {n}", birth_date=None, unit=home) for n in ("An", "Ba", "Tư")]
    table = [row(name=one.full_name) for one in people]
    batch = planned(admin, *table)
    assert [(group["group"], group["rows"]) for group in batch.groups] == [("likely||", 3)]
    assert outcomes(plan(batch, mends={"likely||": "take"})) == ["change"] * 3
    assert outcomes(plan(batch, mends={"likely||": "new"})) == ["create"] * 3
    write(batch)
    assert Member.objects.count() == 6


def test_the_card_or_the_code_is_enough(admin, home, other):
    person = known(unit=home, card_number="00123")
    by_card = only(card="00 123", unit="", position="Bí thư")
    by_code = only(code=person.public_id.upper(), unit="", position="Bí thư")
    for table in (by_card, by_code):
        batch = send("members", table, admin)
        assert (outcomes(batch), rows(batch)[0].target) == (["change"], person.pk)


@pytest.mark.parametrize("written", ["00.123", "00-123", " 0 0123"])
def test_a_card_is_its_figures_however_they_are_parted(admin, home, written):
    person = known(unit=home, card_number="00123")
    (found,) = rows(planned(admin, row(card=written, position="Phó Bí thư")))
    assert found.target == person.pk and found.after["position"] == "Phó Bí thư" and "card_number" not in found.after
    enter("members", [HEADER, row(name="Lê Mới", card=written.replace("3", "4"))], admin)
    assert Member.objects.filter(card_number="00124").count() == 1


def test_somebody_with_another_card_is_somebody_else(admin, home):
    known(unit=home, card_number="00123")
    assert outcomes(planned(admin, row(card="00124"))) == ["create"]


def test_a_card_given_to_somebody_without_one(admin, home):
    known(unit=home)
    batch = enter("members", [HEADER, row(card="00124")], admin)
    assert outcomes(batch) == ["change"]
    assert Member.objects.get().card_number == "00124"


def test_two_rows_that_say_the_same_are_entered_once(admin, home):
    batch = planned(admin, row(), row(), row(position="Phó Bí thư"))
    assert outcomes(batch) == ["create", "same", "refused"]
    assert codes(batch) == ["said_twice", "twice"]


def test_somebody_new_with_the_card_number_and_without_it_is_one_person(admin, home):
    batch = planned(admin, row(card="00123"), row(), row(card="00124"))
    assert outcomes(batch) == ["create", "refused", "create"]
    assert codes(batch) == ["twice"]


def test_two_rows_about_one_person_by_different_particulars(admin, home):
    person = known(unit=home)
    batch = planned(admin, row(), row(code=person.public_id))
    assert codes(batch) == ["twice"]


# What is wrong with a row


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"birth": "31/2/1980"}, {"date_never_was", "unreadable"}),
        ({"birth": TOMORROW, "admitted": "", "full": ""}, {"to_come"}),
        ({"admitted": TOMORROW, "full": ""}, {"to_come"}),
        ({"birth": "25/5/2005"}, {"born_late"}),
        ({"full": "24/5/2005"}, {"full_early"}),
        ({"admitted": "2005"}, {"date_not_whole", "unreadable"}),
        ({"gender": "Khác"}, {"unknown_word"}),
        ({"standing": "Khác"}, {"unknown_word"}),
        ({"standing": "Từ trần"}, {"gone"}),
        ({"email": "không có"}, {"not_mail"}),
        ({"name": "A" * 151}, {"too_long"}),
        ({"position": "A" * 256}, {"too_long"}),
        ({"unit": "Chi bộ 99"}, {"unit_unknown"}),
        ({"unit": "Chi bộ cũ"}, {"dissolved"}),
        ({"unit": ""}, {"missing"}),
        ({"code": "khongco"}, {"code_unknown"}),
        ({"name": "Lê Khác", "card": "999"}, {"card_taken"}),
    ],
)
def test_what_is_wrong_is_said_of_the_row(admin, home, commune, cells, code):
    make_branch(name="Chi bộ cũ", parent=commune, dissolved_on=date(2020, 1, 1))
    make_member(card_number="999", unit=home)
    before = tables()
    batch = planned(admin, row(**cells))
    assert outcomes(batch) == ["refused"]
    assert len(codes(batch)) == 1 and set(codes(batch)) <= code
    assert rows(batch)[0].findings[0][3].endswith(".")
    assert tables() == before


def test_every_reason_is_told_at_once(admin, home):
    batch = planned(admin, row(gender="Khác", unit="Chi bộ 99", full="24/5/2005", email="không"))
    assert sorted(codes(batch)) == ["full_early", "not_mail", "unit_unknown", "unknown_word"]


@pytest.mark.parametrize(
    ("cells", "finding", "mend", "after"),
    [
        ({"birth": "25/5/2015"}, "born_late|birth|", "empty", {"admitted_on": "2005-05-25"}),
        ({"full": "24/5/2005"}, "full_early|full|", "empty", {"admitted_on": "2005-05-25"}),
        ({"gender": "Khác"}, "unknown_word|gender|Khác", "as:Nam", {"gender": "male"}),
        ({"gender": "Khác"}, "unknown_word|gender|Khác", "empty", {"position": "Bí thư"}),
        ({"email": "không"}, "not_mail|email|", "empty", {"position": "Bí thư"}),
        ({"unit": "Chi bộ Một"}, "unit_unknown|unit|Chi bộ Một", "unit:{home}", {"position": "Bí thư"}),
    ],
)
def test_one_mend_puts_a_group_right(admin, home, cells, finding, mend, after):
    batch = planned(admin, *[row(name=f"Lê {name}", **cells) for name in ("An", "Ba", "Tư")])
    assert [(group["group"], group["rows"]) for group in batch.groups] == [(finding, 3)]
    plan(batch, mends={finding: mend.format(home=home.pk)})
    assert outcomes(batch) == ["create"] * 3
    assert all(after.items() <= one.after.items() for one in rows(batch))


# Changes


def test_an_empty_cell_keeps_and_a_chosen_word_forgets(admin, home):
    person = known(unit=home, phone="0912", email="ha@vidu.vn", position="Bí thư")
    batch = enter("members", [HEADER, row(phone="(xoá)", position="", gender="", admitted="", full="")], admin)
    person.refresh_from_db()
    assert (person.phone, person.email, person.position, person.gender) == ("", "ha@vidu.vn", "Bí thư", "")
    assert rows(batch)[0].shown == [["Điện thoại", "0912", "–"]]
    assert_remembered(batch, Member)


def test_dates_are_looked_at_beside_those_the_register_has(admin, home):
    known(unit=home, admitted_on=date(2005, 5, 25))
    assert codes(send("members", only(birth="20/3/1980", full="25/5/2004"), admin)) == ["full_early"]


@pytest.mark.parametrize(("now", "said", "outcome"), [("full", "Miễn sinh hoạt", "change"), ("left", "CT", "refused")])
def test_leaving_and_coming_back_are_acts_of_their_own(admin, home, now, said, outcome):
    person = known(unit=home)
    person.change_standing(now, date(2022, 1, 1))
    assert outcomes(planned(admin, row(standing=said))) == [outcome]


def test_headcounts_follow_a_change_of_standing_and_its_undo(admin, home):
    known(unit=home)
    before = tables()
    batch = enter("members", [HEADER, row(standing="Miễn sinh hoạt")], admin)
    assert Unit.objects.get(code="CB1").headcount == 0
    assert_counted()
    assert take_back(batch) == []
    assert tables() == before


# Rights


def test_rows_about_units_or_people_one_does_not_keep(home, other):
    clerk = make_staff(Role.CLERK, home)
    secret = known(unit=other, card_number="00777", position="Người giữ kín")
    batch = planned(
        clerk,
        row(unit="Chi bộ 2", name="Lê An"),
        row(code=secret.public_id, name="Lê Ba"),
        row(card="00777", name="Lê Tư"),
        row(card="00777"),
        row(),
    )
    assert codes(batch) == ["out_of_reach", "out_of_reach", "card_taken", "out_of_reach", "twice"]
    assert outcomes(batch) == [*["refused"] * 4, "create"]
    assert "Người giữ kín" not in words(batch) and "Chi bộ 2" not in words(batch).replace("“Chi bộ 2”", "")


def test_a_viewer_plans_nothing_that_could_be_written(home):
    assert codes(planned(make_staff(Role.VIEWER, home), row())) == ["out_of_reach"]


# Meanwhile


def overtake(how, home):
    if how == "changed":
        Member.objects.filter(full_name="Trần Thị Hà").update(position="Chủ tịch")
    elif how == "removed":
        Membership.objects.filter(member__full_name="Trần Thị Hà").delete()
        Member.objects.filter(full_name="Trần Thị Hà").delete()
    elif how == "entered":
        known(unit=home)
    elif how == "card":
        make_member(card_number="00123", unit=home)
    else:
        Unit.objects.filter(pk=home.pk).update(dissolved_on=date(2024, 1, 1))


@pytest.mark.parametrize("only_good", [False, True])
@pytest.mark.parametrize("how", ["changed", "removed", "entered", "card", "dissolved"])
def test_what_changed_meanwhile_is_told_and_not_written_over(admin, home, other, only_good, how):
    if how in ("changed", "removed"):
        known(unit=home, position="Đảng viên")
    batch = planned(admin, row(card="00123" if how == "card" else ""), row(name="Lê An", unit="Chi bộ 2"))
    assert codes(batch) == []
    overtake(how, home)
    before = tables()
    done = write(batch, only_good=only_good)
    assert (done.written, done.conflicts) == ((1, 1) if only_good else (0, 1))
    assert [bool(one.conflict) for one in rows(batch)] == [True, False]
    assert Member.objects.filter(full_name="Lê An").exists() == only_good
    if not only_good:
        assert tables() == before


def test_undo_is_refused_while_something_stands_on_it(admin, home):
    batch = enter("members", [HEADER, row(), row(name="Lê An")], admin)
    make_award(member=Member.objects.get(full_name="Lê An"))
    in_the_way = take_back(batch)
    assert len(in_the_way) == 1 and "Lê An" in in_the_way[0].record
    assert Member.objects.count() == 2


# Cost


def test_planning_writing_and_undoing_cost_the_same_for_more_rows(admin, home):
    costs = {}
    for number in (3, 30):
        table = [HEADER, *[row(name=f"Lê {number} Số {n}") for n in range(number)]]
        planned_cost, batch = queries(send, "members", table, admin)
        written, _done = queries(write, batch)
        again, _batch = queries(send, "members", table, admin)
        changed = [HEADER, *[[*one[:7], "Khác", *one[8:]] for one in table[1:]]]
        change, _done = queries(write, send("members", changed, admin))
        costs[number] = planned_cost, written, again, change
    assert costs[3] == costs[30]


# For any people


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.lists(st.sampled_from(["Lê", "Lý", "An", "Bình", "Đỗ", "Huệ"]), min_size=2, max_size=3).map(
                " ".join
            ),
            "birth": st.dates(date(1940, 1, 1), date(1985, 1, 1)).map(lambda day: f"{day:%Y-%m-%d}"),
            "gender": st.sampled_from(["Nam", "Nữ", ""]),
            "position": st.sampled_from(["Bí thư", "Phó Bí thư", ""]),
            "unit": st.sampled_from(["Chi bộ 1", "CB2"]),
            "standing": st.sampled_from(["Chính thức", "DB", "Miễn", ""]),
            "phone": st.sampled_from(["0912", ""]),
        }
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: (one["name"], one["birth"]),
)


@settings(max_examples=10)
@given(people=PEOPLE)
def test_any_list_goes_in_is_the_same_afterwards_and_comes_out_again(admin, home, other, people):
    table = [HEADER, *[row(**one) for one in people]]
    before = tables()
    batch = enter("members", table, admin)
    assert Member.objects.count() == len(people)
    assert set(outcomes(send("members", table, admin))) == {"same"}
    assert_counted()
    assert take_back(batch) == []
    assert tables() == before


AGAIN = st.lists(
    st.fixed_dictionaries(
        {"card": st.sampled_from(["00123", "00 123", "00124", ""])},
        optional={
            "name": st.sampled_from(["Trần Thị Hà", "TRẦN THỊ HÀ", "Trần Thị Hạ"]),
            "birth": st.sampled_from(["20/3/1980", "1980-03-20", "3/1980", "20/3/2010", "", "(trống)"]),
            "gender": st.sampled_from(["Nữ", "Nam", ""]),
            "admitted": st.sampled_from(["25/5/2005", "25/5/1979", "", "(trống)", TOMORROW]),
            "full": st.sampled_from(["25/5/2006", "1/1/2001", "", "(trống)"]),
            "position": st.sampled_from(["Bí thư", "Đảng viên", "", "(trống)"]),
            "unit": st.sampled_from(["Chi bộ 1", "CB2", "Chi bộ nào"]),
            "standing": st.sampled_from(["", "Chính thức", "Từ trần", "(trống)"]),
            "email": st.sampled_from(["", "ha@vidu.vn", "ha"]),
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(people=AGAIN)
def test_what_is_plainly_the_same_is_the_same_at_a_closer_look(admin, home, other, people):
    days = {"admitted_on": date(2005, 5, 25), "full_member_on": date(2006, 5, 25)}
    for card, unit in (("00123", home), ("00124", other)):
        if not Member.objects.filter(card_number=card).exists():
            known(card_number=card, unit=unit, gender="female", position="Bí thư", **days)
    batch = send("members", [HEADER, *[row(**one) for one in people]], admin)
    at_a_glance = plan_of(batch)
    with patch.object(MemberPlanner, "says_nothing_new", return_value=False):
        assert plan_of(plan(batch)) == at_a_glance


def plan_of(batch):
    columns = [column.name for column in ImportRow._meta.concrete_fields if column.name != "id"]
    return batch.counts, batch.groups, list(batch.rows.order_by("pk").values(*columns))


@given(name=messy | st.lists(messy, max_size=4).map(" ".join))
def test_a_name_is_folded_word_by_word_as_it_is_whole(name):
    assert folded(name) == fold(name)
