"""The publication number: whatever changes what the public may read moves it."""

from copy import deepcopy
from datetime import date
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Exemplar, Registration
from records.bulk import alter, insert
from records.models import Award, Decision, Member, Merge, Sector, Submission, Unit
from records.publication import publication_number
from records.tasks import start_applying, start_undoing
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_member,
    make_merge,
    make_plan,
    make_planned,
    make_registration,
    make_sector,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)
from tests.records.admin_pages import page, send, signed_in

pytestmark = pytest.mark.django_db
LATER = date(2020, 6, 1)


def number_after_commit():
    """The number; what follows counts as another transaction, though a test is a single one."""
    number = publication_number()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pages.counted', '', true)")
    return number


@pytest.fixture
def register(written):
    """Each test's own objects: what an act leaves in them says nothing to the next one."""
    return deepcopy(written)


@pytest.fixture(scope="module")
def written(shared_rows):
    """Rows of everything that may be public, written once for the module."""
    root = make_unit(code="GOC")
    branch, other = make_branch(parent=root), make_branch(parent=root)
    member = make_member(unit=branch)
    decision, draft = make_decision(unit=root, published=True), make_decision(unit=root)
    campaign, planned = make_campaign(scope=root), make_campaign(scope=root, status="draft")
    make_activity(planned)
    clerk = make_staff("clerk", root)
    planned_import = make_planned(f"Lê Văn Tới,1/2/1980,Nam,3/2/2010,{branch.code}", by=clerk)
    applied = make_planned(f"Lê Thị Lui,1/2/1981,Nữ,3/2/2011,{branch.code}", by=clerk)
    start_applying(applied, clerk)
    return SimpleNamespace(
        clerk=clerk, root=root, branch=branch, other=other, empty=make_branch(parent=root), member=member,
        decision=decision, draft=draft, later=make_decision(unit=root),
        award=make_award(member=member, decision=decision, published=True), hidden=make_award(decision=draft),
        campaign=campaign, planned=planned, registration=make_registration(campaign, make_member(unit=branch)),
        free=make_member(unit=branch), plan=make_plan(campaign, branch),
        exemplar=make_exemplar(campaign=campaign, published=True), told=make_exemplar(campaign=campaign),
        twins=[make_member(unit=branch), make_member(unit=branch)],
        merge=make_merge(make_member(unit=branch), make_member(unit=branch)),
        planned_import=planned_import, applied=applied, sector=make_sector(),
    )  # fmt: skip


def plain_sql(r):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_award SET published_at = NULL WHERE id = %s", [r.award.pk])


def admin_save(r):
    answer = send(signed_in(make_superuser()), page("unit_change", r.branch), short_name="CB")
    assert answer.status_code == 302


ACTS = {
    "a decision is published": lambda r: r.draft.publish(r.clerk),
    "a decision is taken back": lambda r: r.decision.unpublish(r.clerk, reason="sai"),
    "an award is published": lambda r: Award.objects.filter(pk=r.hidden.pk).publish(r.clerk),
    "an award is taken back": lambda r: Award.objects.filter(pk=r.award.pk).unpublish(r.clerk, reason="sai"),
    "an award is corrected": lambda r: r.award.correct(r.later, "sai tên", recipient_unit="Chi bộ khác"),
    "an award is revoked": lambda r: r.award.revoke(r.later, "sai"),
    "an award is reissued": lambda r: r.award.reissue(r.later, "rách"),
    "an award is deleted": lambda r: Award.objects.filter(pk=r.award.pk).delete(),
    "a published decision is edited": lambda r: Decision.objects.get(pk=r.decision.pk).save(),
    "a unit is renamed": lambda r: r.branch.rename("Chi bộ mới", LATER),
    "a unit is moved": lambda r: r.branch.move_to(r.other, LATER),
    "a unit is dissolved": lambda r: r.empty.dissolve(LATER),
    "a unit is no longer listed": lambda r: Unit.objects.filter(pk=r.branch.pk).update(listed=False),
    "a member's name is mended": lambda r: Member.objects.filter(pk=r.member.pk).update(full_name="Nguyễn Văn Đúng"),
    "a member is transferred": lambda r: r.member.transfer_to(r.other, LATER),
    "a member leaves": lambda r: r.member.change_standing("left", LATER),
    "two records are merged": lambda r: make_merge(*r.twins),
    "a merge is undone": lambda r: Merge.objects.get(pk=r.merge.pk).undo(r.clerk),
    "an import is written": lambda r: start_applying(r.planned_import, r.clerk),
    "an import is taken back": lambda r: start_undoing(r.applied, r.clerk, "nhầm"),
    "rows are written in bulk": lambda r: insert(Sector, ("code", "name"), [("a", "A")]),
    "rows are altered in bulk": lambda r: alter(Sector, ["name"], [r.sector]),
    "the admin saves": admin_save,
    "somebody writes SQL": plain_sql,
    "a campaign is launched": lambda r: r.planned.launch(),
    "a campaign is closed": lambda r: (r.campaign.review(), r.campaign.close()),
    "its names are no longer public": lambda r: type(r.campaign).objects.update(names_public=False),
    "a plan is handed in": lambda r: r.plan.submit(),
    "somebody registers": lambda r: make_registration(r.campaign, r.free),
    "somebody has done it": lambda r: r.registration.finish("good"),
    "somebody withdraws": lambda r: Registration.objects.get(pk=r.registration.pk).withdraw("ốm"),
    "a good model is published": lambda r: Exemplar.objects.filter(pk=r.told.pk).publish(r.clerk),
    "a good model is taken back": lambda r: Exemplar.objects.filter(pk=r.exemplar.pk).unpublish(r.clerk),
    "award types are loaded": lambda r: call_command("load_award_types", verbosity=0),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_changes_a_public_page_moves_the_number(register, act):
    before = number_after_commit()
    act(register)
    assert publication_number() > before


def test_what_the_public_never_reads_leaves_the_number(register, client):
    before = number_after_commit()
    user = make_user()
    client.force_login(user)
    Submission.objects.create(token="0" * 32, user=user, at=timezone.now())
    make_planned(f"Lê Văn Chờ,1/2/1980,Nam,3/2/2010,{register.branch.code}", by=register.clerk)
    assert publication_number() == before


def test_what_is_not_committed_is_not_counted(register):
    before = number_after_commit()
    for _ in range(2):
        with transaction.atomic():
            Award.objects.update(reason="khác")
            assert publication_number() > before
            transaction.set_rollback(True)
        assert publication_number() == before
    # After the savepoint is gone, with its count, the same transaction counts again.
    Award.objects.update(reason="khác")
    assert publication_number() > before


def watched_tables():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'publication'")
            return {table for (table,) in cursor.fetchall()}
        cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'publication%'")
        found = [table for (table,) in cursor.fetchall()]
    return {table for table in found if found.count(table) == 3}


def test_every_table_is_watched_but_those_that_no_public_page_reads():
    """A new table, or on SQLite an altered one, needs `watch` at the end of its migration."""
    private = {
        "records": "auditevent cleanup columntemplate export import importrow move namesakes posting savedview "
        "submission transfer user user_groups user_user_permissions",
        "campaigns": "evidencephoto inspection invitation selfpledge selfregistration unitreport",
    }
    unwatched = {f"{app}_{name}" for app, names in private.items() for name in names.split()}
    models = [model for app in private for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    tables = {model._meta.db_table for model in models if not model.__name__.startswith("Historical")}
    assert watched_tables() == tables - unwatched
