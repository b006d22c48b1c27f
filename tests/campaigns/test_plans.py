"""A unit's plan as the register keeps it: its verbs, its lines, what it is held against, its history in words."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from campaigns.forms.quantities import QuantityField
from campaigns.models import Campaign, Inspection, PlannedActivity, UnitPlan
from campaigns.models.plans import MISSING, planners
from campaigns.plan_checks import checks, gaps
from campaigns.plan_history import changed_fields, compared_lines, read_history
from records.forms.papers import PaperField
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_inspection,
    make_member,
    make_plan,
    make_registration,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2020, 11, 16)
PDF = b"%PDF-1.4 trang"


@pytest.fixture
def branch():
    return make_branch(parent=make_unit())


@pytest.fixture
def campaign(branch):
    return make_campaign(scope=branch.parent)


@pytest.fixture
def plan(campaign, branch):
    return make_plan(campaign, branch)


def whole(plan):
    """The plan with nothing missing: one activity, forty lamps."""
    plan.number, plan.dated, plan.person_in_charge, plan.member_target = "31-KH/ĐU", DAY, "Lý Tấn Lộc", 9
    plan.file.save("ke-hoach.pdf", ContentFile(PDF), save=False)
    plan.save()
    plan.choose({make_activity(plan.campaign, name="Đèn", measure="bóng").pk: Decimal(40)})
    return plan


def at(plan):
    return UnitPlan.objects.get(pk=plan.pk)


# Paths


@pytest.mark.parametrize("make", [make_plan, make_inspection])
def test_a_row_made_from_an_old_copy_of_a_unit_has_the_path_of_today(campaign, branch, make):
    branch.move_to(make_unit(parent=campaign.launched_by), DAY)
    old = type(branch).objects.get(pk=branch.pk)
    old.path = "1."
    row = make(campaign, old)
    row.refresh_from_db()
    assert row.unit_path == type(branch).objects.get(pk=branch.pk).path


@pytest.mark.parametrize("make", [make_plan, make_inspection])
def test_a_row_saved_again_after_its_unit_moved_keeps_the_new_path(campaign, branch, make):
    row = make(campaign, branch)
    branch.move_to(make_unit(), DAY)
    row.save()
    row.refresh_from_db()
    assert row.unit_path == type(branch).objects.get(pk=branch.pk).path


# Verbs


def test_a_plan_is_taken_back_only_while_it_waits(plan):
    with pytest.raises(ValidationError):
        plan.recall()
    plan.submit()
    plan.recall()
    assert at(plan).status == "draft"
    plan.submit()
    plan.approve()
    with pytest.raises(ValidationError):
        plan.recall()


def test_of_two_approvers_at_once_one_is_told(plan):
    plan.submit()
    one, other = at(plan), at(plan)
    one.approve()
    with pytest.raises(ValidationError):
        other.send_back("Thiếu chỉ tiêu", DAY)
    assert at(plan).status == "approved" and at(plan).return_reason == ""


@pytest.mark.parametrize(
    "status, is_open",
    [("draft", False), ("launched", True), ("reviewing", True), ("closed", False), ("cancelled", False)],
)
def test_plans_are_worked_on_only_while_their_campaign_is(plan, status, is_open):
    Campaign.objects.update(status=status)
    assert at(plan).is_open == at(plan).is_changeable == is_open
    plan.submit()
    assert at(plan).is_waiting == is_open and UnitPlan.objects.waiting().exists() == is_open


def test_lines_are_added_changed_and_taken_out_each_with_its_history(plan):
    lamps, trees, roads = (make_activity(plan.campaign) for _ in range(3))
    plan.choose({lamps.pk: Decimal(40), trees.pk: None})
    plan.choose({lamps.pk: Decimal(60), roads.pk: Decimal("0.5")})
    assert dict(plan.planned.values_list("activity", "target")) == {lamps.pk: 60, roads.pk: Decimal("0.5")}
    past = PlannedActivity.history.order_by("history_id").values_list("history_type", "activity")
    assert [*past] == [("+", lamps.pk), ("+", trees.pk), ("-", trees.pk), ("~", lamps.pk), ("+", roads.pk)]


def test_choosing_the_same_again_writes_nothing(plan):
    targets = {make_activity(plan.campaign).pk: Decimal(40)}
    plan.choose(targets)
    plan.choose(targets)
    assert PlannedActivity.history.count() == 1


def test_a_line_names_an_activity_of_the_plans_own_campaign(plan):
    foreign = make_activity(make_campaign())
    with pytest.raises(ValidationError):
        plan.choose({foreign.pk: None})
    with pytest.raises(ValidationError) as refused:
        PlannedActivity(plan=plan, activity=foreign).full_clean()
    assert "activity" in refused.value.message_dict
    assert not plan.planned.exists()


def test_a_plan_or_inspection_of_a_unit_that_the_campaign_does_not_concern_is_refused(campaign):
    for row in (
        UnitPlan(campaign=campaign, unit=make_branch()),
        Inspection(campaign=campaign, unit=make_branch(), inspected_on=DAY, inspector="Đoàn", outcome="praise"),
    ):
        with pytest.raises(ValidationError) as refused:
            row.full_clean()
        assert "unit" in refused.value.message_dict


@pytest.mark.parametrize(
    "outcome, asked", [("praise", False), ("note", False), ("reminder", True), ("criticism", True)]
)
def test_a_reminder_and_a_criticism_say_by_when(campaign, branch, outcome, asked):
    row = Inspection(campaign=campaign, unit=branch, inspected_on=DAY, inspector="Đoàn", outcome=outcome, findings="x")
    if asked:
        with pytest.raises(ValidationError) as refused:
            row.full_clean()
        assert "due_on" in refused.value.message_dict
        row.due_on = DAY
    row.full_clean()


def test_an_inspection_is_put_right_once(campaign, branch):
    inspection = make_inspection(campaign, branch, outcome="criticism", due_on=DAY)
    again = Inspection.objects.get()
    assert [*Inspection.objects.unresolved()] == [inspection] and Inspection.objects.overdue(date(2021, 1, 1)).exists()
    assert not Inspection.objects.overdue(DAY).exists()
    inspection.resolve("Đã bổ sung", DAY)
    with pytest.raises(ValidationError):
        again.resolve("Cũng đã", DAY)
    with pytest.raises(ValidationError):
        make_inspection(campaign, branch, outcome="criticism").resolve("Trước", date(2019, 1, 1))
    again.refresh_from_db()
    assert again.resolution == "Đã bổ sung" and [*Inspection.objects.resolved()] == [again]


# The list's rows


def test_units_that_owe_a_plan_are_listed_with_it_or_without(campaign, branch):
    root = campaign.launched_by
    silent, late, group = make_branch(parent=root), make_branch(parent=root), make_unit(parent=root)
    make_plan(campaign, branch, due_on=DAY).submit()
    make_plan(campaign, late, due_on=DAY, status="returned", return_reason="x")
    make_plan(make_campaign(scope=root), silent)
    found = {unit.pk: (unit.plan_state, unit.overdue) for unit in planners(campaign, date(2020, 11, 17))}
    assert found == {branch.pk: ("submitted", False), silent.pk: (MISSING, False), late.pk: ("returned", True)}
    campaign.plans_due_on = DAY
    assert [unit.overdue for unit in planners(campaign, date(2020, 11, 17)).filter(pk=silent.pk)] == [True]
    assert [unit.overdue for unit in planners(campaign, DAY).filter(pk=silent.pk)] == [False]
    make_plan(campaign, group)
    assert planners(campaign, DAY).filter(pk=group.pk).get().plan_state == "draft"


# What is missing, what was checked


def test_an_empty_plan_lacks_everything_a_whole_one_nothing(plan):
    assert [gap.field for gap in gaps(plan, [])] == [
        "number", "dated", "file", "person_in_charge", "member_target", "activities",
    ]  # fmt: skip
    whole(plan)
    assert gaps(plan, plan.lines()) == []
    plan.choose({activity.pk: None for activity in plan.campaign.activities.all()})
    assert [gap.field for gap in gaps(plan, plan.lines())] == [f"target_{plan.planned.get().activity_id}"]


def test_a_file_that_is_gone_or_broken_does_not_open(plan):
    whole(plan)
    plan.file.storage.delete(plan.file.name)
    assert [gap.field for gap in gaps(plan, plan.lines())] == ["file"]
    plan.file.save("anh.pdf", ContentFile(b"<html>"), save=True)
    assert [gap.field for gap in gaps(plan, plan.lines())] == ["file"]
    assert False in [check.good for check in checks(plan, plan.lines(), plan.figures())[-1:]]


@pytest.mark.parametrize("target, good", [(9, True), (8, False), (11, False), (None, False)])
def test_the_member_target_is_held_against_the_campaigns(plan, target, good):
    for _ in range(10):
        make_member(unit=plan.unit)
    plan.member_target = target
    figures = at(plan).figures()
    assert figures.eligible == 10 and checks(plan, [], figures)[0].good is good


def test_quantities_registered_beyond_the_target_are_noted(plan):
    whole(plan)
    lamps = plan.lines()[0].activity
    assert plan.figures().quantities == {}
    for quantity in (30, 22):
        make_registration(plan.campaign, make_member(unit=plan.unit)).pledges.create(activity=lamps, quantity=quantity)
    withdrawn = make_registration(plan.campaign, make_member(unit=plan.unit))
    withdrawn.pledges.create(activity=lamps, quantity=100)
    withdrawn.withdraw("chuyển đi")
    figures = plan.figures()
    assert figures.quantities == {lamps.pk: 52} and figures.registered == 2
    noted = checks(plan, plan.lines(), figures)[-1]
    assert not noted.good and "52" in noted.text and "40" in noted.text


# History


def kinds(plan):
    return [entry.kind for entry in read_history(at(plan), {}).entries]


def test_the_history_tells_every_act_the_newest_first(plan):
    whole(plan)
    plan.submit()
    plan.send_back("Thiếu người phụ trách", DAY)
    plan.person_in_charge = "Võ Thị Sáu"
    plan.save()
    plan.submit()
    plan.recall()
    plan.submit()
    plan.approve()
    assert kinds(plan) == ["approved", "submitted", "draft", "submitted", "edited", "returned", "submitted", "made"]
    past = read_history(at(plan), {})
    assert [entry.n for entry in past.entries if entry.kind == "submitted"] == [3, 2, 1]
    returned = past.entries[-3]
    assert (returned.reason, returned.due_on) == ("Thiếu người phụ trách", DAY)


def test_what_one_person_changed_in_a_row_is_one_entry_and_what_came_back_is_none(plan):
    whole(plan)
    plan.submit()
    plan.send_back("Sửa", DAY)
    lamps = plan.lines()[0].activity
    for number, target in (("32-KH/ĐU", 50), ("33-KH/ĐU", 60)):
        plan.number = number
        plan.save()
        plan.choose({lamps.pk: Decimal(target)})
    edited = read_history(at(plan), {lamps.pk: "Đèn"}).entries[0]
    assert edited.kind == "edited" and len(edited.places) == 2 and "Đèn" in edited.places
    plan.number = "31-KH/ĐU"
    plan.save()
    plan.choose({lamps.pk: Decimal(40)})
    assert kinds(plan)[0] == "returned"


def test_edits_of_two_people_are_two_entries(plan):
    whole(plan)
    plan.submit()
    plan.send_back("Sửa", DAY)
    for n in range(2):
        plan.number = f"{n}-KH"
        plan._history_user = make_user(username=f"thu-ky-{n}")
        plan.save()
    entries = read_history(at(plan), {}).entries
    assert [entry.by.username for entry in entries[:2]] == ["thu-ky-1", "thu-ky-0"]


def test_a_plan_handed_in_again_is_compared_with_what_the_approver_saw(plan):
    whole(plan)
    trees, roads = make_activity(plan.campaign, name="Hoa"), make_activity(plan.campaign, name="Đường")
    lamps = plan.lines()[0].activity
    plan.choose({lamps.pk: Decimal(90), trees.pk: None})
    plan.submit()
    assert read_history(at(plan), {}).before(plan) is None
    plan.send_back("Sửa", DAY)
    plan.person_in_charge = "Võ Thị Sáu"
    plan.save()
    plan.choose({lamps.pk: Decimal(60), roads.pk: Decimal(2)})
    for act in (lambda: None, plan.submit, plan.approve):
        act()
        before = read_history(at(plan), {}).before(plan)
        lines = compared_lines(plan, before, [lamps, trees, roads], {})
        assert [(line.kind, line.was, line.target) for line in lines] == [
            ("changed", 90, 60), ("removed", None, None), ("added", None, 2),
        ]  # fmt: skip
        assert changed_fields(at(plan), before) == {"person_in_charge": "Lý Tấn Lộc"}


def test_plans_that_were_loaded_as_they_stood_have_a_history_too(campaign, branch):
    plan = make_plan(campaign, branch, status="submitted")
    plan.choose({make_activity(campaign).pk: Decimal(1)})
    assert kinds(plan) == ["submitted"] and read_history(at(plan), {}).times == 1
    plan.send_back("Sửa", DAY)
    before = read_history(at(plan), {}).before(at(plan))
    assert [*before.targets.values()] == [1]


# Boxes


@pytest.mark.parametrize(
    "typed, vi, en",
    [
        ("1.200", "1200", None), ("0,5", "0.5", "0.5"), ("0.5", "0.5", "0.5"), ("1200", "1200", "1200"),
        ("1.200,5", "1200.5", None), ("1,200.5", None, "1200.5"), ("1 200", "1200", "1200"),
        ("1.234.567", "1234567", None),
        ("-1", None, None), ("1,234", None, "1234"), ("ba", None, None), ("1e3", "1000", "1000"), ("NaN", None, None),
        ("99999999999", None, None),
    ],
)  # fmt: skip
def test_quantities_are_read_as_printed(typed, vi, en):
    for language, meant in (("vi", vi), ("en", en)):
        with translation.override(language):
            if meant is None:
                with pytest.raises(ValidationError):
                    QuantityField().clean(typed)
            else:
                assert QuantityField().clean(typed) == Decimal(meant)


def test_a_quantity_is_shown_as_it_would_be_printed():
    with translation.override("vi"):
        field = QuantityField(required=False)
        assert [field.prepare_value(Decimal(n)) for n in ("1200.00", "0.50", "38.5")] == ["1.200", "0,5", "38,5"]
        assert field.clean("") is None


def office(part, *more):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "x")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    "name, content",
    [
        ("KH.PDF", PDF), ("kh.docx", office("word/document.xml")), ("kh.xlsx", office("xl/workbook.xml")),
        ("kh.doc", OLE), ("kh.xls", OLE), ("kh.jpg", b"\xff\xd8\xff\xe0"), ("kh.png", b"\x89PNG\r\n\x1a\n"),
    ],
)  # fmt: skip
def test_papers_are_kept_under_a_name_of_our_own(name, content):
    kept = PaperField(stem="ke-hoach").clean(SimpleUploadedFile(f"Kế hoạch {name}", content))
    assert kept.name.startswith("ke-hoach-") and kept.name.endswith(name.rpartition(".")[2].lower())
    assert "Kế" not in kept.name and kept.read() == content


@pytest.mark.parametrize(
    "name, content",
    [
        ("kh.html", b"<html>"), ("kh", PDF), ("kh.pdf", b"<script>"), ("kh.pdf.exe", PDF),
        ("kh.docx", office("xl/workbook.xml")),
        ("kh.docx", b"PK\x03\x04 hong"), ("kh.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("kh.png", b"\xff\xd8\xff"), ("kh.pdf", b""), ("kh.svg", b"<svg/>"), ("kh.xls", PDF),
    ],
)  # fmt: skip
def test_what_is_not_a_paper_is_refused_with_its_name(name, content):
    with pytest.raises(ValidationError) as refused:
        PaperField().clean(SimpleUploadedFile(name, content))
    assert not content or name in refused.value.messages[0]


def test_a_paper_too_large_is_refused():
    upload = SimpleUploadedFile("kh.pdf", PDF)
    upload.size = 20 * 1024 * 1024 + 1
    with pytest.raises(ValidationError) as refused:
        PaperField().clean(upload)
    assert refused.value.code == "large"
