"""Awards told by code, decisions by columns, people by card: what goes out comes in as it was, within one's reach."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from records.lists.award_rows import CATEGORY_WORDS, KIND_WORDS
from records.models import Award, Decision, Member, Unit
from records.sheet_kinds import AWARDS
from records.sheets.guarding import guard_mark
from records.sheets.planning import BadSetting
from tests.factories import (
    make_award,
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_unit,
)
from tests.records.lists.planned import dump, make_layout, make_plan, undo, write

pytestmark = pytest.mark.django_db

DAY = date(2020, 5, 22)
ISSUER = "Chủ tịch Ủy ban nhân dân huyện Một"
EXPORT = [
    "Mã khen thưởng", "Tên gọi", "Họ và tên/Tên tập thể", "Chức vụ", "Đơn vị", "Phân loại khen thưởng",
    "Hình thức khen thưởng", "Năm", "Thành tích", "Số quyết định", "Ngày quyết định", "Cơ quan ban hành",
    "Thứ tự trong danh sách", "Phân loại đối tượng",
]  # fmt: skip
MANY = [
    "Họ và tên/Tên tập thể",
    "Phân loại khen thưởng",
    "Hình thức",
    "Số quyết định",
    "Ngày quyết định",
    "Cơ quan ban hành",
]


@pytest.fixture(autouse=True)
def root(db):
    return make_unit(code="GOC", name="Tỉnh ủy")


@pytest.fixture(autouse=True)
def certificate(db):
    return make_award_type(name="Bằng khen tỉnh")


@pytest.fixture
def own(root):
    """The unit where the clerk is posted."""
    return make_unit(code="H1", name="Huyện ủy Một", parent=root)


@pytest.fixture
def clerk(own):
    return make_staff("clerk", own)


def first_word(words, value):
    return next((word for word, meant in words.items() if meant == value), "")


def exported(award):
    """An award as an export writes it."""
    years = [str(year) for year in dict.fromkeys((award.period_start, award.period_end)) if year]
    decision = award.decision
    cells = [
        award.public_id, award.salutation, award.recipient_name, award.recipient_position, award.recipient_unit,
        first_word(KIND_WORDS, award.recipient_kind), award.type.name, " - ".join(years), award.reason,
        decision.number, decision.issued_on, decision.issuer, float(award.list_position),
        first_word(CATEGORY_WORDS, award.recipient_category),
    ]  # fmt: skip
    return [guard_mark(cell) if isinstance(cell, str) else cell for cell in cells]


def plan_of(*rows, header=EXPORT, titles=(), **options):
    return make_plan(AWARDS, make_layout(AWARDS, header, *rows, titles=titles), **options)


def decided(name="Lê Ánh", number="7/QĐ-UBND", day="22/05/2020", issuer=ISSUER, kind="Cá nhân"):
    return [name, kind, "Bằng khen tỉnh", number, day, issuer]


class TestCode:
    @pytest.fixture
    def award(self, certificate):
        return make_award(
            type=certificate, recipient_kind="person", recipient_name="Bà Triệu Thị Ba, cán bộ", salutation="",
            recipient_position="Giám đốc", recipient_unit="Sở  Y tế", reason="Dòng một\ndòng hai", period_start=2015,
            period_end=2019, recipient_category="other", list_position=4,
        )  # fmt: skip

    def test_what_was_exported_is_the_same(self, award):
        assert plan_of(exported(award)).outcomes == ["same"]

    @pytest.mark.parametrize("name", ["salutation", "recipient_name", "reason"])
    def test_so_is_a_text_that_happens_to_be_the_word_that_erases(self, award, name):
        Award.objects.update(**{name: "(none)"})
        award.refresh_from_db()
        assert plan_of(exported(award)).outcomes == ["same"]

    @pytest.mark.parametrize(("start", "end"), [(2015, None), (None, 2019), (2015, 2015), (None, None)])
    def test_years_that_are_known_in_part_are_the_same(self, award, start, end):
        Award.objects.update(period_start=start, period_end=end)
        award.refresh_from_db()
        assert plan_of(exported(award)).outcomes == ["same"]

    @pytest.mark.parametrize(
        ("column", "cell", "changed"),
        [
            (1, "Bà", {"salutation": "Bà"}),
            (2, "Triệu Thị Ba", {"recipient_name": "Triệu Thị Ba"}),
            (3, "(xoá)", {"recipient_position": ""}),
            (4, "Sở Tài chính", {"recipient_unit": "Sở Tài chính"}),
            (5, "Tập thể", {"recipient_kind": "collective"}),
            (7, "2016", {"period_start": 2016, "period_end": 2016}),
            (8, "Xuất sắc", {"reason": "Xuất sắc"}),
            (12, 5.0, {"list_position": 5}),
            (13, "Doanh nhân", {"recipient_category": "entrepreneur"}),
        ],
    )
    def test_an_edited_cell_is_exactly_that_change(self, award, column, cell, changed):
        row = exported(award)
        row[column] = cell
        plan = plan_of(row)
        assert (plan.outcomes, plan.rows[0].after) == (["change"], changed)
        assert write(plan) == {}
        award.refresh_from_db()
        assert {name: getattr(award, name) for name in changed} == changed
        assert award.search_key == award.recipient_key()
        assert plan_of(exported(award)).outcomes == ["same"]

    def test_another_type_is_a_change_told_by_name(self, award):
        other = make_award_type(name="Giấy khen")
        row = exported(award)
        row[6] = "Giấy khen"
        plan = plan_of(row)
        assert plan.rows[0].after == {"type_id": other.pk}
        assert plan.rows[0].shown[0][1:] == ("Bằng khen tỉnh", "Giấy khen")

    def test_the_code_as_printed_on_paper_will_do_and_other_columns_may_be_missing(self, award):
        plan = plan_of([award.short_code, "Triệu Thị Ba"], header=["Mã", "Họ và tên"])
        assert plan.rows[0].after == {"recipient_name": "Triệu Thị Ba"}

    @pytest.mark.parametrize(("column", "cell"), [(9, "8/QĐ-TTG"), (10, date(2021, 1, 1)), (11, "Thủ tướng")])
    def test_an_award_does_not_move_to_another_decision(self, award, column, cell):
        row = exported(award)
        row[column] = cell
        assert plan_of(row).codes == [["other_decision"]]

    def test_the_kind_of_one_linked_to_the_register_is_not_changed_by_a_list(self):
        award = make_award(member=make_member(), type=make_award_type())
        row = exported(award)
        row[5] = "Tập thể"
        assert plan_of(row).codes == [["linked"]]

    def test_a_code_nobody_has_is_refused_and_may_be_passed_over(self):
        row = ["zzzz0000", *decided()]
        header = ["Mã", *MANY]
        plan = plan_of(row, header=header)
        assert plan.codes == [["code_unknown"]]
        assert plan_of(row, header=header, mends={"code_unknown|code|": "empty"}).outcomes == ["create"]

    def test_two_rows_of_one_code_are_one_or_refused(self, award):
        changed = exported(award)
        changed[8] = "Khác"
        assert plan_of(exported(award), exported(award)).outcomes == ["same", "same"]
        assert plan_of(exported(award), changed).outcomes == ["same", "refused"]

    def test_a_corrected_one_stays_as_it_is(self, award):
        award.correct(make_decision(), "sai", recipient_position="Phó Giám đốc")
        row = exported(award)
        row[8] = "Khác"
        assert (plan_of(row).outcomes, plan_of(row).codes) == (["same"], [["left"]])


class TestDecisionsByColumn:
    def test_one_sheet_holds_awards_of_many_decisions(self, root):
        known = make_decision(number="7/QĐ-UBND", issued_on=DAY, issuer="Chủ tịch UBND huyện Một", unit=root)
        rows = [decided("A B"), decided("C D", "8/QĐ-UBND"), decided("E F", "8/QĐ-UBND"), decided("G H", day="5/2021")]
        plan = plan_of(*rows, header=MANY)
        assert write(plan) == {}
        assert [d.awards.count() for d in Decision.objects.order_by("issued_on", "number")] == [1, 2, 1]
        assert known.awards.get().recipient_name == "A B"
        new = Decision.objects.get(number="8/QĐ-UBND")
        assert list(new.awards.order_by("list_position").values_list("list_position", flat=True)) == [1, 2]
        late = Decision.objects.get(issued_on=date(2021, 5, 1))
        assert (late.issued_precision, late.unit) == ("month", root)
        assert "3" in plan.notes[-1] and "2" in plan.notes[-1]
        assert plan_of(*rows, header=MANY).outcomes == ["same"] * 4

    def test_number_and_day_in_one_cell(self):
        row = ["Lê Ánh", "Cá nhân", "Bằng khen tỉnh", "1632/QĐ-UBND ngày 22/5/2020", ISSUER]
        header = [*MANY[:3], "Quyết định", "Cơ quan ban hành"]
        write(plan_of(row, header=header))
        decision = Decision.objects.get()
        assert (decision.number, decision.issued_on) == ("1632/QĐ-UBND", DAY)

    def test_signer_and_subject_are_kept_with_a_new_decision(self):
        header = [*MANY, "Người ký", "Chức vụ người ký", "Trích yếu"]
        write(plan_of([*decided(), "Trần Ba", "Phó Chủ tịch", "Khen thưởng năm 2020"], header=header))
        decision = Decision.objects.get()
        assert (decision.signed_by, decision.signer_position) == ("Trần Ba", "Phó Chủ tịch")
        assert decision.subject == "Khen thưởng năm 2020"

    def test_what_a_row_leaves_out_is_said_for_all_rows(self):
        rows = [decided(issuer=None), decided("C D", number=None)]
        said = {"number": "9/QĐ-UBND", "issuer": ISSUER}
        plan = plan_of(*rows, header=MANY, settings=said)
        assert plan.outcomes == ["create", "create"]
        assert [row.after["decision"]["number"] for row in plan.rows] == ["7/QĐ-UBND", "9/QĐ-UBND"]

    def test_the_titles_date_is_not_that_of_another_number(self):
        title = "(Kèm theo Quyết định số 1632/QĐ-UBND ngày 22/5/2020 của Chủ tịch UBND huyện Một)"
        rows = [["Lê Ánh", "Cá nhân", "Bằng khen tỉnh", number] for number in ("7/QĐ-UBND", "1632/QĐ-UBND")]
        plan = plan_of(*rows, header=MANY[:4], titles=[title])
        assert plan.outcomes == ["refused", "create"]

    @pytest.mark.parametrize("day", ["31/02/2020", "hôm qua"])
    def test_a_day_that_never_was_is_refused(self, day):
        assert plan_of(decided(day=day), header=MANY).outcomes == ["refused"]


class TestPeople:
    @pytest.fixture
    def branch(self, own):
        return make_branch(name="Chi bộ Một", parent=own)

    @pytest.fixture
    def member(self, branch):
        return make_member(full_name="Lê Ánh", unit=branch, card_number="00012345", position="Bí thư")

    def by_card(self, name="Lê Ánh", card="000 12345", header="Số thẻ", **options):
        return plan_of([*decided(name), card], header=[*MANY, header], **options)

    def test_a_card_number_says_who_it_is(self, member, branch):
        assert write(self.by_card()) == {}
        award = Award.objects.get()
        assert (award.member, award.unit, award.unit_path) == (member, branch, branch.path)

    def test_so_does_the_members_code_in_either_column(self, member):
        for header in ("Mã đảng viên", "Mã"):
            plan = self.by_card(card=member.public_id, header=header)
            assert plan.rows[0].after["member_id"] == member.pk

    def test_the_unit_is_where_the_person_belonged_on_the_day(self, member, branch, own):
        member.transfer_to(make_branch(name="Chi bộ Hai", parent=own), date(2022, 1, 1))
        assert self.by_card().rows[0].after["unit_id"] == branch.pk

    def test_the_card_number_is_kept_nowhere(self, member):
        (row,) = self.by_card().rows
        assert "12345" not in str(row.after)

    def test_a_card_of_somebody_else_is_refused_and_may_be_passed_over(self, member):
        plan = self.by_card("Trần Ba")
        assert plan.codes == [["other_person"]]
        mended = self.by_card("Trần Ba", mends={"other_person|card|": "empty"})
        assert mended.outcomes == ["create"] and "member_id" not in mended.rows[0].after

    def test_a_card_nobody_has_is_told_and_not_in_the_way(self):
        plan = self.by_card()
        assert (plan.outcomes, plan.codes) == (["create"], [["nobody"]])

    def test_an_award_entered_without_a_link_is_linked_later(self, member):
        write(plan_of(decided(), header=MANY))
        plan = self.by_card()
        assert plan.rows[0].after == {"member_id": member.pk, "unit_id": member.unit_id}
        assert plan.rows[0].shown[0][2] == "Lê Ánh"
        assert write(plan) == {}
        assert Award.objects.get().unit_path == member.unit.path
        assert self.by_card().outcomes == ["same"]

    def test_two_people_of_one_name_are_told_apart_by_their_cards(self, member, branch):
        make_member(full_name="Lê Ánh", unit=branch, card_number="777")
        rows = [[*decided(), "00012345"], [*decided(), "777"]]
        write(plan_of(*rows, header=[*MANY, "Số thẻ"]))
        assert Award.objects.values("member").distinct().count() == 2
        assert plan_of(*rows, header=[*MANY, "Số thẻ"]).outcomes == ["same", "same"]

    def test_people_of_one_name_in_one_unit_are_asked_about(self, member, branch):
        other = make_member(full_name="Lê Ánh", unit=branch, birth_date=date(1985, 3, 4), position="")
        row = [*decided(), "Chi bộ Một", "Bí thư"]
        header = [*MANY, "Đơn vị", "Chức vụ"]
        plan = plan_of(row, header=header)
        assert (plan.outcomes, plan.codes) == (["ambiguous"], [["several_members"]])
        told = {one.key: one for one in plan.rows[0].candidates}
        assert "1985" in told[f"m{other.pk}"].about
        assert "Chi bộ Một" in told[f"m{other.pk}"].about
        assert len(told[f"m{member.pk}"].fits) == 3
        key = plan.rows[0].key
        chosen = plan_of(row, header=header, picks={key: f"m{other.pk}"})
        assert chosen.rows[0].after["member_id"] == other.pk
        for said in ({"picks": {key: "new"}}, {"mends": {"several_members|name|": "empty"}}):
            plan = plan_of(row, header=header, **said)
            assert plan.outcomes == ["create"] and "member_id" not in plan.rows[0].after


class TestReach:
    def test_a_new_decision_is_kept_by_the_clerks_own_unit(self, clerk, own):
        plan = plan_of(decided(), header=MANY, user=clerk)
        assert write(plan) == {}
        assert Decision.objects.get().unit == own

    def test_a_clerk_of_two_units_says_which_one_keeps_it(self, clerk, root):
        second = make_unit(code="H2", parent=root)
        clerk.postings.create(unit=second, role="clerk", valid_from=date(2020, 1, 1))
        clerk = type(clerk).objects.get(pk=clerk.pk)
        assert plan_of(decided(), header=MANY, user=clerk).codes == [["keeper_missing"]]
        plan = plan_of(decided(), header=MANY, user=clerk, settings={"keeper": "H2"})
        assert plan.rows[0].after["decision"]["unit_id"] == second.pk

    def test_a_unit_outside_keeps_nothing(self, clerk):
        row = [*decided(), "GOC"]
        assert plan_of(row, header=[*MANY, "Đơn vị giữ"], user=clerk).codes == [["out_of_reach"]]
        with pytest.raises(BadSetting):
            plan_of(decided(), header=MANY, user=clerk, settings={"keeper": "GOC"})

    def test_a_decision_kept_outside_is_refused_without_a_word_of_it(self, clerk, root):
        make_decision(number="7/QĐ-UBND", issued_on=DAY, issuer=ISSUER, unit=root, subject="Kín", signed_by="Kín Kín")
        plan = plan_of(decided(), decided("C D"), header=MANY, user=clerk)
        assert (plan.outcomes, plan.codes) == (["refused"] * 2, [["out_of_reach"]] * 2)
        assert "Kín" not in plan.words + " ".join(plan.notes) and root.name not in plan.words

    def test_an_award_of_a_decision_kept_outside_is_refused(self, clerk, certificate, root):
        award = make_award(type=certificate, decision=make_decision(unit=root), recipient_name="Kín", reason="Mật")
        plan = plan_of([award.public_id, "X"], header=["Mã", "Họ và tên"], user=clerk)
        assert plan.codes == [["out_of_reach"]]
        assert "Kín" not in plan.words and "Mật" not in plan.words

    def test_people_and_units_outside_are_not_linked_or_named(self, clerk, root):
        branch = make_branch(name="Chi bộ Xa", parent=root)
        make_member(full_name="Lê Ánh", unit=branch, card_number="55")
        row = [*decided(), "Chi bộ Xa", "55"]
        plan = plan_of(row, header=[*MANY, "Đơn vị", "Số thẻ"], user=clerk)
        assert plan.codes == [["out_of_reach"]]
        plan = plan_of(row[:-1], decided("Chi bộ Xa", kind="Tập thể") + [None], header=[*MANY, "Đơn vị"], user=clerk)
        assert plan.outcomes == ["create", "create"]
        assert not {"member_id", "unit_id", "collective_id"} & {name for one in plan.rows for name in one.after}

    def test_a_like_award_outside_is_not_told(self, clerk, certificate, root):
        make_award(
            type=certificate, recipient_kind="person", recipient_name="Lê Ánh", decision=make_decision(unit=root)
        )
        assert plan_of(decided(), header=MANY, user=clerk).codes == [[]]

    def test_a_viewer_writes_nothing(self, own):
        plan = plan_of(decided(), header=MANY, user=make_staff("viewer", own))
        assert plan.codes == [["keeper_missing"]]


class TestMeanwhile:
    def test_a_changed_award_is_told_and_not_written_over(self, certificate):
        write(plan_of(decided(), header=MANY))
        plan = plan_of([*decided(), "Bí thư"], header=[*MANY, "Chức vụ"])
        Award.objects.update(recipient_position="Trưởng phòng")
        (words,) = write(plan).values()
        assert "Trưởng phòng" in words
        assert Award.objects.get().recipient_position == "Trưởng phòng"

    def test_an_award_revoked_or_gone_meanwhile_is_told(self):
        write(plan_of(decided("A B"), decided("C D"), header=MANY))
        plan = plan_of(*([*decided(name), "Bí thư"] for name in ("A B", "C D")), header=[*MANY, "Chức vụ"])
        Award.objects.get(recipient_name="A B").revoke(make_decision(), "sai")
        Award.objects.get(recipient_name="C D").delete()
        assert len(write(plan)) == 2

    def test_the_same_award_or_decision_entered_meanwhile_is_told_or_used(self):
        plans = [plan_of(decided("A B"), header=MANY), plan_of(decided("A B"), header=MANY)]
        other = plan_of(decided("C D"), header=MANY)
        assert write(plans[0]) == {}
        assert len(write(plans[1])) == 1
        assert write(other) == {}
        assert Decision.objects.get().awards.count() == 2

    def test_a_decision_that_came_into_another_units_keeping_is_told(self, clerk, root):
        plan = plan_of(decided(), header=MANY, user=clerk)
        make_decision(number="7/QĐ-UBND", issued_on=DAY, issuer=ISSUER, unit=root)
        assert len(write(plan)) == 1

    def test_links_that_are_gone_are_told(self, own):
        branch = make_branch(name="Chi bộ Một", parent=own)
        member = make_member(full_name="Lê Ánh", unit=branch)
        plan = plan_of([*decided(), "Chi bộ Một"], header=[*MANY, "Đơn vị"])
        assert plan.rows[0].after["member_id"] == member.pk
        member.memberships.all().delete()
        member.delete()
        assert len(write(plan)) == 1

    def test_a_decision_or_type_that_is_gone_is_told(self, certificate, root):
        decision = make_decision(number="7/QĐ-UBND", issued_on=DAY, issuer=ISSUER, unit=root)
        plan = plan_of(decided(), header=MANY)
        decision.delete()
        assert len(write(plan)) == 1
        plan = plan_of(decided(), header=MANY)
        certificate.delete()
        assert len(write(plan)) == 1


class TestUndo:
    def test_all_is_as_before_and_may_be_done_again(self, root):
        branch = make_branch(name="Chi bộ Một", parent=root)
        make_member(full_name="Lê Ánh", unit=branch)
        write(plan_of(decided("Cũ Kỹ"), decided("Mới Mẻ"), header=MANY))
        before = dump(Award, Decision, Unit, Member)
        header = [*MANY, "Đơn vị"]
        rows = [
            [*decided("Cũ Kỹ"), "Chi bộ Một"],
            [*decided(number="99/QĐ-UBND"), "Chi bộ Một"],
            [*decided("A B"), None],
        ]
        plan = plan_of(*rows, header=header)
        assert plan.outcomes == ["change", "create", "create"]
        assert write(plan) == {}
        after = dump(Award, Decision)
        assert undo(plan) == []
        assert dump(Award, Decision, Unit, Member) == before
        again = plan_of(*rows, header=header)
        assert again.outcomes == plan.outcomes
        write(again)
        assert [len(after[name]) for name in after] == [Award.objects.count(), Decision.objects.count()]

    def test_it_waits_while_something_stands_on_it(self, root):
        plan = plan_of(decided(), header=MANY)
        write(plan)
        Award.objects.get().revoke(make_decision(), "sai")
        assert undo(plan)
        assert Award.objects.count() == 1

    def test_history_has_a_row_for_each_thing_done_and_undone(self):
        plan = plan_of(decided("A B"), decided("C D"), header=MANY)
        write(plan)
        undo(plan)
        assert list(Award.history.order_by("pk").values_list("history_type", flat=True)) == ["+", "+", "-", "-"]
        assert list(Decision.history.order_by("pk").values_list("history_type", flat=True)) == ["+", "-"]


def queries_of(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def rows_of_all_kinds(count, known):
    """As many rows again: new ones of new decisions, linked ones, ambiguous ones, changed ones."""
    rows = []
    for n in range(count):
        rows.append(["", *decided(f"Tên {n}", f"{n + 100}/QĐ-UBND"), "", "Chi bộ Một", ""])
        rows.append(["", *decided("Trùng Tên", f"{n + 500}/QĐ-UBND"), "", "Chi bộ Một", ""])
        rows.append(["", *decided("Thẻ Đảng", f"{n + 900}/QĐ-UBND"), "44", "", ""])
        rows.append([known[n].public_id, known[n].recipient_name, *[None] * 6, "Bí thư", "Đơn vị khác"])
        rows.append(["", *decided(known[-1 - n].recipient_name, known[-1].decision.number), "", "", "Đơn vị khác"])
    return rows


def test_planning_and_writing_cost_the_same_queries_for_3_and_for_30_rows(own, certificate, clerk):
    branch = make_branch(name="Chi bộ Một", parent=own)
    for _time in range(2):
        make_member(full_name="Trùng Tên", unit=branch)
    make_member(full_name="Thẻ Đảng", unit=branch, card_number="44")
    decision = make_decision(unit=own, issued_on=DAY, issuer=ISSUER)
    old = {"decision": decision, "type": certificate, "recipient_kind": "person"}
    known = [make_award(recipient_name=f"Cũ {first}{second}", **old) for first in "abcdefghij" for second in "xy"]
    header = ["Mã", *MANY, "Số thẻ", "Đơn vị", "Chức vụ"]
    planning, writing, undoing = [], [], []
    # The first plan reads what the user may do, which the user then remembers.
    plan_of(*rows_of_all_kinds(1, known), header=header, user=clerk)
    for count in (1, 6):
        rows, plans = rows_of_all_kinds(count, known), []
        planning.append(queries_of(lambda: plans.append(plan_of(*rows, header=header, user=clerk))))  # noqa: B023
        plan = plans[0]
        assert {"create", "ambiguous", "change"} == set(plan.outcomes)
        plan.rows = [row for row in plan.rows if row.outcome != "ambiguous"]
        writing.append(queries_of(lambda: write(plan)))  # noqa: B023
        undoing.append(queries_of(lambda: undo(plan)))  # noqa: B023
    assert not Decision.objects.exclude(pk=decision.pk).exists()
    assert planning[0] == planning[1] <= 20
    assert writing[0] == writing[1] <= 30
    assert undoing[0] == undoing[1]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=30)


class TestRoundTrip(TestCase):
    @settings(max_examples=40)
    @given(
        texts=st.fixed_dictionaries(
            {name: TEXT for name in ("recipient_position", "recipient_unit", "reason", "salutation")}
        ),
        name=TEXT.filter(lambda text: len(text.strip()) > 1),
        kind=st.sampled_from(Award.RecipientKind.values),
        years=st.sampled_from([(None, None), (2010, 2012), (2010, 2010), (2010, None)]),
        category=st.sampled_from(["", *Award.RecipientCategory.values]),
        place=st.integers(0, 100_000),
    )
    def test_whatever_an_award_says_comes_back_as_the_same(self, texts, name, kind, years, category, place):
        award = make_award(
            recipient_name=name, recipient_kind=kind, period_start=years[0], period_end=years[1],
            recipient_category=category, list_position=place, type=make_award_type(), **texts,
        )  # fmt: skip
        plan = plan_of(exported(award))
        assert plan.outcomes == ["same"], (plan.words, [row.shown for row in plan.rows])
