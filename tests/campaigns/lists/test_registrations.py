"""Lists of registrations against the register: who is meant, what changes, what is refused and why."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaigns.models import Pledge, Registration, Tally
from records.models import Member, Transfer
from tests.campaigns.lists.sending import HEADER, as_csv, codes, outcomes, pick, planned, row_of, sent, undone, written
from tests.factories import (
    make_activity,
    make_award_type,
    make_branch,
    make_campaign,
    make_member,
    make_registration,
    make_staff,
    make_unit,
)
from tests.records.sheets.making import make_xlsx

pytestmark = pytest.mark.django_db
LAMPS, CAMERAS = "Đèn chiếu sáng", "Camera an ninh"
Status = Registration.Status


def listed(*rows):
    return [HEADER, *rows]


def pledges(registration=None):
    rows = Pledge.objects.all() if registration is None else registration.pledges.all()
    return sorted(
        (name, None if amount is None else float(amount), None if done is None else float(done))
        for name, amount, done in rows.values_list("activity__name", "quantity", "done_quantity")
    )


@pytest.fixture
def registered(campaign, member, lamps):
    """The member, registered for three lamps."""
    registration = make_registration(campaign, member)
    Pledge.objects.create(registration=registration, activity=lamps, quantity=3)
    return registration


# New registrations


def test_a_row_registers_a_member(clerk, member, campaign, said):
    batch = sent(clerk, listed(row_of(member, LAMPS, "3")), **said)
    assert outcomes(batch) == ["create"]
    assert not Registration.objects.exists()
    assert written(batch).written == 1
    registration = Registration.objects.get()
    assert (registration.campaign, registration.member, registration.unit) == (campaign, member, member.unit)
    assert (registration.source, registration.status, registration.unit_path) == (
        "sheet",
        "registered",
        member.unit_path,
    )
    assert pledges() == [(LAMPS, 3.0, None)]
    assert Tally.objects.differences() == []
    past = [registration.history.get(), registration.pledges.get().history.get()]
    assert {(row.history_user, row.history_change_reason) for row in past} == {(clerk, "Nhập khẩu từ danh-sach.csv")}


def test_the_same_list_again_changes_nothing(clerk, member, said):
    rows = listed(row_of(member, f"{LAMPS}; {CAMERAS}: 2", done="", rating="Tốt"))
    written(sent(clerk, rows, **said))
    assert outcomes(sent(clerk, rows, **said)) == ["same"]


@pytest.mark.parametrize("name", ["NGUYỄN VĂN ẤN", "nguyễn văn ấn", "NguyÔn V¨n Ên", "NGUYEN VAN AN"])
def test_names_in_capitals_and_in_old_fonts(name, clerk, member, said):
    other = ["2", "TrÇn ThÞ H­¬ng", "1/1/1980", "", "§Ìn chiÕu s¸ng"]
    rows = listed(["1", name, "12/3/1970", "", LAMPS if "ễ" in name or name.isascii() else "§Ìn chiÕu s¸ng"], other)
    batch = sent(clerk, rows, **said)
    assert outcomes(batch)[0] in ("create", "ambiguous")
    assert outcomes(planned(batch, picks=pick(batch, member.pk)))[0] == "create"
    assert batch.rows.first().after["member_id"] == member.pk


def test_a_whole_list_typed_in_tcvn3_capitals(clerk, member, campaign, lamps):
    campaign.title = "Phong trào thi đua thắp sáng đường quê"
    campaign.save()
    title = "Danh s¸ch ®¨ng ký phong trµo th¾p s¸ng ®­êng quª"
    rows = [
        [title],
        ["STT", "Hä vµ tªn", "N¨m sinh", "§¬n vÞ", "Néi dung ®¨ng ký", "Sè l­îng"],
        ["1", "NguyÔn v¨n Ên", "12/3/1970", member.unit.name.replace("Đơn vị", "§¬n vÞ"), "§Ìn chiÕu s¸ng", "3"],
    ]
    batch = sent(clerk, rows)
    assert outcomes(batch) == ["create"]
    assert any("TCVN3" in note for note in batch.notes)
    written(batch)
    assert pledges() == [(LAMPS, 3.0, None)]


def test_nobody_is_entered_into_the_register_by_a_list_of_registrations(clerk, branch, said):
    batch = sent(clerk, listed(["1", "Lê Văn Mới", "1/1/1990", branch.name, LAMPS]), **said)
    assert codes(batch) == [["person_unknown"]]
    batch = planned(batch, picks=pick(batch, "new"), mends={"likely||": "new"})
    assert outcomes(batch) == ["refused"]
    assert not Member.objects.exists()


# Who is meant


def test_a_code_or_a_card_says_who_it_is(clerk, member, said):
    Member.objects.filter(pk=member.pk).update(card_number="00012345")
    header = ["STT", "Mã", "Họ và tên", "Số thẻ", "Nội dung đăng ký"]
    by_code, by_card = ["1", member.public_id, "", "", LAMPS], ["2", "", "Nguyễn Văn Ấn", "00012345", CAMERAS]
    batch = sent(clerk, [header, by_code, by_card], **said)
    assert {row.after["member_id"] for row in batch.rows.all()} == {member.pk}
    assert [row.label for row in batch.rows.order_by("pk")] == ["Nguyễn Văn Ấn", "Nguyễn Văn Ấn"]


def test_a_name_alone_is_asked_with_what_tells_people_apart(clerk, member, said, root):
    twin = make_member(full_name="Nguyễn Văn Ấn", birth_date=date(1991, 5, 6), unit=make_branch(parent=root))
    batch = sent(clerk, [["Họ và tên", "Nội dung"], ["Nguyễn Văn Ấn", LAMPS]], **said)
    assert outcomes(batch) == ["ambiguous"]
    offered = batch.rows.get().candidates
    assert {key for key, *_rest in offered} == {str(member.pk), str(twin.pk)}
    assert {"12/03/1970", "06/05/1991"} <= {
        word.strip(",") for _key, _name, about, _fits in offered for word in about.split()
    }
    picked = planned(batch, picks=pick(batch, twin.pk))
    assert picked.rows.get().after["member_id"] == twin.pk


def test_of_namesakes_one_who_has_left_is_not_offered(clerk, member, said, branch):
    gone = make_member(full_name="Nguyễn Văn Ấn", birth_date=date(1950, 1, 1), unit=branch)
    Member.objects.filter(pk=gone.pk).update(standing="deceased")
    batch = sent(clerk, [["Họ và tên", "Chi bộ", "Nội dung"], ["Nguyễn Văn Ấn", branch.name, LAMPS]], **said)
    assert [candidate[0] for candidate in batch.rows.get().candidates] == [str(member.pk)]
    assert outcomes(planned(batch, mends={"likely||": "take"})) == ["create"]


def test_nothing_is_said_of_people_out_of_reach(clerk, said):
    stranger = make_member(full_name="Hoàng Thị Kín", birth_date=date(1980, 2, 2), position="Bí thư kín")
    header = ["Mã", "Họ và tên", "Ngày sinh", "Nội dung"]
    batch = sent(clerk, [header, ["", "Hoàng Thị Kín", "", LAMPS], [stranger.public_id, "", "", LAMPS]], **said)
    assert codes(batch) == [["person_unknown"], ["out_of_reach"]]
    told = str(list(batch.rows.values_list("findings", "candidates", "shown")))
    assert "Bí thư kín" not in told and stranger.unit.name not in told and "1980" not in told


def test_who_is_attached_for_a_time_registers_at_the_host(root, member, said):
    host = make_branch(parent=root)
    member.attach_to(host, date(2021, 1, 1))
    rows = listed(["1", member.full_name, "12/3/1970", host.name, LAMPS])
    batch = sent(make_staff("clerk", host), rows, **said)
    assert outcomes(batch) == ["create"]
    written(batch)
    assert Registration.objects.get().unit == host
    assert Tally.objects.differences() == []


def test_the_own_unit_does_not_register_who_is_away(root, branch, member, said):
    member.attach_to(make_branch(parent=root), date(2021, 1, 1))
    batch = sent(make_staff("clerk", branch), listed(row_of(member, LAMPS)), **said)
    assert codes(batch) == [["out_of_reach"]]


@pytest.mark.parametrize("standing", ["exempt", "left", "expelled", "deceased"])
def test_who_takes_no_part_is_refused_with_the_reason(standing, clerk, member, said):
    Member.objects.filter(pk=member.pk).update(standing=standing)
    batch = sent(clerk, listed(row_of(member, LAMPS)), **said)
    assert codes(batch) == [["not_active"]]


def test_a_unit_that_the_campaign_does_not_concern(clerk, root, member, lamps):
    campaign = make_campaign(scope=make_branch(parent=root), launched_by=root)
    make_activity(campaign, name=LAMPS)
    batch = sent(clerk, listed(row_of(member, LAMPS)), fixed={"campaign": campaign.slug})
    assert codes(batch) == [["out_of_scope"]]


def test_a_viewer_writes_nothing(root, member, said):
    batch = sent(make_staff("viewer", root), listed(row_of(member, LAMPS)), **said)
    assert outcomes(batch) == ["refused"]


# Which campaign, and when


def test_the_campaign_is_found_by_the_title_of_the_list(clerk, root, member, campaign, activities):
    campaign.title = "Phong trào thi đua “Thắp sáng đường quê” năm 2026"
    campaign.save()
    make_campaign(scope=root, title="Thắp sáng đường quê")
    rows = [["DANH SÁCH ĐĂNG KÝ PHONG TRÀO"], ["“THẮP SÁNG ĐƯỜNG QUÊ” NĂM 2026"], *listed(row_of(member, LAMPS))]
    batch = sent(clerk, rows)
    assert outcomes(batch) == ["create"]
    assert batch.rows.get().after["campaign_id"] == campaign.pk
    assert any(campaign.title in note for note in batch.notes)


def test_without_a_title_the_campaign_is_asked_for(clerk, member, campaign, activities):
    batch = sent(clerk, listed(row_of(member, LAMPS)))
    assert (batch.status, batch.error) == ("mapping", "Hãy chọn phong trào của danh sách này.")
    assert outcomes(planned(batch, "mapping", fixed={"campaign": campaign.slug})) == ["create"]


def test_a_title_that_two_campaigns_bear_is_asked_about(clerk, root, member):
    for title in ("Dân vận khéo", "Phong trào Dân vận khéo"):
        make_campaign(scope=root, title=title)
    assert "Phong trào Dân vận khéo; Dân vận khéo" in sent(clerk, [["DÂN VẬN KHÉO"], *listed(row_of(member))]).error


def test_a_campaign_out_of_sight_is_none(clerk, member):
    hidden = make_campaign(scope=make_unit())
    batch = sent(clerk, listed(row_of(member, LAMPS)), fixed={"campaign": hidden.slug})
    assert hidden.slug in batch.error and hidden.title not in batch.error


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled", "reviewing"])
def test_a_campaign_that_is_not_under_way_registers_nobody(status, root, member, said, campaign):
    type(campaign).objects.filter(pk=campaign.pk).update(status=status)
    batch = sent(make_staff("clerk", root), listed(row_of(member, LAMPS)), **said)
    assert codes(batch) == [["shut"]]


def test_under_review_results_are_entered_and_nothing_is_chosen(clerk, registered, said, campaign):
    type(campaign).objects.filter(pk=campaign.pk).update(status="reviewing")
    member = registered.member
    done, more = row_of(member, LAMPS, done="2", rating="Khá"), row_of(member, CAMERAS)
    assert outcomes(sent(clerk, listed(done), **said)) == ["change"]
    assert codes(sent(clerk, listed(more), **said)) == [["shut"]]
    assert codes(sent(clerk, listed(row_of(member, LAMPS, "5")), **said)) == [["shut"]]


def test_a_closed_campaign_still_reads_back_as_the_same(clerk, registered, said, campaign):
    campaign.close()
    assert outcomes(sent(clerk, listed(row_of(registered.member, LAMPS, "3")), **said)) == ["same"]


def test_late_lists_are_asked_about_once_for_all(clerk, member, said, campaign):
    type(campaign).objects.filter(pk=campaign.pk).update(
        registration_from=date(2021, 1, 1), registration_to=date(2021, 2, 1)
    )
    rows = [[*HEADER, "Ngày đăng ký"], [*row_of(member, LAMPS), "20/01/2021"]]
    assert outcomes(sent(clerk, rows, **said)) == ["create"]
    batch = sent(clerk, listed(row_of(member, LAMPS)), **said)
    assert codes(batch) == [["late"]]
    assert outcomes(planned(batch, mends={"late|registered|": "enter"})) == ["create"]


def test_a_day_still_to_come_is_asked_about(clerk, member, said):
    batch = sent(clerk, [[*HEADER, "Ngày đăng ký"], [*row_of(member, LAMPS), "01/01/2099"]], **said)
    assert codes(batch) == [["to_come"]]
    planned(batch, mends={"to_come|registered|": "empty"})
    assert batch.rows.get().after["registered_on"] == timezone.localdate().isoformat()


def test_a_day_for_the_whole_file_is_for_those_it_registers(clerk, registered, said, branch):
    new = make_member(unit=branch)
    fixed = said["fixed"] | {"registered": "05/03/2021"}
    batch = sent(clerk, listed(row_of(registered.member, LAMPS), row_of(new, LAMPS)), fixed=fixed)
    assert outcomes(batch) == ["same", "create"]
    written(batch)
    assert new.registrations.get().registered_on == date(2021, 3, 5)


# Changes


def test_what_is_new_is_added_and_shown_field_by_field(clerk, registered, said):
    make_award_type(name="Chiến sĩ thi đua cơ sở")
    header = [*HEADER, "Danh hiệu đăng ký", "Lời đăng ký"]
    row = [*row_of(registered.member, f"{LAMPS}: 5; {CAMERAS}", rating="Tốt"), "Chiến sĩ thi đua cơ sở", "Xin góp sức"]
    batch = sent(clerk, [header, row], **said)
    assert outcomes(batch) == ["change"]
    assert {tuple(line) for line in batch.rows.get().shown} == {
        (LAMPS, "3 bóng đèn", "5 bóng đèn"),
        (CAMERAS, "–", "✓"),
        ("Tình trạng", "Đã đăng ký", "Đã có kết quả"),
        ("Xếp loại", "–", "Hoàn thành tốt"),
        ("Danh hiệu đăng ký", "–", "Chiến sĩ thi đua cơ sở"),
        ("Lời đăng ký của đảng viên", "–", "Xin góp sức"),
    }
    written(batch)
    registered.refresh_from_db()
    assert (registered.status, registered.rating, registered.own_words) == ("done", "good", "Xin góp sức")
    assert pledges() == [(CAMERAS, None, None), (LAMPS, 5.0, None)]
    assert Tally.objects.differences() == []
    assert registered.history.first().history_change_reason == "Nhập khẩu từ danh-sach.csv"
    assert outcomes(sent(clerk, [header, row], **said)) == ["same"]


def test_an_empty_cell_erases_nothing_and_a_word_does(clerk, registered, said):
    registered.own_words = "Xin góp sức"
    registered.save()
    header, who = ["Họ và tên", "Ngày sinh", "Chi bộ", LAMPS, "Lời đăng ký"], row_of(registered.member)[1:4]
    assert outcomes(sent(clerk, [header, [*who, "", ""]], **said)) == ["same"]
    batch = sent(clerk, [header, [*who, "(xoá)", "(xoá)"]], **said)
    assert outcomes(batch) == ["change"]
    written(batch)
    registered.refresh_from_db()
    assert (pledges(), registered.own_words, registered.status) == ([], "", "registered")
    assert undone(batch) == []
    registered.refresh_from_db()
    assert (pledges(), registered.own_words) == ([(LAMPS, 3.0, None)], "Xin góp sức")


def test_a_choice_with_a_result_is_not_taken_out(clerk, registered, said):
    Pledge.objects.update(done_quantity=1)
    rows = [["Họ và tên", "Ngày sinh", "Chi bộ", LAMPS], [*row_of(registered.member)[1:4], "(xoá)"]]
    assert codes(sent(clerk, rows, **said)) == [["has_result"]]


def test_nobody_is_withdrawn_because_a_list_is_silent(clerk, registered, said, branch):
    batch = sent(clerk, listed(row_of(make_member(unit=branch), LAMPS)), **said)
    written(batch)
    registered.refresh_from_db()
    assert (registered.status, pledges(registered)) == ("registered", [(LAMPS, 3.0, None)])


def test_who_withdrew_is_registered_again_by_the_clerk_alone(clerk, registered, said):
    registered.withdraw("ốm dài ngày")
    batch = sent(clerk, listed(row_of(registered.member, LAMPS, "2")), **said)
    assert (outcomes(batch), codes(batch)) == (["ambiguous"], [["withdrawn"]])
    ((key, _label, about, _fits),) = batch.rows.get().candidates
    assert "ốm dài ngày" in about
    assert outcomes(planned(batch, picks=pick(batch, key))) == ["change"]
    assert outcomes(planned(batch, picks={}, mends={"withdrawn|status|": "again"})) == ["change"]
    written(batch)
    registered.refresh_from_db()
    assert (registered.status, registered.withdrawn_reason) == ("registered", "")
    assert Tally.objects.differences() == []
    assert undone(batch) == []
    registered.refresh_from_db()
    assert (registered.status, registered.withdrawn_reason) == ("withdrawn", "ốm dài ngày")
    assert Tally.objects.differences() == []


def test_a_list_confirms_what_a_member_sent(clerk, member, said, campaign):
    registration = make_registration(campaign, member, status=Status.PENDING)
    written(sent(clerk, listed(row_of(member, LAMPS)), **said))
    registration.refresh_from_db()
    assert registration.status == "registered"
    assert Tally.objects.differences() == []


def test_a_list_behind_the_register_takes_nothing_back(clerk, registered, said):
    registered.finish("good")
    rows = [[*HEADER, "Trạng thái"], [*row_of(registered.member, LAMPS), "Đã đăng ký"]]
    batch = sent(clerk, rows, **said)
    assert codes(batch) == [["status_back"]]
    assert outcomes(planned(batch, mends={"status_back|status|": "empty"})) == ["same"]


def test_once_the_result_is_entered_the_choices_stay(clerk, registered, said):
    registered.finish()
    assert codes(sent(clerk, listed(row_of(registered.member, CAMERAS)), **said)) == [["settled"]]
    assert outcomes(sent(clerk, listed(row_of(registered.member, LAMPS, done="3", rating="Tốt")), **said)) == ["change"]


def test_a_registration_elsewhere_is_not_told(root, registered, said):
    away = make_branch(parent=root)
    registered.member.transfer_to(away, date(2022, 1, 1))
    member = Member.objects.select_related("unit").get()
    batch = sent(make_staff("clerk", away), listed(row_of(member, CAMERAS)), **said)
    assert codes(batch) == [["out_of_reach"]]
    assert registered.unit.name not in str(batch.rows.get().findings)
    assert not Transfer.objects.exists()


# Several rows about one


def test_rows_about_one_member_make_one_registration(clerk, member, said):
    rows = listed(row_of(member, LAMPS, "3"), row_of(member, CAMERAS, "1", done="1"), row_of(member, LAMPS, "3"))
    batch = sent(clerk, rows, **said)
    assert outcomes(batch) == ["create", "create", "same"]
    assert codes(batch) == [[], [], ["said_twice"]]
    written(batch)
    assert pledges(Registration.objects.get()) == [(CAMERAS, 1.0, 1.0), (LAMPS, 3.0, None)]
    assert Tally.objects.differences() == []
    assert undone(batch) == []
    assert not Registration.objects.exists()


def test_rows_about_one_registration_build_on_each_other(clerk, registered, said):
    member = registered.member
    rows = listed(row_of(member, CAMERAS, "2"), row_of(member, CAMERAS, done="2"), row_of(member, rating="Tốt"))
    batch = sent(clerk, rows, **said)
    assert outcomes(batch) == ["change"] * 3
    assert written(batch).conflicts == 0
    assert pledges() == [(CAMERAS, 2.0, 2.0), (LAMPS, 3.0, None)]
    assert undone(batch) == []
    assert pledges() == [(LAMPS, 3.0, None)]


def test_rows_that_contradict_each_other_are_refused(clerk, member, said):
    batch = sent(clerk, listed(row_of(member, LAMPS, "3"), row_of(member, LAMPS, "4")), **said)
    assert codes(batch) == [[], ["twice"]]


# Rows that choose nothing


def test_in_a_list_of_all_members_who_chose_nothing_is_passed_over(clerk, member, said, branch):
    rows = [["Họ và tên", "Ngày sinh", "Chi bộ", LAMPS, CAMERAS]]
    rows += [[*row_of(one)[1:4], mark, ""] for one, mark in ((member, "x"), (make_member(unit=branch), ""))]
    batch = sent(clerk, rows, **said)
    assert (outcomes(batch), codes(batch)) == (["create", "same"], [[], ["nothing_chosen"]])


def test_a_list_of_names_is_asked_what_was_chosen(clerk, member, said):
    batch = sent(clerk, [["Họ và tên", "Ngày sinh", "Chi bộ"], row_of(member)[1:4]], **said)
    assert codes(batch) == [["no_activity"]]
    assert outcomes(planned(batch, mends={"no_activity|content|": "register"})) == ["create"]
    assert outcomes(planned(batch, mends={}, fixed=said["fixed"] | {"content": LAMPS})) == ["create"]
    written(batch)
    assert pledges() == [(LAMPS, None, None)]


def test_a_result_of_somebody_not_registered(clerk, member, said):
    rows = [["Họ và tên", "Ngày sinh", "Chi bộ", "Xếp loại"], [*row_of(member)[1:4], "Tốt"]]
    assert codes(sent(clerk, rows, **said)) == [["not_registered"]]


# As elderly secretaries make them


def test_a_workbook_with_titles_merged_cells_groups_and_a_signature(
    tmp_path, clerk, campaign, activities, member, branch
):
    campaign.title = "Phong trào thi đua “Thắp sáng đường quê”"
    campaign.save()
    second = make_member(full_name="Trần Thị Bình", birth_date=date(1958, 1, 1), birth_precision="year", unit=branch)
    rows = [
        ["ĐẢNG BỘ XÃ", None, None, None, "ĐẢNG CỘNG SẢN VIỆT NAM"],
        [],
        ["DANH SÁCH ĐĂNG KÝ THAM GIA PHONG TRÀO THI ĐUA"],
        ["“THẮP SÁNG ĐƯỜNG QUÊ”"],
        ["TT", "HỌ VÀ TÊN", "NĂM SINH", "NỘI DUNG ĐĂNG KÝ", "SỐ LƯỢNG", "ĐƠN VỊ TÍNH"],
        [f"I. {branch.name.upper()}"],
        [1, "NGUYỄN VĂN ẤN", date(1970, 3, 12), "ĐÈN CHIẾU SÁNG", 3, "bóng"],
        [None, None, None, "CAMERA AN NINH", 1, "chiếc"],
        [2, "TRẦN THỊ BÌNH", 1958, "DỌN VỆ SINH,\nTHU GOM RÁC", None, None],
        ["Tổng cộng: 02 đảng viên"],
        [None, None, None, "Ngày 12 tháng 3 năm 2026"],
        [None, None, None, "BÍ THƯ CHI BỘ"],
    ]
    merges = ["A3:F3", "A4:F4", "A6:F6", "A7:A8", "B7:B8", "C7:C8"]
    path = make_xlsx(tmp_path / "dang ky.xlsx", rows, merges=merges)
    batch = sent(clerk, path.read_bytes(), "dang ky.xlsx")
    assert outcomes(batch) == ["create"] * 3
    assert written(batch).conflicts == 0
    assert pledges(member.registrations.get()) == [(CAMERAS, 1.0, None), (LAMPS, 3.0, None)]
    assert pledges(second.registrations.get()) == [("Dọn vệ sinh, thu gom rác", None, None)]


def test_the_command_takes_the_same_lists(tmp_path, campaign, member, lamps):
    path = tmp_path / "ds.csv"
    path.write_bytes(as_csv([["Họ và tên", "Ngày sinh", "Chi bộ", "Thắp sáng"], [*row_of(member)[1:4], "x"]]))
    out = StringIO()
    mapped = ["--set", f"campaign={campaign.slug}", "--map", f"Thắp sáng=activity:{lamps.pk}"]
    call_command("import_sheet", "registrations", str(path), *mapped, "--apply", stdout=out)
    assert pledges() == [(LAMPS, None, None)]
    assert LAMPS in out.getvalue()
