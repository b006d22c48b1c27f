"""Pasted lines read as recipients, and whom in the register they may mean."""

from contextlib import suppress
from datetime import date

import pytest

from records.award_entry import (
    MOST_COLUMNS,
    MOST_ROWS,
    Namesakes,
    UnreadablePaste,
    key_of,
    read_paste,
    resembling,
)
from records.lists.award_rows import KnownTypes
from records.models import Award, AwardTypeAlias
from tests.factories import make_award, make_award_type, make_branch, make_member, make_staff, make_unit

pytestmark = pytest.mark.django_db
Kind = Award.RecipientKind


@pytest.fixture
def types():
    praise = make_award_type(
        name="Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh", recipients="person|collective|household"
    )
    AwardTypeAlias.objects.create(type=praise, text="BK UBND tỉnh")
    make_award_type(name="Tập thể Lao động xuất sắc", recipients="collective")
    return KnownTypes()


def read(rows, types, **defaults):
    """The values of each row, only those that say something."""
    pasted = read_paste("\n".join("\t".join(row) for row in rows), types, defaults)
    return [{name: value for name, value in row.values.items() if value} for row in pasted.rows]


# Reading


def test_a_list_with_a_header_is_read_as_a_file_would_be(types):
    rows = [
        ["STT", "Họ và tên", "Chức vụ", "Đơn vị", "Hình thức khen thưởng", "Năm"],
        ["Tập thể"],
        ["1", "Chi bộ thôn 5", "", "Đảng bộ xã An Bình", "BK UBND tỉnh", "2018-2019"],
        ["Cá nhân"],
        ["2", "Ông Nguyễn Văn An", "Bí thư", "Chi bộ 3", "Bằng khen của Chủ tịch UBND tỉnh", "2019"],
        ["Tổng cộng: 2"],
    ]
    collective, person = read(rows[:-2] + [[*rows[4][:4], "bk ubnd tỉnh", "2019"]], types)
    assert collective == {
        "recipient_kind": Kind.COLLECTIVE,
        "recipient_name": "Chi bộ thôn 5",
        "recipient_unit": "Đảng bộ xã An Bình",
        "type": "Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh",
        "period_start": 2018,
        "period_end": 2019,
    }
    assert (person["salutation"], person["recipient_name"]) == ("Ông", "Nguyễn Văn An")
    assert (person["recipient_kind"], person["recipient_position"]) == (Kind.PERSON, "Bí thư")


def test_lines_passed_over_are_told_with_the_reason(types):
    pasted = read_paste("STT\tHọ và tên\n1\tLê Ánh\n\tTổng cộng: 1\n", types, {})
    assert [line.number for line in pasted.skipped] == [3] and pasted.skipped[0].reason


def test_text_in_an_old_encoding_is_converted_and_told(types):
    pasted = read_paste("STT\tHä vµ tªn\n1\tNguyÔn V¨n D­¬ng\n2\tTrÇn ThÞ B×nh\n", types, {})
    assert [row.values["recipient_name"] for row in pasted.rows] == ["Nguyễn Văn Dương", "Trần Thị Bình"]
    assert ["TCVN3" in note for note in pasted.notes] == [True]


def test_columns_without_a_header_are_told_by_what_they_hold(types):
    rows = [
        ["1", "Ông", "Nguyễn Văn An", "Bí thư", "Chi bộ 3", "BK UBND tỉnh", "2019", "Có nhiều đóng góp"],
        ["2", "Bà", "Trần Thị Bình", "Trưởng phòng", "Sở Y tế", "BK UBND tỉnh", "2018-2019", "Vượt chỉ tiêu"],
    ]
    pasted = read_paste("\n".join("\t".join(row) for row in rows), types, {})
    assert pasted.guessed and [row.number for row in pasted.rows] == [1, 2]
    second = pasted.rows[1].values
    assert second["salutation"] == "Bà" and second["recipient_name"] == "Trần Thị Bình"
    assert second["recipient_position"] == "Trưởng phòng" and second["recipient_unit"] == "Sở Y tế"
    assert (second["period_start"], second["period_end"], second["reason"]) == (2018, 2019, "Vượt chỉ tiêu")


def test_a_school_is_a_unit_and_a_head_is_a_position(types):
    school = read([["Nguyễn Văn An", "Trường Tiểu học 1"], ["Lê Thị Ba", "Trường Tiểu học 2"]], types)
    head = read([["Nguyễn Văn An", "Trưởng ban"], ["Lê Thị Ba", "Trưởng phòng"]], types)
    assert school[0]["recipient_unit"] == "Trường Tiểu học 1" and head[0]["recipient_position"] == "Trưởng ban"


