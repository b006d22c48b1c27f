"""A planned list written: what is counted stays true, what changed meanwhile is told, and all of it can be undone."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, CampaignScope, Pledge, Registration, Tally
from records.models import Member
from tests.campaigns.lists.sending import HEADER, outcomes, planned, row_of, sent, undone, written
from tests.factories import make_branch, make_member, make_registration, make_superuser, make_unit
from tests.records.exporting import taken_out

pytestmark = pytest.mark.django_db
LAMPS, CAMERAS, CLEANING = "Đèn chiếu sáng", "Camera an ninh", "Dọn vệ sinh, thu gom rác"


def listed(*rows):
    return [HEADER, *rows]


def state():
    """All that an import of registrations may touch."""
    tallies = Tally.objects.exclude(registered=0, done=0)
    found = []
    for rows in (Registration.objects.all(), Pledge.objects.all(), tallies):
        names = [column.attname for column in rows.model._meta.concrete_fields if not column.primary_key]
        found.append(sorted(rows.values_list(*names), key=str))
    return found


@pytest.fixture
def registered(campaign, member, lamps):
    registration = make_registration(campaign, member)
    Pledge.objects.create(registration=registration, activity=lamps, quantity=3)
    return registration


# Counts


ROW = st.tuples(
    st.integers(0, 4),
    st.sampled_from(["", LAMPS, CAMERAS, f"{LAMPS}: 2; {CLEANING}", "Trồng cây"]),
    st.sampled_from(["", "3", "ba"]),
    st.sampled_from(["", "1", "Đã hoàn thành"]),
    st.sampled_from(["", "Tốt", "Khá"]),
)


@settings(max_examples=12)
@given(st.lists(ROW, min_size=1, max_size=8))
def test_whatever_a_list_says_counts_stay_true_and_undo_restores_all(clerk, root, campaign, activities, said, rows):
    branches = [make_branch(parent=root) for _ in range(2)]
    people = [make_member(unit=branches[n % 2], full_name=f"Lê Văn {'ABCDE'[n]}") for n in range(5)]
    kept = [make_registration(campaign, one, status=s) for one, s in zip(people, ("pending", "done"), strict=False)]
    Pledge.objects.create(registration=kept[0], activity=activities[0], quantity=1)
    before = state()
    lines = [row_of(people[n], text, amount, done=done, rating=rating) for n, text, amount, done, rating in rows]
    batch = sent(clerk, listed(*lines), **said)
    assert state() == before
    result = written(batch, only_good=True)
    assert result.conflicts == 0
    assert Tally.objects.differences() == []
    # A row refused at first may say something once others are written; those written say nothing new.
    done = [outcome in ("create", "change") for outcome in outcomes(batch)]
    again = outcomes(sent(clerk, listed(*lines), **said))
    assert {outcome for outcome, was in zip(again, done, strict=True) if was} <= {"same", "refused"}
    assert undone(batch) == []
    assert state() == before
    assert Tally.objects.differences() == []
    for model in (Registration, Pledge):
        assert {row.history_type for row in model.history.filter(request_id=batch.undo_id)} <= {"-", "~", "+"}
        model.objects.filter(**{"member__in" if model is Registration else "registration__member__in": people}).delete()
    Tally.objects.all().delete()


# What changed meanwhile


def change_quantity(registration, _member):
    registration.pledges.update(quantity=9)


def change_rating(registration, _member):
    registration.finish("poor")


def take_away(registration, _member):
    registration.pledges.all().delete()
    registration.delete()


def close(registration, _member):
    registration.campaign.close()


@pytest.mark.parametrize("act", [change_quantity, change_rating, take_away, close])
def test_a_registration_that_changed_meanwhile_is_told_and_not_written_over(
    act, clerk, registered, member, said, branch
):
    other = make_member(unit=branch)
    batch = sent(clerk, listed(row_of(member, LAMPS, "5", rating="Tốt"), row_of(other, LAMPS)), **said)
    act(Registration.objects.get(), member)
    before = state()
    result = written(batch)
    assert (result.written, state()) == (0, before)
    assert batch.rows.get(number=2).conflict
    if act is not close:
        assert written(batch, only_good=True).written == 1
        assert other.registrations.exists()


def register(member, campaign):
    make_registration(campaign, member)


def move(member, campaign):
    member.transfer_to(make_branch(parent=member.unit.parent), date(2022, 1, 1))


def depart(member, campaign):
    Member.objects.filter(pk=member.pk).update(standing="deceased")


def narrow(member, campaign):
    CampaignScope.objects.update(unit=make_unit(), unit_path="ff.")


def drop(member, campaign):
    campaign.activities.get(name=LAMPS).delete()


@pytest.mark.parametrize("act", [register, move, depart, narrow, drop])
def test_a_member_who_can_no_longer_be_registered_is_told(act, clerk, member, campaign, said):
    batch = sent(clerk, listed(row_of(member, LAMPS)), **said)
    act(Member.objects.select_related("unit__parent").get(), campaign)
    before = state()
    result = written(batch)
    assert (result.conflicts, state()) == (1, before)
    assert batch.rows.get().conflict


# Taking back


def test_a_second_list_on_top_must_be_taken_back_first(clerk, member, said):
    first = sent(clerk, listed(row_of(member, LAMPS, "3")), **said)
    written(first)
    second = sent(clerk, listed(row_of(member, f"{LAMPS}: 4; {CAMERAS}")), **said)
    written(second)
    in_the_way = undone(first)
    assert {standing.record for standing in in_the_way}
    assert first.status == "applied"
    assert undone(second) == []
    assert undone(first) == []
    assert not Registration.objects.exists()


def test_what_a_clerk_did_since_stands_in_the_way(clerk, member, said):
    batch = sent(clerk, listed(row_of(member, LAMPS, "3")), **said)
    written(batch)
    Registration.objects.get().finish("good")
    before = state()
    assert [standing.words for standing in undone(batch)]
    assert state() == before


def test_what_a_closed_campaign_counted_is_not_taken_back(clerk, member, said, campaign):
    batch = sent(clerk, listed(row_of(member, LAMPS, "3")), **said)
    written(batch)
    campaign.close()
    assert {str(standing.words) for standing in undone(batch)} == {"Phong trào đã kết thúc; số liệu đã được chốt."}
    assert Registration.objects.exists()


def test_taken_back_and_sent_again(clerk, member, said):
    batch = sent(clerk, listed(row_of(member, LAMPS, "3", rating="Tốt")), **said)
    written(batch)
    assert undone(batch) == []
    assert Tally.objects.filter(registered__gt=0).count() == 0
    written(sent(clerk, listed(row_of(member, LAMPS, "3", rating="Tốt")), **said))
    assert Registration.objects.get().status == "done"


# Out and in again


def test_what_goes_out_comes_in_as_the_same(clerk, campaign, branch, activities, said):
    lamps, _cameras, cleaning = activities
    for status in Registration.Status.values:
        why = "ốm" if status == "withdrawn" else ""
        registration = make_registration(
            campaign, make_member(unit=branch), status=status, withdrawn_reason=why, own_words="Xin  góp\tsức",
            rating="fair" if status == "done" else "",
        )  # fmt: skip
        # More than the grids take: of what is not counted, and half of something.
        Pledge.objects.create(registration=registration, activity=lamps, quantity="1200.50", done_quantity=0)
        Pledge.objects.create(registration=registration, activity=cleaning, quantity=4, done_quantity=2)
    make_registration(campaign, make_member(unit=branch))

    def out():
        return taken_out(clerk, "registrations", "csv", slug=campaign.slug)

    assert set(outcomes(sent(clerk, out(), **said))) == {"same"}
    campaign.close()
    assert set(outcomes(sent(clerk, out(), **said))) == {"same"}


# How much it costs


def costs(act):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act()
    return len(queries)


def whole_road(root, said, n):
    """How many queries planning, registering, changing and taking back cost for so many people."""
    chief, branches = make_superuser(), [make_branch(parent=root) for _ in range(3)]
    people = [make_member(unit=branches[k % 3]) for k in range(n)]
    batch = sent(chief, listed(*(row_of(one, f"{LAMPS}: 2; {CAMERAS}", rating="Tốt") for one in people)), **said)
    assert outcomes(batch) == ["create"] * n
    found = [costs(lambda: planned(batch)), costs(lambda: written(batch))]
    changed = sent(chief, listed(*(row_of(one, LAMPS, "2", done="1", rating="Khá") for one in people)), **said)
    assert outcomes(changed) == ["change"] * n
    return [*found, costs(lambda: written(changed)), costs(lambda: undone(changed))]


def test_the_whole_road_costs_the_same_for_three_people_and_for_sixty(root, campaign, activities, said):
    few, many = whole_road(root, said, 3), whole_road(root, said, 60)
    assert few == many
    assert max(many) <= 75


def test_two_thousand_people_are_registered_in_a_handful_of_queries(root, campaign, lamps, said):
    people, branches = 2000, [make_branch(parent=root) for _ in range(40)]
    Member.objects.enrol(
        [
            Member(full_name=f"Nguyễn Văn Số {n}", birth_date=date(1970, 1, 1), unit=branches[n % 40])
            for n in range(people)
        ],
        date(2020, 1, 1),
    )
    rows = [row_of(one, LAMPS, "1") for one in Member.objects.select_related("unit")]
    batch = sent(make_superuser(), listed(*rows), **said)
    assert batch.counts["create"] == people
    assert costs(lambda: written(batch)) <= 40
    assert Registration.objects.count() == Pledge.objects.count() == people
    assert Tally.objects.differences() == []
    assert Campaign.objects.with_rates().get().registered == people
