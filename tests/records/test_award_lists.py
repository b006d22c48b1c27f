"""Rows of a list become awards of one decision: once, under the right type, linked only where nothing is guessed."""

from datetime import date

import pytest

from records.lists.awards import apply_awards, plan_awards
from records.models import Award, Decision
from records.sheet_kinds import AWARDS
from records.sheets.planning import BadSetting
from records.sheets.recognising import recognise
from tests.factories import make_award, make_award_type, make_branch, make_decision, make_member, make_unit
from tests.records.sheets.making import make_sheet

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
    return recognise(make_sheet([[title], header, *rows], name=name), AWARDS)


def plan_of(*rows, title=TITLE, header=HEADER, unit="GOC", **settings):
    settings |= {"unit": unit} if unit else {}
    return plan_awards([layout_of(*rows, title=title, header=header)], settings)


def bring(*rows, **options):
    """Plan and write the rows; returns the plan."""
    plan = plan_of(*rows, **options)
    assert plan.can_apply, [row.reasons for row in plan.rows]
    apply_awards(plan, "danh_sach.xlsx")
    return plan


def outcomes(plan):
    return [row.outcome.value for row in plan.rows]


def reason(plan):
    """The reasons of the only row."""
    assert len(plan.rows) == 1
    return " ".join(plan.rows[0].reasons)


