"""Every constraint of every model: the database refuses the row, and the form says why in a clerk's own language."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from campaigns.models import (
    Campaign,
    CampaignDocument,
    CampaignScope,
    ExemplarPhoto,
    PlannedActivity,
    Pledge,
    Tally,
    UnitReport,
)
from records.models import (
    Award,
    AwardEvent,
    AwardType,
    ColumnTemplate,
    Decision,
    ImportRow,
    Member,
    Membership,
    Move,
    Namesakes,
    Posting,
    Unit,
    UnitEvent,
)
from tests.factories import (
    make_activity,
    make_award,
    make_award_type,
    make_branch,
    make_campaign,
    make_cleanup,
    make_decision,
    make_exemplar,
    make_export,
    make_import,
    make_inspection,
    make_invitation,
    make_member,
    make_merge,
    make_plan,
    make_posting,
    make_registration,
    make_sector,
    make_self_registration,
    make_transfer,
    make_unit,
    make_user,
    make_view,
)

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2020, 1, 2), date(2020, 3, 4)

LISTED = "trong danh sách"


def make_event():
    return UnitEvent.objects.create(unit=make_unit(), kind=UnitEvent.Kind.OTHER, occurred_on=EARLY)


def make_award_event():
    return make_award().reissue(make_decision(), "in lại")


def make_membership():
    return make_member(since=EARLY).memberships.get()


def make_document():
    return CampaignDocument.objects.create(campaign=make_campaign(), decision=make_decision())


def two_documents():
    campaign = make_campaign()
    first, second = (CampaignDocument.objects.create(campaign=campaign, decision=make_decision()) for _ in range(2))
    second.beside = {"decision": first.decision}
    return second


def two_scopes():
    campaign = make_campaign()
    second = CampaignScope.objects.create(campaign=campaign, unit=make_unit())
    second.beside = {"unit": campaign.launched_by}
    return second


def two_sectors():
    campaign, first = make_campaign(), make_sector()
    CampaignScope.objects.create(campaign=campaign, sector=first)
    second = CampaignScope.objects.create(campaign=campaign, sector=make_sector())
    second.beside = {"sector": first}
    return second


def make_pledge(activity=None):
    branch = make_branch()
    campaign = make_campaign(scope=branch)
    registration = make_registration(campaign, make_member(unit=branch))
    return Pledge.objects.create(registration=registration, activity=activity or make_activity(campaign))


def two_pledges():
    first = make_pledge()
    second = Pledge.objects.create(registration=first.registration, activity=make_activity(first.registration.campaign))
    second.beside = {"activity": first.activity}
    return second


def make_planned():
    unit = make_branch()
    campaign = make_campaign(scope=unit)
    return PlannedActivity.objects.create(plan=make_plan(campaign, unit), activity=make_activity(campaign))


def two_planned():
    first = make_planned()
    second = PlannedActivity.objects.create(plan=first.plan, activity=make_activity(first.plan.campaign))
    second.beside = {"activity": first.activity}
    return second


def two_activities():
    campaign = make_campaign()
    first, second = make_activity(campaign), make_activity(campaign)
    second.beside = {"name": first.name}
    return second


def one_plan(**fields):
    unit = make_branch()
    return make_plan(make_campaign(scope=unit), unit, **fields)


def two_plans():
    first = one_plan()
    second = make_plan(first.campaign, make_branch())
    second.beside = {"unit": first.unit}
    return second


def one_registration():
    unit = make_branch()
    return make_registration(make_campaign(scope=unit), make_member(unit=unit))


def two_registrations():
    first = one_registration()
    second = make_registration(first.campaign, make_member(unit=first.unit))
    second.beside = {"member": first.member}
    return second


def two_postings():
    first = make_posting("clerk", make_unit())
    second = make_posting("viewer", first.unit, user=first.user)
    second.beside = {"role": "clerk"}
    return second


def two_decisions():
    first, second = make_decision(number="7/QĐ-UBND"), make_decision(number="8/QĐ-UBND")
    second.beside = {"sequence": first.sequence, "number": first.number}
    return second


def two_cards():
    make_member(card_number="52.000001")
    second = make_member(card_number="52.000002")
    second.beside = {"card_number": "52.000001"}
    return second


def two_memberships():
    member = make_member(since=EARLY)
    second = Membership.objects.create(member=member, unit=make_unit(), kind="temporary", valid_from=EARLY)
    second.beside = {"kind": "official"}
    return second


def an_inspection():
    unit = make_branch()
    return make_inspection(make_campaign(scope=unit), unit, inspected_on=LATE)


def a_person():
    return make_member(birth_date=date(1970, 1, 1), admitted_on=date(1995, 1, 1))


def a_badge():
    return make_award_type(family=AwardType.Family.BADGE, mark="badge", milestone_years=30)


def two_views():
    first = make_view(name="Chi bộ 1")
    second = make_view(user=first.user, name="Chi bộ 2")
    second.beside = {"name": first.name}
    return second


def two_templates():
    ours = {"user": make_user(), "kind": "members", "signature": "a"}
    ColumnTemplate.objects.create(name="Chi bộ 1", **ours)
    second = ColumnTemplate.objects.create(name="Chi bộ 2", **ours)
    second.beside = {"name": "Chi bộ 1"}
    return second


def an_import_row():
    return ImportRow.objects.create(batch=make_import(), sheet="ds", number=2, outcome="create", label="An")


def a_move():
    return Move.objects.create(unit=make_unit(), parent=make_unit(), on=date(2020, 5, 19), by=make_user())


def two_moves():
    first, second = a_move(), a_move()
    second.beside = {"unit": first.unit}
    return second


def two_cleanups():
    first = make_cleanup(make_unit())
    second = make_cleanup(make_unit())
    second.beside = {"unit": first.unit}
    return second


def told_apart():
    return Namesakes.tell_apart(make_member(), make_member(), make_user())


def told_apart_twice():
    first, second = told_apart(), told_apart()
    second.beside = {"first": first.first, "second": first.second}
    return second


def two_merges():
    first, second = (make_merge(make_member(), make_member()) for _n in range(2))
    second.beside = {"absorbed_key": first.absorbed_key}
    return second


def apart_from_oneself():
    row = told_apart()
    row.beside = {"second": row.first}
    return row


def one_transfer(**fields):
    return make_transfer(make_member(), make_branch(), **fields)


def two_transfers():
    first = one_transfer()
    second = one_transfer()
    second.beside = {"member": first.member}
    return second


def back_home():
    transfer = one_transfer()
    transfer.beside = {"to_unit": transfer.from_unit}
    return transfer


def an_invitation(**fields):
    unit = make_branch()
    return make_invitation(make_campaign(scope=unit), unit, **fields)


def two_invitations():
    first = an_invitation()
    second = make_invitation(first.campaign, make_branch())
    second.beside = {"unit": first.unit}
    return second


def sent_by_oneself():
    return make_self_registration(an_invitation())


def a_self_pledge():
    sent = sent_by_oneself()
    return sent.pledges.create(activity=make_activity(sent.campaign))


def two_self_pledges():
    first = a_self_pledge()
    second = first.self_registration.pledges.create(activity=make_activity(first.activity.campaign))
    second.beside = {"activity": first.activity}
    return second


def two_reports():
    unit = make_branch()
    first = UnitReport.objects.create(campaign=make_campaign(scope=unit), unit=unit, reported_on=EARLY)
    second = UnitReport.objects.create(campaign=first.campaign, unit=make_branch(), reported_on=EARLY)
    second.beside = {"unit": first.unit}
    return second


def with_unit_too():
    award = make_award(member=make_member())
    award.beside = {"collective": make_unit()}
    return award


def own_parent():
    unit = make_unit()
    unit.beside = {"parent": unit}
    return unit


def scope_of_both():
    scope = make_campaign().scopes.get()
    scope.beside = {"sector": make_sector()}
    return scope


def two_tallies():
    first = one_registration()
    make_registration(first.campaign, make_member(unit=first.unit))
    second = Tally.objects.create(campaign=first.campaign, unit=make_unit(), unit_path="x.")
    second.beside = {"unit": first.unit}
    return second


# Name of the constraint: a row that stands, what is written over it (None: what the row keeps as `beside`, taken from
# another row), words of the explanation.
TABLE = {
    "awardtype_family_known": (make_award_type, {"family": "rumour"}, LISTED),
    "awardtype_order_known": (make_award_type, {"legal_order": "guild"}, LISTED),
    "awardtype_level_known": (make_award_type, {"level": "cosmic"}, LISTED),
    "awardtype_mark_known": (make_award_type, {"mark": "star"}, LISTED),
    "awardtype_badges_have_years": (a_badge, {"milestone_years": None}, "Huy hiệu Đảng"),
    "awardtype_ends_after_start": (make_award_type, {"valid_from": LATE, "valid_to": EARLY}, "trước"),
    "award_recipient_kind_known": (make_award, {"recipient_kind": "crowd"}, LISTED),
    "award_status_known": (make_award, {"status": "lost"}, LISTED),
    "award_one_recipient": (with_unit_too, None, "một"),
    "award_recipient_fits_kind": (lambda: make_award(member=make_member()), {"recipient_kind": "household"}, "cá nhân"),
    "award_recipient_named": (make_award, {"recipient_name": ""}, "tên"),
    "award_period_in_order": (make_award, {"period_start": 2017, "period_end": 2013}, "trước"),
    "awardevent_kind_known": (make_award_event, {"kind": "praised"}, LISTED),
    "decision_kind_known": (make_decision, {"kind": "rumour"}, LISTED),
    "decision_precision_known": (make_decision, {"issued_precision": "hour"}, LISTED),
    "decision_unique": (two_decisions, None, "đã có"),
    "member_standing_known": (make_member, {"standing": "saint"}, LISTED),
    "member_birth_precision_known": (make_member, {"birth_precision": "hour"}, LISTED),
    "member_named": (make_member, {"full_name": ""}, "họ và tên"),
    "member_card_unique": (two_cards, None, "thẻ"),
    "member_full_after_admitted": (a_person, {"full_member_on": date(1994, 1, 1)}, "chính thức"),
    "member_born_before_admitted": (a_person, {"birth_date": date(1995, 1, 1)}, "sinh"),
    "membership_kind_known": (make_membership, {"kind": "honorary"}, LISTED),
    "membership_ends_after_start": (make_membership, {"valid_to": date(2019, 1, 1)}, "trước"),
    "membership_one_open": (two_memberships, None, "đang"),
    "posting_role_known": (lambda: make_posting("clerk", make_unit()), {"role": "king"}, LISTED),
    "posting_ends_after_start": (lambda: make_posting("clerk", make_unit()), {"valid_to": date(2019, 1, 1)}, "trước"),
    "posting_once_open": (two_postings, None, "vai trò"),
    "unit_kind_known": (make_unit, {"kind": "kingdom"}, LISTED),
    "unit_not_own_parent": (own_parent, None, "chính nó"),
    "unit_dissolved_after_established": (make_unit, {"established_on": LATE, "dissolved_on": EARLY}, "giải thể"),
    "unitevent_kind_known": (make_event, {"kind": "vanished"}, LISTED),
    "activity_icon_known": (lambda: make_activity(make_campaign()), {"icon": "dragon"}, LISTED),
    "activity_once": (two_activities, None, "đã có"),
    "campaign_status_known": (make_campaign, {"status": "lost"}, LISTED),
    "campaign_mode_known": (make_campaign, {"mode": "secret"}, LISTED),
    "campaign_plans_from_known": (make_campaign, {"plans_from": "friends"}, LISTED),
    "campaign_ends_after_start": (make_campaign, {"ends_on": date(2019, 1, 1)}, "trước"),
    "campaign_window_in_order": (make_campaign, {"registration_from": LATE, "registration_to": EARLY}, "trước"),
    "campaign_targets_are_percent": (make_campaign, {"target_member_rate": 101}, "100"),
    "campaigndocument_role_known": (make_document, {"role": "toast"}, LISTED),
    "campaigndocument_once": (two_documents, None, "đã có"),
    "campaignscope_unit_or_sector": (scope_of_both, None, "một trong hai"),
    "campaignscope_unit_once": (two_scopes, None, "đã"),
    "campaignscope_sector_once": (two_sectors, None, "đã"),
    "exemplar_cost_not_negative": (make_exemplar, {"cost": Decimal("-1")}, "âm"),
    "inspection_outcome_known": (an_inspection, {"outcome": "shrug"}, LISTED),
    "inspection_resolved_after": (an_inspection, {"resolved_on": EARLY}, "trước"),
    "unitplan_status_known": (one_plan, {"status": "lost"}, LISTED),
    "unitplan_once": (two_plans, None, "đã có"),
    "unitplan_returned_with_reason": (one_plan, {"status": "returned"}, "lý do"),
    "plannedactivity_once": (two_planned, None, "đã có"),
    "plannedactivity_target_not_negative": (make_planned, {"target": Decimal("-1")}, "âm"),
    "registration_status_known": (one_registration, {"status": "lost"}, LISTED),
    "registration_source_known": (one_registration, {"source": "fax"}, LISTED),
    "registration_rating_known": (one_registration, {"rating": "divine"}, LISTED),
    "registration_once": (two_registrations, None, "đã"),
    "registration_withdrawn_with_reason": (one_registration, {"status": "withdrawn"}, "lý do"),
    "pledge_once": (two_pledges, None, "đã"),
    "pledge_quantities_not_negative": (make_pledge, {"done_quantity": Decimal("-1")}, "âm"),
    "savedview_name_once": (two_views, None, "tên này"),
    "columntemplate_name_once": (two_templates, None, "tên này"),
    "cleanup_once_open": (two_cleanups, None, "đã có thời hạn"),
    "namesakes_once": (told_apart_twice, None, "đã được phân biệt"),
    "namesakes_are_two": (apart_from_oneself, None, "hai bản ghi"),
    "transfer_status_known": (one_transfer, {"status": "lost"}, LISTED),
    "transfer_waiting_once": (two_transfers, None, "đang có"),
    "transfer_between_two_units": (back_home, None, "đơn vị này"),
    "transfer_refused_with_reason": (one_transfer, {"status": "refused"}, "lý do"),
    "invitation_once": (two_invitations, None, "đã có"),
    "selfregistration_status_known": (sent_by_oneself, {"status": "lost"}, LISTED),
    "selfregistration_named": (sent_by_oneself, {"full_name": ""}, "họ và tên"),
    "selfregistration_confirmed_has_member": (sent_by_oneself, {"status": "confirmed"}, "của ai"),
    "selfpledge_once": (two_self_pledges, None, "đã"),
    "selfpledge_quantity_not_negative": (a_self_pledge, {"quantity": Decimal("-1")}, "âm"),
    "unitreport_once": (two_reports, None, "đã có"),
}
# Derived rows that no form shows: the database alone holds them.
SILENT = {
    "unit_path_closed": (make_unit, {"path": "khong-dau-cham"}),
    "tally_once": (two_tallies, None),
    "merge_once_standing": (two_merges, None),
    "import_status_known": (make_import, {"status": "lost"}),
    "import_written_at_a_time": (make_import, {"status": "applied"}),
    "importrow_outcome_known": (an_import_row, {"outcome": "maybe"}),
    "move_status_known": (a_move, {"status": "lost"}),
    "move_done_at_a_time": (a_move, {"status": "done"}),
    "move_once_at_work": (two_moves, None),
    "export_status_known": (make_export, {"status": "lost"}),
    "export_format_known": (make_export, {"format": "pdf"}),
    "export_ready_with_file": (make_export, {"status": "ready"}),
    "tally_done_within_registered": (two_tallies, {"done": 2}),
}


def our_constraints():
    ours = [m for m in apps.get_models() if m._meta.app_label in ("records", "campaigns")]
    return {c.name: m for m in ours if not m.__name__.startswith("Historical") for c in m._meta.constraints}


def spoilt(build, values):
    row = build()
    return row, row.beside if values is None else values


def test_the_table_has_every_constraint_of_every_model():
    assert set(TABLE) | set(SILENT) == set(our_constraints())


@pytest.mark.parametrize("name", [*TABLE, *SILENT])
def test_the_database_refuses(name):
    build, values, *_words = {**TABLE, **SILENT}[name]
    row, values = spoilt(build, values)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        connection.check_constraints()
    told = str(refused.value)
    # SQLite names the columns of a broken unique constraint instead of the constraint.
    assert name in told or "UNIQUE" in told or "membership_no_overlap" in told


@pytest.mark.parametrize("name", TABLE)
def test_the_refusal_is_said_in_vietnamese(name):
    build, values, words = TABLE[name]
    row, values = spoilt(build, values)
    for field, value in values.items():
        setattr(row, field, value)
    constraint = next(c for c in row._meta.constraints if c.name == name)
    with pytest.raises(ValidationError) as told:
        constraint.validate(type(row), row)
    sentence = " ".join(told.value.messages)
    assert words in sentence
    assert re.fullmatch(r"[A-ZĐ“].+\.", sentence), sentence
    assert name not in sentence and "_" not in sentence


@pytest.mark.parametrize("name", [name for name, (_make, _values, words) in TABLE.items() if words != LISTED])
def test_a_form_that_checks_everything_says_it_too(name):
    build, values, words = TABLE[name]
    row, values = spoilt(build, values)
    for field, value in values.items():
        setattr(row, field, value)
    with pytest.raises(ValidationError) as told:
        row.full_clean()
    said = " ".join(told.value.messages)
    assert words in said or ("" in values.values() and said == "Chưa ghi mục này.")


@pytest.mark.parametrize("name", TABLE)
def test_a_row_that_stands_breaks_nothing(name):
    row = TABLE[name][0]()
    for constraint in row._meta.constraints:
        constraint.validate(type(row), row)
    assert type(row) is our_constraints()[name]


UNIQUE_FIELDS = {
    AwardType: {"code", "name"},
    Award: {"public_id"},
    Campaign: {"slug"},
    Member: {"public_id"},
    Unit: {"code"},
}


@pytest.mark.parametrize("model", UNIQUE_FIELDS, ids=lambda m: m.__name__)
def test_a_second_row_with_the_same_code_is_refused_in_vietnamese(model):
    make = {
        AwardType: make_award_type,
        Award: make_award,
        Campaign: make_campaign,
        Member: make_member,
        Unit: make_unit,
    }[model]
    first, second = make(), make()
    for field in UNIQUE_FIELDS[model]:
        setattr(second, field, getattr(first, field))
    with pytest.raises(ValidationError) as told:
        second.validate_unique()
    assert set(told.value.message_dict) == UNIQUE_FIELDS[model]
    assert all("đã có" in m or "đã tồn tại" in m or "trùng" in m for m in told.value.messages), told.value.messages


PROTECTED = [Unit, Decision, AwardType, Award, Member, Campaign]


@pytest.mark.parametrize("model", PROTECTED, ids=lambda m: m.__name__)
def test_what_a_decision_made_cannot_be_deleted_under_it(model):
    """Every relation to what counts as a fact protects it, so that no delete takes history along unseen."""
    own_parts = {AwardType: {"AwardTypeAlias"}, Campaign: {"CampaignScope", "CampaignDocument", "Tally"}}
    cascading = {
        relation.related_model.__name__
        for relation in model._meta.related_objects
        if getattr(relation, "on_delete", None) is models.CASCADE and not relation.related_model._meta.auto_created
    }
    assert cascading == own_parts.get(model, set())


@pytest.mark.parametrize("model", [Posting, AwardEvent, ExemplarPhoto], ids=lambda m: m.__name__)
def test_every_model_of_facts_keeps_a_history(model):
    assert hasattr(model, "history")
