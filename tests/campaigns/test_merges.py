"""Two records of one person merged and separated again: all that hangs on them moves, every count stays true, and
undoing gives back exactly what was there."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Pledge, Registration, Tally
from records.models import AuditEvent, Award, Member, Membership, Merge, Namesakes, Unit
from records.models.folding import arrows
from tests.factories import (
    make_activity,
    make_award,
    make_branch,
    make_campaign,
    make_invitation,
    make_member,
    make_registration,
    make_self_registration,
    make_superuser,
    make_transfer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2021, 3, 1)


def tables():
    """Every row of every table that holds the register's facts, columns and all; what only tells of the past is left
    out."""
    logs = {"AuditEvent", "Submission", "Merge"}
    ours = [m for m in apps.get_models() if m._meta.app_label in ("records", "campaigns")]
    facts = [m for m in ours if not m.__name__.startswith("Historical") and m.__name__ not in logs]
    # A tally of nothing says what no tally says.
    return {
        model._meta.label: [
            row for row in model._base_manager.order_by("pk").values() if model is not Tally or row["registered"]
        ]
        for model in facts
    }


def counts_are_true():
    return Tally.objects.differences() == [] and not Unit.objects.miscounted().exists()


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def by():
    return make_user()


def test_every_table_that_points_at_a_member_keeps_a_history():
    """What is merged is moved with its history; a table without one could not be put back in words."""
    pointing = {
        one.related_model
        for one in Member._meta.get_fields(include_hidden=True)
        if one.auto_created and not one.concrete and "Historical" not in one.related_model.__name__
    }
    assert pointing == {model for model, _key in arrows(Member)}


def test_what_hangs_on_a_record_moves_to_the_one_kept(by):
    unit = make_branch()
    kept, gone = make_member(unit=unit), make_member(unit=unit)
    campaign = make_campaign(scope=unit)
    award, registration = make_award(member=gone), make_registration(campaign, gone)
    Merge.perform(kept, gone, by, reason="cùng số thẻ")
    assert not Member.objects.filter(pk=gone.pk).exists()
    assert Award.objects.get(pk=award.pk).member == kept
    assert Registration.objects.get(pk=registration.pk).member == kept
    assert [m.unit for m in kept.memberships.all()] == [unit]
    assert award.history.first().history_change_reason == "cùng số thẻ"
    assert counts_are_true() and Unit.objects.get(pk=unit.pk).headcount == 1
    assert AuditEvent.objects.filter(action="members_merged").count() == 1


def test_of_two_registrations_in_one_campaign_the_one_that_says_more_stays_with_what_both_chose(by):
    unit = make_branch()
    kept, gone = make_member(unit=unit), make_member(unit=unit)
    campaign = make_campaign(scope=unit)
    lamps, trees = make_activity(campaign), make_activity(campaign)
    weak, strong = make_registration(campaign, kept), make_registration(campaign, gone, status="done")
    for registration, activity in ((weak, lamps), (strong, lamps), (weak, trees)):
        Pledge.objects.create(registration=registration, activity=activity)
    sent = make_self_registration(make_invitation(campaign, unit))
    type(sent).objects.filter(pk=sent.pk).update(registration=weak, status="confirmed")
    before = tables()
    merge = Merge.perform(kept, gone, by)
    assert list(Registration.objects.values_list("pk", "member")) == [(strong.pk, kept.pk)]
    assert {pledge.activity for pledge in strong.pledges.all()} == {lamps, trees}
    sent.refresh_from_db()
    assert sent.registration == strong and counts_are_true()
    merge.undo(by)
    assert tables() == before and counts_are_true()


def test_a_closed_campaign_counts_the_person_once_from_then_on(by):
    unit = make_branch()
    kept, gone = make_member(unit=unit), make_member(unit=unit)
    campaign = make_campaign(scope=unit)
    make_registration(campaign, kept), make_registration(campaign, gone)
    campaign.close()
    merge = Merge.perform(kept, gone, by)
    assert Tally.objects.get(campaign=campaign).registered == 1 and counts_are_true()
    merge.undo(by)
    assert Tally.objects.get(campaign=campaign).registered == 2 and counts_are_true()


def test_the_place_taken_brings_its_memberships(by):
    old, new = make_branch(), make_branch()
    kept, gone = make_member(unit=old, since=date(2015, 1, 1)), make_member(unit=make_branch())
    gone.transfer_to(new, DAY)
    before = tables()
    merge = Merge.perform(kept, Member.objects.get(pk=gone.pk), by, taken=["place"])
    kept.refresh_from_db()
    assert kept.unit == new and kept.unit_path == new.path
    assert list(kept.memberships.order_by("valid_from").values_list("unit", flat=True))[-1] == new.pk
    assert counts_are_true()
    merge.undo(by)
    assert tables() == before


def test_the_values_taken_are_those_of_the_other_record_its_card_number_too(by):
    kept = make_member(full_name="Lê Văn Cam", card_number="00.000001", position="Bí thư")
    gone = make_member(full_name="Lê Văn Cẩm", card_number="00000001", position="")
    merge = Merge.perform(kept, gone, by, taken=["full_name", "card_number"])
    kept.refresh_from_db()
    assert (kept.full_name, kept.card_number, kept.position) == ("Lê Văn Cẩm", "00000001", "Bí thư")
    merge.undo(by)
    kept.refresh_from_db()
    assert (kept.full_name, kept.card_number) == ("Lê Văn Cam", "00.000001")
    assert Member.objects.get(pk=gone.pk).card_number == "00000001"


def test_values_that_do_not_go_together_are_refused_and_nothing_happens(by):
    kept = make_member(birth_date=date(1980, 1, 1), admitted_on=date(2005, 1, 1))
    gone = make_member(birth_date=date(1950, 1, 1), admitted_on=date(1975, 1, 1))
    before = tables()
    with pytest.raises(ValidationError, match="date of birth is not before"):
        Merge.perform(kept, gone, by, taken=["admitted_on"])
    assert tables() == before


def test_standing_and_place_come_from_one_record_where_one_has_left(by):
    kept, gone = make_member(), make_member()
    kept.change_standing("left", DAY)
    with pytest.raises(ValidationError, match="same record"):
        Merge.perform(kept, gone, by, taken=["standing"])
    merge = Merge.perform(kept, gone, by, taken=["standing", "place"])
    kept.refresh_from_db()
    assert kept.standing == "full" and kept.unit == gone.unit and counts_are_true()
    merge.undo(by)
    assert counts_are_true()


@pytest.mark.parametrize("who", [0, 1])
def test_nobody_who_waits_for_a_transfer_is_merged(by, who):
    two = make_member(), make_member()
    make_transfer(two[who], make_branch())
    with pytest.raises(ValidationError, match="A transfer of"):
        Merge.perform(*two, by)


def test_a_record_changed_since_it_was_looked_at_is_not_merged(by):
    kept, gone = make_member(), make_member()
    versions = [member.history.first().history_id for member in (kept, gone)]
    gone.position = "Bí thư"
    gone.save()
    with pytest.raises(ValidationError, match="changed meanwhile"):
        Merge.perform(kept, gone, by, versions=versions)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        Merge.perform(kept, kept, by)


def test_a_merge_of_a_merged_record_is_undone_from_the_last_on(by):
    first, second, third = (make_member() for _ in range(3))
    before = tables()
    one = Merge.perform(second, third, by)
    between = tables()
    two = Merge.perform(first, second, by)
    one.refresh_from_db()
    assert one.kept == first
    with pytest.raises(ValidationError, match="undo that first"):
        one.undo(by)
    two.undo(by)
    assert tables() == between
    one.refresh_from_db()
    one.undo(by)
    assert tables() == before
    with pytest.raises(ValidationError, match="undone already"):
        one.undo(by)


def dissolved(kept, gone_unit):
    Unit.objects.filter(pk=gone_unit.pk).update(dissolved_on=DAY)


def renamed(kept, gone_unit):
    kept.full_name = "Khác"
    kept.save()


def moved_on(kept, gone_unit):
    Award.objects.update(member=make_member())


def card_taken(kept, gone_unit):
    make_member(card_number="00000009")


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (dissolved, "has been dissolved"),
        (renamed, "full name"),
        (moved_on, "moved on since: award"),
        (card_taken, "card number now belongs"),
    ],
)
def test_what_stands_on_a_merge_is_named(by, later, words):
    kept, gone = make_member(), make_member(full_name="Lê Na", card_number="00000009")
    make_award(member=gone)
    merge = Merge.perform(kept, gone, by, taken=["full_name"])
    later(Member.objects.get(pk=kept.pk), gone.unit)
    merge = Merge.objects.get(pk=merge.pk)
    with pytest.raises(ValidationError, match=words):
        merge.undo(by)
    assert not Member.objects.filter(pk=gone.pk).exists()


def test_later_work_on_what_moved_goes_back_with_it(by):
    unit = make_branch()
    kept, gone = make_member(unit=unit), make_member(unit=unit)
    registration = make_registration(make_campaign(scope=unit), gone)
    merge = Merge.perform(kept, gone, by)
    Registration.objects.get(pk=registration.pk).finish("good")
    merge.undo(by)
    registration.refresh_from_db()
    assert (registration.member_id, registration.status) == (gone.pk, "done") and counts_are_true()


def test_a_unit_that_moved_in_the_tree_since_is_found_in_its_new_place(by):
    root, new = make_unit(), make_unit()
    unit = make_branch(parent=root)
    kept, gone = make_member(unit=unit), make_member(unit=unit)
    campaign = make_campaign(scope=root)
    make_registration(campaign, kept), make_registration(campaign, gone)
    merge = Merge.perform(kept, gone, by)
    unit.move_to(new, DAY)
    Merge.objects.get(pk=merge.pk).undo(by)
    unit.refresh_from_db()
    assert {member.unit_path for member in Member.objects.all()} == {unit.path}
    assert {row.unit_path for row in Registration.objects.all()} == {unit.path} and counts_are_true()


def test_told_apart_from_a_third_either_record_stays_told_apart(by):
    kept, gone, third = (make_member() for _ in range(3))
    for one in (kept, gone):
        Namesakes.tell_apart(third, one, by)
    before = tables()
    merge = Merge.perform(kept, gone, by)
    assert Namesakes.objects.among([kept.pk, third.pk]) == {(kept.pk, third.pk)} and Namesakes.objects.count() == 1
    merge.undo(by)
    assert tables() == before


# For all small worlds

SPANS = st.lists(st.integers(0, 5), max_size=3)
PEOPLE = st.fixed_dictionaries(
    {
        "units": st.lists(st.integers(0, 2), min_size=1, max_size=3),
        "guest": st.sampled_from([None, None, 0, 1, 2]),
        "back": st.booleans(),
        "leaves": st.sampled_from([None, None, None, "left", "exempt"]),
        "registered": st.dictionaries(
            st.integers(0, 1),
            st.tuples(st.sampled_from(["pending", "registered", "done", "withdrawn"]), st.sets(st.integers(0, 1))),
        ),
        "awards": st.integers(0, 2),
        "position": st.sampled_from(["", "Bí thư"]),
    }
)
CHOSEN = st.sets(st.sampled_from(["full_name", "position", "card_number", "place", "standing", "birth_date"]))


def build(person, units, campaigns, activities, card):
    """A member who lived so."""
    member = make_member(unit=units[person["units"][0]], card_number=card, position=person["position"])
    for year, unit in enumerate(person["units"][1:], 2021):
        if units[unit].pk != member.unit_id:
            member.transfer_to(units[unit], date(year, 1, 1))
    if person["guest"] is not None and units[person["guest"]].pk != member.unit_id:
        member.attach_to(units[person["guest"]], date(2024, 1, 1))
        if person["back"]:
            member.end_attachment(date(2024, 6, 1))
    for at, (status, chosen) in person["registered"].items():
        why = {"withdrawn_reason": "ốm"} if status == "withdrawn" else {}
        registration = make_registration(campaigns[at], member, status=status, **why)
        for activity in chosen:
            Pledge.objects.create(registration=registration, activity=activities[at][activity])
    for _n in range(person["awards"]):
        make_award(member=member)
    if person["leaves"]:
        member.change_standing(person["leaves"], date(2025, 1, 1))
    return Member.objects.get(pk=member.pk)


@given(PEOPLE, PEOPLE, CHOSEN, st.booleans())
@settings(max_examples=25, deadline=None)
def test_merging_and_undoing_gives_back_exactly_what_was_there(one, other, taken, closed):
    by = make_superuser()
    root = make_unit()
    units = [make_branch(parent=root) for _ in range(3)]
    campaigns = [make_campaign(scope=root) for _ in range(2)]
    activities = [[make_activity(campaign) for _ in range(2)] for campaign in campaigns]
    people = [build(person, units, campaigns, activities, f"00{by.pk}{n}") for n, person in enumerate((one, other))]
    if closed:
        campaigns[0].close()
    before = tables()
    try:
        merge = Merge.perform(*people, by, taken=taken)
    except ValidationError as refusal:
        assert "same record" in str(refusal.messages)
        assert tables() == before
        return
    assert counts_are_true()
    kept = people[0]
    assert not Member.objects.filter(pk=people[1].pk).exists()
    place = people["place" in taken]
    now = Member.objects.get(pk=kept.pk)
    assert (now.unit_id, now.attached_to_id) == (place.unit_id, place.attached_to_id)
    official = now.memberships.filter(kind=Membership.Kind.OFFICIAL, valid_to__isnull=True)
    assert [m.unit_id for m in official] == ([now.unit_id] if now.is_present else [])
    assert Award.objects.filter(member=kept).count() == one["awards"] + other["awards"]
    assert {r.campaign_id for r in kept.registrations.all()} == {
        campaigns[at].pk for at in one["registered"].keys() | other["registered"].keys()
    }
    Merge.objects.get(pk=merge.pk).undo(by)
    assert tables() == before
    assert counts_are_true()
