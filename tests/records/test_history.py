"""Every way of writing leaves a history row that says what changed, and why where somebody said why."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from simple_history.models import HistoricalRecords

from campaigns.models import Campaign, Exemplar, Registration, UnitPlan
from records.models import Award, AwardType, AwardTypeAlias, Decision, Member, Membership, Unit
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_member,
    make_plan,
    make_registration,
    make_superuser,
    make_unit,
)

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)
DERIVED = {"path", "unit_path", "search_key", "sort_key", "key", "issuer_key", "headcount", "decided_on", "password"}
DERIVED |= {"attached_path", "kept_path", "token", "snapshot"}
# Written by machines about records that have a history themselves.
WITHOUT = {"AuditEvent", "SavedView", "Submission", "Tally", "Import", "ImportRow", "ColumnTemplate", "Export", "Move"}
WITHOUT |= {"Reckoning"}


def our_models():
    ours = [m for m in apps.get_models() if m._meta.app_label in ("records", "campaigns")]
    return [m for m in ours if not m.__name__.startswith("Historical") and not m._meta.auto_created]


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m.__name__)
def test_every_model_has_a_history_of_all_that_people_write(model):
    if model.__name__ in WITHOUT:
        assert not hasattr(model, "history")
        return
    tracked = {field.name for field in model.history.model.tracked_fields}
    missing = {field.name for field in model._meta.concrete_fields} - tracked
    assert missing <= DERIVED | {"last_login"}
    assert {"history_change_reason", "request_id"} <= {f.name for f in model.history.model._meta.get_fields()}


def last_change(row):
    """(fields that the newest history row changed, its reason)."""
    new, old = row.history.order_by("-history_id")[:2]
    changed = {f.name for f in row.history.model.tracked_fields if getattr(new, f.attname) != getattr(old, f.attname)}
    return changed, new.history_change_reason


def registered():
    unit = make_branch()
    return make_registration(make_campaign(scope=unit), make_member(unit=unit))


def planned(status="draft"):
    unit = make_branch()
    return make_plan(make_campaign(scope=unit), unit, status=status)


def ready():
    campaign = make_campaign(status="draft")
    make_activity(campaign)
    return campaign


def attached():
    member = make_member()
    member.attach_to(make_branch(), date(2020, 2, 1))
    return member


def withdrawn():
    registration = registered()
    registration.withdraw("ốm")
    return registration


VERBS = [
    (make_branch, lambda u: u.rename("Chi bộ Bảy", DAY), {"name"}, None),
    (make_branch, lambda u: u.move_to(make_unit(), DAY), {"parent"}, None),
    (make_branch, lambda u: u.dissolve(DAY), {"dissolved_on"}, None),
    (make_member, lambda m: m.transfer_to(make_branch(), DAY), {"unit"}, None),
    (make_member, lambda m: m.attach_to(make_branch(), DAY), {"attached_to"}, None),
    (attached, lambda m: m.end_attachment(DAY), {"attached_to"}, None),
    (make_member, lambda m: m.change_standing("left", DAY), {"standing"}, None),
    (make_award, lambda a: a.revoke(make_decision(), "khai gian"), {"status"}, "khai gian"),
    (make_award, lambda a: a.reissue(make_decision(), "mất bản chính"), {"status"}, "mất bản chính"),
    (make_award, lambda a: a.correct(make_decision(), "ghi nhầm", recipient_name="Tập thể Đúng"), {"recipient_name"},
     "ghi nhầm"),
    (make_decision, lambda d: d.publish(make_superuser()), {"published_at"}, "publish"),
    (lambda: make_decision(published=True), lambda d: d.unpublish(make_superuser(), reason="nhầm số"),
     {"published_at"}, "nhầm số"),
    (ready, lambda c: c.launch(), {"status"}, ""),
    (make_campaign, lambda c: c.review(), {"status"}, ""),
    (make_campaign, lambda c: c.close(), {"status"}, ""),
    (make_campaign, lambda c: c.cancel("thay kế hoạch"), {"status", "status_reason"}, "thay kế hoạch"),
    (planned, lambda p: p.submit(), {"status", "submitted_at"}, None),
    (lambda: planned("submitted"), lambda p: p.approve(), {"status"}, None),
    (lambda: planned("submitted"), lambda p: p.send_back("thiếu chỉ tiêu", DAY), {"status", "return_reason", "due_on"},
     "thiếu chỉ tiêu"),
    (registered, lambda r: r.finish("good"), {"status", "rating"}, None),
    (registered, lambda r: r.withdraw("đi xa"), {"status", "withdrawn_reason"}, "đi xa"),
    (withdrawn, lambda r: r.register_again(), {"status", "withdrawn_reason"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("make", "act", "fields", "reason"), VERBS)
def test_a_verb_leaves_one_history_row_with_its_fields_and_its_reason(make, act, fields, reason):
    row = make()
    before = row.history.count()
    act(row)
    changed, why = last_change(row)
    assert changed == fields
    assert why == reason
    # A correction is two writes: the standing first, so that nobody corrects what was just revoked.
    assert row.history.count() == before + (2 if reason == "ghi nhầm" else 1)


@pytest.mark.parametrize(("make", "act", "fields", "reason"), VERBS)
def test_the_history_and_the_row_agree_after_a_verb(make, act, fields, reason):
    row = make()
    act(row)
    stored = type(row).objects.get(pk=row.pk)
    newest = row.history.order_by("-history_id").first()
    for field in row.history.model.tracked_fields:
        assert getattr(newest, field.attname) == getattr(stored, field.attname), field.name


def test_a_refused_verb_leaves_nothing():
    award, plan = make_award(), planned("approved")
    award.revoke(make_decision(), "một")
    counts = award.history.count(), plan.history.count()
    for act in (lambda: award.reissue(make_decision(), "hai"), lambda: plan.send_back("muộn")):
        with pytest.raises(ValidationError):
            act()
    assert (award.history.count(), plan.history.count()) == counts


def test_a_transfer_writes_the_history_of_both_memberships():
    member = make_member()
    member.transfer_to(make_branch(), DAY)
    ended, begun = member.memberships.order_by("valid_from")
    assert [row.history_type for row in ended.history.order_by("history_id")] == ["+", "~"]
    assert last_change(ended)[0] == {"valid_to", "end_reason"}
    assert [row.history_type for row in begun.history.all()] == ["+"]


BULK = [
    (lambda: Unit.objects.plant([Unit(code=f"P{n}", name=f"P {n}", kind="other") for n in range(3)]), Unit),
    (lambda: Member.objects.enrol([Member(full_name=f"Lê A{n}", unit=make_branch()) for n in range(3)], DAY), Member),
    (lambda: Member.objects.enrol([Member(full_name=f"Lê B{n}", unit=make_branch()) for n in range(3)], DAY),
     Membership),
    (lambda: AwardType.objects.load(), AwardType),
    (lambda: AwardType.objects.load(), AwardTypeAlias),
]  # fmt: skip


@pytest.mark.parametrize(("write", "model"), BULK)
def test_rows_written_together_have_a_history_each(write, model):
    write()
    assert model.objects.count() > 2
    assert set(model.history.values_list("id", flat=True)) >= set(model.objects.values_list("pk", flat=True))
    assert model.history.filter(history_type="+").count() == model.objects.count()


def test_registrations_written_together_have_a_history_each():
    unit = make_branch()
    campaign = make_campaign(scope=unit)
    rows = [Registration(campaign=campaign, member=make_member(unit=unit), registered_on=DAY) for _ in range(3)]
    created = Registration.objects.enrol(rows)
    assert [row.history.get().history_type for row in created] == ["+"] * 3


def test_awards_published_together_have_a_history_each_with_who_and_why():
    decision, chief = make_decision(), make_superuser()
    awards = [make_award(decision=decision) for _ in range(3)]
    Award.objects.filter(decision=decision).publish(chief)
    Award.objects.filter(decision=decision).unpublish(chief, reason="công bố nhầm")
    for award in awards:
        back, out = award.history.order_by("-history_id")[:2]
        assert (back.history_change_reason, back.history_user) == ("công bố nhầm", chief)
        assert (out.history_change_reason, out.history_user) == ("publish", chief)
        assert out.published_at is not None and back.published_at is None


@pytest.mark.parametrize("make", [make_decision, make_exemplar])
def test_a_publication_is_signed_by_who_published(make):
    row, chief = make(), make_superuser()
    row.publish(chief) if isinstance(row, Decision) else Exemplar.objects.filter(pk=row.pk).publish(chief)
    assert row.history.order_by("-history_id").first().history_user == chief


def test_one_requests_rows_can_be_found_together(rf):
    request = rf.get("/")
    request.id = "c0ffee"
    HistoricalRecords.context.request = request
    try:
        member = make_member()
    finally:
        del HistoricalRecords.context.request
    assert member.history.get().request_id == member.memberships.get().history.get().request_id == "c0ffee"
    assert make_unit().history.get().request_id == ""


# Derived columns after every verb


def test_an_edit_from_an_old_copy_of_a_unit_leaves_its_path_and_headcount_alone():
    """A clerk's open form knows neither the members who came nor the move made meanwhile."""
    unit, root = make_branch(), make_unit()
    old = Unit.objects.get(pk=unit.pk)
    make_member(unit=unit)
    Unit.objects.get(pk=unit.pk).move_to(root, DAY)
    path = Unit.objects.get(pk=unit.pk).path
    old.parent_id = root.pk
    old.rename("Chi bộ Bảy", DAY)
    old.save()
    unit.refresh_from_db()
    assert (unit.headcount, unit.path, unit.name) == (1, path, "Chi bộ Bảy")
    assert not Unit.objects.miscounted().exists()


