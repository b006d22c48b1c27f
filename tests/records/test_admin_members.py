"""Members are entered with the day they belong from; the rest of their way goes through dated acts."""

from datetime import date

import pytest

from records.models import Member
from tests.factories import make_branch, make_decision, make_member, make_staff, make_unit
from tests.records.admin_pages import errors, page, queries_of, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_unit()


@pytest.fixture
def branch(root):
    return make_branch(parent=root, name="Chi bộ 1")


@pytest.fixture
def client(root):
    return signed_in(make_staff("clerk", root))


@pytest.mark.one_database
def test_a_member_is_entered_with_an_open_membership(client, branch):
    data = {"full_name": "Đỗ Thị Én", "unit": branch.pk, "belongs_from": "1/2/2020", "birth_date": "03/04/1975"}
    response = send(client, page("member_add"), **data)
    assert response.status_code == 302, errors(response)
    member = Member.objects.get()
    assert member.birth_date == date(1975, 4, 3)
    assert [(m.unit, m.valid_from, m.valid_to) for m in member.memberships.all()] == [(branch, date(2020, 2, 1), None)]
    branch.refresh_from_db()
    assert branch.headcount == 1


@pytest.mark.one_database
def test_without_a_day_a_member_is_not_entered(client, branch):
    response = send(client, page("member_add"), full_name="Đỗ Thị Én", unit=branch.pk)
    assert "belongs_from" in response.context["adminform"].form.errors and not Member.objects.exists()


@pytest.mark.one_database
def test_rules_of_the_register_are_told_in_words(client, branch):
    make_member(unit=branch, card_number="77.000001")
    data = {"full_name": "Đỗ Thị Én", "unit": branch.pk, "belongs_from": "1/2/2020"}
    same_card = send(client, page("member_add"), **data, card_number="77.000001")
    order = send(client, page("member_add"), **data, admitted_on="2/2/2010", full_member_on="1/1/2009")
    assert same_card.context["adminform"].form.errors and order.context["adminform"].form.errors
    assert Member.objects.count() == 1


def test_unit_and_standing_are_not_typed_on_the_page(client, root, branch):
    member = make_member(unit=branch)
    send(client, page("member_change", member), unit=make_branch(parent=root).pk, standing="left", position="Phó ban")
    member.refresh_from_db()
    assert (member.unit, member.standing, member.position) == (branch, "full", "Phó ban")


@pytest.mark.one_database
def test_a_transfer_ends_one_membership_and_starts_another(client, root, branch):
    member, other, decision = make_member(unit=branch), make_branch(parent=root), make_decision(unit=root)
    address = page("member_verb", member, "transfer")
    assert client.get(address).status_code == 200
    data = {"unit": other.pk, "on": "15/03/2021", "decision": decision.pk, "why": "transfer"}
    response = client.post(address, data)
    assert response.status_code == 302, response.context["form"].errors
    old, new = member.memberships.order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.unit, new.decision) == (
        date(2021, 3, 15),
        date(2021, 3, 15),
        other,
        decision,
    )


@pytest.mark.one_database
def test_a_transfer_out_of_the_clerks_units_or_to_the_same_unit_is_refused(client, branch):
    member = make_member(unit=branch)
    address = page("member_verb", member, "transfer")
    data = {"on": "15/03/2021", "why": "transfer"}
    assert "unit" in client.post(address, data | {"unit": make_branch().pk}).context["form"].errors
    assert client.post(address, data | {"unit": branch.pk}).context["form"].non_field_errors()
    assert member.memberships.count() == 1


@pytest.mark.one_database
def test_attachment_and_return(client, root, branch):
    member, host = make_member(unit=branch), make_branch(parent=root)
    client.post(page("member_verb", member, "attach"), {"unit": host.pk, "on": "1/1/2022"})
    member.refresh_from_db()
    assert member.place == host
    assert client.get(page("member_verb", member, "attach")).status_code == 403
    client.post(page("member_verb", member, "return"), {"on": "1/6/2022"})
    member.refresh_from_db()
    assert member.place == branch


def test_a_standing_changes_on_a_day_with_its_reason_in_the_history(client, branch):
    member = make_member(unit=branch)
    data = {"standing": "deceased", "on": "1/6/2022", "why": "Giấy báo tử"}
    client.post(page("member_verb", member, "standing"), data)
    member.refresh_from_db()
    assert member.standing == "deceased" and member.memberships.get().valid_to == date(2022, 6, 1)
    history = client.get(page("member_history", member)).content.decode()
    assert "Giấy báo tử" in history


@pytest.mark.one_database
def test_a_viewer_does_none_of_it(root, branch):
    member = make_member(unit=branch)
    viewer = signed_in(make_staff("viewer", root))
    for verb in ("transfer", "attach", "standing"):
        assert viewer.post(page("member_verb", member, verb), {}).status_code == 403
    assert b"/do/" not in viewer.get(page("member_change", member)).content


@pytest.mark.one_database
def test_whoever_only_reads_sees_no_more_of_a_person_than_in_the_portal(root, branch, client):
    member = make_member(unit=branch, card_number="00014127", phone="0900000001", email="an@vidu.example")
    secrets = (b"00014127", b"0900000001", b"an@vidu.example")
    viewer = signed_in(make_staff("viewer", root))
    seen = viewer.get(page("member_change", member)).content, viewer.get(page("member_changelist")).content
    assert not any(secret in content for content in seen for secret in secrets)
    assert b"4127" in seen[0] and b"4127" in seen[1]
    kept = client.get(page("member_change", member)).content
    assert all(secret in kept for secret in secrets)
    assert b"00014127" not in client.get(page("member_changelist")).content


def test_the_list_finds_names_without_tones_and_card_numbers(client, branch, django_assert_max_num_queries):
    make_member(unit=branch, full_name="Đặng Thị Ước", card_number="77.123456")

    def count(text):
        return client.get(page("member_changelist"), {"q": text}).context["cl"].result_count

    assert [count(text) for text in ("dang uoc", "77.1234", "dang khong", "88.")] == [1, 1, 0, 0]
    one = queries_of(client, page("member_changelist"), django_assert_max_num_queries)
    make_member(unit=branch), make_member(unit=branch)
    assert queries_of(client, page("member_changelist"), django_assert_max_num_queries) == one


def test_the_history_tells_what_was_and_what_became(client, root, branch):
    member = make_member(unit=branch, position="Chuyên viên")
    send(client, page("member_change", member), position="Trưởng phòng", change_reason="Bổ nhiệm")
    text = client.get(page("member_history", member)).content.decode()
    assert all(said in text for said in ("Chuyên viên", "Trưởng phòng", "Bổ nhiệm"))
