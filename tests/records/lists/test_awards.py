"""Rows of a list become awards of one decision: once, under the right type, linked only where nothing is guessed."""

from datetime import date

import pytest

from records.models import Award, Decision
from records.sheet_kinds import AWARDS
from records.sheets.planning import BadSetting
from tests.factories import make_award, make_award_type, make_branch, make_decision, make_member, make_unit
from tests.records.lists.planned import make_layout, make_plan, write

pytestmark = pytest.mark.django_db

HEADER = [
    "STT",
    "Tên gọi",
    "Họ và tên/Tên tập thể",
    "Chức vụ",
    "Đơn vị",
    "Phân loại khen thưởng",
    "Hình thức khen thưởng",
]
TITLE = "(Kèm theo Quyết định số 1632/QĐ-UBND ngày 22/5/2020 của Chủ tịch UBND tỉnh Quảng Bình)"


@pytest.fixture(autouse=True)
def root(db):
    return make_unit(code="GOC", name="Tỉnh ủy")


@pytest.fixture(autouse=True)
def certificate(db):
    """A form of commendation that goes to anybody."""
    return make_award_type(name="Bằng khen tỉnh")


@pytest.fixture(autouse=True)
def flag(db):
    """A title that goes to collectives only."""
    return make_award_type(name="Cờ thi đua của Chính phủ", recipients="collective", legal_basis="Điều 25")


def person(name="Nguyễn Văn An", called=None, position="Giám đốc", unit="Sở Y tế", award="Bằng khen tỉnh"):
    return [None, called, name, position, unit, "Cá nhân", award]


def collective(name="Phòng Tổ chức", unit=None, award="Bằng khen tỉnh"):
    return [None, None, name, None, unit, "Tập thể", award]


def layout_of(*rows, title=TITLE, header=HEADER, name="Danh sách"):
    return make_layout(AWARDS, header, *rows, titles=[title], name=name)


def plan_of(*rows, title=TITLE, header=HEADER, keeper="GOC", mends=None, picks=None, user=None, **settings):
    settings |= {"keeper": keeper} if keeper else {}
    layout = layout_of(*rows, title=title, header=header)
    return make_plan(AWARDS, layout, settings=settings, mends=mends, picks=picks, user=user)


def bring(*rows, **options):
    """Plan and write the rows; returns the plan."""
    plan = plan_of(*rows, **options)
    assert write(plan) == {}
    return plan


def outcomes(plan):
    return plan.outcomes


def reason(plan):
    """What is said of the only row."""
    assert len(plan.rows) == 1
    return plan.words


