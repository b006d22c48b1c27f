"""Every way into the database is on record: each row written has a history row that says the same, and by whom."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from campaigns.models import Activity, Registration
from records.changes import logged
from records.models import Award, AwardType, Decision, Member, Unit, User
from tests.factories import (
    make_award,
    make_award_type,
    make_branch,
    make_campaign,
    make_decision,
    make_member,
    make_merge,
    make_plan,
    make_registration,
    make_staff,
    make_unit,
    make_user,
)
from tests.records.admin_pages import new_award, page, send, signed_in

pytestmark = pytest.mark.django_db
ROOT = Path(settings.BASE_DIR)
DAY = date(2020, 7, 1)


# Rows and their history


def marks():
    """The newest history row of each model, by label."""
    return {label: model.history.order_by("-history_id").values_list("pk", flat=True).first() or 0
            for label, model in logged().items()}  # fmt: skip


def written_since(before):
    """The history rows written since `marks` were taken."""
    return [row for label, model in logged().items() for row in model.history.filter(pk__gt=before[label])]


def untold():
    """(label, key, fields) of rows that are not what their newest history row says."""
    found = []
    for label, model in logged().items():
        fields = [field.attname for field in model.history.model.tracked_fields]
        newest = {}
        for row in model.history.order_by("history_id").values("id", "history_type", *fields):
            newest[row["id"]] = row
        rows = {row["pk"]: row for row in model._base_manager.values("pk", *fields)}
        for pk, row in rows.items():
            told = newest.get(pk)
            wrong = fields if told is None else [name for name in fields if row[name] != told[name]]
            if wrong:
                found.append((label, pk, wrong))
        found += [
            (label, pk, "gone unsaid") for pk, row in newest.items() if pk not in rows and row["history_type"] != "-"
        ]
    return found


def test_a_silent_write_would_be_seen():
    """The tests below are only as good as this eye."""
    unit = make_unit()
    assert untold() == []
    Unit.objects.filter(pk=unit.pk).update(description="lặng lẽ")
    assert untold() == [("records.unit", unit.pk, ["description"])]
    Unit.objects.filter(pk=unit.pk).delete()
    assert untold() == []
    Unit.objects.bulk_create([Unit(code="X", name="X", kind="other", path="x.")])
    assert [label for label, _pk, _fields in untold()] == ["records.unit"]


# What is sent from a browser


def admin_form(client, root):
    send(client, page("unit_change", make_branch(parent=root)), description="Khu phố 3", change_reason="bổ sung")


def admin_first_entry(client, root):
    send(client, page("member_add"), full_name="Lê Văn Mới", unit=root.pk, belongs_from="1/2/2020")


def admin_inline(client, root):
    kind = make_award_type()
    decision = {
        "number": "1/QĐ-UBND", "issuer": "Chủ tịch Ủy ban nhân dân tỉnh", "kind": "grant", "issued_on": "1/2/2020",
        "issued_precision": "day", "unit": root.pk, "awards-TOTAL_FORMS": 2, "awards-INITIAL_FORMS": 0,
    }  # fmt: skip
    for at in range(2):
        decision |= new_award(at, type=kind.pk, recipient_kind="person", recipient_name=f"Người {at}")
    client.post(page("decision_add"), decision)


def admin_verb(client, root):
    client.post(page("unit_verb", make_branch(parent=root), "rename"), {"new_name": "Chi bộ Khác", "on": "1/7/2020"})


def admin_publication_of_many(client, root):
    decision = make_decision(unit=root, published=True)
    awards = [make_award(decision=decision, unit=root) for _n in range(3)]
    chosen = {"action": "publish", "_selected_action": [award.pk for award in awards], "confirmed": "1"}
    client.post(page("award_changelist"), chosen)


def admin_decision(client, root):
    decision = make_decision(unit=root)
    make_award(decision=decision, unit=root), make_award(decision=decision, unit=root)
    client.post(page("decision_verb", decision, "publish"), {"confirmed": "1"})


def portal_form(client, root):
    client.post(
        reverse("records:staff_unit_edit", args=[root.pk]), {"description": "Mới", "short_name": "", "listed": "on"}
    )


def portal_addition(client, root):
    data = {"name": "Chi bộ mới", "code": "MOI", "kind": "grassroots_branch", "established_on": "01/07/2020"}
    client.post(reverse("records:staff_unit_add", args=[root.pk]), data)


def portal_move(client, root):
    one, two = make_unit(parent=root), make_unit(parent=root)
    make_member(unit=make_branch(parent=one))
    data = {"parent": two.name_in_full, "parent_key": str(two.pk), "on": "01/07/2020"}
    client.post(reverse("records:staff_unit_move", args=[one.pk]), data)


FROM_BROWSER = [
    (admin_form, {"records.unit"}),
    (admin_first_entry, {"records.member", "records.membership"}),
    (admin_inline, {"records.decision", "records.award"}),
    (admin_verb, {"records.unit", "records.unitevent"}),
    (admin_publication_of_many, {"records.award"}),
    (admin_decision, {"records.decision", "records.award"}),
    (portal_form, {"records.unit"}),
    (portal_addition, {"records.unit", "records.unitevent"}),
    (portal_move, {"records.unit", "records.unitevent"}),
]


@pytest.mark.parametrize(("act", "models"), FROM_BROWSER, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_sent_is_on_record_with_who_and_in_which_request(act, models):
    root = make_unit()
    user = make_staff("approver", root)
    before = marks()
    act(signed_in(user), root)
    rows = [row for row in written_since(before) if row.request_id]
    assert {row.instance_type._meta.label_lower for row in rows} == models
    assert {row.history_user_id for row in rows} == {user.pk}
    assert len({row.request_id for row in rows}) == 1, "one sending is one act"
    assert untold() == []


def test_why_reaches_the_history_from_both_forms():
    root = make_unit()
    client = signed_in(make_staff("approver", root))
    send(client, page("unit_change", root), description="Một", change_reason="vì một")
    newest = root.history.order_by("-history_id").first
    assert newest().history_change_reason == "vì một"
    data = {"description": "Hai", "short_name": "", "listed": "on", "change_reason": "vì hai"}
    client.post(reverse("records:staff_unit_edit", args=[root.pk]), data)
    assert newest().history_change_reason == "vì hai"


# What commands and verbs write


LIST = """Số thứ tự,Họ và tên,Đơn vị,Hình thức khen thưởng
1,Ông Nguyễn Văn An,xã Một,Bằng khen tỉnh
2,Bà Trần Thị Bưởi,xã Hai,Bằng khen tỉnh
"""


def test_a_list_from_a_file_is_on_record_row_by_row(tmp_path):
    make_unit(code="GOC")
    make_award_type(name="Bằng khen tỉnh")
    path = tmp_path / "danh_sach.csv"
    path.write_text(LIST, encoding="utf-8")
    about = ["--set", "number=9/QĐ-UBND", "--set", "issued_on=2020-05-22", "--set", "issuer=Chủ tịch tỉnh"]
    before = marks()
    call_command("import_sheet", "awards", str(path), *about, "--apply")
    rows = [row for row in written_since(before) if isinstance(row, Award.history.model)]
    assert len(rows) == Award.objects.count() == 2
    assert all("danh_sach.csv" in row.history_change_reason for row in rows), (
        "who ran it is the machine's; why is the file"
    )
    assert untold() == []


VERBS = [
    lambda root: Unit.objects.plant([Unit(code=f"P{n}", name=f"P {n}", kind="other", parent=root) for n in range(3)]),
    lambda root: Member.objects.enrol([Member(full_name=f"Lê A{n}", unit=root) for n in range(3)], DAY),
    lambda root: AwardType.objects.load(),
    lambda root: (AwardType.objects.load(), AwardType.objects.load()),
    lambda root: Registration.objects.enrol(
        [Registration(campaign=make_campaign(scope=root), member=make_member(unit=root), registered_on=DAY)]
    ),
    lambda root: make_registration(make_campaign(scope=root), make_member(unit=root)).withdraw("đi xa"),
    lambda root: make_registration(make_campaign(scope=root), make_member(unit=root)).finish("good"),
    lambda root: make_plan(make_campaign(scope=root), root).submit(),
    lambda root: make_campaign(scope=root).close(),
    lambda root: make_member(unit=root).transfer_to(make_branch(), DAY),
    lambda root: make_member(unit=root).change_standing("deceased", DAY),
    lambda root: make_merge(make_member(unit=root), make_member(unit=root)),
    lambda root: make_merge(make_member(unit=root), make_member(unit=root), taken=["full_name"]).undo(make_user()),
    lambda root: make_award(unit=root).revoke(make_decision(), "khai gian"),
    lambda root: make_branch(parent=root).move_to(make_unit(), DAY),
    lambda root: Activity.objects.create(campaign=make_campaign(), name="Việc").delete(),
]


@pytest.mark.parametrize("act", VERBS)
def test_what_a_verb_writes_is_what_its_history_says(act):
    act(make_unit())
    assert untold() == []


# What code may write past the histories, and why that loses nothing

DERIVED = "derived columns, which no history keeps"
NO_RECORD = "an import and its rows are the log of an act and have no history"
COUNTED = "tallies are counted from rows that have a history"
BULK = "whoever writes so lets `remember` write the histories; the tests of the lists count them"
COUNTED_APART = "a reckoning is derived and has no history"
PUBLICATION = (
    "make_counter", "remove_counter", "publication_number", "unwatch", "watch.add", "within_schema",
)  # fmt: skip
FILLING = ("filling.py Table.fill execute", "filling.py Table.fill executemany", "filling.py Table.number_on execute")
FILLING += ("filling.py with_room execute", "loading.py load execute")
GUARDED = "of two at once one is told; the save that follows writes the history"
SILENT = {
    "records/models/awards.py Award.become update": GUARDED,
    "records/models/decisions.py Decision.publish update": GUARDED,
    "records/models/decisions.py Decision.unpublish update": GUARDED,
    "records/models/transfers.py Transfer.answer update": GUARDED,
    "campaigns/models/campaigns.py Campaign.become update": GUARDED,
    "campaigns/models/exemplars.py Exemplar.move_on update": GUARDED,
    "campaigns/models/inspections.py Inspection.resolve update": GUARDED,
    "campaigns/models/plans.py UnitPlan.move_on update": GUARDED,
    "campaigns/models/registrations.py Registration.move_on update": GUARDED,
    "campaigns/models/self_registrations.py SelfRegistration.answer update": GUARDED,
    "records/models/decisions.py Decision.date_awards update": DERIVED,
    "records/models/units.py UnitQuerySet.plant bulk_update": DERIVED,
    "records/models/units.py UnitQuerySet.recount update": DERIVED,
    "records/models/units.py Unit.save update": DERIVED,
    "records/models/units.py rewrite_paths update": DERIVED,
    "records/models/folding.py follow update": DERIVED,
    "campaigns/models/tallies.py TallyQuerySet.shift bulk_create": COUNTED,
    "campaigns/models/tallies.py TallyQuerySet.shift update": COUNTED,
    "campaigns/models/tallies.py TallyQuerySet.shift_all bulk_create": COUNTED,
    "campaigns/models/tallies.py TallyQuerySet.shift_all update": COUNTED,
    "campaigns/models/tallies.py TallyQuerySet.freeze bulk_create": COUNTED,
    "campaigns/models/registrations.py Registration.taken_back update": "of a counter, not of rows",
    "campaigns/lists/registration_writing.py RegistrationWriter.count update": "of a counter, not of rows",
    "campaigns/lists/registration_writing.py RegistrationWriter.write_pledges _raw_delete": "history just before",
    "records/bare.py bare execute": "takes indexes away and builds them again",
    "records/bare.py hold execute": "takes a lock",
    "records/bare.py standing execute": "reads",
    "records/behind.py ask execute": "reads",
    "records/behind.py asked execute": "reads",
    "records/behind.py read_ahead execute": "reads",
    "records/bulk.py reserving execute": "only takes keys",
    "records/bulk.py put executemany": BULK,
    "records/bulk.py alter execute": "its history rows are written just after",
    "records/bulk.py alter executemany": "its history rows are written just after",
    "records/bulk.py remember execute": "writes the histories themselves",
    "records/undoing.py take_back _raw_delete": "its history rows are written just before",
    "records/forms/imports.py ColumnsForm.store_template update_or_create": "a person's convenience, without history",
    "records/imports.py plan _raw_delete": NO_RECORD,
    "records/imports.py store_plan _raw_delete": NO_RECORD,
    "records/imports.py mark update": NO_RECORD,
    "records/imports.py mark bulk_update": NO_RECORD,
    "records/models/claims.py Claimed.claim update": NO_RECORD,
    "records/tasks.py resume update": "the library's own table of tasks",
    "campaigns/models/registrations.py PledgeQuerySet.write update": "of the history rows themselves",
    "campaigns/models/registrations.py PledgeQuerySet.write _raw_delete": "its history rows are written just before",
    "records/lists/award_writing.py AwardWriter.change bulk_update": "its history rows are written just after",
    "records/lists/award_types.py AwardTypeWriter.change bulk_update": "its history rows are written just after",
    "records/lists/award_types.py AwardTypeWriter.strike _raw_delete": "its history rows are written just before",
    "records/views/public_about.py healthz execute": "reads",
    "records/years.py published_years execute": "reads",
    "records/replica.py is_standby execute": "reads",
    "records/models/turns.py take_turn execute": "takes a lock",
    "records/models/decisions.py Decision.save update": DERIVED,
    "records/models/reckonings.py Reckoning.claim update": COUNTED_APART,
    "records/models/reckonings.py Reckoning.note update_or_create": COUNTED_APART,
    **dict.fromkeys(
        (f"records/publication.py {name} execute" for name in PUBLICATION),
        "counts publications, and has the database count them",
    ),
    **dict.fromkeys(
        (f"campaigns/scale/{name}" for name in FILLING), "made-up rows of an empty register, without history"
    ),
}
PAST_HISTORY = {"bulk_create", "bulk_update", "update_or_create", "_raw_delete", "execute", "executemany"}
PAST_HISTORY |= {"aupdate", "abulk_create", "abulk_update"}


class SilentWrites(ast.NodeVisitor):
    """Calls that write rows past the histories; a dictionary's update() has no keywords, a queryset's nothing else."""

    def __init__(self):
        self.inside, self.found = [], set()

    def visit_FunctionDef(self, node):
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    visit_ClassDef = visit_FunctionDef

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in PAST_HISTORY or (name == "update" and node.keywords and not node.args):
                self.found.add(f"{'.'.join(self.inside)} {name}")
        self.generic_visit(node)


def silent_writes(text):
    visitor = SilentWrites()
    visitor.visit(ast.parse(text))
    return visitor.found


@pytest.mark.one_database
def test_nothing_is_written_past_the_histories_unless_it_says_why():
    found = set()
    for app in ("config", "records", "campaigns"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= {f"{path.relative_to(ROOT)} {one}" for one in silent_writes(path.read_text(encoding="utf-8"))}
    assert found - set(SILENT) == set(), "save() each row, use simple_history's bulk helpers, or say here why not"
    assert set(SILENT) - found == set(), "no longer written so: take it off the list"


def test_the_search_for_silent_writes_has_eyes():
    code = "class A:\n def b(self):\n  self.rows.filter(pk=1).update(x=1)\n  {}.update({})\n  rows.bulk_create([])\n"
    assert silent_writes(code) == {"A.b update", "A.b bulk_create"}
    assert silent_writes("rows.update(**values)\nset().update([1])") == {" update"}


@pytest.mark.parametrize("model", [Unit, Award, Decision, Member, User], ids=lambda model: model.__name__)
def test_nothing_typed_is_left_out_of_a_history(model):
    """A column that a form offers is one that its history keeps; a password is kept nowhere."""
    typed = {field.name for field in model._meta.concrete_fields if field.editable and not field.primary_key}
    kept = {field.name for field in model.history.model.tracked_fields}
    assert typed - kept <= {"password", "last_login"}


# Django's own permissions, which nothing here grants by: who may do what comes from postings.
UNUSED = {"records.user.groups", "records.user.user_permissions"}


def test_every_relation_to_many_is_kept_or_has_rows_with_a_history_of_their_own():
    for label, model in logged().items():
        for field in model._meta.many_to_many:
            through = field.remote_field.through
            kept = field.name in {one.name for one in model.history.model._history_m2m_fields}
            own = through._meta.label_lower in logged()
            assert kept or own or f"{label}.{field.name}" in UNUSED, f"{label}.{field.name}"


def test_no_module_switches_the_histories_off():
    for app in ("config", "records", "campaigns"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"skip_history_when_saving|SIMPLE_HISTORY_ENABLED|save_without_historical", text), path
