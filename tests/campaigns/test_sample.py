"""The sample province: a whole register from one command, true to its facts and the same for the same seed."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Sum
from django.urls import reverse

from campaigns.models import (
    Activity,
    Campaign,
    CampaignDocument,
    CampaignScope,
    Exemplar,
    Inspection,
    Invitation,
    PlannedActivity,
    Pledge,
    Registration,
    SelfPledge,
    SelfRegistration,
    Tally,
    UnitPlan,
    UnitReport,
)
from campaigns.plan_history import read_history
from campaigns.sample import loading
from campaigns.sample.awards import BATCH, BATCH_BEFORE
from campaigns.sample.draws import table, texts, years_later
from campaigns.work import Work
from records.models import (
    AuditEvent,
    Award,
    AwardEvent,
    AwardType,
    Decision,
    Member,
    Membership,
    Posting,
    SavedView,
    Sector,
    Transfer,
    Unit,
    UnitEvent,
    User,
)

# Drawn before it is written, the sample is the same everywhere; test_load_sample.py loads it on every database.
pytestmark = pytest.mark.one_database
TODAY = date(2026, 11, 23)
VOLUNTEERS = "dang-vien-tinh-nguyen-2018"


@pytest.fixture(scope="module")
def province(shared_rows):
    """One sample for the whole module."""
    loading.load(500, 2018, TODAY)


@pytest.fixture
def sample(province, db):
    return Campaign.objects.with_rates().get(slug=VOLUNTEERS)


def test_rates_are_counts_of_rows(sample):
    registered = Registration.objects.filter(campaign=sample, status__in=["registered", "done"]).count()
    assert sample.registered == registered
    assert sample.eligible == Member.objects.active().count()
    assert 90 <= 100 * registered / sample.eligible < 92
    grassroots = Unit.objects.grassroots()
    assert sample.owed == grassroots.count() == 559
    assert sample.planned == UnitPlan.objects.filter(campaign=sample, unit__in=grassroots).handed_in().count()


def test_committees_differ_around_the_target(sample):
    rates = {u.code: u.registered / u.eligible for u in sample.ranked_units() if u.parent_id and u.eligible}
    assert set(rates) == {row["code"] for row in table("committees.csv")}
    assert rates["BRVT-CD"] > 0.9 > rates["BRVT-VT"]


def test_tallies_headcounts_and_audit_trail_are_right(sample):
    assert Tally.objects.differences() == []
    assert list(Unit.objects.miscounted()) == []
    assert AuditEvent.objects.first_broken() is None
    assert Unit.objects.aggregate(n=Sum("headcount"))["n"] == Member.objects.active().count()


def test_every_row_satisfies_its_model(sample):
    for model in (
        Activity, Campaign, CampaignDocument, CampaignScope, Exemplar, Inspection, Invitation, PlannedActivity, Pledge,
        Registration, SelfPledge, SelfRegistration, UnitPlan, UnitReport, Award, AwardEvent, AwardType, Decision,
        Member, Membership, Posting, SavedView, Sector, Transfer, Unit, UnitEvent, User,
    ):  # fmt: skip
        rows = list(model.objects.order_by("pk")[:25])
        assert rows, model
        for row in rows:
            try:
                row.full_clean()
            except ValidationError as error:
                pytest.fail(f"{row!r}: {error}")


def test_every_row_has_a_history(sample):
    for model in (
        Unit,
        Member,
        Membership,
        Decision,
        Award,
        Registration,
        Pledge,
        UnitPlan,
        PlannedActivity,
        UnitEvent,
        Invitation,
        SelfRegistration,
        Transfer,
        UnitReport,
    ):
        known = set(model.history.filter(history_type="+").values_list("id", flat=True))
        assert set(model.objects.values_list("pk", flat=True)) <= known, model


def test_memberships_do_not_overlap(sample):
    ended = {}
    rows = Membership.objects.order_by("member", "kind", "valid_from", "pk")
    for member, kind, valid_from, valid_to in rows.values_list("member", "kind", "valid_from", "valid_to"):
        assert ended.get((member, kind), date.min) <= valid_from
        ended[member, kind] = valid_to or date.max
    assert not Membership.objects.filter(valid_from__lt=F("member__admitted_on")).exists()


def test_members_are_where_their_open_membership_is(sample):
    open_ones = Membership.objects.filter(kind="official", valid_to=None)
    assert not open_ones.exclude(unit=F("member__unit")).exists()
    assert open_ones.count() == Member.objects.present().count()
    left = Member.objects.exclude(pk__in=Member.objects.present())
    assert left.exists()
    assert not Membership.objects.filter(member__in=left, valid_to=None).exists()


def test_members_are_adults_of_every_kind(sample):
    for born, admitted in Member.objects.exclude(birth_date=None).values_list("birth_date", "admitted_on"):
        assert years_later(born, 18) <= admitted
    precisions = Counter(Member.objects.values_list("birth_precision", flat=True))
    assert precisions["day"] > precisions["month"] and precisions["year"]
    assert {"probationary", "full", "exempt"} <= set(Member.objects.values_list("standing", flat=True))
    on_probation = Member.objects.filter(standing="probationary")
    assert all(m.full_member_on is None and m.admitted_on > TODAY - timedelta(days=366) for m in on_probation)
    assert Member.objects.exclude(attached_to=None).exists()
    assert not Member.objects.filter(phone__gt="").exists()
    assert all(m.card_number.startswith("MAU") for m in Member.objects.exclude(card_number=""))


def test_nobody_registers_before_joining_or_after_today(sample):
    rows = Registration.objects.all()
    assert not rows.filter(registered_on__lt=F("member__admitted_on")).exists()
    assert not rows.filter(registered_on__gt=TODAY).exists()
    assert not rows.filter(registered_on__lt=F("campaign__starts_on")).exists()


def test_twenty_three_organisations_were_handed_over(sample):
    events = UnitEvent.objects.filter(decision__number="1064-QĐ/TU", kind="transfer")
    assert events.count() == 23
    assert all(event.became == event.unit.parent.name and event.was != event.became for event in events)
    members = Member.objects.filter(unit__in=events.values("unit"))
    assert members.count() == round(502 * 500 / 40_000)


def test_two_blocks_became_one(sample):
    merger = UnitEvent.objects.get(kind="merge")
    assert merger.decision.number == "1100-QĐ/TU"
    assert (merger.decision.issued_on, merger.occurred_on) == (date(2019, 7, 10), date(2019, 8, 1))
    assert {unit.dissolved_on for unit in merger.others.all()} == {date(2019, 8, 1)}
    assert not Unit.objects.filter(parent__in=merger.others.all()).exists()


def test_nine_kinds_of_work_have_activities_and_exemplars(sample):
    activities = sample.activities.order_by("order")
    assert [a.name for a in activities] == [row["name"] for row in table("activities.csv")]
    assert all(a.measure for a in activities)
    told = Exemplar.objects.published().filter(campaign=sample)
    assert set(told.values_list("activity", flat=True)) == {a.pk for a in activities}
    assert Exemplar.objects.filter(published_at=None).exists()


def test_figures_of_exemplars_come_from_pledges_and_plans(sample):
    for row in texts("exemplars.toml")["exemplar"]:
        exemplar = Exemplar.objects.get(title=row["title"])
        done = Pledge.objects.within(exemplar.unit).filter(activity=exemplar.activity)
        total = done.aggregate(n=Sum("done_quantity"))["n"]
        assert f"{total:.1f}".removesuffix(".0").replace(".", ",") == exemplar.figure.split()[0]
        plan = UnitPlan.objects.handed_in().get(campaign=exemplar.campaign, unit=exemplar.unit)
        assert plan.planned.get(activity=exemplar.activity).target == row["target"]


def test_campaign_led_to_three_decisions(sample):
    documents = CampaignDocument.objects.published().filter(campaign=sample)
    assert set(documents.filter(role="basis").values_list("decision__number", flat=True)) == {
        "160-KH/TU",
        "09-HD/BTCTU",
    }
    lines = {
        line["number"]: (line["issued_on"], line["collectives"], line["persons"])
        for line in documents.award_lines()
        if line["role"] == "award"
    }
    assert lines == {
        "1407-QĐ/TU": (date(2020, 11, 2), 14, 31),
        "1098-QĐ/TU": (date(2019, 12, 20), 12, 27),
        "231-QĐ/HU": (date(2019, 9, 5), 4, 8),
    }
    honoured = Award.objects.filter(decision__campaign_documents__campaign=sample).exclude(member=None)
    volunteers = Registration.objects.filter(campaign=sample).values("member")
    named = {"Đặng Thị Ánh Hồng", "Phan Thị Mỹ Duyên", "Trần Quốc Thịnh"}
    others = honoured.exclude(member__in=volunteers)
    assert set(others.values_list("member__full_name", flat=True)) <= named


def test_annual_campaign_ran_every_year_and_runs_now(sample):
    annual = Campaign.objects.filter(mode="regular").with_rates().order_by("starts_on")
    assert [(c.starts_on.year, c.status) for c in annual] == [
        (2017, "closed"), (2018, "closed"), (2019, "closed"), (2020, "closed"), (2026, "launched"),
    ]  # fmt: skip
    assert all(c.planned <= c.owed and 0 < c.registered < c.eligible for c in annual)
    assert {scope.sector.code for c in annual for scope in c.scopes.all()} == {"to-chuc-xay-dung-dang"}
    branches = Unit.objects.filter(sector__code="to-chuc-xay-dung-dang", kind="grassroots_branch")
    assert branches.values("parent").distinct().count() == 13


def test_closed_campaigns_keep_their_figures(sample):
    campaign = Campaign.objects.with_rates().get(slug="nganh-to-chuc-xay-dung-dang-2020")
    Unit.objects.update(headcount=0)
    again = Campaign.objects.with_rates().get(pk=campaign.pk)
    assert (again.eligible, again.owed, again.planned) == (campaign.eligible, campaign.owed, campaign.planned)


def test_draft_campaign_and_draft_awards_are_not_public(sample):
    draft = Campaign.objects.get(status="draft")
    assert draft not in Campaign.objects.published()
    unpublished = Decision.objects.filter(published_at=None)
    assert unpublished.count() == 1
    assert set(Award.objects.filter(published_at=None)) == set(unpublished.get().awards.all())


def test_awards_the_press_told_of(sample):
    own = Unit.objects.get(code="BRVT-BTC").own_awards.order_by("-decided_on")
    assert [(a.type.code, a.decided_on.year, a.decision.number, a.decision.issued_precision) for a in own] == [
        ("CO-CHINH-PHU", 2020, "", "year"),
        ("BK-TINH", 2018, "", "year"),
    ]
    flags = Award.objects.published().filter(period_start=2013, period_end=2017, type__code="DANG-CO-TINH-UY")
    assert flags.count() >= 3
    assert {flag.recipient_kind for flag in flags} == {"collective"}


def test_forty_five_published_awards_stand_as_printed(sample):
    rows = table("awards_published.csv")
    printed = Award.objects.published().filter(decision__number__in={row["decision_no"] for row in rows})
    assert Counter(printed.values_list("decision__number", "recipient_name")) == Counter(
        (row["decision_no"], row["recipient_name"]) for row in rows
    )
    assert printed.count() == 45
    assert not printed.exclude(member=None, collective=None, unit=None).exists()
    assert Decision.objects.get(number="689/QĐ-CTN").issued_on == date(2012, 5, 30)
    assert not Decision.objects.get(number="số 2234").number_is_understood


def test_badges_follow_the_day_of_admission(sample):
    badges = Award.objects.filter(type__family="badge").select_related("member", "type")
    assert badges.get(recipient_name="Nguyễn Văn Lành").type.milestone_years == 50
    for badge in badges:
        assert BATCH_BEFORE < years_later(badge.member.admitted_on, badge.type.milestone_years) <= BATCH
    milestones = set(AwardType.objects.filter(family="badge").values_list("milestone_years", flat=True))
    due = [
        member.pk
        for member in Member.objects.present()
        if any(BATCH_BEFORE < years_later(member.admitted_on, years) <= BATCH for years in milestones)
    ]
    assert sorted(due) == sorted(badges.values_list("member", flat=True))


def test_one_award_corrected_and_one_revoked(sample):
    corrected = Award.objects.get(status="corrected")
    event = corrected.events.get()
    assert (event.was["recipient_name"], event.became["recipient_name"]) == ("Phan Thị Mĩ Duyên", "Phan Thị Mỹ Duyên")
    revoked = Award.objects.get(status="revoked")
    assert revoked.recipient_name == "Trần Quốc Thịnh"
    assert [e.decision.number for e in revoked.events.order_by("occurred_on")] == ["842-CV/BTCTU", "1188-QĐ/TU"]
    assert {corrected, revoked} <= set(Award.objects.published())


def test_logins_see_what_their_postings_allow(sample):
    users = {user.username: user for user in loading.sample_users()}
    assert all(user.is_staff for user in users.values())
    inside = Member.objects.in_paths([Unit.objects.get(code="BRVT-CD").path])
    everyone, chau_duc = Member.objects.count(), Member.objects.filter(inside).count()
    seen = {name: Member.objects.visible_to(user, TODAY).count() for name, user in users.items()}
    assert seen == dict.fromkeys(["quantri", "chuyenvien", "duyet", "quanly", "xem"], everyone) | {"chauduc": chau_duc}
    assert 0 < chau_duc < everyone
    changed = {name for name, user in users.items() if Member.objects.editable_by(user, TODAY).exists()}
    assert changed == {"quantri", "chuyenvien", "duyet", "quanly", "chauduc"}


def of_chau_duc(model):
    return model.objects.within(Unit.objects.get(code="BRVT-CD"))


def test_plans_were_returned_mended_and_handed_in_again(sample):
    again = of_chau_duc(UnitPlan).filter(campaign=sample, status="submitted").exclude(return_reason="")
    assert again.count() == 2
    for plan in again:
        entries = read_history(plan, {}).entries
        assert [entry.kind for entry in entries] == ["submitted", "edited", "returned", "submitted", "made"]
        who = ["chauduc", "chauduc", "duyet", "chauduc", "chauduc"]
        assert [entry.by.username for entry in entries] == who
    returned = UnitPlan.objects.filter(campaign=sample, status="returned")
    assert returned.exists() and not returned.exclude(due_on__gt=TODAY).exists()


def test_what_members_sent_waits_or_was_answered(sample):
    sent = of_chau_duc(SelfRegistration).filter(campaign=sample)
    assert Counter(sent.values_list("status", flat=True)) == {"waiting": 6, "confirmed": 1, "refused": 1}
    waiting = list(sent.waiting())
    SelfRegistration.objects.meet(waiting, User.objects.get(username="chauduc"), TODAY)
    found = [[person.same_year for person in row.people][:1] for row in waiting]
    assert {(True,), (False,), ()} == {tuple(years) for years in found}
    assert all(row.pledges.count() == 2 for row in waiting)
    links = Invitation.objects.filter(campaign=sample)
    assert set(links.values_list("is_open", flat=True)) == {True, False}
    assert sample.open_on(TODAY)


def test_people_are_on_their_way_between_units(sample):
    clerk, approver = (User.objects.get(username=name) for name in ("chauduc", "duyet"))
    assert Transfer.objects.to_answer(clerk, TODAY).count() == 1
    assert Transfer.objects.to_call_off(clerk, TODAY).count() == 1
    assert Transfer.objects.filter(status="refused").get().answered_by == approver
    assert not Transfer.objects.waiting().exclude(member__unit=F("from_unit")).exists()


def test_inspections_are_put_right_due_or_overdue(sample):
    assert Inspection.objects.resolved().exclude(resolution="").count() == 1
    assert Inspection.objects.unresolved().count() == 2
    assert Inspection.objects.overdue(TODAY).count() == 1


def test_every_part_of_the_day_s_work_has_something_in_it(sample):
    work = Work(User.objects.get(username="chauduc"), TODAY)
    assert work.campaigns and work.plans and work.sent_in and work.transfers and work.inspections
    assert work.results_due and work.decisions and work.exemplars and work.member_gaps and work.decision_gaps
    assert work.pairs == 3 and work.clean_up and 0 < work.clean_rate < 100
    assert Work(User.objects.get(username="duyet"), TODAY).below
    _days, campaign, what = work.next_day
    assert campaign.slug.endswith("2026") and what == "results"
    assert of_chau_duc(UnitReport).count() == 3
    assert Exemplar.objects.submitted().count() == 1
    assert Exemplar.objects.drafts().exclude(return_reason="").count() == 1


def test_a_manager_keeps_the_accounts_and_views_lead_to_people(sample, client):
    assert Posting.objects.get(user__username="quanly").role == Posting.Role.MANAGER
    for view in SavedView.objects.select_related("user"):
        client.force_login(view.user)
        page = client.get(f"{reverse(view.page)}?{view.query}")
        assert page.status_code == 200 and view.name in page.content.decode()


def test_some_results_of_this_year_are_known_already(sample):
    running = Registration.objects.filter(campaign__mode="regular", campaign__status="launched")
    done = running.filter(status="done")
    assert 0 < done.count() < running.count()
    assert not done.filter(rating="").exists()
    pledges = Pledge.objects.filter(registration__in=running)
    assert not pledges.filter(registration__status="done", done_quantity=None).exists()
    assert not pledges.filter(registration__status="registered", done_quantity__isnull=False).exists()