class TestDecision:
    def test_is_read_from_the_title_and_kept_by_the_root_as_a_draft(self, root):
        bring(collective(), keeper=None)
        decision = Decision.objects.get()
        assert (decision.number, decision.issued_on, decision.unit) == ("1632/QĐ-UBND", date(2020, 5, 22), root)
        assert decision.issuer == "Chủ tịch UBND tỉnh Quảng Bình"
        assert (decision.sequence, decision.unit_path) == (1632, root.path)
        assert decision.published_at is None

    def test_what_the_clerk_sets_stands_over_the_title(self, root):
        keeper = make_unit(code="DV-1X", parent=root)
        settings = {"number": "5-QĐ/TU", "issued_on": "2019-02-03", "issuer": "Ban Thường vụ", "keeper": "DV-1X"}
        bring(collective(), **settings, signed_by="Lê Ánh", subject="Khen")
        decision = Decision.objects.get()
        assert (decision.number, decision.issued_on, decision.issuer) == ("5-QĐ/TU", date(2019, 2, 3), "Ban Thường vụ")
        assert (decision.unit, decision.signed_by, decision.subject) == (keeper, "Lê Ánh", "Khen")

    def test_one_in_the_register_already_is_used_and_left_as_it_is(self):
        known = make_decision(
            number="1632/QĐ-UBND",
            issued_on=date(2020, 5, 22),
            issuer="Chủ tịch Ủy ban nhân dân tỉnh Quảng Bình",
            subject="Cũ",
        )
        plan = bring(collective(), subject="Mới")
        assert Decision.objects.get().subject == "Cũ"
        assert known.awards.count() == 1
        assert plan.rows[0].after["decision_id"] == known.pk
        assert len(plan.notes) == 2

    @pytest.mark.parametrize(
        "other",
        [{"number": "1633/QĐ-UBND"}, {"issued_on": date(2021, 5, 22)}, {"issuer": "Giám đốc Sở Y tế"}],
    )
    def test_a_number_alone_identifies_nothing(self, other):
        facts = {"number": "1632/QĐ-UBND", "issued_on": date(2020, 5, 22), "issuer": "Chủ tịch UBND tỉnh Quảng Bình"}
        make_decision(**facts | other)
        bring(collective())
        assert Decision.objects.count() == 2

    def test_an_irregular_number_is_kept_told_and_found_again(self):
        for _time in range(2):
            plan = bring(collective(), number="2234", issuer="Chủ tịch nước", issued_on="9/9/2014")
            assert len(plan.notes) >= 2
        assert Decision.objects.get().number == "2234"
        assert outcomes(plan) == ["same"]

    def test_two_sheets_of_one_decision_make_one_in_one_order(self):
        layouts = [layout_of(collective("Phòng A")), layout_of(collective("Phòng B"), name="Tiếp")]
        write(make_plan(AWARDS, *layouts))
        awards = Decision.objects.get().awards.order_by("list_position")
        assert list(awards.values_list("recipient_name", "list_position")) == [("Phòng A", 1), ("Phòng B", 2)]

    def test_without_number_date_or_issuer_every_row_is_refused_for_one_reason(self):
        plan = plan_of(collective("A"), collective("B"), title="DANH SÁCH")
        assert outcomes(plan) == ["refused", "refused"]
        assert [group.rows for group in plan.groups] == [2]
        words = plan.groups[0].words
        assert all(name in words for name in ("số quyết định", "ngày quyết định", "cơ quan ban hành")), words

    def test_with_two_roots_the_keeper_must_be_said(self):
        make_unit(code="GOC-2")
        assert plan_of(collective(), keeper=None).codes == [["keeper_missing"]]
        assert outcomes(plan_of(collective(), keeper="GOC-2")) == ["create"]

    def test_a_keeper_that_is_no_more_is_refused(self):
        make_unit(code="CU", dissolved_on=date(2025, 1, 1))
        assert plan_of(collective(), keeper="CU").codes == [["dissolved"]]

    @pytest.mark.parametrize(
        "said",
        [
            {"issued_on": "31/02/2020"},
            {"period_start": "20"},
            {"period_start": "2020", "period_end": "2019"},
            {"type": "Giải không có"},
            {"keeper": "KHONG-CO"},
            {"kind": "mèo"},
        ],
    )
    def test_a_setting_that_cannot_be_used_is_a_sentence(self, said):
        with pytest.raises(BadSetting, match=r"\.$"):
            plan_of(collective(), **said)

    def test_a_number_too_long_for_the_register_is_refused_not_cut(self):
        assert plan_of(collective(), number="9" * 61).codes == [["too_long"]]