class TestDecision:
    def test_is_read_from_the_title_and_kept_by_the_root_as_a_draft(self, root):
        bring(collective())
        decision = Decision.objects.get()
        assert (decision.number, decision.issued_on, decision.unit) == ("1632/QĐ-UBND", date(2020, 5, 22), root)
        assert decision.issuer == "Chủ tịch UBND tỉnh Quảng Bình"
        assert decision.published_at is None

    def test_what_the_clerk_sets_stands_over_the_title(self, root):
        keeper = make_unit(code="DV-1X", parent=root)
        settings = {"number": "5-QĐ/TU", "issued_on": "2019-02-03", "issuer": "Ban Thường vụ", "unit": "DV-1X"}
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
        bring(collective(), subject="Mới")
        assert Decision.objects.get().subject == "Cũ"
        assert known.awards.count() == 1

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

    def test_two_sheets_of_one_decision_make_one(self):
        layouts = [layout_of(collective("Phòng A")), layout_of(collective("Phòng B"), name="Tiếp")]
        apply_awards(plan_awards(layouts, {}), "a.xlsx")
        assert Decision.objects.get().awards.count() == 2

    def test_without_number_date_or_issuer_every_row_is_refused_for_one_reason(self):
        plan = plan_of(collective("A"), collective("B"), title="DANH SÁCH")
        assert outcomes(plan) == ["refused", "refused"]
        assert [found.rows for found in plan.reasons] == [2]
        assert all(name in plan.reasons[0].text for name in ("number", "issued_on", "issuer"))

    def test_with_two_roots_the_keeper_must_be_said(self):
        make_unit(code="GOC-2")
        assert "unit" in reason(plan_of(collective(), unit=None))
        assert outcomes(plan_of(collective(), unit="GOC-2")) == ["create"]

    @pytest.mark.parametrize(
        "said",
        [
            {"issued_on": "31/02/2020"},
            {"period_start": "20"},
            {"period_start": "2020", "period_end": "2019"},
            {"type": "Giải không có"},
            {"unit": "KHONG-CO"},
            {"kind": "mèo"},
        ],
    )
    def test_a_setting_that_cannot_be_used_is_a_sentence(self, said):
        with pytest.raises(BadSetting, match=r"\.$"):
            plan_of(collective(), **said)


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

    def test_each_has_a_history_row_that_names_the_file(self):
        bring(collective())
        assert "danh_sach.xlsx" in Award.objects.get().history.get().history_change_reason

    def test_a_very_long_file_name_does_not_break_the_history(self):
        apply_awards(plan_of(collective()), "x" * 250 + ".xlsx")
        assert Award.history.count() == 1

    def test_are_found_by_a_name_without_tones(self):
        bring(person())
        assert Award.objects.search("nguyen van an").count() == 1

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

    def test_an_unknown_category_is_told_and_left_empty(self):
        plan = bring([*person(), "Phi hành gia"], header=[*HEADER, "Phân loại đối tượng"])
        assert "Phi hành gia" in reason(plan)
        assert Award.objects.get().recipient_category == ""

    def test_the_period_may_be_set_for_the_whole_file(self):
        bring(collective(), period_start="2018", period_end="2022")
        assert Award.objects.values_list("period_start", "period_end").get() == (2018, 2022)


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

    def test_is_told_by_the_sheets_name(self):
        layout = layout_of([None, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"], name="Cá nhân")
        assert plan_awards([layout], {}).rows[0].action.recipient_kind == "person"

    def test_is_never_guessed(self):
        assert outcomes(plan_of([None, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"])) == ["refused"]

    def test_is_told_by_a_header_that_names_one(self):
        layout = layout_of([1.0, "Phòng A", "Bằng khen tỉnh"], header=["STT", "Tên tập thể", "Hình thức"])
        assert plan_awards([layout], {}).rows[0].action.recipient_kind == "collective"
        layout = layout_of([1.0, "Phòng A", "Bằng khen tỉnh"], header=["STT", "Họ và tên/Tên tập thể", "Hình thức"])
        assert outcomes(plan_awards([layout], {})) == ["refused"]

    @pytest.mark.parametrize("said", ["person", "Cá nhân"])
    def test_may_be_set_for_the_whole_file(self, said):
        row = [None, None, "Lê Ánh", None, None, None, "Bằng khen tỉnh"]
        assert plan_of(row, kind=said).rows[0].action.recipient_kind == "person"

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

    def test_is_told_by_the_heading_or_the_title_where_the_row_is_silent(self, flag, certificate):
        bring(["I", None, "BẰNG KHEN TỈNH (01)"], ["1", None, "Phòng A", None, None, "Tập thể", None])
        assert Award.objects.get().type == certificate
        title = f"DANH SÁCH TẶNG CỜ THI ĐUA CỦA CHÍNH PHỦ\n{TITLE}"
        assert plan_of(collective("Phòng B", award=None), title=title.split("\n")[0]).rows[0].reasons
        layout = recognise(make_sheet([[title.split("\n")[0]], [TITLE], HEADER, collective("B", award=None)]), AWARDS)
        assert plan_awards([layout], {}).rows[0].action.type == flag

    def test_set_for_the_whole_file(self, flag):
        bring(collective(award=None), type="Cờ thi đua của Chính phủ")
        assert Award.objects.get().type == flag

    def test_a_row_that_names_none_is_refused(self):
        assert outcomes(plan_of(collective(award=None))) == ["refused"]


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
        award = Award.objects.get()
        assert award.recipient_position == "Giám đốc"
        assert [row.recipient_position for row in award.history.order_by("pk")] == ["Phó Giám đốc", "Giám đốc"]

    def test_an_empty_cell_never_erases(self):
        bring(person(called="Ông"))
        assert outcomes(bring(person(position=None))) == ["same"]
        award = Award.objects.get()
        assert (award.recipient_position, award.salutation) == ("Giám đốc", "Ông")

    def test_a_unit_left_out_the_first_time_is_filled_in(self):
        bring(person(unit=None))
        assert outcomes(bring(person(unit="Sở Y tế"))) == ["change"]
        assert Award.objects.get().recipient_unit == "Sở Y tế"
        assert outcomes(bring(person(unit=None))) == ["same"]

    def test_a_name_that_could_be_two_awards_is_not_chosen(self):
        bring(person(unit="Sở Y tế"), person(unit="Sở Tài chính"))
        plan = plan_of(person(unit=None))
        assert outcomes(plan) == ["ambiguous"]
        assert not plan.can_apply

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
            assert outcomes(bring(person(name, position="Khác"))) == ["same"]
        assert Award.objects.get().recipient_position == "Giám đốc"

    def test_an_award_revoked_since_does_not_come_back(self):
        bring(collective())
        Award.objects.get().revoke(make_decision(), "gian dối")
        assert outcomes(bring(collective())) == ["same"]
        assert Award.objects.get().status == Award.Status.REVOKED


class TestTwiceInOneList:
    def test_the_same_row_twice_is_one_award_and_told(self):
        plan = bring(collective("Phòng A"), collective("Phòng B"), collective("PHÒNG  A"))
        assert outcomes(plan) == ["create", "create", "same"]
        assert "5" in plan.rows[2].example
        assert "3" in plan.rows[2].example
        assert Award.objects.count() == 2

    def test_the_same_recipient_with_other_particulars_is_refused(self):
        plan = plan_of(person(position="Giám đốc"), person(position="Phó Giám đốc"))
        assert outcomes(plan) == ["create", "refused"]


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

    def test_a_unit_that_was_not_there_on_the_day_is_not_meant(self):
        make_unit(name="Sở Y tế", established_on=date(2021, 1, 1))
        bring(collective("Sở Y tế"))
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

    def test_two_members_of_one_name_in_the_unit_are_not_guessed_between(self):
        branch = make_branch(name="Chi bộ Một")
        for day in (1, 2):
            make_member(full_name="Nguyễn Văn An", unit=branch, birth_date=date(1970, 1, day))
        bring(person("Nguyễn Văn An", unit="Chi bộ Một"))
        award = Award.objects.get()
        assert (award.member, award.unit) == (None, branch)


@pytest.mark.parametrize(
    "row",
    [
        [1.0, None, None, "Giám đốc", "Sở Y tế", "Cá nhân", "Bằng khen tỉnh"],
        person(name="Lê " * 100),
        person(called="Ông " * 20),
    ],
)
def test_a_row_that_cannot_be_an_award_is_refused(row):
    assert outcomes(plan_of(row)) == ["refused"]


def test_a_period_that_is_none_is_refused():
    plan = plan_of([*person(), "nhiều năm"], header=[*HEADER, "Giai đoạn"])
    assert outcomes(plan) == ["refused"]


@pytest.mark.parametrize("rows", [1, 30])
def test_planning_asks_the_database_no_more_for_a_longer_list(rows, django_assert_max_num_queries):
    layout = layout_of(*[person(f"Nguyễn Văn {chr(65 + n)}") for n in range(rows)])
    with django_assert_max_num_queries(8):
        plan_awards([layout], {})


def test_an_existing_award_entered_by_hand_is_recognised(certificate):
    decision = make_decision(number="1632/QĐ-UBND", issued_on=date(2020, 5, 22), issuer="Chủ tịch UBND tỉnh Quảng Bình")
    make_award(decision=decision, type=certificate, recipient_name="Phòng Tổ chức")
    assert outcomes(plan_of(collective("Phòng Tổ chức"))) == ["same"]
