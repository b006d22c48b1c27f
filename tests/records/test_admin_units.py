"""Units: placed freely when entered, then changed only by dated acts."""

from datetime import date

import pytest

from records.models import Unit, UnitEvent
from tests.factories import make_decision, make_member, make_staff, make_superuser, make_unit
from tests.records.admin_pages import errors, page, queries_of, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_unit(name="Đảng bộ tỉnh")


@pytest.fixture
def client(root):
    return signed_in(make_staff("clerk", root))


@pytest.mark.one_database
def test_a_unit_is_entered_under_another(client, root):
    data = {"code": "CB-9", "name": "Chi bộ 9", "kind": "grassroots_branch", "parent": root.pk}
    response = send(client, page("unit_add"), **data)
    assert response.status_code == 302, errors(response)
    assert Unit.objects.get(code="CB-9").path.startswith(root.path)


@pytest.mark.one_database
def test_only_a_superuser_enters_a_root(client):
    data = {"code": "CB-9", "name": "Chi bộ 9", "kind": "other"}
    assert "parent" in send(client, page("unit_add"), **data).context["adminform"].form.errors
    assert send(signed_in(make_superuser()), page("unit_add"), **data).status_code == 302


def test_name_code_and_place_are_not_typed_on_the_page(client, root):
    unit = make_unit(parent=root, name="Chi bộ 1", code="CB-1")
    elsewhere = make_unit(parent=root)
    send(client, page("unit_change", unit), name="X", code="X", parent=elsewhere.pk, short_name="CB1")
    unit.refresh_from_db()
    assert (unit.name, unit.code, unit.parent, unit.short_name) == ("Chi bộ 1", "CB-1", root, "CB1")


@pytest.mark.one_database
def test_a_new_name_keeps_the_old_one_with_its_decision(client, root):
    unit, decision = make_unit(parent=root, name="Chi bộ 1"), make_decision(unit=root)
    data = {"new_name": "Chi bộ Một", "on": "1/7/2021", "decision": decision.pk}
    assert client.post(page("unit_verb", unit, "rename"), data).status_code == 302
    event = unit.events.get()
    assert (event.was, event.became, event.occurred_on) == ("Chi bộ 1", "Chi bộ Một", date(2021, 7, 1))
    assert event.decision == decision
    assert "Chi bộ Một" in client.get(page("unit_change", unit)).content.decode()


def test_a_unit_moves_with_what_is_below_it(client, root):
    a, b = make_unit(parent=root), make_unit(parent=root)
    below = make_unit(parent=a)
    assert client.post(page("unit_verb", a, "move"), {"parent": b.pk, "on": "1/7/2021"}).status_code == 302
    below.refresh_from_db()
    assert below.path.startswith(b.path)


@pytest.mark.one_database
def test_a_unit_is_not_moved_under_itself_or_out_of_reach(client, root):
    unit = make_unit(parent=root)
    below = make_unit(parent=unit)
    address = page("unit_verb", unit, "move")
    assert client.post(address, {"parent": below.pk, "on": "1/7/2021"}).context["form"].non_field_errors()
    assert "parent" in client.post(address, {"parent": make_unit().pk, "on": "1/7/2021"}).context["form"].errors
    assert not UnitEvent.objects.exists()


@pytest.mark.one_database
def test_a_unit_is_dissolved_once_empty(client, root):
    unit = make_unit(parent=root)
    member = make_member(unit=unit)
    address = page("unit_verb", unit, "dissolve")
    assert client.post(address, {"on": "1/7/2021"}).context["form"].non_field_errors()
    member.transfer_to(root, date(2021, 1, 1))
    assert client.post(address, {"on": "1/7/2021"}).status_code == 302
    unit.refresh_from_db()
    assert unit.dissolved_on == date(2021, 7, 1)
    assert client.get(address).status_code == 403


def test_other_changes_of_units_are_entered_but_not_those_with_an_act_of_their_own(client, root):
    data = {"unit": root.pk, "occurred_on": "1/7/2021", "note": "Tiếp nhận"}
    assert "kind" in send(client, page("unitevent_add"), **data, kind="rename").context["adminform"].form.errors
    response = send(client, page("unitevent_add"), **data, kind="absorb", others=[make_unit(parent=root).pk])
    assert response.status_code == 302, errors(response)
    assert root.events.get().others.count() == 1


def test_the_list_finds_names_and_codes_without_tones(client, root, django_assert_max_num_queries):
    make_unit(parent=root, name="Chi bộ Đường Đê", code="CB-DD")

    def count(text):
        return client.get(page("unit_changelist"), {"q": text}).context["cl"].result_count

    assert [count(text) for text in ("duong de", "cb-dd", "khong co")] == [1, 1, 0]
    one = queries_of(client, page("unit_changelist"), django_assert_max_num_queries)
    make_unit(parent=root), make_unit(parent=root)
    assert queries_of(client, page("unit_changelist"), django_assert_max_num_queries) == one
    events = queries_of(client, page("unitevent_changelist"), django_assert_max_num_queries)
    for day in (1, 2, 3):
        root.events.create(kind="other", occurred_on=date(2020, 1, day), decision=make_decision(unit=root))
    assert queries_of(client, page("unitevent_changelist"), django_assert_max_num_queries) == events


@pytest.mark.one_database
def test_staff_in_one_language_type_days_the_same_way(client, root):
    unit = make_unit(parent=root)
    client.cookies["django_language"] = "en"
    client.post(page("unit_verb", unit, "rename"), {"new_name": "Mới", "on": "1/2/2020"})
    assert unit.events.get().occurred_on == date(2020, 2, 1)