class TestAwards:
    def test_are_written_as_printed_and_in_order(self):
        bring(person(called="Ông"), collective("Phòng Kế hoạch", unit="Sở Y tế"))
        first, second = Award.objects.order_by("list_position")
        assert (first.salutation, first.recipient_name, first.recipient_position) == (
            "Ông",
            "Nguyễn Văn An",
            "Giám đốc",
        )
        assert (first.recipient_unit, first.recipient_kind, first.status) == ("Sở Y tế", "person", "active")
        assert (second.recipient_name, second.recipient_kind, second.list_position) == (
            "Phòng Kế hoạch",
            "collective",
            2,
        )
        assert first.decided_on == date(2020, 5, 22)
        assert {first.published_at, second.published_at} == {None}

    def test_each_and_the_decision_has_one_history_row_with_the_reason(self):
        plan = bring(collective("A"), collective("B"))
        for model, count in ((Award, 2), (Decision, 1)):
            rows = model.history.filter(request_id=plan.act_id)
            assert list(rows.values_list("history_type", "history_change_reason")) == [("+", "từ tệp")] * count

    def test_are_found_by_a_name_without_tones(self):
        bring(person())
        assert Award.objects.search("nguyen van an").count() == 1

    def test_their_keys_are_those_that_saving_one_by_one_gives(self):
        bring(person(), collective("Sở Y tế"))
        for award in Award.objects.all():
            before = {name: getattr(award, name) for name in ("search_key", "decided_on", "unit_path")}
            award.prepare()
            assert {name: getattr(award, name) for name in before} == before

    def test_planning_writes_nothing(self):
        plan_of(collective(), person())
        assert (Award.objects.count(), Decision.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("written", "called", "name"),
        [
            ("Ông Nguyễn Văn An", "Ông", "Nguyễn Văn An"),
            ("Thượng tá Lê Ánh", "Thượng tá", "Lê Ánh"),
            ("Đ/c Lê Thị Ánh", "Đ/c", "Lê Thị Ánh"),
        ],
    )
    def test_forms_of_address_come_off_a_persons_name(self, written, called, name):
        bring(person(written))
        assert Award.objects.values_list("salutation", "recipient_name").get() == (called, name)

    def test_they_never_come_off_a_collectives_name(self):
        bring(collective("Bà mẹ Việt Nam anh hùng huyện A"))
        assert Award.objects.get().recipient_name == "Bà mẹ Việt Nam anh hùng huyện A"

    def test_position_and_unit_in_one_column(self):
        header = ["STT", "Họ và tên", "Chức vụ, đơn vị công tác", "Hình thức khen thưởng"]
        bring([1.0, "Ông Lê Ánh", "Phó Giám đốc, Sở Y tế", "Bằng khen tỉnh"], header=header)
        assert Award.objects.values_list("recipient_position", "recipient_unit").get() == ("Phó Giám đốc", "Sở Y tế")

    def test_period_category_and_achievement(self):
        header = [*HEADER, "Phân loại đối tượng", "Giai đoạn", "Thành tích"]
        bring([*person(), "Doanh nhân", "2013 - 2017", "Xuất sắc"], header=header)
        award = Award.objects.get()
        assert (award.period_start, award.period_end, award.recipient_category) == (2013, 2017, "entrepreneur")
        assert award.reason == "Xuất sắc"

    def test_first_and_last_year_in_columns_of_their_own(self):
        bring([*collective(), 2013.0, "2017"], header=[*HEADER, "Từ năm", "Đến năm"])
        assert Award.objects.values_list("period_start", "period_end").get() == (2013, 2017)

    def test_an_unknown_category_is_told_and_left_empty(self):
        plan = bring([*person(), "Phi hành gia"], header=[*HEADER, "Phân loại đối tượng"])
        assert "Phi hành gia" in reason(plan)
        assert Award.objects.get().recipient_category == ""

    def test_the_period_may_be_set_for_the_whole_file(self):
        bring(collective(), period_start="2018", period_end="2022")
        assert Award.objects.values_list("period_start", "period_end").get() == (2018, 2022)

    def test_a_row_that_says_its_own_period_keeps_it(self):
        bring([*collective(), "2019"], header=[*HEADER, "Năm"], period_start="2018", period_end="2022")
        assert Award.objects.values_list("period_start", "period_end").get() == (2019, 2019)

    @pytest.mark.parametrize(("period", "code"), [("năm kia", "bad_period"), ("2020-2019", "bad_period")])
    def test_years_that_are_none_are_refused_with_all_else_that_is_wrong(self, period, code):
        row = [*person("x" * 256, award="Giải Lạ"), period]
        assert set(plan_of(row, header=[*HEADER, "Năm"]).codes[0]) == {code, "type_unknown", "too_long"}

    def test_a_place_in_the_list_of_its_own_column(self):
        header = [*HEADER, "Thứ tự trong danh sách"]
        bring([*collective("A"), 7.0], [*collective("B"), None], header=header)
        assert list(Award.objects.order_by("pk").values_list("list_position", flat=True)) == [7, 2]
        assert plan_of([*collective("C"), "bảy"], header=header).codes == [["not_a_number"]]


