"""Transfers: at once inside one's reach, confirmed by the receiving unit beyond it."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from records.models import Member, Membership, Transfer, Unit
from tests.factories import (
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_transfer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
LIST = "/staff/transfers/"
DAY = date(2021, 3, 1)
Status = Transfer.Status


def signed_in(user):
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def here():
    return make_unit(name="Đảng bộ huyện Này")


@pytest.fixture
def there():
    return make_branch(parent=make_unit(), name="Chi bộ Bên Kia")


@pytest.fixture
def member(here):
    return make_member(
        unit=make_branch(parent=here),
        full_name="Lê Thị Ánh",
        birth_date=date(1970, 8, 12),
        card_number="00014127",
        phone="0000 000 001",
        position="Bí thư",
    )


@pytest.fixture
def sender(here):
    return signed_in(make_staff("clerk", here))


@pytest.fixture
def receiver(there):
    return signed_in(make_staff("clerk", there))


def send(client, member, to, **typed):
    values = {"unit": to.name_in_full, "unit_key": to.pk, "on": "01/03/2021", "once": str(uuid.uuid4())}
    return client.post(f"/staff/members/{member.public_id}/transfer/", {**values, **typed})


def listed(client, tab="to_answer"):
    response = client.get(LIST, {"tab": tab})
    assert response.status_code == 200
    return [row["transfer"] for row in response.context["rows"]]


def test_inside_ones_reach_the_person_moves_at_once(sender, here, member):
    new, decision = make_branch(parent=here), make_decision(unit=here)
    answer = send(sender, member, new, decision=decision.number, decision_key=decision.pk, reason="đổi nơi ở")
    assert answer.status_code == 302
    member.refresh_from_db()
    assert member.unit == new and not Transfer.objects.exists()
    assert member.memberships.get(valid_to__isnull=True).decision == decision
    newest = member.history.order_by("-history_id").first()
    assert newest.history_change_reason.startswith("đổi nơi ở") and decision.number in newest.history_change_reason


def test_a_decision_that_the_register_lacks_is_named_with_the_place_where_it_is_added(here, member):
    sender, new = signed_in(make_staff("clerk", here)), make_branch(parent=here)
    page = send(sender, member, new, decision="999-QĐ/HU").content.decode()
    assert "has no decision “999-QĐ/HU”" in page and 'href="/staff/decisions/add/" target="_blank"' in page
    assert not Membership.objects.filter(member=member, unit=new).exists()


def test_beyond_ones_reach_the_receiving_unit_confirms(sender, receiver, there, member):
    home = member.unit
    assert send(sender, member, there, reason="chuyển công tác").status_code == 302
    member.refresh_from_db()
    transfer = Transfer.objects.get()
    assert member.unit == home and transfer.status == Status.WAITING
    assert listed(sender, "sent") == listed(receiver) == [transfer] and listed(sender) == []
    assert receiver.get(f"/staff/members/{member.public_id}/").status_code == 404

    assert receiver.post(f"{LIST}{transfer.pk}/accept/", {}).status_code == 302
    member.refresh_from_db()
    assert member.unit == there
    assert [Unit.objects.get(pk=unit.pk).headcount for unit in (home, there)] == [0, 1]
    assert receiver.get(f"/staff/members/{member.public_id}/").status_code == 200
    assert sender.get(f"/staff/members/{member.public_id}/").status_code == 404
    assert listed(sender, "answered") == listed(receiver, "answered") == [transfer]


def test_the_receiver_sees_name_year_of_birth_and_unit_and_no_more(receiver, there, member):
    transfer = make_transfer(member, there)
    for page in (LIST, f"{LIST}{transfer.pk}/accept/", f"{LIST}{transfer.pk}/refuse/"):
        text = receiver.get(page).content.decode()
        assert "Lê Thị Ánh" in text and "1970" in text and member.unit.name in text
        for word in ("12/08/1970", "00014127", "0000 000 001", "Bí thư", member.public_id):
            assert word not in text, (page, word)


def test_a_refusal_says_why_and_the_person_stays(sender, receiver, there, member):
    transfer = make_transfer(member, there)
    assert receiver.post(f"{LIST}{transfer.pk}/refuse/", {"reason": "  "}).context["form"].errors
    assert receiver.post(f"{LIST}{transfer.pk}/refuse/", {"reason": "chưa có giấy giới thiệu"}).status_code == 302
    transfer.refresh_from_db()
    assert (transfer.status, transfer.member.unit) == (Status.REFUSED, member.unit)
    assert "chưa có giấy giới thiệu" in sender.get(LIST, {"tab": "answered"}).content.decode()
    page = f"/staff/members/{member.public_id}/"
    assert "chưa có giấy giới thiệu" in sender.get(page).content.decode()
    # Asked again, it is no news any more.
    send(sender, member, there)
    assert "chưa có giấy giới thiệu" not in sender.get(page).content.decode()


@pytest.mark.one_database
def test_a_branch_in_the_list_is_told_from_its_namesakes_by_the_unit_above(receiver, there):
    for name in ("Xã Lê", "Xã Mận"):
        home = make_branch(name="Chi bộ thôn 2", parent=make_unit(name=name))
        make_transfer(make_member(unit=home), there)
    page = receiver.get(LIST).content.decode()
    assert "Chi bộ thôn 2, Xã Lê" in page and "Chi bộ thôn 2, Xã Mận" in page


def test_the_sender_calls_off_and_may_ask_again(sender, there, member):
    send(sender, member, there)
    first = Transfer.objects.get()
    assert send(sender, member, there).context["form"].non_field_errors()
    assert sender.post(f"{LIST}{first.pk}/call-off/", {}).status_code == 302
    assert send(sender, member, there).status_code == 302
    assert sorted(Transfer.objects.values_list("status", flat=True)) == ["called_off", "waiting"]


def test_neither_side_does_the_others_part_and_strangers_see_nothing(sender, receiver, here, there, member):
    transfer = make_transfer(member, there)
    for page, client, code in (
        ("accept", sender, 403),
        ("refuse", sender, 403),
        ("call-off", receiver, 403),
        ("accept", signed_in(make_staff("viewer", there)), 403),
        ("call-off", signed_in(make_staff("viewer", here)), 403),
        ("accept", signed_in(make_staff("manager", make_unit())), 404),
    ):
        address = f"{LIST}{transfer.pk}/{page}/"
        assert (client.get(address).status_code, client.post(address, {"reason": "x"}).status_code) == (code, code)
    transfer.refresh_from_db()
    assert transfer.status == Status.WAITING
    assert listed(signed_in(make_user())) == []


def test_what_was_answered_meanwhile_is_told(receiver, there, member):
    transfer = make_transfer(member, there)
    transfer.call_off(make_user())
    for page in ("accept", "refuse"):
        answer = receiver.post(f"{LIST}{transfer.pk}/{page}/", {"reason": "x"}, follow=True)
        assert answer.redirect_chain[-1][0] == f"{LIST}?tab=answered"
        assert [m.level_tag for m in answer.context["messages"]] == ["warning"]
    member.refresh_from_db()
    assert member.unit != there


def test_who_left_or_moved_meanwhile_is_not_received(receiver, here, there, member):
    transfer = make_transfer(member, there)
    Member.objects.get(pk=member.pk).transfer_to(make_branch(parent=here), DAY)
    assert receiver.post(f"{LIST}{transfer.pk}/accept/", {}).context["form"].non_field_errors()
    transfer.refresh_from_db()
    assert transfer.status == Status.WAITING


def test_who_leaves_is_waited_for_no_longer(sender, there, member):
    transfer = make_transfer(member, there)
    typed = {"standing": "deceased", "on": "01/03/2021", "reason": "từ trần"}
    assert sender.post(f"/staff/members/{member.public_id}/standing/", typed).status_code == 302
    transfer.refresh_from_db()
    assert transfer.status == Status.CALLED_OFF


@pytest.mark.one_database
@pytest.mark.parametrize("typed", [{"on": ""}, {"on": "1/1/2999"}, {"on": "1/1/2001"}, {"unit": "", "unit_key": ""}])
def test_a_transfer_without_a_possible_day_or_unit_is_refused(sender, there, member, typed):
    assert send(sender, member, there, **typed).context["form"].errors
    assert not Transfer.objects.exists()


def test_units_that_receive_nobody(sender, here, member):
    dissolved, hidden = make_branch(), make_branch(listed=False)
    dissolved.dissolve(date(2020, 6, 1))
    for unit in (dissolved, hidden, member.unit):
        assert "unit" in send(sender, member, unit).context["form"].errors
    # One's own need not be public.
    assert send(sender, member, make_branch(parent=here, listed=False)).status_code == 302


def test_a_transfer_sent_twice_is_asked_once(sender, there, member):
    token = str(uuid.uuid4())
    first, second = (send(sender, member, there, once=token) for _n in range(2))
    assert first.url == second.url and Transfer.objects.count() == 1


def test_asking_is_refused_for_whom_no_unit_has(there, member):
    member.change_standing("left", DAY)
    with pytest.raises(ValidationError):
        Transfer.ask(member, there, DAY, make_user())


def test_the_list_asks_few_questions_whatever_its_length(receiver, here, there):
    counts = []
    for more in (1, 2):
        for _n in range(more):
            make_transfer(make_member(unit=make_branch(parent=here)), there)
        with CaptureQueriesContext(connection) as asked:
            listed(receiver)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


@pytest.mark.one_database
def test_fifty_long_rows_are_light(there):
    client = signed_in(make_superuser())
    long = "Đảng bộ cơ sở Trường Trung học phổ thông Nguyễn Thị Minh Khai huyện Xuyên Mộc tỉnh Bà Rịa – Vũng Tàu"
    home = make_branch(name=long)
    for n in range(51):
        make_transfer(make_member(unit=home, full_name=f"{long} {n}"), there, reason=long)
    response = client.get(LIST)
    assert len(response.context["rows"]) == 50 and len(response.content) <= 45 * 1024


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "accept", "refuse", "call_off", "move", "leave", "return"]),
        st.integers(0, 2),
        st.integers(0, 40),
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(STEPS)
def test_whatever_is_asked_and_answered_one_membership_is_open_and_the_counts_hold(steps):
    units = [make_branch() for _n in range(3)]
    member, user = make_member(unit=units[0]), make_user()
    for verb, place, days in steps:
        member = Member.objects.select_related("unit", "attached_to").get(pk=member.pk)
        transfer = member.transfers.order_by("-pk").first()
        day = date(2021, 1, 1 + days % 28)
        try:
            match verb:
                case "ask":
                    Transfer.ask(member, units[place], day, user)
                case "move":
                    member.transfer_to(units[place], day)
                case "leave":
                    member.change_standing("left", day)
                case "return":
                    member.change_standing("full", day)
                case "refuse" if transfer:
                    transfer.refuse(user, "không")
                case "accept" | "call_off" if transfer:
                    getattr(transfer, verb)(user)
        except ValidationError:
            pass
        opened = Membership.objects.filter(member=member, valid_to__isnull=True)
        now = Member.objects.get(pk=member.pk)
        assert [m.unit_id for m in opened] == ([now.unit_id] if now.is_present else [])
        assert not Unit.objects.miscounted().exists()
        assert member.transfers.waiting().count() <= 1