def test_a_transfer_to_the_host_ends_the_attachment_there():
    home, host = make_branch(), make_branch()
    member = make_member(unit=home)
    member.attach_to(host, date(2020, 2, 1))
    member.transfer_to(host, DAY)
    member.refresh_from_db()
    assert (member.unit, member.attached_to, member.place) == (host, None, host)
    assert [m.kind for m in member.memberships.filter(valid_to__isnull=True)] == ["official"]
    assert not Unit.objects.miscounted().exists()


def test_coming_back_starts_a_membership_again():
    member = make_member()
    member.change_standing("left", DAY)
    member.change_standing("full", DAY + timedelta(90))
    first, second = member.memberships.order_by("valid_from")
    assert (first.valid_to, second.valid_from, second.valid_to) == (DAY, DAY + timedelta(90), None)
    member.transfer_to(make_branch(), DAY + timedelta(120))
    assert not Unit.objects.miscounted().exists()


ILL_DATED = [
    lambda m: m.attach_to(make_branch(), date(2020, 2, 15)),
    lambda m: m.transfer_to(make_branch(), date(2019, 1, 1)),
    lambda m: m.change_standing("left", date(2019, 1, 1)),
    lambda m: m.end_attachment(DAY),
]


@pytest.mark.parametrize("act", ILL_DATED)
def test_a_day_that_another_membership_covers_is_refused_in_words(act):
    """Never by the database's own error, which a clerk cannot read."""
    member = make_member()
    member.attach_to(make_branch(), date(2020, 2, 1))
    member.end_attachment(date(2020, 3, 1))
    with pytest.raises(ValidationError) as told:
        act(Member.objects.get(pk=member.pk))
    assert told.value.messages[0].endswith(".")
    assert not Unit.objects.miscounted().exists()