class TestKind:
    @pytest.mark.parametrize(
        ("row", "kind"),
        [
            ([None, None, "Phòng A", None, None, "Khen thưởng tập thể", "Bằng khen tỉnh"], "collective"),
            ([None, None, "Lê Ánh", None, None, "Khen thưởng cá nhân", "Bằng khen tỉnh"], "person"),
            ([None, None, "Nhà ông Ba", None, None, "Khen thưởng hộ gia đình", "Bằng khen tỉnh"], "household"),
            ([None, None, "Hộ ông Lê Ánh", None, None, None, "Bằng khen tỉnh"], "household"),
            ([None, "Thượng tá", "Lê Ánh", None, None, None, "Bằng khen tỉnh"], "person"),
            ([None, None, "Bà Lê Thị Ánh", None, None, None, "Bằng khen tỉnh"], "person"),
            ([None, None, "Lê Ánh", "Giám đốc", None, None, "Bằng khen tỉnh"], "person"),
            ([None, None, "Sở Y tế", None, None, None, "Cờ thi đua của Chính phủ"], "collective"),
        ],
    )
    def test_is_told_by_the_row(self, row, kind):
        bring(row)
        assert Award.objects.get().recipient_kind == kind

    def test_is_told_by_the_heading_above(self):
        row = [1.0, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"]
        bring(
            ["I", None, "TẬP THỂ (01)"],
            ["1", None, "Phòng A", None, None, None, "Bằng khen tỉnh"],
            ["II", None, "CÁ NHÂN"],
            row,
        )
        assert list(Award.objects.order_by("list_position").values_list("recipient_kind", flat=True)) == [
            "collective",
            "person",
        ]

    def kind_of(self, layout, **options):
        plan = make_plan(AWARDS, layout, **options)
        assert outcomes(plan) == ["create"]
        return plan.rows[0].after["recipient_kind"]

    def test_is_told_by_the_sheets_name(self):
        layout = layout_of([None, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"], name="Cá nhân")
        assert self.kind_of(layout) == "person"

    def test_is_never_guessed(self):
        assert outcomes(plan_of([None, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"])) == ["refused"]

    def test_is_told_by_a_header_that_names_one(self):
        layout = layout_of([1.0, "Phòng A", "Bằng khen tỉnh"], header=["STT", "Tên tập thể", "Hình thức"])
        assert self.kind_of(layout) == "collective"
        layout = layout_of([1.0, "Phòng A", "Bằng khen tỉnh"], header=["STT", "Họ và tên/Tên tập thể", "Hình thức"])
        assert outcomes(make_plan(AWARDS, layout)) == ["refused"]

    @pytest.mark.parametrize("said", ["person", "Cá nhân"])
    def test_may_be_set_for_the_whole_file(self, said):
        row = [None, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"]
        assert plan_of(row, kind=said).rows[0].after["recipient_kind"] == "person"

    @pytest.mark.parametrize("said", ["person", "collective", "household"])
    def test_may_be_said_for_all_rows_that_leave_it_unclear(self, said):
        rows = [[None, None, name, None, None, None, "Bằng khen tỉnh"] for name in ("Lê Ánh", "Trần Ba")]
        plan = plan_of(*rows)
        (group,) = plan.groups
        assert (group.rows, group.finding.group) == (2, "kind_unclear|kind|")
        mended = plan_of(*rows, mends={group.finding.group: said})
        assert {row.after["recipient_kind"] for row in mended.rows} == {said}

    def test_must_fit_the_award(self):
        plan = plan_of(person(award="Cờ thi đua của Chính phủ"))
        assert outcomes(plan) == ["refused"]
        assert "Điều 25" in reason(plan)


class TestType:
    def test_is_matched_by_name_without_tones_and_by_alias(self, certificate):
        certificate.aliases.create(text="BK UBND tỉnh")
        bring(collective("A", award="BANG KHEN TINH"), collective("B", award="BK UBND tỉnh"))
        assert set(Award.objects.values_list("type", flat=True)) == {certificate.pk}

    def test_an_unknown_one_is_refused_by_name(self):
        plan = plan_of(collective(award="Bằng khen Giám đốc Sở"))
        assert outcomes(plan) == ["refused"]
        assert "Bằng khen Giám đốc Sở" in reason(plan)

    def test_one_mend_says_what_all_rows_of_one_unknown_name_mean(self, certificate):
        rows = [collective("A", award="BK 01"), collective("B", award="BK 01"), collective("C", award="BK 02")]
        plan = plan_of(*rows)
        keys = {group.finding.group: group.rows for group in plan.groups}
        assert keys == {"type_unknown|type|BK 01": 2, "type_unknown|type|BK 02": 1}
        mended = plan_of(*rows, mends={"type_unknown|type|BK 01": "as:Bằng khen tỉnh"})
        assert outcomes(mended) == ["create", "create", "refused"]
        assert mended.rows[0].after["type_id"] == certificate.pk

    def test_a_mend_that_names_no_award_mends_nothing(self):
        mends = {"type_unknown|type|BK 01": "as:Giải Không Có"}
        assert outcomes(plan_of(collective(award="BK 01"), mends=mends)) == ["refused"]

    def test_is_told_by_the_heading_or_the_title_where_the_row_is_silent(self, flag, certificate):
        bring(["I", None, "BẰNG KHEN TỈNH (01)"], ["1", None, "Phòng A", None, None, "Tập thể", None])
        assert Award.objects.get().type == certificate
        named = "DANH SÁCH TẶNG CỜ THI ĐUA CỦA CHÍNH PHỦ"
        assert outcomes(plan_of(collective("Phòng B", award=None), title=named)) == ["refused"]
        layout = make_layout(AWARDS, HEADER, collective("B", award=None), titles=[named, TITLE])
        assert make_plan(AWARDS, layout).rows[0].after["type_id"] == flag.pk

    def test_set_for_the_whole_file(self, flag):
        bring(collective(award=None), type="Cờ thi đua của Chính phủ")
        assert Award.objects.get().type == flag

    def test_a_row_that_names_none_is_refused(self):
        assert outcomes(plan_of(collective(award=None))) == ["refused"]
        mends = {"missing|type|": "as:Bằng khen tỉnh"}
        assert outcomes(plan_of(collective(award=None), mends=mends)) == ["create"]


class TestAgain:
    def test_a_second_time_nothing_is_written(self):
        rows = [person(called="Ông"), collective("Phòng A", unit="Sở"), collective("Phòng A", unit="Chi cục")]
        bring(*rows)
        written = Award.history.count()
        assert outcomes(bring(*rows)) == ["same", "same", "same"]
        assert (Award.objects.count(), Award.history.count(), Decision.history.count()) == (3, written, 1)

    def test_a_different_particular_is_a_change_with_history(self):
        bring(person(position="Phó Giám đốc"))
        plan = bring(person(position="Giám đốc"))
        assert outcomes(plan) == ["change"]
        assert plan.rows[0].shown == [("Chức vụ như quyết định ghi", "Phó Giám đốc", "Giám đốc")]
        assert (plan.rows[0].before, plan.rows[0].after) == (
            {"recipient_position": "Phó Giám đốc"},
            {"recipient_position": "Giám đốc"},
        )
        award = Award.objects.get()
        assert award.recipient_position == "Giám đốc"
        rows = award.history.order_by("pk").values_list("recipient_position", "history_type", "history_change_reason")
        assert list(rows) == [("Phó Giám đốc", "+", "từ tệp"), ("Giám đốc", "~", "từ tệp")]

    def test_an_empty_cell_never_erases(self):
        bring(person(called="Ông"))
        assert outcomes(bring(person(position=None))) == ["same"]
        award = Award.objects.get()
        assert (award.recipient_position, award.salutation) == ("Giám đốc", "Ông")

    def test_a_chosen_word_erases(self):
        header = [*HEADER, "Năm"]
        bring([*person(called="Ông"), "2019"], header=header)
        plan = bring([*person(position="(xoá)", called="(trống)"), "(xóa)"], header=header)
        assert outcomes(plan) == ["change"]
        award = Award.objects.get()
        assert (award.recipient_position, award.salutation, award.period_start, award.period_end) == (
            "",
            "",
            None,
            None,
        )
        assert outcomes(plan_of([*person(position="(xoá)"), "(xóa)"], header=header)) == ["same"]

    def test_a_name_cannot_be_erased(self):
        assert plan_of(collective("(xoá)")).codes[0] == ["missing"]

    def test_a_new_award_has_nothing_to_erase(self):
        bring(person(position="(xoá)"))
        assert Award.objects.get().recipient_position == ""

    def test_a_unit_left_out_the_first_time_is_filled_in(self):
        bring(person(unit=None))
        assert outcomes(bring(person(unit="Sở Y tế"))) == ["change"]
        award = Award.objects.get()
        assert (award.recipient_unit, award.search_key) == ("Sở Y tế", "nguyen van an so y te")
        assert outcomes(bring(person(unit=None))) == ["same"]

    def test_a_name_that_could_be_two_awards_is_not_chosen(self):
        bring(person(unit="Sở Y tế"), person(unit="Sở Tài chính"))
        plan = plan_of(person(unit=None))
        assert outcomes(plan) == ["ambiguous"]
        assert ["Sở Y tế" in one.about for one in plan.rows[0].candidates] == [True, False]

    def test_a_clerk_says_which_of_several_awards_is_meant_or_that_it_is_a_new_one(self):
        bring(person(unit="Sở Y tế"), person(unit="Sở Tài chính"))
        row = person(unit=None, position="Phó Giám đốc")
        (planned,) = plan_of(row).rows
        second = planned.candidates[1].key
        chosen = plan_of(row, picks={planned.key: second})
        assert (outcomes(chosen), chosen.rows[0].target) == (["change"], int(second))
        new = plan_of(row, picks={planned.key: "new"})
        assert outcomes(new) == ["create"]
        assert write(new) == {}
        assert Award.objects.count() == 3

    def test_a_particular_that_only_one_of_several_has_says_which_is_meant(self):
        bring(person(unit="Sở Y tế"), person(unit="Sở Tài chính", position="Phó Giám đốc"))
        assert outcomes(plan_of(person(unit=None, position="Phó Giám đốc"))) == ["same"]

    def test_two_rows_do_not_change_one_award(self):
        bring(person(unit=None))
        assert outcomes(plan_of(person(unit="Sở Y tế"), person(unit="Sở Tài chính"))) == ["change", "ambiguous"]

    def test_other_types_and_other_decisions_are_other_awards(self):
        bring(collective())
        bring(collective(award="Cờ thi đua của Chính phủ"))
        bring(collective(), title=TITLE.replace("1632", "1700"))
        assert Award.objects.count() == 3

    def test_an_award_corrected_since_is_left_as_it_is(self):
        bring(person("Nguyễn Văn Ann"))
        Award.objects.get().correct(make_decision(), "sai tên", recipient_name="Nguyễn Văn An")
        for name in ("Nguyễn Văn Ann", "Nguyễn Văn An"):
            plan = bring(person(name, position="Khác"))
            assert (outcomes(plan), plan.codes) == (["same"], [["left"]])
        assert Award.objects.get().recipient_position == "Giám đốc"

    def test_an_award_revoked_since_does_not_come_back(self):
        bring(collective())
        Award.objects.get().revoke(make_decision(), "gian dối")
        assert outcomes(bring(collective())) == ["same"]
        assert Award.objects.get().status == Award.Status.REVOKED

    def test_the_same_award_by_another_decision_is_told_and_not_in_the_way(self, certificate):
        make_award(recipient_name="Phòng Tổ chức", type=certificate, decision=make_decision(number="9/QĐ-UBND"))
        plan = bring(collective())
        assert (outcomes(plan), plan.codes) == (["create"], [["twin"]])
        assert "9/QĐ-UBND" in plan.words


class TestTwiceInOneList:
    def test_the_same_row_twice_is_one_award_and_told(self):
        plan = bring(collective("Phòng A"), collective("Phòng B"), collective("PHÒNG  A"))
        assert outcomes(plan) == ["create", "create", "same"]
        assert "5" in plan.rows[2].findings[0].words
        assert "3" in plan.rows[2].findings[0].words
        assert Award.objects.count() == 2

    def test_the_same_recipient_with_other_particulars_is_refused(self):
        plan = plan_of(person(position="Giám đốc"), person(position="Phó Giám đốc"))
        assert outcomes(plan) == ["create", "refused"]

    def test_a_clerk_may_say_that_they_are_two_and_then_the_list_is_known_again(self):
        rows = person(position="Giám đốc"), person(position="Phó Giám đốc")
        key = plan_of(*rows).rows[1].key
        bring(*rows, picks={key: "new"})
        assert Award.objects.count() == 2
        assert outcomes(plan_of(*rows)) == ["same", "same"]

    def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one(self):
        plan = plan_of([*person(), "năm kia"], [*person(), "2020"], header=[*HEADER, "Năm"])
        assert outcomes(plan) == ["refused", "create"]


class TestLinks:
    def test_a_collective_is_linked_to_the_one_unit_of_that_name(self):
        unit = make_unit(name="Sở Y tế")
        bring(collective("SỞ Y TẾ"))
        award = Award.objects.get()
        assert (award.collective, award.unit, award.unit_path) == (unit, unit, unit.path)

    def test_the_unit_above_must_agree(self, root):
        above = make_unit(name="Sở Y tế")
        make_unit(name="Phòng Tổ chức", parent=above)
        bring(collective("Phòng Tổ chức", unit="Sở Tài chính"))
        assert Award.objects.get().collective is None
        bring(collective("Phòng Tổ chức", unit="Sở Y tế"))
        assert Award.objects.filter(collective__name="Phòng Tổ chức").count() == 1

    def test_two_units_of_one_name_are_not_guessed_between(self):
        make_unit(name="Phòng Tổ chức")
        make_unit(name="Phòng Tổ chức")
        bring(collective("Phòng Tổ chức"))
        assert Award.objects.get().collective is None

    def test_two_units_of_one_name_are_told_apart_by_the_unit_above(self):
        above = make_unit(name="Sở Y tế")
        meant = make_unit(name="Phòng Tổ chức", parent=above)
        make_unit(name="Phòng Tổ chức")
        bring(collective("Phòng Tổ chức", unit="Sở Y tế"))
        assert Award.objects.get().collective == meant

    def test_a_unit_that_was_not_there_on_the_day_is_not_meant(self):
        make_unit(name="Sở Y tế", established_on=date(2021, 1, 1))
        bring(collective("Sở Y tế"))
        assert Award.objects.get().collective is None

    def test_a_unit_that_is_no_more_but_was_there_on_the_day_is_meant(self):
        unit = make_unit(name="Sở Y tế", dissolved_on=date(2025, 3, 1))
        bring(collective("Sở Y tế"))
        assert Award.objects.get().collective == unit

    def test_a_part_of_a_name_is_no_unit(self):
        make_unit(name="Phòng Kế hoạch")
        bring(collective("Phòng Kế hoạch - Tài chính"))
        assert Award.objects.get().collective is None

    def test_a_person_is_linked_where_one_member_of_the_unit_bears_the_name(self):
        branch = make_branch(name="Chi bộ Một")
        member = make_member(full_name="Nguyễn Văn An", unit=branch)
        make_member(full_name="Nguyễn Văn An", unit=make_branch(name="Chi bộ Hai"))
        bring(person("Ông Nguyễn Văn An", unit="Chi bộ Một"))
        award = Award.objects.get()
        assert (award.member, award.unit) == (member, branch)

    @pytest.mark.parametrize("unit", [None, "Chi bộ Ba"])
    def test_a_person_without_a_known_unit_stays_free_text(self, unit):
        make_member(full_name="Nguyễn Văn An", unit=make_branch(name="Chi bộ Một"))
        bring(person("Nguyễn Văn An", unit=unit))
        assert Award.objects.get().member is None