@pytest.mark.parametrize("text", ["Nguyễn Văn An\nTrần Thị Bình", "Họ và tên\nNguyễn Văn An\nTrần Thị Bình"])
def test_a_column_of_names_alone_is_a_list(types, text):
    pasted = read_paste(text, types, {"recipient_kind": "person"})
    assert [row.values["recipient_name"] for row in pasted.rows] == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert {row.values["recipient_kind"] for row in pasted.rows} == {"person"}


def test_headings_set_the_kind_without_a_header_too(types):
    rows = [["I. Tập thể"], ["1", "Chi bộ 3", "Đảng bộ xã A"], ["II. Cá nhân"], ["1", "Nguyễn Văn An", "Chi bộ 3"]]
    assert [row["recipient_kind"] for row in read(rows, types)] == [Kind.COLLECTIVE, Kind.PERSON]


def test_what_holds_for_the_whole_list_gives_way_to_what_a_row_says(types):
    rows = [["Họ và tên", "Hình thức", "Năm"], ["Lê Ánh", "Tập thể Lao động xuất sắc", "2020"], ["Lê Ba", "", ""]]
    praise = types.find_type("BK UBND tỉnh")
    own, filled = read(rows, types, type=praise, period_start=2017, period_end=2018, recipient_kind="person")
    assert own["type"] == "Tập thể Lao động xuất sắc" and own["period_start"] == 2020
    assert filled["type"] == praise.name and (filled["period_start"], filled["period_end"]) == (2017, 2018)


def test_what_cannot_be_read_stays_as_written_for_the_form_to_refuse(types):
    (row,) = read([["Họ và tên", "Hình thức", "Năm"], ["Lê Ánh", "Bằng khen lạ", "năm kia"]], types)
    assert (row["type"], row["period_start"]) == ("Bằng khen lạ", "năm kia")


def test_cells_with_line_breaks_and_stray_quotes_keep_their_rows(types):
    two = read_paste('Họ và tên\tĐơn vị\n"Lê\nÁnh"\tChi bộ 1\nTrần Ba\tChi bộ 2', types, {})
    assert [row.values["recipient_name"] for row in two.rows] == ["Lê Ánh", "Trần Ba"]
    stray = read_paste('Họ và tên\tĐơn vị\n"Lê Ánh\tChi bộ 1\nTrần Ba\tChi bộ 2', types, {})
    assert len(stray.rows) == 2