@pytest.mark.parametrize("act", ["transfer_to", "attach_to"])
def test_nobody_is_placed_in_a_unit_that_is_no_more(act):
    gone = make_branch()
    gone.dissolve(DAY)
    with pytest.raises(ValidationError):
        getattr(make_member(), act)(gone, DAY)
    with pytest.raises(ValidationError):
        make_member(unit=gone)
    with pytest.raises(ValidationError) as told:
        Member(full_name="Lê Văn Tám", unit=gone).full_clean()
    assert set(told.value.message_dict) == {"unit"}


def exempt_there(unit):
    make_member(unit=unit).change_standing("exempt", date(2020, 2, 1))


def visitor_there(unit):
    make_member().attach_to(unit, date(2020, 2, 1))


def later_child(unit):
    make_unit(parent=unit, established_on=DAY + timedelta(30))


@pytest.mark.parametrize("fill", [exempt_there, visitor_there, later_child])
def test_a_unit_that_still_holds_anybody_is_not_dissolved(fill):
    unit = make_branch()
    fill(unit)
    with pytest.raises(ValidationError):
        unit.dissolve(DAY)
    assert Unit.objects.get(pk=unit.pk).dissolved_on is None


def test_dissolving_before_the_establishment_is_refused_in_words():
    unit = make_branch(established_on=DAY)
    with pytest.raises(ValidationError, match="giải thể"):
        unit.dissolve(DAY - timedelta(1))


def test_a_correction_notes_the_words_as_they_came_to_stand():
    award = make_award(recipient_name="Trần Văn A")
    event = award.correct(make_decision(), "ghi nhầm", recipient_name="Trần  Văn\u00a0An ")
    award.refresh_from_db()
    assert award.recipient_name == event.became["recipient_name"] == "Trần Văn An"
    assert award.search_key.startswith("tran van an")


def test_the_date_of_a_decision_reaches_its_awards():
    award = make_award()
    award.decision.issued_on = date(2019, 3, 4)
    award.decision.save()
    award.decision.date_awards()
    award.refresh_from_db()
    assert award.decided_on == date(2019, 3, 4)


@pytest.mark.parametrize("model", [Award, Campaign, UnitPlan, Registration], ids=lambda m: m.__name__)
def test_a_status_is_never_set_by_a_form(model):
    assert not model._meta.get_field("status").editable
