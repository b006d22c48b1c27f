"""An import writes the plan that was looked over and nothing else: whole, once, and so that it can be taken back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import imports
from records.models import AuditEvent, Import, ImportRow, Member, Membership, Unit
from records.pulse import Pulse, Stopped
from records.sheets.kinds import find_kind
from tests.factories import make_branch, make_member, make_staff, make_superuser, make_unit

pytestmark = pytest.mark.django_db
HEADER = "STT,Họ và tên,Ngày sinh,Số thẻ,Chức vụ,Mã đơn vị"
AN, BINH = "1,Nguyễn Văn An,12/03/1970,00000001,Bí thư,CB1", "2,Trần Thị Bình,20/11/1980,00000002,,CB1"
WRONG = "3,Lê Văn Cường,31/02/1990,,,CB9"


@pytest.fixture
def branch():
    return make_branch(code="CB1", name="Chi bộ 1", parent=make_unit(code="GOC", name="Đảng bộ tỉnh"))


@pytest.fixture
def clerk(branch):
    return make_staff("clerk", branch)


def make_import(user, *rows, name="ds.csv", **said):
    """An import whose plan was made."""
    batch = imports.take(user, find_kind("members"), name, "\n".join([HEADER, *rows]).encode())
    assert batch.claim([Import.Status.MAPPING], Import.Status.PLANNING, **said)
    return imports.plan(batch)


def write(batch, user, only_good=False):
    assert batch.claim([Import.Status.PLANNED], Import.Status.APPLYING, only_good=only_good)
    return imports.apply(batch, user)


def take_back(batch, user):
    assert batch.claim([Import.Status.APPLIED], Import.Status.UNDOING)
    return imports.undo(batch, user, "gửi nhầm")


def register():
    """Everything an import of members may touch, but for histories."""
    return [list(model.objects.order_by("pk").values()) for model in (Unit, Member, Membership)]


# The plan


def test_a_plan_writes_nothing_but_itself(clerk):
    before = register()
    batch = make_import(clerk, AN, BINH, WRONG)
    assert batch.counts == {"rows": 3, "create": 2, "change": 0, "same": 0, "ambiguous": 0, "refused": 1}
    assert [(row.number, row.outcome) for row in batch.rows.order_by("pk")] == [
        (2, "create"),
        (3, "create"),
        (4, "refused"),
    ]
    assert register() == before


def test_a_refused_row_says_all_its_reasons(clerk):
    row = make_import(clerk, WRONG).rows.get()
    assert [finding[0] for finding in row.findings] == ["date_never_was", "unit_unknown"]
    assert list(ImportRow.objects.in_group("unit_unknown|unit|CB9")) == [row]


def test_a_plan_made_anew_takes_the_old_ones_place(clerk, branch):
    batch = make_import(clerk, AN, WRONG)
    mends = {"unit_unknown|unit|CB9": f"unit:{branch.pk}", "date_never_was|birth|": "month"}
    assert batch.claim([Import.Status.PLANNED], Import.Status.PLANNING, mends=mends)
    imports.plan(batch)
    assert (batch.counts["create"], batch.counts["refused"], batch.rows.count()) == (2, 0, 2)
    mended = batch.rows.get(number=3).after
    assert (mended["birth_date"], mended["birth_precision"], mended["unit_id"]) == ("1990-02-01", "month", branch.pk)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "trống"), (b"%PDF-1.4", "PDF"), (b"Xin chao", ""), ("Cột A,Cột B\nx,y".encode(), "tiêu đề")],
)
def test_what_is_no_list_says_why_and_stays_to_be_put_right(clerk, content, said):
    batch = imports.take(clerk, find_kind("members"), "a.csv", content)
    batch.claim([Import.Status.MAPPING], Import.Status.PLANNING)
    imports.plan(batch)
    assert batch.status == Import.Status.MAPPING
    assert said in batch.error
    assert batch.error.endswith(".")


# Writing


def test_the_plan_is_written_with_who_why_and_under_one_act(clerk, branch):
    batch = make_import(clerk, AN, BINH)
    assert write(batch, clerk).written == 2
    person = Member.objects.get(card_number="00000001")
    assert (person.full_name, person.birth_date, person.position) == ("Nguyễn Văn An", date(1970, 3, 12), "Bí thư")
    assert (person.unit, person.unit_path) == (branch, branch.path)
    assert person.memberships.get().unit == branch
    for row in (person, person.memberships.get()):
        past = row.history.get()
        assert (past.history_user, past.request_id) == (clerk, batch.act_id)
        assert "ds.csv" in past.history_change_reason
    branch.refresh_from_db()
    assert (branch.headcount, list(Unit.objects.miscounted())) == (2, [])
    assert AuditEvent.objects.get(action="import_applied").actor == clerk


def test_written_again_it_changes_nothing(clerk):
    write(make_import(clerk, AN, BINH), clerk)
    before, histories = register(), Member.history.count()
    again = make_import(clerk, AN, BINH)
    assert again.counts["same"] == 2
    write(again, clerk)
    assert (register(), Member.history.count()) == (before, histories)


def test_an_applied_plan_cannot_be_written_a_second_time(clerk):
    batch = make_import(clerk, AN)
    write(batch, clerk)
    assert not batch.claim([Import.Status.PLANNED], Import.Status.APPLYING)
    Import.objects.filter(pk=batch.pk).update(status=Import.Status.APPLIED)
    with pytest.raises(Stopped):
        imports.apply(batch, clerk)
    assert Member.objects.count() == 1


def test_the_good_rows_alone_are_written_by_choice(clerk):
    batch = make_import(clerk, AN, WRONG)
    assert write(batch, clerk, only_good=True).written == 1
    assert [row.is_written for row in batch.rows.order_by("pk")] == [True, False]
    assert batch.rows.written().count() == 1


def test_a_change_names_its_columns_before_and_after(clerk):
    write(make_import(clerk, AN), clerk)
    batch = make_import(clerk, AN.replace("Bí thư", "Phó Bí thư"))
    row = batch.rows.get()
    assert (row.outcome, row.before, row.after) == ("change", {"position": "Bí thư"}, {"position": "Phó Bí thư"})
    assert row.shown == [["Chức vụ", "Bí thư", "Phó Bí thư"]]
    write(batch, clerk)
    assert Member.objects.get().position == "Phó Bí thư"


# What changed meanwhile


@pytest.fixture
def overtaken(clerk, branch):
    """A plan of one change and one new person, and a register that has moved on in both."""
    write(make_import(clerk, AN), clerk)
    batch = make_import(clerk, AN.replace("Bí thư", "Phó Bí thư"), BINH, "3,Lý Văn Dũng,01/02/1981,00000003,,CB1")
    person = Member.objects.get()
    person.position = "Chi ủy viên"
    person.save()
    make_member(unit=branch, card_number="00000002", full_name="Trần Thị Bình")
    return batch


def test_rows_overtaken_are_told_and_nothing_is_written(clerk, overtaken):
    before = register()
    done = write(overtaken, clerk)
    assert (done.written, done.conflicts) == (0, 2)
    assert register() == before
    assert overtaken.status == Import.Status.PLANNED
    said = list(overtaken.rows.order_by("pk").values_list("conflict", flat=True))
    assert [bool(words) for words in said] == [True, True, False]
    assert "Chi ủy viên" in said[0]
    assert not overtaken.rows.written().exists()


def test_with_the_good_rows_alone_the_overtaken_stay_as_they_are(clerk, overtaken):
    done = write(overtaken, clerk, only_good=True)
    assert (done.written, done.conflicts) == (1, 2)
    assert Member.objects.get(card_number="00000001").position == "Chi ủy viên"
    assert Member.objects.filter(card_number="00000003").exists()


# Work that ends early


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_writes_it_once(clerk, monkeypatch):
    rows = [f"{n},Nguyễn Văn Người,01/02/19{n:02d},{n:08d},,CB1" for n in range(10, 60)]
    batch = make_import(clerk, *rows)
    writer = find_kind("members").writer
    before, finish = register(), writer.finish
    monkeypatch.setattr(imports, "WRITTEN", 7)

    def die(self):
        raise Killed

    monkeypatch.setattr(writer, "finish", die)
    batch.claim([Import.Status.PLANNED], Import.Status.APPLYING)
    with pytest.raises(Killed):
        imports.apply(batch, clerk)
    assert register() == before
    batch.refresh_from_db()
    assert batch.status == Import.Status.APPLYING
    monkeypatch.setattr(writer, "finish", finish)
    assert imports.apply(batch, clerk).written == 50
    assert (Member.objects.count(), Membership.objects.count(), Member.history.count()) == (50, 50, 50)


def test_a_wish_to_stop_leaves_nothing_written_and_the_plan_to_be_taken_up_again(clerk):
    batch = make_import(clerk, AN)
    before = register()
    batch.claim([Import.Status.PLANNED], Import.Status.APPLYING)
    Pulse(batch.public_id).stop()
    with pytest.raises(Stopped):
        imports.apply(batch, clerk)
    assert register() == before
    assert batch.status == Import.Status.PLANNED
    assert write(batch, clerk).written == 1


# Taking back


def test_what_was_created_and_changed_is_taken_back_and_can_be_written_again(clerk):
    write(make_import(clerk, AN), clerk)
    before = register()
    batch = make_import(clerk, AN.replace("Bí thư", "Phó Bí thư"), BINH)
    write(batch, clerk)
    assert take_back(batch, clerk) == []
    assert batch.status == Import.Status.UNDONE
    assert register() == before
    assert list(Unit.objects.miscounted()) == []
    again = make_import(clerk, AN.replace("Bí thư", "Phó Bí thư"), BINH)
    assert (again.counts["create"], again.counts["change"]) == (1, 1)
    assert write(again, clerk).written == 2


def test_taking_back_is_logged_like_any_change(clerk):
    batch = make_import(clerk, AN)
    write(batch, clerk)
    take_back(batch, clerk)
    past = Member.history.filter(request_id=batch.undo_id).get()
    assert (past.history_type, past.history_user, past.history_change_reason) == ("-", clerk, "gửi nhầm")
    assert AuditEvent.objects.get(action="import_undone").reason == "gửi nhầm"


def test_what_stands_on_it_is_listed_and_nothing_is_taken_back(clerk, branch):
    batch = make_import(clerk, AN, BINH)
    write(batch, clerk)
    person = Member.objects.get(card_number="00000001")
    person.position = "Chi ủy viên"
    person.save()
    before = register()
    in_the_way = take_back(batch, clerk)
    assert [standing.record for standing in in_the_way] == [str(person)]
    assert register() == before
    assert batch.status == Import.Status.APPLIED


def test_a_record_that_refers_to_a_new_one_stands_in_the_way(clerk, branch):
    batch = make_import(clerk, AN)
    write(batch, clerk)
    person = Member.objects.get()
    other = make_branch(parent=branch.parent)
    person.transfer_to(other, date(2030, 1, 1))
    assert take_back(batch, clerk)
    assert Member.objects.get().unit == other


def test_a_later_import_that_was_taken_back_itself_does_not_stand_in_the_way(clerk):
    first = make_import(clerk, AN)
    write(first, clerk)
    second = make_import(clerk, AN.replace("Bí thư", "Phó Bí thư"))
    write(second, clerk)
    assert take_back(first, clerk)
    assert take_back(second, clerk) == []
    assert take_back(first, clerk) == []
    assert not Member.objects.exists()


# Who may


def test_rows_outside_the_clerks_units_are_refused(clerk, branch):
    make_branch(code="CB2", name="Chi bộ 2", parent=branch.parent)
    batch = make_import(clerk, AN.replace("CB1", "CB2"))
    assert [finding[0] for finding in batch.rows.get().findings] == ["out_of_reach"]


def test_a_superuser_and_a_command_write_anywhere(branch):
    for user in (make_superuser(), None):
        batch = make_import(user, AN)
        assert batch.counts["refused"] == 0


def test_an_import_is_its_clerks_and_their_approvers(clerk, branch):
    batch = make_import(clerk, AN, unit=branch, unit_path=branch.path)
    approver, other = make_staff("approver", branch.parent), make_staff("clerk", branch)
    assert list(Import.objects.visible_to(clerk)) == list(Import.objects.visible_to(approver)) == [batch]
    assert not Import.objects.visible_to(other).exists()
    assert not Import.objects.editable_by(approver).exists()


def test_nobody_approves_the_own(branch):
    approver = make_staff("approver", branch)
    batch = make_import(approver, AN, unit=branch, unit_path=branch.path)
    batch.claim([Import.Status.PLANNED], Import.Status.ASKED)
    assert not Import.objects.to_approve(approver).exists()
    assert list(Import.objects.to_approve(make_staff("manager", branch.parent))) == [batch]


# Costs


@pytest.mark.parametrize("work", ["plan", "write"])
def test_thirty_rows_cost_the_queries_of_three(clerk, work):
    def queries(count):
        rows = [f"{n},Nguyễn Văn Người,01/02/19{n:02d},{count}{n:06d},,CB1" for n in range(10, 10 + count)]
        with CaptureQueriesContext(connection) as planned:
            batch = make_import(clerk, *rows)
        with CaptureQueriesContext(connection) as written:
            write(batch, clerk)
        return len(planned if work == "plan" else written)

    queries(1)
    assert queries(30) == queries(3)
