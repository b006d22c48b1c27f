"""The first rows of a register go into tables without the indexes that find them; at the end all of them stand."""

import pytest
from django.db import IntegrityError, connection, transaction

from records import bare
from records.lists.members import MemberWriter
from records.models import Member, Membership
from tests.factories import make_branch, make_member
from tests.records.lists.listing import enter, send, take_back, write

HEADER = ["Họ và tên", "Ngày sinh", "Số thẻ", "Mã đơn vị"]
FILLED = MemberWriter.fills
postgresql_alone = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="others take nothing away")


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    monkeypatch.setattr(bare, "MANY", 10)


@pytest.fixture
def dropped(monkeypatch):
    """Whether the tables that were nearly empty could be held, each time that there were any."""
    told, real = [], bare.hold
    monkeypatch.setattr(bare, "hold", lambda *said: told.append(real(*said)) or told[-1])
    return told


def structure():
    """What stands on the tables."""
    with connection.cursor() as cursor:
        return bare.standing(cursor, FILLED, bare.EVERYTHING)


def people(count, code="CB1"):
    return [HEADER, *([f"Nguyễn Văn {n}", "12/03/1970", f"{n:08d}", code] for n in range(count))]


@postgresql_alone
@pytest.mark.django_db
def test_the_first_people_are_written_so_and_everything_stands_again(dropped):
    before, branch = structure(), make_branch(code="CB1")
    batch = enter("members", people(30))
    assert dropped == [True] and structure() == before
    branch.refresh_from_db()
    assert (Member.objects.count(), Membership.objects.count(), branch.headcount) == (30, 30, 30)
    assert {row.history_type for row in Member.history.all()} == {"+"} and Membership.history.count() == 30
    assert take_back(batch) == [] and not Member.objects.exists() and structure() == before


@pytest.mark.django_db
def test_beside_those_who_are_there_nothing_is_taken_away(dropped):
    branch = make_branch(code="CB1")
    for _n in range(4):
        make_member(unit=branch)
    enter("members", people(30))
    assert dropped == [] and Member.objects.count() == 34


@postgresql_alone
@pytest.mark.django_db
def test_what_no_index_refused_row_by_row_is_refused_at_the_end():
    member, before = make_member(), structure()
    since = {"member_id": member.pk, "unit_id": member.unit_id, "kind": "official", "end_reason": ""}
    # Ended, so that it is no second open one, and over the days of the open one.
    over = Membership(**since, valid_from="2000-01-01", valid_to="2099-01-01")
    refused = pytest.raises(IntegrityError, match="membership_no_overlap")
    with refused, transaction.atomic(), bare.bare(FILLED, bare.WHAT_FINDS):
        Membership._base_manager.bulk_create([over])
    assert structure() == before and Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_breaks_off_finds_everything_as_it_was(monkeypatch, dropped):
    make_branch(code="CB1")
    batch, before = send("members", people(30)), structure() if connection.vendor == "postgresql" else None
    monkeypatch.setattr(MemberWriter, "write_rest", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(batch)
    assert not Member.objects.exists() and (before is None or (dropped == [True] and structure() == before))


@postgresql_alone
@pytest.mark.django_db(transaction=True)
def test_a_table_that_somebody_reads_is_left_as_it_is_and_not_waited_for(dropped):
    make_branch(code="CB1")
    batch, reader = send("members", people(30)), connection.copy()
    try:
        with transaction.atomic(), reader.cursor() as cursor:
            reader.set_autocommit(False)
            cursor.execute("SELECT count(*) FROM records_member")
            done = write(batch)
    finally:
        reader.close()
    assert (done.written, dropped) == (30, [False])
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
