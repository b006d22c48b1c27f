"""The catalogue of awards goes out and comes in as a list: by code, else by name; only a superuser may write it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import AwardType, AwardTypeAlias
from records.models.award_types import award_key
from records.sheet_kinds import AWARD_TYPES
from tests.factories import make_award, make_award_type, make_staff, make_superuser, make_unit
from tests.records.lists.planned import dump, make_layout, make_plan, undo, write

pytestmark = pytest.mark.django_db

HEADER = [
    "Mã", "Tên", "Nhóm", "Hệ thống", "Cấp", "Đối tượng", "Thẩm quyền", "Thứ bậc", "Số năm tuổi đảng", "Biểu trưng",
    "Căn cứ pháp lý", "Hiệu lực từ", "Hiệu lực đến", "Tên khác",
]  # fmt: skip


@pytest.fixture
def catalogue():
    AwardType.objects.load()


def exported(one):
    """An award type as an export writes it: the first of the words that stand for a value."""
    said = []
    for name in ("family", "legal_order", "level", "mark"):
        words = AWARD_TYPES.field(name).words
        said.append(next(word for word, value in words.items() if value == getattr(one, name)))
    aliases = "; ".join(one.aliases.order_by("pk").values_list("text", flat=True))
    return [
        one.code, one.name, *said[:3], one.recipients, one.granted_by, float(one.precedence), one.milestone_years,
        said[3], one.legal_basis, one.valid_from, one.valid_to, aliases,
    ]  # fmt: skip


def row(**cells):
    """A sound row of a new form of commendation."""
    values = {
        "Mã": "BK-MOI", "Tên": "Bằng khen mới", "Nhóm": "Hình thức khen thưởng", "Hệ thống": "Đảng", "Cấp": "Cấp tỉnh",
        "Đối tượng": "Cá nhân, tập thể", "Thứ bậc": 15.0, "Căn cứ pháp lý": "Quy định 1",
    }  # fmt: skip
    values |= cells
    return [values.get(name) for name in HEADER]


def plan_of(*rows, header=HEADER, **options):
    return make_plan(AWARD_TYPES, make_layout(AWARD_TYPES, header, *rows), **options)


def bring(*rows, **options):
    plan = plan_of(*rows, **options)
    assert write(plan) == {}
    return plan


class TestNew:
    def test_all_it_says_is_kept(self):
        bring(row(**{"Hiệu lực từ": "1/1/2024", "Tên khác": "BKM; BK mới ; bk MỚI", "Thẩm quyền": "Tỉnh ủy"}))
        one = AwardType.objects.get()
        assert (one.code, one.name, one.key) == ("BK-MOI", "Bằng khen mới", "bang khen moi")
        assert (one.family, one.legal_order, one.level, one.mark) == ("form", "party", "province", "certificate")
        assert (one.recipients, one.precedence, one.granted_by) == ("person|collective", 15, "Tỉnh ủy")
        assert (one.valid_from, one.valid_to, one.milestone_years) == (date(2024, 1, 1), None, None)
        assert set(one.aliases.values_list("key", flat=True)) == {"bkm", "bk moi"}

    def test_it_is_found_in_award_lists_by_its_other_names(self):
        bring(row(**{"Tên khác": "BKM"}))
        assert AwardType.objects.match("bkm").code == "BK-MOI"

    @pytest.mark.parametrize(
        ("family", "name", "mark"),
        [
            ("Danh hiệu", "Lao động giỏi", "title"),
            ("Hình thức", "Cờ thi đua", "flag"),
            ("Hình thức", "Huy chương A", "medal"),
        ],
    )
    def test_the_mark_follows_where_none_is_said(self, family, name, mark):
        bring(row(**{"Tên": name, "Nhóm": family}))
        assert AwardType.objects.get().mark == mark

    @pytest.mark.parametrize(
        "column", ["Mã", "Tên", "Nhóm", "Hệ thống", "Cấp", "Đối tượng", "Thứ bậc", "Căn cứ pháp lý"]
    )
    def test_what_it_must_say(self, column):
        plan = plan_of(row(**{column: None}), row(**{"Mã": "X", "Tên": "Khác"}))
        assert "missing" in plan.codes[0]
        assert plan.outcomes[1] == "create"

    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            ({"Nhóm": "Cúp"}, "unknown_word"),
            ({"Đối tượng": "mèo"}, "recipients_unclear"),
            ({"Thứ bậc": "1,5"}, "not_a_number"),
            ({"Thứ bậc": "cao"}, "not_a_number"),
            ({"Nhóm": "Huy hiệu Đảng"}, "badge_years"),
            ({"Số năm tuổi đảng": 30.0}, "badge_years"),
            ({"Hiệu lực từ": "1/1/2024", "Hiệu lực đến": "1/1/2023"}, "ends_early"),
            ({"Tên khác": "x" * 201}, "too_long"),
            ({"Tên": "x" * 201}, "too_long"),
            ({"Hiệu lực từ": "31/02/2024"}, "date_never_was"),
        ],
    )
    def test_what_it_must_not_say(self, cells, code):
        assert plan_of(row(**cells)).codes == [[code]]

    def test_all_reasons_are_told(self):
        plan = plan_of(row(**{"Nhóm": "Cúp", "Đối tượng": "mèo", "Cấp": "Cấp trời"}))
        assert plan.codes == [["unknown_word", "unknown_word", "recipients_unclear"]]

    def test_an_unknown_word_may_be_mended_for_all_rows(self):
        mends = {"unknown_word|family|Cúp": "as:Hình thức"}
        assert plan_of(row(**{"Nhóm": "Cúp"}), mends=mends).outcomes == ["create"]

    def test_two_rows_do_not_share_a_name_or_other_name(self):
        plan = plan_of(row(), row(**{"Mã": "BK-2", "Tên khác": "bằng khen mới"}))
        assert plan.outcomes == ["create", "refused"]
        plan = plan_of(row(), row(**{"Mã": "BK-2", "Tên": "BANG KHEN MOI"}))
        assert plan.codes[1] == ["name_taken"]

    def test_the_same_row_twice_is_entered_once(self):
        assert plan_of(row(), row()).outcomes == ["create", "same"]
        assert plan_of(row(), row(**{"Thứ bậc": 16.0})).outcomes == ["create", "refused"]


class TestKnown:
    def test_the_whole_catalogue_comes_back_as_the_same(self, catalogue):
        rows = [exported(one) for one in AwardType.objects.all()]
        plan = plan_of(*rows)
        assert set(plan.outcomes) == {"same"}, [
            (one.label, one.shown, one.findings) for one in plan.rows if one.outcome != "same"
        ]

    @pytest.mark.parametrize(
        ("column", "cell", "changed"),
        [
            ("Tên", "Bằng khen đổi tên", {"name": "Bằng khen đổi tên"}),
            ("Cấp", "Cấp huyện", {"level": "district"}),
            ("Đối tượng", "Hộ gia đình; Cá nhân", {"recipients": "person|household"}),
            ("Thứ bậc", 99.0, {"precedence": 99}),
            ("Thẩm quyền", "(xoá)", {"granted_by": ""}),
            ("Hiệu lực đến", "1/7/2025", {"valid_to": "2025-07-01"}),
            ("Tên khác", "BK A; BK C", {"aliases": ["BK A", "BK C"]}),
            ("Tên khác", "(xoá)", {"aliases": []}),
        ],
    )
    def test_an_edited_cell_is_exactly_that_change(self, column, cell, changed):
        one = make_award_type(name="Bằng khen", granted_by="Tỉnh ủy")
        for text in ("BK A", "BK B"):
            one.aliases.create(text=text)
        cells = exported(one)
        cells[HEADER.index(column)] = cell
        plan = plan_of(cells)
        assert (plan.outcomes, plan.rows[0].after) == (["change"], changed)
        assert len(plan.rows[0].shown) == 1
        assert not {"person", "household"} & set(plan.rows[0].shown[0][2].split("|"))
        assert write(plan) == {}
        one.refresh_from_db()
        assert one.key == award_key(one.name)
        assert plan_of(exported(one)).outcomes == ["same"]
        if "aliases" in changed:
            assert sorted(one.aliases.values_list("text", flat=True)) == changed["aliases"]
            assert not AwardType.history.filter(request_id=plan.act_id).exists()

    def test_by_name_or_other_name_where_there_is_no_code(self):
        one = make_award_type(name="Bằng khen tỉnh", precedence=1)
        one.aliases.create(text="BK tỉnh")
        for name in ("BANG KHEN TINH", "bk tỉnh"):
            plan = plan_of([name, 7.0], header=["Tên", "Thứ bậc"])
            assert plan.rows[0].target == one.pk
            assert plan.rows[0].after["precedence"] == 7
        assert "name" not in plan.rows[0].after

    def test_order_of_recipients_is_no_change(self):
        one = make_award_type(recipients="collective|person")
        cells = exported(one)
        cells[HEADER.index("Đối tượng")] = "Cá nhân và tập thể"
        assert plan_of(cells).outcomes == ["same"]

    def test_an_empty_cell_never_erases(self):
        one = make_award_type(name="Bằng khen", granted_by="Tỉnh ủy", valid_from=date(2020, 1, 1))
        one.aliases.create(text="BK")
        assert plan_of([one.code, one.name, *[None] * 12]).outcomes == ["same"]

    def test_what_it_must_have_is_not_erased(self):
        one = make_award_type()
        cells = exported(one)
        cells[HEADER.index("Căn cứ pháp lý")] = "(xoá)"
        assert plan_of(cells).codes == [["missing"]]

    @pytest.mark.parametrize("column", ["Tên", "Tên khác"])
    def test_names_of_others_are_refused(self, column):
        other = make_award_type(name="Giấy khen")
        other.aliases.create(text="GK")
        one = make_award_type(name="Bằng khen")
        for text in ("giay khen", "GK"):
            cells = exported(one)
            cells[HEADER.index(column)] = text
            assert plan_of(cells).codes == [["name_taken" if column == "Tên" else "alias_taken"]]


class TestRights:
    def test_only_a_superuser_writes_the_catalogue(self):
        manager = make_staff("manager", make_unit())
        plan = plan_of(row(), row(**{"Mã": None}), user=manager)
        assert (plan.outcomes, plan.codes) == (["refused"] * 2, [["out_of_reach"]] * 2)
        plan = plan_of(row(), user=make_superuser())
        assert plan.outcomes == ["create"]
        assert len(write(plan, user=manager)) == 1
        assert not AwardType.objects.exists()


class TestMeanwhile:
    def test_what_changed_is_told(self):
        one = make_award_type(name="Bằng khen", precedence=5)
        one.aliases.create(text="BK")
        cells = exported(one)
        cells[HEADER.index("Thứ bậc")], cells[-1] = 6.0, "BK; BK 2"
        plan = plan_of(cells)
        AwardType.objects.update(precedence=8)
        assert "8" in "".join(write(plan).values())
        AwardType.objects.update(precedence=5)
        one.aliases.create(text="BK 3")
        assert len(write(plan)) == 1

    def test_a_name_code_or_other_name_taken_since_is_told(self):
        plan = plan_of(row(**{"Tên khác": "BKM"}))
        taken = make_award_type(name="Bằng khen mới")
        assert len(write(plan)) == 1
        taken.delete()
        taken = make_award_type(name="Khác", code="bk-moi")
        assert len(write(plan)) == 1
        taken.delete()
        make_award_type(name="Khác").aliases.create(text="bkm")
        assert len(write(plan)) == 1
        AwardType.objects.all().delete()
        assert write(plan) == {}


class TestUndo:
    def test_all_is_as_before_and_may_be_done_again(self):
        one = make_award_type(name="Bằng khen")
        for text in ("BK", "BK A"):
            one.aliases.create(text=text)
        cells = exported(one)
        cells[HEADER.index("Tên")], cells[-1] = "Bằng khen mới tinh", "BK; BK B"
        before = dump(AwardType, AwardTypeAlias)
        plan = bring(cells, row(**{"Tên khác": "BKM"}))
        after = dump(AwardType)
        assert undo(plan) == []
        assert dump(AwardType, AwardTypeAlias) == before
        again = bring(cells, row(**{"Tên khác": "BKM"}))
        assert again.outcomes == plan.outcomes == ["change", "create"]
        assert [one["name"] for one in dump(AwardType)["AwardType"]] == [one["name"] for one in after["AwardType"]]

    def test_history_has_a_row_for_each_thing_with_its_reason(self):
        one = make_award_type(name="Bằng khen")
        one.aliases.create(text="BK A")
        cells = exported(one)
        cells[HEADER.index("Cấp")], cells[-1] = "Cấp huyện", "BK B"
        plan = bring(cells, row())
        kinds = {
            model: sorted(
                model.history.filter(request_id=plan.act_id).values_list("history_type", "history_change_reason")
            )
            for model in (AwardType, AwardTypeAlias)
        }
        assert kinds[AwardType] == [("+", "từ tệp"), ("~", "từ tệp")]
        assert kinds[AwardTypeAlias] == [("+", "từ tệp"), ("-", "từ tệp")]

    def test_it_waits_while_an_award_is_of_a_new_type(self):
        plan = bring(row())
        make_award(type=AwardType.objects.get())
        assert undo(plan)


def test_planning_and_writing_cost_the_same_queries_for_3_and_for_30_rows(catalogue):
    counts = []
    for size in (1, 10):
        rows = []
        for n in range(size):
            rows.append(row(**{"Mã": f"M{n}", "Tên": f"Tên {n}", "Tên khác": f"T khác {n}"}))
        for one in AwardType.objects.order_by("pk")[: 2 * size]:
            cells = exported(one)
            cells[HEADER.index("Thẩm quyền")], cells[-1] = "Ai đó", f"Thay thế {one.pk}"
            rows.append(cells)
        with CaptureQueriesContext(connection) as planning:
            plan = plan_of(*rows)
        with CaptureQueriesContext(connection) as writing:
            assert write(plan) == {}
        assert undo(plan) == []
        counts.append((len(planning), len(writing)))
    assert counts[0] == counts[1]