@pytest.mark.parametrize(
    "text",
    ["", " \n\t\n", "STT\tHọ và tên\n", "\n".join(f"{n}\tLê Ánh {n}" for n in range(MOST_ROWS + 1)),
     "\t".join("x" for _ in range(MOST_COLUMNS + 1))],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence(types, text):
    with pytest.raises(UnreadablePaste) as refusal:
        read_paste(text, types, {})
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("text", ["\x00\t\x00", '"', "\t\t\t\nLê", "=cmd()\t=1+1\n@x\t+1", "‮Lê Ánh\t​\n"])
def test_hostile_text_is_read_or_refused(types, text):
    with suppress(UnreadablePaste):
        read_paste(text, types, {})


# Whom it may mean


@pytest.fixture
def province():
    return make_unit(name="Đảng bộ tỉnh")


@pytest.fixture
def clerk(province):
    return make_staff("clerk", province)


def test_a_name_alone_is_never_sure(province, clerk):
    branch = make_branch(parent=province, name="Chi bộ 3")
    member = make_member(full_name="Phạm Thanh Bình", unit=branch, position="Bí thư")
    namesakes = Namesakes(clerk, date(2020, 5, 1)).load({"Pham Thanh Binh"}, set())
    found = namesakes.candidates("person", "phạm thanh bình")
    assert [one.row for one in found] == [member] and namesakes.sure(found) == ""
    found = namesakes.candidates("person", "Phạm Thanh Bình", "Bí thư", "chi bộ 3")
    assert found[0].fits == ["unit", "position"] and namesakes.sure(found) == f"m{member.pk}"


def test_of_homonyms_the_one_whose_unit_fits_comes_first_and_two_that_fit_are_not_sure(province, clerk):
    here, there = make_branch(parent=province, name="Chi bộ 3"), make_branch(parent=province, name="Chi bộ 4")
    far = make_member(full_name="Lê Ánh", unit=there)
    near = make_member(full_name="Lê Ánh", unit=here)
    namesakes = Namesakes(clerk).load({"Lê Ánh"}, set())
    found = namesakes.candidates("person", "Lê Ánh", "", "Chi bộ 3")
    assert [one.row for one in found] == [near, far] and namesakes.sure(found) == f"m{near.pk}"
    make_member(full_name="Lê Ánh", unit=here)
    namesakes = Namesakes(clerk).load({"Lê Ánh"}, set())
    assert namesakes.sure(namesakes.candidates("person", "Lê Ánh", "", "Chi bộ 3")) == ""


def test_the_unit_of_the_day_of_the_decision_counts(province, clerk):
    old, new = make_branch(parent=province, name="Chi bộ cũ"), make_branch(parent=province, name="Chi bộ mới")
    member = make_member(full_name="Lê Ánh", unit=old, since=date(2010, 1, 1))
    member.transfer_to(new, date(2021, 1, 1))
    namesakes = Namesakes(clerk, date(2020, 5, 1)).load({"Lê Ánh"}, set())
    (one,) = namesakes.candidates("person", "Lê Ánh", "", "Chi bộ cũ")
    assert one.fits == ["unit"] and namesakes.home_of(member) == old


def test_nobody_outside_reach_is_offered_or_found_by_key(clerk):
    foreign = make_member(full_name="Lê Ánh")
    namesakes = Namesakes(clerk).load({"Lê Ánh"}, set(), {f"m{foreign.pk}", f"u{foreign.unit_id}"})
    assert namesakes.candidates("person", "Lê Ánh") == []
    assert namesakes.get(f"m{foreign.pk}") is None and namesakes.get(f"u{foreign.unit_id}") is None
    assert resembling(clerk, "person", "Lê Ánh") == []


def test_units_are_offered_to_collectives_with_the_unit_above(province, clerk):
    above = make_unit(parent=province, name="Đảng bộ xã An Bình")
    branch = make_branch(parent=above, name="Chi bộ thôn 5")
    make_branch(parent=province, name="CHI BỘ THÔN 5")
    make_branch(parent=province, name="Chi bộ thôn 50")
    namesakes = Namesakes(clerk).load({"Chi bộ thôn 5"}, {"Đảng bộ xã An Bình"})
    found = namesakes.candidates("collective", "chi bộ thôn 5", "", "đảng bộ xã an bình")
    assert len(found) == 2 and namesakes.sure(found) == f"u{branch.pk}"
    assert namesakes.unit_called("Đảng bộ xã An Bình") == above and namesakes.unit_called("Chi bộ thôn 5") is None
    assert namesakes.candidates("household", "Chi bộ thôn 5") == []


def test_candidates_tell_what_they_have_already(province, clerk):
    member = make_member(full_name="Lê Ánh", unit=make_branch(parent=province))
    award = make_award(member=member, published=True)
    (one,) = resembling(clerk, "person", "le anh")
    assert one.awards == [f"{award.type.name} (2020)"]


def test_typing_finds_by_parts_of_the_name_and_shows_only_those_of_the_very_name(province, clerk):
    branch = make_branch(parent=province)
    for name in ("Lê Thị Ánh", "Lê Ánh", "Trần Ba"):
        make_member(full_name=name, unit=branch)
    assert {one.row.full_name for one in resembling(clerk, "person", "anh")} == {"Lê Thị Ánh", "Lê Ánh"}
    assert [one.row.full_name for one in resembling(clerk, "person", "lê ánh")] == ["Lê Ánh"]
    assert resembling(clerk, "person", "l") == [] and resembling(clerk, "household", "lê ánh") == []


@pytest.mark.one_database
def test_the_number_of_names_does_not_change_the_number_of_queries(province, clerk, django_assert_max_num_queries):
    branch = make_branch(parent=province)
    names = {f"Lê Ánh {n}" for n in "ABCDEGHIKLMNOPQ"}
    for name in names:
        make_award(member=make_member(full_name=name, unit=branch))
    clerk.paths(clerk.EDITORS)
    with django_assert_max_num_queries(4):
        Namesakes(clerk, date(2020, 5, 1)).load(names, set())


def test_a_link_is_written_as_a_key(province):
    member = make_member(unit=make_branch(parent=province))
    assert key_of(make_award(member=member)) == f"m{member.pk}"
    assert key_of(make_award(collective=province)) == f"u{province.pk}" and key_of(make_award()) == "none"
