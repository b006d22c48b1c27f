"""Rows handed to the database by the thousand are the rows that were given, and their history says so."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.bulk import alter, insert, remember, reserve
from records.models import Member, Sector
from records.models.history import acting
from tests.factories import make_branch, make_member, make_sector, make_user

pytestmark = pytest.mark.django_db

# What COPY's text format gives a meaning to, and what else a cell may hold.
TEXTS = st.text(
    st.sampled_from("\\\t\n\r'\",;%N") | st.characters(exclude_characters="\x00", exclude_categories=("Cs",)),
    min_size=1,
    max_size=40,
)


@given(names=st.lists(TEXTS, unique=True, min_size=1, max_size=5))
def test_every_text_comes_back_as_it_was_given(names):
    keys = reserve(Sector, len(names))
    rows = [(key, f"nganh-{key}", name) for key, name in zip(keys, names, strict=True)]
    insert(Sector, ("id", "code", "name"), rows)
    assert list(Sector.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "code", "name")) == rows
    Sector.objects.filter(pk__in=keys).delete()


def test_reserved_keys_are_nobody_elses():
    keys = reserve(Sector, 3)
    insert(Sector, ("id", "code", "name"), [(key, f"a-{key}", f"A {key}") for key in keys])
    assert make_sector().pk not in keys
    assert len(set(keys)) == 3


def test_a_null_is_a_null():
    root = make_sector()
    keys = reserve(Sector.history.model, 1)
    columns = ("history_id", "id", "code", "name", "history_date", "history_type", "request_id", "history_user_id")
    insert(Sector.history.model, columns, [(keys[0], root.pk, "a", "A", date(2020, 1, 1), "+", "", None)])
    assert Sector.history.get(pk=keys[0]).history_user is None


@pytest.mark.parametrize("sign", ["+", "~", "-"])
def test_history_is_the_row_as_it_stands_with_who_and_why(sign):
    user, kept, other = make_user(), make_sector(), make_sector()
    before = Sector.history.count()
    with acting(user, "import-abc"):
        remember(Sector, [kept.pk], sign, "Nhập từ tệp")
    past = Sector.history.filter(request_id="import-abc").get()
    assert (past.id, past.code, past.name, past.history_type) == (kept.pk, kept.code, kept.name, sign)
    assert (past.history_user, past.history_change_reason) == (user, "Nhập từ tệp")
    assert Sector.history.count() == before + 1
    assert other.history.count() == 1


def test_history_of_a_command_has_nobody_and_a_long_reason_is_cut():
    kept = make_sector()
    remember(Sector, [kept.pk], "~", "l" * 600)
    past = Sector.history.filter(history_type="~").get()
    assert past.history_user is None
    assert len(past.history_change_reason) == 500


@given(names=st.lists(TEXTS, unique=True, min_size=1, max_size=5))
def test_what_is_altered_reads_back_with_its_history(names):
    sectors = [make_sector() for _ in names]
    for sector, name in zip(sectors, names, strict=True):
        sector.name = name
    alter(Sector, ["name"], sectors, "đổi tên")
    assert [Sector.objects.get(pk=sector.pk).name for sector in sectors] == names
    past = [sector.history.latest("history_id") for sector in sectors]
    assert [(row.name, row.history_type, row.history_change_reason) for row in past] == [
        (name, "~", "đổi tên") for name in names
    ]
    Sector.objects.all().delete()


def test_days_keys_and_nothing_are_altered_as_what_they_are():
    member, unit = make_member(), make_branch()
    before = member.history.count()
    member.birth_date, member.admitted_on, member.unit, member.phone = date(1961, 2, 3), None, unit, ""
    alter(Member, ["birth_date", "admitted_on", "unit", "phone"], [member])
    now = Member.objects.get()
    assert (now.birth_date, now.admitted_on, now.unit_id, now.phone) == (date(1961, 2, 3), None, unit.pk, "")
    alter(Member, ["phone"], [])
    assert member.history.count() == before + 1
